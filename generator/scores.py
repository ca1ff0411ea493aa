"""How meetings stand to one another, in words and numbers: for editors, not for readers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from generator.catalogue import Catalogue
from generator.i18n import Translator
from generator.meetings import Meeting
from generator.problems import N_
from generator.relation import Reason
from generator.ties import Tie

MOST_MISSING = 10
"""So many candidates that are not shown are listed."""

_TIES = {
    Tie.PINNED: N_("pinned with “related”"),
    Tie.CONTINUES: N_("continues it"),
    Tie.CONTINUED_BY: N_("is continued by it"),
    Tie.THREAD: N_("same thread"),
    Tie.SERIES: N_("same series"),
    Tie.DOCUMENT: N_("same document"),
    Tie.OFFICIAL: N_("same official"),
    Tie.MENTION: N_("official named in the text"),
    Tie.TOPIC: N_("same topic"),
    Tie.ORGANISATION: N_("same organisation"),
    Tie.PARTNER: N_("same partner"),
    Tie.PLACE: N_("same place"),
    Tie.WORDING: N_("similar wording"),
}


class Share(Struct, frozen=True):
    """One thing that ties two meetings, in words, and what it adds to their score."""

    text: str
    weight: float


class Standing(Struct, frozen=True):
    """How a meeting stands to another: the score and what it is made of; why it is not shown with
    it, `` where it is."""

    meeting: Meeting
    score: float
    shares: tuple[Share, ...]
    why_not: str


class Scorer:
    """Tells in one language how the meetings of a catalogue stand to one another."""

    def __init__(self, catalogue: Catalogue, translator: Translator) -> None:
        self.catalogue = catalogue
        self.relations = catalogue.relations
        self.translator = translator
        self.say = translator.gettext

    def shown(self, meeting: Meeting) -> Iterator[Standing]:
        """The meetings shown with one, in their order."""
        for relation in self.relations.of(meeting.id):
            yield self.standing(meeting, self.catalogue.meeting(relation.id), shown=True)

    def missing(self, meeting: Meeting) -> Iterator[Standing]:
        """The best of those that are not shown with it."""
        known = {meeting.id, *(relation.id for relation in self.relations.of(meeting.id))}
        scored = (
            (-self.relations.score(meeting.id, identity), identity)
            for identity in self.catalogue.positions
            if identity not in known
        )
        for score, identity in sorted(scored)[:MOST_MISSING]:
            if score < 0:
                yield self.standing(meeting, self.catalogue.meeting(identity), shown=False)

    def standing(self, meeting: Meeting, other: Meeting, shown: bool) -> Standing:
        return Standing(
            other,
            self.relations.score(meeting.id, other.id),
            tuple(
                Share(self._tie(reason, meeting, other), reason.weight)
                for reason in self.relations.ties(meeting.id, other.id)
            ),
            "" if shown else self._why_not(meeting, other.id),
        )

    def worthless(self, meeting: Meeting, other: Meeting) -> Iterator[Share]:
        """What two meetings share that counts for nothing."""
        one, two = (self.relations.features(found.id) for found in (meeting, other))
        for feature in sorted(one & two):
            if not self.relations.worth(feature):
                words = self.say(N_("counts for nothing, too many have it: {id} ({share})"))
                yield Share(words.format(id=feature[1], share=self._carriers(feature)), 0.0)

    def _tie(self, reason: Reason, meeting: Meeting, other: Meeting) -> str:
        words = self.say(_TIES[reason.tie])
        if reason.tie is Tie.WORDING:
            terms = self.relations.common_terms(meeting.id, other.id)
            return f"{words}: {', '.join(terms)}"
        if not reason.id:
            return words
        tie = Tie.OFFICIAL if reason.tie is Tie.MENTION else reason.tie
        return f"{words}: {reason.id} ({self._carriers((tie, reason.id))})"

    def _carriers(self, feature: tuple[Tie, str]) -> str:
        """How many meetings carry something."""
        number = self.translator.number
        return self.say(N_("{count} of {total} meetings")).format(
            count=number(self.relations.carriers(feature)),
            total=number(len(self.catalogue.meetings)),
        )

    def _why_not(self, meeting: Meeting, identity: str) -> str:
        say, decimal = self.say, self.translator.decimal
        relations = self.relations
        score = relations.score(meeting.id, identity)
        if relations.excludes(meeting.id, identity):
            return say(N_("excluded with “unrelated”"))
        if score < relations.config.threshold:
            return say(N_("below the threshold of {threshold}")).format(
                threshold=decimal(relations.config.threshold)
            )
        bar = relations.bar(meeting.id, identity)
        if score < bar and not relations.is_firm(meeting.id, identity):
            return say(
                N_("does not stand out from what these two share with many others ({bar} needed)")
            ).format(bar=decimal(bar))
        shown = relations.of(meeting.id)
        if len(shown) >= relations.config.limit:
            return say(N_("there are {limit} stronger ones, or nearer in time")).format(
                limit=relations.config.limit
            )
        return say(N_("much of what they share is shared by too many between them"))
