"""Finds the files of content/, and reads them."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from generator.decoding import decode
from generator.i18n import LANGUAGES
from generator.model import Shelf, Source
from generator.names import nearest, slug, slug_with_hash
from generator.problems import N_, Place, Problem, Severity
from generator.scanning import Found

CONTENT = "content"
FOLDERS = tuple(shelf.value for shelf in Shelf if shelf is not Shelf.DOCUMENTS)
MEDIA = "media"
MAX_BYTES = 16 * 1024 * 1024
_MOSTLY = 64 * 1024
_MISNAMED = re.compile(r"\.(?:md\.\w+|markdown|mdown|mkd)$", re.IGNORECASE)
_LANGUAGE = re.compile(rf"^(.+)\.({'|'.join(LANGUAGES)})$", re.IGNORECASE)


class Shelves(Struct, frozen=True):
    """What content/ holds: Markdown sources with their files, and every other file by its path
    relative to the project."""

    sources: tuple[tuple[Source, Found], ...]
    files: dict[str, Found]
    problems: tuple[Problem, ...]


def read_bytes(real_path: str) -> bytes:
    """A file's bytes, at most one more than may be."""
    with open(real_path, "rb", buffering=0) as file:
        # One read where it is all there, as of nearly every file.
        data = file.read(_MOSTLY)
        while len(data) <= MAX_BYTES and (more := file.read(MAX_BYTES + 1 - len(data))):
            data += more
    return data


def as_text(path: str, data: bytes) -> tuple[str, Problem | None]:
    """What a file says, and what is wrong with it if it is not text (see `decode`)."""
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


def find_content(project: Path, found: tuple[Found, ...]) -> Shelves:
    """What the files `found` in `project`/content are. Problems of single files do not stop the
    others."""
    if not found and not (project / CONTENT).is_dir():
        hint = N_("make the folder, with articles/ in it")
        problem = Problem(Place(CONTENT), "no-content", N_("there is no content/"), hint)
        return Shelves((), {}, (problem,))
    sources: list[tuple[Source, Found]] = []
    files: dict[str, Found] = {}
    problems: list[Problem] = []
    for file in found:
        path = file.path
        folders = path.split("/")[1:-1]
        if not is_source(path):
            files[path] = file
            if _MISNAMED.search(path) and folders[:1] != [MEDIA]:
                problems.append(_misnamed(path))
        elif not folders or folders[0] not in FOLDERS:
            problems.append(_stray(path, folders))
        else:
            sources.append((_source(path, Shelf(folders[0])), file))
    return Shelves(tuple(sources), files, tuple(problems))


def is_source(path: str) -> bool:
    """Whether a file of content/ is one to be parsed, and not published as it is."""
    return path.lower().endswith(".md") and not path.startswith(f"{CONTENT}/{MEDIA}/")


def source_at(path: str) -> Source | None:
    """What the file at a path of the project is; None for one that is in no shelf."""
    root, *folders, _ = path.split("/") if "/" in path else ("", "")
    if root != CONTENT or not folders or folders[0] not in FOLDERS or not is_source(path):
        return None
    return _source(path, Shelf(folders[0]))


def _source(path: str, shelf: Shelf) -> Source:
    stem = path.rsplit("/", 1)[1][:-3]
    language = None
    if match := _LANGUAGE.match(stem):
        stem, language = match[1], match[2].lower()
    # A name with no Latin letter or digit still needs an id of its own.
    identity = slug(stem) or slug_with_hash(stem, "")
    return Source(path, shelf, identity, language)
