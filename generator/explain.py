"""`bulletin explain`: why meetings are related or not, and which follow-ups seem undeclared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.drafting import loaded_catalogue
from generator.followups import Evidence, FollowUp, propose_follow_ups
from generator.i18n import LANGUAGES, Translator
from generator.names import nearest, slug
from generator.problems import N_, ProblemsFound
from generator.scores import MOST_MISSING, Scorer, Share, Standing
from generator.store import Damaged

if TYPE_CHECKING:
    from generator.catalogue import Catalogue
    from generator.meetings import Meeting

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
        self.scorer = Scorer(catalogue, translator)
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
        shown = list(self.scorer.shown(meeting))
        for standing in shown:
            yield ""
            yield from self.candidate(standing)
        if not shown:
            yield self.say(N_("Nothing is related to it."))
        missing = list(self.scorer.missing(meeting))
        if missing:
            yield ""
            yield self.say(N_("Not shown:"))
        for standing in missing:
            yield ""
            yield from self.candidate(standing)

    def pair(self, meeting: Meeting, other: Meeting) -> Iterator[str]:
        yield self.heading(meeting)
        yield ""
        shown = any(relation.id == other.id for relation in self.relations.of(meeting.id))
        yield from self.candidate(self.scorer.standing(meeting, other, shown))
        yield from map(self.share, self.scorer.worthless(meeting, other))

    def heading(self, meeting: Meeting) -> str:
        date = self.translator.short_date(meeting.article.date)
        return f"{meeting.id}  {date}  {meeting.article.title}"

    def candidate(self, standing: Standing) -> Iterator[str]:
        score = self.translator.decimal(standing.score)
        line = f"{score:>7}  {self.heading(standing.meeting)}"
        yield f"{line} — {standing.why_not}" if standing.why_not else line
        yield from map(self.share, standing.shares)

    def share(self, share: Share) -> str:
        return f"{self.translator.decimal(share.weight):>15}  {share.text}".rstrip()

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
