"""Which meetings may be related to which: the scores of all pairs that share enough.

The meetings come oldest first, and each pair is looked at once, by the later of the two, which
knows of everything it carries the meetings within reach that carried it before. So the work grows
with the archive, not with its square. It is done for some dozens of meetings at a time, in arrays.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from generator.gathering import Floats, Gathered, Ints, Small, Weighed, Wide
from generator.ties import Tie
from generator.weighing import CONTRAST, EARLY, Scales, Sort

_BLOCK = 64
_TABLE = 8192
"""The scores of pairs no farther apart are added up in a table, of others in a list."""


class Pairs(Struct, frozen=True):
    """Scores of pairs of meetings, by their positions, sorted by the later and then the earlier;
    `firm` is the part of each score that needs no contrast."""

    later: Ints
    earlier: Ints
    scores: Floats
    firm: Floats


class _Traces:
    """What was carried before: for each meeting and thing the meetings within reach that carried
    it, for things of some sorts."""

    def __init__(
        self, gathered: Gathered, weighed: Weighed, places: Ints, sorts: list[Sort]
    ) -> None:
        counts = np.diff(gathered.row_starts)
        kept = np.isin(weighed.sorts, sorts) & (counts > 1)
        entries = np.flatnonzero(kept[gathered.things])
        self._rows, self._weights = gathered.rows, weighed.weights
        self._places = places[entries]
        self._counts = self._places - weighed.firsts[self._places]
        self._starts = np.searchsorted(entries, gathered.starts)

    def before(self, start: int, stop: int) -> tuple[Wide, Ints, Floats]:
        """Later and earlier position and what each thing they share adds, for the later meetings
        from `start` to `stop`."""
        part = slice(self._starts[start], self._starts[stop])
        places, counts = self._places[part], self._counts[part]
        ends = np.cumsum(counts)
        back = np.arange(1, (ends[-1] if len(ends) else 0) + 1)
        there = np.repeat(places + ends - counts, counts) - back
        # Products of two numbers of 20 digits have no room in 32 bits.
        here: Small = np.repeat(self._weights[places], counts)
        return (
            np.repeat(self._rows[places].astype(np.int64), counts),
            self._rows[there],
            here.astype(np.float64) * self._weights[there],
        )


def find_candidates(gathered: Gathered, weighed: Weighed, scales: Scales) -> tuple[Pairs, Floats]:
    """All pairs that may be related: whose score is over the threshold, and either firm or over the
    mean of the bars of the two; and the mark of each meeting: the score of the last of its crowd,
    or 0 without one."""
    total = len(gathered.ids)
    head = min(total, 2 * EARLY)
    marks = np.zeros(total)
    found: list[Pairs] = []
    waiting: list[Pairs] = []
    for start, pairs in _sweep(gathered, weighed, scales):
        stop = min(start + _BLOCK, total)
        marks[start:stop] = _marks(pairs.later - start, pairs, stop - start, scales)
        waiting.append(pairs)
        if stop < head:
            continue
        if start < head:
            _mark_early(marks, _joined(waiting), head, scales)
        bars = np.maximum(scales.threshold, CONTRAST * marks)
        found += [_standing_out(each, bars, scales.threshold) for each in waiting]
        waiting.clear()
    return _joined(found), marks


def _joined(parts: list[Pairs]) -> Pairs:
    none, nothing = np.empty(0, dtype=np.int32), np.empty(0)
    return Pairs(
        np.concatenate([none, *(pairs.later for pairs in parts)]),
        np.concatenate([none, *(pairs.earlier for pairs in parts)]),
        np.concatenate([nothing, *(pairs.scores for pairs in parts)]),
        np.concatenate([nothing, *(pairs.firm for pairs in parts)]),
    )


def _picked(pairs: Pairs, which: npt.NDArray[np.bool_] | Wide) -> Pairs:
    return Pairs(pairs.later[which], pairs.earlier[which], pairs.scores[which], pairs.firm[which])


def _standing_out(pairs: Pairs, bars: Floats, threshold: float) -> Pairs:
    bar = (bars[pairs.later] + bars[pairs.earlier]) / 2
    bar[pairs.firm >= threshold] = threshold
    return _picked(pairs, pairs.scores >= bar)


def _mark_early(marks: Floats, pairs: Pairs, head: int, scales: Scales) -> None:
    """Hold the first meetings, which have no crowd before them, against those after them."""
    count = min(head, EARLY)
    some = _picked(pairs, (pairs.earlier < count) & (pairs.later < head))
    order = np.argsort(some.earlier, kind="stable")
    after = _marks(some.earlier[order], _picked(some, order), count, scales)
    alone = CONTRAST * marks[:count] <= scales.threshold
    marks[:count][alone] = after[alone]


def _marks(rows: Ints, pairs: Pairs, count: int, scales: Scales) -> Floats:
    """The last of each meeting's crowd; `rows`, in order, are the meetings of the pairs."""
    loose = pairs.firm < scales.threshold
    rows, scores = rows[loose], pairs.scores[loose]
    marks = np.zeros(count)
    starts = np.searchsorted(rows, np.arange(count + 1))
    for row in np.flatnonzero(np.diff(starts) >= scales.crowd).tolist():
        ordered = np.partition(scores[starts[row] : starts[row + 1]], -scales.crowd)
        marks[row] = ordered[-scales.crowd]
    return marks


