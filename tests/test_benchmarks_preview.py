"""What times the preview: that a save is on screen when it is said to be, and not before."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, sync_playwright
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from benchmarks import on_screen, peers, preview, serving
from benchmarks.corpus import FORMATS, generate
from benchmarks.editing import Editor, retitled
from benchmarks.on_screen import MARK, Screen, find_browser, launch
from benchmarks.serving import Server, free_port

_PAGE = """\
<!doctype html><title>x</title><main>%s</main>
<script>
const socket = new WebSocket("ws://" + location.host + "/live");
socket.onmessage = ({ data }) => {
  if (data === "reload") location.reload();
  else if (data !== "hello") document.querySelector("main").textContent = data;
};
</script>"""


class StandIn:
    """A page, its server, and what the server tells the browser of it."""

    def __init__(self) -> None:
        self.text = "still empty"
        self._open: set[ServerConnection] = set()
        self._server = serve(self._live, "127.0.0.1", 0, process_request=self._page)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.socket.getsockname()[1]}/"

    def tell(self, what: str) -> None:
        for connection in list(self._open):
            # That of an earlier document may not have ended yet.
            with contextlib.suppress(ConnectionClosed):
                connection.send(what)

    def _page(self, _: ServerConnection, request: Request) -> Response | None:
        if request.path == "/live":
            return None
        body = (_PAGE % self.text).encode()
        headers = Headers({"Content-Type": "text/html; charset=utf-8", "Connection": "close"})
        headers["Content-Length"] = str(len(body))
        return Response(HTTPStatus.OK, "OK", headers, body)

    def _live(self, connection: ServerConnection) -> None:
        connection.send("hello")
        self._open.add(connection)
        with contextlib.suppress(ConnectionClosed):
            for _ in connection:
                pass
        self._open.discard(connection)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser() or playwright.chromium.executable_path
        if not Path(path).exists() and not os.environ.get("CI"):
            pytest.skip("no Chromium: install it, or run `.venv/bin/playwright install chromium`")
        found = launch(playwright, path)
        yield found
        found.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_screen, "_THOUGHT", (1, 2))


@pytest.mark.browser
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("reload", [False, True])
def test_a_save_is_timed_until_its_own_text_is_shown(browser: Browser, reload: bool) -> None:
    delay = 0.3
    with StandIn() as stand_in:
        screen = Screen(browser, stand_in.address, Random(1))

        def save(number: int) -> None:
            stand_in.text = MARK.format(number=number)
            # What was saved before is not what is waited for.
            stand_in.tell(MARK.format(number=number - 1))
            told = "reload" if reload else stand_in.text
            threading.Timer(delay, stand_in.tell, [told]).start()

        for number in (10, 11):
            assert delay <= screen.save(number, partial(save, number)) < 30
        assert screen.loads == (3 if reload else 1)
        screen.close()


@pytest.mark.browser
@pytest.mark.usefixtures("hasty")
def test_a_save_that_is_never_shown_is_not_taken_for_a_quick_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn() as stand_in:
        screen = Screen(browser, stand_in.address, Random(1))
        screen.get_ready()
        monkeypatch.setattr(on_screen, "_PATIENCE", 0.2)
        assert screen.save(2, lambda: stand_in.tell(MARK.format(number=1))) == math.inf
        screen.close()


@pytest.mark.parametrize("form", sorted({"bulletin", *preview.PREVIEWS}))
def test_what_is_saved_is_new_each_time_for_every_generator(form: str, tmp_path: Path) -> None:
    corpus = generate(5)
    FORMATS[form](corpus, tmp_path)
    article = corpus.articles[-1]
    generator = peers.PEERS.get(form, peers.BULLETIN)
    path = tmp_path / generator.source(article)
    before = path.read_text("utf-8")
    editor = Editor(path, article, corpus, seed=1)
    editor.add_sentence().save()
    editor.add_sentence().save()
    edited = path.read_text("utf-8")
    assert edited.startswith(before.rstrip("\n"))
    assert [MARK.format(number=n) in edited for n in (1, 2, 3)] == [True, True, False]
    editor.change_title().save()
    editor.change_title().save()
    again = path.read_text("utf-8")
    assert [f"({MARK.format(number=n)})" in again for n in (3, 4)] == [False, True]
    assert retitled(again, article.title) == edited


def test_a_server_has_started_when_its_home_page_is_there(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text(
        """\
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Late(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Late.asked += 1
        self.send_response(503 if Late.asked < 4 else 200)
        self.end_headers()
        self.wfile.write(str(Late.asked).encode())

HTTPServer(("127.0.0.1", int(sys.argv[1])), Late).serve_forever()
"""
    )
    port = free_port()
    watched = sys.platform.startswith("linux")
    with Server([sys.executable, "late.py", str(port)], tmp_path, port, watch=watched) as server:
        assert server.seconds > 0
    if watched:
        assert server.peak > 1
    with Server([sys.executable, "late.py", str(port)], tmp_path, port) as server:
        server.rest()
        assert server.peak == 0


def test_a_server_that_ends_ends_the_benchmark_with_its_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise ValueError('it broke')"]
    with pytest.raises(SystemExit, match="it broke"), Server(command, tmp_path, free_port()):
        pass


def test_figures_of_a_peer_stand_beside_our_own() -> None:
    def result(factor: float) -> preview.Result:
        series = preview.Series([factor * s for s in (0.1, 0.3, 0.2)], factor * 0.05, loads=0)
        never = preview.Series([factor, math.inf], factor * 0.05, loads=2)
        return preview.Result(factor, [factor * 2] * 3, series, never, factor * 100, factor * 200)

    rows = list(preview.rows("Peer", result(4), result(1)))
    assert "| Peer | body saved, median | ms | 800 | 200 | 0.250 |" in rows
    assert "| Peer | body saved, worst | ms | 1200 | 300 | 0.250 |" in rows
    assert "| Peer | body saved, page loaded anew |  | 0 | 0 |  |" in rows
    assert "| Peer | title saved, worst | ms | inf | inf |  |" in rows
    assert "| Peer | later start | s | 8.00 | 2.00 | 0.250 |" in rows
    alone = list(preview.rows("", None, result(1)))
    assert "|  | body saved, median | ms |  | 200 |  |" in alone


@pytest.mark.browser
@pytest.mark.usefixtures("hasty")
def test_saves_of_a_real_preview(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_CALM", 0.1)
    monkeypatch.setattr(preview, "_AGE", 0)
    arguments = ["--articles", "12", "--saves", "2", "--runs", "1", "--peers", ""]
    assert preview.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "|  | body saved, page loaded anew |  |  | 0 |  |" in printed
    assert "0 things are missing" in printed
