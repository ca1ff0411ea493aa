"""What the live preview says of pages and problems: the records its parts and the browser share."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class View(StrEnum):
    """Whose site is shown: the editors', with drafts and what is still to come, or the readers'."""

    EDITORS = "editors"
    READERS = "readers"


class Fault(Struct, frozen=True):
    """A problem in words: where, what, what to do, the text of its line, the whole path of its file
    (for links that open an editor), and whether it is in what was saved last."""

    path: str
    line: int
    column: int
    code: str
    is_error: bool
    text: str
    hint: str
    excerpt: str
    file: str
    fresh: bool


class Saved(Struct, frozen=True):
    """A file that was saved, and the page that shows it: its address, `None` where there is
    none."""

    path: str
    title: str
    url: str | None


class State(Struct, frozen=True):
    """What there is to say besides pages. `number` grows with each; `settled` is False while all
    that follows from a change is still being worked out. `faults` has every error and the first
    warnings; `saved` the first of the files saved last, of `saved_total`; `open` the address of a
    page to go to now, as one that was just begun."""

    number: int
    settled: bool = True
    faults: tuple[Fault, ...] = ()
    errors: int = 0
    warnings: int = 0
    saved: tuple[Saved, ...] = ()
    saved_total: int = 0
    open: str | None = None


class PageInfo(Struct, frozen=True):
    """What the bar says of a page: its content file from the project's folder (`` for a page of no
    file) and on this machine, with those of translations in `sources`; how it is held back
    (`draft`, `scheduled` or ``, and in words); the number of words in its text; whether `related`
    has anything to say; its address in the other view, where it has a page there."""

    source: str = ""
    file: str = ""
    sources: tuple[str, ...] = ()
    held_back: str = ""
    held_back_text: str = ""
    words: int | None = None
    has_related: bool = False
    other_view: bool = True


class Served(Struct, frozen=True):
    """An answer: `body`, or the file at `real_path` where that is given. `etag` tells these bytes
    from any others. `info` comes with pages."""

    status: int
    media_type: str
    etag: str
    body: bytes = b""
    real_path: str = ""
    info: PageInfo | None = None


class Tie(Struct, frozen=True):
    """One reason of a relation, in words, with what it adds to the score."""

    text: str
    weight: str


class Candidate(Struct, frozen=True):
    """A meeting held against the one on screen: score, reasons, and why it is not shown where it is
    not (`` where it is)."""

    title: str
    date: str
    url: str
    score: str
    ties: tuple[Tie, ...]
    why_not: str


class Desk(Protocol):
    """What the server asks of the preview. Every method may be called from any thread."""

    def wait(self, seconds: float) -> bool:
        """Wait until there is a site to show; whether there is."""

    def state(self) -> State: ...

    def serve(self, view: View, address: str) -> Served:
        """The file at an address of the site (`` is home), else its page 404 with that status."""

    def related(self, view: View, address: str) -> tuple[Candidate, ...]:
        """What `bulletin explain` says of the article at an address; empty for other pages."""
