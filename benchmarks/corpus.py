"""Make a corpus to measure with: a bulletin of any size, the same on every machine.

    python benchmarks/corpus.py OUT --articles 10000

writes a project; `generate` returns the same corpus as records, which say of each article who was
there and what it was about, and so are the truth that a built site can be held against. The same
seed and size give the same bytes, on every machine and under every Python from 3.11.

All people and events are invented.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isqrt
from pathlib import Path

if __package__ in (None, ""):  # Run as a script: Python then looks for modules in this folder.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.synthetic import people, timeline, world
from benchmarks.synthetic.bulletin_project import write_article, write_bulletin_project, write_frame
from benchmarks.synthetic.draws import Draws
from benchmarks.synthetic.eleventy_site import write_eleventy_site
from benchmarks.synthetic.events import Chronicle, Moment
from benchmarks.synthetic.hugo_site import write_hugo_site
from benchmarks.synthetic.naming import entries
from benchmarks.synthetic.nikola_site import write_nikola_site
from benchmarks.synthetic.pelican_site import write_pelican_site
from benchmarks.synthetic.records import (
    Article,
    Attendance,
    Body,
    Corpus,
    Entry,
    Link,
    Membership,
    Official,
    Source,
)
from benchmarks.synthetic.zola_site import write_zola_site

__all__ = [
    "FORMATS",
    "Article",
    "Attendance",
    "Body",
    "Corpus",
    "Entry",
    "Link",
    "Membership",
    "Official",
    "Source",
    "generate",
    "generate_into",
    "write",
]

FORMATS: Mapping[str, Callable[[Corpus, Path], None]] = {
    "bulletin": write_bulletin_project,
    "eleventy": write_eleventy_site,
    "hugo": write_hugo_site,
    "nikola": write_nikola_site,
    "pelican": write_pelican_site,
    "zola": write_zola_site,
}
"""Ways to write a corpus to a folder, by name."""

_FEWEST_OFFICIALS = 8
_MOST_YEARS = 100


def generate(
    articles: int,
    seed: int = 1,
    shelves: bool = False,
    years: int = 15,
    keep: Callable[[Article], Article] = lambda article: article,
) -> Corpus:
    """Return a corpus of so many `articles`, over the last `years` years of its calendar.

    `shelves` makes the corpus one whose entries have files of their own; the articles are the
    same with and without. `keep` is given each article, and gives what the corpus is to have of
    it. ValueError when a number is out of range.
    """
    if articles < 0:
        raise ValueError("a corpus cannot have fewer than 0 articles")
    if not 1 <= years <= _MOST_YEARS:
        raise ValueError(f"a corpus covers 1 to {_MOST_YEARS} years")
    names = people.distinct_names(_how_many_officials(articles), Draws(seed, "people"))
    moments = _moments(articles, years, names, seed)
    told = Chronicle(seed, names, moments).told() if articles else ()
    written = tuple(map(keep, told))
    return Corpus(
        articles=written,
        officials=people.officials(names, days_seen(written), seed),
        organisations=entries(world.ORGANISATIONS),
        topics=entries(world.TOPICS),
        places=entries(world.PROVINCES + world.COUNTRIES + world.CITIES),
        series=entries(event.name for event in world.RECURRING),
        shelves=shelves,
    )


def generate_into(
    out: Path, articles: int, seed: int = 1, shelves: bool = False, years: int = 15
) -> Corpus:
    """Write a Bulletin project article by article, so that the largest fits in little memory.

    The files are those of `write(generate(…), out)`. Return the corpus with the facts of the
    articles only.
    """
    _refuse_full(out)

    def keep(article: Article) -> Article:
        write_article(article, out)
        return article.facts()

    corpus = generate(articles, seed, shelves, years, keep)
    write_frame(corpus, out)
    return corpus


def write(corpus: Corpus, out: Path, form: str = "bulletin") -> None:
    """Write `corpus` to the folder `out` in one of `FORMATS`.

    The folder is made if need be. FileExistsError when it holds anything: what an earlier corpus
    left there would be taken for part of this one.
    """
    _refuse_full(out)
    FORMATS[form](corpus, out)


def _refuse_full(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")


def _how_many_officials(articles: int) -> int:
    """Return one for two articles, and beyond 10,000 articles ever fewer for each."""
    if articles == 0:
        return 0
    return max(_FEWEST_OFFICIALS, min(articles // 2, 50 * isqrt(articles)))


def _moments(articles: int, years: int, names: Sequence[str], seed: int) -> list[Moment]:
    """Return the frame of every article: its day, what it follows, and whose turn it is."""
    on = timeline.days(articles, years, Draws(seed, "days"))
    follows = timeline.threads(on, Draws(seed, "threads"))
    threaded = follows.keys() | set(follows.values())
    events = timeline.occurrences(on, threaded)
    # By rank alone some would never come; so each has a turn, at a time that has nothing to do
    # with the rank.
    turns: dict[int, list[str]] = defaultdict(list)
    for place, name in enumerate(Draws(seed, "turns").shuffled(names)):
        turns[place * articles // len(names)].append(name)
    return [
        Moment(day, follows.get(place), events.get(place), tuple(turns.get(place, ())))
        for place, day in enumerate(on)
    ]


def days_seen(articles: Sequence[Article]) -> dict[str, list[date]]:
    """Return, for every official at a meeting, the days of those meetings in order."""
    seen: dict[str, list[date]] = defaultdict(list)
    for article in articles:
        for attendance in article.officials:
            seen[attendance.official].append(article.date)
    return seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the corpus that the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description="Write a corpus to measure with.")
    parser.add_argument("out", type=Path, metavar="OUT", help="a folder, new or empty")
    parser.add_argument("--articles", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another corpus")
    parser.add_argument(
        "--shelves", action="store_true", help="also write files for officials, topics and so on"
    )
    parser.add_argument("--years", type=int, default=15, help="how far back the articles go")
    parser.add_argument("--format", choices=sorted(FORMATS), default="bulletin")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.format == "bulletin":
            generate_into(chosen.out, chosen.articles, chosen.seed, chosen.shelves, chosen.years)
        else:
            corpus = generate(chosen.articles, chosen.seed, chosen.shelves, chosen.years)
            write(corpus, chosen.out, chosen.format)
    except (ValueError, FileExistsError, NotADirectoryError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
