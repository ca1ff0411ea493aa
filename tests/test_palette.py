"""The site's colour: fit to be read on every ground, and no other than it has to be."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.palette import (
    CONTRAST_BY_DAY,
    CONTRAST_BY_NIGHT,
    PAPER_BY_DAY,
    PAPER_BY_NIGHT,
    Colour,
    by_day,
    by_night,
    contrast,
    palette,
    policy_hash,
    read_colour,
    written,
)
from tests.conftest import MakeSite
from tests.sites import article

SHEET = Path(__file__).parent.parent / "themes/bulletin/static/bulletin.css"

part = st.integers(0, 255)
colours = st.tuples(part, part, part)


def theme_colour(name: str, night: bool) -> Colour:
    """A colour of the default theme's style sheet."""
    sheet = SHEET.read_text("utf-8")
    day, _, dark = sheet.partition("@media (prefers-color-scheme: dark)")
    found = re.search(rf"--{name}: (#[0-9a-f]+);", dark if night else day)
    assert found, f"--{name}"
    colour = read_colour(found[1])
    assert colour is not None
    return colour


@given(colours)
def test_any_colour_can_be_read_on_the_paper_and_on_its_wash(colour: Colour) -> None:
    for paper, shades, least in (
        (PAPER_BY_DAY, by_day(colour), CONTRAST_BY_DAY),
        (PAPER_BY_NIGHT, by_night(colour), CONTRAST_BY_NIGHT),
    ):
        assert least >= 4.5
        assert contrast(shades.accent, paper) >= least
        assert contrast(shades.accent, shades.wash) >= least


@given(colours)
def test_the_text_of_the_theme_can_be_read_on_any_wash(colour: Colour) -> None:
    for night, shades in ((False, by_day(colour)), (True, by_night(colour))):
        for ink in ("ink", "muted"):
            assert contrast(theme_colour(ink, night), shades.wash) >= 4.5


@given(colours)
def test_a_colour_that_can_be_read_stays_as_it_is(colour: Colour) -> None:
    once = by_day(colour).accent
    assert by_day(once).accent == once
    again = by_night(colour).accent
    assert by_night(again).accent == again


def hue(colour: Colour) -> tuple[bool, ...]:
    red, green, blue = colour
    return red >= green, green >= blue, red >= blue


@pytest.mark.parametrize("given", ["#da251d", "#ffcd00", "#00a651", "#0a3d91", "#7f00ff"])
def test_a_colour_keeps_its_hue(given: str) -> None:
    colour = read_colour(given)
    assert colour is not None
    assert hue(by_day(colour).accent) == hue(colour) == hue(by_night(colour).accent)


def test_the_papers_are_those_of_the_theme() -> None:
    assert theme_colour("paper", night=False) == PAPER_BY_DAY
    assert theme_colour("paper", night=True) == PAPER_BY_NIGHT


def test_contrast_is_that_of_wcag() -> None:
    black, white = (0, 0, 0), (255, 255, 255)
    assert contrast(black, white) == contrast(white, black) == 21
    assert contrast((0x76, 0x76, 0x76), white) == pytest.approx(4.54, abs=0.01)
    assert contrast((255, 0, 0), white) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("#a3200f", "#a3200f"),
        ("#A3200F", "#a3200f"),
        ("#fa0", "#ffaa00"),
        ("#fa08", "#ffaa00"),
        ("#a3200f80", "#a3200f"),
        (" #abc ", "#aabbcc"),
    ],
)
def test_what_css_can_say_is_read(text: str, read: str) -> None:
    colour = read_colour(text)
    assert colour is not None
    assert written(colour) == read


@pytest.mark.parametrize("text", ["", "red", "a3200f", "#12", "#12345", "#1234567", "#xyz"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    assert read_colour(text) is None


ONE = {"content/articles/a.md": article()}
TOML = '[site]\ntitle = "Bulletin"\nlanguage = "en"\ncolor = {value}\n'


def test_the_palette_of_the_site_is_what_templates_see(make_site: MakeSite) -> None:
    template = "<p>{{ site.palette }}</p><p>{{ site.palette_hash }}</p>"
    site = make_site(ONE | {"templates/home.html": template}, TOML.format(value='"#FFCD00"'))
    assert site.command("build").errors == []
    css, digest = re.findall("<p>(.*?)</p>", site.page(""))
    assert css == palette((0xFF, 0xCD, 0)), "nothing of it has to be escaped"
    expected = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert digest.replace("&#43;", "+") == policy_hash(css) == f"sha256-{expected}"


def test_without_a_colour_there_is_no_palette(make_site: MakeSite) -> None:
    site = make_site(ONE | {"templates/home.html": "[{{ site.palette }}{{ site.palette_hash }}]"})
    assert site.command("build").errors == []
    assert site.page("").strip() == "[]"


def test_another_colour_makes_every_page_anew(make_site: MakeSite) -> None:
    template = "{{ site.palette }}"
    site = make_site(ONE | {"templates/base.html": template}, TOML.format(value='"#123"'))
    site.command("build")
    before = site.page("")
    site.write("bulletin.toml", TOML.format(value='"#456"'))
    site.command("build")
    assert site.page("") != before


@pytest.mark.parametrize("value", ['"vermilion"', '"#12345"', "12"])
def test_what_is_no_colour_is_an_error_with_its_place(make_site: MakeSite, value: str) -> None:
    outcome = make_site({}, TOML.format(value=value)).command("build")
    assert outcome.code == 1
    assert outcome.errors[0].startswith("bulletin.toml:4:")
