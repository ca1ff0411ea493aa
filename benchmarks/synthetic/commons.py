"""What everyone in an archive has in common: terms that every article may carry, and often does.

Two articles that share only such terms have no more to do with each other than any other two. Each
is carried by well over a twentieth of the articles, whatever the seed: terms are dealt from decks
rather than drawn, so that none of them can come up too seldom.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from benchmarks.synthetic.draws import Draws, Weighted
from benchmarks.synthetic.events import HOW_MANY_OFFICIALS, KINDS, parts_played
from benchmarks.synthetic.people import distinct_names
from benchmarks.synthetic.prose import Theme, theme
from benchmarks.synthetic.records import Article, Attendance, Kind
from benchmarks.synthetic.world import CITIES, COUNTRIES, ORGANISATIONS, PROVINCES, TOPICS

COMMON_DOCUMENTS = ("59-NQ/TW", "22-NQ/TW", "25-CT/TW")
COMMON_SERIES = ("Giao ban đối ngoại hằng tuần", "Lịch tiếp khách quốc tế")
COMMON_TOPICS = TOPICS[:12]
COMMON_ORGANISATIONS = ORGANISATIONS[:10]
COMMON_PARTNERS = COUNTRIES[:5] + CITIES[:1]
COMMON_PLACES = PROVINCES[:6]

_OFFICIALS = 20
_HOW_MANY_TOPICS = Weighted((1, 2, 3), (35, 40, 25))
_HOW_MANY_ORGANISATIONS = Weighted(range(4), (15, 35, 35, 15))
_HOW_MANY_PARTNERS = Weighted(range(4), (45, 38, 12, 5))
_OF_A_SERIES = 0.15
_QUOTES_A_DOCUMENT = 0.6

T = TypeVar("T")


class Deck(Generic[T]):
    """Cards dealt one after another, and shuffled anew when all are dealt."""

    def __init__(self, cards: Iterable[T], draws: Draws) -> None:
        """Take `cards`: what is in it several times is dealt several times as often."""
        self._all = tuple(cards)
        self._draws = draws
        self._left: list[T] = []

    def deal(self, count: int) -> tuple[T, ...]:
        """Return `count` different cards; one that comes up twice waits for the next."""
        found: list[T] = []
        waiting: list[T] = []
        while len(found) < count:
            if not self._left:
                self._left = self._draws.shuffled(self._all)
            card = self._left.pop()
            (waiting if card in found else found).append(card)
        self._left += waiting
        return tuple(found)


class _Decks(NamedTuple):
    topics: Deck[str]
    officials: Deck[str]
    organisations: Deck[str]
    partners: Deck[str]
    places: Deck[str]
    documents: Deck[str]
    series: Deck[str]


class Commons:
    """Articles that have nothing of their own: their facts, and the themes they are written on."""

    def __init__(self, seed: int) -> None:
        """Open the commons of the archive with this seed."""
        self.officials = distinct_names(_OFFICIALS, Draws(seed, "common people"))
        # With more phrases, some would be said repeatedly in less than a twentieth of the articles.
        self._themes = {
            name: theme(Draws(seed, "common theme", name), phrases=3) for name in COMMON_TOPICS
        }
        cards = _Decks(
            topics=_deck(seed, "topics", COMMON_TOPICS, thrice=3, twice=4),
            officials=_deck(seed, "officials", self.officials, thrice=5, twice=7),
            organisations=_deck(seed, "organisations", COMMON_ORGANISATIONS, thrice=2, twice=3),
            partners=_deck(seed, "partners", COMMON_PARTNERS, twice=2),
            places=_deck(seed, "places", (*[PROVINCES[0]] * 4, *COMMON_PLACES)),
            documents=_deck(seed, "documents", COMMON_DOCUMENTS),
            series=_deck(seed, "series", COMMON_SERIES),
        )
        self._decks = cards

    def facts(self, day: dt.date, draws: Draws) -> Article:
        """Return an article of this day that lacks only its words and its id."""
        kind = KINDS.draw(draws)
        documents = self._decks.documents.deal(1 if draws.chance(_QUOTES_A_DOCUMENT) else 0)
        declared = draws.chance(0.5)
        return Article(
            id="",
            title="",
            date=day,
            kind=kind,
            topics=self._decks.topics.deal(_HOW_MANY_TOPICS.draw(draws)),
            officials=attendances(
                self._decks.officials.deal(HOW_MANY_OFFICIALS.draw(draws)), kind, draws
            ),
            organisations=self._decks.organisations.deal(_HOW_MANY_ORGANISATIONS.draw(draws)),
            partners=self._decks.partners.deal(_HOW_MANY_PARTNERS.draw(draws)),
            location=self._decks.places.deal(1)[0],
            documents=documents if declared else (),
            cited=() if declared else documents,
            series=self._decks.series.deal(1)[0] if draws.chance(_OF_A_SERIES) else None,
        )

    def about(self, topics: Iterable[str]) -> Theme:
        """Return the theme of an article with these topics, which is that of all such articles."""
        first, *more = (self._themes[name] for name in topics)
        for other in more:
            first = first.joined(other)
        return first


def attendances(names: Iterable[str], kind: Kind, draws: Draws) -> tuple[Attendance, ...]:
    """Return the people called `names`, in a drawn order of rank, and the parts they played."""
    return tuple(
        Attendance(name, parts_played(kind, rank, draws))
        for rank, name in enumerate(draws.shuffled(names))
    )


def _deck(
    seed: int, name: str, cards: tuple[str, ...], thrice: int = 0, twice: int = 0
) -> Deck[str]:
    """Return a deck with the first `thrice` cards three times and the next `twice` two times."""
    doubled = cards[: thrice + twice]
    return Deck(cards + doubled + cards[:thrice], Draws(seed, "deck", name))
