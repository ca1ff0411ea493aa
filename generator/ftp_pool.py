"""Several sessions with one FTP server, each used by one thread at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from generator.ftp_login import FtpLogin, TooMany
from generator.ftp_session import FtpSession
from generator.remote_errors import Refused

T = TypeVar("T")


class FtpPool:
    """At most as many sessions as the target allows for, or the server; they are opened when there
    is need for them."""

    def __init__(self, login: FtpLogin) -> None:
        at_once = login.place.connections
        self._login = login
        self._threads = ThreadPoolExecutor(at_once, "ftp")
        self._turns = asyncio.Semaphore(at_once)
        self._idle: list[FtpSession] = []
        self._count = 0

    async def run(self, work: Callable[[FtpSession], T]) -> T:
        """What `work` gives, done in a thread with a session. When this is cancelled, it has
        ended."""
        while True:
            await self._turns.acquire()
            session = self._session()
            try:
                result = await self._call(session, work)
            except TooMany:
                self._drop(session)
                if not self._count:
                    self._turns.release()
                    raise
                continue  # those there are have to do: this turn is not given back
            except Refused:
                self._keep(session)
                raise
            except BaseException:
                self._drop(session)
                self._turns.release()
                raise
            self._keep(session)
            return result

    async def close(self) -> None:
        """End all sessions. Never raises."""
        idle, self._idle = self._idle, []
        self._count -= len(idle)
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._threads, one.close) for one in idle))
        self._threads.shutdown(wait=False)

    def _session(self) -> FtpSession:
        if self._idle:
            return self._idle.pop()
        self._count += 1
        return FtpSession(self._login)

    def _keep(self, session: FtpSession) -> None:
        self._idle.append(session)
        self._turns.release()

    def _drop(self, session: FtpSession) -> None:
        session.abort()
        session.close()
        self._count -= 1

    async def _call(self, session: FtpSession, work: Callable[[FtpSession], T]) -> T:
        def call() -> T:
            session.ready()
            return work(session)

        future = asyncio.get_running_loop().run_in_executor(self._threads, call)
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            session.abort()
            while not future.done():
                with suppress(asyncio.CancelledError):  # once is enough
                    await asyncio.wait([future])
            if not future.cancelled():
                future.exception()  # it is heard of by nobody
            raise
        return future.result()
