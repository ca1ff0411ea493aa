"""What the preview tells an editor of a page, and of what is wrong, in words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

from generator.catalogue import Catalogue
from generator.i18n import Translator
from generator.meetings import Meeting, Text
from generator.model import Article, Entry, Shelf, Translation
from generator.plan import Page
from generator.preview_records import Candidate, Fault, PageInfo, Saved, Tie
from generator.problems import Problem
from generator.publication import hold, translation_of
from generator.read import read_bytes, source_at
from generator.scores import Scorer, Standing
from generator.snapshot import Snapshot
from generator.urls import entry_address, prefix

_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|mark|s|span|strong|sub|sup|time|wbr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_LONGEST = 10_000
"""Of longer lines so much is shown."""

MOST_WARNINGS = 50


class Facts:
    """Says in one language what there is to know about pages of a project."""

    def __init__(self, translator: Translator, real_path: Callable[[str], str]) -> None:
        """`real_path` says where a file of the project is on this machine."""
        self.translator = translator
        self._real_path = real_path

    def faults(self, problems: Iterable[Problem]) -> tuple[Fault, ...]:
        """Every error and the first warnings."""
        shown: list[Problem] = []
        warnings = 0
        for problem in problems:
            warnings += not problem.is_error
            if problem.is_error or warnings <= MOST_WARNINGS:
                shown.append(problem)
        lines: dict[str, list[str]] = {}
        return tuple(self._fault(problem, lines) for problem in shown)

    def info(self, snapshot: Snapshot, page: Page) -> PageInfo:
        """What the bar says of a page."""
        entry = self._entry(snapshot.catalogue, page)
        if entry is None:
            return PageInfo()
        catalogue = snapshot.catalogue
        article = entry.article if isinstance(entry, Meeting) else entry
        translation = (
            translation_of(article, page.language, catalogue.edition)
            if page.language != catalogue.config.language
            else None
        )
        shown = translation or article
        held_back = "draft" if shown.draft else ""
        if isinstance(article, Article) and not held_back:
            held_back = hold(article, catalogue.edition, catalogue.config.zone)
        text = _text(catalogue, entry, page.language)
        return PageInfo(
            source=shown.place.path,
            file=self._real_path(shown.place.path),
            sources=(article.place.path, *(each.place.path for each in article.translations)),
            held_back=held_back,
            held_back_text=self.translator.label(held_back) if held_back else "",
            words=_words(catalogue.markup(text).html) if text else None,
            has_related=isinstance(entry, Meeting),
            other_view=not held_back,
        )

    def related(self, snapshot: Snapshot, page: Page) -> tuple[Candidate, ...]:
        """The meetings related to the one a page is about, and the nearest of the others."""
        catalogue = snapshot.catalogue
        meeting = self._entry(catalogue, page)
        if not isinstance(meeting, Meeting):
            return ()
        scorer = Scorer(catalogue, self.translator)
        standings = (*scorer.shown(meeting), *scorer.missing(meeting))
        return tuple(self._candidate(standing) for standing in standings)

    def saved(self, catalogue: Catalogue, path: str) -> Saved:
        """A file of content/ and where its page is."""
        source = source_at(path)
        if source is None:
            return Saved(path, path.rpartition("/")[2], None)
        language = source.language or catalogue.config.language
        start = prefix(language, catalogue.config.language)
        entry = _find(catalogue, source.shelf, source.id)
        if entry is None:
            return Saved(path, path.rpartition("/")[2], None)
        if isinstance(entry, Meeting):
            title, address = entry.article.title, entry.address
        else:
            title, address = entry.name, entry_address(entry.shelf, entry.id)
        translated = _translation(entry, language)
        return Saved(path, (translated and translated.title) or title, start + address)

    def _fault(self, problem: Problem, lines: dict[str, list[str]]) -> Fault:
        """A problem in words. `lines` keeps the lines of files from one problem to the next."""
        say, place = self.translator.gettext, problem.place
        if place.path not in lines:
            lines[place.path] = _lines(self._real_path(place.path))
        text = lines[place.path][place.line - 1 :][:1] if place.line else []
        return Fault(
            path=place.path,
            line=place.line or 1,
            column=place.column or 1,
            code=problem.code,
            is_error=problem.is_error,
            text=say(problem.text).format_map(problem.values),
            hint=say(problem.hint).format_map(problem.values) if problem.hint else "",
            excerpt="".join(text)[:_LONGEST],
            file=self._real_path(place.path),
            fresh=False,
        )

    def _candidate(self, standing: Standing) -> Candidate:
        decimal, article = self.translator.decimal, standing.meeting.article
        return Candidate(
            title=article.title,
            date=self.translator.short_date(article.date),
            url=standing.meeting.address,
            score=decimal(standing.score),
            ties=tuple(Tie(share.text, decimal(share.weight)) for share in standing.shares),
            why_not=standing.why_not,
        )

    def _entry(self, catalogue: Catalogue, page: Page) -> Meeting | Entry | None:
        """What a page is about."""
        source = source_at(page.origin.path) if page.origin else None
        return _find(catalogue, source.shelf, source.id) if source else None


def _find(catalogue: Catalogue, shelf: Shelf, identity: str) -> Meeting | Entry | None:
    if shelf is Shelf.ARTICLES:
        known = identity in catalogue.positions
        return catalogue.meeting(identity) if known else None
    if shelf is Shelf.PAGES:
        return next((page for page in catalogue.pages if page.id == identity), None)
    subject = catalogue.register.subjects.get((shelf, identity))
    return subject.entry if subject else None


def _translation(entry: Meeting | Entry, language: str) -> Translation | None:
    of = entry.article if isinstance(entry, Meeting) else entry
    return next((each for each in of.translations if each.language == language), None)


def _text(catalogue: Catalogue, entry: Meeting | Entry, language: str) -> Text | None:
    """The body a page shows, else that of the main language."""
    main = catalogue.config.language
    if isinstance(entry, Meeting):
        return entry.texts.get(language) or entry.texts.get(main)
    found = catalogue.texts.get((entry.shelf, entry.id, language))
    return found or catalogue.texts.get((entry.shelf, entry.id, main))


def _words(body: str) -> int:
    """How many words a body has; in Vietnamese syllables, as is the custom of counting."""
    return len(html.unescape(_TAG.sub(" ", _INLINE.sub("", body))).split())


def _lines(real_path: str) -> list[str]:
    """The lines of a file as the parsers count them."""
    try:
        return re.split(r"\r\n|\r|\n", read_bytes(real_path).decode("utf-8", "replace"))
    except OSError:
        return []
