"""What a reader takes away of an article: one file of it, and a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.test_browser import browser, site

__all__ = ["browser", "site"]

pytestmark = pytest.mark.browser

ARTICLE = "2025/12/30/ky-quy-che-phoi-hop/"
SAVE = "button[data-save]"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def saved(page: Page, address: str, folder: Path) -> Path:
    page.goto(address)
    with page.expect_download() as download:
        page.locator(SAVE).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_saved_article_is_one_file_that_needs_no_other(
    page: Page, context: BrowserContext, site: str, tmp_path: Path
) -> None:
    path = saved(page, site + ARTICLE, tmp_path)
    assert path.name == "ky-quy-che-phoi-hop.html"
    heading = page.get_by_role("heading", level=1).inner_text()
    size = page.get_by_role("heading", level=1).evaluate("e => getComputedStyle(e).fontSize")
    offline, asked = context.new_page(), list[str]()
    offline.on("request", lambda request: asked.append(request.url))
    offline.goto(path.as_uri())
    offline.wait_for_load_state("networkidle")
    assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}
    expect(offline.get_by_role("heading", level=1)).to_have_text(heading)
    assert offline.locator("h1").evaluate("e => getComputedStyle(e).fontSize") == size
    assert offline.locator(".emblem").evaluate("e => e.naturalWidth") > 0


def test_a_saved_article_says_where_it_is_from_and_leads_back(
    page: Page, context: BrowserContext, site: str, tmp_path: Path
) -> None:
    path = saved(page, site + ARTICLE, tmp_path)
    offline = context.new_page()
    offline.goto(path.as_uri())
    today = offline.evaluate(
        "() => new Date().toLocaleDateString('vi', "
        "{ day: '2-digit', month: '2-digit', year: 'numeric' })"
    )
    foot = offline.locator("footer")
    expect(foot).to_contain_text(f"https://example.gov.vn/bulletin/{ARTICLE}")
    expect(foot).to_contain_text(today)
    official = offline.locator("#officials a").first
    assert str(official.get_attribute("href")).startswith(f"{site}officials/")
    assert offline.locator("script:not([type]), button, form, [data-tools]").count() == 0
    thread = offline.locator(".facts a[href='#thread']")
    thread.click()
    assert offline.url == f"{path.as_uri()}#thread"


def test_without_a_script_no_button_is_shown(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + ARTICLE)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(SAVE)).not_to_be_visible()
    context.close()


def test_paper_has_the_article_with_its_address_and_day(page: Page, site: str) -> None:
    page.goto(site + ARTICLE)
    page.emulate_media(media="print")
    for shown in ("h1", ".facts", ".prose", "#officials", "#related"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".sections", ".languages", ".breadcrumbs", ".tools", ".neighbours"):
        expect(page.locator(hidden).first).not_to_be_visible()
    foot = page.locator("footer").inner_text()
    assert f"https://example.gov.vn/bulletin/{ARTICLE}" in foot
    assert page.evaluate("String(new Date().getFullYear())") in foot


def test_what_could_not_be_saved_whole_is_not_saved(page: Page, site: str) -> None:
    page.goto(site + ARTICLE)
    page.route("**/*.css", lambda route: route.fulfill(status=503, body="busy"))
    saves = list[str]()
    page.on("download", lambda download: saves.append(download.url))
    page.locator(SAVE).click()
    expect(page.get_by_role("status")).to_have_text("Không lưu được. Xin thử lại.")
    expect(page.locator(SAVE)).to_be_enabled()
    assert saves == []
