"""A catalogue in which the bodies of some meetings were edited, without making it anew.

Most of what editors do is to edit a body. As long as nothing else of the article is changed, and
nothing of the body that other pages show, all that is known of everything else holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from generator.catalogue import Catalogue
from generator.documents import Citation
from generator.features import features_of, make_name_pairs
from generator.links import LinkScope
from generator.meetings import Meeting, Text
from generator.mentions import MentionFinder, make_mention_finder
from generator.model import Article, Body, Source, Translation
from generator.relations import Relations
from generator.resolving import Resolver
from generator.revision import revise as revise_relations

if TYPE_CHECKING:
    from generator.relation import Features


class Edit(Struct, frozen=True):
    """A file of an article as it was and as it is."""

    source: Source
    before: Article | Translation
    after: Article | Translation

    @property
    def is_of_body(self) -> bool:
        """Whether the body alone is another."""
        before, after = self.before, self.after
        return (
            before.body is not None
            and after.body is not None
            and before.body.place == after.body.place
            and structs.replace(before, body=after.body) == after
        )


class Revised(Struct, frozen=True):
    """What edits make of a catalogue: the meetings that changed, by position, the relations, and
    the positions of all meetings whose pages may have changed."""

    changed: Mapping[int, Meeting]
    relations: Relations
    shown: frozenset[int]


def find_mentions(catalogue: Catalogue) -> MentionFinder:
    """What finds the officials that bodies name, where that is wanted."""
    wanted = catalogue.config.markup.link_names
    return make_mention_finder(catalogue.names) if wanted else lambda _markup, _present: ()


def make_resolver(catalogue: Catalogue, scope: LinkScope, mentions: MentionFinder) -> Resolver:
    """What resolves articles and entries as those of a catalogue were."""
    return Resolver(
        catalogue.config,
        catalogue.edition,
        catalogue.register,
        catalogue.documents,
        catalogue.markups,
        scope,
        mentions,
    )


def revise(catalogue: Catalogue, edits: Iterable[Edit], resolver: Resolver) -> Revised | None:
    """What some edits make of a catalogue; None where it has to be made anew."""
    edits = tuple(edits)
    if not all(edit.is_of_body for edit in edits):
        return None
    changed: dict[int, Meeting] = {}
    for edit in edits:
        position = catalogue.positions.get(edit.source.id)
        if position is None:
            return None
        before = changed.get(position) or catalogue.meetings[position]
        after = _edited(before, edit, catalogue, resolver)
        if after is None or resolver.problems:
            return None
        changed[position] = after
    return revise_meetings(catalogue, changed)


def revise_meetings(catalogue: Catalogue, changed: Mapping[int, Meeting]) -> Revised | None:
    """What changed meetings, by their positions, make of the relations of a catalogue; None where
    these have to be found anew."""
    revision = revise_relations(catalogue.relations, _features(catalogue, changed))
    if revision is None:
        return None
    concerned = {catalogue.positions[identity] for identity in revision.lists | revision.reasons}
    return Revised(changed, revision.relations, frozenset(concerned | changed.keys()))


def _edited(
    meeting: Meeting, edit: Edit, catalogue: Catalogue, resolver: Resolver
) -> Meeting | None:
    """The meeting after an edit; None where others may show what has changed."""
    language = edit.source.language or catalogue.config.language
    old, body = meeting.texts.get(language), edit.after.body
    before = edit.before.body
    if old is None or body is None or before is None or old.key != before.key:
        return None
    article = _with_body(meeting.article, edit.source.language, body)
    present = tuple(attendee.official for attendee in meeting.attendees)
    text = resolver.text(body, present, True, old.draft, article.date)
    if text.lead != old.lead and not _has_summary(article, edit.source.language):
        return None
    if _outward(text, catalogue) != _outward(old, catalogue):
        return None
    return structs.replace(meeting, article=article, texts={**meeting.texts, language: text})


def _with_body(article: Article, language: str | None, body: Body) -> Article:
    if language is None:
        return structs.replace(article, body=body)
    translations = tuple(
        structs.replace(each, body=body) if each.language == language else each
        for each in article.translations
    )
    return structs.replace(article, translations=translations)


def _has_summary(article: Article, language: str | None) -> bool:
    """Whether lists show a summary of its own, and not how the body begins."""
    if language is None:
        return bool(article.summary)
    return any(each.summary for each in article.translations if each.language == language)


def _outward(text: Text, catalogue: Catalogue) -> tuple[object, ...]:
    """What of a body others depend on besides its terms: the documents it cites, the files it
    needs, and the addresses that must be there."""
    return (
        [_without_place(citation) for citation in catalogue.markup(text).citations],
        {file for file in text.targets.pictures if file},
        {target.file for target in text.targets.links if target.file},
        {target.address for target in text.targets.links if target.address is not None},
    )


def _without_place(citation: Citation) -> Citation:
    return structs.replace(citation, start=0, end=0)


def _features(catalogue: Catalogue, changed: Mapping[int, Meeting]) -> dict[int, Features]:
    pairs = make_name_pairs(catalogue.register)
    found = {}
    for position, meeting in changed.items():
        text = meeting.texts[catalogue.config.language]
        terms = catalogue.markup(text).terms
        thread = catalogue.threads.get(meeting.id)
        found[position] = features_of(meeting, thread, text, terms, pairs)
    return found
