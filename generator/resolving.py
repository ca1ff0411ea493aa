"""What an article or an entry refers to, resolved: meetings, bodies, pictures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from generator.citations import Documents
from generator.config import Config
from generator.documents import Citation
from generator.links import LinkScope, Targets, find_file, no_picture, resolve
from generator.meetings import Attendee, Meeting, Text
from generator.mentions import MentionFinder, find_documents
from generator.model import (
    Article,
    Attendance,
    Body,
    Entry,
    Image,
    Link,
    Markup,
    Membership,
    Official,
    Part,
    Picture,
    Reference,
    Shelf,
)
from generator.pictures import Use, no_alt
from generator.problems import N_, Place, Problem, Severity, as_warning
from generator.publication import Edition, hold
from generator.read import CONTENT, MEDIA
from generator.register import Register
from generator.urls import article_address


class MarkupSource(Protocol):
    """Gives the Markup of a body by its key."""

    def __call__(self, key: bytes) -> Markup: ...

    def citations(self, key: bytes) -> tuple[Citation, ...]:
        """Of the Markup the citations alone, which is quicker."""


class Resolver:
    """Resolves articles and entries one by one; gathers what is wrong with them, the `files` of
    content/ that are published with them, and the `uses` of files, published or not."""

    def __init__(
        self,
        config: Config,
        edition: Edition,
        register: Register,
        documents: Documents,
        markups: MarkupSource,
        scope: LinkScope,
        find_mentions: MentionFinder,
    ) -> None:
        self.config = config
        self.edition = edition
        self.register = register
        self.documents = documents
        self.markups = markups
        self.scope = scope
        self.find_mentions = find_mentions
        self.problems: list[Problem] = []
        self.files: set[str] = set()
        self.uses: list[Use] = []
        self.gaps: dict[str, list[Article]] = defaultdict(list)

    def ids(self, shelf: Shelf, references: Iterable[Reference]) -> tuple[str, ...]:
        found = (self.register.find(shelf, reference) for reference in references)
        return tuple(dict.fromkeys(identity for identity in found if identity))

    def text(
        self,
        body: Body,
        present: tuple[str, ...],
        published: bool,
        draft: bool,
        day: dt.date | None,
    ) -> Text:
        markup = self.markups(body.key)
        targets = resolve(markup, body.place, self.scope)
        self.problems += [as_warning(p) if draft else p for p in targets.problems]
        if markup.pictures or markup.links:
            self.use(markup, targets, body.place, draft)
        if not published:
            return Text(body.place, draft, body.key, markup.lead, targets, ())
        self.files.update(file for file in targets.pictures if file)
        self.files.update(target.file for target in targets.links if target.file)
        mentions = self.find_mentions(markup, present)
        if markup.citations:
            mentions += find_documents(markup, lambda found: self.documents.find(found, day))
        return Text(body.place, draft, body.key, markup.lead, targets, mentions)

    def use(self, markup: Markup, targets: Targets, body: Place, draft: bool) -> None:
        """Note which files a body uses, and the first of its pictures that has no words."""

        def place(spot: Link | Picture) -> Place:
            return Place(body.path, body.line + spot.line - 1, spot.column)

        for link, target in zip(markup.links, targets.links, strict=True):
            if target.file:
                self.uses.append(Use(target.file, place(link), link.target, draft, False))
        wordless = True
        for picture, file in zip(markup.pictures, targets.pictures, strict=True):
            if not file:
                continue
            self.uses.append(Use(file, place(picture), picture.src, draft, True))
            if wordless and not picture.alt.strip():
                wordless = False
                self.problems.append(no_alt(place(picture), picture.src))

    def texts(
        self, entry: Article | Entry, present: tuple[str, ...], published: bool
    ) -> dict[str, Text]:
        """The bodies of an entry by language. What is not published is only checked."""
        day = entry.date if isinstance(entry, Article) else None
        texts = {self.config.language: self.text(entry.body, present, published, entry.draft, day)}
        for translation in entry.translations:
            shown = published and (self.edition.drafts or not translation.draft)
            if translation.body and translation.language in self.config.languages:
                draft = entry.draft or translation.draft
                text = self.text(translation.body, present, shown, draft, day)
                if shown:
                    texts[translation.language] = text
        return texts

    def image(self, image: Image | None, published: bool, draft: bool) -> str:
        if image is None:
            return ""
        file = find_file(image.src.text, image.src.place.path, self.scope.files)
        if file is None:
            problem = no_picture(image.src.place, image.src.text, self.scope)
            self.problems.append(as_warning(problem) if draft else problem)
            return ""
        self.uses.append(Use(file, image.src.place, image.src.text, draft, True))
        if not image.alt:
            self.problems.append(no_alt(image.src.place, image.src.text))
        if published:
            self.files.add(file)
        return file

    def emblem(self) -> str:
        """The file of the site's emblem; `` where there is none."""
        wanted = self.config.emblem
        if wanted is None:
            return ""
        file = find_file(wanted.text, f"{CONTENT}/{MEDIA}/", self.scope.files)
        if file is None:
            self.problems.append(no_picture(wanted.place, wanted.text, self.scope))
            return ""
        self.uses.append(Use(file, wanted.place, wanted.text, False, True))
        self.files.add(file)
        return file

    def attendees(self, article: Article) -> tuple[Attendee, ...]:
        named: dict[str, list[Attendance]] = defaultdict(list)
        for attendance in article.officials:
            identity = self.register.find(Shelf.OFFICIALS, attendance.official)
            if identity is not None:
                named[identity].append(attendance)
        return tuple(self.attendee(identity, said, article) for identity, said in named.items())

    def attendee(self, identity: str, said: Sequence[Attendance], article: Article) -> Attendee:
        """An official as all that an article says of them has it."""
        role = next((attendance.role for attendance in said if attendance.role), "")
        played = {part for attendance in said for part in attendance.parts}
        parts = tuple(part for part in Part if part in played - {Part.ATTENDEE})
        entry = self.register.subjects[Shelf.OFFICIALS, identity].entry
        held: tuple[Membership, ...] = ()
        if entry and isinstance(entry.details, Official):
            held = tuple(m for m in entry.details.memberships if m.holds_on(article.date))
            if not held and not role:
                self.gaps[identity].append(article)
        return Attendee(identity, parts or (Part.ATTENDEE,), held, role)

    def meeting(self, article: Article, citations: Iterable[Citation]) -> Meeting:
        attendees = self.attendees(article)
        present = tuple(attendee.official for attendee in attendees)
        return Meeting(
            article=article,
            address=article_address(article),
            held_back=hold(article, self.edition, self.config.zone),
            topics=self.ids(Shelf.TOPICS, article.topics),
            attendees=attendees,
            organisations=self.ids(Shelf.ORGANISATIONS, article.organisations),
            partners=self.ids(Shelf.PLACES, article.partners),
            location=self.register.find(Shelf.PLACES, article.location),
            series=self.register.find(Shelf.SERIES, article.series),
            documents=self.cited(article, citations),
            image=self.image(article.image, True, article.draft),
            texts=self.texts(article, present, published=True),
        )

    def cited(self, article: Article, citations: Iterable[Citation]) -> tuple[str, ...]:
        found = (self.documents.find(citation, article.date) for citation in citations)
        return tuple(dict.fromkeys(identity for identity in found if identity))

    def role_gaps(self) -> Iterable[Problem]:
        for identity, articles in self.gaps.items():
            subject = self.register.subjects[Shelf.OFFICIALS, identity]
            attendance = next(
                a
                for a in articles[0].officials
                if self.register.find(Shelf.OFFICIALS, a.official) == identity
            )
            yield Problem(
                attendance.official.place,
                "role-gap",
                N_("no role of {name} is known for {date}"),
                N_("add a membership in content/officials/{id}.md, or “role:” here ({count}×)"),
                {
                    "name": subject.name,
                    "date": articles[0].date.isoformat(),
                    "id": identity,
                    "count": len(articles),
                },
                Severity.WARNING,
            )
