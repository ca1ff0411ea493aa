"""The Nu HTML Checker on every page, style sheet and drawing of a site."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.audit.findings import Finding
from tests.audit.pages import address_of
from tests.audit.tools import VNU

KINDS = (".html", ".css", ".svg")
PATIENCE = 900


def checked_files(site: Path) -> list[Path]:
    """The files of a site that the checker reads."""
    return sorted(path for path in site.rglob("*") if path.suffix in KINDS and path.is_file())


def errors(site: Path, files: Sequence[Path]) -> list[Finding]:
    """What the checker calls an error in these files of a site."""
    command = [
        "java",
        "-Xss4m",
        "-XX:TieredStopAtLevel=1",
        "-jar",
        str(VNU),
        "--format",
        "json",
        "--errors-only",
    ]
    command += ["--exit-zero-always", "--also-check-css", "--also-check-svg"]
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [*command, *map(str, files)], stdout=subprocess.PIPE, stderr=said, timeout=PATIENCE
        )
        said.seek(0)
        answer = said.read() or done.stdout
    if done.returncode:
        raise ChildProcessError(answer.decode("utf-8", "replace")[-2000:])
    return _findings(json.loads(answer)["messages"], site)


def _findings(messages: Sequence[dict[str, object]], site: Path) -> list[Finding]:
    found = []
    for message in messages:
        path = Path(unquote(urlsplit(str(message.get("url", ""))).path))
        page = address_of(path, site) if path.is_relative_to(site) else str(path)
        place = f"{message.get('lastLine', '?')}: {message.get('extract', '')}"
        found.append(Finding(str(message["message"]), page, place.replace("\n", " ")))
    return found
