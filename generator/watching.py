"""Tells the preview which files have changed, once they are at rest."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from stat import S_ISREG

from msgspec import Struct

from generator.observing import Hint, Observing, Root, is_watched, linked_roots, roots_of
from generator.problems import N_
from generator.scanning import numbers_of
from generator.settling import Settling, Sign, Stat
from generator.standing import Stock, take_stock

NO_ROOM = N_(
    "the system has no room for watching more folders (on Linux: fs.inotify.max_user_watches and "
    "fs.inotify.max_user_instances), so changes are seen about a second later"
)
NO_NEWS = N_("the system cannot tell of changes here, so they are seen about a second later")

_PAUSE = 2.0
"""Seconds between two looks around, at least; `_PAUSE_ALONE` where there is nothing else."""
_PAUSE_ALONE = 0.5
_SHARE = 50
"""So many times as long as the work of a look around is the pause after it."""
_SHARE_ALONE = 10
_END = 0.3
"""Seconds for which the end of the threads is waited for."""


class _Survey(Struct, frozen=True):
    """The stat of each file that counts, and where it is on disk, by path; the folders that links
    in themes lead to."""

    stats: dict[str, Stat]
    places: dict[str, str]
    linked: tuple[Root, ...]


class Watch:
    """Calls `on_change` with the paths, as in `scanning.Found`, of the files that have come or
    gone, or whose bytes may be others, when they are at rest; `on_notice` with the id of a message
    where changes will be seen later than usual.

    `on_change` is called from a thread of the watch, one call at a time, and must not raise. What
    changes meanwhile is in the next call.
    """

    def __init__(
        self,
        project: Path,
        on_change: Callable[[frozenset[str]], None],
        on_notice: Callable[[str], None] | None = None,
    ) -> None:
        self._project = Path(os.path.abspath(project))
        self._on_change = on_change
        self._on_notice = on_notice
        self._inbox: SimpleQueue[Hint | _Survey | None] = SimpleQueue()
        self._places: dict[str, str] = {}
        self._linked: tuple[Root, ...] = ()
        self._settling = Settling(self, {})
        self._observing: Observing | None = None
        self._is_alone = False
        self._untold: set[str] = set()
        self._locks = _git_locks(self._project)
        self._stopped = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self, stock: Stock | None = None) -> None:
        """Tell from now on what changes; with a stock, also what has changed since it was taken."""
        self._reach()
        survey = self._survey_of(stock or take_stock(self._project))
        self._settling.known.update(survey.stats)
        self._follow(survey)
        self._threads = (
            threading.Thread(target=self._run, name="watch", daemon=True),
            threading.Thread(
                target=self._look_around, args=(stock is None,), name="look-around", daemon=True
            ),
        )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; waits for a moment until they have."""
        self._stopped.set()
        self._inbox.put(None)
        until = time.monotonic() + _END
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))
        if self._observing is not None:
            self._observing.stop()

    # What `settling` asks of the disk.

    def look(self, path: str) -> Stat | None:
        """The stat of a file; None where there is none."""
        try:
            found = os.stat(self._places[path])
        except (OSError, ValueError):
            return None
        return numbers_of(found) if S_ISREG(found.st_mode) else None

    def survey(self) -> list[str]:
        """The paths of all files that are not as they are known to be."""
        self._reach()
        try:
            survey = self._survey_of(take_stock(self._project))
        except OSError:  # a folder is just being moved; there will be another look around
            return []
        return self._compare(survey)

    # The thread that tells.

    def _run(self) -> None:
        while self._take_in():
            lock = self._lock() if self._settling.is_busy else None
            batch = self._settling.settle(time.monotonic(), lock)
            if batch:
                self._on_change(batch)
            if not self._untold.isdisjoint(batch):
                # The system may have lost count of the folders, as watchdog does of moved ones.
                self._reach(anew=True)
                self._settling.note_folder(time.monotonic())
                self._untold.clear()

    def _take_in(self) -> bool:
        """Wait until something comes or is due, and take in all there is; False at the end."""
        again = self._settling.again_at
        timeout = None if again is None else max(0.0, again - time.monotonic())
        with suppress(Empty):
            item = self._inbox.get(timeout=timeout)
            while not self._stopped.is_set():
                self._note(item)
                item = self._inbox.get_nowait()
        return not self._stopped.is_set()

    def _note(self, item: Hint | _Survey | None) -> None:
        now = time.monotonic()
        if isinstance(item, _Survey):
            # While something is going on, it would be found half done; the next one will do.
            if not self._settling.is_busy:
                self._untold = set(self._compare(item))
                for path in self._untold:
                    self._settling.note(path, Sign.UNTOLD, now)
        elif item is not None and item.sign is not None:
            self._untold.discard(item.path)
            self._places[item.path] = item.real_path
            self._settling.note(item.path, item.sign, item.at)
        elif item is not None:
            self._settling.note_folder(item.at)

    def _compare(self, survey: _Survey) -> list[str]:
        """The paths of files that are not as they are known to be, also when looked at again."""
        known = self._settling.known
        if survey.stats == known:
            return []
        self._follow(survey)
        paths = [path for path, stat in survey.stats.items() if known.get(path) != stat]
        paths += [path for path in known if path not in survey.stats]
        return [path for path in paths if self.look(path) != known.get(path)]

    def _follow(self, survey: _Survey) -> None:
        """Know where files are, and watch where links lead to."""
        self._places.update(survey.places)
        self._linked = survey.linked
        self._reach()

    def _reach(self, anew: bool = False) -> None:
        """Let the system tell of the folders there are now. Where that fails, it is begun anew, and
        given up if it fails again."""
        failure: Exception | None = None
        roots = (*roots_of(self._project), *self._linked)
        for _ in range(0 if self._is_alone or self._stopped.is_set() else 2):
            if self._observing is not None and (anew or failure):
                self._observing.stop()
                self._observing = None
            anew = False
            try:
                self._observing = self._observing or Observing(self._inbox.put)
                self._observing.reach(roots)
                return
            except Exception as error:  # of watchdog, which has its own kinds on each system
                failure = error
        if failure is not None:
            self._give_up(failure)

    def _give_up(self, failure: Exception) -> None:
        self._is_alone = True
        if self._observing is not None:
            self._observing.stop()
            self._observing = None
        if self._on_notice is not None:
            is_full = isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EMFILE)
            self._on_notice(NO_ROOM if is_full else NO_NEWS)

    def _lock(self) -> object:
        """What tells the lock of Git there is from any other; None where there is none."""
        for lock in self._locks:
            with suppress(OSError):
                found = os.stat(lock)
                return found.st_ino, found.st_mtime_ns
        return None

    # The thread that looks around.

    def _look_around(self, is_fresh: bool) -> None:
        """Look at all files again and again, for what nobody told: what was changed on another
        machine, or was too much at once. Meanwhile the other thread need not wait."""
        pause = _PAUSE if is_fresh and not self._is_alone else 0.0
        while not self._stopped.wait(pause):
            begun, work = time.monotonic(), time.thread_time()
            with suppress(OSError):
                self._inbox.put(self._survey_of(take_stock(self._project)))
            # Most of the time it takes may be waiting, for another machine or another thread.
            work = time.thread_time() - work
            least, share = (_PAUSE_ALONE, _SHARE_ALONE) if self._is_alone else (_PAUSE, _SHARE)
            pause = max(least, share * work, 2 * (time.monotonic() - begun))

    def _survey_of(self, stock: Stock) -> _Survey:
        listing = stock.listing
        numbers = listing.stats
        stats = dict(
            zip(
                listing.paths,
                zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True),
                strict=True,
            )
        )
        places = dict(zip(listing.paths, listing.real_paths, strict=True))
        for path in listing.paths:
            if not path.startswith("content/") and not is_watched(path):
                del stats[path], places[path]
        return _Survey(stats, places, linked_roots(self._project, places))


def _git_locks(project: Path) -> tuple[Path, ...]:
    """The files that Git has while it changes the files of a project, or of its content."""
    found = (_git_folder(start) for start in (project, Path(os.path.realpath(project / "content"))))
    return tuple(dict.fromkeys(folder / "index.lock" for folder in found if folder))


def _git_folder(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        git = folder / ".git"
        if git.is_dir():
            return git
        with suppress(OSError, UnicodeDecodeError):
            # Of a working tree beside others, or a module in another repository.
            kind, _, place = git.read_text("utf-8").partition(":")
            if kind == "gitdir":
                return folder / place.strip()
    return None
