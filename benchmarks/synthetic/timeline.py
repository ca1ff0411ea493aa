"""When things happen: the days of the articles, the threads they form, the events that recur.

Articles are known here by their place in the list of days, which is in order.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Container, Sequence

from benchmarks.synthetic.draws import Draws, Weighted
from benchmarks.synthetic.world import RECURRING, Recurring

LAST_DAY = dt.date(2025, 12, 31)
"""The end of every corpus: long enough ago that nothing in it awaits publication."""

# Monday to Sunday.
_WEEK = (1.0, 1.0, 1.0, 1.0, 1.0, 0.25, 0.125)
_THREAD_BEGINS = 0.06
_LONGEST_PAUSE = 240
_ARTICLES_PER_SERIES = 150


def days(count: int, years: int, draws: Draws) -> list[dt.date]:
    """Return `count` days of the last `years` years in order, most of them workdays."""
    first = dt.date(LAST_DAY.year - years + 1, 1, 1)
    span = [first + dt.timedelta(days=n) for n in range((LAST_DAY - first).days + 1)]
    calendar = Weighted(span, [_WEEK[day.weekday()] for day in span])
    return sorted(calendar.draw(draws) for _ in range(count))


def threads(on: Sequence[dt.date], draws: Draws) -> dict[int, int]:
    """Return which article each follower follows: chains of 2 to 5, days to months apart.

    About one article in twenty begins one, so that about one in six is part of one.
    """
    follows: dict[int, int] = {}
    for head in range(len(on)):
        if head in follows or not draws.chance(_THREAD_BEGINS):
            continue
        last = head
        for _ in range(draws.whole(1, 4)):
            pause = draws.whole(3, 30) if draws.chance(0.6) else draws.whole(31, 150)
            then = _free_from(on, on[last] + dt.timedelta(days=pause), follows)
            if then is None or (on[then] - on[last]).days > _LONGEST_PAUSE:
                break
            follows[then] = last
            last = then
    return follows


def occurrences(on: Sequence[dt.date], threaded: Container[int]) -> dict[int, Recurring]:
    """Return the articles that report a recurring event: the first free one of its month.

    A small corpus has few series, or a series would be half of it.
    """
    found: dict[int, Recurring] = {}
    if not on:
        return found
    for event in RECURRING[: 1 + len(on) // _ARTICLES_PER_SERIES]:
        for year in range(on[0].year, on[-1].year + 1):
            place = bisect_left(on, dt.date(year, event.month, 1))
            while place < len(on) and (place in threaded or place in found):
                place += 1
            if place < len(on) and (on[place].year, on[place].month) == (year, event.month):
                found[place] = event
    return found


def _free_from(on: Sequence[dt.date], day: dt.date, taken: Container[int]) -> int | None:
    """Return the first place on or after `day` that is not `taken`."""
    for place in range(bisect_left(on, day), len(on)):
        if place not in taken:
            return place
    return None
