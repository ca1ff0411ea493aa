"""What every remote must do, as tests that each kind of remote runs against a real server.

    class TestFtp(RemoteContract):
        @pytest.fixture
        def remote(self, server: Server) -> Remotes:
            async def make() -> Remote:
                return FtpRemote(…)
            return make

        @pytest.fixture
        def on_disk(self, server: Server) -> Path | None:
            return server.folder

Each test has a fresh target whose folder is not there yet. `remote` makes a remote of it, as often
as it is called, in the event loop of the test; tests get one of these, and it is closed after them.
`on_disk` is that folder as this machine has it; None where a target has no folders, as a bucket.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeAlias

import pytest

from generator.remote import TEMPORARY, Linking, Remote
from generator.remote_errors import Refused, TargetError
from generator.scanning import as_file_stat, digest_of
from generator.site_files import LocalFile

Remotes: TypeAlias = Callable[[], Awaitable[Remote]]

PATIENCE = 60.0
"""Seconds after which a test has failed; nothing waits so long otherwise."""


def remotely(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs a test of which `remote` is one that the fixture of that name has made."""

    @functools.wraps(test)
    def run(self: object, remote: Remotes, **fixtures: object) -> None:
        async def run_test() -> None:
            made = await remote()
            try:
                await asyncio.wait_for(test(self, made, **fixtures), PATIENCE)
            finally:
                await made.close()

        asyncio.run(run_test())

    return run


def local_file(folder: Path, path: str, data: bytes) -> LocalFile:
    """A file to be put at `path`, which lies in `folder` under a name that every system takes."""
    folder.mkdir(parents=True, exist_ok=True)
    real_path = folder / digest_of(path.encode()).hex()
    real_path.write_bytes(data)
    stat = as_file_stat(real_path.stat())
    return LocalFile(path, str(real_path), stat, digest_of(data).hex())


async def put(remote: Remote, *files: LocalFile) -> list[LocalFile]:
    """Put files there, none of which is refused; gives those that were heard of."""
    sent: list[LocalFile] = []
    assert await remote.put_all(files, sent.append) == []
    return sent


async def delete(remote: Remote, *paths: str) -> list[str]:
    """Delete files, none of which is refused; gives those that were heard of."""
    gone: list[str] = []
    assert await remote.delete_all(paths, gone.append) == []
    return gone


async def contents(remote: Remote, *paths: str) -> list[bytes | None]:
    return [await remote.read(path) for path in paths]


