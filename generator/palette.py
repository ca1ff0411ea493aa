"""The site's colour as a theme can use it: fit to be read, by day and by night.

A colour someone has chosen (of a flag, of an emblem) is often too light for text on white, or too
dark for text on black. Its hue and strength are kept, and its lightness is moved no further than
it must be. Lightness is that of OKLCH, in which equal steps look equal
(https://www.w3.org/TR/css-color-4/#ok-lab); contrast that of WCAG 2.2
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

import base64
import hashlib
import math
import re

from msgspec import Struct

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

CONTRAST_BY_DAY, CONTRAST_BY_NIGHT = 4.5, 5.5
"""Between text and its ground. WCAG 2.2 asks for 4.5 at least, day and night
(https://www.w3.org/TR/WCAG22/#contrast-minimum); bright letters on a dark ground look thinner."""

PAPER_BY_DAY, PAPER_BY_NIGHT = (0xFF, 0xFF, 0xFF), (0x16, 0x18, 0x1C)
_WASH_BY_DAY, _WASH_BY_NIGHT = 0.09, 0.14
"""How much of the colour is in the ground of what is set off."""

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)


class Shades(Struct, frozen=True):
    """`accent` for text, lines and grounds of white (or black) text; `wash` for grounds."""

    accent: Colour
    wash: Colour


def read_colour(text: str) -> Colour | None:
    """A colour as CSS writes it in hexadecimal, without its transparency; None for anything
    else."""
    found = _HEX.fullmatch(text.strip())
    if not found:
        return None
    digits = found[1] if len(found[1]) > 4 else "".join(digit * 2 for digit in found[1])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def written(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def palette(colour: Colour) -> str:
    """The custom properties of a colour as CSS, without line ends."""

    def properties(shades: Shades) -> str:
        return f":root{{--site-accent:{written(shades.accent)};--site-wash:{written(shades.wash)}}}"

    night = properties(by_night(colour))
    return f"{properties(by_day(colour))}@media (prefers-color-scheme:dark){{{night}}}"


def policy_hash(css: str) -> str:
    """What lets a `<style>` with this text through a content security policy, without quotes
    (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def by_day(colour: Colour) -> Shades:
    return _shades(colour, PAPER_BY_DAY, _WASH_BY_DAY, 0.0, CONTRAST_BY_DAY)


def by_night(colour: Colour) -> Shades:
    return _shades(colour, PAPER_BY_NIGHT, _WASH_BY_NIGHT, 1.0, CONTRAST_BY_NIGHT)


def contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _shades(colour: Colour, paper: Colour, share: float, extreme: float, least: float) -> Shades:
    """A colour and its wash on a paper, its lightness moved towards `extreme` by the fewest of 100
    steps with which it can be read on both."""
    lightness, chroma, hue = _oklch(colour)
    accent = colour
    for step in range(1, 101):
        wash = _mixed(paper, accent, share)
        if min(contrast(accent, paper), contrast(accent, wash)) >= least:
            break
        accent = _within_srgb(lightness + (extreme - lightness) * step / 100, chroma, hue)
    return Shades(accent, _mixed(paper, accent, share))


def _mixed(ground: Colour, colour: Colour, share: float) -> Colour:
    red, green, blue = (
        round(of + (part - of) * share) for of, part in zip(ground, colour, strict=True)
    )
    return red, green, blue


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: Colour) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = map(_linear, colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _within_srgb(lightness: float, chroma: float, hue: float) -> Colour:
    """The colour of that lightness and hue, as strong as a screen can show it."""
    strong, weak = chroma, 0.0
    for _ in range(12):
        if _fits(_rgb(lightness, strong, hue)):
            break
        middle = (strong + weak) / 2
        if _fits(_rgb(lightness, middle, hue)):
            weak = middle
        else:
            strong = middle
    else:
        strong = weak
    red, green, blue = (_encoded(part) for part in _rgb(lightness, strong, hue))
    return red, green, blue


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _fits(rgb: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= part <= 1.0001 for part in rgb)


def _encoded(part: float) -> int:
    part = min(max(part, 0.0), 1.0)
    value = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return round(value * 255)
