"""How a place that the site is published to says no."""

from __future__ import annotations


class TargetError(Exception):
    """The target could not do it. `text` and `hint` are message ids with `{named}` values."""

    def __init__(self, text: str, hint: str = "", **values: str | int) -> None:
        self.text = text
        self.hint = hint
        self.values = values
        super().__init__(text.format_map(values))


class Dropped(TargetError):
    """The connection is lost, or the server is busy: it may work when it is tried again."""


class Refused(TargetError):
    """The target does not take, or does not give, one file; others may be fine."""

    def __init__(self, path: str, text: str, hint: str = "", **values: str | int) -> None:
        super().__init__(text, hint, **values)
        self.path = path


class DiskFull(TargetError):
    """There is no room left, or no more of a quota."""
