"""Expressions of templates as Python source, for `template_code`.

Only what means exactly the same in Python is translated; for all else `Unsupported` is raised, and
Jinja itself renders the template. Where a translated expression fails (a field that does not exist,
a name that is not defined), Jinja renders the page again and says what is wrong; so what is absent
needs no thought here.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Mapping

from jinja2 import nodes
from markupsafe import escape

from generator.i18n import Translator
from generator.template_filters import SAFE, Filter

Piece = tuple[bool, str]
"""A part of the output: whether it is Python source of a text that is HTML, and the source or the
HTML itself."""

_COMPARED = {
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=",
    "in": "in", "notin": "not in",
}  # fmt: skip
_BINARY: dict[type[nodes.Node], str] = {
    nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//",
    nodes.Mod: "%", nodes.And: "and", nodes.Or: "or",
}  # fmt: skip
_UNARY: dict[type[nodes.Node], str] = {nodes.Not: "not", nodes.Neg: "-", nodes.Pos: "+"}
_LOOP = {
    "first": "({at} == 0)",
    "last": "({at} == {count} - 1)",
    "index": "({at} + 1)",
    "index0": "{at}",
    "length": "{count}",
}
_JINJAS_OWN = ("caller", "cycler", "joiner", "kwargs", "lipsum", "namespace", "self", "varargs")
MESSAGES = frozenset({"_", "gettext", "ngettext"})
"""The functions that translate."""

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|(%))")


class Unsupported(Exception):
    """Something in a template that only Jinja itself does right."""


class Unit:
    """What all functions of one template share: its macros, what it imports, its constants."""

    def __init__(self, translator: Translator, filters: Mapping[str, Filter]) -> None:
        self.translator = translator
        self.filters = filters
        self.imports: dict[str, tuple[str, str]] = {}
        self.macros: dict[str, nodes.Macro] = {}
        self.of_page: set[str] = set()
        """The macros that see names of the page."""
        self.constants: dict[str, str] = {}

    def constant(self, source: str) -> str:
        """The name of a value that is made once, when the template is loaded."""
        return self.constants.setdefault(source, f"k_{len(self.constants)}")


class Loop:
    """A `loop` in sight; counted only if the template asks for it."""

    def __init__(self, number: int) -> None:
        self.at, self.count = f"i_{number}", f"n_{number}"
        self.used = False


def joined(pieces: Iterable[Piece]) -> str:
    """Source of the pieces as one text. `Formatting` makes a formatted string of `F(…)`."""
    merged: list[Piece] = []
    for is_code, text in pieces:
        if merged and not is_code and not merged[-1][0]:
            merged[-1] = (False, merged[-1][1] + text)
        elif text or is_code:
            merged.append((is_code, text))
    parts = [text if is_code else repr(text) for is_code, text in merged]
    return f"F({', '.join(parts)})" if len(parts) > 1 else "".join(parts) or "''"


class Formatting(ast.NodeTransformer):
    """Makes formatted strings of `F(…)`; written out as source, they could not hold quotes."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id != "F":
            return node
        return ast.JoinedStr(
            [
                part
                if isinstance(part, ast.Constant)
                else ast.FormattedValue(part, conversion=-1, format_spec=None)
                for part in node.args
            ]
        )


