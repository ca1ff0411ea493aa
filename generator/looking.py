"""Looks at the pictures of a site: what was looked at before is known, the rest goes to workers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import structs

from generator.catalogue import Catalogue
from generator.darkroom import LookTask, Negative, darkroom_version, key_of, look_at
from generator.manifest import GRAIN
from generator.pictures import (
    MOST_BYTES,
    Gallery,
    Look,
    PictureOptions,
    Recipe,
    Use,
    is_large,
    picture_problems,
)
from generator.scanning import FileStat, Found, digest_at, digest_of
from generator.store import Store
from generator.workers import Workers

_HERE = 2
"""So many pictures are looked at faster than worker processes start."""


class Looker(Protocol):
    """Looks at pictures: what is known of each by its path."""

    def __call__(self, files: Sequence[Found]) -> Mapping[str, Look]: ...


class StoredLooks:
    """Looks at pictures with the help of a store. `digest` gives that of a file's bytes."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        digest: Callable[[Found], bytes],
        on_step: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._store = store
        self._workers = workers
        self._digest = digest
        self._on_step = on_step

    def __call__(self, files: Sequence[Found]) -> Mapping[str, Look]:
        looks: dict[str, Look] = {}
        missing: list[Found] = []
        for file in files:
            if file.stat.size > MOST_BYTES:
                looks[file.path] = Look(self._digest(file), fault="large-file")
                continue
            packed = self._store.get(_key(file, self._digest(file)))
            if packed is None:
                missing.append(file)
            else:
                looks[file.path] = msgspec.msgpack.decode(packed, type=Look)
        tasks = [LookTask(file.real_path, is_svg(file.path)) for file in missing]
        found = self._workers.map(look_at, tasks, _HERE)
        for file, task, first in zip(missing, tasks, found, strict=True):
            look = first or look_at(structs.replace(task, alone=True))
            if look is None:
                continue
            looks[file.path] = look
            self._store.add(_key(file, look.digest), msgspec.msgpack.encode(look))
            self._on_step(len(looks), len(files))
        return looks


class RememberedLooks:
    """Looks at pictures again only where their stats have changed. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[FileStat, Look, int]] = {}
        self._lock = threading.Lock()

    def __call__(self, files: Sequence[Found]) -> Mapping[str, Look]:
        with self._lock:
            now = time.time_ns()
            missing = [file for file in files if not self._is_known(file)]
            if missing:
                with Workers(os.cpu_count() or 1, anew=True) as workers:
                    look = StoredLooks(self._store, workers, _digest)
                    found = look(missing)
                for file in missing:
                    self._known[file.real_path] = (file.stat, found[file.path], now)
            return {file.path: self._known[file.real_path][1] for file in files}

    def _is_known(self, file: Found) -> bool:
        known = self._known.get(file.real_path)
        if known is None or known[0] != file.stat:
            return False
        # One looked at just after it was changed may have been changed again in the same tick.
        return max(file.stat.mtime_ns, file.stat.ctime_ns) < known[2] - GRAIN


def _digest(file: Found) -> bytes:
    return digest_at(file.real_path)


def with_gallery(
    catalogue: Catalogue, files: Mapping[str, Found], look: Looker | None
) -> Catalogue:
    """A catalogue with its pictures looked at, and what is wrong with them. Without a Looker
    nothing is known of them."""
    config, theme = catalogue.config, catalogue.theme
    pictures = config.pictures
    options = PictureOptions(theme.widths, theme.sizes, pictures.avif, pictures.quality)
    wanted = sorted({use.file for use in catalogue.uses if use.is_picture})
    looks = look([files[file] for file in wanted]) if look and wanted else {}
    found = picture_problems(catalogue.uses, looks)
    return structs.replace(
        catalogue,
        gallery=Gallery(options, looks),
        problems=(*catalogue.problems, *found),
    )


def with_more(
    gallery: Gallery, uses: Iterable[Use], files: Mapping[str, Found], look: Looker | None
) -> Gallery:
    """A gallery that has the pictures of some uses too."""
    wanted = sorted({use.file for use in uses if use.is_picture} - gallery.looks.keys())
    if look is None or not wanted:
        return gallery
    found = look([files[file] for file in wanted])
    return structs.replace(gallery, looks={**gallery.looks, **found})


def is_svg(path: str) -> bool:
    return path.lower().endswith((".svg", ".svgz"))


def negative_of(file: Found, look: Look, recipes: Iterable[Recipe]) -> Negative:
    """A picture that files are made of."""
    wanted = frozenset(map(key_of, recipes))
    # The size of a drawing is no number of pixels.
    large = look.form != "svg" and is_large(look.width, look.height)
    return Negative(file.real_path, is_svg(file.path), look.digest, wanted, large)


def _key(file: Found, digest: bytes) -> bytes:
    sort = "svg" if is_svg(file.path) else "raster"
    return digest_of(f"{darkroom_version()} {sort}".encode() + digest)
