"""When a browser shows what was saved."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Playwright

MARK = "bản sửa số {number}"
"""What a text has to have, with a higher number each time, for the page to tell of it."""

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_PATIENCE = 60.0
_PAUSE = 20.0
_THOUGHT = (500.0, 1000.0)

# In every document, also in those that take the place of the first. A frame is asked for when the
# text has come into the document; the message comes in when that frame was made.
_TELL = """\
(() => {
  if (window !== window.top) return;
  console.debug("document begins");
  let last = 0;
  const look = () => {
    const text = document.querySelector("main")?.textContent ?? "";
    const numbers = [...text.matchAll(/bản sửa số (\\d+)/g)].map((found) => Number(found[1]));
    const newest = Math.max(last, ...numbers);
    if (newest === last) return;
    last = newest;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => console.debug(`on screen: ${newest} ${Date.now()}`);
      channel.port2.postMessage(null);
    });
  };
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document, all);
})();
"""


def find_browser() -> str | None:
    """A Chromium on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def launch(playwright: Playwright, program: str | None) -> Browser:
    """Start a Chromium; None leaves it to Playwright's own."""
    return playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)


class Screen:
    """A page of a server that tells browsers when it has changed.

    `loads` counts how often the whole page was loaded, the first time included.
    """

    def __init__(self, browser: Browser, address: str, pauses: Random) -> None:
        self.loads = 0
        self._connected = False
        self._pauses = pauses
        self._page = browser.new_page()
        self._page.on("console", self._said)
        self._page.on("websocket", lambda found: found.on("framereceived", self._told))
        self._page.add_init_script(_TELL)
        self._page.goto(address)

    def save(self, number: int, write: Callable[[], object]) -> float:
        """Save, a moment after the page was ready; return the seconds until its text is shown.

        That is from before `write` until the first frame with the `MARK` of this `number` was
        made. Infinite if it is not shown within a minute.
        """
        from playwright.sync_api import TimeoutError as TooLate

        self.get_ready()
        self._page.wait_for_timeout(self._pauses.uniform(*_THOUGHT))

        def shown(message: ConsoleMessage) -> bool:
            return message.text.startswith(f"on screen: {number} ")

        try:
            with self._page.expect_console_message(shown, timeout=_PATIENCE * 1000) as told:
                saved = time.time()
                write()
        except TooLate:
            return math.inf
        return float(told.value.text.split()[-1]) / 1000 - saved

    def close(self) -> None:
        self._page.close()

    def get_ready(self) -> None:
        """Wait until the page is loaded and connected, or it might not be told."""
        self._page.wait_for_load_state()
        end = time.monotonic() + _PATIENCE
        while not self._connected:
            if time.monotonic() > end:
                raise TimeoutError(f"{self._page.url} does not connect to its server")
            self._page.wait_for_timeout(_PAUSE)

    def _said(self, message: ConsoleMessage) -> None:
        if message.text == "document begins":
            self.loads += 1
            self._connected = False

    def _told(self, _: object) -> None:
        self._connected = True
