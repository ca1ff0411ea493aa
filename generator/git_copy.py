"""Our copy of a branch: a bare repository in the project's `.bulletin`, with the history and the
folders that were needed so far, but seldom with the files. It may be deleted at any time."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from generator.deployed import MANIFEST, Manifest, decode
from generator.git_access import Access
from generator.git_commands import Answer, environment, git
from generator.git_errors import failure, refusal, what_it_said
from generator.problems import N_
from generator.remote_errors import Dropped, TargetError
from generator.retrying import Patience, persist

_REMOTE = "target"
_HEAD = "refs/bulletin/head"
_DEPTH = 50
_MOST_DEPTH = 20_000
_FORSAKEN = 3_600
"""Seconds after which nobody writes any more to a file that is only there while git runs."""

_OVERTAKEN = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old"
    r"|reference already exists|failed to lock"
)
"""Why a push is rejected when somebody else was faster."""


class Damaged(TargetError):
    """Our copy cannot be used."""


class Overtaken(TargetError):
    """The branch is no longer what it was."""

    def __init__(self) -> None:
        super().__init__(
            N_("somebody else has published there in the meantime"), N_("publish again")
        )


class Commit(Struct, frozen=True):
    """`made` is when what it shows was published, `` where it is none of ours; `shows` is the
    commit whose site it shows, itself but after a return to an older one."""

    id: str
    made: str
    shows: str


def blob_id(data: bytes) -> str:
    """What git calls a file with these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class GitCopy:
    """All methods raise TargetError; those that only look into the copy raise Damaged."""

    def __init__(
        self,
        folder: Path,
        branch: str,
        access: Access,
        address: str,
        variable: str,
        patience: Patience,
    ) -> None:
        """`address` and `variable` are for messages: what the target is called, and where its
        secret may be given."""
        self._folder = folder
        self._ref = f"refs/heads/{branch}"
        self._access = access
        self._address = address
        self._variable = variable
        self._patience = patience
        self._local = environment((), {})

    async def remote_head(self) -> str | None:
        """The commit the branch has at the target; None where there is no such branch."""
        return await persist(self._patience, self._ask_head)

    async def prepare(self) -> None:
        """Have a repository of ours, of this target."""
        known = await self._git("config", f"remote.{_REMOTE}.url")
        if known.text == self._access.url:
            self._tidy()
            return
        self.discard()
        self._folder.mkdir(parents=True, exist_ok=True)
        await self.look("init", "--quiet", "--bare", "--template=", "--object-format=sha1")
        await self.look("config", f"remote.{_REMOTE}.url", self._access.url)

    def discard(self) -> None:
        """Delete the copy."""
        if os.name == "nt":
            for path in self._folder.rglob("*"):
                path.chmod(0o600)  # files of objects cannot be written, nor removed for it
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tidy(self) -> None:
        """Delete what runs that were killed have left."""
        old = time.time() - _FORSAKEN
        for pattern in ("*.lock", "refs/bulletin/*.lock", "fast_import_crash_*", "objects/*/tmp_*"):
            for path in self._folder.glob(pattern):
                with suppress(OSError):
                    if path.stat().st_mtime < old:
                        path.unlink()

    async def has(self, commit: str) -> bool:
        """Whether this commit is the one last known to be at the target."""
        # Not whether there is such an object: git would go and fetch it.
        return (await self._git("rev-parse", "--quiet", "--verify", _HEAD)).text == commit

    async def fetch(self, depth: int = 1) -> str:
        """Get the newest commits of the branch, at most so many; gives the newest. Files come when
        they are asked for, where the server can do that."""
        await self._go(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none",
            f"--depth={depth}", _REMOTE, f"+{self._ref}:{_HEAD}",
        )  # fmt: skip
        return (await self.look("rev-parse", "--verify", _HEAD)).text

    async def history(self, head: str, most: int = _MOST_DEPTH) -> list[Commit]:
        """The commits of the branch from `head` back, following first parents, as far as they are
        here, at most so many."""
        answer = await self.look(
            "log", "--first-parent", "-z", "--format=%H %T%n%B", f"--max-count={most}", head
        )
        found = []
        for text in filter(None, answer.out.decode("utf-8", "replace").split("\0")):
            ids, message = text.split("\n", 1)
            name, tree = ids.split(" ")
            # Another tree: somebody has put something else into a commit of ours.
            ours = re.search(f"^Bulletin-Tree: {tree}$", message, re.MULTILINE)
            made = re.search(r"^Bulletin-Made: (\S+)$", message, re.MULTILINE)
            shows = re.search(r"^Bulletin-Shows: ([0-9a-f]{40,64})$", message, re.MULTILINE)
            known = made[1] if made and ours else ""
            found.append(Commit(name, known, shows[1] if shows else name))
        return found

    async def more_history(self, known: int) -> bool:
        """Get commits from before those that are here, of which there are so many; tells whether
        there were any more to get."""
        if not self._boundary() or known >= _MOST_DEPTH:
            return False
        await self.fetch(max(_DEPTH, known * 4))
        return True

    async def paths(self, commit: str) -> dict[str, str]:
        """The files of a commit, and the ids git has for what is in them."""
        answer = await self.look("ls-tree", "-r", "-z", "--full-tree", commit)
        found = {}
        for line in filter(None, answer.out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            found[path.decode("utf-8", "surrogateescape")] = about.split(b" ")[2].decode()
        return found

    async def manifest(self, commit: str) -> Manifest | None:
        """What publishing has left in a commit; None where it has not."""
        listed = await self.look("ls-tree", "-z", "--full-tree", commit, "--", MANIFEST)
        if not listed.out:
            return None
        blob = listed.out.split()[2].decode()
        try:
            answer = await self._go("cat-file", "blob", blob)
        except Dropped:
            raise
        except TargetError as error:
            raise Damaged(error.text, error.hint, **error.values) from None
        return decode(answer.out, Manifest)

    async def differences(self, before: str, after: str) -> list[tuple[str, str, str, str]]:
        """The files in which two commits differ: for each its kind and its id in both (`000000`
        where it is in one only), without the kind and the id before, and its path."""
        answer = await self.look("diff-tree", "-r", "-z", "--raw", "--no-renames", before, after)
        fields = answer.out.split(b"\0")
        found = []
        for about, path in zip(fields[0::2], fields[1::2], strict=False):
            before_mode, mode, _, blob, _status = about.decode().lstrip(":").split(" ")
            found.append((before_mode, mode, blob, path.decode("utf-8", "surrogateescape")))
        return found

    async def look(
        self, *words: str, feed: Iterable[bytes] = (), more: Mapping[str, str] | None = None
    ) -> Answer:
        """Run git in the copy. Raises Damaged where it fails."""
        answer = await self._git(*words, feed=feed, more=more)
        if answer.code:
            if "No space left" in answer.said:
                raise TargetError(N_("there is no room left on this disk"))
            raise Damaged(N_("git: {said}"), said=what_it_said(answer))
        return answer

    async def push(self, commit: str, before: str | None) -> None:
        """Make the branch this commit, if it still is `before`. Raises Overtaken where it is not,
        and TargetError; then the branch is as it was, so far as can be told."""
        tried = False

        async def attempt() -> None:
            nonlocal tried
            # An answer may have been lost, not what was asked.
            if tried and await self._ask_head() == commit:
                return
            tried = True
            await self._push(commit, before)

        await persist(self._patience, attempt)
        # It is done: what fails from here on does not matter.
        await self._git("update-ref", _HEAD, commit)
        await self._git("gc", "--auto", "--quiet")

    async def _push(self, commit: str, before: str | None) -> None:
        answer = await self._git(
            "push", "--porcelain", "--no-thin", f"--force-with-lease={self._ref}:{before or ''}",
            _REMOTE, f"{commit}:{self._ref}", more=self._access.environ,
        )  # fmt: skip
        if not answer.code:
            return
        rejected = re.search(r"^!\t.*\t(.*)$", answer.text, re.MULTILINE)
        if rejected is None:
            raise self._failure(answer)
        if _OVERTAKEN.search(rejected[1]):
            raise Overtaken
        if "currently checked out" in rejected[1]:
            raise TargetError(
                N_("{address}: somebody has this branch checked out there"),
                N_("publish to a repository made with: git init --bare"),
                address=self._address,
            )
        raise refusal(answer, self._address, self._access.secret)

    async def _ask_head(self) -> str | None:
        # From our copy, as all else: in another folder, its settings would count.
        asking = self._git("ls-remote", _REMOTE, self._ref, more=self._access.environ)
        # Somebody may have to look for a password first.
        limit = None if self._access.interactive else self._patience.timeout
        try:
            answer = await asyncio.wait_for(asking, limit)
        except TimeoutError:
            raise Dropped(N_("{address} does not answer"), address=self._address) from None
        if answer.code:
            raise self._failure(answer)
        for line in answer.text.splitlines():
            name, _, ref = line.partition("\t")
            if ref == self._ref:
                return name
        return None

    async def _go(self, *words: str) -> Answer:
        """Run git in the copy where it may have to ask the target."""

        async def attempt() -> Answer:
            answer = await self._git(*words, more=self._access.environ)
            if answer.code:
                raise self._failure(answer)
            return answer

        return await persist(self._patience, attempt)

    async def _git(
        self, *words: str, feed: Iterable[bytes] = (), more: Mapping[str, str] | None = None
    ) -> Answer:
        environ = {**self._local, **(more or {})}
        return await git(f"--git-dir={self._folder}", *words, environ=environ, feed=feed)

    def _failure(self, answer: Answer) -> TargetError:
        return failure(answer, self._address, self._variable, self._access.secret)

    def _boundary(self) -> Sequence[str]:
        """The commits whose parents are not here."""
        try:
            return (self._folder / "shallow").read_text("ascii").split()
        except FileNotFoundError:
            return ()
