"""Vietnamese alphabetical order (TCVN 5712; the order of ICU's `vi`).

Letters come first (a ă â b c d đ e ê …), then tones (ngang huyền hỏi ngã sắc nặng), then case.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANKS = {letter: chr(0x100 + rank) for rank, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}

CollationKey = tuple[str, str, str]


def collation_key(text: str) -> CollationKey:
    """A key that sorts texts as a Vietnamese dictionary does: letters, then tones, then case."""
    keys = [_letter_key(composed) for composed in unicodedata.normalize("NFC", text)]
    letters, tones, case = zip(*keys, strict=True) if keys else ((), (), ())
    return "".join(letters), "".join(tones), "".join(case)


@cache
def _letter_key(composed: str) -> CollationKey:
    """The letter, the tone and the case of one character."""
    apart = unicodedata.normalize("NFD", composed)
    tone = next((_TONES[mark] for mark in apart[1:] if mark in _TONES), "0")
    base = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)).lower()
    rank = _RANKS.get(base)
    if rank is None:
        plain = unicodedata.normalize("NFD", base)[:1]
        rank = _RANKS.get(plain, base)
        tone = tone if plain == base else "6"
    return "\x01" if composed.isspace() else rank, tone, "1" if composed.isupper() else "0"


def sort_name(name: str) -> str:
    """A person's name in the order people are filed: given name (the last), family name, middle
    names."""
    *others, given = name.split() or [""]
    return " ".join([given, *others])


def initial(text: str) -> str:
    """The letter of the alphabet a text is filed under; `#` for what begins with none."""
    for composed in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", composed)
        base = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)).lower()
        plain = base if base in _RANKS else unicodedata.normalize("NFD", base)[:1]
        if plain in _RANKS:
            return plain.upper()
        if composed.isalnum():
            return "#"
    return "#"
