"""What is sent, in which order, and what an end in the middle leaves behind; without a network."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from generator.changes import Changes, compare
from generator.deployed import BASE, MANIFEST, PENDING, Manifest, decode
from generator.destination import Destination, Hearing, Order, Outcome, Seen
from generator.placing import InPlace, Releases, Undecided
from generator.remote import STATE, TEMPORARY
from generator.remote_errors import TargetError
from generator.scanning import as_file_stat, digest_of
from generator.site_files import LocalFile
from generator.target_lock import LOCK, Busy, Locked, LockRecord
from tests.memory_remote import Disk, Killed, MemoryRemote

Site = Mapping[str, bytes]
LOCK_AT = f"www/{LOCK}"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
SETTINGS = settings(deadline=None, max_examples=60)


class Press:
    """A project that publishes to a disk in memory, with a clock that goes on by a second."""

    def __init__(self, folder: Path, disk: Disk, way: str = "in place") -> None:
        self.folder = folder
        self.disk = disk
        self.now = NOON
        self.notes: list[str] = []
        record = LockRecord(folder / "kept", "live")
        remote = MemoryRemote(disk)
        in_place = InPlace(remote.within("www"), record, self.clock)
        releases = Releases(remote, "www", 3, record, self.clock)
        undecided = Undecided(releases, in_place, remote, "www")
        ways: dict[str, Destination] = {
            "in place": in_place,
            "releases": releases,
            "undecided": undecided,
        }
        self.destination = ways[way]

    def clock(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def files(self, site: Site) -> dict[str, LocalFile]:
        built = Path(tempfile.mkdtemp(dir=self.folder))
        files = {}
        for number, (path, data) in enumerate(site.items()):
            real_path = built / str(number)
            real_path.write_bytes(data)
            stat = as_file_stat(real_path.stat())
            files[path] = LocalFile(path, str(real_path), stat, digest_of(data).hex())
        return files

    def publish(self, site: Site, site_id: str = "bulletin") -> Outcome:
        return asyncio.run(self._publish(self.files(site), site_id))

    async def _publish(self, files: Mapping[str, LocalFile], site_id: str) -> Outcome:
        deployed = await self.destination.look(files)
        order = Order(site_id, self.clock(), files, compare(files, deployed))
        return await self.destination.send(order, self.hearing())

    def publish_until(self, site: Site, life: int) -> bool:
        """Publish, and be ended after so many changes at the target; tells whether that happened
        before the end."""
        self.disk.life = life
        try:
            self.publish(site)
        except Killed:
            return True
        finally:
            self.disk.life = None
        return False

    def changes(self, site: Site) -> Changes:
        files = self.files(site)
        return compare(files, asyncio.run(self.destination.look(files)))

    def hearing(self) -> Hearing:
        return Hearing(
            lambda _changes: None,
            lambda _step, _seen: None,
            lambda _file: None,
            lambda _path: None,
            lambda text, values: self.notes.append(text.format_map(values)),
        )

    def public(self) -> dict[str, bytes]:
        """What readers can get, without what publishing keeps for itself."""
        real = self.disk.real("www")
        files = {p.removeprefix(f"{real}/"): d for p, d in self.disk.files.items()}
        inside = {p for p in self.disk.files if p.startswith(f"{real}/")}
        return {
            path: data
            for path, data in files.items()
            if f"{real}/{path}" in inside and not path.startswith(f"{STATE}/")
        }


def page(*links: str, text: str = "") -> bytes:
    return json.dumps([text, *links]).encode()


def dead_links(site: Site) -> set[str]:
    """What pages link to that can be reached from the home page, and is not there."""
    dead, seen, waiting = set(), set(), ["index.html"] if "index.html" in site else []
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in site:
            dead.add(path)
        elif path.endswith(".html"):
            waiting += json.loads(site[path])[1:]
    return dead


NAMES = st.sampled_from(
    (
        "a/index.html",
        "b/index.html",
        "c/d/index.html",
        "e.html",
        "media/x.webp",
        "assets/1/s.css",
        "en/index.html",
        "404.html",
        "feed.xml",
        "2025/index.html",
    )
)


@st.composite
def sites(draw: st.DrawFn) -> dict[str, bytes]:
    """Sites in which every link leads somewhere."""
    paths = ["index.html", *draw(st.lists(NAMES, unique=True))]
    site = {}
    for path in paths:
        if path.endswith(".html"):
            links = draw(st.lists(st.sampled_from(paths), unique=True, max_size=4))
            site[path] = page(*links, text=draw(st.sampled_from(["", "x", "y"])))
        else:
            site[path] = draw(st.sampled_from([b"1", b"2", b"33"]))
    return site


@pytest.mark.parametrize("way", ["in place", "releases", "undecided"])
@SETTINGS
@given(data=st.data())
def test_an_end_at_any_moment_leaves_no_dead_link_and_the_next_run_completes(
    way: str, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        disk = Disk(seed=data.draw(st.integers(0, 99)), links=data.draw(st.booleans()))
        if not disk.can_link and way == "releases":
            way = "undecided"
        press = Press(Path(folder), disk, way)
        foreign = data.draw(st.sampled_from([{}, {"www/.htaccess": b"theirs"}]))
        if way == "in place":
            disk.files.update(foreign)
        for site in data.draw(st.lists(sites(), min_size=1, max_size=4)):
            press.publish_until(site, data.draw(st.integers(0, 40)))
            assert dead_links(press.public()) == set()
        last = data.draw(sites())
        assert press.publish(last).done
        expected = dict(last)
        if way == "in place":
            expected |= {path.removeprefix("www/"): data for path, data in foreign.items()}
        assert press.public() == expected
        assert not press.changes(last)
        root = disk.real("www")
        assert not {f"{root}/{BASE}", f"{root}/{PENDING}", f"www/{LOCK}"} & disk.files.keys()


OLD_SITE = {
    "index.html": page("2025/index.html", "a/index.html"),
    "2025/index.html": page("a/index.html"),
    "a/index.html": page("media/x.webp"),
    "media/x.webp": b"1",
}
NEW_SITE = {
    "index.html": page("2025/index.html", "b/index.html"),
    "2025/index.html": page("b/index.html"),
    "b/index.html": page("media/y.webp"),
    "media/y.webp": b"2",
}


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path, Disk())


def released(tmp_path: Path) -> Press:
    return Press(tmp_path, Disk(), "releases")


def test_steps_are_in_the_order_in_which_nothing_leads_nowhere(press: Press) -> None:
    press.publish(OLD_SITE)
    changes = press.changes(NEW_SITE)
    assert [(step.title, step.seen, [f.path for f in step.files]) for step in changes.steps] == [
        ("new files for pages", False, ["media/y.webp"]),
        ("new pages", False, ["b/index.html"]),
        ("changed pages", True, ["2025/index.html"]),
        ("home", True, ["index.html"]),
    ]
    assert changes.deleted == ("a/index.html", "media/x.webp")
    assert changes.same == 0


def test_nothing_new_costs_one_read(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.asked.clear()
    assert not press.changes(OLD_SITE)
    assert press.disk.asked == {"read": 1}


def test_one_edit_sends_one_file(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.asked.clear()
    edited = OLD_SITE | {"a/index.html": page("media/x.webp", text="more")}
    assert [file.path for file in press.changes(edited).files] == ["a/index.html"]
    press.publish(edited)
    assert press.disk.asked["put_all"] == 1
    assert "sizes" not in press.disk.asked


def test_what_somebody_else_has_there_stays_and_what_would_be_replaced_is_told(
    press: Press,
) -> None:
    press.disk.files |= {"www/old.html": b"theirs", "www/a/index.html": b"theirs, too"}
    assert press.changes(OLD_SITE).replaced.keys() == {"a/index.html"}
    press.publish(OLD_SITE)
    press.disk.files["www/b/index.html"] = b"put there by hand"
    assert press.changes(NEW_SITE).replaced.keys() == {"b/index.html"}
    press.publish(NEW_SITE)
    assert press.public() == NEW_SITE | {"old.html": b"theirs"}


def test_a_file_put_over_ours_by_hand_is_not_missed_after_an_end_in_the_middle(
    press: Press,
) -> None:
    # Of the same size as the page: only that it was replaced tells them apart.
    data = OLD_SITE["a/index.html"]
    press.disk.files["www/a/index.html"] = b"x" * len(data)
    assert press.publish_until(OLD_SITE, 2)
    press.publish(OLD_SITE)
    assert press.public() == OLD_SITE


def test_a_refused_file_keeps_what_leads_to_it_away(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.refused = {"media/y.webp"}
    outcome = press.publish(NEW_SITE)
    assert [refusal.path for refusal in outcome.refused] == ["media/y.webp"]
    assert outcome.seen is Seen.OLD
    assert press.public() == OLD_SITE
    press.disk.refused = set()
    assert press.publish(NEW_SITE).done
    assert press.public() == NEW_SITE


def test_a_refused_page_is_told_as_a_site_of_both(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.refused = {"index.html"}
    outcome = press.publish(NEW_SITE)
    assert outcome.seen is Seen.MIXED
    assert dead_links(press.public()) == set()
    assert {*OLD_SITE} <= {*press.public()}


def test_what_could_not_be_removed_is_removed_the_next_time(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.refused = {"media/x.webp"}
    outcome = press.publish(NEW_SITE)
    assert outcome.seen is Seen.NEW
    assert not outcome.done
    press.disk.refused = set()
    assert press.changes(NEW_SITE).deleted == ("media/x.webp",)
    press.publish(NEW_SITE)
    assert press.public() == NEW_SITE


def test_a_run_that_was_ended_does_not_send_again_what_is_there(press: Press) -> None:
    site = {f"media/{number}.webp": b"x" * number for number in range(1, 30)}
    site["index.html"] = page(*site)
    assert press.publish_until(site, 20)
    left = press.changes(site)
    assert left.same == 17  # of 20 changes, one was the lock, one the list, one the move
    assert press.publish(site).done


def test_without_the_list_all_is_sent_again(press: Press) -> None:
    press.publish(OLD_SITE)
    del press.disk.files[f"www/{MANIFEST}"]
    assert len(press.changes(OLD_SITE).files) == len(OLD_SITE)
    assert len(press.changes(OLD_SITE).replaced) == len(OLD_SITE)


def listing(*paths: str) -> bytes:
    files = {path: ["00", 1] for path in paths}
    text = json.dumps({"site": "bulletin", "made": "", "files": files, "format": 1})
    return gzip.compress(text.encode(), mtime=0)


OUTSIDE = ("../theirs", "/etc/theirs", "a/../../theirs", "..\\theirs", "C:theirs", "a//b", "")


@pytest.mark.parametrize(
    "data", [b"", b"rubbish", b"\x1f\x8b\x08broken", *(listing(path) for path in OUTSIDE)]
)
def test_a_list_that_is_broken_counts_as_none(press: Press, data: bytes) -> None:
    press.publish(OLD_SITE)
    press.disk.files[f"www/{MANIFEST}"] = data
    press.publish(NEW_SITE)
    assert press.public() == OLD_SITE | NEW_SITE


def test_two_do_not_publish_at_once(press: Press, tmp_path: Path) -> None:
    other = Press(tmp_path / "other", press.disk)
    other.folder.mkdir()
    assert press.publish_until(OLD_SITE, 3)
    with pytest.raises(Locked, match=r"@.* is publishing there"):
        other.publish(NEW_SITE)
    assert press.publish(OLD_SITE).done, "who held it knows its own lock"
    assert other.publish(NEW_SITE).done


def test_the_lock_of_a_run_that_is_at_work_is_not_taken_over(press: Press, tmp_path: Path) -> None:
    other = Press(tmp_path, press.disk)
    assert press.publish_until(OLD_SITE, 3)
    with LockRecord(tmp_path / "kept", "live").at_work(), pytest.raises(Busy):
        other.publish(OLD_SITE)
    assert other.publish(OLD_SITE).done


def test_what_was_on_its_way_when_a_run_ended_before_it_began_is_removed(
    press: Press, tmp_path: Path
) -> None:
    press.publish(OLD_SITE)
    LockRecord(tmp_path / "kept", "live").keep({"one that was drawn"})
    press.disk.files[f"www/{TEMPORARY}/half"] = b"ha"
    press.publish(NEW_SITE)
    assert f"www/{TEMPORARY}/half" not in press.disk.files


def test_a_lock_without_a_sign_of_life_is_taken_over_and_explained(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.target_lock._PAUSE", 0)
    monkeypatch.setattr("generator.target_lock._WATCH", 0)
    other = Press(tmp_path / "other", press.disk)
    other.folder.mkdir()
    assert press.publish_until(OLD_SITE, 3)
    other.now += dt.timedelta(minutes=40)
    assert other.publish(OLD_SITE).done
    assert "is taken over" in other.notes[0]


def test_a_run_that_was_ended_with_its_lock_alone_left_is_known(press: Press) -> None:
    press.publish(OLD_SITE)
    assert not press.destination.was_ended
    life = 0
    while press.publish_until(NEW_SITE, life):
        # The lock may have been made; it is known until the next run has come to its end.
        assert press.destination.was_ended == (LOCK_AT in press.disk.files or life == 0)
        press.publish(OLD_SITE)
        assert not press.destination.was_ended
        assert LOCK_AT not in press.disk.files
        life += 1
    assert life > 5


def test_a_lock_can_be_taken_away(press: Press) -> None:
    assert asyncio.run(press.destination.unlock()) is None
    press.publish_until(OLD_SITE, 3)
    assert "@" in (asyncio.run(press.destination.unlock()) or "")
    assert asyncio.run(press.destination.unlock()) is None


def test_who_has_lost_the_lock_does_not_finish(press: Press) -> None:
    class Thief(MemoryRemote):
        async def put_all(self, files, on_sent):  # type: ignore[no-untyped-def]
            self.disk.files["www/.bulletin/lock.json"] = json.dumps(
                {"id": "other", "who": "an", "since": "2026-11-22T12:00:00Z"}
                | {"seen": "2026-11-22T12:00:00Z"}
            ).encode()
            return await super().put_all(files, on_sent)

    record = LockRecord(press.folder, "live")
    press.destination = InPlace(Thief(press.disk, "www"), record, press.clock)
    outcome = press.publish(OLD_SITE)
    assert "taken over" in str(outcome.error)
    assert f"www/{LOCK}" in press.disk.files, "it is not ours to remove"


def test_what_was_agreed_to_is_what_is_done(press: Press, tmp_path: Path) -> None:
    files = press.files(OLD_SITE)
    agreed = compare(files, asyncio.run(press.destination.look(files)))
    other = Press(tmp_path / "other", press.disk)
    other.folder.mkdir()
    other.publish(NEW_SITE)
    with pytest.raises(TargetError, match="in the meantime"):
        asyncio.run(press.destination.send(Order("bulletin", NOON, files, agreed), press.hearing()))
    assert press.public() == NEW_SITE


def test_a_file_that_changes_while_it_is_sent_ends_it(press: Press) -> None:
    files = press.files(OLD_SITE)
    Path(files["media/x.webp"].real_path).write_bytes(b"somebody builds again")
    outcome = asyncio.run(press._publish(files, "bulletin"))
    assert "changed while the site was being published" in str(outcome.error)
    assert "index.html" not in press.public()


def test_releases_are_switched_and_pruned(tmp_path: Path) -> None:
    press = released(tmp_path)
    for number in range(6):
        site = OLD_SITE | {"index.html": page(text=str(number))}
        assert press.publish(site).done
        assert press.public() == site
    kept = {path.split("/")[1] for path in press.disk.files if path.startswith("www.releases/2")}
    assert len(kept) == 3
    assert press.disk.links["www"] == f"www.releases/{max(kept)}"


def test_a_release_is_complete_before_readers_see_any_of_it(tmp_path: Path) -> None:
    press = released(tmp_path)
    press.publish(OLD_SITE)
    life = 0
    while press.publish_until(NEW_SITE, life):
        assert press.public() in (OLD_SITE, NEW_SITE)
        life += 1
    assert life > 5
    assert press.public() == NEW_SITE


def test_rollback_goes_back_step_by_step_and_publishing_goes_on_from_there(
    tmp_path: Path,
) -> None:
    press = released(tmp_path)
    versions = [OLD_SITE | {"e.html": page(text=text)} for text in "abc"]
    for site in versions:
        press.publish(site)
    asyncio.run(press.destination.rollback(press.hearing()))
    assert press.public() == versions[1]
    asyncio.run(press.destination.rollback(press.hearing()))
    assert press.public() == versions[0]
    with pytest.raises(TargetError, match="no older release"):
        asyncio.run(press.destination.rollback(press.hearing()))
    press.publish(NEW_SITE)
    assert press.public() == NEW_SITE
    asyncio.run(press.destination.rollback(press.hearing()))
    assert press.public() == versions[0], "not one that readers were taken back from"


def test_files_of_the_server_in_a_release_go_on_to_the_next(tmp_path: Path) -> None:
    press = released(tmp_path)
    press.publish(OLD_SITE)
    press.disk.files[f"{press.disk.real('www')}/.htaccess"] = b"theirs"
    press.publish(NEW_SITE)
    assert press.public() == NEW_SITE | {".htaccess": b"theirs"}


def test_where_the_clock_goes_back_the_newest_release_is_still_the_last(tmp_path: Path) -> None:
    press = released(tmp_path)
    for site in (OLD_SITE, NEW_SITE, OLD_SITE):
        press.publish(site)
        press.now = NOON - dt.timedelta(days=1)
    assert press.public() == OLD_SITE
    asyncio.run(press.destination.rollback(press.hearing()))
    assert press.public() == NEW_SITE


def test_a_folder_stays_a_folder_and_nothing_becomes_releases(tmp_path: Path) -> None:
    press = Press(tmp_path, Disk(), "undecided")
    press.publish(OLD_SITE)
    assert press.disk.links["www"].startswith("www.releases/")
    folder = Press(tmp_path, Disk(), "undecided")
    folder.disk.files["www/theirs.txt"] = b"theirs"
    folder.publish(OLD_SITE)
    assert folder.disk.links == {}
    assert folder.public() == OLD_SITE | {"theirs.txt": b"theirs"}
    with pytest.raises(TargetError, match="keeps no releases"):
        asyncio.run(folder.destination.rollback(folder.hearing()))


def test_where_releases_are_asked_for_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    press = released(tmp_path)
    press.disk.files["www/theirs.txt"] = b"theirs"
    with pytest.raises(TargetError, match="something else stands"):
        press.publish(OLD_SITE)


def test_what_a_newer_version_has_published_is_left_alone(press: Press) -> None:
    press.publish(OLD_SITE)
    newer = gzip.compress(json.dumps({"format": 2, "new": {}}).encode(), mtime=0)
    press.disk.files[f"www/{MANIFEST}"] = newer
    with pytest.raises(TargetError, match="newer version"):
        press.changes(OLD_SITE)


def test_the_list_at_the_target_says_what_is_there(press: Press) -> None:
    press.publish(OLD_SITE)
    manifest = decode(press.disk.files[f"www/{MANIFEST}"], Manifest)
    assert manifest is not None
    assert manifest.site == "bulletin"
    assert {path: entry.size for path, entry in manifest.files.items()} == {
        path: len(data) for path, data in OLD_SITE.items()
    }


# What a reader of the code found


def test_a_name_that_changes_in_case_alone_stays_on_disks_that_ignore_case(
    tmp_path: Path,
) -> None:
    names = ("media/Foto.jpg", "media/foto.jpg")
    old, new = ({"index.html": page(name), name: b"1"} for name in names)
    for folding in (True, False):
        press = Press(tmp_path, Disk(folding=folding))
        press.publish(old)
        assert press.publish(new).done
        assert press.public().keys() == new.keys()
        assert not press.changes(new)


@pytest.mark.parametrize("way", ["in place", "releases"])
def test_a_file_becomes_a_folder_and_a_file_again(way: str, tmp_path: Path) -> None:
    press = Press(tmp_path, Disk(), way)
    flat, deep = ({"index.html": page(name), name: b"[1]"} for name in ("a", "a/index.html"))
    for site in (flat, deep, flat):
        assert press.publish(site).done
        assert press.public() == site


def test_what_is_of_somebody_else_stays_theirs_after_an_end_in_the_middle(press: Press) -> None:
    press.publish(OLD_SITE)
    press.disk.files["www/b/index.html"] = b"theirs"
    assert press.publish_until(NEW_SITE, 3)
    assert press.changes(OLD_SITE).removed == ()
    press.publish(OLD_SITE)
    assert press.public() == OLD_SITE | {"b/index.html": b"theirs"}


def test_after_an_end_in_the_middle_nobody_says_that_readers_see_the_old_site(press: Press) -> None:
    press.publish(OLD_SITE)
    life = 0
    while b"b/index.html" not in press.public()["2025/index.html"]:
        press.publish_until(NEW_SITE, life)
        life += 1
    press.disk.refused = {"media/z.webp"}
    again = NEW_SITE | {"media/z.webp": b"3", "b/index.html": page("media/z.webp")}
    assert press.publish(again).seen is Seen.UNKNOWN


def test_a_computer_that_slept_while_publishing_stops_at_once(press: Press) -> None:
    site = {f"media/{number}.webp": b"x" for number in range(50)}
    files = press.files({**site, "index.html": page(*site)})
    sent = []

    def sleep(file: LocalFile) -> None:
        sent.append(file)
        press.now += dt.timedelta(minutes=40)

    async def publish() -> Outcome:
        order = Order("bulletin", NOON, files, compare(files, await press.destination.look(files)))
        return await press.destination.send(order, structs.replace(press.hearing(), on_sent=sleep))

    outcome = asyncio.run(publish())
    assert "gave no sign of life" in str(outcome.error)
    assert len(sent) == 1


def test_a_clock_that_is_wrong_takes_over_no_lock_of_somebody_at_work(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Alive(MemoryRemote):
        """Each look at the lock finds another sign of life."""

        async def read(self, path: str) -> bytes | None:
            data = await super().read(path)
            if path == LOCK and data is not None:
                owner = json.loads(data)
                owner["seen"] = f"2026-11-22T05:00:{len(self.disk.asked):02}.{Alive.looks:06}Z"
                Alive.looks += 1
                return json.dumps(owner).encode()
            return data

        looks = 0

    monkeypatch.setattr("generator.target_lock._WATCH", 0)
    assert press.publish_until(OLD_SITE, 3)
    other = Press(tmp_path / "other", press.disk)
    other.folder.mkdir()
    record = LockRecord(other.folder, "live")
    other.destination = InPlace(Alive(press.disk, "www"), record, other.clock)
    with pytest.raises(Locked):
        other.publish(NEW_SITE)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "a", "who": "b", "since": "2026-11-22T05:00:00", "seen": "2026-11-22T05:00:00"}',
    ],
)
def test_a_lock_that_is_none_does_not_lock_for_ever(
    press: Press, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr("generator.target_lock._PAUSE", 0)
    monkeypatch.setattr("generator.target_lock._PATIENCE", 0)
    press.disk.files[f"www/{LOCK}"] = data
    assert press.publish(OLD_SITE).done


def test_no_rollback_to_a_release_that_is_half_removed(tmp_path: Path) -> None:
    versions = [OLD_SITE | {"e.html": page(text=text)} for text in "abcd"]
    life = 0
    is_killed = True
    while is_killed:
        press = Press(tmp_path / str(life), Disk(), "releases")
        press.folder.mkdir()
        for site in versions[:3]:
            press.publish(site)
        asyncio.run(press.destination.rollback(press.hearing()))
        is_killed = press.publish_until(versions[3], life)
        if press.public() == versions[3]:
            asyncio.run(press.destination.rollback(press.hearing()))
            assert press.public() in versions[:3]
        life += 1


def test_what_the_server_has_in_a_release_stays_also_after_an_end_in_the_middle(
    tmp_path: Path,
) -> None:
    press = released(tmp_path)
    press.publish(OLD_SITE)
    del press.disk.files[f"{press.disk.real('www')}/{MANIFEST}"]
    press.disk.files[f"{press.disk.real('www')}/.htaccess"] = b"theirs"
    press.publish_until(NEW_SITE, 8)
    press.publish(NEW_SITE)
    assert press.public() == OLD_SITE | NEW_SITE | {".htaccess": b"theirs"}


def test_the_first_release_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    press = released(tmp_path)
    site = {f"media/{number}.webp": b"x" * number for number in range(1, 30)}
    site["index.html"] = page(*site)
    assert press.publish_until(site, 20)
    sent: list[str] = []
    hearing = structs.replace(press.hearing(), on_sent=lambda file: sent.append(file.path))
    files = press.files(site)

    async def publish() -> Outcome:
        order = Order("bulletin", NOON, files, compare(files, await press.destination.look(files)))
        return await press.destination.send(order, hearing)

    assert asyncio.run(publish()).done
    assert len(sent) < 15
    assert press.public() == site


def test_a_computer_that_slept_while_removing_removes_no_more(press: Press) -> None:
    old = {f"e{number}.html": page() for number in range(20)} | OLD_SITE
    press.publish(old)
    files, gone = press.files(OLD_SITE), []

    def sleep(path: str) -> None:
        gone.append(path)
        press.now += dt.timedelta(minutes=40)

    async def publish() -> Outcome:
        order = Order("bulletin", NOON, files, compare(files, await press.destination.look(files)))
        hearing = structs.replace(press.hearing(), on_deleted=sleep)
        return await press.destination.send(order, hearing)

    assert "gave no sign of life" in str(asyncio.run(publish()).error)
    assert len(gone) == 1


def test_a_lock_in_a_record_that_two_computers_share_is_not_ours(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert press.publish_until(OLD_SITE, 3)
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    with pytest.raises(Locked):
        press.publish(OLD_SITE)
