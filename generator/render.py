"""Views become files by Jinja2 templates: a strict environment for each language, pure filters."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.utils import htmlsafe_json_dumps
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from generator.i18n import Translator
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.themes import Theme
from generator.urls import Linker, absolute_linker
from generator.view_parts import SiteView
from generator.views import PageView


class Renderer:
    """Renders views in one language. Templates see `site`, `page`, `link`, `absolute`, `asset` and
    the filters below; no clock, no configuration, nothing of the machine."""

    def __init__(self, project: Path, theme: Theme, site: SiteView, translator: Translator) -> None:
        self.project = project
        self.theme = theme
        self.environment = _environment(theme, translator)
        self.environment.globals.update(site=site, absolute=absolute_linker(site.base_url))

    def render(self, template: str, page: PageView, link: Linker) -> bytes:
        """The file of a page. Raises ProblemsFound where the template has an error."""

        def asset(name: str) -> str:
            return link(self.theme.asset_address(name))

        try:
            found = self.environment.get_template(template)
            return found.render(page=page, link=link, asset=asset).encode()
        except Exception as error:
            raise ProblemsFound([self._problem(template, error)]) from error

    def _problem(self, template: str, error: Exception) -> Problem:
        """The template's own line for whatever went wrong while it was compiled or rendered."""
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


class _FixedMessages(NodeTransformer):
    """Puts the translation of every `_("constant")` into the compiled template.

    It is the same on all pages of a language, and each language has an environment of its own;
    asking the catalogue again for every page costs about a third of the rendering.
    """

    def __init__(self, translator: Translator) -> None:
        self.gettext = translator.gettext

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        call = self.generic_visit(node)
        if (
            isinstance(call, nodes.Call)
            and isinstance(call.node, nodes.Name)
            and call.node.name in ("_", "gettext")
            and len(call.args) == 1
            and isinstance(call.args[0], nodes.Const)
            and not (call.kwargs or call.dyn_args or call.dyn_kwargs)
        ):
            # As the newstyle callables do, which take a single % for a placeholder.
            return nodes.MarkSafe(nodes.Const(self.gettext(call.args[0].value) % {}))
        return call


class _Environment(jinja2.Environment):
    """An environment of one language."""

    def __init__(self, translator: Translator, **options: Any) -> None:
        super().__init__(**options)
        self._translator = translator

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return cast(nodes.Template, _FixedMessages(self._translator).visit(tree))


def _environment(theme: Theme, translator: Translator) -> jinja2.Environment:
    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = theme.find(name)
        return (path.read_text("utf-8"), str(path), lambda: True) if path else None

    environment = _Environment(
        translator,
        loader=jinja2.FunctionLoader(load),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    install: Any = environment
    install.install_gettext_translations(translator.catalogue, newstyle=True)
    environment.filters.update(
        longdate=translator.long_date,
        shortdate=translator.short_date,
        isodate=_iso_date,
        isodatetime=_iso_datetime,
        clock=_clock,
        monthname=translator.month,
        monthyear=translator.month_year,
        weekday=translator.weekday,
        label=translator.label,
        language_name=_language_name,
        number=translator.number,
        jsonld=_json_ld,
    )
    return environment


def _json_ld(value: object) -> Markup:
    """JSON-LD that is safe inside `<script>`; properties without a value are left out."""
    return htmlsafe_json_dumps(_given(value), ensure_ascii=False, sort_keys=True)


def _given(value: object) -> object:
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return value


def _iso_date(day: dt.date) -> str:
    return day.strftime("%Y-%m-%d") if isinstance(day, dt.datetime) else day.isoformat()


def _iso_datetime(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _clock(time: dt.time) -> str:
    return time.strftime("%H:%M")


def _language_name(code: str) -> str:
    return {"vi": "Tiếng Việt", "en": "English"}.get(code, code)
