"""A server that speaks the live preview's protocol as a test tells it to, for its client alone."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from generator.i18n import Translator
from generator.preview_records import Candidate, PageInfo, State, View
from generator.preview_words import words

CLIENT = Path(__file__).parent.parent / "generator" / "preview"
PATIENCE = 20.0
STRICT = "default-src 'self'"

Message = dict[str, Any]


def with_client(html: str, view: str, path: str, etag: str, status: int) -> str:
    """A page with the one insertion of the preview."""
    script = (
        f'<script src="/_preview/preview.js" data-view="{view}" data-path="{escape(path)}"'
        f' data-etag="{escape(etag)}" data-status="{status}" defer></script>\n'
    )
    before, body, after = html.rpartition("</body>")
    return before + script + body + after if body else html + script


class Stage:
    """Pages by address, what is said to whoever connects, and what browsers have said.

    `pages` has the HTML of a page, `files` the type and bytes of what else is served, `held` the
    addresses whose answers wait. `first` makes what is said to whoever connects, after hello."""

    def __init__(self, pages: Mapping[str, str], language: str = "en") -> None:
        self.pages = dict(pages)
        self.files: dict[str, tuple[str, bytes]] = {}
        self.info = PageInfo()
        self.state = State(number=1)
        self.status = 200
        self.words = words(Translator(language))
        self.related: list[Candidate] = []
        self.first: Callable[[Message], list[Message]] = self.usual
        self.looks: queue.Queue[Message] = queue.Queue()
        self.asked: list[str] = []
        self.held: dict[str, threading.Event] = {}
        self.listeners: set[WebSocket] = set()
        self._port = 0
        self.start()

    # The server

    def start(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._listener = listener
        config = uvicorn.Config(
            self._application(), log_level="critical", ws="websockets-sansio", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(self._server, listener))
        self._thread.start()
        self.until(lambda: self._server.started)

    def _serve(self, server: uvicorn.Server, listener: socket.socket) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await server.serve([listener])

        asyncio.run(serve())

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()
        self.listeners.clear()

    def url(self, address: str = "") -> str:
        return f"http://127.0.0.1:{self._port}/{address}"

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that no event tells of."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.002)

    # What is served

    def etag(self, path: str) -> str:
        return f"e{hash(self.pages.get(path, '')) & 0xFFFFFFFF:x}"

    def html(self, view: str, path: str) -> str:
        known = path in self.pages
        status = self.status if known else 404
        html = self.pages.get(path, self.pages.get("404.html", "<body><h1>404</h1></body>"))
        return with_client(html, view, path, self.etag(path), status)

    def _application(self) -> Starlette:
        routes = [
            WebSocketRoute("/_preview/live", self._live),
            Route("/_preview/related", self._related),
            Route("/_preview/{name}", self._client),
            Route("/_preview/readers/{path:path}", self._page),
            Route("/{path:path}", self._page),
        ]
        return Starlette(routes=routes)

    async def _client(self, request: Request) -> Response:
        return FileResponse(
            CLIENT / request.path_params["name"], headers={"Cache-Control": "no-cache"}
        )

    async def _related(self, request: Request) -> Response:
        self.asked.append(str(request.url.query))
        return Response(msgspec.json.encode(self.related), media_type="application/json")

    async def _page(self, request: Request) -> Response:
        path = request.path_params["path"]
        while path in self.held and not self.held[path].is_set():
            await asyncio.sleep(0.005)
        if path in self.files:
            media_type, body = self.files[path]
            headers = {"Cache-Control": "no-cache", "ETag": f'"{hash(body):x}"'}
            return Response(body, media_type=media_type, headers=headers)
        view = View.READERS if "_preview" in request.url.path else View.EDITORS
        status = self.status if path in self.pages else 404
        return Response(
            self.html(view, path),
            status,
            media_type="text/html",
            headers={"Content-Security-Policy": STRICT},
        )

    # The conversation

    def usual(self, look: Message) -> list[Message]:
        """What is said first: the state, and the page, with its bytes if the browser's differ."""
        return [self.state_message(), self.page_message(look)]

    def state_message(self) -> Message:
        return {"type": "state", **msgspec.to_builtins(self.state)}

    def page_message(self, look: Message) -> Message:
        path = look["path"]
        etag = self.etag(path)
        return {
            "type": "page",
            "status": self.status if path in self.pages else 404,
            "etag": etag,
            "html": None if etag == look["etag"] else self.html(look["view"], path),
            "info": msgspec.to_builtins(self.info),
        }

    async def _live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json({"type": "hello", "words": self.words})
        known = False
        try:
            while True:
                look = await websocket.receive_json()
                if not known:
                    for message in self.first(look):
                        await websocket.send_json(message)
                known = True
                self.listeners.add(websocket)
                self.looks.put(look)
        except WebSocketDisconnect:
            self.listeners.discard(websocket)

    def say(self, *messages: Message) -> None:
        """Say something to every browser that is there."""

        async def send() -> None:
            for websocket in list(self.listeners):
                for message in messages:
                    await websocket.send_json(message)

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(PATIENCE)

    def save(self, path: str, html: str) -> str:
        """A page has other bytes now. Returns its etag."""
        self.pages[path] = html
        self.say(self.page_message({"view": View.EDITORS, "path": path, "etag": ""}))
        return self.etag(path)

    def remove(self, path: str) -> str:
        del self.pages[path]
        self.say(self.page_message({"view": View.EDITORS, "path": path, "etag": ""}))
        return self.etag(path)

    def tell(self, state: State) -> None:
        self.state = state
        self.say(self.state_message())
