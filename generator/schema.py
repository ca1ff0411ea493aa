"""The fields of each kind of file: what is read, of which type, and into which record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as MappingType
from hashlib import blake2b

from msgspec import Struct

from generator.documents import parse_citation
from generator.fields import Reader
from generator.i18n import LANGUAGES
from generator.located import Mapping, Node
from generator.model import (
    Article,
    Attendance,
    Body,
    Change,
    Credit,
    Entry,
    FreePage,
    Image,
    Kind,
    Membership,
    Official,
    Organisation,
    Part,
    Reference,
    Shelf,
    Source,
    Status,
    Term,
    Translation,
)
from generator.problems import N_, Place

_TITLE_HINT = N_("write: title: what happened, in one line")
_DATE_HINT = N_("write: date: 2025-12-10, the day it took place")
_NAME_HINT = N_("write: name: the full name")
_ROLE_HINT = N_("write: role: the title of the office")
_SRC_HINT = N_("write: src: the picture's file name")
_NOTE_HINT = N_("write: note: what was changed")
_NO_DATE = dt.date.min


class Written(Struct, frozen=True):
    """The Markdown of a file, and where it begins."""

    text: str
    place: Place

    def as_body(self, about: str = "") -> Body:
        """Its record; `about` is plain text whose words count as the body's."""
        digest = blake2b(f"{len(about)}:{about}".encode("utf-8", "surrogatepass"), digest_size=16)
        digest.update(self.text.encode("utf-8", "surrogatepass"))
        return Body(digest.digest(), self.place, about)


def read_article(source: Source, reader: Reader, written: Written) -> Article:
    """An article's front matter. What is wrong is noted in the reader; the record is then only good
    for telling a draft."""
    moment = reader.moment("date")
    date = moment.date() if isinstance(moment, dt.datetime) else moment
    if date is None and not _is_given(reader, "date"):
        reader.missing("date", _DATE_HINT)
    end_date = reader.date("end_date")
    if date and end_date and end_date < date:
        reader.note(
            reader.place("end_date"),
            "end-before-start",
            N_("the event ends on {end}, before it begins on {start}"),
            N_("check “date” and “end_date”"),
            start=date.isoformat(),
            end=end_date.isoformat(),
        )
    title, summary = reader.required_text("title", _TITLE_HINT), reader.text("summary")
    return Article(
        id=source.id,
        place=reader.mapping.place,
        title=title,
        date=date or _NO_DATE,
        time=moment.time() if isinstance(moment, dt.datetime) else None,
        end_date=end_date,
        kind=reader.choice("kind", Kind.NEWS),
        status=reader.choice("status", Status.HELD),
        summary=summary,
        topics=reader.references("topics"),
        officials=_attendances(reader),
        organisations=reader.references("organisations"),
        location=reader.reference("location"),
        partners=reader.references("partners"),
        documents=_documents(reader),
        series=reader.reference("series"),
        follows=reader.references("follows"),
        related=reader.references("related"),
        unrelated=reader.references("unrelated"),
        source=_credit(reader),
        image=_image(reader),
        published=reader.instant("published"),
        changes=_changes(reader),
        draft=reader.boolean("draft"),
        pinned=reader.boolean("pinned"),
        aliases=reader.references("aliases"),
        slug=reader.reference("slug"),
        body=written.as_body(f"{title}. {summary}"),
    )


def _documents(reader: Reader) -> tuple[Reference, ...]:
    """References to documents by their numbers."""
    found = []
    for reference in reader.references("documents"):
        if parse_citation(reference.text):
            found.append(reference)
        else:
            reader.note(
                reference.place,
                "bad-document",
                N_("“{number}” is not a document's number"),
                N_("write it like 101/KH-UBND, 59-NQ/TW or 112/2025/UBTVQH15"),
                number=reference.text,
            )
    return tuple(found)


def _is_given(reader: Reader, key: str) -> bool:
    """Whether a field has a value, which may have been refused already."""
    return reader.node(key) is not None


def _attendances(reader: Reader) -> tuple[Attendance, ...]:
    found = (_attendance(reader, item) for item in reader.items("officials"))
    return tuple(attendance for attendance in found if attendance)


def _attendance(reader: Reader, node: Node) -> Attendance | None:
    if not isinstance(node, Mapping):
        text = reader.scalar("officials", node)
        return Attendance(Reference(text, node.place)) if text else None
    fields = Reader(node, reader.zone, reader.problems)
    official = fields.reference("official")
    if official is None:
        fields.missing("official", N_("write: official: a name or an id"))
    parts = _parts(fields)
    role = fields.text("role")
    fields.finish()
    return Attendance(official, parts, role) if official else None


def _parts(fields: Reader) -> tuple[Part, ...]:
    given = set()
    for item in fields.items("part"):
        text = fields.scalar("part", item)
        if text:
            given.add(fields.member("part", item, text, Part.ATTENDEE))
    return tuple(part for part in Part if part in given) or (Part.ATTENDEE,)


