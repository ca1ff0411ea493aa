"""The records that flow through a build, from front matter to the catalogue. All are immutable.

Names of people, roles and bodies follow Popolo (https://www.popoloproject.com/specs/), those of
events schema.org's Event and RFC 5545.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from generator.documents import Citation
from generator.problems import Place


class Shelf(StrEnum):
    """What entries of one kind are filed under: a folder of content/, but for `DOCUMENTS`, which
    are known by what articles cite."""

    ARTICLES = "articles"
    OFFICIALS = "officials"
    ORGANISATIONS = "organisations"
    TOPICS = "topics"
    SERIES = "series"
    PLACES = "places"
    DOCUMENTS = "documents"
    PAGES = "pages"


class Kind(StrEnum):
    WORKING_SESSION = "working-session"
    CONFERENCE = "conference"
    SIGNING = "signing"
    VISIT = "visit"
    RECEPTION = "reception"
    REVIEW = "review"
    BRIEF = "brief"
    NEWS = "news"


class Status(StrEnum):
    HELD = "held"
    PLANNED = "planned"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """What an official did at a meeting, the weightiest first."""

    CHAIR = "chair"
    SPEAKER = "speaker"
    SIGNATORY = "signatory"
    ATTENDEE = "attendee"


class Source(Struct, frozen=True, array_like=True, gc=False):
    """A Markdown file of content/, not yet read.

    `path` is relative to the project with `/`; `language` is set for a translation (`x.en.md`).
    """

    path: str
    shelf: Shelf
    id: str
    language: str | None


class Reference(Struct, frozen=True, array_like=True, gc=False):
    """An id or a name as an editor wrote it, and where."""

    text: str
    place: Place


class Attendance(Struct, frozen=True, array_like=True, gc=False):
    """An official's presence at a meeting, as written; `role` only where overridden."""

    official: Reference
    parts: tuple[Part, ...] = (Part.ATTENDEE,)
    role: str = ""


class Image(Struct, frozen=True, array_like=True, gc=False):
    src: Reference
    alt: str = ""
    caption: str = ""
    credit: str = ""


class Credit(Struct, frozen=True, array_like=True, gc=False):
    """Where an article was first published (`source:` in its front matter)."""

    name: str = ""
    author: str = ""
    published: dt.datetime | None = None
    url: str = ""


class Change(Struct, frozen=True, array_like=True, gc=False):
    """A correction or addition made after publication; `major` ones stand at the top."""

    date: dt.date
    note: str
    major: bool = False


class Body(Struct, frozen=True, array_like=True, gc=False):
    """Where the Markdown of a file begins (`place`), and the `key` under which its Markup is found:
    the digest of all that it is made of. `about` is what the front matter says besides, whose words
    count as the body's."""

    key: bytes
    place: Place
    about: str = ""


class Translation(Struct, frozen=True, array_like=True, tag=True):
    """What `x.en.md` says of the entry in `x.md`; empty fields fall back to the original."""

    language: str
    place: Place
    title: str = ""
    summary: str = ""
    body: Body | None = None
    image_alt: str = ""
    image_caption: str = ""
    changes: tuple[Change, ...] = ()
    draft: bool = False


class Article(Struct, frozen=True, array_like=True, tag=True):
    id: str
    place: Place
    title: str
    date: dt.date
    time: dt.time | None
    end_date: dt.date | None
    kind: Kind
    status: Status
    summary: str
    topics: tuple[Reference, ...]
    officials: tuple[Attendance, ...]
    organisations: tuple[Reference, ...]
    location: Reference | None
    partners: tuple[Reference, ...]
    documents: tuple[Reference, ...]
    series: Reference | None
    follows: tuple[Reference, ...]
    related: tuple[Reference, ...]
    unrelated: tuple[Reference, ...]
    source: Credit | None
    image: Image | None
    published: dt.datetime | None
    changes: tuple[Change, ...]
    draft: bool
    pinned: bool
    aliases: tuple[Reference, ...]
    slug: Reference | None
    body: Body
    translations: tuple[Translation, ...] = ()


class Membership(Struct, frozen=True, array_like=True):
    """A role held in an organisation (Popolo's Membership).

    It holds from `start_date` to `end_date`, or between the first and the last day of `as_of`,
    days on which it is attested; with no date at all it is never shown as held.
    """

    role: str
    organization: Reference | None
    start_date: dt.date | None
    end_date: dt.date | None
    as_of: tuple[dt.date, ...]
    translated_roles: Mapping[str, str]

    def holds_on(self, day: dt.date) -> bool:
        if self.start_date or self.end_date:
            return (self.start_date or dt.date.min) <= day <= (self.end_date or dt.date.max)
        return bool(self.as_of) and min(self.as_of) <= day <= max(self.as_of)


class Official(Struct, frozen=True, array_like=True, tag=True):
    sort_name: str = ""
    honorific: str = ""
    image: Image | None = None
    memberships: tuple[Membership, ...] = ()


class Organisation(Struct, frozen=True, array_like=True, tag=True):
    short_name: str = ""
    parent: Reference | None = None
    founding_date: dt.date | None = None
    dissolution_date: dt.date | None = None
    successor: Reference | None = None


class Term(Struct, frozen=True, array_like=True, tag=True):
    """What a topic, a series or a place has besides its name."""

    parent: Reference | None = None


class FreePage(Struct, frozen=True, array_like=True, tag=True):
    summary: str = ""
    order: int = 0
    aliases: tuple[Reference, ...] = ()


class Entry(Struct, frozen=True, array_like=True, tag=True):
    """A shelf file that is not an article: somebody or something articles refer to, or a free page.

    `translated_names` maps a language code to the entry's name in it.
    """

    shelf: Shelf
    id: str
    place: Place
    name: str
    other_names: tuple[Reference, ...]
    translated_names: Mapping[str, str]
    draft: bool
    body: Body
    details: Official | Organisation | Term | FreePage
    translations: tuple[Translation, ...] = ()


class Link(Struct, frozen=True, array_like=True, gc=False):
    """A link in a body whose target is another file or entry.

    `start` and `end` enclose the link's content in `Markup.html` (the content itself is there, the
    `<a>` around it is not). `target` is as written, on `line` and from `column` of it; `wiki` tells
    `[[target]]` from `[text](target)`; `bare` says that no text was given, so the content is the
    target and the entry's name stands in.
    """

    start: int
    end: int
    target: str
    wiki: bool
    bare: bool
    line: int
    title: str = ""
    column: int = 1


class Picture(Struct, frozen=True, array_like=True, gc=False):
    """An image in a body, to be put at offset `at` of `Markup.html`; `link` is the position in
    `Markup.links` of the link it stands in, None outside."""

    at: int
    src: str
    alt: str
    title: str
    line: int
    link: int | None = None
    column: int = 1


class Heading(Struct, frozen=True, array_like=True, gc=False):
    level: int
    anchor: str
    text: str


class Markup(Struct, frozen=True, array_like=True):
    """One body as HTML, before anything outside its own file is known.

    Offsets count code points of `html` and are in ascending order. `runs` are the stretches of
    escaped text in which a name may become a link (not in headings, links, code or captions).
    `lead` is the plain text of the first paragraph. Lines count from the body's first line, as 1.
    `citations` are the numbers of documents in `html`; `terms` what it says (`terms.count_terms`).
    """

    html: str
    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    runs: tuple[tuple[int, int], ...]
    headings: tuple[Heading, ...]
    lead: str
    citations: tuple[Citation, ...] = ()
    terms: tuple[str, ...] = ()
