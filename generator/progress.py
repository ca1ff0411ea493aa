"""A progress bar for work that takes longer than a second, where somebody looks on."""

from __future__ import annotations

import time
from typing import TextIO

from generator.i18n import Translator

_PATIENCE = 1.0
"""Seconds after which it is shown."""

_PAUSE = 0.1
"""Seconds between two changes of it."""

_WIDTH = 30


class ProgressBar:
    """Told again and again how far the work is, it draws one line on a terminal, over itself."""

    def __init__(self, stream: TextIO, translator: Translator) -> None:
        self._stream = stream
        self._translator = translator
        self._next = time.monotonic() + _PATIENCE if stream.isatty() else float("inf")
        self._drawn = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`stage` is a message id; `done` of `total` parts of it are done."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        filled = _WIDTH * done // total if total else 0
        number = self._translator.number
        words = (
            f"{'█' * filled}{'░' * (_WIDTH - filled)} "
            f"{self._translator.gettext(stage)} {number(done)}/{number(total)}"
        )
        self._stream.write(f"\r{words.ljust(self._drawn)}")
        self._stream.flush()
        self._drawn = len(words)

    def clear(self) -> None:
        """Take the line away, before anything else is printed."""
        if self._drawn:
            self._stream.write(f"\r{' ' * self._drawn}\r")
            self._stream.flush()
            self._drawn = 0
