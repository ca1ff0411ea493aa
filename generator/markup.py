"""Markdown to HTML, one body at a time, before anything outside its file is known.

`markdown_rules` parses, `markdown_html` writes HTML with marks in it, and here the marks are taken
out: the places where they stood are the offsets of links, pictures and runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from hashlib import blake2b
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from generator.markdown_html import Writer
from generator.markdown_inlines import LINK, OWN_ID, PICTURE, RUN, RUN_END, Inlines
from generator.model import Link, Markup, Picture
from generator.problems import N_

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def _libraries() -> str:
    """The versions of the libraries that decide the output, found without importing them."""
    spec = PathFinder.find_spec("markdown_it")
    if spec is None or spec.origin is None:
        return ""
    folder = os.path.dirname(os.path.dirname(spec.origin))
    names = ("markdown_it_py-", "mdit_py_plugins-", "mdurl-", "nh3-")
    return " ".join(sorted(name for name in os.listdir(folder) if name.startswith(names)))


# Raise the number when the `Markup` of any body changes.
VERSION: Final = f"1 {_libraries()}"

_TOO_DEEP = N_("Lists, quotations or boxes are nested too deeply.")
_SHORTEST_RUN = 4

# What may stand in a file but never in a page: marks, and what XML forbids in feeds.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NEWLINE = re.compile(r"\r\n?")
# Pastes from Word have lines with only a no-break space, which the parser takes for text.
_BLANK_LINE = re.compile(r"\n[^\S\n]+(?=\n)")

_LINK_OR_PICTURE = re.compile(f'<a href="{LINK}([0-9]+)">|(</a>)|{PICTURE}([0-9]+){PICTURE}')


class MarkupOptions(Struct, frozen=True):
    """`raw_html`: whether HTML in bodies is kept, sanitised, rather than shown as text."""

    raw_html: bool = False


class MarkupError(Exception):
    """A body that is refused. `text` is a message id; `line` counts from the body's first, as 1."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = text
        super().__init__(f"line {line}: {text}")


def key(options: MarkupOptions, body: str) -> bytes:
    """16 bytes that stand for all that the `Markup` of `body` depends on."""
    digest = blake2b(msgspec.msgpack.encode((VERSION, options)), digest_size=16)
    digest.update(body.encode("utf-8", "surrogatepass"))
    return digest.digest()


def make_renderer(options: MarkupOptions) -> Renderer:
    """A renderer for any number of bodies. Costly: it loads the parser and sets it up."""
    from generator.markdown_rules import make_parser, make_sanitiser

    sanitise = make_sanitiser() if options.raw_html else None
    return Renderer(make_parser(raw_html=options.raw_html), sanitise)


class Renderer:
    """Renders bodies, one after the other, with one parser (see `make_renderer`)."""

    def __init__(self, parser: MarkdownIt, sanitise: Callable[[str], str] | None) -> None:
        self._parser = parser
        self._sanitise = sanitise

    def render(self, body: str) -> Markup:
        """`body` as HTML; raises `MarkupError` where it is nested too deeply."""
        env: dict[str, int] = {}
        tokens = self._parser.parse(_clean(body), env)
        writer = Writer(OWN_ID if self._sanitise else "")
        html = writer.write(tokens)
        if line := env.get("too_deep") or writer.inlines.too_deep:
            raise MarkupError(line, _TOO_DEEP)
        if self._sanitise:
            html = self._sanitise(html)
        return _resolve(html, writer)


def _clean(body: str) -> str:
    body = _FORBIDDEN.sub("", body)
    if "\r" in body:
        body = _NEWLINE.sub("\n", body)
    return _BLANK_LINE.sub("\n", body)


def _resolve(marked: str, writer: Writer) -> Markup:
    unmarked = _Unmarked(writer.inlines)
    html, *runs = marked.split(RUN)
    unmarked.add_html(html)
    for run in runs:
        unmarked.add_run(run)
    return Markup(
        "".join(unmarked.parts),
        tuple(unmarked.links),
        tuple(unmarked.pictures),
        tuple(unmarked.runs),
        tuple(writer.headings),
        writer.lead,
    )


class _Unmarked:
    """HTML put together again without its marks, and what was found at them.

    The sanitiser may have dropped or moved marks with the tags of an author around them: marks
    without a partner are ignored, and a run that has come to hold a tag is none.
    """

    def __init__(self, found: Inlines) -> None:
        self._found = found
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.runs: list[tuple[int, int]] = []
        self._length = 0
        # The offset and the number of the link that we are in.
        self._opened: tuple[int, int] | None = None

    def add_run(self, piece: str) -> None:
        """Add a piece that begins with a run."""
        text, end, html = piece.partition(RUN_END)
        if not end or "<" in text:
            self.add_html(piece)
            return
        if len(text) >= _SHORTEST_RUN:
            self.runs.append((self._length, self._length + len(text)))
        self._append(text)
        self.add_html(html)

    def add_html(self, html: str) -> None:
        if self._opened is None and LINK not in html and PICTURE not in html:
            self._append(html)
            return
        done = 0
        for match in _LINK_OR_PICTURE.finditer(html):
            self._append(html[done : match.start()])
            done = match.end()
            link, closing, picture = match.groups()
            if link:
                self._opened = self._length, int(link)
            elif picture:
                self.pictures.append(Picture(self._length, *self._found.pictures[int(picture)]))
            elif self._opened:
                start, number = self._opened
                self.links.append(Link(start, self._length, *self._found.links[number]))
                self._opened = None
            else:
                self._append(closing)
        self._append(html[done:])

    def _append(self, html: str) -> None:
        html = html.replace(RUN_END, "")
        self.parts.append(html)
        self._length += len(html)
