"""Real FTP servers: vsftpd as a program, pyftpdlib in a thread, with the habits a test asks for.

with pyftpdlib(folder, Habits(mlsd=False)) as port:
    ...
"""

from __future__ import annotations

import datetime as dt
import errno
import ipaddress
import logging
import os
import shutil
import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

with warnings.catch_warnings():  # it is made of modules that Python is about to drop
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "biên tập", "mật khẩu: 100%"
PATIENCE = 20.0

_USER = "daemon"
"""Anonymous users are this one; its own folder must exist, wherever they go."""


@dataclass
class Habits:
    """How a server of pyftpdlib behaves. `drops`: after so many bytes of a file, it ends the
    connection, once for each number; `room` is for how many bytes it has left; `refused` are parts
    of paths that it does not take. `asked` are the commands it was given."""

    certificate: Path | None = None
    needs_tls: bool = False
    mlsd: bool = True
    listing: str = ""
    without: tuple[str, ...] = ()
    utf8: bool = True
    encoding: str = "utf8"
    most_sessions: int = 0
    refused: tuple[str, ...] = ()
    room: int | None = None
    full: str = "452 No space left on device."
    drops: list[int] = field(default_factory=list)
    resumes: bool = True
    replaces: bool = True
    moves: bool = True
    closes: int = 0
    """How many sessions it ends with the next command, instead of an answer."""
    asked: list[str] = field(default_factory=list)

    def count(self, word: str) -> int:
        return sum(line.partition(" ")[0] == word for line in self.asked)


