"""When two names are the same, what an address calls them, and how else they may be spelled."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice, product

SLUG_LENGTH = 80
MOST_SPELLINGS = 64
MOST_GUESSES = 20
"""Likeness costs time: a report of thousands of unknown names guesses at the first of them only."""

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# A syllable whose only vowel is i or y sounds the same with either (Sỹ = Sĩ, Quý = Quí), while
# in Mai and May, Thúi and Thúy the letters differ in sound and so in name.
_LONE_Y = re.compile(r"^(qu|[bcdđfghjklmnpqrstvwxz]*)y$")
_LONE_I_OR_Y = re.compile(r"^(qu|[bcdđfghjklmnpqrstvwxz]*)[iy]$")
# The open vowel pairs on which old and new spelling place the tone differently (hoà, hòa).
_OPEN_PAIR = re.compile(r"^([bcdđghklmnprstvx]*)(o[ae]|uy)$")


_UNSEEN = "\u00ad\u200b\u2060\ufeff"


def nfc(text: str) -> str:
    """`text` in Unicode's composed form, with the look-alike Ð (U+00D0) as the Vietnamese Đ, and
    without what other programs leave in it unseen (soft hyphens, zero-width spaces)."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ")
    for character in _UNSEEN:  # one after the other, which is faster than a pattern for all
        text = text.replace(character, "")
    return text


def _without_tone(word: str) -> tuple[str, str]:
    """A word's letters without its tone mark, and the mark (`` for none)."""
    if word.isascii():
        return word, ""
    apart = unicodedata.normalize("NFD", word)
    letters = "".join(c for c in apart if c not in _TONES)
    tone = "".join(c for c in apart if c in _TONES)
    return unicodedata.normalize("NFC", letters), tone


def name_key(name: str) -> str:
    """What two spellings of one name share.

    Names are the same when equal after composition, case folding, single spaces, i for y where
    both sound the same, and with the tone mark of a syllable wherever it stands in it.
    """
    words = []
    for word in nfc(name).casefold().split():
        letters, tone = _without_tone(word)
        words.append(_LONE_Y.sub(r"\1i", letters) + tone)
    return " ".join(words)


def _word_spellings(word: str) -> set[str]:
    letters, tone = _without_tone(word)
    spellings = {word}
    if match := _LONE_I_OR_Y.match(letters):
        spellings |= {nfc(match[1] + vowel + tone) for vowel in "iy"}
    elif tone and (match := _OPEN_PAIR.match(letters)):
        start, pair = match.groups()
        spellings |= {nfc(start + pair[0] + tone + pair[1]), nfc(start + pair + tone)}
    return spellings


def spellings(name: str) -> list[str]:
    """The lower-case spellings under which a name may stand in a text; sorted, at most 64."""
    words = [[word, *sorted(_word_spellings(word) - {word})] for word in nfc(name).lower().split()]
    # The name's own spelling is the first, so that it is among them even where not all fit.
    return sorted(" ".join(choice) for choice in islice(product(*words), MOST_SPELLINGS))


def ascii_fold(text: str) -> str:
    """`text` in lower case without diacritics; đ, which Unicode does not decompose, as d."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", nfc(text).lower().replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def slug(text: str) -> str:
    """An ASCII slug for addresses: lower case, `-` between words, at most 80 characters, never a
    Windows device name; `` where nothing of the text is left."""
    found = re.sub(r"[^a-z0-9]+", "-", ascii_fold(text)).strip("-")
    if len(found) > SLUG_LENGTH:
        found = found[:SLUG_LENGTH].rsplit("-", 1)[0].rstrip("-") or found[:SLUG_LENGTH]
    return f"{found}-1" if _DEVICE.match(found) else found


def is_slug(text: str) -> bool:
    return text == slug(text)


def slug_with_hash(key: str, base: str, digits: int = 4) -> str:
    """`base` made unique for a name by hexadecimal digits of the name's own hash."""
    hashed = hashlib.sha256(key.encode()).hexdigest()[:digits]
    return f"{base[: SLUG_LENGTH - digits - 1]}-{hashed}".lstrip("-")


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The candidate most like `name`, for a "did you mean"; `` where none comes close."""
    return Guesses(candidates).nearest(name)


class Guesses:
    """Finds what may have been meant among many candidates, for the first names asked about."""

    def __init__(self, candidates: Iterable[str]) -> None:
        self._candidates = candidates
        self._folded: dict[str, str] = {}
        self._with_pair: dict[str, list[str]] = {}
        self._answers: dict[str, str] = {}

    def nearest(self, name: str) -> str:
        """The candidate most like `name`; `` where none comes close, or too many were asked."""
        if name not in self._answers:
            if len(self._answers) == MOST_GUESSES:
                return ""
            self._answers[name] = self._nearest(ascii_fold(name))
        return self._answers[name]

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches
        from heapq import nlargest

        if not self._folded:
            self._index()
        shared: Counter[str] = Counter()
        for pair in _pairs(name):
            shared.update(self._with_pair.get(pair, ()))
        # An exact comparison takes milliseconds, so only the likeliest go through it.
        likely = nlargest(
            MOST_GUESSES, shared, key=lambda text: (shared[text] / (len(name) + len(text)), text)
        )
        found = get_close_matches(name, likely, n=1, cutoff=0.6)
        return self._folded[found[0]] if found else ""

    def _index(self) -> None:
        for candidate in sorted(self._candidates):
            self._folded.setdefault(ascii_fold(candidate), candidate)
        for text in self._folded:
            for pair in _pairs(text):
                self._with_pair.setdefault(pair, []).append(text)


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters of a text, its beginning and end among them."""
    text = f"\0{text[:200]}\0"
    return {text[at : at + 2] for at in range(len(text) - 1)}
