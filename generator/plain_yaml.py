"""Reads the YAML that nearly all front matter is made of, several times as fast as the library.

That is: fields on lines of their own, lists in brackets or with dashes, and values on one line,
without escapes, comments or anything else that needs the whole of YAML to be understood. Where
there is the slightest doubt, `located.parse_yaml` has to be asked; so no mistake is told here.
"""

from __future__ import annotations

import re

from generator.located import Mapping, Node, Scalar, Sequence
from generator.problems import Place

_MAX_DEPTH = 8
_KEY = r"[A-Za-z_][A-Za-z0-9_-]{0,60}"
_LINE = re.compile(rf"( *)(- +)?(?:({_KEY}):(?: +|$))?")
_QUOTED = r"\"[^\"\\]*\"|'[^']*'"
_ONE_QUOTED = re.compile(_QUOTED)
# Between brackets more characters have a meaning.
_WORDS = r"\w(?:[\w.()/+–’“”-]|:(?=[\w/])| (?=[\w.()/+–’“”-]))*"
_ITEM = re.compile(rf" *({_QUOTED}|{_WORDS}) *(,|\]$)")
_PAIR = re.compile(rf" *({_KEY}): +({_QUOTED}|{_WORDS}) *(,|\}}$)")


class _DoubtfulError(Exception):
    pass


def read_plain(text: str, path: str, first_line: int = 1) -> Mapping | None:
    """What `located.parse_yaml` gives for the fields in `text`; None where it has to be asked."""
    # Tabs, comments, other line ends and what YAML forbids.
    if not text.replace("\n", "").isprintable() or " #" in text:
        return None
    try:
        return _Lines(text, path, first_line).all_fields()
    except _DoubtfulError:
        return None


class _Line:
    """A line: where its content begins, from 0, the width of a dash and the spaces after it, the
    key, the rest, and where that begins."""

    __slots__ = ("at", "dash", "indent", "key", "number", "rest")

    def __init__(self, text: str, number: int) -> None:
        match = _LINE.match(text)
        if match is None:
            raise _DoubtfulError
        spaces, dash, self.key = match.groups()
        self.number = number
        self.indent = len(spaces)
        self.dash = len(dash) if dash else 0
        self.at = match.end()
        self.rest = text[self.at :].rstrip(" ")
        if not (dash or self.key):
            raise _DoubtfulError


class _Lines:
    """Takes line after line, the next one being at `at`."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self.path = path
        self.lines = [
            _Line(line, number) for number, line in enumerate(text.split("\n"), first_line) if line
        ]
        self.at = 0

    def all_fields(self) -> Mapping:
        if not self.lines or self.lines[0].dash:
            raise _DoubtfulError
        found = self.mapping(self.lines[0].indent, 0)
        if self.at < len(self.lines):
            raise _DoubtfulError
        return found

    def next_at(self, indent: int) -> _Line | None:
        """The next line if it begins there; None where the block that does so has ended."""
        if self.at == len(self.lines):
            return None
        line = self.lines[self.at]
        if line.indent > indent:  # it may continue a value
            raise _DoubtfulError
        return line if line.indent == indent else None

    def mapping(self, indent: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while (line := self.next_at(indent)) and not line.dash:
            if line.key in items:
                raise _DoubtfulError
            self.at += 1
            keys[line.key] = Place(self.path, line.number, indent + 1)
            items[line.key] = self.value(line) if line.rest else self.block(indent, depth + 1)
        return Mapping(items, keys, next(iter(keys.values())))

    def block(self, indent: int, depth: int) -> Node:
        """What stands below a key without a value that begins at `indent`."""
        if self.at == len(self.lines) or depth > _MAX_DEPTH:
            raise _DoubtfulError
        line = self.lines[self.at]
        if line.dash and line.indent >= indent:
            return self.sequence(line.indent, depth)
        if not line.dash and line.indent > indent:
            return self.mapping(line.indent, depth)
        raise _DoubtfulError

    def sequence(self, indent: int, depth: int) -> Sequence:
        place = Place(self.path, self.lines[self.at].number, indent + 1)
        items: list[Node] = []
        while (line := self.next_at(indent)) and line.dash:
            if line.key:
                line.indent, line.dash = indent + line.dash, 0
                items.append(self.mapping(line.indent, depth + 1))
            else:
                self.at += 1
                items.append(self.value(line))
        return Sequence(tuple(items), place)

    def value(self, line: _Line) -> Node:
        text, place = line.rest, Place(self.path, line.number, line.at + 1)
        if not text:
            raise _DoubtfulError
        first = text[0]
        if first in "\"'":
            if not _ONE_QUOTED.fullmatch(text):
                raise _DoubtfulError
            return Scalar(text[1:-1], place, False)
        if first == "[":
            return Sequence(self.flow_items(line), place)
        if first == "{":
            return self.flow_mapping(line, place)
        if not (first.isalnum() or first in "(“") or ": " in text or text[-1] == ":":
            raise _DoubtfulError
        return Scalar(text, place)

    def flow_items(self, line: _Line) -> tuple[Node, ...]:
        if line.rest == "[]":
            return ()
        items = []
        end, after = 1, ","
        while after == ",":
            match = _ITEM.match(line.rest, end)
            if match is None:
                raise _DoubtfulError
            items.append(self.flow_scalar(match, 1, line))
            end, after = match.end(), match[2]
        return tuple(items)

    def flow_mapping(self, line: _Line, place: Place) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        end, after = 1, ","
        while after == ",":
            match = _PAIR.match(line.rest, end)
            if match is None or match[1] in items:
                raise _DoubtfulError
            keys[match[1]] = Place(self.path, line.number, line.at + match.start(1) + 1)
            items[match[1]] = self.flow_scalar(match, 2, line)
            end, after = match.end(), match[3]
        return Mapping(items, keys, place)

    def flow_scalar(self, match: re.Match[str], group: int, line: _Line) -> Scalar:
        text = match[group]
        place = Place(self.path, line.number, line.at + match.start(group) + 1)
        if text[0] in "\"'":
            return Scalar(text[1:-1], place, False)
        return Scalar(text, place)
