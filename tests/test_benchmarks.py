"""What the benchmarks measure with: that figures compare like with like."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import bars, measuring, peers
from benchmarks.corpus import FORMATS, generate, generate_into, write
from benchmarks.synthetic.plain import names_on
from benchmarks.synthetic.records import Corpus, Link


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(40)


def test_a_project_written_article_by_article_is_the_same(tmp_path: Path) -> None:
    write(generate(40, shelves=True), tmp_path / "whole")
    facts = generate_into(tmp_path / "streamed", 40, shelves=True)
    assert measuring.differing(tmp_path / "whole", tmp_path / "streamed") == []
    assert {type(part) for article in facts.articles for part in article.body} == {Link}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_has_every_article_with_its_topics(
    form: str, corpus: Corpus, tmp_path: Path
) -> None:
    write(corpus, tmp_path, form)
    generator = peers.PEERS.get(form, peers.BULLETIN)
    for article in corpus.articles:
        text = (tmp_path / generator.source(article)).read_text("utf-8")
        # JSON escapes quotation marks.
        assert article.title in text or json.dumps(article.title, ensure_ascii=False) in text
        assert all(name in text for name in names_on("topics", article))
        assert all(name in text for name in names_on("officials", article))
        assert all(part in text for part in article.body if isinstance(part, str))


def test_a_site_that_lacks_pages_is_found_out(corpus: Corpus, tmp_path: Path) -> None:
    site = peers.Site(peers.PEERS["hugo"], "hugo", tmp_path)
    first, *others = corpus.articles
    for article in others:
        page = tmp_path / "public" / peers.PEERS["hugo"].page(article)
        page.parent.mkdir(parents=True)
        page.touch()
    lacking = list(site.lacking(corpus))
    assert f"Hugo: {first.id} has no page" in lacking
    assert sum("has no page" in line for line in lacking) == 1
    assert "Hugo: no sitemap.xml" in lacking


def test_a_peer_that_is_not_there_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as stopped:
        peers.main(["--peers", "hugo", "--hugo", "/nowhere/hugo"])
    assert stopped.value.code == 2
    assert "hugo is not installed" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="takes /proc")
def test_memory_is_that_of_all_processes_together(tmp_path: Path) -> None:
    hold = f"held = bytearray(b'x') * {20 * 2**20}"
    child = f"import time; {hold}; time.sleep(0.5)"
    start = f"from subprocess import Popen; from sys import executable as python; {hold}"
    both = f"{start}; Popen([python, '-c', {child!r}]).wait()"
    alone = measuring.run([sys.executable, "-c", child], tmp_path, watch=True)
    together = measuring.run([sys.executable, "-c", both], tmp_path, watch=True)
    assert 20 < alone.peak < 40
    # What the two share is counted once.
    assert alone.peak + 20 < together.peak < 2 * alone.peak + 20
    assert measuring.run([sys.executable, "-c", "pass"], tmp_path).peak == 0


def test_processor_time_includes_children_and_what_was_printed_is_kept(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass\nprint('done')"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}], check=True)"
    done = measuring.run([sys.executable, "-c", child], tmp_path)
    assert done.cpu >= 0.3
    assert done.seconds > 0
    assert done.printed == "done\n"


def test_a_command_that_fails_ends_the_benchmark_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="it broke"):
        measuring.run([sys.executable, "-c", "raise ValueError('it broke')"], tmp_path)


def test_files_written_and_removed_are_counted(tmp_path: Path) -> None:
    for name in ("a/kept", "a/changed", "a/replaced", "a/gone"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    before = measuring.files(tmp_path)
    (tmp_path / "a/changed").write_text("new")
    (tmp_path / "new").write_text("a/replaced")
    (tmp_path / "new").replace(tmp_path / "a/replaced")
    (tmp_path / "a/gone").unlink()
    (tmp_path / "a/more").touch()
    after = measuring.files(tmp_path)
    assert measuring.written(before, after) == 3
    assert measuring.removed(before, after) == 1


def test_trees_that_differ_by_a_byte_or_a_file_differ(tmp_path: Path) -> None:
    for name in ("one", "other"):
        for file in ("same", "unlike"):
            path = tmp_path / name / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(name if file == "unlike" else "same")
    (tmp_path / "one" / "only").touch()
    assert measuring.differing(tmp_path / "one", tmp_path / "other") == ["only", "unlike"]


def test_bars_make_every_edit_and_compare_it_with_a_clean_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = {"archive": "built\n", "clean": "built\n"}

    def build(project: Path, watch: bool = False) -> measuring.Measured:
        (project / "site").mkdir(exist_ok=True)
        content = sorted((project / "content").rglob("*.md"))
        text = "".join(path.read_text("utf-8") for path in content)
        (project / "site" / "index.html").write_text(sites[project.name] + text, "utf-8")
        return measuring.Measured(1.0, 1.0, 5.0 * watch, "pages: 3; written: 1")

    monkeypatch.setattr(bars, "run_build", build)
    monkeypatch.setattr(bars, "unlisted", lambda site, corpus: [])
    assert bars.measure(tmp_path / "one", 40, 1, shelves=True, compare=True) == []
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert [row[0].strip("| ") for row in rows[:4]] == [
        bars.COLD,
        bars.MEMORY,
        bars.SAME,
        bars.BODY,
    ]
    del rows[1]
    assert [row[6] for row in rows] == ["1"] * 8
    assert {row[-1] for row in rows} == {"pages: 3; written: 1 |"}

    sites["clean"] = "otherwise\n"
    wrong = bars.measure(tmp_path / "two", 40, 1, shelves=False, compare=True)
    assert wrong[0] == "cold: index.html is not as in a clean build"


def test_bars_of_real_builds(capsys: pytest.CaptureFixture[str]) -> None:
    assert bars.main(["--articles", "12", "--no-compare", "--no-shelves"]) == 0
    printed = capsys.readouterr().out
    assert "| one article deleted | 12 |" in printed
    assert "0 things are missing or different" in printed
