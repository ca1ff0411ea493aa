"""Whether readers get what was published: some of its files, asked for at their addresses."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from msgspec import Struct

from generator import __version__
from generator.changes import DOORS
from generator.offloading import in_batches
from generator.problems import N_
from generator.retrying import Patience
from generator.scanning import digest_of
from generator.site_files import LocalFile

CHANGED, OTHERS, DELETED = 20, 20, 10
"""How many files are asked for, besides those readers come in by."""

_AT_ONCE = 8
_TIMEOUT = 20.0
_MOST_BYTES = 10_000_000
_GZIP = 31
_NOT_FOUND_PAGE = "404.html"
_HEADERS = {
    "User-Agent": f"bulletin/{__version__}",
    "Accept-Encoding": "identity",
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
}


class Wrong(Struct, frozen=True):
    """A file readers do not get as it was published, or still get; `text` is a message id with
    `{named}` values."""

    path: str
    text: str
    values: Mapping[str, str | int] = {}


class Verified(Struct, frozen=True):
    """How many files were asked for, and what is wrong, in order of path."""

    checked: int
    wrong: tuple[Wrong, ...]


class _Answer(Struct, frozen=True):
    status: int
    data: bytes


async def verify(
    public_url: str,
    files: Mapping[str, LocalFile],
    changed: Collection[str],
    deleted: Collection[str] = (),
) -> Verified:
    """Ask a site, whose address ends with `/`, for some of its files: those readers come in by, and
    of those that changed, of the others and of the deleted ones some, the same each time."""
    wanted = sample(files, changed)
    gone = _spread(
        sorted(path for path in set(deleted) - files.keys() if _is_public(path)), DELETED
    )
    base = _in_ascii(public_url)
    wrong: list[Wrong] = []

    def ask(path: str) -> None:
        problem = _look_at(base, path, files.get(path))
        if problem is not None:
            wrong.append(problem)

    with ThreadPoolExecutor(_AT_ONCE, "verify") as threads:
        asked = [*wanted, *gone]
        await in_batches(asked, ask, _ignore, Patience(pauses=()), threads, _AT_ONCE)
    return Verified(len(asked), tuple(sorted(wrong, key=lambda each: each.path)))


def sample(files: Mapping[str, LocalFile], changed: Collection[str]) -> list[str]:
    """The files to ask for. Those that servers keep for themselves are left out, and very large
    ones."""
    public = sorted(
        path for path, file in files.items() if _is_public(path) and file.size <= _MOST_BYTES
    )
    changed = frozenset(changed)
    doors = [path for path in public if DOORS.fullmatch(path)]
    inside = [path for path in public if not DOORS.fullmatch(path)]
    recent = [path for path in inside if path in changed]
    others = [path for path in inside if path not in changed]
    return [*doors, *_spread(recent, CHANGED), *_spread(others, OTHERS)]


def address_of(path: str) -> str:
    """The address of a file below that of the site: a page's is that of its folder."""
    folder, _, name = path.rpartition("/")
    return quote(f"{folder}/".lstrip("/") if name == "index.html" else path)


def _spread(paths: Sequence[str], most: int) -> list[str]:
    """So many of them at most, from all over."""
    count = min(most, len(paths))
    return [paths[number * len(paths) // count] for number in range(count)]


def _is_public(path: str) -> bool:
    """Servers give out nothing that begins with a dot, and some hosts nothing that begins with an
    underscore; on others these are their settings."""
    names = path.removeprefix(".well-known/").split("/")
    return not any(name.startswith((".", "_")) for name in names) and path != "CNAME"


def _look_at(base: str, path: str, file: LocalFile | None) -> Wrong | None:
    """What is wrong with a file; with None in its place, it should not be there."""
    try:
        answer = _fetch(base + address_of(path), file.size if file is not None else 0)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        known = reason.strerror if isinstance(reason, OSError) else None
        named = known or type(reason if isinstance(reason, Exception) else error).__name__
        return Wrong(path, N_("it cannot be reached: {reason}"), {"reason": named})
    if file is None:
        if 200 <= answer.status < 300:
            return Wrong(path, N_("it is still there, though it was removed"))
        return None
    if 300 <= answer.status < 400:
        return Wrong(path, N_("the server leads elsewhere ({status})"), {"status": answer.status})
    if answer.status != 200 and (path, answer.status) != (_NOT_FOUND_PAGE, 404):
        return Wrong(path, N_("the server says {status}"), {"status": answer.status})
    if digest_of(answer.data).hex() != file.digest:
        return Wrong(path, N_("other bytes come than were published"))
    return None


class _SamePlace(HTTPRedirectHandler):
    """Follows once, and only to the same path: from http to https, or to the other name of a
    host."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        followed = hasattr(req, "redirect_dict")
        less_safe = old.scheme == "https" and new.scheme != "https"
        if followed or less_safe or (old.path, old.query) != (new.path, new.query):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(url: str, size: int) -> _Answer:
    """The answer, with at most one byte more than a file of this size has. Raises OSError,
    HTTPException, ValueError."""
    opener: OpenerDirector = build_opener(_SamePlace)
    try:
        with opener.open(Request(url, headers=_HEADERS), timeout=_TIMEOUT) as response:
            if response.headers.get("Content-Encoding", "") != "gzip":
                return _Answer(response.status, response.read(size + 1))
            # It was not asked for. Browsers unpack it, too.
            packed = response.read(_MOST_BYTES)
            return _Answer(response.status, zlib.decompressobj(_GZIP).decompress(packed, size + 1))
    except HTTPError as error:
        with error:
            return _Answer(error.code, error.read(size + 1))
    except zlib.error as error:
        raise ValueError from error


def _in_ascii(url: str) -> str:
    """The address as it is asked for: names of hosts may have marks, paths too."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode()
    except ValueError:
        return url  # no answer will come from there
    return urlunsplit((parts.scheme, host, quote(parts.path, safe="/%"), "", ""))


def _ignore(_path: str) -> None:
    """Nobody hears of it."""
