"""Vietnamese official prose: grammatical enough to read, and with words spread as in real texts.

Common words are common everywhere; what an article is about shows in a few nouns and phrases of
its own that come back throughout it, as they do in reports on one subject.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NewType

from benchmarks.synthetic.draws import Draws, power_law
from benchmarks.synthetic.records import Article, Body, Link
from benchmarks.synthetic.vocabulary import (
    HEADINGS,
    NOUNS,
    POINTS,
    QUALITIES,
    REMARKS,
    SENTENCES,
    VERBS,
)

Pattern = tuple[str, ...]
Paragraph = NewType("Paragraph", list[str | Link])

_NOUNS, _VERBS, _QUALITIES = power_law(NOUNS), power_law(VERBS), power_law(QUALITIES)
_OWN_NOUN, _OWN_PHRASE = 0.2, 0.6
_SYLLABLES_IN_A_SHORT_BODY = 300


@dataclass(frozen=True, slots=True)
class Theme:
    """What sets one text apart: nouns it uses more than others do, and phrases."""

    nouns: tuple[str, ...]
    phrases: tuple[str, ...]

    def joined(self, other: "Theme") -> "Theme":
        """Return a theme of the nouns and phrases of both."""
        return Theme(self.nouns + other.nouns, self.phrases + other.phrases)


def theme(draws: Draws, nouns: int = 4, phrases: int = 5) -> Theme:
    """Return a new theme, drawn from common and rare words alike."""
    return Theme(
        nouns=tuple(draws.choose(NOUNS) for _ in range(nouns)),
        phrases=tuple(f"{draws.choose(NOUNS)} {draws.choose(QUALITIES)}" for _ in range(phrases)),
    )


class Voice:
    """A writer with a theme, who can go on for as long as one likes."""

    def __init__(self, about: Theme, draws: Draws) -> None:
        """Write on the theme `about`, as `draws` has it."""
        self._about = about
        self._draws = draws
        self._words: dict[str, Callable[[], str]] = {
            "N": self.noun,
            "V": self.verb,
            "Q": self.quality,
            "P": self.phrase,
            "#": lambda: str(draws.whole(2, 95)),
            "%": lambda: f"{draws.whole(3, 97)},{draws.whole(0, 9)}%",
        }

    def noun(self) -> str:
        """Return a noun, one of the theme's more often than chance would have it."""
        if self._draws.chance(_OWN_NOUN):
            return self._draws.choose(self._about.nouns)
        return _NOUNS.draw(self._draws)

    def verb(self) -> str:
        """Return a verb that takes an object."""
        return _VERBS.draw(self._draws)

    def quality(self) -> str:
        """Return an adjective."""
        return _QUALITIES.draw(self._draws)

    def phrase(self) -> str:
        """Return a noun with its adjective, mostly one of the theme's phrases."""
        if self._draws.chance(_OWN_PHRASE):
            return self._draws.choose(self._about.phrases)
        return f"{_NOUNS.draw(self._draws)} {_QUALITIES.draw(self._draws)}"

    def words(self, patterns: Sequence[Pattern]) -> str:
        """Return one of `patterns` with its marks replaced by words."""
        parts = list(self._draws.choose(patterns))
        for place in range(1, len(parts), 2):
            parts[place] = self._words[parts[place]]()
        return "".join(parts)

    def line(self, patterns: Sequence[Pattern]) -> str:
        """Return one of `patterns` in words, with a capital and without a full stop."""
        return capitalised(self.words(patterns))

    def sentence(self) -> str:
        """Return a sentence, with its full stop."""
        return f"{self.line(SENTENCES)}."

    def sentences(self, fewest: int, most: int) -> str:
        """Return some sentences in a row."""
        return " ".join(self.sentence() for _ in range(self._draws.whole(fewest, most)))


def capitalised(text: str) -> str:
    """Return `text` with its first letter in upper case and the others as they are."""
    return text[:1].upper() + text[1:]


