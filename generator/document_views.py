"""The views of documents: what kind one is, who issued it and when; their index by kind."""

from __future__ import annotations

import datetime as dt
import re

from generator.citations import Document
from generator.collation import collation_key
from generator.documents import parse_number
from generator.model import Shelf
from generator.urls import entry_address
from generator.view_parts import Anchor, DocumentView, ShelfGroup, ShelfItem
from generator.viewer import Viewer

# Codes of which one kind of document has several, and those that need the issuer to be told apart.
_SAME = {"QĐi": "QyĐ", "QyC": "QC", "LCT": "L", "": "CV"}
_OF_THE_PARTY = {"TT": "TTh"}
_DIGITS = re.compile("[0-9]+")


def document_kind(document: Document) -> str:
    """The code of a document's kind, `document-KH`; it has a label."""
    code = document.type
    number = None if code else parse_number(document.number)
    if number:
        for house in ("UBTVQH", "QH"):
            if re.match(rf"{house}[0-9]", number.issuer):
                return f"document-{house}"
    # Only the Party writes a dash between number and type: 22-TT/TW is no circular of a ministry.
    if re.match("[0-9]+[a-z]?-", document.number):
        code = _OF_THE_PARTY.get(code, code)
    return f"document-{_SAME.get(code, code)}"


def _issuer(viewer: Viewer, document: Document) -> Anchor | None:
    key = (Shelf.ORGANISATIONS, document.issuer)
    return viewer.anchor(*key) if key in viewer.catalogue.register.subjects else None


def _note(viewer: Viewer, document: Document) -> str:
    """Who issued a document, and in which year, as far as that is known."""
    issuer = _issuer(viewer, document)
    return ", ".join(
        filter(None, (issuer.name if issuer else "", str(document.year) if document.year else ""))
    )


def document_view(viewer: Viewer, identity: str) -> DocumentView:
    documents = viewer.catalogue.documents
    document = documents.by_id[identity]
    number = parse_number(document.number)
    namesakes = documents.by_key.get(number.key, ()) if number else ()
    return DocumentView(
        kind=document_kind(document),
        issuer=_issuer(viewer, document),
        year=document.year,
        others=tuple(_other(viewer, other) for other in namesakes if other.id != identity),
    )


def _other(viewer: Viewer, document: Document) -> Anchor:
    name = _note(viewer, document) or document.number
    return Anchor(name, viewer.prefix + entry_address(Shelf.DOCUMENTS, document.id))


def document_description(viewer: Viewer, identity: str) -> str:
    """A document's kind, issuer and year in one line."""
    document = viewer.catalogue.documents.by_id[identity]
    kind = viewer.translator.label(document_kind(document))
    return ", ".join(filter(None, (kind, _note(viewer, document))))


def _order(document: Document) -> tuple[int, int, str, str]:
    """By year, those without one last; then by number, 9 before 101."""
    digits = _DIGITS.match(document.number)
    number = int(digits[0]) if digits else 0
    return document.year or dt.MAXYEAR, number, document.number, document.id


def document_groups(viewer: Viewer) -> tuple[ShelfGroup, ...]:
    """All documents by kind, the kinds in Vietnamese order."""
    catalogue = viewer.catalogue
    groups: dict[str, list[ShelfItem]] = {}
    for document in sorted(catalogue.documents.by_id.values(), key=_order):
        anchor = viewer.anchor(Shelf.DOCUMENTS, document.id)
        positions = catalogue.listed.get((Shelf.DOCUMENTS, document.id), ())
        note = _note(viewer, document)
        item = ShelfItem(anchor.name, anchor.url or "", "", note, len(positions))
        groups.setdefault(document_kind(document), []).append(item)
    kinds = sorted(groups, key=lambda kind: collation_key(viewer.translator.label(kind)))
    return tuple(ShelfGroup("", kind, tuple(groups[kind])) for kind in kinds)
