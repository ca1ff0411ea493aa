"""Why two meetings are related, in words."""

from __future__ import annotations

from generator.model import Shelf
from generator.problems import N_
from generator.related import Reason, Relation, Tie
from generator.viewer import Viewer

_SHELVES = {
    Tie.SERIES: Shelf.SERIES,
    Tie.OFFICIAL: Shelf.OFFICIALS,
    Tie.TOPIC: Shelf.TOPICS,
    Tie.ORGANISATION: Shelf.ORGANISATIONS,
    Tie.PLACE: Shelf.PLACES,
}
_WORDS = {
    Tie.SERIES: N_("same series: {name}"),
    Tie.OFFICIAL: N_("with {name} too"),
    Tie.TOPIC: N_("also on {name}"),
    Tie.ORGANISATION: N_("{name} took part in both"),
    Tie.PLACE: N_("{name} again"),
}


def reason_words(reason: Reason, relation: Relation, viewer: Viewer) -> str:
    """One reason, short and in the viewer's language: "cùng Nguyễn Mạnh Quyền"."""
    say, days = viewer.say, abs(relation.days)
    if reason.tie in (Tie.CONTINUES, Tie.CONTINUED_BY):
        if not days:
            return say(N_("continued the same day"))
        if reason.tie is Tie.CONTINUES:
            words = viewer.translator.ngettext(
                "what came before, {days} day earlier",
                "what came before, {days} days earlier",
                days,
            )
        else:
            words = viewer.translator.ngettext(
                "what followed, {days} day later", "what followed, {days} days later", days
            )
        return words.format(days=viewer.translator.number(days))
    if reason.tie is Tie.THREAD:
        return say(N_("part of the same thread"))
    if reason.tie is Tie.PINNED:
        return say(N_("chosen by the editors"))
    name = viewer.anchor(_SHELVES[reason.tie], reason.id).name
    return say(_WORDS[reason.tie]).format(name=name)
