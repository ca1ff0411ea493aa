"""Whatever is edited, an incremental build gives what a clean build gives, byte for byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import generator.amending
from generator.reports import Report
from generator.sealed import FOLDER, save_sealed
from tests.archives import (
    BODY_EDITS,
    PAGES,
    append,
    build_in,
    clean_site,
    configuration,
    errors,
    identity,
    make_archive,
    tree,
    write,
)
from tests.archives import article as archived
from tests.drawn import png

INSTANT = 1767225600
"""1 January 2026."""

EXAMPLES = int(os.environ.get("BULLETIN_EXAMPLES", "8"))


def make_project(folder: Path) -> None:
    make_archive(folder)
    write(folder, {"content/topics/a.md": "---\nname: Alpha\n---\n"})
    for number in range(4):
        write_article(folder, number, 0, 0)
    for number, fields in enumerate(
        (
            "date: 2026-01-03\npublished: 2026-01-03T09:00\nstatus: planned",
            "date: 2025-12-28\npublished: 2025-12-30\ndraft: true",
            "date: 2025-12-31\nstatus: planned",
            "date: 2026-01-02",
        )
    ):
        # Articles that come and go with the clock.
        text = f"---\ntitle: Soon {number}\ntopics: [a]\n{fields}\n---\nTrần Bình, 59-NQ/TW.\n"
        write(folder, {f"content/articles/soon-{number}.md": text})


def article(folder: Path, number: int) -> Path:
    return folder / "content" / "articles" / f"2025-03-{number + 1:02}-meeting-{number}.md"


def write_article(folder: Path, number: int, variant: int, body: int) -> None:
    """An article that differs in every field by which others may depend on it."""
    earlier = f"2025-03-{number:02}-meeting-{number - 1}"
    follows = number and variant % 2 and article(folder, number - 1).exists()
    lines = [
        f"title: Meeting {number} variant {variant % 3}",
        f"date: 2025-{3 + variant % 2:02}-{number + 1:02}",
        f"topics: [a, {'b' if variant % 3 else 'c'}]",
        f"officials: [Trần Bình, Người {variant % 4}]",
        f"draft: {'true' if variant % 5 == 4 else 'false'}",
        f"pinned: {'true' if variant % 7 == 1 else 'false'}",
        f"status: {'planned' if variant % 6 == 5 else 'held'}",
        *([f"follows: {earlier}"] if follows else []),
        *([f"related: [{identity(variant)}]"] if variant % 4 == 3 and variant < 30 else []),
        *([f"unrelated: [{identity(variant + 1)}]"] if variant % 8 == 3 and variant < 29 else []),
        *(["published: 2030-01-01"] if variant % 11 == 10 else []),
    ]
    path = article(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"Trần Bình said {body}. [file](p.txt)\n" if body % 2 else f"Body {body}.\n"
    path.write_text("---\n" + "\n".join(lines) + f"\n---\n{text}", "utf-8")


def without_followers(folder: Path, number: int) -> None:
    """Delete an article and what refers to it, so that the project stays free of errors."""
    later = article(folder, number + 1)
    if later.exists() and article(folder, number).stem in later.read_text("utf-8"):
        write_article(folder, number + 1, 0, 0)
    article(folder, number).unlink(missing_ok=True)


def some_file(folder: Path, pick: int) -> Path:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return files[pick * 7 % len(files)]


# Edits of the project


def rename_official(folder: Path, pick: int) -> None:
    (folder / "content/officials/binh.md").write_text(
        f"---\nname: Trần Bình\nother_names: [Trần Bỉnh {pick % 3}]\nmemberships:\n"
        f"- {{role: Giám đốc {pick % 3}, start_date: 2020-01-01}}\n---\nTiểu sử {pick % 2}.\n",
        "utf-8",
    )


def translate(folder: Path, pick: int) -> None:
    original = article(folder, pick % 4)
    if original.exists():
        original.with_suffix(".en.md").write_text(
            f"---\ntitle: In English {pick}\ndraft: {'true' if pick % 3 else 'false'}\n---\n",
            "utf-8",
        )


def untranslate(folder: Path, number: int) -> None:
    article(folder, number % 4).with_suffix(".en.md").unlink(missing_ok=True)


def edit_article(folder: Path, pick: int) -> None:
    write_article(folder, pick % 6, pick, pick)


def edit_body(folder: Path, pick: int) -> None:
    write_article(folder, pick % 4, 0, pick)


def delete_article(folder: Path, pick: int) -> None:
    untranslate(folder, pick)
    without_followers(folder, pick % 4)


def edit_body_and_fields(folder: Path, pick: int) -> None:
    edit_article(folder, pick)
    BODY_EDITS["add_sentence"](folder, pick)


def retitle_article(folder: Path, pick: int) -> None:
    path = archived(folder, pick % 30)
    path.write_text(path.read_text("utf-8").replace("title: ", "title: A", 1), "utf-8")


def rename_topic(folder: Path, pick: int) -> None:
    (folder / "content/topics/a.md").write_text(f"---\nname: Alpha {pick % 3}\n---\n", "utf-8")


def edit_template(folder: Path, pick: int) -> None:
    append(folder / f"templates/{PAGES[pick % len(PAGES)]}.html", str(pick))


def edit_included_template(folder: Path, pick: int) -> None:
    append(folder / "templates/frame.html", str(pick))


def edit_static_file(folder: Path, pick: int) -> None:
    append(folder / "templates/static/s.css", str(pick))


def edit_picture(folder: Path, pick: int) -> None:
    if pick % 2:
        append(folder / "content/media/p.txt", str(pick))
    else:
        (folder / "content/media/q.png").write_bytes(png(2 + pick % 3, colour=pick % 256))


def retitle_site(folder: Path, pick: int) -> None:
    more = "related.limit = 2" if pick % 2 else "markup.link_names = false" if pick % 5 else ""
    (folder / "bulletin.toml").write_text(configuration(f"T{pick % 3}", more), "utf-8")


def write_free_page(folder: Path, pick: int) -> None:
    (folder / "content/pages/more.md").write_text(f"---\ntitle: More {pick}\n---\n", "utf-8")


def touch(folder: Path, pick: int) -> None:
    """Times that change without the bytes, to now or to long ago."""
    for number in range(pick % 3 + 1):
        path = some_file(folder / "content", pick + number)
        os.utime(path, (10**9, 10**9) if pick % 2 else None)


Edit = Callable[[Path, int], None]
EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        edit_article,
        edit_body,
        edit_body_and_fields,
        delete_article,
        retitle_article,
        translate,
        untranslate,
        rename_official,
        rename_topic,
        edit_template,
        edit_included_template,
        edit_static_file,
        edit_picture,
        retitle_site,
        write_free_page,
        touch,
    )
}


# Changes around it


@dataclass
class Course:
    """A project and how it is built, one build after another. An output is `lost` when it cannot be
    known any more which of its files are ours."""

    folder: Path
    output: str = "site"
    drafts: bool = False
    future: bool = False
    jobs: int = 1
    lost: set[str] = field(default_factory=set)
    copies: list[Path] = field(default_factory=list)
    short_ways: int = 0

    @property
    def site(self) -> Path:
        return self.folder / self.output

    def build(self, clean: bool = False) -> Report:
        return build_in(
            self.folder,
            self.site,
            drafts=self.drafts,
            future=self.future,
            jobs=self.jobs,
            clean=clean,
        )

    def clean_build(self) -> tuple[Report, dict[str, bytes]]:
        return clean_site(self.folder, drafts=self.drafts, future=self.future)

    def kept(self, ours: bool) -> list[Path]:
        """What builds keep: with `ours` the manifests, without it all the rest."""
        files = sorted(path for path in (self.folder / FOLDER).iterdir() if path.is_file())
        return [
            path
            for path in files
            if path.name != "lock" and (path.name.startswith("output") and not path.suffix) == ours
        ]


def switch_drafts(course: Course, _pick: int) -> None:
    course.drafts = not course.drafts


def switch_future(course: Course, _pick: int) -> None:
    course.future = not course.future


def switch_output(course: Course, _pick: int) -> None:
    course.output = "site" if course.output == "other-site" else "other-site"


def switch_jobs(course: Course, _pick: int) -> None:
    course.jobs = 3 - course.jobs


def set_clock(_course: Course, pick: int) -> None:
    os.environ["SOURCE_DATE_EPOCH"] = str(INSTANT + (pick - 15) * 20_000)


def delete_output_file(course: Course, pick: int) -> None:
    if course.site.is_dir():
        some_file(course.site, pick).unlink()


def overwrite_output_file(course: Course, pick: int) -> None:
    if course.site.is_dir():
        some_file(course.site, pick).write_bytes(b"by hand")


def edit_output_in_place(course: Course, pick: int) -> None:
    """By hand, with the size and the time of before."""
    if course.site.is_dir():
        path = some_file(course.site, pick)
        stat = path.stat()
        path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def damage(path: Path, pick: int) -> None:
    data = path.read_bytes()
    match pick % 6:
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(b"")
        case 2:
            path.write_bytes(data[: len(data) * (pick % 7) // 7])
        case 3:
            at = len(data) * (pick % 11) // 11
            path.write_bytes(data[:at] + bytes(byte ^ 255 for byte in data[at : at + 9]))
        case 4:
            path.write_bytes(bytes(byte ^ pick for byte in data))
        case 5:
            another_version(path)


def another_version(path: Path) -> None:
    """What another version of the generator would have kept there."""
    body = path.read_bytes()[4:]
    try:
        version, value = msgspec.msgpack.decode(body, type=tuple[str, msgspec.Raw])
    except msgspec.DecodeError:
        return
    save_sealed(path, f"{version} other", value)


def damage_what_is_kept(course: Course, pick: int) -> None:
    files = course.kept(ours=False)
    if files:
        damage(files[pick % len(files)], pick // 3)


def damage_manifest(course: Course, pick: int) -> None:
    for path in course.kept(ours=True):
        damage(path, pick)
    course.lost = {"site", "other-site"}


def copy_what_is_kept(course: Course, _pick: int) -> None:
    """Put by all that is kept, and what was built."""
    copy = course.folder.parent / f"copy-{len(course.copies)}"
    for name in (FOLDER, "site", "other-site"):
        if (course.folder / name).is_dir():
            shutil.copytree(course.folder / name, copy / name)
    course.copies.append(copy)


def put_back_some(course: Course, pick: int) -> None:
    """Some of what an earlier build kept, in the place of what this did."""
    if course.copies:
        kept = course.copies[pick % len(course.copies)] / FOLDER
        for number, path in enumerate(course.kept(ours=False)):
            if pick >> number & 1 and (kept / path.name).is_file():
                shutil.copy2(kept / path.name, path)


def put_back_manifest(course: Course, pick: int) -> None:
    if course.copies:
        kept = course.copies[pick % len(course.copies)] / FOLDER
        for path in course.kept(ours=True):
            if (kept / path.name).is_file():
                shutil.copy2(kept / path.name, path)
                course.lost = {"site", "other-site"}


def put_back_all(course: Course, pick: int) -> None:
    """What was kept and built with it, as from the cache of a machine that builds."""
    if course.copies:
        copy = course.copies[pick % len(course.copies)]
        for name in (FOLDER, "site", "other-site"):
            shutil.rmtree(course.folder / name, ignore_errors=True)
            if (copy / name).is_dir():
                shutil.copytree(copy / name, course.folder / name)


def delete_what_is_kept(course: Course, _pick: int) -> None:
    shutil.rmtree(course.folder / FOLDER)
    course.lost = {"site", "other-site"}


Change = Callable[[Course, int], None]
CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        switch_drafts,
        switch_future,
        switch_output,
        switch_jobs,
        set_clock,
        delete_output_file,
        overwrite_output_file,
        edit_output_in_place,
        damage_what_is_kept,
        damage_manifest,
        copy_what_is_kept,
        put_back_some,
        put_back_manifest,
        put_back_all,
        delete_what_is_kept,
    )
}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed instant; with more than one job, worker processes for the least work."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(INSTANT))
    for module in ("press", "intake"):
        monkeypatch.setattr(f"generator.{module}._HERE", 0)


@pytest.fixture
def short_ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each build in which only bodies were edited, whether the short way was taken."""
    taken: list[bool] = []
    amend_site = generator.amending.amend_site

    def amend(*args: object) -> Report | None:
        report = amend_site(*args)  # type: ignore[arg-type]
        taken.append(report is not None)
        return report

    monkeypatch.setattr(generator.amending, "amend_site", amend)
    return taken


