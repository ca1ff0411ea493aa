"""A branch of a Git repository with the built site, such as hosts of pages show.

Each publish is a commit, and one push: readers see the old site or the new one. Files in the branch
that publishing has not put there are never touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from generator.branch_files import branch_folder, branch_texts, check_name
from generator.changes import compare
from generator.credentials import Credentials
from generator.deployed import MANIFEST, Deployed, Entry, Manifest
from generator.destination import Hearing, Order, Outcome, Seen
from generator.git_access import find_access, find_author
from generator.git_commits import Signature, commit_older, commit_site
from generator.git_copy import Commit, Damaged, GitCopy, Overtaken, blob_id
from generator.problems import N_
from generator.project import FILE_NAME
from generator.publish_targets import Branch, Target, secret_variable
from generator.remote import STATE
from generator.remote_errors import TargetError
from generator.retrying import Patience
from generator.scanning import digest_of

T = TypeVar("T")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class GitBranch:
    """A Destination."""

    def __init__(
        self,
        target: Target,
        branch: Branch,
        project: Path,
        credentials: Credentials,
        patience: Patience,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._target = target
        self._branch = branch
        self._project = project
        self._credentials = credentials
        self._patience = patience
        self._now = now
        self._opened: GitCopy | None = None
        self._looked = False
        self._head: str | None = None

    @property
    def was_ended(self) -> bool:
        return False  # there are no locks, and a push is made or not

    async def look(self, wanted: Collection[str]) -> Deployed:
        async def work(copy: GitCopy, head: str | None) -> Deployed:
            return await _deployed(copy, head, wanted, branch_texts(self._branch))

        return await self._in_copy(work)

    async def send(self, order: Order, hearing: Hearing) -> Outcome:
        if not self._looked and compare(order.files, await self.look(order.files)) != order.agreed:
            raise Overtaken
        copy, head = await self._copy(), self._head
        author = await find_author(self._project)
        hearing.on_begin(order.agreed)
        try:
            hearing.on_step(N_("packing"), Seen.OLD)
            commit = await commit_site(copy, head, order, author)
            hearing.on_step(N_("the push"), Seen.OLD)
            await copy.push(commit, head)
        except Overtaken:
            raise
        except TargetError as error:
            if isinstance(error, Damaged):
                copy.discard()
            return Outcome(Seen.OLD, error=error)
        self._head = commit
        # Not before: either all of it is there, or nothing.
        for path in order.agreed.removed:
            hearing.on_deleted(path)
        for file in order.agreed.files:
            hearing.on_sent(file)
        return Outcome(Seen.NEW)

    async def rollback(self, hearing: Hearing) -> str:
        async def work(copy: GitCopy, head: str | None) -> tuple[str | None, str, str]:
            former = await _former(copy, head) if head is not None else None
            older = await copy.manifest(former) if former is not None else None
            if head is None or former is None or older is None:
                raise TargetError(N_("there is no older release to go back to"))
            now = await copy.manifest(head)
            by = Signature(await find_author(self._project), self._now())
            ours = now.files if now is not None else ()
            commit = await commit_older(copy, head, former, ours, older, by)
            return head, commit, f"{older.made} ({former[:7]})"

        head, commit, name = await self._in_copy(work)
        await (await self._copy()).push(commit, head)
        return name

    async def unlock(self) -> str | None:
        return None

    async def _copy(self) -> GitCopy:
        if self._opened is None:
            check_name(self._branch)
            self._opened = GitCopy(
                branch_folder(self._project, self._target.name) / "repository",
                self._branch.branch,
                await find_access(self._branch, self._project, self._credentials),
                self._target.address,
                secret_variable(self._target.name),
                self._patience,
            )
        return self._opened

    async def _in_copy(self, work: Callable[[GitCopy, str | None], Awaitable[T]]) -> T:
        """Do `work` with our copy, as new as the target, and the commit that is there. A copy that
        is damaged is made anew."""
        copy = await self._copy()
        await copy.prepare()
        head = await copy.remote_head()

        async def attempt() -> T:
            self._head = head
            if head is not None and not await copy.has(head):
                self._head = await copy.fetch()
            self._looked = True
            return await work(copy, self._head)

        try:
            return await attempt()
        except Damaged:
            copy.discard()
            await copy.prepare()
            return await attempt()


async def _deployed(
    copy: GitCopy, head: str | None, wanted: Collection[str], own: Mapping[str, bytes]
) -> Deployed:
    """What is in a commit, for files of these paths; `own` are the texts of those that we put there
    in any case: they count as ours where somebody has put the very same there."""
    manifest = await copy.manifest(head) if head is not None else None
    if head is None:
        return Deployed()
    ours = Deployed()
    if manifest is not None:
        ours = await _trusted(copy, head, manifest)
    strange = [path for path in wanted if not ours.owns(path)]
    if not strange:
        return ours
    there = await copy.paths(head)
    if manifest is None and any(path.split("/")[-1] == FILE_NAME for path in there):
        raise TargetError(
            N_("this branch holds the sources of a bulletin"),
            N_("publish to a branch of its own, such as gh-pages"),
        )
    same = {
        path: Entry(digest_of(text).hex(), len(text))
        for path, text in own.items()
        if there.get(path) == blob_id(text)
    }
    ours = structs.replace(ours, files={**same, **ours.files})
    foreign = {
        path: -1 for path in there if not ours.owns(path) and not path.startswith(f"{STATE}/")
    }
    return structs.replace(ours, foreign=foreign)


async def _trusted(copy: GitCopy, head: str, manifest: Manifest) -> Deployed:
    """What the manifest says, but of files that somebody has changed after the last publish."""
    known = Deployed(manifest.site, known=True, files=manifest.files)
    newest = await copy.history(head, 1)
    if newest[0].made:
        return known
    commits = await copy.history(head)
    last = next((commit for commit in commits if commit.made), None)
    while last is None and await copy.more_history(len(commits)):
        commits = await copy.history(head)
        last = next((commit for commit in commits if commit.made), None)
    doubtful = set(manifest.files)
    if last is not None:
        changed = {path for *_, path in await copy.differences(last.id, head)}
        if MANIFEST not in changed:
            doubtful &= changed
    there = await copy.paths(head)
    files = {path: entry for path, entry in manifest.files.items() if path not in doubtful}
    return structs.replace(known, files=files, uncertain=doubtful & there.keys())


async def _former(copy: GitCopy, head: str) -> str | None:
    """The commit with the site that readers saw before the last publish."""
    commits = await copy.history(head)
    former = _before_last(commits)
    while former is None and await copy.more_history(len(commits)):
        commits = await copy.history(head)
        former = _before_last(commits)
    return former


def _before_last(commits: Sequence[Commit]) -> str | None:
    """The same, as far as these commits tell. After a return, what is shown is an older one: then
    it is what was seen before that."""
    places = {commit.id: place for place, commit in enumerate(commits)}
    last = next((commit for commit in commits if commit.made), None)
    if last is None or last.shows not in places:
        return None
    older = (commit for commit in commits[places[last.shows] + 1 :] if commit.made)
    former = next(older, None)
    return former.shows if former is not None and former.shows in places else None
