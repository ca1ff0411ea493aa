"""One object for what is the same in many records.

A decoder makes a text anew wherever one stands. In a large archive thousands of records say the
same paths and names, and keeping each of these once takes half the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern

from msgspec.structs import force_setattr

from generator.content import ParsedFile
from generator.model import Article, Reference
from generator.problems import Place


def share_texts(file: ParsedFile) -> None:
    """Let all places in a file that was just decoded, and that nobody else has yet, have one path,
    and references of all files that say the same one text."""
    article = file.entry
    if not isinstance(article, Article):
        return
    path = file.source.path
    _share_path(article.place, path)
    _share_path(article.body.place, path)
    for reference in _references(article):
        _share_path(reference.place, path)
        force_setattr(reference, "text", intern(reference.text))


def _share_path(place: Place, path: str) -> None:
    force_setattr(place, "path", path)


def _references(article: Article) -> Iterator[Reference]:
    yield from article.topics
    for attendance in article.officials:
        yield attendance.official
    yield from article.organisations
    yield from article.partners
    yield from article.documents
    if article.location:
        yield article.location
    if article.series:
        yield article.series
