"""One build, from content/ to the output folder. The only module that knows the order of things."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from generator.cache import FOLDER, FileRecord, Manifest, ManifestStore, MarkupCache
from generator.catalogue import Catalogue, make_catalogue
from generator.config import FILE_NAME, Config, load_config
from generator.frontmatter import parse_all
from generator.marking import mark_up_all
from generator.markup import MarkupOptions
from generator.plan import Page, Plan, make_plan
from generator.problems import N_, Place, Problem, ProblemsFound, Severity, in_order
from generator.publication import Edition
from generator.read import Shelves, read_content
from generator.themes import Fingerprints, Theme, load_theme
from generator.viewer import Viewer
from generator.views import PageView
from generator.write import Spool, foreign_files, in_the_way, locked, prune, stat_of, write_file

if TYPE_CHECKING:
    from generator.render import Renderer

Encoder = msgspec.msgpack.Encoder

_CHANGED = N_("changed: {fields}")
_REPLACED = N_("its source changed")


class Options(Struct, frozen=True):
    """What a build is asked for (see docs/commands.md)."""

    project: Path
    output: Path
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    jobs: int = 1
    strict: bool = False
    portable: bool = False


class Rendered(Struct, frozen=True):
    """A file that was made, and why: a message id with its values."""

    path: str
    reason: str
    values: Mapping[str, str] = {}


class Report(Struct, frozen=True):
    """What a build did. With an error among `problems`, it wrote nothing."""

    problems: tuple[Problem, ...]
    notices: tuple[str, ...] = ()
    articles: int = 0
    held_back: int = 0
    pages: int = 0
    rendered: tuple[Rendered, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return any(problem.is_error for problem in self.problems)


def instant() -> dt.datetime:
    """The one instant of a build (in UTC, for of one zone Python compares the clocks on the wall,
    which are put back in autumn); `SOURCE_DATE_EPOCH` sets it
    (https://reproducible-builds.org/specs/source-date-epoch/)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return dt.datetime.fromtimestamp(int(epoch) if epoch else int(time.time()), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ProblemsFound(
            [
                Problem(
                    Place("SOURCE_DATE_EPOCH"),
                    "bad-epoch",
                    N_("“{value}” is not an instant in seconds since 1970"),
                    N_("unset this environment variable, or set it to a whole number"),
                    {"value": epoch or ""},
                )
            ]
        ) from None


def code_fingerprint() -> str:
    """Changes with the generator's own code and catalogues, on which every page depends."""
    digest = hashlib.blake2b(digest_size=12)
    folder = Path(__file__).parent
    files = [*folder.glob("*.py"), *folder.glob("locale/*/LC_MESSAGES/*.mo")]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build(options: Options, on_wait: Callable[[], None] | None = None) -> Report:
    """Build the site once; a build of the same project that runs already is waited for.

    Problems of content, configuration and templates are in the report. Raises OSError where the
    disk fails.
    """
    start = time.perf_counter()
    with locked(options.project / FOLDER / "lock", on_wait), _without_collector():
        try:
            report = _build(options)
        except ProblemsFound as found:
            report = Report(found.problems)
    problems = tuple(in_order(report.problems))
    return msgspec.structs.replace(report, problems=problems, seconds=time.perf_counter() - start)


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


def _strict(problems: Iterable[Problem]) -> list[Problem]:
    return [msgspec.structs.replace(problem, severity=Severity.ERROR) for problem in problems]


