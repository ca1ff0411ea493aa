"""The Markdown that bodies are written in: CommonMark, and the extensions of a bulletin.

All that needs the parser's library to be loaded stands here; `markup` imports it when it first
makes a renderer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, html_inline, image, link
from markdown_it.token import Token
from mdit_py_plugins.admon.index import admonition
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from generator.markdown_dispatch import TERMINATORS, dispatch
from generator.markdown_inlines import EXTERNAL, LINK, NONCHARACTER, OWN_ID

# Blocks within blocks: a list counts twice (the list and its item).
MAX_DEPTH: Final = 32

# Alternative texts are parsed once for each image they are in.
_MAX_IMAGE_DEPTH = 3

# The kinds of GitHub's alerts, and the names other dialects have for them.
_ADMONITIONS: Final[Mapping[str, str]] = {
    "note": "note",
    "info": "note",
    "tip": "tip",
    "hint": "tip",
    "important": "important",
    "warning": "warning",
    "attention": "warning",
    "caution": "caution",
    "danger": "caution",
    "error": "caution",
}

_ADMONITION = re.compile(rf"!!! *({'|'.join(_ADMONITIONS)})(?: +(\S.*))? *$", re.IGNORECASE)
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]+)(?:\|([^\[\]]*))?\]\]")
# Bounded: looking for the `]` of every `[^` would take quadratic time.
_FOOTNOTE_REF = re.compile(r"\[\^[^ \n\]]{1,100}\]")

_TERMINATOR = re.compile(f"[{re.escape(TERMINATORS)}]")

# What an author's HTML may hold. Images are not in it: those are `model.Picture`s by then.
_ELEMENTS = (
    "a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl"
    " dt em figcaption figure h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q rp rt ruby s samp"
    " section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
_ATTRIBUTES: Final[Mapping[str, str]] = {
    "*": "aria-hidden aria-label class dir id lang role tabindex title",
    "a": "href rel",
    "col": "span",
    "colgroup": "span",
    "details": "open",
    "li": "value",
    "ol": "reversed start type",
    "td": "colspan rowspan",
    "th": "colspan rowspan scope",
    "time": "datetime",
}
_TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_OWN_LINK = re.compile(f'<a href="{LINK}[0-9]+">')

# The library encodes an address letter by letter. Longer ones are mostly pictures in `data:`.
_LONG_ADDRESS = 8192

_InlineRule = Callable[[StateInline, bool], bool]


def make_parser(raw_html: bool) -> MarkdownIt:
    """A parser of bodies; with `raw_html`, HTML in them becomes tokens, otherwise it is text.

    Bodies have only `\\n` as line ends, and no NUL. A paragraph of plain text may be a single token
    (see `dispatch`). A token of its own is `wiki_link`, with the target as `info` and what to show
    as `content`; `meta["bare"]` says that this is the target again. It, `link_open`, `image` and
    `html_inline` have their offset in the inline content as `meta["at"]`; `admonition_open` has its
    kind as `info`. After `parse(body, env)`, `env["too_deep"]` is the line from which blocks were
    left out, if any were.
    """
    options = {"html": raw_html, "alerts": True, "maxNesting": MAX_DEPTH + 4}
    parser = _Parser("commonmark", options).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.core.ruler.at("inline", _parse_inlines)

    may_end = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "admonition", _admonition, {"alt": may_end})
    parser.block.ruler.before("table", "depth", _watch_depth)

    inline = parser.inline.ruler
    inline.before("link", "wiki_link", _wiki_link)
    inline.at("link", _located("[", "]", link))
    inline.at("image", _located("!", "]", _image))
    inline.at("footnote_ref", _footnote_ref)
    inline.at("html_inline", _located("<", ">", html_inline))
    if not raw_html:
        parser.disable(["html_block", "html_inline"])
    parser.inline.terminator_re = _TERMINATOR
    parser.core.ruler.disable("normalize")
    dispatch(parser, MAX_DEPTH)
    return parser


class _Parser(MarkdownIt):
    """The library's parser, but careful with addresses."""

    def normalizeLink(self, url: str) -> str:
        return url if len(url) > _LONG_ADDRESS else super().normalizeLink(url)

    def normalizeLinkText(self, link: str) -> str:
        # It decodes what is percent-encoded.
        return NONCHARACTER.sub("", super().normalizeLinkText(link))


