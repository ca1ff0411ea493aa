"""The bars of a whole build, on a generated archive without shelf files.

`python -m benchmarks.bars --articles 10000` builds the archive cold, again with nothing changed,
and again with one body edited; prints what each took as a row of a table; and checks that every
article is listed under each of its topics, its officials and its day. Exit code 1 where one is not.
"""

from __future__ import annotations

import argparse
import html
import os
import posixpath
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpus import generate, write
from benchmarks.synthetic.records import Article, Corpus

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def run_build(project: Path) -> tuple[float, int, str]:
    """Wall seconds, peak memory of the largest process in KiB, and the summary of one build."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--project", str(project)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, peak, done.stdout.strip().splitlines()[0]


def links(site: Path, page: str) -> Iterator[tuple[str, str]]:
    """(address, text) of every link on the page at an address."""
    text = (site / page / "index.html").read_text("utf-8")
    for href, words in _LINK.findall(text):
        if not re.match(r"[a-z]+:|#", href):
            address = posixpath.normpath(posixpath.join("/", page, href)).lstrip("/")
            yield address, html.unescape(re.sub(r"<[^>]+>", "", words)).strip()


def listed(site: Path, page: str) -> set[str]:
    """The addresses of all articles a subject's page lists, on its years' pages too."""
    found = {address for address, _ in links(site, page)}
    for year in (site / page).glob("[0-9][0-9][0-9][0-9]"):
        found |= {address for address, _ in links(site, f"{page}/{year.name}")}
    return found


def article_address(article: Article) -> str:
    return f"{article.date:%Y/%m/%d}/{article.id[11:]}"


def unlisted(site: Path, corpus: Corpus) -> list[str]:
    """Where an article is not listed though it should be."""
    wrong = []
    for shelf in ("topics", "officials"):
        pages = {name: page for page, name in links(site, shelf) if page.startswith(f"{shelf}/")}
        wanted: dict[str, list[Article]] = {}
        for article in corpus.articles:
            names = article.topics if shelf == "topics" else [a.official for a in article.officials]
            for name in names:
                wanted.setdefault(name, []).append(article)
        for name, articles in wanted.items():
            if name not in pages:
                wrong.append(f"{name} has no page")
                continue
            found = listed(site, pages[name])
            wrong += [
                f"{article.id} is not under {name}"
                for article in articles
                if article_address(article) not in found
            ]
    for article in corpus.articles:
        day = f"{article.date:%Y/%m/%d}"
        if article_address(article) not in {address for address, _ in links(site, day)}:
            wrong.append(f"{article.id} is not under {day}")
    return wrong


def edit_one_body(project: Path) -> None:
    path = max((project / "content/articles").rglob("*.md"))
    path.write_text(path.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus = generate(options.articles, seed=options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "archive"
        write(corpus, project)
        print("| Build | Wall s | Peak MiB | Summary |\n|---|---|---|---|")
        rows = [("cold", run_build(project)), ("nothing changed", run_build(project))]
        edit_one_body(project)
        rows.append(("one body edited", run_build(project)))
        for name, (seconds, peak, summary) in rows:
            print(f"| {name} | {seconds:.2f} | {peak / 1024:.0f} | {summary} |")
        wrong = unlisted(project / "site", corpus)
    for line in wrong[:20]:
        print(line)
    print(f"{len(wrong)} articles are not listed where they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
