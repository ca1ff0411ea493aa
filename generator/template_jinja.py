"""Jinja itself, strict and set up for one language.

It parses templates for `template_code`, renders what that does not translate, and says what is
wrong where a template fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from generator.i18n import Translator
from generator.template_filters import Filter
from generator.themes import Theme


class _FixedMessages(NodeTransformer):
    """Puts the translation of every `_("constant")` into the compiled template: it is the same on
    all pages of a language, and each language has an environment of its own."""

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


def make_environment(
    theme: Theme,
    translator: Translator,
    filters: Mapping[str, Filter],
    names: Mapping[str, Any],
) -> jinja2.Environment:
    """The environment of a language; `names` are those every template sees."""

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
    environment.filters.update(filters)
    environment.globals.update(names)
    return environment
