"""Who looks at what in the preview: tells every browser tab what changes, the nearest first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from generator.connections import Connection, Key, Look, encoded, page_of, read_look, said
from generator.errands import Errands, batches
from generator.preview_records import Desk, State, View

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from generator.connections import Page, Said

Answer = TypeVar("Answer")

_PAUSE = 0.1
"""Seconds between two messages of how far the first reading is."""

_BAD_MESSAGE = 1007
_CLOSING = 2.0


class Hub:
    """What follows from a state is done in this order: the saved pages, the states of those who see
    them or are active, the pages of active tabs, all other states, all other pages. A newer state
    takes the place of what has not been done.

    All runs in the event loop, but for `publish` and `waiting`, which any thread may call, and the
    desk, which is asked in threads of their own: for each page once, however many tabs show it, and
    for one at a time. Each view has its own thread, as one of them may be there long before the
    other.
    """

    def __init__(
        self,
        desk: Desk,
        words: Mapping[str, str],
        only: View | None,
        on_failure: Callable[[Exception], None],
    ) -> None:
        """`words` are the texts of the bar; with `only` there is no other view; `on_failure` is
        told of what the desk should not have raised."""
        self.ready = asyncio.Event()
        """Set when there is a site."""
        self._desk = desk
        self._only = only
        self._on_failure = on_failure
        self._hello = encoded("hello", words=words)
        self._said = said(State(0, settled=False))
        self._progress: tuple[str, int, int] | None = None
        self._progress_due = False
        self._connections: dict[Connection, None] = {}
        self._by_key: dict[Key, dict[Connection, None]] = {}
        self._first = only or View.EDITORS
        self._errands = {view: Errands() for view in View if only in (None, view)}
        self._instants = count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self) -> None:
        """Begin, in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._workers = [
            self._loop.create_task(self._work(each)) for each in self._errands.values()
        ]
        threading.Thread(target=self._wait_for_site, daemon=True).start()

    def stop(self) -> None:
        self._stopping = True
        for worker in self._workers:
            worker.cancel()
        for errands in self._errands.values():
            errands.asker.shutdown(wait=False, cancel_futures=True)

    # From any thread

    def publish(self, state: State) -> None:
        """There is something new to say."""
        message = said(state)
        self._call(lambda: self._receive(message))

    def waiting(self, stage: str, done: int, total: int) -> None:
        """How far the first reading is, in words; may be called as often as one likes."""
        self._progress = (stage, done, total)
        if not self._progress_due and self._loop is not None:
            self._progress_due = True
            self._call(self._tell_progress_soon)

    def _call(self, work: Callable[[], object]) -> None:
        if self._loop is not None and not self._stopping:
            with suppress(RuntimeError):  # which the loop raises once it is closed
                self._loop.call_soon_threadsafe(work)

    def _wait_for_site(self) -> None:
        self.publish(self._desk.state())
        while not self._stopping:
            if self._desk.wait(0.5):
                self._call(self._begin)
                return

    # Connections

    async def attend(self, websocket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await websocket.accept()
        connection = Connection(websocket)
        self._connections[connection] = None
        connection.say("hello", self._hello)
        connection.say("state", self._said)
        if not self.ready.is_set() and self._progress is not None:
            connection.say("waiting", self._progress_text())
        tasks = [asyncio.create_task(w) for w in (connection.send(), self._hear(connection))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._connections[connection]
            self._forget(connection)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, connection: Connection) -> None:
        while True:
            message = await connection.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            look = read_look(message.get("text") or "")
            if look is None:
                async with asyncio.timeout(_CLOSING):
                    await connection.websocket.close(_BAD_MESSAGE)
                return
            self._look(connection, look)

    def _look(self, connection: Connection, look: Look) -> None:
        connection.is_active = look.active
        if look.active:
            connection.last_active = next(self._instants)
        key = (self._only or look.view, look.path)
        self._forget(connection)
        may_differ = connection.look(key, look.etag)
        self._by_key.setdefault(key, {})[connection] = None
        if may_differ:
            self._errands[key[0]].add(key, first=look.active)

    def _forget(self, connection: Connection) -> None:
        if connection.key is not None and connection.key in self._by_key:
            lookers = self._by_key[connection.key]
            lookers.pop(connection, None)
            if not lookers:
                del self._by_key[connection.key]

    # What there is to tell

    def _begin(self) -> None:
        self.ready.set()
        for connection in self._connections:
            connection.withdraw("waiting")
        for key in self._by_key:
            self._errands[key[0]].add(key)

    def _receive(self, message: Said) -> None:
        state = message.state
        if self._only is not None:
            # The name of a file that readers do not see may say too much.
            public = tuple(each for each in state.saved if each.url is not None)
            state = structs.replace(state, saved=public, saved_total=len(public))
            message = said(state)
        if state.number < self._said.state.number:
            return
        if not state.saved and any(errands.tells() for errands in self._errands.values()):
            # What was saved is told with what is newer.
            before = self._said.state
            state = structs.replace(state, saved=before.saved, saved_total=before.saved_total)
            message = said(state)
        self._said = message
        if state.open is not None and self._connections:
            max(self._connections, key=lambda c: c.last_active).goes_to = state.open
        addresses = {saved.url for saved in state.saved}
        saved = {key: None for key in self._by_key if key[1] in addresses}
        near = [c for c in self._connections if c.is_active or c.key in saved]
        seen = {c.key: None for c in near if c.key is not None and c.key not in saved}
        far = [c for c in self._connections if not (c.is_active or c.key in saved)]
        rest = [key for key in self._by_key if key not in saved and key not in seen]
        for view, errands in self._errands.items():
            tells = view is self._first
            pages = [[key for key in keys if key[0] is view] for keys in (saved, seen, rest)]
            errands.replace(
                (
                    *pages[0],
                    *batches(near if tells else ()),
                    *pages[1],
                    *batches(far if tells else ()),
                    *pages[2],
                )
            )

    async def _work(self, errands: Errands) -> None:
        while True:
            task = await errands.next()
            if isinstance(task, tuple):
                await self._show(errands, task)
                continue
            for connection in task:
                connection.say("state", self._said)
            # Their senders come first, and whoever else has something to do.
            await asyncio.sleep(0)

    async def _show(self, errands: Errands, key: Key) -> None:
        if not self.ready.is_set():
            return
        page = await self._ask(errands, lambda: self._page(key))
        if page is None:
            return
        lookers = sorted(self._by_key.get(key, ()), key=lambda c: not c.is_active)
        for batch in batches(lookers):
            for connection in batch:
                if connection.key == key:
                    connection.show(page)
            await asyncio.sleep(0)

    async def _ask(self, errands: Errands, question: Callable[[], Answer]) -> Answer | None:
        """What the desk answers; None where it fails, which must not be the end of the hub."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(errands.asker, question)
        except Exception as error:
            self._on_failure(error)
            return None

    def _page(self, key: Key) -> Page | None:
        served = self._desk.serve(*key)
        if self._only is not None and served.info is not None:
            # The script then has nowhere to switch to.
            served = structs.replace(served, info=structs.replace(served.info, other_view=False))
        return page_of(key, served)

    def _tell_progress_soon(self) -> None:
        asyncio.get_running_loop().call_later(_PAUSE, self._tell_progress)

    def _tell_progress(self) -> None:
        self._progress_due = False
        if not self.ready.is_set():
            text = self._progress_text()
            for connection in self._connections:
                connection.say("waiting", text)

    def _progress_text(self) -> str:
        stage, done, total = self._progress or ("", 0, 0)
        return encoded("waiting", stage=stage, done=done, total=total)
