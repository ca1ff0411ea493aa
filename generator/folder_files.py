"""Files of a folder of this disk, or of a mounted share: each appears whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from generator.disk_errors import refuse_name
from generator.remote import TEMPORARY
from generator.scanning import digest_of
from generator.sealed import replace_file

Pieces = Callable[[], Iterable[bytes]]

_TRIES = 5
"""How often a folder is made that somebody else removes at the same time."""

_NO_SYNC = frozenset((errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP))
"""What a share says that does not know how to bring one file to its disk."""


class FolderFiles:
    """Paths are relative to `root`, with `/`; folders are made as needed. Methods raise OSError,
    and Refused where this system cannot have such a name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._on_another_disk: set[str] = set()

    def at(self, path: str) -> str:
        """Where it is on this system."""
        refuse_name(path)
        return f"{self.root}/{path}" if path else str(self.root)

    def send(self, path: str, pieces: Pieces, sync: bool = False) -> None:
        """Put a file there, over any that is there; with `sync`, its bytes are on the disk before
        it has its name."""
        folder, slash, _ = path.rpartition("/")
        if folder not in self._on_another_disk:
            try:
                self._send_by(_new_temporary(), path, pieces, sync)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._on_another_disk.add(folder)
            else:
                return
        # Another disk begins on the way there, and no file is moved from one to the other. Each
        # file has but one such name, so that what a run that was ended has left does not stay.
        beside = f"{folder}{slash}.bulletin-{digest_of(os.fsencode(path)).hex()[:16]}"
        forget(self.at(beside))
        self._send_by(beside, path, pieces, sync)

    def create(self, path: str, data: bytes) -> bool:
        """Put a file there if there is none; tells whether it did."""
        temporary = self._new_file(_new_temporary(), lambda: (data,), sync=False)
        try:
            self.place(temporary, path, _link)
        except FileExistsError:
            return False
        finally:
            forget(temporary)
        return True

    def place(
        self, source: str, to: str, rename: Callable[[str, str], None] = replace_file
    ) -> None:
        """Move what is at `source`, on this system, to its place."""
        for _ in range(_TRIES):
            try:
                return rename(source, self.at(to))
            except FileNotFoundError:
                self.make_folder(to.rpartition("/")[0])
        return rename(source, self.at(to))

    def make_folder(self, folder: str) -> None:
        os.makedirs(self.at(folder), exist_ok=True)

    def _send_by(self, temporary: str, path: str, pieces: Pieces, sync: bool) -> None:
        made = self._new_file(temporary, pieces, sync)
        try:
            self.place(made, path)
        except BaseException:
            forget(made)
            raise

    def _new_file(self, path: str, pieces: Pieces, sync: bool) -> str:
        """Make a file of these pieces; gives where it is on this system."""
        place = self.at(path)
        try:
            file = open(place, "xb")  # noqa: SIM115 (closed below)
        except FileNotFoundError:
            self.make_folder(path.rpartition("/")[0])
            file = open(place, "xb")  # noqa: SIM115
        try:
            with file:
                for piece in pieces():
                    file.write(piece)
                if sync:
                    _sync(file)
        except BaseException:
            forget(place)
            raise
        return place


def sync_all() -> None:
    """Have on the disk all that was written; systems that cannot are trusted to do it soon."""
    if hasattr(os, "sync"):
        os.sync()


def forget(temporary: str) -> None:
    with suppress(OSError):
        os.unlink(temporary)


def _new_temporary() -> str:
    return f"{TEMPORARY}/{secrets.token_hex(8)}"


def _sync(file: BinaryIO) -> None:
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _link(source: str, to: str) -> None:
    """Give a file a second name, or a copy where there are no such links; raises FileExistsError
    where the name is taken."""
    try:
        os.link(source, to)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError as error:
        if error.errno == errno.ENOTDIR:
            raise
        with open(source, "rb") as temporary, open(to, "xb") as file:
            file.write(temporary.read())
