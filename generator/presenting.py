"""Pages of a snapshot as bytes, each made once, and again when anything in it may have changed."""

from __future__ import annotations

import html
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, structs

from generator.darkroom import Negative, make_files
from generator.page_facts import Facts
from generator.pictures import Recipe
from generator.plan import Page
from generator.preview_pages import media_type
from generator.preview_records import Served, View
from generator.problems import N_, Place, Problem, ProblemsFound, in_order
from generator.project import FILE_NAME
from generator.scanning import digest_of
from generator.snapshot import NOT_FOUND, Printer, Snapshot
from generator.theme_settings import ThemeSettings
from generator.themes import load_theme
from generator.view_parts import SiteView

_MOST = 500
_AT_ONCE = 2
"""So many pictures are made at once: large ones take much memory."""

_HTML = "text/html; charset=utf-8"


class _Made(Struct, frozen=True):
    """A page as it was made out of these; `page` is None where that is no longer the one there
    is."""

    page: Page | None
    site: SiteView
    printer: Printer
    served: Served


_Key = tuple[View, str, int]
"""A page as it is answered: whose view, its path, the status."""


class Presenter:
    """Answers for addresses of snapshots. Where a template has an error, the page as it last was
    stays, and `problems` says what is wrong."""

    def __init__(self, project: Path, code: str, facts: Facts) -> None:
        self._of_theme: tuple[Problem, ...] = ()
        self._of_pages: dict[_Key, tuple[Problem, ...]] = {}
        self._failed: dict[_Key, _Made] = {}
        self._project = project
        self._code = code
        self._facts = facts
        self._lock = threading.RLock()
        self._darkroom = threading.BoundedSemaphore(_AT_ONCE)
        self._printer: Printer | None = None
        self._theme = ""
        self._made: OrderedDict[_Key, _Made] = OrderedDict()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the theme, and with templates as far as pages were asked for."""
        with self._lock:
            of_pages = [each for problems in self._of_pages.values() for each in problems]
        return tuple(in_order([*self._of_theme, *of_pages]))

    def load(self, theme: str) -> None:
        """Take a theme as its files are now."""
        with self._lock:
            self._theme = theme
            try:
                found = load_theme(self._project, theme, Place(FILE_NAME, 1, 1))
            except ProblemsFound as error:
                self._of_theme = error.problems
            else:
                self._of_theme = ()
                self._of_pages.clear()
                self._failed.clear()
                self._printer = Printer(self._project, found, self._code)

    @property
    def settings(self) -> ThemeSettings:
        """What the theme says of itself."""
        return self._printer.theme.settings if self._printer else ThemeSettings()

    def is_of(self, theme: str) -> bool:
        return self._printer is not None and self._theme == theme

    def load_again(self) -> None:
        """Take the theme's files as they are now."""
        self.load(self._theme)

    def forget(self, snapshots: Mapping[View, Snapshot]) -> None:
        """Let go of pages of earlier snapshots, but for how they last were."""
        with self._lock:
            for key, made in self._made.items():
                self._made[key] = structs.replace(made, page=None)
            self._failed.clear()
            for key in [*self._of_pages]:
                if key[0] in snapshots and snapshots[key[0]].page(key[1]) is None:
                    del self._of_pages[key]

    def serve(self, view: View, snapshot: Snapshot, address: str) -> Served:
        """The file at an address, else the page that says that there is none."""
        picture = snapshot.print(address)
        if picture is not None:
            return self._picture(*picture, address)
        with self._lock:
            page = snapshot.page(address)
            if page is not None:
                return self._page(view, snapshot, page, 200)
            copy = snapshot.copy(address)
            source = copy.real_path if copy else None
            if source is None and self._printer is not None:
                source = self._printer.statics.get(address)
            if source is not None:
                return Served(200, _typed(address), "", real_path=source)
            missing = snapshot.page(NOT_FOUND)
            if missing is None:
                return Served(404, "text/plain", "", b"404\n")
            return self._page(view, snapshot, missing, 404)

    def _picture(self, negative: Negative, recipe: Recipe, address: str) -> Served:
        """A picture as a build would publish it, made when it is first asked for."""
        with self._darkroom:
            try:
                data = make_files(str(self._project), negative, (recipe,))[0]
            except OSError:  # it has gone, or is another: there will soon be another page
                return Served(404, "text/plain", "", b"404\n")
        return Served(200, media_type(address), digest_of(data).hex(), data)

    def _page(self, view: View, snapshot: Snapshot, page: Page, status: int) -> Served:
        key = (view, page.path, status)
        site = snapshot.sites[page.language]
        last = self._made.get(key)
        for known in (last, self._failed.get(key)):
            if known and self._is_of(known, page, site):
                return known.served
        if self._printer is None:
            return last.served if last else self._apology(page, self._of_theme)
        try:
            body = self._printer.print(page, site)
        except ProblemsFound as found:
            self._of_pages[key] = found.problems
            served = last.served if last else self._apology(page, found.problems)
            self._failed[key] = _Made(page, site, self._printer, served)
            return served
        self._of_pages.pop(key, None)
        etag = digest_of(body).hex()
        info = self._facts.info(snapshot, page)
        served = Served(status, _typed(page.path), etag, body, info=info)
        self._made[key] = _Made(page, site, self._printer, served)
        self._made.move_to_end(key)
        if len(self._made) > _MOST:
            self._made.popitem(last=False)
        return served

    def _is_of(self, made: _Made, page: Page, site: SiteView) -> bool:
        return made.page is page and made.site == site and made.printer is self._printer

    def _apology(self, page: Page, problems: Iterable[Problem]) -> Served:
        """A page in place of one that cannot be made and never was."""
        translator = self._facts.translator
        say = translator.gettext
        title = html.escape(say(N_("This page cannot be shown yet")))
        lines = "".join(f"<li>{html.escape(translator.problem(each))}</li>" for each in problems)
        text = (
            f'<!doctype html>\n<html lang="{translator.language}">\n<head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
            f"<body><main><h1>{title}</h1><ul>{lines}</ul></main></body>\n</html>\n"
        )
        return Served(500, _HTML, digest_of(text.encode()).hex(), text.encode())


def _typed(path: str) -> str:
    """The kind of a file of the site; all its texts are UTF-8."""
    kind = media_type(path)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
