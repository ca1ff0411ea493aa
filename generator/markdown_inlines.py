"""Writes what is inside a paragraph, a heading or a cell as HTML: text, emphasis, links, pictures.

What becomes of links, pictures and names is not known yet: in their place the HTML has marks,
Unicode noncharacters, which no text contains. Marks survive the sanitiser, where counted offsets
would not, and `markup` takes them out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from markdown_it.token import Token

# A run stands between RUN and RUN_END, a link in <a href="LINK number">, a picture as its number
# between two PICTUREs. An id of ours begins with OWN_ID if the HTML is going to be sanitised.
RUN, RUN_END, LINK, PICTURE, OWN_ID = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4"
NONCHARACTER: Final = re.compile("[\ufdd0-\ufdef]")

# Addresses outside the site.
EXTERNAL: Final = re.compile(r"(?:https?:|mailto:|tel:|//)", re.IGNORECASE)

# How many elements of an author's HTML may be open: HTML parsers are quadratic in it.
MAX_RAW_DEPTH: Final = 100

_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])https?://[^\s<>\"“”]+"
    r"|(?<![A-Za-z0-9.+_-])[A-Za-z0-9.+_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)+"
)
_AFTER_ADDRESS = frozenset(".,:;!?'’»*_~…]")
_ENCODED_DELIMITER = re.compile("%(23|3[Ff])")

_RAW_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)(>?)")
_RAW_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW_NONCHARACTER = re.compile(
    "&#(?:[Xx]0*[Ff][Dd][DdEe][0-9A-Fa-f]|0*(?:6497[6-9]|649[89][0-9]|6500[0-7]));?"
)
# Elements in which parsers take tags for text, or follow other rules; they are shown as text, or
# one that is not closed would take the rest of the body with it.
_UNPARSED = re.compile(
    "frameset|iframe|math|noembed|noframes|noscript|plaintext|script|select|style|svg|template"
    "|textarea|title|xmp"
)
# Elements without content, and those that the next of their kind closes.
_SHALLOW = re.compile(
    "area|base|br|caption|col|colgroup|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|rp|rt"
    "|source|tbody|td|tfoot|th|thead|tr|track|wbr"
)

_TAGS: Final[Mapping[str, str]] = {
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<s>",
    "s_close": "</s>",
    "softbreak": "\n",
    "hardbreak": "<br>\n",
}


def escape(text: str) -> str:
    """`text` as the text of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """`text` as the value of an attribute."""
    return escape(text).replace('"', "&quot;")


