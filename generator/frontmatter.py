"""Sources become typed entries: their front matter is split off, parsed and read field by field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from generator.fields import Reader
from generator.located import Mapping, Node, Scalar, parse_yaml
from generator.model import Article, Body, Entry, Shelf, Source, Translation
from generator.problems import N_, Place, Problem, ProblemsFound, Severity, as_warning
from generator.schema import read_article, read_entry, read_translation

_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DRAFT = re.compile(r"^[ \t]*draft[ \t]*:[ \t]*(?:true|True|TRUE)[ \t]*(?:#.*)?$", re.MULTILINE)
# What Word puts for a line break within a line, and YAML would take for the end of one.
# A plain value, then a # with nothing between it and the next word: no comment is written so.
_CUT_OFF = re.compile(r"""([ \t-]*[\w.-]+:[ \t]+[^\s"'\[{#|>][^#]*?) #[^\s#]""")
# A no-break space, which Word is fond of, separates for the eye but not for YAML.
_HARD_SPACE = str.maketrans({"\u00a0": " ", "\u202f": " "})
_SOFT_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")


class Unread(Struct, frozen=True):
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


class _Parsed(Struct, frozen=True):
    """What a source says; `entry` is None where there are problems."""

    source: Source
    entry: Article | Entry | Translation | None
    draft: bool
    problems: tuple[Problem, ...]

    @property
    def key(self) -> tuple[Shelf, str]:
        """What the file and its translations share."""
        return self.source.shelf, self.source.id


def _split(source: Source) -> tuple[str, str, int]:
    """Front matter, body, and the line the body starts on. Raises ProblemsFound."""

    def refuse(line: int, code: str, text: str, hint: str) -> ProblemsFound:
        return ProblemsFound([Problem(Place(source.path, line, 1), code, text, hint)])

    text = source.text
    if not text.strip():
        raise refuse(
            1, "empty-file", N_("the file is empty"), N_("begin with ---, title: …, date: …, ---")
        )
    start = len(text) - len(text.lstrip())
    boundaries = _BOUNDARY.finditer(text, start)
    opening = next(boundaries, None)
    if opening is None or opening.start() != start:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "no-front-matter",
            N_("the file does not begin with front matter"),
            N_("put a line of three dashes --- first, then the fields, then --- again"),
        )
    closing = next(boundaries, None)
    if closing is None:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "unclosed-front-matter",
            N_("the front matter that begins here is never closed"),
            N_("put a line of three dashes --- after the last field"),
        )
    body = text[closing.end() + 1 :]
    fields = text[opening.end() : closing.start()].translate(_HARD_SPACE)
    fields = _SOFT_BREAK.sub(" ", fields)
    return fields, body, text.count("\n", 0, closing.end()) + 2


def _says_draft(text: str) -> bool:
    """Whether a file that cannot be read can be read as a draft."""
    boundaries = list(islice(_BOUNDARY.finditer(text), 2))
    end = boundaries[1].start() if len(boundaries) == 2 else len(text)
    return _DRAFT.search(text, 0, end) is not None


class LocatedHandler:
    """A python-frontmatter handler that keeps places and refuses what its YAML one lets pass.

    With the library's own handler an unclosed block silently becomes body, repeated keys and lists
    at the top are dropped, and dates that do not exist raise without a line.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.fields, self.body, self.body_line = _split(source)

    def split(self, _text: str) -> tuple[str, str]:
        return self.fields, self.body

    def load(self, fields: str) -> dict[str, Node]:
        line = self.body_line - fields.count("\n") - 1
        node = parse_yaml(fields, self.source.path, line)
        if isinstance(node, Scalar) and node.empty:
            node = None
        if node is not None and not isinstance(node, Mapping):
            raise ProblemsFound(
                [
                    Problem(
                        node.place,
                        "not-fields",
                        N_("the front matter is not made of “key: value” lines"),
                        N_("write for example title: … and date: …"),
                    )
                ]
            )
        return {"": node} if node else {}


def _read_fields(source: Source) -> tuple[Mapping, Body]:
    import frontmatter

    handler: Any = LocatedHandler(source)
    metadata, _ = frontmatter.parse(source.text, handler=handler)
    top = metadata.get("")
    mapping = top if isinstance(top, Mapping) else Mapping({}, {}, Place(source.path, 1, 1))
    return mapping, Body(handler.body, Place(source.path, handler.body_line, 1))


def _cut_off(source: Source) -> Iterable[Problem]:
    """Values that a `#` after a space ends, as YAML has it, though it was hardly meant."""
    fields, _, body_line = _split(source)
    first_line = body_line - fields.count("\n") - 1
    for number, line in enumerate(fields.split("\n")):
        if found := _CUT_OFF.match(line):
            yield Problem(
                Place(source.path, first_line + number, found.end(1) + 2),
                "cut-off",
                N_("from the # on, this line is not read"),
                N_("put the value in quotation marks"),
                severity=Severity.WARNING,
            )


def _parse(source: Source, zone: ZoneInfo) -> _Parsed:
    if source.problem:
        return _Parsed(source, None, _says_draft(source.text), (source.problem,))
    try:
        mapping, body = _read_fields(source)
    except ProblemsFound as found:
        return _Parsed(source, None, _says_draft(source.text), found.problems)
    problems: list[Problem] = []
    reader = Reader(mapping, zone, problems)
    entry: Article | Entry | Translation
    if source.language:
        entry = read_translation(source, reader, body)
    elif source.shelf is Shelf.ARTICLES:
        entry = read_article(source, reader, body)
    else:
        entry = read_entry(source, reader, body)
    reader.finish()
    noticed = _cut_off(source) if " #" in source.text else ()
    return _Parsed(source, None if problems else entry, entry.draft, (*problems, *noticed))


def parse_all(sources: Iterable[Source], zone: ZoneInfo) -> Content:
    """Read every source. A problem in a draft is only a warning, and the draft then left out."""
    found = _Files()
    for source in sources:
        found.add(_parse(source, zone))
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
        self._files: dict[tuple[Shelf, str, str | None], _Parsed] = {}
        self.problems: list[Problem] = []

    def add(self, file: _Parsed) -> None:
        place = (*file.key, file.source.language)
        other = self._files.setdefault(place, file)
        if other is file:
            return
        if other.draft and not file.draft:
            self._files[place], file, other = file, other, file
        self.problems += _noted((_duplicate(file.source, other.source),), file.draft)

    def originals(self) -> list[_Parsed]:
        return [file for file in self._files.values() if not file.source.language]

    def translations(self) -> list[_Parsed]:
        return [file for file in self._files.values() if file.source.language]

    def original(self, translation: _Parsed) -> _Parsed | None:
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
