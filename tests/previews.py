"""The preview's engine in tests: told of what changed on disk, and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator import pagefind
from generator.i18n import Translator
from generator.indexing import folder_of_index
from generator.preview_records import Fault, State, View
from generator.previewing import Preview
from generator.standing import take_stock
from tests.archives import clean_tree

PATIENCE = 60.0
"""Seconds after which a test gives up; no test waits so long that all is well."""


class Session:
    """A running preview and what it has said."""

    def __init__(self, project: Path, view: View, searched: bool) -> None:
        self.project = project
        self.searched = searched
        self.states: list[State] = []
        self.failures: list[Exception] = []
        self.preview = Preview(
            project,
            project / "site",
            Translator("en"),
            on_state=self.states.append,
            on_waiting=lambda _stage, _done, _total: None,
            on_failure=self.failures.append,
            view=view,
        )
        self._stats = self._look()

    def _look(self) -> dict[str, object]:
        return {
            file.path: (file.real_path, file.stat)
            for file in take_stock(self.project).found
            if not file.path.startswith("generator/")
        }

    def changed(self) -> State:
        """Tell the preview of every file that is not as it was; what it says at once."""
        before, self._stats = self._stats, self._look()
        paths = {
            path
            for path in before.keys() | self._stats.keys()
            if before.get(path) != self._stats.get(path)
        }
        if paths:
            self.preview.changed(paths)
        return self.preview.state()

    def settled(self) -> State:
        """Tell of every change, and wait until all that follows from it is worked out."""
        self.changed()
        wait_for(self._is_settled)
        return self.states[-1]

    def _is_settled(self) -> bool:
        return bool(self.states) and self.states[-1].settled and not self.preview.is_busy()

    def write(self, path: str, text: str) -> None:
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def page(self, address: str, view: View = View.EDITORS) -> str:
        served = self.preview.serve(view, address)
        return served.body.decode()

    def files(self, view: View, paths: Iterator[str] | list[str]) -> dict[str, bytes]:
        """What is answered for files of a site, but for those there are none of."""
        found = {}
        for path in paths:
            address = (
                path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path
            )
            served = self.preview.serve(view, address)
            if served.status == 200:
                found[path] = (
                    Path(served.real_path).read_bytes() if served.real_path else served.body
                )
        return found

    def errors(self) -> list[Fault]:
        return [fault for fault in self.preview.state().faults if fault.is_error]

    def differs(self, view: View, before: dict[str, bytes]) -> list[str]:
        """The paths that are not answered as by a clean build, among them those of `before` that
        should be gone."""
        shown = view is View.EDITORS
        built = clean_tree(self.project, drafts=shown, future=shown, search=self.searched)
        # The indexes of the search are those of the last build.
        wanted = {path: data for path, data in built.items() if not folder_of_index(path)}
        found = self.files(view, sorted({*wanted, *before}))
        paths = sorted(wanted.keys() | found.keys())
        before.update(wanted)
        return [path for path in paths if wanted.get(path) != found.get(path)]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so that nobody tells of."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def previewing(
    project: Path, view: View = View.EDITORS, searched: bool = False
) -> Iterator[Session]:
    """A preview of a project, settled once; of a site with a search only if it is to be
    `searched`, for the builds it is compared with take long then."""
    with pytest.MonkeyPatch.context() as patch:
        if not searched:
            patch.setattr(pagefind, "version", str)
        session = Session(project, view, searched)
        session.preview.start()
        try:
            yield session
        finally:
            session.preview.stop()
            session.preview.join(PATIENCE)
