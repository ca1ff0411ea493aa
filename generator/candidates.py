"""Which meetings may be related to which: the scores of all pairs that share enough.

The meetings come oldest first, and each pair is looked at once, by the later of the two, which
knows of everything it carries the last meetings that carried it. So the work grows with the
archive, not with its square. It is done for some dozens of meetings at a time, in arrays.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CROWD = 20
"""A meeting's crowd: the candidates it is held against to see whether one stands out."""

_SMALL_CROWD = 16
"""In an archive of under 400 meetings fewer are alike, and the crowd is down to this."""

CONTRAST = 3.0
"""How far a candidate without a firm tie must stand out: so many times the last of the crowd."""

_BLOCK = 64
_TABLE = 8192
"""The scores of pairs no farther apart are added up in a table, of others in a list."""

_EARLY = 8 * CROWD
"""So many meetings may have no crowd before them, and are held against those after them."""


class Carried(Struct, frozen=True):
    """What meetings carry: `things` are numbers of features, `rows` the positions of meetings, for
    each thing in ascending order, `weights` how much each has, so that two weights times one
    another are what it adds to a score; `reach` is how many of the last that carried it before are
    looked at."""

    rows: Ints
    things: Ints
    weights: Floats
    reach: Ints


class Pairs(Struct, frozen=True):
    """Scores of pairs of meetings, by their positions, sorted by the later and then the earlier;
    `firm` is the part of each score that needs no contrast."""

    later: Ints
    earlier: Ints
    scores: Floats
    firm: Floats


class Archive(Struct, frozen=True):
    """What is known of all meetings. Ties of `vague` and `firm` things fade with time, and those of
    `vague` ones count only where they stand out; `steps` (later, earlier, weight) add to the
    `lasting`. `closeness` is by days apart."""

    days: Ints
    vague: Carried
    firm: Carried
    lasting: Carried
    steps: tuple[Ints, Ints, Floats]
    closeness: Floats

    def reversed(self, count: int) -> Archive:
        """The first `count` meetings, the last of them first, without steps."""
        none = np.empty(0, dtype=np.int64)
        return Archive(
            days=self.days[:count][::-1],
            vague=_reversed(self.vague, count),
            firm=_reversed(self.firm, count),
            lasting=_reversed(self.lasting, count),
            steps=(none, none, np.empty(0)),
            closeness=self.closeness,
        )


def _reversed(carried: Carried, count: int) -> Carried:
    kept = np.flatnonzero(carried.rows < count)[::-1]
    return Carried(
        count - 1 - carried.rows[kept],
        carried.things[kept],
        carried.weights[kept],
        carried.reach[kept],
    )


