"""People at a meeting, with the role each held on that day."""

from __future__ import annotations

from generator.meetings import Attendee, Meeting
from generator.model import Official, Shelf
from generator.view_parts import AttendeeView
from generator.viewer import Viewer

_LONGEST_TITLE = 4


def role_in(viewer: Viewer, attendee: Attendee) -> tuple[str, str]:
    """The role an attendee is shown with, and its `lang`."""
    entry = viewer.subject(Shelf.OFFICIALS, attendee.official).entry
    original = viewer.lang(viewer.config.language)
    memberships = attendee.memberships
    if attendee.role:
        # An article's own role is in the main language, unless a membership translates its words.
        details = entry.details if entry else None
        known = details.memberships if isinstance(details, Official) else ()
        memberships = tuple(m for m in known if m.role == attendee.role)[:1]
        if not memberships:
            return attendee.role, original
    roles = [(m.translated_roles.get(viewer.language), m.role) for m in memberships]
    if roles and all(translated for translated, _ in roles):
        return ", ".join(translated or "" for translated, _ in roles), ""
    text = ", ".join(dict.fromkeys(role for _, role in roles))
    return text, original if text else ""


def attendee_view(viewer: Viewer, attendee: Attendee) -> AttendeeView:
    anchor = viewer.anchor(Shelf.OFFICIALS, attendee.official)
    role, lang = role_in(viewer, attendee)
    return AttendeeView(
        name=anchor.name,
        url=anchor.url or "",
        honorific=honorific(viewer, attendee.official),
        role=role,
        role_lang=lang,
        parts=tuple(part.value for part in attendee.parts),
    )


def honorific(viewer: Viewer, official: str) -> str:
    """How an official is addressed; only in the language it is written in."""
    entry = viewer.subject(Shelf.OFFICIALS, official).entry
    if entry and isinstance(entry.details, Official) and viewer.language == viewer.config.language:
        return entry.details.honorific
    return ""


def short_title(viewer: Viewer, meeting: Meeting, official: str) -> str:
    """How an official is called beside the name ("Phó Chủ tịch"), by the role at a meeting without
    the name of the body; `` where there is none, or none that short."""
    attendee = next((a for a in meeting.attendees if a.official == official), None)
    role, lang = role_in(viewer, attendee) if attendee else ("", "")
    title = role.rpartition(", ")[2]
    if lang or not title:
        return ""
    if viewer.language == "en":
        title = title.partition(" of ")[0]
    for name in _bodies(viewer, attendee) if attendee else ():
        title = title.removesuffix(f" {name}")
    return title if len(title.split()) <= _LONGEST_TITLE else ""


def _bodies(viewer: Viewer, attendee: Attendee) -> list[str]:
    """All names of the organisations whose roles an attendee held, the longest first."""
    register = viewer.catalogue.register
    names = []
    for membership in attendee.memberships:
        if membership.organization:
            for body in register.by_name(Shelf.ORGANISATIONS, membership.organization.text):
                subject = register.subjects.get((Shelf.ORGANISATIONS, body))
                names += subject.all_names() if subject else []
    return sorted(names, key=len, reverse=True)
