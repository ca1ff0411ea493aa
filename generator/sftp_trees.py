"""Folders through SFTP, each with all in it: looked into, removed, or made once more as hard
links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from asyncssh import (
    FILEXFER_TYPE_DIRECTORY,
    FILEXFER_TYPE_SYMLINK,
    SFTPClient,
    SFTPError,
    SFTPFailure,
    SFTPNoSuchFile,
    SFTPPermissionDenied,
)
from msgspec import Struct

from generator.retrying import in_parallel
from generator.sftp_files import copy_file
from generator.sftp_steps import gone
from generator.ssh_session import LOST

AT_ONCE = 128


class Entry(Struct, frozen=True, gc=False):
    """What has a name in a folder. `size` is -1 where the server does not say."""

    name: str
    size: int
    is_folder: bool
    is_link: bool


class Tree(Struct, frozen=True):
    """All below a folder, by the way from it. `levels` are the folders, the outer ones first;
    links are never followed."""

    levels: list[list[str]]
    files: list[str]
    links: list[str]


async def entries_of(sftp: SFTPClient, path: str) -> list[Entry] | None:
    """What is in a folder; None where there is no such folder."""
    try:
        found = await sftp.readdir(path)
    except SFTPNoSuchFile:
        return None
    entries = []
    for one in found:
        name, about = str(one.filename), one.attrs
        if name not in (".", ".."):
            kind, size = about.type, -1 if about.size is None else about.size
            is_folder, is_link = kind == FILEXFER_TYPE_DIRECTORY, kind == FILEXFER_TYPE_SYMLINK
            entries.append(Entry(name, size, is_folder, is_link))
    return entries


async def remove_folder(sftp: SFTPClient, path: str) -> None:
    """Remove a folder and all in it. What has gone meanwhile is no error."""
    tree = await _walk(sftp, path)
    await _each([*tree.files, *tree.links], lambda way: gone(sftp.remove(path + way)))
    for level in reversed(tree.levels):
        await _each(level, lambda way: gone(sftp.rmdir(path + way)))


async def copy_folder(sftp: SFTPClient, path: str, to: str) -> bool:
    """Make a folder once more, by hard links; False where the server does not make them. Some
    files cannot be linked, as those of somebody else: these are copied."""
    tree = await _walk(sftp, path)
    lacking: list[str] = []

    async def link(way: str) -> None:
        try:
            await sftp.link(path + way, to + way)
        except (SFTPFailure, SFTPPermissionDenied):
            lacking.append(way)

    async def same_link(way: str) -> None:
        await sftp.symlink(await sftp.readlink(path + way), to + way)

    try:
        for level in tree.levels:
            await _each(level, lambda way: sftp.mkdir(to + way))
        await _each(tree.files, link)
        if lacking and len(lacking) == len(tree.files):  # no links at all
            return False
        for way in lacking:
            await copy_file(sftp, path + way, to + way)
        await _each(tree.links, same_link)
    except LOST:
        raise
    except SFTPError:
        return False
    return True


async def _walk(sftp: SFTPClient, path: str) -> Tree:
    tree = Tree([], [], [])
    level = [""]
    while level:
        tree.levels.append(level)
        below: list[str] = []

        async def look_into(folder: str, below: list[str] = below) -> None:
            for entry in await entries_of(sftp, path + folder) or ():
                ways = below if entry.is_folder else tree.links if entry.is_link else tree.files
                ways.append(f"{folder}/{entry.name}")

        await _each(level, look_into)
        level = below
    return tree


async def _each(ways: Sequence[str], work: Callable[[str], Awaitable[None]]) -> None:
    await in_parallel(ways, AT_ONCE, work, lambda _way: None)