def _credit(reader: Reader) -> Credit | None:
    fields = reader.nested("source")
    if fields is None:
        return None
    credit = Credit(
        fields.text("name"), fields.text("author"), fields.instant("published"), fields.text("url")
    )
    if credit.url and not re.fullmatch(r"https?://[^\s\"<>\\^`{|}]+", credit.url):
        fields.note(
            fields.place("url"),
            "bad-url",
            N_("“{value}” is not a web address"),
            N_("it begins with https://"),
            value=credit.url,
        )
    fields.finish()
    return credit


def _image(reader: Reader) -> Image | None:
    node = reader.node("image")
    if node is not None and not isinstance(node, Mapping):
        src = reader.reference("image")
        return Image(src) if src else None
    fields = reader.mapping_reader("image", node)
    if fields is None:
        return None
    src = fields.reference("src")
    if src is None:
        fields.missing("src", _SRC_HINT)
    alt, caption, credit = fields.text("alt"), fields.text("caption"), fields.text("credit")
    fields.finish()
    return Image(src, alt, caption, credit) if src else None


def _changes(reader: Reader) -> tuple[Change, ...]:
    """Corrections, the oldest first."""
    found = []
    for item in reader.items("changes"):
        fields = reader.mapping_reader("changes", item)
        if fields is None:
            continue
        date = fields.date("date")
        if date is None and not _is_given(fields, "date"):
            fields.missing("date", N_("write: date: the day of the change"))
        note = fields.required_text("note", _NOTE_HINT)
        major = fields.boolean("major")
        fields.finish()
        if date and note:
            found.append(Change(date, note, major))
    return tuple(sorted(found, key=lambda change: change.date))


def _translated(reader: Reader, field: str) -> dict[str, str]:
    """`en: {name: …}` → {"en": …}, for whichever languages are given."""
    found = {}
    for language in LANGUAGES:
        fields = reader.nested(language)
        if fields is not None:
            if text := fields.text(field):
                found[language] = text
            fields.finish()
    return found


def _memberships(reader: Reader) -> tuple[Membership, ...]:
    found = []
    for item in reader.items("memberships"):
        fields = reader.mapping_reader("memberships", item)
        if fields is None:
            continue
        membership = Membership(
            role=fields.required_text("role", _ROLE_HINT),
            organization=fields.reference("organization"),
            start_date=fields.date("start_date"),
            end_date=fields.date("end_date"),
            as_of=tuple(sorted(fields.dates("as_of"))),
            translated_roles=_translated(fields, "role"),
        )
        start, end = membership.start_date, membership.end_date
        if start and end and end < start:
            fields.note(
                fields.place("end_date"),
                "end-before-start",
                N_("the membership ends on {end}, before it begins on {start}"),
                N_("check “start_date” and “end_date”"),
                start=start.isoformat(),
                end=end.isoformat(),
            )
        fields.finish()
        found.append(membership)
    return tuple(found)


def _details(shelf: Shelf, reader: Reader) -> Official | Organisation | Term | FreePage:
    if shelf is Shelf.OFFICIALS:
        return Official(
            sort_name=reader.text("sort_name"),
            honorific=reader.text("honorific"),
            image=_image(reader),
            memberships=_memberships(reader),
        )
    if shelf is Shelf.ORGANISATIONS:
        return Organisation(
            short_name=reader.text("short_name"),
            parent=reader.reference("parent"),
            founding_date=reader.date("founding_date"),
            dissolution_date=reader.date("dissolution_date"),
            successor=reader.reference("successor"),
        )
    if shelf is Shelf.PAGES:
        return FreePage(
            summary=reader.text("summary"),
            order=reader.integer("order", 0, -1000, 1000),
            aliases=reader.references("aliases"),
        )
    return Term(parent=reader.reference("parent"))


def read_entry(source: Source, reader: Reader, written: Written) -> Entry:
    """The front matter of a shelf file that is not an article."""
    if source.shelf is Shelf.PAGES:
        name = reader.required_text("title", _TITLE_HINT)
        names: tuple[Reference, ...] = ()
        translated: MappingType[str, str] = {}
    else:
        name = reader.required_text("name", _NAME_HINT)
        names = reader.references("other_names")
        translated = _translated(reader, "name")
    return Entry(
        shelf=source.shelf,
        id=source.id,
        place=reader.mapping.place,
        name=name,
        other_names=names,
        translated_names=translated,
        draft=reader.boolean("draft"),
        body=written.as_body(),
        details=_details(source.shelf, reader),
    )


def read_translation(source: Source, reader: Reader, written: Written) -> Translation:
    """The front matter of `x.en.md`."""
    image = reader.nested("image")
    alt = caption = ""
    if image is not None:
        alt, caption = image.text("alt"), image.text("caption")
        image.finish()
    return Translation(
        language=source.language or "",
        place=reader.mapping.place,
        title=reader.text("title"),
        summary=reader.text("summary"),
        body=written.as_body() if written.text.strip() else None,
        image_alt=alt,
        image_caption=caption,
        changes=_changes(reader),
        draft=reader.boolean("draft"),
    )
