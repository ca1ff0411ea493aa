"""The sites that are shown, one for each view, and what saved files make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.mentions import MentionFinder
from generator.patching import is_hidden, is_of_body, patch
from generator.preview_records import View
from generator.problems import Problem
from generator.revising import find_mentions
from generator.snapshot import Snapshot
from generator.workspace import Change


class Outcome(Struct, frozen=True):
    """What came of changes: whether the first view shows them, whether that is `exact` in all
    views, and what the first found wrong with their links."""

    is_shown: bool
    exact: bool
    problems: tuple[Problem, ...] = ()


class Shown:
    """The snapshot of each view. `first` is the one that is always there."""

    def __init__(self, first: View) -> None:
        self.first = first
        self._snapshots: dict[View, Snapshot] = {}
        self._mentions: dict[View, MentionFinder] = {}

    def __contains__(self, view: View) -> bool:
        return view in self._snapshots

    def __getitem__(self, view: View) -> Snapshot:
        return self._snapshots[view]

    def all(self) -> Mapping[View, Snapshot]:
        return dict(self._snapshots)

    def get(self) -> Snapshot | None:
        """The snapshot of the first view, where there is one."""
        return self._snapshots.get(self.first)

    def others(self) -> list[View]:
        """The views that somebody has asked for besides the first."""
        return [view for view in self.all() if view is not self.first]

    def moments(self) -> list[dt.datetime | None]:
        """When something becomes public, or late."""
        return [each.catalogue.selection.next_change for each in self.all().values()]

    def replace(self, snapshots: Mapping[View, Snapshot], complete: bool = True) -> None:
        """Show snapshots. Files can be put into those that are `complete`."""
        self._snapshots.update(snapshots)
        if complete:
            for view, snapshot in snapshots.items():
                self._mentions[view] = find_mentions(snapshot.catalogue)

    def rehearse(self, change: Change) -> None:
        """Put a file in, and leave all as it was."""
        if self.first in self._mentions:
            patch(self[self.first], [change], self._mentions[self.first])

    def put_in(self, changes: Sequence[Change], only: View | None = None) -> Outcome:
        """Show what files say now, as far as that can be told from them, in all views or one."""
        if self.first not in self._mentions or not changes:
            return Outcome(is_shown=False, exact=False)
        is_shown, exact = False, True
        problems: tuple[Problem, ...] = ()
        for view, snapshot in self.all().items():
            if only not in (None, view):
                continue
            hidden = [change for change in changes if is_hidden(snapshot.catalogue, change)]
            if hidden:
                # What links to it, or follows it, may be another matter now.
                exact = exact and view is not self.first and all(map(is_of_body, hidden))
            visible = [change for change in changes if change not in hidden]
            if not visible:
                continue
            patched, found = patch(snapshot, visible, self._mentions[view])
            if view is self.first:
                is_shown, problems = patched is not None, found
            if patched is None:
                exact = False
            else:
                exact = exact and patched.exact
                self._snapshots[view] = patched.snapshot
        return Outcome(is_shown, exact, problems)
