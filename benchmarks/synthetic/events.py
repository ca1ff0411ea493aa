"""What happened: one article after another, each with all it says of itself."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.synthetic.draws import Draws, Weighted, power_law
from benchmarks.synthetic.naming import Ids, slug
from benchmarks.synthetic.prose import Theme, Voice, capitalised, compose, theme
from benchmarks.synthetic.records import Article, Attendance, Kind, Link, Part, Source, Status
from benchmarks.synthetic.timeline import LAST_DAY
from benchmarks.synthetic.vocabulary import NOUNS
from benchmarks.synthetic.world import (
    CITIES,
    COUNTRIES,
    ORGANISATIONS,
    PROVINCES,
    TOPICS,
    Recurring,
    document_numbers,
)

KINDS: Weighted[Kind] = Weighted(
    ("working-session", "reception", "conference", "visit", "brief", "review", "news", "signing"),
    (28, 18, 12, 12, 11, 7, 7, 5),
)
_STATUSES: Weighted[Status] = Weighted(("held", "postponed", "cancelled"), (97.0, 2.0, 1.0))
HOW_MANY_OFFICIALS = Weighted(range(1, 9), (22, 24, 20, 14, 9, 6, 3, 2))
_HOW_MANY_TOPICS = Weighted(range(1, 5), (35, 40, 18, 7))
_HOW_MANY_ORGANISATIONS = Weighted(range(4), (15, 35, 35, 15))
_HOW_MANY_PARTNERS = Weighted(range(4), (45, 38, 12, 5))
_HOW_MANY_DOCUMENTS = Weighted(range(4), (55, 27, 12, 6))
_HOW_MANY_LINKS = Weighted(range(4), (50, 30, 14, 6))

_TOPICS = power_law(TOPICS)
_ORGANISATIONS = power_law(ORGANISATIONS)
_PARTNERS = power_law(name for pair in zip(COUNTRIES, CITIES, strict=False) for name in pair)
_AT_HOME = power_law(PROVINCES, flatness=0.25)
_ABROAD = power_law(CITIES, flatness=4)
_NEWS_DESKS = power_law(
    ("HNP", "TTXVN", "Báo Thế giới và Việt Nam", "Cổng TTĐT Chính phủ", "Báo Nhân Dân"), flatness=0
)
_REPORTERS = ("Huy Kiên", "Thu Trang", "Minh Phương", "Hải Yến", "Quốc Bảo", "Lan Chi", "Đức Anh")

_COMES_AGAIN, _COMES_UP_AGAIN = 0.6, 0.7
_LONGEST_ID = 80

_TITLES: dict[Kind, tuple[str, ...]] = {
    "working-session": (
        "{host} làm việc với {guest} về {phrase}",
        "{host} và {guest} bàn {phrase}",
        "Họp liên ngành về {phrase} và {other}",
    ),
    "conference": (
        'Hội thảo "{phrase}: {other}"',
        "Hội nghị {verb} {phrase} năm {year}",
        "Diễn đàn {phrase} tại {place}",
    ),
    "signing": (
        "{host} và {guest} ký thỏa thuận về {phrase}",
        "Ký kết chương trình {verb} {phrase} giữa {host} và {guest}",
    ),
    "visit": (
        "Đoàn {host} thăm và làm việc tại {place}",
        "{guest} thăm {place}, tìm hiểu {phrase}",
        "Chuyến thăm {place}: {verb} {phrase}",
    ),
    "reception": (
        "{host} tiếp {guest}: {verb} {phrase}",
        "Tiếp đoàn {guest}, trao đổi về {phrase}",
    ),
    "review": ("Tổng kết {phrase} năm {year}", "Rà soát việc {verb} {phrase} và {other}"),
    "brief": ("Tin vắn: {phrase}", "Điểm tin {phrase}, {other}"),
    "news": ("{host} {verb} {phrase}", "{place} {verb} {phrase} và {other}"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What is settled of an article before it is written: when, after what, and who must come."""

    day: dt.date
    follows: int | None = None
    event: Recurring | None = None
    present: tuple[str, ...] = ()


