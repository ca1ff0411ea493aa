"""An archive in which it is known what belongs together: relations planted among noise.

Noise articles share nothing but what over a twentieth of all articles carry, and words. Planted
ones carry all that too, and come in groups that share something of their own besides:

- threads, meetings on one subject within weeks, half of them declared with `follows`;
- series, one meeting each year;
- an official met nowhere else, months or years apart;
- a document quoted nowhere else, its number typed differently each time.

The same seed and size give the same archive.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

from benchmarks.corpus import days_seen
from benchmarks.synthetic import people, timeline
from benchmarks.synthetic.commons import (
    COMMON_DOCUMENTS,
    COMMON_ORGANISATIONS,
    COMMON_PARTNERS,
    COMMON_PLACES,
    COMMON_SERIES,
    COMMON_TOPICS,
    Commons,
    attendances,
)
from benchmarks.synthetic.draws import Draws, Weighted
from benchmarks.synthetic.events import article_id, headline, mostly_kept, source_of
from benchmarks.synthetic.naming import Ids, entries
from benchmarks.synthetic.prose import Theme, Voice, compose
from benchmarks.synthetic.records import Article, Body, Corpus
from benchmarks.synthetic.subjects import Rarities, pattern_about, spellings

FEWEST_ARTICLES = 200
YEARS = 15
COMMON_SHARE = 0.05
SEEN_AT_MOST = 4


class Kind(StrEnum):
    """What the articles of a group share."""

    DECLARED = "thread, declared"
    UNDECLARED = "thread, undeclared"
    SERIES = "series"
    OFFICIAL = "rare official"
    DOCUMENT = "rare document"


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that belong together, by id, the oldest first."""

    kind: Kind
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """An archive, the groups planted in it, and the ids of the articles that are in none."""

    corpus: Corpus
    groups: tuple[Group, ...]
    noise: tuple[str, ...]


_SIZES: Mapping[Kind, Weighted[int]] = {
    Kind.DECLARED: Weighted((2, 3, 4, 5), (4, 3, 2, 1)),
    Kind.UNDECLARED: Weighted((2, 3, 4, 5), (4, 3, 2, 1)),
    Kind.SERIES: Weighted((3, 4, 5, 6), (1, 1, 1, 1)),
    Kind.OFFICIAL: Weighted((2, 3, SEEN_AT_MOST), (7, 2, 1)),
    Kind.DOCUMENT: Weighted((2,), (1,)),
}
_DAYS_BETWEEN: Mapping[Kind, tuple[int, int]] = {
    Kind.DECLARED: (3, 30),
    Kind.UNDECLARED: (3, 30),
    Kind.SERIES: (355, 375),
    Kind.OFFICIAL: (60, 1200),
    Kind.DOCUMENT: (20, 700),
}
_THREADS = (Kind.DECLARED, Kind.UNDECLARED)
_IN_TITLE, _IN_SUMMARY, _WITH_DOCUMENT, _COMES_AGAIN = 0.6, 0.5, 0.5, 0.6


def plant(articles: int = 1000, seed: int = 1, share: float = 0.15) -> Planted:
    """Return an archive of so many `articles`, of which about a `share` are planted.

    ValueError when there are so few that nothing can be common to a twentieth of them.
    """
    if articles < FEWEST_ARTICLES:
        raise ValueError(
            f"an archive with planted relations has at least {FEWEST_ARTICLES} articles"
        )
    sizes = list(_group_sizes(int(articles * share), Draws(seed, "sizes")))
    scribe = _Scribe(seed, _rare_names(sizes, seed))
    told = [scribe.group(kind, size, place) for place, (kind, size) in enumerate(sizes)]
    noise = scribe.noise(articles - sum(size for _, size in sizes))
    written = sorted((*noise, *(article for group in told for article in group)), key=_in_order)
    return Planted(
        corpus=_corpus(written, scribe.officials, seed),
        groups=tuple(
            Group(kind, tuple(article.id for article in group))
            for (kind, _), group in zip(sizes, told, strict=True)
        ),
        noise=tuple(article.id for article in noise),
    )


