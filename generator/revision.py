"""The relations of an archive some meetings of which have changed, without computing the whole.

What is found is what computing the whole would find, to the last bit. It is cheap because little
depends on much: the weight of a thing on the step of its count, the lift of a text on the step of
its size, a pair on what the two carry, and a list on its own pairs and the marks of those in them.
So from what has changed in the ledger follows which pairs may have another score, from these which
marks may be others, from both which lists. Only the meetings concerned are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from functools import cache

from msgspec import Struct, structs

from generator.archive import Patch, State, feature_key
from generator.ledger import Ledger
from generator.relation import Features
from generator.relations import Relations
from generator.rows import Row, counts_for_mark, is_related, list_of, mark_of, rank, row_of
from generator.weighing import EARLY, HIGHEST_LEVEL

MOST_CONCERNED = 250
"""Of more meetings the candidates are sooner found with those of all others."""

_MOST_PATCHED = 400
"""When more meetings have changed, the whole is to be computed, so that the patch stays small."""

_Paired = Mapping[int, tuple[tuple[float, float], tuple[float, float]]]
"""By candidate the score and the firm part of it as they were and as they are; 0 without one."""

_NONE = (0.0, 0.0)


class Revision(Struct, frozen=True):
    """What has become of the relations. `lists` are the ids of the meetings whose related meetings,
    or their scores, are others than before; `reasons` those of whom the reasons for one of these
    may be others, or the terms two texts have in common."""

    relations: Relations
    lists: frozenset[str]
    reasons: frozenset[str]


def revise(before: Relations, changes: Mapping[int, Features]) -> Revision | None:
    """Take in meetings that have changed, by their positions. None if one has another id or date,
    or follows, pins or excludes others than before, or if too much depends on the change: then the
    whole is to be computed."""
    old = before.ledger
    if not all(_is_in_place(old, position, one) for position, one in changes.items()):
        return None
    carrying = _carrying(old, changes)
    if len(carrying.carried) > _MOST_PATCHED:
        return None
    drafted = old.patched(carrying)
    stepped = _stepped(old, drafted, changes)
    if max((drafted.count(number) for number in stepped), default=0) > MOST_CONCERNED:
        return None
    squares = _squares(old, drafted, changes, stepped)
    patch = structs.replace(carrying, squares={**carrying.squares, **squares})
    weighed = old.patched(patch)
    touched = {row for number in stepped for row in weighed.thing(number).rows}
    whole = changes.keys() | {row for row in squares if old.lifts[row] != weighed.lifts[row]}
    if len(touched | whole) > MOST_CONCERNED:
        return None

    row = cache(lambda position: row_of(weighed, position))
    paired = {position: _paired(row_of(old, position), row(position)) for position in whole}
    doubtful = touched | whole | _doubtful_marks(old, paired)
    if len(doubtful) > MOST_CONCERNED:
        return None
    marks = {one: mark_of(weighed, one, row(one)) for one in doubtful}
    marks = {one: mark for one, mark in marks.items() if mark != old.mark(one)}
    patch = structs.replace(patch, marks={**patch.marks, **marks})
    marked = old.patched(patch)
    barred = {one for one in marks if old.bar(one) != marked.bar(one)}
    suspected = touched | whole | barred
    for one in whole | barred:
        # A pair whose score is what it was is told from it by the bar alone.
        pairs = row(one) if one in barred else {}
        now = {**pairs, **{other: scores[1] for other, scores in paired.get(one, {}).items()}}
        suspected |= {
            other
            for other, found in now.items()
            if other not in suspected and _is_moved(marked, other, one, *found)
        }
    lists = {one: list_of(marked, one, row(one)) for one in suspected}
    lists = {one: listed for one, listed in lists.items() if listed != old.listed(one)}
    patch = structs.replace(patch, lists={**patch.lists, **lists})
    relations = Relations(State(old.state.archive, patch))
    concerned = suspected | {
        other
        for one in whole
        for other, (score, _) in row(one).items()
        if score >= old.scales.threshold
    }
    weighty = frozenset(number for number in stepped if old.value(number) != weighed.value(number))
    return _compared(before, relations, concerned, whole, weighty)


def _is_in_place(ledger: Ledger, position: int, meeting: Features) -> bool:
    """Whether what is not weighed is as before."""
    archive = ledger.state.archive
    stated = (
        (meeting.follows, archive.follows),
        (meeting.pinned, archive.pinned),
        (sorted(meeting.excluded), archive.excluded),
    )
    return (
        ledger.ids[position] == meeting.id
        and ledger.days[position] == meeting.date.toordinal()
        and all(
            ledger.others(position, ids) == tuple(kept.get(position, ())) for ids, kept in stated
        )
    )


def _carrying(ledger: Ledger, changes: Mapping[int, Features]) -> Patch:
    """What the meetings carry now."""
    patch = ledger.state.patch
    keys, strengths = [*patch.keys], list(ledger.strengths)
    new = {key: ledger.known + place for place, key in enumerate(keys)}

    def number(key: str) -> int:
        found = new.get(key)
        if found is None:
            found = ledger.number(key)
        if found is None:
            found = new[key] = ledger.known + len(keys)
            keys.append(key)
        return found

    def code(strength: float) -> int:
        if strength not in strengths:
            strengths.append(strength)
        return strengths.index(strength)

    carried = dict(patch.carried)
    for position, meeting in changes.items():
        carried[position] = {
            number(feature_key(feature)): code(strength)
            for feature, strength in meeting.shared.items()
        } | {
            number(term): min(level, HIGHEST_LEVEL)
            for level, group in enumerate(meeting.terms, 1)
            if group
            for term in group.split("\n")
        }
    added = strengths[len(ledger.state.archive.strengths) :]
    return structs.replace(patch, keys=tuple(keys), strengths=tuple(added), carried=carried)


def _stepped(old: Ledger, new: Ledger, changes: Iterable[int]) -> set[int]:
    """The things that weigh something else than before, or reach farther or less far."""
    moved = {
        number
        for position in changes
        for number in old.carried(position).keys() ^ new.carried(position).keys()
    }
    return {
        number
        for number in moved
        # What nobody carried before only those carry who have changed.
        if old.count(number)
        and (
            old.value(number) != new.value(number)
            or old.thing(number).window != new.thing(number).window
        )
    }


def _squares(
    old: Ledger, new: Ledger, changes: Iterable[int], stepped: Iterable[int]
) -> dict[int, float]:
    """The squares of the texts with terms that weigh something else than before."""
    squares = {
        position: sum(
            (code * new.value(number)[1]) ** 2
            for number, code in new.carried(position).items()
            if new.is_term(number)
        )
        for position in changes
    }
    changed = frozenset(squares)
    for number in stepped:
        if new.is_term(number):
            _, _, _, rows, codes = new.thing(number)
            more = new.value(number)[1] ** 2 - old.value(number)[1] ** 2
            for row, code in zip(rows, codes, strict=True):
                if row not in changed:
                    squares[row] = squares.get(row, old.square(row)) + code * code * more
    return squares


def _paired(before: Row, now: Row) -> _Paired:
    """The candidates of a meeting whose score, or what of it is firm, is not as it was."""
    return {
        other: (before.get(other, _NONE), now.get(other, _NONE))
        for other in before.keys() | now.keys()
        if before.get(other) != now.get(other)
    }


def _doubtful_marks(old: Ledger, paired: Mapping[int, _Paired]) -> set[int]:
    """Meetings whose mark may be another because of pairs that have another score."""
    threshold = old.scales.threshold
    found = set()
    for position, others in paired.items():
        for other, scores in others.items():
            if counts_for_mark(other, position, old.total):
                was, now = (score if firm < threshold else 0.0 for score, firm in scores)
                if _passes(old.mark(other), was, now) or (other < EARLY and was != now):
                    found.add(other)
    return found


def _passes(mark: float, was: float, now: float) -> bool:
    """Whether the last of a crowd may be another than that with the score `mark`."""
    if not mark:
        return not was and now > 0
    return was != now and not (min(was, now) > mark or max(was, now) < mark)


def _is_moved(ledger: Ledger, one: int, other: int, score: float, firm: float) -> bool:
    """Whether it may be in the list of one meeting that another is, or is not, now that they have
    this score; the list is as it was before."""
    listed = ledger.listed(one)
    for known, before in listed:
        if known == other:
            return score != before or not is_related(ledger, one, other, score, firm)
    limit = ledger.scales.config.limit
    if not limit or not is_related(ledger, one, other, score, firm):
        return False
    return len(listed) < limit or rank(ledger, one, other, score) < rank(ledger, one, *listed[-1])


def _compared(
    before: Relations,
    after: Relations,
    concerned: Set[int],
    whole: Set[int],
    weighty: frozenset[int],
) -> Revision:
    """What is different with the meetings `concerned`: those whose lists may be others, and those
    that may be shown with one of which the `whole` text is weighed otherwise. What is `weighty`
    weighs something else than before."""
    ledger = after.ledger
    pinned = ledger.state.archive.pinned
    concerned = concerned | {
        one for one, others in pinned.items() if not concerned.isdisjoint((one, *others))
    }
    lists, reasons = set(), set()
    for one in concerned:
        related = after.of_position(one)
        if related != before.of_position(one):
            lists.add(ledger.ids[one])
        others = [other for other, _ in related]
        if one in whole or not whole.isdisjoint(others):
            reasons.add(ledger.ids[one])
        elif weighty:
            mine = weighty.intersection(ledger.carried(one))
            if mine and any(not mine.isdisjoint(ledger.carried(other)) for other in others):
                reasons.add(ledger.ids[one])
    return Revision(after, frozenset(lists), frozenset(reasons))
