"""What is at the target: the manifest publishing keeps there, and what else can be told.

`MANIFEST` is there when the last publish ended well: it lists every file it put there. A publish
begins by writing `PENDING` (what it is about to change) and by naming the manifest `BASE`, and ends
by writing the new manifest. So one read tells that all is well, and after an end in the middle both
lists together tell what is surely there, and what may hold either.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterator, Mapping, Set
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from generator.problems import N_
from generator.remote import STATE, Remote, folders_of
from generator.remote_errors import TargetError
from generator.site_files import is_plain_path

MANIFEST = f"{STATE}/manifest.json.gz"
BASE = f"{STATE}/manifest-before.json.gz"
PENDING = f"{STATE}/unfinished.json.gz"

FORMAT = 1
_GZIP = 31
_MOST_BYTES = 500_000_000


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """A file: a digest of its bytes in hexadecimal, and their number."""

    digest: str
    size: int


class Manifest(Struct, frozen=True):
    """`site` is the id of the site, `made` the instant in UTC (RFC 3339)."""

    site: str
    made: str
    files: Mapping[str, Entry]
    format: int = FORMAT


class Pending(Struct, frozen=True):
    """What a publish is about to do: put `files`; of what is in `touched`, nothing is to be
    believed afterwards. `foreign` are files of somebody else that it replaces, with their sizes: as
    long as one has that size, it is still theirs. `before` is what was there for certain, where
    `BASE` does not tell it: after a publish that did not come to its end either."""

    site: str
    files: Mapping[str, Entry]
    touched: tuple[str, ...]
    foreign: Mapping[str, int] = {}
    before: Mapping[str, Entry] | None = None
    format: int = FORMAT


class _Form(Struct, frozen=True):
    format: int


Record = TypeVar("Record", Manifest, Pending)


class Deployed(Struct, frozen=True):
    """What is known of the target. `files` are there, ours and as said. `uncertain` are ours too,
    but what is in them cannot be told. `foreign` are those of somebody else with their sizes, as
    far as folders were looked into. `known`: there is a manifest; `unfinished`: the last publish
    did not come to its end. `site` is the id of what was published, or ``."""

    site: str = ""
    known: bool = False
    unfinished: bool = False
    files: Mapping[str, Entry] = {}
    uncertain: Set[str] = frozenset()
    foreign: Mapping[str, int] = {}

    def owns(self, path: str) -> bool:
        return path in self.files or path in self.uncertain


def doubting(deployed: Deployed) -> Deployed:
    """The same, where nobody knows what is in our files."""
    uncertain = frozenset((*deployed.files, *deployed.uncertain))
    return structs.replace(deployed, files={}, uncertain=uncertain)


def encode(record: Manifest | Pending) -> bytes:
    """JSON, packed; the same record gives the same bytes."""
    return gzip.compress(msgspec.json.encode(record), mtime=0)


def decode(data: bytes, kind: type[Record]) -> Record | None:
    """The record; None where these bytes are none. Raises TargetError where a newer version of the
    generator wrote it."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(data, _MOST_BYTES)
        form = msgspec.json.decode(text, type=_Form).format
        if form > FORMAT:
            raise TargetError(
                N_("a newer version of this program has published there"),
                N_("install that version here, too"),
            )
        record = msgspec.json.decode(text, type=kind)
        # What others can write at the target must not make us remove anything else.
        return record if all(map(is_plain_path, _paths(record))) else None
    except (zlib.error, msgspec.DecodeError, ValueError, RecursionError):
        return None


def _paths(record: Manifest | Pending) -> Iterator[str]:
    yield from record.files
    if isinstance(record, Pending):
        yield from record.touched
        yield from record.foreign
        yield from record.before or ()


async def look(remote: Remote, wanted: Collection[str]) -> Deployed:
    """What is at a target to which files of these paths are to be published.

    One read where the last publish ended well and all paths are known from it; else the folders of
    the others are looked into.
    """
    data = await remote.read(MANIFEST)
    manifest = decode(data, Manifest) if data is not None else None
    if manifest is not None:
        ours = Deployed(manifest.site, known=True, files=manifest.files)
    else:
        ours = await _look_closer(remote)
    strange = [path for path in wanted if not ours.owns(path)]
    if not strange:
        return ours
    there = await remote.sizes(folders_of(strange))
    foreign = {
        path: size
        for path, size in there.items()
        if not ours.owns(path) and not path.startswith(f"{STATE}/")
    }
    return structs.replace(ours, foreign=foreign)


async def _look_closer(remote: Remote) -> Deployed:
    """Where there is no manifest: what a publish that did not come to its end has left."""
    data = await remote.read(PENDING)
    pending = decode(data, Pending) if data is not None else None
    if pending is None:
        return Deployed()
    before = pending.before
    if before is None:
        data = await remote.read(BASE)
        base = decode(data, Manifest) if data is not None else None
        before = base.files if base else {}
    started = pending.files.keys() | set(pending.touched)
    sizes = await remote.sizes(folders_of(started))
    files = {path: entry for path, entry in before.items() if path not in started}
    uncertain = set()
    for path in started & sizes.keys():
        if pending.foreign.get(path) == sizes[path]:
            continue
        entry = _certain(sizes[path], before.get(path), pending.files.get(path))
        if entry is not None and path not in pending.touched:
            files[path] = entry
        else:
            uncertain.add(path)
    return Deployed(pending.site, True, True, files, uncertain)


def _certain(size: int, before: Entry | None, after: Entry | None) -> Entry | None:
    """What a file is that was `before` or is `after`, by its size; None where that does not tell.
    It is one of them, for each is put there whole."""
    fits = {entry for entry in (before, after) if entry is not None and entry.size == size}
    return fits.pop() if len(fits) == 1 else None
