"""What is wrong with a project: as it was last worked out, and as files saved since then say."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from msgspec import structs

from generator.catalogue import Catalogue
from generator.page_facts import Facts
from generator.preview_records import Fault, State
from generator.problems import Problem, as_warning, in_order
from generator.workspace import Change

MOST_SAVED = 5
"""So many of the files saved last are named."""


class KnownProblems:
    """Gathers problems, and says them in states."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._problems: tuple[Problem, ...] = ()
        self._faults: tuple[Fault, ...] = ()
        self._newer: dict[str, tuple[Problem, ...]] = {}

    def replace(self, problems: Sequence[Problem]) -> None:
        """Take what was worked out as a whole."""
        self._problems = tuple(problems)
        self._faults = self._facts.faults(problems)
        self._newer = {}

    def add(self, changes: Sequence[Change], problems: Sequence[Problem]) -> None:
        """Take what files say now for what was known of them; what only all files together can tell
        stays as it was."""
        for change in changes:
            path = change.now.source.path
            others = [each for each in self._of(path) if _is_of_others(each, change)]
            found = [each for each in problems if each.place.path == path]
            self._newer[path] = (*found, *others)

    def also(self, problems: Sequence[Problem]) -> bool:
        """Take more of what was worked out; whether there is any."""
        more = [problem for problem in problems if problem not in self._problems]
        if more:
            self.replace(in_order([*self._problems, *more]))
        return bool(more)

    def _of(self, path: str) -> Sequence[Problem]:
        known = self._newer.get(path)
        if known is not None:
            return known
        return [problem for problem in self._problems if problem.place.path == path]

    def are_in(self, paths: Set[str]) -> bool:
        """Whether anything was wrong with some files, or may have been."""
        known = any(problem.place.path in paths for problem in self._problems)
        return known or not paths.isdisjoint(self._newer)

    def state(
        self,
        before: State,
        whole: bool,
        of_templates: Sequence[Problem],
        fresh: Collection[str],
        changed: Sequence[str],
        wanted: str | None,
        catalogue: Catalogue | None,
    ) -> State:
        """The state after another. `whole` is whether nothing more is to come of it, `fresh` are
        the paths of what was saved last, `changed` those of them that say something else now,
        `wanted` the path of a file whose page is to be opened."""
        newer = [each for problems in self._newer.values() for each in problems]
        newer += of_templates
        faults = [fault for fault in self._faults if fault.path not in self._newer]
        faults += self._facts.faults(in_order(newer))
        problems = [each for each in self._problems if each.place.path not in self._newer] + newer
        errors = sum(problem.is_error for problem in problems)
        saved = [self._facts.saved(catalogue, path) for path in changed[:MOST_SAVED] if catalogue]
        opened = self._facts.saved(catalogue, wanted) if catalogue and wanted else None
        return State(
            number=before.number + 1,
            settled=whole,
            faults=tuple(
                structs.replace(fault, fresh=fault.path in fresh)
                for fault in sorted(faults, key=lambda fault: not fault.is_error)
            ),
            errors=errors,
            warnings=len(problems) - errors,
            saved=tuple(saved),
            saved_total=len(changed),
            open=opened.url if opened else None,
        )


def said_by(changes: Sequence[Change], of_links: Sequence[Problem]) -> list[Problem]:
    """What is wrong with files by themselves, where a draft has only warnings, and with their
    links."""
    found = []
    for change in changes:
        draft = change.now.draft
        found += [as_warning(each) if draft else each for each in change.now.problems]
    return [*found, *of_links]


def _is_of_others(problem: Problem, change: Change) -> bool:
    """Whether neither a file by itself nor its links tell of a problem: it is in the front matter,
    and was not found when that was read."""
    if any(same.code == problem.code and same.place == problem.place for same in change.said):
        return False
    body = change.now.entry.body if change.now.entry else None
    return body is not None and problem.place.line < body.place.line
