"""Typed reading of a mapping, field by field, noting every problem on the way.

A reader answers with the field's value, or with its default after noting what is wrong: so one run
reports all mistakes of a file. `finish` refuses keys nobody asked for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from generator.located import Mapping, Node, Scalar, Sequence
from generator.model import Reference
from generator.names import nearest, nfc
from generator.problems import N_, Place, Problem

E = TypeVar("E", bound=StrEnum)

_CLOCK = r"(?:[ T,]+(?P<clock>.+))?$"
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}){_CLOCK}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[/.-](?P<month>\d{{1,2}})[/.-](?P<day>\d{{1,2}}){_CLOCK}"
)
# An organisation may be as old as the capital (1010); the calendar needs a year after the last.
_FIRST_YEAR, _LAST_YEAR = 1000, 9998


class Reader:
    """Reads the fields of one mapping; `problems` gathers what is wrong with them."""

    def __init__(self, mapping: Mapping, zone: ZoneInfo, problems: list[Problem]) -> None:
        self.mapping = mapping
        self.zone = zone
        self.problems = problems
        self.asked: list[str] = []

    def note(self, place: Place, code: str, text: str, hint: str = "", **values: str | int) -> None:
        self.problems.append(Problem(place, code, text, hint, values))

    def node(self, key: str) -> Node | None:
        """The value of `key`; None where it is missing or empty."""
        self.asked.append(key)
        node = self.mapping.items.get(key)
        return None if isinstance(node, Scalar) and node.empty else node

    def place(self, key: str) -> Place:
        return self.mapping.keys.get(key, self.mapping.place)

    def wrong_type(self, key: str, node: Node, wanted: str, hint: str = "") -> None:
        self.note(node.place, "wrong-type", wanted, hint, key=key)

    def scalar(self, key: str, node: Node | None) -> str | None:
        """A single value as text with single spaces; None where there is none."""
        if node is None:
            return None
        if not isinstance(node, Scalar) or isinstance(node.value, bool):
            self.wrong_type(
                key,
                node,
                N_("“{key}” takes a single text"),
                N_("put the text in quotation marks, or remove brackets and dashes"),
            )
            return None
        return " ".join(nfc(str(node.value)).split())

    def text(self, key: str) -> str:
        return self.scalar(key, self.node(key)) or ""

    def required_text(self, key: str, hint: str) -> str:
        node = self.node(key)
        text = self.scalar(key, node)
        if not text and (node is None or text == ""):
            self.missing(key, hint)
        return text or ""

    def missing(self, key: str, hint: str) -> None:
        if key in self.mapping.keys:
            self.note(self.place(key), "empty", N_("“{key}” is empty"), hint, key=key)
        else:
            self.note(self.place(key), "missing", N_("“{key}” is missing"), hint, key=key)

    def boolean(self, key: str, default: bool = False) -> bool:
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Scalar):
            if isinstance(node.value, bool):
                return node.value
            if node.plain and str(node.value) in ("true", "True", "TRUE"):
                return True
            if node.plain and str(node.value) in ("false", "False", "FALSE"):
                return False
        self.wrong_type(
            key, node, N_("“{key}” takes true or false"), N_("write it without quotation marks")
        )
        return default

    def number(self, key: str, default: float, most: float) -> float:
        """A number of TOML, from 0 to `most`."""
        node = self.node(key)
        if node is None:
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            return float(value)
        self.note(
            node.place,
            "wrong-type",
            N_("“{key}” takes a number from 0 to {most}"),
            N_("write digits alone, with a point before decimals"),
            key=key,
            most=f"{most:g}",
        )
        return default

    def integer(self, key: str, default: int, least: int, most: int) -> int:
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and not isinstance(node.value, bool):
            text = str(node.value)
            if re.fullmatch(r"-?\d{1,9}", text) and least <= int(text) <= most:
                return int(text)
        self.note(
            node.place,
            "wrong-type",
            N_("“{key}” takes a whole number from {least} to {most}"),
            N_("write digits alone"),
            key=key,
            least=least,
            most=most,
        )
        return default

    def choice(self, key: str, default: E) -> E:
        node = self.node(key)
        text = self.scalar(key, node)
        return default if node is None or text is None else self.member(key, node, text, default)

    def member(self, key: str, node: Node, text: str, default: E) -> E:
        kinds = type(default)
        try:
            return kinds(text.casefold().replace(" ", "-"))
        except ValueError:
            pass
        self.note(
            node.place,
            "unknown-value",
            N_("“{key}” cannot be “{value}”"),
            N_("it is one of: {allowed}"),
            key=key,
            value=text,
            allowed=", ".join(kinds),
        )
        return default

    def items(self, key: str) -> Iterator[Node]:
        """The items of a list; a single value counts as a list of one, empty items are passed."""
        node = self.node(key)
        nodes = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        yield from (item for item in nodes if not (isinstance(item, Scalar) and item.empty))

    def reference(self, key: str) -> Reference | None:
        node = self.node(key)
        text = self.scalar(key, node)
        return Reference(text, node.place) if text and node else None

    def references(self, key: str) -> tuple[Reference, ...]:
        """Ids or names, in the order given, each once."""
        found: dict[str, Reference] = {}
        for item in self.items(key):
            text = self.scalar(key, item)
            if text:
                found.setdefault(text, Reference(text, item.place))
        return tuple(found.values())

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(reference.text for reference in self.references(key))

    def mapping_reader(self, key: str, node: Node | None) -> Reader | None:
        """A reader of the mapping that stands at `key`; None where there is none."""
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.wrong_type(
                key,
                node,
                N_("“{key}” takes fields of its own"),
                N_("write them indented below it, one “name: value” a line"),
            )
            return None
        return Reader(node, self.zone, self.problems)

    def nested(self, key: str) -> Reader | None:
        return self.mapping_reader(key, self.node(key))

    def moment(self, key: str) -> dt.datetime | dt.date | None:
        """A date, or a date and time in the site's time zone (without `tzinfo`)."""
        return self.as_moment(key, self.node(key))

    def as_moment(self, key: str, node: Node | None) -> dt.datetime | dt.date | None:
        if isinstance(node, Scalar) and isinstance(node.value, dt.date):
            return node.value
        text = self.scalar(key, node)
        if not text or node is None:
            return None
        try:
            return _parse_moment(text, self.zone)
        except ValueError:
            looks_dated = re.search(r"\d{4}", text) is not None
            self.note(
                node.place,
                "bad-date",
                N_("“{value}” is not a date that exists")
                if looks_dated
                else N_("“{value}” is not a date"),
                N_("write 2025-12-10 or 10/12/2025 (day first), and the hour, if needed, as 14:30"),
                value=text,
            )
            return None

    def date(self, key: str) -> dt.date | None:
        moment = self.moment(key)
        return moment.date() if isinstance(moment, dt.datetime) else moment

    def instant(self, key: str) -> dt.datetime | None:
        """A date and time with the site's zone; a date alone means its first minute."""
        moment = self.moment(key)
        if moment is None:
            return None
        if not isinstance(moment, dt.datetime):
            moment = dt.datetime.combine(moment, dt.time())
        return moment.replace(tzinfo=self.zone)

    def dates(self, key: str) -> tuple[dt.date, ...]:
        moments = [self.as_moment(key, item) for item in self.items(key)]
        return tuple(
            moment.date() if isinstance(moment, dt.datetime) else moment
            for moment in moments
            if moment is not None
        )

    def finish(self) -> None:
        """Note every key that was not asked for, with the nearest that is known."""
        asked = set(self.asked)
        for key, place in self.mapping.keys.items():
            if key not in asked:
                near = nearest(key, self.asked)
                self.note(
                    place,
                    "unknown-key",
                    N_("“{key}” is not a field here"),
                    N_("did you mean “{near}”?") if near else N_("known here: {known}"),
                    key=key,
                    near=near,
                    known=", ".join(self.asked),
                )


