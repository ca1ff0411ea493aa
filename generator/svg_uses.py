"""How much a drawing draws: parts of it that are used again count each time they are.

A few lines can say that a thousand squares are filled with a pattern of a thousand squares, and so
on. What is counted is never less than what a browser draws, but for how often a pattern fits.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

_MOST_DRAWN = 1_000_000
_MOST_NOTES = 1_000_000
_DEEPEST = 200

# What is in these is drawn only where something refers to them.
_HIDDEN = frozenset((
    "defs", "symbol", "clipPath", "mask", "pattern", "marker", "filter", "linearGradient",
    "radialGradient",
))  # fmt: skip
_GRADIENTS = frozenset(("linearGradient", "radialGradient"))
# They go for an element as a whole; all others may be inherited by what is in it.
_ONCE = frozenset(("clip-path", "mask", "filter"))
_NOWHERE = "\0"
_EVERYWHERE = "*"

_URL = r"url\([ \t\r\n]*[\"']?#([^\"'()\\\s]*)[\"']?[ \t\r\n]*\)"
_REFERENCE = re.compile(_URL, re.IGNORECASE)
# Strings and comments end where CSS ends them, or with the sheet.
_ASIDE = re.compile(
    rf"({_URL})|/\*.*?(?:\*/|\Z)|\"[^\"\n]*(?:[\"\n]|\Z)|'[^'\n]*(?:['\n]|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_SIMPLE = re.compile(r"[\w\s.#>+~-]*")


class TooMuch(Exception):
    """A drawing that uses parts of itself in circles, or so often that to draw it would never
    end."""


class _Part:
    """An element with a name: how much is in it, what it draws of others, and with what it, or
    some of what is in it, may be painted."""

    def __init__(self) -> None:
        self.count = 0
        self.uses: Counter[str] = Counter()
        self.paints: set[str] = set()


class Uses:
    """Is told of the elements of a drawing as they begin and end, and of its style sheets."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = defaultdict(_Part)
        # For each open element: its part, how style sheets may call it, its paints.
        self._open: list[tuple[str, frozenset[str], set[str]]] = []
        self._called: dict[str, set[str]] = defaultdict(set)
        self._sheets: list[str] = []
        self._not_gradients: set[str] = set()
        self._notes = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        named = attributes.get("id", "")
        # Of several with one name the first is meant.
        identity = "" if named in self._parts else named
        above = self._open[-1][0] if self._open else ""
        part = identity or (_NOWHERE if tag in _HIDDEN else above)
        if identity and tag not in _HIDDEN:
            self._parts[above].uses[identity] += 1
        if tag not in _GRADIENTS:
            self._not_gradients.add(identity)
        found = self._parts[part]
        found.count += 1
        paints = self._refer(found, attributes)
        classes = attributes.get("class", "").split()
        called = frozenset((_EVERYWHERE, tag, f"#{named}", *(f".{each}" for each in classes)))
        self._open.append((part, called, paints))
        # What is drawn elsewhere is still painted as what it stands in.
        around = self._open if tag in _HIDDEN else self._open[-1:]
        for _, names, inherited in around:
            self._note(len(names) + len(inherited))
            found.paints |= inherited
            for name in names:
                self._called[name].add(part)

    def end(self) -> None:
        self._open.pop()

    def sheet(self, css: str) -> None:
        self._sheets.append(css)

    def check(self) -> None:
        """Raises TooMuch."""
        for css in self._sheets:
            for names, targets in _rules(css):
                for name in names:
                    parts = self._called.get(name, ())
                    self._note(1 + len(parts) * len(targets))
                    for part in parts:
                        self._parts[part].paints |= targets
        self._count("", (), {})

    def _note(self, number: int) -> None:
        self._notes += number
        if self._notes > _MOST_NOTES:
            raise TooMuch

    def _refer(self, part: _Part, attributes: Mapping[str, str]) -> set[str]:
        """Note what an element refers to; gives its paints."""
        paints: set[str] = set()
        for key, value in attributes.items():
            if key == "href" and value.startswith("#"):
                part.uses.update(_both([value[1:]]))
            for name, said in _declarations(value) if key == "style" else ((key, value),):
                targets = _both(_REFERENCE.findall(said))
                if name in _ONCE:
                    part.uses.update(targets)
                else:
                    paints.update(targets)
        return paints

    def _count(self, name: str, above: tuple[str, ...], known: dict[str, int]) -> int:
        """How much is drawn for a part: all that is in it, each painted with the dearest."""
        if name in above or len(above) > _DEEPEST:
            raise TooMuch
        if name not in known:
            part, within = self._parts.get(name, _Part()), (*above, name)
            drawn = part.count
            for each, times in part.uses.items():
                drawn += times * self._count(each, within, known)
            paints = [
                self._count(each, within, known)
                for each in part.paints
                if each in self._not_gradients
            ]
            known[name] = drawn * (1 + max(paints, default=0))
            if known[name] > _MOST_DRAWN:
                raise TooMuch
        return known[name]


def _both(targets: list[str]) -> list[str]:
    """Names as they stand, and as browsers also understand them: `%61` is an a."""
    return [*targets, *(unquote(each) for each in targets if "%" in each)]


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in _plain(style).split(";"):
        name, _, value = declaration.partition(":")
        yield name.strip().lower(), value


def _rules(css: str) -> Iterator[tuple[set[str], set[str]]]:
    """What each rule of a style sheet refers to, and for which elements that may go."""
    pieces = re.split(r"([{}])", _plain(css))
    for at in range(0, len(pieces), 2):
        targets = set(_both(_REFERENCE.findall(pieces[at])))
        if not targets:
            continue
        is_rule = at >= 2 and pieces[at - 1] == "{" and pieces[at + 1 : at + 2] == ["}"]
        selectors = pieces[at - 2].rpartition(";")[2].split(",") if is_rule else [""]
        yield set(map(_last_name, selectors)), targets


def _last_name(selector: str) -> str:
    """A name that each element has for which a selector goes: `.class`, `#id` or its tag."""
    selector = selector.strip()
    if not selector or _SIMPLE.fullmatch(selector) is None:
        return _EVERYWHERE
    last = re.split(r"[\s>+~]+", selector)[-1]
    special = re.findall(r"[.#][\w-]+", last)
    if special:
        return str(special[0])
    # What is no name of an element may be a moment of an animation.
    return _EVERYWHERE if not last or last in ("from", "to") else last


def _plain(css: str) -> str:
    """CSS without comments and strings, but for what is referred to."""
    return _ASIDE.sub(lambda found: found[1] or " ", css)
