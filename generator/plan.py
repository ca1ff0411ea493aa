"""The plan: every file of the site, settled before anything is rendered.

A page knows its path, its template and how to make its view; two that claim one path, and links to
addresses nothing stands at, are found here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cached_property, partial
from typing import ParamSpec

from msgspec import Struct

from generator.addresses import dead_addresses, reserved_addresses
from generator.article_view import article_page
from generator.catalogue import Catalogue
from generator.collisions import collisions
from generator.date_views import (
    Dates,
    Timeline,
    day_page,
    home_page,
    make_timeline,
    month_page,
    year_page,
)
from generator.entry_views import (
    WHOLE_LIST,
    entry_page,
    entry_year_page,
    shelf_page,
    text_page,
    years_of,
)
from generator.feed_views import feed_page, robots_page, sitemap_pages
from generator.meetings import Meeting
from generator.model import FreePage, Reference, Shelf, Status
from generator.pictures import Print
from generator.problems import N_, Place, Problem
from generator.scanning import Found
from generator.search_views import search_page
from generator.thread_views import thread_page, threads_page
from generator.urls import (
    SEARCH,
    SUBJECT_SHELVES,
    Linker,
    absolute_linker,
    alias_address,
    day_address,
    entry_address,
    file_path,
    media_address,
    month_address,
    relative_linker,
    rooted_linker,
    shelf_address,
    thread_address,
    year_address,
)
from generator.view_parts import SitemapUrl
from generator.viewer import Viewer
from generator.views import NotFoundPage, PageView, RedirectPage


class Page(Struct, frozen=True):
    """A file a template makes. `make` gives the view, with the links of `links`; `origin` is the
    content file it shows, for messages; `modified` when the content says it last changed; `listed`
    puts it in the sitemap."""

    path: str
    address: str
    template: str
    language: str
    links: Linker
    make: Callable[[Linker], PageView]
    origin: Place | None = None
    modified: dt.date | None = None
    listed: bool = True


class Copy(Struct, frozen=True):
    """A file published as it is."""

    path: str
    source: Found
    origin: Place


class PictureFiles(Struct, frozen=True):
    """A picture, and the files made of it."""

    source: Found
    prints: tuple[Print, ...]


class Plan(Struct, frozen=True):
    pages: tuple[Page, ...]
    copies: tuple[Copy, ...]
    pictures: tuple[PictureFiles, ...]
    problems: tuple[Problem, ...]


Arguments = ParamSpec("Arguments")


def _unlinked(
    view: Callable[Arguments, PageView], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Callable[[Linker], PageView]:
    """The maker of a view in which nothing needs the page's own links."""
    return lambda _link: view(*args, **kwargs)


