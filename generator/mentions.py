"""Officials and documents named in a body: the first mention of each becomes a link."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct

from generator.documents import Citation
from generator.links import Target
from generator.model import Markup, Shelf
from generator.names import spellings
from generator.register import Register, Subject

_NEXT_WORD = re.compile(r"\s([^\W\d_]\w*)")
_WORD_BEFORE = re.compile(r"(\w+)\s$")


class Mention(Struct, frozen=True, array_like=True, gc=False):
    """A name or a number at `start`:`end` of a body's HTML, and whose it is."""

    start: int
    end: int
    target: Target


MentionFinder = Callable[[Markup, Collection[str]], tuple[Mention, ...]]
DocumentFinder = Callable[[Citation], str | None]


def _names(subject: Subject) -> Iterable[str]:
    yield subject.name
    if subject.entry:
        for reference in subject.entry.other_names:
            yield reference.text


def _escaped(name: str) -> str:
    """A name as it stands in the runs of a `Markup`."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lower(text: str) -> str:
    """Lower case, letter for letter: offsets in the result are offsets in `text`."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.replace("\n", " ").replace("\u00a0", " ")


class KnownNames(Struct, frozen=True, array_like=True):
    """Whose name each spelling is (`owners`), who has a shelf file, and all family names."""

    owners: Mapping[str, tuple[str, ...]]
    shelved: frozenset[str]
    families: frozenset[str]

    def whose(self, spelling: str, present: Collection[str]) -> str | None:
        """The one official meant by a spelling in a text where `present` are; None if unclear."""
        owners = self.owners[spelling]
        here = [owner for owner in owners if owner in present]
        meant = here if len(owners) > 1 else [o for o in owners if o in self.shelved or o in here]
        return meant[0] if len(meant) == 1 else None


def known_names(register: Register) -> KnownNames:
    """The names of all officials."""
    owners: dict[str, set[str]] = {}
    families = set()
    officials = [s for (shelf, _), s in register.subjects.items() if shelf is Shelf.OFFICIALS]
    for subject in officials:
        for name in _names(subject):
            words = name.split()
            if len(words) > 1:
                families.add(words[0].casefold())
                for spelling in spellings(name):
                    owners.setdefault(_escaped(spelling), set()).add(subject.id)
    return KnownNames(
        {spelling: tuple(sorted(found)) for spelling, found in owners.items()},
        frozenset(subject.id for subject in officials if subject.entry),
        frozenset(families),
    )


def make_mention_finder(known: KnownNames) -> MentionFinder:
    """A function that finds the officials a body names.

    An official is looked for when they have a shelf file, or are among `present`, the ids of the
    article's own. A name of two officials is theirs who alone of them is present. One word is no
    whole name; neither is a part of a longer name (Lê Văn in Ngô Lê Văn).
    """
    if not known.owners:
        return lambda _markup, _present: ()

    from ahocorasick_rs import AhoCorasick, MatchKind

    patterns = sorted(known.owners)
    automaton = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)

    def find(markup: Markup, present: Collection[str]) -> tuple[Mention, ...]:
        if not markup.runs:
            return ()
        html = markup.html
        starts = [start for start, _ in markup.runs]
        found: dict[str, Mention] = {}
        for pattern, start, end in automaton.find_matches_as_indexes(_lower(html)):
            run = bisect_right(starts, start) - 1
            if run < 0 or end > markup.runs[run][1]:
                continue
            if not _is_whole(html, start, end, known.families):
                continue
            official = known.whose(patterns[pattern], present)
            if official:
                found.setdefault(official, Mention(start, end, (Shelf.OFFICIALS, official)))
        return tuple(sorted(found.values(), key=lambda mention: mention.start))

    return find


def find_documents(markup: Markup, find: DocumentFinder) -> tuple[Mention, ...]:
    """The first citation of each document in a body, but in links, headings and captions."""
    starts = [start for start, _ in markup.runs]
    found: dict[str, Mention] = {}
    for citation in markup.citations:
        run = bisect_right(starts, citation.start) - 1
        if run >= 0 and citation.end <= markup.runs[run][1]:
            identity = find(citation)
            if identity:
                target = (Shelf.DOCUMENTS, identity)
                found.setdefault(identity, Mention(citation.start, citation.end, target))
    return tuple(found.values())


def _is_whole(html: str, start: int, end: int, families: Collection[str]) -> bool:
    """Whether a name stands at `start`:`end`: written as one, bounded by non-letters, and not part
    of a longer name."""
    if html[start].islower():  # words that a name is made of too: hoa mai, not Hoa Mai
        return False
    if (start and html[start - 1].isalnum()) or (end < len(html) and html[end].isalnum()):
        return False
    following = _NEXT_WORD.match(html, end)
    if following and (following[1].istitle() or (html[start:end] + following[1]).isupper()):
        return False
    before = _WORD_BEFORE.search(html, max(0, start - 12), start)
    return not (before and before[1].casefold() in families)
