"""The preview's client, alone with a server that says what a test wants, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, expect

from generator.i18n import Translator
from generator.preview_records import Candidate, Fault, PageInfo, Saved, State, Tie
from generator.preview_words import words
from tests.preview_stage import CLIENT, Stage
from tests.test_browser import SCHEMES, Scheme
from tests.test_browser import browser as browser  # the fixture

pytestmark = pytest.mark.browser

TALL = '<div class="tall"></div>'
CSS = ".tall { height: 3000px } p { color: rgb(1, 1, 1) }"


def page_of(body: str, head: str = "", lang: str = "en", title: str = "One") -> str:
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="/a.css">\n{head}</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def paragraphs(*texts: str) -> str:
    return "\n".join(f"<p>{text}</p>" for text in texts)


ONE = page_of(f"<h1>One</h1>\n{paragraphs('first', 'second', 'third')}\n{TALL}")


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage({"one/": ONE, "two/": page_of("<h1>Two</h1>")})
    made.files["a.css"] = ("text/css", CSS.encode())
    yield made
    made.stop()


@contextmanager
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(
        "window.shown = []; addEventListener('bulletin:shown', (e) => shown.push(e.detail.etag))"
    )
    yield context.new_page()
    context.close()


@contextmanager
def without_failures(opened: Page) -> Iterator[Page]:
    failures: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            failures.append(message.text)

    def fail(error: Error) -> None:
        failures.append(str(error))

    opened.on("pageerror", fail)
    opened.on("console", hear)
    yield opened
    opened.remove_listener("pageerror", fail)
    opened.remove_listener("console", hear)
    # What it still loads is not of interest any more.
    opened.goto("about:blank")
    # That there is nobody at an address is what some tests are about.
    assert [text for text in failures if not re.search("status of (404|503)|ERR_C", text)] == []


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[Page]:
    """One tab for most tests, each with an origin of its own: a new one takes the browser as long
    as many a test."""
    with tab(browser) as opened:
        yield opened


@pytest.fixture
def page(shared: Page) -> Iterator[Page]:
    with without_failures(shared) as opened:
        yield opened


@pytest.fixture
def own(browser: Browser) -> Iterator[Page]:
    """A tab whose clock, scripts or media a test changes."""
    with tab(browser) as made, without_failures(made) as opened:
        yield opened


def visit(page: Page, stage: Stage, address: str = "one/") -> None:
    """Open a page, and wait until its client has heard all that is said first."""
    page.goto(stage.url(address))
    stage.looks.get(timeout=20)
    expect(page.locator(".strip .dot")).to_have_class("dot live")
    page.evaluate("window.marker = 'the same document'")


def wait_for(page: Page, etag: str) -> None:
    page.wait_for_function("(etag) => shown.at(-1) === etag", arg=etag)


def is_same_document(page: Page) -> bool:
    return bool(page.evaluate("window.marker === 'the same document'"))


def watch(page: Page) -> None:
    """Note from now on whatever happens to the page."""
    page.evaluate(
        """() => {
          window.changes = [];
          new MutationObserver((all) => changes.push(...all.map(({type}) => type))).observe(
            document, {subtree: true, childList: true, attributes: true, characterData: true});
        }"""
    )


def fault(
    path: str = "content/articles/one.md",
    line: int = 3,
    column: int = 9,
    *,
    is_error: bool = True,
    fresh: bool = True,
    text: str = "There is no topic “x”.",
    excerpt: str = "topics: trống, y",
) -> Fault:
    return Fault(
        path=path,
        line=line,
        column=column,
        code="no-topic",
        is_error=is_error,
        text=text,
        hint="Add it.",
        excerpt=excerpt,
        file=f"/home/an/bản tin/{path}",
        fresh=fresh,
    )


def wrong(number: int, *faults: Fault, saved: tuple[Saved, ...] = ()) -> State:
    errors = sum(each.is_error for each in faults)
    return State(
        number=number,
        faults=faults,
        errors=errors,
        warnings=len(faults) - errors,
        saved=saved,
        saved_total=len(saved),
    )


INFO = PageInfo(
    source="content/articles/one.md",
    file="/home/an/bản tin/content/articles/one.md",
    sources=("content/articles/one.md", "content/articles/one.en.md"),
    words=1640,
    has_related=True,
)


# The page in place


def test_a_saved_page_is_shown_without_moving(page: Page, stage: Stage) -> None:
    visit(page, stage)
    page.evaluate("scrollTo(0, 900); window.nodes = [...document.querySelectorAll('p')]")
    etag = stage.save("one/", ONE.replace("second", "second, mended"))
    wait_for(page, etag)
    expect(page.locator("p").nth(1)).to_have_text("second, mended")
    assert page.evaluate("scrollY") == 900
    assert page.evaluate("nodes.every((each, at) => each === document.querySelectorAll('p')[at])")
    assert is_same_document(page)


def test_what_the_person_opened_and_typed_stays(page: Page, stage: Stage) -> None:
    def body(first: str, *summaries: str) -> str:
        details = "".join(
            f"<li><details><summary>{each}</summary>{each}!</details></li>" for each in summaries
        )
        fields = '<input name="q" value=""><textarea></textarea><input type="checkbox">'
        return page_of(f"<p>{first}</p><form>{fields}</form><ul>{details}</ul>")

    stage.pages["one/"] = body("one", "A", "B", "C")
    visit(page, stage)
    page.locator("summary", has_text="B").click()
    page.locator("textarea").fill("a note")
    page.locator("input[type=checkbox]").check()
    page.locator("input[name=q]").fill("search")
    page.locator("input[name=q]").evaluate("(field) => field.setSelectionRange(2, 4)")
    wait_for(page, stage.save("one/", body("two, and more", "new", "A", "B", "C")))
    expect(page.locator("details[open] summary")).to_have_text(["B"])
    expect(page.locator("textarea")).to_have_value("a note")
    expect(page.locator("input[type=checkbox]")).to_be_checked()
    field = page.locator("input[name=q]")
    expect(field).to_be_focused()
    expect(field).to_have_value("search")
    assert field.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [2, 4]


def test_the_focus_stays_with_the_same_link(page: Page, stage: Stage) -> None:
    def body(*names: str) -> str:
        links = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in names)
        return page_of(f"<ul>{links}</ul>")

    stage.pages["one/"] = body("b", "c", "d")
    visit(page, stage)
    page.locator("a", has_text="c").focus()
    wait_for(page, stage.save("one/", body("a", "b", "new", "c", "e")))
    expect(page.locator("a", has_text="c")).to_be_focused()


def test_a_selection_stays_where_the_text_did(page: Page, stage: Stage) -> None:
    visit(page, stage)
    page.evaluate(
        """() => {
          const text = document.querySelectorAll('p')[2].firstChild;
          getSelection().setBaseAndExtent(text, 1, text, 4);
        }"""
    )
    more = ("new", "first", "second", "a third")
    wait_for(page, stage.save("one/", page_of(f"<h1>One</h1>\n{paragraphs(*more)}\n{TALL}")))
    assert page.evaluate("String(getSelection())") == "hir"


def test_a_new_paragraph_leaves_the_others_alone(page: Page, stage: Stage) -> None:
    visit(page, stage)
    page.evaluate("window.third = document.querySelectorAll('p')[2]")
    watch(page)
    more = ("new", "first", "second", "third")
    wait_for(page, stage.save("one/", page_of(f"<h1>One</h1>\n{paragraphs(*more)}\n{TALL}")))
    expect(page.locator("p")).to_have_text(more)
    assert page.evaluate("third === document.querySelectorAll('p')[3]")
    assert page.evaluate("[...new Set(changes)]") == ["childList"]


def test_all_else_of_a_page_follows(page: Page, stage: Stage) -> None:
    visit(page, stage)
    other = page_of(
        "<main><h2>Khác</h2></main>",
        head='<meta name="robots" content="noindex">\n<link rel="canonical" href="/x">\n'
        '<script type="application/ld+json">{"a": 1}</script>\n',
        lang="vi",
        title="Khác",
    ).replace("<body>", '<body class="home">')
    wait_for(page, stage.save("one/", other))
    expect(page).to_have_title("Khác")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator("body")).to_have_class("home")
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", "noindex")
    expect(page.locator("head script")).to_have_count(1)
    wait_for(page, stage.save("one/", ONE))
    expect(page).to_have_title("One")
    assert page.locator("body").get_attribute("class") is None
    expect(page.locator("meta[name=robots]")).to_have_count(0)
    expect(page.locator("head script")).to_have_count(0)


@pytest.mark.parametrize("seed", range(6))
def test_any_page_becomes_any_other(page: Page, stage: Stage, seed: int) -> None:
    """What is on screen is what a browser makes of the bytes served."""
    texts = [f"text {number * (seed + 3) % 7}" for number in range(seed + 2)]
    parts = [
        *(f'<p id="p{text[-1]}">{text}</p>' if seed % 2 else f"<p>{text}</p>" for text in texts),
        "<section><h2>Heading</h2><ul><li>1<li>2</ul></section>",
        "<table><tr><td>cell</table><!-- note -->",
        "<template><b>t</b></template><svg><rect width='1'/></svg>plain text",
    ]
    visit(page, stage)
    for turn in range(4):
        body = "\n".join(parts[turn:] + parts[: turn * seed % 5])
        wait_for(page, stage.save("one/", page_of(body)))
        assert page.evaluate(
            """(html) => {
              const wanted = new DOMParser().parseFromString(html, 'text/html');
              return document.body.innerHTML.trim() === wanted.body.innerHTML.trim();
            }""",
            stage.pages["one/"],
        )


def test_a_page_that_is_not_affected_does_not_move(page: Page, stage: Stage) -> None:
    visit(page, stage)
    watch(page)
    stage.say(stage.page_message({"view": "editors", "path": "one/", "etag": stage.etag("one/")}))
    stage.say(stage.page_message({"view": "editors", "path": "one/", "etag": ""}))
    stage.tell(State(number=2, settled=False))
    expect(page.locator(".strip .dot")).to_have_class("dot unsettled")
    assert page.evaluate("changes") == []
    assert page.evaluate("shown") == []


def test_of_many_pages_the_last_stays(page: Page, stage: Stage) -> None:
    visit(page, stage)
    messages = []
    for number in range(40):
        stage.pages["one/"] = page_of(f"<h1>{number}</h1>{'<p>x</p>' * number}")
        messages.append(stage.page_message({"view": "editors", "path": "one/", "etag": ""}))
    stage.say(*messages)
    wait_for(page, stage.etag("one/"))
    expect(page.locator("h1")).to_have_text("39")
    expect(page.locator("p")).to_have_count(39)
    assert page.evaluate("shown.length") == 40


def test_a_page_that_is_gone_and_comes_back(page: Page, stage: Stage) -> None:
    visit(page, stage)
    wait_for(page, stage.remove("one/"))
    expect(page.locator("h1")).to_have_text("404")
    wait_for(page, stage.save("one/", ONE))
    expect(page.locator("h1")).to_have_text("One")
    assert is_same_document(page)


def test_a_page_that_comes_to_be_is_shown_at_its_anchor(page: Page, stage: Stage) -> None:
    visit(page, stage, "new/#there")
    expect(page.locator("h1")).to_have_text("404")
    wait_for(page, stage.save("new/", page_of(f'{TALL}<h2 id="there">There</h2>{TALL}')))
    expect(page.locator("h2")).to_be_in_viewport()


# Style sheets and scripts


def sample_colours(page: Page) -> None:
    """Note the colour of the first paragraph in every frame."""
    page.evaluate(
        """() => {
          window.colours = [];
          const note = () => {
            const colour = getComputedStyle(document.querySelector('p')).color;
            if (colour !== colours.at(-1)) colours.push(colour);
            requestAnimationFrame(note);
          };
          note();
        }"""
    )


def colours_seen(page: Page) -> list[str]:
    """What was noted up to the next frame, so that the colour that is shown now is among it."""
    seen: list[str] = page.evaluate(
        "() => new Promise((give) => requestAnimationFrame("
        "() => requestAnimationFrame(() => give(colours))))"
    )
    return seen


def with_sheets(*names: str) -> str:
    links = "".join(f'<link rel="stylesheet" href="/{name}.css">\n' for name in names)
    return page_of(paragraphs("text"), head=links)


def test_style_sheets_change_without_a_flash(page: Page, stage: Stage) -> None:
    for name, colour in {"b1": 10, "c1": 20, "b2": 30, "c2": 40}.items():
        stage.files[f"{name}.css"] = ("text/css", f"p {{ color: rgb({colour}, 0, 0) }}".encode())
    stage.pages["one/"] = with_sheets("b1", "c1")
    visit(page, stage)
    sample_colours(page)
    stage.held = {name: threading.Event() for name in ("b2.css", "c2.css")}
    wait_for(page, stage.save("one/", with_sheets("b2", "c2")))
    stage.held["b2.css"].set()
    page.wait_for_function("() => performance.getEntriesByName(origin + '/b2.css').length")
    assert colours_seen(page) == ["rgb(20, 0, 0)"]
    stage.held["c2.css"].set()
    expect(page.locator("p")).to_have_css("color", "rgb(40, 0, 0)")
    page.wait_for_function("() => colours.length > 1")
    assert colours_seen(page) == ["rgb(20, 0, 0)", "rgb(40, 0, 0)"]
    sheets = "[...document.querySelectorAll('link')].map((link) => link.outerHTML)"
    assert page.evaluate(sheets) == [
        f'<link rel="stylesheet" href="/{name}.css">' for name in ("a", "b2", "c2")
    ]
    assert is_same_document(page)


def test_of_style_sheets_that_still_load_the_last_wins(page: Page, stage: Stage) -> None:
    for name, colour in {"b1": 10, "b2": 20, "b3": 30}.items():
        stage.files[f"{name}.css"] = ("text/css", f"p {{ color: rgb({colour}, 0, 0) }}".encode())
    stage.pages["one/"] = with_sheets("b1")
    visit(page, stage)
    sample_colours(page)
    stage.held = {"b2.css": threading.Event()}
    wait_for(page, stage.save("one/", with_sheets("b2")))
    wait_for(page, stage.save("one/", with_sheets("b3")))
    expect(page.locator("p")).to_have_css("color", "rgb(30, 0, 0)")
    stage.held["b2.css"].set()
    expect(page.locator("head link")).to_have_count(2)
    assert colours_seen(page) == ["rgb(10, 0, 0)", "rgb(30, 0, 0)"]


def test_a_style_sheet_that_is_missing_or_inline_holds_nothing_up(page: Page, stage: Stage) -> None:
    visit(page, stage)
    gone = ONE.replace('"/a.css"', '"/none.css"')
    wait_for(page, stage.save("one/", gone))
    expect(page.locator("p").first).to_have_css("color", "rgb(0, 0, 0)")
    wait_for(page, stage.save("one/", ONE))
    expect(page.locator("p").first).to_have_css("color", "rgb(1, 1, 1)")


def test_a_changed_script_loads_the_page_again(page: Page, stage: Stage) -> None:
    for name in ("x1", "x2"):
        stage.files[f"{name}/t.js"] = ("text/javascript", f"window.ran = '{name}'".encode())
    script = '<script src="/{}/t.js"></script>\n'
    stage.pages["one/"] = page_of("<p>1</p>", head=script.format("x1"))
    visit(page, stage)
    assert page.evaluate("ran") == "x1"
    stage.save("one/", page_of("<p>2</p>", head=script.format("x2")))
    page.wait_for_function("() => window.ran === 'x2'")
    expect(page.locator("p")).to_have_text("2")


def test_a_script_that_only_moved_does_not(page: Page, stage: Stage) -> None:
    """As when another of the theme's files was changed."""
    for name in ("x1", "x2"):
        stage.files[f"{name}/t.js"] = ("text/javascript", b"document.body.append('ran')")
    script = '<script src="/{}/t.js" defer></script>\n'
    stage.pages["one/"] = page_of("<p>1</p>", head=script.format("x1"))
    visit(page, stage)
    with page.expect_response(re.compile("x2/t.js")):
        stage.save("one/", page_of("<p>2</p>", head=script.format("x2")))
    wait_for(page, stage.save("one/", page_of("<p>3</p>", head=script.format("x2"))))
    expect(page.locator("p")).to_have_text("3")
    assert is_same_document(page)


