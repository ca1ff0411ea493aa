"""Runs the git program, in a repository of our own, and hears what it says."""

from __future__ import annotations

import asyncio
import os
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable, Mapping
from contextlib import suppress

from msgspec import Struct

from generator.problems import N_
from generator.remote_errors import TargetError

OLDEST = (2, 31)
"""The first version that takes configuration from the environment, where no other user sees it."""

_ELSEWHERE = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_QUARANTINE_PATH",
)  # fmt: skip
"""What git tells its hooks, from one of which we may be called, of the repository it works in."""


_STEADY = (
    ("core.ignoreCase", "false"),
    ("core.hooksPath", "/dev/null"),
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
    ("i18n.commitEncoding", "UTF-8"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("log.showSignature", "false"),
    ("push.gpgSign", "false"),
    ("push.pushOption", ""),
    ("push.recurseSubmodules", "no"),
)
"""So that git does the same here whatever the user, or the disk, has for their own work."""


class Answer(Struct, frozen=True):
    """What git gave; `said` are its messages."""

    code: int
    out: bytes
    said: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace").strip()


def environment(settings: Iterable[tuple[str, str]], more: Mapping[str, str]) -> dict[str, str]:
    """That of a git program with these settings, which count more than those of the user's files;
    for a name that may have several values they come after those."""
    known = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    count = known.get("GIT_CONFIG_COUNT", "")
    number = int(count) if count.isdecimal() else 0
    for name, value in (*settings, *_STEADY):
        known[f"GIT_CONFIG_KEY_{number}"] = name
        known[f"GIT_CONFIG_VALUE_{number}"] = value
        number += 1
    # Its messages are read here, and the texts of the other programs it runs.
    return {**known, "GIT_CONFIG_COUNT": str(number), "LC_ALL": "C", "LANGUAGE": "", **more}


async def git(
    *words: str, environ: Mapping[str, str] | None = None, feed: Iterable[bytes] = ()
) -> Answer:
    """Run git with these words, and with `feed` for its input. What goes wrong with `feed`, and a
    cancellation, ends it. Raises TargetError where there is no such program."""
    known = environment((), {}) if environ is None else environ
    try:
        process = await asyncio.create_subprocess_exec(
            "git", *words, env=known, stdin=PIPE if feed else DEVNULL, stdout=PIPE, stderr=PIPE
        )
    except FileNotFoundError:
        raise _no_git() from None
    listening = asyncio.ensure_future(_listen(process))
    try:
        await _give(process, feed)
        out, err = await asyncio.shield(listening)
        return Answer(await process.wait(), out, err.decode("utf-8", "replace"))
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await listening
        await process.wait()


async def check_version() -> None:
    """Raises TargetError where git is too old."""
    answer = await git("version")
    found = re.search(r"(\d+)\.(\d+)", answer.text)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise TargetError(
            N_("git here is too old: {version}"),
            N_("install version {oldest} or a newer one"),
            version=found[0] if found else "?",
            oldest=".".join(map(str, OLDEST)),
        )


async def _listen(process: Process) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = await asyncio.gather(process.stdout.read(), process.stderr.read())
    return out, err


async def _give(process: Process, feed: Iterable[bytes]) -> None:
    if process.stdin is None:
        return
    # Where it no longer listens, its messages tell why.
    with suppress(BrokenPipeError, ConnectionResetError):
        for piece in feed:
            process.stdin.write(piece)
            await process.stdin.drain()
    # Not waited for: what reads it ends after that, and asyncio would complain of a cancellation.
    process.stdin.close()


def _no_git() -> TargetError:
    return TargetError(
        N_("git is not installed, and a branch is published by it"),
        N_("install it from https://git-scm.com/"),
    )
