"""Whole builds beside those of other generators.

`python -m benchmarks.peers --articles 1000 --peers hugo,pelican` writes one archive as a Bulletin
project and as a site for each peer, and builds them by turns: cold, with nothing changed, with a
sentence added to the newest article. It prints the medians, their ratios, and the peak of memory.
Exit code 1 where a site lacks articles, topics or officials: nobody is to win by doing less.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.corpus import generate
from benchmarks.measuring import ROOT, Measured, build_command, get_ready, machine, run
from benchmarks.synthetic import nikola_site
from benchmarks.synthetic.bulletin_project import article_path, write_bulletin_project
from benchmarks.synthetic.eleventy_site import write_eleventy_site
from benchmarks.synthetic.hugo_site import Related, write_hugo_site
from benchmarks.synthetic.pelican_site import write_pelican_site
from benchmarks.synthetic.plain import article_address, names_on
from benchmarks.synthetic.records import Article, Corpus
from benchmarks.synthetic.zola_site import write_zola_site
from generator import __version__

COLD, SAME, EDITED = WORKS = ("cold", "nothing changed", "one body edited")
RELATED = "with related content"


@dataclass(frozen=True, slots=True)
class Generator:
    """How to write a site for a generator and have it built. Paths are within the site.

    `caches` are patterns. One that `settles` needs a second build to have its caches complete.
    """

    name: str
    program: str
    write: Callable[[Corpus, Path], None]
    command: Callable[[str, Path], list[str]]
    version: tuple[str, ...]
    source: Callable[[Article], str]
    page: Callable[[Article], str]
    output: str
    caches: tuple[str, ...] = ()
    settles: bool = False


def _page(article: Article) -> str:
    return f"{article_address(article)[1:]}index.html"


BULLETIN = Generator(
    name="Bulletin",
    program="bulletin",
    write=write_bulletin_project,
    command=lambda _, site: build_command(site),
    version=(),
    source=article_path,
    page=_page,
    output="site",
    caches=(".bulletin",),
)
PEERS: Mapping[str, Generator] = {
    "hugo": Generator(
        name="Hugo",
        program="hugo",
        write=partial(write_hugo_site, related=None),
        command=lambda hugo, site: [hugo, "--source", str(site), "--quiet"],
        version=("version",),
        source=lambda article: f"content/posts/{article.id}.md",
        page=lambda article: f"posts/{article.id}/index.html",
        output="public",
        caches=("resources",),
    ),
    "pelican": Generator(
        name="Pelican",
        program="pelican",
        write=write_pelican_site,
        command=lambda pelican, _: [pelican, "--quiet"],
        version=("--version",),
        source=lambda article: f"content/{article.id}.md",
        page=_page,
        output="output",
        caches=("cache", "__pycache__"),
    ),
    "nikola": Generator(
        name="Nikola",
        program="nikola",
        write=nikola_site.write_nikola_site,
        command=lambda nikola, _: [nikola, "build"],
        version=("version",),
        source=nikola_site.source,
        page=_page,
        output="output",
        caches=("cache", "__pycache__", ".doit.db*"),
        settles=True,
    ),
    "eleventy": Generator(
        name="Eleventy",
        program="eleventy",
        write=write_eleventy_site,
        command=lambda eleventy, _: [eleventy, "--quiet"],
        version=("--version",),
        source=lambda article: f"posts/{article.id}.md",
        page=_page,
        output="_site",
        caches=(".cache",),
    ),
    "zola": Generator(
        name="Zola",
        program="zola",
        write=write_zola_site,
        command=lambda zola, site: [zola, "--root", str(site), "build"],
        version=("--version",),
        source=lambda article: f"content/posts/{article.id}.md",
        page=lambda article: f"posts/{article.id}/index.html",
        output="public",
    ),
}


@dataclass(frozen=True, slots=True)
class Site:
    """A site of a generator in a folder, with the program that builds it."""

    generator: Generator
    program: str
    folder: Path

    def build(self, work: str, newest: Article, watch: bool = False) -> Measured:
        """Do one of `WORKS`."""
        if work == COLD:
            self._forget()
        elif work == EDITED:
            path = self.folder / self.generator.source(newest)
            path.write_text(path.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")
        elif self.generator.settles:
            self._run()
        return self._run(watch)

    def _forget(self) -> None:
        for pattern in (self.generator.output, *self.generator.caches):
            for path in list(self.folder.glob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _run(self, watch: bool = False) -> Measured:
        # Bulletin is run from its sources, the others in the folder of their site.
        place = ROOT if self.generator is BULLETIN else self.folder
        return run(self.generator.command(self.program, self.folder), place, watch)

    def lacking(self, corpus: Corpus) -> Iterator[str]:
        """What the site should have and has not."""
        output, name = self.folder / self.generator.output, self.generator.name
        for article in corpus.articles:
            if not (output / self.generator.page(article)).is_file():
                yield f"{name}: {article.id} has no page"
        for shelf in ("topics", "officials"):
            wanted = len({who for article in corpus.articles for who in names_on(shelf, article)})
            found = sum(1 for _ in output.glob(f"{shelf}/*/index.html"))
            if found != wanted:
                yield f"{name}: {found} of {wanted} pages of {shelf}"
        yield from (
            f"{name}: no {file}"
            for file in ("index.html", "feed.xml", "sitemap.xml")
            if not (output / file).is_file()
        )

    def pages(self) -> int:
        """How many pages of HTML there are, of all kinds."""
        return sum(1 for _ in (self.folder / self.generator.output).rglob("*.html"))


def compare(peer: Site, own: Site, corpus: Corpus, runs: int, works: Sequence[str]) -> list[str]:
    """Build two sites by turns and print the rows of the table; return what they lack."""
    newest = corpus.articles[-1]
    taken: dict[tuple[str, Site], list[Measured]] = {}
    for _ in range(runs):
        for work in works:
            for site in (peer, own):
                taken.setdefault((work, site), []).append(site.build(work, newest))
    for work in works:
        theirs, ours = taken[work, peer], taken[work, own]
        print(_row(peer, work, "s", [m.seconds for m in theirs], [m.seconds for m in ours]))
        print(_row(peer, work, "CPU s", [m.cpu for m in theirs], [m.cpu for m in ours]))
    # Apart from the others, for to watch takes time.
    peaks = [[site.build(COLD, newest, watch=True).peak] for site in (peer, own)]
    print(_row(peer, f"{COLD}, memory", "MiB", *peaks))
    counts = [[float(site.pages())] for site in (peer, own)]
    print(_row(peer, "pages, all kinds", "", *counts), flush=True)
    return [line for site in (peer, own) for line in site.lacking(corpus)]


def _row(peer: Site, work: str, unit: str, theirs: Sequence[float], ours: Sequence[float]) -> str:
    their, our = median(theirs), median(ours)
    digits = 2 if unit.endswith("s") else 0
    return (
        f"| {peer.generator.name} | {work} | {unit} | {their:.{digits}f} | {our:.{digits}f}"
        f" | {our / their:.2f} |"
    )


def versions(sites: Sequence[Site]) -> Iterator[str]:
    """What the figures depend on, a line each for Bulletin and the generators of some sites."""
    yield f"Bulletin {__version__}, {machine()}"
    for site in sites:
        printed = run([site.program, *site.generator.version], site.folder).printed
        yield f"{site.generator.name}: {printed.strip().splitlines()[-1]}"


def add_peers(parser: argparse.ArgumentParser, names: Collection[str]) -> None:
    """Let the command line choose among peers, and say where their programs are."""
    parser.add_argument("--peers", default=",".join(names), help="default: %(default)s")
    for name in names:
        found = shutil.which(PEERS[name].program)
        parser.add_argument(f"--{name}", metavar="PATH", default=found)


def find_programs(
    parser: argparse.ArgumentParser, options: argparse.Namespace, names: Collection[str]
) -> dict[str, str]:
    """The programs of the peers chosen, by name; an error of the command line where one lacks."""
    programs: dict[str, str] = {}
    for name in filter(None, options.peers.split(",")):
        if name not in names:
            parser.error(f"there is no peer {name!r}, only {', '.join(names)}")
        program = shutil.which(getattr(options, name) or "")
        if program is None:
            parser.error(f"{name} is not installed; name its program with --{name} PATH")
        programs[name] = str(Path(program).absolute())
    return programs


def _sites(programs: Mapping[str, str], scratch: Path) -> Iterator[Site]:
    for name in programs:
        yield Site(PEERS[name], programs[name], scratch / name)
        if name == "hugo":
            write = partial(write_hugo_site, related=Related())
            related = replace(PEERS[name], name=f"Hugo {RELATED}", write=write)
            yield Site(related, programs[name], scratch / "hugo-related")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, metavar="R", help="of which the median is")
    add_peers(parser, PEERS)
    options = parser.parse_args(arguments)
    programs = find_programs(parser, options, PEERS)
    get_ready()
    corpus = generate(options.articles, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        own = Site(BULLETIN, "", Path(folder) / "bulletin")
        sites = list(_sites(programs, Path(folder)))
        for site in (own, *sites):
            site.generator.write(corpus, site.folder)
        print("\n".join(versions([s for s in sites if RELATED not in s.generator.name])))
        print(f"{options.articles} articles, medians of {options.runs}\n")
        print("| Beside | Work | Unit | Peer | Bulletin | Bulletin/peer |")
        print("|---|---|---|---:|---:|---:|")
        lacking = []
        for site in sites:
            works = (COLD,) if RELATED in site.generator.name else WORKS
            lacking += compare(site, own, corpus, options.runs, works)
    print("\n".join(["", *lacking[:20], f"{len(lacking)} pages are missing"]))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
