"""What a build has worked out, by the hash of what it was worked out of.

One file that grows at its end, and an index of it: so a build that changes little writes little,
and only what is asked for is read. Each piece has a checksum of its own.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import IO

from msgspec import Struct

from generator.sealed import load_sealed, save_sealed

_ROOM = 1 << 20
"""So many bytes no longer needed are left where they are, or as many as those needed."""


class Damaged(OSError):
    """A piece that the index has cannot be read: somebody else has changed the file."""


class _Piece(Struct, frozen=True, array_like=True, gc=False):
    offset: int
    length: int
    checksum: int


class _Named(Struct, frozen=True, array_like=True):
    """Of an index of any version the name of the file it is of."""

    name: str


class _Index(Struct, frozen=True, array_like=True):
    """The pieces of the file `name`, of which `end` bytes are written."""

    name: str
    end: int
    pieces: dict[bytes, _Piece]


class Store:
    """Pieces of bytes by their keys. Only those a build asked for, or added, are kept for the next.

    Used by one process at a time (see `write.locked`), but that any may read one that is
    `read_only`; what is added to such a one is kept in memory."""

    def __init__(
        self, folder: Path, version: str, fresh: bool = False, read_only: bool = False
    ) -> None:
        self._folder = folder
        self._read_only = read_only
        self.version = version
        index = None if fresh else load_sealed(folder / "store.index", version, _Index)
        self._index = index or _Index("", 0, {})
        self._file = self._open()
        if self._file is None:
            # Somebody may still read what the index names.
            named = load_sealed(folder / "store.index", None, _Named)
            self._index = _Index(named.name if named else "", 0, {})
        self._pieces = dict(self._index.pieces)
        self._end = self._index.end
        self._used: set[bytes] = set()
        self._buffer = bytearray()

    def _open(self) -> IO[bytes] | None:
        path = self._folder / self._index.name
        try:
            if not self._index.name or os.path.getsize(path) < self._index.end:
                return None
            return open(path, "rb" if self._read_only else "r+b", buffering=0)
        except OSError:
            return None

    def __len__(self) -> int:
        return len(self._pieces)

    def __contains__(self, key: bytes) -> bool:
        return key in self._pieces

    def get(self, key: bytes) -> bytes | None:
        """A piece; None where there is none that is whole."""
        piece = self._pieces.get(key)
        if piece is None:
            return None
        data = self._read(piece)
        if zlib.crc32(data) != piece.checksum:
            del self._pieces[key]
            return None
        self._used.add(key)
        return data

    def need(self, key: bytes) -> bytes:
        """A piece that was found before. Raises Damaged where it has gone since."""
        data = self.get(key)
        if data is None:
            raise Damaged(f"{self._folder / self._index.name} is damaged")
        return data

    def keep_all(self, but: Collection[bytes] = ()) -> None:
        """Keep every piece there is but some."""
        self._used.update(self._pieces)
        self._used.difference_update(but)

    def use(self, keys: Collection[bytes]) -> None:
        """Keep pieces for the next build though nobody asks for them in this."""
        self._used.update(keys)

    def add(self, key: bytes, data: bytes) -> None:
        self._used.add(key)
        if key in self._pieces:
            return
        self._pieces[key] = _Piece(self._end, len(data), zlib.crc32(data))
        self._end += len(data)
        self._buffer += data
        if len(self._buffer) > _ROOM:
            self._flush()

    def _read(self, piece: _Piece) -> bytes:
        start = piece.offset - (self._end - len(self._buffer))
        if start >= 0:
            return bytes(self._buffer[start : start + piece.length])
        if self._file is None:
            return b""
        if os.name != "nt":
            return os.pread(self._file.fileno(), piece.length, piece.offset)
        self._file.seek(piece.offset)
        return self._file.read(piece.length) or b""

    def _flush(self) -> None:
        if not self._buffer or self._read_only:
            return
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = _other_name(self._index.name)
            self._index = _Index(name, 0, {})
            self._file = open(self._folder / name, "w+b", buffering=0)  # noqa: SIM115
        self._file.seek(self._end - len(self._buffer))
        view = memoryview(self._buffer)
        done = 0
        while done < len(view):
            done += self._file.write(view[done:])
        view.release()
        self._buffer.clear()

    def save(self, forget: bool = True) -> None:
        """Keep what was added; `forget` what was not asked for, at the end of a build."""
        self._flush()
        kept = dict(self._pieces)
        if forget:
            kept = {key: piece for key, piece in kept.items() if key in self._used}
        if kept.keys() == self._index.pieces.keys() and self._end == self._index.end:
            return
        name, end = self._index.name, self._end
        live = sum(piece.length for piece in kept.values())
        if end - live > max(live, _ROOM):
            name, end, kept = self._compacted(kept)
        self._index = _Index(name, end, kept)
        save_sealed(self._folder / "store.index", self.version, self._index)
        if self._file is None or end != self._end:
            self.close()
            self._pieces, self._end = dict(kept), end
            self._file = self._open()
        with suppress(OSError):  # another process may be reading it
            (self._folder / _other_name(name)).unlink()

    def _compacted(self, pieces: dict[bytes, _Piece]) -> tuple[str, int, dict[bytes, _Piece]]:
        """The same pieces in a new file without what is between them."""
        name = _other_name(self._index.name)
        moved: dict[bytes, _Piece] = {}
        end = 0
        with open(self._folder / name, "wb") as file:
            for key, piece in pieces.items():
                data = self._read(piece)
                file.write(data)
                moved[key] = _Piece(end, len(data), piece.checksum)
                end += len(data)
        return name, end, moved

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _other_name(name: str) -> str:
    return "store.b" if name == "store.a" else "store.a"
