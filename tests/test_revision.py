"""Relations revised are those computed as a whole, to the last bit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from generator import revision
from generator.archive import State
from generator.related import find_relations
from generator.relation import MENTIONED, Feature, Features
from generator.relations import Relations
from generator.revision import revise
from generator.ties import RelatedConfig, Tie
from tests.test_related import CONFIGS, SHARED, archives, look_alikes, meeting

LOW = RelatedConfig(limit=5, threshold=0.05)


def kept(relations: Relations) -> Relations:
    """The relations as the next build reads them."""
    return Relations(msgspec.msgpack.decode(msgspec.msgpack.encode(relations.state), type=State))


def check(
    before: Relations, meetings: list[Features], changes: Mapping[int, Features]
) -> Relations:
    """Revise relations and compare them with those of the changed `meetings` as a whole."""
    for position, changed in changes.items():
        meetings[position] = changed
    whole = find_relations(meetings, before.config)
    revised = revise(before, changes)
    assert revised is not None
    after = kept(revised.relations)
    shown, was = after.all(), before.all()
    assert shown == whole.all()
    assert revised.lists == {
        one.id for one in meetings if shown.get(one.id, ()) != was.get(one.id, ())
    }
    for position, one in enumerate(meetings):
        assert after.ledger.mark(position) == whole.ledger.mark(position)
        assert after.ledger.square(position) == whole.ledger.square(position)
        assert after.ledger.lifts[position] == whole.ledger.lifts[position]
        for other in shown.get(one.id, ()):
            pair = (one.id, other.id)
            told = after.reasons(*pair), after.common_terms(*pair)
            assert told == (whole.reasons(*pair), whole.common_terms(*pair))
            if one.id not in revised.lists and told != (
                before.reasons(*pair),
                before.common_terms(*pair),
            ):
                assert one.id in revised.reasons
    return after


WORDS = ["quay", "port dues", "visa", "tug", "cảng biển", "ferry", "a new word"]
TERMS = st.lists(st.sampled_from(WORDS), unique=True).flatmap(
    lambda terms: st.integers(0, len(terms)).map(
        lambda cut: ("\n".join(terms[:cut]), "\n".join(terms[cut:]))
    )
)


@given(archives(), CONFIGS, st.data())
def test_small_archives_with_any_changes(
    meetings: list[Features], settings: RelatedConfig, data: st.DataObject
) -> None:
    relations = find_relations(meetings, settings)
    for _ in range(3):
        changes = {
            position: structs.replace(
                meetings[position], shared=data.draw(SHARED), terms=data.draw(TERMS)
            )
            for position in (
                data.draw(st.sets(st.sampled_from(range(len(meetings))), max_size=3))
                if meetings
                else ()
            )
        }
        relations = check(relations, meetings, changes)


def bursts(size: int, chance: Random) -> list[Features]:
    """Meetings that share things common and rare, each for some time more than before and after."""
    days = sorted(chance.randrange(2 * size) for _ in range(size))

    def near(position: int, kinds: int) -> int:
        return (
            position * kinds // size + chance.choice((0, 0, 0, 1, -1, chance.randrange(9)))
        ) % kinds

    found: list[Features] = []
    for position, day in enumerate(days):
        shared: dict[Feature, float] = {
            (Tie.OFFICIAL, f"{near(position, size // 8)}"): chance.choice((0.75, 1.0, MENTIONED)),
            (Tie.ORGANISATION, f"{near(position, 4)}"): 1.0,
            (Tie.SERIES, f"{chance.randrange(size)}"): 1.0,
        }
        words = {f"word{near(position, many)}" for many in (3, 6, 12, 24, 50, size) for _ in (1, 2)}
        often = set(chance.sample(sorted(words), 2))
        found.append(
            structs.replace(
                meeting(f"m{position:04}", day=day, terms=as_terms(words - often, often)),
                shared=shared,
                follows=(found[-3].id,) if position > 3 and chance.random() < 0.1 else (),
                pinned=(f"m{chance.randrange(size):04}",) if chance.random() < 0.05 else (),
                excluded=frozenset({f"m{position - 1:04}"} if chance.random() < 0.1 else ()),
            )
        )
    return found


def as_terms(*groups: set[str]) -> tuple[str, ...]:
    return tuple("\n".join(sorted(group)) for group in groups)


def edited(one: Features, other: Features, chance: Random) -> Features:
    """A meeting with some of what another has, and without some of its own."""
    groups = [set(group.split("\n")) - {""} for group in one.terms]
    groups += [set()] * (2 - len(groups))
    for word in [word for group in other.terms for word in group.split("\n") if word]:
        if chance.random() < 0.2:
            groups = [group - {word} for group in groups]
            chance.choice(groups).add(word)
    groups = [{word for word in group if chance.random() < 0.9} for group in groups]
    if chance.random() < 0.5:
        groups[0].add(f"new {chance.randrange(5)}")
    shared = dict(one.shared)
    if chance.random() < 0.5:
        shared |= dict(list(other.shared.items())[:1])
    if chance.random() < 0.3:
        shared.pop(chance.choice(list(shared)), None)
    return structs.replace(one, terms=as_terms(*groups), shared=shared)


@pytest.fixture
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "MOST_CONCERNED", 10_000)


@pytest.mark.usefixtures("no_limit")
@pytest.mark.parametrize("size", [100, 350, 700])
@pytest.mark.parametrize("settings", [LOW, RelatedConfig(), RelatedConfig(limit=0)])
def test_crowds_and_windows(size: int, settings: RelatedConfig) -> None:
    chance = Random(size)
    meetings = bursts(size, chance)
    relations = find_relations(meetings, settings)
    for count in (1, 1, 1, 1, 1, 2, 5, 1):
        changes = {
            position: edited(meetings[position], chance.choice(meetings), chance)
            for position in chance.sample(range(size), count)
        }
        relations = check(relations, meetings, changes)


@pytest.mark.usefixtures("no_limit")
def test_look_alikes() -> None:
    chance = Random(1)
    meetings = look_alikes(400, 30, 350, officials=40)
    relations = find_relations(meetings, LOW)
    for position in [0, 1, 30, 159, 160, 319, 320, 399, *chance.sample(range(400), 8)]:
        changed = edited(meetings[position], chance.choice(meetings), chance)
        relations = check(relations, meetings, {position: changed})


def test_a_change_undone_leaves_what_was() -> None:
    meetings = bursts(200, Random(2))
    before = find_relations(meetings, LOW)
    first = meetings[50]
    once = check(before, meetings, {50: structs.replace(first, terms=("word0\nnew word",))})
    again = check(once, meetings, {50: first})
    assert again.all() == before.all()


def test_nothing_changed() -> None:
    meetings = bursts(50, Random(3))
    before = find_relations(meetings, LOW)
    same = revise(before, {7: meetings[7]})
    assert same is not None
    assert not same.lists
    assert same.relations.all() == before.all()


A_DAY = dt.timedelta(days=1)


def test_what_is_stated_is_for_the_whole_to_find() -> None:
    meetings = bursts(50, Random(4))
    before = find_relations(meetings, LOW)
    one = meetings[20]
    for changed in (
        structs.replace(one, date=one.date + A_DAY),
        structs.replace(one, id="other"),
        structs.replace(one, follows=("m0001",)),
        structs.replace(one, pinned=("m0001", "m0002")),
        structs.replace(one, excluded=frozenset({"m0001", "m0002"})),
    ):
        assert revise(before, {20: changed}) is None


def test_what_thousands_depend_on_is_for_the_whole_to_find(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meetings = bursts(400, Random(5))
    before = find_relations(meetings, LOW)
    everywhere = {
        position: structs.replace(one, terms=("new word",))
        for position, one in enumerate(meetings[:300])
    }
    assert revise(before, everywhere) is None
    monkeypatch.setattr(revision, "_MOST_PATCHED", 0)
    assert revise(before, {0: meetings[1]}) is None
