"""Which changes of files are told: with real files, and what the system says of them."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

import generator.observing
import generator.standing
import generator.watching
from generator.standing import Stock, take_stock
from generator.watching import NO_NEWS, NO_ROOM, Watch

PATIENCE = 30.0
"""Seconds for which a batch is waited for."""
A_WHILE = 0.3
"""Seconds in which it would come, if it did."""
FOREVER = 3600.0
ONE = "content/articles/one.md"
TWO = "content/articles/two.md"
FILES = {
    "bulletin.toml": "[site]\n",
    ONE: "one",
    TWO: "two",
    "content/media/photo.jpg": "photo",
    "themes/own/page.html": "page",
    "site/index.html": "built",
    ".bulletin/manifest": "kept",
}


class Watched:
    """A project that is watched; every batch comes with the files as they were when it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.batches: Queue[dict[str, bytes | None]] = Queue()
        self.notices: list[str] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.watch = Watch(folder, self._on_change, self.notices.append)

    def _on_change(self, paths: frozenset[str]) -> None:
        self.batches.put({path: self._read(path) for path in paths})
        self.may_go_on.wait(PATIENCE)

    def _read(self, path: str) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            return None

    def __truediv__(self, path: str) -> Path:
        return self.folder / path

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def next(self) -> dict[str, bytes | None]:
        """The next batch: its paths, with what was in the files."""
        return self.batches.get(timeout=PATIENCE)

    def assert_none(self, seconds: float = A_WHILE) -> None:
        with pytest.raises(Empty):
            self.batches.get(timeout=seconds)

    def assert_next_is_only(self, path: str, text: str) -> None:
        """Write a file, and see that nothing else is told before it or with it."""
        self.write(path, text)
        assert self.next() == {path: text.encode()}


def make(folder: Path) -> Path:
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


Begin = Callable[..., Watched]


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins to watch a project, of which only the system tells; at the end no thread is left."""
    monkeypatch.setattr(generator.watching, "_PAUSE", FOREVER)
    before = set(threading.enumerate())
    begun: list[Watched] = []

    def begin(folder: Path, stock: Stock | None = None) -> Watched:
        project = Watched(folder)
        begun.append(project)
        project.watch.start(stock)
        return project

    yield begin
    for project in begun:
        project.may_go_on.set()
        project.watch.stop()
    assert set(threading.enumerate()) <= before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that nobody watches yet."""
    return make(tmp_path / "project")


@pytest.fixture
def told(folder: Path, begin: Begin) -> Watched:
    return begin(folder)


def _raise(error: Exception) -> Callable[..., None]:
    def raiser(*_: object) -> None:
        raise error

    return raiser


# How editors save


def test_a_file_written_in_place(told: Watched) -> None:
    told.write(ONE, "new")
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


def test_a_file_renamed_over(told: Watched) -> None:
    told.write("content/articles/one.md.a1b2c3", "new")
    os.replace(told / "content/articles/one.md.a1b2c3", told / ONE)
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


def test_vim(told: Watched) -> None:
    told.write("content/articles/4913", "")
    (told / "content/articles/4913").unlink()
    told.write("content/articles/.one.md.swp", "swap")
    (told / ONE).rename(told / "content/articles/one.md~")
    told.write(ONE, "new")
    (told / ONE).chmod(0o640)
    (told / "content/articles/one.md~").unlink()
    (told / "content/articles/.one.md.swp").unlink()
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


def test_vim_with_its_backups_elsewhere(told: Watched, tmp_path: Path) -> None:
    (told / ONE).rename(tmp_path / "one.md~")
    told.write(ONE, "new")
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


def test_word(told: Watched) -> None:
    told.write("content/articles/~$one.md", "owner")
    told.write("content/articles/~WRD0001.tmp", "new")
    (told / ONE).rename(told / "content/articles/~WRL0002.tmp")
    (told / "content/articles/~WRD0001.tmp").rename(told / ONE)
    (told / "content/articles/~WRL0002.tmp").unlink()
    (told / "content/articles/~$one.md").unlink()
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


