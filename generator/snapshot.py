"""The site of one edition at one moment, its pages made one by one as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from generator.catalogue import Catalogue
from generator.codes import TemplateCodes
from generator.darkroom import Negative
from generator.drafting import Draft
from generator.i18n import Translator
from generator.links import LinkScope
from generator.looking import Looker, negative_of
from generator.packing import packed
from generator.pictures import Recipe
from generator.plan import Page, Plan, make_plan
from generator.render import Renderer
from generator.scanning import Found
from generator.themes import Theme
from generator.urls import MEDIA, file_path, media_address
from generator.view_parts import SiteView
from generator.viewer import Viewer, viewers_of

NOT_FOUND = "404.html"


class Index:
    """All files of a plan by their path, settled when the first of them is asked for."""

    def __init__(self, plan: Callable[[], Plan]) -> None:
        self._plan = plan

    @cached_property
    def plan(self) -> Plan:
        return self._plan()

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        return {page.path: page for page in self.plan.pages}

    @cached_property
    def copies(self) -> Mapping[str, Found]:
        return {copy.path: copy.source for copy in self.plan.copies}

    @cached_property
    def prints(self) -> Mapping[str, tuple[Found, Recipe]]:
        return {
            made.address: (picture.source, made.recipe)
            for picture in self.plan.pictures
            for made in picture.prints
        }


class Snapshot(Struct, frozen=True):
    """`first` are pages newer than those of `index`, `files` what of content/ they need besides,
    and `prints` what they need of pictures; `scope` is what links may lead to, and `look` looks at
    pictures."""

    catalogue: Catalogue
    viewers: tuple[Viewer, ...]
    sites: Mapping[str, SiteView]
    index: Index
    scope: Callable[[], LinkScope]
    first: Mapping[str, Page] = {}
    files: Mapping[str, Found] = {}
    prints: Mapping[str, tuple[Found, Recipe]] = {}
    look: Looker | None = None

    @property
    def searched(self) -> bool:
        """Whether the site has a search."""
        return self.viewers[0].searched

    def page(self, address: str) -> Page | None:
        path = file_path(address)
        return self.first.get(path) or self.index.pages.get(path)

    def copy(self, address: str) -> Found | None:
        """A file of content/ that is published at an address."""
        return self.files.get(address) or self.index.copies.get(address)

    def print(self, address: str) -> tuple[Negative, Recipe] | None:
        """The picture at an address, and how it is made."""
        if not address.startswith(MEDIA):
            return None  # without asking for the index, which may have to be made
        found = self.prints.get(address) or self.index.prints.get(address)
        if found is None:
            return None
        file, recipe = found
        gallery = self.catalogue.gallery
        recipes = (made.recipe for made in gallery.prints(file.path))
        return negative_of(file, gallery.looks[file.path], recipes), recipe


def planned(draft: Draft) -> Snapshot:
    """The site of a draft."""
    sites = {viewer.language: viewer.site() for viewer in draft.viewers}
    scope = draft.catalogue.scope
    index = Index(lambda: draft.plan)
    return Snapshot(draft.catalogue, draft.viewers, sites, index, lambda: scope, look=draft.look)


def unplanned(
    catalogue: Catalogue,
    files: Mapping[str, Found],
    scope: Callable[[], LinkScope],
    searched: bool,
    first: Callable[[tuple[Viewer, ...]], Iterable[Page]] = lambda _viewers: (),
    needed: Collection[str] = (),
    look: Looker | None = None,
) -> Snapshot:
    """The site of a catalogue that is not yet planned; `first` gives pages that are wanted before
    there is a plan, `needed` the files of content/ that these need."""
    viewers = viewers_of(catalogue, searched)
    looks = catalogue.gallery.looks
    return Snapshot(
        catalogue=catalogue,
        viewers=viewers,
        sites={viewer.language: viewer.site() for viewer in viewers},
        index=Index(lambda: make_plan(catalogue, viewers, files, portable=False)),
        scope=scope,
        first={page.path: page for page in first(viewers)},
        files={
            media_address(file): files[file]
            for file in needed
            if file in files and file not in looks
        },
        prints={
            made.address: (files[file], made.recipe)
            for file in needed
            if file in files and file in looks
            for made in catalogue.gallery.prints(file)
        },
        look=look,
    )


class Printer:
    """Renders pages with a theme as its files are now. Not to be used by two threads at once."""

    def __init__(self, project: Path, theme: Theme, code: str) -> None:
        self.theme = theme
        self._project = project
        self._codes = TemplateCodes(project, code)
        self._renderers: dict[str, tuple[SiteView, Renderer]] = {}

    @cached_property
    def statics(self) -> Mapping[str, str]:
        """The theme's own files by address."""
        return {self.theme.asset_address(each.name): each.source for each in self.theme.static}

    def print(self, page: Page, site: SiteView) -> bytes:
        """The file of a page. Raises ProblemsFound where a template has an error."""
        known = self._renderers.get(page.language)
        if known is None or known[0] != site:
            translator = Translator(page.language)
            renderer = Renderer(self._project, self.theme, site, translator, self._codes)
            known = self._renderers[page.language] = (site, renderer)
        # As in a build, whose templates see views that came from another process.
        return known[1].render_packed(page.template, packed(page.make(page.links)), page.links)
