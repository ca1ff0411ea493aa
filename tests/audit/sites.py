"""The sites that are measured, and which of their pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import generate_into
from generator.build import build
from generator.reports import Options
from tests.audit import odd
from tests.audit.pages import address_of

ROOT = Path(__file__).parent.parent.parent
ARTICLES = 1000
FOLDER = "bulletin"
"""Sites stand below a folder of their host, as on a shared one."""


@dataclass(frozen=True, slots=True)
class Site:
    """A built site: its folder, and the root it has at its host."""

    name: str
    folder: Path
    root: str

    def pages(self) -> list[str]:
        """The addresses of all pages."""
        return [address_of(path, self.folder) for path in sorted(self.folder.rglob("*.html"))]


def real_content(folder: Path) -> None:
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "bulletin.toml", folder)


def generated(folder: Path) -> None:
    generate_into(folder, ARTICLES)
    path = folder / "bulletin.toml"
    path.write_text(path.read_text("utf-8") + 'languages = ["vi", "en"]\n', "utf-8")


PROJECTS: Mapping[str, Callable[[Path], None]] = {
    "real": real_content,
    "generated": generated,
    "odd": lambda folder: odd.write(odd.files(), folder),
    "one": lambda folder: odd.write(odd.one_article(), folder),
    "none": lambda folder: odd.write(odd.no_article(), folder),
}
THEMES = ("bulletin", "plain")


def make(name: str, theme: str, work: Path, web: Path, address: str) -> Site:
    """Build a project with a theme below `web`, the folder that is at `address`."""
    project = work / f"{name}-{theme}"
    if not project.exists():
        project.mkdir(parents=True)
        PROJECTS[name](project)
        toml = project / "bulletin.toml"
        text = toml.read_text("utf-8").replace("[site]\n", f'[site]\ntheme = "{theme}"\n', 1)
        toml.write_text(text, "utf-8")
    folder, root = web / project.name / FOLDER, f"{address}{project.name}/{FOLDER}/"
    report = build(Options(project=project, output=folder, base_url=root, search=True))
    if report.failed:
        raise ValueError(f"{project.name}: {[p for p in report.problems if p.is_error]}")
    return Site(project.name, folder, root)


def of_each_kind(addresses: Iterable[str], most: int = 4) -> list[str]:
    """At most so many addresses of each kind, in order, the first and the last among them.

    Addresses are of a kind if they differ in numbers and in the names of entries only.
    """
    kinds: dict[str, list[str]] = {}
    for address in sorted(addresses):
        kinds.setdefault(_kind(address), []).append(address)
    found: set[str] = set()
    for group in kinds.values():
        last = len(group) - 1
        found.update(group[round(last * at / max(most - 1, 1))] for at in range(most))
    return sorted(found)


def _kind(address: str) -> str:
    parts = re.sub(r"\d+", "0", address).split("/")
    language = parts[0] if len(parts[0]) == 2 else ""
    # What stands behind a shelf or a date is the name of one of many.
    rest = parts[1:] if language else parts
    named = ["*" if at and part and not part.isdigit() else part for at, part in enumerate(rest)]
    return "/".join((language, *named))
