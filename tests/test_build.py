"""What a build does to the output folder, and what it leaves alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.build import build
from generator.cli import main
from generator.reports import Options, Report
from generator.scanning import FileStat
from generator.sealed import FOLDER
from generator.write import _write_file, locked

ARTICLE = (
    "---\ntitle: Meeting {n}\ndate: 2025-{month:02}-{day:02}\ntopics: [Văn hóa]\n---\nText {n}.\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    folder = tmp_path / "project"
    write(folder / "bulletin.toml", '[site]\ntitle = "T"\nbase_url = "https://example.org/b/"\n')
    write(folder / "content/topics/van-hoa.md", "---\nname: Văn hóa\n---\n")
    add_article(folder, 1)
    add_article(folder, 2)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def add_article(folder: Path, n: int) -> Path:
    path = folder / f"content/articles/meeting-{n}.md"
    write(path, ARTICLE.format(n=n, month=n % 12 + 1, day=n % 28 + 1))
    return path


def run(project: Path, *, clean: bool = False, portable: bool = False) -> Report:
    report = build(
        Options(project=project, output=project / "site", clean=clean, portable=portable)
    )
    assert [problem for problem in report.problems if problem.is_error] == []
    return report


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def page(project: Path, address: str) -> str:
    return (project / "site" / address / "index.html").read_text("utf-8")


def test_a_second_build_renders_nothing(project: Path) -> None:
    assert run(project).rendered
    before = {path: path.stat().st_mtime_ns for path in (project / "site").rglob("*")}
    assert run(project).rendered == ()
    assert {path: path.stat().st_mtime_ns for path in (project / "site").rglob("*")} == before


def test_one_edited_body_renders_its_page_and_the_feed(project: Path) -> None:
    run(project)
    path = project / "content/articles/meeting-1.md"
    path.write_text(path.read_text("utf-8").replace("Text 1.", "Text 1.\n\nMore."), "utf-8")
    made = {file.path: file.values["fields"] for file in run(project).rendered}
    assert made == {"2025/02/02/meeting-1/index.html": "html", "feed.xml": "items"}


def test_explain_names_the_template_that_changed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project)
    write(project / "templates/day.html", "{% extends 'theme/day.html' %}")
    assert main(["build", "--project", str(project), "--explain", "--search", "off"]) == 0
    shown = capsys.readouterr().out
    assert "2025/02/02/index.html: " in shown
    assert "day.html" in shown
    assert "meeting-1/index.html" not in shown


def test_what_is_no_longer_planned_is_removed_with_its_folders(project: Path) -> None:
    run(project)
    (project / "content/articles/meeting-2.md").unlink()
    report = run(project)
    assert "2025/03/03/meeting-2/index.html" in report.removed
    assert not (project / "site/2025/03").exists()


def test_foreign_files_are_never_removed(project: Path) -> None:
    run(project)
    foreign = project / "site/2025/03/03/notes.txt"
    write(foreign, "mine")
    (project / "content/articles/meeting-2.md").unlink()
    run(project)
    run(project, clean=True)
    assert foreign.read_text() == "mine"


def test_a_foreign_file_in_the_way_is_an_error_unless_clean(project: Path) -> None:
    write(project / "site/index.html", "mine")
    report = build(Options(project=project, output=project / "site"))
    assert [problem.code for problem in report.problems] == ["foreign-file"]
    assert tree(project / "site") == {"index.html": b"mine"}
    run(project, clean=True)
    assert (project / "site/index.html").read_text() != "mine"


def test_caches_may_be_deleted_when_the_site_is_unchanged(project: Path) -> None:
    run(project)
    before = tree(project / "site")
    for path in (project / FOLDER).iterdir():
        path.unlink()
    run(project)
    assert tree(project / "site") == before


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "garbage"])
def test_damaged_caches_are_rebuilt_not_trusted(project: Path, damage: str) -> None:
    run(project)
    expected = tree(project / "site")
    for path in (project / FOLDER).iterdir():
        data = path.read_bytes()
        if not data:
            continue
        broken = {
            "truncated": data[: len(data) // 2],
            "flipped": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
            "empty": b"",
            "garbage": b"\x93\x01\x02",
        }[damage]
        path.write_bytes(broken)
    run(project)
    assert tree(project / "site") == expected


def test_files_edited_or_deleted_in_the_output_are_restored(project: Path) -> None:
    run(project)
    expected = tree(project / "site")
    (project / "site/index.html").unlink()
    (project / "site/feed.xml").write_text("x")
    report = run(project)
    assert {made.path for made in report.rendered} == {"index.html", "feed.xml"}
    assert tree(project / "site") == expected


@pytest.mark.parametrize("after", [0, 1, 4, 9])
def test_the_build_after_an_interrupted_one_makes_the_site_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    run(project)
    add_article(project, 3)
    (project / "content/articles/meeting-1.md").unlink()
    written = 0

    def fail(target: str, data: bytes) -> FileStat:
        nonlocal written
        if written == after:
            raise KeyboardInterrupt
        written += 1
        return _write_file(target, data)

    with monkeypatch.context() as patch:
        patch.setattr("generator.write._write_file", fail)
        with pytest.raises(KeyboardInterrupt):
            run(project)
    run(project)
    recovered = tree(project / "site")
    whole = build(Options(project=project, output=project / "whole"))
    assert not whole.failed
    assert recovered == tree(project / "whole")
    assert run(project).rendered == ()


def test_a_second_build_waits_for_the_first(project: Path) -> None:
    waiting = threading.Event()
    done: list[Report] = []
    with locked(project / FOLDER / "lock"):
        options = Options(project=project, output=project / "site")
        second = threading.Thread(target=lambda: done.append(build(options, waiting.set)))
        second.start()
        assert waiting.wait(30)
        assert done == []
    second.join(60)
    assert not done[0].failed


def test_an_error_leaves_the_last_good_site_untouched(project: Path) -> None:
    run(project)
    before = tree(project / "site")
    write(project / "content/articles/broken.md", "---\ntitle: a: b\n---\n")
    write(project / "templates/topic.html", "{{ nothing }}")
    assert main(["build", "--project", str(project)]) == 1
    assert tree(project / "site") == before


def test_a_template_error_names_its_file_and_line_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project)
    before = tree(project / "site")
    write(project / "templates/day.html", "<p>\n{{ page.nothing }}\n")
    assert main(["build", "--project", str(project)]) == 1
    assert "templates/day.html:2:1: " in capsys.readouterr().err
    assert tree(project / "site") == before


def test_lists_of_at_most_60_are_whole_and_longer_ones_split_by_year(project: Path) -> None:
    for n in range(3, 61):
        add_article(project, n)
    run(project)
    assert page(project, "topics/van-hoa").count("Meeting ") >= 60
    assert not (project / "site/topics/van-hoa/2025").exists()
    add_article(project, 61)
    run(project)
    assert len(set(re.findall(r"Meeting \d+", page(project, "topics/van-hoa")))) == 30
    assert len(set(re.findall(r"Meeting \d+", page(project, "topics/van-hoa/2025")))) == 61


def test_without_an_address_there_is_no_feed_and_one_notice_says_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "bulletin.toml", '[site]\ntitle = "T"\n')
    assert main(["build", "--project", str(project)]) == 0
    assert capsys.readouterr().out.count("base_url") == 1
    for name in ("feed.xml", "sitemap.xml"):
        assert not (project / "site" / name).exists()
    assert 'rel="canonical"' not in page(project, "topics/van-hoa")


def test_links_are_relative_and_portable_ones_name_the_file(project: Path) -> None:
    run(project)
    assert 'href="../../topics/van-hoa/"' not in page(project, "")
    assert 'href="./topics/van-hoa/"' in page(project, "")
    run(project, portable=True)
    assert 'href="./topics/van-hoa/index.html"' in page(project, "")


def test_links_of_the_404_page_start_at_the_base_url(project: Path) -> None:
    run(project)
    text = (project / "site/404.html").read_text("utf-8")
    assert set(re.findall(r'href="(/[^"]*?)(?:topics/|assets/)', text)) == {"/b/"}


def test_every_internal_link_leads_to_a_file(project: Path) -> None:
    run(project)
    site = project / "site"
    for file in site.rglob("*.html"):
        for href in re.findall(r'(?:href|src)="([^"#]*)', file.read_text("utf-8")):
            if href and not re.match(r"https?:|mailto:|/", href):
                target = (file.parent / href).resolve()
                assert (target / "index.html" if href.endswith("/") else target).is_file(), href


@pytest.mark.parametrize("output", [".", "content/x", "..", "templates", ".bulletin/out"])
def test_the_project_itself_cannot_be_the_output(project: Path, output: str) -> None:
    assert main(["build", "--project", str(project), "--output", str(project / output)]) == 2


def test_a_full_disk_or_forbidden_folder_is_said_in_a_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> FileStat:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.write._write_file", full)
    assert main(["build", "--project", str(project)]) == 3
    assert "No space left" in capsys.readouterr().err


def test_results_do_not_depend_on_jobs_or_hash_seed(project: Path) -> None:
    trees = []
    for jobs, seed in (("1", "0"), ("2", "1")):
        output = project / f"out-{jobs}"
        command = [sys.executable, "-m", "generator", "build", "--project", str(project)]
        subprocess.run(
            [*command, "--jobs", jobs, "--output", str(output), "--clean"],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        trees.append(tree(output))
    assert trees[0] == trees[1]


def test_a_file_where_another_needs_a_folder_is_told_before_anything_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "content/articles/meeting-1.md"
    text = path.read_text("utf-8").replace(
        "topics:", "aliases: [/old.html, /old.html/more/]\ntopics:"
    )
    path.write_text(text, "utf-8")
    assert main(["build", "--project", str(project)]) == 1
    assert "[address-taken]" in capsys.readouterr().err
    assert not (project / "site").exists()


def test_an_article_shows_the_steps_of_a_long_thread_near_its_own(project: Path) -> None:
    for n in range(2, 21):
        path = add_article(project, n)
        follows = f"follows: meeting-{n - 1}\ntopics:"
        path.write_text(path.read_text("utf-8").replace("topics:", follows), "utf-8")
    run(project)
    (article,) = (project / "site/2025").rglob("meeting-10/index.html")
    thread = article.read_text("utf-8").split('id="thread"')[1].split("</section>")[0]
    assert 7 <= len(set(re.findall(r"Meeting \d+", thread))) <= 13
    (whole,) = (project / "site/threads").rglob("*/index.html")
    assert len(set(re.findall(r"Meeting \d+", whole.read_text("utf-8")))) == 20


def test_an_address_may_become_a_folder_and_a_file_again(project: Path) -> None:
    path = project / "content/articles/meeting-1.md"
    text = path.read_text("utf-8")
    for alias in ("/old.html", "/old.html/print/", "/old.html"):
        path.write_text(text.replace("topics:", f"aliases: [{alias}]\ntopics:"), "utf-8")
        run(project)
    assert (project / "site/old.html").is_file()
    assert run(project).rendered == ()


def test_links_to_files_with_a_number_sign_in_their_names_work(project: Path) -> None:
    write(project / "content/media/Báo cáo #1.pdf", "x")
    path = project / "content/articles/meeting-1.md"
    path.write_text(path.read_text("utf-8") + "[x](<Báo cáo %231.pdf>)\n", "utf-8")
    run(project)
    assert "%20%231.pdf" in page(project, "2025/02/02/meeting-1")


def test_the_id_of_a_draft_entry_is_shown_nowhere(project: Path) -> None:
    draft = "---\nname: Zq\ndraft: true\n---\n"
    write(project / "content/organisations/zq-body.md", draft)
    write(project / "content/places/zq-place.md", draft)
    write(
        project / "content/officials/an.md",
        "---\nname: Lê An\nmemberships:\n"
        "- {role: R, organization: zq-body, as_of: 2025-02-02}\n---\n",
    )
    path = project / "content/articles/meeting-1.md"
    fields = "location: zq-place\nofficials: [an]\ntopics:"
    path.write_text(path.read_text("utf-8").replace("topics:", fields), "utf-8")
    run(project)
    assert [name for name, data in tree(project / "site").items() if b"zq-" in data] == []


@pytest.mark.parametrize("names", [("caf\u00e9", "cafe\u0301"), ("b\udce9", "b\udce8")])
def test_two_files_whose_names_become_one_are_told(
    project: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, str]
) -> None:
    text = "---\ntitle: T\ndate: 2025-03-01\n---\n"
    for name in names:
        write(project / f"content/articles/{name}.md", text)
    assert main(["build", "--project", str(project)]) == 1
    assert "[duplicate-id]" in capsys.readouterr().err
