"""Markdown to HTML, one body at a time, before anything outside its file is known.

`markdown_rules` parses, `markdown_html` writes HTML with marks in it, and here the marks are taken
out: the places where they stood are the offsets of links, pictures and runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from generator.documents import find_citations
from generator.markdown_html import Writer
from generator.markdown_inlines import LINK, NONCHARACTER, OWN_ID, PICTURE, RUN, RUN_END, Inlines
from generator.model import Link, Markup, Picture
from generator.problems import N_
from generator.terms import count_terms

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
VERSION: Final = f"2 {_libraries()}"

_TOO_DEEP = N_("lists, quotations, boxes or HTML elements are nested too deeply")
_SHORTEST_RUN = 4

# What may stand in a file but never in a page: marks, and what XML forbids in feeds.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NEWLINE = re.compile(r"\r\n?")
# Pastes from Word have lines with only a no-break space, which the parser takes for text.
_BLANK_LINE = re.compile(r"\n[^\S\n]+(?=\n)")

_LINK_OR_PICTURE = re.compile(f'<a href="{LINK}([0-9]+)">|<a[ >]|(</a>)|{PICTURE}([0-9]+){PICTURE}')


class MarkupOptions(Struct, frozen=True):
    """`raw_html`: whether HTML in bodies is kept, sanitised, rather than shown as text."""

    raw_html: bool = False


class MarkupError(Exception):
    """A body that is refused. `text` is a message id; `line` counts from the body's first, as 1."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = text
        super().__init__(f"line {line}: {text}")


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

    def render(self, body: str, about: str = "") -> Markup:
        """`body` as HTML; raises `MarkupError` where it is nested too deeply. What it says counts
        together with `about`, plain text."""
        env: dict[str, Any] = {}
        tokens = self._parser.parse(_clean(body), env)
        writer = Writer(OWN_ID if self._sanitise else "")
        html = writer.write(tokens)
        if line := env.get("too_deep") or writer.inlines.too_deep:
            raise MarkupError(line, _TOO_DEEP)
        if self._sanitise:
            html = self._sanitise(html)
        return _resolve(html, writer, about, sanitised=self._sanitise is not None)


def _clean(body: str) -> str:
    # All that is forbidden is unprintable, which is quicker to tell.
    if not body.replace("\n", "").isprintable():
        body = _FORBIDDEN.sub("", body)
    if "\r" in body:
        body = _NEWLINE.sub("\n", body)
    return _BLANK_LINE.sub("\n", body)


def _resolve(marked: str, writer: Writer, about: str, sanitised: bool) -> Markup:
    unmarked = _Unmarked(writer.inlines, sanitised)
    html, *runs = marked.split(RUN)
    unmarked.add_html(html)
    for run in runs:
        unmarked.add_run(run)
    text = "".join(unmarked.parts)
    said = [about, *(heading.text for heading in writer.headings)]
    said += [text[start:end] for start, end in unmarked.runs]
    return Markup(
        text,
        tuple(unmarked.links),
        tuple(unmarked.pictures),
        tuple(unmarked.runs),
        tuple(writer.headings),
        writer.lead,
        find_citations(text),
        count_terms(" . ".join(said).replace("&amp;", "&")),
    )


class _Unmarked:
    """HTML put together again without its marks, and what was found at them.

    In sanitised HTML, which has an author's tags, marks may have been dropped, doubled or moved:
    nothing is a run that has come to hold tags or to be in a link, and no link is in a link.
    """

    def __init__(self, found: Inlines, sanitised: bool) -> None:
        self._found = found
        self._sanitised = sanitised
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.pictures: list[Picture] = []
        self.runs: list[tuple[int, int]] = []
        self._length = 0
        # The links that we are in, "" for one of the author's, and where the outermost began.
        self._open: list[str] = []
        self._start = 0

    def add_run(self, piece: str) -> None:
        """Add a piece that begins with a run."""
        text, end, html = piece.partition(RUN_END)
        if self._sanitised and (self._open or not end or "<" in text):
            self.add_html(piece)
            return
        if len(text) >= _SHORTEST_RUN:
            self.runs.append((self._length, self._length + len(text)))
        self._append(text)
        self.add_html(html)

    def add_html(self, html: str) -> None:
        if not self._sanitised and LINK not in html and PICTURE not in html:
            self._append(html)
            return
        done = 0
        for match in _LINK_OR_PICTURE.finditer(html):
            self._append(html[done : match.start()])
            done = match.end()
            number, closing, picture = match.groups()
            if picture:
                details = self._found.pictures[int(picture)]
                # The link that is open will be the next one recorded.
                link = len(self.links) if self._open[:1] > [""] else None
                self.pictures.append(Picture(self._length, *details, link))
            elif closing:
                self._close_link(closing)
            else:
                self._open_link(match[0], number or "")
        self._append(html[done:])

    def _open_link(self, tag: str, number: str) -> None:
        if not self._open:
            self._start = self._length
        self._open.append(number)
        if not number:
            self._append(tag)

    def _close_link(self, tag: str) -> None:
        number = self._open.pop() if self._open else ""
        if not number:
            self._append(tag)
        elif not self._open:
            self.links.append(Link(self._start, self._length, *self._found.links[int(number)]))

    def _append(self, html: str) -> None:
        if self._sanitised:
            html = NONCHARACTER.sub("", html)
        self.parts.append(html)
        self._length += len(html)
