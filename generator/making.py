"""The whole way from content/ to the output folder. The only module that knows the order of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from generator.amending import keep
from generator.catalogue import Catalogue, make_catalogue
from generator.config import Config, load_config
from generator.intake import StoredMarkups, take_in
from generator.manifest import Inputs, Manifest, ManifestStore, Outputs
from generator.markup import VERSION, MarkupOptions
from generator.parsing import ParseOptions
from generator.plan import Plan, make_plan
from generator.press import FileCopy, Press, make_frames
from generator.problems import N_, Place, Problem, ProblemsFound, Severity, in_order
from generator.project import FILE_NAME, PACKAGE
from generator.publication import Edition
from generator.read import CONTENT, find_content, is_source
from generator.reports import Options, Report
from generator.scanning import Found
from generator.sealed import FOLDER
from generator.standing import Known, Stock, digest_file, instant, question, take_stock
from generator.store import Store
from generator.themes import Fingerprints, Theme, load_theme
from generator.viewer import Viewer
from generator.workers import Workers

READING, CONNECTING, RENDERING = N_("Reading"), N_("Connecting"), N_("Pages")

OnProgress = Callable[[str, int, int], None]
"""Is told what is being done, how many of it are done, and of how many."""

NO_BASE_URL = N_(
    "Without base_url in bulletin.toml there are no feeds, sitemap or canonical links."
)


def code_fingerprint() -> str:
    """Changes with the generator's own code and catalogues, on which every page depends."""
    digest = hashlib.blake2b(digest_size=12)
    files = [*PACKAGE.glob("*.py"), *PACKAGE.glob("locale/*/LC_MESSAGES/*.mo")]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Job(Struct, frozen=True):
    """A build that has begun: what it is asked, the manifest of the last one, the files there are,
    who does the work, and who is told of it."""

    options: Options
    manifest: Manifest | None
    stock: Stock
    workers: Workers
    on_progress: OnProgress

    @property
    def known(self) -> Known:
        """What the last build knew of files."""
        return self.manifest.inputs.known() if self.manifest and not self.options.clean else {}


class _Draft(Struct, frozen=True):
    """All that is settled before anything is rendered. `digests` are of the files of content/ that
    were parsed."""

    config: Config
    catalogue: Catalogue
    plan: Plan
    viewers: tuple[Viewer, ...]
    digests: Mapping[str, bytes]
    problems: list[Problem]


def make_site(job: Job) -> Report:
    """Make what is not as it should be. Raises ProblemsFound where bulletin.toml cannot be
    understood, `store.Damaged` where the store has to be made anew, OSError where the disk
    fails."""
    options, known = job.options, job.known
    # Before any of them is read: what is saved meanwhile then has another digest the next time.
    digests = {
        file.path: digest_file(file, known) for file in job.stock.found if not _is_text(file)
    }
    version = code_fingerprint()
    config = load_config(options.project, options.base_url)
    theme, theme_problems = _theme(options.project, config)
    store = _store(options.project, config, version, options.clean or options.fresh)
    try:
        draft = _draft(job, config, store, known)
        # Should this build be ended, or find errors, the next need not parse anything again.
        store.save(forget=False)
        problems = [*theme_problems, *draft.problems]
        if options.strict:
            problems = [
                msgspec.structs.replace(problem, severity=Severity.ERROR) for problem in problems
            ]
        if theme is None or any(problem.is_error for problem in problems):
            return Report(tuple(in_order(problems)))
        press = _press(job, draft, theme, version)
        try:
            press.run(draft.plan.pages, _copies(draft, theme, digests))
        except ProblemsFound as found:
            return Report(tuple(in_order([*problems, *found.problems])))
        job.workers.stop()
        digests |= draft.digests
        # What is in no shelf nobody has read.
        digests |= {f.path: digest_file(f, known) for f in job.stock.found if f.path not in digests}
        made = _manifest(job, draft, press, problems, digests)
        manifests = ManifestStore(options.project, options.output)
        keep(manifests, made, draft.catalogue, store, version, _parse_options(config))
        manifests.finish(made)
        return msgspec.structs.replace(
            made.report, rendered=tuple(press.rendered), removed=tuple(press.removed)
        )
    finally:
        store.close()


