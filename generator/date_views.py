"""The views of time: home, years, months and days, with the calendars that lead through them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.catalogue import Catalogue
from generator.collation import collation_key
from generator.entry_views import WHOLE_LIST
from generator.model import Shelf, Status
from generator.problems import N_
from generator.urls import day_address, entry_address, month_address, year_address
from generator.view_parts import (
    Anchor,
    CalendarView,
    CardGroup,
    Counted,
    DayCell,
    MonthCount,
    Neighbour,
)
from generator.viewer import Viewer
from generator.views import DayPage, HomePage, MonthPage, YearPage

HOME_NEWEST = 10
HOME_WAYS_IN = 12

Month = tuple[int, int]


class Timeline(Struct, frozen=True):
    """The positions of meetings by day, month and year (oldest first), each in ascending order of
    time, and the days on which an event of several days goes on, with the day it began."""

    days: Mapping[dt.date, tuple[int, ...]]
    months: Mapping[Month, tuple[int, ...]]
    years: Mapping[int, tuple[int, ...]]
    spanned: Mapping[dt.date, dt.date]


LONGEST_SPAN = 366


def make_timeline(catalogue: Catalogue) -> Timeline:
    days: dict[dt.date, list[int]] = defaultdict(list)
    months: dict[Month, list[int]] = defaultdict(list)
    years: dict[int, list[int]] = defaultdict(list)
    spanned: dict[dt.date, dt.date] = {}
    for position, meeting in enumerate(catalogue.meetings):
        day = meeting.article.date
        days[day].append(position)
        months[day.year, day.month].append(position)
        years[day.year].append(position)
        if meeting.article.end_date:
            length = min((meeting.article.end_date - day).days, LONGEST_SPAN)
            for later in range(1, length + 1):
                spanned.setdefault(day + dt.timedelta(later), day)
    return Timeline(
        {day: tuple(found) for day, found in days.items()},
        {month: tuple(found) for month, found in months.items()},
        {year: tuple(found) for year, found in years.items()},
        spanned,
    )


def _calendar(viewer: Viewer, timeline: Timeline, year: int, month: int) -> CalendarView:
    weeks = []
    for week in calendar.Calendar(calendar.MONDAY).monthdatescalendar(year, month):
        cells = (_cell(viewer, timeline, day) if day.month == month else None for day in week)
        weeks.append(tuple(cells))
    count = len(timeline.months.get((year, month), ()))
    url = viewer.prefix + month_address(year, month) if count else None
    return CalendarView(year, month, url, count, tuple(weeks))


def _cell(viewer: Viewer, timeline: Timeline, day: dt.date) -> DayCell:
    """A day with meetings leads to its page; one an event goes on, to the day the event began."""
    count = len(timeline.days.get(day, ()))
    start = timeline.spanned.get(day)
    shown = day if count else start
    url = viewer.prefix + day_address(shown) if shown else None
    return DayCell(day.day, url, count, start is not None)


def year_page(viewer: Viewer, timeline: Timeline, year: int) -> YearPage:
    years = sorted(timeline.years)
    here = years.index(year)
    positions = timeline.years[year]

    def neighbour(at: int) -> Anchor | None:
        if not 0 <= at < len(years):
            return None
        return Anchor(str(years[at]), viewer.prefix + year_address(years[at]))

    return YearPage(
        title=viewer.say(N_("Year {year}")).format(year=year),
        url=viewer.prefix + year_address(year),
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates(year_address(year)),
        year=year,
        calendars=tuple(_calendar(viewer, timeline, year, month) for month in range(1, 13)),
        groups=viewer.by_month(positions[::-1]) if len(positions) <= WHOLE_LIST else (),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
        total=len(positions),
    )


def month_page(viewer: Viewer, timeline: Timeline, year: int, month: int) -> MonthPage:
    months = sorted(timeline.months)
    here = months.index((year, month))
    meetings = viewer.catalogue.meetings
    days: dict[dt.date, list[int]] = {}
    for position in reversed(timeline.months[year, month]):
        days.setdefault(meetings[position].article.date, []).append(position)
    title = viewer.translator.month_year(month, year)
    return MonthPage(
        title=title[:1].upper() + title[1:],
        url=viewer.prefix + month_address(year, month),
        breadcrumbs=viewer.date_crumbs(dt.date(year, month, 1), 1),
        alternates=viewer.alternates(month_address(year, month)),
        year=year,
        month=month,
        calendar=_calendar(viewer, timeline, year, month),
        groups=tuple(
            CardGroup(year, month, day.day, viewer.prefix + day_address(day), viewer.cards(found))
            for day, found in days.items()
        ),
        previous=_month_at(viewer, timeline, months, here - 1),
        next=_month_at(viewer, timeline, months, here + 1),
    )


def _month_at(
    viewer: Viewer, timeline: Timeline, months: Sequence[Month], at: int
) -> MonthCount | None:
    """The nearest month with meetings; without its figure, so that it does not change this page."""
    if not 0 <= at < len(months):
        return None
    year, month = months[at]
    return MonthCount(year, month, viewer.prefix + month_address(year, month), 0)


def day_page(viewer: Viewer, timeline: Timeline, days: Sequence[dt.date], at: int) -> DayPage:
    """The day `at` of the sorted `days` that have meetings."""
    day = days[at]

    def neighbour(other: int) -> Neighbour | None:
        if not 0 <= other < len(days):
            return None
        url = viewer.prefix + day_address(days[other])
        return Neighbour(url, viewer.translator.long_date(days[other]), "", days[other])

    title = f"{viewer.translator.weekday(day)}, {viewer.translator.long_date(day)}"
    return DayPage(
        title=title[:1].upper() + title[1:],
        url=viewer.prefix + day_address(day),
        breadcrumbs=viewer.date_crumbs(day, 2),
        alternates=viewer.alternates(day_address(day)),
        date=day,
        calendar=_calendar(viewer, timeline, day.year, day.month),
        cards=viewer.cards(timeline.days[day]),
        previous=neighbour(at - 1),
        next=neighbour(at + 1),
    )


def home_page(viewer: Viewer, timeline: Timeline) -> HomePage:
    """The front page. "Newest" counts what has taken place or was called off; what is planned
    stands apart, the soonest first."""
    catalogue = viewer.catalogue
    meetings = catalogue.meetings
    planned = [p for p, m in enumerate(meetings) if m.article.status is Status.PLANNED]
    pinned = [p for p, m in enumerate(meetings) if m.article.pinned]
    apart = {*planned, *pinned}
    newest = [p for p in range(len(meetings) - 1, -1, -1) if p not in apart]
    held = [m.article.date for m in meetings if m.article.status is Status.HELD]
    latest = max(held, default=None)
    text = viewer.config.texts[viewer.language]
    return HomePage(
        title=text.title,
        url=viewer.prefix,
        description=text.tagline,
        alternates=viewer.alternates(""),
        latest=latest,
        newest=viewer.cards(newest[:HOME_NEWEST]),
        pinned=viewer.cards(reversed(pinned)),
        planned=viewer.cards(planned),
        activity=_activity(viewer, timeline, latest),
        topics=_most_listed(viewer, Shelf.TOPICS),
        officials=_most_listed(viewer, Shelf.OFFICIALS),
        years=tuple(
            Counted(str(year), viewer.prefix + year_address(year), len(found))
            for year, found in sorted(timeline.years.items(), reverse=True)
        ),
        total=len(meetings),
    )


def _activity(viewer: Viewer, timeline: Timeline, latest: dt.date | None) -> tuple[MonthCount, ...]:
    """The twelve months up to that of `latest`."""
    if latest is None:
        return ()
    year, month = latest.year, latest.month
    found = []
    for back in range(11, -1, -1):
        y, m = divmod(year * 12 + month - 1 - back, 12)
        count = len(timeline.months.get((y, m + 1), ()))
        url = viewer.prefix + month_address(y, m + 1) if count else None
        found.append(MonthCount(y, m + 1, url, count))
    return tuple(found)


def _most_listed(viewer: Viewer, shelf: Shelf) -> tuple[Counted, ...]:
    """The subjects of a shelf with the most meetings, in Vietnamese order where equal."""
    counts = Counter(
        {
            identity: len(positions)
            for (of, identity), positions in viewer.catalogue.listed.items()
            if of is shelf
        }
    )
    anchors = [(viewer.anchor(shelf, identity), identity) for identity in counts]
    anchors.sort(key=lambda pair: (-counts[pair[1]], collation_key(pair[0].name), pair[1]))
    return tuple(
        Counted(
            anchor.name,
            viewer.prefix + entry_address(shelf, identity),
            counts[identity],
            anchor.lang,
        )
        for anchor, identity in anchors[:HOME_WAYS_IN]
    )
