"""A folder behind SSH whose folders can be links, so that a site can be switched in one step."""

from __future__ import annotations

import secrets
from typing import Self

from asyncssh import (
    FILEXFER_TYPE_DIRECTORY,
    FILEXFER_TYPE_SYMLINK,
    SFTPClient,
    SFTPError,
    SFTPFailure,
    SFTPNoSuchFile,
)

from generator.problems import N_
from generator.remote import TEMPORARY
from generator.remote_errors import TargetError
from generator.sftp_folder import SftpFolder
from generator.sftp_steps import forget, gone, in_folder, make_folder, place
from generator.sftp_trees import copy_folder, entries_of, remove_folder
from generator.ssh_session import LOST, SshSession, quoted


class SftpRemote(SftpFolder):
    """Whole folders are copied and removed by commands, where the host runs any."""

    def __init__(self, session: SshSession, root: str, owner: bool = True) -> None:
        """`owner`: closing it closes the session."""
        super().__init__(session, root)
        self._owner = owner

    def within(self, folder: str) -> Self:
        return type(self)(self._session, self._at(folder), owner=False)

    async def close(self) -> None:
        if self._owner:
            await super().close()

    async def link_of(self, path: str) -> str | None:
        async def attempt() -> str | None:
            return await _link_of(await self._session.sftp(), self._at(path))

        return await self._persist(path, attempt)

    async def folders(self, folder: str) -> list[str]:
        async def attempt() -> list[str]:
            found = await entries_of(await self._session.sftp(), self._at(folder))
            return sorted(entry.name for entry in found or () if entry.is_folder)

        return await self._persist(folder, attempt)

    async def copy_tree(self, folder: str, to: str) -> bool:
        source, copy = self._at(folder), self._at(to)

        async def attempt() -> bool:
            await self._remove_tree(to)  # what an attempt that was lost has left
            sftp = await self._session.sftp()
            await make_folder(sftp, copy.rpartition("/")[0])
            if await self._run(f"cp -al {quoted(source)} {quoted(copy)}"):
                return True
            await self._remove_tree(to)
            return await copy_folder(sftp, source, copy)

        return await self._persist(to, attempt)

    async def move_folder(self, folder: str, to: str) -> None:
        again = False
        source, moved = self._at(folder), self._at(to)

        async def attempt() -> None:
            nonlocal again
            sftp = await self._session.sftp()
            if again and not await sftp.lexists(source):
                return  # the attempt that was lost has done it
            again = True
            await in_folder(sftp, moved, lambda: sftp.rename(source, moved))

        await self._persist(folder, attempt)

    async def switch(self, link: str, to: str) -> None:
        around, slash, name = self._at(link).rpartition("/")
        # Beside it, since the folder around a site is none of ours.
        fresh = f"{around}{slash}.{name}.{secrets.token_hex(8)}"

        async def attempt() -> None:
            sftp = await self._session.sftp()
            if await _link_of(sftp, self._at(link)) == "":
                raise TargetError(N_("{path} is there already, and is no link"), path=link)
            try:
                await _make_link(sftp, fresh, to)
                await place(sftp, fresh, self._at(link))
            except BaseException:
                await forget(sftp, fresh)
                raise

        await self._persist(link, attempt)

    async def remove_tree(self, folder: str) -> None:
        await self._persist(folder, lambda: self._remove_tree(folder))

    async def _remove_tree(self, folder: str) -> None:
        sftp, path = await self._session.sftp(), self._at(folder)
        if not folder or not await sftp.lexists(path):
            return
        if (await sftp.lstat(path)).type != FILEXFER_TYPE_DIRECTORY:
            await gone(sftp.remove(path))
            return
        await self._run(f"rm -rf {quoted(path)}")
        if await sftp.lexists(path):
            await remove_folder(sftp, path)

    async def _run(self, command: str) -> bool:
        """Whether a command was run and went well."""
        await make_folder(await self._session.sftp(), self._at(TEMPORARY))
        if not await self._session.has_shell(self._at(TEMPORARY)):
            return False
        ran = await self._session.run(command)
        return ran is not None and ran.status == 0


async def _link_of(sftp: SFTPClient, path: str) -> str | None:
    try:
        if (await sftp.lstat(path)).type != FILEXFER_TYPE_SYMLINK:
            return ""
        return await sftp.readlink(path)
    except SFTPNoSuchFile:
        return None


async def _make_link(sftp: SFTPClient, path: str, to: str) -> None:
    try:
        await gone(sftp.remove(path))  # what an attempt that was lost has left
        await in_folder(sftp, path, lambda: sftp.symlink(to, path))
        if await _link_of(sftp, path) != to:  # servers differ in the order of these two
            raise SFTPFailure("")
    except LOST:
        raise
    except SFTPError as error:
        raise TargetError(
            N_("links cannot be made there: {reason}"),
            N_("without them, set “releases = false” for this target"),
            reason=error.reason or "?",
        ) from None
