"""The output folder: what is written there is written whole, and only what is ours is removed."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from generator.problems import N_, Place, Problem

TEMPORARY = ".bulletin-new"


class Spool:
    """Rendered files on their way to the output folder.

    Nothing is written there before everything is rendered, so that an error in the last page leaves
    the site as it was; one temporary file holds them meanwhile, so that memory need not.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._spans: dict[str, tuple[int, int]] = {}
        self._end = 0

    def add(self, path: str, data: bytes) -> None:
        self._file.write(data)
        self._spans[path] = (self._end, len(data))
        self._end += len(data)

    def __len__(self) -> int:
        return len(self._spans)

    def paths(self) -> list[str]:
        return list(self._spans)

    def read(self, path: str) -> bytes:
        start, length = self._spans[path]
        self._file.seek(start)
        return self._file.read(length)

    def items(self) -> Iterator[tuple[str, bytes]]:
        for path in self._spans:
            yield path, self.read(path)

    def close(self) -> None:
        self._file.close()


def stat_of(file: Path) -> tuple[int, int] | None:
    """Size and time of a file; None where there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def foreign_files(
    output: Path, spool: Spool, ours: Collection[str], project: Path
) -> list[Problem]:
    """What is in the way: files that are not ours and that a page would replace by something else.
    One problem at the first of them."""
    foreign = [
        path
        for path in spool.paths()
        if path not in ours
        and os.path.lexists(output / path)
        and not _holds(output / path, spool, path)
        and not any(path in _folders(other) for other in ours)
    ]
    if not foreign:
        return []
    first = output / foreign[0]
    if first.is_relative_to(project):
        first = first.relative_to(project)
    return [
        Problem(
            Place(first.as_posix()),
            "foreign-file",
            N_("files here were not made by this project, and pages would replace them: {count}"),
            N_("move them away, choose another --output, or allow it with --clean"),
            {"count": len(foreign)},
        )
    ]


def _holds(target: Path, spool: Spool, path: str) -> bool:
    return target.is_file() and target.read_bytes() == spool.read(path)


def write_file(output: Path, path: str, data: bytes) -> tuple[int, int]:
    """Write a file whole, unless it holds this already; returns its size and time."""
    target = output / path
    found = stat_of(target)
    if found and found[0] == len(data) and target.read_bytes() == data:
        return found
    # One name for a folder's only unfinished file: an end in the middle leaves one, and the next
    # build writes over it. Added to the target's own, it could be too long a name.
    temporary = target.with_name(TEMPORARY)
    try:
        file = open(temporary, "wb")  # noqa: SIM115 (closed below; the folder may have to be made)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = open(temporary, "wb")  # noqa: SIM115
    with file:
        file.write(data)
    os.replace(temporary, target)
    written = os.stat(target)
    return written.st_size, written.st_mtime_ns


def in_the_way(ours: Iterable[str], planned: Collection[str]) -> list[str]:
    """Our files that are no longer planned and stand where a planned one needs a folder, or the
    other way round."""
    folders = {folder for path in planned for folder in _folders(path)}
    return [
        path
        for path in ours
        if path not in planned and (path in folders or any(f in planned for f in _folders(path)))
    ]


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def prune(output: Path, ours: Iterable[str], planned: Collection[str]) -> list[str]:
    """Remove files that are ours and no longer planned, and folders left empty; tells which."""
    gone = [path for path in ours if path not in planned]
    if not gone:
        return []
    removed = []
    alike: dict[str, list[str]] = defaultdict(list)
    for path in planned:
        alike[path.casefold()].append(path)
    folders = set()
    for path in gone:
        target = output / path
        # On disks that ignore case, Hop.jpg renamed to hop.jpg is the same file.
        if any(_same(target, output / other) for other in alike.get(path.casefold(), ())):
            continue
        if target.is_file() or target.is_symlink():
            target.unlink()
            removed.append(path)
        folders.add(target.parent)
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        while folder != output and output in folder.parents:
            (folder / TEMPORARY).unlink(missing_ok=True)
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent
    return removed


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


@contextmanager
def locked(path: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a lock on a file while the block runs; `on_wait` is called once if another holds it.

    The operating system drops the lock when its holder ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        if not _try_lock(file):
            if on_wait:
                on_wait()
            _wait_lock(file)
        try:
            yield
        finally:
            _unlock(file)


if os.name == "nt":  # pragma: no cover
    import msvcrt
    import time

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

    def _wait_lock(file: IO[bytes]) -> None:
        while not _try_lock(file):
            time.sleep(0.1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _wait_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
