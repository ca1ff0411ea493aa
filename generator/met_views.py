"""Whom an official met: how often, when, and where those meetings are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from generator.model import Shelf
from generator.urls import entry_address, year_address
from generator.view_parts import Counted, MetView
from generator.viewer import Viewer

MOST_MET_SHOWN = 50
"""How many people an official's own page shows; the years' pages show all of theirs."""


def _met(viewer: Viewer, official: str, newest_first: Sequence[int]) -> dict[str, list[int]]:
    """Whom an official met at meetings that took place, and at which; those met most often first,
    then those met last."""
    found: dict[str, list[int]] = defaultdict(list)
    for position in newest_first:
        met = viewer.met(position)
        if official in met:
            for other in met:
                found[other].append(position)
    found.pop(official, None)
    ranked = sorted(found, key=lambda other: (-len(found[other]), -found[other][0], other))
    return {other: found[other] for other in ranked}


def _view(
    viewer: Viewer,
    other: str,
    positions: Sequence[int],
    years: tuple[Counted, ...] = (),
) -> MetView:
    """Somebody met at `positions`, the newest first. With `years`, these lead to the meetings."""
    anchor = viewer.anchor(Shelf.OFFICIALS, other)
    last, first = viewer.meeting_link(positions[0]), viewer.meeting_link(positions[-1])
    return MetView(
        id=other,
        name=anchor.name,
        url=anchor.url or "",
        count=len(positions),
        first=first.date,
        last=last.date,
        last_url=last.url,
        meetings=() if years else tuple(map(viewer.meeting_link, positions)),
        years=years,
    )


def met_views(
    viewer: Viewer, official: str, newest_first: Sequence[int], whole: bool
) -> tuple[tuple[MetView, ...], int]:
    """Those an official met most often, and how many more there are. Where the official's list is
    not `whole` on one page, they lead to the pages of its years."""
    met = _met(viewer, official, newest_first)
    shown = [
        _view(viewer, other, at, () if whole else _years(viewer, official, at))
        for other, at in list(met.items())[:MOST_MET_SHOWN]
    ]
    return tuple(shown), len(met) - len(shown)


def _years(viewer: Viewer, official: str, newest_first: Sequence[int]) -> tuple[Counted, ...]:
    meetings = viewer.catalogue.meetings
    address = viewer.prefix + entry_address(Shelf.OFFICIALS, official)
    counts = Counter(meetings[position].article.date.year for position in newest_first)
    return tuple(
        Counted(str(year), address + year_address(year), count) for year, count in counts.items()
    )


def met_in_year(viewer: Viewer, official: str, newest_first: Sequence[int]) -> tuple[MetView, ...]:
    """Everyone an official met at the meetings of one year."""
    met = _met(viewer, official, newest_first)
    return tuple(_view(viewer, other, positions) for other, positions in met.items())