def _build(options: Options) -> Report:
    version = code_fingerprint()
    config = load_config(options.project, options.base_url)
    theme_problems: list[Problem] = []
    theme: Theme | None = None
    try:
        theme = load_theme(options.project, config.theme, Place(FILE_NAME, 1, 1))
    except ProblemsFound as found:
        theme_problems += found.problems
    shelves = read_content(options.project)
    cache = MarkupCache(options.project, version, options.clean)
    catalogue, problems = _catalogue(options, config, shelves, cache)
    viewers = tuple(Viewer(catalogue, language) for language in config.languages)
    plan = make_plan(catalogue, viewers, shelves.files, options.portable)
    problems = [*theme_problems, *problems, *plan.problems]
    if options.strict:
        problems = _strict(problems)
    cache.save()
    if theme is None or any(problem.is_error for problem in problems):
        return Report(tuple(problems))

    press = _Press(options, catalogue, plan, theme, viewers, version)
    try:
        press.run()
    except ProblemsFound as found:
        return Report((*problems, *found.problems))
    notices = (
        ()
        if config.base_url
        else (
            N_("Without base_url in bulletin.toml there are no feeds, sitemap or canonical links."),
        )
    )
    return Report(
        problems=tuple(problems),
        notices=notices,
        articles=len(catalogue.meetings),
        held_back=len(catalogue.selection.held_back),
        pages=len(plan.pages),
        rendered=tuple(press.rendered),
        removed=tuple(press.removed),
    )


def load_catalogue(project: Path) -> tuple[Catalogue, list[Problem]]:
    """What a build of the project as its readers see it would be made of, and all that is wrong
    with it; writes nothing. Raises ProblemsFound where bulletin.toml cannot be understood."""
    options = Options(project, project, jobs=os.cpu_count() or 1)
    config = load_config(project)
    cache = MarkupCache(project, code_fingerprint(), fresh=False)
    return _catalogue(options, config, read_content(project), cache)


def _catalogue(
    options: Options, config: Config, shelves: Shelves, cache: MarkupCache
) -> tuple[Catalogue, list[Problem]]:
    content = parse_all(shelves.sources, config.zone)
    marked = mark_up_all(content, MarkupOptions(config.markup.raw_html), cache, options.jobs)
    edition = Edition(instant(), options.drafts, options.future)
    catalogue = make_catalogue(config, edition, content, marked.markups, shelves.files)
    problems = [*shelves.problems, *content.problems, *marked.problems, *catalogue.problems]
    return catalogue, problems


