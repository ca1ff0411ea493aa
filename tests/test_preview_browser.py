"""The live preview as an editor meets it: the real command, real files, a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import MakeSite
from tests.sites import Site, article, entry
from tests.test_browser import browser

__all__ = ["browser"]

pytestmark = pytest.mark.browser

TOML = '[site]\ntitle = "Bulletin"\nlanguage = "en"\nbase_url = "https://example.org/"\n'
LONG = "\n\n".join(f"Paragraph {number} of the text." for number in range(60))
A = "2025/12/10/a/"


class Serving:
    """`bulletin serve` of a project."""

    def __init__(self, site: Site, *options: str) -> None:
        self.site = site
        command = [sys.executable, "-m", "generator", "serve", "--project", str(site.root)]
        self.process = subprocess.Popen(
            [*command, *(options or ("--port", "0"))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().split(": ", 1)[1].strip()

    @property
    def port(self) -> str:
        return self.address.rstrip("/").rpartition(":")[2]

    def stop(self) -> str:
        """End it as Ctrl-C does; what it printed."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        return out


Serve = Callable[..., Serving]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Serving] = []

    def start(site: Site, *options: str) -> Serving:
        running.append(Serving(site, *options))
        return running[-1]

    yield start
    for serving in running:
        if serving.process.poll() is None:
            serving.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    # Marks the document, so that a reload shows; counts what is shown in place.
    context.add_init_script(
        "window.shown = 0; addEventListener('bulletin:shown', () => { window.shown += 1; });"
    )
    yield context
    context.close()


def open_page(context: BrowserContext, address: str) -> Page:
    """A page whose connection stands."""
    # Who asks for no page is answered when there is a site; a browser is shown that it is awaited.
    context.request.get(address, headers={"Accept": "*/*"})
    page = context.new_page()
    page.goto(address)
    expect(live(page)).to_be_visible()
    page.evaluate("window.kept = true")
    return page


def live(page: Page) -> Locator:
    """What the bar shows while the connection stands and all is worked out."""
    return page.locator(".strip .dot.live")


def overlay(page: Page) -> Locator:
    return page.locator(".overlay")


def test_a_save_is_shown_in_place(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    details = "<details><summary>More</summary>Hidden text.</details>\n\n"
    toml = TOML + "[markup]\nraw_html = true\n"
    site = make_site({"content/articles/a.md": article(body=details + LONG)}, toml=toml)
    page = open_page(context, serve(site).address + A)
    page.get_by_text("More", exact=True).click()
    link = page.get_by_role("contentinfo").get_by_role("link").first
    link.focus()
    page.evaluate("scrollTo(0, 500)")
    site.write("content/articles/a.md", article(body=details + LONG + "\n\nA new end."))
    expect(page.get_by_text("A new end.")).to_be_attached()
    assert page.evaluate("[scrollY, window.kept, window.shown]") == [500, True, 1]
    expect(page.get_by_text("Hidden text.")).to_be_visible()
    expect(link).to_be_focused()


def test_pages_that_are_not_affected_do_not_move_and_lead_to_the_one_that_is(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    files = {f"content/articles/{name}.md": article(title=name) for name in ("a", "b")}
    site = make_site(files, toml=TOML)
    serving = serve(site)
    page = open_page(context, serving.address + "2025/12/10/b/")
    summary = article("summary: The same.", title="a", body="One.")
    site.write("content/articles/a.md", summary)
    expect(page.locator(".notice")).to_contain_text("Saved: a")
    expect(live(page)).to_be_visible()
    before = page.evaluate("window.shown")
    site.write("content/articles/a.md", summary.replace("One.", "Two."))
    other = open_page(context, serving.address + A)
    expect(other.get_by_text("Two.")).to_be_visible()
    assert page.evaluate("[window.kept, window.shown]") == [True, before]
    page.get_by_role("link", name="Go there").click()
    expect(page.get_by_text("Two.")).to_be_visible()


def test_a_changed_style_is_swapped_without_a_reload(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article()}, toml=TOML)
    page = open_page(context, serve(site).address + A)
    for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
        site.write("templates/static/bulletin.css", f"h1 {{ color: {colour} }}")
        expect(page.get_by_role("heading", level=1)).to_have_css("color", colour)
    assert page.evaluate("window.kept")
    expect(page.locator("head link[rel=stylesheet]")).to_have_count(1)


def test_templates_and_the_configuration_take_effect(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article()}, toml=TOML)
    page = open_page(context, serve(site).address + A)
    override = "{% extends 'theme/article.html' %}{% block related %}<p>From a template</p>"
    site.write("templates/article.html", override + "{% endblock %}")
    expect(page.get_by_text("From a template")).to_be_visible()
    site.write("bulletin.toml", TOML.replace("Bulletin", "Another name"))
    expect(page).to_have_title("A meeting – Another name")
    site.remove("templates/article.html")
    expect(page.get_by_text("From a template")).to_have_count(0)
    assert page.evaluate("window.kept")


