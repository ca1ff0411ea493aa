"""Work shared among processes, with results in the order of the tasks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST = 61
"""More processes Windows cannot wait for."""


class Workers:
    """Up to `jobs` processes, started when there is first work for them.

    What is done must not depend on which process does it. Where this one has other threads, they
    have to be started `anew`: a copy of it would have their locks, and not them.
    """

    def __init__(self, jobs: int, anew: bool = False) -> None:
        self.jobs = min(jobs, _MOST)
        self.anew = anew
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the processes; for new work new ones are started."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], here: int = 0
    ) -> Iterator[Result]:
        """What `work` makes of each task, in their order. Few tasks are in the works at a time, so
        that neither they nor their results fill the memory. This process does all of them where
        there is one job, and the first `here` of them where no other is started yet, for starting
        some takes as long."""
        waiting: deque[tuple[Task, Future[Result] | None]] = deque()
        for number, task in enumerate(tasks):
            if self.jobs == 1 or (number < here and self._pool is None):
                yield work(task)
                continue
            waiting.append((task, self._submit(work, task)))
            if len(waiting) > 2 * self.jobs:
                yield self._result(work, *waiting.popleft())
        while waiting:
            yield self._result(work, *waiting.popleft())

    def _submit(self, work: Callable[[Task], Result], task: Task) -> Future[Result] | None:
        """The work given to a process; None where there is none any more."""
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        if self._pool is None:
            context = get_context("spawn" if self.anew else None)
            self._pool = ProcessPoolExecutor(self.jobs, context, initializer=_begin)
        try:
            return self._pool.submit(work, task)
        except BrokenProcessPool:
            return None

    def _result(
        self, work: Callable[[Task], Result], task: Task, future: Future[Result] | None
    ) -> Result:
        from concurrent.futures.process import BrokenProcessPool

        try:
            if future:
                return future.result()
        except BrokenProcessPool:
            # A process was killed, perhaps for want of memory. Another may still be at this task,
            # and both would write the same files.
            if self._pool is not None:
                self._pool.shutdown(wait=True)
        return work(task)


def _begin() -> None:
    """What a worker process does first: leave Ctrl-C to the process that started it, end with it,
    however that ends, and do without the collector as it does."""
    import gc
    import os
    import signal
    from multiprocessing import connection, parent_process
    from threading import Thread

    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            connection.wait([parent.sentinel])
            os._exit(1)

    Thread(target=follow, daemon=True).start()