class RemoteContract:
    NAMES: ClassVar[tuple[str, ...]] = (
        "thông cáo/Đồng Đăng – Hữu Nghị.html",
        "two words/a b.html",
        'quotes/it\'s "so".html',
        "signs/a#b%41+c?d&e=f;g.html",
        "signs/[1]{2}*~$HOME`.html",
        "-dash/-rf.html",
        ".well-known/.hidden",
    )
    """Names that others may take for something else. Each kind takes away what it cannot hold."""

    @remotely
    async def test_nothing_is_there_at_first(self, remote: Remote) -> None:
        assert await remote.read("a.txt") is None
        assert await remote.read("a/b/c.txt") is None
        assert await remote.sizes(["", "a", "a/b"]) == {}
        assert await put(remote) == []
        assert await delete(remote) == []

    @remotely
    async def test_a_file_is_written_and_read(self, remote: Remote) -> None:
        await remote.write("a.txt", b"one")
        await remote.write("b/c/d.txt", b"")
        await remote.write("b/c/e.txt", bytes(range(256)) * 300)
        assert await contents(remote, "a.txt", "b/c/d.txt", "b/x.txt") == [b"one", b"", None]
        assert await remote.read("b/c/e.txt") == bytes(range(256)) * 300

    @remotely
    async def test_a_file_is_written_over_another(self, remote: Remote) -> None:
        await remote.write("b/a.txt", b"a long text")
        await remote.write("b/a.txt", b"short")
        assert await remote.read("b/a.txt") == b"short"
        assert await remote.sizes(["b", TEMPORARY]) == {"b/a.txt": 5}

    @remotely
    async def test_many_write_at_once(self, remote: Remote) -> None:
        paths = [f"deep/{number % 3}/er/{number}.txt" for number in range(30)]
        await asyncio.gather(*(remote.write(path, path.encode()) for path in paths))
        found = await asyncio.gather(*(remote.read(path) for path in paths))
        assert found == [path.encode() for path in paths]

    @remotely
    async def test_every_name_is_taken_as_it_is(self, remote: Remote, tmp_path: Path) -> None:
        files = [local_file(tmp_path / "x", path, path.encode()) for path in self.NAMES]
        assert len(await put(remote, *files)) == len(files)
        assert await contents(remote, *self.NAMES) == [path.encode() for path in self.NAMES]
        folders = {path.rpartition("/")[0] for path in self.NAMES}
        sizes = {path: len(path.encode()) for path in self.NAMES}
        assert await remote.sizes(folders) == sizes
        assert len(await delete(remote, *self.NAMES)) == len(self.NAMES)
        assert await remote.sizes(folders) == {}

    @remotely
    async def test_only_one_creates_a_file(self, remote: Remote) -> None:
        assert await remote.create("state/lock", b"mine")
        assert not await remote.create("state/lock", b"yours")
        assert await remote.read("state/lock") == b"mine"
        await remote.discard("state/lock")
        assert await remote.read("state/lock") is None
        assert await remote.create("state/lock", b"yours")
        assert await remote.read("state/lock") == b"yours"

    def test_only_one_of_many_at_once_creates_a_file(self, remote: Remotes) -> None:
        async def run() -> None:
            one, other = await remote(), await remote()
            try:
                places = (one, other) * 4
                tries = [place.create("lock", b"%d" % n) for n, place in enumerate(places)]
                made = await asyncio.wait_for(asyncio.gather(*tries), PATIENCE)
                assert sorted(made) == [False] * 7 + [True]
                assert await other.read("lock") == b"%d" % made.index(True)
            finally:
                await one.close()
                await other.close()

        asyncio.run(run())

    @remotely
    async def test_what_is_not_there_is_discarded(self, remote: Remote) -> None:
        await remote.discard("lock")
        await remote.discard("no/such/folder/lock")
        await remote.write("lock", b"")
        await remote.discard("lock")
        await remote.discard("lock")
        assert await remote.sizes([""]) == {}

    @remotely
    async def test_a_file_is_moved(self, remote: Remote) -> None:
        await remote.write("a.txt", b"new")
        await remote.write("b.txt", b"old")
        await remote.move("a.txt", "b.txt")
        assert await contents(remote, "a.txt", "b.txt") == [None, b"new"]
        await remote.move("b.txt", "c.txt")
        assert await contents(remote, "b.txt", "c.txt") == [None, b"new"]

    @remotely
    async def test_what_is_not_there_is_not_moved(self, remote: Remote) -> None:
        await remote.move("a.txt", "b.txt")
        await remote.write("b.txt", b"old")
        await remote.move("a.txt", "b.txt")
        assert await remote.read("b.txt") == b"old"

    @remotely
    async def test_sizes_are_those_of_files_in_these_folders(self, remote: Remote) -> None:
        for path in ("a.txt", "one/b.txt", "one/c.txt", "one/two/d.txt", "ones/e.txt"):
            await remote.write(path, path.encode())
        assert await remote.sizes([]) == {}
        assert await remote.sizes([""]) == {"a.txt": 5}
        assert await remote.sizes(["one"]) == {"one/b.txt": 9, "one/c.txt": 9}
        assert await remote.sizes(["one/two", "none", "none/at/all"]) == {"one/two/d.txt": 13}
        assert await remote.sizes({"", "ones"}) == {"a.txt": 5, "ones/e.txt": 10}

    @remotely
    async def test_sizes_of_many_folders(self, remote: Remote, tmp_path: Path) -> None:
        paths = [f"{number % 40}/{number}.txt" for number in range(120)]
        await put(remote, *(local_file(tmp_path / "x", path, path.encode()) for path in paths))
        folders = [f"{number}" for number in range(50)]
        assert await remote.sizes(folders) == {path: len(path) for path in paths}

    @remotely
    async def test_files_are_put_in_their_places(self, remote: Remote, tmp_path: Path) -> None:
        data = {f"{n % 7}/{n % 11}/page-{n}/index.html": b"%d" % n * 50 for n in range(150)}
        data |= {"index.html": b"home", "empty.txt": b"", "large.bin": b"0123456789abcdef" * 196608}
        files = [local_file(tmp_path / "x", path, content) for path, content in data.items()]
        sent = await put(remote, *files)
        assert sorted(file.path for file in sent) == sorted(data)
        for path, content in data.items():
            assert await remote.read(path) == content
        assert await remote.sizes([TEMPORARY]) == {}
        assert await remote.sizes([""]) == {"index.html": 4, "empty.txt": 0, "large.bin": 3145728}

    @remotely
    async def test_files_are_put_over_others(self, remote: Remote, tmp_path: Path) -> None:
        paths = ("a.html", "b/c.html", "b/new.html")
        await put(remote, *(local_file(tmp_path / "old", path, b"x" * 99) for path in paths[:2]))
        sent = await put(remote, *(local_file(tmp_path / "new", path, b"y") for path in paths))
        assert sorted(file.path for file in sent) == sorted(paths)
        assert await contents(remote, *paths) == [b"y", b"y", b"y"]
        assert await remote.sizes(["", "b"]) == dict.fromkeys(paths, 1)

    @pytest.mark.parametrize("size", [5, 3_000_000])
    @remotely
    async def test_a_file_that_changed_meanwhile_is_not_put(
        self, remote: Remote, tmp_path: Path, size: int
    ) -> None:
        await put(remote, local_file(tmp_path / "old", "a.html", b"old"))
        file = local_file(tmp_path / "new", "a.html", b"n" * size)
        Path(file.real_path).write_bytes(b"m" * (size - 1))
        sent: list[LocalFile] = []
        with pytest.raises(TargetError) as caught:
            await remote.put_all([file], sent.append)
        assert not isinstance(caught.value, Refused)
        assert sent == []
        assert await remote.read("a.html") == b"old"
        assert await remote.sizes([TEMPORARY]) == {}

    @remotely
    async def test_files_are_deleted(self, remote: Remote, tmp_path: Path) -> None:
        paths = [f"{n % 5}/{n}/index.html" for n in range(40)]
        await put(remote, *(local_file(tmp_path / "x", path, b"x") for path in paths))
        await remote.write("0/kept.txt", b"kept")
        asked = [*paths, "0/never.html", "no/such/folder/index.html"]
        assert sorted(await delete(remote, *asked)) == sorted(asked)
        assert await contents(remote, *paths) == [None] * len(paths)
        assert await remote.read("0/kept.txt") == b"kept"

    @remotely
    async def test_folders_left_empty_go_too(
        self, remote: Remote, tmp_path: Path, on_disk: Path | None
    ) -> None:
        if on_disk is None:
            pytest.skip("it has no folders")
        paths = ["a/b/c/one.html", "a/b/two.html", "d/e/three.html", "d/ours.html", "four.html"]
        await put(remote, *(local_file(tmp_path / "x", path, b"x") for path in paths))
        await remote.write("d/e/foreign.txt", b"kept")
        assert sorted(await delete(remote, *paths)) == sorted(paths)
        left = {path.relative_to(on_disk).as_posix() for path in on_disk.rglob("[!.]*")}
        assert left - {TEMPORARY} == {"d", "d/e", "d/e/foreign.txt"}
        await delete(remote, "d/e/foreign.txt")
        assert on_disk.is_dir()
        await remote.write("d/e/again.txt", b"again")
        assert await remote.read("d/e/again.txt") == b"again"

    @remotely
    async def test_a_file_becomes_a_folder_and_a_folder_a_file(
        self, remote: Remote, tmp_path: Path
    ) -> None:
        paths = ("a/b/index.html", "a", "a/index.html", "a/b", "a/b/c/index.html", "a")
        for number, path in enumerate(paths):
            data = path.encode()
            await put(remote, local_file(tmp_path / f"{number}", path, data))
            assert await remote.read(path) == data
            assert await delete(remote, path) == [path]
        assert await remote.sizes(["", "a", "a/b", "a/b/c"]) == {}

    @remotely
    async def test_one_file_that_is_refused_holds_up_no_other(
        self, remote: Remote, tmp_path: Path, on_disk: Path | None
    ) -> None:
        if on_disk is None:
            pytest.skip("it has no folders")
        await remote.write("taken.html/inside.txt", b"kept")
        await remote.write("file", b"kept")
        paths = ["a.html", "taken.html", "file/below.html", "b/c.html"]
        files = [local_file(tmp_path / "x", path, b"x") for path in paths]
        sent: list[LocalFile] = []
        refused = await remote.put_all(files, sent.append)
        assert [refusal.path for refusal in refused] == ["file/below.html", "taken.html"]
        assert sorted(file.path for file in sent) == ["a.html", "b/c.html"]
        assert await contents(remote, "taken.html/inside.txt", "file") == [b"kept", b"kept"]
        assert await remote.sizes([TEMPORARY]) == {}

    @remotely
    async def test_it_closes_twice_and_unused(self, remote: Remote) -> None:
        await remote.close()
        await remote.close()


