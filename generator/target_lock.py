"""The lock at a target: who is publishing there, and since when, so that two never do at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import getpass
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Set
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from generator.problems import N_
from generator.remote import STATE, Remote, sweep
from generator.remote_errors import TargetError
from generator.sealed import load_sealed, save_sealed
from generator.write import locked_if_free

LOCK = f"{STATE}/lock.json"

_SIGN_EVERY = 60
"""Seconds between two signs of life of who holds the lock."""

_DEAD_AFTER = 30 * 60
"""Seconds without one after which nobody is thought to hold it: a computer that slept, or a clock
that is wrong by some minutes, is not yet gone."""

_FORMAT = "1"
_WATCH = 90.0
"""Seconds for which a lock that seems dead is watched: clocks may differ, but a sign of life
changes what is in it."""

_ATTEMPTS = 5
_PAUSE = 2.0
_PATIENCE = 10.0
"""Seconds given, three times, to who is making or removing a lock."""


class Owner(Struct, frozen=True):
    """Who holds a lock: `id` is drawn anew for each; `since` and `seen` (the last sign of life) are
    instants in UTC."""

    id: str
    who: str
    since: dt.datetime
    seen: dt.datetime

    def silence(self, now: dt.datetime) -> float:
        """Seconds since the last sign of life."""
        return (now - self.seen).total_seconds()


class Locked(TargetError):
    """Somebody else is publishing to the target."""

    def __init__(self, owner: Owner, now: dt.datetime) -> None:
        super().__init__(
            N_("{who} is publishing there, since {minutes} min; last sign of life {seconds} s ago"),
            N_("wait; after {limit} minutes without a sign, or with --unlock, publishing goes on"),
            who=owner.who,
            minutes=max(0, int((now - owner.since).total_seconds() // 60)),
            seconds=max(0, int(owner.silence(now))),
            limit=_DEAD_AFTER // 60,
        )


class Lost(TargetError):
    """The lock is no longer ours."""

    def __init__(self) -> None:
        super().__init__(
            N_("somebody else has taken over the lock at the target"),
            N_("publish again when they have ended"),
        )


class Slept(TargetError):
    """So much time has gone by that the lock may be another's."""

    def __init__(self) -> None:
        super().__init__(
            N_("this computer gave no sign of life for long while it was publishing"),
            N_("publish again"),
        )


class Busy(TargetError):
    """Another process publishes this project to the target."""

    def __init__(self) -> None:
        super().__init__(
            N_("another “bulletin publish” of this project is at work there"),
            N_("wait until it has ended"),
        )