def _sweep(gathered: Gathered, weighed: Weighed, scales: Scales) -> Iterator[tuple[int, Pairs]]:
    """Some dozens of meetings after the other: the first of them, and the pairs of which they are
    the later and whose scores make them candidates."""
    total = len(gathered.ids)
    days = gathered.days
    span = int(days[-1] - days[0]) + 1 if total else 0
    closeness = np.zeros(span)  # filled as needed: one mistyped year makes a span of millennia
    places = np.empty(len(gathered.things), dtype=np.int32)
    places[gathered.by_thing] = np.arange(len(places), dtype=np.int32)
    loose, firm, lasting = (
        _Traces(gathered, weighed, places, sorts)
        for sorts in ([Sort.TERM, Sort.VAGUE], [Sort.FIRM], [Sort.LASTING])
    )
    steps = steps_of(gathered)
    weight = scales.config.weights[Tie.THREAD]

    def near(keys: Wide) -> Floats:
        later, earlier = np.divmod(keys, total)
        apart = days[later] - days[earlier]
        found: Floats = closeness[apart]
        if not found.all():
            for some in np.unique(apart[found == 0]).tolist():
                closeness[some] = scales.nearness(some)
            found = closeness[apart]
        return found

    for start in range(0, total, _BLOCK):
        stop = min(start + _BLOCK, total)
        sums = _Sums(*loose.before(start, stop), start, total)
        fading = _summed(*_keyed(firm.before(start, stop), total))
        stepping = steps[slice(*np.searchsorted(steps, [start * total, stop * total]))]
        keys, values = _keyed(lasting.before(start, stop), total)
        remaining = _summed(
            np.concatenate([keys, stepping]),
            np.concatenate([values, np.full(len(stepping), weight)]),
        )
        keys = np.union1d(fading[0], remaining[0])
        fades, lasts = _spread(keys, fading), _spread(keys, remaining)
        nearness = near(keys)
        firmness = fades * nearness + lasts
        together = (fades + sums.take(keys)) * nearness + lasts
        others, scores = sums.over(scales.least)
        # Nearness only ever lowers a score, so what is too low already is not asked for its days.
        scores *= near(others)
        yield (
            start,
            _merged((others, scores), (keys, together, firmness), scales.least, total),
        )


def steps_of(gathered: Gathered) -> Wide:
    """The keys of all direct steps, in order: the later position by the number of meetings, and the
    earlier."""
    total = len(gathered.ids)
    steps = {
        max(position, other) * total + min(position, other)
        for position, followed in gathered.follows.items()
        for other in followed
    }
    return np.array(sorted(steps), dtype=np.int64)


def _keyed(traces: tuple[Wide, Ints, Floats], total: int) -> tuple[Wide, Floats]:
    later, earlier, values = traces
    return later * total + earlier, values


def _spread(keys: Wide, sums: tuple[Wide, Floats]) -> Floats:
    """Sums by some of the `keys`, put at the places of these."""
    spread = np.zeros(len(keys))
    spread[np.searchsorted(keys, sums[0])] = sums[1]
    return spread


def _merged(
    loose: tuple[Wide, Floats], firm: tuple[Wide, Floats, Floats], least: float, total: int
) -> Pairs:
    """The pairs that come to at least `least`, in order."""
    keys, scores = loose
    firm_keys, together, firmness = firm
    some, others = np.flatnonzero(scores >= least), np.flatnonzero(together >= least)
    keys = np.concatenate([keys[some], firm_keys[others]])
    order = np.argsort(keys, kind="stable")
    later, earlier = np.divmod(keys[order], total)
    return Pairs(
        later.astype(np.int32),
        earlier.astype(np.int32),
        np.concatenate([scores[some], together[others]])[order],
        np.concatenate([np.zeros(len(some)), firmness[others]])[order],
    )


class _Sums:
    """The sums of what pairs have in common, by a key: the later position times `total`, and the
    earlier. Near pairs are added up in a table, others in a list."""

    def __init__(self, later: Wide, earlier: Ints, values: Floats, start: int, total: int) -> None:
        self._start, self._total = start, total
        self._width = min(total, _TABLE)
        self._base = max(0, start + _BLOCK - self._width)
        near = earlier >= self._base
        if near.all():
            self._far_keys, self._far_sums = later[:0], values[:0]
        else:
            far = ~near
            self._far_keys, self._far_sums = _summed(later[far] * total + earlier[far], values[far])
            later, earlier, values = later[near], earlier[near], values[near]
        cells = self._cells(later, earlier)
        self._table = np.bincount(cells, weights=values, minlength=_BLOCK * self._width)

    def _cells(self, later: Wide, earlier: Ints | Wide) -> Wide:
        return (later - self._start) * self._width + earlier - self._base

    def take(self, keys: Wide) -> Floats:
        """The sums of some pairs, 0 where there is none; they are taken out."""
        later, earlier = np.divmod(keys, self._total)
        near = earlier >= self._base
        cells = self._cells(later[near], earlier[near])
        sums = np.zeros(len(keys))
        sums[near] = self._table[cells]
        self._table[cells] = 0.0
        if len(self._far_keys):
            far = np.flatnonzero(~near)
            places = np.minimum(np.searchsorted(self._far_keys, keys[far]), len(self._far_keys) - 1)
            found = self._far_keys[places] == keys[far]
            sums[far[found]] = self._far_sums[places[found]]
            self._far_sums[places[found]] = 0.0
        return sums

    def over(self, least: float) -> tuple[Wide, Floats]:
        """The keys and sums of the pairs that have at least so much."""
        cells = np.flatnonzero(self._table >= least)
        rows, columns = np.divmod(cells, self._width)
        far = self._far_sums >= least
        return (
            np.concatenate(
                [
                    (rows + self._start) * self._total + columns + self._base,
                    self._far_keys[far],
                ]
            ),
            np.concatenate([self._table[cells], self._far_sums[far]]),
        )


def _summed(keys: Wide, values: Floats) -> tuple[Wide, Floats]:
    """Each key once, in order, with the sum of its values."""
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    if not len(starts):
        return keys, values
    return keys[starts], np.add.reduceat(values, starts)
