"""What a build read and wrote, for the next to compare with what is there."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct, structs

from generator.reports import Report
from generator.scanning import FileStat, Listing, numbers_of
from generator.sealed import FOLDER, load_sealed, save_sealed

FORMAT = "2"
"""A manifest by another version of the generator still says what is ours; its form must be this."""

GRAIN = 2_000_000_000
"""A file changed so few nanoseconds ago could be changed again without its time moving: the
coarsest clocks of file systems tick every two seconds."""

_DIGEST = 16


class PageKey(Struct, frozen=True, array_like=True, gc=False):
    """What a file was made of, in parts (closure of the template, everything around the pages,
    view), digests of the view's fields (to say what changed), and the digest of its bytes."""

    template: bytes
    surroundings: bytes
    view: bytes
    fields: bytes
    content: bytes


def _columns(stats: Iterable[FileStat]) -> bytes:
    numbers = array("q")
    for stat in stats:
        numbers.extend((stat.size, stat.mtime_ns, stat.ctime_ns))
    return numbers.tobytes()


def _rows(columns: bytes) -> list[FileStat]:
    flat = array("q", columns).tolist()
    return list(map(FileStat, flat[0::3], flat[1::3], flat[2::3]))


class Inputs(Struct, frozen=True, array_like=True):
    """Every file a build depends on: paths, stats (three numbers each), digests of their bytes."""

    paths: tuple[str, ...] = ()
    stats: bytes = b""
    digests: bytes = b""

    @classmethod
    def of(cls, listing: Listing, digests: Mapping[str, bytes], seen_at: int) -> Self:
        """The record of files whose stats were asked for at `seen_at` (in nanoseconds) or after.
        The stat of one that was changed just before is not to be trusted, and not kept."""
        stats = array("q", listing.stats)
        # No size comes near to a time.
        for place in [at for at, number in enumerate(stats) if number > seen_at - GRAIN]:
            first = place - place % 3
            stats[first + 1] = stats[first + 2] = -1
        every = b"".join(map(digests.__getitem__, listing.paths))
        return cls(tuple(listing.paths), stats.tobytes(), every)

    def touched(self, listing: Listing) -> list[int] | None:
        """The places in a listing of files whose stats are not as they were; None where files have
        come or gone."""
        if tuple(listing.paths) != self.paths:
            return None
        now, before = array("q", listing.stats), array("q", self.stats)
        if now == before:
            return []
        pairs = zip(now, before, strict=True)
        return sorted({at // 3 for at, (one, other) in enumerate(pairs) if one != other})

    def digest(self, place: int) -> bytes:
        return self.digests[place * _DIGEST : (place + 1) * _DIGEST]

    def version(self) -> str:
        """What tells these bytes from any others."""
        digest = hashlib.blake2b(self.digests, digest_size=_DIGEST)
        digest.update("\n".join(self.paths).encode())
        return digest.hexdigest()

    def digest_by_path(self) -> dict[str, bytes]:
        digests = (self.digests[at : at + _DIGEST] for at in range(0, len(self.digests), _DIGEST))
        return dict(zip(self.paths, digests, strict=True))

    def known(self) -> dict[str, tuple[FileStat, bytes]]:
        """The stat and the digest of each file."""
        digests = self.digest_by_path()
        return {
            path: (stat, digests[path])
            for path, stat in zip(self.paths, _rows(self.stats), strict=True)
        }


class Outputs(Struct, frozen=True, array_like=True):
    """Every file in the output folder that is ours: paths, stats (three numbers each), keys."""

    paths: tuple[str, ...] = ()
    stats: bytes = b""
    keys: msgspec.Raw = msgspec.Raw(b"\x90")

    @classmethod
    def of(cls, files: Mapping[str, tuple[PageKey, FileStat]]) -> Self:
        keys = msgspec.msgpack.encode([key for key, _ in files.values()])
        return cls(tuple(files), _columns(stat for _, stat in files.values()), msgspec.Raw(keys))

    def files(self) -> OutputFiles:
        return OutputFiles(self)

    def same_stats(self, output: str, first: int = 0, last: int | None = None) -> bool:
        """Whether all these files, or those from the `first` to before the `last`, are there as
        they were left."""
        paths = self.paths[first:last]
        numbers: list[int] = []
        add, stat = numbers.extend, os.stat
        try:
            for path in paths:
                add(numbers_of(stat(f"{output}/{path}")))
        except (OSError, ValueError):
            return False
        return array("q", numbers) == array("q", self.stats)[3 * first :][: 3 * len(paths)]


Files = Mapping[str, tuple[PageKey, FileStat]]
"""Files by path, with what they were made of and how they were left."""


class OutputFiles(Files):
    """The files of a manifest, decoded as they are asked for."""

    def __init__(self, outputs: Outputs) -> None:
        self._paths = outputs.paths
        self._places = {path: place for place, path in enumerate(outputs.paths)}
        self._keys = msgspec.msgpack.decode(outputs.keys, type=list[msgspec.Raw])
        self._stats = array("q", outputs.stats)
        self._decode = msgspec.msgpack.Decoder(PageKey).decode

    def __getitem__(self, path: str) -> tuple[PageKey, FileStat]:
        place = self._places[path]
        stat = FileStat(*self._stats[3 * place : 3 * place + 3])
        return self._decode(self._keys[place]), stat

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def replaced(self, files: Files, gone: Set[str] = frozenset()) -> Outputs:
        """The same with some files made anew, and without those that are gone."""
        paths, keys, stats = list(self._paths), list(self._keys), self._stats[:]
        if gone:
            kept = [place for place, path in enumerate(paths) if path not in gone]
            paths, keys = [paths[place] for place in kept], [keys[place] for place in kept]
            stats = array("q", (n for at in kept for n in self._stats[3 * at : 3 * at + 3]))
        places = {path: place for place, path in enumerate(paths)}
        for path, (key, stat) in files.items():
            place = places.setdefault(path, len(places))
            if place == len(paths):
                paths.append(path)
                keys.append(msgspec.Raw())
                stats.extend((0, 0, 0))
            keys[place] = msgspec.Raw(msgspec.msgpack.encode(key))
            stats[3 * place : 3 * place + 3] = array("q", structs.astuple(stat))
        packed = msgspec.Raw(msgspec.msgpack.encode(keys))
        return Outputs(tuple(paths), stats.tobytes(), packed)


class Manifest(Struct, frozen=True, array_like=True):
    """One build: what it was asked (`question`, a digest of the options and of what is installed),
    when (`made_at`), what it read and wrote, and what it said.

    `next_change` is the instant at which its answer would change by itself, as an article becomes
    public. `templates` are the names each template mentions (see `themes.Fingerprints`).
    """

    question: bytes
    made_at: dt.datetime
    next_change: dt.datetime | None
    inputs: Inputs
    outputs: Outputs
    templates: dict[str, list[str]]
    report: Report

    def version(self) -> str:
        """What tells this build from any of other files, with other options or at another instant,
        which may know of other articles."""
        asked = f"{self.question.hex()} {self.made_at.isoformat()} {self.inputs.version()}"
        return hashlib.blake2b(asked.encode(), digest_size=_DIGEST).hexdigest()


class ManifestStore:
    """The manifest of an output folder, and a journal of the paths a running build may write: so
    that what an interrupted build left is known as ours by the next."""

    def __init__(self, project: Path, output: Path) -> None:
        name = hashlib.sha256(os.fsencode(os.path.realpath(output))).hexdigest()[:16]
        self.path = project / FOLDER / f"output-{name}"
        self.journal_path = project / FOLDER / f"output-{name}.journal"

    def load(self) -> Manifest | None:
        return load_sealed(self.path, FORMAT, Manifest)

    def load_journal(self) -> list[str]:
        return load_sealed(self.journal_path, FORMAT, list[str]) or []

    def begin(self, paths: list[str]) -> None:
        save_sealed(self.journal_path, FORMAT, [*self.load_journal(), *paths])

    def finish(self, manifest: Manifest) -> None:
        save_sealed(self.path, FORMAT, manifest)
        self.journal_path.unlink(missing_ok=True)