class Chronicle:
    """Articles written in order of time, each knowing those before it."""

    def __init__(self, seed: int, people: Sequence[str], moments: Sequence[Moment]) -> None:
        """Prepare to write of `moments`, which are in order, and of `people`, the busiest first."""
        self._seed = seed
        self._moments = moments
        self._people = power_law(people)
        self._by_topic = {name: theme(Draws(seed, "topic", name)) for name in TOPICS}
        self._documents = self._document_pools()
        self._ids = Ids()
        self._themes: list[Theme] = []
        self._articles: list[Article] = []

    def told(self) -> Iterator[Article]:
        """Yield an article for each moment. Only its facts are kept: the words are most of it."""
        for place in range(len(self._articles), len(self._moments)):
            article = self._told(self._moments[place], Draws(self._seed, "article", place))
            self._articles.append(article.facts())
            yield article

    def _told(self, moment: Moment, draws: Draws) -> Article:
        facts, own_theme = self._facts(moment, draws)
        about = own_theme
        for name in facts.topics:
            about = about.joined(self._by_topic[name])
        voice = Voice(about, draws)
        if moment.event:
            title = f"{moment.event.name} năm {facts.date.year}"
        else:
            title = headline(facts, own_theme, voice, draws)
        ident = self._ids.claim(article_id(facts.date, title))
        article = replace(
            facts,
            id=ident,
            title=title,
            summary=voice.sentences(1, 2),
            source=source_of(ident, facts.date, draws),
        )
        body = compose(article, voice, self._links(article, draws), draws)
        self._themes.append(own_theme)
        return replace(article, body=body)

    def _facts(self, moment: Moment, draws: Draws) -> tuple[Article, Theme]:
        """Return an article that lacks only its words, and the theme they are to be drawn from."""
        if moment.follows is not None:
            before = self._articles[moment.follows]
            facts = self._afresh(moment, [who.official for who in before.officials], draws)
            facts = replace(
                facts,
                topics=mostly_kept(before.topics, draws),
                organisations=mostly_kept(before.organisations, draws),
                partners=mostly_kept(before.partners, draws),
                follows=(before.id,),
            )
            return facts, self._themes[moment.follows]
        facts = self._afresh(moment, (), draws)
        if moment.event is None:
            return facts, theme(draws)
        # An event is every year about the same things, whoever comes.
        custom = Draws(self._seed, "series", moment.event.name)
        facts = replace(
            facts,
            series=moment.event.name,
            topics=_TOPICS.distinct(custom, 2),
            organisations=_ORGANISATIONS.distinct(custom, 2),
        )
        return facts, theme(custom)

    def _afresh(self, moment: Moment, acquainted: Sequence[str], draws: Draws) -> Article:
        """Return the facts of a meeting that is new but for those of `acquainted` who come."""
        returning = tuple(name for name in acquainted if draws.chance(_COMES_AGAIN))
        kind = moment.event.kind if moment.event else KINDS.draw(draws)
        several_days = kind in ("conference", "visit") and draws.chance(0.25)
        numbers = self._documents[moment.day.year].distinct(draws, _HOW_MANY_DOCUMENTS.draw(draws))
        declared = 1 if numbers and draws.chance(0.2) else 0
        return Article(
            id="",
            title="",
            date=moment.day,
            kind=kind,
            status=_STATUSES.draw(draws),
            end_date=_days_later(moment.day, draws.whole(1, 3)) if several_days else None,
            topics=_TOPICS.distinct(draws, _HOW_MANY_TOPICS.draw(draws)),
            officials=self._attendances(kind, moment.present + returning, draws),
            organisations=_ORGANISATIONS.distinct(draws, _HOW_MANY_ORGANISATIONS.draw(draws)),
            partners=_PARTNERS.distinct(draws, _HOW_MANY_PARTNERS.draw(draws)),
            location=(_ABROAD if kind == "visit" else _AT_HOME).draw(draws),
            documents=numbers[:declared],
            cited=numbers[declared:],
        )

    def _attendances(
        self, kind: Kind, present: Sequence[str], draws: Draws
    ) -> tuple[Attendance, ...]:
        """Return who came, those in `present` among them, and the parts they played."""
        certain = tuple(dict.fromkeys(present))[:8]
        more = HOW_MANY_OFFICIALS.draw(draws) - len(certain)
        company = certain + self._people.distinct(draws, max(more, 0), but=certain)
        return tuple(
            Attendance(name, parts_played(kind, rank, draws))
            for rank, name in enumerate(draws.shuffled(company))
        )

    def _links(self, article: Article, draws: Draws) -> tuple[Link, ...]:
        """Return links to earlier articles, to what `article` follows and to recent ones most."""
        wanted = min(_HOW_MANY_LINKS.draw(draws), len(self._articles))
        targets = dict.fromkeys(article.follows[:wanted])
        while len(targets) < wanted:
            # A product of two draws makes the recent likely and the old possible.
            back = int(draws.uniform() * draws.uniform() * len(self._articles))
            targets[self._articles[-1 - back].id] = None
        return tuple(
            Link(target, draws.choose(NOUNS) if draws.chance(0.5) else "") for target in targets
        )

    def _document_pools(self) -> dict[int, Weighted[str]]:
        """Return, for each year, the documents then quoted: of that year and the one before."""
        years = [moment.day.year for moment in self._moments]
        issued: dict[int, tuple[str, ...]] = {}
        pools: dict[int, Weighted[str]] = {}
        for year in range(min(years, default=0), max(years, default=-1) + 1):
            count = 3 + years.count(year) // 4
            issued[year] = document_numbers(year, count, Draws(self._seed, "documents", year))
            pools[year] = power_law(issued[year] + issued.get(year - 1, ())[: count // 2])
        return pools


def headline(facts: Article, own: Theme, voice: Voice, draws: Draws) -> str:
    """Return a title for an article that has its facts, with a phrase of its `own` theme."""
    hosts = facts.organisations or ("Hà Nội",)
    guests = (*hosts[1:], *facts.partners, "các đơn vị liên quan")
    return capitalised(
        draws.choose(_TITLES[facts.kind]).format(
            host=hosts[0],
            guest=guests[0],
            place=facts.location,
            verb=voice.verb(),
            phrase=draws.choose(own.phrases),
            other=draws.choose(NOUNS),
            year=facts.date.year,
        )
    )


def article_id(day: dt.date, title: str) -> str:
    """Return the id of an article, short enough for a number to be added to it."""
    return f"{day}-{slug(title, _LONGEST_ID - len(day.isoformat()) - 4)}"


def parts_played(kind: Kind, rank: int, draws: Draws) -> tuple[Part, ...]:
    """Return the parts that the person of this rank, from 0, plays at a meeting of `kind`."""
    if kind == "signing" and rank < 2:
        return ("signatory",) if draws.chance(0.7) else ("speaker", "signatory")
    if rank == 0 and kind not in ("brief", "news"):
        return ("chair",) if draws.chance(0.8) else ("chair", "speaker")
    if rank < 4 and draws.chance(0.3):
        return ("speaker",)
    return ("attendee",)


def mostly_kept(names: tuple[str, ...], draws: Draws) -> tuple[str, ...]:
    """Return the first of `names` and most of the others."""
    return names[:1] + tuple(name for name in names[1:] if draws.chance(_COMES_UP_AGAIN))


def source_of(ident: str, day: dt.date, draws: Draws) -> Source | None:
    """Return where the article with this id was first published, for three out of four."""
    if draws.chance(0.25):
        return None
    return Source(
        name=_NEWS_DESKS.draw(draws),
        author=draws.choose(_REPORTERS),
        published=dt.datetime.combine(day, dt.time(draws.whole(15, 23), draws.whole(0, 59))),
        url=f"https://example.org/nguon/{ident}.html",
    )


def _days_later(day: dt.date, count: int) -> dt.date | None:
    """Return the day `count` days after `day`, unless the corpus has ended by then."""
    later = day + dt.timedelta(days=count)
    return later if later <= LAST_DAY else None