@contextmanager
def pyftpdlib(folder: Path, habits: Habits) -> Iterator[int]:
    """The port of a server whose users see this folder as their root."""
    logging.getLogger("pyftpdlib").disabled = True
    handler = _handler(folder, habits)
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    server.max_cons_per_ip = habits.most_sessions
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            loop.loop(timeout=0.05, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.address[1]
    finally:
        ended.set()
        thread.join(PATIENCE)


class _Folder(AbstractedFS):  # type: ignore[misc]
    @property
    def _habits(self) -> Habits:
        habits: Habits = self.cmd_channel.habits
        return habits

    def open(self, filename: str, mode: str) -> Any:
        if "w" in mode or "+" in mode:
            _check(self._habits, filename)
        return _Measured(super().open(filename, mode), self._habits)

    def rename(self, src: str, dst: str) -> None:
        _check(self._habits, dst)
        if not self._habits.moves and os.path.dirname(src) != os.path.dirname(dst):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        if not self._habits.replaces and os.path.exists(dst):
            raise OSError(errno.EEXIST, "File exists")
        super().rename(src, dst)

    def remove(self, path: str) -> None:
        _check(self._habits, path)
        super().remove(path)

    def format_list(self, basedir: str, listing: Any, ignore_err: bool = True) -> Any:
        if not self._habits.listing:
            yield from super().format_list(basedir, listing, ignore_err)
            return
        for name in listing:
            path = os.path.join(basedir, name)
            kind = "<DIR>         " if os.path.isdir(path) else f"{os.path.getsize(path):>14}"
            line = f"09-05-2023  03:40PM {kind} {name}\r\n"
            if self._habits.listing == "strange":
                line = f"{name};1  5-SEP-2023 15:40 [SYSTEM]\r\n"
            yield line.encode(self._habits.encoding)


class _Dropping:
    """A transfer that ends the whole session in its midst."""

    def handle_read(self: Any) -> None:
        super().handle_read()  # type: ignore[misc]
        drops = self.cmd_channel.habits.drops
        if drops and self.receive and self.get_transmitted_bytes() > drops[0]:
            drops.pop(0)
            self.cmd_channel.close()

    handle_read_event = handle_read

    def handle_error(self: Any) -> None:
        """It does not say by itself why a file could not be written."""
        room = self.cmd_channel.habits.room
        if room is None or room >= 0:
            super().handle_error()  # type: ignore[misc]
            return
        self._resp = (self.cmd_channel.habits.full, logging.getLogger("pyftpdlib").info)
        self.close()


class _Plain(_Dropping, DTPHandler):  # type: ignore[misc]
    pass


class _Secured(_Dropping, TLS_DTPHandler):  # type: ignore[misc]
    pass


class _Answering:
    """What it says, by its habits."""

    habits: Habits

    def pre_process_command(self: Any, line: str, cmd: str, arg: str) -> None:
        if cmd != "PASS":
            self.habits.asked.append(line)
        if self.habits.closes:
            self.habits.closes -= 1
            self.close()
            return
        super().pre_process_command(line, cmd, arg)  # type: ignore[misc]

    def ftp_OPTS(self: Any, line: str) -> None:
        if self.habits.utf8:
            super().ftp_OPTS(line)  # type: ignore[misc]
        else:
            self.respond("501 Option not understood.")

    def ftp_STOR(self: Any, file: str, mode: str = "w") -> Any:
        if self._restart_position and not self.habits.resumes:
            self._restart_position = 0
            self.respond(f"451 {file}: Append/Restart not permitted, try again")
            return None
        return super().ftp_STOR(file, mode)  # type: ignore[misc]


def _handler(folder: Path, habits: Habits) -> type[Any]:
    authorizer = DummyAuthorizer()
    for user, password in ((USER, PASSWORD), ("web", "web")):
        authorizer.add_user(user, password, str(folder), perm="elradfmwMT")
    plain: type[Any] = TLS_FTPHandler if habits.certificate else FTPHandler
    without = {*habits.without, *(() if habits.mlsd else ("MLSD", "MLST"))}
    return type(
        "Handler",
        (_Answering, plain),
        {
            "habits": habits,
            "authorizer": authorizer,
            "abstracted_fs": _Folder,
            "dtp_handler": _Secured if habits.certificate else _Plain,
            "encoding": habits.encoding,
            "unicode_errors": "surrogateescape" if habits.encoding == "utf8" else "strict",
            "auth_failed_timeout": 0,
            # One that nobody but the server could reach, as of a server behind a router.
            "masquerade_address": "192.0.2.1",
            "certfile": str(habits.certificate),
            "tls_control_required": habits.needs_tls,
            "tls_data_required": habits.needs_tls,
            "proto_cmds": {
                word: about for word, about in plain.proto_cmds.items() if word not in without
            },
        },
    )


def _check(habits: Habits, path: str) -> None:
    if any(part in path for part in habits.refused):
        raise PermissionError(errno.EACCES, "Permission denied")


class _Measured:
    """An open file of a disk with so much room."""

    def __init__(self, file: Any, habits: Habits) -> None:
        self._file = file
        self._habits = habits

    def write(self, data: bytes) -> None:
        if self._habits.room is not None:
            self._habits.room -= len(data)
            if self._habits.room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def find_vsftpd() -> str:
    """The program; the test is skipped where there is none."""
    path = shutil.which("vsftpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None or os.geteuid() != 0:
        message = "no vsftpd, or no right to start it: install it, and run the tests as root"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@contextmanager
def vsftpd(
    folder: Path, address: str = "127.0.0.1", port: int = 0, **settings: Any
) -> Iterator[int]:
    """The port of a server whose anonymous users see this folder as `/home`."""
    program = find_vsftpd()
    port = port or free_port(address)
    root = folder.parent / "vsftpd-root"
    root.mkdir()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.chown(folder, _USER)
    (root / "empty").mkdir()
    all_settings = {
        "listen": "YES",
        "listen_ipv6": "NO",
        "listen_address": address,
        "listen_port": str(port),
        "background": "NO",
        "seccomp_sandbox": "NO",
        "isolate": "NO",
        "isolate_network": "NO",
        "local_enable": "NO",
        "anonymous_enable": "YES",
        "no_anon_password": "NO",
        "ftp_username": _USER,
        "nopriv_user": _USER,
        "secure_chroot_dir": root / "empty",
        "anon_root": folder.parent,
        "write_enable": "YES",
        "anon_upload_enable": "YES",
        "anon_mkdir_write_enable": "YES",
        "anon_other_write_enable": "YES",
        "anon_world_readable_only": "NO",
        "anon_umask": "022",
        "xferlog_enable": "NO",
        **settings,
    }
    conf = root / "vsftpd.conf"
    conf.write_text("".join(f"{name}={value}\n" for name, value in all_settings.items()))
    # It writes what is wrong with its settings to its clients, and nothing else to nobody.
    process = subprocess.Popen(
        [program, str(conf)], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _await(address, port, process)
        yield port
    finally:
        os.killpg(process.pid, 15)
        process.wait(PATIENCE)


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as sock:
        sock.bind((address, 0))
        port: int = sock.getsockname()[1]
        return port


def _await(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection((address, port), PATIENCE):
                return
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise RuntimeError("the server did not start")


def make_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate with its key for these hosts, and the one of the authority that made it."""
    now = dt.datetime.now(dt.UTC)
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of tests")])
    authority_key, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )

    def certificate(subject: x509.Name, of: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    signer = certificate(authority, authority_key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    hosts = certificate(x509.Name([]), key).add_extension(
        x509.SubjectAlternativeName([_host(name) for name in names]), critical=True
    )
    authority_file, file = folder / "authority.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    authority_file.write_bytes(signer.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + hosts.sign(authority_key, hashes.SHA256()).public_bytes(pem)
    )
    return file, authority_file


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
