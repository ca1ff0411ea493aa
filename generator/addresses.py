"""Addresses that cannot be: free pages where the site needs one itself, links to no page."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from generator.catalogue import Catalogue
from generator.meetings import Text
from generator.model import Entry
from generator.problems import N_, Place, Problem, as_warning
from generator.urls import file_path, is_reserved


def reserved_addresses(pages: Iterable[Entry]) -> Iterator[Problem]:
    for entry in pages:
        if is_reserved(entry.id):
            yield Problem(
                entry.place,
                "reserved-address",
                N_("a free page cannot be called “{id}”: the site needs this address itself"),
                N_("rename the file"),
                {"id": entry.id},
            )


def dead_addresses(
    catalogue: Catalogue, paths: Container[str], at_times: Container[str]
) -> Iterator[Problem]:
    """Links from the site's root that lead to no page; only a warning in drafts, and where they
    lead to what is there `at_times`: the search, which not every machine makes."""
    texts: list[Text] = [text for meeting in catalogue.meetings for text in meeting.texts.values()]
    texts += catalogue.texts.values()
    for text in texts:
        if all(target.address is None for target in text.targets.links):
            continue
        for link, target in zip(catalogue.markup(text).links, text.targets.links, strict=True):
            if target.address is None:
                continue
            address = target.address.partition("?")[0]
            if file_path(address) in paths or file_path(f"{address}/") in paths:
                continue
            place = Place(text.place.path, text.place.line + link.line - 1, link.column)
            if file_path(address) in at_times:
                yield as_warning(_no_search(place, link.target))
            else:
                problem = Problem(
                    place,
                    "dead-link",
                    N_("there is no page at “{target}” in this site"),
                    N_("better name the entry: [[its id]]"),
                    {"target": link.target},
                )
                yield as_warning(problem) if text.draft else problem


def _no_search(place: Place, target: str) -> Problem:
    return Problem(
        place,
        "link-to-no-search",
        N_("there is no page at “{target}”, for no search was made"),
        N_("install Pagefind, or take the link out"),
        {"target": target},
    )
