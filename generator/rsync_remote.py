"""A folder behind SSH to which files are sent by rsync, where both ends have it.

All else is done by SFTP, and so are the files where rsync cannot do it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from generator.problems import N_
from generator.remote import TEMPORARY, folders_of
from generator.remote_errors import DiskFull, Dropped, Refused
from generator.retrying import in_parallel
from generator.rsync_run import call_rsync, words_of_rsync
from generator.sftp_remote import SftpRemote
from generator.sftp_steps import make_folder
from generator.sftp_trees import AT_ONCE
from generator.site_files import LocalFile

_MOST_FILES, _MOST_BYTES = 1000, 16 << 20
"""In one call; what it has sent counts as being there only when it has ended well."""

_MOST_LOSSES = 2
"""In a row, before SFTP does the rest."""


class RsyncRemote(SftpRemote):
    FEW: ClassVar[int] = 16
    """Fewer files go by SFTP, for which there is a connection already."""

    _can_rsync: bool | None = None
    _losses: int = 0

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        if len(files) < self.FEW or not await self._is_possible():
            return await super().put_all(files, on_sent)
        wanted = {file.path: file for file in files if _base_of(file)}
        refused = await self._make_folders(wanted)
        left = [file for file in files if not _base_of(file)]

        async def attempt() -> None:
            while wanted and self._can_rsync:
                batch = _first_of(wanted.values())
                if await self._send_batch(batch):
                    for file in batch:
                        on_sent(file)
                else:
                    left.extend(batch)
                for file in batch:
                    del wanted[file.path]

        await self._until_done(wanted, attempt)
        # SFTP can say of each file why it is refused.
        refused += await super().put_all([*left, *wanted.values()], on_sent)
        return sorted(refused, key=lambda refusal: refusal.path)

    async def _is_possible(self) -> bool:
        if self._can_rsync is None:
            # Only a host that runs commands on the files that are seen by SFTP.
            self._can_rsync = (
                shutil.which("rsync") is not None
                and shutil.which("ssh") is not None
                and await self._persist("", lambda: self._run("rsync --version"))
                and self._session.login.needs_no_secret
            )
        return self._can_rsync

    async def _make_folders(self, wanted: dict[str, LocalFile]) -> list[Refused]:
        """Make the folders of these files. What cannot be sent without them is refused, and no
        longer wanted: rsync would remove a file that has the name of a folder."""
        lacking: dict[str, Refused] = {}

        async def make(folder: str) -> None:
            async def attempt() -> None:
                await make_folder(await self._session.sftp(), self._at(folder))

            try:
                await self._persist(folder, attempt)
            except Refused as refusal:
                lacking[folder] = refusal

        await self._persist("", lambda: self._make_temporary())
        await in_parallel(sorted(folders_of(wanted)), AT_ONCE, make, lambda _folder: None)
        refused = []
        for path in [path for path in wanted if path.rpartition("/")[0] in lacking]:
            why = lacking[path.rpartition("/")[0]]
            refused.append(Refused(path, why.text, why.hint, **why.values))
            del wanted[path]
        return refused

    async def _make_temporary(self) -> None:
        await make_folder(await self._session.sftp(), self._at(TEMPORARY))

    async def _send_batch(self, batch: Sequence[LocalFile]) -> bool:
        """Whether all of them are there."""
        session = self._session
        words = words_of_rsync(
            session.login.words_for_ssh(), session.ssh.host, self._root, session.patience.timeout
        )
        _look_at(batch)
        ended = await call_rsync(words, _base_of(batch[0]), [file.path for file in batch])
        _look_at(batch)
        if ended.is_full:
            raise DiskFull(
                N_("there is no room left at {host}"),
                N_("make room there, or ask for more; then publish again"),
                host=session.ssh.host,
            )
        if ended.was_lost:
            await self._note_loss()
            raise Dropped(N_("the connection was lost"))
        self._losses = 0
        self._can_rsync = ended.is_known
        return ended.is_well

    async def _note_loss(self) -> None:
        """Where SFTP gets through and rsync does not, time and again, it is not the connection that
        is to blame."""

        async def look() -> None:
            await (await self._session.sftp()).lexists(self._root)

        await self._guard("", look())
        self._losses += 1
        if self._losses == _MOST_LOSSES:
            self._can_rsync = False


def _first_of(files: Iterable[LocalFile]) -> list[LocalFile]:
    """The first of them that one call can send; at least one."""
    batch: list[LocalFile] = []
    size = 0
    for file in files:
        size += file.size
        if batch and (
            size > _MOST_BYTES or len(batch) == _MOST_FILES or _base_of(file) != _base_of(batch[0])
        ):
            break
        batch.append(file)
    return batch


def _base_of(file: LocalFile) -> str:
    """The folder in which a file lies at its path, as rsync wants it; `` where there is none."""
    if not file.real_path.endswith(f"{os.sep}{file.path}"):
        return ""
    return file.real_path[: -len(file.path)]


def _look_at(files: Iterable[LocalFile]) -> None:
    """Raises TargetError where one is no longer what it was."""
    for file in files:
        file.open().close()
