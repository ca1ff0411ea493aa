"""`python -m tests.audit`: hold the built sites against the bars, and print one table.

Exit code 1 where a bar is missed, 2 where a tool is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.audit import in_browser, lighthouse, markup
from tests.audit.findings import Finding, Row, listing, table
from tests.audit.pages import (
    MOST_BYTES,
    MOST_REQUESTS,
    is_home_or_article,
    is_search,
    static_findings,
    weight_of,
)
from tests.audit.sites import PROJECTS, THEMES, Site, make, of_each_kind
from tests.audit.tools import AXE, LIGHTHOUSE, VNU, missing
from tests.audit.web import host

WHOLE = frozenset(("one", "none"))
"""Sites of which the browser sees every page; of the others it sees some of each kind."""

PAGES_OF_A_KIND = 6
MEASURED = frozenset(("real", "generated"))
"""Sites Lighthouse is run on."""


def static_rows(site: Site) -> Iterator[Row]:
    pages = site.pages()
    bars = {
        "policy": "strict policy, no inline script or style",
        "hosts": "no request to another host",
        "sizes": "every picture has its size",
        "ids": "no id twice",
        "links": "no link leads nowhere",
    }
    for key, found in static_findings(site.folder, pages).items():
        yield Row(bars[key], site.name, f"{len(pages)} pages", tuple(found))
    yield _weight(site)


def _weight(site: Site) -> Row:
    """Of home and of the articles; the heaviest page of another kind is said too."""
    # The links of 404.html begin with the site's folder at its host.
    pages = [address for address in site.pages() if address != "404.html"]
    weights = {address: weight_of(site.folder, address) for address in pages}
    asked = {address: weights[address] for address in pages if is_home_or_article(address)}
    heavy = [
        Finding("too heavy", address, f"{weight.bytes} bytes, {weight.requests} requests")
        for address, weight in asked.items()
        if weight.bytes > MOST_BYTES or weight.requests > MOST_REQUESTS
    ]
    most, other = (max(w.bytes for w in some.values()) / 1024 for some in (asked, weights))
    requests = max(weight.requests for weight in asked.values())
    said = f"{most:.1f} KB, {requests} requests; any page: {other:.1f} KB"
    return Row("home, article: 40 KB, 4 requests", site.name, said, tuple(heavy))


def markup_row(site: Site) -> Row:
    files = markup.checked_files(site.folder)
    found = markup.errors(site.folder, files)
    return Row("Nu HTML Checker", site.name, f"{len(files)} files", tuple(found))


def browser_rows(site: Site, name: str, usual: Browser, large: Browser) -> Iterator[Row]:
    pages = site.pages() if name in WHOLE else of_each_kind(site.pages(), PAGES_OF_A_KIND)
    said = f"{len(pages)} pages"
    found = in_browser.accessibility(usual, site.root, pages)
    yield Row("axe: WCAG 2.2 AA, best practice", site.name, f"{said}, 4 looks", tuple(found))
    found = in_browser.overflow(usual, site.root, pages, (in_browser.NARROWEST,))
    yield Row("fits into 320 pixels", site.name, said, tuple(found))
    found = in_browser.overflow(large, site.root, pages, in_browser.WIDTHS)
    yield Row("fits at 200 % text", site.name, f"{said}, 2 widths", tuple(found))
    bars = {
        "shifts": "no layout shift",
        "heard": "nothing refused or missing",
        "javascript": "works without JavaScript",
    }
    for key, faults in in_browser.behaviour(usual, site.root, pages).items():
        yield Row(bars[key], site.name, said, tuple(faults))


def lighthouse_rows(site: Site) -> Iterator[Row]:
    """The home page, the longest article, and the longest page of some other kinds."""
    for address in longest_of_each_kind(site):
        # The search page asks not to be indexed, which costs what is said of search engines.
        unasked = {"seo"} if is_search(address) else set()
        least = {name: n for name, n in lighthouse.LEAST.items() if name not in unasked}
        scores, found = lighthouse.scores(site.root, address, least)
        said = " / ".join(str(score) for score in scores.values())
        yield Row(f"Lighthouse, /{address[:40]}", site.name, said, tuple(found))


def longest_of_each_kind(site: Site) -> list[str]:
    kinds = ("", "*/*/*/*/", "officials/*/", "topics/*/", "????/", "search/")
    found = []
    for kind in kinds:
        files = [path / "index.html" for path in site.folder.glob(kind)] if kind else []
        files = [path for path in files if path.is_file()]
        if files:
            longest = max(files, key=lambda path: path.stat().st_size)
            found.append(longest.parent.relative_to(site.folder).as_posix() + "/")
        elif not kind:
            found.append("")
    return found


def measure(work: Path, sites: Sequence[tuple[str, str]], parts: set[str]) -> list[Row]:
    """Build each site, a project with a theme, and measure these parts of it."""
    rows: list[Row] = []
    web = work / "web"
    web.mkdir(exist_ok=True)
    with (
        host(web) as address,
        sync_playwright() as playwright,
        in_browser.browser(playwright.chromium) as usual,
        in_browser.browser(playwright.chromium, large_text=True) as large,
    ):
        for name, theme in sites:
            site = make(name, theme, work, web, address)
            for row in _rows(site, name, parts, usual, large):
                rows.append(row)
                _tell(row)
    return rows


def _rows(site: Site, name: str, parts: set[str], usual: Browser, large: Browser) -> Iterator[Row]:
    if "static" in parts:
        yield from static_rows(site)
    if "markup" in parts:
        yield markup_row(site)
    if "browser" in parts:
        yield from browser_rows(site, name, usual, large)
    if "lighthouse" in parts and name in MEASURED:
        yield from lighthouse_rows(site)


def _tell(row: Row) -> None:
    _say(f"{'met' if row.met else 'MISSED':7}{row.site}: {row.bar} ({row.measured})")
    if not row.met:
        _say(listing(row))


PARTS = ("static", "markup", "browser", "lighthouse")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--sites", nargs="+", choices=PROJECTS, default=list(PROJECTS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the sites in this folder")
    chosen = parser.parse_args()
    if lacking := missing(AXE, VNU, LIGHTHOUSE, "java", "node"):
        sys.stderr.write(f"{lacking}\n")
        return 2
    start = time.monotonic()
    sites = [(name, theme) for theme in chosen.themes for name in chosen.sites]
    with tempfile.TemporaryDirectory() as folder:
        work = chosen.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        rows = measure(work.resolve(), sites, set(chosen.parts))
    _say(f"\n{table(rows)}\n\n{time.monotonic() - start:.0f} seconds")
    return 0 if all(row.met for row in rows) else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
