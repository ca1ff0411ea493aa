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
        phrase, here, there = _drawn_out(term, one.low, other.low)
        if len(phrase.split()) >= _MOST_WORDS:  # a whole sentence, or cut off
            continue
        if any(phrase in name or name in phrase for name in names):
            continue
        spellings = [one.text[at : at + len(phrase)] for at in here]
        often = min(len(here), len(there)) > 1
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


def _drawn_out(phrase: str, one: str, other: str) -> tuple[str, list[int], list[int]]:
    """The phrase with the words around it, and where that stands in both texts."""
    here, there = places(one, phrase), places(other, phrase)
    words = len(phrase.split())
    while here and there and words < _MOST_WORDS:
        longer = _longer(phrase, one, here, other, there)
        if longer is None:
            break
        phrase, here, there = longer
        words += 1
    return phrase, here, there


def _longer(
    phrase: str, one: str, here: list[int], other: str, there: list[int]
) -> tuple[str, list[int], list[int]] | None:
    """The phrase with a word more, where most of its places in both texts have that."""
    word = _word_before(one, here[0])
    if word and not is_function_word(word):
        in_one = _preceded(one, here, f"{word} ")
        if len(in_one) * 2 > len(here):
            in_other = _preceded(other, there, f"{word} ")
            if len(in_other) * 2 > len(there):
                return f"{word} {phrase}", in_one, in_other
    after = _WORD_AFTER.match(one, here[0] + len(phrase))
    if after and not is_function_word(after[1]):
        in_one = _followed(one, here, len(phrase), after[0])
        if len(in_one) * 2 > len(here):
            in_other = _followed(other, there, len(phrase), after[0])
            if len(in_other) * 2 > len(there):
                return phrase + after[0], in_one, in_other
    return None


def _word_before(text: str, at: int) -> str:
    """The word before a place, a space between; `` where there is none, or none that short."""
    if text[at - 1 : at] != " ":
        return ""
    start = max(text.rfind(" ", 0, at - 1) + 1, at - _WINDOW)
    word = text[start : at - 1]
    if word.isalnum():
        return word
    match = _WORD_BEFORE.search(text, start, at)
    return match[1] if match else ""


def _preceded(text: str, places: Iterable[int], word: str) -> list[int]:
    """Where those places begin with a whole word (and its space) that have it before them."""
    size = len(word)
    starts = [at - size for at in places if at >= size]
    return [at for at in starts if text.startswith(word, at) and not text[at - 1 : at].isalnum()]


def _followed(text: str, places: Iterable[int], size: int, word: str) -> list[int]:
    """Those of the places of a phrase, `size` long, that have a whole word (and its space) after
    them."""
    end = size + len(word)
    return [
        at
        for at in places
        if text.startswith(word, at + size) and not text[at + end : at + end + 1].isalnum()
    ]
