"""What the system says of a disk or a mounted share, as publishing understands it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from generator.problems import N_
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError


def _numbers(*names: str) -> frozenset[int]:
    """Not every system has all of them."""
    return frozenset(getattr(errno, name) for name in names if hasattr(errno, name))


_FULL = _numbers("ENOSPC", "EDQUOT")
_FULL_ON_WINDOWS = frozenset((39, 112, 1295))

_GONE = _numbers(
    *("EIO", "ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH"),
    *("ETIMEDOUT", "ECONNRESET", "ECONNABORTED", "ECONNREFUSED", "EREMOTEIO", "ENXIO", "ENODEV"),
    *("EINTR", "EAGAIN", "EMFILE", "ENFILE"),
)
_GONE_ON_WINDOWS = frozenset((51, 53, 54, 55, 59, 64, 67, 121, 1231, 1232, 1236))

_A_FILE = N_("{file} needs a folder where a file stands")
_A_FOLDER = N_("a folder stands in the place of {file}")
_IN_THE_WAY = {
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), _A_FILE),
    **dict.fromkeys((errno.EISDIR, errno.ENOTEMPTY), _A_FOLDER),
}

_ABSENT = frozenset((errno.ENOENT, errno.ENOTDIR))

_NOT_ON_WINDOWS = re.compile(
    r'[<>:"\\|?*\x00-\x1f]|[. ](?:/|$)|(?:^|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|/|$)',
    re.IGNORECASE,
)
"""Windows takes some of these for another name, or for a device, instead of refusing them."""


def is_absent(error: OSError) -> bool:
    """There is no such file, or no such folder; and it is no share that went away."""
    return error.errno in _ABSENT and _on_windows(error) not in _GONE_ON_WINDOWS


def refuse_name(path: str, windows: bool = os.name == "nt") -> None:
    """Raise Refused where this system cannot have a file of that name."""
    if windows and _NOT_ON_WINDOWS.search(path):
        raise Refused(
            path,
            N_("{file}: on Windows no file can have this name"),
            N_("give it another, or publish to another system"),
            file=path,
        )


@contextmanager
def told_of(path: str) -> Iterator[None]:
    """An OSError in the block is raised as what it means for the file at this path."""
    try:
        yield
    except OSError as error:
        raise meaning_of(error, path) from None


def meaning_of(error: OSError, path: str) -> TargetError:
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL or _on_windows(error) in _FULL_ON_WINDOWS:
        return DiskFull(
            N_("there is no room left for {file}"), N_("make room, and publish again"), file=path
        )
    if error.errno in _GONE or _on_windows(error) in _GONE_ON_WINDOWS:
        return Dropped(N_("the folder cannot be reached: {reason}"), reason=reason)
    if error.errno == errno.ENOENT:
        # Something that was there a moment before: somebody else is at work in the folder.
        return Dropped(N_("{file} is gone: {reason}"), file=path, reason=reason)
    if error.errno == errno.EROFS:
        return TargetError(
            N_("the folder can only be read: {reason}"),
            N_("is it mounted so that it can be written to?"),
            reason=reason,
        )
    if error.errno in _IN_THE_WAY:
        return Refused(
            path, _IN_THE_WAY[error.errno], N_("move that away, and publish again"), file=path
        )
    return Refused(
        path,
        N_("{file} is refused: {reason}"),
        N_("may you write there, and is nothing else in its place?"),
        file=path,
        reason=reason,
    )


def _on_windows(error: OSError) -> int:
    return getattr(error, "winerror", None) or 0
