"""Whether the site stands as the last build left it: nothing to do is found out quickly."""

from __future__ import annotations

import datetime as dt
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from generator.manifest import Manifest, Outputs
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.project import FILE_NAME, PACKAGE, shipped_themes
from generator.reports import Options
from generator.scanning import FileStat, Found, Listing, digest_at, digest_of, scan, stat_of

_WORTH_A_PROCESS = 4000
"""Fewer files are compared faster than a process starts."""

Known = Mapping[str, tuple[FileStat, bytes]]
"""The stat and the digest that files had when they were last read, by path."""


class Stock:
    """Every file a build depends on, as it was found at `seen_at` (in nanoseconds) or after."""

    def __init__(self, listing: Listing, seen_at: int) -> None:
        self.listing = listing
        self.seen_at = seen_at

    @cached_property
    def found(self) -> tuple[Found, ...]:
        return self.listing.found()

    def below(self, prefix: str) -> tuple[Found, ...]:
        return tuple(file for file in self.found if file.path.startswith(prefix))


def take_stock(project: Path) -> Stock:
    """Find every file that a build of a project may read, those of the generator among them."""
    seen_at = time.time_ns()
    listing = Listing([], [], [])
    stat = stat_of(f"{project}/{FILE_NAME}")
    if stat:
        listing.paths.append(FILE_NAME)
        listing.real_paths.append(f"{project}/{FILE_NAME}")
        listing.stats.extend((stat.size, stat.mtime_ns, stat.ctime_ns))
    for folder, prefix in _folders(str(project)).items():
        if os.path.isdir(folder):
            # Themes may be made of links, and publish files of any name.
            scan(folder, prefix, listing, () if prefix in _THEMES else None)
    return Stock(listing, seen_at)


_THEMES = ("templates", "themes", "shipped")


def _folders(project: str) -> dict[str, str]:
    return {
        f"{project}/content": "content",
        f"{project}/templates": "templates",
        f"{project}/themes": "themes",
        str(shipped_themes()): "shipped",
        str(PACKAGE): "generator",
    }


def question(options: Options) -> bytes:
    """A digest of all that a build depends on besides its files and the day: what it is asked, the
    interpreter, and the libraries that are installed."""
    installed = sorted(
        name
        for folder in sys.path
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if name.endswith(".dist-info")
    )
    asked = (
        options.base_url,
        options.drafts,
        options.future,
        options.strict,
        options.portable,
        options.search,
        sys.version,
        installed,
    )
    return digest_of(msgspec.msgpack.encode(asked))


def instant() -> dt.datetime:
    """The one instant of a build (in UTC, for of one zone Python compares the clocks on the wall,
    which are put back in autumn); `SOURCE_DATE_EPOCH` sets it
    (https://reproducible-builds.org/specs/source-date-epoch/)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return dt.datetime.fromtimestamp(int(epoch) if epoch else int(time.time()), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ProblemsFound(
            [
                Problem(
                    Place("SOURCE_DATE_EPOCH"),
                    "bad-epoch",
                    N_("“{value}” is not an instant in seconds since 1970"),
                    N_("unset this environment variable, or set it to a whole number"),
                    {"value": epoch or ""},
                )
            ]
        ) from None


def compare_beside(outputs: Outputs, output: str) -> Callable[[], bool]:
    """Begin to compare the files of a site with how they were left; the function given waits for
    the answer, and has to be called. Where it pays, a process of its own does it, while this one
    looks at the inputs."""
    if (
        sys.platform != "linux"
        or len(outputs.paths) < _WORTH_A_PROCESS
        or threading.active_count() > 1
    ):
        return lambda: outputs.same_stats(output)
    # This one has the inputs to look at, and then looks at the rest.
    most = len(outputs.paths) * 4 // 5
    child = os.fork()
    if child == 0:
        same = False
        try:
            same = outputs.same_stats(output, 0, most)
        finally:
            os._exit(not same)

    def answer() -> bool:
        rest = outputs.same_stats(output, most)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 and rest

    return answer


def is_due(manifest: Manifest, now: dt.datetime) -> bool:
    """Whether the time that has passed changes the site; a clock that was set back may too."""
    later = manifest.next_change is not None and manifest.next_change <= now
    return later or now < manifest.made_at


def digest_file(file: Found, known: Known) -> bytes:
    """The digest of a file's bytes, which are read only where the file may have changed."""
    stat, digest = known.get(file.path, (None, b""))
    return digest if stat == file.stat else digest_at(file.real_path)
