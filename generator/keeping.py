"""What a whole build leaves for whoever wants to change little of it, or to show it at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, structs

from generator.archive import Archive, Patch, State
from generator.catalogue import Catalogue
from generator.intake import StoredMarkups
from generator.kept import Core, keep_core, keep_meetings, load_core
from generator.manifest import Manifest, ManifestStore
from generator.meetings import Meeting
from generator.parsing import ParseOptions
from generator.relations import Relations
from generator.sealed import load_sealed, save_sealed
from generator.store import Store


class KeptState(Struct, frozen=True, array_like=True):
    """What was kept since the last whole build, of which `base` is the version: the versions of the
    store and of the code, how files are parsed, the keys of the meetings, and how the relations
    were revised."""

    base: str
    store: str
    code: str
    parsing: ParseOptions
    keys: bytes
    patch: Patch

    def amended(self, meetings: Sequence[Meeting], patch: Patch, store: Store) -> KeptState:
        """The same after some meetings were changed."""
        return structs.replace(self, keys=keep_meetings(meetings, store), patch=patch)


class _Places(Struct, frozen=True):
    core: Path
    relations: Path
    state: Path


def _places(manifests: ManifestStore) -> _Places:
    names = (f"{manifests.path.name}.{end}" for end in ("core", "relations", "state"))
    return _Places(*map(manifests.path.with_name, names))


def keep(
    manifests: ManifestStore,
    manifest: Manifest,
    catalogue: Catalogue,
    store: Store,
    code: str,
    parsing: ParseOptions,
) -> None:
    """Keep what the short way needs, after a whole build, of which `manifest` tells."""
    places, base = _places(manifests), manifest.version()
    keep_core(places.core, base, catalogue)
    save_sealed(places.relations, base, catalogue.relations.state.archive)
    keys = keep_meetings(catalogue.meetings, store)
    patch = catalogue.relations.state.patch
    save_sealed(places.state, base, KeptState(base, store.version, code, parsing, keys, patch))
    store.save()


def load_state(manifests: ManifestStore, manifest: Manifest) -> KeptState | None:
    """What was kept of the build a manifest tells of; None where that is nothing."""
    return load_sealed(_places(manifests).state, manifest.version(), KeptState)


def save_state(manifests: ManifestStore, manifest: Manifest, state: KeptState) -> None:
    save_sealed(_places(manifests).state, manifest.version(), state)


def load_kept(manifests: ManifestStore, state: KeptState, store: Store) -> Core | None:
    """The catalogue that was kept; None where it is missing or damaged."""
    places = _places(manifests)
    archive = load_sealed(places.relations, state.base, Archive)
    if archive is None:
        return None
    relations = Relations(State(archive, state.patch))
    return load_core(places.core, state.base, state.keys, relations, store, StoredMarkups(store))
