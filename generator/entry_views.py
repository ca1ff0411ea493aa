"""The views of shelves: an entry's page, its years, a shelf's index, free pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import groupby

from generator.catalogue import Catalogue
from generator.collation import collation_key, initial, sort_name
from generator.descriptions import of_entry, of_entry_year, of_names
from generator.document_views import document_description, document_groups, document_view
from generator.kinship import first_day
from generator.meetings import Attendee, Text
from generator.met_views import met_in_year, met_views
from generator.model import (
    Entry,
    FreePage,
    Membership,
    Official,
    Organisation,
    Part,
    Reference,
    Shelf,
    Term,
)
from generator.picture_views import figure
from generator.publication import translation_of
from generator.register import Subject
from generator.role_spans import Axis, axis_of
from generator.roles import attendee_view, honorific
from generator.urls import (
    Linker,
    entry_address,
    shelf_address,
    year_address,
)
from generator.view_parts import (
    Anchor,
    AttendeeView,
    CardGroup,
    Counted,
    FigureView,
    MetView,
    RoleView,
    ShelfGroup,
    ShelfItem,
)
from generator.viewer import Viewer
from generator.views import EntryPage, EntryYearPage, ShelfPage, TextPage

WHOLE_LIST = 60
NEWEST = 30


def _texts(catalogue: Catalogue, shelf: Shelf, identity: str) -> dict[str, Text]:
    return {
        language: catalogue.texts[shelf, identity, language]
        for language in catalogue.config.languages
        if (shelf, identity, language) in catalogue.texts
    }


def _years(viewer: Viewer, newest_first: Sequence[int], address: str) -> tuple[Counted, ...]:
    """The years of a list with their counts, newest first, each with its page below `address`."""
    meetings = viewer.catalogue.meetings
    counts = Counter(meetings[position].article.date.year for position in newest_first)
    return tuple(
        Counted(str(year), viewer.prefix + address + year_address(year), counts[year])
        for year in sorted(counts, reverse=True)
    )


def _years_here(groups: Iterable[CardGroup], url: str) -> tuple[Counted, ...]:
    """The years of a list that is whole on its page."""
    return tuple(Counted(str(group.year), url, len(group.cards)) for group in groups)


def _linked(viewer: Viewer, shelf: Shelf, reference: Reference | None) -> Anchor | None:
    """An entry another one names; its name alone where it has no page."""
    if reference is None or (shelf, reference.text) in viewer.catalogue.register.hidden:
        return None
    found = viewer.catalogue.register.by_name(shelf, reference.text)
    if len(found) == 1 and (shelf, found[0]) in viewer.catalogue.register.subjects:
        return viewer.anchor(shelf, found[0])
    return Anchor(reference.text, None, viewer.lang(viewer.config.language))


def entry_page(viewer: Viewer, shelf: Shelf, identity: str, link: Linker) -> EntryPage:
    """The page of a subject; `link` writes the links of its body."""
    catalogue = viewer.catalogue
    subject = viewer.subject(shelf, identity)
    details = subject.entry.details if subject.entry else None
    name, lang = viewer.name(subject)
    address = entry_address(shelf, identity)
    newest_first = catalogue.listed.get((shelf, identity), ())[::-1]
    whole = len(newest_first) <= WHOLE_LIST
    html, html_lang, markup = viewer.text(_texts(catalogue, shelf, identity), link)
    official = details if isinstance(details, Official) else None
    axis = _axis(viewer, official, newest_first) if official else None
    body = details if isinstance(details, Organisation) else None
    term = details if isinstance(details, Organisation | Term) else None
    role, role_lang = _latest_role(viewer, official) if official else ("", "")
    description = markup.lead if markup and not html_lang else ""
    met: tuple[MetView, ...] = ()
    met_more = 0
    document = None
    if shelf is Shelf.OFFICIALS:
        met, met_more = met_views(viewer, identity, newest_first, whole)
    elif shelf is Shelf.DOCUMENTS:
        document = document_view(viewer, identity)
        description = document_description(viewer, identity)
    url = viewer.prefix + address
    groups = viewer.by_year(newest_first if whole else newest_first[:NEWEST])
    return EntryPage(
        title=name,
        url=url,
        description=description
        or of_entry(viewer, shelf, name, "" if role_lang else role, newest_first),
        breadcrumbs=(viewer.home(), viewer.shelf_anchor(shelf)),
        alternates=viewer.alternates(address),
        shelf=shelf.value,
        id=identity,
        lang=lang,
        other_names=tuple(r.text for r in subject.entry.other_names) if subject.entry else (),
        honorific=honorific(viewer, identity) if shelf is Shelf.OFFICIALS else "",
        short_name=body.short_name if body else "",
        image=_portrait(viewer, subject, official) if official else None,
        html=html,
        html_lang=html_lang,
        parent=_linked(viewer, shelf, term.parent) if term else None,
        children=_children(viewer, shelf, identity),
        founding_date=body.founding_date if body else None,
        dissolution_date=body.dissolution_date if body else None,
        successor=_linked(viewer, shelf, body.successor) if body else None,
        roles=_roles(viewer, official.memberships, axis) if official else (),
        axis=(axis.first, axis.last) if axis else None,
        people=_people(viewer, identity) if shelf is Shelf.ORGANISATIONS else (),
        met=met,
        met_more=met_more,
        document=document,
        total=len(newest_first),
        partial=not whole,
        years=_years_here(groups, url) if whole else _years(viewer, newest_first, address),
        groups=groups,
    )


def _portrait(viewer: Viewer, subject: Subject, official: Official) -> FigureView | None:
    file = viewer.catalogue.images.get(subject.id, "")
    translation = None
    if subject.entry:
        translation = translation_of(subject.entry, viewer.language, viewer.catalogue.edition)
    sizes = viewer.gallery.options.sizes.portrait
    original = viewer.lang(viewer.config.language)
    return figure(viewer.gallery, file, official.image, sizes, translation, original)


def _children(viewer: Viewer, shelf: Shelf, identity: str) -> tuple[Anchor, ...]:
    anchors = [
        viewer.anchor(shelf, child)
        for child in viewer.catalogue.children.get((shelf, identity), ())
    ]
    return tuple(sorted(anchors, key=lambda anchor: collation_key(anchor.name)))


def _role(viewer: Viewer, membership: Membership) -> tuple[str, str]:
    translated = membership.translated_roles.get(viewer.language)
    return (
        (translated, "") if translated else (membership.role, viewer.lang(viewer.config.language))
    )


def _axis(viewer: Viewer, official: Official, newest_first: Sequence[int]) -> Axis | None:
    ends = (newest_first[0], newest_first[-1]) if newest_first else ()
    days = (viewer.catalogue.meetings[position].article.date for position in ends)
    return axis_of(official.memberships, days)


def _roles(
    viewer: Viewer, memberships: Sequence[Membership], axis: Axis | None
) -> tuple[RoleView, ...]:
    """The roles an official is known to have held, the latest first, undated ones last."""
    ordered = sorted(memberships, key=first_day, reverse=True)
    found = []
    for membership in ordered:
        role, lang = _role(viewer, membership)
        found.append(
            RoleView(
                role=role,
                lang=lang,
                organisation=_linked(viewer, Shelf.ORGANISATIONS, membership.organization),
                start=membership.start_date,
                end=membership.end_date,
                first_seen=membership.as_of[0] if membership.as_of else None,
                last_seen=membership.as_of[-1] if membership.as_of else None,
                span=axis.span(membership) if axis else None,
            )
        )
    return tuple(found)


def _people(viewer: Viewer, organisation: str) -> tuple[AttendeeView, ...]:
    """Officials with a role in an organisation, each with the latest, in Vietnamese order."""
    people = []
    for official, membership in viewer.catalogue.members.get(organisation, ()):
        attendee = Attendee(official, (Part.ATTENDEE,), (membership,), "")
        key = collation_key(_filed_under(viewer.subject(Shelf.OFFICIALS, official)))
        people.append((key, attendee_view(viewer, attendee)))
    return tuple(view for _, view in sorted(people, key=lambda pair: pair[0]))


def years_of(catalogue: Catalogue, positions: Iterable[int]) -> tuple[tuple[int, list[int]], ...]:
    """The years of a list, oldest first, each with its meetings."""
    years = groupby(positions, key=lambda p: catalogue.meetings[p].article.date.year)
    return tuple((year, list(found)) for year, found in years)


def entry_year_page(
    viewer: Viewer,
    shelf: Shelf,
    identity: str,
    years: Sequence[tuple[int, Sequence[int]]],
    here: int,
) -> EntryYearPage:
    """One of the `years` of a subject's long list (see `years_of`)."""
    year, positions = years[here]
    anchor = viewer.anchor(shelf, identity)
    address = entry_address(shelf, identity)

    def year_anchor(at: int) -> Anchor | None:
        if not 0 <= at < len(years):
            return None
        other, _ = years[at]
        return Anchor(str(other), viewer.prefix + address + year_address(other))

    newest_first = positions[::-1]
    return EntryYearPage(
        title=f"{anchor.name}, {year}",
        url=viewer.prefix + address + year_address(year),
        description=of_entry_year(viewer, anchor.name, year, len(positions)),
        breadcrumbs=(viewer.home(), viewer.shelf_anchor(shelf), anchor),
        alternates=viewer.alternates(address + year_address(year)),
        shelf=shelf.value,
        year=year,
        previous_year=year_anchor(here - 1),
        next_year=year_anchor(here + 1),
        groups=viewer.by_month(newest_first),
        met=met_in_year(viewer, identity, newest_first) if shelf is Shelf.OFFICIALS else (),
    )


