"""Asks of the parser's rules only those that can match where the parser is.

The library asks all rules at every block and at every special character, one after the other, most
of them to hear that their first character is not there. Here the first character decides who is
asked, in the library's order, and a paragraph that can be nothing else is taken without asking.
What is found is the same, which `tests/test_markdown_dispatch.py` compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

R = TypeVar("R")

# Where text may end. The library's own set also stops at characters that only its other
# extensions use, among them the `-` and `:` of dates and document numbers.
TERMINATORS: Final = "\n!&*<[\\]_`~"

# What a rule's match begins with. Rules that are not named here may match anywhere; code begins
# with its indentation, and text with what ends no text.
_BLOCKS_BEGIN: Final[Mapping[str, str]] = {
    "code": "",
    "admonition": "!",
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_INLINES_BEGIN: Final[Mapping[str, str]] = {
    "text": "",
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "wiki_link": "[",
    "link": "[",
    "image": "!",
    "footnote_ref": "[",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}

_BlockRule = Callable[[StateBlock, int, int, bool], bool]
_InlineRule = Callable[[StateInline, bool], bool]


def dispatch(parser: MarkdownIt, max_depth: int) -> None:
    """Let the first character choose the rules of `parser`, which must all be set up by now.

    A paragraph on one line, in no other block and without any of `TERMINATORS`, becomes a single
    token `plain` with its text as content. `max_depth` is the level at which no paragraph is taken
    without asking.
    """
    blocks = parser.block.ruler
    blocks.before(blocks.get_active_rules()[0], "dispatch", _block_rule(blocks, max_depth))
    inlines = parser.inline.ruler
    inlines.before("text", "dispatch", _inline_rule(inlines))
    inlines.enableOnly("dispatch")


def _choices(
    ruler: Ruler[R], begin: Mapping[str, str], characters: str
) -> tuple[dict[str, tuple[R, ...]], tuple[R, ...]]:
    """The rules that may match at each of `characters`, and those that may at any other."""
    rules = list(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    chosen = {
        character: tuple(rule for name, rule in rules if character in begin.get(name, character))
        for character in characters
    }
    return chosen, tuple(rule for name, rule in rules if name not in begin)


def _block_rule(ruler: Ruler[_BlockRule], max_depth: int) -> _BlockRule:
    """A rule that matches wherever another does. It stands before them all."""
    every: Sequence[_BlockRule] = tuple(ruler.getRules(""))
    chosen, others = _choices(ruler, _BLOCKS_BEGIN, "".join(_BLOCKS_BEGIN.values()))

    def match(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        rules = every
        if state.sCount[start_line] - state.blkIndent < 4:
            first = state.src[state.bMarks[start_line] + state.tShift[start_line]]
            if first.isalpha() and state.level < max_depth and _paragraph(state, start_line):
                return True
            rules = chosen.get(first, others)
        return any(rule(state, start_line, end_line, silent) for rule in rules)

    return match


def _paragraph(state: StateBlock, start_line: int) -> bool:
    """A paragraph whose lines all begin with letters, as no other block or mark does."""
    source, begins, indents, ends = state.src, state.bMarks, state.tShift, state.eMarks
    line = start_line + 1
    while line < state.lineMax and (begin := begins[line] + indents[line]) < ends[line]:
        if not source[begin].isalpha():
            return False
        line += 1
    one = line == start_line + 1
    if one:
        text = source[begins[start_line] + indents[start_line] : ends[start_line]]
    else:
        text = state.getLines(start_line, line, state.blkIndent, False)
    text = mdTrim(text)
    state.line = line
    plain = one and not state.level and not any(map(text.__contains__, TERMINATORS))
    if not plain:
        state.push("paragraph_open", "p", 1).map = [start_line, line]
    token = state.push("plain" if plain else "inline", "", 0)
    token.content = text
    token.map = [start_line, line]
    if not plain:
        state.push("paragraph_close", "p", -1)
    return True


def _inline_rule(ruler: Ruler[_InlineRule]) -> _InlineRule:
    """A rule that always matches: what no rule takes is text, which the library would make of it
    too. It takes the place of them all."""
    text = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))["text"]
    chosen, _ = _choices(ruler, _INLINES_BEGIN, TERMINATORS)

    def match(state: StateInline, silent: bool) -> bool:
        character = state.src[state.pos]
        rules = chosen.get(character)
        if rules is None:
            return text(state, silent)
        for rule in rules:
            if rule(state, silent):
                return True
        if not silent:
            state.append_pending(character)
        state.pos += 1
        return True

    return match
