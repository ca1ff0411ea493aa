"""What browsers are told of a file where whoever puts it there says so: its kind, how long it may
be kept.

By its name alone, and the same on every machine.
"""

from __future__ import annotations

import re

from generator.i18n import LANGUAGES
from generator.remote import STATE
from generator.themes import ASSETS
from generator.urls import MEDIA, SEARCH

_TEXTS = {
    "css": "text/css",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "js": "text/javascript",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "vtt": "text/vtt",
    "xml": "application/xml",
    "xsl": "application/xslt+xml",
}
"""With their encoding, which is always the same."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

_OTHERS = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "gz": "application/gzip",
    "heic": "image/heic",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "jxl": "image/jxl",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "map": "application/json",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": f"{_OPEN}.presentation",
    "ods": f"{_OPEN}.spreadsheet",
    "odt": f"{_OPEN}.text",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "rar": "application/vnd.rar",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ttf": "font/ttf",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "zip": "application/zip",
}

_UNKNOWN = "application/octet-stream"
"""Also of the indexes of the search: their own script unpacks them."""

_BY_CONTENT = re.compile(
    rf"{ASSETS}/[0-9a-f]{{8,}}/.+"
    rf"|(?:(?:{'|'.join(LANGUAGES)})/)?{SEARCH}.*[-_.][0-9a-f]{{7,}}\.pf_[a-z]+"
    rf"|{MEDIA}.+-[0-9]+w-[0-9a-f]{{8}}\.[a-z]+"
)
"""Addresses with a fingerprint of what is there: with other bytes, it is another address."""

ALWAYS_ASK = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
NEVER = "no-store"


def media_type(path: str) -> str:
    """The `Content-Type` of a file."""
    _, dot, extension = path.rpartition("/")[2].rpartition(".")
    extension = extension.lower() if dot else ""
    text = _TEXTS.get(extension)
    return f"{text}; charset=utf-8" if text else _OTHERS.get(extension, _UNKNOWN)


def cache_control(path: str) -> str:
    """The `Cache-Control` of a file: a page is asked for anew each time, and is not sent again if
    it is as it was."""
    if path.startswith(f"{STATE}/"):
        return NEVER
    return FOR_EVER if _BY_CONTENT.fullmatch(path) else ALWAYS_ASK
