"""The built site as a person meets it, in a real browser."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from generator.build import build
from generator.reports import Options
from tests.conftest import MakeSite
from tests.sites import article

ROOT = Path(__file__).parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = (1280, 360)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

pytestmark = pytest.mark.browser


def find_browser() -> str | None:
    """A Chromium on this machine; None leaves it to Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser() or playwright.chromium.executable_path
        if not Path(path).exists():
            message = "no Chromium: install it, or run `.venv/bin/playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        # Tests run beside one another, and may have to wait for a processor.
        expect.set_options(timeout=30_000)
        yield found
        found.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real content's site, served below a folder as on a shared host."""
    folder = tmp_path_factory.mktemp("web")
    project = tmp_path_factory.mktemp("project")
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, project / name, dirs_exist_ok=True)
    shutil.copy(ROOT / "bulletin.toml", project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1780000000")
        assert not build(Options(project=project, output=folder / "bulletin")).failed
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/bulletin/"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    opened = context.new_page()
    failures: list[str] = []
    # Leaving a page ends what it still loads; that is no failure of the site.
    opened.on(
        "requestfailed",
        lambda asked: failures.append(asked.url) if asked.failure != "net::ERR_ABORTED" else None,
    )
    opened.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
    opened.on("response", lambda got: failures.append(got.url) if got.status >= 400 else None)
    yield opened
    context.close()
    assert failures == []


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_reader_goes_from_home_to_an_official_to_a_related_meeting_and_back(
    page: Page, site: str
) -> None:
    page.goto(site)
    assert fits(page)
    page.get_by_role("main").get_by_role("link", name="Nguyễn Mạnh Quyền").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Mạnh Quyền")
    assert fits(page)
    official = page.url
    page.locator("main a[href*='ha-noi-bo-ngoai-giao']").first.click()
    expect(page.locator("main")).to_contain_text("Phó Chủ tịch UBND thành phố Hà Nội")
    assert fits(page)
    article = page.url
    related = page.locator("#related li[data-id]")
    expect(related.first).to_contain_text("20")
    related.first.get_by_role("link").first.click()
    assert "/2025/12/30/" in page.url
    assert fits(page)
    back = page.locator("#related li[data-id*='2025-12-10']")
    expect(back).to_have_count(1)
    page.go_back()
    assert page.url == article
    page.go_back()
    assert page.url == official


def test_breadcrumbs_lead_through_the_dates_to_home(page: Page, site: str) -> None:
    page.goto(f"{site}2025/12/30/ky-quy-che-phoi-hop/")
    for address in ("2025/12/30/", "2025/12/", "2025/"):
        page.locator(f"nav[aria-label] a[href$='{address.split('/')[-2]}/']").first.focus()
        page.goto(site + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert fits(page)
        assert page.locator("main a[href*='ky-quy-che-phoi-hop']").count() >= 1


def test_a_calendar_day_leads_to_its_meetings(page: Page, site: str) -> None:
    page.goto(f"{site}2025/12/")
    page.locator("main table a", has_text=re.compile(r"^\s*10\b")).first.click()
    assert page.url == f"{site}2025/12/10/"


def test_the_language_switch_leads_to_the_same_meeting(page: Page, site: str) -> None:
    page.goto(f"{site}2025/12/30/ky-quy-che-phoi-hop/")
    page.get_by_role("link", name="English").first.click()
    assert page.url == f"{site}en/2025/12/30/ky-quy-che-phoi-hop/"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Tiếng Việt").first.click()
    assert page.url == f"{site}2025/12/30/ky-quy-che-phoi-hop/"


def test_the_meetings_with_somebody_unfold_by_the_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}officials/nguyen-manh-quyen/")
    meeting = page.locator(".met > li").first.get_by_role("listitem").get_by_role("link").first
    expect(meeting).not_to_be_visible()
    page.locator(".met summary").first.focus()
    page.keyboard.press("Enter")
    expect(meeting).to_be_visible()
    assert fits(page)
    page.keyboard.press("Tab")
    expect(meeting).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/20\d\d/\d\d/\d\d/"))
    expect(page.locator("#officials")).to_contain_text("Nguyễn Mạnh Quyền")


def test_a_year_of_meetings_with_somebody_unfolds_where_its_link_leads(
    browser: Browser, make_site: MakeSite
) -> None:
    days = (dt.date(2023, 1, 1) + dt.timedelta(16 * n) for n in range(64))
    project = make_site(
        {
            f"content/articles/m{n}.md": article("officials: [An, Bo, Chi]", date=day.isoformat())
            for n, day in enumerate(days)
        }
    )
    assert project.command("build", "--portable").code == 0
    page = browser.new_page()
    page.goto((project.output / "officials/an/index.html").as_uri())
    page.locator(".met summary", has_text="Chi").click()
    page.get_by_role("link", name="2024").last.click()
    there = page.locator("#met-chi")
    expect(there.get_by_role("link").first).to_be_in_viewport()
    expect(there.get_by_role("link")).to_have_count(23)
    expect(page.locator("#met-bo")).not_to_be_visible()
    page.close()


KINDS_OF_PAGE = (
    *("", "topics/", "topics/economic-diplomacy/", "officials/", "organisations/bo-ngoai-giao/"),
    *("2025/", "2025/12/", "2021/12/13/", "threads/", "about/", "en/", "404.html"),
    *("officials/nguyen-manh-quyen/", "documents/", "documents/105-kh-ubnd/"),
    "threads/2025-12-10-ha-noi-bo-ngoai-giao-quy-che-phoi-hop/",
)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [*WIDTHS, 320])
def test_no_page_is_wider_than_the_window(
    browser: Browser, site: str, width: int, scheme: Scheme
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    for address in KINDS_OF_PAGE:
        page.goto(site + address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert fits(page), address
    context.close()


def test_the_portable_site_works_from_a_disk(browser: Browser, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "content", project / "content")
    shutil.copy(ROOT / "bulletin.toml", project)
    build(Options(project=project, output=tmp_path / "site", portable=True))
    page = browser.new_page()
    page.goto((tmp_path / "site/index.html").as_uri())
    page.get_by_role("main").get_by_role("link", name="Nguyễn Mạnh Quyền").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Mạnh Quyền")
    assert page.url.endswith("/officials/nguyen-manh-quyen/index.html")
    page.close()


def test_the_sections_of_a_small_window_are_a_menu_that_needs_no_script(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 700}, java_script_enabled=False, locale="vi"
    )
    page = context.new_page()
    page.goto(f"{site}topics/")
    topics = page.get_by_role("link", name="Chủ đề", exact=True).first
    expect(topics).not_to_be_visible()
    page.locator(".menu").press("Enter")
    expect(topics).to_be_visible()
    page.keyboard.press("Escape")
    expect(topics).not_to_be_visible()
    page.locator(".menu").click()
    page.get_by_role("link", name="Văn bản", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Văn bản")
    context.close()


def test_a_menu_that_leads_to_the_page_itself_closes(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, locale="vi")
    page = context.new_page()
    page.goto(site)
    page.locator(".menu").click()
    page.get_by_role("link", name="Theo thời gian", exact=True).click()
    expect(page.locator("#sections")).not_to_be_visible()
    expect(page.locator("#dates")).to_be_in_viewport()
    context.close()


def test_the_columns_of_a_year_lead_to_their_months(page: Page, site: str) -> None:
    page.goto(f"{site}2025/")
    december = page.locator(".figures .activity a").last
    expect(december).to_contain_text("tháng 12 năm 2025: 2 hoạt động")
    december.click()
    assert page.url == f"{site}2025/12/"
    page.get_by_role("link", name="tháng 1 năm 2026").click()
    assert page.url == f"{site}2026/01/", "months without a meeting are passed over"