def test_pictures_that_were_saved_are_shown(page: Page, stage: Stage) -> None:
    def picture(width: int) -> tuple[str, bytes]:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="9"></svg>'
        return "image/svg+xml", svg.encode()

    stage.files["media/x.svg"] = picture(11)
    stage.pages["one/"] = page_of('<img src="/media/x.svg" alt="">')
    visit(page, stage)
    page.wait_for_function("() => document.images[0].naturalWidth === 11")
    stage.files["media/x.svg"] = picture(22)
    saved = Saved("content/media/x.svg", "", None)
    stage.tell(State(number=2, saved=(saved,), saved_total=1))
    page.wait_for_function("() => document.images[0].naturalWidth === 22")
    assert is_same_document(page)


# The connection


def test_it_says_at_once_what_is_looked_at(page: Page, stage: Stage) -> None:
    page.goto(stage.url("_preview/readers/one/"))
    look = stage.looks.get(timeout=20)
    etag = stage.etag("one/")
    assert look == {
        "type": "look",
        "view": "readers",
        "path": "one/",
        "etag": etag,
        "active": look["active"],
    }
    page.evaluate("dispatchEvent(new Event('focus'))")
    assert stage.looks.get(timeout=20)["active"]


def test_it_comes_back_by_itself_and_nothing_moves(page: Page, stage: Stage) -> None:
    visit(page, stage)
    watch(page)
    stage.stop()
    expect(page.locator(".strip .dot")).to_have_class("dot lost")
    expect(page.locator(".about > .lost:not(.dot)")).to_be_visible()
    stage.start()
    look = stage.looks.get(timeout=20)
    assert look["etag"] == stage.etag("one/")
    expect(page.locator(".strip .dot")).to_have_class("dot live")
    assert page.evaluate("changes") == []


