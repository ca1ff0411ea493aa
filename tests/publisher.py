"""`bulletin publish --yes` in a process of its own, of a site that is built already.

    python -P tests/publisher.py PROJECT OUTPUT LINES [OPTION...]

It is the command in all but the build: tests end it, or have several of it at once. After so many
LINES on its standard output, if not 0, it waits until it is given one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from generator import publish
from generator.cli import main
from generator.config import load_config
from generator.publishing import Edition, choose_target
from generator.reports import Report
from generator.site_files import built_files


class Halting:
    """A standard output after some lines of which somebody has to say that it goes on."""

    def __init__(self, out: TextIO, lines: int) -> None:
        self._out = out
        self._left = lines

    def write(self, text: str) -> int:
        self._out.write(text)
        if "\n" in text:
            self._left -= 1
            if self._left == 0:
                self._out.flush()
                sys.stdin.readline()
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._out, name)


def prepared(output: Path) -> Callable[..., Edition]:
    def prepare(project: Path, name: str | None, *_: object) -> Edition:
        config = load_config(project)
        target = choose_target(config.targets, name)
        return Edition(config, target, Report(()), built_files(project, output), output)

    return prepare


if __name__ == "__main__":
    project, output, lines, *options = sys.argv[1:]
    publish.prepare = prepared(Path(output))  # type: ignore[attr-defined]
    if int(lines):
        sys.stdout = Halting(sys.stdout, int(lines))
    sys.exit(main(["publish", "--yes", "--project", project, *options]))
