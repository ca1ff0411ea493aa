"""One file of content/ from its bytes to typed front matter and marked-up body.

It looks at no other file, so its result can be kept by the hash of the bytes, and any process may
do the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs

from generator.content import ParsedFile
from generator.frontmatter import parse_fields
from generator.markup import MarkupError, MarkupOptions, Renderer, make_renderer
from generator.model import Link, Markup, Picture, Source
from generator.problems import N_, Place, Problem
from generator.read import as_text, read_bytes
from generator.scanning import digest_of
from generator.schema import Written

_Spot = TypeVar("_Spot", Link, Picture)


class ParseOptions(Struct, frozen=True, array_like=True):
    """All of bulletin.toml that the parsing of a file depends on."""

    timezone: str
    markup: MarkupOptions


class FileTask(Struct, frozen=True, array_like=True):
    source: Source
    real_path: str


class PackedFile(Struct, frozen=True, array_like=True):
    """A parsed file, packed: the digest of its bytes, its `ParsedFile`, and the `Markup` of its
    body with its key, both `` where there is none."""

    digest: bytes
    parsed: bytes
    body: bytes
    markup: bytes


def parse_files(tasks: Sequence[FileTask], options: ParseOptions) -> list[PackedFile]:
    """Read and parse files. Raises OSError where one cannot be read."""
    encoder = msgspec.msgpack.Encoder()
    found = []
    for task in tasks:
        data = read_bytes(task.real_path)
        parsed, markup = parse(task.source, data, options)
        body = parsed.entry.body if parsed.entry else None
        found.append(
            PackedFile(
                digest_of(data),
                encoder.encode(parsed),
                body.key if body and markup else b"",
                encoder.encode(markup) if markup else b"",
            )
        )
    return found


def parse(source: Source, data: bytes, options: ParseOptions) -> tuple[ParsedFile, Markup | None]:
    """What a file says, and its body as HTML, None where it has none or cannot be read."""
    text, unreadable = as_text(source.path, data)
    parsed, written = parse_fields(source, text, unreadable, ZoneInfo(options.timezone))
    if written is None or parsed.entry is None or parsed.entry.body is None:
        return parsed, None
    renderer = _renderer(options.markup)
    try:
        markup = renderer.render(written.text, parsed.entry.body.about)
    except MarkupError as error:
        problem = Problem(
            Place(source.path, written.place.line + error.line - 1, 1),
            "body-refused",
            error.text,
            N_("make it simpler from here on"),
        )
        return structs.replace(parsed, entry=None, problems=(*parsed.problems, problem)), None
    return parsed, _with_columns(markup, written)


@cache
def _renderer(options: MarkupOptions) -> Renderer:
    """One for each process, for setting one up takes as long as several bodies."""
    return make_renderer(options)


def _with_columns(markup: Markup, written: Written) -> Markup:
    """Links and pictures with the columns of their targets, which the parser does not tell."""
    if not markup.links and not markup.pictures:
        return markup
    lines = written.text.split("\n")

    def placed(spot: _Spot, target: str) -> _Spot:
        column = _column(lines[spot.line - 1] if 0 < spot.line <= len(lines) else "", target)
        return structs.replace(spot, column=column)

    return structs.replace(
        markup,
        links=tuple(placed(link, link.target) for link in markup.links),
        pictures=tuple(placed(picture, picture.src) for picture in markup.pictures),
    )


def _column(line: str, target: str) -> int:
    for opening, form in product(("[[", "](", "](<", ""), (target, quote(target))):
        at = line.find(opening + form)
        if at >= 0:
            return at + len(opening) + 1
    return 1
