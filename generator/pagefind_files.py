"""The files of a Pagefind index, brought into a form that is the same each time.

Pagefind 1.5 puts the filters, and the values of each, into another order whenever it runs; all else
is the same, but for names that are made of contents. Pages get names that begin with their day, so
that what is found in several indexes can be put in order of time by whoever shows it.

These files are gzip of a mark and CBOR (RFC 8949), of which numbers, texts and arrays occur.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_MARK = b"pagefind_dcd"
_ENTRY = "pagefind-entry.json"
_SHORT, _LONG = 7, 10
_UNDATED = "0"


class UnknownForm(Exception):
    """A file is not as those of Pagefind 1.5 are."""


def stable_files(bundle: Path, days: Sequence[str], runtime: bool) -> Iterator[tuple[str, bytes]]:
    """The files of the index in a folder, with their paths in it; with `runtime` also those that
    browsers run. `days` are those of its dated pages, in order. Raises UnknownForm, OSError."""
    try:
        yield from _stable_files(bundle, days, runtime)
    except (
        *(ValueError, KeyError, TypeError, IndexError, AttributeError),
        *(FileNotFoundError, EOFError, zlib.error),
    ) as error:
        raise UnknownForm(f"{type(error).__name__}: {error}") from error


def _stable_files(bundle: Path, days: Sequence[str], runtime: bool) -> Iterator[tuple[str, bytes]]:
    def read(name: str) -> bytes:
        return (bundle / name).read_bytes()

    entry = json.loads(read(_ENTRY))
    [(language, found)] = entry["languages"].items()
    if runtime:
        for name in (
            "pagefind.js",
            "pagefind-worker.js",
            f"wasm.{found['wasm'] or 'unknown'}.pagefind",
        ):
            yield name, read(name)
    version, pages, chunks, filters, sorts, *more = _unpacked(read(_meta(found["hash"])))
    day_of = {page: day for _, order in sorts for page, day in zip(order, days, strict=True)}
    for number, page in enumerate(pages):
        old = page[0]
        page[0] = f"{day_of.get(number, _UNDATED)}-{old.rpartition('_')[2]}"
        yield f"fragment/{page[0]}.pf_fragment", read(f"fragment/{old}.pf_fragment")
    for chunk in chunks:
        name = f"index/{chunk[-1]}.pf_index"
        yield name, read(name)
    for kind in sorted(filters):
        filter_name, values = _unpacked(read(f"filter/{kind[1]}.pf_filter"))
        packed = _packed([filter_name, sorted(values)])
        kind[1] = f"{language}_{_hash(packed, _SHORT)}"
        yield f"filter/{kind[1]}.pf_filter", _zipped(packed)
    packed = _packed([version, pages, chunks, sorted(filters), sorts, *more])
    found["hash"] = f"{language}_{_hash(packed, _LONG)}"
    yield _meta(found["hash"]), _zipped(packed)
    yield _ENTRY, json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def _meta(key: str) -> str:
    return f"pagefind.{key}.pf_meta"


def _hash(data: bytes, length: int) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()[:length]


def _zipped(data: bytes) -> bytes:
    return gzip.compress(_MARK + data, mtime=0)


def _unpacked(data: bytes) -> Any:
    plain = gzip.decompress(data)
    if not plain.startswith(_MARK):
        raise ValueError("no mark")
    value, end = _decode(plain, len(_MARK))
    if end != len(plain):
        raise ValueError("more than one value")
    return value


_UNSIGNED, _TEXT, _ARRAY = 0, 3, 4
_BY_ONE, _BY_EIGHT, _UNTIL_BREAK, _BREAK = 24, 27, 31, 0xFF


def _decode(data: bytes, at: int) -> tuple[Any, int]:
    """The value at an offset, and where it ends."""
    kind, argument = data[at] >> 5, data[at] & 31
    at += 1
    if _BY_ONE <= argument <= _BY_EIGHT:
        size = 1 << (argument - _BY_ONE)
        argument = int.from_bytes(data[at : at + size], "big")
        at += size
    elif argument > _BY_EIGHT and (kind, argument) != (_ARRAY, _UNTIL_BREAK):
        raise ValueError(f"unknown argument {argument} of {kind}")
    if kind == _UNSIGNED:
        return argument, at
    if kind == _TEXT:
        return data[at : at + argument].decode(), at + argument
    if kind != _ARRAY:
        raise ValueError(f"unknown kind {kind}")
    items: list[Any] = []
    endless = data[at - 1] == (_ARRAY << 5 | _UNTIL_BREAK)
    while data[at] != _BREAK if endless else len(items) < argument:
        item, at = _decode(data, at)
        items.append(item)
    return items, at + endless


def _packed(value: Any) -> bytes:
    parts: list[bytes] = []
    _encode(value, parts)
    return b"".join(parts)


def _encode(value: Any, parts: list[bytes]) -> None:
    if isinstance(value, int):
        parts.append(_head(_UNSIGNED, value))
    elif isinstance(value, str):
        encoded = value.encode()
        parts += (_head(_TEXT, len(encoded)), encoded)
    else:
        parts.append(_head(_ARRAY, len(value)))
        for item in value:
            _encode(item, parts)


def _head(kind: int, argument: int) -> bytes:
    if argument < _BY_ONE:
        return bytes((kind << 5 | argument,))
    size = next(power for power in range(4) if argument < 1 << (8 << power))
    return bytes((kind << 5 | _BY_ONE + size,)) + argument.to_bytes(1 << size, "big")
