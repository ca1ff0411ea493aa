"""The preview's engine: keeps the site in memory as the files are changed, and makes its pages.

What is saved is put in at once (see `patching`), by the thread that says so. A thread of its own
then connects everything anew where more may depend on it, and publishes that when it is done. What
is shown is never half of either: a snapshot is made as a whole, and replaced as a whole.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from generator.agenda import Agenda
from generator.assembling import Assembled, assemble, draft_for
from generator.config import Config, load_config
from generator.drafting import CONNECTING, code_fingerprint
from generator.i18n import Translator
from generator.kept_preview import folder_of, keep_preview, kept_snapshot, open_shared
from generator.known_problems import KnownProblems, said_by
from generator.opening import asked_to_open
from generator.page_facts import Facts
from generator.presenting import Presenter
from generator.preview_records import Candidate, Served, State, View
from generator.problems import Problem, ProblemsFound
from generator.project import FILE_NAME
from generator.rounds import Rounds, Stopped
from generator.shown import Shown
from generator.snapshot import Snapshot, planned
from generator.standing import Stock, take_stock
from generator.store import Damaged
from generator.urls import rooted_linker
from generator.workers import Workers
from generator.workspace import Change, SharedStore, Workspace

MOST_AT_ONCE = 20
"""If more files are saved at once, all is connected anew before any of it is shown."""

_THEMES = ("templates/", "themes/", "shipped/")
_PAUSE = 0.3
"""So many seconds after a save what follows from it begins: typing should not have to wait."""

_HEAD_START = 1.0
"""So many seconds what was kept is shown before anything is worked out."""

_NOT_YET = Served(503, "text/plain", "", b"503\n")


class Preview:
    """The site of a project while it is worked on (a `Desk`). `output` is where builds are put;
    `view` whose site is shown unless the other is asked for. `on_state` is told of every change,
    `on_waiting` of the progress until there is a site, `on_failure` of what the disk or the system
    refuses; all of them by any thread."""

    def __init__(
        self,
        project: Path,
        output: Path,
        translator: Translator,
        on_state: Callable[[State], None],
        on_waiting: Callable[[str, int, int], None],
        on_failure: Callable[[Exception], None],
        view: View = View.EDITORS,
    ) -> None:
        self.project = project
        self.output = output
        self.translator = translator
        self.view = view
        self.code = code_fingerprint()
        self._on_state, self._on_waiting = on_state, on_waiting
        self._facts = Facts(translator, self._real_path)
        self._presenter = Presenter(project, self.code, self._facts)
        self._shown = Shown(view)
        # Whoever changes any of what follows holds its lock.
        self._agenda = Agenda(self._shown.moments)
        self._rounds = Rounds(
            self._agenda,
            folder_of(project) / "lock",
            self._show_kept,
            self._settle,
            self._tidy,
            on_failure,
        )
        self._ready = threading.Event()
        self._other_view = threading.Lock()
        self._first_stock: Stock | None = None
        self._store: SharedStore | None = None
        self._workspace: Workspace | None = None
        self._settled: Assembled | None = None
        self._unkept: Assembled | None = None
        self._problems = KnownProblems(self._facts)
        self._said_of_templates: tuple[Problem, ...] = ()
        self._fresh: frozenset[str] = frozenset()
        self._put: set[str] = set()
        self._wanted: str | None = None
        self._is_rehearsed = False
        self._state = State(0, settled=False)

    # What the server asks

    def start(self, stock: Stock | None = None) -> None:
        """Begin, with the files as somebody has just found them."""
        self._first_stock = stock
        self._rounds.start()

    def stop(self) -> None:
        """End soon; what is being worked out is dropped."""
        self._agenda.stop()

    def join(self, seconds: float) -> None:
        """Wait until what was stopped has ended."""
        self._rounds.join(seconds)

    def is_busy(self) -> bool:
        """Whether everything is to be connected anew, or is being."""
        return self._agenda.is_asked or self._rounds.is_working

    def wait(self, seconds: float) -> bool:
        return self._ready.wait(seconds)

    def state(self) -> State:
        return self._state

    def serve(self, view: View, address: str) -> Served:
        self._ready.wait()
        try:
            snapshot = self._snapshot(view)
            served = self._presenter.serve(view, snapshot, address) if snapshot else _NOT_YET
        except Damaged:
            # Somebody has removed what was kept, while only that is known yet.
            self._agenda.ask()
            return _NOT_YET
        if self._presenter.problems != self._said_of_templates:
            with self._agenda.awake:
                self._publish(self._state.settled)
        return served

    def related(self, view: View, address: str) -> tuple[Candidate, ...]:
        self._ready.wait()
        try:
            snapshot = self._snapshot(view)
            page = snapshot.page(address) if snapshot else None
            return self._facts.related(snapshot, page) if snapshot and page else ()
        except Damaged:
            self._agenda.ask()
            return ()

    def base_path(self) -> str:
        """The folder the site has in its own address: `bulletin/`, or ``."""
        settled = self._settled
        return rooted_linker(settled.config.base_url).root[1:] if settled else ""

    def changed(self, paths: Collection[str]) -> None:
        """Take in files that may have changed."""
        try:
            with self._agenda.awake:
                self._change(frozenset(paths))
        except Exception as error:  # which shall not be the end of whoever watches
            self._rounds.fail(error)
            self._agenda.ask()
        self._rounds.count_save()

    # Saved files

    def _change(self, paths: frozenset[str]) -> None:
        before, self._fresh = self._fresh, paths
        if any(path.startswith(_THEMES) for path in paths):
            self._presenter.load_again()
            themes = sorted(path for path in paths if path.startswith(_THEMES))
            self._publish(self._state.settled, themes)
            if self._settled and self._presenter.settings != self._settled.theme:
                self._agenda.ask()
        rest = {path for path in paths if not path.startswith(_THEMES)}
        if not rest:
            return
        try:
            changes = self._read_again(rest)
        except OSError:
            changes = None
        self._put |= rest
        if changes is None:
            self._agenda.ask()
        elif changes:
            exact = self._put_in(changes)
            self._publish(
                exact and self._state.settled, [change.now.source.path for change in changes]
            )
            self._agenda.soil()
            if not exact:
                self._agenda.ask(_PAUSE)
        else:
            self._fresh = before

    def _read_again(self, paths: Collection[str]) -> list[Change] | None:
        """What the files say; None where that alone does not tell what has changed."""
        workspace = self._workspace
        if workspace is None or self._settled is None or len(paths) > MOST_AT_ONCE:
            return None
        if not all(workspace.knows(path) for path in paths):
            return None
        return [change for path in sorted(paths) if (change := workspace.read_again(path))]

    def _put_in(self, changes: Sequence[Change]) -> bool:
        """Show what files say now; whether that is all there is to do."""
        known = self._problems.are_in({change.now.source.path for change in changes})
        legible = [change for change in changes if change.now.entry is not None]
        outcome = self._shown.put_in(legible)
        found = said_by(changes, outcome.problems)
        good = outcome.exact and len(legible) == len(changes) and not known and not found
        if outcome.is_shown and self._workspace:
            self._workspace.show((change.now for change in legible), good)
        if not good:
            self._problems.add(changes, found)
        return good

    # Everything anew

    def _show_kept(self) -> None:
        """Show what was kept of the last time, until more is known."""
        try:
            config = load_config(self.project)
        except ProblemsFound:
            return
        stock = self._first_stock or take_stock(self.project)
        drafts = self.view is View.EDITORS
        kept = kept_snapshot(self.project, self.output, stock, self.code, drafts)
        if kept is None:
            return
        snapshot, store = kept
        self._rounds.open_files.callback(store.close)
        if snapshot.catalogue.config == config:
            with self._agenda.awake:
                self._shown.replace({self.view: snapshot}, complete=False)
                self._presenter.load(config.theme)
                self._ready.set()
                # Whoever asks for a page now should not have to share the machine.
                self._agenda.ask(_HEAD_START)

    def _settle(self, alone: bool) -> None:
        """Connect everything anew, and show it."""
        self._agenda.begin()
        with self._agenda.awake:
            self._put.clear()
        stock = take_stock(self.project)
        try:
            config = load_config(self.project)
        except ProblemsFound as found:
            with self._agenda.awake:
                self._problems.replace(found.problems)
                self._publish(whole=True, changed=[FILE_NAME])
            return
        try:
            settled, changed = self._assemble(config, stock, alone)
            others = {view: planned(draft_for(settled, view)) for view in self._shown.others()}
        except Damaged:
            self._forget()
            return
        with self._agenda.awake:
            self._show(settled, {self.view: planned(settled.draft), **others})
            meanwhile = self._put_meanwhile()
            whole = not meanwhile or self._put_in(meanwhile)
            # Somebody may have asked for the other view a moment too early.
            whole = whole and self._shown.others() == [*others] and not self._agenda.is_asked
            self._publish(whole, changed, self._asked_to_open(settled))
            self._ready.set()
            if not whole and not self._agenda.is_asked:
                self._agenda.ask(_PAUSE)
            self._rehearse(settled)

    def _assemble(self, config: Config, stock: Stock, alone: bool) -> tuple[Assembled, list[str]]:
        """Everything connected anew, and the paths of the files that were read for it."""
        with self._agenda.awake:
            workspace, store = self._open(config, alone)
            before = self._settled
            with Workers(os.cpu_count() or 1, anew=True) as workers:
                reading = workspace.read(stock, workers, self._progress)
            try:
                store.save(forget=False)
            except OSError as error:  # only the next start will be slower
                self._rounds.fail(error)
        self._progress(CONNECTING, 0, 1)
        changed = reading.changed_since(before.reading) if before else []
        changed += [FILE_NAME] if before and before.config != config else []
        settings = self._presenter.settings
        return assemble(config, settings, stock, reading, workspace, store, self.view), changed

    def _open(self, config: Config, alone: bool) -> tuple[Workspace, SharedStore]:
        """What files are read with, which depends on the configuration."""
        if not self._presenter.is_of(config.theme):
            self._presenter.load(config.theme)
        if self._store is None or self._workspace is None or not self._workspace.fits(config):
            self._store = open_shared(self.project, config, self.code, alone)
            self._rounds.open_files.callback(self._store.close)
            self._workspace = Workspace(self.project, config, self._store)
        return self._workspace, self._store

    def _show(self, settled: Assembled, snapshots: Mapping[View, Snapshot]) -> None:
        self._settled = self._unkept = settled
        self._shown.replace(snapshots)
        self._problems.replace(settled.problems)
        self._presenter.forget(snapshots)
        if self._workspace:
            self._workspace.show_all(settled.reading, settled.broken)

    def _rehearse(self, settled: Assembled) -> None:
        """Do what a saved file takes once for nothing: much is loaded when it is first needed."""
        file = next((each for each in settled.reading.files if each.entry is not None), None)
        if not self._is_rehearsed and file is not None and self._workspace is not None:
            self._is_rehearsed = True
            self._workspace.parse_anew(file.source)
            self._shown.rehearse(Change(file, file))

    def _put_meanwhile(self) -> list[Change]:
        """What was saved while everything was connected anew."""
        workspace = self._workspace
        known = [path for path in sorted(self._put) if workspace and workspace.knows(path)]
        return [change for path in known if workspace and (change := workspace.change(path))]

    def _snapshot(self, view: View) -> Snapshot | None:
        """The site of a view; one that nobody has asked for before is made. None where it cannot
        be made yet."""
        if view not in self._shown:
            with self._other_view:
                settled = self._settled
                if settled is None:
                    return None
                if view not in self._shown:
                    snapshot = planned(draft_for(settled, view))
                    with self._agenda.awake:
                        self._shown.replace({view: snapshot})
                        if not self._is_put_into(view, settled):
                            self._publish(whole=False)
                            self._agenda.ask()
        return self._shown[view]

    def _is_put_into(self, view: View, settled: Assembled) -> bool:
        """Put into a view what was put into the other before; whether that is now all in it."""
        if settled is not self._settled or self._workspace is None:
            return False
        changes = self._workspace.shown_since(settled.reading, self._put)
        return not changes or self._shown.put_in(changes, only=view).exact

    def _forget(self) -> None:
        """Begin anew, after somebody has changed what was kept."""
        with self._agenda.awake:
            (folder_of(self.project) / "store.index").unlink(missing_ok=True)
            self._store = self._workspace = None
            self._agenda.ask()

    def _tidy(self, alone: bool) -> None:
        """Do what can wait: look at the readers' site, keep what the next preview begins with."""
        kept, self._unkept = self._unkept, None
        if kept is not None and self.view is View.EDITORS:
            self._try_as_readers(kept)
        if kept is not None and alone:
            digests = kept.reading.digests
            keep_preview(self.project, kept.stock, kept.draft, kept.store, self.code, digests)

    def _try_as_readers(self, settled: Assembled) -> None:
        """Say what is wrong with the readers' site alone, as a link to a draft."""
        errors = [each for each in draft_for(settled, View.READERS).problems if each.is_error]
        with self._agenda.awake:
            if settled is self._settled and self._problems.also(errors):
                self._publish(self._state.settled)

    # What is said

    def _publish(self, whole: bool, changed: Sequence[str] = (), wanted: str | None = None) -> None:
        """Tell everybody how things stand (see `KnownProblems.state`)."""
        self._said_of_templates = self._presenter.problems
        snapshot = self._shown.get()
        self._state = self._problems.state(
            self._state,
            whole,
            self._said_of_templates,
            self._fresh,
            changed,
            wanted,
            snapshot.catalogue if snapshot else None,
        )
        self._on_state(self._state)

    def _asked_to_open(self, settled: Assembled) -> str | None:
        """The path of a new file whose page is to be opened, once the file is there."""
        self._wanted = asked_to_open(self.project) or self._wanted
        if self._wanted not in settled.reading.digests:
            return None
        wanted, self._wanted = self._wanted, None
        return wanted

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._agenda.stopped:
            raise Stopped
        if not self._ready.is_set():
            self._on_waiting(self.translator.gettext(stage), done, total)

    def _real_path(self, path: str) -> str:
        workspace = self._workspace
        return workspace.real_path(path) if workspace else f"{self.project}/{path}"
