"""When two names are the same, what an address calls them, and how else they may be spelled."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import product

SLUG_LENGTH = 80
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# A syllable whose only vowel is i or y sounds the same with either (Sỹ = Sĩ, Quý = Quí), while
# in Mai and May, Thúi and Thúy the letters differ in sound and so in name.
_LONE_Y = re.compile(r"^(qu|[bcdđfghjklmnpqrstvwxz]*)y$")
_LONE_I_OR_Y = re.compile(r"^(qu|[bcdđfghjklmnpqrstvwxz]*)[iy]$")
# The open vowel pairs on which old and new spelling place the tone differently (hoà, hòa).
_OPEN_PAIR = re.compile(r"^([bcdđghklmnprstvx]*)(o[ae]|uy)$")


def nfc(text: str) -> str:
    """`text` in Unicode's composed form, with the look-alike Ð (U+00D0) as the Vietnamese Đ."""
    return unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ")


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
    words = [sorted(_word_spellings(word)) for word in nfc(name).lower().split()]
    found = []
    for choice in product(*words):
        found.append(" ".join(choice))
        if len(found) == 64:
            break
    return sorted(found)


def ascii_fold(text: str) -> str:
    """`text` in lower case without diacritics; đ, which Unicode does not decompose, as d."""
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


def slug_with_hash(key: str, base: str) -> str:
    """`base` made unique for a name by four hexadecimal digits of the name's own hash."""
    digits = hashlib.sha256(key.encode()).hexdigest()[:4]
    return f"{base[: SLUG_LENGTH - 5]}-{digits}".lstrip("-")


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The candidate most like `name`, for a "did you mean"; `` where none comes close."""
    from difflib import get_close_matches

    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(ascii_fold(candidate), candidate)
    found: Sequence[str] = get_close_matches(ascii_fold(name), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""
