"""Vietnamese alphabetical order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collation import collation_key, initial, sort_name

# Reviewed by hand after TCVN 5712: letters, then tones ngang huyền hỏi ngã sắc nặng, then case.
WORDS = """
a A à ả ã á ạ ai an An ang anh ă ăn ắn â ấn ba bà bả bã bá bạ bàn bắc bằng bờ cha Chu cơ da Dũng
đa Đà đạo e ê ghế gì giang ha hà Hà hả hã há hạ hai hải hãi hoa hòa khánh lam long ma mà
mả mã má mạ nam ngan ngân nghĩa nhật o ô ơ phan quan quân sơn tâm tân tấn thanh thành thảo trần u
ư văn vân việt xuân y ý"""

PEOPLE = [
    "Tô Văn An",
    "Nguyễn Thị Ân",
    "Trần Đức Dũng",
    "Bùi Văn Đức",
    "Vũ Thu Hà",
    "Nguyễn Minh Hải",
    "Phạm Hải",
    "Lê Hoài Trung",
    "Tô Lâm",
    "Nguyễn Mạnh Quyền",
    "Bùi Thanh Sơn",
    "Lê Hồng Sơn",
    "Trần Sỹ Thanh",
    "Lê Trung",
    "Lê Thị Hồng Vân",
    "Ngô Lê Văn",
]


def shuffled(texts: list[str]) -> list[str]:
    return random.Random(7).sample(texts, len(texts))


def test_words_are_in_the_order_of_a_dictionary() -> None:
    words = WORDS.split()
    assert sorted(shuffled(words), key=collation_key) == words


def test_people_are_filed_by_their_given_name() -> None:
    by_given_name = sorted(shuffled(PEOPLE), key=lambda name: collation_key(sort_name(name)))
    assert by_given_name == [
        "Tô Văn An", "Nguyễn Thị Ân", "Trần Đức Dũng", "Bùi Văn Đức", "Vũ Thu Hà",
        "Nguyễn Minh Hải", "Phạm Hải", "Tô Lâm", "Nguyễn Mạnh Quyền", "Bùi Thanh Sơn",
        "Lê Hồng Sơn", "Trần Sỹ Thanh", "Lê Trung", "Lê Hoài Trung", "Ngô Lê Văn",
        "Lê Thị Hồng Vân",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "filed"),
    [("Ngô Lê Văn", "Văn Ngô Lê"), ("Khürelsükh", "Khürelsükh"), ("", ""), ("  A  B ", "B A")],
)
def test_a_given_name_comes_first_in_a_file(name: str, filed: str) -> None:
    assert sort_name(name) == filed


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Đà Nẵng", "Đ"), ("Ấn Độ", "Â"), ("ưng", "Ư"), ("Élysée", "E"), ("f", "F"),
        ("12", "#"), ("«An»", "A"), ("会", "#"), ("", "#"), ("…", "#"),
    ],
)  # fmt: skip
def test_a_text_is_filed_under_its_letter(text: str, letter: str) -> None:
    assert initial(text) == letter


@given(st.text(), st.text())
def test_the_order_is_total_and_case_is_last(one: str, other: str) -> None:
    assert collation_key(one) == collation_key(one)
    assert (collation_key(one) < collation_key(other)) + (
        collation_key(other) < collation_key(one)
    ) == (collation_key(one) != collation_key(other))
