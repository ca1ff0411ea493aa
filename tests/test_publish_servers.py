"""`bulletin publish` against real servers: what it asks of them, and what it does when they go away
or somebody else is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from generator.deployed import MANIFEST
from tests.publishers import EDITED, NEW, OLD, Built, Publisher, build_versions
from tests.servers.distance import Distance, far_from
from tests.servers.places import SERVERS, place


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_versions(tmp_path_factory.mktemp("project"))


@pytest.fixture
def publisher(kind: str, built: Built, tmp_path: Path) -> Iterator[Publisher]:
    with place(kind, tmp_path) as live:
        yield Publisher(built, live, tmp_path)


@pytest.mark.parametrize("kind", SERVERS)
def test_no_more_is_asked_and_sent_than_it_takes(publisher: Publisher) -> None:
    live = publisher.live
    publisher.complete(OLD)
    assert live.sent(live.asked()) == publisher.built(OLD).keys()

    before = live.asked()
    assert "Nothing to publish" in publisher.complete(OLD)
    asked = live.asked()[len(before) :]
    assert [MANIFEST in line for line in asked] == [True], asked

    before = live.asked()
    publisher.complete(EDITED)
    sent = live.sent(live.asked()[len(before) :])
    old, edited = publisher.built(OLD), publisher.built(EDITED)
    changed = {path for path in edited if edited[path] != old[path]}
    assert 0 < len(changed) < 5
    assert sent == changed
    assert publisher.differences(EDITED) == set()


@pytest.mark.parametrize("kind", SERVERS)
def test_it_goes_on_by_itself_when_the_server_has_been_away(
    kind: str, built: Built, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        distances: list[Distance] = []

        def far(port: int) -> int:
            distances.append(stack.enter_context(far_from(port)))
            return distances[0].port

        publisher = Publisher(built, stack.enter_context(place(kind, tmp_path, port=far)), tmp_path)
        publisher.complete(OLD)
        with publisher.halted(NEW, 0.5) as process:
            distances[0].refuse()
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            assert any("trying again" in line for line in process.stdout)
            distances[0].refuse(False)
        assert publisher.differences(NEW) == set()
        assert "Nothing to publish" in publisher.complete(NEW)


@pytest.mark.parametrize("kind", ["folder", *SERVERS])
def test_two_do_not_publish_at_once(publisher: Publisher, built: Built, tmp_path: Path) -> None:
    other = Publisher(built, publisher.live, tmp_path / "other")
    with publisher.halted(OLD, 0.5):
        said = other.complete(NEW, code=3)
        assert "is publishing there, since 0 min" in said
        assert "“bulletin publish” of this project is at work" in publisher.complete(NEW, code=3)
    assert publisher.differences(OLD) == set()
    other.complete(NEW)
    assert other.differences(NEW) == set()
