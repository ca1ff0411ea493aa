"""`bulletin explain`: why meetings are related or not, and which follow-ups seem undeclared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.followups import Evidence, FollowUp, propose_follow_ups
from generator.i18n import LANGUAGES, Translator
from generator.making import loaded_catalogue
from generator.names import nearest, slug
from generator.problems import N_, ProblemsFound
from generator.store import Damaged
from generator.ties import Tie

if TYPE_CHECKING:
    from generator.catalogue import Catalogue
    from generator.meetings import Meeting
    from generator.relation import Reason

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
_EVIDENCE = {
    Evidence.PARTIES: N_("the same parties"),
    Evidence.DOCUMENT: N_("the same document"),
    Evidence.WORDING: N_("both speak of {phrase}"),
    Evidence.SETTLED: N_("a draft there, signed or issued here"),
}


class Explained(Struct, frozen=True):
    """What is to be printed; `found` is False where an id names no article."""

    lines: tuple[str, ...]
    found: bool = True


def explain(project: Path, identity: str, other: str, translator: Translator) -> Explained:
    """Explain the relations of an article, or its relation to `other`, or with neither all
    follow-ups that seem undeclared. Raises ProblemsFound where the content or bulletin.toml has
    errors."""
    try:
        return _explain(project, False, identity, other, translator)
    except Damaged:  # by a build that runs beside it
        return _explain(project, True, identity, other, translator)


def _explain(
    project: Path, fresh: bool, identity: str, other: str, translator: Translator
) -> Explained:
    with loaded_catalogue(project, fresh) as (catalogue, problems):
        errors = [problem for problem in problems if problem.is_error]
        if errors:
            raise ProblemsFound(errors)
        return _explained(_Explainer(catalogue, translator), identity, other)


def _explained(explainer: _Explainer, identity: str, other: str) -> Explained:
    if not identity:
        return Explained(tuple(explainer.proposals(explainer.catalogue.meetings)))
    meetings = []
    for wanted in filter(None, (identity, other)):
        meeting = explainer.find(wanted)
        if meeting is None:
            return Explained(tuple(explainer.absent(wanted)), found=False)
        meetings.append(meeting)
    if other and meetings[0] is meetings[1]:
        same = explainer.say(N_("That is one and the same article."))
        return Explained((same,), found=False)
    if other:
        return Explained(tuple(explainer.pair(*meetings)))
    return Explained((*explainer.article(meetings[0]), *explainer.proposals(meetings)))


class _Explainer:
    def __init__(self, catalogue: Catalogue, translator: Translator) -> None:
        self.catalogue = catalogue
        self.relations = catalogue.relations
        self.translator = translator
        self.say = translator.gettext

    def find(self, wanted: str) -> Meeting | None:
        """The meeting an editor means by an id, the beginning of one, or a file's path."""
        known = _beginning(wanted, self.catalogue.positions)
        return self.catalogue.meeting(known[0]) if len(known) == 1 else None

    def absent(self, wanted: str) -> Iterator[str]:
        """Why what an editor named has no relations at all."""
        several = _beginning(wanted, self.catalogue.positions)
        if several:
            words = self.say(N_("Several articles begin with “{id}”: {several}"))
            shown = several[:MOST_MISSING] + ["…"] * (len(several) > MOST_MISSING)
            yield words.format(id=wanted, several=", ".join(shown))
            return
        held_back = [article.id for article in self.catalogue.selection.held_back]
        if _beginning(wanted, held_back):
            yield self.say(N_("“{id}” is held back: not yet public, or a draft.")).format(id=wanted)
            return
        yield self.say(N_("There is no article “{id}”.")).format(id=wanted)
        near = nearest(wanted, [*self.catalogue.positions, *held_back])
        if near:
            yield self.say(N_("Did you mean “{near}”?")).format(near=near)

    def article(self, meeting: Meeting) -> Iterator[str]:
        """The table of an article: what is shown with it, and the best of what is not."""
        yield self.heading(meeting)
        shown = [relation.id for relation in self.relations.of(meeting.id)]
        for identity in shown:
            yield ""
            yield from self.candidate(meeting, identity, "")
        if not shown:
            yield self.say(N_("Nothing is related to it."))
        missing = self.missing(meeting, shown)
        if missing:
            yield ""
            yield self.say(N_("Not shown:"))
        for identity in missing:
            yield ""
            yield from self.candidate(meeting, identity, self.why_missing(meeting, identity))

    def pair(self, meeting: Meeting, other: Meeting) -> Iterator[str]:
        yield self.heading(meeting)
        yield ""
        shown = {relation.id for relation in self.relations.of(meeting.id)}
        why = "" if other.id in shown else self.why_missing(meeting, other.id)
        yield from self.candidate(meeting, other.id, why)
        yield from self.worthless(meeting, other)

    def heading(self, meeting: Meeting) -> str:
        date = self.translator.short_date(meeting.article.date)
        return f"{meeting.id}  {date}  {meeting.article.title}"

    def missing(self, meeting: Meeting, shown: Iterable[str]) -> list[str]:
        """The best candidates that are not shown."""
        known = {meeting.id, *shown}
        scored = (
            (-self.relations.score(meeting.id, other.id), other.id)
            for other in self.catalogue.meetings
            if other.id not in known
        )
        return [identity for score, identity in sorted(scored)[:MOST_MISSING] if score < 0]

    def candidate(self, meeting: Meeting, identity: str, why: str) -> Iterator[str]:
        other = self.catalogue.meeting(identity)
        score = self.relations.score(meeting.id, identity)
        line = f"{self.translator.decimal(score):>7}  {self.heading(other)}"
        yield f"{line} — {why}" if why else line
        for reason in self.relations.ties(meeting.id, identity):
            weight = self.translator.decimal(reason.weight)
            yield f"{weight:>15}  {self.tie(reason, meeting, other)}".rstrip()

    def tie(self, reason: Reason, meeting: Meeting, other: Meeting) -> str:
        words = self.say(_TIES[reason.tie])
        if reason.tie is Tie.WORDING:
            terms = self.relations.common_terms(meeting.id, other.id)
            return f"{words}: {', '.join(terms)}"
        if not reason.id:
            return words
        tie = Tie.OFFICIAL if reason.tie is Tie.MENTION else reason.tie
        return f"{words}: {reason.id} ({self.share((tie, reason.id))})"

    def share(self, feature: tuple[Tie, str]) -> str:
        """How many meetings carry something."""
        number = self.translator.number
        return self.say(N_("{count} of {total} meetings")).format(
            count=number(self.relations.carriers(feature)),
            total=number(len(self.catalogue.meetings)),
        )

    def worthless(self, meeting: Meeting, other: Meeting) -> Iterator[str]:
        """What two meetings share that counts for nothing."""
        one, two = (self.relations.features(found.id) for found in (meeting, other))
        for feature in sorted(one & two):
            if not self.relations.worth(feature):
                words = self.say(N_("counts for nothing, too many have it: {id} ({share})"))
                nothing = self.translator.decimal(0)
                yield f"{nothing:>15}  " + words.format(id=feature[1], share=self.share(feature))

    def why_missing(self, meeting: Meeting, identity: str) -> str:
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
        shown = self.relations.of(meeting.id)
        if len(shown) >= relations.config.limit:
            return say(N_("there are {limit} stronger ones, or nearer in time")).format(
                limit=relations.config.limit
            )
        return say(N_("much of what they share is shared by too many between them"))

    def proposals(self, meetings: Iterable[Meeting]) -> Iterator[str]:
        """The `follows` lines somebody might add."""
        found = list(propose_follow_ups(self.catalogue, meetings))
        if found:
            yield ""
            yield self.say(N_("Follow-ups nobody has declared; if one is right, add its line:"))
        elif len(self.catalogue.meetings) == len(tuple(meetings)):
            yield self.say(N_("No undeclared follow-up was found."))
        for proposal in found:
            yield ""
            yield f"{proposal.later.article.place.path}"
            yield f"    follows: {proposal.earlier.id}"
            yield f"    # {self.evidence(proposal)}"

    def evidence(self, proposal: FollowUp) -> str:
        days = (proposal.later.article.date - proposal.earlier.article.date).days
        after = self.translator.ngettext("{days} day later", "{days} days later", days)
        words = [
            self.say(_EVIDENCE[evidence]).format(phrase=proposal.phrase)
            for evidence in proposal.evidence
            if evidence is not Evidence.WORDING or proposal.phrase
        ]
        return "; ".join([after.format(days=days), *words])


def _beginning(wanted: str, known: Iterable[str]) -> list[str]:
    """The ids that `wanted` is, or begins, be it the path of a file."""
    name = PurePath(wanted.replace("\\", "/")).name.removesuffix(".md")
    stem, _, language = name.rpartition(".")
    identity = slug(stem if language in LANGUAGES else name)
    found = [each for each in known if identity and each.startswith(identity)]
    return [identity] if identity in found else found
