"""Related meetings: which few a reader should open next, and why.

What two meetings share counts by kind and by how rare it is in this archive; a chain or a series
ties them whatever their distance in time, the rest fades with it. `relate` looks at features alone
and knows neither names nor pages.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import exp, log

from msgspec import Struct


class Tie(StrEnum):
    """A kind of thing two meetings may share."""

    PINNED = "pinned"
    CONTINUES = "continues"
    CONTINUED_BY = "continued-by"
    THREAD = "thread"
    SERIES = "series"
    OFFICIAL = "official"
    TOPIC = "topic"
    ORGANISATION = "organisation"
    PLACE = "place"


class Features(Struct, frozen=True):
    """What a meeting can share with another. `shared` maps (kind, id) to how strongly the meeting
    has it, up to 1: a chair counts for more than an attendee."""

    id: str
    date: dt.date
    shared: Mapping[tuple[Tie, str], float]
    follows: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()


class Reason(Struct, frozen=True):
    """Why two meetings are related: the shared thing's id, or `` where the tie itself says it."""

    tie: Tie
    id: str
    weight: float


class Relation(Struct, frozen=True):
    """`reasons` are the strongest first, at most three; `days` from this meeting to the other."""

    id: str
    score: float
    days: int
    reasons: tuple[Reason, ...]


WEIGHTS: Mapping[Tie, float] = {
    Tie.CONTINUES: 6.0,
    Tie.CONTINUED_BY: 6.0,
    Tie.THREAD: 4.0,
    Tie.SERIES: 3.0,
    Tie.OFFICIAL: 2.5,
    Tie.TOPIC: 1.2,
    Tie.ORGANISATION: 0.8,
    Tie.PLACE: 1.0,
}
LASTING = frozenset({Tie.CONTINUES, Tie.CONTINUED_BY, Tie.THREAD, Tie.SERIES})
THRESHOLD = 0.55
NEIGHBOURS = 24
"""Of a feature carried by many meetings only these many before and after in time are candidates, so
that the work grows with the archive and not with its square."""


def rarity(carriers: int, total: int) -> float:
    """1 for what one meeting alone carries, 0 for what most carry."""
    if carriers * 2 > total + 1:
        return 0.0
    return 1 - log(carriers) / log(max(total, 2))


def closeness(days: int) -> float:
    """1 on the same day, about a half after half a year, never under a fifth."""
    return 0.2 + 0.8 * exp(-abs(days) / 180)


def relate(meetings: Sequence[Features], limit: int) -> dict[str, tuple[Relation, ...]]:
    """The related meetings of each, best first, by id.

    `meetings` come oldest first. Pinned ones lead, excluded ones never appear; equal scores are
    ordered by nearness in time, then id. A meeting with none is not in the result.
    """
    positions = {meeting.id: position for position, meeting in enumerate(meetings)}
    carriers: dict[tuple[Tie, str], list[int]] = defaultdict(list)
    for position, meeting in enumerate(meetings):
        for feature in meeting.shared:
            carriers[feature].append(position)
    places = {
        feature: {position: place for place, position in enumerate(found)}
        for feature, found in carriers.items()
        if len(found) > 2 * NEIGHBOURS
    }
    worth = {
        feature: WEIGHTS[feature[0]] * rarity(len(found), len(meetings))
        for feature, found in carriers.items()
        if len(found) > 1
    }
    followers: dict[str, list[str]] = defaultdict(list)
    for meeting in meetings:
        for earlier in meeting.follows:
            followers[earlier].append(meeting.id)

    result = {}
    for position, meeting in enumerate(meetings):
        reasons: dict[int, list[Reason]] = defaultdict(list)
        for feature, strength in meeting.shared.items():
            weight = worth.get(feature, 0.0)
            if not weight:
                continue
            found = carriers[feature]
            if feature in places:
                at = places[feature][position]
                found = found[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
            for other in found:
                if other != position:
                    both = strength * meetings[other].shared[feature]
                    reasons[other].append(Reason(feature[0], feature[1], weight * both))
        for tie, ids in (
            (Tie.CONTINUES, meeting.follows),
            (Tie.CONTINUED_BY, followers.get(meeting.id, ())),
            (Tie.PINNED, meeting.pinned),
        ):
            for other_id in ids:
                if other_id in positions:
                    weight = WEIGHTS.get(tie, 0.0)
                    reasons[positions[other_id]].append(Reason(tie, "", weight))
        relations = [
            _relation(meeting, meetings[other], found)
            for other, found in reasons.items()
            if meetings[other].id not in meeting.excluded and other != position
        ]
        chosen = [r for r in relations if r.score >= THRESHOLD or r.reasons[0].tie is Tie.PINNED]
        if chosen:
            pins = {pin: order for order, pin in enumerate(meeting.pinned)}
            last = len(pins)
            chosen.sort(key=lambda r: (pins.get(r.id, last), -r.score, abs(r.days), r.id))
            result[meeting.id] = tuple(chosen[: max(limit, last)])
    return result


def _relation(meeting: Features, other: Features, reasons: list[Reason]) -> Relation:
    days = (other.date - meeting.date).days
    near = closeness(days)
    weighed = [
        r if r.tie in LASTING else Reason(r.tie, r.id, r.weight * near) for r in reasons
    ]
    # A direct step of a thread says all that the thread says.
    if any(r.tie in (Tie.CONTINUES, Tie.CONTINUED_BY) for r in weighed):
        weighed = [r for r in weighed if r.tie is not Tie.THREAD]
    weighed.sort(key=lambda r: (r.tie is not Tie.PINNED, -r.weight, r.tie, r.id))
    return Relation(other.id, sum(r.weight for r in weighed), days, tuple(weighed[:3]))
