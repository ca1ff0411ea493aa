"""How well related meetings are found, here and by Hugo.

`python -m benchmarks.relations` builds an archive with planted relations (`benchmarks.planted`) and
prints, for each kind of them, the share that is found. Exit code 1 where Bulletin finds less than
95 % of all, or shows more than one related meeting for an article that has none.

`--cpu` prints what related content costs in seconds of a processor; `--content` checks the first
related meeting of each article of this project's own content (`benchmarks.own_relations`).
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks import own_relations
from benchmarks.bars import article_address, run_build
from benchmarks.corpus import generate, write
from benchmarks.planted import Kind, Planted, broken_promises, plant
from benchmarks.relations_cpu import bulletin_cpu
from benchmarks.synthetic.hugo_site import Related, write_hugo_site
from benchmarks.synthetic.records import Corpus

SHOWN = 5
LEAST_RECALL = 0.95
MOST_NOISE = 1.0
HUGO: Mapping[str, Related] = {
    # Its recall is the same with every threshold from 0 to 80.
    "Hugo": Related(),
    # What over 5 % carry does not count. A higher threshold than 20 changes nothing; a lower one
    # lets articles of the same year in, five for each.
    "Hugo, common terms left out": Related(threshold=20, cardinality=5),
}

Shown = Mapping[str, Sequence[str]]
"""The ids of the related meetings that the page of each article shows, the first first."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the relations found, and how many are shown where there are none."""

    recall: Mapping[Kind, float]
    overall: float
    noise: float


def score(planted: Planted, shown: Shown) -> Score:
    """Compare what is shown with what was planted."""
    found: dict[Kind, list[float]] = {}
    for group in planted.groups:
        for member in group.members:
            others = set(group.members) - {member}
            hits = len(others.intersection(shown[member][:SHOWN])) / min(len(others), SHOWN)
            found.setdefault(group.kind, []).append(hits)
    return Score(
        recall={kind: fmean(hits) for kind, hits in found.items()},
        overall=fmean(share for hits in found.values() for share in hits),
        noise=fmean(len(shown[name][:SHOWN]) for name in planted.noise),
    )


def bulletin_shows(corpus: Corpus, scratch: Path) -> Shown:
    """Build `corpus` with Bulletin in the folder `scratch`."""
    write(corpus, scratch)
    run_build(scratch)
    return {
        article.id: own_relations.related_on(scratch / "site" / article_address(article))
        for article in corpus.articles
    }


def hugo_shows(corpus: Corpus, scratch: Path, hugo: str, related: Related) -> Shown:
    """Build `corpus` with Hugo in the folder `scratch`."""
    write_hugo_site(corpus, scratch, related)
    _run_hugo(hugo, scratch)
    return {
        article.id: own_relations.related_on(scratch / "public" / "posts" / article.id)
        for article in corpus.articles
    }


def table(planted: Planted, scores: Mapping[str, Score]) -> Iterator[str]:
    """Yield the lines of a table with a column for each of `scores`."""
    yield f"| | Articles | {' | '.join(scores)} |"
    yield f"|---|---:|{'---:|' * len(scores)}"
    for kind in Kind:
        count = sum(len(group.members) for group in planted.groups if group.kind is kind)
        if count:
            yield _row(kind, count, [each.recall[kind] for each in scores.values()])
    count = sum(len(group.members) for group in planted.groups)
    yield _row("all planted", count, [each.overall for each in scores.values()])
    noise = [each.noise for each in scores.values()]
    yield _row("shown with a noise article, of 5", len(planted.noise), noise)


def _row(name: str, count: int, values: Sequence[float]) -> str:
    return f"| {name} | {count} | {' | '.join(f'{value:.3f}' for value in values)} |"


def hugo_cpu(corpus: Corpus, scratch: Path, hugo: str, runs: int) -> float:
    """The processor seconds Hugo needs with related content, minus those without it."""
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    for name, related in (("with", HUGO["Hugo"]), ("without", None)):
        write_hugo_site(corpus, scratch / name, related)
    # By turns, so that what else the machine does slows down both.
    for _ in range(runs):
        for name, taken in seconds.items():
            shutil.rmtree(scratch / name / "public", ignore_errors=True)
            before = _children_seconds()
            _run_hugo(hugo, scratch / name)
            taken.append(_children_seconds() - before)
    return median(seconds["with"]) - median(seconds["without"])


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run_hugo(hugo: str, site: Path) -> None:
    command = [hugo, "--source", str(site), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit((done.stderr or done.stdout)[-2000:])


def _compare(planted: Planted, hugo: str | None, scratch: Path) -> int:
    scores = {"Bulletin": score(planted, bulletin_shows(planted.corpus, scratch / "bulletin"))}
    for place, (name, related) in enumerate(HUGO.items() if hugo else ()):
        shown = hugo_shows(planted.corpus, scratch / f"hugo-{place}", str(hugo), related)
        scores[name] = score(planted, shown)
    print("\n".join(table(planted, scores)))
    own = scores["Bulletin"]
    return 0 if own.overall >= LEAST_RECALL and own.noise <= MOST_NOISE else 1


def _compare_cpu(corpus: Corpus, hugo: str | None, scratch: Path, runs: int) -> int:
    lists, reasons = bulletin_cpu(corpus, runs)
    rows = {"Bulletin's related lists": lists, "Bulletin's reasons, of all that is shown": reasons}
    if hugo:
        rows["Hugo's related content"] = hugo_cpu(corpus, scratch, hugo, runs)
    print(f"| {len(corpus.articles)} articles | CPU s |\n|---|---:|")
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.2f} |")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hugo", default=shutil.which("hugo"), metavar="PATH")
    parser.add_argument("--runs", type=int, default=3, help="of which --cpu takes the median")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--cpu", action="store_true", help="what related content costs")
    mode.add_argument("--content", action="store_true", help="check this project's own content")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if options.content:
            return own_relations.check(scratch)
        if options.cpu:
            corpus = generate(options.articles, options.seed)
            return _compare_cpu(corpus, options.hugo, scratch, options.runs)
        try:
            planted = plant(options.articles, options.seed)
        except ValueError as error:
            parser.error(str(error))
        if wrong := broken_promises(planted):
            sys.exit("\n".join(wrong[:20]))
        return _compare(planted, options.hugo, scratch)


if __name__ == "__main__":
    sys.exit(main())
