"""When files that change have come to rest: hints with their times go in, batches come out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from math import inf
from typing import Protocol

Stat = tuple[int, int, int]
"""Size and times of a file (see `scanning.FileStat`)."""

QUIET = 0.004
"""Seconds without a hint after which a single file that is whole may go."""
QUIET_EACH = 0.006
"""Seconds that each further file adds to this, as more of them may follow."""
QUIET_FOLDER = 0.02
QUIET_LONGEST = 0.3
CLOSELY = 0.05
"""Seconds after a batch within which a hint counts as going on with the same."""
STEADY = 0.03
"""Seconds for which a file must look the same, where nothing tells that it is whole."""
GONE = 0.2
"""Seconds after which it is believed that a file has gone, or has nothing in it: when an editor
saves, it may be only for a moment."""
OPEN = 2.0
"""Seconds for which the next write or the closing of a file is waited for."""
BURST = 2.0
BURST_EACH = 0.02
"""Seconds after which what is at rest goes without the rest; and for each file of it."""
LONGEST = 10.0
"""Seconds after which any file, and any burst, is believed to be what it is."""
LOCKED = 2.0
"""Seconds without a hint after which a lock is taken for one that was left behind."""
LOCK_PAUSE = 0.02
UNSURE = 0.1
"""Seconds within which a file may be written again and have the same stat."""
UNSURE_COARSE = 2.0
"""The same, where the file system knows no parts of a second."""


class Sign(Enum):
    """What a hint says of a file."""

    WRITTEN = auto()
    """It is being written, and its closing will be told."""
    WHOLE = auto()
    """It was closed, put in its place as it is, or taken away."""
    TOUCHED = auto()
    """Something about it is new, but not what is in it."""
    UNTOLD = auto()
    """It may be anything, and nothing will tell when it is whole."""


class Disk(Protocol):
    """What there is to ask of the file system."""

    def look(self, path: str) -> Stat | None:
        """The stat of a file; None where there is none."""

    def survey(self) -> Iterable[str]:
        """The paths of all files that are not as they are known to be."""


class _Change:
    """What is known of a file since the first hint of it."""

    __slots__ = ("first", "last", "open", "seen", "since", "told", "written")

    def __init__(self, now: float) -> None:
        self.first = self.last = self.since = now
        self.written = inf
        self.open = False
        self.told = True
        self.seen: Stat | str | None = "not yet"

    def note(self, sign: Sign, now: float) -> None:
        self.last = max(self.last, now)
        if sign is not Sign.TOUCHED:
            self.written = self.last
            self.open = sign is Sign.WRITTEN
            self.told = sign is not Sign.UNTOLD

    def look_at(self, stat: Stat | None, now: float) -> None:
        if stat != self.seen:
            self.seen, self.since = stat, now

    def rest_at(self, missing: bool) -> float:
        """When it is to be believed, if nothing more happens to it."""
        if self.open:
            rest = self.last + OPEN
        elif missing:
            rest = self.last + GONE
        else:
            rest = self.last + QUIET if self.told else self.since + STEADY
        return min(rest, self.first + LONGEST)


class Settling:
    """Collects hints until what they speak of is at rest. Hints are only hints: a file has changed
    if its stat is not the `known` one, which is then put in there. Knows no clock: every call says
    what time it is. After each, `again_at` is when to call `settle` at the latest."""

    def __init__(self, disk: Disk, known: dict[str, Stat]) -> None:
        self.known = known
        self.again_at: float | None = None
        self._disk = disk
        self._changes: dict[str, _Change] = {}
        # Those that went on for so long that the others went without them.
        self._late: set[str] = set()
        self._surveying = False
        # Of the burst that is going on: its first hint and last, how many files changed.
        self._first: float | None = None
        self._last = 0.0
        self._count = 1
        # How many batches came closely one after the other, and when the last did.
        self._streak = 0
        self._gone_at = -inf
        self._unsure: dict[str, float] = {}
        self._stale_lock: object = None

    @property
    def is_busy(self) -> bool:
        return self._first is not None or bool(self._changes)

    def note(self, path: str, sign: Sign, now: float) -> None:
        """Take a hint of a file."""
        change = self._changes.get(path)
        if change is None:
            change = self._changes[path] = _Change(now)
        change.note(sign, now)
        if path not in self._late:
            self._go_on(now)

    def note_folder(self, now: float) -> None:
        """Take a hint of a folder, after which everything is to be looked at."""
        self._surveying = True
        self._go_on(now)

    def _go_on(self, now: float) -> None:
        if self._first is None:
            self._first = self._last = now
            self._streak = self._streak + 1 if now - self._gone_at < CLOSELY else 0
        self._last = max(self._last, now)
        if self.again_at is None:
            self.again_at = self._last + QUIET

    def settle(self, now: float, lock: object = None) -> frozenset[str]:
        """The paths of a batch, if one is due. `lock` tells of somebody who is changing many files
        and will take it away when all is done; None where there is no such lock."""
        if self._first is not None:
            due = min(self._last + self._quiet(), self._first + self._longest())
            if now < due:
                self.again_at = due
                return frozenset()
            if self._is_locked(lock, self._first, now):
                return frozenset()
            if self._surveying:
                self._surveying = False
                for path in self._disk.survey():
                    if path not in self._changes:
                        self.note(path, Sign.UNTOLD, now)
        found, waiting = self._look(now)
        if self._first is not None:
            self._count = max(1, len(found.keys() - self._late))
            timely = [rest for path, rest in waiting.items() if path not in self._late]
            due = max([self._last + self._quiet(), *timely]) if found else now
            due = min(due, self._first + self._longest())
            if now < due:
                self.again_at = due
                return frozenset()
        return self._let_go(found, waiting, now)

    def _quiet(self) -> float:
        quiet = (QUIET + QUIET_EACH * (self._count - 1)) * 4.0 ** min(self._streak, 8)
        return min(QUIET_LONGEST, max(quiet, QUIET_FOLDER) if self._surveying else quiet)

    def _longest(self) -> float:
        return min(LONGEST, BURST + BURST_EACH * self._count)

    def _is_locked(self, lock: object, first: float, now: float) -> bool:
        """Whether to wait for a lock. One that stays is not waited for again."""
        if lock is None or lock == self._stale_lock:
            return False
        until = min(self._last + LOCKED, first + LONGEST)
        if now < until:
            self.again_at = min(now + LOCK_PAUSE, until)
            return True
        self._stale_lock = lock
        return False

    def _look(self, now: float) -> tuple[dict[str, Stat | None], dict[str, float]]:
        """The files that have changed, and when those of them are to be believed that are not
        yet. What there were only hints of is forgotten."""
        found: dict[str, Stat | None] = {}
        waiting: dict[str, float] = {}
        for path, change in tuple(self._changes.items()):
            stat, known = self._disk.look(path), self.known.get(path)
            change.look_at(stat, now)
            is_empty = stat is not None and stat[0] == 0 and (known is None or known[0] > 0)
            rest = change.rest_at(stat is None or is_empty)
            is_open = change.open and rest > now
            is_sure = change.written > self._unsure.get(path, -inf)
            if stat == known and is_sure and not is_open:
                del self._changes[path]
                continue
            found[path] = stat
            if rest > now:
                waiting[path] = rest
        return found, waiting

    def _let_go(
        self, found: dict[str, Stat | None], waiting: dict[str, float], now: float
    ) -> frozenset[str]:
        self._unsure = {path: until for path, until in self._unsure.items() if until > now}
        for path in found.keys() - waiting.keys():
            del self._changes[path]
            stat = found[path]
            if stat is None:
                self.known.pop(path, None)
                continue
            self.known[path] = stat
            is_coarse = stat[1] % 10**9 == stat[2] % 10**9 == 0
            self._unsure[path] = now + (UNSURE_COARSE if is_coarse else UNSURE)
        self._late = set(waiting)
        self._first = None
        self._count = 1
        self.again_at = min(waiting.values(), default=None)
        batch = frozenset(found.keys() - waiting.keys())
        if batch:
            self._gone_at = now
        return batch
