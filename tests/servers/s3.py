"""Servers that speak as S3 does: moto's, and one that says what a test tells it to."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from moto.server import ThreadedMotoServer


@contextmanager
def running_s3() -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


class Said(NamedTuple):
    """An answer in place of the server's own."""

    status: int
    code: str

    @property
    def body(self) -> bytes:
        return f"<Error><Code>{self.code}</Code><Message>no</Message></Error>".encode()


Reply = Callable[[str, str, str], Said | None]
"""What is to be answered to a request of this method and target, with this body if it is a short
one; None leaves it to the server."""


class _Between(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.reply = reply


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Between

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = self.server.reply(self.command, self.path, body[:5000].decode("utf-8", "replace"))
        if said is None:
            self._answer(*self._pass_on(body))
        elif said.status > 0:
            self._answer(said.status, [("Content-Type", "application/xml")], said.body)
        else:
            if said.status < 0:
                self._pass_on(body)
            self.close_connection = True

    def _pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection(self.server.upstream)
        try:
            connection.putrequest(self.command, self.path, True, True)
            for name, value in self.headers.items():
                if name.lower() != "expect":
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        of_connection = ("connection", "transfer-encoding", "content-length")
        for name, value in headers:
            if name.lower() not in of_connection:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def between(upstream: str, reply: Reply) -> Iterator[str]:
    """The address of a server that passes all on to another, but for what `reply` answers itself.

    A status of 0 ends the connection without an answer, one of -1 does so when the other server has
    done what it was asked.
    """
    server = _Between(upstream, reply)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
