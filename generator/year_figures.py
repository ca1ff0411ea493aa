"""A year in figures: its meetings by month and kind, and what was most frequent in it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from generator.entry_views import WHOLE_LIST
from generator.meetings import Meeting
from generator.model import Kind, Shelf, Status
from generator.rankings import most_frequent
from generator.urls import entry_address, month_address, year_address
from generator.view_parts import Counted, KindCount, MonthFigure, YearFigures
from generator.viewer import Viewer

MOST_SHOWN = 10


def year_figures(viewer: Viewer, year: int, positions: Sequence[int]) -> YearFigures | None:
    """The figures of the meetings at the positions of one year; None where none was held."""
    meetings = (viewer.catalogue.meetings[position] for position in positions)
    held = [meeting for meeting in meetings if meeting.article.status is Status.HELD]
    if not held:
        return None
    by_month = Counter((meeting.article.date.month, meeting.article.kind) for meeting in held)
    by_kind: Counter[Kind] = Counter()
    for (_, kind), count in by_month.items():
        by_kind[kind] += count
    # Kinds of equal number stand as in the model.
    kinds = sorted((kind for kind in Kind if by_kind[kind]), key=lambda kind: -by_kind[kind])
    figures = _Figures(viewer, year)
    return YearFigures(
        held=len(held),
        months=tuple(
            figures.month(month, tuple(by_month[month, kind] for kind in kinds))
            for month in range(1, 13)
        ),
        kinds=tuple(KindCount(kind.value, by_kind[kind]) for kind in kinds),
        partners=figures.most(Shelf.PLACES, figures.partners(held)),
        officials=figures.most(
            Shelf.OFFICIALS,
            Counter(who for meeting in held for who in {a.official for a in meeting.attendees}),
        ),
        topics=figures.most(
            Shelf.TOPICS, Counter(topic for meeting in held for topic in {*meeting.topics})
        ),
    )


class _Figures:
    """Those of one year, as they are shown in one language."""

    def __init__(self, viewer: Viewer, year: int) -> None:
        self.viewer = viewer
        self.year = year

    def month(self, month: int, kinds: tuple[int, ...]) -> MonthFigure:
        count = sum(kinds)
        url = self.viewer.prefix + month_address(self.year, month) if count else None
        return MonthFigure(month, url, count, kinds)

    def most(self, shelf: Shelf, counts: Counter[str]) -> tuple[Counted, ...]:
        return most_frequent(
            self.viewer, shelf, counts, MOST_SHOWN, lambda identity: self._address(shelf, identity)
        )

    def _address(self, shelf: Shelf, identity: str) -> str:
        """A subject's page of this year, where it has one."""
        address = entry_address(shelf, identity)
        listed = self.viewer.catalogue.listed.get((shelf, identity), ())
        if len(listed) <= WHOLE_LIST:
            return address
        at = bisect_left(listed, self.year, key=self._year_of)
        here = at < len(listed) and self._year_of(listed[at]) == self.year
        return address + year_address(self.year) if here else address

    def _year_of(self, position: int) -> int:
        return self.viewer.catalogue.meetings[position].article.date.year

    def partners(self, meetings: Sequence[Meeting]) -> Counter[str]:
        """How many meetings dealt with each country, or whatever place is above those named."""
        catalogue = self.viewer.catalogue
        parents = {
            child: parent
            for (shelf, parent), children in catalogue.children.items()
            if shelf is Shelf.PLACES and (shelf, parent) in catalogue.register.subjects
            for child in children
        }

        def topmost(place: str) -> str:
            passed = {place}
            # Places may be said to lie in one another.
            while (above := parents.get(place)) is not None and above not in passed:
                place = above
                passed.add(place)
            return place

        tops = {place: topmost(place) for meeting in meetings for place in meeting.partners}
        return Counter(
            top for meeting in meetings for top in {tops[place] for place in meeting.partners}
        )
