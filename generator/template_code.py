"""A template as a Python module of its own, several times as fast as Jinja's.

Jinja parses the template; from its tree we write plain functions: attributes are attributes, calls
are calls, and everything between two loops is one formatted string. A macro is `m_<name>`, a block
`b_<name>`; each returns its HTML as text. `v` holds the names that belong to a page, `B` the
functions of each block, the template's own first. `template_loading` gives the other names (`M`,
`E`, `H`, `IMPORT` …) and runs it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType

from jinja2 import nodes

from generator.i18n import Translator
from generator.template_expressions import (
    MESSAGES,
    Expressions,
    Formatting,
    Loop,
    Piece,
    Unit,
    Unsupported,
    joined,
)
from generator.template_filters import Filter

_STATIC = (nodes.FromImport, nodes.Import, nodes.Macro)


def compile_template(
    tree: nodes.Template, translator: Translator, filters: Mapping[str, Filter]
) -> CodeType:
    """The code of a parsed template. Raises Unsupported where Jinja itself has to render it."""
    source = "\n".join(_module(tree, translator, filters))
    with warnings.catch_warnings():
        # What Python finds odd (`'a' is none`) is not for the terminal: an error, so Jinja's.
        warnings.simplefilter("error", SyntaxWarning)
        module = Formatting().visit(ast.parse(source))
        return compile(ast.fix_missing_locations(module), "<template>", "exec")


def _module(
    tree: nodes.Template, translator: Translator, filters: Mapping[str, Filter]
) -> Iterable[str]:
    unit = Unit(translator, filters)
    body = list(tree.body)
    parent = _parent(body)
    _declare_all(unit, body, is_child=parent is not None)
    sets = {name for name in _assigned(body) if isinstance(name, str)}
    if sets & (unit.imports.keys() | unit.macros.keys()):
        raise Unsupported("one name for two things")
    if MESSAGES & {*sets, *unit.imports, *unit.macros}:
        raise Unsupported("another meaning for messages")

    macros = _macros(unit)
    root = _root(unit, body, is_child=parent is not None)
    blocks: dict[str, _Function] = {}
    for block in tree.find_all(nodes.Block):
        if block.name in blocks:
            raise Unsupported("a block defined twice")
        blocks[block.name] = _block(unit, block)

    for name, (template, attribute) in unit.imports.items():
        yield f"o_{name} = IMPORT({template!r}, {attribute!r})"
        yield f"x_{name} = o_{name}._html if isinstance(o_{name}, MACRO) else None"
    constants = list(unit.constants.items())
    yield from (f"{name} = {value}" for value, name in constants)
    functions = [*macros.values(), *blocks.values(), *([root] if root else [])]
    for function in functions:
        yield from function.source()
    yield from (f"o_{name} = MACRO(m_{name})" for name in macros if name not in unit.of_page)
    free = sorted(set().union(*(function.free for function in functions)))
    yield f"PARENT = {parent!r}"
    yield f"ROOT = {'root' if root else None}"
    yield f"BLOCKS = {{{', '.join(f'{name!r}: b_{name}' for name in blocks)}}}"
    yield f"MACROS = {{{', '.join(f'{name!r}: m_{name}' for name in macros)}}}"
    yield f"OF_PAGE = {sorted(unit.of_page)!r}"
    yield f"IMPORTED = {{{', '.join(f'{name!r}: o_{name}' for name in unit.imports)}}}"
    yield f"SETS = {sorted(sets)!r}"
    yield f"FREE = {free!r}"


def _parent(body: list[nodes.Node]) -> str | None:
    """Take `extends` off the body; the template it names."""
    if not body or not isinstance(body[0], nodes.Extends):
        return None
    node = body.pop(0)
    assert isinstance(node, nodes.Extends)
    return _constant(node.template)


def _constant(node: nodes.Node) -> str:
    if not isinstance(node, nodes.Const) or type(node.value) is not str:
        raise Unsupported("a template's name that is not written out")
    return node.value


def _declare_all(unit: Unit, body: Sequence[nodes.Node], is_child: bool) -> None:
    """Note what a template imports and defines; it may not be used before it is there."""
    begun = False
    for node in body:
        if isinstance(node, _STATIC):
            if begun:
                raise Unsupported("a macro defined late")
            _declare(unit, node)
        elif isinstance(node, nodes.Output):
            begun |= not (is_child or all(isinstance(n, nodes.TemplateData) for n in node.nodes))
        else:
            begun |= not (is_child and isinstance(node, nodes.Block))


def _declare(unit: Unit, node: nodes.Node) -> None:
    """Note what a node at the top of a template imports or defines."""
    found: dict[str, tuple[str, str]] = {}
    if isinstance(node, nodes.FromImport | nodes.Import) and node.with_context:
        raise Unsupported("an import with context")
    if isinstance(node, nodes.FromImport):
        for pair in node.names:
            name, alias = pair if isinstance(pair, tuple) else (pair, pair)
            found[alias] = (_constant(node.template), name)
    elif isinstance(node, nodes.Import):
        found[node.target] = (_constant(node.template), "")
    elif isinstance(node, nodes.Macro):
        if node.name in unit.macros:
            raise Unsupported("one name for two things")
        unit.macros[node.name] = node
    if (
        found.keys() & (unit.imports.keys() | unit.macros.keys())
        or unit.imports.keys() & unit.macros.keys()
    ):
        raise Unsupported("one name for two things")
    unit.imports |= found
    if not all(name.isascii() for name in (*unit.imports, *unit.macros)):
        raise Unsupported("a name that is not ASCII")


def _assigned(body: Iterable[nodes.Node]) -> Iterable[str]:
    """The names a function's body sets, in `if` too, but not in loops."""
    for node in body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            yield from _targets(node.target)
        elif isinstance(node, nodes.If):
            yield from _assigned((*node.body, *node.elif_, *node.else_))