def plain_text(children: Sequence[Token] | None) -> str:
    """The text of inline content, without markup, pictures and footnotes, on one line."""
    parts = []
    for child in children or ():
        if child.type in ("text", "code_inline", "wiki_link"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return " ".join("".join(parts).split())


class Inlines:
    """Appends inline content to `out`, and keeps what the marks in it stand for, by number.

    `links` are target, wiki, bare, line and title (see `model.Link`); `pictures` are source,
    alternative text, title and line. `cited` are the labels of the footnotes referred to, in the
    order of their numbers. `too_deep` is the line where an author's HTML is too deep, or 0.
    """

    def __init__(self, out: list[str], own_id: str) -> None:
        self.links: list[tuple[str, bool, bool, int, str]] = []
        self.pictures: list[tuple[str, str, str, int]] = []
        self.cited: list[str] = []
        self.too_deep = 0
        self._out = out
        self._own_id = own_id
        self._citations: dict[str, tuple[int, list[str]]] = {}
        self._link_depth = 0
        self._in_html_link = False
        self._raw_open: Counter[str] = Counter()
        self._raw_depth = 0
        # How far we are in the content of a token, and which line that is.
        self._content, self._offset, self._line = "", 0, 1

    def write(self, token: Token, runs: bool = True) -> None:
        """Write the content of an `inline` token; with `runs`, names in its text may be linked."""
        self._begin(token)
        self._link_depth = 0
        in_html_link = self._in_html_link
        children = token.children or []
        for index, child in enumerate(children):
            kind = child.type
            if kind == "text":
                self._text(child.content, runs)
            elif kind in _TAGS:
                self._out.append(_TAGS[kind])
            elif kind == "link_open":
                self._open_link(child, empty=children[index + 1].type == "link_close")
            elif kind == "link_close":
                self._link_depth -= 1
                if self._link_depth == 0:
                    self._out.append("</a>")
            else:
                _INLINES[kind](self, child)
        if self._in_html_link and not in_html_link:
            self._out.append("</a>")
            self._in_html_link = False

    def write_plain(self, text: str) -> None:
        """Write the text of a paragraph that has no markup."""
        self._text(text, runs=True)

    def write_html(self, token: Token) -> None:
        """Write a block of the author's HTML."""
        self._begin(token)
        self._out.append(self._raw_html(token.content, 0))

    def id(self, anchor: str) -> str:
        return f'id="{self._own_id}{anchor}"'

    def citations(self, label: str) -> list[str]:
        """The anchors of the places that refer to a footnote."""
        return self._citations[label][1]

    def _begin(self, token: Token) -> None:
        self._content, self._offset = token.content, 0
        self._line = token.map[0] + 1 if token.map else 1

    def _line_at(self, offset: int) -> int:
        """The line of an offset, which is not before the last one asked for."""
        self._line += self._content.count("\n", self._offset, offset)
        self._offset = offset
        return self._line

    def _text(self, text: str, runs: bool) -> None:
        if self._link_depth or self._in_html_link:
            self._out.append(escape(text))
        elif "://" in text or "@" in text:
            self._text_with_addresses(text, runs)
        else:
            self._stretch(text, runs)

    def _text_with_addresses(self, text: str, runs: bool) -> None:
        done = 0
        for match in _BARE_ADDRESS.finditer(text):
            address = _without_punctuation(match[0])
            if address.endswith("://"):
                continue
            self._stretch(text[done : match.start()], runs)
            href = address if "://" in address else f"mailto:{address}"
            self._out.append(f"{_link_tag(href)}{escape(address)}</a>")
            done = match.start() + len(address)
        self._stretch(text[done:], runs)

    def _stretch(self, text: str, runs: bool) -> None:
        if runs and text:
            self._out.append(f"{RUN}{escape(text)}{RUN_END}")
        else:
            self._out.append(escape(text))

    def _open_link(self, token: Token, empty: bool) -> None:
        self._link_depth += 1
        if self._link_depth > 1:  # an address in the text of a link
            return
        address, title = str(token.attrs["href"]), str(token.attrs.get("title", ""))
        if token.info == "auto" or address.startswith("#") or EXTERNAL.match(address):
            self._out.append(_link_tag(address, title))
        else:
            address = _target(address)
            line = self._line_at(token.meta["at"])
            self._out.append(self._mark_link(address, False, empty, line, title))
        if empty:
            self._out.append(escape(address))

    def _wiki_link(self, token: Token) -> None:
        text = escape(token.content)
        if not self._link_depth:
            line = self._line_at(token.meta["at"])
            tag = self._mark_link(token.info, True, token.meta["bare"], line, "")
            text = f"{tag}{text}</a>"
        self._out.append(text)

    def _mark_link(self, target: str, wiki: bool, bare: bool, line: int, title: str) -> str:
        self.links.append((target, wiki, bare, line, title))
        return f'<a href="{LINK}{len(self.links) - 1}">'

    def _image(self, token: Token) -> None:
        source, title = str(token.attrs["src"]), str(token.attrs.get("title", ""))
        if not EXTERNAL.match(source):
            source = _target(source)
        line = self._line_at(token.meta["at"])
        self._out.append(self._mark_picture(source, plain_text(token.children), title, line))

    def _mark_picture(self, source: str, alt: str, title: str, line: int) -> str:
        self.pictures.append((source, alt, title, line))
        return f"{PICTURE}{len(self.pictures) - 1}{PICTURE}"

    def _code(self, token: Token) -> None:
        self._out.append(f"<code>{escape(token.content)}</code>")

    def _footnote_ref(self, token: Token) -> None:
        label = token.meta["label"]
        if label not in self._citations:
            self.cited.append(label)
            self._citations[label] = len(self.cited), []
        number, anchors = self._citations[label]
        # No heading has a colon in its anchor.
        anchor = f"fnref{number}:{len(anchors) + 1}" if anchors else f"fnref{number}"
        anchors.append(anchor)
        if self._link_depth:
            reference = f"<span {self.id(anchor)}>{number}</span>"
        else:
            reference = f'<a {self.id(anchor)} href="#fn{number}" role="doc-noteref">{number}</a>'
        self._out.append(f'<sup class="footnote-ref">{reference}</sup>')

    # The author's HTML, kept where the site allows it.

    def _html(self, token: Token) -> None:
        self._out.append(self._raw_html(token.content, token.meta["at"]))

    def _raw_html(self, html: str, offset: int) -> str:
        """The HTML at `offset` of the content, with marks for pictures and links to the site."""

        def mark(match: re.Match[str]) -> str:
            name, line = match[2].lower(), self._line_at(offset + match.start())
            if _UNPARSED.fullmatch(name):
                return f"&lt;{match[0][1:]}"
            if match[1]:
                self._close_raw(name)
                return match[0]
            self._open_raw(name, line)
            values = _attributes(match[3]) if match[4] and name in ("a", "img") else {}
            title = values.get("title", "")
            if name == "img" and (source := values.get("src")):
                return self._mark_picture(_target(source), values.get("alt", ""), title, line)
            target = values.get("href", "#")
            if target.startswith("#") or EXTERNAL.match(target):
                return match[0]
            return self._mark_link(_target(target), False, False, line, title)

        return _RAW_NONCHARACTER.sub("\ufffd", _RAW_TAG.sub(mark, html))

    def _open_raw(self, name: str, line: int) -> None:
        self._in_html_link = self._in_html_link or name == "a"
        if not _SHALLOW.fullmatch(name):
            self._raw_open[name] += 1
            self._raw_depth += 1
            if self._raw_depth > MAX_RAW_DEPTH and not self.too_deep:
                self.too_deep = line

    def _close_raw(self, name: str) -> None:
        self._in_html_link = self._in_html_link and name != "a"
        if self._raw_open[name]:
            self._raw_open[name] -= 1
            self._raw_depth -= 1


_INLINES: Final[Mapping[str, Callable[[Inlines, Token], None]]] = {
    "wiki_link": Inlines._wiki_link,
    "image": Inlines._image,
    "code_inline": Inlines._code,
    "footnote_ref": Inlines._footnote_ref,
    "html_inline": Inlines._html,
}


def _target(address: str) -> str:
    """An address within the site as it was written: the parser encodes all that is not ASCII.

    A `#` or `?` in the name of a file stays encoded, so that a plain one begins the fragment or
    the query.
    """
    decoded = unquote(_ENCODED_DELIMITER.sub(r"%25\1", address))
    return unicodedata.normalize("NFC", NONCHARACTER.sub("", decoded))


def _without_punctuation(address: str) -> str:
    """A bare address without what follows it in the sentence."""
    end = len(address)
    unopened = address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")" and unopened > 0:
            unopened -= 1
        elif last not in _AFTER_ADDRESS:
            break
        end -= 1
    return address[:end]


def _link_tag(address: str, title: str = "") -> str:
    """The start tag of a link that leads out of the site, or to another part of the page."""
    relation = ' rel="external"' if _WEB.match(address) else ""
    title = f' title="{attribute(title)}"' if title else ""
    return f'<a href="{attribute(address)}"{title}{relation}>'


def _attributes(text: str) -> dict[str, str]:
    """The attributes in an author's tag; of two with one name the first counts, as in browsers."""
    from html import unescape  # takes long to load, and is rarely needed

    found = [
        (name.lower(), unescape(double or single or bare))
        for name, double, single, bare in _RAW_ATTRIBUTE.findall(text)
    ]
    return dict(reversed(found))
