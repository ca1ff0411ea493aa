"""What only a browser knows of a page: accessibility, overflow, shifts, life without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page, Request, Response

from benchmarks.on_screen import find_browser
from tests.audit.findings import Finding
from tests.audit.tools import AXE

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LARGE_TEXT = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
"""The browser's own text size doubled, as a reader sets it."""

HEIGHT = 800
WIDTHS = (1280, 360)
NARROWEST = 320
Scheme = Literal["light", "dark"]
Look = tuple[int, Scheme]
LOOKS: tuple[Look, ...] = ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"))
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

_AXE = """
async tags => {
  const result = await axe.run(document, {
    runOnly: {type: 'tag', values: tags},
    rules: {'target-size': {enabled: true}},
    resultTypes: ['violations'],
  });
  return result.violations.flatMap(rule => rule.nodes.map(node => ({
    rule: rule.id, help: rule.help, target: node.target.flat().join(' '),
    why: node.any.concat(node.all, node.none).map(check => check.message).join('; '),
  })));
}
"""

# What stands outside the window although nobody hid it. A box that scrolls by itself may hold more
# than it shows; what is only for screen readers is clipped away.
_OUTSIDE = """
() => {
  const width = document.documentElement.clientWidth;
  const hidden = element => {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath !== 'none' || style.position === 'fixed') return true;
      if (at.matches('.skip')) return true;
      if (at !== element && ['auto', 'scroll'].includes(style.overflowX)) return true;
    }
    return !element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  };
  const name = element => element.tagName.toLowerCase()
    + (element.id ? '#' + element.id : '')
    + [...element.classList].map(one => '.' + one).join('');
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth)
    found.push(`the page is ${document.documentElement.scrollWidth}px wide`);
  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.right > width + 1 || box.left < -1) {
      const place = `from ${Math.round(box.left)} to ${Math.round(box.right)}`;
      if (!hidden(element)) found.push(`${name(element)} ${place}`);
    } else if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth
        && ['hidden', 'clip'].includes(getComputedStyle(element).overflowX)
        && element.innerText?.trim() && !hidden(element)) {
      found.push(`${name(element)} cuts off its text`);
    }
  }
  return found.slice(0, 5);
}
"""

_SHIFTS = """
() => new Promise(done => {
  let total = 0;
  const sources = new Set();
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      total += entry.value;
      for (const source of entry.sources) sources.add(source.node?.nodeName ?? '?');
    }
  }).observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done([total, [...sources].join(' ')])));
})
"""

_HREFS = """
() => [...document.querySelectorAll('a[href]')]
  .filter(link => link.protocol.startsWith('http')
    && link.checkVisibility({visibilityProperty: true}))
  .map(link => link.href)
"""

# Without JavaScript only what the browser does by itself may ask to be used.
_DEAD = """
() => [...document.querySelectorAll('button, input, select, textarea, [role=button], [onclick]')]
  .filter(control => control.checkVisibility({visibilityProperty: true})
    && !control.closest('form[action]') && !control.hasAttribute('popovertarget')
    && !['checkbox', 'radio'].includes(control.type))
  .map(control => control.outerHTML.slice(0, 80))
"""


@contextmanager
def browser(kind: BrowserType, large_text: bool = False) -> Iterator[Browser]:
    path = find_browser() or kind.executable_path
    arguments = [*ARGUMENTS, LARGE_TEXT] if large_text else ARGUMENTS
    opened = kind.launch(executable_path=path, args=arguments)
    yield opened
    opened.close()


@dataclass
class Heard:
    """What a page asked for and complained about."""

    host: str
    findings: list[Finding] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    address: str = ""

    def listen(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._say(f"script fails: {error}"))

    def _response(self, got: Response) -> None:
        if got.status >= HTTPStatus.BAD_REQUEST:
            self._say(f"{got.status} {got.url}")

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._say(f"console: {said.text}")

    def _say(self, what: str) -> None:
        # A page of its own says in its status that it is not there.
        if not self.address.endswith("404.html"):
            self.findings.append(Finding(what.replace(self.host, ""), self.address))

    def _request(self, asked: Request) -> None:
        self.requests.append(asked.url)
        split = urlsplit(asked.url)
        if split.scheme not in ("data", "blob") and split.netloc != urlsplit(self.host).netloc:
            self._say(f"asks another host: {asked.url}")

    def _failed(self, asked: Request) -> None:
        # Leaving a page ends what it still loads; that is no failure of the site.
        if asked.failure != "net::ERR_ABORTED":
            self._say(f"{asked.failure}: {asked.url}")


