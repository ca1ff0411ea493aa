"""The short way to a site in which only bodies of articles were edited.

It looks at the pages that show them, and at no other. Where anything else may have changed, or
anything is not as it was left, it gives up, and the long way is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import structs

from generator.content import ParsedFile
from generator.indexing import Indexer, is_searched
from generator.intake import key_of_file
from generator.keeping import KeptState, load_kept, load_state, save_state
from generator.kept import Core
from generator.manifest import Inputs, Manifest, ManifestStore
from generator.model import Entry
from generator.parsing import FileTask, parse_files
from generator.plan import pages_about
from generator.press import Press, make_frames
from generator.problems import Place, ProblemsFound, in_order
from generator.project import FILE_NAME
from generator.read import CONTENT, is_source
from generator.reports import Options, Report
from generator.resolving import Resolver
from generator.revising import Edit, Revised, find_mentions, make_resolver, revise
from generator.scanning import Found
from generator.sealed import FOLDER
from generator.search_views import make_indexes
from generator.standing import Stock, instant
from generator.store import Damaged, Store
from generator.themes import Fingerprints, load_theme
from generator.viewer import viewers_of
from generator.workers import Workers

MOST_EDITED = 20
_ARTICLES = f"{CONTENT}/articles/"


def amend_site(
    options: Options, manifest: Manifest, stock: Stock, edited: Sequence[Found], workers: Workers
) -> Report | None:
    """Make the pages that show the bodies of some edited files; None where that is not all that may
    have changed. `manifest` is that of the last build, and what it wrote is there as it was."""
    paths = {file.path for file in edited}
    if len(paths) > MOST_EDITED or not all(map(_is_article, paths)):
        return None
    if any(problem.place.path in paths for problem in manifest.report.problems):
        return None
    manifests = ManifestStore(options.project, options.output)
    state = load_state(manifests, manifest)
    if state is None:
        return None
    store = Store(options.project / FOLDER, state.store)
    try:
        return _Amender(options, manifest, manifests, stock, state, store).run(edited, workers)
    except Damaged:
        # What is gone is then made anew, and all else stays.
        store.save(forget=False)
        return None
    finally:
        store.close()


def _is_article(path: str) -> bool:
    return path.startswith(_ARTICLES) and is_source(path)


class _Amender:
    def __init__(
        self,
        options: Options,
        manifest: Manifest,
        manifests: ManifestStore,
        stock: Stock,
        state: KeptState,
        store: Store,
    ) -> None:
        self.options = options
        self.manifest = manifest
        self.manifests = manifests
        self.stock = stock
        self.state = state
        self.store = store
        self.digests = manifest.inputs.digest_by_path()
        self.replaced: set[bytes] = set()
        self.needed: set[bytes] = set()

    def run(self, edited: Sequence[Found], workers: Workers) -> Report | None:
        edits = [edit for file in edited if (edit := self._edit(file))]
        if len(edits) < len(edited):
            return None
        core = load_kept(self.manifests, self.state, self.store)
        if core is None:
            return None
        revised = revise(core.catalogue, edits, self._resolver(core, edits))
        return self._print(core, revised, workers) if revised else None

    def _edit(self, file: Found) -> Edit | None:
        """What a file said and says; None where there are problems in it."""
        decode = msgspec.msgpack.Decoder(ParsedFile).decode
        before = decode(self.store.need(key_of_file(file.path, self.digests[file.path])))
        packed = parse_files([FileTask(before.source, file.real_path)], self.state.parsing)[0]
        after = decode(packed.parsed)
        self.replaced.add(key_of_file(file.path, self.digests[file.path]))
        if before.entry and before.entry.body:
            self.replaced.add(before.entry.body.key)
        self.digests[file.path] = packed.digest
        self.store.add(key_of_file(file.path, packed.digest), packed.parsed)
        self.needed.add(key_of_file(file.path, packed.digest))
        if packed.body:
            self.store.add(packed.body, packed.markup)
            self.needed.add(packed.body)
        old, new = before.entry, after.entry
        if (before.problems or after.problems) or old is None or new is None:
            return None
        if isinstance(old, Entry) or isinstance(new, Entry):
            return None
        return Edit(before.source, old, new)

    def _resolver(self, core: Core, edits: Iterable[Edit]) -> Resolver:
        """What resolves the edited bodies. What links may lead to is gathered where there are
        some."""
        catalogue = core.catalogue
        markups = [catalogue.markups(body.key) for edit in edits if (body := edit.after.body)]
        files = {
            file.path: file for file in self.stock.below(f"{CONTENT}/") if not is_source(file.path)
        }
        linked = any(markup.links or markup.pictures for markup in markups)
        scope = core.scope(files) if linked else catalogue.scope
        return make_resolver(catalogue, scope, find_mentions(catalogue))

    def _print(self, core: Core, revised: Revised, workers: Workers) -> Report:
        options, manifest, config = self.options, self.manifest, core.catalogue.config
        catalogue = structs.replace(
            core.catalogue,
            meetings=core.meetings.replaced(revised.changed),
            relations=revised.relations,
        )
        theme = load_theme(options.project, config.theme, Place(FILE_NAME, 1, 1))
        fingerprints = Fingerprints(theme, manifest.templates)
        searched = is_searched(options, theme.settings)
        viewers = viewers_of(catalogue, searched)
        pages = pages_about(
            catalogue, viewers, revised.shown, revised.changed.keys(), options.portable
        )
        outputs = manifest.outputs.files()
        indexes = (
            index for viewer in viewers for index in make_indexes(viewer, revised.changed.keys())
        )
        indexer = Indexer(options, outputs, self.state.code, indexes) if searched else None
        press = Press(
            options,
            self.manifests,
            outputs,
            make_frames(options.project, self.state.code, theme, fingerprints, viewers),
            fingerprints,
            workers,
            lambda _done: None,
        )
        try:
            press.run(pages, (), others_stay=True, indexer=indexer)
        except ProblemsFound as found:
            return Report(tuple(in_order([*manifest.report.problems, *found.problems])))
        made = structs.replace(
            manifest,
            made_at=instant(),
            inputs=Inputs.of(self.stock.listing, self.digests, self.stock.seen_at),
            outputs=outputs.replaced(press.files, press.gone),
            templates={**manifest.templates, **fingerprints.known},
        )
        self.replaced.update(map(core.meetings.key, revised.changed))
        self.store.keep_all(but=self.replaced - self.needed)
        patch = catalogue.relations.state.patch
        state = self.state.amended(catalogue.meetings, patch, self.store)
        self.store.save()
        save_state(self.manifests, made, state)
        self.manifests.finish(made)
        return structs.replace(
            manifest.report,
            rendered=tuple(press.rendered),
            search_seconds=indexer.seconds if indexer else 0.0,
        )
