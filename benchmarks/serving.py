"""The server of a generator, from its start until it has ended."""

from __future__ import annotations

import contextlib
import http.client
import math
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from benchmarks.measuring import memory, processor_time

_PATIENCE = 600.0
_SECONDS_TO_END = 10.0
_PAUSE = 0.01
_INTERVAL = 0.05
_CALM = 3.0
_IDLE = 0.03


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Server:
    """A server that runs in a folder as long as the context lasts.

    `seconds` passed until it answered a request for its home page with 200. `peak` is that of the
    memory of all its processes in MiB, if it is to `watch` it; then do not compare any times.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, port: int, watch: bool = False
    ) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.seconds = 0.0
        self.peak = 0.0
        self._command, self._folder, self._port = command, folder, port
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look) if watch else None

    def __enter__(self) -> Server:
        """Start it and wait for its first page; exit with its complaints if none comes."""
        self._printed = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        start = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, stdout=self._printed, stderr=subprocess.STDOUT
        )
        if self._watch:
            self._watch.start()
        try:
            while not self._answers():
                if self._process.poll() is not None or time.perf_counter() - start > _PATIENCE:
                    self._printed.seek(0)
                    sys.exit(f"{' '.join(self._command)}\n{self._printed.read()[-2000:]}")
                time.sleep(_PAUSE)
        except BaseException:
            self._end()
            raise
        self.seconds = time.perf_counter() - start
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def rest(self) -> None:
        """Wait until it has no work left: for a while it takes next to no processor time."""
        end = time.monotonic() + _PATIENCE
        before = -math.inf
        while (now := processor_time(self.pid)) - before > _IDLE * _CALM:
            if time.monotonic() > end:
                sys.exit(f"{' '.join(self._command)} does not come to rest")
            before = now
            time.sleep(_CALM)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def _look(self) -> None:
        while not self._over.wait(_INTERVAL):
            self.peak = max(self.peak, memory(self._process.pid))

    def _end(self) -> None:
        self._over.set()
        if self._watch:
            self._watch.join()
        self._process.terminate()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._printed.close()
