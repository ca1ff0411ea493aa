"""Related meetings: which few a reader should open next, and why.

What two meetings share counts by its kind and by how rare it is in this archive; a chain or a
series ties them whatever their distance in time, the rest fades with it. Here are features alone:
nothing of names or pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import exp2, fsum, log

import numpy as np

from generator.candidates import Archive, Carried, Floats, Ints, Pairs, find_candidates
from generator.rarity import rarity
from generator.relation import MENTIONED, Feature, Features, Reason, Relation
from generator.ties import LASTING, RelatedConfig, Tie
from generator.wording import Wording, common_terms, compare_wording, likeness

NEIGHBOURS = 24
"""Of a thing carried by many meetings only these many before and after in time are candidates, so
that the work grows with the archive and not with its square."""

_NEIGHBOURS_IN_WORDING = 32
_NEAR = 8192
"""So many positions are near."""

_STEEPNESS = 4
"""What is half as rare as can be is worth a sixteenth."""

_FIRM = 1.0
"""What is worth as much ties two meetings by itself, whatever else they have in common with
others."""

_LEAST_CLOSENESS = 0.5
_TELLING_SIZE = 100
"""In an archive of fewer meetings it is little known which words are rare, and wording counts for
less."""

_LEAST_THRESHOLD = 1e-6
"""With a threshold of 0 still something is to be shared."""

_MOST_REASONS = 3
_STEPS = frozenset({Tie.PINNED, Tie.CONTINUES, Tie.CONTINUED_BY})


class Relations:
    """The relations of an archive; `meetings` are its features, oldest first.

    Pinned meetings lead, then direct steps of a thread; excluded ones never appear. Equal scores
    are ordered by nearness in time, then id.
    """

    def __init__(self, meetings: Sequence[Features], config: RelatedConfig) -> None:
        self.meetings = meetings
        self.config = config
        self.positions = {meeting.id: position for position, meeting in enumerate(meetings)}
        self.carriers = Counter(feature for meeting in meetings for feature in meeting.shared)
        self.worth = {
            feature: config.weights[feature[0]] * rarity(number, len(meetings)) ** _STEEPNESS
            for feature, number in self.carriers.items()
        }
        self.wording = compare_wording([meeting.terms for meeting in meetings])
        size = min(_TELLING_SIZE, max(len(meetings), 1))
        self._voice = config.weights[Tie.WORDING] * log(size) / log(_TELLING_SIZE)

    def closeness(self, days: int) -> float:
        """1 on the same day, falling by half of what is to lose with each half-life."""
        fallen = exp2(-abs(days) / self.config.half_life)
        return _LEAST_CLOSENESS + (1 - _LEAST_CLOSENESS) * fallen

    def step(self, one: str, other: str) -> Tie | None:
        """The tie that holds between two meetings directly, the strongest."""
        this, that = (self.meetings[self.positions[identity]] for identity in (one, other))
        if other in this.follows:
            return Tie.CONTINUES
        if one in that.follows:
            return Tie.CONTINUED_BY
        return Tie.PINNED if other in this.pinned else None

    def all(self) -> dict[str, tuple[Relation, ...]]:
        """The related meetings of each that has any, by id."""
        found = {}
        for meeting, ranked in zip(self.meetings, self._ranked(), strict=True):
            chosen = self._chosen(meeting, ranked) if meeting.pinned else ranked
            if chosen:
                found[meeting.id] = tuple(
                    Relation(self.meetings[other].id, score) for other, score in chosen
                )
        return found

    def _ranked(self) -> Iterator[list[tuple[int, float]]]:
        """For each meeting the positions and scores of the best candidates, the best first."""
        if not self.meetings:
            return
        pairs, _ = self.candidates
        rows = np.concatenate([pairs.later, pairs.earlier])
        others = np.concatenate([pairs.earlier, pairs.later])
        scores = np.concatenate([pairs.scores, pairs.scores])
        days = self._days
        by_id = np.empty(len(days), dtype=np.int64)
        by_id[sorted(range(len(days)), key=lambda p: self.meetings[p].id)] = np.arange(len(days))
        later, earlier = self._steps
        total = len(days)
        step = np.isin(pairs.later * total + pairs.earlier, later * total + earlier)
        # What a meeting continues, and what continues it, goes before whatever it shares. Scores
        # are rounded, so that the order of additions cannot decide a tie.
        keys = (
            by_id[others],
            np.abs(days[others] - days[rows]),
            -scores.round(6),
            ~np.concatenate([step, step]),
            rows,
        )
        order = np.lexsort(keys)
        starts = np.searchsorted(rows[order], np.arange(len(days) + 1)).tolist()
        for position, meeting in enumerate(self.meetings):
            last = starts[position] + self.config.limit + len(meeting.excluded)
            best = order[starts[position] : min(last, starts[position + 1])]
            ranked = zip(others[best].tolist(), scores[best].tolist(), strict=True)
            allowed = [row for row in ranked if self.meetings[row[0]].id not in meeting.excluded]
            yield allowed[: self.config.limit]

    def _chosen(
        self, meeting: Features, ranked: Sequence[tuple[int, float]]
    ) -> list[tuple[int, float]]:
        """The pinned meetings in their order, then the best of the others."""
        pins = {self.positions[i]: i for i in meeting.pinned if i in self.positions}
        chosen = [(pin, self.score(meeting.id, identity)) for pin, identity in pins.items()]
        others = [row for row in ranked if row[0] not in pins]
        return chosen + others[: max(0, self.config.limit - len(chosen))]

    @cached_property
    def candidates(self) -> tuple[Pairs, Floats]:
        """All pairs that may be related, and the bar of each meeting (see `find_candidates`)."""
        return find_candidates(self._archive(), max(self.config.threshold, _LEAST_THRESHOLD))

    @cached_property
    def _days(self) -> Ints:
        return np.array([meeting.date.toordinal() for meeting in self.meetings], dtype=np.int64)

    @cached_property
    def _steps(self) -> tuple[Ints, Ints]:
        """The later and the earlier positions of all direct steps, in order."""
        steps = {
            (max(position, other), min(position, other))
            for position, meeting in enumerate(self.meetings)
            for identity in meeting.follows
            if (other := self.positions.get(identity, position)) != position
        }
        later, earlier = np.array(sorted(steps), dtype=np.int64).reshape(-1, 2).T
        return later, earlier

    def _archive(self) -> Archive:
        days = self._days
        vague, firm, lasting = self._carried()
        later, earlier = self._steps
        return Archive(
            days=days,
            vague=self._with_wording(vague),
            firm=firm,
            lasting=lasting,
            steps=(later, earlier, np.full(len(later), self.config.weights[Tie.THREAD])),
            closeness=np.array([self.closeness(n) for n in range(days[-1] - days[0] + 1)]),
        )

    def _carried(self) -> list[Carried]:
        """What is vague, what is firm, and what lasts."""
        known = {
            feature: (2 if feature[0] in LASTING else int(worth >= _FIRM), number, worth**0.5)
            for number, (feature, worth) in enumerate(self.worth.items())
            if worth
        }
        carried: list[list[tuple[int, int, float]]] = [[], [], []]
        for position, meeting in enumerate(self.meetings):
            for feature, strength in meeting.shared.items():
                if feature in known:
                    sort, number, root = known[feature]
                    carried[sort].append((position, number, root * strength))
        found = []
        for entries in carried:
            rows, things, weights = zip(*entries, strict=True) if entries else ((), (), ())
            found.append(
                Carried(
                    np.array(rows, dtype=np.int64),
                    np.array(things, dtype=np.int64),
                    np.array(weights, dtype=np.float64),
                    np.full(len(entries), NEIGHBOURS),
                )
            )
        return found

    def _with_wording(self, carried: Carried) -> Carried:
        """What is carried, and the terms of the texts with it."""
        wording = self.wording
        rows = np.repeat(np.arange(len(self.meetings)), np.diff(wording.starts))
        after = carried.things.max(initial=-1) + 1
        return Carried(
            np.concatenate([carried.rows, rows]),
            np.concatenate([carried.things, wording.terms + after]),
            np.concatenate([carried.weights, self._voice**0.5 * wording.shares]),
            np.concatenate([carried.reach, self._reach(wording)]),
        )

    def score(self, one: str, other: str) -> float:
        """All that two meetings share."""
        return fsum(reason.weight for reason in self.ties(one, other))

    def ties(self, one: str, other: str) -> tuple[Reason, ...]:
        """Everything that adds to the score of two meetings, the strongest first."""
        this, that = (self.meetings[self.positions[identity]] for identity in (one, other))
        near = self.closeness((that.date - this.date).days)
        found = [
            self._shared(feature, this.shared[feature], that.shared[feature], near)
            for feature in this.shared.keys() & that.shared.keys()
            if self.worth[feature]
        ]
        alike = likeness(self._words(one), self._words(other))
        if alike and self._voice:
            found.append(Reason(Tie.WORDING, "", self._voice * alike * near))
        step = self.step(one, other)
        if step:
            weight = 0.0 if step is Tie.PINNED else self.config.weights[Tie.THREAD]
            found.append(Reason(step, "", weight))
        return tuple(sorted(found, key=lambda reason: (-reason.weight, reason.tie, reason.id)))

    def _reach(self, wording: Wording) -> Ints:
        """How many texts before one are looked at for each of its terms: fewer where they are far
        apart, for in a large archive most would be."""
        near = wording.spread[wording.terms] * _NEAR // max(len(self.meetings), 1)
        return np.clip(near, _NEIGHBOURS_IN_WORDING // 4, _NEIGHBOURS_IN_WORDING)

    def bar(self, one: str, other: str) -> float:
        """What two meetings without a firm tie must reach together."""
        _, bars = self.candidates
        return float(bars[self.positions[one]] + bars[self.positions[other]]) / 2

    def is_firm(self, one: str, other: str) -> bool:
        """Whether what two meetings share of what few have, or what lasts, is enough by itself."""
        firm = (
            reason.weight
            for reason in self.ties(one, other)
            if reason.tie in LASTING or self._worth_of(reason) >= _FIRM
        )
        return fsum(firm) >= self.config.threshold

    def _worth_of(self, reason: Reason) -> float:
        tie = Tie.OFFICIAL if reason.tie is Tie.MENTION else reason.tie
        return self.worth.get((tie, reason.id), 0.0)

    def _shared(self, feature: Feature, one: float, other: float, near: float) -> Reason:
        tie, identity = feature
        weight = self.worth[feature] * one * other
        if tie is Tie.OFFICIAL and min(one, other) <= MENTIONED:
            tie = Tie.MENTION
        return Reason(tie, identity, weight if tie in LASTING else weight * near)

    def common_terms(self, one: str, other: str) -> tuple[str, ...]:
        """The words and phrases two texts share that few others say, the weightiest first."""
        return common_terms(self._words(one), self._words(other))

    @cached_property
    def spread(self) -> dict[str, int]:
        """How many texts say each term."""
        return dict(zip(self.wording.vocabulary, self.wording.spread.tolist(), strict=False))

    @cached_property
    def _said(self) -> Callable[[int], dict[str, float]]:
        return self.wording.by_text()

    def _words(self, identity: str) -> dict[str, float]:
        return self._said(self.positions[identity])

    def reasons(self, one: str, other: str) -> tuple[Reason, ...]:
        """What a reader of one meeting is told of another, the strongest first."""
        found = self.ties(one, other)
        direct = [reason for reason in found if reason.tie in _STEPS]
        # A direct step of a thread says all that the thread says.
        said = _STEPS | {Tie.THREAD} if direct else _STEPS
        others = [reason for reason in found if reason.tie not in said]
        # What adds next to nothing is no reason a reader would give.
        others = [reason for reason in others if reason.weight >= others[0].weight / 8]
        return tuple((direct + others)[:_MOST_REASONS])
