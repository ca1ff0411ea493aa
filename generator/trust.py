"""To whom the preview answers: its own names, its own pages, addresses that stay in the site."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from msgspec import Struct
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

from generator.problems import N_

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

RELATED = "/_preview/related"

_LONGEST = 4096
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s\[\]:/?#@\\]+)(?::(\d{1,5}))?")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


class Hosts(Struct, frozen=True):
    """What the preview may be called: `names` in lower case, IPv6 in brackets; with `any_ip` every
    numeric address too. A site of strangers whose name is made to lead here has another name."""

    names: frozenset[str]
    port: int
    any_ip: bool = False

    def has(self, host: str) -> bool:
        """Whether a `Host` header names this preview, with its port or none."""
        match = _HOST.fullmatch(host.lower())
        if match is None or (match[2] and int(match[2]) != self.port):
            return False
        return match[1] in self.names or (self.any_ip and is_numeric(match[1]))


def is_numeric(host: str) -> bool:
    """Whether a host is an IP address, of version 6 in brackets."""
    try:
        version = ipaddress.ip_address(host.strip("[]")).version
    except ValueError:
        return False
    return (version == 6) == host.startswith("[")


def is_safe(path: str) -> bool:
    """Whether a decoded path begins at the root and stays below it, whatever the system makes of
    its characters. What stands at it is still to be looked up."""
    if not path.startswith("/") or len(path) > _LONGEST or _FORBIDDEN.search(path):
        return False
    *folders, last = path.removeprefix("/").split("/")
    return "" not in folders and not {".", ".."} & {*folders, last}


def _decoded(raw: bytes) -> str:
    """A path as it was asked for, decoded once; `` where it is no text."""
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return ""


class Guard:
    """ASGI middleware: lets through what is asked under one of our names, by a safe address and
    without changing anything; what says more than the pages do, only to our own pages."""

    def __init__(self, app: ASGIApp, hosts: Hosts, say: Callable[[str], str]) -> None:
        self._app = app
        self._hosts = hosts
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"].endswith("http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._hosts.has(headers.get("host", "")):
            return self._no(421, N_("This preview has another address; the terminal shows it."))
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            answer = self._no(405, N_("The preview only shows; nothing can be sent to it."))
            answer.headers["Allow"] = "GET, HEAD"
            return answer
        if not is_safe(_decoded(scope["raw_path"])):
            return self._no(400, N_("This is not an address of the site."))
        is_live = scope["type"] == "websocket"
        if (is_live or scope["path"] == RELATED) and not _is_ours(headers, is_live):
            return self._no(403, N_("Only pages of this preview may ask for this."))
        return None

    def _no(self, status: int, text: str) -> Response:
        headers = {"Cache-Control": "no-store"}
        return PlainTextResponse(f"{self._say(text)}\n", status, headers)


def _is_ours(headers: Headers, with_origin: bool) -> bool:
    """Whether a request comes from a page of the very address it goes to; `with_origin`, it must
    say so itself, as browsers always do for WebSockets."""
    site = headers.get("sec-fetch-site", "same-origin")
    if site != "same-origin" and (with_origin or site != "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return not with_origin
    host = headers["host"].lower()
    return origin.lower() in (f"http://{host}", f"https://{host}")
