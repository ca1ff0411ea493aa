"""What templates see: one record for each kind of page, and the smaller records inside them.

These are the whole interface between the generator and a theme. Their encoding is part of a page's
key, so a page is rendered again exactly when something in its record changed. Rules for all:

- `url` is an address from the site's root without a leading slash (`topics/coordination/`, `` for
  the home page, `en/` for the English one); a template writes `{{ link(x.url) }}`.
- Dates are `datetime.date`; filters put them in words (`longdate`, `shortdate`, `isodate`).
- `lang` is `` where a text is in the page's language, else the code of the language it is in.
- Kinds, statuses and parts are codes; the filter `label` puts them in words.
- Nothing here depends on the clock.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct


class Anchor(Struct, frozen=True):
    """A name that leads somewhere; `url` may be None where there is no page to lead to."""

    name: str
    url: str | None
    lang: str = ""


class Alternate(Struct, frozen=True):
    """The same page in another language; `exists` is False where the link leads to that language's
    home page instead."""

    language: str
    url: str
    exists: bool


class SiteView(Struct, frozen=True):
    """What every page of one language shows around its content; depends on bulletin.toml and the
    titles of the free pages alone. `base_url` is `` or ends with `/`; `feed_url` is `` without it.
    `sections` are the shelves' index pages, `pages` the free pages."""

    title: str
    tagline: str
    language: str
    languages: tuple[str, ...]
    home_url: str
    base_url: str
    feed_url: str
    sections: tuple[Anchor, ...]
    pages: tuple[Anchor, ...]


