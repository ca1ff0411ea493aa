"""Edits put into a snapshot at once: exactly where only bodies changed, else as far as can be told
without connecting everything anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, structs

from generator.catalogue import Catalogue, shown_bodies
from generator.citations import citations_of
from generator.kept import KeptMeetings
from generator.links import LinkScope
from generator.looking import Looker, with_more
from generator.meetings import Meeting
from generator.mentions import MentionFinder
from generator.model import Article, Entry, Shelf, Source, Translation
from generator.pictures import Use, picture_problems
from generator.plan import pages_about
from generator.problems import Problem
from generator.publication import hold, is_shown
from generator.register import Register, references_of
from generator.resolving import Resolver
from generator.revising import Edit, make_resolver, revise, revise_meetings
from generator.snapshot import Snapshot, unplanned
from generator.viewer import viewers_of
from generator.workspace import Change


class Patched(Struct, frozen=True):
    """A snapshot with edits in it. Where it is not `exact`, other pages may change too."""

    snapshot: Snapshot
    exact: bool


def patch(
    snapshot: Snapshot, changes: Sequence[Change], mentions: MentionFinder
) -> tuple[Patched | None, tuple[Problem, ...]]:
    """What changes make of a snapshot, None where that cannot be told without connecting
    everything; and what is wrong with their links and pictures. With errors among that, the
    snapshot stays."""
    catalogue = snapshot.catalogue
    scope = snapshot.scope()
    edits = [edit for change in changes if (edit := _edit(change))]
    if len(edits) == len(changes):
        exact = _exactly(snapshot, edits, make_resolver(catalogue, scope, mentions))
        if exact is not None:
            return Patched(exact, exact=True), ()
    patcher = _Patcher(catalogue, scope, mentions)
    for change in changes:
        patcher.put_in(change)
    patcher.look_at_pictures(snapshot.look)
    problems = tuple(patcher.problems)
    if not patcher.touched or any(problem.is_error for problem in problems):
        return None, problems
    return Patched(patcher.snapshot(snapshot), exact=False), problems


def is_hidden(catalogue: Catalogue, change: Change) -> bool:
    """Whether a file is of an article that this edition holds back, before and after."""
    source, entry = change.now.source, change.now.entry
    if source.shelf is not Shelf.ARTICLES or source.id in catalogue.positions:
        return False
    if change.shown is None or not isinstance(entry, Article):
        return isinstance(entry, Translation)
    reason = hold(entry, catalogue.edition, catalogue.config.zone)
    return not is_shown(reason, catalogue.edition)


def is_of_body(change: Change) -> bool:
    """Whether nothing but a body has changed."""
    edit = _edit(change)
    return edit is not None and edit.is_of_body


def _edit(change: Change) -> Edit | None:
    """The change as one of an article."""
    before = change.shown.entry if change.shown else None
    after = change.now.entry
    if before is None or after is None or isinstance(before, Entry) or isinstance(after, Entry):
        return None
    if change.now.problems:
        return None
    return Edit(change.now.source, before, after)


def _exactly(snapshot: Snapshot, edits: Iterable[Edit], resolver: Resolver) -> Snapshot | None:
    revised = revise(snapshot.catalogue, edits, resolver)
    if revised is None:
        return None
    catalogue = structs.replace(
        snapshot.catalogue,
        meetings=_with(snapshot.catalogue.meetings, revised.changed),
        relations=revised.relations,
    )
    viewers = viewers_of(catalogue, snapshot.searched)
    pages = pages_about(catalogue, viewers, revised.shown, revised.changed.keys(), portable=False)
    first = {**snapshot.first, **{page.path: page for page in pages}}
    return structs.replace(snapshot, catalogue=catalogue, viewers=viewers, first=first)


def _with(meetings: Sequence[Meeting], changed: Mapping[int, Meeting]) -> Sequence[Meeting]:
    if isinstance(meetings, KeptMeetings):
        return meetings.replaced(changed)
    copied = list(meetings)
    for position, meeting in changed.items():
        copied[position] = meeting
    return tuple(copied)


class _Patcher:
    """Puts files into a catalogue one by one. What they name that nobody has named before is left
    out."""

    def __init__(self, catalogue: Catalogue, scope: LinkScope, mentions: MentionFinder) -> None:
        self.catalogue = catalogue
        self.scope = scope
        self.mentions = mentions
        self.changed: dict[int, Meeting] = {}
        self.problems: list[Problem] = []
        self.files: set[str] = set()
        self.uses: list[Use] = []
        self.touched = False

    def put_in(self, change: Change) -> None:
        entry, source = change.now.entry, change.now.source
        if isinstance(entry, Entry):
            self._entry(entry)
        elif isinstance(entry, Article):
            self._article(source, entry)
        elif isinstance(entry, Translation) and source.shelf is Shelf.ARTICLES:
            self._translation(source, entry)

    def snapshot(self, before: Snapshot) -> Snapshot:
        catalogue, changed = self.catalogue, self.changed
        catalogue = structs.replace(catalogue, meetings=_with(catalogue.meetings, changed))
        shown = frozenset(changed)
        revised = revise_meetings(catalogue, changed)
        if revised is not None:
            catalogue = structs.replace(catalogue, relations=revised.relations)
            shown = revised.shown
        return unplanned(
            catalogue,
            self.scope.files,
            before.scope,
            before.searched,
            lambda viewers: pages_about(catalogue, viewers, shown, changed.keys(), portable=False),
            self.files,
            before.look,
        )

    def _meeting(self, source: Source) -> tuple[int, Meeting] | None:
        position = self.catalogue.positions.get(source.id)
        if position is None:
            return None
        return position, self.changed.get(position) or self.catalogue.meetings[position]

    def _translation(self, source: Source, translation: Translation) -> None:
        known = self._meeting(source)
        if known is None:
            return
        article = known[1].article
        others = [each for each in article.translations if each.language != source.language]
        found = sorted([*others, translation], key=lambda each: each.language)
        self._resolve(known[0], structs.replace(article, translations=tuple(found)))

    def _article(self, source: Source, article: Article) -> None:
        known = self._meeting(source)
        # Of two files with one id the catalogue has one.
        if known is not None and known[1].article.place.path == source.path:
            translations = known[1].article.translations
            self._resolve(known[0], structs.replace(article, translations=translations))

    def _resolve(self, position: int, article: Article) -> None:
        catalogue = self.catalogue
        config, edition, markups = catalogue.config, catalogue.edition, catalogue.markups
        if not is_shown(hold(article, edition, config.zone), edition):
            return
        register = _with_references(catalogue.register, article)
        resolver = make_resolver(
            structs.replace(catalogue, register=register), self.scope, self.mentions
        )
        bodies = shown_bodies(article, config, edition)
        citations = citations_of(article, (markups.citations(body.key) for body in bodies))
        self.changed[position] = resolver.meeting(article, citations)
        self._note(resolver)

    def _entry(self, entry: Entry) -> None:
        catalogue = self.catalogue
        if entry.draft and not catalogue.edition.drafts:
            return
        target = (entry.shelf, entry.id)
        register, pages = catalogue.register, catalogue.pages
        if entry.shelf is Shelf.PAGES:
            before = next((page for page in pages if page.id == entry.id), None)
        else:
            before = register.subjects[target].entry if target in register.subjects else None
        if before is None:
            return
        entry = structs.replace(entry, translations=before.translations)
        pages = tuple(entry if page is before else page for page in pages)
        if entry.shelf is not Shelf.PAGES:
            subject = structs.replace(register.subjects[target], name=entry.name, entry=entry)
            subjects = {**register.subjects, target: subject}
            register = structs.replace(register, subjects=subjects)
        resolver = make_resolver(catalogue, self.scope, self.mentions)
        texts = {
            (*target, language): structs.replace(
                text, mentions=tuple(found for found in text.mentions if found.target != target)
            )
            for language, text in resolver.texts(entry, (), published=True).items()
        }
        self._note(resolver)
        self.catalogue = structs.replace(
            catalogue, register=register, pages=pages, texts={**catalogue.texts, **texts}
        )

    def _note(self, resolver: Resolver) -> None:
        self.problems += resolver.problems
        self.files |= resolver.files
        self.uses += resolver.uses
        self.touched = True

    def look_at_pictures(self, look: Looker | None) -> None:
        """Find out what is to be known of new pictures."""
        gallery = with_more(self.catalogue.gallery, self.uses, self.scope.files, look)
        self.catalogue = structs.replace(self.catalogue, gallery=gallery)
        self.problems += picture_problems(self.uses, gallery.looks)


def _with_references(register: Register, article: Article) -> Register:
    """A register that answers the references of an article too, as they are written there."""
    more = {}
    references = list(references_of(article))
    if article.location:
        references.append((Shelf.PLACES, article.location))
    for shelf, reference in references:
        if (shelf, reference.text) not in register.ids:
            found = register.by_name(shelf, reference.text)
            if len(found) == 1 and (shelf, found[0]) in register.subjects:
                more[shelf, reference.text] = found[0]
    return structs.replace(register, ids={**register.ids, **more}) if more else register