def _targets(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.Name):
        if not node.name.isascii() or node.name == "loop":
            raise Unsupported(node.name)
        return [node.name]
    if isinstance(node, nodes.Tuple):
        return [name for item in node.items for name in _targets(item)]
    raise Unsupported(type(node).__name__)


def _root(unit: Unit, body: Sequence[nodes.Node], is_child: bool) -> _Function | None:
    """What a template does around its blocks; a child only sets names before its parent runs."""
    passed = (*_STATIC, nodes.Output, nodes.Block) if is_child else _STATIC
    body = [node for node in body if not isinstance(node, passed)]
    if is_child and not all(isinstance(node, nodes.Assign | nodes.AssignBlock) for node in body):
        raise Unsupported("a child template that does more than setting names")
    if is_child and not body:
        return None
    function = _Function(unit, "root", ["v", "B"], exports=True)
    function.compile(body)
    return function


def _block(unit: Unit, block: nodes.Block) -> _Function:
    if block.scoped or block.required or not block.name.isascii():
        raise Unsupported("a block that is scoped or required")
    function = _Function(unit, f"b_{block.name}", ["v", "B"], block=block.name)
    function.compile(block.body)
    return function


def _macros(unit: Unit) -> dict[str, _Function]:
    """The functions of the macros. One that calls another that sees names of the page sees them
    too, so they are written until no more is found."""
    while True:
        functions = {name: _macro(unit, macro) for name, macro in unit.macros.items()}
        of_page = {name for name, function in functions.items() if function.needs_names}
        if of_page == unit.of_page:
            return functions
        unit.of_page = of_page


def _macro(unit: Unit, macro: nodes.Macro) -> _Function:
    names = [argument.name for argument in macro.args]
    odd = {"caller", "kwargs", "varargs"}.intersection(names)
    if odd or not all(name.isascii() for name in names) or len(set(names)) < len(names):
        raise Unsupported("a parameter")
    parameters = [f"l_{name}" for name in names]
    for at, default in enumerate(macro.defaults, len(names) - len(macro.defaults)):
        if not isinstance(default, nodes.Const):
            raise Unsupported("a default that is worked out")
        parameters[at] += f"={default.value!r}"
    if macro.name in unit.of_page:
        parameters.insert(0, "v")
    function = _Function(unit, f"m_{macro.name}", parameters)
    function.scopes[0].update({name: f"l_{name}" for name in names})
    function.compile(macro.body)
    function.needs_names |= bool(function.free)
    return function