def _filed_under(subject: Subject) -> str:
    """What a subject is sorted by: people by given name, unless a `sort_name` says otherwise."""
    details = subject.entry.details if subject.entry else None
    if isinstance(details, Official) and details.sort_name:
        return details.sort_name
    return sort_name(subject.name) if subject.shelf is Shelf.OFFICIALS else subject.name


def _latest_role(viewer: Viewer, official: Official) -> tuple[str, str]:
    """The latest role of an official, and its `lang`; `` where none has a date."""
    dated = [m for m in official.memberships if first_day(m) > dt.date.min]
    return _role(viewer, max(dated, key=first_day)) if dated else ("", "")


def _note(viewer: Viewer, subject: Subject) -> str:
    """What a shelf's index says beside a name: the latest role, a short name, a parent."""
    details = subject.entry.details if subject.entry else None
    if isinstance(details, Official):
        return _latest_role(viewer, details)[0]
    if isinstance(details, Organisation) and details.short_name:
        return details.short_name
    if isinstance(details, Organisation | Term):
        parent = _linked(viewer, subject.shelf, details.parent)
        return parent.name if parent else ""
    return ""


def shelf_page(viewer: Viewer, shelf: Shelf) -> ShelfPage:
    """The index of a shelf: all its subjects, in Vietnamese order but for documents."""
    by_kind = shelf is Shelf.DOCUMENTS
    groups = document_groups(viewer) if by_kind else _by_initial(viewer, shelf)
    address, label = shelf_address(shelf), viewer.translator.label(shelf)
    return ShelfPage(
        title=label,
        url=viewer.prefix + address,
        description=of_names(viewer, label, _commonest(groups)),
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates(address),
        shelf=shelf.value,
        groups=groups,
        total=sum(len(group.items) for group in groups),
    )


