"""What a search is to find of a page, as the small HTML file Pagefind reads.

Pagefind takes a word of a query for the beginning of words, and where it knows none such, for one
that begins with less, or leaves it out. In Vietnamese, where a word is a syllable (ha, hai, hang),
nearly everything would be found. So every word ends with a letter of no language here, a dot
(U+A78F), and a query says with one which of its words are whole.

In a plural the dot stands before its ending (meetingꞏs), so that the singular finds it too; one
in -ies, which has another, is there a second time. All languages have this one rule.

What is joined and has a digit, as the number of a document, is a word as a whole, too; it begins
with a dot, so that none of its pieces is taken for it, and its pieces begin with no zeros. The day
of a meeting is such a word, too (ꞏ16ꞏ3ꞏ2026ꞏ).

Marks on letters Pagefind leaves out by itself, but not the stroke of đ: words that have one are
there a second time without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape

from msgspec import Struct

DOT = "\ua78f"
BAR = "¦¦"
"""Parts what is found in a page: its title, its text, and what is not to be shown with them."""

TITLE_WEIGHT, LEAD_WEIGHT, NAME_WEIGHT, FOLDED_WEIGHT = 7, 2, 3, 0.5

FILTER = "in"

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_ZEROS = re.compile(r"^0+(?=\d)")
# As `stem` in search.js has it.
_PLURAL = re.compile(
    r"([a-z]{3,}(?:ss|x|ch|sh))es|([a-z]{3,}[a-hj-rtv-z])s", re.IGNORECASE | re.ASCII
)
_PLURAL_OF_Y = re.compile(r"\b[a-z]{3,}ies\b")
_STROKES = str.maketrans("đĐðÐ", "dDdD")
_STROKE = re.compile(r"[đĐðÐ]")
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|code|em|i|mark|s|small|span|strong|sub|sup|u)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_HEADING_ANCHOR = re.compile(r'<a class="anchor".*?</a>', re.DOTALL)


class Findable(Struct, frozen=True, array_like=True):
    """A page that can be found. `kind` and `shown_date` are as readers see them, `date` is to sort
    by (`2025-12-10`, or ``). `names` are of all it is about, `numbers` those of documents.
    `filters` are names and values."""

    address: str
    title: str
    lead: str
    kind: str
    shown_date: str
    date: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]


def found_file(findable: Findable, html: str) -> bytes:
    """The file in which Pagefind finds a page; `html` is its body."""
    title, lead, names = findable.title, findable.lead, " · ".join(findable.names)
    paragraphs = plain_paragraphs(html)
    if paragraphs[:1] == [lead]:
        lead = ""
    texts = (title, lead, names)
    lines = [
        '<!doctype html><html lang="und"><head><title></title></head><body data-pagefind-body>',
        _weighed("h1", title, TITLE_WEIGHT, ' data-pagefind-meta="title"'),
        f"<p>{BAR}</p>",
        _weighed("p", lead, LEAD_WEIGHT),
        *(f"<p>{escape(marked(text), quote=False)}</p>" for text in paragraphs),
        f"<p>{BAR}</p>",
        _weighed("p", names, NAME_WEIGHT),
        _weighed("p", " ".join(map(number_pieces, findable.numbers)), NAME_WEIGHT),
        _weighed("p", _folded(texts, paragraphs), FOLDED_WEIGHT),
        _weighed("p", _singulars((*texts, *paragraphs)), FOLDED_WEIGHT),
        # These have their dots.
        _tag(
            "p",
            _joined((*texts, *paragraphs, *findable.numbers, *_day(findable.date))),
            NAME_WEIGHT,
        ),
    ]
    # One kind of filter is one file for browsers to load, rather than one for each.
    lines += (_data("filter", FILTER, f"{name}:{value}") for name, value in findable.filters)
    for name, value in (("kind", findable.kind), ("date", findable.shown_date)):
        if value:
            # Pagefind finds these, too; without a dot it would shorten other words to theirs.
            lines.append(_data("meta", name, marked(value)))
    if findable.date:
        lines.append(_data("sort", "date", findable.date))
    lines.append("</body></html>\n")
    return "\n".join(filter(None, lines)).encode()


def _weighed(tag: str, text: str, weight: float, more: str = "") -> str:
    return _tag(tag, marked(text), weight, more)


def _tag(tag: str, text: str, weight: float, more: str = "") -> str:
    if not text:
        return ""
    return f'<{tag} data-pagefind-weight="{weight}"{more}>{escape(text, quote=False)}</{tag}>'


def _data(kind: str, name: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{name}[title]" title="{escape(value)}"></i>'


def marked(text: str) -> str:
    """A text in which every word ends with a dot, or has it before the ending of a plural."""
    return _WORD.sub(_marked_word, text)


def _marked_word(match: re.Match[str]) -> str:
    word = match[0]
    if word[-1] in "sS" and (plural := _PLURAL.fullmatch(word)):
        stem = plural[1] or plural[2]
        return f"{stem}{DOT}{word[len(stem) :]}"
    return word + DOT


def _singulars(texts: Iterable[str]) -> str:
    """What plurals of -ies are the plural of, each once."""
    words = (word for text in texts for word in _PLURAL_OF_Y.findall(text.lower()))
    return " ".join(dict.fromkeys(f"{word[:-3]}y" for word in words))


def _day(date: str) -> tuple[str, ...]:
    """How a day may be typed: in both orders, or only its month."""
    if not date:
        return ()
    year, month, day = date.split("-")
    return f"{day}/{month}/{year}", date, f"{month}/{year}"


def plain_paragraphs(html: str) -> list[str]:
    """The text of a body, block by block."""
    text = _TAG.sub("\0", _INLINE_TAG.sub("", _HEADING_ANCHOR.sub("", html)))
    blocks = (" ".join(unescape(block).split()) for block in text.split("\0"))
    return [block for block in blocks if block]


def number_pieces(number: str) -> str:
    """The number of a document in pieces, with đ and without."""
    pieces = " ".join(_WORD.findall(number)).lower()
    return " ".join(dict.fromkeys((pieces, without_strokes(pieces))))


def _joined(texts: Iterable[str]) -> str:
    """What is joined and has a digit, each once, as a word; with đ and without."""
    found: dict[str, None] = {}
    for text in texts:
        for token in text.split():
            if _DIGIT.search(token) and len(pieces := _WORD.findall(token.lower())) > 1:
                short = (_ZEROS.sub("", piece) for piece in pieces)
                word = f"{DOT}{DOT.join(short)}{DOT}"
                found[word] = found[without_strokes(word)] = None
    return " ".join(found)


def without_strokes(text: str) -> str:
    """A text whose đ is d."""
    return text.translate(_STROKES)


def _folded(texts: Iterable[str], paragraphs: Iterable[str]) -> str:
    """What has a đ, without its stroke: short texts as a whole, of long ones each word once."""
    short = [text for text in texts if _STROKE.search(text)]
    words = (word for text in paragraphs for word in _WORD.findall(text) if _STROKE.search(word))
    return without_strokes(" ".join([*short, *dict.fromkeys(word.lower() for word in words)]))