def test_it_shows_what_was_saved_while_the_server_was_away(page: Page, stage: Stage) -> None:
    visit(page, stage)
    stage.stop()
    stage.pages["one/"] = ONE.replace("second", "mended")
    stage.start()
    wait_for(page, stage.etag("one/"))
    expect(page.locator("p").nth(1)).to_have_text("mended")


@pytest.mark.parametrize("event", ["online", "visibilitychange"])
def test_it_comes_back_at_once_when_there_is_reason(own: Page, stage: Stage, event: str) -> None:
    own.clock.install()
    visit(own, stage)
    stage.stop()
    own.clock.run_for(5000)
    expect(own.locator(".strip .dot")).to_have_class("dot lost")
    stage.start()
    target = "window" if event == "online" else "document"
    # No time passes on this clock but what is said here.
    own.clock.pause_at("2100-01-01")
    own.evaluate(f"{target}.dispatchEvent(new Event('{event}'))")
    stage.looks.get(timeout=20)
    expect(own.locator(".strip .dot")).to_have_class("dot live")


def test_a_page_kept_for_the_back_button_asks_anew(page: Page, stage: Stage) -> None:
    visit(page, stage)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    stage.until(lambda: not stage.listeners)
    stage.pages["one/"] = ONE.replace("second", "mended")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    wait_for(page, stage.etag("one/"))
    expect(page.locator("p").nth(1)).to_have_text("mended")


