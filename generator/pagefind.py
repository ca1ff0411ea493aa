"""Pagefind, the program that makes the index of the search, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.pagefind_files import UnknownForm, stable_files
from generator.problems import N_
from generator.search_views import Index

_PACKAGE = "pagefind_bin"
_CHUNK = 1000
"""A browser loads the words near those it looks for: of so many places in texts, not of 20,000.
Pagefind 1.5 does not count words with marks on them, which in Vietnamese are most."""

_MOST_SAID = 500

_PATIENCE = 600
"""Seconds for one index, which takes a few; whoever waits longer waits for nothing."""

_WAY_OUT = N_("With --search off the site is built without a search.")


def version() -> str:
    """The version that is installed; `` where there is none."""
    for folder in sys.path:
        if os.path.isfile(f"{folder}/{_PACKAGE}/__init__.py"):
            marks = f"{_PACKAGE}-", ".dist-info"
            names = (
                n for n in os.listdir(folder) if n.startswith(marks[0]) and n.endswith(marks[1])
            )
            return next(names, _PACKAGE).removeprefix(marks[0]).removesuffix(marks[1])
    return ""


def make_index(index: Index, scratch: Path, jobs: int) -> Iterator[tuple[str, bytes]]:
    """The files of an index with their paths in it, the same each time. `scratch` is a folder of
    its own, which is gone afterwards. Raises OSError where the program fails."""
    source, bundle = scratch / "pages", scratch / "index"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        for path, data in index.files():
            target = source / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        _run(source, bundle, scratch, jobs)
        try:
            yield from stable_files(bundle, index.days, index.is_first)
        except UnknownForm as error:
            raise _failure(error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(source: Path, bundle: Path, scratch: Path, jobs: int) -> None:
    # What somebody has set for another site must not change this one.
    known = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    settings = {
        "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": str(_CHUNK),
        "RAYON_NUM_THREADS": str(jobs),
        "_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0",
    }
    try:
        from pagefind_bin import get_executable

        done = subprocess.run(
            [get_executable(), "--site", source, "--output-path", bundle, "--silent"],
            cwd=scratch,
            env=known | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (ImportError, OSError, subprocess.TimeoutExpired) as error:
        raise _failure(error) from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise _failure(said[-_MOST_SAID:] or done.returncode)


def _failure(what: object) -> OSError:
    error = OSError(f"Pagefind {version()}: {what}")
    error.add_note(_WAY_OUT)
    return error
