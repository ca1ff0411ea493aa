"""Who and what articles refer to: references become ids, names without a shelf file get one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, structs

from generator.model import Article, Entry, Organisation, Reference, Shelf
from generator.names import Guesses, name_key, slug, slug_with_hash
from generator.problems import N_, Place, Problem, Severity, as_warning
from generator.urls import SUBJECT_SHELVES


class Subject(Struct, frozen=True):
    """Somebody or something meetings are listed under; `entry` is None for a name in no shelf and
    for one whose file is a draft."""

    shelf: Shelf
    id: str
    name: str
    entry: Entry | None

    def name_in(self, language: str) -> tuple[str, bool]:
        """The name in a language, and whether it is in that language (else the original)."""
        if self.entry:
            for translation in self.entry.translations:
                if translation.language == language and translation.title:
                    return translation.title, True
            if language in self.entry.translated_names:
                return self.entry.translated_names[language], True
        return self.name, False

    def all_names(self) -> list[str]:
        """The name and every other one its file gives."""
        return list(_names_of(self.entry)) if self.entry else [self.name]


class Register(Struct, frozen=True):
    """`subjects` by shelf and id; `ids` answers a reference as written; `candidates` are the ids a
    name fits, drafts among them."""

    subjects: Mapping[tuple[Shelf, str], Subject]
    ids: Mapping[tuple[Shelf, str], str]
    candidates: Mapping[tuple[Shelf, str], tuple[str, ...]]
    problems: tuple[Problem, ...]
    # Drafts, of which not even the id is to be shown.
    hidden: frozenset[tuple[Shelf, str]] = frozenset()

    def find(self, shelf: Shelf, reference: Reference | None) -> str | None:
        return self.ids.get((shelf, reference.text)) if reference else None

    def by_name(self, shelf: Shelf, text: str) -> tuple[str, ...]:
        """The ids of one shelf an id or a name fits; a draft's only where nothing else does."""
        if (shelf, text) in self.subjects:
            return (text,)
        found = self.candidates.get((shelf, name_key(text)), ())
        return tuple(identity for identity in found if (shelf, identity) in self.subjects) or found


def references_of(article: Article) -> Iterator[tuple[Shelf, Reference]]:
    """Every reference of an article to a subject that must have a page."""
    for reference in article.topics:
        yield Shelf.TOPICS, reference
    for attendance in article.officials:
        yield Shelf.OFFICIALS, attendance.official
    for reference in article.organisations:
        yield Shelf.ORGANISATIONS, reference
    for reference in article.partners:
        yield Shelf.PLACES, reference
    if article.series:
        yield Shelf.SERIES, article.series


def _without_drafts(entry: Entry) -> Entry:
    """The entry with those of its translations that are no drafts."""
    finished = tuple(t for t in entry.translations if not t.draft)
    if len(finished) == len(entry.translations):
        return entry
    return structs.replace(entry, translations=finished)


def _names_of(entry: Entry) -> Iterator[str]:
    yield entry.name
    for reference in entry.other_names:
        yield reference.text
    if isinstance(entry.details, Organisation) and entry.details.short_name:
        yield entry.details.short_name


def with_subjects(register: Register, subjects: Iterable[Subject]) -> Register:
    """A register that knows `subjects` besides."""
    added = {(subject.shelf, subject.id): subject for subject in subjects}
    named: dict[tuple[Shelf, str], tuple[str, ...]] = {}
    for (shelf, identity), subject in added.items():
        key = (shelf, name_key(subject.name))
        named[key] = (*named.get(key, ()), identity)
    return structs.replace(
        register,
        subjects={**register.subjects, **added},
        candidates={**register.candidates, **named},
    )


class _Unknown(Struct):
    """A name in no shelf file: its first spelling, where that stands, and how often it is used."""

    name: str
    place: Place
    published: bool
    count: int = 0


def _ids_for(unknown: Mapping[str, _Unknown], taken: set[str]) -> dict[str, str]:
    """An id for each name key: its slug, made unique by the name's own hash where several names, or
    a shelf entry, share it."""
    ids = {key: slug(name.name) for key, name in unknown.items()}
    for digits in (4, 16):  # hashes of several thousand names may agree in four digits
        sharing = Counter(ids.values())
        for key, name in unknown.items():
            if not ids[key] or sharing[ids[key]] > 1 or ids[key] in taken:
                ids[key] = slug_with_hash(key, slug(name.name), digits)
    return ids


