"""One session with an FTP server: commands and transfers, one after another, by `ftplib`.

Paths are relative to the target's folder; here they are put into the server's encoding. What goes
wrong is raised as TargetError (see `ftp_errors`).
"""

from __future__ import annotations

import ftplib
import posixpath
import re
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from generator.ftp_client import Client, TlsClient, say_end
from generator.ftp_errors import REFUSALS, Busy, connected, fault, lost
from generator.ftp_login import FtpLogin, encoding_of
from generator.problems import N_
from generator.remote import folders_above
from generator.remote_errors import Dropped, Refused, TargetError

_IDLE = 20.0
"""Seconds unused after which a session is asked whether it is still there."""

_TLS_LIFE = 240.0
"""Seconds for which a session over TLS is used. Connections for files take up its TLS session,
which servers forget after five minutes by default; they refuse files then."""

_TO_EXPLAIN = 5.0
"""Seconds a server is given to say why it ended a transfer."""

_TO_SAY_GOODBYE = 1.0
"""Seconds a server is given to end a session well."""

_PIECE = 1 << 18


class FtpSession:
    """`facts` tells whether the server has MLSD."""

    def __init__(self, login: FtpLogin) -> None:
        """Nothing is opened yet."""
        self.facts = True
        self._login = login
        self._host = login.place.host
        self._client = Client()
        self._data: socket.socket | None = None
        self._is_called_off = False
        self._since = self._used = 0.0

    def ready(self) -> None:
        """Log in, where that is not so yet, or no more. Raises as FtpLogin does."""
        if self._client.sock is not None:
            now = time.monotonic()
            is_old = self._login.place.tls and now - self._since > _TLS_LIFE
            if not is_old and (now - self._used < _IDLE or self._still_answers()):
                self._used = now
                return
            self.close()
        self._open()

    def ask(self, word: str, path: str, about: str = "") -> str:
        """The answer to a command with a path; raises if it is a no, which is said to be `about`
        another path where that is given."""
        command = f"{word} {self.encoded(path)}"
        with self._answered(about or path):
            return self._client.sendcmd(command)

    def tries(self, word: str, path: str) -> bool:
        """Whether the server does it, rather than to refuse it."""
        try:
            self.ask(word, path)
        except Refused:
            return False
        return True

    def size(self, path: str) -> int | None:
        """Bytes in a file; None where the answer does not tell. Raises as `ask` does."""
        words = self.ask("SIZE", path)[4:].strip()
        return int(words) if words.isascii() and words.isdecimal() else None

    def make_root(self) -> None:
        """Make the target's folder, and those it is in, as far as they are not there."""
        if not self.tries("CWD", ""):
            for folder in reversed([self._root, *folders_above(self._root)]):
                self.tries("MKD", folder)

    def encoded(self, path: str) -> str:
        """A path as `ftplib` takes it, from the root of the server on; as it is, where it begins
        there. Raises Refused where the server cannot be told it."""
        whole = posixpath.join(self._root, path) if path else self._root
        try:
            data = whole.encode(self._encoding)
        except UnicodeEncodeError:
            data = b"\0"
        if re.search(rb"[\r\n\0]", data):
            raise Refused(
                path,
                N_("the encoding of the server has no way to write {file}"),
                N_("give the file a name of plain letters"),
                file=path if path.isprintable() else ascii(path),
            )
        return data.decode("latin-1")

    def lines(self, word: str, path: str | None = None) -> list[str]:
        """What a command tells; without a path, of the folder the session is in."""
        lines = self.receive(word, path).splitlines()
        return [self._decoded(line) for line in lines if line]

    def receive(self, word: str, path: str | None) -> bytes:
        """What the server sends for a command."""
        with self._transfer(word, path, path or "") as conn, connected(self._host):
            data = b"".join(iter(lambda: conn.recv(_PIECE), b""))
        with self._answered(path or ""):
            self._client.voidresp()
        return data

    def send(self, path: str, pieces: Iterable[bytes], offset: int = 0, about: str = "") -> bool:
        """Send a file, or what comes from a byte of it on; tells whether the connection was good to
        its end, else less may be there than the server was content with. Where `pieces` raises,
        the session is of no use any more."""
        about = about or path
        with self._transfer("STOR", path, about, offset) as conn:
            for piece in pieces:
                try:
                    conn.sendall(piece)
                except OSError as error:
                    raise self._why(error, about) from None
            was_good = say_end(conn)
            # Only now it may be closed: with something unread in it (TLS sends tickets), that would
            # make the server forget what it has not read yet.
            with self._answered(about):
                self._client.voidresp()
        return was_good

    def abort(self) -> None:
        """End it whatever is under way; may be called from another thread. Never raises."""
        self._is_called_off = self._client.is_called_off = True
        for sock in (self._client.sock, self._data):
            with suppress(OSError):
                if sock is not None:  # as a plain socket: TLS has nothing to say any more
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Never raises."""
        client = self._client
        with suppress(OSError, EOFError, ftplib.Error):
            if client.sock is not None and not self._is_called_off:
                client.sock.settimeout(_TO_SAY_GOODBYE)
                client.quit()
        client.close()

    def _open(self) -> None:
        self._encoding = encoding_of(self._login.place)
        client = self._login.open(self._begin)
        self._check_wanted()
        self._since = self._used = time.monotonic()
        home, features = "/", ""
        with connected(self._host):
            with suppress(*REFUSALS):
                home = self._decoded(client.pwd().encode("latin-1")) or home
            with suppress(*REFUSALS):
                features = client.sendcmd("FEAT").upper()
        self.facts &= any(line.strip().startswith("MLST") for line in features.splitlines())
        root = posixpath.normpath(posixpath.join(home, self._login.place.path))
        self._root = "/" + root.strip("/")

    def _begin(self, client: Client) -> None:
        self._client = client
        self._check_wanted()

    def _check_wanted(self) -> None:
        if self._is_called_off:
            raise Dropped(N_("it was called off"))

    def _still_answers(self) -> bool:
        try:
            self._client.voidcmd("NOOP")
        except (OSError, EOFError, ftplib.Error):
            return False
        return True

    def _decoded(self, name: bytes) -> str:
        try:
            return name.decode(self._encoding)
        except UnicodeDecodeError:
            return name.decode("latin-1")

    @contextmanager
    def _answered(self, path: str) -> Iterator[None]:
        with connected(self._host):
            try:
                yield
            except REFUSALS as error:
                raise fault(str(error), path) from None

    @contextmanager
    def _transfer(
        self, word: str, path: str | None, about: str, offset: int = 0
    ) -> Iterator[socket.socket]:
        """The connection on which a file comes or goes."""
        command = word if path is None else f"{word} {self.encoded(path)}"
        client = self._client
        try:
            with self._answered(about):
                conn = self._connect(client, command, offset)
        except (Refused, Busy):
            if isinstance(client, TlsClient):
                # Some servers now say that the connection over which nothing came was ended, and
                # that would be taken for the answer to what is asked next.
                self.close()
                self._open()
            raise
        with conn:
            self._data = conn
            yield conn
        self._data = None

    def _connect(self, client: Client, command: str, offset: int) -> socket.socket:
        try:
            return client.transfercmd(command, offset or None)
        except (ConnectionResetError, BrokenPipeError):
            raise  # the connection for commands
        except OSError:
            if client.lastresp not in ("227", "229"):  # it has said more since it named its port
                raise
            raise Dropped(
                N_("port {port} of {host}, which it named for a file, cannot be reached"),
                N_("ask the host whether a firewall stands before its passive ports"),
                host=self._host,
                port=client.passive_port,
            ) from None

    def _why(self, error: OSError, path: str) -> TargetError:
        """Why the server ended a transfer."""
        client = self._client
        assert client.sock is not None
        timeout = client.sock.gettimeout()
        try:
            client.sock.settimeout(_TO_EXPLAIN)
            client.getresp()
        except REFUSALS as answer:
            client.sock.settimeout(timeout)
            return fault(str(answer), path)
        except (OSError, EOFError, ftplib.Error):
            pass
        return lost(self._host, error)