def in_words(day: dt.date) -> str:
    """Return `day` as official letters write it: ngày 05 tháng 7 năm 2023."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def length(article: Article, draws: Draws) -> int:
    """Return how many syllables the body of `article` should have: 640 on average."""
    if article.kind == "brief":
        return draws.whole(70, 130)
    if draws.chance(0.06):
        return draws.whole(1300, 1700)
    # The sum of two draws: middling lengths are the most frequent.
    return 170 + draws.whole(0, 440) + draws.whole(0, 440)


def compose(article: Article, voice: Voice, links: Sequence[Link], draws: Draws) -> Body:
    """Return a body for `article`, which has everything else already.

    It names the officials of `article`, quotes the documents it cites, and holds `links`, each
    once. The length is that of `length`, or what it takes to say all this.
    """
    wanted = length(article, draws)
    opening, *told = _paragraphs_of_facts(article, voice, links, draws)
    blocks = [opening]
    written = _syllables(opening)
    # What must be said is told in order, at about equal distances over the whole length.
    distance = wanted / (len(told) + 1)
    since_heading = 0
    while written < wanted or told:
        if told and written >= wanted - distance * len(told):
            block = told.pop(0)
        elif since_heading >= 2 and wanted > _SYLLABLES_IN_A_SHORT_BODY and draws.chance(0.6):
            block = Paragraph([f"## {voice.line(HEADINGS)}"])
            since_heading = -1
        else:
            block = _filling(article, voice, draws, wanted)
        since_heading += 1
        blocks.append(block)
        written += _syllables(block)
    return _joined(blocks)


def _paragraphs_of_facts(
    article: Article, voice: Voice, links: Sequence[Link], draws: Draws
) -> list[Paragraph]:
    """Return the paragraphs that hold what is particular to `article`, the opening first."""
    brief = article.kind == "brief"
    leading = [who.official for who in article.officials if who.parts != ("attendee",)]
    others = [who.official for who in article.officials if who.parts == ("attendee",)]

    opening = capitalised(f"{in_words(article.date)}, tại {article.location}, ")
    opening += f"{voice.words(SENTENCES)}."
    if others:
        opening += f" Cùng dự có các đồng chí: {', '.join(others)}."
    told = [Paragraph([opening])]
    for name in leading:
        remark = f"Phát biểu tại sự kiện, đồng chí **{name}** {voice.words(REMARKS)}."
        told.append(_followed(remark, voice, brief, draws))
    for number in article.cited:
        ground = f"Căn cứ văn bản số {number} về {voice.phrase()}, {voice.words(SENTENCES)}."
        told.append(_followed(ground, voice, brief, draws))
    told.extend(Paragraph([f"{voice.sentence()} Xem thêm: ", link, "."]) for link in links)
    return told[:1] + draws.shuffled(told[1:])


def _followed(text: str, voice: Voice, brief: bool, draws: Draws) -> Paragraph:
    """Return a paragraph that opens with `text` and, but in a brief, goes on."""
    return Paragraph([text if brief else f"{text} {voice.sentences(1, 3)}"])


def _filling(article: Article, voice: Voice, draws: Draws, wanted: int) -> Paragraph:
    """Return what a text goes on with: mostly prose, now and then a list or a table."""
    if article.kind == "brief":
        return Paragraph([voice.sentence()])
    form = draws.uniform()
    if form < 0.06:
        points = [f"- {voice.line(POINTS)}" for _ in range(draws.whole(3, 6))]
        return Paragraph(["\n".join(points)])
    if form < 0.09:
        steps = [f"{n}. {voice.line(POINTS)}." for n in range(1, draws.whole(3, 6))]
        return Paragraph(["\n".join(steps)])
    if form < 0.105 and wanted > _SYLLABLES_IN_A_SHORT_BODY:
        return _table(article, voice, draws)
    text = voice.sentences(2, 5)
    if form < 0.3:
        text += f" Trong đó, *{voice.phrase()}* là {voice.noun()} {voice.quality()}."
    return Paragraph([text])


def _table(article: Article, voice: Voice, draws: Draws) -> Paragraph:
    """Return who does what by when."""
    hosts = article.organisations or (article.location,)
    rows = [
        f"| {voice.line(POINTS)} | {draws.choose(hosts)} | Quý {draws.choose(('I', 'II', 'III'))} |"
        for _ in range(draws.whole(2, 5))
    ]
    head = ["| Nội dung | Đơn vị chủ trì | Thời hạn |", "|---|---|---|"]
    return Paragraph(["\n".join(head + rows)])


def _syllables(block: Paragraph) -> int:
    return sum(part.count(" ") + 1 for part in block if isinstance(part, str))


def _joined(blocks: Sequence[Paragraph]) -> Body:
    """Return `blocks` as one body, with a blank line between them and text in one piece."""
    parts: list[str | Link] = []
    text = ""
    for block in blocks:
        for part in block:
            if isinstance(part, Link):
                parts += [text, part]
                text = ""
            else:
                text += part
        text += "\n\n"
    return (*parts, text.rstrip("\n") + "\n")