class _Traces:
    """What was carried before: for each meeting and thing the last meetings that carried it."""

    def __init__(self, carried: Carried, rows: int) -> None:
        by_thing = np.argsort(carried.things, kind="stable")
        things, self._rows = carried.things[by_thing], carried.rows[by_thing]
        self._weights = carried.weights[by_thing]
        places = np.arange(len(things))
        first = np.searchsorted(things, things)
        counts = np.minimum(places - first, carried.reach[by_thing])
        by_row = np.argsort(self._rows, kind="stable")
        self._places, self._counts = places[by_row], counts[by_row]
        self._starts = np.searchsorted(self._rows[by_row], np.arange(rows + 1))

    def before(self, start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        """Later and earlier position and what each thing they share adds, for the later meetings
        from `start` to `stop`."""
        part = slice(self._starts[start], self._starts[stop])
        places, counts = self._places[part], self._counts[part]
        ends = np.cumsum(counts)
        back = np.arange(1, (ends[-1] if len(ends) else 0) + 1)
        there = np.repeat(places + ends - counts, counts) - back
        return (
            np.repeat(self._rows[places], counts),
            self._rows[there],
            np.repeat(self._weights[places], counts) * self._weights[there],
        )


def find_candidates(archive: Archive, threshold: float) -> tuple[Pairs, Floats]:
    """All pairs that may be related: whose score is over the threshold, and either firm or over the
    mean of the bars of the two; and the bar of each meeting, which is the higher the more it has in
    common with many."""
    crowd = min(CROWD, max(_SMALL_CROWD, len(archive.days) // 20))
    head = min(len(archive.days), 2 * _EARLY)
    after = [bars for bars, _ in _sweep(archive.reversed(head), threshold, crowd)]
    bars = np.full(len(archive.days), threshold)
    early = min(head, _EARLY)
    if early:
        bars[:early] = np.concatenate(after)[::-1][:early]
    found = []
    start = 0
    for before, pairs in _sweep(archive, threshold, crowd):
        stop = start + len(before)
        crowded = before > threshold
        bars[start:stop][crowded] = before[crowded]
        start = stop
        bar = (bars[pairs.later] + bars[pairs.earlier]) / 2
        bar[pairs.firm >= threshold] = threshold
        kept = pairs.scores >= bar
        found.append((pairs.later[kept], pairs.earlier[kept], pairs.scores[kept], pairs.firm[kept]))
    later, earlier, scores, firm = (np.concatenate(column) for column in zip(*found, strict=True))
    return Pairs(later, earlier, scores, firm), bars


def _sweep(archive: Archive, threshold: float, crowd: int) -> Iterator[tuple[Floats, Pairs]]:
    """Some dozens of meetings after the other: the bar for each, and the pairs of which it is the
    later and whose scores are over the threshold."""
    total = len(archive.days)
    vague, firm, lasting = (
        _Traces(carried, total) for carried in (archive.vague, archive.firm, archive.lasting)
    )
    for start in range(0, total, _BLOCK):
        stop = min(start + _BLOCK, total)
        sums = _Sums(*vague.before(start, stop), start, total)
        firm_keys, firm_scores = _firm(archive, firm, lasting, start, stop)
        keys, scores, firmness = _merged(
            archive, sums, firm_keys, firm_scores, threshold / CONTRAST
        )
        later, earlier = np.divmod(keys, total)
        loose = firmness < threshold
        yield (
            _bars(later[loose] - start, scores[loose], stop - start, threshold, crowd),
            Pairs(later, earlier, scores, firmness),
        )


def _near(archive: Archive, keys: Ints) -> Floats:
    later, earlier = np.divmod(keys, len(archive.days))
    near: Floats = archive.closeness[np.abs(archive.days[later] - archive.days[earlier])]
    return near


class _Sums:
    """The sums of what pairs have in common, by a key: the later position times `total`, and the
    earlier. Near pairs are added up in a table, others in a list."""

    def __init__(self, later: Ints, earlier: Ints, values: Floats, start: int, total: int) -> None:
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

    def _cells(self, later: Ints, earlier: Ints) -> Ints:
        return (later - self._start) * self._width + earlier - self._base

    def take(self, keys: Ints) -> Floats:
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

    def over(self, least: float) -> tuple[Ints, Floats]:
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


def _summed(keys: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Each key once, in order, with the sum of its values."""
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    if not len(starts):
        return keys, values
    return keys[starts], np.add.reduceat(values, starts)


def _firm(
    archive: Archive, firm: _Traces, lasting: _Traces, start: int, stop: int
) -> tuple[Ints, Floats]:
    """What ties pairs firmly: things few carry, things that last, and direct steps."""
    total = len(archive.days)
    fading_later, fading_earlier, fading = firm.before(start, stop)
    lasting_later, lasting_earlier, weights = lasting.before(start, stop)
    step_later, step_earlier, step_weights = archive.steps
    part = slice(*np.searchsorted(step_later, [start, stop]))
    fading_keys = fading_later * total + fading_earlier
    found = np.concatenate(
        [
            fading_keys,
            lasting_later * total + lasting_earlier,
            step_later[part] * total + step_earlier[part],
        ]
    )
    values = np.concatenate([fading * _near(archive, fading_keys), weights, step_weights[part]])
    return _summed(found, values)


def _merged(
    archive: Archive, sums: _Sums, firm_keys: Ints, firm_scores: Floats, least: float
) -> tuple[Ints, Floats, Floats]:
    """The pairs that come to at least `least`, in order; what they come to, and how much of that is
    firm."""
    together = firm_scores + sums.take(firm_keys) * _near(archive, firm_keys)
    keys, scores = sums.over(least)
    # Nearness only ever lowers a score, so what is too low already is not asked for its days.
    scores *= _near(archive, keys)
    loose = np.flatnonzero(scores >= least)
    firm = np.flatnonzero(together >= least)
    all_keys = np.concatenate([keys[loose], firm_keys[firm]])
    order = np.argsort(all_keys, kind="stable")
    return (
        all_keys[order],
        np.concatenate([scores[loose], together[firm]])[order],
        np.concatenate([np.zeros(len(loose)), firm_scores[firm]])[order],
    )


def _bars(rows: Ints, scores: Floats, count: int, threshold: float, crowd: int) -> Floats:
    """What each meeting's candidates without a firm tie have to reach."""
    bars = np.full(count, threshold)
    starts = np.searchsorted(rows, np.arange(count + 1))
    for row in np.flatnonzero(np.diff(starts) >= crowd).tolist():
        ordered = np.partition(scores[starts[row] : starts[row + 1]], -crowd)
        bars[row] = max(threshold, CONTRAST * ordered[-crowd])
    return bars
