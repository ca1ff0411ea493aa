"""Documents that meetings cite: which citations mean the same one, and where each has its page.

A number is not yet a document: 101/KH-UBND is another plan in another year, or of another
province. Where citations say the year or the issuer, they are kept apart by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from generator.documents import TWINS, Citation, find_citations, parse_citation
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
        # Of several years the nearest before is meant, for a document is cited after its issue.
        last = cited_on.year if cited_on else dt.MAXYEAR
        before = [d for d in found if (d.year or 0) <= last]
        if not before:
            return min(found, key=lambda d: (d.year or 0, d.id)).id
        return max(before, key=lambda d: (d.year or 0, d.id)).id


def issuer_of(citation: Citation, register: Register) -> str:
    """The organisation that the words after a number begin with; `` where they name none."""
    words = citation.issuer_words.split()
    for count in range(len(words), 0, -1):
        found = register.by_name(Shelf.ORGANISATIONS, " ".join(words[:count]))
        # A draft's name tells nothing, for not even its id is to be shown.
        if len(found) == 1 and (Shelf.ORGANISATIONS, found[0]) in register.subjects:
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
    by_key = {key: tuple(_apart(key, same[key], register)) for key in sorted(same)}
    by_id = {document.id: document for found in by_key.values() for document in found}
    return Documents(by_id, by_key, register)


def _apart(key: str, citations: Sequence[Citation], register: Register) -> Iterable[Document]:
    """The documents of one number: one for each issuer and year that citations tell apart."""
    document = citations[0].document
    base = slug(str(document))
    if document.type in TWINS:
        base = slug_with_hash(key, base)
    known = _known({(issuer_of(citation, register), citation.year) for citation in citations})
    several = len({issuer for issuer, _ in known}) > 1
    for issuer, year in sorted(known, key=lambda pair: (pair[0], pair[1] or 0)):
        years = [each for of, each in known if of == issuer]
        parts = [base]
        if several and issuer:
            parts.append(issuer)
        if year and (len(years) > 1 or (several and not issuer)):
            parts.append(str(year))
        yield Document("-".join(parts), str(document), document.type, issuer, year)


def _known(said: set[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """The issuers and years that are different documents, out of what citations say of them."""
    issuers = {issuer for issuer, _ in said if issuer}
    if len(issuers) < 2:
        # Whoever does not say the issuer means the only one.
        said = {(next(iter(issuers), ""), year) for _, year in said}
    dated = {year for issuer, year in said if issuer}
    known = {(issuer, year) for issuer, year in said if issuer or not issuers or year not in dated}
    # Without a year one of those that are known is meant.
    undated = {(issuer, None) for issuer, year in known if year}
    return known - undated - ({("", None)} if issuers else set())
