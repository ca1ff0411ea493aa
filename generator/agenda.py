"""When there is something to do: work that was asked for, what time brings, tidying up."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable

from generator.standing import instant

IDLE = 2.0
"""After so many quiet seconds there is time to tidy up."""

_LATEST = 30.0
"""After so many seconds it is time, quiet or not."""

_LONG = 60.0


class Agenda:
    """What a thread waits for. Whoever changes it holds `awake`, and wakes that thread with it."""

    def __init__(self, moments: Callable[[], Iterable[dt.datetime | None]]) -> None:
        """At `moments` there is work by itself, as things become public, or late."""
        self._moments = moments
        self.awake = threading.Condition(threading.RLock())
        self.stopped = False
        self._due: float | None = None
        self._untidy_since: float | None = None
        self._began = instant()

    @property
    def is_asked(self) -> bool:
        return self._due is not None

    def ask(self, seconds: float = 0.0) -> None:
        """Let work begin, so many seconds after it was last asked for."""
        with self.awake:
            self._due = time.monotonic() + seconds
            self.awake.notify_all()

    def begin(self) -> None:
        """Begin with what was asked for."""
        with self.awake:
            self._due = None
            self._began = instant()
            self.soil()

    def soil(self) -> None:
        """Let there be tidying up when it is quiet."""
        with self.awake:
            if self._untidy_since is None:
                self._untidy_since = time.monotonic()
            self.awake.notify_all()

    def stop(self) -> None:
        self.stopped = True
        if self.awake.acquire(timeout=0.1):  # which may be held by work that takes long
            self.awake.notify_all()
            self.awake.release()

    def wait(self) -> bool:
        """Wait until work is to begin, or it is time to tidy up, which the answer tells."""
        with self.awake:
            while not self.stopped:
                seconds = self._seconds()
                if seconds <= 0:
                    return False
                woken = self.awake.wait(seconds)
                if not self.is_asked and self._is_time_to_tidy(quiet=not woken):
                    self._untidy_since = None
                    return True
        return False

    def _is_time_to_tidy(self, quiet: bool) -> bool:
        since = self._untidy_since
        return since is not None and (quiet or time.monotonic() - since > _LATEST)

    def _seconds(self) -> float:
        """How long there is nothing to do."""
        seconds = _LONG if self._untidy_since is None else IDLE
        if self._due is not None:
            seconds = min(seconds, self._due - time.monotonic())
        now = instant()
        for moment in self._moments():
            if moment is not None and moment > self._began:
                seconds = min(seconds, (moment - now).total_seconds())
        return seconds
