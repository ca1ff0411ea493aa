"""Whether anything is to be done: no change of files or of the day is missed, none is invented."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import generator.intake
import generator.scanning
import generator.standing
from generator.intake import Intake
from generator.manifest import ManifestStore
from generator.scanning import FileStat, Listing, scan, stat_of
from tests.archives import TEMPLATES, build_in, clean_tree, configuration, errors, tree, write

INSTANT = 1767225600
"""1 January 2026."""
DAY = 86_400
FILES = {
    **TEMPLATES,
    "bulletin.toml": configuration(),
    "content/articles/one.md": "---\ntitle: One\ndate: 2025-12-01\n---\nText one, p.txt.\n",
    "content/articles/two.md": "---\ntitle: Two\ndate: 2025-12-02\n---\n[file](p.txt)\n",
    "content/media/p.txt": "file",
    "themes/own/threads.html": "{{ page }}",
}
ARTICLE = "content/articles/one.md"


# This one is the theme's.
del FILES["templates/threads.html"]


class Project:
    """A small project, and what was asked of its files' bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: list[str] = []
        write(folder, FILES)
        self.set_back()

    @property
    def site(self) -> dict[str, bytes]:
        return tree(self.folder / "site")

    def set_back(self) -> None:
        """Give every file a time long ago."""
        for path in self.folder.rglob("*"):
            if path.is_file() and "site" not in path.parts:
                os.utime(path, (10**9, 10**9))

    def build(self) -> tuple[list[str], list[str]]:
        """Build; gives what was made, and what was read to see whether it has changed."""
        self.read.clear()
        report = build_in(self.folder)
        assert errors(report) == []
        return [made.path for made in report.rendered], [*self.read]

    def settle(self) -> None:
        """Build until nothing is to do, nor to read."""
        self.build()
        assert self.build() == ([], [])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project on a disk that has no second time of files, which nobody can set (`ctime`)."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(INSTANT))
    project = Project(tmp_path / "project")
    digest = generator.scanning.digest_at

    def timeless(stat: FileStat) -> FileStat:
        return structs.replace(stat, ctime_ns=0)

    def scan_timeless(
        folder: str, prefix: str, listing: Listing, above: tuple[tuple[int, int], ...] | None = None
    ) -> None:
        scan(folder, prefix, listing, above)
        listing.stats[2::3] = [0] * len(listing.paths)

    def stat_timeless(path: str) -> FileStat | None:
        found = stat_of(path)
        return found and timeless(found)

    def digest_noted(path: str) -> bytes:
        project.read.append(Path(path).name)
        return digest(path)

    monkeypatch.setattr(generator.standing, "scan", scan_timeless)
    monkeypatch.setattr(generator.standing, "stat_of", stat_timeless)
    monkeypatch.setattr(generator.standing, "digest_at", digest_noted)
    monkeypatch.setattr("generator.build.digest_at", digest_noted)
    return project


def test_what_has_not_changed_is_not_read(project: Project) -> None:
    project.build()
    assert project.build() == ([], [])


def test_a_file_changed_just_before_a_build_is_read_again_by_the_next(project: Project) -> None:
    path = project.folder / ARTICLE
    project.settle()
    path.write_text(path.read_text("utf-8").replace("one", "two"), "utf-8")
    saved = path.stat()
    project.build()
    # Saved again before the clock of the disk has moved, with the same size.
    path.write_text(path.read_text("utf-8").replace("two", "six"), "utf-8")
    os.utime(path, ns=(saved.st_atime_ns, saved.st_mtime_ns))
    made, _ = project.build()
    assert "2025/12/01/one/index.html" in made
    assert project.site == clean_tree(project.folder)
    assert project.build() == ([], ["one.md"])


def test_a_file_is_trusted_when_it_has_not_changed_for_some_seconds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.settle()
    os.utime(project.folder / ARTICLE)
    assert project.build() == ([], ["one.md"])
    assert project.build() == ([], ["one.md"])
    later = time.time_ns() + 3_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert project.build() == ([], ["one.md"])
    assert project.build() == ([], [])