class LinkingContract(RemoteContract):
    @remotely
    async def test_where_links_point(self, remote: Linking) -> None:
        assert await remote.link_of("link") is None
        assert await remote.link_of("no/such/folder/link") is None
        await remote.write("folder/file.txt", b"x")
        assert await remote.link_of("folder") == ""
        assert await remote.link_of("folder/file.txt") == ""
        await remote.switch("link", "folder")
        assert await remote.link_of("link") == "folder"
        assert await remote.read("link/file.txt") == b"x"

    @remotely
    async def test_a_link_is_switched(self, remote: Linking) -> None:
        await remote.write("sites/1/a.txt", b"one")
        await remote.write("sites/2/a.txt", b"two")
        await remote.write("www/own.txt", b"own")
        await remote.switch("www/link", "../sites/1")
        assert await remote.read("www/link/a.txt") == b"one"
        await remote.switch("www/link", "../sites/2")
        assert await remote.read("www/link/a.txt") == b"two"
        assert await remote.link_of("www/link") == "../sites/2"
        assert await contents(remote, "sites/1/a.txt", "sites/2/a.txt") == [b"one", b"two"]
        await remote.switch("www/link", "../sites/none")
        assert await remote.link_of("www/link") == "../sites/none"

    @remotely
    async def test_nothing_is_left_beside_a_link(
        self, remote: Linking, on_disk: Path | None
    ) -> None:
        for folder in ("1", "2"):
            await remote.within(folder).write("a.txt", b"x")
            await remote.switch("link", folder)
            await remote.switch("www/link", f"../{folder}")
        with pytest.raises(TargetError):
            await remote.switch("1", "2")
        assert sorted(await remote.folders("")) == ["1", "2", "www"]
        assert await remote.folders("www") == []
        if on_disk is not None:
            assert sorted(os.listdir(on_disk)) == ["1", "2", "link", "www"]
            assert os.listdir(on_disk / "www") == ["link"]

    @remotely
    async def test_at_every_moment_a_switched_link_is_there(self, remote: Linking) -> None:
        await remote.write("1/a.txt", b"one")
        await remote.write("2/a.txt", b"two")
        await remote.switch("link", "1")
        found = set()
        done = asyncio.Event()

        async def read() -> None:
            while not done.is_set():
                found.add(await remote.read("link/a.txt"))

        readers = [asyncio.ensure_future(read()) for _ in range(3)]
        for number in range(20):
            await remote.switch("link", f"{number % 2 + 1}")
        done.set()
        await asyncio.gather(*readers)
        assert found <= {b"one", b"two"}
        assert found

    @remotely
    async def test_a_folder_does_not_become_a_link(self, remote: Linking) -> None:
        await remote.write("site/a.txt", b"theirs")
        await remote.write("1/a.txt", b"ours")
        with pytest.raises(TargetError):
            await remote.switch("site", "1")
        assert await remote.read("site/a.txt") == b"theirs"
        assert {"1", "site"} <= set(await remote.folders(""))

    @remotely
    async def test_folders_are_named(self, remote: Linking) -> None:
        assert await remote.folders("") == []
        assert await remote.folders("none/at/all") == []
        for path in ("a.txt", "đ/b.txt", "two words/c/d.txt"):
            await remote.write(path, b"x")
        await remote.switch("link", "two words")
        assert [name for name in sorted(await remote.folders("")) if name[0] != "."] == [
            "two words",
            "đ",
        ]
        assert await remote.folders("two words") == ["c"]
        assert await remote.folders("đ") == []

    @remotely
    async def test_a_copied_folder_is_one_of_its_own(self, remote: Linking, tmp_path: Path) -> None:
        data = {f"{n % 4}/trang {n}/index.html": b"%d" % n for n in range(40)}
        old = remote.within("site/one")
        await put(old, *(local_file(tmp_path / "old", path, data[path]) for path in data))
        await old.write("index.html", b"home")
        assert await remote.copy_tree("site/one", "site/two")
        new = remote.within("site/two")
        assert await contents(new, "index.html", *data) == [b"home", *data.values()]
        changed = list(data)[:5]
        await put(new, *(local_file(tmp_path / "new", path, b"changed") for path in changed))
        await new.write("index.html", b"new home")
        await delete(new, *list(data)[5:10])
        assert await contents(old, "index.html", *data) == [b"home", *data.values()]
        assert await contents(new, "index.html", *changed) == [b"new home"] + [b"changed"] * 5

    @remotely
    async def test_a_folder_gets_another_name(self, remote: Linking) -> None:
        await remote.write("one/in/a.txt", b"a")
        await remote.move_folder("one", "two")
        assert await contents(remote, "one/in/a.txt", "two/in/a.txt") == [None, b"a"]
        await remote.write("one/in/b.txt", b"b")
        assert await contents(remote, "one/in/b.txt", "two/in/a.txt") == [b"b", b"a"]

    @remotely
    async def test_a_folder_is_removed_with_all_in_it(self, remote: Linking) -> None:
        await remote.write("kept/a.txt", b"kept")
        for n in range(30):
            await remote.write(f"gone/{n % 4}/b {n % 5}/{n}.txt", b"gone")
        await remote.switch("gone/0/link", "../../kept")
        await remote.switch("gone/loop", ".")
        await remote.remove_tree("gone")
        assert await remote.link_of("gone") is None
        assert await remote.read("kept/a.txt") == b"kept"
        await remote.remove_tree("gone")
        await remote.remove_tree("no/such/folder")
        await remote.write("gone/0/a.txt", b"again")
        assert await remote.read("gone/0/a.txt") == b"again"

    @remotely
    async def test_within_a_folder(self, remote: Linking, tmp_path: Path) -> None:
        inner = remote.within("a/b")
        assert await inner.read("c.txt") is None
        assert await inner.sizes([""]) == {}
        await inner.write("c.txt", b"c")
        await put(inner, local_file(tmp_path / "x", "d/e.txt", b"e"))
        assert await inner.sizes(["", "d"]) == {"c.txt": 1, "d/e.txt": 1}
        assert await contents(remote, "a/b/c.txt", "a/b/d/e.txt") == [b"c", b"e"]
        assert await remote.sizes([TEMPORARY]) == {}
        deeper = inner.within("d")
        assert await deeper.read("e.txt") == b"e"
        await delete(inner, "c.txt", "d/e.txt")
        await inner.close()
        assert await remote.link_of("a/b") == ""
        await remote.write("a/b/c.txt", b"still open")
        assert await inner.read("c.txt") == b"still open"

    @remotely
    async def test_within_a_link(self, remote: Linking) -> None:
        await remote.write("1/a.txt", b"one")
        await remote.switch("link", "1")
        inner = remote.within("link")
        assert await inner.read("a.txt") == b"one"
        await inner.write("b/c.txt", b"c")
        assert await remote.read("1/b/c.txt") == b"c"
