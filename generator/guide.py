"""Every field of each kind of file, explained to those who fill it in, with an example."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from generator.i18n import LANGUAGES
from generator.model import Kind, Part, Shelf, Status
from generator.problems import N_

_IN_LANGUAGE = {"vi": N_("in Vietnamese"), "en": N_("in English")}


class Field(Struct, frozen=True):
    """A field: its key, and what it is `about` (a message id).

    Its example is YAML, with `{day}` and `{next}` for a day and the one after it (`example`), a
    text to be put into words (`words`), several such in a list (`items`), or fields of its own
    (`inner`); with `listed`, these are an item of a list, after `example` where there is one.
    `values` are the words it may have, the first being that of a file without the field; `language`
    is that of its text, where it is not the site's.
    """

    key: str
    about: str = ""
    example: str = ""
    words: str = ""
    items: tuple[str, ...] = ()
    inner: tuple[Field, ...] = ()
    listed: bool = False
    values: tuple[StrEnum, ...] = ()
    language: str = ""


Group = tuple[Field, ...]

_TITLE = Field("title", N_("the headline, in one line"))
_NAME = Field("name", N_("the full name"))
_HELD_BACK = Field(
    "draft", N_("a draft, which readers do not see; delete this line when it may be published")
)
_DRAFT = Field("draft", N_("hold this file back from readers"), "true")
_OTHER_NAMES = Field(
    "other_names", N_("other spellings articles may use"), items=(N_("Another spelling"),)
)
_ALIASES = Field("aliases", N_("old addresses that lead here"), "[/tin/1234/]")
_MINISTRY = N_("Ministry of Foreign Affairs")
_KINDS = (Kind.NEWS, *(kind for kind in Kind if kind is not Kind.NEWS))
_PARTS = (Part.ATTENDEE, *(part for part in Part if part is not Part.ATTENDEE))


def _image(about: str, src: str, alt: str, caption: str) -> Field:
    return Field(
        "image",
        about,
        inner=(
            Field("src", N_("its file, beside this one or in content/media/"), src),
            Field("alt", N_("what it shows, for those who cannot see it"), words=alt),
            Field("caption", N_("the line below it"), words=caption),
            Field("credit", N_("who made it"), "HNP"),
        ),
    )


def _translated(key: str, about: str, words: str, others: tuple[str, ...]) -> Group:
    """The fields of other languages than the site's, with the one field these have."""
    return tuple(
        Field(
            language,
            _IN_LANGUAGE.get(language, language),
            inner=(Field(key, about, words=words, language=language),),
        )
        for language in others
    )


def _translated_name(others: tuple[str, ...]) -> Group:
    return _translated("name", N_("the name in this language"), N_("The name"), others)


_ARTICLE: tuple[Group, ...] = (
    (
        _TITLE,
        Field("date", N_("when it takes place; an hour may follow, as in 10/12/2025 14:30")),
        _HELD_BACK,
    ),
    (
        Field(
            "kind",
            N_("the sort of event, {default} if not given: {values}"),
            "working-session",
            values=_KINDS,
        ),
        Field(
            "status",
            N_("what became of it, {default} if not given: {values}"),
            "held",
            values=tuple(Status),
        ),
        Field("end_date", N_("the last day, if there are several"), "{next}"),
        Field(
            "summary",
            N_("one or two sentences for lists; if not given, the first paragraph"),
            words=N_("Both sides agreed on the main points of the draft."),
        ),
    ),
    (
        Field(
            "officials",
            N_("who was there: names, or names of files in content/officials/ without .md"),
            "Ngô Lê Văn",
            inner=(
                Field(
                    "official", N_("or somebody with more to be said of them"), "Nguyễn Mạnh Quyền"
                ),
                Field(
                    "part",
                    N_("what they did, {default} if not given: {values}"),
                    "[chair, speaker]",
                    values=_PARTS,
                ),
                Field(
                    "role",
                    N_("the role to show here, if not the one their file has for this day"),
                    words=N_("Vice Chairman of the People's Committee"),
                ),
            ),
            listed=True,
        ),
        Field(
            "organisations",
            N_("the bodies that took part, likewise from content/organisations/"),
            items=(_MINISTRY,),
        ),
        Field(
            "topics",
            N_("what it was about, likewise from content/topics/"),
            items=(N_("External affairs"),),
        ),
        Field("location", N_("where it took place"), words=N_("Hanoi")),
        Field(
            "partners",
            N_("the countries, provinces or cities it dealt with"),
            items=(N_("Japan"),),
        ),
        Field(
            "documents",
            N_("documents it was about, by their numbers; those in the text need not be repeated"),
            "[101/KH-UBND, 59-NQ/TW]",
        ),
        Field(
            "series",
            N_("the recurring event it belongs to"),
            words=N_("Annual conference on external affairs"),
        ),
    ),
    (
        _image(
            N_("the picture above the text"),
            "hop.jpg",
            N_("The two delegations at a table"),
            N_("The meeting"),
        ),
        Field(
            "source",
            N_("where it was first published, if not here"),
            inner=(
                Field("name", N_("the publication"), "HNP"),
                Field("author", N_("who wrote it"), "Huy Kiên"),
                Field("published", N_("when it was published there"), "{day} 09:00"),
                Field("url", N_("its address there"), "https://example.org/1"),
            ),
        ),
    ),
    (
        Field(
            "follows",
            N_("earlier meetings that this one continues: names of their files without .md"),
            "[2025-12-10-quy-che-phoi-hop]",
        ),
        Field(
            "related",
            N_("meetings to be shown first among the related ones"),
            "[2025-11-20-tong-ket-nam]",
        ),
        Field(
            "unrelated",
            N_("meetings never to be shown among the related ones"),
            "[2025-10-05-tiep-khach]",
        ),
    ),
    (
        Field("published", N_("when it may become public, and not before"), "{day} 17:00"),
        Field("pinned", N_("keep it at the top of the home page"), "true"),
        Field(
            "changes",
            N_("corrections after publication"),
            inner=(
                Field("date", N_("the day of the change"), "{day}"),
                Field(
                    "note",
                    N_("what was changed"),
                    words=N_("Corrected the name of a participant."),
                ),
                Field("major", N_("also show it at the top of the article"), "true"),
            ),
            listed=True,
        ),
        Field(
            "slug",
            N_("the last part of its address, in place of this file's name"),
            "quy-che-phoi-hop",
        ),
        _ALIASES,
    ),
)

