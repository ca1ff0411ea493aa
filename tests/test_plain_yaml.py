"""The short way to read front matter: what it gives is what all of YAML would, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.located import Node, parse_yaml
from generator.plain_yaml import read_plain
from generator.problems import ProblemsFound

CONTENT = Path(__file__).parent.parent / "content"

WORDS = """
    a 1 é Đà-Nẵng 中 ª ² _ (a) “a” 'a' "a" "" '' 'a''b' "a\\"b" "\\\\" 'a "a a" "a"b [] [a] [a,b]
    ["a","b,c"] ['a'] [a [a,] [,a] [a]] [[a]] [a]b [a:b] [a:] [a?] [a#b] [http://a.b/c?d] [14:30] {}
    {a:b} {a} - -- -a a- ? ?a : :a a: a:b ::: # a#b #b , a,b & &a * *a ! !a | > |- % %a @ ` ~ null
    ... --- { } [ ] 2024-13-01 14:30 https://a.b/c#d …
"""
VALUES = WORDS.split()
SPACED = ["a b", "a  b", "a: b", "a #b", "{a: b}", "{a: 'b', c: \"d\"}", "{a: b, a: c}", "{a: }"]
SPACED += ["[a, b]", "[ a , 'b' ]", "[a b, c: d]", "[a  b]", "[a - b]", "[- a]", "{a: {b: c}}"]
SPACED += ["[“a” (b) c/d+e]", "{a: 2019-03-14T23:22, b: https://a.b/c}", "\u00a0a", "a\tb", "\x85"]
SPACES = st.sampled_from(["", "", "", "  ", "  ", " ", "    ", "      ", "\t"])
DASHES = st.sampled_from(["", "", "", "- ", "-   ", "-", "- - "])
KEYS = st.sampled_from(
    ["a: ", "b: ", "c: ", "d:", "e:", "f:", "g:   ", "a:b", "é: ", "h i: ", "'j': ", "", "? ", ": "]
)
LINES = st.tuples(
    SPACES,
    DASHES,
    KEYS,
    st.sampled_from(["", "", *VALUES, *SPACED]),
    st.sampled_from(["", "", " "]),
).map("".join)
FIELDS = st.lists(LINES, max_size=7).map("\n".join)


def read_fully(text: str) -> Node | None:
    try:
        return parse_yaml(text, "x", 2)
    except ProblemsFound:
        return None


@given(FIELDS | st.text("ab:- \n[]{},'\"#é?", max_size=30))
@example("a:\n  - b: c\n    d: e\n  - f\ng: h")
@example("a:\n- b\n- c\nd: e")
@example("a:\n  b: c\n d: e")
@example("a: b\n  c\nd: e")
@example("a: b\n\n\nc:\n\n  - d\n")
@example("a:\nb: c")
@example("a: b\n  - c")
@example("  a: b\n  c: d\n")
@example("a: b\n--- \nc: d")
@example("\ufeffa: b")
def test_what_is_read_is_what_all_of_yaml_gives(text: str) -> None:
    found = read_plain(text, "x", 2)
    assert found is None or found == read_fully(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: b c, d\n\nb: 'c: d'\n",
        "a: [b, 'c', \"d\"]\nb: {c: d, e: 2019-03-14T23:22, f: https://a.b/c}",
        "a:\n  - b: c\n    d: [e]\n  - “f” g\nh: (i)",
        "a:\n- b\n- c\nd:\n  e:\n    f: g",
    ],
)
def test_what_front_matter_is_made_of_is_read(text: str) -> None:
    assert read_plain(text, "x") == parse_yaml(text, "x") is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "- a", "a:", "a:\n  - ", "a: b\na: c", "a: b # c",
        "a: &b c", "a: !b c", "a: *b", "a: |\n  b",
        'a: "b\\tc"', "a: 'b''c'", "a: b\n  c", "a: [b,\n  c]", "a: [b, [c]]", "a: {b: c, b: d}",
        "a:\tb", "? a\n: b", "a: b\n---\nc: d", "a: b: c", "a: [b: c]", "a: 'b", "'a': b",
    ],
)  # fmt: skip
def test_where_there_is_any_doubt_nothing_is_read(text: str) -> None:
    assert read_plain(text, "x") is None


def test_nearly_all_content_is_read() -> None:
    texts = [path.read_text("utf-8").split("---\n")[1] for path in CONTENT.rglob("*.md")]
    assert sum(read_plain(text, "x") is not None for text in texts) > 0.8 * len(texts)
