"""What a corpus is made of, whatever generator it is written out for.

Everything refers to everything else by the name a reader would see, but articles, which are
referred to by id. Nothing here knows of front matter, files or addresses, so a corpus can be
added to with `dataclasses.replace` and written in any format.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Kind = Literal[
    "working-session", "conference", "signing", "visit", "reception", "review", "brief", "news"
]
Status = Literal["held", "planned", "postponed", "cancelled"]
Part = Literal["chair", "speaker", "signatory", "attendee"]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from a body to another article; without a text it shows the other's title."""

    target: str
    text: str = ""


Body: TypeAlias = tuple[str | Link, ...]
"""Fragments of CommonMark (with pipe tables) and the links between them, to be joined."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """An official at a meeting, and the parts played there."""

    official: str
    parts: tuple[Part, ...] = ("attendee",)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report was taken from."""

    name: str
    author: str
    published: dt.datetime
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """One meeting, visit, signing or brief.

    `cited` are the document numbers that stand in the body, `documents` those that do not.
    """

    id: str
    title: str
    date: dt.date
    kind: Kind = "news"
    status: Status = "held"
    end_date: dt.date | None = None
    summary: str = ""
    topics: tuple[str, ...] = ()
    officials: tuple[Attendance, ...] = ()
    organisations: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    location: str = ""
    documents: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    series: str | None = None
    follows: tuple[str, ...] = ()
    source: Source | None = None
    body: Body = ()

    def facts(self) -> "Article":
        """Return the article without its words, so that very many can be kept; links stay."""
        links = tuple(part for part in self.body if isinstance(part, Link))
        return replace(self, summary="", source=None, body=links)


@dataclass(frozen=True, slots=True)
class Membership:
    """A role held in an organisation: between two days, or attested on some."""

    role: str
    organisation: str
    start: dt.date | None = None
    end: dt.date | None = None
    as_of: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Official:
    """A person, with the roles held over the years, earliest first."""

    id: str
    name: str
    memberships: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic, an organisation, a place or a series."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles, oldest first, and everyone and everything they name.

    Every official is at one meeting at least; the other shelves may hold entries that no article
    names. `shelves` says whether the entries are to be written out or only named by articles.
    """

    articles: tuple[Article, ...]
    officials: tuple[Official, ...]
    organisations: tuple[Entry, ...]
    topics: tuple[Entry, ...]
    places: tuple[Entry, ...]
    series: tuple[Entry, ...]
    shelves: bool = False
