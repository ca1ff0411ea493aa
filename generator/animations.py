"""Moving pictures without what they tell besides: their frames stay as they are, byte for byte.

Also what has to be known of the parts of a file before Pillow is asked to read it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND", b"sRGB", b"gAMA")
)
_PNG_TEXTS = frozenset((b"tEXt", b"iTXt", b"zTXt", b"iCCP"))
_LONGEST_TEXT = 1 << 20
_MOST_TEXT = 1 << 25
"""More, of one text and of all, Pillow takes for an attack."""

_WEBP_CHUNKS = frozenset((b"VP8X", b"ANIM", b"ANMF", b"VP8 ", b"VP8L", b"ALPH"))
_WEBP_TELLS = 0x20 | 0x08 | 0x04
"""The bits of VP8X that announce a colour profile, EXIF and XMP."""

_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class Malformed(Exception):
    """What should be a picture does not follow the rules of its form."""


def without_extras(data: bytes, form: str) -> bytes:
    """A moving picture in `form` with its frames alone. Raises Malformed."""
    strip = {"gif": _gif, "png": _png, "webp": _webp}.get(form)
    if strip is None:
        raise Malformed(form)
    try:
        return b"".join(strip(data))
    except (IndexError, struct.error):
        raise Malformed(form) from None


def _png(data: bytes) -> Iterator[bytes]:
    """Chunks of a PNG (https://www.w3.org/TR/png-3/): only those that draw."""
    yield _PNG_SIGNATURE
    at = len(_PNG_SIGNATURE)
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        chunk, kind = data[at : at + length + 12], data[at + 4 : at + 8]
        if len(chunk) != length + 12:
            raise Malformed("png")
        if kind in _PNG_CHUNKS:
            yield chunk
        if kind == b"IEND":
            return
        at += length + 12


def _webp(data: bytes) -> Iterator[bytes]:
    """Chunks of a WebP (RFC 9649), likewise."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Malformed("webp")
    end = 8 + int(struct.unpack_from("<I", data, 4)[0])
    if end > len(data):
        raise Malformed("webp")
    kept = b"".join(_webp_chunks(data, 12, end))
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_chunks(data: bytes, at: int, end: int) -> Iterator[bytes]:
    while at < end:
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        after = at + 8 + length + (length & 1)
        if after > end:
            raise Malformed("webp")
        if kind == b"VP8X":
            yield data[at : at + 8] + bytes([data[at + 8] & ~_WEBP_TELLS]) + data[at + 9 : after]
        elif kind == b"ANMF":
            # A frame's own chunks begin after its 16 bytes of place and time.
            inner = data[at + 8 : at + 24] + b"".join(_webp_chunks(data, at + 24, at + 8 + length))
            yield b"ANMF" + struct.pack("<I", len(inner)) + inner + b"\0" * (len(inner) & 1)
        elif kind in _WEBP_CHUNKS:
            yield data[at:after]
        at = after


def is_lossless_webp(data: bytes) -> bool:
    """Whether the one picture of a WebP is without loss, behind whatever comes before it."""
    at = 12
    while at + 8 <= len(data):
        if data[at : at + 4] in (b"VP8L", b"VP8 "):
            return data[at : at + 4] == b"VP8L"
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length + (length & 1)
    return False


def without_long_texts(data: bytes) -> bytes:
    """A PNG without those texts, and that profile, for whose length Pillow would refuse it. One
    that is cut short stays so."""
    parts: list[bytes] = []
    done = at = len(_PNG_SIGNATURE)
    total = 0
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        after, kind = at + 12 + length, data[at + 4 : at + 8]
        size = _text_size(kind, data[at + 8 : after - 4]) if kind in _PNG_TEXTS else 0
        if size <= _LONGEST_TEXT and total + size <= _MOST_TEXT:
            total += size
        else:
            parts.append(data[done:at])
            done = after
        at = after
        if kind == b"IEND":
            break
    return b"".join((_PNG_SIGNATURE, *parts, data[done:])) if parts else data


def _text_size(kind: bytes, text: bytes) -> int:
    """How long a text is once unpacked, or more than may be."""
    if kind == b"tEXt":
        return len(text)
    if kind == b"iTXt":
        # A name, whether it is packed, how, a language, the name in it.
        _, _, rest = text.partition(b"\0")
        packed = rest[2:].split(b"\0", 2)[-1]
        if rest[:1] != b"\1":
            return len(packed)
    else:
        packed = text.partition(b"\0")[2][1:]
    try:
        return len(zlib.decompressobj().decompress(packed, _LONGEST_TEXT + 1))
    except zlib.error:
        return 0


def gif_extent(data: bytes, most: int) -> tuple[int, int, int]:
    """The width and height that all frames of a GIF take up, and their number, of which no more
    are counted than `most` and one. Raises Malformed."""
    width, height = struct.unpack_from("<HH", data, 6)
    frames = 0
    try:
        for start, _ in _gif_blocks(data):
            if data[start] == 0x2C:
                left, top, across, down = struct.unpack_from("<HHHH", data, start + 1)
                width, height = max(width, left + across), max(height, top + down)
                frames += 1
            if frames > most:
                break
    except (IndexError, struct.error):
        raise Malformed("gif") from None
    return width, height, frames


def _gif(data: bytes) -> Iterator[bytes]:
    """Blocks of a GIF (https://www.w3.org/Graphics/GIF/spec-gif89a.txt): pictures, when they are
    shown and how often, and no comments or what programs put there. Those that have not the form
    they should have are left out, for not all programs see the same in them."""
    yield data[: _gif_start(data)]
    for start, end in _gif_blocks(data):
        block = data[start:end]
        if (
            block[0] == 0x2C
            or (block[:3] == b"!\xf9\x04" and len(block) == 8)
            or (block[:3] == b"!\xff\x0b" and block[3:14] in _GIF_LOOPS and len(block) == 19)
        ):
            yield block
    yield b";"


def _gif_start(data: bytes) -> int:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise Malformed("gif")
    return 13 + _table(data[10])


def _gif_blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each block begins and ends; some programs forget the last byte of all."""
    at = _gif_start(data)
    while at < len(data) and data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            at += 10 + _table(data[at + 9]) + 1
        elif data[at] == 0x21:
            at += 2
        else:
            raise Malformed("gif")
        at = _after_blocks(data, at)
        yield start, at


def _table(flags: int) -> int:
    """The bytes of the table of colours that flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1