_PAGE: tuple[Group, ...] = (
    (_TITLE, _HELD_BACK),
    (
        Field(
            "summary",
            N_("one sentence for search engines; if not given, the first paragraph"),
            words=N_("Who makes this bulletin, and how."),
        ),
        Field("order", N_("its place among the free pages, the lowest number first"), "1"),
        _ALIASES,
    ),
)


def _official(others: tuple[str, ...]) -> tuple[Group, ...]:
    role = N_("Deputy Minister of Foreign Affairs")
    return (
        (_NAME,),
        (
            Field(
                "memberships",
                N_("the roles held; a meeting shows the one of its day"),
                inner=(
                    Field("role", N_("the title of the office"), words=role),
                    Field("organization", N_("where it is held"), words=_MINISTRY),
                    Field("start_date", N_("the first day, if known"), "2024-07-01"),
                    Field("end_date", N_("the last day; if not given, still held"), "2029-06-30"),
                    Field("as_of", N_("or days on which it was held for certain"), "[{day}]"),
                    *_translated("role", N_("the role in this language"), role, others),
                ),
                listed=True,
            ),
        ),
        (
            _OTHER_NAMES,
            Field("honorific", N_("how they are addressed"), words=N_("His Excellency")),
            Field(
                "sort_name",
                N_("what they are sorted by, if not by the last word of the name"),
                "Văn Ngô Lê",
            ),
            _image(N_("a portrait"), "ngo-le-van.jpg", N_("A portrait"), N_("At a meeting")),
            *_translated_name(others),
            _DRAFT,
        ),
    )


def _organisation(others: tuple[str, ...]) -> tuple[Group, ...]:
    return (
        (_NAME,),
        (
            Field("short_name", N_("a short name, which articles may use"), words=N_("Short name")),
            _OTHER_NAMES,
            Field("parent", N_("the organisation it is part of"), words=_MINISTRY),
            Field("founding_date", N_("when it was founded"), "1945-08-28"),
            Field("dissolution_date", N_("when it was dissolved"), "2025-03-01"),
            Field("successor", N_("the organisation in its place"), words=_MINISTRY),
            *_translated_name(others),
            _DRAFT,
        ),
    )


def _term(others: tuple[str, ...]) -> tuple[Group, ...]:
    return (
        (_NAME,),
        (
            Field(
                "parent",
                N_("what it belongs to: a name, or the name of a file of this folder without .md"),
                words=N_("External affairs"),
            ),
            _OTHER_NAMES,
            *_translated_name(others),
            _DRAFT,
        ),
    )


def groups_of(shelf: Shelf, main_language: str) -> tuple[Group, ...]:
    """The fields of a shelf's files in groups, the first being those that each file has."""
    others = tuple(language for language in LANGUAGES if language != main_language)
    if shelf is Shelf.ARTICLES:
        return _ARTICLE
    if shelf is Shelf.PAGES:
        return _PAGE
    if shelf is Shelf.OFFICIALS:
        return _official(others)
    return _organisation(others) if shelf is Shelf.ORGANISATIONS else _term(others)