class Expressions:
    """The expressions of one function: `value` gives source of what Jinja would have as value,
    `html` of what it would write."""

    def __init__(self, unit: Unit, block: str = "") -> None:
        self.unit = unit
        self.block = block
        self.scopes: list[dict[str, str | Loop | None]] = [{}]
        self.free: set[str] = set()
        self.needs_names = False

    def found(self, name: str) -> str | Loop | None:
        """What a name stands for in this function; None where it is none of its own."""
        for scope in reversed(self.scopes):
            if name in scope:
                if scope[name] is None:
                    raise Unsupported(f"{name} is read before it is set")
                return scope[name]
        return None

    def value(self, node: nodes.Node | None) -> str:
        translate = getattr(self, f"_{type(node).__name__.lower()}", None)
        if translate is not None:
            return str(translate(node))
        if isinstance(node, nodes.BinExpr) and type(node) in _BINARY:
            return f"({self.value(node.left)} {_BINARY[type(node)]} {self.value(node.right)})"
        if isinstance(node, nodes.UnaryExpr) and type(node) in _UNARY:
            return f"({_UNARY[type(node)]} {self.value(node.node)})"
        raise Unsupported(type(node).__name__)

    def html(self, node: nodes.Node) -> list[Piece]:
        """The pieces an expression in `{{ }}` writes."""
        if isinstance(node, nodes.TemplateData):
            return [(False, node.data)]
        if isinstance(node, nodes.Const):
            return [(False, str(escape(node.value)))]
        if isinstance(node, nodes.Call):
            pieces = self._written_call(node)
            if pieces is not None:
                return pieces
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            first, second = joined(self.html(node.expr1)), joined(self.html(node.expr2))
            return [(True, f"({first} if {self.value(node.test)} else {second})")]
        if isinstance(node, nodes.MarkSafe) and isinstance(node.expr, nodes.Const):
            return [(False, str(node.expr.value))]
        value = self.value(node)
        if isinstance(node, nodes.Filter) and node.name in SAFE & self.unit.filters.keys():
            return [(True, value)]
        return [(True, f"(E(t) if type(t := {value}) is str else H(t))")]

    def _const(self, node: nodes.Const) -> str:
        return repr(node.value) if type(node.value) is str else f"({node.value!r})"

    def _marksafe(self, node: nodes.MarkSafe) -> str:
        if not isinstance(node.expr, nodes.Const):
            raise Unsupported("MarkSafe")
        return self.unit.constant(f"M({node.expr.value!r})")

    def _getitem(self, node: nodes.Getitem) -> str:
        return f"{self.value(node.node)}[{self.value(node.arg)}]"

    def _slice(self, node: nodes.Slice) -> str:
        ends = (node.start, node.stop, node.step)
        return ":".join("" if end is None else self.value(end) for end in ends)

    def _tuple(self, node: nodes.Tuple) -> str:
        return "(" + "".join(f"{self.value(item)}, " for item in node.items) + ")"

    def _list(self, node: nodes.List) -> str:
        return f"[{', '.join(map(self.value, node.items))}]"

    def _dict(self, node: nodes.Dict) -> str:
        pairs = (f"{self.value(pair.key)}: {self.value(pair.value)}" for pair in node.items)
        return f"{{{', '.join(pairs)}}}"

    def _concat(self, node: nodes.Concat) -> str:
        try:
            # Jinja joins constants beforehand, as plain text even if one of them is HTML.
            return repr(node.as_const())
        except nodes.Impossible:
            return f"CONCAT({', '.join(map(self.value, node.nodes))})"

    def _compare(self, node: nodes.Compare) -> str:
        rest = (f" {_COMPARED[o.op]} {self.value(o.expr)}" for o in node.ops)
        return f"({self.value(node.expr)}{''.join(rest)})"

    def _condexpr(self, node: nodes.CondExpr) -> str:
        first, second = self.value(node.expr1), self.value(node.expr2)
        return f"({first} if {self.value(node.test)} else {second})"

    def _call(self, node: nodes.Call) -> str:
        pieces = self._written_call(node)
        if pieces is None:
            return f"{self.value(node.node)}({self._arguments(node)})"
        if any(is_code for is_code, _ in pieces):
            return f"M({joined(pieces)})"
        return self.unit.constant(f"M({joined(pieces)})")

    def _name(self, node: nodes.Name) -> str:
        name = node.name
        found = self.found(name)
        if isinstance(found, str):
            return found
        if isinstance(found, Loop) or name in (*_JINJAS_OWN, *MESSAGES, "super"):
            raise Unsupported(name)
        if name in self.unit.imports or name in self.unit.macros:
            if name in self.unit.of_page:
                raise Unsupported(f"{name} as a value")
            return f"o_{name}"
        if not name.isascii():
            raise Unsupported(name)
        self.free.add(name)
        return f"l_{name}"

    def _getattr(self, node: nodes.Getattr) -> str:
        name = node.attr
        if isinstance(node.node, nodes.Name):
            found = self.found(node.node.name)
            if isinstance(found, Loop):
                if name not in _LOOP:
                    raise Unsupported(f"loop.{name}")
                found.used = True
                return _LOOP[name].format(at=found.at, count=found.count)
        if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
            raise Unsupported(f".{name}")
        return f"{self.value(node.node)}.{name}"

    def _arguments(self, node: nodes.Call | nodes.Filter | nodes.Test, prefix: str = "") -> str:
        if node.dyn_args or node.dyn_kwargs:
            raise Unsupported("* in a call")
        given = [self.value(argument) for argument in node.args]
        for pair in node.kwargs:
            name = str(pair.key)
            if not name.isascii() or (keyword.iskeyword(name) and not prefix):
                raise Unsupported(f"{name}=")
            given.append(f"{prefix}{name}={self.value(pair.value)}")
        return ", ".join(given)

    def _filter(self, node: nodes.Filter) -> str:
        if node.node is None:
            raise Unsupported("a filter of a block")
        if node.environment is None or node.name not in node.environment.filters:
            raise Unsupported(f"no filter {node.name}")
        value = self.value(node.node)
        arguments = self._arguments(node)
        if node.name in self.unit.filters:
            return (
                f"f_{node.name}({value}, {arguments})" if arguments else f"f_{node.name}({value})"
            )
        if node.name == "safe":
            return f"M({value})"
        if node.name in ("length", "count"):
            return f"len({value})"
        return f"FILTER({node.name!r}, {value}, {arguments})"

    def _test(self, node: nodes.Test) -> str:
        if node.name in ("defined", "undefined"):
            raise Unsupported(f"is {node.name}")
        if node.environment is None or node.name not in node.environment.tests:
            raise Unsupported(f"no test {node.name}")
        value = self.value(node.node)
        if node.name == "none":
            return f"({value} is None)"
        return f"TEST({node.name!r}, {value}, {self._arguments(node)})"

    def _written_call(self, node: nodes.Call) -> list[Piece] | None:
        """The pieces of a call whose value is HTML: of a macro, of `super`, of a message; None for
        any other call."""
        if not isinstance(node.node, nodes.Name) or self.found(node.node.name) is not None:
            return None
        name = node.node.name
        if name == "super" and self.block and not (node.args or node.kwargs):
            stack, own = f"B[{self.block!r}]", f"b_{self.block}"
            self.needs_names = True
            return [(True, f"{stack}[{stack}.index({own}) + 1](v, B)")]
        if name in self.unit.imports:
            return [(True, f"x_{name}({self._arguments(node, 'l_')})")]
        if name in self.unit.macros:
            arguments = self._arguments(node, "l_")
            if name in self.unit.of_page:
                self.needs_names = True
                arguments = f"v, {arguments}"
            return [(True, f"m_{name}({arguments})")]
        if name in MESSAGES:
            return self._message(name, node)
        return None

    def _message(self, name: str, node: nodes.Call) -> list[Piece]:
        if node.dyn_args or node.dyn_kwargs:
            raise Unsupported("* in a call")
        texts = node.args[: 2 if name == "ngettext" else 1]
        constant = [t.value for t in texts if isinstance(t, nodes.Const) and type(t.value) is str]
        values = {pair.key: joined(self.html(pair.value)) for pair in node.kwargs}
        if name == "ngettext":
            if len(constant) != 2 or len(node.args) != 3 or any(map(_is_odd, constant)):
                raise Unsupported(name)
            number = self.value(node.args[2])
            values.setdefault("num", joined(self.html(node.args[2])))
            pairs = ", ".join(f"{key!r}: {value}" for key, value in values.items())
            return [(True, f"(NGETTEXT({constant[0]!r}, {constant[1]!r}, {number}) % {{{pairs}}})")]
        if len(constant) != 1 or len(node.args) != 1:
            raise Unsupported(name)
        return list(_filled(self.unit.translator.gettext(constant[0]), values))


def _is_odd(message: str) -> bool:
    """Whether it has other placeholders than `%(name)s`."""
    return "%" in _PLACEHOLDER.sub("", message)


def _filled(message: str, values: Mapping[str, str]) -> Iterable[Piece]:
    """A message with its placeholders filled; those it does not have Jinja would evaluate."""
    at, open_values = 0, dict(values)
    if _is_odd(message):
        raise Unsupported(message)
    for match in _PLACEHOLDER.finditer(message):
        yield (False, message[at : match.start()] + (match[2] or ""))
        at = match.end()
        if match[1]:
            if match[1] not in values:
                raise Unsupported(message)
            yield (True, values[match[1]])
            open_values.pop(match[1], None)
    yield (False, message[at:])
    if open_values:
        raise Unsupported(message)
