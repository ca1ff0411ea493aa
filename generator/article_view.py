"""The view of an article's page."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from generator.descriptions import of_meeting
from generator.meetings import Meeting
from generator.model import Article, Shelf
from generator.picture_views import figure
from generator.publication import translation_of
from generator.reasons import Teller
from generator.roles import attendee_view
from generator.thread_views import thread_view
from generator.urls import Linker, day_address
from generator.view_parts import (
    Anchor,
    ChangeView,
    CreditView,
    FigureView,
    Neighbour,
    RelatedView,
)
from generator.viewer import Viewer
from generator.views import ArticlePage


def article_page(viewer: Viewer, position: int, link: Linker) -> ArticlePage:
    """The page of the meeting at `position` of the catalogue, in the viewer's language; `link`
    writes the links of its body."""
    meeting = viewer.catalogue.meetings[position]
    article = meeting.article
    html, html_lang, markup = viewer.text(meeting.texts, link)
    title, _ = viewer.meeting_title(meeting)
    summary, summary_lang = viewer.summary(meeting) if _has_summary(viewer, article) else ("", "")
    series = viewer.anchor(Shelf.SERIES, meeting.series) if meeting.series else None
    return ArticlePage(
        title=title,
        url=viewer.meeting_url(meeting),
        description=of_meeting(viewer, meeting),
        breadcrumbs=viewer.date_crumbs(article.date, 3),
        alternates=viewer.alternates(meeting.address, viewer.missing_languages(meeting)),
        index=not meeting.held_back,
        id=article.id,
        date=article.date,
        time=article.time,
        end_date=article.end_date,
        day_url=viewer.prefix + day_address(article.date),
        kind=article.kind.value,
        status=article.status.value,
        held_back=meeting.held_back,
        # Without a summary of its own the page would show its first paragraph twice.
        summary=summary,
        summary_lang=summary_lang,
        location=_location(viewer, meeting),
        topics=tuple(viewer.anchor(Shelf.TOPICS, topic) for topic in meeting.topics),
        officials=tuple(attendee_view(viewer, attendee) for attendee in meeting.attendees),
        organisations=tuple(viewer.anchor(Shelf.ORGANISATIONS, i) for i in meeting.organisations),
        partners=tuple(viewer.anchor(Shelf.PLACES, place) for place in meeting.partners),
        documents=tuple(viewer.anchor(Shelf.DOCUMENTS, i) for i in meeting.documents),
        series=series,
        image=lead_figure(viewer, meeting),
        html=html,
        html_lang=html_lang,
        headings=viewer.headings(markup),
        thread=thread_view(viewer, meeting),
        related=_related(viewer, meeting),
        previous=_neighbour(viewer, position - 1),
        next=_neighbour(viewer, position + 1),
        source=_credit(article, viewer.config.zone),
        changes=changes_of(viewer, article),
    )


def _has_summary(viewer: Viewer, article: Article) -> bool:
    translation = translation_of(article, viewer.language, viewer.catalogue.edition)
    return bool(article.summary or (translation and translation.summary))


def _location(viewer: Viewer, meeting: Meeting) -> Anchor | None:
    if meeting.location:
        return viewer.anchor(Shelf.PLACES, meeting.location)
    text = viewer.free_location(meeting)
    return Anchor(text, None, viewer.lang(viewer.config.language)) if text else None


def lead_figure(viewer: Viewer, meeting: Meeting) -> FigureView | None:
    """The picture of a meeting, in the viewer's language."""
    translation = translation_of(meeting.article, viewer.language, viewer.catalogue.edition)
    sizes = viewer.gallery.options.sizes.lead
    original = viewer.lang(viewer.config.language)
    return figure(
        viewer.gallery, meeting.image, meeting.article.image, sizes, translation, original
    )


def _related(viewer: Viewer, meeting: Meeting) -> tuple[RelatedView, ...]:
    found = []
    teller = Teller(meeting, viewer)
    for relation in viewer.catalogue.relations.of(meeting.id):
        position = viewer.catalogue.positions[relation.id]
        other = viewer.catalogue.meetings[position]
        link = viewer.meeting_link(position)
        found.append(
            RelatedView(
                id=other.id,
                url=link.url,
                title=link.title,
                lang=link.lang,
                date=link.date,
                kind=other.article.kind.value,
                status=other.article.status.value,
                reasons=teller.reasons(other),
            )
        )
    return tuple(found)


def _neighbour(viewer: Viewer, position: int) -> Neighbour | None:
    if not 0 <= position < len(viewer.catalogue.meetings):
        return None
    link = viewer.meeting_link(position)
    return Neighbour(link.url, link.title, link.lang, link.date)


def _credit(article: Article, zone: ZoneInfo) -> CreditView | None:
    credit = article.source
    if credit is None:
        return None
    published = credit.published.astimezone(zone) if credit.published else None
    return CreditView(credit.name, credit.author, published, credit.url)


def changes_of(viewer: Viewer, article: Article) -> tuple[ChangeView, ...]:
    """An article's changes: those its translation tells of, else the original's."""
    translation = translation_of(article, viewer.language, viewer.catalogue.edition)
    translated = translation.changes if translation else ()
    lang = "" if translated else viewer.lang(viewer.config.language)
    return tuple(
        ChangeView(change.date, change.note, change.major, lang)
        for change in translated or article.changes
    )
