"""What search engines are told of pages that have no text of their own, in the page's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice

from generator.meetings import Meeting
from generator.model import Shelf
from generator.problems import N_
from generator.view_parts import Counted
from generator.viewer import Viewer

LONG_ENOUGH = 150
"""What search engines show of a description."""

_MOST_NAMES = 8


def spanned(viewer: Viewer, count: int, first: dt.date, last: dt.date) -> str:
    """How many meetings there were, and from when to when."""
    translator = viewer.translator
    number, day = translator.number(count), translator.short_date(first)
    if first == last:
        words = translator.ngettext(
            "{count} meeting on {date}", "{count} meetings on {date}", count
        )
        return words.format(count=number, date=day)
    words = translator.ngettext(
        "{count} meeting, {first} to {last}", "{count} meetings, {first} to {last}", count
    )
    return words.format(count=number, first=day, last=translator.short_date(last))


def of_home(viewer: Viewer) -> str:
    text = viewer.config.texts[viewer.language]
    words = viewer.say(N_("{title}: meetings by topic, official and date"))
    return text.tagline or words.format(title=text.title)


def of_meeting(viewer: Viewer, meeting: Meeting) -> str:
    """The summary of a meeting; without one in the viewer's language its kind, day and place."""
    summary, lang = viewer.summary(meeting)
    if summary and not lang:
        return summary
    article = meeting.article
    label = viewer.translator.label(article.kind)
    words = [label, viewer.translator.long_date(article.date)]
    if meeting.location:
        words.append(viewer.anchor(Shelf.PLACES, meeting.location).name)
    return ", ".join(words)


def of_year(viewer: Viewer, year: int, count: int, topics: Iterable[Counted]) -> str:
    """How many meetings a year has, and its topics."""
    names = [topic.name for topic in topics if not topic.lang]
    return _listing(_in_year(viewer, year, count), names)


def _in_year(viewer: Viewer, year: int, count: int) -> str:
    words = viewer.translator.ngettext(
        "{count} meeting in {year}", "{count} meetings in {year}", count
    )
    return words.format(count=viewer.translator.number(count), year=year)


def of_month(viewer: Viewer, year: int, month: int, positions: Sequence[int]) -> str:
    words = viewer.translator.ngettext(
        "{count} meeting in {month}", "{count} meetings in {month}", len(positions)
    )
    number = viewer.translator.number(len(positions))
    begun = words.format(count=number, month=viewer.translator.month_year(month, year))
    return _listing(begun, _titles(viewer, reversed(positions)))


def of_day(viewer: Viewer, day: dt.date, positions: Sequence[int]) -> str:
    words = viewer.translator.ngettext(
        "{count} meeting on {date}", "{count} meetings on {date}", len(positions)
    )
    number = viewer.translator.number(len(positions))
    begun = words.format(count=number, date=viewer.translator.long_date(day))
    return _listing(begun, _titles(viewer, positions))


def of_entry(
    viewer: Viewer, shelf: Shelf, name: str, role: str, newest_first: Sequence[int]
) -> str:
    """A name with a role, and how many meetings there are, from when to when."""
    who = f"{name}, {role}" if role else name
    if not newest_first:
        return who if role else f"{viewer.translator.label(shelf)}: {name}"
    last, first = (viewer.catalogue.meetings[newest_first[at]].article.date for at in (0, -1))
    return f"{who}: {spanned(viewer, len(newest_first), first, last)}"


def of_entry_year(viewer: Viewer, name: str, year: int, count: int) -> str:
    return f"{name}: {_in_year(viewer, year, count)}"


def of_names(viewer: Viewer, label: str, names: Iterable[str]) -> str:
    """An index, by some of the names in it."""
    found = _listing(label, names)
    return f"{label}, {viewer.config.texts[viewer.language].title}" if found == label else found


def _titles(viewer: Viewer, positions: Iterable[int]) -> Iterable[str]:
    """The titles of meetings as far as they are in the viewer's language."""
    links = map(viewer.meeting_link, positions)
    return (link.title for link in links if not link.lang)


def _listing(begun: str, names: Iterable[str]) -> str:
    """Some words, and as many names after them as search engines show."""
    shown: list[str] = []
    room = LONG_ENOUGH - len(begun)
    for name in islice(names, _MOST_NAMES):
        if shown and len(name) > room:
            break
        shown.append(name)
        room -= len(name) + 2
    return f"{begun}: {'; '.join(shown)}" if shown else begun
