"""The page of the search, and what is found by it: an index for each year, and one for the rest."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec
from msgspec import Struct

from generator.meetings import Meeting, Text
from generator.model import Shelf, Status
from generator.problems import N_
from generator.search_text import Findable, found_file
from generator.urls import SEARCH, Linker, entry_address, file_path, year_address
from generator.view_parts import Anchor
from generator.viewer import Viewer
from generator.views import SearchPage

MOST = 500
"""A year with more meetings has several indexes: what Pagefind needs of memory, and a browser of
time, grows with the size of each."""

_KEY = 16
_FILTERS = {Shelf.TOPICS: "topic", Shelf.OFFICIALS: "official", Shelf.ORGANISATIONS: "organisation"}
_NOWHERE = Linker("")


class Index(Struct, frozen=True):
    """Pages that are indexed together. `path` is the folder of the index, `key` changes with all
    that is in it; `days` are those of its dated pages, in order, `files` gives what Pagefind is to
    read, with paths. The first of a language has what the browser runs, too."""

    path: str
    key: bytes
    days: tuple[str, ...]
    files: Callable[[], Iterator[tuple[str, bytes]]]
    is_first: bool = False


class _Leaf(Struct, frozen=True):
    """A page to be found, with its body by language."""

    findable: Findable
    texts: Mapping[str, Text]


def search_page(viewer: Viewer) -> SearchPage:
    """The search page of a language."""
    years = _years(viewer)
    return SearchPage(
        title=viewer.say(N_("Search")),
        url=viewer.prefix + SEARCH,
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates(SEARCH),
        index=False,
        indexes=tuple(
            viewer.prefix + SEARCH + name
            for year, positions in reversed(years.items())
            for name in _names(year, positions)
        ),
        years=tuple(
            Anchor(str(year), viewer.prefix + year_address(year)) for year in reversed(years)
        ),
        original=viewer.lang(viewer.config.language),
    )


def _years(viewer: Viewer) -> dict[int, Sequence[int]]:
    """The positions of the meetings of each year, the oldest first."""
    meetings = viewer.catalogue.meetings
    years: dict[int, Sequence[int]] = {}
    start = 0
    while start < len(meetings):
        year = meetings[start].article.date.year
        # Of meetings that were kept, only these few have to be read.
        end = bisect_left(meetings, year + 1, start, key=lambda m: m.article.date.year)
        years[year] = range(start, end)
        start = end
    return years


def _names(year: int, positions: Sequence[int]) -> list[str]:
    """The folders of the indexes of a year."""
    parts = -(-len(positions) // MOST)
    if parts == 1:
        return [year_address(year)]
    return [f"{year:04}-{part}/" for part in range(1, parts + 1)]


def _parts(positions: Sequence[int], count: int) -> list[Sequence[int]]:
    """Some positions in about equal parts."""
    cuts = [len(positions) * part // count for part in range(count + 1)]
    return [positions[start:end] for start, end in pairwise(cuts)]


def count_indexes(viewer: Viewer) -> int:
    """How many indexes there are in a language."""
    return 1 + sum(len(_names(year, found)) for year, found in _years(viewer).items())


def make_indexes(viewer: Viewer, about: Collection[int] | None = None) -> Iterator[Index]:
    """The indexes of a language; with `about` only those of years in which the meetings at these
    positions are."""
    folder = viewer.prefix + SEARCH
    if about is None:
        yield _index(viewer, folder, list(_entries(viewer)), is_first=True)
    for year, positions in _years(viewer).items():
        names = _names(year, positions)
        if about is not None and not any(position in positions for position in about):
            continue
        for name, part in zip(names, _parts(positions, len(names)), strict=True):
            leaves = [_leaf(viewer, viewer.catalogue.meetings[position]) for position in part]
            yield _index(viewer, folder + name, leaves)


def _index(viewer: Viewer, path: str, leaves: Sequence[_Leaf], is_first: bool = False) -> Index:
    # What is in the key of a text depends on this besides.
    raw_html = msgspec.msgpack.encode(viewer.config.markup.raw_html)
    digest = hashlib.blake2b(raw_html, digest_size=_KEY)
    for leaf in leaves:
        digest.update(msgspec.msgpack.encode((leaf.findable, _depends_on(viewer, leaf.texts))))

    def files() -> Iterator[tuple[str, bytes]]:
        for leaf in leaves:
            html, _, _ = viewer.text(leaf.texts, _NOWHERE)
            yield file_path(leaf.findable.address), found_file(leaf.findable, html)

    days = sorted(filter(None, (leaf.findable.date for leaf in leaves)))
    return Index(path, digest.digest(), tuple(days), files, is_first)


def _depends_on(viewer: Viewer, texts: Mapping[str, Text]) -> tuple[bytes, list[str]]:
    """What the text of a body in this language is made of: its key, and the names that stand in it
    for links without a text."""
    text = texts.get(viewer.language) or texts.get(viewer.config.language)
    if text is None:
        return b"", []
    return text.key, [viewer.target_name(link.entry) for link in text.targets.links if link.entry]


def _leaf(viewer: Viewer, meeting: Meeting) -> _Leaf:
    article = meeting.article
    subjects = [viewer.subject(*key) for key in meeting.subjects()]
    names = [
        name
        for subject in subjects
        if subject.shelf is not Shelf.DOCUMENTS
        for name in (viewer.name(subject)[0], *subject.all_names())
    ]
    if article.location and not meeting.location:
        names.append(viewer.free_location(meeting))
    kind = viewer.translator.label(article.kind.value)
    # The year is that of the index.
    filters = [("kind", kind)]
    filters += [
        (_FILTERS[subject.shelf], viewer.name(subject)[0])
        for subject in subjects
        if subject.shelf in _FILTERS
    ]
    if article.status is not Status.HELD:
        kind = f"{kind} · {viewer.translator.label(article.status.value)}"
    if meeting.held_back:
        kind = f"{kind} · {viewer.translator.label(meeting.held_back)}"
    findable = Findable(
        address=viewer.meeting_url(meeting),
        title=viewer.meeting_title(meeting)[0],
        lead=viewer.summary(meeting)[0],
        kind=kind,
        shown_date=viewer.translator.short_date(article.date),
        date=article.date.isoformat(),
        names=tuple(dict.fromkeys(filter(None, names))),
        numbers=tuple(s.name for s in subjects if s.shelf is Shelf.DOCUMENTS),
        filters=tuple(filters),
    )
    return _Leaf(findable, meeting.texts)


def _entries(viewer: Viewer) -> Iterator[_Leaf]:
    """All that is found besides meetings: whom and what they are listed under, and free pages. The
    home page is there at least."""
    catalogue, config = viewer.catalogue, viewer.config
    text = config.texts[viewer.language]
    yield _Leaf(_plain(viewer.prefix, text.title, text.tagline, ""), {})
    for (shelf, identity), subject in catalogue.register.subjects.items():
        name = viewer.name(subject)[0]
        findable = _plain(
            viewer.prefix + entry_address(shelf, identity),
            name,
            "",
            viewer.translator.label(shelf),
            tuple(other for other in subject.all_names() if other != name),
            (name,) if shelf is Shelf.DOCUMENTS else (),
        )
        yield _Leaf(findable, _texts_of(viewer, shelf, identity))
    for entry in catalogue.pages:
        title = viewer.page_title(entry)[0]
        findable = _plain(viewer.page_url(entry), title, "", viewer.translator.label(Shelf.PAGES))
        yield _Leaf(findable, _texts_of(viewer, Shelf.PAGES, entry.id))


def _plain(
    address: str,
    title: str,
    lead: str,
    kind: str,
    names: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
) -> Findable:
    """What is found of a page that is not a meeting's."""
    filters = (("page", kind),) if kind else ()
    return Findable(address, title, lead, kind, "", "", names, numbers, filters)


def _texts_of(viewer: Viewer, shelf: Shelf, identity: str) -> dict[str, Text]:
    texts = viewer.catalogue.texts
    return {
        language: texts[shelf, identity, language]
        for language in viewer.config.languages
        if (shelf, identity, language) in texts
    }
