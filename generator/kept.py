"""The catalogue of the last build, kept so that little of it has to be read to change little.

Meetings lie in the store, each by itself, and are read when they are asked for. What most pages
need, as who and what there is, is read at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar, overload

import msgspec
from msgspec import Struct

from generator.catalogue import Catalogue
from generator.citations import Document, Documents
from generator.config import Config
from generator.links import LinkScope, Target, make_scope
from generator.meetings import Meeting, Text
from generator.mentions import KnownNames
from generator.model import Article, Entry, Membership, Shelf
from generator.pictures import Gallery, Look, PictureOptions
from generator.publication import Edition, Selection
from generator.register import Register, Subject
from generator.relations import Relations
from generator.resolving import MarkupSource
from generator.scanning import Found, digest_of
from generator.sealed import load_sealed, save_sealed
from generator.store import Store
from generator.theme_settings import ThemeSettings
from generator.threads import Thread

_K = TypeVar("_K")
_T = TypeVar("_T")
_KEY = 16

ByShelf = dict[Shelf, dict[str, _T]]
_Texts = dict[tuple[Shelf, str, str], Text]


class KeptMeetings(Sequence[Meeting]):
    """The meetings of a catalogue, in the store by their `keys`; some of them changed since."""

    def __init__(self, keys: bytes, store: Store, changed: Mapping[int, Meeting]) -> None:
        self.keys = keys
        self.changed = changed
        self._store = store
        self._decode = msgspec.msgpack.Decoder(Meeting).decode
        self._known: dict[int, Meeting] = dict(changed)

    def __len__(self) -> int:
        return len(self.keys) // _KEY

    @overload
    def __getitem__(self, at: int) -> Meeting: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Meeting]: ...
    def __getitem__(self, at: int | slice) -> Meeting | Sequence[Meeting]:
        if isinstance(at, slice):
            return [self[position] for position in range(*at.indices(len(self)))]
        position = range(len(self))[at]
        found = self._known.get(position)
        if found is None:
            key = self.key(position)
            found = self._known[position] = self._decode(self._store.need(key))
        return found

    def key(self, position: int) -> bytes:
        """The key in the store of what a meeting was before it was changed."""
        return self.keys[position * _KEY : (position + 1) * _KEY]

    def __iter__(self) -> Iterator[Meeting]:
        return map(self.__getitem__, range(len(self)))

    def replaced(self, changed: Mapping[int, Meeting]) -> KeptMeetings:
        """The same with some of them changed."""
        return KeptMeetings(self.keys, self._store, {**self.changed, **changed})


class _Lazily(Mapping[_K, _T]):
    """What is decoded when somebody first asks for any of it."""

    def __init__(self, decode: Callable[[], Mapping[_K, _T]]) -> None:
        self._all = cache(decode)

    def __getitem__(self, key: _K) -> _T:
        return self._all()[key]

    def __iter__(self) -> Iterator[_K]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class _Scope(Struct, frozen=True, array_like=True):
    visible: dict[Shelf, list[str]]
    hidden: dict[Shelf, list[str]]
    unread: dict[Shelf, list[str]]
    by_path: dict[str, Target]
    held_back: frozenset[str]


class _Kept(Struct, frozen=True, array_like=True):
    """What of a catalogue does not change when a body does."""

    config: Config
    theme: ThemeSettings
    edition: Edition
    held_back: tuple[Article, ...]
    next_change: dt.datetime | None
    subjects: ByShelf[Subject]
    ids: msgspec.Raw
    candidates: ByShelf[tuple[str, ...]]
    hidden: dict[Shelf, list[str]]
    documents: dict[str, tuple[Document, ...]]
    order: tuple[str, ...]
    listed: msgspec.Raw
    threads: tuple[Thread, ...]
    pages: tuple[Entry, ...]
    children: ByShelf[tuple[str, ...]]
    members: dict[str, tuple[tuple[str, Membership], ...]]
    texts: msgspec.Raw
    images: dict[str, str]
    emblem: str
    files: frozenset[str]
    pictures: PictureOptions
    looks: msgspec.Raw
    feeds: dict[str, tuple[int, ...]]
    names: KnownNames
    scope: msgspec.Raw


class Core(Struct, frozen=True):
    """A catalogue that was kept, and what links may lead to, which few bodies need."""

    catalogue: Catalogue
    meetings: KeptMeetings
    scope: Callable[[Mapping[str, Found]], LinkScope]


def keep_core(path: Path, version: str, catalogue: Catalogue) -> None:
    """Keep of a catalogue what does not change when a body does."""
    register, selection, scope = catalogue.register, catalogue.selection, catalogue.scope
    encode = msgspec.msgpack.encode
    kept = _Kept(
        config=catalogue.config,
        theme=catalogue.theme,
        edition=catalogue.edition,
        held_back=selection.held_back,
        next_change=selection.next_change,
        subjects=_by_shelf(register.subjects),
        ids=msgspec.Raw(encode(_by_shelf(register.ids))),
        candidates=_by_shelf(register.candidates),
        hidden=_listed(register.hidden),
        documents=dict(catalogue.documents.by_key),
        order=tuple(catalogue.positions),
        listed=msgspec.Raw(encode(_by_shelf(catalogue.listed))),
        threads=tuple(dict.fromkeys(catalogue.threads.values())),
        pages=catalogue.pages,
        children=_by_shelf(catalogue.children),
        members=dict(catalogue.members),
        texts=msgspec.Raw(encode(dict(catalogue.texts))),
        images=dict(catalogue.images),
        emblem=catalogue.emblem,
        files=catalogue.files,
        pictures=catalogue.gallery.options,
        looks=msgspec.Raw(encode(dict(catalogue.gallery.looks))),
        feeds=dict(catalogue.feeds),
        names=catalogue.names,
        scope=msgspec.Raw(
            encode(
                _Scope(
                    visible=_listed(scope.visible),
                    hidden=_listed(scope.hidden),
                    unread=_listed(scope.unread),
                    by_path=dict(scope.by_path),
                    held_back=scope.held_back,
                )
            )
        ),
    )
    save_sealed(path, version, kept)


def load_core(
    path: Path, version: str, keys: bytes, relations: Relations, store: Store, markups: MarkupSource
) -> Core | None:
    """A catalogue that was kept, with the meetings of `keys`; None where there is none of this
    version."""
    kept = load_sealed(path, version, _Kept)
    if kept is None or len(keys) != _KEY * len(kept.order):
        return None
    register = Register(
        _flat(kept.subjects),
        _Lazily(lambda: _flat(msgspec.msgpack.decode(kept.ids, type=ByShelf[str]))),
        _flat(kept.candidates),
        (),
        _targets(kept.hidden),
    )
    documents = {document.id: document for found in kept.documents.values() for document in found}
    none: frozenset[Target] = frozenset()

    def find_scope(files: Mapping[str, Found]) -> LinkScope:
        scope = msgspec.msgpack.decode(kept.scope, type=_Scope)
        return make_scope(
            register,
            _targets(scope.visible),
            _targets(scope.hidden),
            _targets(scope.unread),
            scope.by_path,
            files,
            scope.held_back,
        )

    meetings = KeptMeetings(keys, store, {})
    catalogue = Catalogue(
        config=kept.config,
        theme=kept.theme,
        edition=kept.edition,
        selection=Selection((), kept.held_back, kept.next_change, ()),
        register=register,
        documents=Documents(documents, kept.documents, register),
        meetings=meetings,
        positions={identity: position for position, identity in enumerate(kept.order)},
        listed=_Lazily(
            lambda: _flat(msgspec.msgpack.decode(kept.listed, type=ByShelf[tuple[int, ...]]))
        ),
        threads={member: thread for thread in kept.threads for member in thread.members},
        relations=relations,
        pages=kept.pages,
        children=_flat(kept.children),
        members=kept.members,
        texts=_Lazily(lambda: msgspec.msgpack.decode(kept.texts, type=_Texts)),
        images=kept.images,
        emblem=kept.emblem,
        files=kept.files,
        uses=(),
        gallery=Gallery(
            kept.pictures,
            _Lazily(lambda: msgspec.msgpack.decode(kept.looks, type=dict[str, Look])),
        ),
        feeds=kept.feeds,
        scope=make_scope(register, none, none, none, {}, {}, frozenset()),
        names=kept.names,
        markups=markups,
        problems=(),
    )
    return Core(catalogue, meetings, find_scope)


def keep_meetings(meetings: Sequence[Meeting], store: Store) -> bytes:
    """Put meetings into the store; gives their keys."""
    encode = msgspec.msgpack.Encoder().encode
    if isinstance(meetings, KeptMeetings):
        keys = bytearray(meetings.keys)
        for position, meeting in meetings.changed.items():
            keys[position * _KEY : (position + 1) * _KEY] = _put(encode(meeting), store)
        return bytes(keys)
    return b"".join(_put(encode(meeting), store) for meeting in meetings)


def _put(data: bytes, store: Store) -> bytes:
    key = digest_of(data)
    store.add(key, data)
    return key


def _by_shelf(found: Mapping[Target, _T]) -> ByShelf[_T]:
    grouped: ByShelf[_T] = {}
    for (shelf, identity), value in found.items():
        grouped.setdefault(shelf, {})[identity] = value
    return grouped


def _flat(grouped: ByShelf[_T]) -> dict[Target, _T]:
    return {
        (shelf, identity): value
        for shelf, found in grouped.items()
        for identity, value in found.items()
    }


def _listed(targets: frozenset[Target]) -> dict[Shelf, list[str]]:
    found: dict[Shelf, list[str]] = {}
    for shelf, identity in sorted(targets):
        found.setdefault(shelf, []).append(identity)
    return found


def _targets(listed: dict[Shelf, list[str]]) -> frozenset[Target]:
    return frozenset((shelf, identity) for shelf, found in listed.items() for identity in found)