def test_it_goes_to_a_page_that_was_begun_once(page: Page, stage: Stage) -> None:
    visit(page, stage, "_preview/readers/one/")
    stage.tell(State(number=2, open="two/"))
    page.wait_for_url(stage.url("two/"))
    stage.looks.get(timeout=20)
    page.goto(stage.url("one/"))
    stage.looks.get(timeout=20)
    expect(page.locator(".strip .dot")).to_have_class("dot live")
    assert page.url == stage.url("one/")


def test_the_progress_is_shown_until_there_is_a_site(page: Page, stage: Stage) -> None:
    stage.pages["one/"] = page_of("<main></main>")
    stage.status = 503
    stage.first = lambda _look: [
        {"type": "waiting", "stage": "Reading", "done": 1200, "total": 4000}
    ]
    page.goto(stage.url("one/"))
    waiting = page.locator(".waiting")
    expect(waiting).to_contain_text("The site is getting ready")
    expect(waiting).to_contain_text("Reading")
    expect(waiting).to_contain_text("1,200 of 4,000")
    expect(waiting.get_by_role("progressbar")).to_have_attribute("value", "1200")
    expect(page.locator(".strip .dot")).to_have_class("dot unsettled")
    stage.looks.get(timeout=20)
    stage.status, stage.first = 200, stage.usual
    stage.save("one/", ONE)
    expect(page.locator("h1")).to_have_text("One")
    expect(waiting).to_be_hidden()


# The bar


def test_the_bar_says_what_there_is_to_know(page: Page, stage: Stage) -> None:
    stage.info = msgspec.structs.replace(INFO, held_back="draft", held_back_text="Draft")
    stage.state = wrong(1, fault("content/other.md", fresh=False), fault(is_error=False))
    visit(page, stage)
    bar = page.get_by_role("region", name="Preview")
    expect(bar.locator(".badge")).to_have_text("Draft")
    expect(bar.locator(".path")).to_contain_text("content/articles/one.md")
    expect(bar.get_by_role("link", name="Open in VS Code")).to_have_attribute(
        "href", "vscode://file/home/an/b%E1%BA%A3n%20tin/content/articles/one.md:1:1"
    )
    expect(bar.get_by_role("button", name="1 error, 1 warning")).to_be_visible()
    expect(bar).to_contain_text("1,640 words")
    stage.info = PageInfo(words=1)
    wait_for(page, stage.save("one/", ONE.replace("first", "1st")))
    expect(bar).to_contain_text("1 word")
    for part in (".badge", ".path", ".related"):
        expect(bar.locator(part)).to_be_hidden()


def test_nothing_wrong_is_said_too(page: Page, stage: Stage) -> None:
    visit(page, stage)
    expect(page.locator(".bar")).to_contain_text("No problems")
    expect(page.locator(".bar .problems")).to_be_hidden()


def test_the_path_is_copied(own: Page, stage: Stage) -> None:
    own.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.info = INFO
    visit(own, stage)
    own.get_by_role("button", name="Copy the path").click()
    expect(own.locator(".copied")).to_have_text("Copied")
    expect(own.get_by_role("status")).to_have_text("Copied")
    assert own.evaluate("navigator.clipboard.readText()") == "content/articles/one.md"


