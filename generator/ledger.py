"""Who carries what: the arrays of an archive, read where they are, with a patch over them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import islice, takewhile
from typing import NamedTuple

from generator.archive import Patch, State, feature_of
from generator.relation import Feature
from generator.ties import Tie
from generator.weighing import STRENGTH_DIGITS, Scales, Sort, rounded

_KEPT = 4096


class Thing(NamedTuple):
    """What is known of a feature or a term: `value` is what it counts for in a product, `window`
    how far it reaches; `rows` carry it, with their `codes`."""

    sort: Sort
    value: float
    window: int
    rows: Sequence[int]
    codes: Sequence[int]


class Ledger:
    """The relations of an archive, as they are looked up."""

    def __init__(self, state: State) -> None:
        archive, patch = state.archive, state.patch
        self.state = state
        self.days = _ints(archive.days)
        self.total = len(self.days)
        self.scales = Scales(archive.config, self.total)
        self.strengths = archive.strengths + patch.strengths
        self.portions = [rounded(each, STRENGTH_DIGITS) for each in self.strengths]
        """How much of a thing a meeting has that has it with a strength."""
        self.thing = cache(self._thing)
        self.feature = cache(self._feature)
        self.parted = lru_cache(_KEPT)(self._parted)
        self.value = cache(self._value)
        self._starts, self._things = _ints(archive.starts), _ints(archive.things)
        self._row_starts, self._rows = _ints(archive.row_starts), _ints(archive.rows)
        self._windows = _ints(archive.windows)
        self._key_starts = _ints(archive.key_starts)
        self._squares, self._marks = _floats(archive.squares), _floats(archive.marks)
        self._list_starts, self._others = _ints(archive.list_starts), _ints(archive.others)
        self._scores = _floats(archive.scores)
        self.known = len(self._row_starts) - 1
        self._new = {key: self.known + place for place, key in enumerate(patch.keys)}

    def patched(self, patch: Patch) -> Ledger:
        """The same archive with another patch."""
        return Ledger(State(self.state.archive, patch))

    @cached_property
    def ids(self) -> list[str]:
        ids = self.state.archive.ids
        return ids.split("\n") if self.total else []

    @cached_property
    def positions(self) -> dict[str, int]:
        return {identity: position for position, identity in enumerate(self.ids)}

    def key(self, number: int) -> str:
        if number >= self.known:
            return self.state.patch.keys[number - self.known]
        return self._key(number).decode()

    def is_term(self, number: int) -> bool:
        if number < self.known:
            return number >= self._first_term
        return feature_of(self.key(number)) is None

    @cached_property
    def _first_term(self) -> int:
        """The number of the first term: the keys of features are less than any."""
        return bisect_left(range(self.known), True, key=lambda n: feature_of(self.key(n)) is None)

    def _feature(self, number: int) -> Feature:
        feature = feature_of(self.key(number))
        assert feature is not None
        return feature

    def _parted(self, position: int) -> tuple[dict[int, int], dict[int, int]]:
        """The features a meeting carries, and the terms of its text, with their codes."""
        carried = self.carried(position)
        features = dict(takewhile(lambda found: not self.is_term(found[0]), carried.items()))
        return features, dict(islice(carried.items(), len(features), None))

    def _key(self, number: int) -> bytes:
        return bytes(
            self.state.archive.keys[self._key_starts[number] : self._key_starts[number + 1]]
        )

    def number(self, key: str) -> int | None:
        """The number of a thing, or None if no meeting ever carried it."""
        if key in self._new:
            return self._new[key]
        wanted = key.encode()
        found = bisect_left(range(self.known), wanted, key=self._key)
        return found if found < self.known and self._key(found) == wanted else None

    def carried(self, position: int) -> Mapping[int, int]:
        """The things a meeting carries, features first, with their codes."""
        changed = self.state.patch.carried.get(position)
        return self.printed(position) if changed is None else changed

    def printed(self, position: int) -> dict[int, int]:
        """The things a meeting carried when the archive was computed as a whole."""
        part = slice(self._starts[position], self._starts[position + 1])
        return dict(zip(self._things[part], self.state.archive.codes[part], strict=True))

    @cached_property
    def _moved(self) -> dict[int, dict[int, int | None]]:
        """By thing, the meetings that have it differently than in the archive: the code, or None
        where they have lost it."""
        moved: dict[int, dict[int, int | None]] = defaultdict(dict)
        for position, now in self.state.patch.carried.items():
            before = self.printed(position)
            for number in before.keys() | now.keys():
                if before.get(number) != now.get(number):
                    moved[number][position] = now.get(number)
        return moved

    def carriers(self, number: int) -> tuple[Sequence[int], Sequence[int]]:
        """The meetings that carry a thing, oldest first, and their codes."""
        rows: Sequence[int] = ()
        codes: Sequence[int] = b""
        if number < self.known:
            part = slice(self._row_starts[number], self._row_starts[number + 1])
            rows, codes = self._rows[part], self.state.archive.row_codes[part]
        moved = self._moved.get(number)
        if not moved:
            return rows, codes
        now: dict[int, int | None] = {**dict(zip(rows, codes, strict=True)), **moved}
        kept = sorted((row, code) for row, code in now.items() if code is not None)
        return [row for row, _ in kept], [code for _, code in kept]

    def count(self, number: int) -> int:
        """How many meetings carry a thing."""
        if number in self._moved:
            return len(self.carriers(number)[0])
        if number >= self.known:
            return 0
        return self._row_starts[number + 1] - self._row_starts[number]

    def _value(self, number: int) -> tuple[Sort, float]:
        """How a thing ties, and what it counts for in a product."""
        count = max(self.count(number), 1)
        if self.is_term(number):
            rare = self.scales.rare(count)
            return (Sort.TERM if rare and self.scales.voice else Sort.NOTHING), rare
        tie, _ = self.feature(number)
        root = self.scales.root(tie, count)
        return self.scales.sort(tie, root), root

    def _thing(self, number: int) -> Thing:
        rows, codes = self.carriers(number)
        # What is new may have gone again, as a word that nobody said before.
        moved = number in self._moved or number >= self.known
        window = self.scales.window(rows) if moved else self._windows[number]
        return Thing(*self.value(number), window, rows, codes)

    def others(self, position: int, ids: Iterable[str]) -> tuple[int, ...]:
        """The positions of those of the ids that are of other meetings."""
        found = (self.positions.get(identity, position) for identity in ids)
        return tuple(other for other in found if other != position)

    def square(self, position: int) -> float:
        changed = self.state.patch.squares.get(position)
        return self._squares[position] if changed is None else changed

    @cached_property
    def lifts(self) -> list[float]:
        """What the terms of each text are multiplied with."""
        lifts: list[float] = [*_floats(self.state.archive.lifts)]
        for position, square in self.state.patch.squares.items():
            lifts[position] = self.scales.lift(square)
        return lifts

    def mark(self, position: int) -> float:
        changed = self.state.patch.marks.get(position)
        return self._marks[position] if changed is None else changed

    def bar(self, position: int) -> float:
        return self.scales.bar(self.mark(position))

    def listed(self, position: int) -> list[tuple[int, float]]:
        """The related meetings of one without regard to its pins, with their scores."""
        changed = self.state.patch.lists.get(position)
        if changed is not None:
            return [(other, score) for other, score in changed]
        part = slice(self._list_starts[position], self._list_starts[position + 1])
        return list(zip(self._others[part], self._scores[part], strict=True))

    def near(self, one: int, other: int) -> float:
        return self.scales.nearness(abs(self.days[one] - self.days[other]))

    def step(self, one: int, other: int) -> Tie | None:
        """The tie that holds between two meetings directly, the strongest."""
        archive = self.state.archive
        if other in archive.follows.get(one, ()):
            return Tie.CONTINUES
        if one in archive.follows.get(other, ()):
            return Tie.CONTINUED_BY
        return Tie.PINNED if other in archive.pinned.get(one, ()) else None

    @cached_property
    def followers(self) -> dict[int, list[int]]:
        """By meeting those that follow it."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, followed in self.state.archive.follows.items():
            for other in followed:
                found[other].append(position)
        return found


def _ints(data: memoryview) -> memoryview[int]:
    return data.cast("i")


def _floats(data: memoryview) -> memoryview[float]:
    return data.cast("d")