class _Function(Expressions):
    """One function: of a block, of a macro, or of the template itself."""

    def __init__(
        self,
        unit: Unit,
        name: str,
        parameters: Sequence[str],
        block: str = "",
        exports: bool = False,
    ) -> None:
        super().__init__(unit, block)
        self.name = name
        self.parameters = parameters
        self.exports = exports
        self.lines: list[str] = []
        self.pieces: list[Piece] = []
        self.depth = 1
        self.loops = 0
        self.branches = 0

    def source(self) -> list[str]:
        """The lines of the function."""
        yields = bool(self.lines)
        if yields:
            self.flush()
        head = [f"    l_{name} = v[{name!r}]" for name in sorted(self.free)]
        if yields:
            head += ["    out = []", "    w = out.append"]
        result = "''.join(out)" if yields else joined(self.pieces)
        return [
            f"def {self.name}({', '.join(self.parameters)}):",
            *head,
            *self.lines,
            f"    return {result}",
        ]

    def compile(self, body: Sequence[nodes.Node]) -> None:
        # Unbound until it is set: read before that it fails, and Jinja decides.
        self.scopes[0].update({name: f"l_{name}" for name in _assigned(body)})
        self.statements(body)

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def flush(self) -> None:
        """Write what has gathered."""
        if self.pieces:
            self.line(f"w({joined(self.pieces)})")
            self.pieces = []

    def statements(self, body: Sequence[nodes.Node]) -> None:
        for node in body:
            if _is_inline(node):
                self.pieces += self.inline(node)
                continue
            self.flush()
            match node:
                case nodes.For():
                    self.loop(node)
                case nodes.If():
                    self.condition(node)
                case nodes.Assign():
                    self.assign(node.target, self.value(node.node))
                case nodes.AssignBlock(filter=None):
                    self.assign(node.target, f"M({joined(self.inlines(node.body))})")
                case _:
                    raise Unsupported(type(node).__name__)

    def inlines(self, body: Iterable[nodes.Node]) -> list[Piece]:
        return [piece for node in body for piece in self.inline(node)]

    def inline(self, node: nodes.Node) -> list[Piece]:
        """The pieces of what needs no statement of its own."""
        match node:
            case nodes.Output():
                return [piece for part in node.nodes for piece in self.html(part)]
            case nodes.Block():
                return [(True, f"B[{node.name!r}][0](v, B)")]
            case nodes.If():
                otherwise = joined(self.inlines(node.else_))
                for branch in (*reversed(node.elif_), node):
                    body = joined(self.inlines(branch.body))
                    otherwise = f"({body} if {self.value(branch.test)} else {otherwise})"
                return [(True, otherwise)]
        raise Unsupported(type(node).__name__)

    def condition(self, node: nodes.If) -> None:
        self.branches += 1
        for at, branch in enumerate((node, *node.elif_)):
            self.line(f"{'elif' if at else 'if'} {self.value(branch.test)}:")
            self.nested(branch.body)
        if node.else_:
            self.line("else:")
            self.nested(node.else_)
        self.branches -= 1

    def nested(self, body: Sequence[nodes.Node]) -> None:
        self.depth += 1
        self.line("pass")
        self.statements(body)
        self.flush()
        self.depth -= 1

    def assign(self, target: nodes.Node, value: str) -> None:
        for name in _targets(target):
            scope = self.scopes[-1]
            if name not in scope or (self.branches and len(self.scopes) > 1):
                raise Unsupported("a name set in a branch of a loop")
            if scope[name] is None:
                scope[name] = f"l{len(self.scopes)}_{self.loops}_{name}"
        own = self._target(target)
        self.line(f"{own} = {value}")
        if self.exports and len(self.scopes) == 1:
            for name in _targets(target):
                self.line(f"v[{name!r}] = l_{name}")

    def _target(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Name):
            return str(self.scopes[-1][node.name])
        assert isinstance(node, nodes.Tuple)
        return "(" + "".join(f"{self._target(item)}, " for item in node.items) + ")"

    def loop(self, node: nodes.For) -> None:
        if node.recursive:
            raise Unsupported("a recursive loop")
        self.loops += 1
        number, loop = self.loops, Loop(self.loops)
        items = self.value(node.iter)
        scope: dict[str, str | Loop | None] = {
            name: f"l{number}_{name}" for name in _targets(node.target)
        }
        self.scopes.append(scope)
        target = self._target(node.target)
        test = ""
        if node.test is not None:
            scope["loop"] = None  # not to be asked for here
            test = self.value(node.test)
        scope["loop"] = loop
        # In each round a name is new; one set in a branch would keep what it was in the last.
        direct = [n for n in node.body if isinstance(n, nodes.Assign | nodes.AssignBlock)]
        for name in (name for inner in direct for name in _targets(inner.target)):
            if name in scope:
                raise Unsupported("a name set twice")
            scope[name] = None
        outer, self.lines = self.lines, []
        branches, self.branches = self.branches, 0
        self.nested(node.body)
        body, self.lines = self.lines, outer
        self.branches = branches
        self.scopes.pop()
        if loop.used:
            self._gather(target, items, test, number)
            self.line(f"{loop.count} = len(s_{number})")
            self.line(f"for {loop.at}, {target} in enumerate(s_{number}):")
            self.lines += body
            empty = f"not s_{number}"
        else:
            if node.else_:
                self.line(f"e_{number} = True")
            self.line(f"for {target} in {items}:")
            if test:
                self.line(f"    if not {test}: continue")
            if node.else_:
                self.line(f"    e_{number} = False")
            self.lines += body
            empty = f"e_{number}"
        if node.else_:
            self.line(f"if {empty}:")
            self.scopes.append({})  # what is set here ends here, which Python's names would not
            self.nested(node.else_)
            self.scopes.pop()

    def _gather(self, target: str, items: str, test: str, number: int) -> None:
        """What a loop that is counted goes through."""
        if not test:
            self.line(f"s_{number} = [*{items}]")
            return
        self.line(f"s_{number} = []")
        self.line(f"for {target} in {items}:")
        self.line(f"    if {test}: s_{number}.append({target})")


def _is_inline(node: nodes.Node) -> bool:
    if isinstance(node, nodes.If):
        return all(map(_is_inline, (*node.body, *node.elif_, *node.else_)))
    return isinstance(node, nodes.Output | nodes.Block)
