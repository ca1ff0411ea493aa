"""One build: nothing, where the site stands as it should, else whatever is to be made."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import structs

from generator.manifest import Inputs, Manifest, ManifestStore
from generator.problems import ProblemsFound, in_order
from generator.reports import Options, Report
from generator.scanning import Found, digest_at
from generator.sealed import FOLDER
from generator.standing import (
    Stock,
    compare_beside,
    instant,
    is_due,
    question,
    take_stock,
)
from generator.write import locked


def build(
    options: Options,
    on_wait: Callable[[], None] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Build the site once; a build of the same project that runs already is waited for.

    Problems of content, configuration and templates are in the report. `on_progress` is told what
    is being done, how many of it are done, and of how many. Raises OSError where the disk fails.
    """
    start = time.perf_counter()
    with locked(options.project / FOLDER / "lock", on_wait), _without_collector():
        try:
            report = _build(options, on_progress or _unheard)
        except ProblemsFound as found:
            report = Report(tuple(in_order(found.problems)))
    return structs.replace(report, seconds=time.perf_counter() - start)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Records of a build live until it ends and make no circles: looking for some takes a fifth of
    its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _build(options: Options, on_progress: Callable[[str, int, int], None]) -> Report:
    manifests = ManifestStore(options.project, options.output)
    manifest = manifests.load()
    edited: list[Found] | None = None
    if manifest and not options.clean and not manifests.journal_path.exists():
        as_left = compare_beside(manifest.outputs, str(options.output))
        stock = take_stock(options.project)
        edited = _edited(options, manifest, stock) if as_left() else None
    else:
        stock = take_stock(options.project)
    if manifest and edited == []:
        _remember(manifests, manifest, stock)
        return manifest.report

    from generator.workers import Workers

    with Workers(options.jobs) as workers:
        if manifest and edited and not options.proof:
            from generator.amending import amend_site

            report = amend_site(options, manifest, stock, edited, workers)
            if report is not None:
                return report
        from generator.making import Job, make_site
        from generator.store import Damaged

        job = Job(options, manifest, stock, workers, on_progress)
        try:
            return make_site(job)
        except Damaged:
            # Somebody else has changed what was kept: it is made anew.
            again = structs.replace(options, fresh=True)
            return make_site(structs.replace(job, options=again))


def _edited(options: Options, manifest: Manifest, stock: Stock) -> list[Found] | None:
    """The files that have other bytes than at the last build; None where there is more to it: files
    have come or gone, or another build is asked for."""
    if manifest.question != question(options) or is_due(manifest, instant()):
        return None
    touched = manifest.inputs.touched(stock.listing)
    if touched is None:
        return None
    files = [(stock.found[place], manifest.inputs.digest(place)) for place in touched]
    return [file for file, digest in files if digest_at(file.real_path) != digest]


def _remember(manifests: ManifestStore, manifest: Manifest, stock: Stock) -> None:
    """Keep the stats of files that were touched, and have the same bytes, for the next time."""
    if manifest.inputs.touched(stock.listing):
        inputs = Inputs.of(stock.listing, manifest.inputs.digest_by_path(), stock.seen_at)
        manifests.finish(structs.replace(manifest, inputs=inputs))


def _unheard(_stage: str, _done: int, _total: int) -> None:
    """Nobody is told."""
