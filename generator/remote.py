"""What publishing asks of the place it publishes to.

A remote is one folder somewhere: of this disk, behind SSH or FTP, or a prefix in a bucket. It knows
nothing of sites. Each kind is a module of its own; all that decides what is sent, and in which
order, is written against this protocol alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Protocol, Self

from generator.remote_errors import Refused
from generator.site_files import LocalFile

STATE = ".bulletin"
"""The folder, in that of the site, which holds what publishing itself needs there."""

TEMPORARY = f"{STATE}/tmp"
"""In it, files on their way. Each is moved to its place when it is whole, so that no reader ever
gets half of one; what is left of a run that was ended is removed by the next."""


class Remote(Protocol):
    """A folder at a target. Paths are relative to it, with `/` on every system.

    All methods may be called while others run. They try again by themselves (see `retrying`) and
    raise Dropped when that did not help, Refused or DiskFull, or another TargetError where nothing
    more can work (see `remote_errors`).
    """

    async def read(self, path: str) -> bytes | None:
        """A small file's bytes; None where there is no such file, or no such folder."""

    async def write(self, path: str, data: bytes) -> None:
        """Put a small file there, whole or not at all, with the folders it needs, over any that is
        there."""

    async def create(self, path: str, data: bytes) -> bool:
        """Put a small file there if there is none, as one step; tells whether it did. Two who try
        at once must not both succeed."""

    async def discard(self, path: str) -> None:
        """Remove a small file, made by `create` or not. No such file: nothing happens."""

    async def move(self, path: str, to: str) -> None:
        """Give a file another name, over any that is there. No such file: nothing happens."""

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        """Paths and sizes of the files directly in these folders (`` is the root); a folder that is
        not there has none. A size that the server does not tell is -1."""

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        """Put files in their places, in any order, many at once; each whole or not at all, with
        the folders they need. `on_sent` hears of each that is there. Tells which were refused, and
        goes on with the others; raises for everything else, when nothing is under way any more."""

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        """Remove files, many at once, and then the folders that this leaves empty (but never the
        root). One that is not there counts as removed. Tells and raises as `put_all` does."""

    async def close(self) -> None:
        """End all connections. Never raises."""


class Linking(Remote, Protocol):
    """A remote whose folders can be links, so that a whole site can be switched in one step.

    It is rooted at the folder in which the site's own folder is, or is to be.
    """

    def within(self, folder: str) -> Self:
        """The remote of a folder in this one, by the same connection, which it does not close."""

    async def link_of(self, path: str) -> str | None:
        """Where a symbolic link points, as it is written; `` where something else stands there,
        None where nothing does."""

    async def folders(self, folder: str) -> list[str]:
        """The names of the folders directly in a folder; none where it is not there."""

    async def copy_tree(self, folder: str, to: str) -> bool:
        """Make a folder once more with all in it, by hard links: it takes no room, and since files
        are only ever replaced, never written into, one stays as it is whatever happens to the
        other. What cannot be linked may be copied. Tells whether that can be done here; if not,
        there may be part of a folder at `to`."""

    async def move_folder(self, folder: str, to: str) -> None:
        """Give a folder another name, which nothing has yet."""

    async def switch(self, link: str, to: str) -> None:
        """Make `link` a symbolic link to `to` (relative to the link's own folder), in one step,
        whether it is one already or nothing is there. Raises TargetError where links cannot be
        made."""

    async def remove_tree(self, folder: str) -> None:
        """Remove a folder and all in it; links in it are removed, not followed. None there: nothing
        happens."""


async def sweep(remote: Remote) -> None:
    """Remove what was on its way when a run was ended; nobody else may be at work there."""
    leftovers = await remote.sizes([TEMPORARY])
    await remote.delete_all([*leftovers], lambda _path: None)


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders these files are directly in; `` is the root."""
    return {path.rpartition("/")[0] for path in paths}


def folders_above(path: str) -> Iterator[str]:
    """The folders a file is in, the innermost first; without the root."""
    while path := path.rpartition("/")[0]:
        yield path