def _parse_inlines(state: StateCore) -> None:
    """The library's rule, but content without any markup does not go through all inline rules."""
    inline = state.md.inline
    for token in state.tokens:
        if token.type != "inline":
            continue
        if _TERMINATOR.search(token.content):
            token.children = inline.parse(token.content, state.md, state.env, [])
        elif token.content:
            token.children = [Token("text", "", 0, content=token.content)]


def _watch_depth(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Matches nothing: notes where the library is about to leave out blocks nested too deeply."""
    if state.level >= MAX_DEPTH:
        state.env.setdefault("too_deep", start_line + 1)
    return False


def _admonition(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """`!!! kind "Title"`, for the known kinds: of an unknown one, the first line would be lost."""
    begin = state.bMarks[start_line] + state.tShift[start_line]
    match = _ADMONITION.match(state.src, begin, state.eMarks[start_line])
    if match is None:
        return False
    first = len(state.tokens)
    if not admonition(state, start_line, end_line, silent):
        return False
    if not silent:
        state.tokens[first].info = _ADMONITIONS[match[1].lower()]
        if match[2] is None:
            # Without a title the rule makes one of the kind, in English.
            del state.tokens[first + 1 : first + 4]
    return True


def _wiki_link(state: StateInline, silent: bool) -> bool:
    """`[[target]]` and `[[target|text]]`."""
    start = state.pos
    if not state.src.startswith("[[", start):
        return False
    match = _WIKI_LINK.match(state.src, start, state.posMax)
    if match is None or not (target := match[1].strip()):
        return False
    if not silent:
        text = (match[2] or "").strip()
        token = state.push("wiki_link", "", 0)
        token.info = target
        token.content = text or target
        token.meta = {"at": start, "bare": not text}
    state.pos = match.end()
    return True


def _located(marker: str, end: str, rule: _InlineRule) -> _InlineRule:
    """`rule`, which matches from `marker` to `end`; its first token tells where it matched.

    Where no `end` follows, the rule is not asked: it would look for one many times over.
    """

    def located(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if state.src[start] != marker or state.html_terminator_last(end) < start:
            return False
        first = len(state.tokens) + bool(state.pending)
        if not rule(state, silent):
            return False
        if not silent:
            state.tokens[first].meta["at"] = start
        return True

    return located


def _image(state: StateInline, silent: bool) -> bool:
    depth = state.env.get("image_depth", 0)
    if depth == _MAX_IMAGE_DEPTH:
        return False
    state.env["image_depth"] = depth + 1
    found = image(state, silent)
    state.env["image_depth"] = depth
    return found


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[^", state.pos) or state.env.get("image_depth"):
        return False
    match = _FOOTNOTE_REF.match(state.src, state.pos, state.posMax)
    return match is not None and footnote_ref(state, silent)


def make_sanitiser() -> Callable[[str], str]:
    """What is left of HTML with marks when all that an author may not write is taken out.

    Marks stay only where text may be. Ids are ours alone: an author's might be those of the page.
    """
    from nh3 import Cleaner

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return value[len(OWN_ID) :] if value.startswith(OWN_ID) else None
        if name == "href":
            return value if value.startswith((LINK, "#")) or EXTERNAL.match(value) else None
        return value

    cleaner = Cleaner(
        tags=set(_ELEMENTS.split()),
        attributes={element: set(names.split()) for element, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )

    def sanitise(html: str) -> str:
        # The cleaner writes the no-break space as an entity, which would hide names from search.
        html = cleaner.clean(html).replace("&nbsp;", "\u00a0")
        return _TAG.sub(_without_marks, html)

    return sanitise


def _without_marks(match: re.Match[str]) -> str:
    tag = match[0]
    return tag if _OWN_LINK.fullmatch(tag) else NONCHARACTER.sub("", tag)
