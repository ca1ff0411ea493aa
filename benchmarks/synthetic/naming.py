"""Names as keys: when two Vietnamese names are the same, and what they are called in ASCII."""

import re
import unicodedata
from collections.abc import Iterable

from benchmarks.synthetic.records import Entry

# Grave, acute, tilde, hook above, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TO_LETTERS_ONLY = str.maketrans("y", "i", _TONES)


def fold(name: str) -> str:
    """Return a key that two names share exactly when readers take them for the same name.

    Case, spacing, y for i, and the letter that carries a tone (hòa, hoà) make no difference.
    """
    return " ".join(map(_fold_syllable, name.split()))


def _fold_syllable(syllable: str) -> str:
    marked = unicodedata.normalize("NFD", syllable.casefold())
    # A syllable has one tone: written at its end, it no longer matters which vowel bore it.
    tones = "".join(mark for mark in marked if mark in _TONES)
    return marked.translate(_TO_LETTERS_ONLY) + tones


def slug(text: str, longest: int = 80) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens, cut between words."""
    marked = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) <= longest:
        return words
    return words[: longest + 1].rpartition("-")[0] or words[:longest]


def entries(names: Iterable[str]) -> tuple[Entry, ...]:
    """Return an entry for each name, in order; names of one slug are numbered from the second."""
    ids = Ids()
    return tuple(Entry(ids.claim(slug(name)), name) for name in names)


class Ids:
    """The ids given out so far on one shelf."""

    def __init__(self) -> None:
        """Begin with none."""
        self._holders: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Return `wanted`, or when it is taken, `wanted` and a number."""
        count = self._holders.get(wanted, 0) + 1
        self._holders[wanted] = count
        return wanted if count == 1 else self.claim(f"{wanted}-{count}")
