"""Why two meetings are related, in words."""

from __future__ import annotations

from generator.meetings import Meeting
from generator.model import Shelf
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


class Teller:
    """Tells readers of one meeting why others are related to it, in the viewer's language."""

    def __init__(self, meeting: Meeting, viewer: Viewer) -> None:
        self.meeting = meeting
        self.viewer = viewer

    def reasons(self, other: Meeting) -> tuple[str, ...]:
        """What they are told of another meeting, the strongest first: "cùng Phó Chủ tịch Nguyễn
        Mạnh Quyền", "tiếp nối sau 20 ngày"."""
        found = self.viewer.catalogue.relations.reasons(self.meeting.id, other.id)
        return tuple(dict.fromkeys([self._in_words(reason, other) for reason in found]))

    def _in_words(self, reason: Reason, other: Meeting) -> str:
        viewer, tie = self.viewer, reason.tie
        if tie is Tie.WORDING:
            return self._wording(other)
        if tie in _WORDS:
            name = viewer.anchor(_SHELVES[tie], reason.id).name
            if tie is Tie.OFFICIAL:
                title = short_title(viewer, self.meeting, reason.id)
                name = f"{title} {name}" if title else name
            return viewer.say(_WORDS[tie]).format(name=name)
        if tie is Tie.THREAD:
            return viewer.say(N_("part of the same thread"))
        if tie is Tie.PINNED:
            return viewer.say(N_("chosen by the editors"))
        return _step((other.article.date - self.meeting.article.date).days, viewer)

    def _wording(self, other: Meeting) -> str:
        viewer = self.viewer
        phrase = viewer.common_phrase(self.meeting.id, other.id)
        if not phrase:
            return viewer.say(N_("on similar matters"))
        return viewer.say(N_("both speak of {phrase}")).format(phrase=phrase)


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
