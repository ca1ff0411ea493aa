"""What is to be done for the tabs of the preview, in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from generator.connections import Connection, Key

Errand: TypeAlias = Key | list[Connection]
"""A page to show to those who look at it, or tabs to tell of the state."""

_AT_ONCE = 32
"""Tabs told before others may have their turn."""


class Errands:
    """Those of one view, with the thread that asks the desk for its pages."""

    def __init__(self) -> None:
        self.asker = ThreadPoolExecutor(1, "preview-hub")
        self._tasks: deque[Errand] = deque()
        self._filled = asyncio.Event()

    def add(self, key: Key, first: bool = False) -> None:
        """Show a page too; `first`, before all else."""
        if key not in self._tasks:
            (self._tasks.appendleft if first else self._tasks.append)(key)
            self._filled.set()

    def replace(self, tasks: Iterable[Errand]) -> None:
        """Do these, and no longer what has not been done."""
        self._tasks = deque(tasks)
        self._filled.set()

    def tells(self) -> bool:
        """Whether there are tabs that have not been told."""
        return any(isinstance(task, list) for task in self._tasks)

    async def next(self) -> Errand:
        while not self._tasks:
            self._filled.clear()
            await self._filled.wait()
        return self._tasks.popleft()


def batches(connections: Sequence[Connection]) -> Iterator[list[Connection]]:
    """Tabs, a few at a time."""
    for first in range(0, len(connections), _AT_ONCE):
        yield list(connections[first : first + _AT_ONCE])