def test_an_error_lies_over_the_last_good_page_until_it_is_mended(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    files = {f"content/articles/{name}.md": article(body=f"Text of {name}.") for name in "ab"}
    site = make_site(files, toml=TOML)
    serving = serve(site)
    page = open_page(context, serving.address + A)
    site.write("content/articles/a.md", article("topics: [x", body="Other."))
    expect(overlay(page)).to_contain_text("content/articles/a.md:4:")
    expect(overlay(page)).to_contain_text("topics: [x")
    expect(page.get_by_text("Text of a.")).to_be_visible()
    assert page.evaluate("window.kept")
    # While another file is saved, and on its page, it is only counted.
    site.write("content/articles/b.md", article(body="New text of b."))
    other = open_page(context, serving.address + "2025/12/10/b/")
    expect(other.get_by_role("button", name="1 error")).to_be_visible()
    expect(overlay(other)).to_be_hidden()
    other.get_by_role("button", name="1 error").click()
    expect(other.get_by_text("content/articles/a.md:4:")).to_be_visible()
    site.write("content/articles/a.md", article(body="Mended."))
    expect(page.get_by_text("Mended.")).to_be_visible()
    expect(overlay(page)).to_be_hidden()
    expect(live(page)).to_be_visible()
    out = serving.stop()
    assert "content/articles/a.md:4:" in out
    assert out.count("No errors any more") == 1


def test_drafts_are_badged_and_readers_do_not_see_them(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    files = {
        "content/articles/a.md": article("draft: true", title="A draft"),
        "content/articles/b.md": article("published: 2099-01-01", title="Not yet"),
        "content/articles/c.md": article(title="Public"),
    }
    site = make_site(files, toml=TOML)
    serving = serve(site)
    page = open_page(context, serving.address)
    main = page.get_by_role("main")
    for title in ("A draft", "Not yet", "Public"):
        expect(main.get_by_role("link", name=title).first).to_be_visible()
    expect(main.get_by_text("Draft", exact=True).first).to_be_visible()
    expect(main.get_by_text("Not yet public", exact=True).first).to_be_visible()
    page.get_by_role("link", name="As readers see it").click()
    expect(main.get_by_role("link", name="Public").first).to_be_visible()
    expect(main.get_by_role("link", name="A draft")).to_have_count(0)
    expect(main.get_by_role("link", name="Not yet")).to_have_count(0)
    main.get_by_role("link", name="Public").first.click()
    expect(page).to_have_url(re.compile("/_preview/readers/2025/12/10/c/$"))
    expect(live(page)).to_be_visible()
    site.write("content/articles/c.md", article(title="Public", body="For all."))
    expect(page.get_by_text("For all.")).to_be_visible()
    page.get_by_role("link", name="With drafts").click()
    expect(page).to_have_url(serving.address + "2025/12/10/c/")


def test_the_bar_tells_of_the_page(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    files = {
        f"content/articles/{name}.md": article(
            "documents: [59-NQ/TW]", title=f"Meeting {name}", body="Three words here."
        )
        for name in "ab"
    }
    files |= {f"content/articles/o{n}.md": article(date=f"2025-0{n}-10") for n in range(1, 9)}
    site = make_site(files, toml=TOML)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(context, serve(site).address + A)
    expect(page.get_by_text("3 words")).to_be_visible()
    page.get_by_role("button", name="Copy the path").first.click()
    expect(page.locator(".copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied in ("content/articles/a.md", str(site.root / "content/articles/a.md"))
    editor = page.get_by_role("link", name="Open in VS Code").first.get_attribute("href")
    assert editor == f"vscode://file{site.root / 'content/articles/a.md'}:1:1"
    page.get_by_role("button", name="Related meetings").click()
    expect(page.get_by_role("link", name="Meeting b").last).to_be_visible()
    expect(page.get_by_text("same document", exact=False).first).to_be_visible()


def test_every_tab_is_told(make_site: MakeSite, serve: Serve, context: BrowserContext) -> None:
    site = make_site({"content/articles/a.md": article(body="Old.")}, toml=TOML)
    address = serve(site).address + A
    pages = [open_page(context, address) for _ in range(9)]
    site.write("content/articles/a.md", article(body="New."))
    for page in pages:
        expect(page.get_by_text("New.")).to_be_visible()


def test_the_connection_comes_back_when_the_server_does(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article(body="Old.")}, toml=TOML)
    first = serve(site)
    page = open_page(context, first.address + A)
    first.stop()
    expect(live(page)).to_have_count(0)
    site.write("content/articles/a.md", article(body="Written meanwhile."))
    serve(site, "--port", first.port)
    expect(page.get_by_text("Written meanwhile.")).to_be_visible()
    expect(live(page)).to_be_visible()
    assert page.evaluate("window.kept")


def test_a_new_file_opens_its_page(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article()}, toml=TOML)
    serving = serve(site)
    page = open_page(context, serving.address)
    assert site.command("new", "article", "A visit").code == 0
    expect(page).to_have_url(serving.address + "2026/01/15/a-visit/")
    expect(page.get_by_role("heading", name="A visit")).to_be_visible()


def test_files_that_come_are_renamed_and_go(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article()}, toml=TOML)
    serving = serve(site)
    page = open_page(context, serving.address + "2025/12/10/new/")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    site.write("content/articles/new.md", article(title="It has come"))
    expect(page.get_by_role("heading", name="It has come")).to_be_visible()
    site.write("content/officials/lan.md", entry("Lan"))
    site.write("content/articles/new.md", article("officials: [lan]", title="It has come"))
    expect(page.get_by_role("main").get_by_role("link", name="Lan").first).to_be_visible()
    renamed = site.root / "content/articles/newer.md"
    (site.root / "content/articles/new.md").rename(renamed)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    renamed.unlink()
    home = open_page(context, serving.address)
    expect(home.get_by_role("link", name="It has come")).to_have_count(0)


def test_a_picture_that_is_saved_anew_is_shown_anew(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    def picture(width: int) -> str:
        size = f'width="{width}" height="10"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size}/></svg>'

    site = make_site({"content/articles/a.md": article(body="![Sign](b.svg)")}, toml=TOML)
    site.write("content/articles/b.svg", picture(10))
    page = open_page(context, serve(site).address + A)
    shown = page.get_by_role("img", name="Sign")
    expect(shown).to_have_js_property("naturalWidth", 10)
    site.write("content/articles/b.svg", picture(20))
    expect(shown).to_have_js_property("naturalWidth", 20)
    assert page.evaluate("window.kept")


def test_a_checkout_of_many_files_is_shown_at_once(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    def files(word: str) -> dict[str, str]:
        return {
            f"content/articles/{n:03}.md": article(title=f"{word} {n}", body=f"{word}.")
            for n in range(500)
        }

    def git(*arguments: str) -> None:
        subprocess.run(("git", "-C", str(site.root), *arguments), check=True, capture_output=True)

    site = make_site(files("First"), toml=TOML)
    (site.root / ".gitignore").write_text(".bulletin\n", "utf-8")
    git("init", "-q", "-b", "main")
    git("config", "user.email", "someone@example.org")
    git("config", "user.name", "Someone")
    for word in ("First", "Second"):
        for path, text in files(word).items():
            site.write(path, text)
        git("add", "--all")
        git("commit", "-q", "-m", word)
    page = open_page(context, serve(site).address + "2025/12/10/499/")
    git("checkout", "-q", "HEAD~1")
    expect(page.get_by_role("heading", name="First 499")).to_be_visible()
    expect(live(page)).to_be_visible()
    assert page.evaluate("[window.kept, window.shown]") == [True, 1]


def test_a_search_that_was_not_built_says_that_it_does_not_work(
    make_site: MakeSite, serve: Serve, context: BrowserContext
) -> None:
    site = make_site({"content/articles/a.md": article()}, toml=TOML)
    page = open_page(context, serve(site).address + "search/?q=hop")
    expect(page.locator(".outcome .count")).to_contain_text("The search does not work")
    assert not Path(site.root / "site").exists()
