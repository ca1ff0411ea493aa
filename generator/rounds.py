"""The thread in which the preview works by itself, and which no failure ends."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from generator.agenda import IDLE, Agenda
from generator.write import locked_if_free

_MOST_SAVES = 20
_SOON = 0.2
_MOST_MISSED = 20
"""So often in turn a file may be gone that was there a moment ago."""


class Stopped(Exception):
    """Nobody waits any more for what is being worked out."""


class Rounds:
    """Works when the agenda says so, and tidies up when it is quiet. `begin`, `work` and `tidy` are
    told whether this is the only preview of the project, which `lock` shows. `on_failure` is told
    once of each failure; the work is then tried again."""

    def __init__(
        self,
        agenda: Agenda,
        lock: Path,
        begin: Callable[[], object],
        work: Callable[[bool], object],
        tidy: Callable[[bool], object],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self.is_working = True
        self.open_files = ExitStack()
        self._agenda = agenda
        self._lock = lock
        self._begin, self._work, self._tidy = begin, work, tidy
        self._on_failure = on_failure
        self._failure = ""
        self._missed = 0
        self._saves = 0
        self._thread = threading.Thread(target=self._run, name="preview", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def count_save(self) -> None:
        """Look after memory however fast saves come: what shows pages is full of circles. Not in
        the middle of work, whose many new objects would all have to be looked through."""
        self._saves += 1
        if not self.is_working and not self._agenda.is_asked:
            self._free()

    def _free(self) -> None:
        if self._saves >= _MOST_SAVES:
            self._saves = 0
            gc.collect()

    def fail(self, error: Exception) -> None:
        """Say what has failed, once."""
        if str(error) != self._failure:
            self._failure = str(error)
            with suppress(Exception):
                self._on_failure(error)

    def _run(self) -> None:
        gc.disable()  # for it would take its time in the middle of anything
        try:
            with self.open_files:
                self._go_on(self._is_alone())
        finally:
            gc.enable()

    def _is_alone(self) -> bool:
        try:
            return self.open_files.enter_context(locked_if_free(self._lock))
        except OSError as error:  # nothing can be kept there, and all else works
            self.fail(error)
            return False

    def _go_on(self, alone: bool) -> None:
        self._try(self._begin)
        if self._agenda.is_asked:
            self._agenda.wait()
        while not self._agenda.stopped:
            self.is_working = True
            if self._try(lambda: self._work(alone)):
                self._missed, self._failure = 0, ""
            self.is_working = False
            self._free()
            while self._agenda.wait():
                self._try(lambda: self._tidy(alone))
                gc.unfreeze()
                gc.collect()
                # Nearly all there is now stays: the next time there is little to look through.
                gc.freeze()

    def _try(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except Stopped:
            return False
        except FileNotFoundError as error:
            # It was there a moment ago: somebody is at work.
            self._missed += 1
            if self._missed > _MOST_MISSED:
                self.fail(error)
            self._agenda.ask(_SOON if self._missed <= _MOST_MISSED else IDLE)
        except Exception as error:
            # A full disk, say: nothing else shall end with it.
            self.fail(error)
            self._agenda.ask(IDLE)
        else:
            return True
        return False
