"""SVG made safe: only what draws stays.

The file is parsed and written anew, with the elements and attributes of lists that are known to be
harmless. Whatever runs, asks other places for something or opens them is left out, and named.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from generator.svg_uses import TooMuch, Uses

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_MOST_ELEMENTS = 100_000
_DEEPEST = 200

_DRAWS = """
svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath
linearGradient radialGradient stop clipPath mask pattern marker image style switch view filter
feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
feTurbulence
"""
_ELEMENTS = frozenset(_DRAWS.split())
# What is said of a drawing and never drawn is left out without a word.
_SILENT = frozenset(("metadata",))
# Of these only what is in them is kept.
_OPENED = frozenset(("a",))

_ATTRIBUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
# In no expression may two parts take the same character, for a hostile text makes that slow.
_LENGTH = re.compile(
    r"((?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|q|em|rem)?"
)
_PIXELS = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0,
    "q": 96 / 101.6, "em": 16.0, "rem": 16.0,
}  # fmt: skip
# References to parts of the drawing. They are harmless wherever they stand, in comments and strings
# too, for nothing in them can end either.
_URL = re.compile(r"url\([ \t\r\n]*([\"']?)#[^\"'()\\\s]*\1[ \t\r\n]*\)", re.IGNORECASE)
_UNSAFE_CSS = re.compile(
    r"@import|@font-face|@namespace|expression\s*\(|-moz-binding|behavior\s*:|javascript:|\\|src\s*\(|image-set",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)")


class NotSvg(Exception):
    """The bytes are no SVG, or one that cannot be made safe."""


class Drawing(Struct, frozen=True):
    """A drawing that is safe; its size in pixels, 0 where it does not tell; what was `removed`
    because it could do something."""

    data: bytes
    width: int
    height: int
    removed: tuple[str, ...]


def clean_svg(data: bytes, embed: Callable[[bytes], tuple[str, bytes] | None]) -> Drawing:
    """A drawing with only what draws in it. `embed` gives a picture that stands in it, cleaned, and
    its media type; None leaves it out. Raises NotSvg."""
    cleaner = _Cleaner(embed)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    # Those that a file declares for all elements of a kind could be written a million times.
    parser.specified_attributes = True
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    parser.CharacterDataHandler = cleaner.text
    parser.EntityDeclHandler = _refuse_entity
    parser.SkippedEntityHandler = _refuse_entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError, TooMuch):
        raise NotSvg from None
    if not cleaner.drawn:
        raise NotSvg
    try:
        cleaner.uses.check()
    except TooMuch:
        raise NotSvg from None
    width, height = _size(cleaner.root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(cleaner.parts) + "\n"
    removed = tuple(sorted(cleaner.removed))
    return Drawing(text.encode("utf-8", "replace"), width, height, removed)


def _refuse_entity(*_: Any) -> None:
    """Entities can grow without end, and read other files."""
    raise NotSvg


class _Cleaner:
    """Writes the elements it is told of, those that may stay."""

    def __init__(self, embed: Callable[[bytes], tuple[str, bytes] | None]) -> None:
        self.parts: list[str] = []
        self.removed: set[str] = set()
        self.root: dict[str, str] = {}
        self.drawn = False
        self.uses = Uses()
        self._embed = embed
        self._open: list[str] = []
        self._passed = 0
        self._count = 0
        self._style: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) + self._passed > _DEEPEST:
            raise NotSvg
        if self._passed:
            self._passed += 1
            return
        space, _, tag = name.rpartition(" ")
        if not self.drawn and (space != _SVG or tag != "svg"):
            raise NotSvg
        if self._style is not None or space != _SVG or tag not in _ELEMENTS | _OPENED:
            if space == _SVG and tag not in _SILENT:
                self.removed.add(f"<{tag}>")
            self._passed = 1
            return
        self._open.append(tag)
        kept = {} if tag in _OPENED or tag == "style" else self._attributes(tag, attributes)
        self.uses.start(tag, kept)
        if tag in _OPENED:
            if any(name.rpartition(" ")[2] == "href" and attributes[name] for name in attributes):
                self.removed.add("<a>")
            return
        if tag == "style":
            self._style = []
            return
        if not self.drawn:
            self.root = kept
            self.drawn = True
            kept = {"xmlns": _SVG, **kept}
        written = "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())
        self.parts.append(f"<{tag}{written}>")

    def end(self, _name: str) -> None:
        if self._passed:
            self._passed -= 1
            return
        tag = self._open.pop()
        self.uses.end()
        if tag == "style":
            css, self._style = "".join(self._style or ()), None
            if not self._is_safe_css(css):
                self.removed.add("<style>")
            elif css.strip():
                self.parts.append(f"<style>{escape(css)}</style>")
                self.uses.sheet(css)
        elif tag not in _OPENED:
            self.parts.append(f"</{tag}>")

    def text(self, text: str) -> None:
        if self._passed:
            return
        if self._style is not None:
            self._style.append(text)
        elif self._open:
            self.parts.append(escape(text))

    def _attributes(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, value in attributes.items():
            space, _, key = name.rpartition(" ")
            if key == "href" and space in ("", _XLINK):
                target = self._target(tag, value.strip())
                if target:
                    kept["href"] = target
            elif space == _XML and key in ("space", "lang"):
                kept[f"xml:{key}"] = value
            elif space:
                continue  # notes of the program it was drawn with
            elif key.lower().startswith("on"):
                self.removed.add(key)
            elif _ATTRIBUTE.fullmatch(key) is None or key.startswith("data-"):
                continue
            elif not self._is_safe_css(value):
                self.removed.add(key)
            else:
                kept[key] = value
        return kept

    def _target(self, tag: str, value: str) -> str:
        """Where something may lead: to a part of the drawing itself, or a picture in it."""
        if value.startswith("#"):
            return value
        match = _EMBEDDED.fullmatch(value) if tag == "image" else None
        if match:
            try:
                found = self._embed(base64.b64decode(match[1]))
            except ValueError:
                found = None
            if found:
                return f"data:{found[0]};base64,{base64.b64encode(found[1]).decode()}"
        if value:
            self.removed.add("href")
        return ""

    def _is_safe_css(self, css: str) -> bool:
        return _UNSAFE_CSS.search(css) is None and "url(" not in _URL.sub(" ", css).lower()


def _size(root: dict[str, str]) -> tuple[int, int]:
    """The size of a drawing in pixels, as browsers find it."""
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        numbers = [float(number) for number in box]
    except ValueError:
        numbers = []
    if len(numbers) == 4 and 0 < numbers[2] < 1e6 and 0 < numbers[3] < 1e6:
        across, down = numbers[2:]
        if width and not height:
            height = width * down / across
        elif height and not width:
            width = height * across / down
        elif not width:
            width, height = across, down
    if not width or not height or max(width, height) > 1e6:
        return 0, 0
    return max(1, round(width)), max(1, round(height))


def _length(text: str) -> float:
    match = _LENGTH.fullmatch(text.strip().lower())
    return float(match[1]) * _PIXELS[match[2] or ""] if match else 0.0
