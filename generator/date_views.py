"""The views of time: home, years, months and days, with the calendars that lead through them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, partial

from msgspec import Struct

from generator.article_view import lead_figure
from generator.catalogue import Catalogue
from generator.descriptions import of_day, of_home, of_month, of_year
from generator.entry_views import WHOLE_LIST
from generator.model import Shelf, Status
from generator.problems import N_
from generator.rankings import most_frequent
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
from generator.year_figures import year_figures

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


class Dates:
    """A timeline as it is shown in one language; the calendar of a month, which the pages of all
    its days show, is made once."""

    def __init__(self, viewer: Viewer, timeline: Timeline) -> None:
        self.viewer = viewer
        self.timeline = timeline
        self.years = sorted(timeline.years)
        self.months = sorted(timeline.months)
        self.days = sorted(timeline.days)
        self.calendar: Callable[[int, int], CalendarView] = cache(self._calendar)

    def _calendar(self, year: int, month: int) -> CalendarView:
        weeks = calendar.Calendar(calendar.MONDAY).monthdayscalendar(year, month)
        count = len(self.timeline.months.get((year, month), ()))
        return CalendarView(
            year,
            month,
            self.viewer.prefix + month_address(year, month) if count else None,
            count,
            tuple(
                tuple(self._cell(dt.date(year, month, day)) if day else None for day in week)
                for week in weeks
            ),
        )

    def _cell(self, day: dt.date) -> DayCell:
        """A day with meetings leads to its page; one an event goes on, to the day it began."""
        count = len(self.timeline.days.get(day, ()))
        start = self.timeline.spanned.get(day)
        shown = day if count else start
        url = self.viewer.prefix + day_address(shown) if shown else None
        return DayCell(day.day, url, count, start is not None)


def year_page(dates: Dates, here: int) -> YearPage:
    """The year `here` of those with meetings, likewise for the months and days below."""
    viewer, years = dates.viewer, dates.years
    year = years[here]
    positions = dates.timeline.years[year]

    def neighbour(at: int) -> Anchor | None:
        if not 0 <= at < len(years):
            return None
        return Anchor(str(years[at]), viewer.prefix + year_address(years[at]))

    figures = year_figures(viewer, year, positions)
    return YearPage(
        title=viewer.say(N_("Year {year}")).format(year=year),
        url=viewer.prefix + year_address(year),
        description=of_year(viewer, year, len(positions), figures.topics if figures else ()),
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates(year_address(year)),
        year=year,
        figures=figures,
        calendars=tuple(dates.calendar(year, month) for month in range(1, 13)),
        groups=viewer.by_month(positions[::-1]) if len(positions) <= WHOLE_LIST else (),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
        total=len(positions),
    )


def month_page(dates: Dates, here: int) -> MonthPage:
    viewer = dates.viewer
    year, month = dates.months[here]
    meetings = viewer.catalogue.meetings
    days: dict[dt.date, list[int]] = {}
    for position in reversed(dates.timeline.months[year, month]):
        days.setdefault(meetings[position].article.date, []).append(position)
    title = viewer.translator.month_year(month, year)
    return MonthPage(
        title=title[:1].upper() + title[1:],
        url=viewer.prefix + month_address(year, month),
        description=of_month(viewer, year, month, dates.timeline.months[year, month]),
        breadcrumbs=viewer.date_crumbs(dt.date(year, month, 1), 1),
        alternates=viewer.alternates(month_address(year, month)),
        year=year,
        month=month,
        calendar=dates.calendar(year, month),
        groups=tuple(
            CardGroup(year, month, day.day, viewer.prefix + day_address(day), viewer.cards(found))
            for day, found in days.items()
        ),
        previous=_month_at(dates, here - 1),
        next=_month_at(dates, here + 1),
    )


def _month_at(dates: Dates, at: int) -> MonthCount | None:
    """The nearest month with meetings; without its figure, so that it does not change this page."""
    if not 0 <= at < len(dates.months):
        return None
    year, month = dates.months[at]
    return MonthCount(year, month, dates.viewer.prefix + month_address(year, month), 0)


def day_page(dates: Dates, here: int) -> DayPage:
    viewer, days = dates.viewer, dates.days
    day = days[here]

    def neighbour(other: int) -> Neighbour | None:
        if not 0 <= other < len(days):
            return None
        url = viewer.prefix + day_address(days[other])
        return Neighbour(url, viewer.translator.long_date(days[other]), "", days[other])

    title = f"{viewer.translator.weekday(day)}, {viewer.translator.long_date(day)}"
    return DayPage(
        title=title[:1].upper() + title[1:],
        url=viewer.prefix + day_address(day),
        description=of_day(viewer, day, dates.timeline.days[day]),
        breadcrumbs=viewer.date_crumbs(day, 2),
        alternates=viewer.alternates(day_address(day)),
        date=day,
        calendar=dates.calendar(day.year, day.month),
        cards=viewer.cards(dates.timeline.days[day]),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
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
    leading = pinned[::-1] or newest
    held = [m.article.date for m in meetings if m.article.status is Status.HELD]
    latest = max(held, default=None)
    text = viewer.config.texts[viewer.language]
    return HomePage(
        title=text.title,
        url=viewer.prefix,
        description=of_home(viewer),
        alternates=viewer.alternates(""),
        latest=latest,
        newest=viewer.cards(newest[:HOME_NEWEST]),
        pinned=viewer.cards(reversed(pinned)),
        planned=viewer.cards(planned),
        lead_image=lead_figure(viewer, meetings[leading[0]]) if leading else None,
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
    listed = viewer.catalogue.listed.items()
    counts = {identity: len(positions) for (of, identity), positions in listed if of is shelf}
    return most_frequent(viewer, shelf, counts, HOME_WAYS_IN, partial(entry_address, shelf))
