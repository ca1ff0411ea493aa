"""What a site of several languages has in its main language alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from generator.content import Content
from generator.model import Article, Entry, Membership, Official, Shelf
from generator.problems import N_, Problem, Severity

NAMED = (Shelf.ORGANISATIONS, Shelf.TOPICS, Shelf.SERIES, Shelf.PLACES)
"""The shelves whose entries have a name in each language. People's names are the same in all."""


class Gap(Struct, frozen=True):
    """Something that is not there in a language, as a notice."""

    language: str
    problem: Problem


def translations_missing(content: Content, languages: Iterable[str]) -> Iterator[Gap]:
    """All that has no translation into each of some languages, drafts apart: articles, free pages,
    the names of entries, roles; each in the order of files. What is not yet public counts: there is
    still time to translate it."""
    entries = [entry for entry in content.entries if not entry.draft]
    articles = [article for article in content.articles if not article.draft]
    pages = [entry for entry in entries if entry.shelf is Shelf.PAGES]
    for language in languages:
        found = [
            *(_text(each, each.title, language) for each in articles),
            *(_text(each, each.name, language) for each in pages),
            *(_name(entry, language) for entry in entries if entry.shelf in NAMED),
            *(
                _role(entry, membership, language)
                for entry in entries
                if isinstance(entry.details, Official)
                for membership in entry.details.memberships
            ),
        ]
        yield from (Gap(language, problem) for problem in found if problem)


def _text(of: Article | Entry, title: str, language: str) -> Problem | None:
    """A text of which there is no translation, or only a draft of one."""
    given = next((each for each in of.translations if each.language == language), None)
    if given and not given.draft:
        return None
    file = PurePosixPath(of.place.path).with_suffix(f".{language}.md")
    return Problem(
        of.place,
        "no-translation",
        N_("“{title}” has no translation into “{language}”"),
        N_("its translation {file} is still a draft") if given else N_("write it in {file}"),
        {"title": title, "language": language, "file": given.place.path if given else str(file)},
        Severity.NOTICE,
    )


def _name(entry: Entry, language: str) -> Problem | None:
    titles = (each.title for each in entry.translations if each.language == language)
    if entry.translated_names.get(language) or any(titles):
        return None
    return Problem(
        entry.place,
        "no-translated-name",
        N_("“{name}” has no name in “{language}”"),
        N_("add to the file: {language}: {{name: …}}"),
        {"name": entry.name, "language": language},
        Severity.NOTICE,
    )


def _role(entry: Entry, membership: Membership, language: str) -> Problem | None:
    if membership.translated_roles.get(language):
        return None
    return Problem(
        entry.place,
        "no-translated-role",
        N_("the role “{role}” of {name} has no translation into “{language}”"),
        N_("add to the role: {language}: {{role: …}}"),
        {"role": membership.role, "name": entry.name, "language": language},
        Severity.NOTICE,
    )
