"""What a preview keeps for the next, and what can be shown before anything is worked out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from generator.config import Config
from generator.drafting import Draft, parse_options, store_version
from generator.indexing import is_previewed
from generator.keeping import keep, load_kept, load_state
from generator.manifest import Inputs, Manifest, ManifestStore, Outputs
from generator.publication import Edition
from generator.read import CONTENT, is_source
from generator.reports import Options, Report
from generator.scanning import digest_of
from generator.sealed import FOLDER, load_sealed
from generator.snapshot import Snapshot, unplanned
from generator.standing import Stock, question
from generator.store import Store
from generator.workspace import SharedStore

MOST_TOUCHED = 20
"""If more files are others than when it was kept, showing it would mislead."""


def folder_of(project: Path) -> Path:
    """Where previews of a project keep things."""
    return project / FOLDER / "preview"


def open_shared(project: Path, config: Config, code: str, alone: bool) -> SharedStore:
    """The store of previews. One that is not `alone` may only read it. The first preview begins
    with what builds have parsed."""
    folder = folder_of(project)
    version = store_version(config, code)
    if alone and load_sealed(folder / "store.index", version, msgspec.Raw) is None:
        _copy_store(project / FOLDER, folder, version)
    return SharedStore(folder, version, read_only=not alone)


def _copy_store(source: Path, target: Path, version: str) -> None:
    """Copy a store, unless it is of another version or somebody is changing it."""
    if load_sealed(source / "store.index", version, msgspec.Raw) is None:
        return
    with suppress(OSError):
        # The index first: what is written to the file after it was read, it does not know.
        shutil.copyfile(source / "store.index", target / "store.index.copy")
        for name in ("store.a", "store.b"):
            with suppress(FileNotFoundError):
                shutil.copyfile(source / name, target / name)
        (target / "store.index.copy").replace(target / "store.index")


def kept_snapshot(
    project: Path, output: Path, stock: Stock, code: str, held_back_too: bool
) -> tuple[Snapshot, SharedStore] | None:
    """The site as it was when a preview, or else a build into `output`, last knew it, and the store
    that it is read from; None where too much has changed since. Only with `held_back_too` may it
    have what is held back."""
    folder = folder_of(project)
    files = {file.path: file for file in stock.below(f"{CONTENT}/") if not is_source(file.path)}
    for manifests, stored in (
        (ManifestStore(project, folder), folder),
        (ManifestStore(project, output), project / FOLDER),
    ):
        manifest = manifests.load()
        state = load_state(manifests, manifest) if manifest else None
        if manifest is None or state is None or state.code != code:
            continue
        touched = manifest.inputs.touched(stock.listing)
        if touched is None or len(touched) > MOST_TOUCHED:
            continue
        store = SharedStore(stored, state.store, read_only=True)
        core = load_kept(manifests, state, store)
        if core is not None and (held_back_too or _is_public(core.catalogue.edition)):
            searched = is_previewed(core.catalogue.theme)
            scope = partial(core.scope, files)
            return unplanned(core.catalogue, files, scope, searched), store
        store.close()
    return None


def _is_public(edition: Edition) -> bool:
    return not (edition.drafts or edition.future)


def keep_preview(
    project: Path, stock: Stock, draft: Draft, store: Store, code: str, digests: Mapping[str, bytes]
) -> None:
    """Keep what the next preview can show at once. `digests` are those of the Markdown files that
    the draft is of."""
    manifests = ManifestStore(project, folder_of(project))
    # Of other files the stat has to do: pictures would take long to read.
    every = {
        file.path: digests.get(file.path) or digest_of(msgspec.msgpack.encode(file.stat))
        for file in stock.found
    }
    catalogue = draft.catalogue
    edition = catalogue.edition
    options = Options(project, folder_of(project), drafts=edition.drafts, future=edition.future)
    manifest = Manifest(
        question=question(options),
        made_at=edition.now,
        next_change=catalogue.selection.next_change,
        inputs=Inputs.of(stock.listing, every, stock.seen_at),
        outputs=Outputs(),
        templates={},
        report=Report(()),
    )
    keep(manifests, manifest, catalogue, store, code, parse_options(draft.config))
    manifests.finish(manifest)
