"""One browser tab that listens: what it looks at, what it has, and what is still to be sent to it.

Its messages are made here; where they are sent, all of it runs in the event loop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from msgspec import MsgspecError, Struct, json, structs
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from generator.preview_pages import with_client
from generator.preview_records import PageInfo, Served, State, View
from generator.trust import is_safe

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

Key: TypeAlias = tuple[View, str]
"""A page: whose view, and its address in it."""

_PATIENCE = 30.0
"""Seconds for one message; who takes longer is taken for gone."""


class Look(Struct, frozen=True, tag="look"):
    """What a tab says of itself: the page on its screen, and whether people look at the tab."""

    view: View
    path: str
    etag: str = ""
    active: bool = False


class Page(Struct, frozen=True):
    """A page as it is sent, with its HTML (`full`) or to those who have that already (`brief`)."""

    etag: str
    info: PageInfo
    full: str
    brief: str


class Said(Struct, frozen=True):
    """A state, and the same as a message, encoded once for all."""

    state: State
    text: str


def encoded(kind: str, **values: object) -> str:
    """A message to a tab."""
    return json.encode({"type": kind, **values}).decode()


def said(state: State) -> Said:
    """A state for everybody. Where to go now is said to one tab alone, by `Connection.goes_to`."""
    return Said(state, encoded("state", **structs.asdict(structs.replace(state, open=None))))


def page_of(key: Key, served: Served) -> Page | None:
    """What a tab gets of the page it looks at; None where that is no page."""
    if served.real_path or not served.media_type.startswith("text/html"):
        return None
    info = served.info or PageInfo()
    html = with_client(served.body, *key, served.etag, served.status).decode("utf-8", "replace")
    full, brief = (
        encoded("page", status=served.status, etag=served.etag, html=text, info=info)
        for text in (html, None)
    )
    return Page(served.etag, info, full, brief)


def read_look(text: str) -> Look | None:
    """What a tab says; None where it is not what our script would say."""
    try:
        look = json.decode(text, type=Look)
    except (MsgspecError, RecursionError):
        return None
    return look if is_safe(f"/{look.path}") else None


class Connection:
    """Keeps of each kind of message only the latest, so that a slow client costs no memory, and
    sends from a task of its own, so that it costs others no time."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.key: Key | None = None
        self.is_active = False
        self.last_active = 0
        """A number, higher the later it was active; 0 if never."""
        self.goes_to: str | None = None
        """Where it is told to go with the next state."""
        self._etag = ""
        self._info: PageInfo | None = None
        self._slots: dict[str, str | Said | Page] = {}
        self._filled = asyncio.Event()

    def look(self, key: Key, etag: str) -> bool:
        """Note what is on its screen; whether it may have to be shown something else."""
        if key == self.key and etag == self._etag:
            return False
        if key != self.key:
            self._slots.pop("page", None)
            self._info = None
        self.key = key
        self._etag = etag
        return True

    def say(self, kind: str, message: str | Said | Page) -> None:
        """Send it a message, in place of an earlier one of that kind not sent yet."""
        self._slots[kind] = message
        self._filled.set()

    def show(self, page: Page) -> None:
        """Send it its page, unless it has that."""
        if page.etag != self._etag or page.info != self._info:
            self.say("page", page)
        else:
            self.withdraw("page")

    def withdraw(self, kind: str) -> None:
        self._slots.pop(kind, None)

    async def send(self) -> None:
        """Send what there is to send; ends when the client is gone or takes nothing."""
        try:
            while True:
                await self._filled.wait()
                self._filled.clear()
                while self._slots:
                    text = self._text(self._slots.pop(next(iter(self._slots))))
                    async with asyncio.timeout(_PATIENCE):
                        await self.websocket.send_text(text)
        except (OSError, WebSocketDisconnect, WebSocketDisconnected):
            return

    def _text(self, message: str | Said | Page) -> str:
        if isinstance(message, Page):
            has_it = message.etag == self._etag
            self._etag, self._info = message.etag, message.info
            return message.brief if has_it else message.full
        if isinstance(message, Said):
            return self._state_text(message)
        return message

    def _state_text(self, message: Said) -> str:
        if self.goes_to is None:
            return message.text
        goes_to, self.goes_to = self.goes_to, None
        state = structs.replace(message.state, open=goes_to)
        return encoded("state", **structs.asdict(state))
