"""Related meetings: which few a reader should open next, and why.

What two meetings share counts by kind and by how rare it is in this archive; a chain or a series
ties them whatever their distance in time, the rest fades with it. `relate` looks at features alone
and knows neither names nor pages.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from heapq import nsmallest
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


Feature = tuple[Tie, str]


class Features(Struct, frozen=True):
    """What a meeting can share with another. `shared` maps (kind, id) to how strongly the meeting
    has it, up to 1: a chair counts for more than an attendee."""

    id: str
    date: dt.date
    shared: Mapping[Feature, float]
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
    Tie.PINNED: 0.0,
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


class _Carriers(Struct):
    """The meetings that carry a feature, oldest first, and how strongly each does."""

    positions: list[int]
    strengths: list[float]


class _Archive:
    """The meetings indexed by what they carry."""

    def __init__(self, meetings: Sequence[Features]) -> None:
        self.meetings = meetings
        self.positions = {meeting.id: position for position, meeting in enumerate(meetings)}
        self.days = [meeting.date.toordinal() for meeting in meetings]
        self.carriers: dict[Feature, _Carriers] = {}
        self.followers: dict[str, list[str]] = defaultdict(list)
        for position, meeting in enumerate(meetings):
            for feature, strength in meeting.shared.items():
                carriers = self.carriers.get(feature)
                if carriers is None:
                    carriers = self.carriers[feature] = _Carriers([], [])
                carriers.positions.append(position)
                carriers.strengths.append(strength)
            for earlier in meeting.follows:
                self.followers[earlier].append(meeting.id)
        self.worth = {
            feature: WEIGHTS[feature[0]] * rarity(len(carriers.positions), len(meetings))
            for feature, carriers in self.carriers.items()
            if len(carriers.positions) > 1
        }
        span = self.days[-1] - self.days[0] if meetings else 0
        self.closeness = [closeness(days) for days in range(span + 1)]

    def steps(self, meeting: Features) -> dict[int, Tie]:
        """Ties that hold between two meetings directly, for each other meeting the strongest."""
        named = (
            (Tie.PINNED, meeting.pinned),
            (Tie.CONTINUED_BY, self.followers.get(meeting.id, ())),
            (Tie.CONTINUES, meeting.follows),
        )
        return {self.positions[i]: tie for tie, ids in named for i in ids if i in self.positions}

    def near(self, feature: Feature, position: int) -> Iterable[tuple[int, float]]:
        """The carriers of a feature that are candidates for the meeting at `position`."""
        carriers = self.carriers[feature]
        positions, strengths = carriers.positions, carriers.strengths
        if len(positions) > 2 * NEIGHBOURS:
            at = bisect_left(positions, position)
            window = slice(max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1)
            positions, strengths = positions[window], strengths[window]
        return zip(positions, strengths, strict=True)

    def scores(self, position: int, steps: Mapping[int, Tie]) -> dict[int, float]:
        """The score of every candidate for the meeting at `position`."""
        fading: dict[int, float] = defaultdict(float)
        lasting: dict[int, float] = defaultdict(float)
        for feature, strength in self.meetings[position].shared.items():
            weight = self.worth.get(feature, 0.0) * strength
            if weight:
                scores = lasting if feature[0] in LASTING else fading
                for other, theirs in self.near(feature, position):
                    scores[other] += weight * theirs
        for other, tie in steps.items():
            lasting[other] += WEIGHTS[tie]
        day, days, near = self.days[position], self.days, self.closeness
        for other, score in fading.items():
            # Nearness only ever lowers a score, and most candidates are out of the running already.
            if score + lasting.get(other, 0.0) >= THRESHOLD:
                lasting[other] += score * near[abs(days[other] - day)]
        lasting.pop(position, None)
        return lasting

    def choose(self, position: int, scores: Mapping[int, float], limit: int) -> list[int]:
        """The positions of the best candidates: pins first, then those over the threshold."""
        meeting = self.meetings[position]
        pinned_here = [pin for pin in meeting.pinned if pin in self.positions]
        pins = {pin: order for order, pin in enumerate(pinned_here)}
        ranked = []
        for other, score in scores.items():
            that = self.meetings[other]
            pinned = pins.get(that.id, len(pins))
            if (score >= THRESHOLD or that.id in pins) and that.id not in meeting.excluded:
                days = abs((that.date - meeting.date).days)
                # Rounded, so that the order of additions cannot decide a tie.
                ranked.append((pinned, -round(score, 6), days, that.id, other))
        return [row[-1] for row in nsmallest(max(limit, len(pins)), ranked)]

    def reasons(self, meeting: Features, other: Features, step: Tie | None) -> tuple[Reason, ...]:
        """What two meetings share, the strongest first, at most three."""
        near = closeness((other.date - meeting.date).days)
        found = []
        for feature, strength in meeting.shared.items():
            weight = self.worth.get(feature, 0.0) * strength * other.shared.get(feature, 0.0)
            # A direct step of a thread says all that the thread says.
            if weight and not (step and feature[0] is Tie.THREAD):
                fades = 1.0 if feature[0] in LASTING else near
                found.append(Reason(feature[0], feature[1], weight * fades))
        found.sort(key=lambda reason: (-reason.weight, reason.tie, reason.id))
        # What adds next to nothing is no reason a reader would give.
        found = [reason for reason in found if reason.weight >= found[0].weight / 8]
        if step:
            found.insert(0, Reason(step, "", WEIGHTS[step]))
        return tuple(found[:3])


def relate(meetings: Sequence[Features], limit: int) -> dict[str, tuple[Relation, ...]]:
    """The related meetings of each, best first, by id.

    `meetings` come oldest first. Pinned ones lead, excluded ones never appear; equal scores are
    ordered by nearness in time, then id. A meeting with none is not in the result.
    """
    archive = _Archive(meetings)
    result = {}
    for position, meeting in enumerate(meetings):
        steps = archive.steps(meeting)
        # Adding up scores is the whole cost, so reasons wait until it is known who is shown.
        scores = archive.scores(position, steps)
        chosen = archive.choose(position, scores, limit)
        if chosen:
            result[meeting.id] = tuple(
                Relation(
                    meetings[other].id,
                    scores[other],
                    (meetings[other].date - meeting.date).days,
                    archive.reasons(meeting, meetings[other], steps.get(other)),
                )
                for other in chosen
            )
    return result
