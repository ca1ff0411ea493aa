"""Files through SFTP: the bytes of one, there and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from asyncssh import SFTPAttrs, SFTPClient, SFTPFailure, SFTPNoSpaceOnFilesystem

from generator.retrying import in_parallel
from generator.site_files import LocalFile

_WHOLE = 1 << 20
"""As many bytes of a file are in memory at once."""

_ONE_REQUEST = 0
"""A size of blocks: asyncssh is not to divide what is read or written, for when the connection is
lost then, it leaves the tasks it has made for that to themselves."""


async def read_file(sftp: SFTPClient, path: str) -> bytes:
    data = bytearray()
    file = await sftp.open(path, "rb", block_size=_ONE_REQUEST)
    while piece := cast(bytes, await file.read(sftp.limits.max_read_len)):
        data += piece
    await file.close()
    return bytes(data)


async def copy_file(sftp: SFTPClient, path: str, to: str) -> None:
    """Make a file once more, of which there must be none, piece by piece."""
    about = SFTPAttrs(permissions=((await sftp.stat(path)).permissions or 0o644) & 0o777)
    size, at = min(sftp.limits.max_read_len, sftp.limits.max_write_len), 0
    file = await sftp.open(path, "rb", block_size=_ONE_REQUEST)
    copy = await sftp.open(to, "xb", about, block_size=_ONE_REQUEST)
    while piece := cast(bytes, await file.read(size, at)):
        await copy.write(piece, at)
        at += len(piece)
    await copy.close()
    await file.close()


async def write_file(sftp: SFTPClient, path: str, what: LocalFile | bytes) -> None:
    """Make a file, of which there must be none. Raises TargetError where one of this disk is no
    longer what it was."""
    if isinstance(what, bytes):
        await _write(sftp, path, [what])
    elif what.size <= _WHOLE:
        await _write(sftp, path, [what.read()])
    else:
        with what.open() as file:
            await _write(sftp, path, iter(lambda: file.read(_WHOLE), b""))
        what.open().close()  # it is still the same


async def _write(sftp: SFTPClient, path: str, blocks: Iterable[bytes]) -> None:
    size, at = sftp.limits.max_write_len, 0
    file = await sftp.open(path, "xb", block_size=_ONE_REQUEST)
    for block in blocks:

        async def write(piece: int, block: bytes = block, at: int = at) -> None:
            await file.write(block[piece : piece + size], at + piece)

        pieces = range(0, len(block), size)
        try:
            await in_parallel(pieces, len(pieces), write, lambda _piece: None)
        except SFTPFailure as error:
            # Version 3 of SFTP has no other word for a full disk, or for a quota that is used up;
            # and there is little else for which one cannot write into a new file.
            raise SFTPNoSpaceOnFilesystem(error.reason) from None
        at += len(block)
    await file.close()
