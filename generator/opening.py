"""The note by which `bulletin new` asks a running preview to show the page of a file.

It is there before the file is, so that the preview finds it when it sees the file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from generator.sealed import FOLDER, replace_file

PREVIEW = "preview"
"""The folder in `.bulletin` that a preview makes; nobody is asked where there is none."""
_NOTE = "open"


def ask_to_open(project: Path, path: str) -> None:
    """Leave a note of a file, by its path in the project, in place of any that was left before.
    Where that fails, the file matters more."""
    folder = project / FOLDER / PREVIEW
    if not folder.is_dir():
        return
    unfinished = folder / f"{_NOTE}.{os.getpid()}"
    with suppress(OSError):
        unfinished.write_bytes(path.encode())
        replace_file(unfinished, folder / _NOTE)


def asked_to_open(project: Path) -> str | None:
    """The path that was left last, which is then forgotten; None where there is none."""
    folder = project / FOLDER / PREVIEW
    # Taken away before it is read, so that one left meanwhile is not lost.
    taken = folder / f"{_NOTE}.taken"
    with suppress(OSError):
        os.replace(folder / _NOTE, taken)
        path = taken.read_bytes().decode("utf-8", "replace")
        taken.unlink()
        return path or None
    return None
