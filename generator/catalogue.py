"""The catalogue: every article and entry connected with the others, ready to be shown.

It is made once per build out of the content, the marked-up bodies and the edition, and says all
that is wrong with how files refer to one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from generator.citations import Documents, citations_of, make_documents
from generator.config import Config
from generator.content import Content
from generator.crosscheck import (
    check_article_references,
    check_entry_references,
    check_translations,
)
from generator.features import NamePairs, features_of, make_name_pairs
from generator.kinship import children_of, members_of
from generator.links import LinkScope, Target, make_scope
from generator.meetings import Meeting, Text
from generator.mentions import KnownNames, known_names, make_mention_finder
from generator.model import (
    Article,
    Body,
    Entry,
    FreePage,
    Markup,
    Membership,
    Official,
    Shelf,
)
from generator.pictures import Gallery, Use
from generator.problems import Problem, as_warning
from generator.publication import Edition, Selection, feed_date, select, translation_of
from generator.register import Register, Subject, make_register, with_subjects
from generator.relation import Features
from generator.resolving import MarkupSource, Resolver
from generator.scanning import Found
from generator.theme_settings import ThemeSettings
from generator.threads import Thread, cycle_problem, find_cycles, make_threads
from generator.urls import article_address, prefix

if TYPE_CHECKING:
    from generator.relations import Relations


class Catalogue(Struct, frozen=True):
    """`meetings` are oldest first; `listed` has, for each subject, its meetings' positions in that
    order; `texts` are the bodies of entries by shelf, id and language; `files` the files of
    content/ that published entries use, `uses` where any file is used, `gallery` what is known of
    those that are pictures, `emblem` the file of the site's; `feeds` the positions of what the feed
    of each language holds, the newest first; `scope` what links may lead to; `names` those of
    officials."""

    config: Config
    theme: ThemeSettings
    edition: Edition
    selection: Selection
    register: Register
    documents: Documents
    meetings: Sequence[Meeting]
    positions: Mapping[str, int]
    listed: Mapping[tuple[Shelf, str], tuple[int, ...]]
    threads: Mapping[str, Thread]
    relations: Relations
    pages: tuple[Entry, ...]
    children: Mapping[tuple[Shelf, str], tuple[str, ...]]
    members: Mapping[str, tuple[tuple[str, Membership], ...]]
    texts: Mapping[tuple[Shelf, str, str], Text]
    images: Mapping[str, str]
    emblem: str
    files: frozenset[str]
    uses: tuple[Use, ...]
    gallery: Gallery
    feeds: Mapping[str, tuple[int, ...]]
    scope: LinkScope
    names: KnownNames
    markups: MarkupSource
    problems: tuple[Problem, ...]

    def markup(self, text: Text) -> Markup:
        return self.markups(text.key)

    def meeting(self, identity: str) -> Meeting:
        return self.meetings[self.positions[identity]]


def shown_bodies(article: Article, config: Config, edition: Edition) -> Iterable[Body]:
    """The bodies of a published article, in all languages it is shown in."""
    yield article.body
    for translation in article.translations:
        shown = translation.language in config.languages and (
            edition.drafts or not translation.draft
        )
        if translation.body and shown:
            yield translation.body


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
    theme: ThemeSettings,
    edition: Edition,
    content: Content,
    markups: MarkupSource,
    files: Mapping[str, Found],
) -> Catalogue:
    """Connect the content. `markups` gives the Markup of every body; `files` are the files of
    content/ that are not Markdown. All that is wrong is in the catalogue's `problems`."""
    from generator.related import find_relations  # loads numpy, which takes long

    selection = select(content.articles, edition, config.zone)
    register = make_register(
        content.entries, selection.published, selection.held_back, edition.drafts
    )
    citations = {
        article.id: citations_of(
            article,
            (markups.citations(body.key) for body in shown_bodies(article, config, edition)),
        )
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
    names = known_names(register)
    scope = make_scope(register, visible, hidden, unread, by_path, files, held_back)
    resolver = Resolver(
        config,
        edition,
        register,
        documents,
        markups,
        scope,
        make_mention_finder(names) if config.markup.link_names else lambda _m, _p: (),
    )
    problems = [*selection.problems, *register.problems, *check_article_references(content)]
    problems += check_entry_references(content.entries, register)
    problems += check_translations(content, config.language)
    for loop in find_cycles(content.articles):
        problem = cycle_problem(loop)
        problems.append(as_warning(problem) if any(a.draft for a in loop) else problem)

    meetings = tuple(
        resolver.meeting(article, citations[article.id]) for article in selection.published
    )
    for article in selection.held_back:
        resolver.texts(article, (), published=False)
        resolver.image(article.image, published=False, draft=article.draft)
    emblem = resolver.emblem()
    texts, images = _entry_texts(resolver, content.entries, visible)
    listed: dict[tuple[Shelf, str], list[int]] = defaultdict(list)
    for position, meeting in enumerate(meetings):
        for subject in meeting.subjects():
            listed[subject].append(position)
    threads = make_threads(selection.published)
    pairs = make_name_pairs(register)
    main = config.language
    features = (_features(meeting, threads, main, markups, pairs) for meeting in meetings)
    relations = find_relations(features, config.related)
    return Catalogue(
        config=config,
        theme=theme,
        edition=edition,
        selection=selection,
        register=register,
        documents=documents,
        meetings=meetings,
        positions={meeting.id: position for position, meeting in enumerate(meetings)},
        listed={subject: tuple(found) for subject, found in listed.items()},
        threads=threads,
        relations=relations,
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
        emblem=emblem,
        files=frozenset(resolver.files),
        uses=tuple(resolver.uses),
        gallery=Gallery(),
        feeds={
            language: _feed(meetings, language, config, edition) for language in config.languages
        },
        scope=scope,
        names=names,
        markups=markups,
        problems=(*problems, *resolver.problems, *resolver.role_gaps()),
    )


FEED_LENGTH = 50


def _feed(
    meetings: Sequence[Meeting], language: str, config: Config, edition: Edition
) -> tuple[int, ...]:
    """The newest meetings by the instant they became public. In another language than the main
    one, those that have a page in it."""
    found = [
        (feed_date(meeting.article, config.zone), meeting.id, position)
        for position, meeting in enumerate(meetings)
        if not meeting.held_back
        and (
            language == config.language
            or translation_of(meeting.article, language, edition) is not None
        )
    ]
    public = [entry for entry in found if entry[0] <= edition.now]
    return tuple(position for _, _, position in nlargest(FEED_LENGTH, public))


def _features(
    meeting: Meeting,
    threads: Mapping[str, Thread],
    language: str,
    markups: MarkupSource,
    pairs: NamePairs,
) -> Features:
    text = meeting.texts[language]
    return features_of(meeting, threads.get(meeting.id), text, markups(text.key).terms, pairs)


def _page_order(entry: Entry) -> tuple[int, str]:
    order = entry.details.order if isinstance(entry.details, FreePage) else 0
    return order, entry.id


def _entry_texts(
    resolver: Resolver, entries: Iterable[Entry], visible: frozenset[Target]
) -> tuple[dict[tuple[Shelf, str, str], Text], dict[str, str]]:
    """The bodies of shelf entries and free pages, and officials' portraits by official."""
    texts = {}
    images = {}
    for entry in entries:
        target = (entry.shelf, entry.id)
        published = target in visible and (resolver.edition.drafts or not entry.draft)
        for language, text in resolver.texts(entry, (), published).items():
            if published:
                # A biography names its official, and should not link to its own page.
                others = tuple(m for m in text.mentions if m.target != target)
                texts[(*target, language)] = structs.replace(text, mentions=others)
        if isinstance(entry.details, Official):
            file = resolver.image(entry.details.image, published, entry.draft)
            if published and file:
                images[entry.id] = file
    return texts, images
