"""What the preview says on the terminal: the same as in the browser, in few lines."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path
from typing import TextIO

from generator.i18n import Translator
from generator.preview_records import Fault, State
from generator.problems import N_, Place, line_of
from generator.progress import ProgressBar
from generator.urls import quoted

_MOST_SAVED = 5


class Terminal:
    """Lines about states, each thing said once. It may be told from any thread."""

    def __init__(self, out: TextIO, err: TextIO, translator: Translator, address: str) -> None:
        """`address` is that of the preview; problems go to `err`, all else to `out`."""
        self._out = out
        self._err = err
        self._translator = translator
        self._address = address
        self._bar = ProgressBar(err, translator)
        self._lock = threading.Lock()
        self._state = State(-1)
        self._errors: set[str] = set()
        self._warnings = 0

    def waiting(self, stage: str, done: int, total: int) -> None:
        """How far the first reading is, in words."""
        with self._lock:
            self._bar(stage, done, total)

    def say(self, state: State) -> None:
        """What is new in a state: files saved, errors, that there are none any more, and the number
        of warnings."""
        with self._lock:
            if state.number < self._state.number:
                return
            before, self._state = self._state, state
            self._bar.clear()
            # What follows from a change comes in a state of its own, about the same files.
            if state.saved and (before.settled or state.saved != before.saved):
                self._say_saved(state)
            self._say_errors(state)
            if state.settled and state.warnings != self._warnings:
                self._warnings = state.warnings
                if state.warnings:
                    self._line(self._out, self._warning_words(state.warnings))

    def note(self, text: str) -> None:
        """Something worth a line; a message id."""
        with self._lock:
            self._bar.clear()
            self._line(self._out, self._translator.gettext(text))

    def failed(self, error: Exception) -> None:
        """What should not have happened: what the system refuses, or for those who can mend it
        what it is and where."""
        if isinstance(error, OSError):
            words = self._translator.gettext(N_("The work failed: {detail}")).format(detail=error)
        else:
            last = traceback.extract_tb(error.__traceback__)[-1:]
            words = " – ".join(
                [
                    f"{type(error).__name__}: {error}",
                    *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last),
                ]
            )
        with self._lock:
            self._bar.clear()
            self._line(self._err, words)

    def _say_saved(self, state: State) -> None:
        say = self._translator.gettext
        for saved in state.saved[:_MOST_SAVED]:
            if saved.url is None:
                words = say(N_("Saved: {file}")).format(file=saved.path)
            else:
                words = say(N_("Saved: {file}, shown at {address}")).format(
                    file=saved.path, address=self._address + quoted(saved.url, False)
                )
            self._line(self._out, words)
        more = state.saved_total - min(len(state.saved), _MOST_SAVED)
        if more > 0:
            words = say(N_("… and {count} more files")).format(count=self._translator.number(more))
            self._line(self._out, words)

    def _say_errors(self, state: State) -> None:
        errors = {self._fault_line(fault): None for fault in state.faults if fault.is_error}
        for line in errors:
            if line not in self._errors:
                self._line(self._err, line)
        if not state.settled:
            # Errors may be missing that are not looked for yet.
            self._errors |= errors.keys()
            return
        if self._errors and not errors and not state.errors:
            self._line(self._out, self._translator.gettext(N_("No errors any more")))
        self._errors = set(errors)

    def _fault_line(self, fault: Fault) -> str:
        place = Place(fault.path, fault.line, fault.column)
        return line_of(place, "", fault.text, fault.hint, fault.code)

    def _warning_words(self, count: int) -> str:
        words = self._translator.ngettext(
            "{count} warning; the preview lists it.",
            "{count} warnings; the preview lists them.",
            count,
        )
        return words.format(count=self._translator.number(count))

    def _line(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(f"{text}\n")
            stream.flush()
        except (OSError, ValueError):  # nobody reads it any more
            return
