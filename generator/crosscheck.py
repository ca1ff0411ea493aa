"""What articles and entries say of one another: references that lead nowhere, or to themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from generator.content import Content
from generator.model import Article, Entry, Official, Organisation, Reference, Shelf, Term
from generator.names import Guesses, name_key
from generator.problems import N_, Place, Problem, Severity, as_warning
from generator.register import Register, ambiguous


class _Titles:
    """Finds articles by their titles, which is needed only to mend a reference."""

    def __init__(self, content: Content) -> None:
        self._content = content

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {name_key(article.title): article.id for article in self._content.articles}

    def find(self, title: str) -> str | None:
        return self._ids.get(name_key(title))


def check_article_references(content: Content) -> Iterable[Problem]:
    """What is wrong with `follows`, `related` and `unrelated`; in a draft, as warnings."""
    known = {article.id for article in content.articles}
    known |= {file.id for file in content.unread if file.shelf is Shelf.ARTICLES}
    dates = {article.id: article.date for article in content.articles}
    guesses = Guesses(known)
    titles = _Titles(content)
    for article in content.articles:
        for field, references in (
            ("follows", article.follows),
            ("related", article.related),
            ("unrelated", article.unrelated),
        ):
            for reference in references:
                problem = _article_reference(article, field, reference, known, titles, guesses)
                if problem:
                    yield as_warning(problem) if article.draft else problem
        yield from _follows_later(article, dates)
        for reference in article.related:
            if reference.text in {other.text for other in article.unrelated}:
                problem = Problem(
                    reference.place,
                    "related-and-unrelated",
                    N_("“{id}” is both in “related” and in “unrelated”"),
                    N_("keep one of the two"),
                    {"id": reference.text},
                )
                yield as_warning(problem) if article.draft else problem


def _follows_later(article: Article, dates: Mapping[str, dt.date]) -> Iterable[Problem]:
    for reference in article.follows:
        if dates.get(reference.text, article.date) > article.date:
            yield Problem(
                reference.place,
                "follows-later",
                N_("“follows” names “{id}”, which is of a later day ({date})"),
                N_("“follows” is for what came before; the later article names this one"),
                {"id": reference.text, "date": dates[reference.text].isoformat()},
                Severity.WARNING,
            )


def _article_reference(
    article: Article,
    field: str,
    reference: Reference,
    known: Collection[str],
    titles: _Titles,
    guesses: Guesses,
) -> Problem | None:
    if reference.text == article.id:
        return Problem(
            reference.place,
            "self-reference",
            N_("“{field}” names the article itself"),
            N_("name another article, or remove it"),
            {"field": field},
        )
    if reference.text in known:
        return None
    near = titles.find(reference.text) or guesses.nearest(reference.text)
    return Problem(
        reference.place,
        "unknown-article",
        N_("“{field}” names “{id}”, and there is no such article"),
        N_("did you mean “{near}”?") if near else N_("write the name of its file without .md"),
        {"field": field, "id": reference.text, "near": near},
    )


def check_entry_references(entries: Iterable[Entry], register: Register) -> Iterable[Problem]:
    """Parents, successors and organisations of memberships that no file answers to, each name once;
    and those that two answer to."""
    entries = tuple(entries)
    drafts = {(entry.shelf, entry.id) for entry in entries if entry.draft}
    guesses = {shelf: Guesses(_ids_on(shelf, register)) for shelf in Shelf}
    noted: set[tuple[Shelf, str]] = set()
    for entry in entries:
        for shelf, reference in _entry_references(entry):
            found = register.by_name(shelf, reference.text)
            named = (shelf, reference.text)
            if len(found) > 1:
                problem = ambiguous(reference, shelf, found)
                yield as_warning(problem) if entry.draft else problem
            elif not found and named not in drafts and named not in noted:
                noted.add(named)
                yield _unknown_entry(shelf, reference, guesses[shelf].nearest(reference.text))


def _ids_on(shelf: Shelf, register: Register) -> Iterator[str]:
    return (identity for of, identity in register.subjects if of is shelf)


def _entry_references(entry: Entry) -> Iterator[tuple[Shelf, Reference]]:
    details = entry.details
    if isinstance(details, Organisation | Term) and details.parent:
        yield entry.shelf, details.parent
    if isinstance(details, Organisation) and details.successor:
        yield entry.shelf, details.successor
    if isinstance(details, Official):
        for membership in details.memberships:
            if membership.organization:
                yield Shelf.ORGANISATIONS, membership.organization


def _unknown_entry(shelf: Shelf, reference: Reference, near: str) -> Problem:
    return Problem(
        reference.place,
        "unknown-entry",
        N_("“{name}” has no file in content/{shelf}"),
        N_("did you mean “{near}”?") if near else N_("its name is shown without a link"),
        {"name": reference.text, "shelf": shelf.value, "near": near},
        Severity.WARNING,
    )


def check_translations(content: Content, language: str) -> Iterable[Problem]:
    """Translations into the language the originals are in."""
    for entry in content.files():
        for translation in entry.translations:
            if translation.language == language:
                problem = Problem(
                    Place(translation.place.path),
                    "own-language",
                    N_("this translates into “{language}”, the language of the site itself"),
                    N_("write it in the original, or set “language” in bulletin.toml"),
                    {"language": language},
                )
                yield as_warning(problem) if entry.draft or translation.draft else problem
