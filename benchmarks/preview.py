"""From a save to the page on screen, beside the servers of other generators.

`python -m benchmarks.preview --articles 10000 --peers hugo,zola` writes one archive as a Bulletin
project and as a site for each peer, builds it, starts its server and opens the page of the newest
article in Chromium. Then that article is saved again and again: with one sentence more each time,
then with another title. It prints how long it took until the page showed it. Exit code 1 where a
save was never shown, or a site lacks articles, topics or officials.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.corpus import generate
from benchmarks.editing import Edit, Editor
from benchmarks.measuring import ROOT, get_ready, memory, processor_time
from benchmarks.on_screen import Screen, find_browser, launch
from benchmarks.peers import (
    BULLETIN,
    COLD,
    PEERS,
    Generator,
    Site,
    add_peers,
    find_programs,
    versions,
)
from benchmarks.serving import Server, free_port
from benchmarks.synthetic.records import Corpus

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_AGE = 3.0


@dataclass(frozen=True, slots=True)
class Preview:
    """A generator, and the command that serves a site: of its program, the folder, the port."""

    generator: Generator
    command: Callable[[str, Path, int], list[str]]


def _bulletin(_: str, site: Path, port: int) -> list[str]:
    command = [sys.executable, "-m", "generator", "serve", "--project", str(site)]
    return [*command, "--port", str(port)]


def _hugo(hugo: str, site: Path, port: int) -> list[str]:
    # That it renders what the browser shows first, and reloads the page, is its default.
    return [hugo, "server", "--renderToMemory", "--source", str(site), "--port", str(port)]


def _zola(zola: str, site: Path, port: int) -> list[str]:
    return [zola, "--root", str(site), "serve", "--fast", "--port", str(port)]


def _hasty_zola(zola: str, site: Path, port: int) -> list[str]:
    return [*_zola(zola, site, port), "--debounce", "10"]


OWN = Preview(BULLETIN, _bulletin)
PREVIEWS: Mapping[str, Sequence[Preview]] = {
    "hugo": [Preview(PEERS["hugo"], _hugo)],
    # By default it waits a second before it looks at what was saved.
    "zola": [
        Preview(PEERS["zola"], _zola),
        Preview(replace(PEERS["zola"], name="Zola, debounce 10 ms"), _hasty_zola),
    ],
}


@dataclass(frozen=True, slots=True)
class Series:
    """What came of saves of one kind: the seconds until each was on screen, those of all processors
    for each on average, with the work done after, and how often the page was loaded anew."""

    seconds: Sequence[float]
    cpu: float
    loads: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a site served: seconds until its home page, saves, memory in MiB."""

    first: float
    starts: Sequence[float]
    bodies: Series
    titles: Series
    rest: float
    peak: float

    def figures(self) -> Iterator[tuple[str, str, float]]:
        """What was measured, the unit, the figure."""
        for what, series in (("body saved", self.bodies), ("title saved", self.titles)):
            yield f"{what}, median", "ms", 1000 * median(series.seconds)
            yield f"{what}, worst", "ms", 1000 * max(series.seconds)
            yield f"{what}, of all processors", "ms", 1000 * series.cpu
            yield f"{what}, page loaded anew", "", series.loads
        yield "first start", "s", self.first
        yield "later start", "s", median(self.starts)
        yield "memory after the saves", "MiB", self.rest
        yield "memory, peak", "MiB", self.peak


