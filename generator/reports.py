"""What a build is asked for, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from generator.problems import N_, Problem

NEW = N_("new")


class Options(Struct, frozen=True):
    """What a build is asked for (see docs/commands.md); `fresh` is without what was kept, `proof`
    with nothing written into the site."""

    project: Path
    output: Path
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    jobs: int = 1
    strict: bool = False
    portable: bool = False
    search: bool = False
    fresh: bool = False
    proof: bool = False


class Rendered(Struct, frozen=True, array_like=True):
    """A file that was made, and why: a message id with its values."""

    path: str
    reason: str
    values: Mapping[str, str] = {}


class Report(Struct, frozen=True, array_like=True):
    """What a build did. `problems` are in order; with an error among them, it wrote nothing.
    `search_seconds`, part of `seconds`, are those in which it made the indexes of the search."""

    problems: tuple[Problem, ...]
    notices: tuple[str, ...] = ()
    articles: int = 0
    held_back: int = 0
    pages: int = 0
    rendered: tuple[Rendered, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0
    search_seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return any(problem.is_error for problem in self.problems)
