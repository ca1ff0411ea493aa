"""Documents that meetings cite: which citations mean the same one, and where each has its page.

A number is not yet a document: 101/KH-UBND is another plan in another year, or of another
province. Where citations say the year or the issuer, they are kept apart by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from generator.documents import Citation, find_citations, parse_citation
from generator.model import Article, Markup, Shelf
from generator.names import slug, slug_with_hash
from generator.register import Register


class Document(Struct, frozen=True):
    """A document some meeting cites. `issuer` is an organisation's id; `` and None where no
    citation says who issued it and when."""

    id: str
    number: str
    type: str
    issuer: str
    year: int | None


class Documents(Struct, frozen=True):
    """`by_id` has every document cited, `by_key` those that share a number."""

    by_id: Mapping[str, Document]
    by_key: Mapping[str, tuple[Document, ...]]
    register: Register

    def find(self, citation: Citation, cited_on: dt.date | None = None) -> str | None:
        """The id of the document that is meant, `cited_on` a day if that is known; None where no
        meeting cites it."""
        found: Sequence[Document] = self.by_key.get(citation.document.key, ())
        issuer = issuer_of(citation, self.register)
        found = [d for d in found if not (issuer and d.issuer) or d.issuer == issuer] or found
        found = [d for d in found if d.year == citation.year] or found
        if not found:
            return None
        # Of several years the one nearest before is meant: a document is not cited before it is.
        last = cited_on.year if cited_on else dt.MAXYEAR
        known = [d for d in found if d.year is None or d.year <= last] or found
        return max(known, key=lambda d: (d.year or 0, d.id)).id


def issuer_of(citation: Citation, register: Register) -> str:
    """The organisation that the words after a number begin with; `` where they name none."""
    words = citation.issuer_words.split()
    for count in range(len(words), 0, -1):
        found = register.by_name(Shelf.ORGANISATIONS, " ".join(words[:count]))
        if len(found) == 1:
            return found[0]
    return ""


def citations_of(article: Article, markups: Iterable[Markup]) -> tuple[Citation, ...]:
    """Every citation of an article: in its front matter, its title and summary, and `markups`, its
    bodies."""
    fields = (parse_citation(reference.text) for reference in article.documents)
    found = [citation for citation in fields if citation]
    found += find_citations(article.title)
    found += find_citations(article.summary)
    for markup in markups:
        found += markup.citations
    return tuple(found)


def make_documents(citations: Iterable[Citation], register: Register) -> Documents:
    """The documents that `citations` are of."""
    same: dict[str, list[Citation]] = defaultdict(list)
    for citation in citations:
        same[citation.document.key].append(citation)
    by_key: dict[str, tuple[Document, ...]] = {}
    taken: set[str] = set()
    for key in sorted(same):
        by_key[key] = tuple(_apart(key, same[key], register, taken))
        taken |= {document.id for document in by_key[key]}
    by_id = {document.id: document for found in by_key.values() for document in found}
    return Documents(by_id, by_key, register)


def _apart(
    key: str, citations: Sequence[Citation], register: Register, taken: set[str]
) -> Iterable[Document]:
    """The documents of one number: one for each issuer and year that citations tell apart."""
    known = {(issuer_of(citation, register), citation.year) for citation in citations}
    issuers = {issuer for issuer, _ in known if issuer}
    number = str(citations[0].document)
    base = slug(number)
    if base in taken:  # HĐ, a contract, and HD, a guideline, are one slug
        base = slug_with_hash(key, base)
    if len(issuers) < 2:
        issuers = issuers or {""}
        known = {(next(iter(issuers)), year) for _, year in known}
    for issuer in sorted(issuers):
        years = {year for of, year in known if of == issuer and year}
        each: list[int | None] = [*sorted(years)] or [None]
        for year in each:
            parts = [base]
            parts += [issuer] if len(issuers) > 1 else []
            parts += [str(year)] if len(years) > 1 else []
            yield Document("-".join(parts), number, citations[0].document.type, issuer, year)
