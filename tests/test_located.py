"""YAML and TOML with places."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.located import Mapping, Node, Scalar, Sequence, parse_toml, parse_yaml
from generator.problems import Place, ProblemsFound

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"),
    max_size=20,
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def plain(node: Node | None) -> Any:
    """A tree without its places."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value if node else None


def written_at(place: Place, text: str) -> str:
    return text.split("\n")[place.line - 1][place.column - 1 :]


@given(st.dictionaries(TEXTS, TREES, min_size=1, max_size=5), st.booleans())
def test_texts_are_read_as_yaml_reads_them(tree: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, default_style='"')
    node = parse_yaml(text, "x")
    assert plain(node) == tree == yaml.safe_load(text)


@given(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=8))
def test_places_are_where_keys_and_values_stand(tree: dict[str, str]) -> None:
    text = "".join(f"'{_quoted(key)}':  '{_quoted(tree[key])}'\n" for key in tree)
    node = parse_yaml(text, "x")
    assert isinstance(node, Mapping)
    for number, (key, value) in enumerate(tree.items(), 1):
        found = node.items[key]
        assert node.keys[key] == Place("x", number, 1)
        assert found.place == Place("x", number, len(_quoted(key)) + 6)
        assert written_at(found.place, text).startswith(f"'{_quoted(value)}'")


def _quoted(text: str) -> str:
    # YAML takes these for line ends.
    return text.replace("'", "''").replace("\u2028", "").replace("\u2029", "")


@pytest.mark.parametrize(
    "value", ["no", "14:30", "01", "2024-13-01", "1e3", "0x1F", "yes", "1_000"]
)
def test_values_stay_text(value: str) -> None:
    node = parse_yaml(f"key: {value}", "x")
    assert plain(node) == {"key": value}


@pytest.mark.parametrize("text", ["", "\n \n", "# nothing\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert parse_yaml(text, "x") is None


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        ("", True), ("~", True), ("null", True), ('""', True), ("' '", True), ("\u00a0", True),
        ('"~"', False), ("'null'", False), ("0", False), ("no", False),
    ],
)  # fmt: skip
def test_an_empty_value_is_told_from_a_text(value: str, empty: bool) -> None:
    node = parse_yaml(f"key: {value}", "x")
    assert isinstance(node, Mapping)
    scalar = node.items["key"]
    assert isinstance(scalar, Scalar)
    assert scalar.empty is empty


@given(st.text())
def test_any_text_is_yaml_or_one_problem_with_a_place(text: str) -> None:
    try:
        parse_yaml(text, "x", 7)
    except ProblemsFound as found:
        (problem,) = found.problems
        assert problem.place.line >= 7
        assert problem.place.column >= 1


@given(st.text(alphabet="[]=\"'#\n.ab1-{},\r\u2028"))
def test_any_text_is_toml_or_one_problem_with_a_place(text: str) -> None:
    try:
        parse_toml(text, "x")
    except ProblemsFound as found:
        (problem,) = found.problems
        assert 1 <= problem.place.line <= text.count("\n") + 1
        assert problem.place.column >= 1


def test_toml_keys_are_found_in_tables_and_dotted_names() -> None:
    text = '# x\n[site]\n  title = "T"\nen.title = "E"\n[publish.live]\nurl = "u"\n[[x]]\na = [1]\n'
    tree = parse_toml(text, "x")
    site, publish = tree.items["site"], tree.items["publish"]
    assert isinstance(site, Mapping)
    assert isinstance(publish, Mapping)
    assert site.keys == {"title": Place("x", 3, 3), "en": Place("x", 4, 1)}
    assert tree.keys["site"] == Place("x", 2, 1)
    assert publish.items["live"].place == Place("x", 5, 1)
    assert plain(tree.items["x"]) == [{"a": [1]}]
