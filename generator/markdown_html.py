"""Writes the blocks of a body as HTML: paragraphs, headings, lists, tables, boxes, footnotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from generator.markdown_inlines import (
    RUN,
    RUN_END,
    Inlines,
    attribute,
    escape,
    plain_text,
)
from generator.model import Heading

if TYPE_CHECKING:
    from markdown_it.token import Token

# Ids of the page around a body.
RESERVED_ANCHORS: Final = frozenset(
    ("changes", "content", "documents", "main", "officials", "related", "sources", "thread", "top")
)
ANCHOR_LENGTH: Final = 80
LEAD_LENGTH: Final = 240

_FOOTNOTE_ID = re.compile("fn(?:ref)?[0-9]+")
_COMBINING = re.compile("[\u0300-\u036f]")
_ASCII_WORD = re.compile("[a-z0-9]+")

_TAGS: Final[Mapping[str, str]] = {
    "bullet_list_open": "<ul>\n",
    "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
    "list_item_open": "<li>",
    "list_item_close": "</li>\n",
    "blockquote_open": "<blockquote>\n",
    "blockquote_close": "</blockquote>\n",
    "hr": "<hr>\n",
    # Focusable, so that a table wider than the screen can be scrolled by keyboard.
    "table_open": '<div class="table-scroll" tabindex="0">\n<table>\n',
    "table_close": "</table>\n</div>\n",
    "thead_open": "<thead>\n",
    "thead_close": "</thead>\n",
    "tbody_open": "<tbody>\n",
    "tbody_close": "</tbody>\n",
    "tr_open": "<tr>\n",
    "tr_close": "</tr>\n",
    "admonition_title_close": "</p>\n",
    "admonition_close": "</aside>\n",
    "alert_close": "</aside>\n",
}


class Writer:
    """Writes one body. Afterwards it has its headings and its lead."""

    def __init__(self, own_id: str = "") -> None:
        """`own_id` is put before every id, for the sanitiser to know ours from the author's."""
        self._out: list[str] = []
        self.inlines = Inlines(self._out, own_id)
        self.headings: list[Heading] = []
        self._leads = ["", ""]
        self._shift = 0
        self._anchors = set(RESERVED_ANCHORS)
        self._suffixes: dict[str, int] = {}
        self._notes: dict[str, list[Token]] = {}

    @property
    def lead(self) -> str:
        return _shorten(self._leads[0] or self._leads[1])

    def write(self, tokens: Sequence[Token]) -> str:
        """The HTML of `tokens`, with marks (see `markdown_inlines`)."""
        # The only h1 of a page is its title.
        self._shift = int(any(token.tag == "h1" for token in tokens))
        self._blocks(iter(tokens))
        if self.inlines.cited:
            self._footnotes()
        # A line break does not end a run: a name may be broken over two lines.
        return "".join(self._out).replace(f"{RUN_END}\n{RUN}", "\n")

    # A method that begins a block takes those tokens itself that it knows will follow.

    def _blocks(self, tokens: Iterator[Token]) -> None:
        for token in tokens:
            tag = _TAGS.get(token.type)
            if tag is not None:
                self._out.append(tag)
            else:
                _BLOCKS[token.type](self, token, tokens)

    def _paragraph(self, token: Token, tokens: Iterator[Token]) -> None:
        inline = next(tokens)
        next(tokens)
        children = inline.children or []
        # A paragraph in a list, a quotation or a box is the lead only where there is no other.
        rank = int(token.level > 0)
        if not self._leads[rank]:
            self._leads[rank] = plain_text(children)
        if token.hidden:  # in a list without blank lines
            self.inlines.write(inline)
        elif picture := _lone_picture(children):
            self._figure(picture, inline)
        else:
            self._out.append("<p>")
            self.inlines.write(inline)
            self._out.append("</p>\n")

    def _plain(self, token: Token, tokens: Iterator[Token]) -> None:
        if not self._leads[0]:
            self._leads[0] = " ".join(token.content.split())
        self._out.append("<p>")
        self.inlines.write_plain(token.content)
        self._out.append("</p>\n")

    def _figure(self, picture: Token, inline: Token) -> None:
        self._out.append("<figure>")
        self.inlines.write(inline)
        if title := picture.attrs.get("title"):
            self._out.append(f"<figcaption>{escape(str(title))}</figcaption>")
        self._out.append("</figure>\n")

    def _heading(self, token: Token, tokens: Iterator[Token]) -> None:
        inline = next(tokens)
        next(tokens)
        level = min(int(token.tag[1]) + self._shift, 6)
        text = plain_text(inline.children)
        anchor = self._anchor(text)
        self.headings.append(Heading(level, anchor, text))
        self._out.append(f"<h{level} {self.inlines.id(anchor)}>")
        self.inlines.write(inline, runs=False)
        self._out.append(
            f' <a class="anchor" href="#{anchor}" aria-hidden="true" tabindex="-1">#</a>'
            f"</h{level}>\n"
        )

    def _anchor(self, text: str) -> str:
        base = anchor = _slug(text) or "section"
        suffix = self._suffixes.get(base, 1)
        while anchor in self._anchors or _FOOTNOTE_ID.fullmatch(anchor):
            suffix += 1
            anchor = f"{base}-{suffix}"
        self._suffixes[base] = suffix
        self._anchors.add(anchor)
        return anchor

    def _ordered_list(self, token: Token, tokens: Iterator[Token]) -> None:
        start = token.attrs.get("start")
        self._out.append("<ol>\n" if start is None else f'<ol start="{start}">\n')

    def _cell(self, token: Token, tokens: Iterator[Token]) -> None:
        scope = ' scope="col"' if token.tag == "th" else ""
        # A class: a strict content security policy forbids style attributes.
        align = str(token.attrs.get("style", "")).removeprefix("text-align:")
        style = f' class="align-{align}"' if align else ""
        self._out.append(f"<{token.tag}{scope}{style}>")
        self.inlines.write(next(tokens))
        self._out.append(f"</{next(tokens).tag}>\n")

    def _code(self, token: Token, tokens: Iterator[Token]) -> None:
        language, _, _ = token.info.strip().partition(" ")
        kind = f' class="language-{attribute(language)}"' if language else ""
        self._out.append(f"<pre><code{kind}>{escape(token.content)}</code></pre>\n")

    def _admonition(self, token: Token, tokens: Iterator[Token]) -> None:
        self._out.append(f'<aside class="admonition {token.info}">\n')

    def _admonition_title(self, token: Token, tokens: Iterator[Token]) -> None:
        self._out.append('<p class="admonition-title">')
        self.inlines.write(next(tokens), runs=False)

    def _alert(self, token: Token, tokens: Iterator[Token]) -> None:
        for _ in range(3):  # its title: the name of the kind, in English
            next(tokens)
        self._out.append(f'<aside class="admonition {token.info.lower()}">\n')

    def _html(self, token: Token, tokens: Iterator[Token]) -> None:
        self.inlines.write_html(token)

    def _footnote(self, token: Token, tokens: Iterator[Token]) -> None:
        """Keep a footnote for the end. Of two with one label the first counts."""
        note: list[Token] = []
        for inner in tokens:
            if inner.type == "footnote_reference_close":
                break
            if inner.type == "footnote_reference_open":
                self._footnote(inner, tokens)
            else:
                note.append(inner)
        self._notes.setdefault(token.meta["label"], note)

    def _footnotes(self) -> None:
        notes: list[list[str]] = []
        end = len(self._out)
        for label in self.inlines.cited:  # which grows where notes refer to further notes
            self._blocks(iter(self._notes.get(label, ())))
            notes.append(self._out[end:])
            del self._out[end:]
        self._out.append('<section class="footnotes" role="doc-endnotes">\n<ol>\n')
        for number, (label, note) in enumerate(zip(self.inlines.cited, notes, strict=True), 1):
            back = "".join(
                f' <a class="footnote-back" href="#{anchor}" role="doc-backlink"'
                f' aria-label="↩ {number}">↩\ufe0e</a>'
                for anchor in self.inlines.citations(label)
            )
            if note and note[-1] == "</p>\n":
                note[-1] = f"{back}</p>\n"
            else:
                note.append(back)
            self._out += [f"<li {self.inlines.id(f'fn{number}')}>", *note, "</li>\n"]
        self._out.append("</ol>\n</section>\n")


