"""What a meeting can share with another, from all that is known of it."""

from __future__ import annotations

from generator.meetings import Meeting
from generator.model import Part, Shelf
from generator.relation import MENTIONED, Feature, Features
from generator.threads import Thread
from generator.ties import Tie

_STRENGTH = {Part.CHAIR: 1.0, Part.SIGNATORY: 1.0, Part.SPEAKER: 0.9, Part.ATTENDEE: 0.75}


def features_of(meeting: Meeting, thread: Thread | None, language: str) -> Features:
    """The features of a meeting; `language` is that of the bodies compared."""
    article = meeting.article
    text = meeting.texts[language]
    shared: dict[Feature, float] = {
        (Tie.OFFICIAL, identity): MENTIONED
        for shelf, identity in (mention.target for mention in text.mentions)
        if shelf is Shelf.OFFICIALS
    }
    for attendee in meeting.attendees:
        shared[Tie.OFFICIAL, attendee.official] = max(_STRENGTH[part] for part in attendee.parts)
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
        terms=text.markup.terms,
        follows=tuple(reference.text for reference in article.follows),
        pinned=tuple(reference.text for reference in article.related),
        excluded=frozenset(reference.text for reference in article.unrelated),
    )
