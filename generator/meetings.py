"""Meetings: published articles with all they refer to resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from generator.links import Targets
from generator.mentions import Mention
from generator.model import Article, Membership, Part, Shelf
from generator.problems import Place

MOST_MET = 40
"""An article with more officials counts only those with a part of their own as having met."""


class Attendee(Struct, frozen=True, array_like=True):
    """An official at a meeting; `memberships` are those held that day, `role` the article's own."""

    official: str
    parts: tuple[Part, ...]
    memberships: tuple[Membership, ...]
    role: str


class Text(Struct, frozen=True, array_like=True):
    """A body with its links, pictures and names resolved; `place` is where it begins, `key` that of
    its Markup, `lead` the plain text of its first paragraph."""

    place: Place
    draft: bool
    key: bytes
    lead: str
    targets: Targets
    mentions: tuple[Mention, ...]


class Meeting(Struct, frozen=True, array_like=True):
    """A published article with its references resolved to ids. `texts` are its bodies by language;
    `image` is the file of its picture."""

    article: Article
    address: str
    held_back: str
    topics: tuple[str, ...]
    attendees: tuple[Attendee, ...]
    organisations: tuple[str, ...]
    partners: tuple[str, ...]
    location: str | None
    series: str | None
    documents: tuple[str, ...]
    image: str
    texts: Mapping[str, Text]

    @property
    def id(self) -> str:
        return self.article.id

    def subjects(self) -> Iterable[tuple[Shelf, str]]:
        """Everything the meeting is listed under, each once."""
        found: dict[tuple[Shelf, str], None] = {}
        for shelf, ids in (
            (Shelf.TOPICS, self.topics),
            (Shelf.OFFICIALS, tuple(attendee.official for attendee in self.attendees)),
            (Shelf.ORGANISATIONS, self.organisations),
            (Shelf.PLACES, (*self.partners, *([self.location] if self.location else []))),
            (Shelf.SERIES, (self.series,) if self.series else ()),
            (Shelf.DOCUMENTS, self.documents),
        ):
            found.update(dict.fromkeys((shelf, identity) for identity in ids))
        return found

    def met(self) -> tuple[str, ...]:
        """The officials who count as having met one another here."""
        attendees = self.attendees
        if len(attendees) > MOST_MET:
            attendees = tuple(a for a in attendees if a.parts != (Part.ATTENDEE,))
        return tuple(dict.fromkeys(attendee.official for attendee in attendees))