def test_times_in_whole_seconds_are_not_trusted_within_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the coarsest disks, whose clocks tick every two seconds."""
    path = project.folder / ARTICLE
    project.settle()
    now = int(time.time()) // 2 * 2
    for word in ("two", "six", "ten"):
        path.write_text(f"---\ntitle: One\ndate: 2025-12-01\n---\nText {word}, p.txt.\n", "utf-8")
        os.utime(path, (now, now))
        # Each within what is left of the two seconds.
        monkeypatch.setattr(time, "time_ns", lambda: now * 1_000_000_000 + 1_900_000_000)
        made, _ = project.build()
        assert "2025/12/01/one/index.html" in made
        assert project.site == clean_tree(project.folder)


def test_a_file_of_the_future_is_always_read(project: Project) -> None:
    path = project.folder / ARTICLE
    project.settle()
    os.utime(path, (2 * 10**9, 2 * 10**9))
    for word in ("two", "six"):
        path.write_text(path.read_text("utf-8")[:-12] + f"{word}, p.txt.\n", "utf-8")
        os.utime(path, (2 * 10**9, 2 * 10**9))
        assert "2025/12/01/one/index.html" in project.build()[0]
        assert project.site == clean_tree(project.folder)


def test_a_file_that_was_touched_is_read_and_nothing_made(project: Project) -> None:
    project.settle()
    before = {path: path.stat().st_mtime_ns for path in (project.folder / "site").rglob("*")}
    os.utime(project.folder / ARTICLE, (10**9 + 5, 10**9 + 5))
    assert project.build() == ([], ["one.md"])
    assert project.build() == ([], [])
    assert {p: p.stat().st_mtime_ns for p in (project.folder / "site").rglob("*")} == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such time")
def test_a_time_that_was_set_back_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other bytes of the same size with an old time, as from an archive that was unpacked."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(INSTANT))
    project = Project(tmp_path / "project")
    project.build()
    later = time.time_ns() + 10_000_000_000
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: later)
        assert project.build()[0] == []
    path = project.folder / ARTICLE
    path.write_text(path.read_text("utf-8").replace("one", "two"), "utf-8")
    os.utime(path, (10**9, 10**9))
    assert "2025/12/01/one/index.html" in project.build()[0]


def rename(old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        (folder / old).rename(folder / new)

    return edit


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def put(name: str, text: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        write(folder, {name: text})
        os.utime(folder / name, (10**9 + 7, 10**9 + 7))

    return edit


EDITS = {
    "an article is new": put("content/articles/three.md", "---\ntitle: 3\ndate: 2025-12-03\n---\n"),
    "an article is gone": remove(ARTICLE),
    "an article has another name": rename(ARTICLE, "content/articles/uno.md"),
    "an article has moved": rename(ARTICLE, "content/articles/2.md"),
    "a translation is new": put("content/articles/one.en.md", "---\ntitle: In English\n---\n"),
    "an empty file is new": put("content/media/q.txt", ""),
    "a published file has other bytes": put("content/media/p.txt", "elif"),
    "an entry is new": put("content/topics/t.md", "---\nname: T\n---\n"),
    "the configuration has other bytes": put("bulletin.toml", configuration("U")),
    "a template has other bytes": put("templates/home.html", "{{ page }}{{ asset('s.css') }}"),
    "a template is gone": remove("templates/home.html"),
    "a template is new": put("templates/other.html", "{{ page }}"),
    "a static file has other bytes": put("templates/static/s.css", "b{}"),
    "a static file is new": put("templates/static/t.css", "b{}"),
    "another theme": put("bulletin.toml", configuration() + 'theme = "own"\n'),
}
WITHOUT_EFFECT = ("an empty file is new", "a template is new")


@pytest.mark.parametrize("name", EDITS)
def test_every_change_of_files_is_seen(project: Project, name: str) -> None:
    project.settle()
    before = project.site
    EDITS[name](project.folder)
    project.build()
    assert project.site == clean_tree(project.folder)
    assert (project.site == before) == (name in WITHOUT_EFFECT)
    assert project.build()[0] == []


def test_a_theme_is_seen_to_change(project: Project) -> None:
    put("bulletin.toml", configuration() + 'theme = "own"\n')(project.folder)
    project.settle()
    for name in ("themes/own/home.html", "themes/own/threads.html", "themes/own/static/own.css"):
        before = project.site
        put(name, "{{ page }}.")(project.folder)
        project.build()
        # Templates of the site itself go before.
        assert (project.site == before) == (name == "themes/own/home.html")
        assert project.site == clean_tree(project.folder)


def test_folders_that_appear_later_are_seen(project: Project) -> None:
    for name in ("templates", "themes"):
        (project.folder / name).rename(project.folder / f"{name}-aside")
    project.settle()
    bare = project.site
    for name in ("templates", "themes"):
        (project.folder / f"{name}-aside").rename(project.folder / name)
    project.build()
    assert project.site == clean_tree(project.folder) != bare
    for name in ("templates", "themes"):
        (project.folder / name).rename(project.folder / f"{name}-aside")
    project.build()
    assert project.site == bare


def test_a_change_of_the_generator_makes_everything_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file of the program with other bytes: here one more, as of a newer version."""
    project.settle()
    more = tmp_path / "more"
    more.mkdir()
    (more / "more.py").write_text("", "utf-8")
    folders = generator.standing._folders

    def with_more(project: str) -> dict[str, str]:
        return {**folders(project), str(more): "generator"}

    monkeypatch.setattr(generator.standing, "_folders", with_more)
    monkeypatch.setattr("generator.making.code_fingerprint", lambda: "another")
    assert len(project.build()[0]) > 20
    assert project.build()[0] == []


