"""What a build remembers for the next: marked-up bodies, and a manifest of what it wrote.

Both are single packed files under `.bulletin/`, with a checksum; one that is missing, damaged or of
another version is treated as empty, never trusted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from generator.model import Markup

FOLDER = ".bulletin"
MANIFEST_FORMAT = "1"
"""A manifest by another version of the generator still says what is ours; its form must be this."""
T = TypeVar("T")


def load_packed(path: Path, version: str, kind: type[T]) -> T | None:
    """What `save_packed` wrote with the same version; None for anything else."""
    try:
        data = path.read_bytes()
        seal, body = data[:4], data[4:]
        if zlib.crc32(body).to_bytes(4, "big") != seal:
            return None
        found, payload = msgspec.msgpack.decode(body, type=tuple[str, msgspec.Raw])
        return msgspec.msgpack.decode(payload, type=kind) if found == version else None
    except (OSError, msgspec.DecodeError):
        return None


def save_packed(path: Path, version: str, value: object) -> None:
    """Write a value sealed with its checksum; readers see the old file or the new, whole."""
    payload = msgspec.Raw(msgspec.msgpack.encode(value))
    body = msgspec.msgpack.encode((version, payload))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    with open(temporary, "wb") as file:
        file.write(zlib.crc32(body).to_bytes(4, "big"))
        file.write(body)
    os.replace(temporary, path)


class MarkupCache:
    """Marked-up bodies by key. Only what a build asked for is kept for the next."""

    def __init__(self, project: Path, version: str, fresh: bool) -> None:
        self.path = project / FOLDER / "markup"
        self.version = version
        stored = None if fresh else load_packed(self.path, version, dict[bytes, msgspec.Raw])
        self._stored: dict[bytes, msgspec.Raw] = stored or {}
        self._used: dict[bytes, msgspec.Raw] = {}
        self._decoder = msgspec.msgpack.Decoder(Markup)
        self._encoder = msgspec.msgpack.Encoder()

    def get(self, key: bytes) -> Markup | None:
        packed = self._stored.get(key)
        if packed is None:
            return None
        self._used[key] = packed
        return self._decoder.decode(packed)

    def put(self, key: bytes, markup: Markup) -> None:
        self._used[key] = msgspec.Raw(self._encoder.encode(markup))

    def save(self) -> None:
        if self._used.keys() != self._stored.keys():
            save_packed(self.path, self.version, self._used)


class FileRecord(Struct, frozen=True, array_like=True):
    """A file a build wrote: its page key in parts (template closure, everything around the pages,
    view), digests of the view's fields (to say what changed), and its size and time on disk, by
    which a change by another hand is noticed."""

    template: bytes
    surroundings: bytes
    view: bytes
    fields: bytes
    size: int
    mtime_ns: int


class Manifest(Struct, frozen=True):
    """The files of one output folder that are ours; `next_change` is the instant at which the site
    next changes by itself, as an article becomes public."""

    files: Mapping[str, FileRecord]
    templates: Mapping[str, list[str]]
    next_change: dt.datetime | None = None


class ManifestStore:
    """The manifest of an output folder, and a journal of the paths a running build may write: so
    that what an interrupted build left is known as ours by the next."""

    def __init__(self, project: Path, output: Path) -> None:
        name = hashlib.sha256(os.fsencode(output.resolve())).hexdigest()[:16]
        self.path = project / FOLDER / f"output-{name}"
        self.journal_path = project / FOLDER / f"output-{name}.journal"

    def load(self) -> Manifest | None:
        return load_packed(self.path, MANIFEST_FORMAT, Manifest)

    def load_journal(self) -> list[str]:
        return load_packed(self.journal_path, MANIFEST_FORMAT, list[str]) or []

    def begin(self, paths: list[str]) -> None:
        save_packed(self.journal_path, MANIFEST_FORMAT, [*self.load_journal(), *paths])

    def finish(self, manifest: Manifest) -> None:
        save_packed(self.path, MANIFEST_FORMAT, manifest)
        self.journal_path.unlink(missing_ok=True)
