"""What the preview answers: the site's pages as they are asked for, and what belongs to them."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from msgspec import Struct, json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, WebSocketRoute

from generator.hub import Hub
from generator.i18n import Translator
from generator.preview_pages import READERS, media_type, plain_page, with_client
from generator.preview_records import Desk, Served, View
from generator.problems import N_
from generator.trust import RELATED, Guard, Hosts, is_safe

CLIENT = Path(__file__).with_name("preview")
"""The folder of the scripts and style sheets that run in the browser."""

_PATIENCE = 0.8
"""Seconds a page waits for the site before the browser is told that it takes longer."""

_LARGEST_MESSAGE = 64 * 1024
_FRESH = {"Cache-Control": "no-cache"}
_PASSING = {"Cache-Control": "no-store"}
_VIEWS = frozenset(View)


class Around(Struct, frozen=True):
    """What the server has to know besides the desk: the language to speak in; who is told of what
    the desk should not have raised; the folder that the site has in its own address (`bulletin/`,
    or ``), asked each time, as it stands in the configuration; whether there is only the readers'
    view."""

    translator: Translator
    on_failure: Callable[[Exception], None]
    base_path: Callable[[], str] = str
    only_readers: bool = False


def make_app(desk: Desk, hub: Hub, hosts: Hosts, around: Around) -> Starlette:
    """The application that answers for a desk. The hub runs as long as it does."""
    pages = _Pages(desk, hub, around)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        hub.start()
        try:
            yield
        finally:
            hub.stop()

    app = Starlette(
        routes=[
            WebSocketRoute("/_preview/live", hub.attend),
            Route(RELATED, pages.related),
            Route(f"{READERS}{{address:path}}", pages.readers_page),
            Route("/_preview/{name}", pages.client_file),
            Route("/{address:path}", pages.page),
        ],
        middleware=[Middleware(Guard, hosts=hosts, say=around.translator.gettext)],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


class Server(uvicorn.Server):
    """Leaves the signals to the command, which sets `should_exit`."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


def make_server(app: Starlette) -> Server:
    """A server for an application; `run(sockets=[…])` runs it until `should_exit`."""
    return Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="websockets-sansio",
            ws_max_size=_LARGEST_MESSAGE,
            ws_per_message_deflate=False,
            interface="asgi3",
            lifespan="on",
            log_config=None,
            log_level=logging.CRITICAL,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            workers=1,
            timeout_graceful_shutdown=0,
        )
    )


