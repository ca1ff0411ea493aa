"""Bytes become text, in whatever form Word, Windows and macOS saved them."""

from __future__ import annotations

import codecs

from generator.names import nfc
from generator.problems import N_, Place, Problem


def decode(path: str, data: bytes) -> tuple[str, Problem | None]:
    """The text of a file in NFC, with `\\n` line ends and no byte order mark. Where it is not text,
    what is wrong with it too, and only what can be made of it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _normalised(data.decode("utf-16", "replace")), Problem(
            Place(path, 1, 1),
            "not-utf8",
            N_("the file is UTF-16 text, which Windows Notepad calls “Unicode”"),
            N_("save it again with the encoding UTF-8"),
        )
    try:
        text = _normalised(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _normalised(data.decode("utf-8", "replace")), Problem(
            _place_after(path, _normalised(data[: error.start].decode("utf-8"))),
            "not-utf8",
            N_("the file is not UTF-8 text"),
            N_("save it again with the encoding UTF-8"),
        )
    if "\0" in text:
        return text, Problem(
            _place_after(path, text[: text.index("\0")]),
            "not-text",
            N_("the file is not text: it has a character with the code 0"),
            N_("save it again as plain text with the encoding UTF-8"),
        )
    return text, None


def _normalised(text: str) -> str:
    return nfc(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def _place_after(path: str, text: str) -> Place:
    return Place(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