class LockRecord:
    """Where this project keeps the ids of locks it may hold at a target, so that it knows its own
    after it was killed."""

    def __init__(self, folder: Path, target: str) -> None:
        self._path = folder / f"publishing-{target}"

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Tell other processes of this project that its lock is in use while the block runs. Raises
        Busy where another does."""
        with locked_if_free(self._path.with_name(f"{self._path.name}.lock")) as is_free:
            if not is_free:
                raise Busy
            yield

    def ids(self) -> frozenset[str]:
        return frozenset(load_sealed(self._path, _FORMAT, list[str]) or ())

    def keep(self, ids: Set[str]) -> None:
        """Whoever is killed while this is kept has kept either what it was or what it is to be."""
        if ids:
            save_sealed(self._path, _FORMAT, sorted(ids))
        else:
            self._path.unlink(missing_ok=True)


class Hold:
    """A lock that is held. `broken` is the owner whose lock was taken over, if there was one."""

    def __init__(
        self,
        remote: Remote,
        owner: Owner,
        broken: Owner | None,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._remote = remote
        self._now = now
        self.owner = owner
        self.broken = broken
        self._awake = now()
        self._slept = self._lost = False

    async def check(self) -> None:
        """Raises Lost where somebody has taken it over."""
        if not await self._is_ours():
            raise Lost

    def check_awake(self) -> None:
        """Raises Slept where others may soon think that nobody holds it, Lost where it is known to
        be another's. It asks nobody, so it can be called after every file: a computer that slept
        goes on where it was."""
        now = self._now()
        if (now - self._awake).total_seconds() > _DEAD_AFTER / 2:
            self._slept = True
        self._awake = now
        if self._slept:
            raise Slept
        if self._lost:
            raise Lost

    async def keep_alive(self) -> None:
        """Give a sign of life again and again, until it is cancelled or the lock is lost."""
        while True:
            await asyncio.sleep(_SIGN_EVERY)
            with suppress(Slept):
                self.check_awake()  # a file may take long: then nobody else asks
            with suppress(TargetError):  # what it means, the work itself will find
                if not await self._is_ours():
                    self._lost = True
                    return
                owner = structs.replace(self.owner, seen=self._now())
                await self._remote.write(LOCK, msgspec.json.encode(owner))

    async def release(self) -> None:
        if await self._is_ours():
            await self._remote.discard(LOCK)

    async def _is_ours(self) -> bool:
        owner = await lock_owner(self._remote)
        return owner is not None and owner.id == self.owner.id


async def lock_owner(remote: Remote) -> Owner | None:
    """Who holds the lock; None where nobody does, or who cannot be told."""
    return _owner_in(await remote.read(LOCK))


def _owner_in(data: bytes | None) -> Owner | None:
    try:
        owner = msgspec.json.decode(data, type=Owner) if data else None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    is_dated = (
        owner is not None and owner.since.tzinfo is not None and owner.seen.tzinfo is not None
    )
    return owner if is_dated else None


@asynccontextmanager
async def held(
    remote: Remote, record: LockRecord, now: Callable[[], dt.datetime]
) -> AsyncIterator[Hold]:
    """Hold the lock while the block runs. One of our own that a killed run has left, or one without
    a sign of life for long, is taken over. Raises Locked where another holds it, Busy where that is
    a process of this project."""
    with record.at_work():
        was_ended = bool(record.ids())
        me = _myself(now())
        try:
            hold = await _acquire(remote, me, record, now)
        except asyncio.CancelledError:
            with suppress(TargetError):
                await Hold(remote, me, None, now).release()
            raise
        signs = asyncio.ensure_future(hold.keep_alive())
        try:
            if was_ended:
                await sweep(remote)
            yield hold
        finally:
            signs.cancel()
            with suppress(asyncio.CancelledError):
                await signs
            with suppress(TargetError):  # the next run of this project knows it for its own
                await hold.release()
                record.keep(frozenset())


async def _acquire(
    remote: Remote, me: Owner, record: LockRecord, now: Callable[[], dt.datetime]
) -> Hold:
    former = record.ids()
    record.keep(former | {me.id})
    broken = None
    for attempt in range(_ATTEMPTS):
        if await remote.create(LOCK, msgspec.json.encode(me)):
            hold = Hold(remote, me, broken, now)
            if attempt and (broken is None or broken.id not in former):
                # Two may have found it dead: the second to remove it has removed the first's.
                await asyncio.sleep(_PAUSE)
                await hold.check()
            return hold
        data = await remote.read(LOCK)
        owner = _owner_in(data)
        if owner is None and attempt < _ATTEMPTS - 2:
            await asyncio.sleep(_PATIENCE)  # just made, or just removed
            continue
        if owner is not None:
            if owner.id == me.id:  # the answer was lost, the lock was made
                return Hold(remote, me, broken, now)
            # A folder that two computers share has what both have kept.
            is_ours = owner.id in former and owner.who == me.who
            if not is_ours and not await _is_dead(remote, data, owner, now()):
                record.keep(former)
                raise Locked(owner, now())
            broken = owner
        await remote.discard(LOCK)
    raise Lost


async def _is_dead(remote: Remote, data: bytes | None, owner: Owner, now: dt.datetime) -> bool:
    if owner.silence(now) < _DEAD_AFTER:
        return False
    await asyncio.sleep(_WATCH)
    return await remote.read(LOCK) == data


def _myself(now: dt.datetime) -> Owner:
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # containers and services may have no user
        user = "?"
    return Owner(secrets.token_hex(8), f"{user}@{socket.gethostname()}", now, now)
