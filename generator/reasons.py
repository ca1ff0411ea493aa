"""Why two meetings are related, in words."""

from __future__ import annotations

from generator.meetings import Meeting
from generator.model import Shelf
from generator.phrases import common_phrase
from generator.problems import N_
from generator.relation import Reason
from generator.roles import short_title
from generator.ties import Tie
from generator.viewer import Viewer

_SHELVES = {
    Tie.SERIES: Shelf.SERIES,
    Tie.DOCUMENT: Shelf.DOCUMENTS,
    Tie.OFFICIAL: Shelf.OFFICIALS,
    Tie.MENTION: Shelf.OFFICIALS,
    Tie.TOPIC: Shelf.TOPICS,
    Tie.ORGANISATION: Shelf.ORGANISATIONS,
    Tie.PARTNER: Shelf.PLACES,
    Tie.PLACE: Shelf.PLACES,
}
_WORDS = {
    Tie.SERIES: N_("same series: {name}"),
    Tie.DOCUMENT: N_("same document {name}"),
    Tie.OFFICIAL: N_("with {name} too"),
    Tie.MENTION: N_("both name {name}"),
    Tie.TOPIC: N_("also on {name}"),
    Tie.ORGANISATION: N_("{name} took part in both"),
    Tie.PARTNER: N_("also with {name}"),
    Tie.PLACE: N_("also in {name}"),
}


def reasons_in_words(meeting: Meeting, other: Meeting, viewer: Viewer) -> tuple[str, ...]:
    """What readers of a meeting are told of another, the strongest first, in the viewer's language:
    "cùng Phó Chủ tịch Nguyễn Mạnh Quyền", "tiếp nối sau 20 ngày"."""
    found = viewer.catalogue.relations.reasons(meeting.id, other.id)
    words = (_in_words(reason, meeting, other, viewer) for reason in found)
    return tuple(dict.fromkeys(words))


def _in_words(reason: Reason, meeting: Meeting, other: Meeting, viewer: Viewer) -> str:
    say = viewer.say
    if reason.tie in (Tie.CONTINUES, Tie.CONTINUED_BY):
        return _step((other.article.date - meeting.article.date).days, viewer)
    if reason.tie is Tie.THREAD:
        return say(N_("part of the same thread"))
    if reason.tie is Tie.PINNED:
        return say(N_("chosen by the editors"))
    if reason.tie is Tie.WORDING:
        return _wording(meeting, other, viewer)
    name = viewer.anchor(_SHELVES[reason.tie], reason.id).name
    if reason.tie is Tie.OFFICIAL:
        name = " ".join(filter(None, (short_title(viewer, meeting, reason.id), name)))
    return say(_WORDS[reason.tie]).format(name=name)


def _step(days: int, viewer: Viewer) -> str:
    """What a direct step says: by the days, for what follows is not always of a later day."""
    if not days:
        return viewer.say(N_("continued the same day"))
    if days < 0:
        words = viewer.translator.ngettext(
            "what came before, {days} day earlier", "what came before, {days} days earlier", -days
        )
    else:
        words = viewer.translator.ngettext(
            "what followed, {days} day later", "what followed, {days} days later", days
        )
    return words.format(days=viewer.translator.number(abs(days)))


def _wording(meeting: Meeting, other: Meeting, viewer: Viewer) -> str:
    phrase = ""
    if viewer.language == viewer.config.language:  # in which the texts are compared
        terms = viewer.catalogue.relations.common_terms(meeting.id, other.id)
        subjects = (viewer.subject(*subject) for subject in meeting.subjects())
        names = {name.lower() for subject in subjects for name in subject.all_names()}
        phrase = common_phrase(terms, viewer.wording(meeting.id), viewer.wording(other.id), names)
    if not phrase:
        return viewer.say(N_("on similar matters"))
    return viewer.say(N_("both speak of {phrase}")).format(phrase=phrase)
