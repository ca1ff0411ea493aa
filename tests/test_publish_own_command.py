"""Publishing by a command of the user's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from generator.own_command import run_command, shown
from generator.publish_targets import Command
from generator.remote_errors import TargetError

WRITES = """import os, sys
from pathlib import Path
told = (os.getcwd(), os.environ["BULLETIN_SITE"], os.environ["BULLETIN_BASE_URL"], *sys.argv[1:])
Path("told").write_text("\\n".join(told), "utf-8")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "dự án"
    folder.mkdir()
    (folder / "writes.py").write_text(WRITES, "utf-8")
    return folder


def told(project: Path) -> list[str]:
    return (project / "told").read_text("utf-8").split("\n")


def test_it_is_told_where_the_site_is(project: Path) -> None:
    site = project / "site"
    words = (sys.executable, "writes.py", "{site}", "--from={site}/", "$HOME; {other} *", "a b")
    run_command(Command(words), project, site, "https://example.vn/")
    assert told(project) == [
        str(project), str(site), "https://example.vn/",
        str(site), f"--from={site}/", "$HOME; {other} *", "a b",
    ]  # fmt: skip


def test_without_the_word_the_environment_says_it(project: Path) -> None:
    run_command(Command((sys.executable, "writes.py")), project, project / "out", "")
    assert told(project) == [str(project), str(project / "out"), ""]


def test_what_it_prints_is_seen(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr)"
    run_command(Command((sys.executable, "-c", code)), project, project, "")
    assert capfd.readouterr() == (f"out{os.linesep}", f"err{os.linesep}")


def test_a_code_that_is_not_zero(project: Path) -> None:
    command = Command((sys.executable, "-c", "raise SystemExit(7)"))
    with pytest.raises(TargetError, match="ended with the code 7"):
        run_command(command, project, project, "")


@pytest.mark.parametrize("name", ["no-such-program", "./no-such-program"])
def test_no_such_program(project: Path, name: str) -> None:
    with pytest.raises(TargetError, match=f"no program “{name}”"):
        run_command(Command((name,)), project, project, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows runs no scripts without an ending")
def test_a_program_of_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "tools").mkdir()
    script = project / "tools" / "send"
    script.write_text('#!/bin/sh\necho "$1" > told\n', "utf-8")
    with pytest.raises(TargetError, match="cannot be run: Permission denied"):
        run_command(Command(("tools/send", "x")), project, project, "")
    script.chmod(0o755)
    run_command(Command(("tools/send", "x")), project, project, "")
    assert told(project) == ["x", ""]


def test_how_it_is_shown(tmp_path: Path) -> None:
    """Whatever follows an option may be a password, so only what is known for certain is shown."""
    command = Command(("lftp", "-u", "lan,S3cret", "{site}", "--to=S3cret"))
    assert shown(command, tmp_path / "my site") == f"lftp … '{tmp_path / 'my site'}' …"
    assert shown(Command(("deploy",)), tmp_path) == "deploy"
