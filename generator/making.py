"""The whole way from content/ to the output folder. The only module that knows the order of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import msgspec
from msgspec import Struct

from generator.config import load_config
from generator.darkroom import forget_others
from generator.drafting import (
    CONNECTING,
    PICTURES,
    Draft,
    OnProgress,
    code_fingerprint,
    find_theme,
    make_draft,
    open_store,
    parse_options,
    read_content,
)
from generator.indexing import SEARCHING, Indexer, is_searched, search_notices
from generator.keeping import keep
from generator.looking import StoredLooks, negative_of
from generator.manifest import Inputs, Manifest, ManifestStore, Outputs
from generator.press import FileCopy, Press, PrintedPicture, make_frames
from generator.problems import N_, Problem, ProblemsFound, Severity, in_order
from generator.publication import Edition
from generator.read import CONTENT, is_source
from generator.reports import Options, Report
from generator.scanning import Found
from generator.sealed import FOLDER
from generator.search_views import count_indexes, make_indexes
from generator.standing import Known, Stock, digest_file, instant, question
from generator.theme_settings import ThemeSettings
from generator.themes import Fingerprints, Theme
from generator.workers import Workers

RENDERING = N_("Pages")

NO_BASE_URL = N_(
    "Without base_url in bulletin.toml there are no feeds, sitemap or canonical links."
)


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
    theme, theme_problems = find_theme(options.project, config)
    settings = theme.settings if theme else ThemeSettings()
    fresh = options.clean or options.fresh
    store = open_store(options.project / FOLDER, config, version, fresh)
    try:
        shelves, intake = read_content(
            options.project, job.stock, config, store, known, job.workers, job.on_progress
        )
        job.on_progress(CONNECTING, 0, 1)
        edition = Edition(instant(), options.drafts, options.future)
        searched = is_searched(options, settings)
        look = StoredLooks(
            store,
            job.workers,
            lambda file: digests[file.path],
            partial(job.on_progress, PICTURES),
        )
        draft = make_draft(
            config,
            settings,
            edition,
            intake.content,
            shelves,
            store,
            look,
            options.portable,
            searched,
        )
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
        # A proof makes neither pictures nor the search: they take long, and what is wrong with
        # pictures is known by now.
        wanted = searched and not options.proof
        indexer = _indexer(job, draft, version) if wanted else None
        try:
            pictures = () if options.proof else tuple(_pictures(draft))
            press.run(
                draft.plan.pages,
                _copies(draft, theme, digests),
                pictures=pictures,
                on_picture=lambda done: job.on_progress(PICTURES, done, len(pictures)),
                indexer=indexer,
            )
        except ProblemsFound as found:
            return Report(tuple(in_order([*problems, *found.problems])))
        job.workers.stop()
        notices = (() if config.base_url else (NO_BASE_URL,)) + search_notices(options, settings)
        if options.proof:
            return _report(draft, problems, notices)
        digests |= intake.digests
        # What is in no shelf nobody has read.
        digests |= {f.path: digest_file(f, known) for f in job.stock.found if f.path not in digests}
        made = _manifest(job, draft, press, problems, notices, digests)
        manifests = ManifestStore(options.project, options.output)
        forget_others(
            options.project, {look.digest for look in draft.catalogue.gallery.looks.values()}
        )
        keep(manifests, made, draft.catalogue, store, version, parse_options(config))
        manifests.finish(made)
        return msgspec.structs.replace(
            made.report,
            rendered=tuple(press.rendered),
            removed=tuple(press.removed),
            search_seconds=indexer.seconds if indexer else 0.0,
        )
    finally:
        store.close()


def _is_text(file: Found) -> bool:
    """Whether a file is one of content/ that is parsed, and has its digest from that."""
    return file.path.startswith(f"{CONTENT}/") and is_source(file.path)


def _press(job: Job, draft: Draft, theme: Theme, version: str) -> Press:
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


def _indexer(job: Job, draft: Draft, version: str) -> Indexer:
    manifest = job.manifest
    total = sum(map(count_indexes, draft.viewers))
    return Indexer(
        job.options,
        manifest.outputs.files() if manifest else {},
        version,
        (index for viewer in draft.viewers for index in make_indexes(viewer)),
        lambda done: job.on_progress(SEARCHING, done, total),
    )


def _manifest(
    job: Job,
    draft: Draft,
    press: Press,
    problems: Iterable[Problem],
    notices: tuple[str, ...],
    digests: Mapping[str, bytes],
) -> Manifest:
    return Manifest(
        question(job.options),
        draft.catalogue.edition.now,
        draft.catalogue.selection.next_change,
        Inputs.of(job.stock.listing, digests, job.stock.seen_at),
        Outputs.of(press.files),
        press.fingerprints.known,
        _report(draft, problems, notices),
    )


def _report(draft: Draft, problems: Iterable[Problem], notices: tuple[str, ...]) -> Report:
    return Report(
        problems=tuple(in_order(problems)),
        notices=notices,
        articles=len(draft.catalogue.meetings),
        held_back=len(draft.catalogue.selection.held_back),
        pages=len(draft.plan.pages),
    )


def _copies(draft: Draft, theme: Theme, digests: Mapping[str, bytes]) -> Iterable[FileCopy]:
    for copy in draft.plan.copies:
        yield FileCopy(copy.path, copy.source.real_path, digests[copy.source.path])
    for static in theme.static:
        yield FileCopy(theme.asset_address(static.name), static.source, static.digest)


def _pictures(draft: Draft) -> Iterator[PrintedPicture]:
    looks = draft.catalogue.gallery.looks
    for each in draft.plan.pictures:
        recipes = {made.address: made.recipe for made in each.prints}
        negative = negative_of(each.source, looks[each.source.path], recipes.values())
        yield PrintedPicture(negative, recipes)
