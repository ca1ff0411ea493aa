"""The built site as it meets readers, held against the bars: what is quick of `make audit`.

The sites are the real content and one of everything odd, each with both themes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from benchmarks.on_screen import find_browser
from tests.audit import in_browser, markup, pages, sites
from tests.audit.findings import Finding, Row, listing, table
from tests.audit.sites import Site
from tests.audit.tools import AXE, VNU, missing
from tests.audit.web import host

LOOKED_AT = {
    "real": (
        *(
            "",
            "2025/12/30/ky-quy-che-phoi-hop/",
            "officials/nguyen-manh-quyen/",
            "2025/",
            "2025/12/",
        ),
        *("topics/", "en/", "documents/105-kh-ubnd/", "organisations/bo-ngoai-giao/", "threads/"),
        "search/",
    ),
    "odd": (
        *("", "2025/03/01/tat-ca/", "officials/nguyen-thi-minh-an/", "2025/", "2025/03/01/"),
        *(
            "officials/",
            "topics/ngoai-giao-kinh-te/",
            "en/",
            "gioi-thieu/",
            "2025/12/12/cancelled/",
            "2025/05/12/hop-2/",
            "officials/do-ngoc-lan/",
        ),
        *("threads/2025-05-10-hop-0/", "404.html", "search/", "en/search/"),
    ),
}
"""The pages a browser looks at: as many as tests have the patience for."""

FAULTY = """\
<!doctype html>
<html><head><meta charset="utf-8"><title>T</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>p { width: 30rem }</style></head><body onload="go()">
<main><h2 id="a">Head</h2><p id="a">Wide <a href="#b">link</a> <a href="lost/">lost</a></p>
<img src="https://example.org/x.png"><button>Dead</button></main>
<script>go()</script></body></html>
"""


def need(*tools: Path | str) -> None:
    """Skip the test where a tool is not there; on continuous integration, fail."""
    if lacking := missing(*tools):
        if os.environ.get("CI"):
            pytest.fail(lacking)
        pytest.skip(lacking)


def nothing(found: list[Finding]) -> None:
    assert not found, listing(Row("found", "the site", "", tuple(found)))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and the address where it is served."""
    folder = tmp_path_factory.mktemp("web")
    with host(folder) as address:
        yield folder, address


