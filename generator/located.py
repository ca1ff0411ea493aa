"""Values that know where they stand: YAML and TOML as trees of scalars with line and column.

Scalars of YAML stay text until a field says what it wants: so `no` is not False, `14:30` not 870
and `2024-13-01` not a crash, the traps of YAML 1.1's implicit types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from generator.problems import N_, Place, Problem, ProblemsFound

MAX_DEPTH = 20
_NULL = ("~", "null", "Null", "NULL")
# What YAML, XML and so feeds forbid.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Scalar(Struct, frozen=True):
    """A single value. From YAML always text; `plain` tells an unquoted one."""

    value: object
    place: Place
    plain: bool = True

    @property
    def empty(self) -> bool:
        if not isinstance(self.value, str):
            return False
        return not self.value.strip() or (self.plain and self.value in _NULL)


class Sequence(Struct, frozen=True):
    items: tuple[Node, ...]
    place: Place


class Mapping(Struct, frozen=True):
    """`keys` has the place of each key, for what is to be said of the key itself."""

    items: dict[str, Node]
    keys: dict[str, Place]
    place: Place


Node = Scalar | Sequence | Mapping


def _refuse(
    place: Place, code: str, text: str, hint: str = "", **values: str | int
) -> ProblemsFound:
    return ProblemsFound([Problem(place, code, text, hint, values)])


class _Composer:
    """Builds the tree of one YAML document out of the parser's events.

    PyYAML's own composer recurses once per level, which ends the interpreter on hostile input, and
    lets the last of two equal keys win; this one stops at MAX_DEPTH and refuses aliases (which can
    make a small file huge), tags and repeated keys.
    """

    def __init__(self, events: Iterator[Any], path: str, first_line: int) -> None:
        from yaml import events as kinds

        # Here once: for every node it would be a good part of the reading.
        self.kinds = kinds
        self.events = events
        self.path = path
        self.first_line = first_line

    def place(self, mark: Any) -> Place:
        return Place(self.path, mark.line + self.first_line, mark.column + 1)

    def document(self) -> Node | None:
        next(self.events)  # of the stream
        if isinstance(next(self.events), self.kinds.StreamEndEvent):
            return None
        node = self.node(next(self.events), 0)
        next(self.events)  # of the document
        event = next(self.events)
        if not isinstance(event, self.kinds.StreamEndEvent):
            raise _refuse(
                self.place(event.start_mark),
                "yaml-documents",
                N_("a second block of fields begins here"),
                N_("keep all fields between the first two lines of three dashes ---"),
            )
        return node

    def node(self, event: Any, depth: int) -> Node:
        place = self.place(event.start_mark)
        if isinstance(event, self.kinds.AliasEvent):
            raise _refuse(
                place,
                "yaml-alias",
                N_("references such as *{name} are not allowed in front matter"),
                N_("write the value out, or put it in quotation marks"),
                name=str(event.anchor),
            )
        if event.tag is not None and event.tag != "!":
            raise _refuse(
                place,
                "yaml-tag",
                N_("tags such as {tag} are not allowed in front matter"),
                N_("put the value in quotation marks"),
                tag=event.tag,
            )
        if isinstance(event, self.kinds.ScalarEvent):
            # Only quotation marks let unprintable characters in, as "\0".
            if event.style == '"' and (found := _UNPRINTABLE.search(event.value)):
                raise _unprintable(place, found[0])
            return Scalar(event.value, place, not event.style)
        if depth == MAX_DEPTH:
            raise _refuse(
                place,
                "yaml-depth",
                N_("the front matter is nested more than {depth} levels deep"),
                N_("no field needs this; look for stray brackets"),
                depth=MAX_DEPTH,
            )
        if isinstance(event, self.kinds.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), self.kinds.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Sequence(tuple(items), place)
        return self.mapping(place, depth)

    def mapping(self, place: Place, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self.events), self.kinds.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise _refuse(
                    key.place,
                    "yaml-key",
                    N_("a key must be a single word"),
                    N_("put a value that begins with [ or {{ in quotation marks"),
                )
            name = str(key.value)
            if name in keys:
                raise _refuse(
                    key.place,
                    "duplicate-key",
                    N_("“{key}” is given twice, first on line {first}"),
                    N_("keep one of the two"),
                    key=name,
                    first=keys[name].line,
                )
            items[name] = self.node(next(self.events), depth + 1)
            keys[name] = key.place
        return Mapping(items, keys, place)


def parse_yaml(text: str, path: str, first_line: int = 1) -> Node | None:
    """The tree of a YAML document; None for an empty one.

    `first_line` is the line of `path` on which `text` begins. Raises ProblemsFound (with one
    problem: nothing can be known of what follows it) where the text is not YAML, repeats a key, or
    uses what front matter may not: aliases, tags, more than 20 levels.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(yaml.parse(text, Loader=loader), path, first_line).document()
    except yaml.MarkedYAMLError as error:
        raise ProblemsFound([_syntax_problem(error, text, path, first_line)]) from None
    except yaml.reader.ReaderError:
        # The library counts bytes; the place is looked for here.
        found = _UNPRINTABLE.search(text)
        at = found.start() if found else 0
        line = text.count("\n", 0, at) + first_line
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        raise _unprintable(Place(path, line, column), found[0] if found else "\ufeff") from None


def _unprintable(place: Place, character: str) -> ProblemsFound:
    return _refuse(
        place,
        "bad-character",
        N_("there is a character here that cannot be shown ({character})"),
        N_("delete it; it often comes from copying out of another program"),
        character=f"U+{ord(character):04X}",
    )


_BAD_BEGINNING = N_("a value cannot begin with this character without quotation marks")
_QUOTE_IT = N_('put the value in quotation marks: "…"')

