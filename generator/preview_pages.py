"""HTML of the preview: the script that goes into every page, and its own few pages."""

from __future__ import annotations

import mimetypes
from html import escape

from generator.preview_records import View

SCRIPT = "/_preview/preview.js"
READERS = "/_preview/readers/"
"""Where the readers' view begins; the links of its pages are relative, and so stay in it."""


# Not all versions of Python know them.
_NEWER = {".avif": "image/avif", ".webp": "image/webp", ".woff2": "font/woff2"}


def with_client(body: bytes, view: View, address: str, etag: str, status: int) -> bytes:
    """A page with the one element added to what the build makes: before the end of its body, or at
    the end."""
    element = (
        f'<script src="{SCRIPT}" data-view="{view}" data-path="{escape(address)}"'
        f' data-etag="{escape(etag)}" data-status="{status}" defer></script>\n'
    )
    place = body.rfind(b"</body>")
    if place < 0:
        place = body.lower().rfind(b"</body>")
    if place < 0:
        place = len(body)
    return b"".join((body[:place], element.encode(), body[place:]))


def plain_page(language: str, title: str, text: str = "") -> bytes:
    """A page of the preview's own; without a text its `main` is empty, for the script to fill."""
    words = f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>" if text else ""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<main>{words}</main>\n</body>\n</html>\n"
    ).encode()


def media_type(name: str) -> str:
    """The kind of a file by its name, whatever else this machine may take it for: with `nosniff`
    browsers run no script that is called plain text."""
    known = mimetypes.MimeTypes().guess_type(name)[0]
    return known or _NEWER.get(name[name.rfind(".") :].lower(), "application/octet-stream")