def test_files_of_the_generator_are_among_the_inputs(tmp_path: Path) -> None:
    stock = generator.standing.take_stock(tmp_path)
    paths = {file.path for file in stock.found}
    assert "generator/build.py" in paths
    assert any(path.startswith("shipped/") and path.endswith("/article.html") for path in paths)
    assert any(path.endswith(".mo") for path in paths)


def at(monkeypatch: pytest.MonkeyPatch, day: float) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(INSTANT + day * DAY)))


def test_an_article_appears_at_its_hour_and_goes_when_the_clock_is_set_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        "content/articles/soon.md",
        "---\ntitle: Soon\ndate: 2025-12-05\npublished: 2026-01-03T12:00Z\n---\n",
    )(project.folder)
    page = "2025/12/05/soon/index.html"
    project.settle()
    for day, shown in ((1, False), (2.49, False), (2.5, True), (9, True), (2, False), (3, True)):
        at(monkeypatch, day)
        project.build()
        assert (page in project.site) == shown
        assert project.site == clean_tree(project.folder)
        assert project.build() == ([], [])


def test_a_warning_appears_when_the_day_of_a_planned_meeting_has_passed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        "content/articles/plan.md",
        "---\ntitle: Plan\ndate: 2026-01-03\nstatus: planned\n---\n",
    )(project.folder)
    project.settle()
    # In the zone of the site the day ends 7 hours before.
    for day, codes in ((2.7, []), (2.72, ["planned-in-past"]), (8, ["planned-in-past"]), (1, [])):
        at(monkeypatch, day)
        for _ in range(2):
            report = build_in(project.folder)
            assert [problem.code for problem in report.problems] == codes


