"""Walks content/ and reads its files, in whatever form Word, Windows and macOS saved them."""

from __future__ import annotations

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
_LANGUAGE = re.compile(rf"^(.+)\.({'|'.join(LANGUAGES)})$")


class Shelves(Struct, frozen=True):
    """What content/ holds: Markdown sources, and every other file by its NFC path relative to the
    project, with `/`, mapped to its real path on disk."""

    sources: tuple[Source, ...]
    files: dict[str, str]
    problems: tuple[Problem, ...]


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """(path relative to the project, real path) of every file, in a fixed order."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: nfc(entry.name))
    for entry in entries:
        if _LEFTOVER.search(entry.name):
            continue
        relative = f"{prefix}/{nfc(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, relative)
        elif entry.is_file():
            yield relative, entry.path


def _decode(path: str, real_path: str) -> str | Problem:
    """The file's text in NFC with `\\n` line ends and no BOM, or what is wrong with it."""
    with open(real_path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return Problem(
            Place(path),
            "too-large",
            N_("the file is larger than {limit} MB"),
            N_("split it, or put pictures in files of their own"),
            {"limit": MAX_BYTES // 1024 // 1024},
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        return Problem(
            Place(path, before.count(b"\n") + 1, column),
            "not-utf8",
            N_("the file is not UTF-8 text"),
            N_("save it again with the encoding UTF-8"),
        )
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def _stray(path: str, folder: str) -> Problem:
    return Problem(
        Place(path),
        "no-shelf",
        N_("“{folder}” is not a shelf of content/, so this file is not published"),
        N_("did you mean “{near}”?") if nearest(folder, Shelf) else N_("the shelves: {known}"),
        {"folder": folder, "near": nearest(folder, Shelf), "known": ", ".join(Shelf)},
        Severity.WARNING,
    )


def read_content(project: Path) -> Shelves:
    """Read every file of `project`/content. Problems of single files do not stop the others."""
    root = project / CONTENT
    sources: list[Source] = []
    files: dict[str, str] = {}
    problems: list[Problem] = []
    paths: dict[tuple[Shelf, str, str | None], str] = {}
    if not root.is_dir():
        hint = N_("make the folder, with articles/ in it")
        return Shelves(
            (), {}, (Problem(Place(CONTENT), "no-content", N_("there is no content/"), hint),)
        )
    for path, real_path in _walk(str(root), CONTENT):
        folders = path.split("/")[1:-1]
        if not path.lower().endswith(".md") or folders[:1] == [MEDIA]:
            files[path] = real_path
            continue
        if not folders or folders[0] not in list(Shelf):
            problems.append(_stray(path, folders[0] if folders else path.split("/")[-1]))
            continue
        text = _decode(path, real_path)
        if isinstance(text, Problem):
            problems.append(text)
            continue
        source = _source(path, Shelf(folders[0]), text)
        key = (source.shelf, source.id, source.language)
        if key in paths:
            problems.append(
                Problem(
                    Place(path),
                    "duplicate-id",
                    N_("the id “{id}” belongs to {other} already"),
                    N_("rename one of the two files"),
                    {"id": source.id, "other": paths[key]},
                )
            )
            continue
        paths[key] = path
        sources.append(source)
    return Shelves(tuple(sources), files, tuple(problems))


def _source(path: str, shelf: Shelf, text: str) -> Source:
    stem = path.rsplit("/", 1)[1][:-3]
    language = None
    if match := _LANGUAGE.match(stem):
        stem, language = match[1], match[2]
    # A name with no Latin letter or digit still needs an id of its own.
    identity = slug(stem) or slug_with_hash(stem, "")
    return Source(path, shelf, identity, language, text)
