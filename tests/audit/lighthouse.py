"""Lighthouse, as on a mobile phone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from benchmarks.on_screen import find_browser
from tests.audit.findings import Finding
from tests.audit.tools import LIGHTHOUSE

LEAST: Mapping[str, int] = {
    "performance": 98,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
}
Scores = tuple[dict[str, int], list[Finding]]
PATIENCE = 180
TRIES = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


def scores(root: str, address: str, least: Mapping[str, int] = LEAST) -> Scores:
    """The scores of a page in hundredths, and what costs it points it may not lose.

    How fast a page is depends on what else the machine does, so what is too slow is asked again,
    and the best of three tries counts.
    """
    best: dict[str, int] = {}
    findings: list[Finding] = []
    for _ in range(TRIES):
        report = _run(root + address)
        got = {name: round(100 * report["categories"][name]["score"]) for name in least}
        if not best or got["performance"] > best["performance"]:
            best, findings = got, _findings(report, least, got, address)
        if not findings or best["performance"] >= least["performance"]:
            break
    return best, findings


def _run(url: str) -> dict[str, Any]:
    command = [
        *("node", str(LIGHTHOUSE), url, "--output=json", "--quiet"),
        f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(LEAST)}",
    ]
    environment = {**os.environ, "CHROME_PATH": find_browser() or ""}
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, env=environment)
    if done.returncode:
        raise ChildProcessError(done.stderr.decode("utf-8", "replace")[-2000:])
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _findings(
    report: Mapping[str, Any], least: Mapping[str, int], got: Mapping[str, int], address: str
) -> list[Finding]:
    found = []
    for name, score in least.items():
        if got[name] >= score:
            continue
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                where = str(audit.get("displayValue") or audit.get("explanation") or "")
                found.append(Finding(f"{name} {got[name]}: {audit['title']}", address, where))
    return found
