"""A publish may end at any moment, also without being told so: readers never meet a dead link, and
the next completes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from generator.deployed import MANIFEST
from tests.crawling import dead_links
from tests.publishers import NEW, OLD, Built, Publisher, build_versions
from tests.servers.places import FOLDERS, place

MOMENTS = max(20, int(os.environ.get("BULLETIN_EXAMPLES", "20")))
SEED = int(os.environ.get("BULLETIN_SEED", "2026"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_versions(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize("kind", FOLDERS)
def test_an_end_at_any_moment_leaves_no_dead_link_and_the_next_run_completes(
    kind: str, built: Built, tmp_path: Path
) -> None:
    with place(kind, tmp_path) as live:
        end_again_and_again(Publisher(built, live, tmp_path), MOMENTS)


@pytest.mark.parametrize("kind", ["folder", "sftp"])
def test_an_end_at_any_moment_leaves_one_release_or_the_other(
    kind: str, built: Built, tmp_path: Path
) -> None:
    with place(kind, tmp_path, releases=True) as live:
        publisher = Publisher(built, live, tmp_path)
        publisher.complete(OLD)
        end_again_and_again(publisher, MOMENTS // 2, whole=True)


def end_again_and_again(publisher: Publisher, moments: int, whole: bool = False) -> None:
    """Publish by turns the versions of the site, and end it so often; `whole`: readers must see one
    of them."""
    chance = random.Random(SEED)
    parts = [(moment + chance.random()) / moments for moment in range(moments)]
    chance.shuffle(parts)
    killed, version = 0, OLD
    for number, part in enumerate(parts):
        if number % 7 == 6:
            publisher.complete(version)
        version = OLD + NEW - version
        if not publisher.differences(version):
            version = OLD + NEW - version
        killed += publisher.kill(version, part)
        told = f"BULLETIN_SEED={SEED}, moment {number}, after {part:.3f} of it"
        assert dead_links(publisher.live.read) == [], told
        assert not (whole and publisher.differences(OLD) and publisher.differences(NEW)), told
    # To show a release is quick, and less is sent when there is part of one already.
    assert killed >= moments * (0.5 if whole else 0.75)
    version = OLD + NEW - version
    publisher.complete(version)
    assert publisher.differences(version) == set()
    assert publisher.live.files().keys() - publisher.built(version).keys() == {MANIFEST}
    assert "Nothing to publish" in publisher.complete(version)
