"""The indexes of the search on their way into the output folder, each made only where it has to."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from msgspec import structs

from generator import pagefind
from generator.manifest import Files, PageKey
from generator.problems import N_
from generator.reports import NEW, Options, Rendered
from generator.scanning import FileStat, digest_at, digest_of, stat_of
from generator.sealed import FOLDER
from generator.search_views import Index
from generator.theme_settings import ThemeSettings
from generator.urls import SEARCH
from generator.write import Spool, put_by

SEARCHING = N_("Search")

NO_PAGEFIND = N_(
    "The site has no search: Pagefind is not installed (see “Search” in docs/site.md). --search off"
    " is silent about it."
)
NOT_PORTABLE = N_("A portable site has no search: browsers allow none that is opened from a disk.")

_CHANGED = N_("what it finds changed")
_CLEAN = N_("--clean was given")
_FILE = re.compile(
    rf"((?:[a-z]{{2}}/)?{SEARCH}(?:\d{{4}}(?:-\d+)?/)?)(?:(?:fragment|index|filter)/)?(?:pagefind[^/]*|wasm[^/]*|[^/]+\.pf_[a-z]+)"
)


def is_searched(options: Options, theme: ThemeSettings) -> bool:
    """Whether a build gives the site a search."""
    return options.search and not options.portable and is_previewed(theme)


def is_previewed(theme: ThemeSettings) -> bool:
    """Whether a preview shows the search, whose indexes are those of the last build."""
    return theme.search and bool(pagefind.version())


def search_notices(options: Options, theme: ThemeSettings) -> tuple[str, ...]:
    """Why there is no search, where there could be one."""
    if not (options.search and theme.search) or is_searched(options, theme):
        return ()
    return (NOT_PORTABLE,) if options.portable else (NO_PAGEFIND,)


class Indexer:
    """Makes indexes. `old` are the files of the last build, `code` is the fingerprint of the
    generator's code. What it did is then there: `files` that are as they should be, the keys of
    those `made`, which wait in the spool, and all `replaced`."""

    def __init__(
        self,
        options: Options,
        old: Files,
        code: str,
        indexes: Iterable[Index],
        on_step: Callable[[int], None] = lambda _done: None,
    ) -> None:
        self.options = options
        self.old = old
        self.indexes = indexes
        self.on_step = on_step
        self.output = str(options.output)
        surroundings = f"{code} {pagefind.version()}"
        self.surroundings = hashlib.blake2b(surroundings.encode(), digest_size=8).digest()
        self.files: dict[str, tuple[PageKey, FileStat]] = {}
        self.made: dict[str, PageKey] = {}
        self.rendered: list[Rendered] = []
        self.replaced: set[str] = set()
        self.seconds = 0.0
        self._scratch = options.project / FOLDER / "searching"

    def run(self, spool: Spool, before_making: Callable[[], None]) -> None:
        """Make what is not as it should be; before each of it `before_making` is called. Raises
        OSError where Pagefind fails."""
        start = time.perf_counter()
        # A build that was ended may have left it.
        shutil.rmtree(self._scratch, ignore_errors=True)
        by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.old:
            if folder := folder_of_index(path):
                by_folder[folder].append(path)
        for done, index in enumerate(self.indexes):
            self.on_step(done)
            key = PageKey(b"", self.surroundings, index.key, b"", b"")
            if reason := self._reason(by_folder[index.path], key):
                before_making()
                self._make(index, key, spool)
                self.rendered.append(Rendered(index.path, reason))
                self.replaced.update(by_folder[index.path])
        self.seconds = time.perf_counter() - start

    def _reason(self, paths: Iterable[str], key: PageKey) -> str:
        """Why an index has to be made, as a message id; `` where its files are as they should be,
        which is then noted."""
        found: dict[str, tuple[PageKey, FileStat]] = {}
        for path in paths:
            was, stat = self.old[path]
            if was.view != key.view or was.surroundings != key.surroundings:
                return _CHANGED
            there = stat_of(f"{self.output}/{path}")
            if there is None:
                return N_("its file was missing")
            if there != stat and digest_at(f"{self.output}/{path}") != was.content:
                return N_("its file was changed by something else")
            found[path] = (was, there)
        if self.options.clean:
            return _CLEAN
        self.files |= found
        return "" if found else NEW

    def _make(self, index: Index, key: PageKey, spool: Spool) -> None:
        names, contents = [], []
        for name, data in pagefind.make_index(index, self._scratch, self.options.jobs):
            names.append(index.path + name)
            contents.append(data)
        for path, data, span in zip(
            names, contents, put_by(str(spool.folder), contents), strict=True
        ):
            spool.add(path, span)
            self.made[path] = structs.replace(key, content=digest_of(data))


def folder_of_index(path: str) -> str:
    """The folder of the index of which a file of the site is; `` where it is of none."""
    found = _FILE.fullmatch(path)
    return found[1] if found else ""


def without_indexes(removed: Iterable[str], kept: Collection[str]) -> list[str]:
    """What was removed, in words fit for people: of indexes that are gone the folders, of those in
    the `kept` folders nothing."""
    told = ((folder_of_index(path) or path) for path in removed)
    return [path for path in dict.fromkeys(told) if path not in kept]