class _Planner:
    def __init__(self, catalogue: Catalogue, portable: bool) -> None:
        self.catalogue = catalogue
        self.config = catalogue.config
        self.portable = portable

    @cached_property
    def timeline(self) -> Timeline:
        return make_timeline(self.catalogue)

    def page(
        self,
        address: str,
        template: str,
        viewer: Viewer,
        make: Callable[[Linker], PageView],
        origin: Place | None = None,
        modified: dt.date | None = None,
        listed: bool = True,
    ) -> Page:
        full = viewer.prefix + address
        return Page(
            path=file_path(full),
            address=full,
            template=template,
            language=viewer.language,
            links=relative_linker(full, self.portable),
            make=make,
            origin=origin,
            modified=modified,
            listed=listed,
        )

    def language(self, viewer: Viewer) -> Iterator[Page]:
        """Every page of one language, feeds apart."""
        yield self.page("", "home.html", viewer, _unlinked(home_page, viewer, self.timeline))
        for position, meeting in enumerate(self.catalogue.meetings):
            if viewer.has_page(meeting, viewer.language):
                yield self.article(viewer, position, meeting)
        yield from self.dates(viewer)
        yield from self.subjects(viewer)
        yield from self.threads(viewer)
        if viewer.searched:
            yield self.page(
                SEARCH, "search.html", viewer, _unlinked(search_page, viewer), listed=False
            )
        for entry in self.catalogue.pages:
            if viewer.has_page(entry, viewer.language):
                yield self.page(
                    entry_address(Shelf.PAGES, entry.id),
                    "page.html",
                    viewer,
                    partial(text_page, viewer, entry),
                    entry.place,
                    listed=not entry.draft,
                )

    def article(self, viewer: Viewer, position: int, meeting: Meeting) -> Page:
        article = meeting.article
        # When something still to come was written is not known.
        known = [article.date] if article.status is Status.HELD else []
        known += [change.date for change in article.changes]
        return self.page(
            meeting.address,
            "article.html",
            viewer,
            partial(article_page, viewer, position),
            article.place,
            modified=max(known, default=None),
            listed=not meeting.held_back,
        )

    def dates(self, viewer: Viewer) -> Iterator[Page]:
        dates = Dates(viewer, self.timeline)
        for at, year in enumerate(dates.years):
            yield self.page(
                year_address(year),
                "year.html",
                viewer,
                _unlinked(year_page, dates, at),
            )
        for at, (year, month) in enumerate(dates.months):
            yield self.page(
                month_address(year, month),
                "month.html",
                viewer,
                _unlinked(month_page, dates, at),
            )
        for at, day in enumerate(dates.days):
            yield self.page(
                day_address(day),
                "day.html",
                viewer,
                _unlinked(day_page, dates, at),
            )

    def subjects(self, viewer: Viewer) -> Iterator[Page]:
        for shelf in SUBJECT_SHELVES:
            yield self.page(
                shelf_address(shelf),
                "shelf.html",
                viewer,
                _unlinked(shelf_page, viewer, shelf),
            )
        for (shelf, identity), subject in self.catalogue.register.subjects.items():
            address = entry_address(shelf, identity)
            yield self.page(
                address,
                "official.html" if shelf is Shelf.OFFICIALS else "entry.html",
                viewer,
                partial(entry_page, viewer, shelf, identity),
                subject.entry.place if subject.entry else None,
            )
            positions = self.catalogue.listed.get((shelf, identity), ())
            if len(positions) > WHOLE_LIST:
                years = years_of(self.catalogue, positions)
                for at, (year, _) in enumerate(years):
                    yield self.page(
                        address + year_address(year),
                        "entry-year.html",
                        viewer,
                        _unlinked(entry_year_page, viewer, shelf, identity, years, at),
                    )

    def threads(self, viewer: Viewer) -> Iterator[Page]:
        yield self.page("threads/", "threads.html", viewer, _unlinked(threads_page, viewer))
        for thread in dict.fromkeys(self.catalogue.threads.values()):
            yield self.page(
                thread_address(thread.id),
                "thread.html",
                viewer,
                _unlinked(thread_page, viewer, thread),
            )

    def redirect(self, viewer: Viewer, alias: Reference, target: str, title: str) -> Page | Problem:
        address = alias_address(alias.text)
        if address is None:
            return Problem(
                alias.place,
                "bad-alias",
                N_("“{alias}” cannot be an old address of this site"),
                N_("write it from the site's root, like /old/address/"),
                {"alias": alias.text},
            )
        view = RedirectPage(title=title, url=address, target=target, index=False)
        return Page(
            path=file_path(address),
            address=address,
            template="redirect.html",
            language=viewer.language,
            links=relative_linker(address, self.portable),
            make=lambda _link: view,
            origin=alias.place,
            listed=False,
        )

    def redirects(self, viewer: Viewer) -> Iterator[Page | Problem]:
        for meeting in self.catalogue.meetings:
            for alias in meeting.article.aliases:
                target = viewer.meeting_url(meeting)
                yield self.redirect(viewer, alias, target, meeting.article.title)
        for entry in self.catalogue.pages:
            if isinstance(entry.details, FreePage):
                for alias in entry.details.aliases:
                    yield self.redirect(viewer, alias, viewer.page_url(entry), entry.name)

    def not_found(self, viewer: Viewer) -> Page:
        title = viewer.say(N_("Page not found"))
        view = NotFoundPage(title=title, url="404.html", index=False)
        return Page(
            path="404.html",
            address="404.html",
            template="404.html",
            language=viewer.language,
            links=rooted_linker(self.config.base_url),
            make=lambda _link: view,
            listed=False,
        )

    def for_programs(self, viewers: Iterable[Viewer], pages: Iterable[Page]) -> Iterator[Page]:
        """Feeds, sitemap and robots.txt; all but the last need the site's full address."""
        viewers = tuple(viewers)
        main = viewers[0]
        yield self.plain("robots.txt", "robots.txt", main, robots_page(self.config.base_url))
        if not self.config.base_url:
            return
        yield from map(self.feed, viewers)
        for view in sitemap_pages(_sitemap_urls(viewers, pages)):
            yield self.plain(view.url, "sitemap.xml", main, view)

    def feed(self, viewer: Viewer) -> Page:
        address = f"{viewer.prefix}feed.xml"
        return Page(
            path=address,
            address=address,
            template="feed.xml",
            language=viewer.language,
            links=absolute_linker(self.config.base_url),
            make=_unlinked(feed_page, viewer),
            listed=False,
        )

    def plain(self, address: str, template: str, viewer: Viewer, view: PageView) -> Page:
        return Page(
            path=address,
            address=address,
            template=template,
            language=viewer.language,
            links=absolute_linker(self.config.base_url),
            make=lambda _link: view,
            listed=False,
        )


