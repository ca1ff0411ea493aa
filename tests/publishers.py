"""A small site in several versions, and processes that publish it.

publisher = Publisher(build_versions(tmp_path / "project"), live, tmp_path)
publisher.complete(OLD)
assert publisher.differences(OLD) == set()
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from generator.build import build
from generator.remote import STATE
from generator.reports import Options
from generator.sealed import FOLDER
from tests.crawling import BASE_URL
from tests.drawn import png
from tests.servers.places import Place
from tests.sites import NOW, Site, article, entry

OLD, NEW, EDITED = range(3)
"""The versions: all new but for a few, and the old one with a sentence more in one article."""

KILLED = 1 if sys.platform == "win32" else -signal.SIGKILL
ROOT = Path(__file__).parent.parent
TOML = f'[site]\ntitle = "Bulletin"\nlanguage = "en"\nbase_url = "{BASE_URL}"\n'
PLANNED = re.compile(r"To send: (\d+) .*; to remove: (\d+);")


@dataclass(frozen=True)
class Built:
    """A project, and the folders of the versions of its site."""

    project: Path
    outputs: tuple[Path, ...]


def content(version: str) -> dict[str, str | bytes]:
    """Articles and topics that have come, gone, been renamed and edited, and pictures of which some
    have been replaced."""
    is_new = version == "new"
    topics = ("trade", "culture", "borders") if is_new else ("trade", "culture", "visits")
    files: dict[str, str | bytes] = {"content/officials/an.md": entry("An")}
    for topic in topics:
        files[f"content/topics/{topic}.md"] = entry(f"Of {topic}")
    for number in range(5):
        colour = 200 if is_new and number < 3 else 10 * number
        files[f"content/media/p{number}.png"] = png(600, 400, colour)
    for number in range(4, 16) if is_new else range(12):
        name = f"moved-{number}" if is_new and number % 4 == 1 else f"meeting-{number}"
        title = f"Meeting {number}" + (", corrected" if is_new and number % 3 else "")
        fields = (f"topics: [{topics[number % 3]}]", "officials: [An]", "summary: In short.")
        said = "New text. " * 20 * is_new + "One more." * (version == "edited" and number == 3)
        body = f"{said}\n\n![A picture](p{number % 5}.png)\n"
        date = f"2025-{3 + number // 4:02}-{3 + number % 4:02}"
        files[f"content/articles/{name}.md"] = article(*fields, title=title, date=date, body=body)
    return files


def build_versions(project: Path) -> Built:
    """Build all versions."""
    outputs = tuple(project / version for version in ("old", "new", "edited"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        for output in outputs:
            shutil.rmtree(project / "content", ignore_errors=True)
            Site(project, content(output.name), toml=TOML)
            assert not build(Options(project, output)).failed
    return Built(project, outputs)


class Publisher:
    """Publishes what was built to a place, each time in a process of its own."""

    def __init__(self, built: Built, live: Place, folder: Path) -> None:
        self.live = live
        self.outputs = built.outputs
        self.project = folder / "project"
        shutil.copytree(built.project / FOLDER, self.project / FOLDER)
        (self.project / "bulletin.toml").write_text(TOML + live.table, "utf-8")
        home = folder / "home"
        home.mkdir(exist_ok=True)
        self.environment = {
            **{name: text for name, text in os.environ.items() if name != "SSH_AUTH_SOCK"},
            **live.environment,
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }

    def start(self, version: int, lines: int = 0) -> subprocess.Popen[str]:
        """Begin; after so many lines, if not 0, it waits until it is given one."""
        command = [sys.executable, "-P", str(ROOT / "tests/publisher.py"), str(self.project)]
        return subprocess.Popen(
            [*command, str(self.outputs[version]), str(lines), "--verbose"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def complete(self, version: int, code: int = 0) -> str:
        """Publish to the end, with this exit code; gives all that was said."""
        with self.start(version) as process:
            said, _ = process.communicate()
        assert process.returncode == code, said
        return said

    @contextmanager
    def halted(self, version: int, share: float) -> Iterator[subprocess.Popen[str]]:
        """Publish, and have it wait for a line when that share of the files of the version have
        been sent; it must come to its end after that."""
        lines = 1 + int(share * len(self.built(version)))
        with self.start(version, lines) as process:
            assert process.stdout is not None
            said = "".join(islice(process.stdout, lines))
            try:
                assert process.poll() is None, said
                yield process
                said += process.communicate("\n")[0]
            finally:
                process.kill()
        assert process.returncode == 0, said

    def kill(self, version: int, part: float) -> bool:
        """Publish, and end it when that part of all there is to do is done; tells whether that was
        before its end."""
        with self.start(version) as process:
            assert process.stdout is not None
            said, planned = "", None
            while planned is None:
                line = process.stdout.readline()
                assert line, said
                said += line
                planned = PLANNED.match(line)
            steps = 1 + int(planned[1]) + int(planned[2])
            said += "".join(islice(process.stdout, int(part * steps)))
            process.kill()
        assert process.returncode in (0, KILLED), said
        return process.returncode == KILLED

    def built(self, version: int) -> dict[str, bytes]:
        output = self.outputs[version]
        return {
            path.relative_to(output).as_posix(): path.read_bytes()
            for path in output.rglob("*")
            if path.is_file()
        }

    def differences(self, version: int) -> set[str]:
        """The paths at which readers get something else than this version, or more."""
        site, there = self.built(version), self.live.files()
        paths = {path for path in site.keys() | there.keys() if not path.startswith(f"{STATE}/")}
        return {path for path in paths if site.get(path) != there.get(path)}
