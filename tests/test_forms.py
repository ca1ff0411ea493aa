"""The front matter of new files: every field is in it, is explained, and can be used."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.arguments import NEW
from generator.forms import as_yaml, front_matter
from generator.frontmatter import parse_fields
from generator.i18n import LANGUAGES, Translator
from generator.model import Article, Entry, Shelf, Source
from generator.problems import Problem
from generator.scaffold import clean_title

DAY = dt.date(2026, 1, 15)
SHELVES = [Shelf(shelf) for shelf in NEW.values()]
HOSTILE = ": # ' \" [x, {y}] - \\ & * ! | > % @ ` ~"
"""What a translator may write without a thought for YAML."""

_KEY = re.compile(r"#? *(?:- )?(\w+):")
# A line that is used once its # is deleted, and not one to be read.
_UNUSED = re.compile(r"^#(?! )|^#(?= +(?:- |\w+:))", re.MULTILINE)


def form(shelf: Shelf, language: str = "en", translator: Translator | None = None) -> str:
    """The front matter of a new file of a shelf."""
    given = {"name": "A name"}
    if shelf is Shelf.ARTICLES:
        given = {"title": "A title", "date": DAY.isoformat(), "draft": "true"}
    elif shelf is Shelf.PAGES:
        given = {"title": "A title", "draft": "true"}
    return front_matter(shelf, given, DAY, translator or Translator(language))


def read(shelf: Shelf, text: str) -> tuple[Article | Entry, tuple[Problem, ...]]:
    """What a file says, and all that is wrong with it."""
    source = Source(f"content/{shelf}/x.md", shelf, "x", None)
    parsed, _ = parse_fields(source, text, None, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert isinstance(parsed.entry, Article | Entry), parsed.problems
    return parsed.entry, parsed.problems


def used(text: str) -> str:
    """The front matter with every # at the beginning of a field deleted."""
    return _UNUSED.sub("", text)


def examples(text: str) -> Iterator[list[str]]:
    """The lines of each field that is not used, those of its own fields with it."""
    found: list[str] = []
    for line in text.splitlines():
        if found and not line.startswith(("#  ", " ")):
            yield found
            found = []
        if _UNUSED.match(line) or (found and line):
            found.append(line)


def probed(lines: list[str]) -> tuple[str, dict[int, str], dict[str, set[str]]]:
    """Fields with one that nobody knows put first among each lot of them; on which lines these are,
    and which fields stand there, by what they belong to."""
    found: list[str] = []
    probes: dict[int, str] = {}
    fields: dict[str, set[str]] = {}
    above: list[tuple[int, str]] = []
    for line in lines:
        if match := re.match(r"( *(?:- )?)(\w+):", line):
            indent = len(match[1])
            above = [(other, key) for other, key in above if other < indent]
            owner = ".".join(key for _, key in above)
            if owner not in fields:
                found.append(f"{match[1]}zzz: zzz")
                probes[len(found)] = owner
                line = " " * indent + line[indent:]  # the dash of an item is now the probe's
            fields.setdefault(owner, set()).add(match[2])
            above.append((indent, match[2]))
        found.append(line)
    return "\n".join(found), probes, fields


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shelf", SHELVES)
def test_every_field_a_file_may_have_is_there_and_no_other(shelf: Shelf, language: str) -> None:
    text, probes, fields = probed(used(form(shelf, language)).splitlines())
    source = Source(f"content/{shelf}/x.md", shelf, "x", None)
    problems = parse_fields(source, text, None, ZoneInfo("UTC"))[0].problems
    assert {problem.code for problem in problems} == {"unknown-key"}
    # What is said of an unknown field names those that are known.
    known = {
        probes[problem.place.line]: set(str(problem.values["known"]).split(", "))
        for problem in problems
    }
    for owner in ("", "memberships"):
        # The site's own language needs no translation.
        known.get(owner, set()).discard(language)
    assert fields == known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shelf", SHELVES)
def test_every_field_is_explained(shelf: Shelf, language: str) -> None:
    for line in form(shelf, language).splitlines():
        if _KEY.match(line):
            assert re.search(r"\S  +# \S", line), line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shelf", SHELVES)
def test_as_it_stands_only_what_is_needed_counts(shelf: Shelf, language: str) -> None:
    entry, problems = read(shelf, form(shelf, language))
    assert problems == ()
    least = {Shelf.ARTICLES: f"title: A title\ndate: {DAY}\ndraft: true"}
    least[Shelf.PAGES] = "title: A title\ndraft: true"
    same, _ = read(shelf, f"---\n{least.get(shelf, 'name: A name')}\n---\n")
    fields = {name for name in entry.__struct_fields__ if name != "body"}
    assert all(getattr(entry, name) == getattr(same, name) for name in fields)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shelf", SHELVES)
def test_each_example_can_be_used_alone(shelf: Shelf, language: str) -> None:
    text = form(shelf, language)
    found = list(examples(text))
    assert len(found) >= 3
    for lines in found:
        block = "\n".join(lines)
        assert read(shelf, text.replace(block, used(block)))[1] == (), block


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shelf", SHELVES)
def test_all_examples_can_be_used_together(shelf: Shelf, language: str) -> None:
    assert read(shelf, used(form(shelf, language)))[1] == ()


@pytest.mark.parametrize("shelf", SHELVES)
def test_no_translation_can_make_a_file_that_is_wrong(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    translator = Translator("vi")
    monkeypatch.setattr(translator, "gettext", lambda text: f"{text} {HOSTILE}" if text else "")
    monkeypatch.setattr(translator, "label", lambda code: HOSTILE)
    monkeypatch.setattr("generator.forms._Form.about", lambda form, field: HOSTILE * 5)
    text = form(shelf, "vi", translator)
    assert read(shelf, text)[1] == ()
    assert read(shelf, used(text))[1] == ()


def test_the_words_a_field_may_have_come_with_what_the_site_calls_them() -> None:
    text = " ".join(form(Shelf.ARTICLES, "vi").replace("#", " ").split())
    assert "working-session (Buổi làm việc), conference (Hội nghị)" in text
    assert "chair (Chủ trì), speaker (Phát biểu)" in text
    assert "held, planned, postponed" in " ".join(form(Shelf.ARTICLES).replace("#", " ").split())


def test_lines_stay_readable() -> None:
    for shelf in SHELVES:
        for language in LANGUAGES:
            assert max(map(len, form(shelf, language).splitlines())) <= 110


@given(st.text().map(clean_title).filter(bool))
@example("null")
@example("a: b")
@example("a #b")
@example('it\'s "so" \\')
@example("[a, b]")
@example("👨‍👩‍👧")
def test_any_text_becomes_yaml_that_says_just_that(text: str) -> None:
    name, item = as_yaml(text), as_yaml(text, in_list=True)
    entry, problems = read(Shelf.TOPICS, f"---\nname: {name}\nother_names: [{item}]\n---\n")
    assert problems == ()
    assert isinstance(entry, Entry)
    assert [entry.name] == [found.text for found in entry.other_names] == [clean_title(text)]


def test_only_what_needs_quotation_marks_gets_them() -> None:
    assert as_yaml("Hà Nội, một năm (2025)") == "Hà Nội, một năm (2025)"
    assert as_yaml("Hà Nội, một năm", in_list=True) == '"Hà Nội, một năm"'
    assert as_yaml("Hà Nội: một năm") == '"Hà Nội: một năm"'
