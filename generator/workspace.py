"""The project as it lies on disk while it is worked on: its files, and what those of content/ say.

Of every file is known what is shown of it: that is what it said when it last had no errors, and
stays while somebody is in the middle of a word.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from pathlib import Path

from msgspec import Struct

from generator.config import Config
from generator.content import Content, ParsedFile, gather
from generator.drafting import READING, OnProgress, parse_options
from generator.intake import read_files
from generator.looking import Looker, RememberedLooks
from generator.manifest import GRAIN
from generator.model import Source
from generator.parsing import FileTask, parse_files
from generator.problems import N_, Place, Problem
from generator.read import CONTENT, Shelves, find_content
from generator.scanning import FileStat, Found, stat_of
from generator.standing import Stock
from generator.store import Store
from generator.workers import Workers


class SharedStore(Store):
    """A store that threads share."""

    def __init__(self, folder: Path, version: str, read_only: bool) -> None:
        self._lock = threading.RLock()
        super().__init__(folder, version, read_only=read_only)

    def get(self, key: bytes) -> bytes | None:
        with self._lock:
            return super().get(key)

    def add(self, key: bytes, data: bytes) -> None:
        with self._lock:
            super().add(key, data)

    def use(self, keys: Collection[bytes]) -> None:
        with self._lock:
            super().use(keys)

    def save(self, forget: bool = True) -> None:
        with self._lock:
            super().save(forget)


class _File(Struct, frozen=True):
    """What a file said when it had this stat and these bytes, at `read_at` (in nanoseconds)."""

    source: Source
    stat: FileStat
    digest: bytes
    parsed: ParsedFile
    read_at: int


class Change(Struct, frozen=True):
    """What a file says now, and what is shown of it, None where that is nothing; `said` are the
    problems that it had by itself before."""

    shown: ParsedFile | None
    now: ParsedFile
    said: tuple[Problem, ...] = ()


class Reading(Struct, frozen=True):
    """All files of content/, what they say, and the digest of each by its path."""

    shelves: Shelves
    files: tuple[ParsedFile, ...]
    content: Content
    digests: Mapping[str, bytes]

    def changed_since(self, before: Reading) -> list[str]:
        """The paths of files that are new or have changed: of Markdown by their bytes."""
        was, files = before.digests, before.shelves.files
        changed = [path for path, digest in self.digests.items() if was.get(path) != digest]
        return changed + [
            path for path, file in self.shelves.files.items() if files.get(path) != file
        ]

    @property
    def broken(self) -> frozenset[str]:
        """The paths of files that cannot be read for their errors."""
        return frozenset(file.source.path for file in self.files if file.entry is None)


class Workspace:
    """Reads files of a project, each only when it has changed. Used by one thread at a time."""

    def __init__(self, project: Path, config: Config, store: Store) -> None:
        self._project = project
        self._options = parse_options(config)
        self._store = store
        self.look: Looker = RememberedLooks(store)
        # By where they are on disk: two names may become one path.
        self._files: dict[str, _File] = {}
        self._real_paths: dict[str, str] = {}
        # What was last known to be without errors, and what is shown, which may not be that yet.
        self._good: dict[str, ParsedFile] = {}
        self._shown: dict[str, ParsedFile] = {}

    def fits(self, config: Config) -> bool:
        """Whether files are parsed as before."""
        return self._options == parse_options(config)

    def knows(self, path: str) -> bool:
        return path in self._real_paths

    def real_path(self, path: str) -> str:
        """Where a file is on disk, whose name may be spelt otherwise there."""
        return self._real_paths.get(path) or f"{self._project}/{path}"

    def read_again(self, path: str) -> Change | None:
        """What has become of a known file; None where it has the same bytes. Raises OSError where
        it cannot be read."""
        real_path = self._real_paths[path]
        known = self._files[real_path]
        stat = stat_of(real_path)
        if stat is None:
            raise FileNotFoundError(real_path)
        # Whatever its stat says: some clocks are too coarse to show a change.
        self._parse([(known.source, Found(path, real_path, stat))], Workers(1), _unheard)
        file = self._files[real_path]
        shown = self._shown.get(path)
        if file.digest == known.digest and file.parsed == shown:  # it has only been saved again
            return None
        # The same bytes may have been read before for what is being connected and not yet shown.
        return Change(shown, file.parsed, known.parsed.problems)

    def parse_anew(self, source: Source) -> None:
        """Parse a file though it is known."""
        real_path = self._real_paths[source.path]
        parse_files([FileTask(source, real_path)], self._options)

    def change(self, path: str) -> Change | None:
        """What a known file says now, where that is not what is shown of it."""
        file = self._files[self._real_paths[path]]
        shown = self._shown.get(path)
        if shown is not None and file.parsed == shown:
            return None
        return Change(shown, file.parsed)

    def shown_since(self, reading: Reading, paths: Collection[str]) -> list[Change]:
        """What is shown of some files that is not as they were read."""
        read = {file.source.path: file for file in reading.files}
        return [
            Change(read.get(path), shown)
            for path in sorted(paths)
            if (shown := self._shown.get(path)) is not None and shown != read.get(path)
        ]

    def read(self, stock: Stock, workers: Workers, on_progress: OnProgress) -> Reading:
        """All of content/ as it was found. Raises OSError where a file cannot be read."""
        shelves = find_content(self._project, stock.below(f"{CONTENT}/"))
        missing = [(source, file) for source, file in shelves.sources if not self._has(file)]
        total = len(shelves.sources)
        done = total - len(missing)
        self._parse(missing, workers, lambda now, _: on_progress(READING, done + now, total))
        self._files = {file.real_path: self._files[file.real_path] for _, file in shelves.sources}
        self._real_paths = {file.path: file.real_path for _, file in shelves.sources}
        files = tuple(file.parsed for file in self._files.values())
        digests = {file.source.path: file.digest for file in self._files.values()}
        return Reading(shelves, files, gather(files), digests)

    def content(self, reading: Reading, broken: Set[str]) -> Content:
        """A reading in which `broken` files say what they said when they last had no errors."""
        good = self._good
        files = [
            good.get(file.source.path, file) if file.source.path in broken else file
            for file in reading.files
        ]
        if all(one is other for one, other in zip(files, reading.files, strict=True)):
            return reading.content
        return gather(files)

    def show(self, files: Iterable[ParsedFile], good: bool) -> None:
        """Note what is shown of files from now on, and whether that is known to be `good`."""
        found = {file.source.path: file for file in files}
        self._shown |= found
        if good:
            self._good |= found

    def show_all(self, reading: Reading, broken: Set[str]) -> None:
        """Note that a reading is shown, but for its `broken` files."""
        before = self._good
        self._good = {}
        for file in reading.files:
            path = file.source.path
            shown = before.get(path) if path in broken else file
            if shown is not None:
                self._good[path] = shown
        self._shown = dict(self._good)

    def _has(self, file: Found) -> bool:
        known = self._files.get(file.real_path)
        if known is None or known.stat != file.stat:
            return False
        # One read just after it was changed may have been changed again in the same tick.
        return max(file.stat.mtime_ns, file.stat.ctime_ns) < known.read_at - GRAIN

    def _parse(
        self,
        files: Sequence[tuple[Source, Found]],
        workers: Workers,
        on_step: Callable[[int, int], None],
    ) -> None:
        now = time.time_ns()
        allowed = [(source, file) for source, file in files if os.access(file.real_path, os.R_OK)]
        parsed, digests = read_files(allowed, self._options, self._store, {}, workers, on_step)
        for (source, file), each in zip(allowed, parsed, strict=True):
            known = self._files.get(file.real_path)
            digest = digests[file.path]
            if known is not None and known.digest == digest and known.source == source:
                each = known.parsed
            self._files[file.real_path] = _File(source, file.stat, digest, each, now)
        for source, file in files:
            if not os.access(file.real_path, os.R_OK):
                unread = ParsedFile(source, None, False, (_unreadable(source),))
                self._files[file.real_path] = _File(source, file.stat, b"", unread, 0)


def _unreadable(source: Source) -> Problem:
    return Problem(
        Place(source.path),
        "no-access",
        N_("the file may not be read"),
        N_("ask whoever looks after this disk for the right to read it"),
    )


def _unheard(_done: int, _total: int) -> None:
    """Nobody is told."""
