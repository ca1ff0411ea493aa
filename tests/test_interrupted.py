"""A build may end at any moment, also without being told so: the next makes the site whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.sealed import FOLDER
from tests.archives import BODY_EDITS, append, article, build_in, clean_tree, make_archive, tree

INSTANT = "1767225600"
KILLS = max(8, int(os.environ.get("BULLETIN_EXAMPLES", "8")))
ROOT = Path(__file__).parent.parent
MARK = "BULLETIN_TEST_BUILD"

# The command, with so little work in each task that an archive of a test keeps processes busy.
COMMAND = """
import sys
import generator.intake, generator.press, generator.write
generator.intake._HERE = generator.press._HERE = 0
generator.intake._CHUNK = generator.press._BATCH = generator.write._BATCH = 4
from generator.cli import main
sys.exit(main(["build", "--jobs", "2"]))
"""


@pytest.fixture(autouse=True)
def _fixed_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", INSTANT)


def start(project: Path) -> subprocess.Popen[bytes]:
    """A build in a process of its own, and in two more; all of them bear a mark."""
    environment = {**os.environ, MARK: str(project), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def marked(project: Path) -> list[int]:
    """The processes that bear the mark of a project."""
    mark = f"{MARK}={project}".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def leftovers(project: Path) -> list[str]:
    return [
        path.relative_to(project).as_posix()
        for path in project.rglob("*")
        if path.name in (".bulletin-new", "spool") or path.suffix == ".journal"
    ]


def edit(project: Path, number: int) -> None:
    """Every so often much changes, else little."""
    BODY_EDITS["add_common_words"](project, number)
    if number % 3 == 0:
        append(project / "templates/frame.html", str(number))
    if number % 3 == 1:
        path = article(project, number)
        path.write_text(path.read_text("utf-8").replace("title: ", "title: A", 1), "utf-8")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_a_build_that_is_killed_is_made_good_by_the_next(tmp_path: Path) -> None:
    project = tmp_path / "project"
    make_archive(project, 40)
    begun = time.monotonic()
    assert start(project).wait() == 0
    lasts = time.monotonic() - begun
    assert tree(project / "site") == clean_tree(project, search=True)
    chance = random.Random(KILLS)
    for number in range(KILLS):
        if number % 4 == 3:
            # As if nothing had been built yet.
            for folder in (FOLDER, "site"):
                (project / folder).rename(tmp_path / f"{folder}-{number}")
        edit(project, number)
        process = start(project)
        # The interpreter starts in a tenth of it.
        time.sleep(lasts * (0.1 + 0.9 * (number + chance.random()) / KILLS))
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 20
        while marked(project) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert marked(project) == []
        report = build_in(project, jobs=1 + number % 2, search=True)
        assert [problem for problem in report.problems if problem.is_error] == []
        assert tree(project / "site") == clean_tree(project, search=True)
        assert leftovers(project) == []
        assert build_in(project, search=True).rendered == ()


@pytest.mark.parametrize("undone", [False, True])
def test_a_build_stopped_at_any_step_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undone: bool
) -> None:
    """Each time a file has been put in its place, and each time before; where the edit is then
    undone, what the interrupted build wrote is too."""
    project = tmp_path / "project"
    make_archive(project, 4)
    build_in(project)
    frame = project / "templates/frame.html"
    texts = [frame.read_text("utf-8"), "<b>{{ site.title }}</b>"]
    sites: list[dict[str, bytes]] = []
    for text in reversed(texts):
        frame.write_text(text, "utf-8")
        sites.insert(0, clean_tree(project))
    replace = os.replace
    step = 0
    stopped = True
    while stopped:
        left = step // 2

        def stop(old: str | Path, new: str | Path, after: bool = bool(step % 2)) -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                replace(old, new)
                return
            if after:
                replace(old, new)
            raise KeyboardInterrupt

        target = 1 if undone else 1 - step % 2
        frame.write_text(texts[target], "utf-8")
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", stop)
            try:
                build_in(project)
                stopped = False
            except KeyboardInterrupt:
                pass
        if undone:
            target = 0
            frame.write_text(texts[target], "utf-8")
        build_in(project)
        assert tree(project / "site") == sites[target], step
        assert leftovers(project) == [], step
        assert build_in(project).rendered == ()
        step += 1 if step < 14 else 15
    assert step > 40
