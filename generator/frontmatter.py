"""Sources become typed entries: their front matter is split off, parsed and read field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.fields import Reader
from generator.located import Mapping, Node, Scalar, parse_yaml
from generator.model import Article, Body, Entry, Shelf, Source, Translation
from generator.problems import N_, Place, Problem, ProblemsFound, as_warning
from generator.schema import read_article, read_entry, read_translation

_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DRAFT = re.compile(r"^draft[ \t]*:[ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE)


class Content(Struct, frozen=True):
    """Everything content/ says, typed and not yet connected.

    `broken_drafts` are the (shelf, id) of drafts that cannot be read: they exist, for references
    to them, and are held back like any draft.
    """

    articles: tuple[Article, ...]
    entries: tuple[Entry, ...]
    broken_drafts: frozenset[tuple[Shelf, str]]
    problems: tuple[Problem, ...]

    def files(self) -> tuple[Article | Entry, ...]:
        """Articles and entries together."""
        return (*self.articles, *self.entries)


class _Parsed(Struct, frozen=True):
    entry: Article | Entry | Translation | None
    draft: bool
    problems: tuple[Problem, ...]


def _split(source: Source) -> tuple[str, str, int]:
    """Front matter, body, and the line the body starts on. Raises ProblemsFound."""

    def refuse(line: int, code: str, text: str, hint: str) -> ProblemsFound:
        return ProblemsFound([Problem(Place(source.path, line, 1), code, text, hint)])

    text = source.text
    if not text.strip():
        raise refuse(
            1, "empty-file", N_("the file is empty"), N_("begin with ---, title: …, date: …, ---")
        )
    start = len(text) - len(text.lstrip())
    boundaries = _BOUNDARY.finditer(text, start)
    opening = next(boundaries, None)
    if opening is None or opening.start() != start:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "no-front-matter",
            N_("the file does not begin with front matter"),
            N_("put a line of three dashes --- first, then the fields, then --- again"),
        )
    closing = next(boundaries, None)
    if closing is None:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "unclosed-front-matter",
            N_("the front matter that begins here is never closed"),
            N_("put a line of three dashes --- after the last field"),
        )
    body = text[closing.end() + 1 :]
    return text[opening.end() : closing.start()], body, text.count("\n", 0, closing.end()) + 2


class LocatedHandler:
    """A python-frontmatter handler that keeps places and refuses what its YAML one lets pass.

    With the library's own handler an unclosed block silently becomes body, repeated keys and lists
    at the top are dropped, and dates that do not exist raise without a line.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.fields, self.body, self.body_line = _split(source)

    def split(self, _text: str) -> tuple[str, str]:
        return self.fields, self.body

    def load(self, fields: str) -> dict[str, Node]:
        line = self.body_line - fields.count("\n") - 1
        node = parse_yaml(fields, self.source.path, line)
        if isinstance(node, Scalar) and node.empty:
            node = None
        if node is not None and not isinstance(node, Mapping):
            raise ProblemsFound(
                [
                    Problem(
                        node.place,
                        "not-fields",
                        N_("the front matter is not made of “key: value” lines"),
                        N_("write for example title: … and date: …"),
                    )
                ]
            )
        return {"": node} if node else {}


def _read_fields(source: Source) -> tuple[Mapping, Body]:
    import frontmatter

    handler: Any = LocatedHandler(source)
    metadata, _ = frontmatter.parse(source.text, handler=handler)
    top = metadata.get("")
    mapping = top if isinstance(top, Mapping) else Mapping({}, {}, Place(source.path, 1, 1))
    return mapping, Body(handler.body, Place(source.path, handler.body_line, 1))


def _parse(source: Source, zone: ZoneInfo) -> _Parsed:
    problems: list[Problem] = []
    try:
        mapping, body = _read_fields(source)
    except ProblemsFound as found:
        draft = _DRAFT.search(source.text) is not None
        return _Parsed(None, draft, found.problems)
    reader = Reader(mapping, zone, problems)
    entry: Article | Entry | Translation
    if source.language:
        entry = read_translation(source, reader, body)
    elif source.shelf is Shelf.ARTICLES:
        entry = read_article(source, reader, body)
    else:
        entry = read_entry(source, reader, body)
    reader.finish()
    return _Parsed(None if problems else entry, entry.draft, tuple(problems))


def parse_all(sources: Iterable[Source], zone: ZoneInfo) -> Content:
    """Read every source. A problem in a draft is only a warning, and the draft then left out."""
    originals: dict[tuple[Shelf, str], Article | Entry] = {}
    translations: dict[tuple[Shelf, str], list[Translation]] = {}
    known: set[tuple[Shelf, str]] = set()
    broken_drafts: set[tuple[Shelf, str]] = set()
    problems: list[Problem] = []
    orphans: list[tuple[tuple[Shelf, str], Source]] = []
    for source in sources:
        key = (source.shelf, source.id)
        parsed = _parse(source, zone)
        if parsed.draft:
            problems += [as_warning(problem) for problem in parsed.problems]
        else:
            problems += parsed.problems
        if source.language:
            orphans.append((key, source))
            if isinstance(parsed.entry, Translation):
                translations.setdefault(key, []).append(parsed.entry)
            continue
        known.add(key)
        if isinstance(parsed.entry, (Article, Entry)):
            originals[key] = parsed.entry
        elif parsed.draft:
            broken_drafts.add(key)
    problems += [
        Problem(
            Place(source.path, 1, 1),
            "no-original",
            N_("this translation has no original beside it"),
            N_("it translates {original}, which does not exist"),
            {"original": re.sub(r"\.\w+\.md$", ".md", source.path)},
        )
        for key, source in orphans
        if key not in known
    ]
    entries = [
        _with_translations(entry, translations.get(key, ())) for key, entry in originals.items()
    ]
    return Content(
        tuple(entry for entry in entries if isinstance(entry, Article)),
        tuple(entry for entry in entries if isinstance(entry, Entry)),
        frozenset(broken_drafts),
        tuple(problems),
    )


def _with_translations(
    entry: Article | Entry, translations: Iterable[Translation]
) -> Article | Entry:
    import msgspec

    found = tuple(sorted(translations, key=lambda translation: translation.language))
    return msgspec.structs.replace(entry, translations=found) if found else entry
