"""Work that blocks, done in other threads, so that the event loop goes on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

from generator.remote_errors import Refused
from generator.retrying import Patience, in_parallel, persist

T = TypeVar("T")
Item = TypeVar("Item")


def _nothing() -> None:
    """Nothing is to be done."""


async def offload(
    executor: Executor | None, work: Callable[[], T], give_up: Callable[[], None] = _nothing
) -> T:
    """What `work` gives, done in a thread of `executor` (None: one of the event loop's). No thread
    can be stopped: who is cancelled meanwhile calls `give_up`, which may shorten the work, and
    waits for its end, so that afterwards nothing is under way."""
    done = asyncio.get_running_loop().run_in_executor(executor, work)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        give_up()
        await asyncio.wait([done])
        done.exception()  # has been seen, or asyncio would print it
        raise


async def in_batches(
    items: Sequence[Item],
    work: Callable[[Item], None],
    on_done: Callable[[Item], None],
    patience: Patience,
    executor: Executor | None = None,
    at_once: int = 8,
    size: int = 1,
) -> list[Refused]:
    """Do `work`, which blocks, for every item: `size` of them by one call of a thread, and so many
    of these at once. `on_done` is called in the event loop's thread. Otherwise it is as with
    `in_parallel`; after a lost connection, what is left of a batch is tried again."""
    refused: list[Refused] = []

    async def do_batch(batch: Sequence[Item]) -> None:
        left, done = deque(batch), deque[Item]()

        def do_some() -> None:
            while left:
                item = left.popleft()
                try:
                    work(item)
                except Refused as refusal:
                    refused.append(refusal)
                except BaseException:
                    left.appendleft(item)
                    raise
                else:
                    done.append(item)

        async def attempt() -> None:
            try:
                await offload(executor, do_some, left.clear)
            finally:
                while done:
                    on_done(done.popleft())

        await persist(patience, attempt)

    batches = [items[at : at + size] for at in range(0, len(items), size)]
    await in_parallel(batches, at_once, do_batch, lambda _batch: None)
    return sorted(refused, key=lambda refusal: refusal.path)


def again_if_lost(make: Callable[[], bool], is_made: Callable[[], bool]) -> Callable[[], bool]:
    """`make`, to be called until it is not cut off: an attempt that was may have made it, which
    `is_made` tells."""
    tried = False

    def attempt() -> bool:
        nonlocal tried
        again, tried = tried, True
        return make() or (again and is_made())

    return attempt
