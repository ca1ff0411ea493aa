"""When two names are one, and what addresses call them."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from generator.names import (
    MOST_GUESSES,
    MOST_SPELLINGS,
    Guesses,
    is_slug,
    name_key,
    nearest,
    slug,
    slug_with_hash,
    spellings,
)

_SYLLABLES = (
    "Ngô Lê Văn Nguyễn Mạnh Quyền Trần Sỹ Thanh Hoà Thuý Quý Huỷ Khoẻ Lý Đỗ Y Ỷ Toàn Nguyệt"
)
SYLLABLES = st.sampled_from(_SYLLABLES.split())
NAMES = st.lists(SYLLABLES, min_size=1, max_size=10).map(" ".join) | st.text(max_size=40)

SAME = [
    ("Ngô Lê Văn", "NGÔ LÊ VĂN"),
    ("Ngô Lê Văn", "  Ngô\tLê\u00a0Văn "),
    ("Ngô Lê Văn", unicodedata.normalize("NFD", "Ngô Lê Văn")),
    ("Trần Sỹ Thanh", "Trần Sĩ Thanh"),
    ("Lý Quý", "Lí Quí"),
    ("Y Thông", "I Thông"),
    ("Hoà", "Hòa"),
    ("Thuý", "Thúy"),
    ("Huỷ", "Hủy"),
    ("Khoẻ", "Khỏe"),
    ("Nguyễn Khoá", "nguyễn khóa"),
    ("Ðặng Ðình", "Đặng Đình"),
]

DIFFERENT = [
    ("Ngô Lê Văn", "Ngô Lê Vân"),
    ("Ngô Lê Văn", "Ngo Le Van"),
    ("Mai", "May"),
    ("Thuý", "Thúi"),
    ("Đào", "Dào"),
    ("Hòa", "Hóa"),
    ("Tư", "Tu"),
    ("Lê Văn", "Lê Văn A"),
    ("Lê Văn", "LêVăn"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_names_are_not_the_same(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(NAMES)
def test_the_key_of_a_name_is_that_of_all_its_spellings(name: str) -> None:
    found = spellings(name)
    assert {name_key(spelling) for spelling in found} == {name_key(name)}
    assert found == sorted(set(found))
    assert len(found) <= MOST_SPELLINGS


@given(st.lists(SYLLABLES, min_size=1, max_size=10).map(" ".join))
def test_a_name_as_it_is_written_is_among_its_spellings(name: str) -> None:
    assert name.lower() in spellings(name)


def test_a_name_is_found_under_its_other_spellings() -> None:
    assert spellings("Trần Sỹ Hoà") == [
        "trần sĩ hoà", "trần sĩ hòa", "trần sỹ hoà", "trần sỹ hòa"
    ]  # fmt: skip


@given(NAMES)
def test_the_form_of_unicode_does_not_matter(name: str) -> None:
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(name)


SLUGS = {
    "Họp Sở Ngoại vụ": "hop-so-ngoai-vu",
    "Đối ngoại Thủ đô": "doi-ngoai-thu-do",
    "59-NQ/TW": "59-nq-tw",
    "  --a__b..c--  ": "a-b-c",
    "Ukhnaagiin Khürelsükh": "ukhnaagiin-khurelsukh",
    "con": "con-1",
    "CON": "con-1",
    "lpt¹": "lpt1-1",
    "con-2": "con-2",
    "会议": "",
    "": "",
    "x" * 100: "x" * 80,
    "a " + "x" * 100: "a",
    "con " + "x" * 100: "con-1",
    " ".join(["hop"] * 30): "-".join(["hop"] * 20),
}


@pytest.mark.parametrize("text", SLUGS)
def test_a_slug_is_what_people_would_write(text: str) -> None:
    assert slug(text) == SLUGS[text]


@given(st.text(max_size=200))
@example("nul")
@example("K")  # the sign of the kelvin
def test_a_slug_is_fit_for_any_disk_and_address(text: str) -> None:
    found = slug(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", found)
    assert len(found) <= 80
    assert slug(found) == found
    assert is_slug(found)
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", found)


@given(st.text(min_size=1), st.text(max_size=200).map(slug), st.sampled_from([4, 16]))
def test_a_slug_with_a_hash_is_a_slug(key: str, base: str, digits: int) -> None:
    assume(key.isprintable())
    found = slug_with_hash(key, base, digits)
    assert re.fullmatch(rf".*[0-9a-f]{{{digits}}}", found)
    assert is_slug(found) or "--" in found


FIELDS = ("title", "date", "end_date", "topics", "officials", "organisations", "published", "kind")

MEANT = {
    "tite": "title",
    "Title": "title",
    "titel": "title",
    "topic": "topics",
    "oficials": "officials",
    "organizations": "organisations",
    "enddate": "end_date",
    "publish": "published",
    "xyzzy": "",
    "": "",
    "q" * 100_000: "",
}


@pytest.mark.parametrize("written", MEANT)
def test_the_nearest_is_what_was_meant_or_nothing(written: str) -> None:
    assert nearest(written, FIELDS) == MEANT[written]


def test_the_nearest_does_not_mind_diacritics_or_the_order_of_the_candidates() -> None:
    names = ["Ngô Lê Văn", "Trần Sỹ Thanh", "Lê Hồng Sơn"]
    assert nearest("ngo le van", names) == nearest("ngo le van", names[::-1]) == "Ngô Lê Văn"
    assert nearest("Ngô Lê Vân", names) == "Ngô Lê Văn"


def test_only_the_first_of_many_unknown_names_are_guessed_at() -> None:
    guesses = Guesses(f"topic-{n:03}" for n in range(500))
    found = [guesses.nearest(f"topik-{n:03}") for n in range(2 * MOST_GUESSES)]
    assert found[:MOST_GUESSES] == [f"topic-{n:03}" for n in range(MOST_GUESSES)]
    assert set(found[MOST_GUESSES:]) == {""}
    assert guesses.nearest("topik-000") == "topic-000"
