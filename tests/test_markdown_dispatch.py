"""The shortcuts through the parser find what all its rules would."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.markdown_rules import make_parser, make_sanitiser
from generator.markup import MarkupError, MarkupOptions, Renderer, make_renderer


def without_shortcuts(raw_html: bool) -> Renderer:
    parser = make_parser(raw_html)
    left_out = {"dispatch"} if raw_html else {"dispatch", "html_inline"}
    inlines = parser.inline.ruler
    inlines.enableOnly([name for name in inlines.get_all_rules() if name not in left_out])
    parser.block.ruler.disable("dispatch")
    parser.core.ruler.enable("normalize")
    return Renderer(parser, make_sanitiser() if raw_html else None)


RENDERERS = [
    (make_renderer(MarkupOptions(raw_html)), without_shortcuts(raw_html))
    for raw_html in (False, True)
]


def result(renderer: Renderer, body: str) -> object:
    try:
        return msgspec.to_builtins(renderer.render(body))
    except MarkupError as error:
        return error.line, error.text


PIECES = """
    a Đ ß 中 1 ª . , 0 ab 1. 2) 123456789. 1234567890. - + * ** __ _ ~~ ~ ` `` ``` ~~~ # ## #######
    > >> | |-|-| |a|b| :-: --- === *** - - === [ ] ( ) [a] [a]: [a]:/x [^1] [^1]: [[a]] [[a|b]] ![
    ![a](b) [a](b) [a](<b> "c") <b> </b> <a> <!-- --> <?x?> <https://a.b> </div> <div> &amp; &#65;
    &x; \\ \\* \\[ ! !!! !!!note !!!tip"a" [!NOTE] @ a@b.c http://a.b/c
"""
SPACED = ["", " ", "  ", "    ", "\t", "\u00a0", "!!! note", '!!! tip "b"', "> [!NOTE]"]
LINES = st.lists(st.sampled_from([*PIECES.split(), *SPACED]), max_size=6).map(" ".join) | st.text(
    "ab1#-*_`~[]()!<>|:=+&\\. \t\u00a0Đ“", max_size=12
)
INDENTS = st.sampled_from(["", "", "", " ", "  ", "   ", "    ", "\t", "> ", "- ", "1. ", "    - "])
DOCUMENTS = st.lists(st.tuples(INDENTS, LINES).map("".join), max_size=12).map("\n".join)


@pytest.mark.parametrize("raw_html", [False, True])
@given(body=DOCUMENTS)
@example(body="# a | b\n|---|---|\nc")
@example(body="- a\n\n  b\nc\n- d")
@example(body="> a\nb\n===\n")
@example(body="a\n    b\n\tc")
@example(body="[^1]\n\n[^1]: a\n\n    b\nc")
@example(body="!!! note\n    a\n\n    b\n\nc")
@example(body="> " * 40 + "a")
@example(body="<a href=x>\n\nb\n\n</a>")
def test_only_rules_that_cannot_match_are_not_asked(raw_html: bool, body: str) -> None:
    with_shortcuts, without = RENDERERS[raw_html]
    assert result(with_shortcuts, body) == result(without, body)
