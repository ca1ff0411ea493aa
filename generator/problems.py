"""Problems: what is wrong with the bulletin's files, where, and what to do about it.

A problem is data. Its text is an English message id with named values; it becomes words only when
it is shown, in the language of the reader (see `i18n.Translator`), so that nothing before the
report needs to know the language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, structs


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    """Nothing is wrong, but something is to be known."""


def N_(text: str) -> str:
    """Mark `text` for the catalogues without translating it (gettext's custom)."""
    return text


class Place(Struct, frozen=True, order=True, array_like=True, gc=False):
    """A place in a file of the project: `line` and `column` count from 1, 0 is the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        # Editors' tools jump to path:line:column, so a place without a line points at the start.
        return f"{self.path}:{self.line or 1}:{self.column or 1}"


def line_of(place: Place, sort: str, text: str, hint: str, code: str) -> str:
    """`path:line:column: what is wrong — what to do [code]`, one line; all but the place in words,
    before which `sort` says that it is a warning."""
    hinted = f"{text} — {hint}" if hint else text
    # Values may hold line ends; the path is left as it is, for editors that jump to it.
    return f"{place}: " + " ".join(f"{sort}{hinted} [{code}]".split())


class Problem(Struct, frozen=True, array_like=True):
    """One thing wrong at one place.

    `text` and `hint` are message ids with `{named}` values.
    """

    place: Place
    code: str
    text: str
    hint: str = ""
    values: Mapping[str, str | int] = {}
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class ProblemsFound(Exception):
    """Raised where work cannot go on; carries every problem known so far, never none."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problem(s)")


def as_warning(problem: Problem) -> Problem:
    """The same problem, where it must not stop the build (in a draft)."""
    return structs.replace(problem, severity=Severity.WARNING)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings, then by place, each once."""
    unique = {(p.place, p.code, p.text, tuple(p.values.items())): p for p in problems}
    return sorted(unique.values(), key=lambda p: (not p.is_error, p.place, p.code))
