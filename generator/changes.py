"""What is to be done at a target so that it has the files of the site, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from generator.deployed import Deployed, Entry, Pending
from generator.i18n import LANGUAGES
from generator.names import nfc
from generator.problems import N_
from generator.remote import folders_above
from generator.site_files import LocalFile

_LANGUAGES = "|".join(LANGUAGES)
DOORS = re.compile(
    rf"(?:(?:{_LANGUAGES})/)?(?:index\.html|feed\.xml|feed\.json|calendar\.ics)"
    r"|404\.html|sitemap\.xml|robots\.txt"
)
"""Where readers and programs come in, when it is there already; a new one is led to by the home
page, as any page is."""

_HOME = "index.html"


class Step(Struct, frozen=True):
    """Files that may be sent in any order; `title` is a message id. `seen`: readers can come upon
    them at once, for what leads to them is there."""

    title: str
    seen: bool
    files: tuple[LocalFile, ...]


class Changes(Struct, frozen=True):
    """First goes `cleared`: files where a folder is to be, or in folders where a file is to be.
    Then come `steps` in their order, none empty; then `deleted` goes. `twins` are files that would
    go with those on a disk that takes their names for the same (`Foto.jpg`, `foto.jpg`). `replaced`
    are files of somebody else that would be overwritten, with their sizes. `same` is how many files
    stay as they are."""

    cleared: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    deleted: tuple[str, ...] = ()
    twins: tuple[LocalFile, ...] = ()
    replaced: Mapping[str, int] = {}
    same: int = 0

    @property
    def removed(self) -> tuple[str, ...]:
        """All that goes."""
        return (*self.cleared, *self.deleted)

    @property
    def files(self) -> tuple[LocalFile, ...]:
        return tuple(file for step in self.steps for file in step.files)

    @property
    def size(self) -> int:
        """Bytes to send."""
        return sum(file.size for file in self.files)

    def __bool__(self) -> bool:
        return bool(self.steps or self.removed)


def compare(files: Mapping[str, LocalFile], deployed: Deployed) -> Changes:
    """What makes the target's files these.

    The order is such that, at every moment, all that can be reached from the home page is there:
    new files first, which nothing leads to yet, what pages need before pages; then the pages that
    changed, home last; only then is removed what nothing leads to any more.
    """
    sent = [file for file in files.values() if deployed.files.get(file.path) != entry_of(file)]
    sent.sort(key=lambda file: file.path)
    doors = [file for file in sent if _is_door(file.path, deployed)]
    inside = [file for file in sent if not _is_door(file.path, deployed)]
    new = [file for file in inside if not deployed.owns(file.path)]
    changed = [file for file in inside if deployed.owns(file.path)]
    steps = (
        Step(N_("new files for pages"), False, _only(new, page=False)),
        Step(N_("new pages"), False, _only(new, page=True)),
        Step(N_("changed files for pages"), True, _only(changed, page=False)),
        Step(N_("changed pages"), True, _only(changed, page=True)),
        Step(N_("home"), True, tuple(doors)),
    )
    gone = sorted(path for path in _owned(deployed) if path not in files)
    cleared = _in_the_way(gone, files) if gone else frozenset()
    return Changes(
        cleared=tuple(sorted(cleared)),
        steps=tuple(step for step in steps if step.files),
        deleted=tuple(path for path in gone if path not in cleared),
        twins=_twins(gone, files) if gone else (),
        replaced={
            file.path: deployed.foreign[file.path] for file in sent if file.path in deployed.foreign
        },
        same=len(files) - len(sent),
    )


def entry_of(file: LocalFile) -> Entry:
    return Entry(file.digest, file.size)


def pending_of(site: str, changes: Changes, deployed: Deployed) -> Pending:
    """What is to be written down before these changes are begun."""
    files = {file.path: entry_of(file) for file in changes.files}
    touched = {*deployed.uncertain, *changes.removed}
    before = deployed.files if deployed.unfinished else None
    return Pending(site, files, tuple(sorted(touched)), changes.replaced, before)


def _in_the_way(gone: Iterable[str], files: Mapping[str, LocalFile]) -> frozenset[str]:
    """Files that stand where a wanted one needs a folder, or the other way round."""
    folders = {folder for path in files for folder in folders_above(path)}
    return frozenset(
        path
        for path in gone
        if path in folders or any(folder in files for folder in folders_above(path))
    )


def _twins(gone: Iterable[str], files: Mapping[str, LocalFile]) -> tuple[LocalFile, ...]:
    """Files whose names differ from those of removed ones in case or Unicode's form alone."""
    folded = {nfc(path).casefold() for path in gone}
    return tuple(file for path, file in files.items() if nfc(path).casefold() in folded)


def _owned(deployed: Deployed) -> Iterable[str]:
    yield from deployed.files
    yield from deployed.uncertain


def _is_door(path: str, deployed: Deployed) -> bool:
    return path == _HOME or (deployed.owns(path) and DOORS.fullmatch(path) is not None)


def _only(files: Iterable[LocalFile], page: bool) -> tuple[LocalFile, ...]:
    return tuple(file for file in files if file.path.endswith(".html") is page)
