"""What a terminal shows of files on their way."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from generator.i18n import Translator
from generator.problems import N_

_PAUSE = 0.1
"""Seconds between two changes of it."""

_WIDTH = 24
_SETTLED = 1.0
"""Seconds after which a rate says something."""


def size_in_words(size: float, translator: Translator) -> str:
    """`12 kB`, `3,4 MB`: thousands of bytes, as disks and networks count."""
    units = ["GB", "MB", "kB", "B"]
    while size >= 999.5 and len(units) > 1:
        size /= 1000
        units.pop()
    unit = units[-1]
    if unit == "B" or size >= 99.5:
        return f"{translator.number(round(size))} {unit}"
    return f"{translator.decimal(size)[:-1]} {unit}"


def span_in_words(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class TransferBar:
    """Told of each file that has been sent or removed, it draws one line on a terminal, over
    itself: how much is done, how fast it goes and how long it will take."""

    def __init__(self, stream: TextIO, translator: Translator) -> None:
        self._stream = stream
        self._translator = translator
        self._shows = stream.isatty()
        self._start = self._next = time.monotonic()
        self._files = self._size = self._all_files = self._all_size = 0
        self._stage = ""
        self._drawn = 0

    def begin(self, files: int, size: int) -> None:
        """So many files are to be sent or removed, those to be sent of so many bytes."""
        self._start = self._next = time.monotonic()
        self._all_files, self._all_size = files, size

    def enter(self, stage: str) -> None:
        """What is being done now; a message id."""
        self._stage = self._translator.gettext(stage)
        if self._shows:
            self._draw(time.monotonic() - self._start)

    def add(self, size: int) -> None:
        """One more file is done, of so many bytes."""
        self._files += 1
        self._size += size
        now = time.monotonic()
        if self._shows and now >= self._next:
            self._next = now + _PAUSE
            self._draw(now - self._start)

    def clear(self) -> None:
        """Take the line away, before anything else is printed."""
        if self._drawn:
            self._write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def _draw(self, seconds: float) -> None:
        filled = _WIDTH * self._files // max(self._all_files, 1)
        number = self._translator.number
        words = [f"{number(self._files)}/{number(self._all_files)}"]
        if self._size:
            done = size_in_words(self._size, self._translator)
            words.append(f"{done}/{size_in_words(self._all_size, self._translator)}")
        if seconds >= _SETTLED:
            words += self._pace(seconds)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        # A line that is longer than the terminal cannot be drawn over.
        most = shutil.get_terminal_size().columns - 1
        line = f"{bar} {self._stage} {' · '.join(words)}"[:most]
        self._write(f"\r{line.ljust(self._drawn)}")
        self._drawn = len(line)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal has gone; the work goes on
            self._shows = False

    def _pace(self, seconds: float) -> list[str]:
        rate = size_in_words(self._size / seconds, self._translator)
        # Small files take as long as their number, large ones as their size.
        shares = [self._files / self._all_files] if self._all_files else []
        shares += [self._size / self._all_size] if self._all_size else []
        share = sum(shares) / len(shares)
        left = seconds / share - seconds if share else 0.0
        text = self._translator.gettext(N_("{time} left"))
        return [f"{rate}/s", text.format(time=span_in_words(left))]
