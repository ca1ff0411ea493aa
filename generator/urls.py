"""Addresses: where everything stands in the site, and how one page links to another.

An address is relative to the site's root and has no leading slash; that of a page ends with `/`
and is `` for the home page.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote, unquote

from msgspec import Struct

from generator.i18n import LANGUAGES
from generator.model import Article, Shelf
from generator.names import nfc, slug

_DATED = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:-(.+))?$")
# What most addresses are made of, and what needs no quoting.
_PLAIN = re.compile(r"[a-z0-9/.-]*")
_ALIAS = re.compile(r"(?:/[^/\\?#:*\"<>|\s.][^/\\?#:*\"<>|\s]*)+/?")
SUBJECT_SHELVES = (
    Shelf.TOPICS,
    Shelf.OFFICIALS,
    Shelf.ORGANISATIONS,
    Shelf.PLACES,
    Shelf.SERIES,
    Shelf.DOCUMENTS,
)
"""The shelves whose entries have pages that list meetings, in the order readers look for them."""

MEDIA = "media/"
"""Where the files of content/ stand."""

SEARCH = "search/"
"""Where the search stands, below the folder of its language."""

_TAKEN = ("threads", "media", "search", "data", "assets", "404", "feed", "articles")


def prefix(language: str, main_language: str) -> str:
    """The folder of a language's tree: `` for the site's main language."""
    return "" if language == main_language else f"{language}/"


def is_reserved(segment: str) -> bool:
    """Whether a free page may not have this id, since addresses of the site begin with it."""
    return (
        segment in _TAKEN
        or segment in SUBJECT_SHELVES
        or segment in LANGUAGES
        or re.fullmatch(r"\d{4}", segment) is not None
    )


def _address_date(article: Article) -> tuple[dt.date, str]:
    """The date in an article's address and what its file name holds besides."""
    if match := _DATED.match(article.id):
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3])), match[4] or article.id
        except ValueError:
            pass
    return article.date, article.id


def article_address(article: Article) -> str:
    """`2025/12/10/<slug>/`, by the date of the file name where it begins with one: so a postponed
    meeting keeps its address."""
    date, name = _address_date(article)
    chosen = slug(article.slug.text) if article.slug else ""
    return f"{day_address(date)}{chosen or name}/"


def year_address(year: int) -> str:
    return f"{year:04}/"


def month_address(year: int, month: int) -> str:
    return f"{year:04}/{month:02}/"


def day_address(day: dt.date) -> str:
    return f"{day.year:04}/{day.month:02}/{day.day:02}/"


def shelf_address(shelf: Shelf) -> str:
    return f"{shelf}/"


def entry_address(shelf: Shelf, identity: str) -> str:
    return f"{identity}/" if shelf is Shelf.PAGES else f"{shelf}/{identity}/"


def thread_address(identity: str) -> str:
    return f"threads/{identity}/"


def media_address(path: str) -> str:
    """Where a file of content/ is published: `content/media/x` as `media/x`, others by path."""
    inner = path.removeprefix("content/").removeprefix("media/")
    return f"{MEDIA}{inner}"


def alias_address(text: str) -> str | None:
    """The address of an old page as an editor wrote it; None where it cannot be one."""
    text = nfc(unquote(text))
    if not _ALIAS.fullmatch(text) or any(len(p.encode()) > 240 for p in text.split("/")):
        return None
    address = text.lstrip("/")
    return address if address.endswith(("/", ".html", ".htm")) else f"{address}/"


def file_path(address: str) -> str:
    """The file of the output folder that answers an address."""
    return f"{address}index.html" if address == "" or address.endswith("/") else address


def quoted(address: str, portable: bool) -> str:
    """An address as it stands in `href`, from the site's root; `portable` ones name `index.html`,
    so that they work from a disk."""
    path = file_path(address) if portable else address
    return path if _PLAIN.fullmatch(path) else quote(path, safe="/~!$&'()*+,;=:@")


class Linker(Struct, frozen=True):
    """The links of one page, from an address to what `href` says; `root` leads from the page to the
    site's root."""

    root: str
    portable: bool = False

    def __call__(self, address: str) -> str:
        return self.root + quoted(address, self.portable)


def relative_linker(page: str, portable: bool) -> Linker:
    """The links of a page that is always at its own address."""
    return Linker("../" * page.count("/") or "./", portable)


def rooted_linker(base_url: str) -> Linker:
    """Links from the server's root, for a page that is shown at any address (404.html)."""
    match = re.match(r"https?://[^/]+(/.*)", base_url)
    return Linker(match[1] if match else "/")


def absolute_linker(base_url: str) -> Linker:
    """Links with the site's full address, for feeds and sitemaps."""
    return Linker(base_url)
