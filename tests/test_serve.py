"""The server of the preview: what it answers, to whom, and what it tells browsers by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import structs
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from generator.connections import Look, read_look
from generator.preview_records import Candidate, PageInfo, Saved, Served, State, Tie, View
from generator.serve import allow_many_files
from generator.trust import Hosts, is_safe
from tests.serving import PATIENCE, FakeDesk, Running, Tab, html, running, served

PAGE = "2025/12/10/x/"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "site"


def make_desk() -> FakeDesk:
    desk = FakeDesk({"": served("Home"), PAGE: served("Text"), "b/": served("B")})
    desk.readers = {"": served("Home"), "b/": served("B for readers")}
    return desk


@pytest.fixture
def preview(output: Path) -> Iterator[Running]:
    with running(make_desk(), output) as preview:
        preview.desk.asked.clear()
        yield preview
    assert preview.failures == []


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(make_desk(), tmp_path_factory.mktemp("lasting")) as preview:
        yield preview
    assert preview.failures == []


@pytest.fixture
def same(lasting: Running) -> Running:
    """A preview for many small questions that leave it as it is."""
    lasting.desk.asked.clear()
    return lasting


def element(view: str, path: str, etag: str, status: int) -> str:
    return (
        f'<script src="/_preview/preview.js" data-view="{view}" data-path="{path}"'
        f' data-etag="{etag}" data-status="{status}" defer></script>\n'
    )


# Pages


def test_a_page_is_that_of_the_build_and_one_element(preview: Running) -> None:
    answer = preview.get(f"/{PAGE}")
    added = element("editors", PAGE, served("Text").etag, 200)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == html("Text").replace("</body>", f"{added}</body>")


def test_the_element_comes_last_where_there_is_no_body(preview: Running) -> None:
    preview.desk.files["bare/"] = Served(200, "text/html", "e1", b"<p>Text")
    preview.desk.files["loud/"] = Served(200, "text/html", "e2", b"</body><pre></BODY>")
    assert preview.get("/bare/").text == "<p>Text" + element("editors", "bare/", "e1", 200)
    preview.desk.files["loud/"] = Served(200, "text/html", "e2", b"<p>Text</BODY></HTML>")
    added = element("editors", "loud/", "e2", 200)
    assert preview.get("/loud/").text == f"<p>Text{added}</BODY></HTML>"


def test_what_is_no_page_is_left_as_it_is(preview: Running) -> None:
    preview.desk.files["feed.xml"] = Served(200, "application/atom+xml", "e1", b"<feed/>")
    answer = preview.get("/feed.xml")
    assert (answer.text, answer.headers["content-type"]) == ("<feed/>", "application/atom+xml")


def test_the_views_are_apart(preview: Running) -> None:
    assert preview.get("/_preview/readers/b/").text.count("B for readers") == 1
    assert 'data-view="readers" data-path="b/"' in preview.get("/_preview/readers/b/").text
    assert preview.get(f"/_preview/readers/{PAGE}").status == 404


def test_a_page_that_is_not_there_is_the_404_of_the_site(preview: Running) -> None:
    answer = preview.get("/caf%C3%A9/%22%3E/")
    assert answer.status == 404
    path = "café/&quot;&gt;/"
    assert element("editors", path, served("Not here").etag, 404) in answer.text


def test_what_a_browser_has_is_not_sent_again(preview: Running) -> None:
    answer = preview.get(f"/{PAGE}")
    assert answer.headers["cache-control"] == "no-cache"
    again = preview.get(f"/{PAGE}", If_None_Match=f'"other", W/{answer.headers["etag"]}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    preview.desk.files[PAGE] = served("New")
    assert preview.get(f"/{PAGE}", If_None_Match=answer.headers["etag"]).status == 200


def test_head_is_get_without_the_body(preview: Running) -> None:
    got, asked = preview.get(f"/{PAGE}"), preview.get(f"/{PAGE}", method="HEAD")
    assert asked.body == b""
    assert asked.headers["content-length"] == str(len(got.body))
    assert asked.headers["etag"] == got.headers["etag"]


def test_a_file_may_be_had_in_parts(preview: Running, tmp_path: Path) -> None:
    video = tmp_path / "film.mp4"
    video.write_bytes(bytes(range(100)))
    preview.desk.files["media/film.mp4"] = Served(200, "video/mp4", "e1", real_path=str(video))
    whole = preview.get("/media/film.mp4")
    assert whole.body == bytes(range(100))
    assert (whole.headers["etag"], whole.headers["content-type"]) == ('"e1"', "video/mp4")
    part = preview.get("/media/film.mp4", Range="bytes=10-19")
    assert (part.status, part.body) == (206, bytes(range(10, 20)))
    assert preview.get("/media/film.mp4", If_None_Match='"e1"').status == 304
    video.unlink()
    assert preview.get("/media/film.mp4").status == 404


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/2025/12/10/x", f"/{PAGE}"),
        ("/2025/12/10/x?a=b&c=%20", f"/{PAGE}?a=b&c=%20"),
        ("/2025/12/10/x/index.html", f"/{PAGE}"),
        ("/index.html", "/"),
        ("/_preview/readers/b", "/_preview/readers/b/"),
    ],
)
def test_an_address_written_otherwise_leads_to_its_page(
    same: Running, asked: str, location: str
) -> None:
    answer = same.get(asked)
    assert (answer.status, answer.headers.get("location")) == (307, location)


def test_nothing_leads_elsewhere(preview: Running) -> None:
    for path in ("/nothing", f"/_preview/readers/{PAGE.rstrip('/')}", "/_preview/readers/nothing"):
        assert preview.get(path).status == 404
    for path in ("//evil.example/x", "//b", "/_preview/readers//b", "/b//"):
        assert preview.asked_at(path) == 400


def test_links_with_the_folder_of_the_site_lead_to_its_pages() -> None:
    desk = FakeDesk({"": served("Home"), "b/": served("B")})
    desk.readers = desk.files
    with running(desk, base_path="bulletin/") as preview:
        assert preview.get("/bulletin/b/").headers["location"] == "/b/"
        assert preview.get("/bulletin/b").headers["location"] == "/b/"
        assert preview.get("/bulletin/").headers["location"] == "/"
        assert preview.get("/bulletin/c/").status == 404
        referer = f"http://{preview.host}/_preview/readers/c/"
        answer = preview.get("/bulletin/b/", Referer=referer)
        assert answer.headers["location"] == "/_preview/readers/b/"


def test_a_page_the_desk_fails_at_says_so(preview: Running) -> None:
    answer = preview.get("/broken/")
    assert answer.status == 500
    assert "ZeroDivisionError" in answer.text
    assert 'data-status="500"' in answer.text
    assert [type(error) for error in preview.failures] == [ZeroDivisionError]
    preview.failures.clear()


def test_the_scripts_of_the_preview(
    preview: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "preview.js").write_text("//")
    monkeypatch.setattr("generator.server.CLIENT", tmp_path / "client")
    answer = preview.get("/_preview/preview.js")
    assert (answer.text, answer.headers["cache-control"]) == ("//", "no-cache")
    assert "/javascript" in answer.headers["content-type"]
    assert preview.get("/_preview/preview.js", If_None_Match=answer.headers["etag"]).status == 304
    for path in ("/_preview/", "/_preview/other.js", "/_preview/preview.js/", "/_preview/live"):
        assert preview.get(path).status == 404


def test_the_search_is_that_of_the_last_build(
    preview: Running, output: Path, tmp_path: Path
) -> None:
    answer = preview.get("/search/")
    assert answer.status == 404
    assert "There is no search here: the last build made none." in answer.text
    assert 'data-path="search/" data-etag="' in answer.text
    assert preview.get("/_preview/readers/search/").status == 404

    (output / "search" / "parts").mkdir(parents=True)
    (output / "search" / "index.html").write_text("<body>Search</body>")
    (output / "search" / "parts" / "a.js").write_text("//")
    (output / "index.html").write_text("")
    (tmp_path / "secret").write_text("secret")
    (output / "search" / "secret").symlink_to(tmp_path / "secret")
    (output / "search" / "folder").symlink_to(tmp_path)
    assert "Search<script" in preview.get("/search/").text
    assert preview.get("/search").headers["location"] == "/search/"
    assert preview.get("/search/parts/a.js").text == "//"
    assert "Search<script" in preview.get("/_preview/readers/search/").text
    for path in ("secret", "folder/secret", "parts", "parts/", "C:/secret", "%2e%2e/index.html"):
        assert preview.asked_at(f"/search/{path}") in (400, 404)


def test_a_page_of_the_site_comes_before_the_search_of_the_last_build(preview: Running) -> None:
    preview.desk.files["search/"] = served("The site's own")
    assert "The site&#x27;s own" in preview.get("/search/").text.replace("'", "&#x27;")


def test_related_meetings_as_json(preview: Running) -> None:
    candidate = Candidate("A", "2025-12-10", PAGE, "3.2", (Tie("Both of a topic", "1.2"),), "")
    preview.desk.candidates = (candidate,)
    answer = preview.get(f"/_preview/related?view=editors&path={PAGE}")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)[0]["ties"] == [{"text": "Both of a topic", "weight": "1.2"}]
    for query in ("", "?view=editors", "?view=both&path=b/", "?view=editors&path=../x"):
        assert preview.get(f"/_preview/related{query}").status == 400


# Before there is a site


def test_before_there_is_a_site_a_page_says_so_and_files_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("generator.server._PATIENCE", 0.01)
    desk = FakeDesk({"": served("Home"), "a.css": Served(200, "text/css", "e1", b"*{}")})
    desk.site.clear()
    with ThreadPoolExecutor() as others, running(desk, waits=False) as preview:
        style = others.submit(preview.get, "/a.css", Accept="text/css,*/*;q=0.1")
        answer = preview.get("/", Accept="text/html,*/*;q=0.1")
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert "<main></main>\n" + element("editors", "", "", 503) + "</body>" in answer.text
        assert preview.get("/_preview/related?view=editors&path=b/").status == 503
        tab = Tab(preview.connect())
        tab.look("")
        assert [tab.next()["type"] for _ in range(2)] == ["hello", "state"]
        for done in range(100):
            preview.hub.waiting("Reading", done, 100)
        waiting = tab.until("waiting", done=99)
        assert waiting == {"type": "waiting", "stage": "Reading", "done": 99, "total": 100}
        late = Tab(preview.connect())
        assert late.until("waiting")["done"] == 99
        assert not style.done()
        desk.site.set()
        assert "Home" in tab.until("page", status=200)["html"]
        assert style.result(PATIENCE).text == "*{}"


# Whom it answers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:{port}", 200),
        ("LocalHost", 200),
        ("127.0.0.1", 200),
        ("[::1]:{port}", 200),
        ("evil.example", 421),
        ("evil.example:{port}", 421),
        ("127.0.0.1:1", 421),
        ("127.0.0.1.evil.example:{port}", 421),
        ("localhost.:{port}", 421),
        ("localhost@evil.example:{port}", 421),
        ("192.168.1.5:{port}", 421),
        ("::1", 421),
        ("[::1", 421),
        (" ", 421),
    ],
)
def test_it_answers_only_its_own_names(same: Running, host: str, status: int) -> None:
    host = host.format(port=same.port)
    assert same.asked_at(f"/{PAGE}", host) == status
    assert same.asked_at("/_preview/none.css", host) == (404 if status == 200 else 421)
    assert same.desk.asked == [PAGE] * (status == 200)


def test_who_asks_by_another_name_gets_one_line(preview: Running) -> None:
    answer = preview.get("/", Host="evil.example")
    assert answer.text == "This preview has another address; the terminal shows it.\n"
    assert HEADERS.items() <= answer.headers.items()


def test_without_a_name_or_with_two_there_is_no_answer(preview: Running) -> None:
    for lines in ("", f"Host: {preview.host}\r\nHost: evil.example\r\n"):
        request = f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"
        assert preview.raw(request.encode()).startswith(b"HTTP/1.1 400 ")
    assert preview.raw(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421 ")
    assert preview.desk.asked == []


def test_in_the_network_any_number_is_its_name() -> None:
    hosts = Hosts(frozenset({"localhost", "pc.local"}), 8000, any_ip=True)
    for host in ("192.168.1.5:8000", "10.0.0.1", "[fe80::1]:8000", "PC.local:8000", "[::1]"):
        assert hosts.has(host)
    for host in ("evil.example:8000", "192.168.1.5:80", "[::1", "1.2.3", "fe80::1", "[1.2.3.4]"):
        assert not hosts.has(host)


def test_every_answer_has_the_headers_that_shut_others_out(preview: Running) -> None:
    for path in ("/", "/nothing", "/index.html", "/_preview/none.js", "/search/", "/a%00"):
        assert HEADERS.items() <= preview.get(path).headers.items()
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        answer = preview.get("/", method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
        assert HEADERS.items() <= answer.headers.items()


BAD = [
    "/..",
    "/../x",
    "/b/../../x",
    "/b/./x",
    "/%2e%2e/x",
    "/b/%2E%2E/%2e%2e/etc/passwd",
    "/..%2fx",
    "/%2e%2e%5cx",
    "/..\\x",
    "/b\\..\\x",
    "/b%5c",
    "/b%00",
    "/b%0a",
    "/%ff%fe",
    "/%c0%ae%c0%ae/x",
    "/%2fetc/passwd",
    "//etc/passwd",
    "///",
    "http://evil.example/",
    "evil",
    "*",
    "/_preview/readers/../x",
    "/_preview/readers/%2e%2e/x",
    "/search/../x",
    "/search/%2e%2e/x",
    "/_preview/..%2fhub.py",
    "/" + "a" * 5000,
]
UNKNOWN = [
    "/%252e%252e/x",
    "/C:",
    "/C:/Windows",
    "/C%3A/x",
    "/search/C:x",
    "/search/%252e%252e/x",
    "/etc/passwd",
    "/_preview/hub.py",
    "/_preview/%252e%252e%252fhub.py",
    "/...",
    "/CON",
    "/b%c3%a9",
    "/%",
    "/%zz",
    "/" + "a" * 4000,
]


@pytest.mark.parametrize("target", BAD)
def test_what_is_no_address_is_refused(same: Running, target: str) -> None:
    assert same.asked_at(target) == 400
    assert same.desk.asked == []


@pytest.mark.parametrize("target", UNKNOWN)
def test_what_only_looks_like_a_path_of_the_disk_is_not_found(same: Running, target: str) -> None:
    assert same.asked_at(target) == 404


def test_a_request_that_never_ends_is_refused(preview: Running) -> None:
    target = "/" + "a" * 100_000
    assert preview.asked_at(target) == 400
    assert preview.get("/").status == 200


def test_addresses_that_are_safe() -> None:
    for path in ("/", "/a/", "/a/b.html", "/tệp/…", "/100%.pdf", "/a b", "/..a", "/a../"):
        assert is_safe(path)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "file://{host}"},
        {"Origin": "http://{host}.evil.example"},
        {"Origin": "http://localhost:{port}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_only_our_own_pages_may_listen(same: Running, headers: dict[str, str]) -> None:
    values = {"host": same.host, "port": same.port}
    given = {name: value.format(**values) for name, value in headers.items()}
    with pytest.raises(InvalidStatus) as refused:
        same.connect(**given)
    assert refused.value.response.status_code == 403


def test_listening_under_another_name_is_refused(preview: Running) -> None:
    # `connect` sends the name it connects to first, and two of them are one too many.
    request = (
        f"GET /_preview/live HTTP/1.1\r\nHost: evil.example:{preview.port}\r\n"
        f"Origin: http://evil.example:{preview.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert preview.raw(request.encode()).startswith(b"HTTP/1.1 421 ")


def test_our_own_pages_may_listen(preview: Running) -> None:
    preview.connect(Sec_Fetch_Site="same-origin")
    with pytest.raises(InvalidStatus):
        preview.connect("/_preview/other")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Origin": "http://{host}"}, 200),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_our_own_pages_may_ask_what_is_related(
    same: Running, headers: dict[str, str], status: int
) -> None:
    given = {name: value.format(host=same.host) for name, value in headers.items()}
    assert same.get("/_preview/related?view=editors&path=b/", **given).status == status


# What tabs are told


def test_a_tab_hears_the_words_the_state_and_its_page(preview: Running) -> None:
    tab = Tab(preview.connect())
    hello = tab.next()
    assert hello == {"type": "hello", "words": {"draft": "Draft"}}
    state = tab.next()
    assert (state["type"], state["number"], state["settled"]) == ("state", 0, True)
    tab.look(PAGE)
    page = tab.next()
    assert (page["type"], page["status"], page["etag"]) == ("page", 200, served("Text").etag)
    assert page["html"] == preview.get(f"/{PAGE}").text
    assert page["info"]["other_view"] is True


def test_a_tab_that_has_its_page_hears_only_about_it(preview: Running) -> None:
    info = PageInfo("a.md", "/project/a.md", held_back="draft", words=3)
    preview.desk.files[PAGE] = served("Text", info=info)
    tab = Tab(preview.connect())
    tab.look(PAGE, etag=served("Text").etag)
    page = tab.until("page")
    assert page["html"] is None
    assert (page["info"]["source"], page["info"]["words"]) == ("a.md", 3)


def test_a_change_reaches_the_tabs_that_show_it_and_no_other(preview: Running) -> None:
    tab, other = preview.tab(PAGE), preview.tab("b/")
    readers = Tab(preview.connect())
    readers.look(PAGE, view="readers")
    assert readers.until("page")["status"] == 404
    preview.desk.files[PAGE] = served("New")
    saved = (Saved("a.md", "A", PAGE),)
    preview.hub.publish(State(1, settled=False, saved=saved, saved_total=1))
    page = tab.next()
    assert (page["type"], "New" in page["html"]) == ("page", True)
    state = tab.next()
    assert (state["type"], state["saved"][0]["title"]) == ("state", "A")
    preview.hub.publish(State(2, saved=saved, saved_total=1))
    # A page that stays the same is not sent, whatever else is said.
    for one in (other, readers):
        assert [one.next() for _ in range(2)][-1]["number"] == 2
    assert tab.next()["number"] == 2


def test_another_info_comes_without_the_page(preview: Running) -> None:
    tab = preview.tab(PAGE)
    preview.desk.files[PAGE] = served("Text", info=PageInfo(words=5))
    preview.hub.publish(State(1))
    page = tab.until("page")
    assert (page["html"], page["info"]["words"]) == (None, 5)


def test_a_page_comes_and_goes(preview: Running) -> None:
    tab = Tab(preview.connect())
    tab.look("new/")
    assert tab.until("page")["status"] == 404
    preview.desk.files["new/"] = served("It is there")
    preview.hub.publish(State(1))
    assert "It is there" in tab.until("page", status=200)["html"]
    del preview.desk.files["new/"]
    preview.hub.publish(State(2))
    assert "Not here" in tab.until("page", status=404)["html"]


def test_a_tab_may_look_at_another_page(preview: Running) -> None:
    tab = preview.tab(PAGE)
    tab.look("b/")
    assert "B" in tab.until("page")["html"]
    preview.desk.asked.clear()
    preview.hub.publish(State(1))
    tab.until("state", number=1)
    tab.look(PAGE, etag=served("Text").etag)
    assert tab.until("page")["html"] is None
    assert preview.desk.asked == ["b/", PAGE]


def test_a_tab_that_was_lost_is_told_what_it_missed(preview: Running) -> None:
    preview.tab(PAGE).connection.close()
    preview.desk.files[PAGE] = served("New")
    preview.hub.publish(State(1))
    tab = Tab(preview.connect())
    tab.look(PAGE, etag=served("Text").etag)
    assert "New" in tab.until("page")["html"]


def test_an_older_state_is_not_told_after_a_newer(preview: Running) -> None:
    tab = preview.tab()
    for number in (5, 4, 6):
        preview.hub.publish(State(number))
    assert tab.until("state", number=6)
    late = Tab(preview.connect())
    assert late.until("state")["number"] == 6


def test_only_the_tab_active_last_is_told_to_go_somewhere(preview: Running) -> None:
    first, second = preview.tab(PAGE, active=True), preview.tab("b/", active=True)
    first.look(PAGE, etag=served("Text").etag, active=False)
    third = preview.tab("")
    for number, goes in ((1, "2026/01/01/new/"), (2, None)):
        preview.hub.publish(State(number, open=goes))
        assert second.until("state", number=number)["open"] == goes
        assert first.until("state", number=number)["open"] is None
        assert third.until("state", number=number)["open"] is None
    late = Tab(preview.connect())
    assert late.until("state")["open"] is None


def test_pages_are_asked_for_once_the_saved_first_then_what_is_looked_at(preview: Running) -> None:
    paths = ["c/", "b/", PAGE, "", "c/"]
    preview.desk.files["c/"] = served("C")
    tabs = [preview.tab(path, active=path == "b/") for path in paths]
    preview.desk.asked.clear()
    preview.hub.publish(State(1, saved=(Saved("a.md", "A", ""),), saved_total=1))
    for tab in tabs:
        tab.until("state", number=1)
    tabs[0].look("d/")
    tabs[0].until("page")
    assert preview.desk.asked == ["", "b/", "c/", PAGE, "d/"]


def test_a_newer_state_takes_the_place_of_what_is_not_done(preview: Running) -> None:
    tabs = [preview.tab(path) for path in (PAGE, "b/", "")]
    preview.desk.asked.clear()
    preview.desk.gate.clear()
    saved = Saved("b.md", "B", "b/")
    preview.hub.publish(State(1, saved=(saved,), saved_total=1))
    preview.hub.publish(State(2, saved=(structs.replace(saved, url=""),), saved_total=1))
    preview.hub.publish(State(3, saved=(saved,), saved_total=1))
    preview.desk.files["b/"] = served("New")
    preview.desk.gate.set()
    assert "New" in tabs[1].until("page")["html"]
    for tab in tabs:
        tab.until("state", number=3)
    tabs[0].look("d/")
    tabs[0].until("page")
    # What was being asked when others came is heard to its end; nothing else is asked twice.
    assert preview.desk.asked[:2] in (["b/", "b/"], ["b/", PAGE])
    assert len(preview.desk.asked) <= 5


def test_a_failure_of_the_desk_ends_nothing(preview: Running) -> None:
    tab, other = preview.tab(PAGE), preview.tab()
    other.look("broken/", active=True)
    preview.desk.files[PAGE] = served("New")
    preview.hub.publish(State(1))
    assert "New" in tab.until("page")["html"]
    assert {type(error) for error in preview.failures} == {ZeroDivisionError}
    preview.failures.clear()


BAD_MESSAGES = [
    "",
    "{",
    "[]",
    "null",
    '{"type":"look"}',
    '{"type":"look","view":"all","path":""}',
    '{"type":"look","view":"editors","path":"../x"}',
    '{"type":"look","view":"editors","path":"/etc"}',
    '{"type":"look","view":"editors","path":"a","x":' + "[" * 30_000,
    '{"type":"look","view":"editors","path":7}',
    '{"type":"shut"}',
    b"\x00",
]


def ending(connection: ClientConnection) -> int:
    """The code with which a connection is closed."""
    with pytest.raises(ConnectionClosed) as closed:
        last_word(connection)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def last_word(connection: ClientConnection) -> None:
    while True:
        connection.recv(PATIENCE)


@pytest.mark.parametrize("message", BAD_MESSAGES, ids=lambda message: str(message)[:50])
def test_nonsense_ends_its_own_connection_alone(preview: Running, message: str | bytes) -> None:
    tab = preview.tab(PAGE)
    bad = preview.connect()
    bad.send(message)
    assert ending(bad) == 1007
    preview.desk.files[PAGE] = served("New")
    preview.hub.publish(State(1))
    assert "New" in tab.until("page")["html"]


def test_a_message_too_large_ends_its_connection(preview: Running) -> None:
    bad = preview.connect()
    bad.send(" " * (64 * 1024 + 1))
    assert ending(bad) == 1009
    assert preview.get("/").status == 200


def test_what_a_tab_says_is_read() -> None:
    text = '{"type":"look","view":"readers","path":"a/","etag":"e","active":true,"more":1}'
    assert read_look(text) == Look(View.READERS, "a/", "e", active=True)


def test_with_readers_only_there_is_no_other_view() -> None:
    desk = FakeDesk({"": served("Drafts"), "draft/": served("Draft")})
    desk.readers = {"": served("Public")}
    with running(desk, only_readers=True) as preview:
        for path in ("/", "/_preview/readers/"):
            assert "Public" in preview.get(path).text
            assert 'data-view="readers"' in preview.get(path).text
        assert preview.get("/draft/").status == 404
        tab = Tab(preview.connect())
        tab.look("", view="editors")
        page = tab.until("page")
        assert "Public" in page["html"]
        assert page["info"]["other_view"] is False


def test_a_thousand_connections_and_deaf_clients_delay_nobody(preview: Running) -> None:
    allow_many_files()
    tab = preview.tab(PAGE, active=True)
    for number in range(1000):
        preview.deaf(PAGE if number % 2 else f"{number}/")
    for _ in range(20):
        preview.deaf(PAGE, window=4096)
    times = []
    for number in range(1, 8):
        text = f"{number} " + "words " * 10_000
        preview.desk.files[PAGE] = served(text)
        began = time.perf_counter()
        saved = (Saved("a.md", "A", PAGE),)
        preview.hub.publish(State(number, saved=saved, saved_total=1))
        assert text in tab.until("page")["html"]
        times.append(time.perf_counter() - began)
        tab.until("state", number=number)
    # Other work of this machine may be in the way of some.
    assert sorted(times)[2] < 0.5