def test_the_path_is_copied_where_the_page_is_not_trusted(own: Page, stage: Stage) -> None:
    """As over http from another device."""
    stage.info = INFO
    own.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit(own, stage)
    own.evaluate(
        "document.addEventListener('copy', () => window.copied = String(getSelection())"
        " || document.activeElement.value)"
    )
    own.get_by_role("button", name="Copy the path").click()
    expect(own.locator(".copied")).to_have_text("Copied")
    assert own.evaluate("copied") == "content/articles/one.md"
    expect(own.locator("textarea")).to_have_count(0)


def test_the_views_lead_to_each_other(page: Page, stage: Stage) -> None:
    visit(page, stage)
    expect(page.get_by_role("link", name="With drafts")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="As readers see it").click()
    page.wait_for_url(stage.url("_preview/readers/one/"))
    stage.looks.get(timeout=20)
    readers = page.get_by_role("link", name="As readers see it")
    expect(readers).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="With drafts").click()
    page.wait_for_url(stage.url("one/"))


def test_a_page_readers_do_not_have(page: Page, stage: Stage) -> None:
    stage.info = PageInfo(other_view=False)
    visit(page, stage)
    expect(page.get_by_role("link", name="As readers see it")).to_have_attribute(
        "title", "Readers do not have this page"
    )


def test_the_bar_folds_and_stays_folded(page: Page, stage: Stage) -> None:
    stage.state = wrong(1, fault(is_error=False))
    visit(page, stage)
    page.get_by_role("button", name="Fold the bar").press("Enter")
    expect(page.locator(".strip")).to_be_hidden()
    corner = page.get_by_role("button", name="Unfold the bar")
    expect(corner).to_be_focused()
    expect(corner).to_contain_text("1 warning")
    page.reload()
    expect(corner).to_be_visible()
    expect(page.locator(".strip")).to_be_hidden()
    corner.press("Enter")
    expect(page.locator(".strip")).to_be_visible()
    expect(page.get_by_role("button", name="Fold the bar")).to_be_focused()


def test_the_bar_is_there_before_the_connection(own: Page, stage: Stage) -> None:
    """With what it knows of the page before."""
    visit(own, stage)
    own.add_init_script("window.WebSocket = class { close() {} }")
    own.goto(stage.url("two/"))
    expect(own.locator(".strip .dot")).to_have_class("dot connecting")


def test_nothing_of_the_page_is_hidden_below_the_bar(page: Page, stage: Stage) -> None:
    stage.pages["one/"] = page_of(f"{TALL}<p id='last'>last</p>")
    visit(page, stage)
    for _fold in range(2):
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        last = page.locator("#last").bounding_box()
        bar = page.locator(".bar").bounding_box()
        assert last
        assert bar
        assert last["y"] + last["height"] <= bar["y"]
        assert bar["height"] >= 24
        page.get_by_role("button", name="Fold the bar").click()


def test_no_theme_is_above_the_bar_or_reaches_into_it(page: Page, stage: Stage) -> None:
    greedy = (
        "div.above { position: fixed; inset: 0; z-index: 2147483647; background: red }"
        "* { font: 40px serif !important; color: red !important; display: block !important }"
        "html { font-size: 3px }"
    )
    stage.files["greedy.css"] = ("text/css", greedy.encode())
    head = '<link rel="stylesheet" href="/greedy.css">'
    visit(page, stage)
    before = page.locator(".bar").bounding_box()
    stage.pages["two/"] = page_of('<div class="above"></div>', head=head)
    visit(page, stage, "two/")
    assert page.locator(".bar").bounding_box() == before
    expect(page.locator(".words")).to_have_count(1)
    page.get_by_role("button", name="Fold the bar").click()
    expect(page.get_by_role("button", name="Unfold the bar")).to_be_visible()


def test_it_is_not_printed(own: Page, stage: Stage) -> None:
    visit(own, stage)
    expect(own.locator(".bar")).to_be_visible()
    height = own.evaluate("document.documentElement.offsetHeight")
    own.emulate_media(media="print")
    expect(own.locator(".bar")).to_be_hidden()
    assert own.evaluate("document.documentElement.offsetHeight") < height


def test_the_page_itself_is_as_built(page: Page, stage: Stage) -> None:
    """Style sheets and scripts of the theme find nothing of the preview in it."""
    visit(page, stage)
    page.locator(".bar").wait_for()
    assert page.evaluate(
        """async () => {
          const served = await (await fetch(location.href)).text();
          const wanted = new DOMParser().parseFromString(served, 'text/html');
          wanted.querySelector('script').remove();
          return document.head.isEqualNode(wanted.head) && document.body.isEqualNode(wanted.body)
            && document.documentElement.attributes.length === 1;
        }"""
    )


# Problems


def overlay(page: Page) -> Locator:
    return page.locator(".overlay")


def test_an_error_covers_the_page_until_it_is_mended(page: Page, stage: Stage) -> None:
    stage.info = INFO
    visit(page, stage)
    watch(page)
    stage.tell(wrong(2, fault(), fault(line=9), fault(is_error=False)))
    expect(overlay(page)).to_be_visible()
    expect(overlay(page).get_by_role("heading")).to_have_text("2 errors")
    expect(overlay(page).get_by_role("listitem")).to_have_count(2)
    item = overlay(page).get_by_role("listitem").first
    expect(item).to_contain_text("content/articles/one.md:3:9")
    expect(item).to_contain_text("There is no topic “x”.")
    expect(item).to_contain_text("Add it.")
    expect(item.locator("pre")).to_have_text("3topics: trống, y")
    expect(item.locator("mark")).to_have_text("trống")
    expect(item.get_by_role("link", name="Open in VS Code")).to_have_attribute(
        "href", "vscode://file/home/an/b%E1%BA%A3n%20tin/content/articles/one.md:3:9"
    )
    expect(page.get_by_role("status")).to_have_text("2 errors. There is no topic “x”.")
    expect(page.locator("h1")).to_be_visible()
    stage.tell(wrong(3, fault(line=9)))
    expect(overlay(page).get_by_role("listitem")).to_have_count(1)
    stage.tell(State(number=4))
    expect(overlay(page)).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("No errors any more")
    assert page.evaluate("changes") == []