def test_time_alone_changes_nothing_before_something_is_due(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.settle()
    monkeypatch.setattr("generator.making.make_site", None)
    for day in (1, 100, 5000):
        at(monkeypatch, day)
        assert project.build() == ([], [])


@pytest.mark.parametrize("option", ["drafts", "future", "portable", "base_url"])
def test_another_question_has_another_answer(project: Project, option: str) -> None:
    put(
        "content/articles/soon.md",
        f"---\ntitle: Soon\ndate: 2025-12-05\ndraft: {str(option == 'drafts').lower()}\n"
        "published: 2026-02-01\n---\n",
    )(project.folder)
    asked: Any = {option: "https://other.example/" if option == "base_url" else True}
    project.settle()
    plain = project.site
    build_in(project.folder, **asked)
    assert project.site == clean_tree(project.folder, **asked) != plain
    assert build_in(project.folder, **asked).rendered == ()
    project.build()
    assert project.site == plain


def test_a_file_of_the_site_that_is_not_as_it_was_left_is_made_again(project: Project) -> None:
    project.settle()
    site = project.site
    page = project.folder / "site/2025/12/01/one/index.html"
    stat = page.stat()
    page.write_bytes(b"x" * stat.st_size)
    os.utime(page, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    if os.name != "nt":
        assert project.build()[0] == ["2025/12/01/one/index.html"]
    page.write_bytes(b"by hand")
    assert project.build()[0] == ["2025/12/01/one/index.html"]
    page.unlink()
    assert project.build()[0] == ["2025/12/01/one/index.html"]
    (project.folder / "site").rename(project.folder / "aside")
    assert len(project.build()[0]) == len(site)
    assert project.site == site


def test_a_file_of_the_site_that_was_touched_is_left_as_it_is(project: Project) -> None:
    project.settle()
    page = project.folder / "site/2025/12/01/one/index.html"
    os.utime(page, (10**9, 10**9))
    assert project.build()[0] == []
    assert page.stat().st_mtime == 10**9
    assert project.build() == ([], [])


@pytest.mark.parametrize("name", ["bulletin.toml", "templates/static/x.css"])
def test_what_is_saved_while_a_build_reads_is_seen_by_the_next(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = project.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text("a {}", "utf-8")
    take_in = generator.intake.take_in

    def saved_meanwhile(*arguments: Any) -> Intake:
        more = path.read_text("utf-8").replace('title = "', 'title = "Another ')
        path.write_text(more + "\n", "utf-8")
        return take_in(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("generator.drafting.take_in", saved_meanwhile)
        project.build()
    project.build()
    assert project.site == clean_tree(project.folder)


@pytest.mark.parametrize("name", ["x.html", "static/data.tmp", "static/x.css"])
def test_links_and_odd_names_in_themes_are_watched(
    project: Project, tmp_path: Path, name: str
) -> None:
    """What a theme uses and what is watched are the same."""
    elsewhere = (project.folder / "templates").rename(tmp_path / "elsewhere")
    file = elsewhere / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("a", "utf-8")
    (elsewhere / "page.html").write_text("{% include 'x.html' ignore missing %}", "utf-8")
    (elsewhere / "around").symlink_to(elsewhere)
    (project.folder / "templates").symlink_to(elsewhere)
    (project.folder / "content/pages").mkdir(parents=True, exist_ok=True)
    (project.folder / "content/pages/about.md").write_text("---\ntitle: A\n---\n", "utf-8")
    project.build()
    file.write_text("b", "utf-8")
    made, _ = project.build()
    assert made
    (elsewhere / "around").unlink()
    assert project.site == clean_tree(project.folder)


def test_a_file_with_a_time_beyond_all_clocks_is_built(project: Project) -> None:
    os.utime(project.folder / ARTICLE, ns=(10**19, 10**19))
    project.build()
    project.build()
    assert project.site == clean_tree(project.folder)


@pytest.mark.parametrize("which", [0, -1, -2])
def test_a_process_beside_sees_files_that_are_not_as_they_were_left(
    project: Project, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    monkeypatch.setattr(generator.standing, "_WORTH_A_PROCESS", 0)
    project.settle()
    manifest = ManifestStore(project.folder, project.folder / "site").load()
    assert manifest
    path = manifest.outputs.paths[which]
    (project.folder / "site" / path).unlink()
    assert project.build() == ([path], [])
    assert project.site == clean_tree(project.folder)
    assert project.build() == ([], [])