def _parse_moment(text: str, zone: ZoneInfo) -> dt.datetime | dt.date:
    """ISO 8601, or day first as in `10/12/2025 14:30`. Raises ValueError for anything else."""
    if match := _DAY_FIRST.match(text) or _YEAR_FIRST.match(text):
        given = match.groupdict()
        day = dt.date(int(given["year"]), int(given["month"]), int(given["day"]))
        if not given["clock"]:
            return _plausible(day)
        moment = dt.datetime.combine(day, _parse_clock(given["clock"]))
    elif re.fullmatch(r"\d{4}-\d{3}", text):
        return _plausible(dt.datetime.strptime(text, "%Y-%j").date())  # noqa: DTZ007
    else:
        try:
            return _plausible(dt.date.fromisoformat(text))
        except ValueError:
            moment = dt.datetime.fromisoformat(text)
    _plausible(moment.date())
    offset = moment.utcoffset()
    if offset is not None and not dt.timedelta(hours=-12) <= offset <= dt.timedelta(hours=14):
        raise ValueError  # a span of hours, 14:30-16:30, that looks like a time zone
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _parse_clock(text: str) -> dt.time:
    """`14:30` and what else ISO 8601 allows, `9:30`, `14h30`, `14h`. Raises ValueError for others,
    a span of hours among them."""
    if "h" in text and re.search(r"[-+]", text):
        raise ValueError
    text = re.sub(r"h$", ":00", text).replace("h", ":")
    return dt.time.fromisoformat(re.sub(r"^(\d):", r"0\1:", text))


def _plausible(day: dt.date) -> dt.date:
    """The day, if a bulletin can speak of it. Raises ValueError for a mistyped year."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError
    return day
