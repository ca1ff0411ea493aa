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
TEMPLATES = (
    "home article official entry entry-year shelf year month day thread threads page 404 redirect"
).split()


def make_project(folder: Path) -> None:
    files = {
        "bulletin.toml": '[site]\ntitle = "T"\nbase_url = "https://example.org/"\n'
        'languages = ["vi", "en"]\n',
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
    article(folder, number).with_suffix(".en.md").unlink(missing_ok=True)


Edit = Callable[[Path, int], None]
EDITS: dict[str, Edit] = {
    "write an article": lambda f, n: write_article(f, n % 6, n, n),
    "edit a body": lambda f, n: write_article(f, n % 4, 0, n),
    "delete an article": lambda f, n: (untranslate(f, n % 5), without_followers(f, n % 5))[1],
    "translate an article": translate,
    "remove a translation": lambda f, n: untranslate(f, n % 4),
    "change an official": rename_official,
    "rename a topic": lambda f, n: (f / "content/topics/a.md").write_text(
        f"---\nname: Alpha {n % 3}\n---\n", "utf-8"
    ) and None,
    "edit a template": lambda f, n: append(f / f"templates/{TEMPLATES[n % 14]}.html", str(n)),
    "edit an included template": lambda f, n: append(f / "templates/frame.html", str(n)),
    "edit a static file": lambda f, n: append(f / "templates/static/s.css", str(n)),
    "edit a picture": lambda f, n: append(f / "content/media/p.txt", str(n)),
    "change the site's title": lambda f, n: (f / "bulletin.toml").write_text(
        f'[site]\ntitle = "T{n % 3}"\nbase_url = "https://example.org/"\nlanguages = ["vi", "en"]\n',
        "utf-8",
    ) and None,
    "add a free page": lambda f, n: (
        (f / "content/pages").mkdir(exist_ok=True),
        (f / "content/pages/about.md").write_text(f"---\ntitle: About {n}\n---\n", "utf-8"),
    ) and None,
    "delete an output file": lambda f, n: output_file(f, n).unlink(),
    "edit an output file": lambda f, n: output_file(f, n).write_bytes(b"by hand"),
    "delete the caches": lambda f, n: shutil.rmtree(f / ".bulletin"),
    "damage a cache": lambda f, n: (f / ".bulletin/markup").write_bytes(b"\x00" * (n % 50)) and None,
}  # fmt: skip


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
            clean = name == "delete the caches"
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
