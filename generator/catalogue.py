"""The catalogue: every article and entry connected with the others, ready to be shown.

It is made once per build out of the content, the marked-up bodies and the edition, and says all
that is wrong with how files refer to one another.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from generator.citations import Documents, citations_of, make_documents
from generator.config import Config
from generator.crosscheck import (
    check_article_references,
    check_entry_references,
    check_translations,
)
from generator.documents import Citation
from generator.features import features_of, make_name_pairs
from generator.frontmatter import Content
from generator.kinship import children_of, members_of
from generator.links import LinkScope, Target, find_file, make_scope, no_picture, resolve
from generator.meetings import Attendee, Meeting, Text
from generator.mentions import MentionFinder, find_documents, make_mention_finder
from generator.model import (
    Article,
    Attendance,
    Body,
    Entry,
    FreePage,
    Image,
    Markup,
    Membership,
    Official,
    Part,
    Reference,
    Shelf,
)
from generator.problems import N_, Problem, Severity, as_warning
from generator.publication import Edition, Selection, hold, select
from generator.register import Register, Subject, make_register, with_subjects
from generator.relation import Relation
from generator.threads import Thread, cycle_problem, find_cycles, make_threads
from generator.urls import article_address, prefix

if TYPE_CHECKING:
    from generator.related import Relations


class Catalogue(Struct, frozen=True):
    """`meetings` are oldest first; `listed` has, for each subject, its meetings' positions in that
    order; `texts` are the bodies of entries by shelf, id and language; `files` the files of
    content/ that published entries use."""

    config: Config
    edition: Edition
    selection: Selection
    register: Register
    documents: Documents
    meetings: tuple[Meeting, ...]
    positions: Mapping[str, int]
    listed: Mapping[tuple[Shelf, str], tuple[int, ...]]
    threads: Mapping[str, Thread]
    relations: Relations
    related: Mapping[str, tuple[Relation, ...]]
    pages: tuple[Entry, ...]
    children: Mapping[tuple[Shelf, str], tuple[str, ...]]
    members: Mapping[str, tuple[tuple[str, Membership], ...]]
    texts: Mapping[tuple[Shelf, str, str], Text]
    images: Mapping[str, str]
    files: frozenset[str]
    problems: tuple[Problem, ...]

    def meeting(self, identity: str) -> Meeting:
        return self.meetings[self.positions[identity]]


class _Cataloguer:
    """Resolves articles and entries one by one and gathers what is wrong with them."""

    def __init__(
        self,
        config: Config,
        edition: Edition,
        register: Register,
        documents: Documents,
        markups: Mapping[tuple[str, str], Markup],
        scope: LinkScope,
        find_mentions: MentionFinder,
    ) -> None:
        self.config = config
        self.edition = edition
        self.register = register
        self.documents = documents
        self.markups = markups
        self.scope = scope
        self.find_mentions = find_mentions
        self.problems: list[Problem] = []
        self.files: set[str] = set()
        self.gaps: dict[str, list[Article]] = defaultdict(list)

    def ids(self, shelf: Shelf, references: Iterable[Reference]) -> tuple[str, ...]:
        found = (self.register.find(shelf, reference) for reference in references)
        return tuple(dict.fromkeys(identity for identity in found if identity))

    def text(
        self,
        body: Body,
        present: tuple[str, ...],
        published: bool,
        draft: bool,
        day: dt.date | None,
    ) -> Text:
        markup = self.markups[body.source]
        targets = resolve(markup, body.place.path, body.place.line, body.text, self.scope)
        self.problems += [as_warning(p) if draft else p for p in targets.problems]
        if not published:
            return Text(body.place, draft, markup, targets, ())
        self.files.update(file for file in targets.pictures if file)
        self.files.update(target.file for target in targets.links if target.file)
        mentions = self.find_mentions(markup, present)
        if markup.citations:
            mentions += find_documents(markup, lambda found: self.documents.find(found, day))
        return Text(body.place, draft, markup, targets, mentions)

    def texts(
        self, entry: Article | Entry, present: tuple[str, ...], published: bool
    ) -> dict[str, Text]:
        """The bodies of an entry by language. What is not published is only checked."""
        day = entry.date if isinstance(entry, Article) else None
        texts = {self.config.language: self.text(entry.body, present, published, entry.draft, day)}
        for translation in entry.translations:
            shown = published and (self.edition.drafts or not translation.draft)
            if translation.body and translation.language in self.config.languages:
                draft = entry.draft or translation.draft
                text = self.text(translation.body, present, shown, draft, day)
                if shown:
                    texts[translation.language] = text
        return texts

    def image(self, image: Image | None, published: bool, draft: bool) -> str:
        if image is None:
            return ""
        file = find_file(image.src.text, image.src.place.path, self.scope.files)
        if file is None:
            problem = no_picture(image.src.place, image.src.text, self.scope)
            self.problems.append(as_warning(problem) if draft else problem)
        elif published:
            self.files.add(file)
        return file or ""

    def attendees(self, article: Article) -> tuple[Attendee, ...]:
        named: dict[str, list[Attendance]] = defaultdict(list)
        for attendance in article.officials:
            identity = self.register.find(Shelf.OFFICIALS, attendance.official)
            if identity is not None:
                named[identity].append(attendance)
        return tuple(self.attendee(identity, said, article) for identity, said in named.items())

    def attendee(self, identity: str, said: Sequence[Attendance], article: Article) -> Attendee:
        """An official as all that an article says of them has it."""
        role = next((attendance.role for attendance in said if attendance.role), "")
        played = {part for attendance in said for part in attendance.parts}
        parts = tuple(part for part in Part if part in played - {Part.ATTENDEE})
        entry = self.register.subjects[Shelf.OFFICIALS, identity].entry
        held: tuple[Membership, ...] = ()
        if entry and isinstance(entry.details, Official):
            held = tuple(m for m in entry.details.memberships if m.holds_on(article.date))
            if not held and not role:
                self.gaps[identity].append(article)
        return Attendee(identity, parts or (Part.ATTENDEE,), held, role)

    def meeting(self, article: Article, citations: Iterable[Citation]) -> Meeting:
        attendees = self.attendees(article)
        present = tuple(attendee.official for attendee in attendees)
        return Meeting(
            article=article,
            address=article_address(article),
            held_back=hold(article, self.edition, self.config.zone),
            topics=self.ids(Shelf.TOPICS, article.topics),
            attendees=attendees,
            organisations=self.ids(Shelf.ORGANISATIONS, article.organisations),
            partners=self.ids(Shelf.PLACES, article.partners),
            location=self.register.find(Shelf.PLACES, article.location),
            series=self.register.find(Shelf.SERIES, article.series),
            documents=self.cited(article, citations),
            image=self.image(article.image, True, article.draft),
            texts=self.texts(article, present, published=True),
        )

    def cited(self, article: Article, citations: Iterable[Citation]) -> tuple[str, ...]:
        found = (self.documents.find(citation, article.date) for citation in citations)
        return tuple(dict.fromkeys(identity for identity in found if identity))

    def role_gaps(self) -> Iterable[Problem]:
        for identity, articles in self.gaps.items():
            subject = self.register.subjects[Shelf.OFFICIALS, identity]
            attendance = next(
                a
                for a in articles[0].officials
                if self.register.find(Shelf.OFFICIALS, a.official) == identity
            )
            yield Problem(
                attendance.official.place,
                "role-gap",
                N_("no role of {name} is known for {date}"),
                N_("add a membership in content/officials/{id}.md, or “role:” here ({count}×)"),
                {
                    "name": subject.name,
                    "date": articles[0].date.isoformat(),
                    "id": identity,
                    "count": len(articles),
                },
                Severity.WARNING,
            )


def _shown_bodies(
    article: Article, config: Config, edition: Edition, markups: Mapping[tuple[str, str], Markup]
) -> Iterable[Markup]:
    """The bodies of a published article, in all languages it is shown in."""
    yield markups[article.body.source]
    for translation in article.translations:
        shown = translation.language in config.languages and (
            edition.drafts or not translation.draft
        )
        if translation.body and shown:
            yield markups[translation.body.source]


def _visible(
    content: Content, selection: Selection, register: Register, edition: Edition
) -> frozenset[Target]:
    articles = {(Shelf.ARTICLES, article.id) for article in selection.published}
    pages = {
        (Shelf.PAGES, entry.id)
        for entry in content.entries
        if entry.shelf is Shelf.PAGES and (edition.drafts or not entry.draft)
    }
    return frozenset(articles | pages | set(register.subjects))


def make_catalogue(
    config: Config,
    edition: Edition,
    content: Content,
    markups: Mapping[tuple[str, str], Markup],
    files: Mapping[str, str],
) -> Catalogue:
    """Connect the content. `markups` has the Markup of every body; `files` are the files of
    content/ that are not Markdown. All that is wrong is in the catalogue's `problems`."""
    from generator.related import Relations  # loads numpy, which takes long

    selection = select(content.articles, edition, config.zone)
    register = make_register(
        content.entries, selection.published, selection.held_back, edition.drafts
    )
    citations = {
        article.id: citations_of(article, _shown_bodies(article, config, edition, markups))
        for article in selection.published
    }
    documents = make_documents(
        (
            (citation, article.date)
            for article in selection.published
            for citation in citations[article.id]
        ),
        register,
    )
    register = with_subjects(
        register,
        (Subject(Shelf.DOCUMENTS, d.id, d.number, None) for d in documents.by_id.values()),
    )
    visible = _visible(content, selection, register, edition)
    every = {(Shelf.ARTICLES, article.id): article.place.path for article in content.articles}
    every |= {(entry.shelf, entry.id): entry.place.path for entry in content.entries}
    every |= {(file.shelf, file.id): file.path for file in content.unread}
    hidden = frozenset(every) - visible
    unread = frozenset((file.shelf, file.id) for file in content.unread if not file.draft)
    by_path = {path: target for target, path in every.items()}
    by_path |= {
        translation.place.path: (
            entry.shelf if isinstance(entry, Entry) else Shelf.ARTICLES,
            entry.id,
        )
        for entry in content.files()
        for translation in entry.translations
    }
    held_back = frozenset(
        prefix(language, config.language) + article_address(article)
        for article in selection.held_back
        for language in config.languages
    )
    cataloguer = _Cataloguer(
        config,
        edition,
        register,
        documents,
        markups,
        make_scope(register, visible, hidden, unread, by_path, files, held_back),
        make_mention_finder(register) if config.markup.link_names else lambda _m, _p: (),
    )
    problems = [*selection.problems, *register.problems, *check_article_references(content)]
    problems += check_entry_references(content.entries, register)
    problems += check_translations(content, config.language)
    for loop in find_cycles(content.articles):
        problem = cycle_problem(loop)
        problems.append(as_warning(problem) if any(a.draft for a in loop) else problem)

    meetings = tuple(
        cataloguer.meeting(article, citations[article.id]) for article in selection.published
    )
    for article in selection.held_back:
        cataloguer.texts(article, (), published=False)
        cataloguer.image(article.image, published=False, draft=article.draft)
    texts, images = _entry_texts(cataloguer, content.entries, visible)
    listed: dict[tuple[Shelf, str], list[int]] = defaultdict(list)
    for position, meeting in enumerate(meetings):
        for subject in meeting.subjects():
            listed[subject].append(position)
    threads = make_threads(selection.published)
    pairs = make_name_pairs(register)
    features = [
        features_of(meeting, threads.get(meeting.id), config.language, pairs)
        for meeting in meetings
    ]
    relations = Relations(features, config.related)
    return Catalogue(
        config=config,
        edition=edition,
        selection=selection,
        register=register,
        documents=documents,
        meetings=meetings,
        positions={meeting.id: position for position, meeting in enumerate(meetings)},
        listed={subject: tuple(found) for subject, found in listed.items()},
        threads=threads,
        relations=relations,
        related=relations.all(),
        pages=tuple(
            sorted(
                (
                    e
                    for e in content.entries
                    if (Shelf.PAGES, e.id) in visible and e.shelf is Shelf.PAGES
                ),
                key=_page_order,
            )
        ),
        children=children_of(register),
        members=members_of(register),
        texts=texts,
        images=images,
        files=frozenset(cataloguer.files),
        problems=(*problems, *cataloguer.problems, *cataloguer.role_gaps()),
    )


def _page_order(entry: Entry) -> tuple[int, str]:
    order = entry.details.order if isinstance(entry.details, FreePage) else 0
    return order, entry.id


def _entry_texts(
    cataloguer: _Cataloguer, entries: Iterable[Entry], visible: frozenset[Target]
) -> tuple[dict[tuple[Shelf, str, str], Text], dict[str, str]]:
    """The bodies of shelf entries and free pages, and officials' portraits by official."""
    texts = {}
    images = {}
    for entry in entries:
        target = (entry.shelf, entry.id)
        published = target in visible and (cataloguer.edition.drafts or not entry.draft)
        for language, text in cataloguer.texts(entry, (), published).items():
            if published:
                # A biography names its official, and should not link to its own page.
                others = tuple(m for m in text.mentions if m.target != target)
                texts[(*target, language)] = structs.replace(text, mentions=others)
        if isinstance(entry.details, Official):
            file = cataloguer.image(entry.details.image, published, entry.draft)
            if published and file:
                images[entry.id] = file
    return texts, images
