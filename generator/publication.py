"""What is public at the instant of a build, and what is held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.model import Article, Entry, Status, Translation
from generator.problems import N_, Problem, Severity


class Edition(Struct, frozen=True):
    """The instant of a build, and whether drafts and articles not yet public are shown."""

    now: dt.datetime
    drafts: bool = False
    future: bool = False


class Selection(Struct, frozen=True):
    """`published` oldest first; `next_change` is when the next article becomes public, enters the
    feeds or comes to be at odds with the calendar."""

    published: tuple[Article, ...]
    held_back: tuple[Article, ...]
    next_change: dt.datetime | None
    problems: tuple[Problem, ...]


def public_from(article: Article, zone: ZoneInfo) -> dt.datetime | None:
    """When an article goes public: its `published`, else the first minute of its date for one held,
    and at once (None) for one announced, postponed or cancelled."""
    if article.published:
        return article.published.astimezone(zone)
    if article.status is Status.HELD:
        return dt.datetime.combine(article.date, dt.time(), zone)
    return None


def hold(article: Article, edition: Edition, zone: ZoneInfo) -> str:
    """Why an article is held back: `draft`, `scheduled`, or `` for one that is public."""
    if article.draft:
        return "draft"
    start = public_from(article, zone)
    return "scheduled" if start and start > edition.now else ""


def is_shown(reason: str, edition: Edition) -> bool:
    return not reason or (edition.drafts if reason == "draft" else edition.future)


def in_time_order(article: Article) -> tuple[dt.date, bool, str, str]:
    """The order of meetings in time; those of one day by their hour, then by id."""
    return article.date, article.time is not None, str(article.time or ""), article.id


def feed_date(article: Article, zone: ZoneInfo) -> dt.datetime:
    """The instant feeds give for an article. One that says nothing of its publication enters them
    on the day it is about: its true day of publication is not known."""
    return public_from(article, zone) or dt.datetime.combine(article.date, dt.time(), zone)


def select(articles: Iterable[Article], edition: Edition, zone: ZoneInfo) -> Selection:
    """Part the articles into those this edition shows and those it holds back."""
    published: list[Article] = []
    held_back: list[Article] = []
    problems: list[Problem] = []
    still_to_come: list[dt.datetime] = []
    today = edition.now.astimezone(zone).date()
    for article in articles:
        reason = hold(article, edition, zone)
        (published if is_shown(reason, edition) else held_back).append(article)
        if not article.draft and feed_date(article, zone) > edition.now:
            still_to_come.append(feed_date(article, zone))
        problems += _status_problems(article, today)
        passed = _day_passed(article)
        if passed and passed > today:
            still_to_come.append(dt.datetime.combine(passed, dt.time(), zone))
    published.sort(key=in_time_order)
    next_change = min(still_to_come, default=None)
    return Selection(tuple(published), tuple(held_back), next_change, tuple(problems))


def _status_problems(article: Article, today: dt.date) -> Iterable[Problem]:
    """Warnings of a status that the calendar contradicts."""
    values = {"title": article.title, "date": article.date.isoformat()}
    if article.status is Status.HELD and article.date > today:
        yield Problem(
            article.place,
            "held-in-future",
            N_("“{title}” is said to be held, on {date}, which is still to come"),
            N_("write status: planned, or correct the date"),
            values,
            Severity.WARNING,
        )
    if article.status is Status.PLANNED and (article.end_date or article.date) < today:
        yield Problem(
            article.place,
            "planned-in-past",
            N_("“{title}” is said to be planned, for {date}, which is past"),
            N_("write status: held, postponed or cancelled"),
            values,
            Severity.WARNING,
        )


def _day_passed(article: Article) -> dt.date | None:
    """The day from which `_status_problems` says something else of an article."""
    if article.status is Status.HELD:
        return article.date
    if article.status is Status.PLANNED:
        return (article.end_date or article.date) + dt.timedelta(1)
    return None


def translation_of(entry: Article | Entry, language: str, edition: Edition) -> Translation | None:
    """The translation this edition shows, None where there is none."""
    for translation in entry.translations:
        if translation.language == language and (edition.drafts or not translation.draft):
            return translation
    return None
