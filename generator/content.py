"""All that content/ says: parsed files brought together, translations with their originals."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct, structs

from generator.model import Article, Entry, Shelf, Source, Translation
from generator.problems import N_, Place, Problem, as_warning


class ParsedFile(Struct, frozen=True, array_like=True):
    """What one file says, before any other is known; `entry` is None where there are problems
    worse than warnings."""

    source: Source
    entry: Article | Entry | Translation | None
    draft: bool
    problems: tuple[Problem, ...]

    @property
    def key(self) -> tuple[Shelf, str]:
        """What the file and its translations share."""
        return self.source.shelf, self.source.id


class Unread(Struct, frozen=True, array_like=True, gc=False):
    """A file with problems of its own: it exists, for references to it, and that is all."""

    shelf: Shelf
    id: str
    path: str
    draft: bool


class Content(Struct, frozen=True):
    """Everything content/ says, typed and not yet connected."""

    articles: tuple[Article, ...]
    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...]
    problems: tuple[Problem, ...]

    def files(self) -> tuple[Article | Entry, ...]:
        """Articles and entries together."""
        return (*self.articles, *self.entries)


def gather(files: Iterable[ParsedFile]) -> Content:
    """Bring files together. A problem in a draft is only a warning, and the draft then left out."""
    found = _Files()
    for each in files:
        found.add(each)
    problems = found.problems
    translations: dict[tuple[Shelf, str], list[Translation]] = defaultdict(list)
    for file in found.translations():
        original = found.original(file)
        draft = file.draft or (original is not None and original.draft)
        problems += _noted(file.problems if original else (_no_original(file.source),), draft)
        if isinstance(file.entry, Translation):
            translations[file.key].append(file.entry)
    articles: list[Article] = []
    entries: list[Entry] = []
    unread: list[Unread] = []
    for file in found.originals():
        problems += _noted(file.problems, file.draft)
        if isinstance(file.entry, Article):
            articles.append(_with_translations(file.entry, translations[file.key]))
        elif isinstance(file.entry, Entry):
            entries.append(_with_translations(file.entry, translations[file.key]))
        else:
            unread.append(Unread(*file.key, file.source.path, file.draft))
    return Content(tuple(articles), tuple(entries), tuple(unread), tuple(problems))


def _noted(problems: Iterable[Problem], draft: bool) -> list[Problem]:
    return [as_warning(problem) if draft else problem for problem in problems]


class _Files:
    """Parsed files by shelf, id and language; of two that claim one place, one that is no draft."""

    def __init__(self) -> None:
        self._files: dict[tuple[Shelf, str, str | None], ParsedFile] = {}
        self.problems: list[Problem] = []

    def add(self, file: ParsedFile) -> None:
        place = (*file.key, file.source.language)
        other = self._files.setdefault(place, file)
        if other is file:
            return
        if other.draft and not file.draft:
            self._files[place], file, other = file, other, file
        self.problems += _noted((_duplicate(file.source, other.source),), file.draft)

    def originals(self) -> list[ParsedFile]:
        return [file for file in self._files.values() if not file.source.language]

    def translations(self) -> list[ParsedFile]:
        return [file for file in self._files.values() if file.source.language]

    def original(self, translation: ParsedFile) -> ParsedFile | None:
        return self._files.get((*translation.key, None))


def _duplicate(source: Source, other: Source) -> Problem:
    return Problem(
        Place(source.path),
        "duplicate-id",
        N_("the id “{id}” belongs to {other} already"),
        N_("rename one of the two files"),
        {"id": source.id, "other": other.path},
    )


def _no_original(source: Source) -> Problem:
    return Problem(
        Place(source.path),
        "no-original",
        N_("this translation has no original beside it"),
        N_("it translates {original}, which does not exist"),
        {"original": re.sub(r"\.\w+(\.\w+)$", r"\1", source.path)},
    )


_T = TypeVar("_T", Article, Entry)


def _with_translations(entry: _T, translations: Iterable[Translation]) -> _T:
    found = tuple(sorted(translations, key=lambda translation: translation.language))
    return structs.replace(entry, translations=found) if found else entry