class PageView(Struct, frozen=True, kw_only=True):
    """What every page has. `url` is its own address; `breadcrumbs` lead from home to its parent;
    `index` is False for pages that search engines should not list."""

    title: str
    url: str
    description: str = ""
    breadcrumbs: tuple[Anchor, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    index: bool = True


class Card(Struct, frozen=True):
    """A meeting in a list. `held_back` is ``, `draft` or `scheduled` (only in a build that shows
    such articles)."""

    id: str
    url: str
    title: str
    lang: str
    date: dt.date
    time: dt.time | None
    end_date: dt.date | None
    kind: str
    status: str
    summary: str
    topics: tuple[Anchor, ...]
    location: str
    held_back: str


class CardGroup(Struct, frozen=True):
    """Meetings of one year (`month` None, `day` None), one month, or one day."""

    year: int
    month: int | None
    day: int | None
    url: str
    cards: tuple[Card, ...]


class Counted(Struct, frozen=True):
    """A name with a number of meetings."""

    name: str
    url: str
    count: int
    lang: str = ""


class MonthCount(Struct, frozen=True):
    """`url` is None where the month has no meeting."""

    year: int
    month: int
    url: str | None
    count: int


class HomePage(PageView, frozen=True, kw_only=True):
    """`activity` is the twelve months up to that of the newest meeting, the oldest first."""

    newest: tuple[Card, ...]
    pinned: tuple[Card, ...]
    planned: tuple[Card, ...]
    activity: tuple[MonthCount, ...]
    topics: tuple[Counted, ...]
    officials: tuple[Counted, ...]
    years: tuple[Counted, ...]
    total: int


class AttendeeView(Struct, frozen=True):
    """An official at a meeting: `role` as held on that day (`` where none is known), `parts` codes,
    weightiest first."""

    name: str
    url: str
    honorific: str
    role: str
    role_lang: str
    parts: tuple[str, ...]


class FigureView(Struct, frozen=True):
    url: str
    alt: str
    caption: str
    credit: str


class HeadingView(Struct, frozen=True):
    level: int
    anchor: str
    text: str


class RelatedView(Struct, frozen=True):
    """A related meeting and the reasons, in words, strongest first."""

    id: str
    url: str
    title: str
    lang: str
    date: dt.date
    kind: str
    reasons: tuple[str, ...]


class ThreadStep(Struct, frozen=True):
    """A meeting in a thread; `gap_days` since the one it follows (None for a first one)."""

    card: Card
    current: bool
    gap_days: int | None


class ThreadView(Struct, frozen=True):
    """The thread an article belongs to; `position` counts from 1."""

    url: str
    title: str
    position: int
    total: int
    steps: tuple[ThreadStep, ...]


class CreditView(Struct, frozen=True):
    name: str
    author: str
    published: dt.datetime | None
    url: str


class ChangeView(Struct, frozen=True):
    date: dt.date
    note: str
    major: bool


class Neighbour(Struct, frozen=True):
    """The meeting before or after this one in time."""

    url: str
    title: str
    lang: str
    date: dt.date


class ArticlePage(PageView, frozen=True, kw_only=True):
    """`day_url` leads to the index of its day; `html` is the body, already safe and linked, and
    `html_lang` its language where that is not the page's."""

    id: str
    date: dt.date
    time: dt.time | None
    end_date: dt.date | None
    day_url: str
    kind: str
    status: str
    held_back: str
    summary: str
    location: Anchor | None
    topics: tuple[Anchor, ...]
    officials: tuple[AttendeeView, ...]
    organisations: tuple[Anchor, ...]
    partners: tuple[Anchor, ...]
    documents: tuple[str, ...]
    series: Anchor | None
    image: FigureView | None
    html: str
    html_lang: str
    headings: tuple[HeadingView, ...]
    thread: ThreadView | None
    related: tuple[RelatedView, ...]
    previous: Neighbour | None
    next: Neighbour | None
    source: CreditView | None
    changes: tuple[ChangeView, ...]


class RoleView(Struct, frozen=True):
    """A role over time. `start` and `end` are given dates; `first_seen` and `last_seen` days on
    which it is attested where they are not given."""

    role: str
    lang: str
    organisation: Anchor | None
    start: dt.date | None
    end: dt.date | None
    first_seen: dt.date | None
    last_seen: dt.date | None


class MetView(Struct, frozen=True):
    """Somebody an official met, how often and when last."""

    name: str
    url: str
    count: int
    last: dt.date
    last_url: str


class EntryPage(PageView, frozen=True, kw_only=True):
    """The page of a topic, official, organisation, place or series: all its meetings, or where they
    are over 60 the newest 30 and the years. `groups` are by year, newest first; `partial` tells
    that older meetings are only on the years' pages. `roles` and `met` are for officials, `people`
    for organisations (their members, with the last role known)."""

    shelf: str
    id: str
    lang: str
    other_names: tuple[str, ...]
    honorific: str
    short_name: str
    image: FigureView | None
    html: str
    html_lang: str
    parent: Anchor | None
    children: tuple[Anchor, ...]
    founding_date: dt.date | None
    dissolution_date: dt.date | None
    successor: Anchor | None
    roles: tuple[RoleView, ...]
    people: tuple[AttendeeView, ...]
    met: tuple[MetView, ...]
    total: int
    partial: bool
    years: tuple[Counted, ...]
    groups: tuple[CardGroup, ...]


class EntryYearPage(PageView, frozen=True, kw_only=True):
    """One year of a long list; `groups` are by month. It shows nothing of another year but links."""

    shelf: str
    entry: Anchor
    year: int
    previous_year: Anchor | None
    next_year: Anchor | None
    groups: tuple[CardGroup, ...]


class ShelfItem(Struct, frozen=True):
    """`note` is a role, a short name or a parent; `last` the day of the newest meeting."""

    name: str
    url: str
    lang: str
    note: str
    count: int
    last: dt.date | None


class ShelfGroup(Struct, frozen=True):
    initial: str
    items: tuple[ShelfItem, ...]


class ShelfPage(PageView, frozen=True, kw_only=True):
    """An index of a shelf in Vietnamese order, grouped by initial letter (people: of the given
    name)."""

    shelf: str
    groups: tuple[ShelfGroup, ...]
    total: int


class DayCell(Struct, frozen=True):
    """A day in a month grid; `url` None where nothing happened; `spanned` where an event of several
    days goes on."""

    day: int
    url: str | None
    count: int
    spanned: bool


class CalendarView(Struct, frozen=True):
    """A month as weeks of seven cells, Monday first; None outside the month."""

    year: int
    month: int
    url: str | None
    count: int
    weeks: tuple[tuple[DayCell | None, ...], ...]


class YearPage(PageView, frozen=True, kw_only=True):
    """`groups` are by month, empty where the year has over 60 meetings (the months list them)."""

    year: int
    calendars: tuple[CalendarView, ...]
    groups: tuple[CardGroup, ...]
    previous: Anchor | None
    next: Anchor | None
    total: int


class MonthPage(PageView, frozen=True, kw_only=True):
    """`groups` are by day, the newest first."""

    year: int
    month: int
    calendar: CalendarView
    groups: tuple[CardGroup, ...]
    previous: MonthCount | None
    next: MonthCount | None


class DayPage(PageView, frozen=True, kw_only=True):
    date: dt.date
    calendar: CalendarView
    cards: tuple[Card, ...]
    previous: Neighbour | None
    next: Neighbour | None


class ThreadPage(PageView, frozen=True, kw_only=True):
    steps: tuple[ThreadStep, ...]


class ThreadItem(Struct, frozen=True):
    url: str
    title: str
    lang: str
    count: int
    first: dt.date
    last: dt.date


class ThreadsPage(PageView, frozen=True, kw_only=True):
    """All threads, that with the newest meeting first."""

    threads: tuple[ThreadItem, ...]


class TextPage(PageView, frozen=True, kw_only=True):
    """A free page."""

    html: str
    html_lang: str
    headings: tuple[HeadingView, ...]


class NotFoundPage(PageView, frozen=True, kw_only=True):
    pass


class RedirectPage(PageView, frozen=True, kw_only=True):
    """An old address that leads to `target`."""

    target: str


class FeedItem(Struct, frozen=True):
    """`uid` is a URN that contains no host; `html` has absolute addresses; times are with zone."""

    uid: str
    url: str
    title: str
    lang: str
    published: dt.datetime
    updated: dt.datetime
    summary: str
    html: str
    topics: tuple[str, ...]
    source: str


class FeedPage(PageView, frozen=True, kw_only=True):
    uid: str
    updated: dt.datetime
    items: tuple[FeedItem, ...]


class SitemapUrl(Struct, frozen=True):
    url: str
    modified: dt.date | None
    alternates: tuple[Alternate, ...]


class SitemapPage(PageView, frozen=True, kw_only=True):
    """Either `urls`, or where they are over 50,000 (the protocol's limit) `parts`, addresses of
    further sitemaps."""

    urls: tuple[SitemapUrl, ...]
    parts: tuple[str, ...]


class RobotsPage(PageView, frozen=True, kw_only=True):
    sitemap: str
