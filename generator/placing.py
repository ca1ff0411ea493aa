"""The site of a remote: in its place, or in releases of which a link shows one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection

from msgspec import structs

from generator.changes import compare
from generator.deployed import MANIFEST, Deployed, doubting, look
from generator.destination import Hearing, Order, Outcome, Seen
from generator.problems import N_
from generator.remote import Linking, Remote
from generator.remote_errors import TargetError
from generator.sending import send
from generator.site_files import LocalFile
from generator.target_lock import LOCK, Hold, LockRecord, held, lock_owner

_INCOMING = "incoming"
"""What is on its way; behind a hyphen, the release it was copied from."""

_COPYING = "copying"
_REMOVING = "removing-"
_LINK_TEST = "link-test"
_RELEASE = re.compile(r"\d{8}-\d{6}(?:\.\d{6})?")

Clock = Callable[[], dt.datetime]
"""The instant in UTC."""


class InPlace:
    """A site whose files are replaced one by one."""

    def __init__(self, remote: Remote, record: LockRecord, clock: Clock) -> None:
        self._remote = remote
        self._record = record
        self._clock = clock

    @property
    def was_ended(self) -> bool:
        return bool(self._record.ids())

    async def look(self, wanted: Collection[str]) -> Deployed:
        return await look(self._remote, wanted)

    async def send(self, order: Order, hearing: Hearing) -> Outcome:
        async with held(self._remote, self._record, self._clock) as hold:
            _tell_broken(hold, hearing)
            deployed = await _look_again(self._remote, order)
            hearing = _awake(hearing, hold)
            return await send(self._remote, order, deployed, order.agreed, hearing, hold.check)

    async def rollback(self, hearing: Hearing) -> str:
        raise TargetError(
            N_("this target keeps no releases to go back to"),
            N_("put the older content back, and publish it"),
        )

    async def unlock(self) -> str | None:
        owner = await lock_owner(self._remote)
        await self._remote.discard(LOCK)
        return owner.who if owner else None


class Releases:
    """A site in releases, each a folder of its own; the site's folder is a link to one of them.

    `remote` is the folder in which that of the site, `name`, is. What is on its way is in one more
    folder, a copy of the release readers see (by hard links) with the changes made in it.
    """

    def __init__(
        self, remote: Linking, name: str, keep: int, record: LockRecord, clock: Clock
    ) -> None:
        self._remote = remote
        self._name = name
        self._site = remote.within(name)
        self._store = remote.within(f"{name}.releases")
        self._keep = keep
        self._record = record
        self._clock = clock

    @property
    def was_ended(self) -> bool:
        return bool(self._record.ids())

    async def look(self, wanted: Collection[str]) -> Deployed:
        return await look(self._site, wanted)

    async def can_link(self) -> bool:
        """Whether links can be made here."""
        try:
            await self._store.switch(_LINK_TEST, _INCOMING)
            await self._store.discard(_LINK_TEST)
        except TargetError:
            return False
        return True

    async def current(self) -> str | None:
        """The release readers see; None where there is none, or something else in its place."""
        folder, _, release = (await self._remote.link_of(self._name) or "").rpartition("/")
        ours = folder == f"{self._name}.releases" and _RELEASE.fullmatch(release)
        return release if ours else None

    async def send(self, order: Order, hearing: Hearing) -> Outcome:
        async with held(self._store, self._record, self._clock) as hold:
            _tell_broken(hold, hearing)
            await _look_again(self._site, order)
            current = await self.current()
            if current is None and await self._remote.link_of(self._name) is not None:
                raise TargetError(
                    N_("something else stands where the link to the releases is to be: {name}"),
                    N_("move it away, or write “releases = false”"),
                    name=self._name,
                )
            hearing = _awake(hearing, hold)
            try:
                folder = await self._prepare(current)
                incoming = self._store.within(folder)
                there = await look(incoming, order.files)
                there = doubting(there) if order.anew else there
                changes = compare(order.files, there)
                outcome = await send(incoming, order, there, changes, _unseen(hearing), hold.check)
                if not outcome.done:
                    return structs.replace(outcome, seen=Seen.OLD)
                release = _new_name(order.made, await self._releases())
                await self._store.move_folder(folder, release)
                await self._show(release)
            except TargetError as error:
                return Outcome(Seen.OLD, error=error)
            hearing.on_step(N_("old releases"), Seen.NEW)
            try:
                await self._prune(current, release)
            except TargetError as error:
                hearing.on_note(
                    N_("Old releases could not be removed: {detail}"), {"detail": str(error)}
                )
            return Outcome(Seen.NEW)

    async def rollback(self, hearing: Hearing) -> str:
        async with held(self._store, self._record, self._clock) as hold:
            _tell_broken(hold, hearing)
            current = await self.current()
            for name in reversed(await self._releases()):
                if current and name < current and await self._is_whole(name):
                    await self._show(name)
                    return name
            raise TargetError(N_("there is no older release to go back to"))

    async def unlock(self) -> str | None:
        owner = await lock_owner(self._store)
        await self._store.discard(LOCK)
        return owner.who if owner else None

    async def _releases(self) -> list[str]:
        """From the oldest to the newest."""
        return sorted(filter(_RELEASE.fullmatch, await self._store.folders("")))

    async def _is_whole(self, release: str) -> bool:
        return await self._store.read(f"{release}/{MANIFEST}") is not None

    async def _prepare(self, current: str | None) -> str:
        """A folder for what is on its way: the one a run that was ended has left, if the release it
        was copied from is still the current one; else a copy of that, with all that others have put
        into it. It is empty where there is none, or it cannot be copied."""
        wanted = f"{_INCOMING}-{current}" if current else _INCOMING
        folders = await self._store.folders("")
        for folder in folders:
            if folder.startswith((_INCOMING, _COPYING, _REMOVING)) and folder != wanted:
                await self._store.remove_tree(folder)
        if current is not None and wanted not in folders:
            if await self._store.copy_tree(current, _COPYING):
                await self._store.move_folder(_COPYING, wanted)
            else:
                await self._store.remove_tree(_COPYING)
        return wanted

    async def _show(self, release: str) -> None:
        await self._remote.switch(self._name, f"{self._name}.releases/{release}")

    async def _prune(self, before: str | None, shown: str) -> None:
        """Remove old releases, and those readers were taken back from. What is half removed counts
        no more as a release."""
        releases = await self._releases()
        undone = [name for name in releases if before and before < name < shown]
        kept = [name for name in releases if name not in undone]
        for release in (*undone, *kept[: -self._keep]):
            await self._store.move_folder(release, _REMOVING + release)
            await self._store.remove_tree(_REMOVING + release)


class Undecided:
    """A site whose folder tells how it is placed: a link to a release, a folder, or nothing yet,
    where there will be releases if links can be made."""

    def __init__(self, releases: Releases, in_place: InPlace, remote: Linking, name: str) -> None:
        self._releases = releases
        self._in_place = in_place
        self._remote = remote
        self._name = name

    @property
    def was_ended(self) -> bool:
        return self._in_place.was_ended

    async def look(self, wanted: Collection[str]) -> Deployed:
        return await self._in_place.look(wanted)

    async def send(self, order: Order, hearing: Hearing) -> Outcome:
        way = await self._way_there()
        if way is None:
            way = self._releases if await self._releases.can_link() else self._in_place
        return await way.send(order, hearing)

    async def rollback(self, hearing: Hearing) -> str:
        return await (await self._way_there() or self._in_place).rollback(hearing)

    async def unlock(self) -> str | None:
        # The first publish may have been ended before there was anything to tell the way by.
        return await self._in_place.unlock() or await self._releases.unlock()

    async def _way_there(self) -> Releases | InPlace | None:
        """How the site is placed that is there; None where there is none yet."""
        if await self._releases.current() is not None:
            return self._releases
        return None if await self._remote.link_of(self._name) is None else self._in_place


def _tell_broken(hold: Hold, hearing: Hearing) -> None:
    if hold.broken is not None:
        values = {"who": hold.broken.who, "since": f"{hold.broken.since:%Y-%m-%d %H:%M} UTC"}
        hearing.on_note(
            N_("The lock of {who}, who began {since} and did not come to an end, is taken over."),
            values,
        )


def _awake(hearing: Hearing, hold: Hold) -> Hearing:
    """The same, but that it ends the work where the lock may be another's."""

    def on_sent(file: LocalFile) -> None:
        hearing.on_sent(file)
        hold.check_awake()

    def on_deleted(path: str) -> None:
        hearing.on_deleted(path)
        hold.check_awake()

    return structs.replace(hearing, on_sent=on_sent, on_deleted=on_deleted)


def _unseen(hearing: Hearing) -> Hearing:
    """The same, but that readers see nothing of it."""
    return structs.replace(hearing, on_step=lambda title, _seen: hearing.on_step(title, Seen.OLD))


async def _look_again(site: Remote, order: Order) -> Deployed:
    """What is there now. Raises TargetError where what was agreed to is no longer what is to be
    done."""
    deployed = await look(site, order.files)
    deployed = doubting(deployed) if order.anew else deployed
    if compare(order.files, deployed) != order.agreed:
        raise TargetError(
            N_("somebody else has published there in the meantime"), N_("publish again")
        )
    return deployed


def _new_name(made: dt.datetime, releases: list[str]) -> str:
    """A name that is last in order, even where clocks differ."""
    name = f"{made:%Y%m%d-%H%M%S}"
    newest = releases[-1] if releases else ""
    if name > newest:
        return name
    stem, _, number = newest.partition(".")
    return f"{stem}.{int(number or 0) + 1:06}"