@contextmanager
def tab(opened: Browser, root: str, width: int, javascript: bool = True) -> Iterator[Visit]:
    """A tab of so many pixels for the site at `root`."""
    context = opened.new_context(
        viewport={"width": width, "height": HEIGHT}, java_script_enabled=javascript
    )
    visit = Visit(context.new_page(), root)
    yield visit
    context.close()


class Visit:
    """A tab that goes from page to page; `heard` has what went wrong on the way."""

    def __init__(self, page: Page, root: str) -> None:
        self.page, self.root = page, root
        self.heard = Heard(root)
        self.heard.listen(page)

    def go(self, address: str) -> None:
        self.heard.address = address
        self.heard.requests.clear()
        self.page.goto(self.root + address, wait_until="load")
        self.page.evaluate(_SETTLED)

    def show(self, width: int, scheme: Scheme = "light") -> None:
        """The same page, of another width or in another colour scheme."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(_SETTLED)

    def _finding(self, what: str, where: str = "") -> Finding:
        return Finding(what, self.heard.address, where)

    def accessibility(self, looks: Sequence[Look]) -> list[Finding]:
        """What axe says of the page in these widths and schemes."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = []
        for width, scheme in looks:
            self.show(width, scheme)
            for node in self._list(_AXE, list(TAGS)):
                where = f"{width} {scheme}: {node['target']}: {node['why'][:200]}"
                found.append(self._finding(f"{node['rule']}: {node['help']}", where))
        return found

    def overflow(self) -> list[Finding]:
        width = self.page.viewport_size or {"width": 0}
        return [self._finding(f"at {width['width']}: {what}") for what in self._list(_OUTSIDE)]

    def shifts(self) -> list[Finding]:
        total, nodes = self._list(_SHIFTS)
        return [self._finding(f"layout shift of {total:.4f}", nodes)] if total else []

    def dead_controls(self) -> list[Finding]:
        return [
            self._finding("a control that needs JavaScript", what) for what in self._list(_DEAD)
        ]

    def links(self) -> set[str]:
        return set(self._list(_HREFS))

    def text(self) -> str:
        return str(self.page.evaluate("document.querySelector('main').innerText"))

    def _list(self, script: str, argument: object = None) -> list[Any]:
        found: list[Any] = self.page.evaluate(script, argument)
        return found


def accessibility(
    opened: Browser, root: str, addresses: Sequence[str], looks: Sequence[Look] = LOOKS
) -> list[Finding]:
    """What axe finds on these pages."""
    with tab(opened, root, WIDTHS[0]) as visit:
        found = []
        for address in addresses:
            visit.go(address)
            found += visit.accessibility(looks)
    return found


def overflow(
    opened: Browser, root: str, addresses: Sequence[str], widths: Sequence[int]
) -> list[Finding]:
    """What does not fit into the window at these widths."""
    with tab(opened, root, widths[0]) as visit:
        found = []
        for address in addresses:
            visit.go(address)
            for width in widths:
                visit.show(width)
                found += visit.overflow()
    return found


def behaviour(opened: Browser, root: str, addresses: Sequence[str]) -> dict[str, list[Finding]]:
    """Shifts of the layout, what pages ask for and complain about, at both widths; what is there
    only with JavaScript."""
    found: dict[str, list[Finding]] = {"shifts": [], "heard": [], "javascript": []}
    with tab(opened, root, WIDTHS[0], javascript=False) as without:
        for width in WIDTHS:
            with tab(opened, root, width) as visit:
                for address in addresses:
                    visit.go(address)
                    found["shifts"] += visit.shifts()
                    if width == WIDTHS[0]:
                        found["javascript"] += _lost(visit, without)
                found["heard"] += visit.heard.findings
    return found


def _lost(visit: Visit, without: Visit) -> list[Finding]:
    """What the page a tab is at lacks without JavaScript: links, its text, controls that work."""
    address = visit.heard.address
    without.page.goto(without.root + address)
    without.heard.address = address
    lost = sorted(visit.links() - without.links())
    found = [Finding("a link that needs JavaScript", address, one) for one in lost]
    found += without.dead_controls()
    if not without.text().strip():
        found.append(Finding("an empty page without JavaScript", address))
    return found
