"""When an official held each role, on an axis of years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from generator.model import Membership
from generator.view_parts import RoleSpan

PARTS = 1000
_LEAST = 8
"""So many parts of the axis a role has at least, to be seen."""


class Axis(Struct, frozen=True):
    """From the first day of one year to the last day of another."""

    first: int
    last: int

    def at(self, day: int) -> int:
        """Where a day, by its ordinal, lies on the axis."""
        begin, end = dt.date(self.first, 1, 1).toordinal(), dt.date(self.last, 12, 31).toordinal()
        return round((day - begin) * PARTS / (end + 1 - begin))

    def span(self, membership: Membership) -> RoleSpan | None:
        """A role that has begun and has not ended, for all that is known, reaches the end of the
        axis; one that is only attested, from the first such day to the last."""
        start, end = membership.start_date, membership.end_date
        first, last = start, end
        if not start and not end:
            if not membership.as_of:
                return None
            first, last = min(membership.as_of), max(membership.as_of)
        begin = self.at(first.toordinal()) if first else 0
        finish = self.at(last.toordinal() + 1) if last else PARTS
        if finish - begin < _LEAST:
            begin = max(0, min((begin + finish - _LEAST) // 2, PARTS - _LEAST))
            finish = begin + _LEAST
        return RoleSpan(begin, finish, start is None, end is None)


def axis_of(memberships: Iterable[Membership], meetings: Iterable[dt.date]) -> Axis | None:
    """The years of all dated roles, and of the days of meetings; None without such a role."""
    days = [
        day
        for membership in memberships
        for day in (membership.start_date, membership.end_date, *membership.as_of)
        if day
    ]
    if not days:
        return None
    days += meetings
    return Axis(min(days).year, max(days).year)
