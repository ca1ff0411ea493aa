"""A site over HTTP as a common host serves it: compressed, below a folder."""

from __future__ import annotations

import functools
import gzip
import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
LEVEL = 6


def compressed(data: bytes) -> bytes:
    return gzip.compress(data, LEVEL, mtime=0)


class _Host(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, texts compressed; what is not there is answered with its 404.html."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def send_head(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not self.path.split("?")[0].endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", self.path + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if path.is_dir():
            path /= "index.html"
        status = HTTPStatus.OK
        if not path.is_file():
            status = HTTPStatus.NOT_FOUND
            folder = self.path.split("/")[1]
            path = Path(self.directory) / folder / "404.html"
        data = path.read_bytes() if path.is_file() else b""
        kind = self.guess_type(str(path))
        self.send_response(status)
        if kind.startswith(TEXT):
            data = compressed(data)
            self.send_header("Content-Encoding", "gzip")
            if not kind.startswith("image/"):
                kind += "; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        # A browser that has left the page does not wait for its pictures.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(b"" if self.command == "HEAD" else data)
        return


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers end connections as they like."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def host(folder: Path) -> Iterator[str]:
    """Serve a folder; the address of its root, with a slash at its end."""
    handler = functools.partial(_Host, directory=str(folder))
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