class _Press:
    """Renders what has changed since the last build into the output folder."""

    def __init__(
        self,
        options: Options,
        catalogue: Catalogue,
        plan: Plan,
        theme: Theme,
        viewers: tuple[Viewer, ...],
        version: str,
    ) -> None:
        self.options = options
        self.catalogue = catalogue
        self.plan = plan
        self.theme = theme
        self.viewers = {viewer.language: viewer for viewer in viewers}
        self.store = ManifestStore(options.project, options.output)
        self.manifest = self.store.load()
        self.old: Mapping[str, FileRecord] = self.manifest.files if self.manifest else {}
        self.fingerprints = Fingerprints(theme, self.manifest.templates if self.manifest else {})
        self.encoder = Encoder()
        self.surroundings = {
            viewer.language: self._surroundings(viewer, version) for viewer in viewers
        }
        self._renderers: dict[str, Renderer] = {}
        self.records: dict[str, FileRecord] = {}
        self.rendered: list[Rendered] = []
        self.removed: list[str] = []

    def _surroundings(self, viewer: Viewer, version: str) -> bytes:
        """What every page of a language depends on besides its template and its view."""
        parts = (version, self.theme.fingerprint, self.options.portable, viewer.site())
        return hashlib.blake2b(self.encoder.encode(parts), digest_size=8).digest()

    def renderer(self, language: str) -> Renderer:
        if language not in self._renderers:
            from generator.render import Renderer

            viewer = self.viewers[language]
            self._renderers[language] = Renderer(
                self.options.project, self.theme, viewer.site(), viewer.translator
            )
        return self._renderers[language]

    def run(self) -> None:
        """Render, then write, then remove, then record: an error before the writing leaves the site
        as it was, and an end at any later point leaves what the next build completes."""
        spool = Spool(self.options.project / FOLDER)
        try:
            problems = self._render_pages(spool)
            self._take_copies(spool)
            ours = {*self.old, *self.store.load_journal()}
            if not self.options.clean:
                problems += foreign_files(self.options.output, spool, ours, self.options.project)
            if problems:
                raise ProblemsFound(problems)
            if len(spool) or ours - self.records.keys():
                self._commit(spool, ours)
        finally:
            spool.close()
        self.store.finish(
            Manifest(self.records, self.fingerprints.known, self.catalogue.selection.next_change)
        )

    def _commit(self, spool: Spool, ours: set[str]) -> None:
        output = self.options.output
        self.store.begin(spool.paths())
        removed = prune(output, in_the_way(ours, self.records), self.records)
        for path, data in spool.items():
            size, mtime_ns = write_file(output, path, data)
            self.records[path] = msgspec.structs.replace(
                self.records[path], size=size, mtime_ns=mtime_ns
            )
        self.removed = removed + prune(output, ours - {*removed}, self.records)

    def _render_pages(self, spool: Spool) -> list[Problem]:
        problems: list[Problem] = []
        for page in self.plan.pages:
            view = page.make()
            encoded = self.encoder.encode(view)
            key = FileRecord(
                template=self.fingerprints.of(page.template)[:8],
                surroundings=self.surroundings[page.language],
                view=hashlib.blake2b(encoded, digest_size=16).digest(),
                fields=b"",
                size=0,
                mtime_ns=0,
            )
            old = self.old.get(page.path)
            reason = self._reason(page.path, key, old)
            if old and not reason:
                self.records[page.path] = old
                continue
            fields = self._field_digests(view)
            try:
                data = self.renderer(page.language).render(page.template, view, page.link)
            except ProblemsFound as found:
                problems += found.problems
                if len(problems) >= 20:
                    break
                continue
            spool.add(page.path, data)
            self.records[page.path] = msgspec.structs.replace(key, fields=fields)
            self.rendered.append(self._explain(page, reason, view, fields, old))
        return problems

    def _take_copies(self, spool: Spool) -> None:
        files = [(copy.path, copy.source) for copy in self.plan.copies]
        files += [(self.theme.asset_address(s.name), s.source) for s in self.theme.static]
        for path, source in files:
            data = Path(source).read_bytes()
            view = hashlib.blake2b(data, digest_size=16).digest()
            key = FileRecord(b"", b"", view, b"", 0, 0)
            old = self.old.get(path)
            reason = self._reason(path, key, old)
            if old and not reason:
                self.records[path] = old
                continue
            spool.add(path, data)
            self.records[path] = key
            self.rendered.append(Rendered(path, _REPLACED if reason == _CHANGED else reason))

    def _reason(self, path: str, key: FileRecord, old: FileRecord | None) -> str:
        """Why a file has to be made, as a message id; `` where it is as it should be."""
        if self.options.clean:
            return N_("--clean was given")
        if old is None:
            return N_("new")
        found = stat_of(self.options.output / path)
        if found is None:
            return N_("its file was missing")
        if found != (old.size, old.mtime_ns):
            return N_("its file was changed by something else")
        if old.surroundings != key.surroundings:
            return N_("the frame of all pages changed")
        if old.template != key.template:
            return N_("the template {template} changed")
        return "" if old.view == key.view else _CHANGED

    def _field_digests(self, view: PageView) -> bytes:
        """Two bytes for each field of a view, to tell later which of them changed."""
        return b"".join(
            hashlib.blake2b(self.encoder.encode(getattr(view, field)), digest_size=2).digest()
            for field in view.__struct_fields__
        )

    def _explain(
        self, page: Page, reason: str, view: PageView, fields: bytes, old: FileRecord | None
    ) -> Rendered:
        changed = []
        if reason == _CHANGED and old and len(old.fields) == len(fields):
            changed = [
                name
                for at, name in enumerate(view.__struct_fields__)
                if fields[2 * at : 2 * at + 2] != old.fields[2 * at : 2 * at + 2]
            ]
        return Rendered(
            page.path, reason, {"template": page.template, "fields": ", ".join(changed)}
        )
