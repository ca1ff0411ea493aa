"""A preview for tests: the real server on a free port, with a desk whose pages tests put there.

with running(FakeDesk({"": "<body>Home</body>"})) as preview:
    assert preview.get("/").status == 200
    tab = preview.tab("")
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from generator.hub import Hub
from generator.i18n import Translator
from generator.last_build import WithSearch
from generator.listening import listen
from generator.preview_records import Candidate, PageInfo, Served, State, View
from generator.scanning import digest_of
from generator.server import Around, make_app, make_server
from generator.trust import Hosts

PATIENCE = 20.0
"""Seconds after which a test has failed; nothing waits so long otherwise."""


def html(text: str) -> str:
    return f"<!doctype html>\n<html><body>\n<p>{text}</p>\n</body></html>\n"


def served(text: str, status: int = 200, info: PageInfo | None = None) -> Served:
    body = html(text).encode()
    return Served(status, "text/html", digest_of(body).hex(), body, info=info or PageInfo())


@dataclass
class FakeDesk:
    """Answers with what tests put into `files`, and notes in `asked` what it was asked."""

    files: dict[str, Served] = field(default_factory=dict)
    readers: dict[str, Served] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    site: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    """While it is not set, no page is given."""
    now: State = field(default_factory=lambda: State(0))

    def __post_init__(self) -> None:
        self.site.set()
        self.gate.set()

    def wait(self, seconds: float) -> bool:
        return self.site.wait(seconds)

    def state(self) -> State:
        return self.now

    def serve(self, view: View, address: str) -> Served:
        self.asked.append(address)
        assert self.gate.wait(PATIENCE)
        if address == "broken/":
            raise ZeroDivisionError
        files = self.files if view is View.EDITORS else self.readers
        return files.get(address) or served("Not here", 404)

    def related(self, view: View, address: str) -> tuple[Candidate, ...]:
        return self.candidates


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Tab:
    """One browser tab: what is said to it, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def look(self, path: str, etag: str = "", view: str = "editors", active: bool = False) -> None:
        message = {"type": "look", "view": view, "path": path, "etag": etag, "active": active}
        self.connection.send(json.dumps(message))

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(PATIENCE))
        return message

    def until(self, kind: str, **values: object) -> dict[str, Any]:
        """The next message of a kind with these values; those before it are passed."""
        while True:
            message = self.next()
            if message["type"] == kind and values.items() <= message.items():
                return message


class Client:
    """Browsers and others, for the preview at a port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self._tabs = ExitStack()

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """The answer to a request; `_` in names of headers stands for `-`."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=named)
            answer = connection.getresponse()
            lower = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, lower, answer.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """The whole answer to the bytes of a request that asks to close the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as opened:
            opened.sendall(request)
            parts = []
            while part := opened.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def asked_at(self, target: str, host: str = "") -> int:
        """The status of the answer to a request line as it is given."""
        request = f"GET {target} HTTP/1.1\r\nHost: {host or self.host}\r\nConnection: close\r\n\r\n"
        return int(self.raw(request.encode()).split(b" ", 2)[1])

    def connect(self, path: str = "/_preview/live", **headers: str) -> ClientConnection:
        """A WebSocket as our own pages open it, but for the headers given."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        origin = given.pop("Origin", f"http://{self.host}")
        return self._tabs.enter_context(
            connect(
                f"ws://{self.host}{path}",
                additional_headers={**({"Origin": origin} if origin else {}), **given},
                compression=None,
                proxy=None,
                open_timeout=PATIENCE,
                close_timeout=PATIENCE,
            )
        )

    def tab(self, path: str | None = None, **look: Any) -> Tab:
        """A tab that looks at a page; where one is given, it has been shown that."""
        tab = Tab(self.connect())
        assert tab.next()["type"] == "hello"
        if path is not None:
            tab.look(path, **look)
            tab.until("page")
        return tab

    def deaf(self, path: str, window: int | None = None) -> None:
        """A client that looks at a page, and reads nothing after its connection has been taken;
        `window` is what its system takes in for it all the same."""
        opened = self._tabs.enter_context(socket.socket())
        if window:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        opened.settimeout(PATIENCE)
        opened.connect(("127.0.0.1", self.port))
        opened.sendall(
            f"GET /_preview/live HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        look = json.dumps({"type": "look", "view": "editors", "path": path}).encode()
        # One frame of text, masked with zeros.
        assert opened.recv(1)
        opened.sendall(bytes((0x81, 0x80 | len(look))) + bytes(4) + look)

    def close(self) -> None:
        self._tabs.close()


class Running(Client):
    """A server that runs, and browsers for it."""

    def __init__(self, desk: FakeDesk, hub: Hub, port: int, failures: list[Exception]) -> None:
        super().__init__(port)
        self.desk = desk
        self.hub = hub
        self.failures = failures


@contextmanager
def running(
    desk: FakeDesk,
    output: Path = Path("nowhere"),
    *,
    base_path: str = "",
    only_readers: bool = False,
    waits: bool = True,
) -> Iterator[Running]:
    """A preview that runs as long as the block; it begins when there is a site, if it `waits`."""
    translator = Translator("en")
    failures: list[Exception] = []
    whole = WithSearch(desk, output, translator)
    only = View.READERS if only_readers else None
    hub = Hub(whole, {"draft": "Draft"}, only, failures.append)
    listening = listen("127.0.0.1", 0)
    hosts = Hosts(listening.names, listening.port, listening.any_ip)
    around = Around(translator, failures.append, lambda: base_path, only_readers)
    server = make_server(make_app(whole, hub, hosts, around))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening.socket]})
    thread.start()
    preview = Running(desk, hub, listening.port, failures)
    try:
        if waits:
            preview.get("/", method="HEAD")
        yield preview
    finally:
        preview.close()
        server.should_exit = True
        thread.join(PATIENCE)
        listening.socket.close()
    assert not thread.is_alive()