def broken_promises(planted: Planted) -> list[str]:
    """Return what noise articles share that is rare, and what of the planted is not."""
    articles = {article.id: article for article in planted.corpus.articles}
    carriers = Counter(term for article in articles.values() for term in set(terms(article)))
    enough = COMMON_SHARE * len(articles)
    shared = {term for name in planted.noise for term in terms(articles[name])}
    wrong = [f"{term} is rare" for term in sorted(shared) if carriers[term] <= enough]
    for group in planted.groups:
        sets = [set(terms(articles[name])) for name in group.members]
        own = {term for term in set.intersection(*sets) if carriers[term] == len(group.members)}
        if group.kind in (Kind.SERIES, Kind.OFFICIAL, Kind.DOCUMENT) and not own:
            wrong.append(f"{group.members} share nothing of their own")
    return wrong


def terms(article: Article) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of everything but words that `article` may share."""
    for kind, names in (
        ("topic", article.topics),
        ("official", (who.official for who in article.officials)),
        ("organisation", article.organisations),
        ("partner", article.partners),
        ("location", (article.location,)),
        ("document", map(_plain_number, (*article.documents, *article.cited))),
        ("series", (article.series,) if article.series else ()),
    ):
        for name in names:
            yield kind, name


class _Scribe:
    """Writes articles, each knowing those of its own group written before it."""

    def __init__(self, seed: int, rare_names: Sequence[str]) -> None:
        self._seed = seed
        self._commons = Commons(seed)
        self._rarities = Rarities(seed, COMMON_DOCUMENTS)
        self._rare_names = iter(rare_names)
        self._ids = Ids()
        self.officials = (*self._commons.officials, *rare_names)

    def noise(self, count: int) -> tuple[Article, ...]:
        """Return `count` articles that belong to no group."""
        days = timeline.days(count, YEARS, Draws(self._seed, "days"))
        return tuple(self._noise_article(day, place) for place, day in enumerate(days))

    def group(self, kind: Kind, size: int, place: int) -> tuple[Article, ...]:
        """Return `size` articles that share what groups of this kind do, the oldest first."""
        draws = Draws(self._seed, "group", place)
        days = _days(kind, size, draws)
        if kind in _THREADS:
            return self._thread(days, kind is Kind.DECLARED, draws)
        if kind is Kind.SERIES:
            return self._series(days, draws)
        if kind is Kind.OFFICIAL:
            return self._met_again(days, draws)
        return self._quoting(days, draws)

    def _noise_article(self, day: dt.date, place: int) -> Article:
        draws = Draws(self._seed, "noise", place)
        return self._finished(self._commons.facts(day, draws), draws)

    def _thread(self, days: Sequence[dt.date], declared: bool, draws: Draws) -> tuple[Article, ...]:
        subject = self._rarities.subject()
        quoted = draws.chance(_WITH_DOCUMENT)
        number = self._rarities.document(days[0].year) if quoted else None
        found: list[Article] = []
        for day in days:
            facts = self._commons.facts(day, draws)
            if number:
                facts = _naming(facts, number, draws)
            if found:
                facts = self._continued(found[-1], facts, draws)
            if found and declared:
                facts = replace(facts, follows=(found[-1].id,))
            found.append(self._finished(facts, draws, subject))
        return tuple(found)

    def _continued(self, before: Article, facts: Article, draws: Draws) -> Article:
        """Return `facts` with much of what the meeting `before` was about, and some who came."""
        back = tuple(who for who in before.officials if draws.chance(_COMES_AGAIN))
        known = {who.official for who in back}
        return replace(
            facts,
            topics=mostly_kept(before.topics, draws),
            organisations=mostly_kept(before.organisations, draws),
            partners=mostly_kept(before.partners, draws),
            officials=back + tuple(who for who in facts.officials if who.official not in known),
        )

    def _series(self, days: Sequence[dt.date], draws: Draws) -> tuple[Article, ...]:
        name = self._rarities.series()
        found: list[Article] = []
        for day in days:
            facts = replace(self._commons.facts(day, draws), series=name)
            if found:
                facts = replace(facts, kind=found[0].kind, topics=found[0].topics)
            found.append(self._finished(facts, draws, title=f"{name} năm {day.year}"))
        return tuple(found)

    def _met_again(self, days: Sequence[dt.date], draws: Draws) -> tuple[Article, ...]:
        name = next(self._rare_names)
        found = []
        for day in days:
            facts = self._commons.facts(day, draws)
            names = (name, *(who.official for who in facts.officials))
            facts = replace(facts, officials=attendances(names, facts.kind, draws))
            found.append(self._finished(facts, draws))
        return tuple(found)

    def _quoting(self, days: Sequence[dt.date], draws: Draws) -> tuple[Article, ...]:
        typed = draws.shuffled(spellings(self._rarities.document(days[0].year)))
        found = []
        for day, number in zip(days, typed, strict=False):
            facts = self._commons.facts(day, draws)
            facts = replace(facts, cited=(*facts.cited, number))
            found.append(self._finished(facts, draws))
        return tuple(found)

    def _finished(
        self, facts: Article, draws: Draws, subject: str = "", title: str = ""
    ) -> Article:
        """Return the article that `facts` lack words for, on a `subject` if it has one."""
        about = self._commons.about(facts.topics)
        voice = Voice(about, draws)
        named = Theme((), (subject,)) if subject and draws.chance(_IN_TITLE) else about
        title = title or headline(facts, named, voice, draws)
        ident = self._ids.claim(article_id(facts.date, title))
        summary = voice.sentences(1, 2)
        if subject and draws.chance(_IN_SUMMARY):
            summary = f"{_sentence_about(subject, voice, draws)} {summary}"
        article = replace(
            facts,
            id=ident,
            title=title,
            summary=summary,
            source=source_of(ident, facts.date, draws),
        )
        body = compose(article, voice, (), draws)
        return replace(article, body=_with_subject(body, subject, voice, draws))


def _group_sizes(planted: int, draws: Draws) -> Iterator[tuple[Kind, int]]:
    """Yield the groups that about as many articles as were asked for fall into."""
    for kind in Kind:
        left = planted // len(Kind)
        while (size := _SIZES[kind].draw(draws)) <= left:
            left -= size
            yield kind, size


def _rare_names(sizes: Iterable[tuple[Kind, int]], seed: int) -> tuple[str, ...]:
    count = sum(kind is Kind.OFFICIAL for kind, _ in sizes)
    common = Commons(seed).officials
    return people.distinct_names(count, Draws(seed, "rare people"), taken=common)


def _days(kind: Kind, size: int, draws: Draws) -> tuple[dt.date, ...]:
    """Return the days of a group, as far apart as its kind has it, the first anywhere."""
    low, high = _DAYS_BETWEEN[kind]
    after = list(accumulate((draws.whole(low, high) for _ in range(size - 1)), initial=0))
    # From the third day on, so that going back to a workday stays within the first year.
    first = dt.date(timeline.LAST_DAY.year - YEARS + 1, 1, 3)
    start = draws.whole(0, (timeline.LAST_DAY - first).days - after[-1])
    return tuple(_workday(first + dt.timedelta(days=start + days)) for days in after)


def _workday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _naming(facts: Article, number: str, draws: Draws) -> Article:
    """Return `facts` with a document in the front matter, or with it in the text, or without."""
    where = draws.uniform()
    if where < 0.4:
        return replace(facts, documents=(*facts.documents, number))
    if where < 0.8:
        return replace(facts, cited=(*facts.cited, draws.choose(spellings(number))))
    return facts


def _with_subject(body: Body, subject: str, voice: Voice, draws: Draws) -> Body:
    """Return `body`, which has no links, with some paragraphs about `subject` below its first."""
    if not subject:
        return body
    blocks = "".join(map(str, body)).rstrip("\n").split("\n\n")
    for _ in range(draws.whole(3, 5)):
        about = f"{_sentence_about(subject, voice, draws)} {voice.sentence()}"
        blocks.insert(draws.whole(1, len(blocks)), about)
    return ("\n\n".join(blocks) + "\n",)


def _sentence_about(subject: str, voice: Voice, draws: Draws) -> str:
    return f"{voice.line([pattern_about(subject, draws)])}."


def _corpus(written: Sequence[Article], officials: Sequence[str], seed: int) -> Corpus:
    own_series = (article.series for article in written if article.series)
    return Corpus(
        articles=tuple(written),
        officials=people.officials(officials, days_seen(written), seed),
        organisations=entries(COMMON_ORGANISATIONS),
        topics=entries(COMMON_TOPICS),
        places=entries(COMMON_PLACES + COMMON_PARTNERS),
        series=entries(dict.fromkeys((*COMMON_SERIES, *own_series))),
    )


def _in_order(article: Article) -> tuple[dt.date, str]:
    return article.date, article.id


def _plain_number(number: str) -> str:
    return number.replace(" ", "").replace("–", "-")
