"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.sites import NOW, TOML, Site

MakeSite = Callable[..., Site]

# Machines that run tests are often busy: how long an example takes says nothing.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("tests")


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
