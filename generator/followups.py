"""Follow-ups nobody has declared: meetings that seem to continue an earlier one.

They are only proposed; an editor adds the `follows` line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from generator.catalogue import Catalogue
from generator.meetings import Meeting
from generator.model import Kind
from generator.phrases import PlainText, common_phrase, places, plain_text
from generator.ties import Tie

LONGEST_GAP = 120
"""Days after which a meeting is hardly the follow-up of another."""

_PARTIES = frozenset({Tie.OFFICIAL, Tie.ORGANISATION, Tie.PARTNER})
_FEW = 4
"""What so few texts speak of, or a hundredth of them, is a matter of its own."""

_NEAR = 60
"""So many letters around a phrase tell what is done with it."""

_DRAFTED = re.compile(
    r"\b(?:dự thảo|soạn thảo|xây dựng|góp ý|lấy ý kiến"
    r"|(?:dự kiến|chuẩn bị|sẽ)(?: được)? (?:ký|ban hành)"
    r"|draft\w*|negotiat\w+|to be (?:signed|issued|adopted))\b"
)
_SETTLED = re.compile(
    r"\b(?:ký|ký kết|ban hành|thông qua|phê duyệt"
    r"|sign\w*|adopt\w*|issu(?:ed|ing)|approv(?:ed|al))\b"
)


class Evidence(StrEnum):
    """Why a meeting seems to continue another."""

    PARTIES = "parties"
    DOCUMENT = "document"
    WORDING = "wording"
    SETTLED = "settled"


class FollowUp(Struct, frozen=True):
    """`later` seems to continue `earlier`; `phrase` is what both speak of, or ``."""

    later: Meeting
    earlier: Meeting
    evidence: tuple[Evidence, ...]
    phrase: str
    score: float


def propose_follow_ups(catalogue: Catalogue, of: Iterable[Meeting]) -> Iterator[FollowUp]:
    """The likeliest earlier meeting that each of some meetings seems to continue without saying so,
    where there is one."""
    for meeting in of:
        if not meeting.article.follows:
            found = [
                proposal
                for relation in catalogue.relations.of(meeting.id)
                if (proposal := _proposal(catalogue, meeting, catalogue.meeting(relation.id)))
            ]
            if found:
                yield max(found, key=lambda proposal: (proposal.score, proposal.earlier.id))


def _proposal(catalogue: Catalogue, later: Meeting, earlier: Meeting) -> FollowUp | None:
    days = (later.article.date - earlier.article.date).days
    threads = catalogue.threads
    if not 1 <= days <= LONGEST_GAP:
        return None
    if later.id in threads and threads[later.id] is threads.get(earlier.id):
        return None
    relations = catalogue.relations
    ties = relations.ties(later.id, earlier.id)
    weights = {tie: sum(found.weight for found in ties if found.tie is tie) for tie in Tie}
    # The next of a series is no follow-up, and what editors have pinned they have thought about.
    if weights[Tie.SERIES] or any(found.tie is Tie.PINNED for found in ties):
        return None
    threshold = relations.config.threshold
    evidence = [
        sign
        for sign, weight in (
            (Evidence.PARTIES, sum(weights[tie] for tie in _PARTIES)),
            (Evidence.DOCUMENT, weights[Tie.DOCUMENT]),
            (Evidence.WORDING, weights[Tie.WORDING]),
        )
        if weight >= threshold
    ]
    if not evidence:
        return None
    terms = relations.common_terms(later.id, earlier.id)
    texts = _text(catalogue, later), _text(catalogue, earlier)
    few = max(_FEW, len(catalogue.meetings) // 100)
    own = [term for term in terms if relations.spread(term) <= few]
    if _settled(own, later.article.kind, *texts):
        evidence.append(Evidence.SETTLED)
    if len(evidence) < 2:
        return None
    phrase = common_phrase(terms, *texts, ())
    return FollowUp(later, earlier, tuple(evidence), phrase, sum(weights.values()))


def _text(catalogue: Catalogue, meeting: Meeting) -> PlainText:
    markup = catalogue.markup(meeting.texts[catalogue.config.language])
    return plain_text(meeting.article.body.about, markup)


def _settled(terms: Iterable[str], kind: Kind, later: PlainText, earlier: PlainText) -> bool:
    """Whether what the earlier text speaks of as a draft is settled in the later."""
    return any(
        _stands_near(_DRAFTED, term, earlier)
        and (kind is Kind.SIGNING or _stands_near(_SETTLED, term, later))
        for term in terms
    )


def _stands_near(pattern: re.Pattern[str], term: str, text: PlainText) -> bool:
    return any(
        pattern.search(text.low, max(0, at - _NEAR), at + len(term) + _NEAR)
        for at in places(text.low, term)
    )
