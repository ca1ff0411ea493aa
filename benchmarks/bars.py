"""The bars of a whole build, on generated archives.

`python -m benchmarks.bars` builds an archive of each size cold, again with nothing changed, and
again after each of several edits. It prints what each took, how many files it wrote and removed,
and whether the site is byte for byte that of a clean build elsewhere; and it checks that every
article is listed under each of its topics, its officials and its day. Exit code 1 where something
is missing or different. A goal not reached is only said.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import days_seen, generate_into
from benchmarks.listed import article_address, unlisted
from benchmarks.measuring import (
    ROOT,
    Measured,
    build_command,
    differing,
    files,
    get_ready,
    machine,
    removed,
    run,
    written,
)
from benchmarks.synthetic.bulletin_project import article_path
from benchmarks.synthetic.records import Article, Corpus, Link, Official
from generator import __version__

__all__ = ["ROOT", "article_address", "main", "run_build"]

COLD, SAME, BODY, MEMORY = "cold", "nothing changed", "one body edited", "memory, cold"
GOALS: Mapping[tuple[str, int], float] = {
    (SAME, 10_000): 0.2,
    (BODY, 10_000): 0.6,
    (MEMORY, 10_000): 400,
}
"""The most seconds, or MiB, for a build of so many articles. How long a cold build may take depends
on Hugo: see `benchmarks.peers`."""

_HEAD = """\
| Build | Articles | Goal | Measured | Met | CPU s | Written | Removed | As when clean | Summary |
|---|---:|---:|---:|---|---:|---:|---:|---|---|"""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to a project before it is built again."""

    name: str
    make: Callable[[Path], None]


def run_build(project: Path, watch: bool = False) -> Measured:
    """Build a project with this Bulletin."""
    return run(build_command(project), ROOT, watch)


def edits(corpus: Corpus) -> Iterator[Edit]:
    """The edits to measure, in the order they are made."""
    newest = corpus.articles[-1]
    yield Edit(BODY, lambda project: _add_sentence(project / article_path(newest)))
    if corpus.shelves:
        seen = days_seen(corpus.articles)
        by_meetings = sorted(corpus.officials, key=lambda official: len(seen[official.name]))
        for who in (by_meetings[len(by_meetings) // 2], by_meetings[-1]):
            yield _renaming(who, len(seen[who.name]))
    yield Edit("the template of articles edited", _edit_template)
    yield Edit("one new article", lambda project: _add_article(project, newest))
    gone = _nobody_links_to(corpus)
    yield Edit("one article deleted", lambda project: (project / article_path(gone)).unlink())


def _add_sentence(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")


def _renaming(official: Official, meetings: int) -> Edit:
    new = f"{official.name.rpartition(' ')[0]} Mới"

    def rename(project: Path) -> None:
        # Articles go on using the old name.
        lines = f'name: "{new}"\nother_names: ["{official.name}"]'
        _replace(project / f"content/officials/{official.id}.md", r"name: .*", lines)

    return Edit(f"an official of {meetings} meetings renamed", rename)


def _edit_template(project: Path) -> None:
    own = project / "templates" / "article.html"
    own.parent.mkdir()
    shutil.copy(ROOT / "themes/bulletin/article.html", own)
    _replace(own, "<h1>", '<h1 class="edited">')


def _nobody_links_to(corpus: Corpus) -> Article:
    """An article from the middle of the archive that others can do without."""
    needed = {link.target for a in corpus.articles for link in a.body if isinstance(link, Link)}
    needed.update(earlier for article in corpus.articles for earlier in article.follows)
    middle = corpus.articles[len(corpus.articles) // 2 :]
    return next(article for article in middle if article.id not in needed)


def _add_article(project: Path, like: Article) -> None:
    path = project / article_path(like)
    new = path.with_name(f"{like.date}-mot-bai-moi.md")
    shutil.copy(path, new)
    _replace(new, r"title: .*", 'title: "Một bài mới"')


def _replace(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, lambda _: replacement, path.read_text("utf-8"), count=1)
    if not count:
        sys.exit(f"{path} has no {pattern}")
    path.write_text(text, "utf-8")


def clean_build(project: Path, elsewhere: Path) -> Measured:
    """Build the same content in another folder, watching the memory."""
    shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.copytree(project, elsewhere, ignore=shutil.ignore_patterns(".bulletin", "site"))
    return run_build(elsewhere, watch=True)


def measure(scratch: Path, articles: int, seed: int, shelves: bool, compare: bool) -> list[str]:
    """Print a row for each build of one archive; return what is wrong with them."""
    project, elsewhere = scratch / "archive", scratch / "clean"
    corpus = generate_into(project, articles, seed, shelves)
    wrong: list[str] = []

    def build(name: str) -> Measured:
        before = files(project / "site")
        done = run_build(project, watch=name == COLD and not compare)
        after = files(project / "site")
        if compare and name != SAME:
            clean = clean_build(project, elsewhere)
        same = "not compared"
        if compare:
            unequal = differing(project / "site", elsewhere / "site")
            wrong.extend(f"{name}: {path} is not as in a clean build" for path in unequal)
            same = f"{len(unequal)} differ" if unequal else "yes"
        counts = f"{written(before, after)} | {removed(before, after)} | {same}"
        print(_row(name, articles, done.seconds, "s", f"{done.cpu:.2f} | {counts}", done.printed))
        if name == COLD:
            peak = clean.peak if compare else done.peak
            print(_row(MEMORY, articles, peak, "MiB", "| | |", ""), flush=True)
        return done

    build(COLD)
    wrong += unlisted(project / "site", corpus)
    build(SAME)
    for edit in edits(corpus):
        edit.make(project)
        build(edit.name)
    return wrong


def _row(name: str, articles: int, value: float, unit: str, counts: str, printed: str) -> str:
    goal = GOALS.get((name, articles))
    met = "" if goal is None else "yes" if value <= goal else "no"
    wanted = "" if goal is None else f"{goal:g} {unit}"
    measured = f"{value:.2f} {unit}" if unit == "s" else f"{value:.0f} {unit}"
    # Whatever the summary looks like, it is the line of most numbers.
    summary = max(printed.splitlines()[-5:], key=lambda s: len(re.findall(r"\d+", s)), default="")
    return f"| {name} | {articles} | {wanted} | {measured} | {met} | {counts} | {summary} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--shelves",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="an archive with files for officials, topics and so on (default), or without",
    )
    parser.add_argument(
        "--compare",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="with a clean build after each edit; without it the cold build is slowed down a"
        " little, as its memory is watched",
    )
    options = parser.parse_args(arguments)
    get_ready()
    print(f"Bulletin {__version__}, {machine()}\n\n{_HEAD}")
    wrong = []
    for articles in options.articles:
        with tempfile.TemporaryDirectory() as folder:
            wrong += measure(Path(folder), articles, options.seed, options.shelves, options.compare)
    print("\n".join(["", *wrong[:20], f"{len(wrong)} things are missing or different"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
