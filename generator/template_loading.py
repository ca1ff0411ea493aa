"""Templates as functions: loads the code `template_code` makes, and joins children with parents.

None of this needs Jinja, which takes long to load: with the code of an earlier build a page is
rendered without it.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from importlib.machinery import PathFinder
from itertools import chain
from pathlib import Path
from types import CodeType
from typing import Any, Protocol

import markupsafe
from markupsafe import Markup

from generator.i18n import Translator
from generator.template_filters import Filter
from generator.themes import Theme

OF_A_PAGE = ("page", "link", "asset")
"""The names every page has its own of."""

_LONGEST_CHAIN = 20


def _escape_text(text: str) -> str:
    return str(markupsafe.escape(text))


# `escape` without the `Markup` around what it gives, which costs more than the escaping.
escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escape_text)


class Codes(Protocol):
    """Where the code of templates is kept from one build to the next; `b""` is that of a template
    which only Jinja itself can render."""

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, code: bytes) -> None: ...


class NoCodes:
    """Keeps nothing."""

    def get(self, key: bytes) -> bytes | None:
        return None

    def put(self, key: bytes, code: bytes) -> None:
        pass


class ForJinja(Exception):
    """A template that only Jinja itself renders right."""


class _NotText:
    """Something only Jinja can write out; templates do so by mistake."""

    __slots__ = ()

    def __repr__(self) -> str:
        raise ForJinja

    __html__ = __repr__


class Macro(_NotText):
    """A macro as a value; `_html` is its function, and templates see no such names."""

    __slots__ = ("_html",)

    def __init__(self, html: Callable[..., str]) -> None:
        self._html = html

    def __call__(self, *args: object, **values: object) -> Markup:
        return Markup(self._html(*args, **{f"l_{name}": value for name, value in values.items()}))


class Module(_NotText):
    """All that a template has for others."""

    def __init__(self, exports: Mapping[str, object]) -> None:
        self.__dict__.update(exports)


Names = dict[str, Any]
Part = Callable[[Names, Any], str]


class Template:
    """A template with all it extends, ready to make pages."""

    def __init__(
        self, names: Mapping[str, Any], blocks: Mapping[str, Sequence[Part]], roots: Sequence[Part]
    ) -> None:
        self._names = dict(names)
        self._blocks = blocks
        *self._settings, self._root = roots

    def render(self, of_page: Mapping[str, Any]) -> str:
        """The text of a page, out of the names it has of its own."""
        names = {**self._names, **of_page}
        for setting in self._settings:
            setting(names, self._blocks)
        return self._root(names, self._blocks)


def _html(value: object) -> str:
    """A value that is not plain text, escaped where it is not HTML already."""
    if type(value) is int:
        return str(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    return escape_text(str(value))


def _concat(*values: object) -> str:
    """`~`: HTML if any of the values is."""
    texts = [value if isinstance(value, str) else str(value) for value in values]
    if any(hasattr(text, "__html__") for text in texts):
        return Markup("").join(texts)
    return "".join(texts)


def _versions() -> bytes:
    """What decides besides a template's source what its code is, and whether it runs here."""
    found = PathFinder.find_spec("jinja2")
    jinja = Path(found.origin).read_bytes() if found and found.origin else b""  # has its version
    return f"{sys.implementation.cache_tag} {sys.version}\n".encode() + jinja


