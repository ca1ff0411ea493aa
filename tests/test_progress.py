"""What a build says while it works, and at its end."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from generator.cli import main
from generator.i18n import Translator
from generator.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("generator.progress.time.monotonic", clock)
    return clock


def test_short_work_shows_no_bar(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, Translator("en"))
    clock.now += 0.9
    bar("Pages", 5, 10)
    bar.clear()
    assert terminal.getvalue() == ""


def test_long_work_shows_a_bar_that_is_taken_away(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, Translator("vi"))
    clock.now += 1.1
    bar("Pages", 1500, 3000)
    shown = terminal.getvalue()
    assert shown.startswith("\r")
    assert "███████████████░░░░░░░░░░░░░░░" in shown
    assert "1.500/3.000" in shown
    bar.clear()
    last = terminal.getvalue().removeprefix(shown)
    assert last.strip() == ""
    assert last.startswith("\r")
    assert last.endswith("\r")


def test_where_nobody_looks_on_there_is_no_bar(clock: Clock) -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream, Translator("en"))
    clock.now += 60
    bar("Pages", 1, 2)
    assert stream.getvalue() == ""


def test_a_build_counts_what_it_wrote_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bulletin.toml").write_text('[site]\ntitle = "T"\nlanguage = "en"\n', "utf-8")
    articles = tmp_path / "content/articles"
    articles.mkdir(parents=True)
    for day in (1, 2):
        text = f"---\ntitle: Day {day}\ndate: 2025-03-0{day}\n---\nText.\n"
        (articles / f"2025-03-0{day}-day.md").write_text(text, "utf-8")
    assert main(["build", "--project", str(tmp_path)]) == 0
    first = capsys.readouterr().out
    assert "articles: 2," in first
    assert "Written because" not in first
    (articles / "2025-03-03-day.md").write_text(
        "---\ntitle: Day 3\ndate: 2025-03-03\n---\nText.\n", "utf-8"
    )
    assert main(["build", "--project", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "articles: 3," in said
    reasons = next(line for line in said.splitlines() if line.startswith("Written because: "))
    assert "2× new" in reasons
    assert "changed: " in reasons
    assert main(["build", "--project", str(tmp_path)]) == 0
    assert "files written: 0, removed: 0" in capsys.readouterr().out
