"""What a reader can come to who follows links from the home page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

BASE_URL = "https://example.org/"
"""Where sites of these tests say they are."""

Read = Callable[[str], bytes | None]


def dead_links(read: Read) -> list[tuple[str, str]]:
    """Pairs of a page, or style sheet, that can be come to, and an address in it that leads
    nowhere. `read` gives a file by its path, None where there is none."""
    home = "index.html"
    dead, seen, waiting = [], {home}, [home] if read(home) is not None else []
    while waiting:
        path = waiting.pop()
        data = read(path)
        assert data is not None
        for address in addresses_in(path, data):
            target = _target(path, address)
            if target is None or target in seen:
                continue
            if read(target) is None:
                dead.append((path, address))
            else:
                seen.add(target)
                if target.endswith((".html", ".css")):
                    waiting.append(target)
    return dead


def addresses_in(path: str, data: bytes) -> list[str]:
    """All that a page or a style sheet links to, or shows."""
    text = data.decode()
    if path.endswith(".css"):
        return [*_in_style(text)]
    finder = _Finder()
    finder.feed(text)
    finder.close()
    return finder.found


def _target(path: str, address: str) -> str | None:
    """The path of the file an address leads to; None where it is not one of this site."""
    if address.startswith(BASE_URL):
        address = "/" + address.removeprefix(BASE_URL)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), unquote(parts.path)))
    is_folder = parts.path.endswith(("/", "/.", "/..")) or parts.path in (".", "..")
    return (posixpath.join(target, "index.html") if is_folder else target).lstrip("/")


def _in_style(text: str) -> Iterator[str]:
    for found in re.finditer(r"""url\(\s*(["']?)(.*?)\1\s*\)""", text):
        yield found[2]


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if not value:
                continue
            if name in ("href", "src", "poster", "action"):
                self.found.append(value)
            elif name in ("srcset", "imagesrcset"):
                self.found += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name == "style":
                self.found += _in_style(value)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += _in_style(data)
