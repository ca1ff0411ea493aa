"""The FTP of Python, with what it lacks.

Names and answers are given as Latin-1, which stands for any bytes: no listing is in an encoding
that could not be read.
"""

from __future__ import annotations

import ftplib
import socket
import ssl

IMPLICIT_TLS = 990
"""The port at which TLS is spoken from the first byte on."""


class Client(ftplib.FTP):
    """`passive_port` is the one the server named last for a file. `sock` is there as soon as it
    begins to connect, so that others can end that."""

    passive_port = 0
    is_called_off = False

    def connect(
        self,
        host: str = "",
        port: int = 0,
        timeout: float = -999,
        source_address: tuple[str, int] | None = None,
    ) -> str:
        """As `ftplib` does, with the arguments it has; only the first two matter here."""
        self.host, self.port = host, port
        self.sock = self._reached()
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def _reached(self) -> socket.socket:
        trouble: OSError | None = None
        for *kind, _, address in socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM):
            try:
                self.sock = socket.socket(*kind)
                if self.is_called_off:
                    raise ConnectionAbortedError
                self.sock.settimeout(self.timeout)
                self.sock.connect(address)
            except OSError as error:
                trouble = error
                if self.sock is not None:
                    self.sock.close()
            else:
                return self.sock
        raise trouble or OSError("it has no address")

    def makepasv(self) -> tuple[str, int]:
        """By EPSV where the server has no PASV."""
        try:
            host, self.passive_port = super().makepasv()
        except ftplib.error_perm:
            if self.af == socket.AF_INET6:
                raise
            self.af = socket.AF_INET6  # this is how ftplib tells which of them to take
            host, self.passive_port = super().makepasv()
        return host, self.passive_port


class TlsClient(Client, ftplib.FTP_TLS):
    def _reached(self) -> socket.socket:
        sock = super()._reached()
        if self.port != IMPLICIT_TLS:
            return sock
        return self.context.wrap_socket(sock, server_hostname=self.host)

    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """Connections for files take up the TLS session of the one for commands: servers see by it
        that nobody else has come in between, and it takes less time."""
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        session = self.sock.session
        return self.context.wrap_socket(conn, server_hostname=self.host, session=session), size


def say_end(conn: socket.socket) -> bool:
    """Say that no more is sent; tells whether that could be said. What the server thinks of it
    comes on the other connection. Never raises."""
    try:
        if isinstance(conn, ssl.SSLSocket):
            timeout = conn.gettimeout()
            try:  # without waiting for the same from the server, which many never say
                conn.settimeout(0)
                conn.unwrap()
            except ssl.SSLWantWriteError:
                conn.settimeout(timeout)
                conn.unwrap()
            except ssl.SSLWantReadError:
                pass
        socket.socket.shutdown(conn, socket.SHUT_WR)
    except OSError:
        return False
    return True
