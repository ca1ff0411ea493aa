"""Publishing to a folder of this disk, or of a share that is mounted."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.disk_errors import meaning_of, refuse_name
from generator.folder_remote import FolderRemote
from generator.offloading import offload
from generator.remote import TEMPORARY, Linking, Remote
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError
from generator.retrying import Patience
from generator.site_files import LocalFile
from tests.remote_contract import (
    PATIENCE,
    LinkingContract,
    Remotes,
    contents,
    delete,
    local_file,
    put,
    remotely,
)

AT_ONCE = Patience(pauses=(0, 0))


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    return tmp_path / "mounted" / "site"


@pytest.fixture
def remote(on_disk: Path) -> Remotes:
    async def make() -> Remote:
        made: Linking = FolderRemote(on_disk, AT_ONCE, links=True)
        return made

    return make


class TestFolder(LinkingContract):
    @remotely
    async def test_others_may_read_what_the_umask_lets_them(
        self, remote: Linking, on_disk: Path, tmp_path: Path
    ) -> None:
        before = os.umask(0o027)
        try:
            await put(remote, local_file(tmp_path / "x", "a/b.html", b"x"))
            await remote.write("c.html", b"x")
            assert await remote.create("d.html", b"x")
        finally:
            os.umask(before)
        modes = [(on_disk / name).stat().st_mode & 0o777 for name in ("a", "a/b.html", "c.html")]
        assert modes == [0o750, 0o640, 0o640]
        assert (on_disk / "d.html").stat().st_mode & 0o777 == 0o640

    @remotely
    async def test_folders_that_somebody_removes_are_made_again(
        self, remote: Linking, on_disk: Path
    ) -> None:
        await remote.write("a/b.html", b"x")
        (on_disk / "a" / "b.html").unlink()
        (on_disk / "a").rmdir()
        (on_disk / TEMPORARY).rmdir()
        await remote.write("a/b.html", b"y")
        assert await remote.read("a/b.html") == b"y"

    @remotely
    async def test_a_link_is_removed_and_what_it_leads_to_stays(self, remote: Linking) -> None:
        await remote.write("kept/a.txt", b"x")
        await remote.switch("link", "kept")
        await remote.remove_tree("link")
        assert await remote.link_of("link") is None
        assert await remote.read("kept/a.txt") == b"x"

    @remotely
    async def test_links_in_a_folder_are_copied_as_they_are(self, remote: Linking) -> None:
        await remote.write("one/a.txt", b"x")
        await remote.switch("one/link", "nowhere")
        assert await remote.copy_tree("one", "two")
        assert await remote.link_of("two/link") == "nowhere"

    @remotely
    async def test_where_no_links_can_be_made(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "link", failing(errno.EPERM))
        monkeypatch.setattr(os, "symlink", failing(errno.EOPNOTSUPP))
        await remote.write("one/a.txt", b"x")
        await remote.write("one/b/c.txt", b"y")
        assert await remote.copy_tree("one", "two")
        assert await contents(remote, "two/a.txt", "two/b/c.txt") == [b"x", b"y"]
        with pytest.raises(TargetError) as caught:
            await remote.switch("link", "one")
        assert not isinstance(caught.value, Refused)
        assert await remote.create("lock", b"mine")
        assert not await remote.create("lock", b"yours")
        assert await remote.read("lock") == b"mine"
        assert await remote.sizes([TEMPORARY]) == {}

    @remotely
    async def test_what_cannot_be_linked_is_copied(
        self, remote: Linking, on_disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path in ("one/a.txt", "one/b/.htaccess", "one/b/c.txt"):
            await remote.write(path, path.encode())
        theirs = on_disk / "one/b/.htaccess"
        theirs.chmod(0o640)
        os.utime(theirs, (1_000_000_000, 1_000_000_000))
        monkeypatch.setattr(os, "link", failing(errno.EPERM, ".htaccess", real=os.link))
        assert await remote.copy_tree("one", "two")
        copies = {path.name: path.stat() for path in (on_disk / "two").rglob("*.*")}
        assert [copies[name].st_nlink for name in ("a.txt", "c.txt", ".htaccess")] == [2, 2, 1]
        assert copies[".htaccess"].st_mode == theirs.stat().st_mode
        assert copies[".htaccess"].st_mtime == 1_000_000_000
        assert await remote.read("two/b/.htaccess") == b"one/b/.htaccess"

    @remotely
    async def test_what_can_neither_be_linked_nor_copied_is_named(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await remote.write("one/a.txt", b"x")
        await remote.write("one/b/key.txt", b"x")
        monkeypatch.setattr(os, "link", failing(errno.EPERM, "key.txt", real=os.link))
        monkeypatch.setattr(shutil, "copyfile", failing(errno.EACCES))
        with pytest.raises(TargetError, match=r"^b/key\.txt, in the release before") as caught:
            await remote.copy_tree("one", "two")
        assert not isinstance(caught.value, Refused)

    @remotely
    async def test_a_disk_too_full_for_a_copy(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await remote.write("one/a.txt", b"x")
        monkeypatch.setattr(os, "link", failing(errno.EPERM))
        monkeypatch.setattr(shutil, "copyfile", failing(errno.ENOSPC))
        with pytest.raises(DiskFull):
            await remote.copy_tree("one", "two")

    @remotely
    async def test_a_share_that_goes_away_while_a_folder_is_copied(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def link(source: str, to: str, real: Callable[[str, str], None] = os.link) -> None:
            real(source, to)
            monkeypatch.undo()
            raise OSError(errno.EIO, "gone")

        for n in range(20):
            await remote.write(f"one/{n}.txt", b"x")
        monkeypatch.setattr(os, "link", link)
        assert await remote.copy_tree("one", "two")
        assert len(await remote.sizes(["two"])) == 20

    @remotely
    async def test_a_copy_shuts_out_whom_the_folder_does(
        self, remote: Linking, on_disk: Path
    ) -> None:
        await remote.write("one/private/a.txt", b"x")
        (on_disk / "one/private").chmod(0o750)
        assert await remote.copy_tree("one", "two")
        assert (on_disk / "two/private").stat().st_mode & 0o777 == 0o750

    @remotely
    async def test_behind_a_link_that_leads_out_nothing_changes(
        self, remote: Linking, on_disk: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        (outside / "deep").mkdir(parents=True)
        (outside / "precious.txt").write_text("!")
        await remote.write("index.html", b"x")
        (on_disk / "evil").symlink_to(outside)
        paths = ["evil/precious.txt", "evil/deep/none.txt"]
        gone: list[str] = []
        refused = await remote.delete_all([*paths, "index.html"], gone.append)
        assert [refusal.path for refusal in refused] == sorted(paths)
        assert "leads out of the folder" in str(refused[0])
        assert gone == ["index.html"]
        files = [local_file(tmp_path / "x", path, b"x") for path in (*paths, "evil/new/a.txt")]
        sent: list[LocalFile] = []
        assert len(await remote.put_all(files, sent.append)) == 3
        assert sent == []
        left = {path.relative_to(outside).as_posix() for path in outside.rglob("*")}
        assert left == {"precious.txt", "deep"}
        assert (outside / "precious.txt").read_text() == "!"

    @remotely
    async def test_a_root_may_be_a_link_and_links_may_lead_to_what_is_in_it(
        self, remote: Linking, on_disk: Path, tmp_path: Path
    ) -> None:
        await remote.write("one/media/a.txt", b"x")
        (on_disk / "link").symlink_to("one")
        (on_disk / "one/pictures").symlink_to("media")
        site = remote.within("link")
        await put(site, local_file(tmp_path / "x", "pictures/b/c.txt", b"x"))
        assert await site.read("media/b/c.txt") == b"x"
        await delete(site, "pictures/b/c.txt", "pictures/a.txt")
        assert await site.sizes(["media", "media/b"]) == {}
        assert (on_disk / "one/pictures").is_symlink()

    @remotely
    async def test_another_disk_begins_below_the_folder(
        self, remote: Linking, on_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def replace(source: str, to: str, real: Callable[[str, str], None] = os.replace) -> None:
            if ("/media/" in source) != ("/media/" in to):
                raise OSError(errno.EXDEV, "another disk")
            real(source, to)

        monkeypatch.setattr(os, "replace", replace)
        await remote.write("media/0/left.txt", b"x")
        data = {f"media/{n % 5}/{n}.bin": b"%d" % n for n in range(40)}
        data |= {"a.html": b"a", "media/large.bin": b"0123456789abcdef" * 131072}
        files = [local_file(tmp_path / "x", path, content) for path, content in data.items()]
        for _ in range(2):
            assert len(await put(remote, *files)) == len(files)
            assert await contents(remote, *data) == list(data.values())
        there = {path.relative_to(on_disk).as_posix() for path in on_disk.rglob("*.*")}
        assert there == {*data, "media/0/left.txt", ".bulletin"}
        assert await remote.sizes([TEMPORARY]) == {}

    @remotely
    async def test_what_a_run_left_on_another_disk_does_not_stay(
        self, remote: Linking, on_disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def replace(source: str, to: str, real: Callable[[str, str], None] = os.replace) -> None:
            if TEMPORARY in source:
                raise OSError(errno.EXDEV, "another disk")
            real(source, to)

        monkeypatch.setattr(os, "replace", replace)
        await remote.write("media/a.bin", b"old")
        with monkeypatch.context() as dying:
            dying.setattr(os, "replace", failing(errno.EACCES))
            dying.setattr("generator.folder_files.forget", lambda _temporary: None)
            with pytest.raises(Refused):
                await remote.write("media/a.bin", b"half")
        assert len(list((on_disk / "media").iterdir())) == 2
        await remote.write("media/a.bin", b"new")
        assert [path.name for path in (on_disk / "media").iterdir()] == ["a.bin"]
        assert await remote.read("media/a.bin") == b"new"

    @remotely
    async def test_files_are_on_the_disk_before_one_tells_of_them(
        self, remote: Linking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        fsync, replace = os.fsync, os.replace

        def move(source: str, to: str) -> None:
            replace(source, to)
            done.append(to.rpartition("/")[2])

        def sync_one(number: int) -> None:
            fsync(number)
            done.append("one")

        monkeypatch.setattr(os, "sync", lambda: done.append("all"), raising=False)
        monkeypatch.setattr(os, "fsync", sync_one)
        monkeypatch.setattr(os, "replace", move)
        await remote.write("state", b"1")
        await put(remote, local_file(tmp_path / "x", "a.html", b"x"))
        await remote.write("list", b"2")
        await remote.write("state", b"3")
        assert done == ["one", "state", "a.html", "all", "one", "list", "one", "state"]

    @remotely
    async def test_what_is_copied_is_on_the_disk(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        monkeypatch.setattr(os, "sync", lambda: done.append("all"), raising=False)
        await remote.write("one/a.html", b"x")
        assert await remote.copy_tree("one", "two")
        assert done == []
        monkeypatch.setattr(os, "link", failing(errno.EMLINK))
        assert await remote.copy_tree("one", "three")
        assert done == ["all"]

    @pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
    @remotely
    async def test_a_share_that_knows_nothing_of_its_disk(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        monkeypatch.setattr(os, "fsync", failing(number))
        await remote.write("a.txt", b"x")
        assert await remote.read("a.txt") == b"x"

    @remotely
    async def test_what_is_in_the_way_is_told(
        self, remote: Linking, on_disk: Path, tmp_path: Path
    ) -> None:
        await remote.write("file", b"x")
        await remote.write("folder/a.txt", b"x")
        (on_disk / "empty").mkdir()
        paths = ("empty", "file/a.html", "file/b/c.html", "folder")
        files = [local_file(tmp_path / "x", path, b"x") for path in paths]
        refused = await remote.put_all(files, lambda _file: None)
        assert [str(refusal) for refusal in refused] == [
            "a folder stands in the place of empty",
            "file/a.html needs a folder where a file stands",
            "file/b/c.html needs a folder where a file stands",
            "a folder stands in the place of folder",
        ]
        refused = await remote.delete_all(["folder"], lambda _path: None)
        assert [str(refusal) for refusal in refused] == ["a folder stands in the place of folder"]

    @remotely
    async def test_on_windows_a_site_is_in_its_place(self, remote: Linking, on_disk: Path) -> None:
        there = FolderRemote(on_disk, AT_ONCE, links=False)
        with pytest.raises(TargetError) as caught:
            await there.within("www").switch("link", "releases")
        assert "releases = false" in caught.value.hint
        assert not on_disk.exists()

    @remotely
    async def test_a_full_disk_ends_it_and_leaves_nothing_half(
        self, remote: Linking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = [local_file(tmp_path / "x", f"{n}.html", b"new") for n in range(80)]
        await remote.write("70.html", b"old")
        monkeypatch.setattr(os, "replace", failing(errno.ENOSPC, "/70.html"))
        sent: list[LocalFile] = []
        with pytest.raises(DiskFull):
            await remote.put_all(files, sent.append)
        there = await remote.sizes([""])
        assert {file.path for file in sent} == there.keys() - {"70.html"}
        assert await remote.read("70.html") == b"old"
        assert await remote.sizes([TEMPORARY]) == {}

    @remotely
    async def test_one_file_may_be_refused(
        self, remote: Linking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = [local_file(tmp_path / "x", f"{n}.html", b"new") for n in range(80)]
        replace = failing(errno.EACCES, "/33.html")
        monkeypatch.setattr(os, "replace", replace)
        sent: list[LocalFile] = []
        refused = await remote.put_all(files, sent.append)
        assert [refusal.path for refusal in refused] == ["33.html"]
        assert {file.path for file in sent} == {file.path for file in files} - {"33.html"}

    @remotely
    async def test_a_share_that_went_away_for_a_moment(
        self, remote: Linking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paths = [f"{n}.html" for n in range(80)]
        replace = failing(errno.ESTALE, "/33.html", times=2)
        monkeypatch.setattr(os, "replace", replace)
        sent = await put(remote, *(local_file(tmp_path / "x", path, b"x") for path in paths))
        assert sorted(file.path for file in sent) == sorted(paths)
        assert len(await remote.sizes([""])) == 80

    @remotely
    async def test_a_share_that_stays_away(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await remote.write("a.html", b"old")
        monkeypatch.setattr(os, "replace", failing(errno.EIO))
        with pytest.raises(Dropped):
            await remote.write("a.html", b"new")
        assert await contents(remote, "a.html") == [b"old"]

    @remotely
    async def test_a_lock_made_by_an_attempt_that_was_cut_off_is_ours(
        self, remote: Linking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def link(source: str, to: str, real: Callable[[str, str], None] = os.link) -> None:
            real(source, to)
            monkeypatch.undo()
            raise OSError(errno.EIO, "gone")

        monkeypatch.setattr("generator.folder_files._link", link)
        assert await remote.create("lock", b"mine")
        assert not await remote.create("lock", b"yours")


def failing(
    number: int,
    end: str = "",
    times: int = 1000,
    real: Callable[[str, str], None] = os.replace,
) -> Callable[..., None]:
    """Moves files, but fails with this number for those whose names end so, so many times."""
    left = [number] * times

    def move(source: str, to: str = "", **_: bool) -> None:
        if to.endswith(end) and left:
            raise OSError(left.pop(), "as in the test")
        real(source, to)

    return move


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("ENOSPC", DiskFull),
        ("EDQUOT", DiskFull),
        ("EACCES", Refused),
        ("EPERM", Refused),
        ("EISDIR", Refused),
        ("ENAMETOOLONG", Refused),
        ("EINVAL", Refused),
        ("EROFS", TargetError),
        ("EIO", Dropped),
        ("ENOTCONN", Dropped),
        ("ENOENT", Dropped),
    ],
)
def test_what_the_system_says(number: str, kind: type[TargetError]) -> None:
    meant = meaning_of(OSError(getattr(errno, number), "reason"), "a/b.html")
    assert type(meant) is kind
    assert "Errno" not in str(meant)


@pytest.mark.parametrize(
    "path",
    ["a:b.html", "a/b?.html", 'a"b', "aux.html", "a/CON/b", "a./b", "a /b", "nul", "lpt1.txt"],
)
def test_names_that_windows_cannot_have(path: str) -> None:
    with pytest.raises(Refused):
        refuse_name(path, windows=True)
    refuse_name(path, windows=False)


@pytest.mark.parametrize("path", ["", "console.html", ".htaccess", "đồng/đăng.html", "a.b/c d"])
def test_names_that_windows_can_have(path: str) -> None:
    refuse_name(path, windows=True)


def test_who_is_cancelled_waits_for_what_is_under_way() -> None:
    begun, given_up, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert given_up.wait(PATIENCE)
        ended.set()

    async def run() -> None:
        task = asyncio.ensure_future(offload(None, work, given_up.set))
        assert await asyncio.to_thread(begun.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(run())