def test_deleted_and_written_anew(told: Watched) -> None:
    (told / ONE).unlink()
    told.write(ONE, "new")
    assert told.next() == {ONE: b"new"}
    told.assert_next_is_only(TWO, "other")


@pytest.mark.skipif(sys.platform != "linux", reason="nothing tells that a file is closed")
def test_a_slow_writer(told: Watched) -> None:
    with (told / ONE).open("w") as file:
        for part in "half and ", "half":
            file.write(part)
            file.flush()
            told.assert_none()
    assert told.next() == {ONE: b"half and half"}
    told.assert_next_is_only(TWO, "other")


def test_same_size_and_the_time_set_back(told: Watched) -> None:
    times = (told / ONE).stat()
    told.write(ONE, "eno")
    os.utime(told / ONE, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert told.next() == {ONE: b"eno"}


def test_only_the_time(told: Watched) -> None:
    os.utime(told / ONE, (10**9, 10**9))
    assert told.next() == {ONE: b"one"}


# What comes and goes


def test_a_new_file_and_a_deleted_one(told: Watched) -> None:
    told.write("content/articles/three.md", "three")
    assert told.next() == {"content/articles/three.md": b"three"}
    (told / ONE).unlink()
    assert told.next() == {ONE: None}


def test_a_renamed_file(told: Watched) -> None:
    (told / ONE).rename(told / "content/articles/uno.md")
    assert told.next() == {ONE: None, "content/articles/uno.md": b"one"}


def test_a_new_folder_with_files(told: Watched) -> None:
    for number in range(3):
        told.write(f"content/new/{number}/a/b.md", "new")
    assert set(told.next()) == {f"content/new/{number}/a/b.md" for number in range(3)}
    told.assert_next_is_only("content/new/1/a/c.md", "in it")


def test_a_renamed_folder(told: Watched) -> None:
    (told / "content/articles").rename(told / "content/texts")
    new = {"content/texts/one.md": b"one", "content/texts/two.md": b"two"}
    assert told.next() == {ONE: None, TWO: None, **new}
    told.assert_next_is_only("content/texts/one.md", "edited")


def test_a_folder_moved_out_and_in_again(told: Watched, tmp_path: Path) -> None:
    (told / "content/articles").rename(tmp_path / "elsewhere")
    assert told.next() == {ONE: None, TWO: None}
    (tmp_path / "elsewhere/one.md").write_text("edited elsewhere")
    (tmp_path / "elsewhere").rename(told / "content/articles")
    assert told.next() == {ONE: b"edited elsewhere", TWO: b"two"}
    told.assert_next_is_only(ONE, "edited")


def test_a_folder_moved_out_and_another_in_its_place(told: Watched, tmp_path: Path) -> None:
    (told / "content/articles").rename(tmp_path / "elsewhere")
    assert told.next() == {ONE: None, TWO: None}
    told.write(ONE, "another")
    assert told.next() == {ONE: b"another"}
    shutil.rmtree(tmp_path / "elsewhere")
    shutil.rmtree(told / "content/articles")
    assert told.next() == {ONE: None}
    told.assert_next_is_only(ONE, "once more")
    told.assert_next_is_only(ONE, "and edited")


def test_a_deleted_folder(told: Watched) -> None:
    shutil.rmtree(told / "content/articles")
    assert told.next() == {ONE: None, TWO: None}


@pytest.mark.parametrize("name", ["content", "themes"])
def test_a_whole_folder_made_anew(told: Watched, name: str) -> None:
    shutil.rmtree(told / name)
    assert set(told.next()) == {path for path in FILES if path.startswith(name)}
    told.write(f"{name}/own/a.html", "a")
    assert told.next() == {f"{name}/own/a.html": b"a"}
    told.assert_next_is_only(f"{name}/own/a.html", "edited")


def test_a_whole_folder_put_in_place_of_another(told: Watched) -> None:
    told.write("next/articles/one.md", "other")
    (told / "content").rename(told / "last")
    (told / "next").rename(told / "content")
    assert told.next() == {ONE: b"other", TWO: None, "content/media/photo.jpg": None}
    told.write("last/articles/one.md", "not in use")
    told.assert_next_is_only(ONE, "edited")


def test_templates_that_come_later(told: Watched) -> None:
    told.write("templates/page.html", "own")
    assert told.next() == {"templates/page.html": b"own"}
    told.assert_next_is_only("templates/page.html", "edited")
    told.assert_next_is_only("themes/own/page.html", "edited too")


def test_the_configuration_written_and_renamed_over(told: Watched) -> None:
    told.write("bulletin.toml", "[site]\ntitle = 'A'\n")
    assert told.next() == {"bulletin.toml": b"[site]\ntitle = 'A'\n"}
    told.write("bulletin.toml.new", "[site]\n")
    os.replace(told / "bulletin.toml.new", told / "bulletin.toml")
    assert told.next() == {"bulletin.toml": b"[site]\n"}


# What is nobody's business


def test_output_caches_and_leftovers_cause_nothing(told: Watched) -> None:
    for path in (
        "site/index.html",
        "site/new/index.html",
        ".bulletin/manifest",
        ".git/HEAD",
        "notes.txt",
        "content/.git/index",
        "content/articles/.hidden.md",
        "content/articles/one.md.tmp",
        "content/articles/one.md~",
        "content/articles/#one.md#",
        "content/media/Thumbs.db",
        "content/media/__pycache__/x.pyc",
        "themes/own/.page.html.swp",
        "themes/own/page.html~",
        "themes/own/__pycache__/x.pyc",
    ):
        told.write(path, "nobody's business")
    told.assert_next_is_only(ONE, "new")


def test_reading_causes_nothing(told: Watched) -> None:
    for path in FILES:
        told.write(path, "written")
    batches = [told.next()]
    while len({path for batch in batches for path in batch}) < len(FILES) - 2:
        batches.append(told.next())
    for folder, _, names in os.walk(told.folder):
        for name in names:
            Path(folder, name).read_bytes()
    told.assert_next_is_only(ONE, "new")


def test_a_temporary_file_that_has_gone_causes_nothing(told: Watched) -> None:
    told.write("content/articles/sedAbCdEf", "temporary")
    (told / "content/articles/sedAbCdEf").unlink()
    told.assert_next_is_only(ONE, "new")


# Many at once


@pytest.mark.parametrize("git", [".git", "../whole/.git/worktrees/one"])
def test_what_git_checks_out_is_one_batch(folder: Path, begin: Begin, git: str) -> None:
    (folder / git).mkdir(parents=True)
    if git != ".git":
        (folder / ".git").write_text(f"gitdir: {git}\n")
    told = begin(folder)
    (folder / git / "index.lock").touch()
    names = [f"content/articles/{number}.md" for number in range(500)]
    for name in names[:250]:
        told.write(name, "text")
    told.assert_none()
    for name in names[250:]:
        told.write(name, "text")
    (folder / git / "index.lock").unlink()
    assert set(told.next()) == set(names)


@pytest.mark.skipif(not shutil.which("git"), reason="needs Git")
def test_git(folder: Path, begin: Begin) -> None:

    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    names = [f"content/articles/{year}/{number}.md" for year in range(5) for number in range(100)]
    git("init", "-b", "main")
    for text in "old", "new":
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        git("add", "content")
        git("commit", "-m", text)
    told = begin(folder)
    git("checkout", "HEAD~1")
    assert told.next() == dict.fromkeys(names, b"old")
    told.assert_next_is_only(ONE, "edited")


def test_many_files_without_git_are_few_batches(told: Watched) -> None:
    names = {f"content/articles/{number}.md" for number in range(500)}
    for name in names:
        told.write(name, "text")
    count, seen = 0, set[str]()
    while seen != names:
        seen |= set(told.next())
        count += 1
    assert count <= 3


def test_changes_while_a_batch_is_handled_make_the_next(told: Watched) -> None:
    told.may_go_on.clear()
    told.write(ONE, "new")
    assert told.next() == {ONE: b"new"}
    told.write(ONE, "newer")
    told.write(TWO, "new")
    told.assert_none()
    told.may_go_on.set()
    assert told.next() == {ONE: b"newer", TWO: b"new"}


# Where files are


def test_names_are_told_in_one_form(told: Watched) -> None:
    name = "content/articles/Hà Nội.md"
    told.write(unicodedata.normalize("NFD", name), "text")
    assert set(told.next()) == {unicodedata.normalize("NFC", name)}


def test_content_behind_a_link(folder: Path, begin: Begin, tmp_path: Path) -> None:
    (folder / "content").rename(tmp_path / "texts")
    (folder / "content").symlink_to(tmp_path / "texts")
    told = begin(folder)
    told.assert_next_is_only(ONE, "new")
    make(tmp_path / "others")
    (folder / "link").symlink_to(tmp_path / "others/content")
    (folder / "link").rename(folder / "content")
    assert told.next()[ONE] == b"one"
    told.assert_next_is_only(ONE, "edited")


def test_a_theme_behind_a_link(folder: Path, begin: Begin, tmp_path: Path) -> None:
    (folder / "themes/own").rename(tmp_path / "theme")
    (folder / "themes/own").symlink_to(tmp_path / "theme")
    told = begin(folder)
    told.assert_next_is_only("themes/own/page.html", "new")


def test_the_themes_of_a_checkout_are_watched(
    folder: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in generator.observing, generator.standing:
        monkeypatch.setattr(module, "shipped_themes", lambda: folder / "themes")
    told = begin(folder)
    told.write("themes/own/page.html", "new")
    assert set(told.next()) == {"themes/own/page.html", "shipped/own/page.html"}


# Where the system does not tell


def test_without_room_changes_are_looked_for(
    folder: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.watching, "_PAUSE_ALONE", 0.02)
    monkeypatch.setattr(generator.observing, "make_observer", _raise(OSError(errno.ENOSPC, "")))
    looked_at = begin(folder)
    assert looked_at.notices == [NO_ROOM]
    looked_at.write(ONE, "new")
    assert looked_at.next() == {ONE: b"new"}
    (looked_at / TWO).unlink()
    looked_at.write("content/new/three.md", "three")
    seen = looked_at.next()
    while len(seen) < 2:
        seen |= looked_at.next()
    assert seen == {TWO: None, "content/new/three.md": b"three"}


def test_room_that_runs_out(folder: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.watching, "_PAUSE_ALONE", 0.02)
    monkeypatch.setattr(generator.observing.Observing, "reach", _raise(OSError("no")))
    told = begin(folder)
    assert told.notices == [NO_NEWS]
    told.write(ONE, "new")
    assert told.next() == {ONE: b"new"}


def test_where_events_are_lost_it_is_begun_anew(
    folder: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.watching, "_PAUSE", 0.02)
    told = begin(folder)
    first = told.watch._observing
    assert first is not None
    first.stop()
    told.assert_next_is_only(ONE, "found")
    told.assert_next_is_only(TWO, "told")
    assert told.watch._observing is not first
    assert told.notices == []


def test_what_nobody_told_is_found(
    folder: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As what is changed on another machine, on a disk that both have."""
    monkeypatch.setattr(generator.watching, "_PAUSE", 0.02)
    monkeypatch.setattr(generator.observing._Ear, "dispatch", lambda *_: None)
    told = begin(folder)
    assert told.notices == []
    told.assert_next_is_only(ONE, "new")


def test_what_changed_since_a_stock_was_taken_is_told(folder: Path, begin: Begin) -> None:
    stock = take_stock(folder)
    (folder / ONE).write_text("new")
    told = begin(folder, stock)
    assert told.next() == {ONE: b"new"}


def test_it_ends_while_a_batch_is_handled(told: Watched) -> None:
    told.may_go_on.clear()
    told.write(ONE, "new")
    told.next()
    stopping = threading.Thread(target=told.watch.stop)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    told.may_go_on.set()
    for thread in told.watch._threads:
        thread.join(PATIENCE)
