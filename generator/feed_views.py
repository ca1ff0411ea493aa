"""The views for programs: the site feed, the sitemap, robots.txt."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence

from generator.article_view import changes_of
from generator.config import Config
from generator.meetings import Meeting
from generator.model import Shelf
from generator.publication import feed_date
from generator.urls import absolute_linker
from generator.view_parts import FeedItem, SitemapUrl
from generator.viewer import Viewer
from generator.views import FeedPage, RobotsPage, SitemapPage

_ANCHOR = re.compile(r' ?<a class="anchor".*?</a>')

SITEMAP_LENGTH = 50_000
"""The most addresses a sitemap may hold (https://www.sitemaps.org/protocol.html)."""

_NAMESPACE = uuid.UUID("5c3bd0a4-2f51-5d0e-9b06-5f6f1d3c7a11")


def urn(config: Config, *parts: str) -> str:
    """An id for feeds and calendars that holds neither host nor address, so that it survives a move
    of the site (RFC 4287, 4.2.6: an atom:id never changes)."""
    return uuid.uuid5(_NAMESPACE, "\n".join((config.id, *parts))).urn


def _item(viewer: Viewer, meeting: Meeting) -> FeedItem:
    article = meeting.article
    title, lang = viewer.meeting_title(meeting)
    published = feed_date(article, viewer.config.zone)
    link = absolute_linker(viewer.config.base_url)
    html, _, _ = viewer.text(meeting.texts, link, plain=True)
    # Readers show the text elsewhere, where what leads to a place in this page must say which.
    html = _ANCHOR.sub("", html).replace('href="#', f'href="{link(viewer.meeting_url(meeting))}#')
    changed = [
        dt.datetime.combine(change.date, dt.time(), viewer.config.zone)
        for change in changes_of(viewer, article)
    ]
    return FeedItem(
        uid=urn(viewer.config, viewer.language, Shelf.ARTICLES, article.id),
        url=viewer.meeting_url(meeting),
        title=title,
        lang=lang,
        published=published,
        updated=max(published, *changed) if changed else published,
        summary=viewer.summary(meeting)[0],
        html=html,
        topics=tuple(viewer.anchor(Shelf.TOPICS, topic).name for topic in meeting.topics),
        source=article.source.name if article.source else "",
    )


def feed_page(viewer: Viewer) -> FeedPage:
    """The newest meetings of the viewer's language."""
    config, catalogue = viewer.config, viewer.catalogue
    positions = catalogue.feeds[viewer.language]
    items = tuple(_item(viewer, catalogue.meetings[position]) for position in positions)
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return FeedPage(
        title=config.texts[viewer.language].title,
        url=f"{viewer.prefix}feed.xml",
        description=config.texts[viewer.language].tagline,
        uid=urn(config, viewer.language, "feed"),
        updated=max((item.updated for item in items), default=epoch),
        items=items,
    )


def sitemap_pages(urls: Sequence[SitemapUrl]) -> list[SitemapPage]:
    """The sitemap; where it would be too long an index first, then its parts."""
    if len(urls) <= SITEMAP_LENGTH:
        return [SitemapPage(title="", url="sitemap.xml", urls=tuple(urls), parts=())]
    parts = [
        SitemapPage(
            title="",
            url=f"sitemap-{number}.xml",
            urls=tuple(urls[start : start + SITEMAP_LENGTH]),
            parts=(),
        )
        for number, start in enumerate(range(0, len(urls), SITEMAP_LENGTH), 1)
    ]
    index = SitemapPage(
        title="", url="sitemap.xml", urls=(), parts=tuple(part.url for part in parts)
    )
    return [index, *parts]


def robots_page(base_url: str) -> RobotsPage:
    return RobotsPage(
        title="", url="robots.txt", sitemap=f"{base_url}sitemap.xml" if base_url else ""
    )