URGENT = (
    (fault("content/a.md"), INFO, 200, True),
    (fault("content/a.md", fresh=False), INFO, 200, False),
    (fault("content/articles/one.en.md", fresh=False), INFO, 200, True),
    (fault("bulletin.toml", fresh=False), INFO, 200, True),
    (fault("templates/base.html", fresh=False), INFO, 200, True),
    (fault("content/a.md", fresh=False), PageInfo(), 404, True),
    (fault("content/a.md", is_error=False), INFO, 404, False),
)


@pytest.mark.parametrize(("problem", "info", "status", "covers"), URGENT)
def test_which_problems_cover_the_page(
    page: Page, stage: Stage, problem: Fault, info: PageInfo, status: int, covers: bool
) -> None:
    stage.info, stage.state = info, wrong(1, problem)
    visit(page, stage, "one/" if status == 200 else "none/")
    expect(page.locator("button.problems")).to_be_visible()
    expect(overlay(page)).to_be_visible(visible=covers)


@pytest.mark.parametrize("way", ["key", "button", "beside"])
def test_the_overlay_is_put_away_until_the_next_save(page: Page, stage: Stage, way: str) -> None:
    saved = (Saved("content/articles/one.md", "One", "one/"),)
    stage.info = INFO
    visit(page, stage)
    unsettled = msgspec.structs.replace(wrong(2, fault(), saved=saved), settled=False)
    stage.tell(unsettled)
    expect(overlay(page)).to_be_visible()
    if way == "key":
        page.keyboard.press("Escape")
    elif way == "button":
        page.get_by_role("button", name="Hide until the next save").click()
    else:
        overlay(page).click(position={"x": 4, "y": 4})
    expect(overlay(page)).to_be_hidden()
    stage.tell(wrong(3, fault(), saved=saved))
    expect(page.locator(".strip .dot")).to_have_class("dot live")
    expect(overlay(page)).to_be_hidden()
    visit(page, stage, "two/")
    expect(page.locator("button.problems")).to_be_visible()
    expect(overlay(page)).to_be_hidden()
    stage.tell(wrong(4, fault(), saved=saved))
    expect(overlay(page)).to_be_visible()


def test_the_overlay_does_not_take_the_focus_from_a_field(page: Page, stage: Stage) -> None:
    stage.pages["one/"] = page_of(f'<input id="q">{TALL}')
    visit(page, stage)
    page.locator("#q").press_sequentially("ab")
    stage.tell(wrong(2, fault()))
    expect(overlay(page)).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("c")
    page.keyboard.press("Escape")
    expect(overlay(page)).to_be_hidden()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("abc")


def test_esc_puts_errors_away_before_anything_else(page: Page, stage: Stage) -> None:
    visit(page, stage)
    stage.tell(wrong(2, fault("content/two.md"), saved=(Saved("content/two.md", "Two", "two/"),)))
    expect(overlay(page)).to_be_visible()
    expect(page.locator(".notice")).to_be_visible()
    page.keyboard.press("Escape")
    expect(overlay(page)).to_be_hidden()
    expect(page.locator(".notice")).to_be_hidden()


def test_errors_before_there_is_a_page(page: Page, stage: Stage) -> None:
    stage.pages["one/"] = page_of("<main></main>")
    stage.status, stage.state = 503, wrong(1, fault("bulletin.toml"))
    page.goto(stage.url("one/"))
    expect(overlay(page)).to_be_visible()
    expect(overlay(page)).not_to_contain_text("Behind this")
    expect(page.locator(".waiting")).to_be_hidden()


def test_keys_scroll_the_overlay_where_nothing_has_the_focus(page: Page, stage: Stage) -> None:
    visit(page, stage)
    stage.tell(wrong(2, *(fault(line=line) for line in range(1, 30))))
    expect(overlay(page)).to_be_focused()
    page.keyboard.press("End")
    expect(overlay(page).get_by_role("listitem").last).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    button = page.get_by_role("button", name="Hide until the next save")
    expect(button).to_be_in_viewport()
    button.press("Enter")
    expect(page.get_by_role("button", name="29 errors")).to_be_focused()


def test_other_problems_are_in_a_list(page: Page, stage: Stage) -> None:
    others = [fault(f"content/{n}.md", fresh=False, is_error=n < 2) for n in range(5)]
    stage.state = msgspec.structs.replace(wrong(1, *others), warnings=1003)
    visit(page, stage)
    expect(overlay(page)).to_be_hidden()
    button = page.get_by_role("button", name="2 errors, 1,003 warnings")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    panel = page.get_by_role("region", name="Problems")
    expect(panel.get_by_role("listitem")).to_have_count(5)
    expect(panel).to_contain_text("and 1,000 more")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("group")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    button.click()
    expect(panel).to_be_visible()
    stage.tell(State(number=2))
    expect(panel).to_be_hidden()


LINES = (
    ("topics: trống", 9, ("topics: ", "trống", "")),
    # One character to a person and to Python, two to JavaScript.
    ("𝄞𝄞 [x]", 4, ("𝄞𝄞 ", "[", "x]")),
    ("date: ", 7, ("date: ", "", "")),
    ("date: ", 99, ("date: ", "", "")),
    ("a whole line", 0, ("a whole line", "", "")),
    ("\u0065\u0302\u0323x y", 1, ("", "\u0065\u0302\u0323x", " y")),
    ("a" * 100 + " b " + "c" * 200, 102, ("…" + "a" * 69 + " ", "b", " " + "c" * 108 + "…")),
    ("x" * 300, 0, ("x" * 110 + "…", "", "")),
)