# YAML errors in an editor's words: what the library says and what stands before the place, whether
# the problem is where the library began to read or where it stopped, the words and a hint.
_EXPLANATIONS = (
    (
        r"mapping values .* after a key",
        "stopped",
        N_("a value with a colon followed by a space must be in quotation marks"),
        N_('for example: title: "Hanoi: a year of visits"'),
    ),
    (
        r"tab character|before a tab",
        "stopped",
        N_("a tab is used where only spaces may stand"),
        N_("indent with spaces"),
    ),
    (
        r"escape",
        "stopped",
        N_("a backslash cannot stand here between double quotation marks"),
        N_("put the value between single ones: '…'"),
    ),
    (
        r"quoted scalar",
        "began",
        N_("a quotation mark is opened here and not closed"),
        N_("close it, or leave quotation marks out on both sides"),
    ),
    (
        r"flow (?:sequence|mapping)",
        "began",
        N_("a bracket is opened here and not closed"),
        N_("close the list with ] and put commas between its items"),
    ),
    (
        r"flow node .* at the end",
        "stopped",
        N_("a bracket is opened above and not closed"),
        N_("close the list with ] and put commas between its items"),
    ),
    (
        r"block collection",
        "stopped",
        N_("this line does not belong to the list above it"),
        N_("begin every item with “- ”, all indented alike"),
    ),
    (
        r"block mapping .* after",
        "stopped",
        N_("a value ends before this, and more text follows on its line"),
        N_("put the whole value in quotation marks, of the other kind than those inside it"),
    ),
    (
        r"block mapping|mapping values",
        "stopped",
        N_("this line does not fit in with the one above it"),
        N_("indent it like its neighbours, and look for a missing colon above it"),
    ),
    (
        r"simple key",
        "began",
        N_("this line is not of the form “key: value”"),
        N_("look for a missing colon, or a line indented differently from its neighbours"),
    ),
    (r"scanning an? (?:alias|anchor|tag|block scalar)", "began", _BAD_BEGINNING, _QUOTE_IT),
    (r"start any token|node content|are not allowed", "stopped", _BAD_BEGINNING, _QUOTE_IT),
    (r"", "stopped", N_("the front matter cannot be read here: {detail}"), _QUOTE_IT),
)


def _syntax_problem(error: Any, text: str, path: str, first_line: int) -> Problem:
    """A YAML error in an editor's words."""
    stopped = error.problem_mark or error.context_mark
    began = error.context_mark or stopped
    detail = " ".join(f"{error.context or ''} {error.problem or ''}".split())
    symptoms = f"{detail} {_surroundings(stopped, text)}"
    _, side, words, hint = next(e for e in _EXPLANATIONS if re.search(e[0], symptoms))
    mark = began if side == "began" else stopped
    place = Place(path, mark.line + first_line, mark.column + 1) if mark else Place(path)
    return Problem(place, "yaml-syntax", words, hint, {"detail": detail})


def _surroundings(mark: Any, text: str) -> str:
    """What stands before and after a place, as far as it tells one mistake from another."""
    lines = text.split("\n")[mark.line :] if mark else []
    before, after = (lines[0][: mark.column], lines[0][mark.column :]) if lines else ("", "")
    if not after.strip() and not "".join(lines[1:]).strip():
        return "at the end"
    if after.startswith("\t"):
        return "before a tab"
    if re.search(r"\S\s*:\s", before):
        return "after a key"
    return "after text" if before.strip() else ""


def parse_toml(text: str, path: str) -> Mapping:
    """The tree of a TOML document. Raises ProblemsFound with one problem where it is not TOML."""
    import tomllib

    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise _refuse(
            Place(path),
            "toml-depth",
            N_("the file is nested too deeply"),
            N_("no field needs this; look for stray brackets"),
        ) from None
    except ValueError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        last = len(text.rstrip().split("\n"))
        place = Place(path, int(found[1]), int(found[2])) if found else Place(path, last, 1)
        detail = re.sub(r" \(at .*\)$", "", str(error))
        raise _refuse(
            place,
            "toml-syntax",
            N_("this is not valid TOML: {detail}"),
            N_("texts stand in quotation marks, true and false without"),
            detail=detail,
        ) from None
    return _toml_mapping(table, Place(path, 1, 1), _toml_places(text, path), ())


def _toml_places(text: str, path: str) -> dict[tuple[str, ...], Place]:
    """Where each table and key of a TOML text stands (tomllib does not tell)."""
    places: dict[tuple[str, ...], Place] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            places.setdefault(table, Place(path, number, line.index("[") + 1))
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            dotted = tuple(part.strip().strip("\"'") for part in key[1].split("."))
            for end in range(1, len(dotted) + 1):
                places.setdefault((*table, *dotted[:end]), Place(path, number, key.start(1) + 1))
    return places


def _toml_node(
    value: Any, here: Place, places: dict[tuple[str, ...], Place], keys: tuple[str, ...]
) -> Node:
    if isinstance(value, dict):
        return _toml_mapping(value, here, places, keys)
    if isinstance(value, str) and (found := _UNPRINTABLE.search(value)):
        raise _unprintable(here, found[0])
    if isinstance(value, list):
        return Sequence(tuple(_toml_node(item, here, places, keys) for item in value), here)
    return Scalar(value, here, plain=not isinstance(value, str))


def _toml_mapping(
    table: dict[str, Any], here: Place, places: dict[tuple[str, ...], Place], keys: tuple[str, ...]
) -> Mapping:
    at = {key: places.get((*keys, key), here) for key in table}
    items = {key: _toml_node(value, at[key], places, (*keys, key)) for key, value in table.items()}
    return Mapping(items, at, here)
