"""Single steps through SFTP, each as far as the server can do it. All paths are full ones."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncssh
from asyncssh import (
    FILEXFER_TYPE_DIRECTORY,
    SFTPClient,
    SFTPError,
    SFTPFailure,
    SFTPNoSuchFile,
    SFTPOpUnsupported,
)


async def in_folder(sftp: SFTPClient, path: str, step: Callable[[], Awaitable[None]]) -> None:
    """Take a step for which the folder of `path` must be there; once more, when that is made."""
    try:
        await step()
    except (SFTPNoSuchFile, SFTPFailure):
        if above := path.rpartition("/")[0]:
            await make_folder(sftp, above)
        await step()


async def make_folder(sftp: SFTPClient, path: str) -> None:
    """Make a folder and those it is in; it may be there."""
    above = path.rpartition("/")[0]
    try:
        try:
            await sftp.mkdir(path)
        except SFTPNoSuchFile:
            if not above:
                raise
            await make_folder(sftp, above)
            await sftp.mkdir(path)
    except SFTPError:
        if not await sftp.isdir(path):
            raise


async def place(sftp: SFTPClient, path: str, to: str) -> None:
    """Give a file, or a link, another name, over any that has it, with the folders it needs."""
    await in_folder(sftp, to, lambda: _replace(sftp, path, to))


async def gone(removing: Awaitable[None]) -> None:
    """Wait until something is removed, or was not there."""
    with suppress(SFTPNoSuchFile):
        await removing


async def forget(sftp: SFTPClient, path: str) -> None:
    """Remove a file on its way, if that is soon done; the next run will do it else."""
    with suppress(asyncssh.Error, ConnectionError, TimeoutError):
        await asyncio.wait_for(sftp.remove(path), 1)


async def _replace(sftp: SFTPClient, path: str, to: str) -> None:
    with suppress(SFTPOpUnsupported):
        return await sftp.posix_rename(path, to)
    try:
        await sftp.rename(path, to)
    except SFTPError:
        # Such a server takes no name that is taken.
        if not await _can_give_way(sftp, to):
            raise
        await _change_places(sftp, path, to)


async def _change_places(sftp: SFTPClient, path: str, to: str) -> None:
    """Put a file where another is; that one goes only when this is done."""
    aside = f"{path}.{secrets.token_hex(8)}"
    await sftp.rename(to, aside)
    try:
        await sftp.rename(path, to)
    except BaseException:
        with suppress(asyncssh.Error, ConnectionError):
            await sftp.rename(aside, to)
        raise
    await gone(sftp.remove(aside))


async def _can_give_way(sftp: SFTPClient, path: str) -> bool:
    """Whether there is a file, or a link."""
    try:
        return (await sftp.lstat(path)).type != FILEXFER_TYPE_DIRECTORY
    except SFTPNoSuchFile:
        return False
