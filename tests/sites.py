"""Sites for tests: a project made of a few files, and the real command run on it.

    site = make_site({"content/articles/a.md": article(body="Text.")})
    assert site.command("build").code == 0
    assert "Text." in site.page("2025/12/10/a/")

`make_site` is a fixture (see `conftest`). Every run happens at one instant, 2026-01-15T00:00Z.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.build import build
from generator.cli import main
from generator.i18n import LANGUAGES, Translator
from generator.reports import Options, Report

NOW = "1768435200"
"""`SOURCE_DATE_EPOCH` of every run: 2026-01-15T00:00Z."""

TOML = '[site]\ntitle = "Bulletin"\nlanguage = "en"\n'
BILINGUAL = '[site]\ntitle = "Bản tin"\nlanguages = ["vi", "en"]\n'


def article(
    *fields: str, title: str = "A meeting", date: str = "2025-12-10", body: str = ""
) -> str:
    """An article's file; `fields` are further lines of its front matter, from its line 4 on."""
    return "\n".join(("---", f"title: {title}", f"date: {date}", *fields, "---", body, ""))


def entry(name: str, *fields: str, body: str = "") -> str:
    """The file of an official, a topic and so on."""
    return "\n".join(("---", f"name: {name}", *fields, "---", body, ""))


@dataclass(frozen=True)
class Outcome:
    """What a run of the command answered."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines of errors."""
        return [line for line in self.err.splitlines() if _is_problem(line) and not _warns(line)]

    @property
    def warnings(self) -> list[str]:
        """The lines of warnings."""
        return [line for line in self.err.splitlines() if _is_problem(line) and _warns(line)]


def _is_problem(line: str) -> bool:
    return line.endswith("]") and ":" in line and not line.startswith("…")


def _warns(line: str) -> bool:
    return any(f": {Translator(code).gettext('warning: ')}" in line for code in LANGUAGES)


class Site:
    """A project in a folder of its own."""

    def __init__(self, root: Path, files: Mapping[str, str | bytes], toml: str = TOML) -> None:
        self.root = root
        self.output = root / "site"
        self.write("bulletin.toml", toml)
        for path, content in files.items():
            self.write(path, content)

    def write(self, path: str, content: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def command(self, *arguments: str) -> Outcome:
        """Run the command in this process, as `bulletin ARGUMENTS --project …`."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main([*arguments, "--project", str(self.root)])
            except SystemExit as exit_:
                code = int(exit_.code or 0)
        return Outcome(code, out.getvalue(), err.getvalue())

    def build(self, **options: Any) -> Report:
        """Build by the function, with the options of `generator.build.Options`."""
        return build(Options(project=self.root, output=self.output, **options))

    def page(self, address: str) -> str:
        """The text of the page at an address such as `topics/x/`."""
        name = f"{address}index.html" if address == "" or address.endswith("/") else address
        return (self.output / name).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Everything that was published, by path."""
        return {path: content for path, (content, _) in self.state().items()}

    def state(self) -> dict[str, tuple[bytes, int]]:
        """Content and time of everything that was published."""
        return {
            path.relative_to(self.output).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }
