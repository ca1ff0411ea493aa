"""A server far away: a proxy on 127.0.0.1 that holds every byte back for a while, each way.

It limits no throughput. Connections through it can be cut, now or after so many bytes, or go quiet.

with far_from(server.port, 0.015) as distance:  # a round trip takes 30 ms
    connect(distance.port)
    distance.drop()
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20.0


class Distance:
    """`connections` counts those ever made. All methods may be called from any thread."""

    def __init__(self, port: int, seconds: float) -> None:
        self.port = 0
        self.connections = 0
        self._to = port
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._pipes: set[_Pipe] = set()
        self._left: int | None = None
        self._end = self._drop
        self._refuses = False
        self._is_quiet = False

    def drop(self) -> None:
        """Cut every connection."""
        self._call(self._drop)

    def drop_after(self, size: int, quietly: bool = False) -> None:
        """Cut every connection when so many more bytes have been sent to the server, once;
        `quietly`: let nothing through them any more instead."""

        def set_it() -> None:
            self._left = size
            self._end = self._hush if quietly else self._drop

        self._call(set_it)

    def refuse(self, refuses: bool = True) -> None:
        """Cut every connection, also new ones."""

        def set_it() -> None:
            self._refuses = refuses
            if refuses:
                self._drop()

        self._call(set_it)

    def be_quiet(self) -> None:
        """Let nothing through any more in the connections there are."""
        self._call(self._hush)

    def _call(self, what: object) -> None:
        done = threading.Event()

        def call() -> None:
            assert callable(what)
            what()
            done.set()

        self._loop.call_soon_threadsafe(call)
        assert done.wait(PATIENCE)

    def _drop(self) -> None:
        for pipe in list(self._pipes):
            pipe.cut()

    def _hush(self) -> None:
        for pipe in self._pipes:
            pipe.is_quiet = True

    async def _serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        def near() -> _Pipe:
            self.connections += 1
            return _Pipe(self, None)

        server = await self._loop.create_server(near, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        self._drop()
        await asyncio.sleep(0)  # so that what was cut is closed

    async def connect(self, pipe: _Pipe) -> None:
        if self._refuses:
            pipe.cut()
            return
        try:
            await self._loop.create_connection(lambda: _Pipe(self, pipe), "127.0.0.1", self._to)
        except OSError:
            pipe.cut()

    def began(self, pipe: _Pipe) -> None:
        self._pipes.add(pipe)

    def ended(self, pipe: _Pipe) -> None:
        self._pipes.discard(pipe)

    def count(self, size: int) -> bool:
        """Whether so many bytes may still be sent to the server."""
        if self._left is None:
            return True
        self._left -= size
        if self._left >= 0:
            return True
        self._left = None
        self._end()
        return False

    @property
    def seconds(self) -> float:
        return self._seconds

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop


class _Pipe(asyncio.Protocol):
    """One end; what it receives goes to the other one later."""

    def __init__(self, distance: Distance, other: _Pipe | None) -> None:
        self._distance = distance
        self._other = other
        self._is_near = other is None
        self._transport: asyncio.Transport | None = None
        self._late: deque[tuple[float, bytes]] = deque()
        self._connecting: asyncio.Task[None] | None = None
        self.is_quiet = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._distance.began(self)
        if self._other is None:
            self._connecting = self._distance.loop.create_task(self._distance.connect(self))
        else:
            self._other.meet(self)

    def meet(self, other: _Pipe) -> None:
        self._other = other
        if self._transport is None or self._transport.is_closing():
            other.cut()
        self._pass_on()

    def data_received(self, data: bytes) -> None:
        if self._is_near and not self._distance.count(len(data)):
            return
        loop = self._distance.loop
        self._late.append((loop.time() + self._distance.seconds, data))
        if len(self._late) == 1:
            loop.call_later(self._distance.seconds, self._pass_on)

    def connection_lost(self, exc: Exception | None) -> None:
        self._distance.ended(self)
        if self._other is not None and self._other._transport is not None:
            # What is under way arrives before the end does.
            self._distance.loop.call_later(self._distance.seconds, self._other._transport.close)

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _pass_on(self) -> None:
        loop, other = self._distance.loop, self._other
        if other is None:  # which calls when it is there
            return
        while self._late and self._late[0][0] <= loop.time():
            _, data = self._late.popleft()
            if other._transport is not None and not self.is_quiet:
                other._transport.write(data)
        if self._late:
            loop.call_at(self._late[0][0], self._pass_on)


@contextmanager
def far_from(port: int, seconds: float = 0.0) -> Iterator[Distance]:
    """A proxy to a port of 127.0.0.1; `seconds` is the way there, and the way back as long."""
    distance = Distance(port, seconds)
    ready, over = threading.Event(), asyncio.Event()

    def run() -> None:
        asyncio.set_event_loop(distance.loop)
        distance.loop.run_until_complete(distance._serve(ready, over))
        distance.loop.run_until_complete(distance.loop.shutdown_asyncgens())
        distance.loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield distance
    finally:
        distance.loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE)
