"""What a meeting can share with another, from all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

from generator.meetings import Meeting, Text
from generator.model import Official, Part, Shelf
from generator.register import Register
from generator.relation import MENTIONED, Feature, Features
from generator.threads import Thread
from generator.ties import Tie

STRENGTH = {Part.CHAIR: 1.0, Part.SIGNATORY: 1.0, Part.SPEAKER: 0.9, Part.ATTENDEE: 0.75}

NamePairs = Callable[[str], frozenset[str]]


def make_name_pairs(register: Register) -> NamePairs:
    """A function that gives the pairs of words in an official's roles and name."""

    @cache
    def pairs(official: str) -> frozenset[str]:
        subject = register.subjects[Shelf.OFFICIALS, official]
        entry = subject.entry
        roles = [""]
        if entry and isinstance(entry.details, Official):
            roles = [membership.role for membership in entry.details.memberships] or roles
        named = (f"{role} {subject.name}".lower().replace(",", " ").split() for role in roles)
        return frozenset(" ".join(pair) for words in named for pair in pairwise(words))

    return pairs


def features_of(
    meeting: Meeting, thread: Thread | None, text: Text, terms: tuple[str, ...], pairs: NamePairs
) -> Features:
    """The features of a meeting by what is said in `text`, whose terms are `terms`."""
    article = meeting.article
    shared: dict[Feature, float] = {
        (Tie.OFFICIAL, identity): MENTIONED
        for shelf, identity in (mention.target for mention in text.mentions)
        if shelf is Shelf.OFFICIALS
    }
    for attendee in meeting.attendees:
        shared[Tie.OFFICIAL, attendee.official] = max(STRENGTH[part] for part in attendee.parts)
    # Who is there has been counted, and should not count again as something both texts say.
    named = frozenset().union(*(pairs(identity) for _, identity in shared))
    for tie, ids in (
        (Tie.DOCUMENT, meeting.documents),
        (Tie.TOPIC, meeting.topics),
        (Tie.ORGANISATION, meeting.organisations),
        (Tie.PARTNER, meeting.partners),
        (Tie.PLACE, (meeting.location,) if meeting.location else ()),
        (Tie.SERIES, (meeting.series,) if meeting.series else ()),
        (Tie.THREAD, (thread.id,) if thread else ()),
    ):
        shared.update(dict.fromkeys(((tie, identity) for identity in ids), 1.0))
    return Features(
        id=meeting.id,
        date=article.date,
        shared=shared,
        terms=_without(terms, named),
        follows=tuple(reference.text for reference in article.follows),
        pinned=tuple(reference.text for reference in article.related),
        excluded=frozenset(reference.text for reference in article.unrelated),
    )


def _without(terms: tuple[str, ...], named: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        "\n".join(term for term in group.split("\n") if term not in named) for group in terms
    )
