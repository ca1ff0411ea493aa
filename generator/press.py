"""Renders what has changed since the last build into the output folder."""

from __future__ import annotations

import hashlib
import itertools
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from pathlib import Path

import msgspec
from msgspec import Struct

from generator.darkroom import DevelopTask, Negative, darkroom_version, develop, key_of
from generator.indexing import Indexer, folder_of_index, without_indexes
from generator.manifest import Files, ManifestStore, PageKey
from generator.packing import packed
from generator.pictures import Recipe
from generator.plan import Page
from generator.printing import (
    Frame,
    PageTask,
    Printed,
    PrintTask,
    changed_fields,
    keep_codes,
    prepare,
    print_pages,
)
from generator.problems import N_, Problem, ProblemsFound
from generator.reports import NEW, Options, Rendered
from generator.scanning import FileStat, digest_at, digest_of, stat_of
from generator.sealed import FOLDER
from generator.themes import ANY, Fingerprints, Theme
from generator.viewer import Viewer
from generator.workers import Workers
from generator.write import (
    Spool,
    WriteTask,
    foreign_files,
    in_the_way,
    prune,
    put_by,
    remove_unfinished,
    write_files,
)

_CHANGED = N_("changed: {fields}")
_REPLACED = N_("its source changed")
_CLEAN = N_("--clean was given")

_BATCH = 32
_BATCH_BYTES = 1 << 19
_HERE = 8
"""So many batches are rendered, or written, faster than worker processes start."""

MOST_PROBLEMS = 20


class FileCopy(Struct, frozen=True):
    """A file published as it is, with the digest of its bytes."""

    path: str
    real_path: str
    digest: bytes


class PrintedPicture(Struct, frozen=True):
    """A picture, and how each file is made of it, by its path."""

    negative: Negative
    recipes: Mapping[str, Recipe]


class _Due(Struct, frozen=True):
    """A page that has to be made, and why."""

    page: Page
    task: PageTask
    key: PageKey
    reason: str


