"""Which meetings are related, in which order, and why."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from generator.related import find_relations
from generator.relation import MENTIONED, Feature, Features, Relation
from generator.relations import Relations
from generator.ties import RelatedConfig, Tie

WEIGHTS = dict.fromkeys((Tie.SERIES, Tie.DOCUMENT, Tie.OFFICIAL, Tie.WORDING), 8.0)
WEIGHTS |= dict.fromkeys((Tie.TOPIC, Tie.ORGANISATION, Tie.PARTNER), 2.0)
WEIGHTS |= {Tie.THREAD: 12.0, Tie.PLACE: 0.6}
"""Those of the site itself may be tuned without changing what these tests are about."""

FIRST_DAY = dt.date(2020, 1, 1)
OFFICIAL = (Tie.OFFICIAL, "an")
OTHER_OFFICIAL = (Tie.OFFICIAL, "binh")
TOPIC = (Tie.TOPIC, "ports")
PLACE = (Tie.PLACE, "hanoi")
SERIES = (Tie.SERIES, "reviews")
THREAD = (Tie.THREAD, "a")
CHAIR, ATTENDEE = 1.0, 0.75


def meeting(
    identity: str,
    *features: Feature,
    day: int = 0,
    strength: float = 1.0,
    terms: Sequence[str] = (),
    follows: Sequence[str] = (),
    pinned: Sequence[str] = (),
    excluded: Collection[str] = (),
) -> Features:
    """A meeting some days after the first."""
    return Features(
        id=identity, date=FIRST_DAY + dt.timedelta(day), shared=dict.fromkeys(features, strength),
        terms=tuple(terms), follows=tuple(follows), pinned=tuple(pinned),
        excluded=frozenset(excluded),
    )  # fmt: skip


def config(limit: int = 5, threshold: float = 0.4, off: Collection[Tie] = ()) -> RelatedConfig:
    return RelatedConfig(limit, threshold, weights=WEIGHTS | dict.fromkeys(off, 0.0))


def archive(
    *meetings: Features, size: int = 40, settings: RelatedConfig | None = None
) -> Relations:
    """The relations of `meetings` in an archive of `size` more that share nothing."""
    every = [*meetings, *(meeting(f"other-{n:03}", day=n) for n in range(size))]
    return find_relations(sorted(every, key=lambda found: found.date), settings or config())


def related(relations: Relations, identity: str) -> list[str]:
    return [relation.id for relation in relations.all().get(identity, ())]


def why(relations: Relations, one: str, other: str) -> list[Tie]:
    return [reason.tie for reason in relations.reasons(one, other)]


# What leads


def test_what_continues_a_meeting_goes_before_whatever_it_shares() -> None:
    crowd = [(Tie.OFFICIAL, f"o{number}") for number in range(40)]
    found = archive(
        meeting("a", *crowd), meeting("b", *crowd, day=1), meeting("c", day=2, follows=["a"])
    )
    assert related(found, "a") == ["c", "b"]


def test_pinned_meetings_lead_in_their_order_though_they_share_nothing() -> None:
    found = archive(
        meeting("a", OFFICIAL, pinned=("z", "b", "nowhere")),
        meeting("b"), meeting("c", OFFICIAL), meeting("z", day=900),
    )  # fmt: skip
    assert related(found, "a") == ["z", "b", "c"]
    assert why(found, "a", "z") == [Tie.PINNED]
    assert related(found, "z") == []


def test_a_pinned_meeting_is_shown_once_and_keeps_its_other_reasons() -> None:
    found = archive(meeting("a", OFFICIAL, pinned=("b",)), meeting("b", OFFICIAL))
    assert related(found, "a") == ["b"]
    assert why(found, "a", "b") == [Tie.PINNED, Tie.OFFICIAL]


def test_an_excluded_meeting_never_appears_and_leaves_its_place_to_the_next() -> None:
    found = archive(
        meeting("a", OFFICIAL, SERIES, excluded=("b",)),
        meeting("b", OFFICIAL, SERIES), meeting("c", OFFICIAL),
        settings=config(limit=1),
    )  # fmt: skip
    assert related(found, "a") == ["c"]
    assert related(found, "b") == ["a"]


def test_a_direct_step_leads_in_both_directions_and_says_so() -> None:
    found = archive(
        meeting("a", OFFICIAL, SERIES, THREAD),
        meeting("b", OFFICIAL, SERIES),
        meeting("c", THREAD, day=900, follows=("a", "nowhere")),
    )
    assert related(found, "a") == ["c", "b"]
    assert why(found, "a", "c") == [Tie.CONTINUED_BY]
    assert related(found, "c") == ["a"]
    assert why(found, "c", "a") == [Tie.CONTINUES]


def test_meetings_of_one_thread_are_related_without_a_direct_step() -> None:
    found = archive(
        meeting("a", THREAD),
        meeting("b", THREAD, follows=("a",)),
        meeting("c", THREAD, follows=("b",)),
    )
    assert related(found, "a") == ["b", "c"]
    assert why(found, "a", "c") == [Tie.THREAD]


# What counts for more


def test_what_most_meetings_carry_counts_for_nothing() -> None:
    found = archive(*(meeting(f"m{n}", OFFICIAL, SERIES, TOPIC) for n in range(9)), size=7)
    assert found.all() == {}


def test_what_few_carry_beats_what_many_do() -> None:
    many = [meeting(f"many-{n}", OFFICIAL) for n in range(6)]
    few = meeting("z", OTHER_OFFICIAL, day=30)
    found = archive(meeting("a", OFFICIAL, OTHER_OFFICIAL), *many, few, size=200)
    assert related(found, "a") == ["z", "many-0", "many-1", "many-2", "many-3"]


def test_chairing_both_beats_attending_one_and_a_mention_is_least() -> None:
    found = archive(
        meeting("a", OFFICIAL, strength=CHAIR),
        meeting("b", OFFICIAL, strength=MENTIONED),
        meeting("c", OFFICIAL, strength=ATTENDEE),
        meeting("d", OFFICIAL, strength=CHAIR),
        size=200,
    )
    assert related(found, "a") == ["d", "c", "b"]
    assert why(found, "a", "b") == [Tie.MENTION]
    assert why(found, "a", "c") == [Tie.OFFICIAL]


def test_a_series_does_not_fade_with_time_as_an_official_does() -> None:
    def score(feature: Feature, day: int) -> float:
        return archive(meeting("a", feature), meeting("b", feature, day=day)).score("a", "b")

    assert score(SERIES, 3650) == score(SERIES, 0)
    assert score(OFFICIAL, 0) > score(OFFICIAL, 100) > score(OFFICIAL, 1000)
    assert score(OFFICIAL, 10_000) == pytest.approx(score(OFFICIAL, 0) / 2, rel=0.01)


@pytest.mark.parametrize("feature", [SERIES, OFFICIAL])
def test_of_equals_the_nearer_in_time_comes_first_then_the_lesser_id(feature: Feature) -> None:
    days = {"d": 0, "far": 300, "c": 90, "b": 110, "here": 100, "a": 120}
    meetings = [meeting(name, feature, day=day) for name, day in days.items()]
    assert related(archive(*meetings, size=200), "here") == ["b", "c", "a", "d", "far"]


def test_texts_that_speak_of_the_same_are_related_by_their_words() -> None:
    terms = ("seaport\nfreight quay\nquay", "port dues")
    found = archive(
        meeting("a", terms=terms),
        meeting("b", terms=terms),
        meeting("c", terms=("visa",)),
        size=250,
    )
    assert related(found, "a") == ["b"]
    assert why(found, "a", "b") == [Tie.WORDING]
    assert found.common_terms("a", "b")[0] == "port dues"
    assert found.common_terms("a", "c") == ()


def test_a_reader_is_told_the_few_reasons_that_weigh() -> None:
    features = (OFFICIAL, OTHER_OFFICIAL, TOPIC, PLACE)
    step = archive(meeting("a", *features, THREAD), meeting("b", *features, THREAD, follows=("a",)))
    assert len(step.ties("a", "b")) == 6
    assert why(step, "a", "b") == [Tie.CONTINUED_BY, Tie.OFFICIAL, Tie.OFFICIAL]
    slight = archive(meeting("a", OFFICIAL, PLACE), meeting("b", OFFICIAL, PLACE))
    assert len(slight.ties("a", "b")) == 2
    assert why(slight, "a", "b") == [Tie.OFFICIAL]


# What a site may set


@pytest.mark.parametrize("limit", [0, 1, 3, 20])
def test_no_more_than_the_limit_are_related_but_for_pinned_ones(limit: int) -> None:
    meetings = [meeting(f"m{n:02}", SERIES, day=n) for n in range(25)]
    first = meeting("a", SERIES, pinned=("m20", "m10"))
    found = archive(first, *meetings, size=200, settings=config(limit, threshold=0.1))
    assert all(len(related(found, one.id)) == limit for one in meetings)
    others = [f"m{n:02}" for n in range(20) if n != 10]
    assert related(found, "a") == ["m20", "m10", *others[: max(0, limit - 2)]]


@pytest.mark.parametrize("tie", WEIGHTS)
def test_a_weight_of_0_switches_a_kind_of_tie_off(tie: Tie) -> None:
    feature = () if tie is Tie.WORDING else ((tie, "x"),)
    terms = ("quay\nseaport",) if tie is Tie.WORDING else ()
    pair = [meeting(name, *feature, terms=terms) for name in "ab"]
    if tie is Tie.THREAD:
        pair.append(meeting("c", follows=("a",)))
    one = archive(*pair, settings=config(threshold=0.1))
    assert related(one, "a")
    assert archive(*pair, settings=config(threshold=0.1, off=[tie])).all() == {}


def test_only_what_reaches_the_threshold_is_related() -> None:
    pair = [meeting("a", OFFICIAL), meeting("b", OFFICIAL)]
    score = archive(*pair).score("a", "b")
    assert related(archive(*pair, settings=config(threshold=score * 0.99)), "a") == ["b"]
    assert archive(*pair, settings=config(threshold=score * 1.01)).all() == {}


def test_without_a_threshold_each_meeting_is_related_once() -> None:
    pair = [meeting(name, OFFICIAL, TOPIC) for name in "ab"]
    crowd = [meeting(name, TOPIC) for name in "cd"]
    found = archive(*pair, *crowd, settings=config(threshold=0, limit=20))
    assert sorted(related(found, "a")) == ["b", "c", "d"]


# All archives


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_archives_have_no_relations_but_those_an_editor_states(size: int) -> None:
    features = (OFFICIAL, SERIES, TOPIC)
    alike = [meeting(name, *features, terms=("quay",)) for name in "ab"[:size]]
    assert find_relations(alike, RelatedConfig()).all() == {}


def test_two_meetings_are_related_where_one_follows_the_other() -> None:
    pair = [meeting("a"), meeting("b", day=1, follows=("a",))]
    assert ids(find_relations(pair, RelatedConfig()).all()) == {"a": ["b"], "b": ["a"]}


IDS = "abcdefghijkl"
KINDS = [tie for tie in WEIGHTS if tie is not Tie.WORDING]
STRENGTHS = st.sampled_from([1.0, 0.9, ATTENDEE, MENTIONED])
SHARED = st.dictionaries(
    st.tuples(st.sampled_from(KINDS), st.sampled_from("xyz")), STRENGTHS, max_size=6
)
TERMS = st.lists(st.sampled_from(["quay", "port dues", "visa", "tug"]), unique=True).map(
    lambda terms: ("\n".join(terms),)
)
CONFIGS = st.builds(
    RelatedConfig,
    st.integers(0, 6),
    st.sampled_from([0.01, 0.4, 2.0]),
    st.integers(1, 1000),
    st.just(WEIGHTS),
)


@st.composite
def archives(draw: st.DrawFn) -> list[Features]:
    """Small archives, oldest first; each meeting may follow those before it."""
    ids = draw(st.permutations(IDS[: draw(st.integers(0, len(IDS)))]))
    days = sorted(draw(st.lists(st.integers(0, 1500), min_size=len(ids), max_size=len(ids))))
    some = st.lists(st.sampled_from([*ids, "nowhere"]), unique=True, max_size=3)
    found = []
    for position, (identity, day) in enumerate(zip(ids, days, strict=True)):
        others = [name for name in draw(some) if name != identity]
        cut = draw(st.integers(0, len(others)))
        follows = draw(st.sets(st.sampled_from([*ids[:position], "nowhere"]), max_size=2))
        one = meeting(
            identity, day=day, terms=draw(TERMS), follows=sorted(follows),
            pinned=others[:cut], excluded=others[cut:],
        )  # fmt: skip
        found.append(structs.replace(one, shared=draw(SHARED)))
    return found


@given(archives(), CONFIGS)
def test_related_are_the_best_of_all_others_that_may_be(
    meetings: list[Features], settings: RelatedConfig
) -> None:
    relations = find_relations(meetings, settings)
    found = relations.all()
    known = {one.id for one in meetings}
    for one in meetings:
        pins = [identity for identity in one.pinned if identity in known]
        ranked = sorted(
            (-score, abs(other.date - one.date), other.id)
            for other in meetings
            if other.id not in (one.id, *pins, *one.excluded)
            and (score := relations.score(one.id, other.id)) >= settings.threshold
        )
        best = [identity for *_, identity in ranked[: max(0, settings.limit - len(pins))]]
        assert [relation.id for relation in found.get(one.id, ())] == [*pins, *best]


@given(archives(), CONFIGS)
def test_a_score_is_the_sum_of_its_ties_and_mutual(
    meetings: list[Features], settings: RelatedConfig
) -> None:
    relations = find_relations(meetings, settings)
    for one, found in relations.all().items():
        for other, score in ((relation.id, relation.score) for relation in found):
            ties = relations.ties(one, other)
            assert score == pytest.approx(sum(tie.weight for tie in ties), abs=1e-9)
            assert relations.score(other, one) == pytest.approx(score)
            assert set(relations.reasons(one, other)) <= set(ties)


@given(archives(), CONFIGS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_known_does_not_matter(
    meetings: list[Features], settings: RelatedConfig, chance: random.Random
) -> None:
    def shuffled(one: Features) -> Features:
        shared = sorted(one.shared.items())
        terms = tuple(
            "\n".join(chance.sample(t := group.split("\n"), len(t))) for group in one.terms
        )
        return structs.replace(one, shared=dict(chance.sample(shared, len(shared))), terms=terms)

    first = find_relations(meetings, settings)
    again = find_relations([shuffled(one) for one in meetings], settings)
    assert ids(first.all()) == ids(again.all())
    for one, found in first.all().items():
        for relation in found:
            assert why(first, one, relation.id) == why(again, one, relation.id)


def ids(found: dict[str, tuple[Relation, ...]]) -> dict[str, list[str]]:
    return {one: [relation.id for relation in relations] for one, relations in found.items()}


_IN_ANOTHER_PROCESS = """
from tests.test_related import ids, look_alikes
from generator.related import find_relations
from generator.ties import RelatedConfig
relations = find_relations(look_alikes(150, officials=60), RelatedConfig())
found = relations.all()
print(ids(found), [relations.reasons(a, b.id) for a in sorted(found) for b in found[a]])
"""


def test_every_run_finds_the_same_in_the_same_order() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _IN_ANOTHER_PROCESS],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


# Large archives


def look_alikes(count: int, *planted: int, officials: int = 0) -> list[Features]:
    """Meetings on the same topics, in the same words; at those `planted` a rare official is."""
    chance = random.Random(1)
    words = [f"word{n}" for n in range(100)]
    meetings = []
    for n in range(count):
        features = [TOPIC, (Tie.ORGANISATION, f"of-{chance.randrange(4)}"), (Tie.PLACE, "hanoi")]
        features += [OFFICIAL] if n in planted else []
        features += [(Tie.OFFICIAL, f"{chance.randrange(officials)}")] if officials else []
        terms = "\n".join(chance.sample(words, 30))
        meetings.append(meeting(f"m{n:05}", *features, day=3 * n, terms=(terms,)))
    return meetings


def test_in_a_crowd_of_look_alikes_only_who_stands_out_is_related() -> None:
    relations = find_relations(look_alikes(400, 30, 350), RelatedConfig())
    found = ids(relations.all())
    assert found["m00030"] == ["m00350"]
    assert found["m00350"] == ["m00030"]
    assert why(relations, "m00030", "m00350")[0] is Tie.OFFICIAL
    assert sum(map(len, found.values())) < 20


def test_the_same_few_look_alikes_among_others_are_related() -> None:
    found = archive(*look_alikes(8), size=400)
    assert all(related(found, f"m{n:05}") for n in range(8))


def test_a_long_thread_leads_each_of_its_meetings_to_the_next() -> None:
    thread = [
        meeting(f"m{n:04}", THREAD, day=n, follows=[f"m{n - 1:04}"] if n else [])
        for n in range(1000)
    ]
    found = archive(*thread, size=1500).all()
    assert max(map(len, found.values())) <= RelatedConfig().limit
    assert all(
        {relation.id for relation in found[f"m{n:04}"][:2]} == {f"m{n - 1:04}", f"m{n + 1:04}"}
        for n in range(1, 999)
    )


def test_meetings_of_hundreds_of_officials_are_related_like_others() -> None:
    everybody = [(Tie.OFFICIAL, f"official-{n}") for n in range(300)]
    found = archive(*(meeting(f"m{n:02}", *everybody, day=n) for n in range(20)), size=200)
    assert related(found, "m10") == ["m09", "m11", "m08", "m12", "m07"]
    assert len(found.reasons("m10", "m09")) <= 3


def test_twenty_thousand_meetings_on_the_same_topics_lead_to_a_few_each() -> None:
    topics = [(Tie.TOPIC, f"topic-{n}") for n in range(3)]
    rare = [(Tie.ORGANISATION, f"organisation-{n}") for n in range(3)]

    def features(n: int) -> list[Feature]:
        partners = [(Tie.PARTNER, f"{n % 4000}"), (Tie.PARTNER, f"near-{n // 5}")]
        return [topics[n % 3], topics[n % 2], *partners, *(rare if n in (10, 19_990) else [])]

    meetings = [meeting(f"m{n:05}", *features(n), day=n // 4) for n in range(20_000)]
    relations = find_relations(meetings, config(limit=7))
    found = relations.all()
    assert max(map(len, found.values())) == 7
    # However many meetings lie between.
    assert found["m00010"][0].id == "m19990"
    pairs = [(one.id, relation) for one in meetings[::999] for relation in found[one.id]]
    assert max(abs(int(one[1:]) - int(other.id[1:])) for one, other in pairs) > 10_000
    for one, other in pairs:
        assert other.score == pytest.approx(relations.score(one, other.id))