def said(report: Report) -> tuple[object, ...]:
    """What a report says of the site, and not of the work."""
    return report.problems, report.notices, report.articles, report.held_back, report.pages


def follow(course: Course, steps: list[tuple[str, int]]) -> Iterator[Report]:
    """Take each step and build; what is there then has to be what a clean build gives."""
    for name, pick in steps:
        if name in CHANGES:
            CHANGES[name](course, pick)
        else:
            {**EDITS, **BODY_EDITS}[name](course.folder, pick)
        expected, wanted = course.clean_build()
        report = course.build()
        if course.output in course.lost:
            # Which files are ours may not be known: such are refused or left, and never wrong.
            assert {problem.code for problem in report.problems if problem.is_error} <= {
                "foreign-file"
            }
            if not report.failed:
                assert wanted.items() <= tree(course.site).items()
            shutil.rmtree(course.site, ignore_errors=True)
            report = course.build(clean=True)
            course.lost.discard(course.output)
        assert tree(course.site) == wanted
        assert said(report) == said(expected)
        again = course.build()
        assert (again.rendered, again.removed) == ((), ())
        assert said(again) == said(expected)
        assert leftovers(course.folder) == []
        yield report


def leftovers(folder: Path) -> list[str]:
    """What only a build that was interrupted leaves behind."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.name in (".bulletin-new", "spool") or path.suffix in (".new", ".journal")
    ]


PICKS = st.integers(0, 40)
NAMES = tuple(sorted(found) for found in (EDITS, BODY_EDITS, CHANGES))
ANY_STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES).flatmap(st.sampled_from), PICKS), min_size=1, max_size=7
)
BODY_STEPS = st.lists(st.tuples(st.sampled_from(sorted(BODY_EDITS)), PICKS), min_size=1, max_size=7)
THOROUGH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def try_steps(steps: list[tuple[str, int]]) -> None:
    os.environ["SOURCE_DATE_EPOCH"] = str(INSTANT)
    with tempfile.TemporaryDirectory() as scratch:
        course = Course(Path(scratch) / "project")
        make_project(course.folder)
        assert errors(course.build()) == []
        for _ in follow(course, steps):
            pass


@THOROUGH
@given(ANY_STEPS)
def test_incremental_builds_equal_a_clean_build(steps: list[tuple[str, int]]) -> None:
    try_steps(steps)


def test_edits_of_bodies_equal_a_clean_build(short_ways: list[bool]) -> None:
    @THOROUGH
    @given(BODY_STEPS)
    def run(steps: list[tuple[str, int]]) -> None:
        try_steps(steps)

    run()
    # Otherwise nothing was shown of the short way.
    assert sum(short_ways) > len(short_ways) / 3 > 5


def test_each_edit_of_a_body_equals_a_clean_build(tmp_path: Path) -> None:
    course = Course(tmp_path / "project")
    make_project(course.folder)
    assert errors(course.build()) == []
    for _ in follow(course, [(edit, 4) for edit in sorted(BODY_EDITS)]):
        pass
