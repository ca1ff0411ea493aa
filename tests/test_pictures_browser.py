"""Pictures as a browser shows them: the one that fits, in its place, and nothing moves."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import MakeSite
from tests.sites import article
from tests.test_browser import browser
from tests.test_pictures import TOML, gradient, saved, svg, telling

__all__ = ["browser"]

pytestmark = pytest.mark.browser

BODY = "Text.\n\n![Wide](wide.jpg)\n\n![Small](small.png)\n\n![Drawn](drawn.svg)\n\n![M](m.gif)\n"

# What is told of a picture that was loaded.
_SHOWN = """() => Promise.all([...document.images].map(async (image) => {
  image.loading = "eager";
  await image.decode();
  const { width, height } = image.getBoundingClientRect();
  return { shown: image.currentSrc.split("/").pop(), width, height };
}))"""

_SHIFTS = """() => new Promise((resolve) => {
  let shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts)));
})"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(make_site: MakeSite) -> Iterator[str]:
    """The address of a page with pictures of all sorts."""
    image = "image: {src: lead.jpg, alt: Lead, caption: C, credit: D}"
    frames = [gradient(60, 40).rotate(90 * number) for number in range(3)]
    site = make_site(
        {
            "content/articles/2025-01-02-a.md": article(image, date="2025-01-02", body=BODY),
            "content/media/lead.jpg": saved(gradient(1500, 2400), "JPEG", exif=telling(6)),
            "content/media/wide.jpg": saved(gradient(2400, 600), "JPEG"),
            "content/media/small.png": saved(gradient(90, 60, "RGBA"), "PNG"),
            "content/media/drawn.svg": svg('<rect width="40" height="20"/><script>x()</script>'),
            "content/media/m.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        },
        TOML,
    )
    assert site.command("build").code == 0
    handler = functools.partial(_Quiet, directory=str(site.root / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/2025/01/02/a/"
    server.shutdown()
    server.server_close()


def shown(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(_SHOWN)
    return found


@pytest.mark.parametrize(("width", "most"), [(360, 480), (1280, 800)])
def test_a_browser_takes_the_picture_that_fits(
    browser: Browser, address: str, width: int, most: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    lead, wide, small, drawn, moving = shown(page)
    assert lead["shown"].endswith(".webp")
    assert wide["shown"].endswith(".webp")
    assert f"-{most}w-" in wide["shown"]
    # A picture on its side stands, and all have their own proportions.
    assert lead["width"] / lead["height"] == pytest.approx(1.6, rel=0.02)
    assert wide["width"] / wide["height"] == pytest.approx(4, rel=0.02)
    # None is shown larger than it is.
    assert (small["width"], small["height"]) == (90, 60)
    assert (drawn["width"], drawn["height"]) == (40, 20)
    assert (moving["width"], moving["height"]) == (60, 40)
    assert page.evaluate(_SHIFTS) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_the_old_form_is_there_for_old_browsers(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.evaluate("document.querySelectorAll('source').forEach((source) => source.remove())")
    found = [each["shown"].rpartition(".")[2] for each in shown(page)]
    assert found == ["jpg", "jpg", "jpg", "svg", "gif"]
    page.close()
