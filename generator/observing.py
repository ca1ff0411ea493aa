"""What the system tells of changes in folders, through watchdog, as hints for `settling`."""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from generator.project import FILE_NAME, PACKAGE, shipped_themes
from generator.scanning import is_leftover, legible
from generator.settling import Sign

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

# Not that a file was opened, or closed after reading: whoever builds the site does that.
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
_FOLDERS = ("content", "templates", "themes")
_TELLS_CLOSING = sys.platform == "linux"
_OTHER_HALF = 0.05
"""Seconds for which watchdog may wait for the second half of a rename."""

_END = 0.2


class Root(Struct, frozen=True):
    """A folder to watch with all below it: as paths on disk begin with it, what stands for it in
    the paths of the project, and where it really is. That of the project itself, whose prefix is
    empty, is watched for its own entries alone."""

    folder: str
    prefix: str
    real: str


class Hint(Struct, frozen=True):
    """That something may have happened to a file, with its path as in `scanning.Found`; to a
    folder, where there is no `sign`."""

    path: str
    real_path: str
    sign: Sign | None
    at: float


def is_watched(path: str) -> bool:
    """Whether changes of a file matter, by its path. The generator itself is not watched, nor what
    editors and systems leave behind, although in themes such files may be published."""
    prefix, *names = path.split("/")
    return prefix != "generator" and not any(
        is_leftover(name) or name == "__pycache__" for name in names
    )


def roots_of(project: Path) -> tuple[Root, ...]:
    """The folders that are watched for a project."""
    folders = {prefix: project / prefix for prefix in _FOLDERS}
    shipped = shipped_themes()
    if PACKAGE not in shipped.parents:  # else they are installed, and stay as they are
        folders["shipped"] = shipped
    folders[""] = project
    return tuple(
        Root(str(folder), prefix, os.path.realpath(folder)) for prefix, folder in folders.items()
    )


def linked_roots(project: Path, places: Mapping[str, str]) -> tuple[Root, ...]:
    """The folders elsewhere that links in themes lead to, by where files are on disk."""
    folders = {
        os.path.dirname(place): path.rpartition("/")[0]
        for path, place in places.items()
        if not path.startswith("content/")
    }
    roots = [root for root in roots_of(project) if root.prefix]
    mine = len(roots)
    for folder, prefix in sorted(folders.items()):
        real = os.path.realpath(folder)
        if prefix and not any(
            f"{folder}{os.sep}".startswith(f"{root.folder}{os.sep}")
            and real == root.real + folder[len(root.folder) :]
            for root in roots
        ):
            roots.append(Root(folder, prefix, real))
    return tuple(roots[mine:])


class Observing:
    """Tells of changes below roots, from a thread of its own."""

    def __init__(self, tell: Callable[[Hint], None]) -> None:
        """Raises what watchdog does where the system has no room, or tells of nothing."""
        # What it has to complain of is not for editors: events that were too many, a folder that
        # was moved away and has come back. What it loses is found by looking around.
        logging.getLogger("watchdog").addHandler(logging.NullHandler())
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="watchdog")
        self._tell = tell
        self._are_moved = False
        self._watches: dict[str, tuple[object, tuple[Root, ...], ObservedWatch]] = {}
        self._observer = make_observer()
        self._observer.start()

    def reach(self, roots: Iterable[Root]) -> None:
        """Watch these, as they are now: what has come, gone or been replaced since the last time
        too. Raises as above."""
        wanted: dict[str, list[Root]] = {}
        # The project last: that there is no room for folders in folders shows only after them.
        for root in sorted(roots, key=lambda root: root.prefix == ""):
            wanted.setdefault(root.real, []).append(root)
        # watchdog still takes a folder that was moved away for what is in its place then.
        is_sure, self._are_moved = not self._are_moved, False
        alive = {e.watch for e in self._observer.emitters if e.should_keep_running()}
        for real in [*(self._watches.keys() - wanted.keys()), *wanted]:
            state = (_identity(real), tuple(wanted.get(real, ())))
            if real in self._watches:
                *before, watch = self._watches[real]
                if is_sure and tuple(before) == state and watch in alive:
                    continue
                del self._watches[real]
                self._observer.unschedule(watch)
            if state[0] is not None and state[1]:
                self._schedule(real, *state)

    def _schedule(self, real: str, identity: object, roots: tuple[Root, ...]) -> None:
        with suppress(FileNotFoundError, NotADirectoryError):
            watch = self._observer.schedule(
                _Ear(roots, self._hear),
                real,
                recursive=roots[0].prefix != "",
                event_filter=_EVENTS,
            )
            self._watches[real] = (identity, roots, watch)

    def _hear(self, hint: Hint, is_move: bool) -> None:
        self._are_moved |= is_move and hint.sign is None
        self._tell(hint)

    def stop(self) -> None:
        """End the threads of it; waits for a moment until they have."""
        with suppress(Exception):  # when it has lost count of its folders
            self._observer.stop()
        self._observer.join(_END)


def make_observer() -> BaseObserver:
    if sys.platform != "linux":
        from watchdog.observers import Observer

        return Observer()
    from watchdog.observers.inotify import InotifyObserver
    from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

    # All that follows waits as well, as what an editor writes after it has moved the old text away.
    InotifyMoveEventGrouper.delay = _OTHER_HALF
    return InotifyObserver(generate_full_events=True)


def _identity(folder: str) -> object:
    """What tells a folder from another in its place; None where there is none."""
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Ear(FileSystemEventHandler):
    """Makes hints of watchdog's events in one folder, for each of the roots it is."""

    def __init__(self, roots: tuple[Root, ...], tell: Callable[[Hint, bool], None]) -> None:
        self._roots = roots
        self._tell = tell

    def dispatch(self, event: FileSystemEvent) -> None:
        now = time.monotonic()
        for place, sign in _signs(event):
            for root in self._roots:
                hint = _hint(root, os.fsdecode(place), sign, now)
                if hint is not None:
                    self._tell(hint, event.event_type == "moved")


def _signs(event: FileSystemEvent) -> list[tuple[str | bytes, Sign | None]]:
    """The paths an event is about, and what it says of each."""
    kind = event.event_type
    complete = Sign.WHOLE if _TELLS_CLOSING else Sign.UNTOLD
    if kind == "moved":
        signs: list[tuple[str | bytes, Sign | None]] = [
            (event.src_path, Sign.WHOLE),
            (event.dest_path, complete),
        ]
    elif kind == "created":
        signs = [(event.src_path, Sign.UNTOLD)]
    elif kind == "modified":
        signs = [(event.src_path, Sign.WRITTEN if _TELLS_CLOSING else Sign.UNTOLD)]
    elif kind == "attrib":
        signs = [(event.src_path, Sign.TOUCHED)]
    else:
        signs = [(event.src_path, Sign.WHOLE)]
    # What was moved from elsewhere, or to elsewhere, has only one end.
    return [(place, None if event.is_directory else sign) for place, sign in signs if place]


def _hint(root: Root, place: str, sign: Sign | None, now: float) -> Hint | None:
    rest = place[len(root.real) :].strip(os.sep)
    path = "/".join(map(legible, [*filter(None, [root.prefix]), *rest.split(os.sep)]))
    if not is_watched(path):
        return None
    if not root.prefix and rest != FILE_NAME:
        # Only whether the folders with files of the project come and go is of interest.
        return Hint(rest, place, None, now) if rest in _FOLDERS else None
    return Hint(path, os.path.join(root.folder, rest), sign if rest else None, now)
