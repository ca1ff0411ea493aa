"""Walks content/ and reads its files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from generator.decoding import decode
from generator.i18n import LANGUAGES
from generator.model import Shelf, Source
from generator.names import nearest, nfc, slug, slug_with_hash
from generator.problems import N_, Place, Problem, Severity

CONTENT = "content"
FOLDERS = tuple(shelf.value for shelf in Shelf if shelf is not Shelf.DOCUMENTS)
MEDIA = "media"
MAX_BYTES = 16 * 1024 * 1024
_LEFTOVER = re.compile(r"^[.~#]|~$|^Thumbs\.db$|^desktop\.ini$|\.(?:tmp|swp|bak)$", re.IGNORECASE)
_MISNAMED = re.compile(r"\.(?:md\.\w+|markdown|mdown|mkd)$", re.IGNORECASE)
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


def _read(path: str, real_path: str) -> tuple[str, Problem | None]:
    """A file's text, and what is wrong with it if it is not text (see `decode`)."""
    with open(real_path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) <= MAX_BYTES:
        return decode(path, data)
    return "", Problem(
        Place(path),
        "too-large",
        N_("the file is larger than {limit} MB"),
        N_("split it, or put pictures in files of their own"),
        {"limit": MAX_BYTES // 1024 // 1024},
    )


def _stray(path: str, folders: list[str]) -> Problem:
    if not folders:
        text, hint = N_("this file is in no shelf of content/, so it is not published"), ""
        near = ""
    else:
        text = N_("“{folder}” is not a shelf of content/, so this file is not published")
        near = nearest(folders[0], FOLDERS)
        hint = N_("did you mean “{near}”?") if near else ""
    return Problem(
        Place(path),
        "no-shelf",
        text,
        hint or N_("the shelves: {known}"),
        {"folder": "/".join(folders[:1]), "near": near, "known": ", ".join(FOLDERS)},
        Severity.WARNING,
    )


def _misnamed(path: str) -> Problem:
    return Problem(
        Place(path),
        "not-md",
        N_("this file is not published: names of content files end in .md"),
        N_("rename it; Windows hides such endings until told to show them"),
        severity=Severity.WARNING,
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
            if _MISNAMED.search(path) and folders[:1] != [MEDIA]:
                problems.append(_misnamed(path))
        elif not folders or folders[0] not in FOLDERS:
            problems.append(_stray(path, folders))
        else:
            text, problem = _read(path, real_path)
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