@dataclass(frozen=True, slots=True)
class Served:
    """A site of a generator, and how to serve it."""

    preview: Preview
    site: Site

    def start(self, watch: bool = False) -> Server:
        """Return its server, to be entered."""
        site, port = self.site, free_port()
        # Bulletin is run from its sources, the others in the folder of their site.
        place = ROOT if self.preview is OWN else site.folder
        return Server(self.preview.command(site.program, site.folder, port), place, port, watch)

    def measure(self, corpus: Corpus, browser: Browser, saves: int, runs: int, seed: int) -> Result:
        """Start it several times, and save the newest article while it runs."""
        article, pauses = corpus.articles[-1], Random(seed)
        generator = self.site.generator
        editor = Editor(self.site.folder / generator.source(article), article, corpus, seed)
        page = generator.page(article).removesuffix("index.html")

        def series(server: Server, edit: Callable[[], Edit], count: int) -> Series:
            screen = Screen(browser, f"{server.address}/{page}", pauses)
            screen.get_ready()
            server.rest()
            cpu, loads = processor_time(server.pid), screen.loads
            seconds = []
            for _ in range(count):
                edited = edit()
                seconds.append(screen.save(edited.number, edited.save))
            server.rest()
            cpu, loads = processor_time(server.pid) - cpu, screen.loads - loads
            screen.close()
            return Series(seconds, cpu / count, loads)

        with self.start() as server:
            first = server.seconds
            server.rest()
        starts = []
        for _ in range(runs - 1):
            with self.start() as server:
                starts.append(server.seconds)
        with self.start() as server:
            starts.append(server.seconds)
            bodies = series(server, editor.add_sentence, saves)
            titles = series(server, editor.change_title, saves)
            rest = memory(server.pid)
        # Apart from the others, for to watch takes time.
        with self.start(watch=True) as server:
            series(server, editor.add_sentence, 1)
            series(server, editor.change_title, 1)
        return Result(first, starts, bodies, titles, rest, max(rest, server.peak))


def rows(name: str, their: Result | None, our: Result) -> Iterator[str]:
    """The rows of the table for a peer; without one, for Bulletin alone."""
    others = [figure for _, _, figure in their.figures()] if their else []
    for (what, unit, own), other in zip_longest(our.figures(), others):
        digits = 2 if unit == "s" else 0
        beside = "" if other is None else f"{other:.{digits}f}"
        ratio = f"{own / other:.3f}" if unit and other and isfinite(own / other) else ""
        yield f"| {name} | {what} | {unit} | {beside} | {own:.{digits}f} | {ratio} |"


def _unseen(name: str, result: Result) -> Iterator[str]:
    for series in (result.bodies, result.titles):
        for number, seconds in enumerate(series.seconds, 1):
            if not isfinite(seconds):
                yield f"{name}: save {number} was never shown"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--saves", type=int, default=20, metavar="S", help="of each kind")
    parser.add_argument("--runs", type=int, default=3, metavar="R", help="starts of each server")
    parser.add_argument("--browser", metavar="PATH", default=find_browser(), help="a Chromium")
    add_peers(parser, PREVIEWS)
    options = parser.parse_args(arguments)
    programs = find_programs(parser, options, PREVIEWS)
    get_ready()
    corpus = generate(options.articles, options.seed)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, options.browser)
        own = Served(OWN, Site(BULLETIN, "", Path(folder) / "bulletin"))
        peers = [
            Served(preview, Site(preview.generator, program, Path(folder) / f"{name}{number}"))
            for name, program in programs.items()
            for number, preview in enumerate(PREVIEWS[name])
        ]

        def measured(served: Served) -> Result:
            site = served.site
            # The times of files written just now tell nothing; an archive is older.
            time.sleep(_AGE)
            site.build(COLD, corpus.articles[-1])
            wrong.extend(site.lacking(corpus))
            result = served.measure(corpus, browser, options.saves, options.runs, options.seed)
            wrong.extend(_unseen(site.generator.name, result))
            return result

        for served in (own, *peers):
            served.site.generator.write(corpus, served.site.folder)
        named = [peer.site for peer in peers if peer.preview.generator in PEERS.values()]
        print("\n".join(versions(named)))
        print(f"Chromium {browser.version}")
        print(f"{options.articles} articles, {options.saves} saves of each kind\n")
        print("| Beside | Work | Unit | Peer | Bulletin | Bulletin/peer |")
        print("|---|---|---|---:|---:|---:|", flush=True)
        ours = measured(own)
        for served in peers:
            print("\n".join(rows(served.site.generator.name, measured(served), ours)), flush=True)
        if not peers:
            print("\n".join(rows("", None, ours)))
        browser.close()
    print("\n".join(["", *wrong[:20], f"{len(wrong)} things are missing"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
