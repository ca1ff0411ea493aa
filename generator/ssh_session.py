"""Connections to one host by SSH: made when they are needed, and made again when they are lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shlex
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import asyncssh
from asyncssh import SFTPClient, SSHClientConnection
from asyncssh.packet import PacketDecodeError
from msgspec import Struct

from generator.credentials import Credentials
from generator.problems import N_
from generator.publish_targets import Ssh, Target
from generator.remote_errors import Dropped, TargetError
from generator.retrying import Patience
from generator.sftp_files import write_file
from generator.ssh_login import Login

LOST = (
    asyncssh.DisconnectError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    ConnectionError,
)
"""What asyncssh raises when a connection, or the channel of SFTP in it, is no more."""

_NO_SFTP = (asyncssh.Error, ConnectionError, PacketDecodeError)


def lost() -> Dropped:
    return Dropped(N_("the connection was lost"))


class Ran(Struct, frozen=True):
    """A command that has ended."""

    status: int
    output: str


class SshSession:
    """As many connections to one host as its target wants. They are shared by all who work there;
    what is under way when one is lost ends with Dropped, and the first to come makes the next."""

    def __init__(
        self,
        target: Target,
        ssh: Ssh,
        credentials: Credentials,
        patience: Patience,
        project: Path,
    ) -> None:
        self.patience = patience
        self.ssh = ssh
        self.login = Login(target, ssh, credentials, patience.timeout, project)
        self._lines = [
            _Line(self.login, patience.timeout, ssh.host) for _ in range(ssh.connections)
        ]
        self._turns: Iterator[_Line] = cycle(self._lines)
        self._entering = asyncio.Lock()
        self._shell: bool | None = None
        # asyncssh goes on writing for a moment when a connection is lost; asyncio would tell the
        # user of every time.
        logging.getLogger("asyncio").setLevel(logging.ERROR)

    async def sftp(self) -> SFTPClient:
        """SFTP that is alive. Raises Dropped, or another TargetError."""
        line = next(self._turns)
        if line.sftp is not None:
            return line.sftp
        # One after the other, so that nobody is asked for a password by two of them.
        async with self._entering:
            return line.sftp or await line.open()

    async def run(self, command: str) -> Ran | None:
        """Run a command of a POSIX shell; None where the host does not run any."""
        await self.sftp()
        connection = next(line.connection for line in self._lines if line.connection is not None)
        try:
            # With an input of nothing it would wait for more: its end is only told so.
            ended = await connection.run(command, stdin=asyncssh.DEVNULL, errors="replace")
        except asyncssh.ChannelOpenError:
            return None
        except (asyncssh.Error, OSError):
            raise lost() from None
        if ended.exit_status is None or connection.is_closed():
            raise lost()
        return Ran(ended.exit_status, str(ended.stdout or ""))

    async def has_shell(self, folder: str) -> bool:
        """Whether commands are run, and see the files of SFTP below the same paths. `folder` is one
        that is there, in which a file can be made."""
        if self._shell is None:
            self._shell = await self._prove(f"{folder}/{secrets.token_hex(8)}")
        return self._shell

    async def close(self) -> None:
        for line in self._lines:
            await line.close()

    async def _prove(self, marker: str) -> bool:
        sftp, token = await self.sftp(), secrets.token_hex(16)
        try:
            await write_file(sftp, marker, token.encode())
            try:
                # Hosts for SFTP alone may answer anything, or begin to speak SFTP.
                ran = await asyncio.wait_for(
                    self.run(f"cat {quoted(marker)}"), self.patience.timeout
                )
            finally:
                await sftp.remove(marker)
        except LOST:
            raise
        except (asyncssh.SFTPError, TimeoutError):
            return False
        return ran is not None and ran.output.strip() == token


def quoted(path: str) -> str:
    """A path as a word of a command, which is no option."""
    return shlex.quote(path if path.startswith("/") else f"./{path}")


class _Line:
    """One connection, with SFTP in it."""

    def __init__(self, login: Login, timeout: float, host: str) -> None:
        self._login = login
        self._timeout = timeout
        self._host = host
        self._client: SFTPClient | None = None
        self._ending: asyncio.Task[None] | None = None
        """Ends when the channel does, for whatever reason."""
        self.connection: SSHClientConnection | None = None

    @property
    def sftp(self) -> SFTPClient | None:
        """None where there is none any more, or not yet."""
        is_alive = self._ending is not None and not self._ending.done()
        return self._client if is_alive else None

    async def open(self) -> SFTPClient:
        await self.close()
        connection = await self._login.connect()
        try:
            starting = connection.start_sftp_client(path_errors="surrogateescape")
            client = await asyncio.wait_for(starting, self._timeout)
        except BaseException as error:
            is_lost = connection.is_closed()
            connection.abort()
            if isinstance(error, TimeoutError) or (is_lost and isinstance(error, _NO_SFTP)):
                raise Dropped(N_("{host} does not answer"), host=self._host) from None
            if isinstance(error, _NO_SFTP):
                raise TargetError(
                    N_("{host} does not offer SFTP"),
                    N_("ask who runs it to allow file transfers by SFTP"),
                    host=self._host,
                ) from None
            raise
        self.connection, self._client = connection, client
        self._ending = asyncio.create_task(client.wait_closed())
        return client

    async def close(self) -> None:
        connection, self.connection, self._client = self.connection, None, None
        if connection is not None:
            connection.close()
            with suppress(Exception):
                await asyncio.wait_for(connection.wait_closed(), 1)
            connection.abort()
        if self._ending is not None:
            self._ending.cancel()
            await asyncio.wait([self._ending])
