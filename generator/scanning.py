"""Walks folders: which files are there, and what the file system says of each."""

from __future__ import annotations

import os
import re
from hashlib import blake2b

from msgspec import Struct

_WINDOWS = os.name == "nt"
_MOST = (1 << 63) - 1
_LEFTOVER = re.compile(r"^[.~#]|~$|^(?:Thumbs\.db|desktop\.ini)$|\.(?:tmp|swp|bak)$", re.IGNORECASE)


class FileStat(Struct, frozen=True, array_like=True, gc=False):
    """A file's size in bytes, and when it was changed, in nanoseconds. `ctime_ns` also moves when
    somebody sets the time back; where the system has no such time (Windows) it is 0."""

    size: int
    mtime_ns: int
    ctime_ns: int


class Found(Struct, frozen=True, gc=False):
    """A file: its `path` in NFC with `/`, where it is on disk, and its stat."""

    path: str
    real_path: str
    stat: FileStat


def digest_of(data: bytes) -> bytes:
    """16 bytes that tell these bytes from any others."""
    return blake2b(data, digest_size=16).digest()


def digest_at(real_path: str) -> bytes:
    """The digest of a file's bytes."""
    with open(real_path, "rb") as file:
        return digest_of(file.read())


def numbers_of(found: os.stat_result) -> tuple[int, int, int]:
    """A `FileStat` as numbers of 64 bits, which some file systems have times beyond."""
    changed = 0 if _WINDOWS else found.st_ctime_ns
    return found.st_size, found.st_mtime_ns & _MOST, changed & _MOST


def as_file_stat(found: os.stat_result) -> FileStat:
    return FileStat(*numbers_of(found))


def stat_of(path: str) -> FileStat | None:
    """The stat of a file; None where there is none."""
    try:
        return as_file_stat(os.stat(path))
    except (OSError, ValueError):
        return None


class Listing(Struct, frozen=True):
    """Files in columns, of which comparing takes the least time; `stats` are three numbers each
    (see `FileStat`)."""

    paths: list[str]
    real_paths: list[str]
    stats: list[int]

    def found(self) -> tuple[Found, ...]:
        stats = map(FileStat, self.stats[0::3], self.stats[1::3], self.stats[2::3])
        return tuple(map(Found, self.paths, self.real_paths, stats))


def scan(
    folder: str, prefix: str, listing: Listing, above: tuple[tuple[int, int], ...] | None = None
) -> None:
    """Add every file below a folder, in a fixed order; paths begin with `prefix` in its place.
    Links to folders are not followed, nor to files elsewhere, and what editors and systems leave
    behind is passed.

    With `above`, the folders that this one is in (its device and its number of each), all files
    are added, also those that links to folders lead to."""
    if above is not None:
        here = os.stat(folder)
        if (here.st_dev, here.st_ino) in above:
            return
        above = (*above, (here.st_dev, here.st_ino))
    with os.scandir(folder) as entries:
        named = [
            (legible(entry.name), entry.name, entry)
            for entry in entries
            if entry.name != "__pycache__" and (above is not None or not is_leftover(entry.name))
        ]
    named.sort()
    paths, real_paths, stats = listing.paths.append, listing.real_paths.append, listing.stats.extend
    for name, _, entry in named:
        # Most are files, and of these the system has said so already.
        if entry.is_file():
            path = entry.path
            if above is None and entry.is_symlink() and not _stays(path, folder, prefix):
                continue
            try:
                found = os.stat(path)
            except FileNotFoundError:  # which has gone again meanwhile
                continue
            paths(f"{prefix}/{name}")
            real_paths(path)
            stats(numbers_of(found))
        elif entry.is_dir(follow_symlinks=above is not None):
            scan(entry.path, f"{prefix}/{name}", listing, above)


def is_leftover(name: str) -> bool:
    """Whether this is the name of what editors and systems leave behind."""
    if name.endswith(".md"):
        return name.startswith((".", "~", "#"))
    return _LEFTOVER.search(name) is not None


def legible(name: str) -> str:
    """A file's name in NFC; `\ufffd` for what is not Unicode in it, as in old archives."""
    if name.isascii():
        return name
    from generator.names import nfc  # loads much that few names need

    return nfc(os.fsencode(name).decode("utf-8", "replace"))


def _stays(path: str, folder: str, prefix: str) -> bool:
    """Whether a link leads to a file in the folder that the walk began with. What is elsewhere on
    this machine shall not be published because somebody's files came with a link to it."""
    for _ in range(prefix.count("/")):
        folder = os.path.dirname(folder)
    return os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)