@pytest.mark.parametrize(("line", "column", "parts"), LINES)
def test_the_mark_is_on_the_word_at_the_column(
    page: Page, stage: Stage, line: str, column: int, parts: tuple[str, str, str]
) -> None:
    visit(page, stage)
    found = page.evaluate(
        """async ([line, column]) => {
          const { markedLine } = await import('/_preview/faults.js');
          const { before, marked, after } = markedLine(line, column);
          return [before, marked, after];
        }""",
        [line, column],
    )
    assert "".join(found) == "".join(parts)
    if column:
        assert tuple(found) == parts


PATHS = (
    ("/home/an/x.md", 3, 8, "vscode://file/home/an/x.md:3:8"),
    ("/a b/#?%.md", 0, 0, "vscode://file/a%20b/%23%3F%25.md:1:1"),
    ("C:\\Bản tin\\x.md", 1, 0, "vscode://file/C:/B%E1%BA%A3n%20tin/x.md:1:1"),
)


@pytest.mark.parametrize(("file", "line", "column", "address"), PATHS)
def test_the_address_that_opens_an_editor(
    page: Page, stage: Stage, file: str, line: int, column: int, address: str
) -> None:
    visit(page, stage)
    found = page.evaluate(
        """async (place) => {
          const { editorAddress } = await import('/_preview/parts.js');
          return editorAddress(...place);
        }""",
        [file, line, column],
    )
    assert found == address


# What was saved, and what is related


def saving(number: int, *saved: Saved, total: int = 0) -> State:
    return State(number=number, saved=saved, saved_total=total or len(saved))


def test_a_notice_leads_to_another_page_that_was_saved(own: Page, stage: Stage) -> None:
    own.clock.install()
    visit(own, stage)
    notice = own.locator(".notice")
    stage.tell(saving(2, Saved("content/two.md", "Two", "two/"), total=3))
    expect(notice).to_contain_text("Saved: Two and 2 other files")
    expect(own.get_by_role("status")).to_have_text("Saved: Two and 2 other files")
    notice.hover()
    own.clock.run_for(20_000)
    expect(notice).to_be_visible()
    own.mouse.move(0, 0)
    own.clock.run_for(9000)
    expect(notice).to_be_hidden()
    stage.tell(saving(3, Saved("content/two.md", "Two", "two/")))
    expect(notice).to_contain_text("Saved: Two")
    own.keyboard.press("Escape")
    expect(notice).to_be_hidden()
    stage.tell(saving(4, Saved("content/two.md", "Two", "two/")))
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()
    stage.tell(saving(5, Saved("content/two.md", "Two", "two/")))
    notice.get_by_role("link", name="Go there").click()
    own.wait_for_url(stage.url("two/"))
    stage.looks.get(timeout=20)
    expect(own.locator(".strip .dot")).to_have_class("dot live")
    expect(notice).to_be_hidden()


ON_SCREEN = (
    Saved("content/articles/one.md", "One", "one/"),
    Saved("content/articles/one.en.md", "One in English", "en/one/"),
    Saved("content/media/x.jpg", "", None),
)


@pytest.mark.parametrize("saved", ON_SCREEN)
def test_there_is_no_notice_where_there_is_nowhere_to_go(
    page: Page, stage: Stage, saved: Saved
) -> None:
    stage.info = INFO
    visit(page, stage)
    stage.tell(saving(2, Saved("content/two.md", "Two", "two/")))
    expect(page.locator(".notice")).to_be_visible()
    stage.tell(saving(3, saved))
    expect(page.get_by_role("status")).to_have_text(f"Saved: {saved.title or saved.path}")
    expect(page.locator(".notice")).to_be_hidden()


def test_one_save_is_told_once(page: Page, stage: Stage) -> None:
    saved = Saved("content/two.md", "Two", "two/")
    visit(page, stage)
    stage.tell(msgspec.structs.replace(saving(2, saved), settled=False))
    expect(page.locator(".notice")).to_be_visible()
    page.keyboard.press("Escape")
    stage.tell(saving(3, saved))
    expect(page.locator(".strip .dot")).to_have_class("dot live")
    expect(page.locator(".notice")).to_be_hidden()


CANDIDATES = [
    Candidate("Two", "30/12/2025", "two/", "16.28", (Tie("same topic: x", "9.10"),), ""),
    Candidate("Three", "1/1/2025", "three/", "0.40", (), "below the threshold of 1.5"),
]


def test_related_meetings_are_explained(page: Page, stage: Stage) -> None:
    stage.info, stage.related = INFO, list(CANDIDATES)
    visit(page, stage, "_preview/readers/one/")
    button = page.get_by_role("button", name="Related meetings")
    button.click()
    panel = page.get_by_role("region", name="Related meetings")
    expect(panel.locator(".candidate")).to_have_count(2)
    assert stage.asked == ["view=readers&path=one%2F"]
    first, other = panel.locator(".candidate").all()
    expect(first).to_contain_text("16.28")
    expect(first).to_contain_text("30/12/2025")
    expect(first.get_by_role("listitem")).to_have_text("same topic: x9.10")
    expect(first.get_by_role("link", name="Two")).to_have_attribute(
        "href", "/_preview/readers/two/"
    )
    expect(panel.get_by_role("heading", level=3)).to_have_text("Not shown:")
    expect(other).to_contain_text("below the threshold of 1.5")
    stage.related = CANDIDATES[:1]
    stage.tell(State(number=2))
    expect(panel.locator(".candidate")).to_have_count(1)
    stage.related = []
    wait_for(page, stage.save("one/", ONE.replace("first", "1st")))
    expect(panel).to_contain_text("Nothing is related to it.")
    button.click()
    expect(panel).to_be_hidden()


