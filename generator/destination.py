"""A place the site is published to, as whoever publishes sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Protocol

from msgspec import Struct

from generator.changes import Changes
from generator.deployed import Deployed
from generator.remote_errors import Refused, TargetError
from generator.site_files import LocalFile


class Order(Struct, frozen=True):
    """What is to be published: the files of the site with this `id`, at this instant. `agreed` is
    what is to be done for it, as `compare` found when it was shown and agreed to. `anew`: nothing
    is believed of what is there (see `deployed.doubting`)."""

    site: str
    made: dt.datetime
    files: Mapping[str, LocalFile]
    agreed: Changes
    anew: bool = False


class Seen(Enum):
    """What readers see."""

    OLD = "old"
    MIXED = "mixed"
    NEW = "new"
    UNKNOWN = "unknown"
    """The old or both, for a publish before did not come to its end."""


class Hearing(Struct, frozen=True):
    """Who hears how it goes: of all that is to be done, after an end in the middle less than was
    agreed to; of each step (a message id) as it begins, with what readers see from then on; of each
    file that is there or gone; and of what else is worth a line (a message id with its values)."""

    on_begin: Callable[[Changes], None]
    on_step: Callable[[str, Seen], None]
    on_sent: Callable[[LocalFile], None]
    on_deleted: Callable[[str], None]
    on_note: Callable[[str, Mapping[str, str | int]], None]


class Outcome(Struct, frozen=True):
    """How it ended: `error` is what ended it before its end, if anything did; `refused` what the
    target did not take, or did not give up. It is done when there is neither."""

    seen: Seen
    refused: tuple[Refused, ...] = ()
    error: TargetError | None = None

    @property
    def done(self) -> bool:
        return self.error is None and not self.refused


class Destination(Protocol):
    """All methods raise TargetError."""

    @property
    def was_ended(self) -> bool:
        """Whether a run of this project did not come to its end there, and may have left a lock."""

    async def look(self, wanted: Collection[str]) -> Deployed:
        """What is there (see `deployed.look`), for files of these paths. It changes nothing, and
        where the last publish ended well and nothing is new, it costs one question."""

    async def send(self, order: Order, hearing: Hearing) -> Outcome:
        """Publish. TargetError is raised only where nothing was begun: somebody else publishes, or
        has published since it was agreed; what happens later is in the outcome."""

    async def rollback(self, hearing: Hearing) -> str:
        """Show readers what they saw before the last publish; tells its name. Raises TargetError
        where nothing older is kept."""

    async def unlock(self) -> str | None:
        """Take away the lock of another who publishes; tells who it was, None where there was no
        lock."""
