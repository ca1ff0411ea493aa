"""What the views of one language have in common: names, addresses, cards, bodies, breadcrumbs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby

from generator.body import fill
from generator.catalogue import Catalogue
from generator.config import Config
from generator.i18n import Translator
from generator.links import Target
from generator.meetings import Meeting, Text
from generator.model import Entry, Markup, Shelf, Status
from generator.palette import palette, policy_hash, read_colour
from generator.phrases import PlainText, common_phrase, plain_text
from generator.picture_views import picture
from generator.pictures import Gallery
from generator.problems import N_
from generator.publication import translation_of
from generator.register import Subject
from generator.urls import (
    SEARCH,
    SUBJECT_SHELVES,
    Linker,
    day_address,
    entry_address,
    month_address,
    prefix,
    shelf_address,
    year_address,
)
from generator.view_parts import (
    Alternate,
    Anchor,
    Card,
    CardGroup,
    FigureView,
    HeadingView,
    MeetingLink,
    SiteView,
)


class Viewer:
    """Makes the smaller parts of views in one language, those that many pages share only once.
    `searched` tells whether the site has a search."""

    def __init__(self, catalogue: Catalogue, language: str, searched: bool) -> None:
        self.catalogue = catalogue
        self.config: Config = catalogue.config
        self.gallery: Gallery = catalogue.gallery
        self.language = language
        self.translator = Translator(language)
        self.say = self.translator.gettext
        self.prefix = prefix(language, self.config.language)
        self.searched = searched
        self.anchor: Callable[[Shelf, str], Anchor] = cache(self._anchor)
        self.shelf_anchor: Callable[[Shelf], Anchor] = cache(self._shelf_anchor)
        self.meeting_link: Callable[[int], MeetingLink] = cache(self._meeting_link)
        self.card: Callable[[int], Card] = cache(self._card)
        self.met: Callable[[int], tuple[str, ...]] = cache(self._met)
        # Articles come in order of time.
        self._day_crumbs = lru_cache(maxsize=64)(self._make_day_crumbs)
        self._home = Anchor(self.say(N_("Home")), self.prefix)
        # Meetings are mostly related to others of about the same time.
        self._wording = lru_cache(maxsize=1024)(self._find_wording)
        self._names = lru_cache(maxsize=512)(self._find_names)
        self._phrase = lru_cache(maxsize=4096)(self._find_phrase)

    # Names and addresses

    def lang(self, language: str) -> str:
        """A `lang` field: `` where the text is in the page's language."""
        return "" if language == self.language else language

    def subject(self, shelf: Shelf, identity: str) -> Subject:
        return self.catalogue.register.subjects[shelf, identity]

    def _anchor(self, shelf: Shelf, identity: str) -> Anchor:
        name, lang = self.name(self.subject(shelf, identity))
        return Anchor(name, self.prefix + entry_address(shelf, identity), lang)

    def _shelf_anchor(self, shelf: Shelf) -> Anchor:
        return Anchor(self.translator.label(shelf), self.prefix + shelf_address(shelf))

    def name(self, subject: Subject) -> tuple[str, str]:
        """A subject's name and its `lang`, `` for those of people and documents in any language."""
        name, translated = subject.name_in(self.language)
        if translated or subject.shelf in (Shelf.OFFICIALS, Shelf.DOCUMENTS):
            return name, ""
        return name, self.lang(self.config.language)

    def has_page(self, entry: Meeting | Entry, language: str) -> bool:
        of = entry.article if isinstance(entry, Meeting) else entry
        return (
            language == self.config.language
            or translation_of(of, language, self.catalogue.edition) is not None
        )

    def meeting_url(self, meeting: Meeting) -> str:
        """The meeting's page in this language, else the original."""
        return (self.prefix if self.has_page(meeting, self.language) else "") + meeting.address

    def meeting_title(self, meeting: Meeting) -> tuple[str, str]:
        translation = translation_of(meeting.article, self.language, self.catalogue.edition)
        if translation and translation.title:
            return translation.title, ""
        return meeting.article.title, self.lang(self.config.language)

    def page_title(self, entry: Entry) -> tuple[str, str]:
        translation = translation_of(entry, self.language, self.catalogue.edition)
        if translation and translation.title:
            return translation.title, ""
        return entry.name, self.lang(self.config.language)

    def page_url(self, entry: Entry) -> str:
        here = self.prefix if self.has_page(entry, self.language) else ""
        return here + entry_address(Shelf.PAGES, entry.id)

    def target_url(self, target: Target) -> str:
        shelf, identity = target
        if shelf is Shelf.ARTICLES:
            return self.meeting_url(self.catalogue.meeting(identity))
        if shelf is Shelf.PAGES:
            return self.page_url(self._page(identity))
        return self.prefix + entry_address(shelf, identity)

    def target_name(self, target: Target) -> str:
        shelf, identity = target
        if shelf is Shelf.ARTICLES:
            return self.meeting_title(self.catalogue.meeting(identity))[0]
        if shelf is Shelf.PAGES:
            return self.page_title(self._page(identity))[0]
        return self.name(self.subject(shelf, identity))[0]

    def _page(self, identity: str) -> Entry:
        return next(entry for entry in self.catalogue.pages if entry.id == identity)

    # Around every page

    def site(self) -> SiteView:
        text = self.config.texts[self.language]
        feed = f"{self.prefix}feed.xml" if self.config.base_url else ""
        sections = [self.shelf_anchor(shelf) for shelf in SUBJECT_SHELVES]
        sections.append(Anchor(self.translator.label("threads"), f"{self.prefix}threads/"))
        colour = read_colour(self.config.color)
        css = palette(colour) if colour else ""
        return SiteView(
            title=text.title,
            tagline=text.tagline,
            language=self.language,
            home_url=self.prefix,
            base_url=self.config.base_url,
            feed_url=feed,
            search_url=f"{self.prefix}{SEARCH}" if self.searched else "",
            sections=tuple(sections),
            pages=tuple(
                Anchor(self.page_title(entry)[0], self.page_url(entry), self.page_title(entry)[1])
                for entry in self.catalogue.pages
            ),
            palette=css,
            palette_hash=policy_hash(css) if css else "",
            emblem=self._emblem(),
        )

    def _emblem(self) -> FigureView | None:
        """The site's emblem, which says no more than the title beside it."""
        file = self.catalogue.emblem
        if not file or self.gallery.is_refused(file):
            return None
        return picture(self.gallery, file, self.gallery.options.sizes.portrait)

    def home(self) -> Anchor:
        return self._home

    def alternates(self, address: str, missing: Sequence[str] = ()) -> tuple[Alternate, ...]:
        """The page at `address` (without a language's folder) in every language of the site;
        in those `missing` the link leads home."""
        if len(self.config.languages) == 1:
            return ()
        return tuple(
            Alternate(
                language,
                prefix(language, self.config.language) + ("" if language in missing else address),
                language not in missing,
            )
            for language in self.config.languages
        )

    def missing_languages(self, entry: Meeting | Entry) -> tuple[str, ...]:
        return tuple(code for code in self.config.languages if not self.has_page(entry, code))

    def date_crumbs(self, day: dt.date, depth: int) -> tuple[Anchor, ...]:
        """Home, year, month, day: the first `depth` + 1 of them."""
        return self._day_crumbs(day)[: depth + 1]

    def _make_day_crumbs(self, day: dt.date) -> tuple[Anchor, ...]:
        return (
            self.home(),
            Anchor(str(day.year), self.prefix + year_address(day.year)),
            Anchor(
                self.translator.month(day.month), self.prefix + month_address(day.year, day.month)
            ),
            Anchor(self.translator.short_date(day), self.prefix + day_address(day)),
        )

    # Meetings in lists

    def _meeting_link(self, position: int) -> MeetingLink:
        meeting = self.catalogue.meetings[position]
        title, lang = self.meeting_title(meeting)
        return MeetingLink(self.meeting_url(meeting), title, lang, meeting.article.date)

    def cards(self, positions: Iterable[int]) -> tuple[Card, ...]:
        return tuple(map(self.card, positions))

    def _card(self, position: int) -> Card:
        meeting = self.catalogue.meetings[position]
        article = meeting.article
        link = self.meeting_link(position)
        if meeting.location:
            location = self.anchor(Shelf.PLACES, meeting.location).name
        else:
            location = self.free_location(meeting)
        return Card(
            id=article.id,
            url=link.url,
            title=link.title,
            lang=link.lang,
            date=article.date,
            time=article.time,
            end_date=article.end_date,
            kind=article.kind.value,
            status=article.status.value,
            summary=self.summary(meeting)[0],
            topics=tuple(self.anchor(Shelf.TOPICS, topic) for topic in meeting.topics),
            location=location,
            held_back=meeting.held_back,
        )

    def free_location(self, meeting: Meeting) -> str:
        """Where a meeting was, in the article's own words; `` where these are a draft's id."""
        location = meeting.article.location
        if location is None or (Shelf.PLACES, location.text) in self.catalogue.register.hidden:
            return ""
        return location.text

    def summary(self, meeting: Meeting) -> tuple[str, str]:
        """The summary in this language where there is one, else the original, failing both the
        body's first paragraph; and its `lang`."""
        translation = translation_of(meeting.article, self.language, self.catalogue.edition)
        if translation and translation.summary:
            return translation.summary, ""
        if translation and self.language in meeting.texts:
            return meeting.texts[self.language].lead, ""
        original = meeting.article.summary or meeting.texts[self.config.language].lead
        return original, self.lang(self.config.language) if original else ""

    def _met(self, position: int) -> tuple[str, ...]:
        """The officials who met one another at a meeting that took place."""
        meeting = self.catalogue.meetings[position]
        return meeting.met() if meeting.article.status is Status.HELD else ()

    def by_year(self, newest_first: Sequence[int]) -> tuple[CardGroup, ...]:
        meetings = self.catalogue.meetings
        return tuple(
            CardGroup(year, None, None, self.prefix + year_address(year), self.cards(found))
            for year, found in groupby(newest_first, key=lambda p: meetings[p].article.date.year)
        )

    def by_month(self, newest_first: Sequence[int]) -> tuple[CardGroup, ...]:
        meetings = self.catalogue.meetings

        def month(position: int) -> tuple[int, int]:
            date = meetings[position].article.date
            return date.year, date.month

        return tuple(
            CardGroup(
                year, number, None, self.prefix + month_address(year, number), self.cards(found)
            )
            for (year, number), found in groupby(newest_first, key=month)
        )

    # Bodies

    def _find_wording(self, meeting: str) -> PlainText:
        found = self.catalogue.meeting(meeting)
        markup = self.catalogue.markup(found.texts[self.config.language])
        return plain_text(found.article.body.about, markup)

    def common_phrase(self, one: str, other: str) -> str:
        """What the texts of two meetings both speak of, the same on both their pages; `` where
        nothing is good to be shown, and in languages in which texts are not compared."""
        if self.language != self.config.language:
            return ""
        return self._phrase(one, other) if one < other else self._phrase(other, one)

    def _find_phrase(self, one: str, other: str) -> str:
        terms = self.catalogue.relations.common_terms(one, other)
        names = self._names(one) | self._names(other)
        return common_phrase(terms, self._wording(one), self._wording(other), names)

    def _find_names(self, meeting: str) -> frozenset[str]:
        """What readers of a meeting see anyway: all names of all it is listed under, in lower
        case."""
        subjects = (
            self.subject(*subject) for subject in self.catalogue.meeting(meeting).subjects()
        )
        return frozenset(name.lower() for subject in subjects for name in subject.all_names())

    def text(
        self, texts: Mapping[str, Text], link: Linker, plain: bool = False
    ) -> tuple[str, str, Markup | None]:
        """The HTML of a body in this language, else the original (see `body.fill`); its `lang`; its
        Markup."""
        language = self.language if self.language in texts else self.config.language
        text = texts.get(language)
        if text is None:
            return "", "", None
        markup = self.catalogue.markup(text)
        return fill(text, markup, self, link, plain), self.lang(language), markup

    def headings(self, markup: Markup | None) -> tuple[HeadingView, ...]:
        found = markup.headings if markup else ()
        return tuple(HeadingView(heading.level, heading.anchor, heading.text) for heading in found)


def viewers_of(catalogue: Catalogue, searched: bool) -> tuple[Viewer, ...]:
    """The viewers of a catalogue, the main language's first."""
    return tuple(Viewer(catalogue, code, searched) for code in catalogue.config.languages)
