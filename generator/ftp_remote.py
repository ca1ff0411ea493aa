"""A folder of an FTP server as a remote."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TypeVar

from generator.credentials import Credentials
from generator.ftp_errors import Busy, Unknown
from generator.ftp_listing import (
    UNKNOWN,
    Listed,
    parse_facts,
    parse_list,
    parse_names,
    shows_itself,
)
from generator.ftp_login import FtpLogin
from generator.ftp_placing import Placing, Upload
from generator.ftp_pool import FtpPool
from generator.ftp_session import FtpSession
from generator.publish_targets import Ftp, Target
from generator.remote import folders_above, folders_of
from generator.remote_errors import Refused
from generator.retrying import Patience, in_parallel, persist
from generator.site_files import LocalFile
from generator.surveying import survey

T = TypeVar("T")

_TAKEN = ".taken"
"""What a folder is called that stands for the right to make a file: FTP can make a folder, but not
a file, only if there is none."""


class FtpRemote:
    def __init__(
        self, target: Target, ftp: Ftp, credentials: Credentials, patience: Patience
    ) -> None:
        self._at_once = ftp.connections
        self._patience = patience
        self._pool = FtpPool(FtpLogin(target, ftp, credentials, patience.timeout))
        self._placing = Placing()
        self._run = secrets.token_hex(6)
        self._numbers = itertools.count()

    async def read(self, path: str) -> bytes | None:
        def read(session: FtpSession) -> bytes | None:
            return self._read(session, path)

        return await self._do(read)

    async def write(self, path: str, data: bytes) -> None:
        upload = self._upload(path, data)
        await self._do(lambda session: self._placing.put(session, upload))

    async def create(self, path: str, data: bytes) -> bool:
        upload = self._upload(path, data)
        is_ours = False

        def create(session: FtpSession) -> bool:
            nonlocal is_ours
            if self._take(session, path):
                is_ours = True
            elif not is_ours:
                return False
            else:  # taken before the connection was lost; another may have taken it since
                there = self._read(session, path)
                if there is not None and not data.startswith(there):
                    return False
            self._placing.put(session, upload)
            return True

        return await self._do(create)

    async def discard(self, path: str) -> None:
        def discard(session: FtpSession) -> None:
            self._placing.delete(session, path)
            session.tries("RMD", path + _TAKEN)

        await self._do(discard)

    async def move(self, path: str, to: str) -> None:
        name = self._new_name()
        await self._do(lambda session: self._placing.move(session, path, to, name))

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        async def look_into(folder: str) -> dict[str, int] | None:
            return await self._do(lambda session: self._look_into(session, folder))

        return await survey(folders, self._at_once, look_into)

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        async def put(file: LocalFile) -> None:
            upload = self._upload(file.path, file)
            await self._do(lambda session: self._placing.put(session, upload))

        return await in_parallel(files, self._at_once, put, on_sent)

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        async def delete(path: str) -> None:
            await self._do(lambda session: self._placing.delete(session, path))

        refused = await in_parallel(paths, self._at_once, delete, on_deleted)
        emptied = {above for folder in folders_of(paths) for above in folders_above(f"{folder}/x")}
        if emptied:
            inner_first = sorted(emptied, key=lambda folder: (-folder.count("/"), folder))
            await self._do(lambda session: self._remove_folders(session, inner_first))
        return refused

    async def close(self) -> None:
        await self._pool.close()

    async def _do(self, work: Callable[[FtpSession], T]) -> T:
        return await persist(self._patience, lambda: self._pool.run(work))

    def _upload(self, path: str, source: bytes | LocalFile) -> Upload:
        return Upload(path, source, self._new_name())

    def _new_name(self) -> str:
        return f"{self._run}-{next(self._numbers)}"

    def _read(self, session: FtpSession, path: str) -> bytes | None:
        try:
            return session.receive("RETR", path)
        except Refused:
            if self._placing.is_there(session, path):
                raise
            return None

    def _take(self, session: FtpSession, path: str) -> bool:
        """Whether the file is ours to make."""
        taken = path + _TAKEN
        for is_last in (False, False, True):
            try:
                session.ask("MKD", taken, about=path)
            except Refused:
                if session.tries("CWD", taken):
                    return False
                if is_last:
                    raise
                self._placing.make_folders(session, path)
            else:
                break
        return True

    def _look_into(self, session: FtpSession, folder: str) -> dict[str, int] | None:
        """Paths and sizes of the files in a folder; None where there is none of that name."""
        prefix = f"{folder}/" if folder else ""
        try:
            listed = self._list(session, folder)
        except Refused:
            return None
        return {f"{prefix}{entry.name}": entry.size for entry in listed if not entry.folder}

    def _list(self, session: FtpSession, folder: str) -> list[Listed]:
        """What is in a folder. Raises Refused where there is none of that name."""
        if session.facts:
            facts = self._lines(session, folder, "MLSD")
            if facts is not None:
                return parse_facts(facts)
            session.facts = False
        lines = self._lines(session, folder, "LIST -a")
        if lines is None or not shows_itself(lines):
            lines = self._lines(session, folder, "LIST")
        listed = None if lines is None else parse_list(lines)
        return self._names(session, folder) if listed is None else listed

    def _lines(self, session: FtpSession, folder: str, command: str) -> list[str] | None:
        """What a command tells of a folder; None where it is refused. Such commands take a name for
        a pattern, or for an option, so they are given none."""
        session.ask("CWD", folder)
        try:
            return session.lines(command)
        except (Refused, Busy):
            return None

    def _names(self, session: FtpSession, folder: str) -> list[Listed]:
        """What can be told where no listing can be read; one of a folder that is empty is refused
        by some servers."""
        names = parse_names(self._lines(session, folder, "NLST") or [])
        prefix = f"{folder}/" if folder else ""
        listed = []
        for name in names:
            with suppress(Refused):
                listed.append(self._listed(session, name, prefix + name))
        return listed

    def _listed(self, session: FtpSession, name: str, path: str) -> Listed:
        """Raises Refused where it is a folder, as far as the server tells."""
        try:
            size = session.size(path)
        except Unknown:
            return Listed(name, UNKNOWN, session.tries("CWD", path))
        return Listed(name, UNKNOWN if size is None else size, False)

    def _remove_folders(self, session: FtpSession, folders: Sequence[str]) -> None:
        """As far as they are empty; others have files in them that are not ours."""
        self._placing.forget(folders)
        for folder in folders:
            with suppress(Busy):
                session.tries("RMD", folder)
