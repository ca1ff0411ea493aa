"""Whatever is edited, an incremental build gives what a clean build gives, byte for byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.build import Options, Report, build

# Templates that show the whole view: any change of it that a build misses changes a byte.
SHOW_ALL = "{% include 'frame.html' %}{{ page }} {{ link('topics/a/') }} {{ asset('s.css') }}"
TEMPLATES = [
    *("home", "article", "official", "entry", "entry-year", "shelf", "year", "month", "day"),
    *("thread", "threads", "page", "404", "redirect"),
]


def configuration(title: str) -> str:
    return (
        f'[site]\ntitle = "{title}"\nbase_url = "https://example.org/"\nlanguages = ["vi", "en"]\n'
    )


def make_project(folder: Path) -> None:
    files = {
        "bulletin.toml": configuration("T"),
        "content/topics/a.md": "---\nname: Alpha\n---\n",
        "content/officials/binh.md": "---\nname: Trần Bình\nmemberships:\n"
        "- {role: Giám đốc, start_date: 2020-01-01}\n---\n",
        "content/media/p.txt": "file",
        "templates/frame.html": "<i>{{ site.title }}</i>",
        "templates/static/s.css": "i{}",
        "templates/feed.xml": "{{ page }}",
        "templates/sitemap.xml": "{{ page }}",
        "templates/robots.txt": "{{ page }}",
    }
    files |= {f"templates/{name}.html": SHOW_ALL for name in TEMPLATES}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for number in range(4):
        write_article(folder, number, 0, 0)


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


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def output_file(folder: Path, pick: int) -> Path:
    files = sorted(path for path in (folder / "site").rglob("*") if path.is_file())
    return files[pick % len(files)]


def rename_official(folder: Path, pick: int) -> None:
    (folder / "content/officials/binh.md").write_text(
        f"---\nname: Trần Bình\nother_names: [Trần Bỉnh {pick % 3}]\nmemberships:\n"
        f"- {{role: Giám đốc {pick % 3}, start_date: 2020-01-01}}\n---\nTiểu sử {pick % 2}.\n",
        "utf-8",
    )


def translate(folder: Path, pick: int) -> None:
    original = article(folder, pick % 4)
    if original.exists():
        original.with_suffix(".en.md").write_text(f"---\ntitle: In English {pick}\n---\n", "utf-8")


def untranslate(folder: Path, number: int) -> None:
    article(folder, number % 4).with_suffix(".en.md").unlink(missing_ok=True)


def edit_article(folder: Path, pick: int) -> None:
    write_article(folder, pick % 6, pick, pick)


def edit_body(folder: Path, pick: int) -> None:
    write_article(folder, pick % 4, 0, pick)


def delete_article(folder: Path, pick: int) -> None:
    untranslate(folder, pick)
    without_followers(folder, pick % 4)


def rename_topic(folder: Path, pick: int) -> None:
    (folder / "content/topics/a.md").write_text(f"---\nname: Alpha {pick % 3}\n---\n", "utf-8")


def edit_template(folder: Path, pick: int) -> None:
    append(folder / f"templates/{TEMPLATES[pick % len(TEMPLATES)]}.html", str(pick))


def edit_included_template(folder: Path, pick: int) -> None:
    append(folder / "templates/frame.html", str(pick))


def edit_static_file(folder: Path, pick: int) -> None:
    append(folder / "templates/static/s.css", str(pick))


def edit_picture(folder: Path, pick: int) -> None:
    append(folder / "content/media/p.txt", str(pick))


def retitle_site(folder: Path, pick: int) -> None:
    (folder / "bulletin.toml").write_text(configuration(f"T{pick % 3}"), "utf-8")


def write_free_page(folder: Path, pick: int) -> None:
    (folder / "content/pages").mkdir(exist_ok=True)
    (folder / "content/pages/about.md").write_text(f"---\ntitle: About {pick}\n---\n", "utf-8")


def delete_output_file(folder: Path, pick: int) -> None:
    output_file(folder, pick).unlink()


def overwrite_output_file(folder: Path, pick: int) -> None:
    output_file(folder, pick).write_bytes(b"by hand")


def damage_cache(folder: Path, pick: int) -> None:
    (folder / ".bulletin/markup").write_bytes(b"\0" * (pick % 50))


def delete_caches(folder: Path, _pick: int) -> None:
    shutil.rmtree(folder / ".bulletin")


Edit = Callable[[Path, int], None]
EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        edit_article,
        edit_body,
        delete_article,
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
        delete_output_file,
        overwrite_output_file,
        damage_cache,
        delete_caches,
    )
}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def build_in(project: Path, output: Path, clean: bool = False) -> Report:
    return build(Options(project=project, output=output, clean=clean))


def errors(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems if problem.is_error]


@pytest.fixture(autouse=True)
def _fixed_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")


@settings(
    max_examples=int(os.environ.get("BULLETIN_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 40)), max_size=6))
def test_incremental_builds_equal_a_clean_build(edits: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "project"
        make_project(project)
        assert errors(build_in(project, project / "site")) == []
        for name, number in edits:
            EDITS[name](project, number)
            # Without a manifest what is there may be overwritten only when told so, and is then
            # known as ours again.
            clean = name == "delete_caches"
            report = build_in(project, project / "site", clean=clean)
            assert errors(report) == []
            fresh = Path(scratch) / "fresh"
            copy = Path(scratch) / "copy"
            shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".bulletin", "site"))
            assert errors(build_in(copy, fresh)) == []
            if clean:
                # What an unknown build left behind stays: nothing foreign is ever deleted.
                shutil.rmtree(project / "site")
                build_in(project, project / "site")
            assert tree(project / "site") == tree(fresh)
            again = build_in(project, project / "site")
            assert [made.path for made in again.rendered] == []
            shutil.rmtree(fresh)
            shutil.rmtree(copy)
