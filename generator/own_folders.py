"""The folders a project is made of: no other use of a folder may touch them."""

from __future__ import annotations

import os
from pathlib import Path

from generator.project import FILE_NAME
from generator.sealed import FOLDER

_OWN = ("content", "templates", "themes", "site", FOLDER, FILE_NAME, ".git")


def own_folder_touched(folder: Path, project: Path, *more: str) -> str:
    """Which of a project's own folders, and of `more`, a folder is, lies in, or has in it, as it is
    called there; `` for none. Links are followed; nothing need be there."""
    for name in (*_OWN, *more):
        own = project / name
        if holds(own, folder) or holds(folder, own):
            return name
    return ""


def holds(outer: Path, inner: Path) -> bool:
    """Whether a path is another or leads into it, on disks that ignore case too."""
    around, within = _real(outer), _real(inner)
    return any(_same(around, each) for each in (within, *within.parents))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _same(one: Path, other: Path) -> bool:
    try:
        return one == other or os.path.samefile(one, other)
    except OSError:
        return False
