"""Walks content/ and reads its files, in whatever form Word, Windows and macOS saved them."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from generator.i18n import LANGUAGES
from generator.model import Shelf, Source
from generator.names import nearest, nfc, slug, slug_with_hash
from generator.problems import N_, Place, Problem, Severity

CONTENT = "content"
MEDIA = "media"
MAX_BYTES = 16 * 1024 * 1024
_LEFTOVER = re.compile(r"^[.~#]|~$|^Thumbs\.db$|^desktop\.ini$|\.(?:tmp|swp|bak)$", re.IGNORECASE)
_LANGUAGE = re.compile(rf"^(.+)\.({'|'.join(LANGUAGES)})$", re.IGNORECASE)


class Shelves(Struct, frozen=True):
    """What content/ holds: Markdown sources, and every other file by its NFC path relative to the
    project, with `/`, mapped to its real path on disk."""

    sources: tuple[Source, ...]
    files: dict[str, str]
    problems: tuple[Problem, ...]


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """(path relative to the project, real path) of every file, in a fixed order."""
    with os.scandir(folder) as found:
        entries = sorted((_legible(entry.name), entry.name, entry) for entry in found)
    for name, _, entry in entries:
        if _LEFTOVER.search(name):
            continue
        relative = f"{prefix}/{name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, relative)
        elif entry.is_file():
            yield relative, entry.path


def _legible(name: str) -> str:
    """A file's name in NFC; `\ufffd` for what is not Unicode in it, as in old archives."""
    return nfc(os.fsencode(name).decode("utf-8", "replace"))


def _normalised(text: str) -> str:
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(path: str, real_path: str) -> tuple[str, Problem | None]:
    """The file's text in NFC with `\\n` line ends and no BOM; and what is wrong with it, if it is
    not text."""
    with open(real_path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return "", Problem(
            Place(path),
            "too-large",
            N_("the file is larger than {limit} MB"),
            N_("split it, or put pictures in files of their own"),
            {"limit": MAX_BYTES // 1024 // 1024},
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _normalised(data.decode("utf-16", "replace")), Problem(
            Place(path, 1, 1),
            "not-utf8",
            N_("the file is UTF-16 text, which Windows Notepad calls “Unicode”"),
            N_("save it again with the encoding UTF-8"),
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _normalised(data.decode("utf-8", "replace")), Problem(
            _place_of(path, data[: error.start].decode("utf-8")),
            "not-utf8",
            N_("the file is not UTF-8 text"),
            N_("save it again with the encoding UTF-8"),
        )
    text = _normalised(text.lstrip("\ufeff"))
    if "\0" in text:
        return text, Problem(
            _place_of(path, text[: text.index("\0")]),
            "not-text",
            N_("the file is not text: it has a character with the code 0"),
            N_("save it again as plain text with the encoding UTF-8"),
        )
    return text, None


def _place_of(path: str, before: str) -> Place:
    """The place in a file after the text `before`."""
    *lines, last = _normalised(before).split("\n")
    return Place(path, len(lines) + 1, len(last.lstrip("\ufeff")) + 1)


def _stray(path: str, folders: list[str]) -> Problem:
    if not folders:
        text, hint = N_("this file is in no shelf of content/, so it is not published"), ""
        near = ""
    else:
        text = N_("“{folder}” is not a shelf of content/, so this file is not published")
        near = nearest(folders[0], Shelf)
        hint = N_("did you mean “{near}”?") if near else ""
    return Problem(
        Place(path),
        "no-shelf",
        text,
        hint or N_("the shelves: {known}"),
        {"folder": "/".join(folders[:1]), "near": near, "known": ", ".join(Shelf)},
        Severity.WARNING,
    )


def read_content(project: Path) -> Shelves:
    """Read every file of `project`/content. Problems of single files do not stop the others."""
    root = project / CONTENT
    sources: list[Source] = []
    files: dict[str, str] = {}
    problems: list[Problem] = []
    if not root.is_dir():
        hint = N_("make the folder, with articles/ in it")
        return Shelves(
            (), {}, (Problem(Place(CONTENT), "no-content", N_("there is no content/"), hint),)
        )
    for path, real_path in _walk(str(root), CONTENT):
        folders = path.split("/")[1:-1]
        if not path.lower().endswith(".md") or folders[:1] == [MEDIA]:
            files[path] = real_path
        elif not folders or folders[0] not in list(Shelf):
            problems.append(_stray(path, folders))
        else:
            text, problem = _decode(path, real_path)
            sources.append(_source(path, Shelf(folders[0]), text, problem))
    return Shelves(tuple(sources), files, tuple(problems))


def _source(path: str, shelf: Shelf, text: str, problem: Problem | None) -> Source:
    stem = path.rsplit("/", 1)[1][:-3]
    language = None
    if match := _LANGUAGE.match(stem):
        stem, language = match[1], match[2].lower()
    # A name with no Latin letter or digit still needs an id of its own.
    identity = slug(stem) or slug_with_hash(stem, "")
    return Source(path, shelf, identity, language, text, problem)
