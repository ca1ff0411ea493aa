"""Making the files of a remote those of the site, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from generator.changes import Changes, entry_of, pending_of
from generator.deployed import BASE, MANIFEST, PENDING, Deployed, Entry, Manifest, encode
from generator.destination import Hearing, Order, Outcome, Seen
from generator.problems import N_
from generator.remote import Remote, sweep
from generator.remote_errors import Refused, TargetError
from generator.site_files import LocalFile

_UNCERTAIN = Entry("", -1)


async def send(
    remote: Remote,
    order: Order,
    deployed: Deployed,
    changes: Changes,
    hearing: Hearing,
    check: Callable[[], Awaitable[None]],
) -> Outcome:
    """Make `changes` at a remote on which `deployed` is, and write the manifest at the end. Between
    two steps `check` may raise TargetError, so as to end it.

    It may end after any of them: the next run finds what is there. Where a file of a step was
    refused, no later step is begun, for its pages might lead to that file.
    """
    seen = Seen.UNKNOWN if deployed.unfinished else Seen.OLD
    hearing.on_begin(changes)
    try:
        if deployed.unfinished:
            await sweep(remote)
        await remote.write(PENDING, encode(pending_of(order.site, changes, deployed)))
        await remote.move(MANIFEST, BASE)
        if changes.cleared:
            seen = Seen.MIXED
            hearing.on_step(N_("making room"), seen)
            refused = await remote.delete_all(changes.cleared, hearing.on_deleted)
            if refused:
                return Outcome(seen, tuple(refused))
        for step in changes.steps:
            seen = Seen.MIXED if step.seen else seen
            hearing.on_step(step.title, seen)
            refused = await remote.put_all(step.files, hearing.on_sent)
            if refused:
                return Outcome(seen, tuple(refused))
            await check()
        seen, refused = Seen.NEW, []
        if changes.deleted:
            hearing.on_step(N_("removing"), seen)
            refused = await remote.delete_all(changes.deleted, hearing.on_deleted)
            if changes.twins:
                refused += await remote.put_all(changes.twins, _unheard)
            await check()
        await remote.write(MANIFEST, encode(_manifest(order, deployed, refused)))
        await asyncio.gather(remote.discard(BASE), remote.discard(PENDING))
    except TargetError as error:
        return Outcome(seen, error=error)
    return Outcome(seen, tuple(refused))


def _unheard(_file: LocalFile) -> None:
    """It has been heard of when it was sent first."""


def _manifest(order: Order, deployed: Deployed, refused: list[Refused]) -> Manifest:
    """What is there at the end: the site, and what could not be removed, which is still ours."""
    files = {path: entry_of(file) for path, file in order.files.items()}
    left = {refusal.path: deployed.files.get(refusal.path, _UNCERTAIN) for refusal in refused}
    return Manifest(order.site, f"{order.made:%Y-%m-%dT%H:%M:%SZ}", {**files, **left})
