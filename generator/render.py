"""A view becomes a file: by the functions `template_code` made of its template, else by Jinja."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.i18n import Translator
from generator.packing import Packed, unpacked
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.template_filters import make_filters
from generator.template_loading import Codes, NoCodes, Template, Templates
from generator.themes import Theme
from generator.urls import Linker, absolute_linker, quoted
from generator.view_parts import SiteView
from generator.views import PageView

if TYPE_CHECKING:
    import jinja2


class Renderer:
    """Renders views in one language. Templates see `site`, `page`, `link`, `absolute`, `asset` and
    the filters; no clock, no configuration, nothing of the machine. `codes` keeps what was made of
    templates for the next build."""

    def __init__(
        self,
        project: Path,
        theme: Theme,
        site: SiteView,
        translator: Translator,
        codes: Codes | None = None,
    ) -> None:
        self.project = project
        self.theme = theme
        self.translator = translator
        self.filters = make_filters(translator)
        self._addresses = lru_cache(1 << 14)(quoted)
        self.names = {"site": site, "absolute": self._links(absolute_linker(site.base_url))["link"]}
        self._templates = Templates(
            theme,
            translator,
            self.filters,
            {**self.names, "range": range, "dict": dict},
            codes or NoCodes(),
            lambda: self.environment,
        )
        self._known: dict[str, Template | None] = {}

    @cached_property
    def environment(self) -> jinja2.Environment:
        """Jinja, which takes long to load."""
        from generator.template_jinja import make_environment

        return make_environment(self.theme, self.translator, self.filters, self.names)

    def render(self, template: str, page: PageView, link: Linker) -> bytes:
        """The file of a page. Raises ProblemsFound where the template has an error.

        A page that fails halfway is begun again by Jinja: a template that changes what it is given
        (a list of its own with `append`) may do so twice."""
        of_page = {"page": page, **self._links(link)}
        fast = self._template(template)
        if fast is not None:
            try:
                return fast.render(of_page).encode()
            except Exception:
                # Our code takes for granted that what a template names is there. What it means if
                # it is not, Jinja says: an error with its line, or a page after all.
                self._known[template] = None
        return self._by_jinja(template, of_page)

    def render_packed(self, template: str, packed: Packed, link: Linker) -> bytes:
        """The same, of a view from another process."""
        return self.render(template, unpacked(packed), link)

    def prepare(self, templates: Iterable[str]) -> None:
        """Make the code of templates, so that processes started after it find it."""
        for name in templates:
            self._template(name)

    def _links(self, linker: Linker) -> dict[str, Any]:
        """`link` and `asset` of a page. Pages lead to the same addresses over and over."""
        root, portable, known = linker.root, linker.portable, self._addresses
        find = self.theme.asset_address

        def link(address: str) -> str:
            return root + known(address, portable)

        def asset(name: str) -> str:
            return root + known(find(name), portable)

        return {"link": link, "asset": asset}

    def _template(self, name: str) -> Template | None:
        if name not in self._known:
            try:
                self._known[name] = self._templates.get(name)
            except Exception:
                self._known[name] = None
        return self._known[name]

    def _by_jinja(self, template: str, of_page: dict[str, Any]) -> bytes:
        try:
            return self.environment.get_template(template).render(of_page).encode()
        except Exception as error:
            raise ProblemsFound([self._problem(template, error)]) from error

    def _problem(self, template: str, error: Exception) -> Problem:
        """The template's own line for whatever went wrong while it was compiled or rendered."""
        import jinja2

        if isinstance(error, jinja2.TemplateSyntaxError):
            place = self._place(error.filename or str(error.name or template), error.lineno)
            return Problem(
                place,
                "template-syntax",
                N_("the template cannot be read: {detail}"),
                values={"detail": str(error.message or "")},
            )
        if isinstance(error, jinja2.TemplateNotFound):
            place = self._last_frame(error) or Place(f"templates/{template}")
            return Problem(
                place,
                "no-template",
                N_("there is no template “{name}”"),
                N_("templates are looked for in templates/, then in the theme"),
                {"name": str(error.name or template)},
            )
        place = self._last_frame(error) or Place(f"templates/{template}")
        return Problem(
            place,
            "template-error",
            N_("the template fails: {detail}"),
            N_("docs/themes.md lists what templates see"),
            {"detail": f"{type(error).__name__}: {error}"},
        )

    def _last_frame(self, error: Exception) -> Place | None:
        import traceback

        roots = [str(root) for root in self.theme.roots]
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if any(frame.filename.startswith(root) for root in roots):
                return self._place(frame.filename, frame.lineno or 1)
        return None

    def _place(self, file: str, line: int) -> Place:
        path = Path(file)
        if path.is_relative_to(self.project):
            return Place(path.relative_to(self.project).as_posix(), line, 1)
        for root in self.theme.roots:
            if path.is_relative_to(root):
                return Place(f"themes/{root.name}/{path.relative_to(root).as_posix()}", line, 1)
        return Place(file, line, 1)