def test_only_one_panel_is_open(page: Page, stage: Stage) -> None:
    stage.info, stage.state = INFO, wrong(1, fault(is_error=False))
    visit(page, stage)
    page.get_by_role("button", name="1 warning").click()
    page.get_by_role("button", name="Related meetings").click()
    expect(page.locator(".panel:visible")).to_have_count(1)
    expect(page.get_by_role("region", name="Related meetings")).to_be_visible()


# For all eyes, hands and screens

ALL_OPEN = wrong(
    2,
    fault(text="Không có chủ đề nào tên là “quan-he-song-phuong-va-da-phuong-lau-dai”. " * 3),
    fault("content/articles/2025-12-10-" + "ten-rat-dai-" * 9 + ".md", excerpt="x" * 900),
    fault(is_error=False),
    saved=(Saved("content/two.md", "Đoàn đại biểu thành phố " * 5, "two/"),),
)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [320, 360, 700, 1280, 2560])
def test_all_of_it_fits_and_can_be_hit_and_read(
    browser: Browser, stage: Stage, width: int, scheme: Scheme
) -> None:
    name = "content/articles/2025-12-10-" + "ten-rat-dai-" * 9 + ".md"
    stage.info = msgspec.structs.replace(
        INFO, source=name, held_back="scheduled", held_back_text="Chưa công bố", other_view=False
    )
    stage.related = CANDIDATES
    context = browser.new_context(
        viewport={"width": width, "height": 640}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    visit(page, stage)
    look_over(page)
    stage.tell(ALL_OPEN)
    expect(overlay(page)).to_be_visible()
    look_over(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="2 errors, 1 warning").click()
    look_over(page)
    page.get_by_role("button", name="Related meetings").click()
    expect(page.locator(".candidate")).to_have_count(2)
    look_over(page)
    page.get_by_role("button", name="Fold the bar").click()
    look_over(page)
    context.close()


def look_over(page: Page) -> None:
    """Nothing is wider than the window, too small to hit, or too pale to read."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(LOOK_OVER) == []


LOOK_OVER = r"""() => {
  const root = document.querySelector('bulletin-preview').shadowRoot;
  const isShown = (each) => each.checkVisibility() && !each.closest('.unseen');
  const all = [...root.querySelectorAll('.frame *')].filter(isShown);
  const faults = [];
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const backOf = (each) => {
    const parent = each.parentElement;
    const under = parent ? backOf(parent) : matchMedia('(prefers-color-scheme: dark)').matches
      ? [0, 0, 0] : [255, 255, 255];
    return over(channels(getComputedStyle(each).backgroundColor), under);
  };
  const light = (colour) => colour
    .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  for (const each of all) {
    const { left, right, width, height } = each.getBoundingClientRect();
    const name = `${each.localName}.${each.className}`;
    if (each instanceof SVGElement) continue;
    if (left < -0.5 || right > innerWidth + 0.5) faults.push(`${name}: ${left} to ${right}`);
    if (each.matches('a, button') && (width < 24 || height < 24)) {
      faults.push(`${name} is small: ${width} × ${height}`);
    }
    if (![...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const back = backOf(each);
    const [low, high] = [light(back), light(over(channels(getComputedStyle(each).color), back))]
      .sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) faults.push(`${name} is pale: ${contrast}`);
  }
  return faults;
}"""


def test_all_of_it_is_reached_by_the_keyboard(page: Page, stage: Stage) -> None:
    stage.info, stage.state = INFO, wrong(1, fault(is_error=False))
    stage.pages["one/"] = page_of('<a href="/two/">Two</a>')
    visit(page, stage)
    reached = []
    for _stop in range(9):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const inside = document.activeElement.shadowRoot?.activeElement;
                  return (inside ?? document.activeElement).textContent.trim();
                }"""
            )
        )
    names = ("Two", "one.md", "", "1 warning", "Related", "With drafts", "As readers", "Fold")
    assert all(name in text for name, text in zip(names, reached, strict=False)), reached


# Words


def test_the_client_has_all_its_words_and_no_others() -> None:
    source = "\n".join(path.read_text("utf-8") for path in CLIENT.glob("*.js"))
    own = source.replace((CLIENT / "idiomorph.js").read_text("utf-8"), "")
    used = set(re.findall(r"\bwords\.([a-z_]+)", own))
    for names in re.findall(r"const \{([^}]*)\} = (?:this\.)?words;", own):
        used |= {name.strip() for name in names.split(",")}
    used |= {"connecting", "live", "lost", "unsettled"}  # by the kind of the dot
    assert used == set(words(Translator("en")))


def test_the_words_come_in_the_language_of_the_site(page: Page, stage: Stage) -> None:
    stage.words = {**stage.words, "language": "vi", "word_count": "{count} chữ"}
    stage.info = INFO
    visit(page, stage)
    expect(page.locator(".words")).to_have_text("1.640 chữ")
    assert page.locator(".frame").get_attribute("lang") == "vi"


def test_the_client_is_small_and_loaded_at_once() -> None:
    """Modules of a few screens, named where loading begins, and nothing a strict policy refuses."""
    modules = {path.stem: path.read_text("utf-8") for path in CLIENT.glob("*.js")}
    named = re.search(r"modules = \[([^]]*)\]", modules["preview"])
    assert named
    assert set(re.findall(r"\w+", named[1])) == set(modules) - {"preview"}
    del modules["idiomorph"]
    for name, text in modules.items():
        assert text.count("\n") <= 400, name
        assert not re.search(r"innerHTML =|insertAdjacentHTML|\beval\b|new Function", text), name
