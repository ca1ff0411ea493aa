"""A folder of this disk, or of a share that is mounted, as a remote.

Nothing is kept in mind of what is there: folders are made where a file finds none. So somebody else
may be at work in it, too.

What is put there is on the disk, come a power cut, before a small file is written that may tell of
it: one `sync` for all costs less than to wait for each file.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from generator.disk_errors import is_absent, meaning_of, told_of
from generator.folder_bounds import leading_out, refuse_behind_link
from generator.folder_copies import copy_file, make_folders, tree_in
from generator.folder_files import FolderFiles, forget, sync_all
from generator.offloading import again_if_lost, in_batches, offload
from generator.problems import N_
from generator.remote import folders_above, folders_of
from generator.remote_errors import Refused, TargetError
from generator.retrying import Patience, persist
from generator.site_files import LocalFile

T = TypeVar("T")

_SMALL = 1 << 20
_BATCH = 16
_LINKS = 256
_IN_PLACE = N_("publish there with “releases = false”")


class FolderRemote:
    """All that blocks is done in threads. A `root` that is not there is made when it is needed."""

    def __init__(self, root: Path, patience: Patience, links: bool = os.name != "nt") -> None:
        """`links`: symbolic links can be made, if the disk has them. On Windows that needs a right
        of its own, and none is replaced in one step."""
        self._files = FolderFiles(root)
        self._patience = patience
        self._links = links
        self._unsynced = False

    async def read(self, path: str) -> bytes | None:
        return await self._do(lambda: self._read(path))

    async def write(self, path: str, data: bytes) -> None:
        await self._do(lambda: self._write(path, data))

    async def create(self, path: str, data: bytes) -> bool:
        make = again_if_lost(lambda: self._create(path, data), lambda: self._read(path) == data)
        return await self._do(make)

    async def discard(self, path: str) -> None:
        await self._do(lambda: self._remove(path))

    async def move(self, path: str, to: str) -> None:
        def move() -> None:
            with told_of(to):
                if self._stat(path) is not None:
                    self._files.place(self._files.at(path), to)

        await self._do(move)

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        refused = await in_batches(
            sorted(folders),
            lambda folder: found.update(self._look_into(folder)),
            _ignore,
            self._patience,
            size=_BATCH,
        )
        for refusal in refused:
            raise refusal
        return found

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        out = await self._leading_out(file.path for file in files)

        def put(file: LocalFile) -> None:
            refuse_behind_link(file.path, out)
            self._put(file)

        try:
            return await in_batches(files, put, on_sent, self._patience, size=_BATCH)
        finally:
            self._unsynced = True

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        out = await self._leading_out(paths)

        def remove(path: str) -> None:
            refuse_behind_link(path, out)
            self._remove(path)

        refused = await in_batches(paths, remove, on_deleted, self._patience, size=_BATCH)
        await self._remove_empty(folders_of(paths) - out)
        return refused

    async def close(self) -> None:
        """Nothing is open."""

    def within(self, folder: str) -> FolderRemote:
        return FolderRemote(self._files.root / folder, self._patience, self._links)

    async def link_of(self, path: str) -> str | None:
        def link_of() -> str | None:
            with told_of(path):
                found = self._stat(path)
                if found is None or not stat.S_ISLNK(found.st_mode):
                    return None if found is None else ""
                return os.readlink(self._files.at(path)).replace(os.sep, "/")

        return await self._do(link_of)

    async def folders(self, folder: str) -> list[str]:
        def folders() -> list[str]:
            return [entry.name for entry in self._entries(folder) if _is_folder(entry)]

        return await self._do(folders)

    async def copy_tree(self, folder: str, to: str) -> bool:
        await self.remove_tree(to)  # what is left of another time
        source, copy = self._files.at(folder), self._files.at(to)
        tree = await self._do(lambda: tree_in(source))

        def begin() -> None:
            with told_of(to):
                os.makedirs(copy, exist_ok=True)
            make_folders(tree, source, copy)

        await self._do(begin)

        def take(path: str) -> None:
            if copy_file(path, source, copy):
                copied.append(path)

        copied: list[str] = []
        refused = await in_batches(tree.files, take, _ignore, self._patience, size=_LINKS)
        for refusal in refused:
            raise refusal
        if copied:
            await self._do(sync_all)
        return True

    async def move_folder(self, folder: str, to: str) -> None:
        def move() -> None:
            with told_of(folder):
                self._files.place(self._files.at(folder), to, os.rename)

        await self._do(move)

    async def switch(self, link: str, to: str) -> None:
        await self._do(lambda: self._switch(link, to))

    async def remove_tree(self, folder: str) -> None:
        await self._do(lambda: self._remove_tree(folder))

    async def _do(self, work: Callable[[], T]) -> T:
        return await persist(self._patience, lambda: offload(None, work))

    def _stat(self, path: str) -> os.stat_result | None:
        """Of what stands there itself, also of a link; None where nothing does."""
        try:
            return os.lstat(self._files.at(path))
        except OSError as error:
            if is_absent(error):
                return None
            raise

    def _read(self, path: str) -> bytes | None:
        with told_of(path):
            try:
                with open(self._files.at(path), "rb") as file:
                    return file.read()
            except OSError as error:
                if is_absent(error):
                    return None
                raise

    async def _leading_out(self, paths: Iterable[str]) -> frozenset[str]:
        folders = folders_of(paths)
        return await self._do(lambda: leading_out(str(self._files.root), folders))

    def _write(self, path: str, data: bytes) -> None:
        if self._unsynced:
            self._unsynced = False
            sync_all()
        with told_of(path):
            self._files.send(path, lambda: (data,), sync=True)

    def _put(self, file: LocalFile) -> None:
        self._files.at(file.path)
        with told_of(file.path):
            if file.size <= _SMALL:
                data = file.read()
                self._files.send(file.path, lambda: (data,))
            else:
                self._files.send(file.path, lambda: _pieces(file))

    def _create(self, path: str, data: bytes) -> bool:
        with told_of(path):
            return self._files.create(path, data)

    def _remove(self, path: str) -> None:
        with told_of(path):
            try:
                os.unlink(self._files.at(path))
            except OSError as error:
                if not is_absent(error):
                    raise

    async def _remove_empty(self, innermost: Iterable[str]) -> None:
        """Remove these folders, and those around them, as far as they are empty now."""
        kept: set[str] = set()

        def remove(folder: str) -> None:
            try:
                os.rmdir(self._files.at(folder))
            except OSError as error:
                if not is_absent(error):
                    kept.update(folders_above(folder))

        folders = {above for folder in innermost for above in folders_above(f"{folder}/")}
        for _, level in groupby(sorted(folders, key=_depth, reverse=True), key=_depth):
            left = [folder for folder in level if folder not in kept]
            await in_batches(left, remove, _ignore, self._patience, size=_BATCH)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in a folder; nothing where it is not there."""
        with told_of(folder):
            try:
                with os.scandir(self._files.at(folder)) as entries:
                    return list(entries)
            except OSError as error:
                if is_absent(error):
                    return []
                raise

    def _look_into(self, folder: str) -> dict[str, int]:
        prefix = f"{folder}/" if folder else ""
        with told_of(folder):
            return {
                prefix + entry.name: entry.stat().st_size
                for entry in self._entries(folder)
                if entry.is_file()
            }

    def _switch(self, link: str, to: str) -> None:
        if not self._links:
            raise TargetError(N_("on Windows there are no releases in a folder"), _IN_PLACE)
        around, slash, name = link.rpartition("/")
        # Beside it, since the folder around a site is none of ours.
        temporary = self._files.at(f"{around}{slash}.{name}.{secrets.token_hex(8)}")
        with told_of(link):
            self._files.make_folder(around)
            try:
                os.symlink(to, temporary, target_is_directory=True)
                self._files.place(temporary, link)
            except OSError as error:
                forget(temporary)
                if not isinstance(meaning_of(error, link), Refused):
                    raise
                raise TargetError(
                    N_("{link} cannot be made a link to {folder}: {reason}"),
                    _IN_PLACE,
                    link=link,
                    folder=to,
                    reason=error.strerror or type(error).__name__,
                ) from None

    def _remove_tree(self, folder: str) -> None:
        with told_of(folder):
            found = self._stat(folder)
            if found is not None and stat.S_ISDIR(found.st_mode):
                shutil.rmtree(self._files.at(folder))
            elif found is not None:
                os.unlink(self._files.at(folder))


def _pieces(file: LocalFile) -> Iterable[bytes]:
    with file.open() as source:
        while piece := source.read(_SMALL):
            yield piece
    file.open().close()  # it may have changed since it was opened


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _depth(folder: str) -> int:
    return folder.count("/")


def _ignore(_folder: str) -> None:
    """Nobody hears of it."""
