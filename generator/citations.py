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
from generator.model import Article, Shelf
from generator.names import slug, slug_with_hash
from generator.register import Register

_EARLIER = -1


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
        if citation.year:
            exact = [d for d in found if d.year in (citation.year, None)]
            return max(exact, key=lambda d: d.year or 0).id if exact else None
        # Of several years the nearest before is meant, for a document is cited after its issue.
        last = cited_on.year if cited_on else dt.MAXYEAR
        before = [d for d in found if (d.year or 0) <= last]
        return max(before, key=lambda d: (d.year or 0, d.id)).id if before else None


def issuer_of(citation: Citation, register: Register) -> str:
    """The organisation that the words after a number begin with; `` where they name none."""
    words = citation.issuer_words.split()
    for count in range(len(words), 0, -1):
        if count < len(words) and words[count][0].isupper():
            continue  # the name goes on: Bộ Ngoại giao Lào
        found = register.by_name(Shelf.ORGANISATIONS, " ".join(words[:count]))
        # A draft's name tells nothing, for not even its id is to be shown.
        if len(found) == 1 and (Shelf.ORGANISATIONS, found[0]) in register.subjects:
            return found[0]
    return ""


def citations_of(article: Article, bodies: Iterable[Iterable[Citation]]) -> tuple[Citation, ...]:
    """Every citation of an article: in its front matter, its title and summary, and those of its
    `bodies`."""
    fields = (parse_citation(reference.text) for reference in article.documents)
    found = [citation for citation in fields if citation]
    found += find_citations(article.title)
    found += find_citations(article.summary)
    for citations in bodies:
        found += citations
    return tuple(found)


def make_documents(citations: Iterable[tuple[Citation, dt.date]], register: Register) -> Documents:
    """The documents that `citations` are of, each with the day it was made on."""
    same: dict[str, list[tuple[Citation, dt.date]]] = defaultdict(list)
    for citation, day in citations:
        same[citation.document.key].append((citation, day))
    by_key = {key: tuple(_apart(key, same[key], register)) for key in sorted(same)}
    by_id = {document.id: document for found in by_key.values() for document in found}
    return Documents(by_id, by_key, register)


def _apart(
    key: str, citations: Sequence[tuple[Citation, dt.date]], register: Register
) -> Iterable[Document]:
    """The documents of one number: one for each issuer and year that citations tell apart."""
    document = citations[0][0].document
    base = slug(str(document))
    if document.type in TWINS:
        base = slug_with_hash(key, base)
    first = min((citation.year for citation, _ in citations if citation.year), default=0)
    known = _known(
        {
            # Whoever cites it before any year that is known means another one, of no known year.
            (issuer_of(citation, register), citation.year or (_EARLIER if day.year < first else 0))
            for citation, day in citations
        }
    )
    several = len({issuer for issuer, _ in known}) > 1
    for issuer, year in sorted(known):
        years = [each for of, each in known if of == issuer]
        parts = [base]
        if several and issuer:
            parts.append(issuer)
        if year > 0 and (len(years) > 1 or (several and not issuer)):
            parts.append(str(year))
        number = str(document)
        yield Document("-".join(parts), number, document.type, issuer, year if year > 0 else None)


def _known(said: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """The issuers and years that are different documents, out of what citations say of them; a year
    is 0 where nothing is said."""
    issuers = {issuer for issuer, _ in said if issuer}
    if len(issuers) < 2:
        # Whoever does not say the issuer means the only one.
        said = {(next(iter(issuers), ""), year) for _, year in said}
    dated = {year for issuer, year in said if issuer}
    known = {(issuer, year) for issuer, year in said if issuer or not issuers or year not in dated}
    # Without a year one of those that are known is meant.
    undated = {(issuer, 0) for issuer, year in known if year > 0}
    return known - undated - ({("", 0)} if issuers else set())
