"""Dates as editors write them, and roles on a day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.fields import Reader
from generator.located import Mapping, Scalar
from generator.model import Membership
from generator.problems import Place, Problem

HERE = Place("x", 1, 7)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = st.dates(dt.date(1000, 1, 1), dt.date(9998, 12, 31))


def read(text: str) -> tuple[dt.date | None, list[Problem]]:
    """A date or moment out of front matter, and what is wrong with it."""
    problems: list[Problem] = []
    mapping = Mapping({"date": Scalar(text, HERE)}, {"date": Place("x", 1, 1)}, HERE)
    return Reader(mapping, HANOI, problems).moment("date"), problems


@given(DAYS)
def test_every_form_of_a_day_is_the_day(day: dt.date) -> None:
    year, month, number = f"{day.year:04}", day.month, day.day
    forms = [
        day.isoformat(), day.isoformat().replace("-", ""), f"{number}/{month}/{year}",
        f"{number:02}/{month:02}/{year}", f"{number}.{month}.{year}", f"{number}-{month}-{year}",
        f"{year}-{month}-{number}", f"{year}/{month:02}/{number:02}",
        f"{year}-{day.timetuple().tm_yday:03}", "{:04}-W{:02}-{}".format(*day.isocalendar()),
    ]  # fmt: skip
    assert {form: read(form) for form in forms} == {form: (day, []) for form in forms}


@given(DAYS, st.times().map(lambda time: time.replace(second=0, microsecond=0)))
def test_every_form_of_a_moment_is_the_moment(day: dt.date, time: dt.time) -> None:
    moment = dt.datetime.combine(day, time)
    clock = f"{time.hour}:{time.minute:02}"
    forms = [
        f"{day} {time:%H:%M}", f"{day}T{time:%H:%M}", f"{day} {clock}", f"{day}T{time:%H:%M:%S}",
        f"{day} {clock.replace(':', 'h')}", f"{day.day}/{day.month}/{day.year:04} {clock}",
        f"{day.day}/{day.month}/{day.year:04}, {time.hour}h{time.minute:02}",
    ]  # fmt: skip
    assert {form: read(form) for form in forms} == {form: (moment, []) for form in forms}


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.times(), st.integers(-12 * 60, 14 * 60)
)
def test_a_moment_with_a_zone_is_shown_in_that_of_the_site(
    day: dt.date, time: dt.time, minutes: int
) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    moment = dt.datetime.combine(day, time, zone)
    assert read(moment.isoformat()) == (moment.astimezone(HANOI).replace(tzinfo=None), [])


@given(st.text() | st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,3}[-/.]?[0-9]{0,4}[ T]?[0-9:hZ+-]*"))
def test_any_text_is_a_date_or_told_to_be_none(text: str) -> None:
    value, problems = read(text)
    assert (value is None) == bool(problems or not text.strip())
    assert all((p.code, p.place) == ("bad-date", HERE) for p in problems)


def membership(start: str = "", end: str = "", *as_of: str) -> Membership:
    def day(text: str) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    attested = tuple(dt.date.fromisoformat(text) for text in as_of)
    return Membership("Chair", None, day(start), day(end), attested, {})


HELD = [
    (membership("2021-01-01", "2025-06-30"), "2021-01-01", True),
    (membership("2021-01-01", "2025-06-30"), "2025-06-30", True),
    (membership("2021-01-01", "2025-06-30"), "2025-07-01", False),
    (membership("2021-01-01", "2025-06-30"), "2020-12-31", False),
    (membership("2021-01-01"), "2040-01-01", True),
    (membership("", "2025-06-30"), "1990-01-01", True),
    (membership("", "2025-06-30"), "2025-07-01", False),
    (membership("", "", "2024-05-01"), "2024-05-01", True),
    (membership("", "", "2024-05-01"), "2024-05-02", False),
    (membership("", "", "2024-09-01", "2024-05-01"), "2024-07-01", True),
    (membership("", "", "2024-09-01", "2024-05-01"), "2024-09-02", False),
    (membership("2025-01-01", "", "2024-05-01"), "2024-05-01", False),
    (membership(), "2025-01-01", False),
]


@pytest.mark.parametrize(("role", "day", "held"), HELD)
def test_a_role_is_held_on_a_day_or_not(role: Membership, day: str, held: bool) -> None:
    assert role.holds_on(dt.date.fromisoformat(day)) is held
