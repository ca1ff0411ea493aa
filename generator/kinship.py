"""How shelf entries belong together: parents and children, organisations and their people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from generator.model import Membership, Official, Organisation, Shelf, Term
from generator.register import Register


def first_day(membership: Membership) -> dt.date:
    """The first day a membership is known of; `date.min` where it has no date."""
    days = [membership.start_date, *membership.as_of, membership.end_date]
    return next((day for day in days if day), dt.date.min)


def children_of(register: Register) -> dict[tuple[Shelf, str], tuple[str, ...]]:
    """The ids of the entries that name each entry as their parent."""
    found: dict[tuple[Shelf, str], list[str]] = defaultdict(list)
    for (shelf, identity), subject in register.subjects.items():
        details = subject.entry.details if subject.entry else None
        if isinstance(details, Organisation | Term) and details.parent:
            parents = register.by_name(shelf, details.parent.text)
            if len(parents) == 1:
                found[shelf, parents[0]].append(identity)
    return {parent: tuple(sorted(children)) for parent, children in found.items()}


def members_of(register: Register) -> dict[str, tuple[tuple[str, Membership], ...]]:
    """The officials with a role in each organisation, each with the latest one, by organisation."""
    found: dict[str, dict[str, Membership]] = defaultdict(dict)
    for (shelf, identity), subject in register.subjects.items():
        details = subject.entry.details if subject.entry else None
        if shelf is not Shelf.OFFICIALS or not isinstance(details, Official):
            continue
        for membership in sorted(details.memberships, key=first_day):
            if membership.organization:
                name = membership.organization.text
                bodies = register.by_name(Shelf.ORGANISATIONS, name)
                if len(bodies) == 1:
                    found[bodies[0]][identity] = membership
    return {body: tuple(people.items()) for body, people in found.items()}