class _Builder:
    def __init__(self, entries: Iterable[Entry], drafts_too: bool) -> None:
        self.problems: list[Problem] = []
        self.subjects: dict[tuple[Shelf, str], Subject] = {}
        self.hidden: set[tuple[Shelf, str]] = set()
        self.candidates: dict[tuple[Shelf, str], tuple[str, ...]] = {}
        self.ids: dict[tuple[Shelf, str], str] = {}
        self.names: dict[Shelf, list[str]] = defaultdict(list)
        self.unknown: dict[Shelf, dict[str, _Unknown]] = defaultdict(dict)
        self.keys: dict[str, str] = {}
        for entry in entries:
            if entry.shelf in SUBJECT_SHELVES:
                self._shelve(entry, drafts_too)

    def _shelve(self, entry: Entry, drafts_too: bool) -> None:
        key = (entry.shelf, entry.id)
        if entry.draft and not drafts_too:
            self.hidden.add(key)
        else:
            shown = entry if drafts_too else _without_drafts(entry)
            self.subjects[key] = Subject(entry.shelf, entry.id, entry.name, shown)
        for name in _names_of(entry):
            named = (entry.shelf, name_key(name))
            found = self.candidates.get(named, ())
            if entry.id not in found:
                self.candidates[named] = (*found, entry.id)
            self.names[entry.shelf].append(name)

    def key_of(self, name: str) -> str:
        """`name_key`, worked out once for each spelling: archives repeat their names."""
        key = self.keys.get(name)
        if key is None:
            key = self.keys[name] = name_key(name)
        return key

    def known(self, shelf: Shelf, reference: Reference) -> tuple[str, ...]:
        key = (shelf, reference.text)
        if key in self.subjects or key in self.hidden:
            return (reference.text,)
        found = self.candidates.get((shelf, self.key_of(reference.text)), ())
        # A draft of the same name is no reason to refuse what was clear without it.
        public = tuple(identity for identity in found if (shelf, identity) not in self.hidden)
        return public or found

    def use(self, shelf: Shelf, reference: Reference, published: bool, draft: bool) -> None:
        """Take note of an article's reference."""
        key = (shelf, reference.text)
        if key in self.ids:
            found: tuple[str, ...] = (self.ids[key],)
        else:
            found = self.known(shelf, reference)
        if len(found) > 1:
            problem = ambiguous(reference, shelf, found)
            self.problems.append(as_warning(problem) if draft else problem)
        elif found:
            self.ids[key] = found[0]
            target = (shelf, found[0])
            if published and target in self.hidden and target not in self.subjects:
                # Of a draft only what a published article itself says may be shown.
                self.subjects[target] = Subject(shelf, found[0], reference.text, None)
        else:
            name_id = self.key_of(reference.text)
            unknown = self.unknown[shelf].setdefault(
                name_id, _Unknown(reference.text, reference.place, published)
            )
            unknown.count += 1

    def name_the_unknown(self, references: Iterable[tuple[Shelf, Reference]]) -> None:
        """Give names in no shelf file their ids, and say so."""
        keyed: dict[Shelf, dict[str, str]] = {}
        for shelf, names in self.unknown.items():
            taken = {identity for of, identity in (*self.subjects, *self.hidden) if of is shelf}
            public = {key: name for key, name in names.items() if name.published}
            keyed[shelf] = _ids_for(public, taken)
            for key, identity in keyed[shelf].items():
                self.subjects[shelf, identity] = Subject(shelf, identity, public[key].name, None)
            guesses = Guesses(self.names[shelf])
            # In the order of a report, which shows the first ones only.
            for name in sorted(names.values(), key=lambda name: name.place):
                self.problems.append(_unknown_name(shelf, name, guesses.nearest(name.name)))
        for shelf, reference in references:
            if (shelf, reference.text) not in self.ids:
                found = keyed.get(shelf, {}).get(self.key_of(reference.text))
                if found:
                    self.ids[shelf, reference.text] = found


_UNKNOWN = {
    Shelf.TOPICS: N_("the topic “{name}” has no file in content/topics"),
    Shelf.OFFICIALS: N_("the official “{name}” has no file in content/officials"),
    Shelf.ORGANISATIONS: N_("the organisation “{name}” has no file in content/organisations"),
    Shelf.PLACES: N_("the place “{name}” has no file in content/places"),
    Shelf.SERIES: N_("the series “{name}” has no file in content/series"),
}


def _unknown_name(shelf: Shelf, unknown: _Unknown, near: str) -> Problem:
    if re.search(r"[,;]\s", unknown.name):
        hint = N_("if these are several, write them as a list: [{several}]")
    elif near:
        hint = N_("did you mean “{near}”? (used {count}×)")
    else:
        hint = N_("it gets a page by its name alone (used {count}×)")
    return Problem(
        unknown.place,
        f"unknown-{shelf}",
        _UNKNOWN[shelf],
        hint,
        {
            "name": unknown.name,
            "near": near,
            "count": unknown.count,
            "several": re.sub(r"\s*[,;]\s+", ", ", unknown.name),
        },
        Severity.WARNING,
    )


def ambiguous(reference: Reference, shelf: Shelf, found: Iterable[str]) -> Problem:
    return Problem(
        reference.place,
        "ambiguous-name",
        N_("“{name}” fits more than one file of content/{shelf}: {ids}"),
        N_("write the id instead of the name"),
        {"name": reference.text, "shelf": shelf.value, "ids": ", ".join(sorted(found))},
    )


def make_register(
    entries: Iterable[Entry],
    published: Iterable[Article],
    held_back: Iterable[Article],
    drafts_too: bool,
) -> Register:
    """Settle who and what is meant by every reference of the articles.

    `published` come oldest first: the first spelling of a name in no shelf is the one shown. Names
    used by `held_back` articles alone are checked but get neither id nor page.
    """
    builder = _Builder(entries, drafts_too)
    published = tuple(published)
    for article in published:
        for shelf, reference in references_of(article):
            builder.use(shelf, reference, published=True, draft=False)
    for article in held_back:
        for shelf, reference in references_of(article):
            builder.use(shelf, reference, published=False, draft=article.draft)
    builder.name_the_unknown(pair for article in published for pair in references_of(article))
    for article in published:
        # A location is free text; it is a place only where a file says so.
        if article.location:
            found = builder.known(Shelf.PLACES, article.location)
            if len(found) == 1 and (Shelf.PLACES, found[0]) in builder.subjects:
                builder.ids[Shelf.PLACES, article.location.text] = found[0]
    _keep_names(builder)
    return Register(
        builder.subjects,
        builder.ids,
        builder.candidates,
        tuple(builder.problems),
        frozenset(builder.hidden),
    )


def _keep_names(builder: _Builder) -> None:
    """Let links find names that have no shelf file too."""
    for (shelf, identity), subject in builder.subjects.items():
        if subject.entry is None:
            builder.candidates.setdefault((shelf, name_key(subject.name)), (identity,))
