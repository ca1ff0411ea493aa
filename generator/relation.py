"""What makes two meetings related: what each can share, and the ties that are found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from generator.ties import Tie

Feature = tuple[Tie, str]

MENTIONED = 0.3
"""How strongly a meeting has an official whom its text only names."""


class Features(Struct, frozen=True):
    """What a meeting can share with another. `shared` maps (kind, id) to how strongly the meeting
    has it, up to 1: a chair counts for more than an attendee; `terms` are what its text says, as
    `terms.count_terms` gives it."""

    id: str
    date: dt.date
    shared: Mapping[Feature, float]
    terms: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()


class Reason(Struct, frozen=True):
    """Why two meetings are related, and how much of the score that is. `id` is that of the shared
    thing, `` where the tie itself says it."""

    tie: Tie
    id: str
    weight: float


class Relation(Struct, frozen=True):
    """A meeting that another is related to; the reasons are asked for when they are shown."""

    id: str
    score: float
