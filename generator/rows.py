"""The candidates of one meeting, without numpy: to the last bit as `candidates` finds them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest

from generator.ledger import Ledger
from generator.ties import Tie
from generator.weighing import EARLY, Sort

Sums = dict[int, float]
Row = Mapping[int, tuple[float, float]]
"""By position the candidates of a meeting: the score, and how much of it is firm."""


def row_of(ledger: Ledger, position: int) -> Row:
    """All that a meeting shares enough with to be held against."""
    together, firm, lasting = _sums(ledger, position)
    least, nearness = ledger.scales.least, ledger.scales.nearness
    days, day = ledger.days, ledger.days[position]
    row = {}
    for other in firm.keys() | lasting.keys():
        near = nearness(abs(days[other] - day))
        fades, lasts = firm.get(other, 0.0), lasting.get(other, 0.0)
        score = (fades + together.pop(other, 0.0)) * near + lasts
        if score >= least:
            row[other] = (score, fades * near + lasts)
    for other, shared in together.items():
        # Nearness only ever lowers a score.
        if shared >= least:
            score = shared * nearness(abs(days[other] - day))
            if score >= least:
                row[other] = (score, 0.0)
    row.pop(position, None)
    return row


def _sums(ledger: Ledger, position: int) -> tuple[Sums, Sums, Sums]:
    """What a meeting shares with each other: together, of what is firm, and of what lasts."""
    said: Sums = defaultdict(float)
    sums: dict[Sort, Sums] = {sort: defaultdict(float) for sort in Sort}
    portions = ledger.portions
    for number, code in ledger.carried(position).items():
        sort, value, window, rows, codes = ledger.thing(number)
        if not value or len(rows) < 2:
            continue
        first, last = 0, len(rows)
        if window < ledger.total:
            first, last = (
                bisect_left(rows, position - window),
                bisect_right(rows, position + window),
            )
        within = zip(rows[first:last], codes[first:last], strict=True)
        if sort is Sort.TERM:
            mine = value * value * code
            for other, its in within:
                said[other] += mine * its
        else:
            mine = value * value * portions[code]
            found = sums[sort]
            for other, its in within:
                found[other] += mine * portions[its]
    lifts = ledger.lifts
    lift = lifts[position]
    together = sums[Sort.VAGUE]
    for other, added in said.items():
        together[other] += lift * added * lifts[other]
    archive = ledger.state.archive
    weight = archive.config.weights[Tie.THREAD]
    for other in {*archive.follows.get(position, ()), *ledger.followers.get(position, ())}:
        sums[Sort.LASTING][other] += weight
    return together, sums[Sort.FIRM], sums[Sort.LASTING]


def counts_for_mark(position: int, other: int, total: int) -> bool:
    """Whether the mark of a meeting may depend on another."""
    return other < position or (position < EARLY and other < min(total, 2 * EARLY))


def mark_of(ledger: Ledger, position: int, row: Row) -> float:
    """The score of the last of a meeting's crowd, or 0 without one."""
    scales = ledger.scales

    def last(scores: Iterable[float]) -> float:
        crowd = nlargest(scales.crowd, scores)
        return crowd[-1] if len(crowd) == scales.crowd else 0.0

    loose = {other: score for other, (score, firm) in row.items() if firm < scales.threshold}
    before = last(score for other, score in loose.items() if other < position)
    if position >= EARLY or scales.bar(before) > scales.threshold:
        return before
    head = min(ledger.total, 2 * EARLY)
    return last(score for other, score in loose.items() if position < other < head)


def bar_between(ledger: Ledger, one: int, other: int) -> float:
    """What two meetings without a firm tie must reach together."""
    return (ledger.bar(one) + ledger.bar(other)) / 2


def is_related(ledger: Ledger, one: int, other: int, score: float, firm: float) -> bool:
    """Whether the first may be shown the second, as long as there is none better."""
    threshold = ledger.scales.threshold
    if score < threshold or other in ledger.state.archive.excluded.get(one, ()):
        return False
    return firm >= threshold or score >= bar_between(ledger, one, other)


def rank(ledger: Ledger, one: int, other: int, score: float) -> tuple[bool, float, int, str]:
    """The lower the better. What a meeting continues, and what continues it, goes before whatever
    it shares; equal scores are ordered by nearness in time, then id."""
    follows = ledger.state.archive.follows
    step = other in follows.get(one, ()) or one in follows.get(other, ())
    return (not step, -score, abs(ledger.days[one] - ledger.days[other]), ledger.ids[other])


def list_of(ledger: Ledger, position: int, row: Row) -> list[tuple[int, float]]:
    """The best of a meeting's candidates with their scores, without regard to its pins."""
    found = sorted(
        (rank(ledger, position, other, score), other)
        for other, (score, firm) in row.items()
        if is_related(ledger, position, other, score, firm)
    )
    return [(other, row[other][0]) for _, other in found[: ledger.scales.config.limit]]