class Press:
    """Makes files, each only where its key or the file on disk is not that of the last build."""

    def __init__(
        self,
        options: Options,
        store: ManifestStore,
        old: Files,
        frames: Mapping[str, Frame],
        fingerprints: Fingerprints,
        workers: Workers,
        on_step: Callable[[int], None],
    ) -> None:
        self.options = options
        self.store = store
        self.old = old
        self.frames = frames
        self.fingerprints = fingerprints
        self.workers = workers
        self.on_step = on_step
        self.output = str(options.output)
        self.surroundings = {
            language: _surroundings(frame, options.portable) for language, frame in frames.items()
        }
        self.files: dict[str, tuple[PageKey, FileStat]] = {}
        self.made: dict[str, PageKey] = {}
        self.rendered: list[Rendered] = []
        self.removed: list[str] = []
        self.gone: Set[str] = frozenset()
        self._here = _HERE
        self._problems: list[Problem] = []

    def run(
        self,
        pages: Iterable[Page],
        copies: Iterable[FileCopy],
        others_stay: bool = False,
        pictures: Collection[PrintedPicture] = (),
        on_picture: Callable[[int], None] = lambda _done: None,
        indexer: Indexer | None = None,
    ) -> None:
        """Render, then write, then remove: an error before the writing leaves the site as it was,
        and an end at any later point leaves what the next build completes. Where `others_stay`,
        nothing is removed but what the `indexer` replaces. Raises ProblemsFound."""
        spool = Spool(self.options.project / FOLDER / "spool")
        try:
            self._print(pages, spool)
            self._take_copies(copies, spool)
            if not self._problems:
                self._develop(pictures, spool, on_picture)
                if indexer:
                    self._take_indexes(indexer, spool)
            interrupted = self.store.load_journal()
            ours = self.old.keys() if others_stay else {*self.old, *interrupted}
            if not self.options.clean:
                self._problems += foreign_files(
                    self.options.output, spool, ours, self.options.project
                )
            if self._problems:
                raise ProblemsFound(self._problems)
            if self.options.proof:
                return
            planned = {*self.files, *self.made}
            replaced = indexer.replaced if indexer else set()
            gone = self.gone = (replaced if others_stay else ours) - planned
            remove_unfinished(self.options.output, interrupted)
            if len(spool) or gone:
                self._commit(spool, gone, planned)
        finally:
            spool.close()

    def _take_indexes(self, indexer: Indexer, spool: Spool) -> None:
        indexer.run(spool, self._work_alone)
        self.files |= indexer.files
        self.made |= indexer.made
        self.rendered += indexer.rendered

    def _work_alone(self) -> None:
        """Leave the memory of other processes to Pagefind; those begun after it would take as much
        as this one has by then."""
        self.workers.stop()
        self._here = sys.maxsize

    def _commit(self, spool: Spool, gone: Set[str], planned: Set[str]) -> None:
        output = self.options.output
        self.store.begin(spool.paths())
        removed = prune(output, in_the_way(gone, planned), planned)
        batches = list(spool.batches())
        tasks = [WriteTask(self.output, batch) for batch in batches]
        written = self.workers.map(write_files, tasks, self._here)
        for batch, stats in zip(batches, written, strict=True):
            for (path, _), stat in zip(batch, stats, strict=True):
                self.files[path] = (self.made[path], stat)
        removed += prune(output, gone - {*removed}, planned)
        self.removed = without_indexes(removed, {folder_of_index(path) for path in planned})

    def _print(self, pages: Iterable[Page], spool: Spool) -> None:
        waiting: deque[list[_Due]] = deque()
        pages = tuple(pages)
        templates = sorted({page.template for page in pages})

        def tasks() -> Iterator[PrintTask]:
            prepared: set[str] = set()
            for batch in self._batches(pages):
                waiting.append(batch)
                language = batch[0].page.language
                frame = self.frames[language]
                if len(batch) == _BATCH and language not in prepared:
                    # There are many, of most kinds.
                    prepare(frame, templates)
                    prepared.add(language)
                yield PrintTask(frame, str(spool.folder), [due.task for due in batch])

        for printed in self.workers.map(print_pages, tasks(), _HERE):
            for due, result in zip(waiting.popleft(), printed, strict=True):
                self._note(due, result, spool)
            if len(self._problems) >= MOST_PROBLEMS:
                return
        for frame in self.frames.values():
            keep_codes(frame)

    def _batches(self, pages: Iterable[Page]) -> Iterator[list[_Due]]:
        """Pages that are due, some dozens of one language at a time."""
        batch: list[_Due] = []
        size = 0
        for done, page in enumerate(pages):
            due = self._due(page)
            self.on_step(done)
            if due is None:
                continue
            if batch and (
                len(batch) == _BATCH
                or size > _BATCH_BYTES
                or batch[0].page.language != page.language
            ):
                yield batch
                batch, size = [], 0
            batch.append(due)
            size += len(due.task.view[1])
        if batch:
            yield batch

    def _due(self, page: Page) -> _Due | None:
        """A page that has to be made; None for one that is as it should be."""
        sent = packed(page.make(page.links))
        key = PageKey(
            template=self.fingerprints.of(page.template)[:8],
            surroundings=self.surroundings[page.language],
            view=digest_of(sent[1]),
            fields=b"",
            content=b"",
        )
        reason = self._reason(page.path, key)
        if not reason:
            return None
        task = PageTask(page.template, sent, page.links)
        return _Due(page, task, key, reason)

    def _reason(self, path: str, key: PageKey) -> str:
        """Why a file has to be made, as a message id; `` where it is as it should be, which is then
        noted."""
        old = self.old.get(path)
        if self.options.clean:
            return _CLEAN
        if old is None:
            return NEW
        was, stat = old
        found = stat_of(f"{self.output}/{path}")
        if found is None:
            return N_("its file was missing")
        if found != stat and _content_of(f"{self.output}/{path}") != was.content:
            return N_("its file was changed by something else")
        if was.surroundings != key.surroundings:
            return N_("the frame of all pages changed")
        if was.template != key.template:
            return N_("the template {template} changed")
        if was.view != key.view:
            return _CHANGED
        self.files[path] = (was, found)
        return ""

    def _note(self, due: _Due, printed: Printed, spool: Spool) -> None:
        path = due.page.path
        if printed.span is None:
            self._problems += printed.problems
            return
        spool.add(path, printed.span)
        self.made[path] = msgspec.structs.replace(
            due.key, fields=printed.fields, content=printed.content
        )
        changed = []
        if due.reason == _CHANGED:
            changed = changed_fields(due.task.view, self.old[path][0].fields, printed.fields)
        values = {"template": due.page.template, "fields": ", ".join(changed)}
        self.rendered.append(Rendered(path, due.reason, values))

    def _take_copies(self, copies: Iterable[FileCopy], spool: Spool) -> None:
        for copy in copies:
            key = PageKey(b"", b"", copy.digest, b"", copy.digest)
            reason = self._reason(copy.path, key)
            if not reason:
                continue
            with open(copy.real_path, "rb") as file:
                # A proof asks whether it can be read, and whether its place is free.
                data = b"" if self.options.proof else file.read()
            spool.add(copy.path, put_by(str(spool.folder), [data])[0])
            self.made[copy.path] = key
            self.rendered.append(Rendered(copy.path, _REPLACED if reason == _CHANGED else reason))

    def _develop(
        self, pictures: Collection[PrintedPicture], spool: Spool, on_picture: Callable[[int], None]
    ) -> None:
        """Make the files of pictures, each picture in one process, and the large ones here, one
        after the other."""
        numbers = itertools.count()
        waiting: deque[list[tuple[str, PageKey, str]]] = deque()

        def tasks(large: bool) -> Iterator[DevelopTask]:
            for picture in pictures:
                if picture.negative.large != large:
                    continue
                on_picture(next(numbers))
                due = self._due_of(picture)
                if due:
                    waiting.append(due)
                    recipes = tuple(picture.recipes[path] for path, _, _ in due)
                    yield DevelopTask(
                        str(self.options.project),
                        str(spool.folder),
                        picture.negative,
                        recipes,
                        self.options.clean,
                    )

        small = self.workers.map(develop, tasks(large=False), 1)
        for made in itertools.chain(small, map(develop, tasks(large=True))):
            for (path, key, reason), (span, content) in zip(waiting.popleft(), made, strict=True):
                spool.add(path, span)
                self.made[path] = msgspec.structs.replace(key, content=content)
                self.rendered.append(Rendered(path, _REPLACED if reason == _CHANGED else reason))

    def _due_of(self, picture: PrintedPicture) -> list[tuple[str, PageKey, str]]:
        """The files of a picture that have to be made, and why."""
        version, digest = darkroom_version(), picture.negative.digest
        due = []
        for path, recipe in picture.recipes.items():
            made_of = digest_of(f"{version} {key_of(recipe)} ".encode() + digest)
            key = PageKey(b"", b"", made_of, b"", b"")
            reason = self._reason(path, key)
            if reason:
                due.append((path, key, reason))
        return due


def make_frames(
    project: Path,
    code: str,
    theme: Theme,
    fingerprints: Fingerprints,
    viewers: Iterable[Viewer],
) -> dict[str, Frame]:
    """What the pages of each language are rendered with (see `Frame`)."""
    templates = fingerprints.of(ANY)
    return {
        viewer.language: Frame(str(project), code, theme, templates, viewer.site())
        for viewer in viewers
    }


def _content_of(path: str) -> bytes:
    """The digest of a file's bytes; `` where it cannot be read."""
    try:
        return digest_at(path)
    except OSError:
        return b""


def _surroundings(frame: Frame, portable: bool) -> bytes:
    """What every page of a language depends on besides its template and its view."""
    parts = (frame.code, frame.theme.fingerprint, portable, frame.site)
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=8).digest()