_Block = Callable[[Writer, "Token", Iterator["Token"]], None]

_BLOCKS: Final[Mapping[str, _Block]] = {
    "plain": Writer._plain,
    "paragraph_open": Writer._paragraph,
    "heading_open": Writer._heading,
    "ordered_list_open": Writer._ordered_list,
    "th_open": Writer._cell,
    "td_open": Writer._cell,
    "code_block": Writer._code,
    "fence": Writer._code,
    "admonition_open": Writer._admonition,
    "admonition_title_open": Writer._admonition_title,
    "alert_open": Writer._alert,
    "footnote_reference_open": Writer._footnote,
    "html_block": Writer._html,
}


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))
    words = _ASCII_WORD.findall(_COMBINING.sub("", letters))
    return "-".join(words)[:ANCHOR_LENGTH].rstrip("-")


def _shorten(text: str) -> str:
    if len(text) <= LEAD_LENGTH:
        return text
    end = text.rfind(" ", 0, LEAD_LENGTH)
    return text[: end if end > 0 else LEAD_LENGTH - 1].rstrip(" ,;:–—-") + "…"


def _lone_picture(children: Sequence[Token]) -> Token | None:
    """The picture that is all of a paragraph, or all of a link that is."""
    if len(children) == 3 and children[0].type == "link_open":
        children = children[1:2]
    return children[0] if len(children) == 1 and children[0].type == "image" else None