class _Pages:
    """The answers, one method for each kind."""

    def __init__(self, desk: Desk, hub: Hub, around: Around) -> None:
        self._desk = desk
        self._hub = hub
        self._around = around
        self._say = around.translator.gettext
        self._view = View.READERS if around.only_readers else View.EDITORS

    async def page(self, request: Request) -> Response:
        return await self._answer(request, self._view, "/")

    async def readers_page(self, request: Request) -> Response:
        return await self._answer(request, View.READERS, READERS)

    async def client_file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in await run_in_threadpool(_names_in, CLIENT):
            return Response(status_code=404, headers=_PASSING)
        return await _file(request, str(CLIENT / name), media_type(name), None)

    async def related(self, request: Request) -> Response:
        path = request.query_params.get("path")
        view = request.query_params.get("view", "")
        if path is None or not is_safe(f"/{path}") or view not in _VIEWS:
            return Response(status_code=400, headers=_PASSING)
        if not await self._is_ready():
            return Response(status_code=503, headers={"Retry-After": "1", **_PASSING})
        chosen = View.READERS if self._around.only_readers else View(view)
        try:
            found = await run_in_threadpool(self._desk.related, chosen, path)
        except Exception as error:
            self._around.on_failure(error)
            return Response(status_code=500, headers=_PASSING)
        return Response(json.encode(found), media_type="application/json", headers=_PASSING)

    async def _is_ready(self) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hub.ready.wait(), _PATIENCE)
        return self._hub.ready.is_set()

    async def _answer(self, request: Request, view: View, root: str) -> Response:
        """The file at an address of a view, or where it stands instead."""
        address = request.path_params["address"]
        wants_page = "text/html" in request.headers.get("accept", "")
        if not await self._is_ready():
            if wants_page:
                return self._wait_page(view, address)
            await self._hub.ready.wait()
        try:
            found = await run_in_threadpool(self._find, view, address, root, request)
        except Exception as error:
            self._around.on_failure(error)
            page = self._own_page(N_("The preview could not make this page."), repr(error))
            return _page(view, address, Served(500, "text/html", "", page))
        if isinstance(found, Served) and found.status == 503 and wants_page:
            return self._wait_page(view, address)
        if isinstance(found, str):
            query = f"?{request.url.query}" if request.url.query else ""
            return Response(status_code=307, headers={"Location": found + query, **_FRESH})
        if found.real_path:
            return await _file(request, found.real_path, found.media_type, found.etag)
        answer = _page(view, address, found)
        return _unless_known(request, answer) if found.status == 200 else answer

    def _wait_page(self, view: View, address: str) -> Response:
        page = self._own_page(N_("The preview is being prepared."))
        answer = _page(view, address, Served(503, "text/html", "", page))
        answer.headers["Retry-After"] = "1"
        return answer

    def _own_page(self, title: str, text: str = "") -> bytes:
        return plain_page(self._around.translator.language, self._say(title), text)

    def _find(self, view: View, address: str, root: str, request: Request) -> Served | str:
        """What stands at an address; the path to go to where it stands at another. Nothing of what
        was asked leads there but the address of something that is."""
        served = self._desk.serve(view, address)
        if served.status != 404:
            return served
        for other in _others(address):
            if self._desk.serve(view, other).status == 200:
                return quote(root + other)
        base = self._around.base_path()
        if base and address.startswith(base):
            # A page 404 has links that begin at the root of the site's own address.
            if urlsplit(request.headers.get("referer", "")).path.startswith(READERS):
                view, root = View.READERS, READERS
            inner = address.removeprefix(base)
            for other in (inner, *_others(inner)):
                if self._desk.serve(view, other).status == 200:
                    return quote(root + other)
        return served


def _names_in(folder: Path) -> list[str]:
    return os.listdir(folder) if folder.is_dir() else []


def _others(address: str) -> Iterator[str]:
    """Where something may stand that was asked for at an address."""
    if address and not address.endswith("/"):
        yield f"{address}/"
    if f"/{address}".endswith("/index.html"):
        yield address.removesuffix("index.html")


def _page(view: View, address: str, served: Served) -> Response:
    """The answer for what is no file of its own; pages get their script."""
    body = served.body
    if served.media_type.startswith("text/html"):
        body = with_client(body, view, address, served.etag, served.status)
    headers = {"ETag": f'"{served.etag}"', **_FRESH} if served.etag else _PASSING
    return Response(body, served.status, headers, served.media_type)


async def _file(request: Request, path: str, kind: str, etag: str | None) -> Response:
    """A file, whole or in parts."""
    try:
        found = await run_in_threadpool(os.stat, path)
    except (OSError, ValueError):
        return Response(status_code=404, headers=_PASSING)
    if not stat.S_ISREG(found.st_mode):
        return Response(status_code=404, headers=_PASSING)
    headers = {"ETag": f'"{etag}"', **_FRESH} if etag else _FRESH
    return _unless_known(request, FileResponse(path, 200, headers, kind, stat_result=found))


def _unless_known(request: Request, answer: Response) -> Response:
    """An answer without its body to those who have that already."""
    known = request.headers.get("if-none-match", "")
    if answer.headers["etag"] not in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return answer
    return Response(status_code=304, headers={"ETag": answer.headers["etag"], **_FRESH})
