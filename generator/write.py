"""The output folder: what is written there is written whole, and only what is ours is removed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from msgspec import Struct

from generator.problems import N_, Place, Problem
from generator.scanning import FileStat, as_file_stat, stat_of
from generator.sealed import replace_file

TEMPORARY = ".bulletin-new"
_BATCH = 64


class Span(Struct, frozen=True, array_like=True, gc=False):
    """Where the bytes of a file wait to be written: in a file of the spool."""

    file: str
    start: int
    length: int

    def read(self) -> bytes:
        with open(self.file, "rb") as file:
            file.seek(self.start)
            return file.read(self.length)


class Spool:
    """Rendered files on their way to the output folder.

    Nothing is written there before everything is rendered, so that an error in the last page leaves
    the site as it was; files of `folder`, one for each process, hold them meanwhile, so that memory
    need not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.close()
        folder.mkdir(parents=True, exist_ok=True)
        self._spans: dict[str, Span] = {}

    def add(self, path: str, span: Span) -> None:
        self._spans[path] = span

    def __len__(self) -> int:
        return len(self._spans)

    def paths(self) -> list[str]:
        return list(self._spans)

    def read(self, path: str) -> bytes:
        return self._spans[path].read()

    def batches(self) -> Iterator[list[tuple[str, Span]]]:
        """All files, some dozens at a time; those of one folder together."""
        batch: list[tuple[str, Span]] = []
        last = None
        for path in sorted(self._spans, key=lambda path: path.rpartition("/")[0]):
            folder = path.rpartition("/")[0]
            if len(batch) >= _BATCH and folder != last:
                yield batch
                batch = []
            batch.append((path, self._spans[path]))
            last = folder
        if batch:
            yield batch

    def close(self) -> None:
        import shutil  # loads much that few builds need

        shutil.rmtree(self.folder, ignore_errors=True)


def put_by(folder: str, files: Iterable[bytes]) -> list[Span]:
    """Put bytes into the spool in `folder`, from any process."""
    name = f"{folder}/{os.getpid()}"
    spans = []
    with open(name, "ab") as file:
        at = file.seek(0, os.SEEK_END)
        for data in files:
            file.write(data)
            spans.append(Span(name, at, len(data)))
            at += len(data)
    return spans


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


class WriteTask(Struct, frozen=True, array_like=True):
    """Files to write into the folder `output`. No two tasks have files of one folder."""

    output: str
    files: list[tuple[str, Span]]


def write_files(task: WriteTask) -> list[FileStat]:
    """Write files whole, but for those that hold the same already; tells their stats."""
    return [_write_file(f"{task.output}/{path}", span.read()) for path, span in task.files]


def _write_file(target: str, data: bytes) -> FileStat:
    found = stat_of(target)
    if found and found.size == len(data) and _bytes_of(target) == data:
        return found
    # One name for a folder's only unfinished file: an end in the middle leaves one, and the next
    # build writes over it. Added to the target's own, it could be too long a name.
    folder = os.path.dirname(target)
    temporary = f"{folder}/{TEMPORARY}"
    try:
        file = open(temporary, "wb", buffering=0)  # noqa: SIM115 (the folder may have to be made)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        file = open(temporary, "wb", buffering=0)  # noqa: SIM115
    with file:
        done = 0
        while done < len(data):
            done += file.write(data[done:] if done else data)
    replace_file(temporary, target)
    return as_file_stat(os.stat(target))


def _bytes_of(target: str) -> bytes:
    with open(target, "rb") as file:
        return file.read()


def remove_unfinished(output: Path, paths: Iterable[str]) -> None:
    """Remove what a build that was interrupted while it wrote these files left beside them. The
    next would write over it only where it has to write into the same folder."""
    for folder in {path.rpartition("/")[0] for path in paths}:
        with suppress(OSError):
            os.unlink(f"{output}/{folder}/{TEMPORARY}")


def in_the_way(ours: Iterable[str], planned: Collection[str]) -> list[str]:
    """Our files that are no longer planned and stand where a planned one needs a folder, or the
    other way round."""
    gone = [path for path in ours if path not in planned]
    folders = {folder for path in planned for folder in _folders(path)} if gone else set()
    return [path for path in gone if path in folders or any(f in planned for f in _folders(path))]


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


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock on a file while the block runs, if nobody else does; tells whether."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        held = _try_lock(file)
        try:
            yield held
        finally:
            if held:
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
