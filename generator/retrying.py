"""Trying again what a bad connection has spoilt, and doing many things at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from generator.remote_errors import Dropped, Refused

T = TypeVar("T")
Item = TypeVar("Item")


def _unheard(_trouble: Dropped, _pause: float) -> None:
    """Nobody is told."""


class Patience(Struct, frozen=True):
    """`pauses`: seconds before each new attempt; `timeout`: seconds without any sign after which a
    connection counts as lost; `on_trouble` hears of what went wrong, and how long is waited."""

    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8, 15)
    timeout: float = 60
    on_trouble: Callable[[Dropped, float], None] = _unheard


async def persist(patience: Patience, attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` gives, tried anew after each Dropped as long as there are pauses left."""
    for pause in patience.pauses:
        try:
            return await attempt()
        except Dropped as trouble:
            patience.on_trouble(trouble, pause)
            await asyncio.sleep(pause)
    return await attempt()


async def in_parallel(
    items: Sequence[Item],
    at_once: int,
    work: Callable[[Item], Awaitable[None]],
    on_done: Callable[[Item], None],
) -> list[Refused]:
    """Do `work` for every item, so many at once; `on_done` hears of each that is done.

    Gives what was refused, in order of path, and goes on with the others. Any other error ends it,
    when what is under way has ended too.
    """
    refused: list[Refused] = []
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            try:
                await work(item)
            except Refused as refusal:
                refused.append(refusal)
            else:
                on_done(item)

    workers = [asyncio.ensure_future(worker()) for _ in range(min(at_once, len(items)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return sorted(refused, key=lambda refusal: refusal.path)
