"""What two texts have in common that others of the archive have not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.wording import common_terms, compare_wording, likeness

Shares = dict[str, float]
OWN = "seaport\nfreight\nquay"


def shares_of(texts: Sequence[Sequence[str]]) -> list[Shares]:
    """What each text has of its own that others share, by term."""
    of = compare_wording(texts).by_text()
    return [of(position) for position in range(len(texts))]


def archive(*texts: Sequence[str], size: int = 20) -> list[Shares]:
    """The shares of `texts` in an archive of `size` more, each of which says something else."""
    others = [(f"other{n}\nothers{n}",) for n in range(size)]
    return shares_of([*texts, *others])[: len(texts)]


def test_two_texts_of_the_same_words_are_wholly_alike() -> None:
    one, other = archive((OWN, "ferry"), (OWN, "ferry"))
    assert likeness(one, other) == pytest.approx(1)


def test_the_more_of_its_own_a_text_says_besides_the_less_it_is_like_another() -> None:
    one, same, more, most = archive(
        (OWN,), (OWN,), (f"{OWN}\ncrane",), (f"{OWN}\ncranes\ntug\npilot",)
    )
    assert likeness(one, same) > likeness(one, more) > likeness(one, most) > 0


def test_texts_with_nothing_in_common_are_not_alike() -> None:
    one, other, third, empty = archive((OWN,), ("visa",), (f"{OWN}\nvisa",), ())
    assert likeness(one, other) == 0
    assert likeness(one, empty) == likeness(empty, empty) == 0
    assert likeness(one, third) > likeness(other, third) > 0


def test_what_one_text_alone_says_is_shared_with_none() -> None:
    one, _ = archive((f"{OWN}\ncrane",), (OWN,))
    assert set(one) == set(OWN.split("\n"))


def test_what_most_texts_say_is_worth_nothing() -> None:
    common = [(f"meeting\n{OWN}",)] * 2 + [("meeting",)] * 2
    one, other, *rest = shares_of([*common, ("visa",), ("travel",)])
    assert set(one) == set(OWN.split("\n"))
    assert likeness(one, other) == pytest.approx(1)
    assert rest == [{}] * 4


def test_what_few_texts_say_counts_for_more_than_what_many_do() -> None:
    texts = [("quay\nseaport",)] * 2 + [("seaport\nferry",)] * 3
    one, _, third, *_ = archive(*texts)
    assert one["quay"] > one["seaport"]
    assert likeness(one, third) < 0.5


def test_what_a_text_says_often_counts_for_more() -> None:
    (one, *_) = archive(("quay", "seaport"), ("quay\nseaport",))
    assert one["seaport"] == pytest.approx(2 * one["quay"])


@pytest.mark.parametrize("texts", [[], [()], [(), ()], [("", "")], [("a",)], [("a",), ("a",)]])
def test_an_archive_that_is_all_but_empty_has_no_shares(texts: list[tuple[str, ...]]) -> None:
    assert shares_of(texts) == [{}] * len(texts)


def test_terms_of_one_phrase_come_before_a_lone_one() -> None:
    phrase = "quy chế\nchế phối\nphối hợp"
    one, other, _ = archive((f"visa\n{phrase}",), (f"visa\n{phrase}",), (phrase,))
    assert one["visa"] > one["chế phối"]
    assert common_terms(one, other)[0] == "chế phối"
    assert set(common_terms(one, other)) == {"visa", *phrase.split("\n")}


def test_only_the_weightiest_terms_of_two_texts_are_given() -> None:
    said = "\n".join(f"word{n}" for n in range(50))
    one, other = archive((said, "quay"), (said, "quay"))
    found = common_terms(one, other)
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
    found = shares_of(texts)
    for one, (rare, often) in zip(found, texts, strict=True):
        assert set(one) <= {*rare.split("\n"), *often.split("\n")}
        assert likeness(one, one) <= 1 + 1e-9
        for other in found:
            assert 0 <= likeness(one, other) <= 1 + 1e-9
            assert likeness(one, other) == likeness(other, one)
            assert common_terms(one, other) == common_terms(other, one)
            assert set(common_terms(one, other)) <= one.keys() & other.keys()
