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


class Scalar(Struct, frozen=True):
    """A single value. From YAML always text; `plain` tells an unquoted one."""

    value: object
    place: Place
    plain: bool = True

    @property
    def empty(self) -> bool:
        return self.value == "" or (self.plain and self.value in ("~", "null", "Null", "NULL"))


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
        self.events = events
        self.path = path
        self.first_line = first_line

    def place(self, mark: Any) -> Place:
        return Place(self.path, mark.line + self.first_line, mark.column + 1)

    def document(self) -> Node | None:
        from yaml import events as e

        for event in self.events:
            if isinstance(event, (e.StreamStartEvent, e.DocumentStartEvent)):
                continue
            if isinstance(event, e.StreamEndEvent):
                return None
            return self.node(event, 0)
        return None

    def node(self, event: Any, depth: int) -> Node:
        from yaml import events as e

        place = self.place(event.start_mark)
        if isinstance(event, e.AliasEvent):
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
        if isinstance(event, e.ScalarEvent):
            return Scalar(event.value, place, event.style is None or event.style == "")
        if depth == MAX_DEPTH:
            raise _refuse(
                place,
                "yaml-depth",
                N_("the front matter is nested more than {depth} levels deep"),
                N_("no field needs this; look for stray brackets"),
                depth=MAX_DEPTH,
            )
        if isinstance(event, e.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), e.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Sequence(tuple(items), place)
        return self.mapping(place, depth)

    def mapping(self, place: Place, depth: int) -> Mapping:
        from yaml import events as e

        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self.events), e.MappingEndEvent):
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
        raise ProblemsFound([_syntax_problem(error, path, first_line)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        raise _refuse(
            Place(path, line, 1),
            "yaml-character",
            N_("the front matter contains a character that cannot be shown ({character})"),
            N_("delete it; it often comes from copying out of another program"),
            character=f"U+{ord(str(error.character)[:1] or chr(0)):04X}",
        ) from None


def _syntax_problem(error: Any, path: str, first_line: int) -> Problem:
    """A YAML error in an editor's words."""
    mark = error.problem_mark or error.context_mark
    problem, context = error.problem or "", error.context or ""
    if "mapping values are not allowed" in problem:
        text = N_("a value with a colon followed by a space must be in quotation marks")
        hint = N_('for example: title: "Hanoi: a year of visits"')
    elif "\\t" in problem or "\t" in problem:
        text = N_("a tab is used where only spaces may stand")
        hint = N_("indent with spaces")
    elif "quoted scalar" in context:
        mark = error.context_mark or mark
        text = N_("a quotation mark is opened here and not closed")
        hint = N_("close it, or leave quotation marks out on both sides")
    elif "flow" in context:
        mark = error.context_mark or mark
        text = N_("a bracket is opened here and not closed")
        hint = N_("close the list with ] and put commas between its items")
    elif "block mapping" in context or "simple key" in context:
        text = N_("this line is not of the form “key: value”")
        hint = N_("look for a missing colon, or a line indented differently from its neighbours")
    elif "block collection" in context:
        text = N_("this line does not belong to the list above it")
        hint = N_("begin every item with “- ”, all indented alike")
    else:
        text = N_("the front matter cannot be read here: {detail}")
        hint = N_("put the value in quotation marks")
    place = Place(path, mark.line + first_line, mark.column + 1) if mark else Place(path)
    detail = " ".join(f"{context} {problem}".split())
    return Problem(place, "yaml-syntax", text, hint, {"detail": detail})


def parse_toml(text: str, path: str) -> Mapping:
    """The tree of a TOML document. Raises ProblemsFound with one problem where it is not TOML."""
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(path, int(found[1]), int(found[2])) if found else Place(path)
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
    for number, line in enumerate(text.splitlines(), 1):
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
    if isinstance(value, list):
        return Sequence(tuple(_toml_node(item, here, places, keys) for item in value), here)
    return Scalar(value, here, plain=not isinstance(value, str))


def _toml_mapping(
    table: dict[str, Any], here: Place, places: dict[tuple[str, ...], Place], keys: tuple[str, ...]
) -> Mapping:
    at = {key: places.get((*keys, key), here) for key in table}
    items = {key: _toml_node(value, at[key], places, (*keys, key)) for key, value in table.items()}
    return Mapping(items, at, here)
