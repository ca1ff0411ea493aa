"""A file becomes a typed entry: its front matter is split off, parsed and read field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from generator.content import ParsedFile
from generator.fields import Reader
from generator.located import Mapping, Node, Scalar, parse_yaml
from generator.model import Article, Entry, Shelf, Source, Translation
from generator.plain_yaml import read_plain
from generator.problems import N_, Place, Problem, ProblemsFound, Severity
from generator.schema import Written, read_article, read_entry, read_translation

_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DRAFT = re.compile(r"^[ \t]*draft[ \t]*:[ \t]*(?:true|True|TRUE)[ \t]*(?:#.*)?$", re.MULTILINE)
# A plain value, then a # with nothing between it and the next word: no comment is written so.
_CUT_OFF = re.compile(r"""([ \t-]*[\w.-]+:[ \t]+[^\s"'\[{#|>][^#]*?) #[^\s#]""")
# A no-break space, which Word is fond of, separates for the eye but not for YAML.
_HARD_SPACES = "\u00a0\u202f"
# What Word puts for a line break within a line, and YAML would take for the end of one.
_SOFT_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")


def _split(source: Source, text: str) -> tuple[str, str, int]:
    """Front matter, body, and the line the body starts on. Raises ProblemsFound."""

    def refuse(line: int, code: str, text: str, hint: str) -> ProblemsFound:
        return ProblemsFound([Problem(Place(source.path, line, 1), code, text, hint)])

    if not text.strip():
        raise refuse(
            1, "empty-file", N_("the file is empty"), N_("begin with ---, title: …, date: …, ---")
        )
    start = len(text) - len(text.lstrip())
    opening = _BOUNDARY.match(text, start)
    if opening is None:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "no-front-matter",
            N_("the file does not begin with front matter"),
            N_("put a line of three dashes --- first, then the fields, then --- again"),
        )
    closing = _next_boundary(text, opening.end())
    if closing is None:
        raise refuse(
            text.count("\n", 0, start) + 1,
            "unclosed-front-matter",
            N_("the front matter that begins here is never closed"),
            N_("put a line of three dashes --- after the last field"),
        )
    body = text[closing.end() + 1 :]
    fields = text[opening.end() : closing.start()]
    for hard in _HARD_SPACES:
        fields = fields.replace(hard, " ")
    fields = _SOFT_BREAK.sub(" ", fields)
    return fields, body, text.count("\n", 0, closing.end()) + 2


def _next_boundary(text: str, start: int) -> re.Match[str] | None:
    found = None
    while found is None and (start := text.find("\n---", start) + 1):
        found = _BOUNDARY.match(text, start)
    return found


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

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.fields, self.body, self.body_line = _split(source, text)
        self.fields_line = self.body_line - self.fields.count("\n") - 1

    def split(self, _text: str) -> tuple[str, str]:
        # The body we have already; the library would only copy it.
        return self.fields, ""

    def load(self, fields: str) -> dict[str, Node]:
        line = self.fields_line
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


def _read_fields(source: Source, text: str) -> tuple[Mapping, Written]:
    handler: Any = LocatedHandler(source, text)
    mapping = read_plain(handler.fields, source.path, handler.fields_line)
    if mapping is None:
        import frontmatter

        metadata, _ = frontmatter.parse("", handler=handler)
        top = metadata.get("")
        mapping = top if isinstance(top, Mapping) else Mapping({}, {}, Place(source.path, 1, 1))
    return mapping, Written(handler.body, Place(source.path, handler.body_line, 1))


def _cut_off(source: Source, text: str) -> Iterable[Problem]:
    """Values that a `#` after a space ends, as YAML has it, though it was hardly meant."""
    fields, _, body_line = _split(source, text)
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


def parse_fields(
    source: Source, text: str, unreadable: Problem | None, zone: ZoneInfo
) -> tuple[ParsedFile, Written | None]:
    """What a file says, and the Markdown of its body; `unreadable` says why `text` is not all of
    it. Times without a zone are in `zone`."""
    if unreadable:
        return ParsedFile(source, None, _says_draft(text), (unreadable,)), None
    try:
        mapping, written = _read_fields(source, text)
    except ProblemsFound as found:
        return ParsedFile(source, None, _says_draft(text), found.problems), None
    problems: list[Problem] = []
    reader = Reader(mapping, zone, problems)
    entry: Article | Entry | Translation
    if source.language:
        entry = read_translation(source, reader, written)
    elif source.shelf is Shelf.ARTICLES:
        entry = read_article(source, reader, written)
    else:
        entry = read_entry(source, reader, written)
    reader.finish()
    noticed = _cut_off(source, text) if " #" in text else ()
    parsed = ParsedFile(source, None if problems else entry, entry.draft, (*problems, *noticed))
    return parsed, None if problems else written
