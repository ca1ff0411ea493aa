"""What a text is about: its terms, and how often it says each."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.terms import MOST_TERMS, count_terms

LANGUAGE = "Những vấn đề được thảo luận. "
"""Enough Vietnamese to tell which language a text is in."""


def said(text: str) -> set[str]:
    """All terms of a text, however often it says them."""
    return {term for group in count_terms(text) for term in group.split("\n") if term}


def said_here(text: str) -> set[str]:
    """The terms of `text` where it stands in a Vietnamese one."""
    return said(LANGUAGE + text) - said(LANGUAGE)


VIETNAMESE = {
    "quy chế phối hợp": {"quy chế", "chế phối", "phối hợp"},
    "Quy Chế": {"quy chế"},
    "quy\u00a0chế": {"quy chế"},
    # Alone only what can be no Vietnamese syllable.
    "chế": set(),
    "hai": set(),
    "UNESCO": {"unesco"},
    "Ireland": {"ireland"},
    "thăm Ireland": {"thăm ireland", "ireland"},
    # Words that say nothing part phrases, and so do marks and lines.
    "hợp tác của thành phố": {"hợp tác", "thành phố"},
    "hợp tác, đối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác. Đối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác (đối ngoại)": {"hợp tác", "đối ngoại"},
    "hợp tác “đối ngoại”": {"hợp tác", "đối ngoại"},
    'hợp tác "đối ngoại"': {"hợp tác", "đối ngoại"},
    "hợp tác – đối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác - đối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác\nđối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác 2025 đối ngoại": {"hợp tác", "đối ngoại"},
    "hợp tác &amp; đối ngoại": {"hợp tác", "đối ngoại"},
}

ENGLISH = {
    "Water supply": {"water", "supply", "water supply"},
    "the supply of water": {"water", "supply"},
    "supply: water": {"water", "supply"},
    "supply\nwater": {"water", "supply"},
    "will have been with them": set(),
    "ox 2025 10/12": set(),
    "": set(),
}


@pytest.mark.parametrize("text", VIETNAMESE)
def test_terms_of_vietnamese_are_pairs_of_syllables_and_foreign_words(text: str) -> None:
    assert said_here(text) == VIETNAMESE[text]


@pytest.mark.parametrize("text", ENGLISH)
def test_terms_of_english_are_words_and_pairs_of_them(text: str) -> None:
    assert said(text) == ENGLISH[text]


@pytest.mark.parametrize("text", ["Bàn hợp tác.\nRồi", "“Bàn hợp tác.”", "(Bàn hợp tác.)"])
def test_the_end_of_a_sentence_is_no_part_of_its_last_word(text: str) -> None:
    assert said_here(text) == {"bàn hợp", "hợp tác"}


def test_groups_tell_how_often_a_term_is_said() -> None:
    times = {"alpha": 1, "beta": 2, "gamma": 3, "delta": 4, "epsilon": 7, "zeta": 8, "iota": 40}
    text = "\n".join(f"{word}\n" * count for word, count in times.items())
    assert count_terms(text) == ("alpha", "beta\ngamma", "delta\nepsilon", "zeta", "", "iota")


def test_of_a_long_text_what_it_says_most_often_is_kept() -> None:
    once = [f"once{n}" for n in range(3 * MOST_TERMS)]
    often = [f"often{n}" for n in range(MOST_TERMS - 3)]
    text = "\n".join((*once, *often, *often))
    assert count_terms(text) == ("\n".join(once[:3]), "\n".join(often))


ANY = st.text(max_size=300) | st.text("aâ Đi.,-\n(“;&quot\u2028\u00a0İ1", max_size=300)
WORDS = st.lists(
    st.sampled_from(
        [
            "hợp",
            "tác",
            "đối",
            "của",
            "water",
            "UNESCO",
            "the",
            ",",
            ".",
            "\n",
            "–",
            "“",
            "20",
            "R&amp;D",
        ]
    ),
    max_size=300,
).map(" ".join)


@given(ANY | WORDS)
@example("İ" * 100)
@example("a\x1cb\u2028c")
def test_a_text_has_no_term_it_does_not_say(text: str) -> None:
    plain = " ".join(text.lower().split())
    found = count_terms(text)
    assert sum(len(group.split("\n")) for group in found if group) == len(said(text)) <= MOST_TERMS
    for level, group in enumerate(found):
        for term in filter(None, group.split("\n")):
            assert len(re.findall(f"(?={re.escape(term)})", plain)) >= 2**level