def _commonest(groups: Iterable[ShelfGroup]) -> list[str]:
    """The names of an index that are in its language, those with the most meetings first."""
    items = [item for group in groups for item in group.items if not item.lang]
    return [item.name for item in nlargest(8, items, key=lambda item: item.count)]


def _by_initial(viewer: Viewer, shelf: Shelf) -> tuple[ShelfGroup, ...]:
    catalogue = viewer.catalogue
    rows = []
    for (of, identity), subject in catalogue.register.subjects.items():
        if of is not shelf:
            continue
        name, lang = viewer.name(subject)
        filed = _filed_under(subject) if shelf is Shelf.OFFICIALS else name
        positions = catalogue.listed.get((shelf, identity), ())
        url = viewer.prefix + entry_address(shelf, identity)
        item = ShelfItem(name, url, lang, _note(viewer, subject), len(positions))
        rows.append((collation_key(filed), identity, initial(filed), item))
    rows.sort(key=lambda row: row[:2])
    groups: dict[str, list[ShelfItem]] = {}
    for _, _, letter, item in rows:
        groups.setdefault(letter, []).append(item)
    return tuple(ShelfGroup(letter, "", tuple(items)) for letter, items in groups.items())


def text_page(viewer: Viewer, entry: Entry, link: Linker) -> TextPage:
    """A free page in the viewer's language."""
    html, html_lang, markup = viewer.text(_texts(viewer.catalogue, Shelf.PAGES, entry.id), link)
    title, _ = viewer.page_title(entry)
    translation = translation_of(entry, viewer.language, viewer.catalogue.edition)
    summary = translation.summary if translation else ""
    if isinstance(entry.details, FreePage) and viewer.language == viewer.config.language:
        summary = entry.details.summary
    lead = markup.lead if markup and not html_lang else ""
    return TextPage(
        title=title,
        url=viewer.page_url(entry),
        description=summary or lead or of_names(viewer, title, ()),
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates(
            entry_address(Shelf.PAGES, entry.id), viewer.missing_languages(entry)
        ),
        html=html,
        html_lang=html_lang,
        headings=viewer.headings(markup),
    )
