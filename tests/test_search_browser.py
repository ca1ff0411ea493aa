"""The search as a person meets it, in a real browser."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route, expect

from generator.build import build
from generator.reports import Options
from tests.sites import NOW, Site, article, entry
from tests.test_browser import browser, find_browser

__all__ = ["browser", "find_browser"]

pytestmark = pytest.mark.browser

SITE = '[site]\ntitle = "Bản tin"\nlanguages = ["vi", "en"]\n'
FILES = {
    "content/articles/2025-01-02-dong-dang.md": article(
        "topics: [Kinh tế]",
        "officials: [Ngô Lê Văn]",
        "kind: visit",
        title='"Đồng Đăng: gặp gỡ <b> cấp cao"',
        date="2025-01-02",
        body="Hà Nội họp bàn về quy chế 1226/QĐ-TTg & đường sắt. Quân đội tham gia.",
    ),
    "content/articles/2025-03-02-ha.md": article(
        "topics: [Văn hóa]",
        title="Hạ nội thành",
        date="2025-03-02",
        body=f"{'Một hai ba bốn năm. ' * 20}Dòng dang không dấu. Hàng nội địa, Schengen.",
    ),
    "content/articles/2024-03-02-cu.md": article(
        "topics: [Văn hóa]",
        "officials: [Ngô Lê Văn, Trần Bình]",
        title="Năm cũ Hà Nội",
        date="2024-03-02",
        body="Nghị quyết 59 của Bộ, TW.",
    ),
    "content/articles/2024-03-02-cu.en.md": (
        "---\ntitle: Old visits\n---\nA delegation visited Hanoi.\n"
    ),
    "content/articles/2023-03-02-khac.md": article(
        "topics: [Văn hóa]",
        title="Chuyện khác",
        date="2023-03-02",
        body="Nội thành, hà khắc. Nghị quyết 59-NQ/TW được nhắc.",
    ),
    "content/officials/ngo-le-van.md": entry("Ngô Lê Văn", body="Thứ trưởng."),
} | {
    f"content/articles/2022-01-{day:02}-{day}.md": article(
        "topics: [Thể thao]", title=f"Giải chạy {day}", date=f"2022-01-{day:02}", body="Chạy."
    )
    for day in range(1, 13)
}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is served: in a folder, as on a shared host."""
    folder = tmp_path_factory.mktemp("web")
    site = Site(tmp_path_factory.mktemp("project"), FILES, SITE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        assert not build(Options(site.root, folder / "ban-tin", search=True)).failed
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/ban-tin/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all tests that change nothing but its window: a new one takes the browser as long
    as many a test."""
    context = browser.new_context(locale="vi")
    opened = context.new_page()
    opened.route(re.compile(r".*/favicon\.ico"), lambda route: route.fulfill(status=204))
    yield opened
    context.close()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    # A policy that is violated, a file that is missing or a script that fails says so here.
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    def fail(error: Error) -> None:
        said.append(str(error))

    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.on("console", hear)
    tab.on("pageerror", fail)
    yield tab
    tab.remove_listener("console", hear)
    tab.remove_listener("pageerror", fail)
    tab.goto("about:blank")
    assert said == []


def ask(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}search/{query}")


def titles(page: Page, *expected: str) -> None:
    """Wait until these are found, in this order."""
    expect(page.locator(".hit .title")).to_have_text(list(expected))


DONG_DANG, HA, OLD, OTHER = (
    "Đồng Đăng: gặp gỡ <b> cấp cao",
    "Hạ nội thành",
    "Năm cũ Hà Nội",
    "Chuyện khác",
)
OFFICIAL = "Ngô Lê Văn"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # The same marks first, side by side before apart, then others.
        ("Hà Nội", [OLD, DONG_DANG, OTHER, HA]),
        ("ha%CC%80 no%CC%A3%CC%82i", [OLD, DONG_DANG, OTHER, HA]),
        ("dong dang", [DONG_DANG, HA]),
        ("ĐỒNG ĐĂNG", [DONG_DANG]),
        ("quan doi", [DONG_DANG]),
        ("duong sat", [DONG_DANG]),
        # Meetings before names, but for the one that is asked for.
        ("qd ttg", [DONG_DANG, "1226/QĐ-TTg"]),
        ("1226/qd-ttg", ["1226/QĐ-TTg", DONG_DANG]),
        ("1226/QĐ-TTg", ["1226/QĐ-TTg", DONG_DANG]),
        ("59-NQ/TW", ["59-NQ/TW", OTHER]),
        ("59-nq", [OTHER, "59-NQ/TW"]),
        ("le van", [DONG_DANG, OLD, OFFICIAL]),
        ("2/3/2023", [OTHER]),
        ("02/03/2023", [OTHER]),
        ("2023-03-02", [OTHER]),
        ("59 nq tw", ["59-NQ/TW", OTHER]),
        ("ngo le van", [OFFICIAL, DONG_DANG, OLD]),
        # A word that only one index has, with one that all have; the beginning of a word.
        ("noi schengen", [HA]),
        ("noi schen", [HA]),
        # What nearly every text has is passed over where other words tell more.
        ("họp và quy chế với", [DONG_DANG]),
        ("<b> & ", [DONG_DANG]),
        ("zzz", []),
        ("noi zzz", []),
        # These begin with a word of a kind and with one of a date.
        ("tinzz", []),
        ("02zz", []),
        ("-", []),
    ],
)
def test_what_a_query_finds(page: Page, address: str, query: str, expected: list[str]) -> None:
    ask(page, address, "?q=" + query.replace(" ", "+").replace("&", "%26"))
    count = page.get_by_role("status")
    expect(count).to_have_text(re.compile(rf"^{len(expected)} |Không|Nothing|no"))
    titles(page, *expected)


def test_a_result(page: Page, address: str) -> None:
    ask(page, address, "?q=dong+dang")
    expect(page.locator(".hit")).to_have_count(2)
    first, second = page.locator(".hit").nth(0), page.locator(".hit").nth(1)
    link = first.get_by_role("link")
    expect(link).to_have_attribute("href", f"{address}2025/01/02/dong-dang/")
    expect(link.locator("mark")).to_have_text(["Đồng", "Đăng"])
    expect(first.locator("time")).to_have_text("02/01/2025")
    expect(first.locator("time")).to_have_attribute("datetime", "2025-01-02")
    # The passage, from the middle of a long text.
    expect(second.locator(".summary")).to_have_text(re.compile("^… .*Dòng dang không dấu"))
    expect(second.locator(".summary mark")).to_have_text(["Dòng", "dang"])
    link.click()
    expect(page).to_have_url(f"{address}2025/01/02/dong-dang/")
    page.go_back()
    expect(page.locator(".hit")).to_have_count(2)


def test_results_come_as_one_types(page: Page, address: str) -> None:
    ask(page, address)
    expect(page.locator(".found")).to_be_hidden()
    page.keyboard.type("schen")  # the box has the focus
    titles(page, HA)
    page.keyboard.type("gen noi")
    titles(page, HA)
    expect(page).to_have_url(f"{address}search/?q=schengen+noi")
    page.locator("#q").fill("ngo le van")
    titles(page, OFFICIAL, DONG_DANG, OLD)
    page.keyboard.press("Enter")
    page.locator("#q").fill("dong dang")
    titles(page, DONG_DANG, HA)
    # What was typed in one go is one step.
    page.go_back()
    titles(page, OFFICIAL, DONG_DANG, OLD)
    expect(page.locator("#q")).to_have_value("ngo le van")
    page.go_back()
    expect(page.locator(".found")).to_be_hidden()
    page.go_forward()
    titles(page, OFFICIAL, DONG_DANG, OLD)


def test_filters_and_their_counts(page: Page, address: str) -> None:
    ask(page, address, "?q=noi")
    expect(page.get_by_role("status")).to_have_text(re.compile("^4 "))
    topic = page.locator('.facet[data-filter="topic"]')
    expect(topic.locator("label")).to_have_text(
        [re.compile(r"Văn hóa\s+3"), re.compile(r"Kinh tế\s+1")]
    )
    year = page.locator('.facet[data-filter="year"]')
    expect(year.locator("label")).to_have_text(
        [re.compile(r"2025\s+2"), re.compile(r"2024\s+1"), re.compile(r"2023\s+1")]
    )
    # As it is heard.
    expect(year.get_by_role("checkbox").first).to_have_accessible_name(
        re.compile("^2025 2 kết quả$")
    )
    topic.get_by_label("Văn hóa").check()
    expect(page.locator(".hit")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"\?q=noi&topic=V%C4%83n\+h%C3%B3a$"))
    # Another choice of the same filter would add to it; of others only what is left counts.
    expect(topic.locator("label")).to_have_text(
        [re.compile(r"Văn hóa\s+3"), re.compile(r"Kinh tế\s+1")]
    )
    expect(year.locator("label").first).to_have_text(re.compile(r"2025\s+1"))
    year.get_by_label("2024").check()
    titles(page, OLD)
    topic.get_by_label("Văn hóa").uncheck()
    titles(page, OLD)
    page.reload()
    titles(page, OLD)
    expect(year.get_by_label("2024")).to_be_checked()
    page.go_back()
    titles(page, OLD)
    page.go_back()
    expect(page.locator(".hit")).to_have_count(3)
    page.locator(".reset").click()
    expect(page.locator(".hit")).to_have_count(4)
    expect(page.locator("#q")).to_be_focused()


def test_filters_alone_list_the_newest_first(page: Page, address: str) -> None:
    ask(page, address, "?topic=V%C4%83n+h%C3%B3a")
    titles(page, HA, OLD, OTHER)
    expect(page.locator("#sort")).to_be_disabled()
    expect(page.locator("#sort")).to_have_value("date")
    page.locator("#q").fill("noi")
    expect(page.locator("#sort")).to_be_enabled()
    expect(page.locator("#sort")).to_have_value("")


def test_newest_first(page: Page, address: str) -> None:
    ask(page, address, "?q=H%C3%A0+N%E1%BB%99i")
    titles(page, OLD, DONG_DANG, OTHER, HA)
    page.locator("#sort").select_option("date")
    titles(page, HA, DONG_DANG, OLD, OTHER)
    expect(page).to_have_url(re.compile("&sort=date$"))
    page.go_back()
    titles(page, OLD, DONG_DANG, OTHER, HA)


def test_more_results(page: Page, address: str) -> None:
    ask(page, address, "?topic=Th%E1%BB%83+thao")
    expect(page.locator(".hit")).to_have_count(10)
    page.locator(".more button").click()
    expect(page.locator(".hit")).to_have_count(12)
    expect(page.locator(".hit a").nth(10)).to_be_focused()
    expect(page.locator(".more button")).to_be_hidden()
    page.locator(".hit a").nth(11).click()
    page.go_back()
    expect(page.locator(".hit")).to_have_count(12)


def test_the_keyboard_is_enough(page: Page, address: str) -> None:
    page.goto(f"{address}2024/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("dong dang")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}search/?q=dong+dang")
    titles(page, DONG_DANG, HA)
    links = page.locator(".hit a")
    page.locator("#q").focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()


def test_in_the_other_language(page: Page, address: str) -> None:
    page.goto(f"{address}en/search/?q=visit+hanoi")
    titles(page, "Old visits")
    expect(page.locator(".hit a")).to_have_attribute("href", f"{address}en/2024/03/02/cu/")
    expect(page.locator(".hit a")).not_to_have_attribute("lang", "vi")
    page.locator("#q").fill("đồng đăng")
    titles(page, DONG_DANG)
    expect(page.locator(".hit a")).to_have_attribute("lang", "vi")
    expect(page.locator(".hit a")).to_have_attribute("href", f"{address}2025/01/02/dong-dang/")
    expect(page.get_by_role("status")).to_have_text("1 result")


def test_plurals_and_what_only_begins_alike(page: Page, address: str) -> None:
    page.goto(f"{address}en/search/?q=delegations+visit")
    titles(page, "Old visits")
    expect(page.locator(".hit mark")).to_have_text(["visits", "delegation"])
    page.locator("#q").fill("pres visit")
    expect(page.get_by_role("status")).to_have_text("Nothing was found.")


def test_parts_of_numbers_are_marked(page: Page, address: str) -> None:
    ask(page, address, "?q=59-nq")
    expect(page.locator(".hit mark")).to_have_text(["59-NQ/TW", "59-NQ/TW"])


def test_the_other_language_is_asked_the_same(page: Page, address: str) -> None:
    ask(page, address, "?q=noi&topic=V%C4%83n+h%C3%B3a&year=2025")
    titles(page, HA)
    page.locator("#q").fill("schengen")
    expect(page).to_have_url(re.compile("schengen"))
    page.locator(".languages a").click()
    expect(page).to_have_url(f"{address}en/search/?q=schengen&year=2025")
    titles(page, HA)


def test_without_scripts_it_leads_to_the_lists(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}search/?q=x")
    expect(page.locator("#finder")).to_be_hidden()
    for name in ("2025", "2022"):
        expect(page.locator(".ways").get_by_role("link", name=name, exact=True)).to_be_visible()
    page.locator(".ways a[href$='topics/']").click()
    expect(page).to_have_url(f"{address}topics/")
    context.close()


@pytest.fixture
def troubled(browser: Browser) -> Iterator[Page]:
    """A page on which something may go wrong."""
    context = browser.new_context(locale="vi")
    opened = context.new_page()
    yield opened
    context.close()


FAILED = re.compile("danh mục")


@pytest.mark.parametrize(
    "lost", ["pagefind.js", "search/pagefind-entry.json", "wasm.unknown.pagefind", "fragment/"]
)
def test_a_lost_connection_is_lost_once(troubled: Page, address: str, lost: str) -> None:
    files = re.compile(f".*{re.escape(lost)}.*")
    troubled.route(files, lambda route: route.abort())
    troubled.goto(f"{address}search/?q=dong+dang")
    status = troubled.get_by_role("status")
    expect(status).to_have_text(FAILED)
    expect(troubled.locator(".ways")).to_be_visible()
    troubled.unroute(files)
    troubled.locator("#q").press("Enter")
    titles(troubled, DONG_DANG, HA)


def test_a_damaged_program_does_not_wait_for_ever(troubled: Page, address: str) -> None:
    troubled.route(re.compile(r".*wasm\.unknown.*"), lambda route: route.fulfill(body="damaged"))
    troubled.goto(f"{address}search/?q=dong+dang")
    expect(troubled.get_by_role("status")).to_have_text(FAILED)


def test_what_takes_too_long_may_still_come(troubled: Page, address: str) -> None:
    held: list[Route] = []
    troubled.clock.install()
    troubled.route(re.compile(r".*search/pagefind-entry\.json.*"), lambda route: held.append(route))
    with troubled.expect_request(re.compile(r".*search/pagefind-entry\.json.*")):
        troubled.goto(f"{address}search/?q=dong+dang")
    troubled.clock.fast_forward(21_000)
    expect(troubled.get_by_role("status")).to_have_text(FAILED)
    for route in held:
        route.continue_()
    titles(troubled, DONG_DANG, HA)


def test_a_lost_year_does_not_lose_the_others(troubled: Page, address: str) -> None:
    files = re.compile(r".*search/2023/pagefind-entry.*")
    troubled.route(files, lambda route: route.abort())
    troubled.goto(f"{address}search/?q=noi")
    expect(troubled.locator(".hit")).to_have_count(3)
    expect(troubled.get_by_role("status")).to_have_text(re.compile("^3 .* · .*2023"))
    troubled.unroute(files)
    troubled.locator("#q").press("Enter")
    expect(troubled.locator(".hit")).to_have_count(4)
    expect(troubled.get_by_role("status")).not_to_have_text(re.compile("2023"))


@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_is_wider_than_the_window(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    ask(page, address, "?q=noi")
    expect(page.locator(".hit")).to_have_count(4)
    if width == 320:
        page.locator(".facets > summary").click()
    expect(page.locator('.facet[data-filter="topic"] label').first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
