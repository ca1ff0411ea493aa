"""What articles and entries say of one another: references that lead nowhere, or to themselves."""

from __future__ import annotations

from collections.abc import Iterable

from generator.frontmatter import Content
from generator.model import Article, Entry, Official, Organisation, Reference, Shelf, Term
from generator.names import nearest
from generator.problems import N_, Problem, Severity, as_warning
from generator.register import Register


def check_article_references(content: Content) -> Iterable[Problem]:
    """What is wrong with `follows`, `related` and `unrelated`; in a draft, as warnings."""
    known = {article.id for article in content.articles}
    known |= {identity for shelf, identity in content.broken_drafts if shelf is Shelf.ARTICLES}
    for article in content.articles:
        for field, references in (
            ("follows", article.follows),
            ("related", article.related),
            ("unrelated", article.unrelated),
        ):
            for reference in references:
                problem = _article_reference(article, field, reference, known)
                if problem:
                    yield as_warning(problem) if article.draft else problem
        for reference in article.related:
            if reference.text in {other.text for other in article.unrelated}:
                problem = Problem(
                    reference.place,
                    "related-and-unrelated",
                    N_("“{id}” is both in “related” and in “unrelated”"),
                    N_("keep one of the two"),
                    {"id": reference.text},
                )
                yield as_warning(problem) if article.draft else problem


def _article_reference(
    article: Article, field: str, reference: Reference, known: set[str]
) -> Problem | None:
    if reference.text == article.id:
        return Problem(
            reference.place,
            "self-reference",
            N_("“{field}” names the article itself"),
            N_("name another article, or remove it"),
            {"field": field},
        )
    if reference.text in known:
        return None
    near = nearest(reference.text, known)
    return Problem(
        reference.place,
        "unknown-article",
        N_("“{field}” names “{id}”, and there is no such article"),
        N_("did you mean “{near}”?") if near else N_("write the name of its file without .md"),
        {"field": field, "id": reference.text, "near": near},
    )


def check_entry_references(entries: Iterable[Entry], register: Register) -> Iterable[Problem]:
    """Parents, successors and organisations of memberships that no file answers to."""
    for entry in entries:
        details = entry.details
        wanted: list[tuple[Shelf, Reference | None]] = []
        if isinstance(details, Organisation):
            wanted = [(entry.shelf, details.parent), (entry.shelf, details.successor)]
        elif isinstance(details, Term):
            wanted = [(entry.shelf, details.parent)]
        elif isinstance(details, Official):
            wanted = [(Shelf.ORGANISATIONS, m.organization) for m in details.memberships]
        for shelf, reference in wanted:
            if reference and len(register.by_name(shelf, reference.text)) != 1:
                near = nearest(reference.text, (i for s, i in register.subjects if s is shelf))
                yield Problem(
                    reference.place,
                    "unknown-entry",
                    N_("“{name}” has no file in content/{shelf}"),
                    N_("did you mean “{near}”?")
                    if near
                    else N_("its name is shown without a link"),
                    {"name": reference.text, "shelf": shelf.value, "near": near},
                    Severity.WARNING,
                )
