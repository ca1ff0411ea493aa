"""Whether readers get what was published."""

from __future__ import annotations

import asyncio
import gzip
import http.server
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest

from generator.site_files import LocalFile
from generator.verifying import CHANGED, OTHERS, Verified, address_of, sample, verify
from tests.remote_contract import local_file


class Web(http.server.ThreadingHTTPServer):
    """Gives out `pages` by their address, and what `odd` has instead: status, headers, body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, bytes] = {}
        self.odd: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: dict[str, Mapping[str, str]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        address = unquote(self.path).removeprefix("/")
        self.server.asked[address] = dict(self.headers)
        page = self.server.pages.get(address)
        plain = 404 if page is None else 200
        status, headers, body = self.server.odd.get(address, (plain, {}, page or b"not here"))
        if not status:
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def files(tmp_path: Path, web: Web) -> dict[str, LocalFile]:
    """A site, which the server has too."""
    paths = [
        *("index.html", "en/index.html", "404.html", "feed.xml", "robots.txt", ".htaccess"),
        *(f"2025/{n}/index.html" for n in range(100)),
        *(f"media/{n} đ.jpg" for n in range(10)),
    ]
    made = {path: local_file(tmp_path / "site", path, path.encode()) for path in paths}
    for path in paths:
        if path != ".htaccess":
            address = path.removesuffix("index.html") if path.endswith("index.html") else path
            web.pages[address] = path.encode()
    return made


def verified(
    web: Web, files: Mapping[str, LocalFile], changed: tuple[str, ...] = (), *deleted: str
) -> Verified:
    return asyncio.run(verify(web.url, files, changed, deleted))


def wrong(result: Verified) -> dict[str, str]:
    return {each.path: each.text.format_map(each.values) for each in result.wrong}


def test_all_is_well(web: Web, files: dict[str, LocalFile]) -> None:
    result = verified(web, files, (), "old/index.html")
    assert result == Verified(5 + OTHERS + 1, ())
    assert {"", "en/", "404.html", "feed.xml", "old/"} <= web.asked.keys()
    assert web.asked[""]["Cache-Control"] == "no-cache"
    assert web.asked[""]["Accept-Encoding"] == "identity"


def test_a_sample_is_the_same_each_time_and_from_all_over(files: dict[str, LocalFile]) -> None:
    changed = {f"2025/{n}/index.html" for n in range(60)}
    chosen = sample(files, changed)
    assert chosen == sample(dict(reversed(files.items())), changed)
    assert len(chosen) == len(set(chosen)) == 5 + CHANGED + OTHERS
    assert len(changed.intersection(chosen)) == CHANGED
    assert {path.partition("/")[0] for path in chosen} >= {"2025", "media"}
    assert ".htaccess" not in chosen
    few = {path: files[path] for path in ("index.html", "2025/1/index.html")}
    assert sample(few, ["2025/1/index.html"]) == ["index.html", "2025/1/index.html"]
    assert sample({}, []) == []


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("index.html", ""),
        ("a/index.html", "a/"),
        ("a/my-index.html", "a/my-index.html"),
        ("media/100% đúng?.jpg", "media/100%25%20%C4%91%C3%BAng%3F.jpg"),
    ],
)
def test_addresses(path: str, address: str) -> None:
    assert address_of(path) == address


def test_what_is_wrong_is_told(web: Web, files: dict[str, LocalFile]) -> None:
    changed = tuple(f"2025/{n}/index.html" for n in range(10))
    web.pages["2025/0/"] = b"2025/0/index.html<script></script>"
    web.pages["2025/1/"] = b""
    web.odd["2025/2/"] = (500, {}, b"")
    web.odd["2025/3/"] = (0, {}, b"")
    web.odd["2025/4/"] = (302, {"Location": "/login"}, b"")
    del web.pages["2025/5/"]
    web.pages["old/"] = b"old"
    web.odd["moved/"] = (301, {"Location": "/"}, b"")
    result = verified(web, files, changed, "old/index.html", "moved/index.html", "gone/index.html")
    found = wrong(result)
    assert "RemoteDisconnected" in found.pop("2025/3/index.html")
    assert found == {
        "2025/0/index.html": "other bytes come than were published",
        "2025/1/index.html": "other bytes come than were published",
        "2025/2/index.html": "the server says 500",
        "2025/4/index.html": "the server leads elsewhere (302)",
        "2025/5/index.html": "the server says 404",
        "old/index.html": "it is still there, though it was removed",
    }


def test_the_page_of_errors_may_come_as_one(web: Web, files: dict[str, LocalFile]) -> None:
    web.odd["404.html"] = (404, {}, b"404.html")
    assert verified(web, files).wrong == ()


def test_what_is_packed_without_being_asked_for(web: Web, files: dict[str, LocalFile]) -> None:
    web.odd[""] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"index.html"))
    web.odd["en/"] = (200, {"Content-Encoding": "gzip"}, b"broken")
    assert wrong(verified(web, files)).keys() == {"en/index.html"}


def test_one_other_name_of_the_host_is_followed(web: Web, files: dict[str, LocalFile]) -> None:
    other = f"http://localhost:{web.server_port}"
    web.odd["en/"] = (301, {"Location": f"{other}/en/"}, b"")
    assert verified(web, files).wrong[0].path == "en/index.html"  # it leads to itself
    web.odd["feed.xml"] = (301, {"Location": f"{other}/other.xml"}, b"")
    web.pages["other.xml"] = b"feed.xml"
    assert wrong(verified(web, files))["feed.xml"] == "the server leads elsewhere (301)"
    with Web() as alias:
        thread = threading.Thread(target=alias.serve_forever, args=(0.01,))
        thread.start()
        for address in web.pages:
            alias.odd[address] = (308, {"Location": f"{web.url}{address_of(address)}"}, b"")
        web.odd.clear()
        assert verified(alias, files).wrong == ()
        alias.shutdown()
        thread.join()


def test_nobody_answers(files: dict[str, LocalFile]) -> None:
    result = asyncio.run(verify("http://127.0.0.1:9/", files, ()))
    assert len(result.wrong) == result.checked
    assert "refused" in wrong(result)["index.html"]


@pytest.mark.parametrize("url", ["http:///", "http://[/", "http://đ..vn/", "http://a b/"])
def test_an_address_that_is_none(files: dict[str, LocalFile], url: str) -> None:
    result = asyncio.run(verify(url, {"index.html": files["index.html"]}, ()))
    assert wrong(result).keys() == {"index.html"}
