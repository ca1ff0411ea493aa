"""What two texts have in common that others of the archive have not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.related import find_relations
from generator.relation import Features
from generator.relations import Relations
from generator.ties import WEIGHTS, RelatedConfig, Tie
from generator.wording import common_terms

OWN = "seaport\nfreight\nquay"
ROUNDED = pytest.approx(1, rel=0.04)
"""The size of a text is rounded, so that a change of it is of no consequence for others."""


def archive(*texts: Sequence[str], size: int = 100) -> Relations:
    """The relations of `texts`, with ids from 0 on, in an archive of `size` more, each of which
    says something else; wording weighs 1."""
    others = [(f"other{n}\nothers{n}",) for n in range(size)]
    config = RelatedConfig(weights={**WEIGHTS, Tie.WORDING: 1.0})
    day = dt.date(2020, 1, 1)
    every = enumerate([*texts, *others])
    return find_relations((Features(str(n), day, {}, tuple(text)) for n, text in every), config)


def test_two_texts_of_the_same_words_are_wholly_alike() -> None:
    assert archive((OWN, "ferry"), (OWN, "ferry")).score("0", "1") == ROUNDED


def test_the_more_of_its_own_a_text_says_besides_the_less_it_is_like_another() -> None:
    found = archive((OWN,), (OWN,), (f"{OWN}\ncrane",), (f"{OWN}\ncranes\ntug\npilot",))
    scores = [found.score("0", other) for other in "123"]
    assert all(more > less for more, less in pairwise([*scores, 0]))


def test_texts_with_nothing_in_common_are_not_alike() -> None:
    found = archive((OWN,), ("visa",), (f"{OWN}\nvisa",), ())
    assert found.score("0", "1") == found.score("0", "3") == found.score("3", "3") == 0
    assert found.score("0", "2") > found.score("1", "2") > 0


def test_what_one_text_alone_says_is_shared_with_none() -> None:
    found = archive((f"{OWN}\ncrane",), (OWN,))
    assert set(found.common_terms("0", "1")) == set(OWN.split("\n"))


def test_what_most_texts_say_is_worth_nothing() -> None:
    common = [(f"meeting\n{OWN}",)] * 2 + [("meeting",)] * 58
    found = archive(*common, size=50)
    assert set(found.common_terms("0", "1")) == set(OWN.split("\n"))
    assert found.score("0", "1") == ROUNDED
    assert found.score("0", "2") == found.score("2", "3") == 0


def test_what_few_texts_say_counts_for_more_than_what_many_do() -> None:
    found = archive(*[("quay\nseaport",)] * 2, *[("seaport\nferry",)] * 3)
    assert found.common_terms("0", "1") == ("quay", "seaport")
    assert found.score("0", "2") < found.score("0", "1") / 2


def test_what_a_text_says_often_counts_for_more() -> None:
    found = archive(("quay", "seaport"), ("quay\nseaport",), ("quay",), ("seaport",))
    assert found.score("0", "3") == pytest.approx(2 * found.score("0", "2"))


@pytest.mark.parametrize("texts", [[], [()], [(), ()], [("", "")], [("a",)], [("a",), ("a",)]])
def test_an_archive_that_is_all_but_empty_has_no_likenesses(texts: list[tuple[str, ...]]) -> None:
    found = archive(*texts, size=0)
    assert found.all() == {}
    assert len(texts) < 2 or found.score("0", "1") == 0


def test_terms_of_one_phrase_come_before_a_lone_one() -> None:
    phrase = {"quy chế": 1.0, "chế phối": 1.1, "phối hợp": 1.0}
    found = common_terms({"visa": 1.5, **phrase})
    assert found[0] == "chế phối"
    assert set(found) == {"visa", *phrase}


def test_only_the_weightiest_terms_of_two_texts_are_given() -> None:
    said = "\n".join(f"word{n}" for n in range(50))
    found = archive((said, "quay"), (said, "quay")).common_terms("0", "1")
    assert found[0] == "quay"
    assert len(found) < 20


TERMS = st.sampled_from([f"{a} {b}" if b else a for a in "abcdef" for b in ("", *"abc")])
TEXTS = st.lists(
    st.lists(TERMS, unique=True, max_size=12).flatmap(
        lambda terms: st.integers(0, len(terms)).map(
            lambda cut: ("\n".join(terms[:cut]), "\n".join(terms[cut:]))
        )
    ),
    max_size=12,
)


@given(TEXTS)
def test_likeness_is_mutual_and_never_more_than_whole(texts: list[tuple[str, str]]) -> None:
    found = archive(*texts, size=20)
    said = [{*rare.split("\n"), *often.split("\n")} for rare, often in texts]
    for one, mine in enumerate(said):
        for other, its in enumerate(said):
            pair = str(one), str(other)
            assert 0 <= found.score(*pair) <= 1.04
            assert found.score(*pair) == found.score(*reversed(pair))
            assert found.common_terms(*pair) == found.common_terms(*reversed(pair))
            assert set(found.common_terms(*pair)) <= mine & its
