"""Single files that a build keeps for the next: packed, with a checksum.

One that is missing, damaged or of another version counts as none; it is never trusted.
"""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path
from typing import TypeVar

import msgspec

FOLDER = ".bulletin"
T = TypeVar("T")


def load_sealed(path: Path, version: str | None, kind: type[T]) -> T | None:
    """What `save_sealed` wrote with the same version, or with any if that is None; None for
    anything else."""
    try:
        with open(path, "rb") as file:
            seal, body = file.read(4), file.read()
        if zlib.crc32(body).to_bytes(4, "big") != seal:
            return None
        found, payload = msgspec.msgpack.decode(body, type=tuple[str, msgspec.Raw])
        known = version is None or found == version
        return msgspec.msgpack.decode(payload, type=kind) if known else None
    except (OSError, msgspec.DecodeError):
        return None


def save_sealed(path: Path, version: str, value: object) -> None:
    """Write a value sealed with its checksum; readers see the old file or the new, whole."""
    payload = msgspec.Raw(msgspec.msgpack.encode(value))
    body = msgspec.msgpack.encode((version, payload))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of its own for each process: two may write the same.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(temporary, "wb") as file:
        file.write(zlib.crc32(body).to_bytes(4, "big"))
        file.write(body)
    replace_file(temporary, path)


def replace_file(temporary: str | Path, target: str | Path) -> None:
    """Put a finished file in another's place, at once. On Windows that fails while anybody has the
    other open, as those do for a moment who look for viruses or index a disk."""
    for pause in (0.01, 0.1, 0.5, 1.0) if os.name == "nt" else ():
        try:
            os.replace(temporary, target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(temporary, target)
