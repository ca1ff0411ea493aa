"""A server of SSH in this process, for what OpenSSH does not do without a change to the machine:
passwords, missing extensions, full disks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from tests.servers.openssh import OpenSsh, make_key

PATIENCE = 20.0


class Plain(asyncssh.SFTPServer):
    """Takes no name that is taken."""

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("no")


class Full(asyncssh.SFTPServer):
    """Has no more room, and says so."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        raise asyncssh.SFTPNoSpaceOnFilesystem("no space")


class FullWithoutAWord(asyncssh.SFTPServer):
    """Has no more room, and says what OpenSSH says."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        raise asyncssh.SFTPFailure("Failure")


@contextmanager
def password_server(
    folder: Path, password: str, way: str, files: type[asyncssh.SFTPServer] = asyncssh.SFTPServer
) -> Iterator[OpenSsh]:
    """A server that lets in by one `way`: password, keyboard-interactive or publickey."""
    folder.mkdir(parents=True, exist_ok=True)
    host_key, key = make_key(folder / "host_key"), make_key(folder / "key")

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return way == "publickey"

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return way == "publickey"

        def password_auth_supported(self) -> bool:
            return way == "password"

        def validate_password(self, username: str, given: str) -> bool:
            return given == password

        def kbdint_auth_supported(self) -> bool:
            return way == "keyboard-interactive"

        def get_kbdint_challenge(
            self, username: str, lang: str, submethods: str
        ) -> tuple[str, str, str, list[tuple[str, bool]]]:
            return "", "", "", [("Password: ", False)]

        def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
            return list(responses) == [password]

    loop, over, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        acceptor = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Server, server_host_keys=[str(host_key)],
            sftp_factory=files,
        )  # fmt: skip
        ports.append(acceptor.get_port())
        ready.set()
        await over.wait()
        acceptor.close()
        await acceptor.wait_closed()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    known_hosts = folder / "known_hosts"
    public = Path(f"{host_key}.pub").read_text("utf-8")
    known_hosts.write_text(f"[127.0.0.1]:{ports[0]} {public}", "utf-8")
    try:
        yield OpenSsh(ports[0], "trang", key, key, known_hosts, host_key, [])
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE)
        loop.close()
