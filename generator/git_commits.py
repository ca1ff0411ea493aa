"""New commits of a branch: the site as it is now, or as it was."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from generator.changes import entry_of
from generator.deployed import MANIFEST, Manifest, encode
from generator.destination import Order
from generator.git_access import Author
from generator.git_copy import GitCopy
from generator.problems import N_
from generator.remote import folders_above
from generator.remote_errors import TargetError
from generator.site_files import LocalFile

_NEXT = "refs/bulletin/next"
_FILE = "100644"
_NONE = "000000"
_PIECE = 1 << 20


class Signature(Struct, frozen=True):
    """Who makes a commit, and when."""

    author: Author
    made: dt.datetime

    @property
    def seconds(self) -> int:
        return int(self.made.timestamp())

    @property
    def instant(self) -> str:
        return f"{self.made.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def day(self) -> str:
        return f"{self.made.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


async def commit_site(copy: GitCopy, head: str | None, order: Order, author: Author) -> str:
    """A commit after `head` in which what was agreed is done; gives its id. Nobody sees it before
    it is pushed. Raises TargetError."""
    changes = order.agreed
    if head is not None:
        sent = {file.path for file in changes.files}
        _check_room(changes.removed, sent, await copy.paths(head))
    by = Signature(author, order.made)
    stream = _stream(head, order, by)
    packed = await copy.look("fast-import", "--quiet", "--force", "--date-format=raw", feed=stream)
    tree = await copy.look("rev-parse", "--verify", f"{packed.text}^{{tree}}")
    title = f"Publish {by.day} ({len(changes.files)} files sent, {len(changes.removed)} removed)"
    return await _commit(copy, tree.text, head, f"{title}\n\nBulletin-Made: {by.instant}\n", by)


async def commit_older(
    copy: GitCopy, head: str, shown: str, ours: Collection[str], older: Manifest, by: Signature
) -> str:
    """A commit after `head` in which the files of `ours`, and those that are not there any more,
    are as in the commit `shown`, whose manifest is `older`; gives its id. Raises TargetError."""
    lines = []
    removed: set[str] = set()
    sent: set[str] = set()
    for before, mode, blob, path in await copy.differences(head, shown):
        if path == MANIFEST or path in ours or path in older.files:
            lines.append(f"{mode} {blob}\t{path}\0".encode("utf-8", "surrogateescape"))
            (removed if mode == _NONE else sent).add(path)
            if before != _NONE and path != MANIFEST and path not in ours:
                raise _in_the_way(path)
    _check_room(removed, sent, await copy.paths(head))
    message = (
        f"Return to what was published {older.made}\n\n"
        f"Bulletin-Made: {older.made}\nBulletin-Shows: {shown}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        await copy.look("read-tree", head, more=index)
        await copy.look("update-index", "-z", "--index-info", feed=lines, more=index)
        # The files themselves are at the target, and need not be here.
        tree = await copy.look("write-tree", "--missing-ok", more=index)
    return await _commit(copy, tree.text, head, message, by)


async def _commit(copy: GitCopy, tree: str, head: str | None, message: str, by: Signature) -> str:
    """It names its tree, so that others cannot put another one into it unseen."""
    parts = {
        "NAME": by.author.name, "EMAIL": by.author.email, "DATE": f"{by.seconds} +0000"
    }  # fmt: skip
    names = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in parts.items()
    }
    text = f"{message}Bulletin-Tree: {tree}\n".encode()
    parents = () if head is None else ("-p", head)
    return (await copy.look("commit-tree", tree, *parents, feed=[text], more=names)).text


def _stream(head: str | None, order: Order, by: Signature) -> Iterator[bytes]:
    """The files as `git fast-import` reads them, in a commit of which only the tree is of use.
    Ended in the middle, it makes none."""
    yield b"feature done\n"
    yield f"commit {_NEXT}\nmark :1\ncommitter <> {by.seconds} +0000\ndata 0\n".encode()
    if head is not None:
        yield f"from {head}\n".encode()
    for path in order.agreed.removed:
        yield b"D " + _quoted(path) + b"\n"
    for file in order.agreed.files:
        yield from _file(file)
    files = {path: entry_of(file) for path, file in order.files.items()}
    manifest = encode(Manifest(order.site, by.instant, files))
    yield _opening(MANIFEST, len(manifest)) + manifest + b"\n"
    yield b"\nget-mark :1\ndone\n"


def _file(file: LocalFile) -> Iterator[bytes]:
    head = _opening(file.path, file.size)
    if file.size <= _PIECE:
        yield head + file.read() + b"\n"
        return
    yield head
    left = file.size
    with file.open() as opened:
        while left > 0 and (piece := opened.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
    file.open().close()  # raises where it was changed meanwhile
    yield b"\n"


def _opening(path: str, size: int) -> bytes:
    return b"M " + _FILE.encode() + b" inline " + _quoted(path) + f"\ndata {size}\n".encode()


def _quoted(path: str) -> bytes:
    plain = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'.encode("utf-8", "surrogateescape")


def _check_room(removed: Iterable[str], sent: Iterable[str], there: Mapping[str, str]) -> None:
    """Raises TargetError where a file of somebody else would go because ours needs a folder of its
    name, or has the name of its folder."""
    stays = there.keys() - set(removed)
    folders = {folder for path in stays for folder in folders_above(path)}
    for path in sent:
        clash = next((above for above in folders_above(path) if above in stays), None)
        if clash is None and path in folders:
            clash = path
        if clash is not None:
            raise _in_the_way(clash)


def _in_the_way(path: str) -> TargetError:
    return TargetError(
        N_("in the branch, “{file}” is in the way, which is not of the site"),
        N_("take it out of the branch"),
        file=path,
    )
