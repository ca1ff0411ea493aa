"""What templates see: one record for each kind of page, made of the records of `view_parts`.

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

from generator.view_parts import (
    Alternate,
    Anchor,
    AttendeeView,
    CalendarView,
    Card,
    CardGroup,
    ChangeView,
    Counted,
    CreditView,
    DocumentView,
    FeedItem,
    FigureView,
    HeadingView,
    MetView,
    MonthCount,
    Neighbour,
    RelatedView,
    RoleView,
    ShelfGroup,
    SitemapUrl,
    ThreadItem,
    ThreadStep,
    ThreadView,
    View,
    YearFigures,
)


class PageView(View, frozen=True, kw_only=True):
    """What every page has. `url` is its own address; `breadcrumbs` lead from home to its parent;
    `index` is False for pages that search engines should not list."""

    title: str
    url: str
    description: str = ""
    breadcrumbs: tuple[Anchor, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    index: bool = True


class HomePage(PageView, frozen=True, kw_only=True):
    """`latest` is the day of the newest meeting held; `activity` the twelve months up to it, the
    oldest first; `lead_image` is the picture of the first pinned meeting, else of the newest."""

    latest: dt.date | None
    newest: tuple[Card, ...]
    pinned: tuple[Card, ...]
    planned: tuple[Card, ...]
    lead_image: FigureView | None
    activity: tuple[MonthCount, ...]
    topics: tuple[Counted, ...]
    officials: tuple[Counted, ...]
    years: tuple[Counted, ...]
    total: int


class ArticlePage(PageView, frozen=True, kw_only=True):
    """`day_url` leads to the index of its day; `html` is the body, already safe and linked, and
    `html_lang` its language where that is not the page's, as `summary_lang` is the summary's."""

    id: str
    date: dt.date
    time: dt.time | None
    end_date: dt.date | None
    day_url: str
    kind: str
    status: str
    held_back: str
    summary: str
    summary_lang: str
    location: Anchor | None
    topics: tuple[Anchor, ...]
    officials: tuple[AttendeeView, ...]
    organisations: tuple[Anchor, ...]
    partners: tuple[Anchor, ...]
    documents: tuple[Anchor, ...]
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


class EntryPage(PageView, frozen=True, kw_only=True):
    """The page of a topic, official, organisation, place, series or document: all its meetings, or
    where they are over 60 the newest 30 and the years. `groups` are by year, newest first;
    `partial` tells that older meetings are only on the years' pages. `roles` and `met` are for
    officials, `met_more` is how many more they met; `people` are for organisations (their members,
    with the last role known), `document` for documents. `years` lead to the years' pages where
    the list is `partial`, else to the page itself. `axis` is the first and the last year of the
    time over which `roles` have their spans, None where none has."""

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
    axis: tuple[int, int] | None
    people: tuple[AttendeeView, ...]
    met: tuple[MetView, ...]
    met_more: int
    document: DocumentView | None
    total: int
    partial: bool
    years: tuple[Counted, ...]
    groups: tuple[CardGroup, ...]


class EntryYearPage(PageView, frozen=True, kw_only=True):
    """One year of a long list; `groups` are by month. Of other years it shows only links. `met` is
    for officials: whom they met that year."""

    shelf: str
    year: int
    previous_year: Anchor | None
    next_year: Anchor | None
    groups: tuple[CardGroup, ...]
    met: tuple[MetView, ...]


class ShelfPage(PageView, frozen=True, kw_only=True):
    """An index of a shelf in Vietnamese order, grouped by initial letter (people: of the given
    name); documents by kind, then in order of years and numbers."""

    shelf: str
    groups: tuple[ShelfGroup, ...]
    total: int


class YearPage(PageView, frozen=True, kw_only=True):
    """`groups` are by month, empty where the year has over 60 meetings (the months list them);
    `figures` is None where none has been held."""

    year: int
    figures: YearFigures | None
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


class ThreadsPage(PageView, frozen=True, kw_only=True):
    """All threads, that with the newest meeting first."""

    threads: tuple[ThreadItem, ...]


class TextPage(PageView, frozen=True, kw_only=True):
    """A free page."""

    html: str
    html_lang: str
    headings: tuple[HeadingView, ...]


class SearchPage(PageView, frozen=True, kw_only=True):
    """`indexes` are the folders of what is searched besides the search page's own, those of the
    newest year first; `years` lead to the years' pages, the newest first. `original` is the
    language of what is found and has no page in this one; `` in the site's main language."""

    indexes: tuple[str, ...]
    years: tuple[Anchor, ...]
    original: str


class NotFoundPage(PageView, frozen=True, kw_only=True):
    pass


class RedirectPage(PageView, frozen=True, kw_only=True):
    """An old address that leads to `target`."""

    target: str


class FeedPage(PageView, frozen=True, kw_only=True):
    uid: str
    updated: dt.datetime
    items: tuple[FeedItem, ...]


class SitemapPage(PageView, frozen=True, kw_only=True):
    """Either `urls`, or where they are over 50,000 (the protocol's limit) `parts`, addresses of
    further sitemaps."""

    urls: tuple[SitemapUrl, ...]
    parts: tuple[str, ...]


class RobotsPage(PageView, frozen=True, kw_only=True):
    sitemap: str
