"""theme.toml: what a theme says of itself, typed. Every key is described in docs/themes.md."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.decoding import decode
from generator.fields import Reader
from generator.located import Node, Scalar, Sequence, parse_toml
from generator.problems import N_, Problem, ProblemsFound

THEME_FILE = "theme.toml"
WIDEST = 4096
"""Pictures wider than this are made for no screen."""


class PictureSizes(Struct, frozen=True, array_like=True):
    """How wide a picture is shown, as HTML's `sizes` says it, by where it stands: `lead` is that of
    an article, and of the article the home page leads with; `body` any in a text."""

    lead: str = "100vw"
    body: str = "100vw"
    portrait: str = "100vw"


class ThemeSettings(Struct, frozen=True, array_like=True):
    """What a theme says of itself. `search`: there is a search page; `widths`: in which widths
    pictures are made, in pixels, the smallest first."""

    search: bool = True
    widths: tuple[int, ...] = (480, 800, 1280, 1920)
    sizes: PictureSizes = PictureSizes()


def read_settings(data: bytes, path: str, base: ThemeSettings) -> ThemeSettings:
    """The settings in a file; what it does not say is as in `base`. Raises ProblemsFound with all
    that is wrong in it."""
    text, problem = decode(path, data)
    if problem:
        raise ProblemsFound([problem])
    problems: list[Problem] = []
    reader = Reader(parse_toml(text, path), ZoneInfo("UTC"), problems)
    search = reader.boolean("search", base.search)
    widths, sizes = base.widths, base.sizes
    pictures = reader.nested("pictures")
    if pictures is not None:
        widths, sizes = _widths(pictures, widths), _sizes(pictures, sizes)
        pictures.finish()
    reader.finish()
    if problems:
        raise ProblemsFound(problems)
    return ThemeSettings(search, widths, sizes)


def _widths(pictures: Reader, default: tuple[int, ...]) -> tuple[int, ...]:
    node = pictures.node("widths")
    if node is None:
        return default
    items = node.items if isinstance(node, Sequence) else ()
    found = [width for item in items if (width := _width(item))]
    if found and len(found) == len(items):
        return tuple(sorted(set(found)))
    pictures.wrong_type(
        "widths",
        node,
        N_("“{key}” takes a list of widths in pixels"),
        N_("write for example: widths = [480, 800, 1280, 1920]"),
    )
    return default


def _width(item: Node) -> int | None:
    value = item.value if isinstance(item, Scalar) else None
    good = isinstance(value, int) and not isinstance(value, bool) and 16 <= value <= WIDEST
    return value if good and isinstance(value, int) else None


def _sizes(pictures: Reader, default: PictureSizes) -> PictureSizes:
    fields = pictures.nested("sizes")
    if fields is None:
        return default
    sizes = PictureSizes(
        lead=fields.text("lead") or default.lead,
        body=fields.text("body") or default.body,
        portrait=fields.text("portrait") or default.portrait,
    )
    fields.finish()
    return sizes
