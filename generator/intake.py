"""Brings in content/: what has been parsed before from the store, the rest through the parser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

import msgspec
from msgspec import Struct

from generator.content import Content, ParsedFile, gather
from generator.documents import Citation
from generator.model import Markup, Source
from generator.parsing import FileTask, PackedFile, ParseOptions, parse_files
from generator.read import Shelves
from generator.scanning import Found, digest_of
from generator.sharing import share_texts
from generator.standing import Known, digest_file
from generator.store import Store
from generator.workers import Workers

_CHUNK = 64
_KEPT = 64
_DECODER = msgspec.msgpack.Decoder(ParsedFile)
_HERE = 3
"""So many batches are parsed faster than worker processes start."""


class Intake(Struct, frozen=True):
    """The content, and the digest of each Markdown file."""

    content: Content
    digests: Mapping[str, bytes]


def take_in(
    shelves: Shelves,
    options: ParseOptions,
    store: Store,
    known: Known,
    workers: Workers,
    on_step: Callable[[int, int], None],
) -> Intake:
    """Parse every Markdown file, or take it from the store. `on_step` is told how many files are
    done, and of how many. Raises OSError where a file cannot be read."""
    files, digests = read_files(shelves.sources, options, store, known, workers, on_step)
    return Intake(gather(files), digests)


def read_files(
    sources: Sequence[tuple[Source, Found]],
    options: ParseOptions,
    store: Store,
    known: Known,
    workers: Workers,
    on_step: Callable[[int, int], None],
) -> tuple[list[ParsedFile], dict[str, bytes]]:
    """What each file says, and the digest of each by its path (see `take_in`)."""
    total = len(sources)
    # By place: two files may come to have one path, which is for `gather` to tell.
    parsed: dict[int, ParsedFile] = {}
    digests: dict[str, bytes] = {}
    missing: list[int] = []
    for place, (_, file) in enumerate(sources):
        digest = digest_file(file, known) if len(store) else b""
        packed = store.get(key_of_file(file.path, digest))
        found = _decoded(packed) if packed else None
        if found is None or not _is_whole(found, store):
            missing.append(place)
        else:
            parsed[place], digests[file.path] = found, digest
    on_step(len(parsed), total)
    batches = [
        [(place, *sources[place]) for place in missing[start : start + _CHUNK]]
        for start in range(0, len(missing), _CHUNK)
    ]
    for batch, results in zip(
        batches, workers.map(partial(_parse, options), batches, _HERE), strict=True
    ):
        for (place, _, file), result in zip(batch, results, strict=True):
            parsed[place], digests[file.path] = _decoded(result.parsed), result.digest
            store.add(key_of_file(file.path, result.digest), result.parsed)
            if result.body:
                store.add(result.body, result.markup)
        on_step(len(parsed), total)
    return [parsed[place] for place in range(total)], digests


def _decoded(packed: bytes) -> ParsedFile:
    file = _DECODER.decode(packed)
    share_texts(file)
    return file


def key_of_file(path: str, digest: bytes) -> bytes:
    """The key of a parsed file, which tells of itself where it is."""
    return digest_of(digest + path.encode())


def _is_whole(file: ParsedFile, store: Store) -> bool:
    """Whether the store has the Markup of a file's body too, and keeps it."""
    body = file.entry.body if file.entry else None
    if body is None:
        return True
    store.use((body.key,))
    return body.key in store


def _parse(options: ParseOptions, batch: Sequence[tuple[int, Source, Found]]) -> list[PackedFile]:
    return parse_files([FileTask(source, file.real_path) for _, source, file in batch], options)


class _Citing(Struct, frozen=True, array_like=True):
    """A `Markup` of which only the citations are decoded."""

    html: msgspec.Raw
    links: msgspec.Raw
    pictures: msgspec.Raw
    runs: msgspec.Raw
    headings: msgspec.Raw
    lead: msgspec.Raw
    citations: tuple[Citation, ...]


class StoredMarkups:
    """The Markups of a store. Raises `Damaged` where one has gone from it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decode = msgspec.msgpack.Decoder(Markup).decode
        self._decode_citing = msgspec.msgpack.Decoder(_Citing).decode
        # What a text is asked for once it is mostly asked for again at once.
        self._find = lru_cache(_KEPT)(self._markup)

    def __call__(self, key: bytes) -> Markup:
        return self._find(key)

    def _markup(self, key: bytes) -> Markup:
        return self._decode(self._store.need(key))

    def citations(self, key: bytes) -> tuple[Citation, ...]:
        return self._decode_citing(self._store.need(key)).citations