def _sitemap_urls(viewers: Iterable[Viewer], pages: Iterable[Page]) -> list[SitemapUrl]:
    """Every listed page with the same page in other languages, where there are several."""
    prefixes = {viewer.language: viewer for viewer in viewers}
    listed = [page for page in pages if page.listed]
    known = {page.address for page in listed}
    urls = []
    for page in listed:
        viewer = prefixes[page.language]
        alternates = tuple(
            alternate
            for alternate in viewer.alternates(page.address.removeprefix(viewer.prefix))
            if alternate.url in known
        )
        urls.append(
            SitemapUrl(page.address, page.modified, alternates if len(alternates) > 1 else ())
        )
    return urls


def make_plan(
    catalogue: Catalogue, viewers: Iterable[Viewer], files: Mapping[str, Found], portable: bool
) -> Plan:
    """Settle every file of the site but the theme's own. `viewers` has one for each language, the
    main language's first; `files` are those of content/ that are not Markdown."""
    planner = _Planner(catalogue, portable)
    viewers = tuple(viewers)
    pages: list[Page] = []
    problems: list[Problem] = []
    for viewer in viewers:
        pages += planner.language(viewer)
    for redirect in planner.redirects(viewers[0]):
        if isinstance(redirect, Problem):
            problems.append(redirect)
        else:
            pages.append(redirect)
    pages.append(planner.not_found(viewers[0]))
    pages += planner.for_programs(viewers, pages)
    prints = catalogue.gallery.prints
    sorts = [(file, file in catalogue.gallery.looks) for file in sorted(catalogue.files)]
    copies = tuple(Copy(media_address(f), files[f], Place(f)) for f, seen in sorts if not seen)
    pictures = tuple(PictureFiles(files[file], prints(file)) for file, seen in sorts if seen)
    made = [(copy.path, copy.origin) for copy in copies]
    made += [(each.address, Place(p.source.path)) for p in pictures for each in p.prints]
    paths = dict.fromkeys([page.path for page in pages] + [path for path, _ in made])
    reserved = list(reserved_addresses(catalogue.pages))
    refused = {problem.place for problem in reserved}
    claimed = [(page.path, page.origin) for page in pages if page.origin not in refused]
    problems += [*reserved, *collisions([*claimed, *made])]
    at_times = {file_path(viewer.prefix + SEARCH) for viewer in viewers}
    problems += dead_addresses(catalogue, paths, at_times)
    return Plan(tuple(pages), copies, pictures, tuple(problems))


def pages_about(
    catalogue: Catalogue,
    viewers: Iterable[Viewer],
    positions: Set[int],
    edited: Set[int],
    portable: bool,
) -> tuple[Page, ...]:
    """The pages of the meetings at some positions, and the feeds that have an `edited` one."""
    planner = _Planner(catalogue, portable)
    pages: list[Page] = []
    for viewer in viewers:
        for position in sorted(positions):
            meeting = catalogue.meetings[position]
            if viewer.has_page(meeting, viewer.language):
                pages.append(planner.article(viewer, position, meeting))
        if catalogue.config.base_url and not edited.isdisjoint(catalogue.feeds[viewer.language]):
            pages.append(planner.feed(viewer))
    return tuple(pages)
