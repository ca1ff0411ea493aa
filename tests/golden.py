"""The golden site: a small project and the whole site it must give.

`make golden` (`python -m tests.golden`) builds the expected site anew; its difference is to be read
before it is committed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from generator.build import build
from generator.reports import Options

HERE = Path(__file__).parent / "golden"
PROJECT = HERE / "project"
EXPECTED = HERE / "expected"
_FINGERPRINT = re.compile(rb"assets/[0-9a-f]{10}/")
INSTANT = "1767225600"
"""1 January 2026, so that the golden site never depends on when it is built."""


def build_golden(into: Path) -> None:
    """Build the golden project, copied so that nothing is left beside it, into a folder."""
    os.environ["SOURCE_DATE_EPOCH"] = INSTANT
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "project"
        shutil.copytree(PROJECT, project)
        report = build(Options(project=project, output=into))
    if report.failed:
        sys.exit(f"the golden project has errors: {report.problems}")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a built site but the theme's own copies, by path; without the fingerprint of
    these, which every change of a style sheet changes on every page."""
    return {
        path.relative_to(folder).as_posix(): _FINGERPRINT.sub(b"assets/", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).as_posix().startswith("assets/")
    }


def main() -> None:
    shutil.rmtree(EXPECTED, ignore_errors=True)
    build_golden(EXPECTED)
    shutil.rmtree(EXPECTED / "assets")
    for path, data in files_of(EXPECTED).items():
        (EXPECTED / path).write_bytes(data)


if __name__ == "__main__":
    main()
