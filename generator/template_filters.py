"""The filters that templates have besides Jinja's own, in one language: all of them pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from generator.i18n import Translator

Filter = Callable[..., Any]

_KEPT = 4096

SAFE = frozenset({"clock", "isodate", "isodatetime", "jsonld", "number", "shortdate"})
"""Those whose text has nothing to escape."""


def make_filters(translator: Translator) -> Mapping[str, Filter]:
    """The filters by name. A page repeats few dates, numbers and labels: their texts are kept."""
    return {
        "longdate": _of_days(translator.long_date),
        "shortdate": _of_days(translator.short_date),
        "isodate": _iso_date,
        "isodatetime": _iso_datetime,
        "clock": _clock,
        "monthname": translator.month,
        "monthyear": lru_cache(_KEPT, typed=True)(translator.month_year),
        "weekday": translator.weekday,
        "label": lru_cache(_KEPT)(translator.label),
        "language_name": _language_name,
        "number": lru_cache(_KEPT, typed=True)(translator.number),
        "jsonld": _json_ld,
    }


def _of_days(text: Callable[[dt.date], str]) -> Filter:
    kept = lru_cache(_KEPT)(text)

    def of_day(day: dt.date) -> str:
        # One instant is equal to itself in another zone, where it may be another day.
        return kept(day) if type(day) is dt.date else text(day)

    return of_day


# Made once: `json.dumps` makes an encoder for each call that sets an option.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _json_ld(value: object) -> Markup:
    """JSON-LD that is safe inside `<script>`; properties without a value are left out."""
    text = _encode(_given(value))
    for character in "<>&'":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _given(value: object) -> object:
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return value


def _iso_date(day: dt.date) -> str:
    return day.isoformat() if type(day) is dt.date else day.strftime("%Y-%m-%d")


def _iso_datetime(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _clock(time: dt.time) -> str:
    return time.strftime("%H:%M")


def _language_name(code: str) -> str:
    return {"vi": "Tiếng Việt", "en": "English"}.get(code, code)