class Templates:
    """The templates of a theme in one language. `names` are those that all pages share; `jinja`
    gives the Jinja environment, and is asked for it only if need be."""

    def __init__(
        self,
        theme: Theme,
        translator: Translator,
        filters: Mapping[str, Filter],
        names: Mapping[str, Any],
        codes: Codes,
        jinja: Callable[[], Any],
    ) -> None:
        self.theme = theme
        self.translator = translator
        self.filters = filters
        self.names = names
        self.codes = codes
        self.jinja = jinja
        self._key = hashlib.blake2b(_versions() + translator.language.encode(), digest_size=16)
        self._modules: dict[str, Names] = {}
        self._exports: dict[str, Names] = {}
        self._given = {
            "M": Markup,
            "E": escape_text,
            "H": _html,
            "CONCAT": _concat,
            "NGETTEXT": lru_cache(4096)(translator.ngettext),
            "FILTER": self._filter,
            "TEST": self._test,
            "MACRO": Macro,
            "IMPORT": self._import,
            **{f"f_{name}": function for name, function in filters.items()},
        }

    def get(self, name: str) -> Template:
        """A template by its name. Raises ForJinja, or whatever its code raises, if only Jinja
        itself can tell what it does."""
        modules = [self._module(name)]
        while (parent := modules[-1]["PARENT"]) is not None:
            if len(modules) == _LONGEST_CHAIN:
                raise ForJinja(name)
            modules.append(self._module(parent))
        _refuse_clashes(modules, {*OF_A_PAGE, *self.names})
        names = dict(self.names)
        blocks: dict[str, list[Part]] = {}
        for module in modules:
            names.update(module["IMPORTED"])
            names.update({n: module[f"o_{n}"] for n in _macros_at_hand(module)})
            for block, function in module["BLOCKS"].items():
                blocks.setdefault(block, []).append(function)
        roots = [module["ROOT"] for module in modules if module["ROOT"] is not None]
        return Template(names, blocks, roots)

    def _module(self, name: str) -> Names:
        """What the code of a template defines."""
        if name not in self._modules:
            path = self.theme.find(name)
            if path is None or name.endswith(".txt"):
                raise ForJinja(name)
            module: Names = dict(self._given)
            exec(self._code(path.read_bytes()), module)
            self._modules[name] = module
        return self._modules[name]

    def _code(self, source: bytes) -> CodeType:
        digest = self._key.copy()
        digest.update(source)
        key = digest.digest()
        kept = self.codes.get(key)
        if kept is None:
            kept = self._compile(source)
            self.codes.put(key, kept)
        if not kept:
            raise ForJinja
        code: CodeType = marshal.loads(kept)
        return code

    def _compile(self, source: bytes) -> bytes:
        from generator.template_code import compile_template
        from generator.template_expressions import Unsupported

        tree = self.jinja().parse(source.decode("utf-8"))
        try:
            return marshal.dumps(compile_template(tree, self.translator, self.filters))
        except (Unsupported, SyntaxError, RecursionError):  # the latter: too deep for Python
            return b""

    def _import(self, name: str, attribute: str) -> object:
        """What a template imports from another: a macro, a name it sets, or with no attribute all
        it has."""
        if name not in self._exports:
            module = self._module(name)
            if module["PARENT"] is not None or module["BLOCKS"]:
                raise ForJinja(name)
            names = {**self.names, **module["IMPORTED"]}
            names.update({n: module[f"o_{n}"] for n in _macros_at_hand(module)})
            module["ROOT"](names, {})
            exports = {name: names[name] for name in module["SETS"] if name in names}
            for macro, function in module["MACROS"].items():
                of_page = macro in module["OF_PAGE"]
                exports[macro] = Macro(partial(function, names) if of_page else function)
            self._exports[name] = {n: v for n, v in exports.items() if not n.startswith("_")}
        exports = self._exports[name]
        return exports[attribute] if attribute else Module(exports)

    def _filter(self, name: str, value: object, *args: object, **values: object) -> object:
        """One of Jinja's own filters."""
        match name, args, values:
            case "map", (), {"attribute": str(attribute)} if len(values) == 1:
                return _attributes(value, attribute)
            case "map", ("length" | "count",), {} if not values:
                return iter([len(item) for item in _items(value)])
            case "sum", (), {} if not values:
                return sum(_items(value))
            case "max", (), {} if not values:
                return _largest(value)
            case "join", (str(between),), {} if not values and type(between) is str:
                return between.join(_texts(value))
            case "forceescape", (), {} if not values and type(value) is str:
                return Markup(escape_text(value))
        return self.jinja().call_filter(name, value, args, values, self._context)

    def _test(self, name: str, value: object, *args: object, **values: object) -> object:
        return self.jinja().call_test(name, value, args, values, self._context)

    @cached_property
    def _context(self) -> Any:
        """What some of Jinja's filters find others by."""
        return self.jinja().from_string("").new_context()


# Jinja's filters in their simple forms, so that most pages do without Jinja.


def _items(value: Any) -> list[Any]:
    return [*value]


def _attributes(value: object, name: str) -> Iterator[Any]:
    items = _items(value)
    if "." in name or name.isdigit() or any(hasattr(item, "__getitem__") for item in items):
        raise ForJinja
    return iter([getattr(item, name) for item in items])


def _largest(value: object) -> object:
    items = _items(value)
    if not items or any(type(item) is not int for item in items):
        raise ForJinja
    return max(items)


def _texts(value: object) -> list[str]:
    items = _items(value)
    if any(type(item) is not str for item in items):
        raise ForJinja
    return items


def _macros_at_hand(module: Names) -> Sequence[str]:
    """The macros that see no names of the page."""
    return [name for name in module["MACROS"] if name not in module["OF_PAGE"]]


def _refuse_clashes(modules: Sequence[Names], taken: set[str]) -> None:
    """Imports, macros and names that are set belong to all templates of a chain together, and the
    last to run has the last word. Here they are there from the start: so each may mean one thing
    only, and none may be read by a child before its parent has it."""
    bound: dict[str, object] = {}
    for module in reversed(modules):
        if (
            module["ROOT"] is not None
            and module is not modules[-1]
            and bound.keys() & {*module["FREE"]}
        ):
            raise ForJinja
        own = dict(module["IMPORTED"])
        own.update({name: object() for name in chain(module["MACROS"], module["SETS"])})
        if own.keys() & taken:
            raise ForJinja
        if any(name in bound and bound[name] is not value for name, value in own.items()):
            raise ForJinja
        bound.update(own)
