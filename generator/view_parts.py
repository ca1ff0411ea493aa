"""The smaller records inside the views of pages (see `views` for the rules they all keep)."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct


class View(Struct, frozen=True, array_like=True):
    """What all records for templates are. They are encoded for nothing but to be compared, so
    without the names of their fields, which would be a third of it."""


class Anchor(View, frozen=True):
    """A name that leads somewhere; `url` may be None where there is no page to lead to."""

    name: str
    url: str | None
    lang: str = ""


class Alternate(View, frozen=True):
    """The same page in another language; `exists` is False where the link leads to that language's
    home page instead."""

    language: str
    url: str
    exists: bool


class Rendition(View, frozen=True):
    """A picture in one width, in pixels."""

    url: str
    width: int


class SourceView(View, frozen=True):
    """A picture in one format, `type`, in several widths, the smallest first."""

    type: str
    srcset: tuple[Rendition, ...]


class FigureView(View, frozen=True):
    """A picture: `url` is of a size for those who take no other, `width` and `height` its own, 0
    where they are not known. `sources` are better formats than that of `url` and `renditions`, the
    best first; `sizes` is the attribute of that name; `alt_lang` and `caption_lang` are the
    languages of its words."""

    url: str
    alt: str
    caption: str
    credit: str
    width: int = 0
    height: int = 0
    sources: tuple[SourceView, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    sizes: str = ""
    alt_lang: str = ""
    caption_lang: str = ""


class SiteView(View, frozen=True):
    """What every page of one language shows around its content; depends on bulletin.toml, the
    titles of the free pages and the emblem alone. `base_url` is `` or ends with `/`; `feed_url` is
    `` without it. `search_url` is `` where the site has no search. `sections` are the shelves'
    index pages, `pages` the free pages. `palette` is the site's colour as CSS, `palette_hash` what
    lets it through a content security policy; both are `` without."""

    title: str
    tagline: str
    language: str
    home_url: str
    base_url: str
    feed_url: str
    search_url: str
    sections: tuple[Anchor, ...]
    pages: tuple[Anchor, ...]
    emblem: FigureView | None = None
    palette: str = ""
    palette_hash: str = ""


class Card(View, frozen=True):
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


class CardGroup(View, frozen=True):
    """Meetings of one year (`month` None, `day` None), one month, or one day."""

    year: int
    month: int | None
    day: int | None
    url: str
    cards: tuple[Card, ...]


class Counted(View, frozen=True):
    """A name with a number of meetings."""

    name: str
    url: str
    count: int
    lang: str = ""


class MonthCount(View, frozen=True):
    """`url` is None where the month has no meeting."""

    year: int
    month: int
    url: str | None
    count: int


class KindCount(View, frozen=True):
    """A kind, a code, with a number of meetings."""

    kind: str
    count: int


class MonthFigure(View, frozen=True):
    """The meetings held in a month of a year; `kinds` has a number for each of the `kinds` of
    `YearFigures`, in their order. `url` is None where there was none."""

    month: int
    url: str | None
    count: int
    kinds: tuple[int, ...]


class YearFigures(View, frozen=True):
    """A year in figures: only meetings that were held count. `months` are twelve; `kinds` those
    there were, the commonest first; `partners` (countries, or what else stands above the places
    named), `officials` and `topics` the ten most frequent. They lead to their page of that year
    where they have one, else to their own."""

    held: int
    months: tuple[MonthFigure, ...]
    kinds: tuple[KindCount, ...]
    partners: tuple[Counted, ...]
    officials: tuple[Counted, ...]
    topics: tuple[Counted, ...]


class AttendeeView(View, frozen=True):
    """An official at a meeting: `role` as held on that day (`` where none is known), `parts` codes,
    weightiest first."""

    name: str
    url: str
    honorific: str
    role: str
    role_lang: str
    parts: tuple[str, ...]


class HeadingView(View, frozen=True):
    level: int
    anchor: str
    text: str


class RelatedView(View, frozen=True):
    """A related meeting and the reasons, in words, strongest first."""

    id: str
    url: str
    title: str
    lang: str
    date: dt.date
    kind: str
    status: str
    reasons: tuple[str, ...]


class MeetingLink(View, frozen=True):
    """A meeting where its title and date are enough."""

    url: str
    title: str
    lang: str
    date: dt.date


class Continued(View, frozen=True):
    """A meeting that a step of a thread continues, after so many days (None if it came later)."""

    url: str
    title: str
    lang: str
    date: dt.date
    gap_days: int | None


class ThreadStep(View, frozen=True):
    """A meeting in a thread; `gap_days` since the one it follows (None for a first one).

    `relation` to the article the thread is shown on is `before`, `after` or `beside`; `` is the
    article itself, and every step of a thread's own page. `continues` is empty where a step simply
    continues what stands before it; `begins` tells of one that continues nothing, though others
    stand before it.
    """

    card: Card
    current: bool
    gap_days: int | None
    relation: str
    continues: tuple[Continued, ...]
    begins: bool


class ThreadView(View, frozen=True):
    """The thread an article belongs to; `position` counts from 1; `steps` are those near it: what
    led to it, itself, what came of it, other branches."""

    url: str
    position: int
    total: int
    steps: tuple[ThreadStep, ...]


class CreditView(View, frozen=True):
    name: str
    author: str
    published: dt.datetime | None
    url: str


class ChangeView(View, frozen=True):
    date: dt.date
    note: str
    major: bool
    lang: str = ""


class Neighbour(View, frozen=True):
    """The meeting before or after this one in time."""

    url: str
    title: str
    lang: str
    date: dt.date


class RoleSpan(View, frozen=True):
    """Where a role lies on the axis of an official's page: from `start` to `end`, of 1000 parts.
    `open_start` and `open_end` tell that the day it began or ended is not known."""

    start: int
    end: int
    open_start: bool
    open_end: bool


class RoleView(View, frozen=True):
    """A role over time. `start` and `end` are given dates; `first_seen` and `last_seen` days on
    which it is attested where they are not given; `span` is None where it has no date at all."""

    role: str
    lang: str
    organisation: Anchor | None
    start: dt.date | None
    end: dt.date | None
    first_seen: dt.date | None
    last_seen: dt.date | None
    span: RoleSpan | None = None


class MetView(View, frozen=True):
    """Somebody an official met, how often and when: `meetings`, the newest first, or where they are
    on pages of years the `years`, whose `url` is such a page."""

    id: str
    name: str
    url: str
    count: int
    first: dt.date
    last: dt.date
    last_url: str
    meetings: tuple[MeetingLink, ...]
    years: tuple[Counted, ...]


class DocumentView(View, frozen=True):
    """What is known of a document; `kind` is a code, `others` are documents of the same number."""

    kind: str
    issuer: Anchor | None
    year: int | None
    others: tuple[Anchor, ...]


class ShelfItem(View, frozen=True):
    """`note` is a role, a short name, a parent, or who issued a document and when."""

    name: str
    url: str
    lang: str
    note: str
    count: int


class ShelfGroup(View, frozen=True):
    """Entries with one initial, or documents of one `kind`, a code; the other is ``."""

    initial: str
    kind: str
    items: tuple[ShelfItem, ...]


class DayCell(View, frozen=True):
    """A day in a month grid; `url` None where nothing happened; `spanned` where an event of several
    days goes on."""

    day: int
    url: str | None
    count: int
    spanned: bool


class CalendarView(View, frozen=True):
    """A month as weeks of seven cells, Monday first; None outside the month."""

    year: int
    month: int
    url: str | None
    count: int
    weeks: tuple[tuple[DayCell | None, ...], ...]


class ThreadItem(View, frozen=True):
    url: str
    title: str
    lang: str
    count: int
    first: dt.date
    last: dt.date


class FeedItem(View, frozen=True):
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


class SitemapUrl(View, frozen=True):
    url: str
    modified: dt.date | None
    alternates: tuple[Alternate, ...]
