"""A folder behind SSH, and the files in it, by SFTP."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from asyncssh import (
    SFTPError,
    SFTPFailure,
    SFTPNoSpaceOnFilesystem,
    SFTPNoSuchFile,
    SFTPPermissionDenied,
    SFTPQuotaExceeded,
)
from asyncssh.packet import PacketDecodeError

from generator.problems import N_
from generator.remote import TEMPORARY, folders_of
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError
from generator.retrying import in_parallel, persist
from generator.sftp_files import read_file, write_file
from generator.sftp_steps import forget, gone, in_folder, place
from generator.sftp_trees import AT_ONCE, entries_of
from generator.site_files import LocalFile
from generator.ssh_session import LOST, SshSession, lost
from generator.surveying import survey

T = TypeVar("T")
Item = TypeVar("Item")

_ROOM_FOR_ANYTHING = 64 * 1024
"""With fewer bytes left in it, a file system is full."""

_MOST_UNDER_WAY = 4 << 20
"""As many bytes of files are sent at once: on a slow line, all else waits behind them."""


class SftpFolder:
    """The folder `root` of a host (see `Ssh.path`). Nothing is kept in mind of what is there:
    folders are made where a file finds none."""

    def __init__(self, session: SshSession, root: str) -> None:
        self._session = session
        self._root = root
        self._room = _Room(_MOST_UNDER_WAY)

    async def read(self, path: str) -> bytes | None:
        async def attempt() -> bytes | None:
            try:
                return await read_file(await self._session.sftp(), self._at(path))
            except SFTPNoSuchFile:
                return None

        return await self._persist(path, attempt)

    async def write(self, path: str, data: bytes) -> None:
        await self._persist(path, lambda: self._put(path, data))

    async def create(self, path: str, data: bytes) -> bool:
        again = False

        async def attempt() -> bool:
            nonlocal again
            # When a connection was lost, nobody can tell whether the file was made before that.
            if again and await self.read(path) == data:
                return True
            again = True
            return await self._create(path, data)

        return await self._persist(path, attempt)

    async def discard(self, path: str) -> None:
        await self._persist(path, lambda: self._remove(path))

    async def move(self, path: str, to: str) -> None:
        async def attempt() -> None:
            sftp = await self._session.sftp()
            if await sftp.lexists(self._at(path)):
                await place(sftp, self._at(path), self._at(to))

        await self._persist(path, attempt)

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        async def look_into(folder: str) -> dict[str, int] | None:
            found = await entries_of(await self._session.sftp(), self._at(folder))
            if found is None:
                return None
            prefix = f"{folder}/" if folder else ""
            return {
                prefix + entry.name: -1 if entry.is_link else entry.size
                for entry in found
                if not entry.is_folder
            }

        return await self._persist("", lambda: survey(folders, AT_ONCE, look_into))

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        wanted = {file.path: file for file in _spread(files)}

        async def put(file: LocalFile) -> None:
            async with self._room.taken(file.size):
                await self._put(file.path, file)

        return await self._for_all(wanted, put, on_sent)

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        wanted = {path: path for path in paths}
        refused = await self._for_all(wanted, self._remove, on_deleted)
        await self._persist("", lambda: self._remove_empty(folders_of(paths)))
        return refused

    async def close(self) -> None:
        await self._session.close()

    # One attempt each.

    async def _put(self, path: str, what: LocalFile | bytes) -> None:
        sftp = await self._session.sftp()
        fresh = self._fresh()
        try:
            await in_folder(sftp, fresh, lambda: write_file(sftp, fresh, what))
            await place(sftp, fresh, self._at(path))
        except BaseException:
            await forget(sftp, fresh)
            raise

    async def _create(self, path: str, data: bytes) -> bool:
        sftp = await self._session.sftp()
        fresh, taken = self._fresh(), self._at(path)
        if await sftp.lexists(taken):
            return False
        try:
            await in_folder(sftp, fresh, lambda: write_file(sftp, fresh, data))
            with suppress(SFTPError):
                await in_folder(sftp, taken, lambda: sftp.link(fresh, taken))
                return True
        finally:
            await forget(sftp, fresh)
        if await sftp.lexists(taken):
            return False
        try:  # there are no hard links
            await in_folder(sftp, taken, lambda: write_file(sftp, taken, data))
        except SFTPError:
            if await sftp.lexists(taken):
                return False
            raise
        return True

    async def _remove(self, path: str) -> None:
        sftp = await self._session.sftp()
        await gone(sftp.remove(self._at(path)))

    async def _remove_empty(self, folders: Collection[str]) -> None:
        sftp = await self._session.sftp()
        left = set(folders) - {""}

        async def remove(folder: str) -> None:
            try:
                await gone(sftp.rmdir(self._at(folder)))
            except LOST:
                raise
            except SFTPError:  # there is something in it
                return
            if above := _above(folder):
                left.add(above)

        while left:
            deepest = max(folder.count("/") for folder in left)
            level = [folder for folder in left if folder.count("/") == deepest]
            left.difference_update(level)
            await in_parallel(level, AT_ONCE, remove, lambda _folder: None)

    # Around attempts.

    async def _for_all(
        self,
        wanted: dict[str, Item],
        work: Callable[[Item], Awaitable[None]],
        on_done: Callable[[Item], None],
    ) -> list[Refused]:
        """Do it for all, by path. What is done stays done when a connection is lost."""
        refused: list[Refused] = []

        async def one(path: str) -> None:
            item = wanted[path]
            try:
                await self._guard(path, work(item))
            except Refused as refusal:
                refused.append(refusal)
            else:
                on_done(item)
            del wanted[path]

        async def attempt() -> None:
            await in_parallel(list(wanted), AT_ONCE, one, lambda _path: None)

        await self._until_done(wanted, attempt)
        return sorted(refused, key=lambda refusal: refusal.path)

    async def _until_done(
        self, wanted: Collection[object], attempt: Callable[[], Awaitable[None]]
    ) -> None:
        """Do it again until it goes through. As long as fewer are `wanted` after a loss than before
        it, there is no reason to give up."""
        while True:
            left = len(wanted)
            try:
                return await persist(self._session.patience, attempt)
            except Dropped:
                if len(wanted) == left:
                    raise

    async def _persist(self, path: str, attempt: Callable[[], Awaitable[T]]) -> T:
        return await persist(self._session.patience, lambda: self._guard(path, attempt()))

    async def _guard(self, path: str, attempt: Awaitable[T]) -> T:
        """What an attempt gives; what asyncssh raises becomes an error of ours."""
        try:
            try:
                return await attempt
            except LOST:
                raise
            except SFTPError as error:
                raise await self._error_of(path, error) from None
        except LOST:
            raise lost() from None
        except PacketDecodeError:
            raise TargetError(
                N_("{host} answers what nobody can understand"), host=self._session.ssh.host
            ) from None

    async def _error_of(self, path: str, error: SFTPError) -> TargetError:
        host = self._session.ssh.host
        full = isinstance(error, SFTPNoSpaceOnFilesystem | SFTPQuotaExceeded)
        if full or (isinstance(error, SFTPFailure) and await self._is_full()):
            return DiskFull(
                N_("there is no room left at {host}"),
                N_("make room there, or ask for more; then publish again"),
                host=host,
            )
        if isinstance(error, SFTPPermissionDenied):
            return Refused(
                path,
                N_("{host} does not allow it"),
                N_("look there who may write into this folder"),
                host=host,
            )
        return Refused(
            path,
            N_("{host} does not take it: {reason}"),
            N_("look there what has this name"),
            host=host,
            reason=error.reason or "?",
        )

    async def _is_full(self) -> bool:
        """Whether nothing more can be written there; False where the server does not tell."""
        sftp = await self._session.sftp()
        try:
            room = await sftp.statvfs(self._root)
        except LOST:
            raise
        except SFTPError:
            return False
        # Some file systems do not count their blocks, or their files.
        no_bytes = room.blocks > 0 and room.bavail * room.frsize < _ROOM_FOR_ANYTHING
        return no_bytes or (room.files > 0 and room.favail == 0)

    def _fresh(self) -> str:
        """The full path of a file that is not there."""
        return self._at(f"{TEMPORARY}/{secrets.token_hex(8)}")

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}" if path else self._root


class _Room:
    """For so many bytes at once, first come, first served."""

    def __init__(self, size: int) -> None:
        self._size = self._left = size
        self._turn = asyncio.Lock()
        self._more = asyncio.Event()

    @asynccontextmanager
    async def taken(self, size: int) -> AsyncIterator[None]:
        """Wait until there is room for these, or for as many as there ever is."""
        size = min(size, self._size)
        async with self._turn:
            while self._left < size:
                self._more.clear()
                await self._more.wait()
            self._left -= size
        try:
            yield
        finally:
            self._left += size
            self._more.set()


def _spread(files: Sequence[LocalFile]) -> list[LocalFile]:
    """One file of each folder first, so that not all of them find that it is not there."""
    folders: set[str] = set()
    first, others = list[LocalFile](), list[LocalFile]()
    for file in files:
        folder = _above(file.path)
        (others if folder in folders else first).append(file)
        folders.add(folder)
    return first + others


def _above(path: str) -> str:
    return path.rpartition("/")[0]
