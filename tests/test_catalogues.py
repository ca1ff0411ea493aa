"""The translations: nothing missing, nothing left over, and nothing a value would not fit in."""

from __future__ import annotations

import ast
import gettext
import io
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from generator.i18n import LABELS, LANGUAGES, Translator

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "generator" / "locale"
TRANSLATED = [language for language in LANGUAGES if language != "en"]
"""The message ids are English, which therefore needs no catalogue."""

Id = str | tuple[str, ...]


def file_of(language: str, suffix: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"bulletin{suffix}"


def translations(language: str) -> Catalog:
    with file_of(language, ".po").open("rb") as file:
        return read_po(file, locale=language)


def ids(catalogue: Catalog) -> set[Id]:
    """What is translated; a message with a plural is a pair."""
    return {_id(message.id) for message in catalogue if message.id}


def strings(catalogue: Catalog) -> dict[Id, Id]:
    return {_id(message.id): _id(message.string) for message in catalogue if message.id}


def _id(text: str | list[str] | tuple[str, ...] | None) -> Id:
    if text is None or isinstance(text, str):
        return text or ""
    return text[0] if len(text) == 1 else tuple(text)


def forms(text: Id) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


@cache
def extracted() -> set[Id]:
    """The messages `make catalogues` finds in the code and the themes."""
    with (ROOT / "babel.cfg").open("r", encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options)
    return {_id(message) for _file, _line, message, _comments, _context in found}


def marked() -> set[Id]:
    """The same of the code alone, found in its syntax tree instead of its tokens."""
    found: set[Id] = set()
    for path in (ROOT / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            number = {"N_": 1, "gettext": 1, "ngettext": 2}.get(name, 0)
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if number and len(texts) >= number:
                found.add(_id([str(text) for text in texts[:number]]))
    return found


def placeholders(text: str) -> tuple[set[str], set[str]]:
    """The `%(named)s` values of a template's message, the `{named}` ones of the code's."""
    braces = {name for _text, name, _format, _how in string.Formatter().parse(text) if name}
    return set(re.findall(r"%\(\w+\)\w", text)), braces


def test_babel_finds_every_message_of_the_code() -> None:
    """It looks into f-strings only from Python 3.12 on: a message stands before one, not in it."""
    assert marked() <= extracted()


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_up_to_date(language: str) -> None:
    catalogue = translations(language)
    assert ids(catalogue) == extracted() | marked()
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language: str) -> None:
    catalogue = translations(language)
    assert [m.id for m in catalogue if m.fuzzy] == []
    assert [source for source, target in strings(catalogue).items() if not all(forms(target))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_kept(language: str) -> None:
    for source, target in strings(translations(language)).items():
        # Of a plural's ids the last is the one for most numbers.
        wanted = placeholders(forms(source)[-1])
        for text in forms(target):
            assert placeholders(text) == wanted, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_ends_are_kept(language: str) -> None:
    for source, target in strings(translations(language)).items():
        for text in forms(target):
            for end in (".", ":", " "):
                assert forms(source)[0].endswith(end) == text.endswith(end), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_that_of_the_texts(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, translations(language))
    compiled.seek(0)
    with file_of(language, ".mo").open("rb") as file:
        assert strings(read_mo(file)) == strings(read_mo(compiled))


@pytest.mark.parametrize("language", TRANSLATED)
def test_messages_are_read_as_they_are_written(language: str) -> None:
    catalogue = translations(language)
    with file_of(language, ".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    for source, target in strings(catalogue).items():
        if isinstance(source, str):
            assert read.gettext(source) == target
        else:
            found = {read.ngettext(source[0], source[1], number) for number in range(200)}
            assert found == set(forms(target))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_label_has_words(language: str) -> None:
    translator = Translator(language)
    for code, label in LABELS.items():
        assert translator.label(code) not in (code, label)
