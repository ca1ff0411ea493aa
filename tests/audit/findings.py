"""What was measured, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 12


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong: in `what` way, on which `page`, and `where` on it."""

    what: str
    page: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A bar on a site: what is asked for, what was measured, and what speaks against it."""

    bar: str
    site: str
    measured: str
    findings: tuple[Finding, ...] = ()

    @property
    def met(self) -> bool:
        return not self.findings


def table(rows: Iterable[Row]) -> str:
    """All rows as a table in Markdown."""
    lines = ["| Bar | Site | Measured | Met |", "|---|---|---|---|"]
    lines += [
        f"| {row.bar} | {row.site} | {row.measured} | {'yes' if row.met else '**no**'} |"
        for row in rows
    ]
    return "\n".join(lines)


def listing(row: Row) -> str:
    """What a bar missed: each kind of fault once, with how often and the first page that has it."""
    counts = Counter(finding.what for finding in row.findings)
    first: dict[str, Finding] = {}
    for finding in row.findings:
        first.setdefault(finding.what, finding)
    lines = [f"{row.bar}, {row.site}:"]
    for what, count in counts.most_common(SHOWN):
        one = first[what]
        lines.append(f"  {count} × {what}\n      {one.page or '/'} {one.where}".rstrip())
    if len(counts) > SHOWN:
        lines.append(f"  and {len(counts) - SHOWN} more kinds")
    return "\n".join(lines)
