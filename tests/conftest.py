"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from generator import themes
from generator.template_loading import Templates
from tests.sites import NOW, TOML, Site

THEMES = Path(__file__).parent.parent / "themes"

MakeSite = Callable[..., Site]

# Machines that run tests are often busy: how long an example takes says nothing.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def _themes_are_parsed_once() -> Iterator[None]:
    """Most of the work for a project of a test would be to parse the same templates of a theme once
    more. Only what tests write themselves is parsed each time."""
    ours = {path.read_bytes() for path in THEMES.rglob("*") if path.is_file()}
    parse, compile_ = themes._parse_references, Templates._compile
    parse_once = cache(parse)
    compiled: dict[tuple[str, bytes], bytes] = {}

    def references(source: bytes) -> list[str]:
        return [*parse_once(source)] if source in ours else parse(source)

    def code(templates: Templates, source: bytes) -> bytes:
        key = (templates.translator.language, source)
        if source not in ours:
            return compile_(templates, source)
        if key not in compiled:
            compiled[key] = compile_(templates, source)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(themes, "_parse_references", references)
        patch.setattr(Templates, "_compile", code)
        yield


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeSite:
    """A function that makes a project: `make_site({path: text or bytes, …}, toml=…)`."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    made = 0

    def make(files: Mapping[str, str | bytes], toml: str = TOML) -> Site:
        nonlocal made
        made += 1
        return Site(tmp_path / f"project-{made}", files, toml)

    return make
