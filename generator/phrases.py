"""What two texts both speak of, in words that stand in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from html import unescape
from typing import NamedTuple

from generator.model import Markup
from generator.terms import is_function_word

_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|code|em|i|mark|s|small|span|strong|sub|sup|u)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_WORD_BEFORE = re.compile(r"(\w[\w'’-]*) $")
_WORD_AFTER = re.compile(r" (\w[\w'’-]*)")
_MOST_WORDS = 12
_WINDOW = 30


class PlainText(NamedTuple):
    """The plain text of a body, and the same in lower case, letter for letter."""

    text: str
    low: str


def plain_text(about: str, markup: Markup) -> PlainText:
    """The wording of a body and of what stands above it."""
    # A bar parts what stands in different blocks.
    body = unescape(_TAG.sub(" | ", _INLINE_TAG.sub("", markup.html)))
    text = f"{about} | {body}".replace("\n", " ")
    low = text.lower()
    # Some capitals have no small letter of their own length.
    return PlainText(text, low) if len(low) == len(text) else PlainText(low, low)


def common_phrase(
    terms: Iterable[str], one: PlainText, other: PlainText, names: Collection[str]
) -> str:
    """The first of the terms that is good to be shown, as the first text spells it: a name, or what
    both texts say more than once, but none of `names` (in lower case); `` where none is.

    It is drawn out by the words around it where both texts have them ("tịch nước" to "Chủ tịch
    nước"), for a term may be two halves of words.
    """
    for term in terms:
        phrase = _drawn_out(term, one.low, other.low)
        if len(phrase.split()) >= _MOST_WORDS:  # a whole sentence, or cut off
            continue
        if any(phrase in name or name in phrase for name in names):
            continue
        spellings = [one.text[at : at + len(phrase)] for at in places(one.low, phrase)]
        often = min(len(spellings), len(places(other.low, phrase))) > 1
        if often or (spellings and (spellings[0].istitle() or spellings[0].isupper())):
            written = phrase if phrase in spellings else spellings[0]
            if not _begins_amid_a_word(written):
                return written
    return ""


def _begins_amid_a_word(phrase: str) -> bool:
    """Whether a single small syllable stands before a name: (Công) nghiệp Việt Nam."""
    first, _, rest = phrase.partition(" ")
    return first.islower() and rest[:1].isupper()


def places(text: str, phrase: str) -> list[int]:
    """Where a phrase stands as whole words."""
    found = []
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            found.append(at)
        at = text.find(phrase, end)
    return found


def _drawn_out(phrase: str, one: str, other: str) -> str:
    while len(phrase.split()) < _MOST_WORDS:
        longer = _longer(phrase, one, other)
        if not longer:
            break
        phrase = longer
    return phrase


def _longer(phrase: str, one: str, other: str) -> str:
    """The phrase with a word more, where most of its places in both texts have that; or ``."""
    here, there = places(one, phrase), places(other, phrase)
    if not here or not there:
        return ""
    first = here[0]
    before = _WORD_BEFORE.search(one[max(0, first - _WINDOW) : first])
    after = _WORD_AFTER.match(one, first + len(phrase))
    for word, longer in (
        (before[1], f"{before[1]} {phrase}") if before else ("", ""),
        (after[1], f"{phrase} {after[1]}") if after else ("", ""),
    ):
        if (
            word
            and not is_function_word(word)
            and len(places(one, longer)) * 2 > len(here)
            and len(places(other, longer)) * 2 > len(there)
        ):
            return longer
    return ""