@pytest.fixture(
    scope="module",
    params=[("real", "bulletin"), ("odd", "bulletin"), ("odd", "plain")],
    ids="-".join,
)
def site(
    request: pytest.FixtureRequest,
    web: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    name, theme = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1780000000")
        return sites.make(name, theme, tmp_path_factory.mktemp("work"), *web)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        path = find_browser() or started.chromium.executable_path
        if not Path(path).exists():
            message = "no Chromium: install it, or run `.venv/bin/playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        yield started


@pytest.fixture(scope="module")
def usual(playwright: Playwright) -> Iterator[Browser]:
    with in_browser.browser(playwright.chromium) as opened:
        yield opened


@pytest.fixture(scope="module")
def large(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose text is twice as large."""
    with in_browser.browser(playwright.chromium, large_text=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def some(site: Site) -> list[str]:
    """Pages of each kind."""
    return sites.of_each_kind(site.pages(), 3)


@pytest.fixture(scope="module")
def found(site: Site, some: list[str]) -> dict[str, list[Finding]]:
    return pages.static_findings(site.folder, some)


@pytest.mark.parametrize("bar", ["policy", "hosts", "sizes", "ids", "links"])
def test_every_page_is_clean(found: dict[str, list[Finding]], bar: str) -> None:
    nothing(found[bar])


def test_home_and_articles_are_light(site: Site) -> None:
    for address in filter(pages.is_home_or_article, site.pages()):
        weight = pages.weight_of(site.folder, address)
        assert weight.bytes <= pages.MOST_BYTES, address
        assert weight.requests <= pages.MOST_REQUESTS, address


def test_the_checker_of_html_finds_no_error(site: Site, some: list[str]) -> None:
    need("java", VNU)
    files = [path for path in markup.checked_files(site.folder) if path.suffix != ".html"]
    files += [pages.page_file(site.folder, address) for address in some]
    nothing(markup.errors(site.folder, files))


@pytest.fixture
def looked_at(site: Site) -> list[str]:
    """All of them but the search, in a theme that has none."""
    name, theme = site.name.split("-")
    searched = theme != "plain"
    chosen = [address for address in LOOKED_AT[name] if searched or not pages.is_search(address)]
    assert set(chosen) <= set(site.pages())
    return chosen


@pytest.mark.browser
def test_no_page_is_wider_than_320_pixels(site: Site, usual: Browser, looked_at: list[str]) -> None:
    nothing(in_browser.overflow(usual, site.root, looked_at, (in_browser.NARROWEST,)))


@pytest.mark.browser
def test_nothing_is_cut_off_where_text_is_twice_as_large(
    site: Site, large: Browser, looked_at: list[str]
) -> None:
    nothing(in_browser.overflow(large, site.root, looked_at, in_browser.WIDTHS))


@pytest.mark.browser
def test_nothing_moves_is_refused_or_needs_javascript(
    site: Site, usual: Browser, looked_at: list[str]
) -> None:
    found = in_browser.behaviour(usual, site.root, looked_at)
    if found["shifts"]:
        # A busy machine may show a page it has not read to its end; what shifts for another reason
        # does so again.
        again = sorted({shift.page for shift in found["shifts"]})
        found["shifts"] = in_browser.behaviour(usual, site.root, again)["shifts"]
    for findings in found.values():
        nothing(findings)


@pytest.mark.browser
def test_axe_finds_no_violation(site: Site, usual: Browser, looked_at: list[str]) -> None:
    need(AXE)
    looks: list[in_browser.Look] = [(1280, "light"), (360, "dark")]
    nothing(in_browser.accessibility(usual, site.root, looked_at, looks))


def test_only_a_theme_with_scripts_asks_for_any(site: Site, some: list[str]) -> None:
    files = [pages.page_file(site.folder, address) for address in some]
    kinds = {kind for path in files for kind, _ in pages.read(path).loaded}
    assert ("script" in kinds) == site.name.endswith("-bulletin")
    assert kinds <= {"stylesheet", "icon", "img", "source", "script"}
    assert (site.folder / "search").exists() == site.name.endswith("-bulletin")


def read(site: Site, address: str) -> str:
    """What stands in the middle of a page."""
    text = pages.page_file(site.folder, address).read_text("utf-8")
    return text.split("<main")[1].split("</main>")[0]


def part(text: str, name: str) -> str:
    return text.split(f'<section id="{name}">')[1].split("</section>")[0]


only_plain = pytest.mark.parametrize("site", [("odd", "plain")], ids="-".join, indirect=True)


@only_plain
def test_plain_says_what_is_not_as_usual(site: Site) -> None:
    article = read(site, "2025/05/12/hop-2/")
    to = "../../../../2025/05/"
    cancelled = f'<p class="status">Hủy</p>\n<p class="title"><a href="{to}13/hop-3/">'
    thread = part(article, "thread")
    assert cancelled in thread
    assert cancelled in part(article, "related")
    assert "<h3>Nhánh khác</h3>" in thread
    assert f'Tiếp nối: <a href="{to}11/hop-1/">Họp lần 1</a>' in thread
    assert "mới là dự kiến" in read(site, "2025/12/10/planned/")
    changes = part(read(site, "2025/03/01/tat-ca/"), "changes").split("<li>")[1:]
    assert ["Đính chính" in change for change in changes] == [True, False]


@only_plain
def test_plain_leads_to_years_once_and_tells_facts(site: Site) -> None:
    assert read(site, "officials/do-ngoc-lan/").count('lan/2023/">') == 1
    ministry = read(site, "organisations/bo-ngoai-giao/")
    assert "<dd>BNG</dd>" in ministry
    assert "<dd>ngày 28 tháng 8 năm 1945</dd>" in ministry
    assert '<p class="when">Kế hoạch</p>' in read(site, "documents/101-kh-ubnd/")


@pytest.mark.browser
def test_what_is_wrong_is_found(web: tuple[Path, str], usual: Browser, large: Browser) -> None:
    folder, address = web
    site = folder / "faulty"
    site.mkdir()
    (site / "index.html").write_text(FAULTY, "utf-8")
    static = pages.static_findings(site, [""])
    assert {finding.what for finding in static["policy"]} == {
        "inline script: go()",
        "attribute: body onload",
        "style-src 'unsafe-inline'",
        "base-uri is not 'none'",
        "form-action is open",
        "inline style the policy does not know",
    }
    assert [len(static[bar]) for bar in ("hosts", "sizes", "ids", "links")] == [1, 1, 1, 2]
    root = f"{address}faulty/"
    usually = in_browser.overflow(usual, root, [""], (320, 1280))
    assert {one.what.split(":")[0] for one in usually} == {"at 320"}
    enlarged = in_browser.overflow(large, root, [""], (320, 600))
    assert {one.what.split(":")[0] for one in enlarged} == {"at 320", "at 600"}
    behaviour = in_browser.behaviour(usual, root, [""])
    assert any("another host" in finding.what for finding in behaviour["heard"])
    assert [one.what for one in behaviour["javascript"]] == ["a control that needs JavaScript"]
    if AXE.exists():
        rules = {one.what.split(":")[0] for one in in_browser.accessibility(usual, root, [""])}
        assert {"html-has-lang", "image-alt", "page-has-heading-one"} <= rules


def test_a_style_the_policy_knows_and_a_search_page_are_let_through() -> None:
    policy = "default-src 'none'; base-uri 'none'; form-action 'self'; script-src 'self'"
    strict = pages.Markup(policies=[policy])
    assert list(pages.policy_faults(strict)) == []
    search = pages.Markup(policies=[f"{policy} 'wasm-unsafe-eval'"])
    assert list(pages.policy_faults(search, is_search=True)) == []
    assert list(pages.policy_faults(search)) == ["script-src 'wasm-unsafe-eval'"]
    style = "'sha256-j3gZHvOUDSh3gHGeqLsb+lSgTIhsYZ6/GhZf0zbUxdk='"
    styled = pages.Markup(policies=[f"{policy}; style-src {style}"], styles=["other"])
    assert list(pages.policy_faults(styled)) == ["inline style the policy does not know"]


def test_pages_of_each_kind_are_chosen() -> None:
    some = ["2025/", "2024/", "2025/03/", "2025/03/01/a/", "2024/01/02/b/", "2023/01/01/c/"]
    some += ["", "en/", "en/topics/", "topics/a/", "topics/b/", "topics/", "officials/x/"]
    assert sites.of_each_kind(some, 1) == [
        *("", "2023/01/01/c/", "2024/", "2025/03/", "en/", "en/topics/", "officials/x/"),
        *("topics/", "topics/a/"),
    ]


def test_the_table_says_what_was_missed() -> None:
    rows = [Row("A", "s", "3 pages"), Row("B", "s", "3 pages", (Finding("bad", "", "there"),))]
    assert table(rows).splitlines()[2:] == [
        "| A | s | 3 pages | yes |",
        "| B | s | 3 pages | **no** |",
    ]
    assert listing(rows[1]) == "B, s:\n  1 × bad\n      / there"