def _is_text(file: Found) -> bool:
    """Whether a file is one of content/ that is parsed, and has its digest from that."""
    return file.path.startswith(f"{CONTENT}/") and is_source(file.path)


def _theme(project: Path, config: Config) -> tuple[Theme | None, tuple[Problem, ...]]:
    try:
        return load_theme(project, config.theme, Place(FILE_NAME, 1, 1)), ()
    except ProblemsFound as found:
        return None, found.problems


def _store(
    project: Path, config: Config, version: str, fresh: bool, read_only: bool = False
) -> Store:
    versions = f"{version} {VERSION} {_parse_options(config)}"
    return Store(project / FOLDER, versions, fresh, read_only)


def _parse_options(config: Config) -> ParseOptions:
    return ParseOptions(config.timezone, MarkupOptions(config.markup.raw_html))


def _draft(job: Job, config: Config, store: Store, known: Known) -> _Draft:
    options = job.options
    shelves = find_content(options.project, job.stock.below(f"{CONTENT}/"))
    on_read = partial(job.on_progress, READING)
    intake = take_in(shelves, _parse_options(config), store, known, job.workers, on_read)
    job.on_progress(CONNECTING, 0, 1)
    edition = Edition(instant(), options.drafts, options.future)
    catalogue = make_catalogue(config, edition, intake.content, StoredMarkups(store), shelves.files)
    viewers = tuple(Viewer(catalogue, language) for language in config.languages)
    plan = make_plan(catalogue, viewers, shelves.files, options.portable)
    problems = [
        *shelves.problems,
        *intake.content.problems,
        *catalogue.problems,
        *plan.problems,
    ]
    return _Draft(config, catalogue, plan, viewers, intake.digests, problems)


def _press(job: Job, draft: _Draft, theme: Theme, version: str) -> Press:
    options, manifest = job.options, job.manifest
    fingerprints = Fingerprints(theme, manifest.templates if manifest else {})
    total = len(draft.plan.pages)
    return Press(
        options,
        ManifestStore(options.project, options.output),
        manifest.outputs.files() if manifest else {},
        make_frames(options.project, version, theme, fingerprints, draft.viewers),
        fingerprints,
        job.workers,
        lambda done: job.on_progress(RENDERING, done, total),
    )


def _manifest(
    job: Job,
    draft: _Draft,
    press: Press,
    problems: Iterable[Problem],
    digests: Mapping[str, bytes],
) -> Manifest:
    selection = draft.catalogue.selection
    return Manifest(
        question(job.options),
        draft.catalogue.edition.now,
        selection.next_change,
        Inputs.of(job.stock.listing, digests, job.stock.seen_at),
        Outputs.of(press.files),
        press.fingerprints.known,
        Report(
            problems=tuple(in_order(problems)),
            notices=() if draft.config.base_url else (NO_BASE_URL,),
            articles=len(draft.catalogue.meetings),
            held_back=len(selection.held_back),
            pages=len(draft.plan.pages),
        ),
    )


def _copies(draft: _Draft, theme: Theme, digests: Mapping[str, bytes]) -> Iterable[FileCopy]:
    for copy in draft.plan.copies:
        yield FileCopy(copy.path, copy.source.real_path, digests[copy.source.path])
    for static in theme.static:
        yield FileCopy(theme.asset_address(static.name), static.source, static.digest)


@contextmanager
def loaded_catalogue(
    project: Path, fresh: bool = False
) -> Iterator[tuple[Catalogue, list[Problem]]]:
    """What a build of the project as its readers see it would be made of, and all that is wrong
    with it; writes nothing. With `fresh`, nothing that was kept is used.

    Raises ProblemsFound where bulletin.toml cannot be understood, and while the catalogue is in use
    `store.Damaged` where what was kept has gone meanwhile."""
    options = Options(project, project, jobs=os.cpu_count() or 1)
    stock, config = take_stock(project), load_config(project)
    store = _store(project, config, code_fingerprint(), fresh, read_only=True)
    try:
        with Workers(options.jobs) as workers:
            draft = _draft(Job(options, None, stock, workers, _unheard), config, store, {})
        yield draft.catalogue, draft.problems
    finally:
        store.close()


def _unheard(_stage: str, _done: int, _total: int) -> None:
    """Nobody is told."""
