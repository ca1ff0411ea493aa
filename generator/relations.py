"""Related meetings, and the ties of any two: what pages and `bulletin explain` ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from heapq import nlargest

from msgspec import Struct

from generator.archive import State, feature_key
from generator.ledger import Ledger
from generator.relation import MENTIONED, Feature, Reason, Relation
from generator.rows import bar_between
from generator.ties import LASTING, Tie
from generator.weighing import FIRM
from generator.wording import HEAVIEST, common_terms

_MOST_REASONS = 3
_KEPT = 2048
_STEPS = frozenset({Tie.PINNED, Tie.CONTINUES, Tie.CONTINUED_BY})


class _Common(Struct, frozen=True):
    """What two meetings have in common: the ties by shared things with what each weighs on the same
    day, what each term of both texts adds to their likeness, and that likeness."""

    shared: Sequence[tuple[Tie, str, float]]
    terms: Mapping[int, float]
    alike: float


class Relations:
    """The relations of an archive, computed as a whole or revised since.

    Pinned meetings lead, then direct steps of a thread; excluded ones never appear.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.config = state.archive.config
        self.ledger = Ledger(state)
        # Most related meetings are so to each other, and are asked about from either side.
        self._in_common = lru_cache(_KEPT)(self._find_common)

    def all(self) -> dict[str, tuple[Relation, ...]]:
        """The related meetings of each that has any, by id."""
        ids = self.ledger.ids
        found = ((identity, self.of_position(p)) for p, identity in enumerate(ids))
        return {
            identity: tuple(Relation(ids[other], score) for other, score in related)
            for identity, related in found
            if related
        }

    def of(self, identity: str) -> tuple[Relation, ...]:
        """The related meetings of one: the pinned ones in their order, then the best of others."""
        ledger = self.ledger
        related = self.of_position(ledger.positions[identity])
        return tuple(Relation(ledger.ids[other], score) for other, score in related)

    def of_position(self, position: int) -> list[tuple[int, float]]:
        """The same by positions: those of the related meetings, and their scores."""
        listed = self.ledger.listed(position)
        pins = self.state.archive.pinned.get(position, ())
        if pins:
            chosen = [(pin, self._score(position, pin)) for pin in pins]
            others = [row for row in listed if row[0] not in pins]
            listed = chosen + others[: max(0, self.config.limit - len(chosen))]
        return listed

    def score(self, one: str, other: str) -> float:
        """All that two meetings share."""
        return self._score(*self._pair(one, other))

    def _score(self, one: int, other: int) -> float:
        fading = lasting = 0.0
        common = self._common(one, other)
        for tie, _, weight in common.shared:
            if tie in LASTING:
                lasting += weight
            else:
                fading += weight
        if self.ledger.step(one, other) in (Tie.CONTINUES, Tie.CONTINUED_BY):
            lasting += self.config.weights[Tie.THREAD]
        fading += common.alike
        return fading * self.ledger.near(one, other) + lasting

    def ties(self, one: str, other: str) -> tuple[Reason, ...]:
        """Everything that adds to the score of two meetings, the strongest first."""
        this, that = self._pair(one, other)
        near = self.ledger.near(this, that)
        common = self._common(this, that)
        found = [
            Reason(tie, identity, weight if tie in LASTING else weight * near)
            for tie, identity, weight in common.shared
        ]
        if common.alike:
            found.append(Reason(Tie.WORDING, "", common.alike * near))
        step = self.ledger.step(this, that)
        if step:
            weight = 0.0 if step is Tie.PINNED else self.config.weights[Tie.THREAD]
            found.append(Reason(step, "", weight))
        return tuple(sorted(found, key=lambda reason: (-reason.weight, reason.tie, reason.id)))

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

    def common_terms(self, one: str, other: str) -> tuple[str, ...]:
        """The words and phrases two texts share that few others say, the weightiest first."""
        terms = self._common(*self._pair(one, other)).terms
        # To spell all of them would take longer than all the rest.
        least = min(nlargest(HEAVIEST, terms.values()), default=0.0)
        key = self.ledger.key
        return common_terms(
            {key(number): weight for number, weight in terms.items() if weight and weight >= least}
        )

    def step(self, one: str, other: str) -> Tie | None:
        """The tie that holds between two meetings directly, the strongest."""
        return self.ledger.step(*self._pair(one, other))

    def bar(self, one: str, other: str) -> float:
        """What two meetings without a firm tie must reach together."""
        return bar_between(self.ledger, *self._pair(one, other))

    def is_firm(self, one: str, other: str) -> bool:
        """Whether what two meetings share of what few have, or what lasts, is enough by itself."""
        this, that = self._pair(one, other)
        near = self.ledger.near(this, that)
        firm = 0.0
        for tie, identity, weight in self._common(this, that).shared:
            if tie in LASTING:
                firm += weight
            else:
                feature = (Tie.OFFICIAL if tie is Tie.MENTION else tie, identity)
                firm += weight * near if self.worth(feature) >= FIRM else 0.0
        if self.ledger.step(this, that) in (Tie.CONTINUES, Tie.CONTINUED_BY):
            firm += self.config.weights[Tie.THREAD]
        return firm >= self.config.threshold

    def excludes(self, one: str, other: str) -> bool:
        """Whether the editors of one meeting do not want the other with it."""
        this, that = self._pair(one, other)
        return that in self.state.archive.excluded.get(this, ())

    def features(self, identity: str) -> frozenset[Feature]:
        """What a meeting can share, but for the terms of its text."""
        ledger = self.ledger
        features, _ = ledger.parted(ledger.positions[identity])
        return frozenset(map(ledger.feature, features))

    def carriers(self, feature: Feature) -> int:
        """How many meetings carry something."""
        number = self.ledger.number(feature_key(feature))
        return 0 if number is None else self.ledger.count(number)

    def worth(self, feature: Feature) -> float:
        """How much it adds that two meetings on one day share something."""
        return self.ledger.scales.root(feature[0], self.carriers(feature)) ** 2

    def spread(self, term: str) -> int:
        """How many texts say a term."""
        number = self.ledger.number(term)
        return 0 if number is None else self.ledger.count(number)

    def _pair(self, one: str, other: str) -> tuple[int, int]:
        return self.ledger.positions[one], self.ledger.positions[other]

    def _common(self, one: int, other: int) -> _Common:
        return self._in_common(one, other) if one < other else self._in_common(other, one)

    def _find_common(self, one: int, other: int) -> _Common:
        terms = self._terms(one, other)
        return _Common(self._shared(one, other), terms, sum(terms.values()))

    def _shared(self, one: int, other: int) -> list[tuple[Tie, str, float]]:
        """The ties by the things two meetings share, and what each weighs on the same day."""
        ledger = self.ledger
        (this, _), (that, _) = ledger.parted(one), ledger.parted(other)
        found = []
        for number in this.keys() & that.keys():
            root = ledger.value(number)[1]
            if root:
                tie, identity = ledger.feature(number)
                here, there = this[number], that[number]
                least = min(ledger.strengths[here], ledger.strengths[there])
                if tie is Tie.OFFICIAL and least <= MENTIONED:
                    tie = Tie.MENTION
                weight = root * root * ledger.portions[here] * ledger.portions[there]
                found.append((tie, identity, weight))
        return found

    def _terms(self, one: int, other: int) -> dict[int, float]:
        """The terms that two texts share, and what each adds to their likeness."""
        ledger = self.ledger
        (_, this), (_, that) = ledger.parted(one), ledger.parted(other)
        both = ledger.lifts[one] * ledger.lifts[other]
        value = ledger.value
        found = {}
        for number in this.keys() & that.keys():
            rare = value(number)[1]
            found[number] = rare * rare * this[number] * that[number] * both
        return found
