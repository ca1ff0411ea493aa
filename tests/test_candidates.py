"""Pairs are found the same however the work is cut up, and as if each were looked at alone."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from msgspec import structs

from generator import candidates
from generator.related import find_relations
from generator.relation import Features
from generator.ties import RelatedConfig, Tie
from generator.weighing import Scales

LOW = RelatedConfig(limit=20, threshold=0.05)


def archive(size: int, seed: int = 1) -> list[Features]:
    """Meetings that share officials and words at random, some of them following others."""
    draws = Random(seed)
    found: list[Features] = []
    for position in range(size):
        officials = draws.sample(range(size // 4 + 2), 2)
        words = {f"từ {draws.randrange(size)}" for _ in range(6)}
        earlier = (found[-1].id,) if found and draws.random() < 0.2 else ()
        found.append(
            Features(
                f"m{position:04}",
                dt.date(2020, 1, 1) + dt.timedelta(days=position * 3),
                {(Tie.OFFICIAL, str(each)): draws.choice((0.75, 1.0)) for each in officials},
                ("\n".join(sorted(words)),),
                follows=earlier,
            )
        )
    return found


@pytest.mark.parametrize("table", [1, 64, 100])
@pytest.mark.parametrize("size", [63, 64, 65, 200])
def test_far_pairs_are_added_up_like_near_ones(
    size: int, table: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    meetings = archive(size)
    whole = find_relations(meetings, LOW).all()
    monkeypatch.setattr(candidates, "_TABLE", table)
    cut = find_relations(meetings, LOW).all()
    assert cut == whole


def test_one_mistyped_year_costs_no_millennia(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    nearness = Scales._nearness

    def counted(self: Scales, days: int) -> float:
        asked.append(days)
        return nearness(self, days)

    monkeypatch.setattr(Scales, "_nearness", counted)
    meetings = archive(64)
    meetings[-1] = structs.replace(meetings[-1], date=dt.date(9025, 1, 1))
    assert find_relations(meetings, LOW).all()
    assert 0 < len(asked) < 64 * 64


@pytest.mark.parametrize("seed", range(8))
def test_every_pair_of_a_small_archive_has_the_score_it_has_alone(seed: int) -> None:
    meetings = archive(16, seed)  # too few for a crowd, or for anything to be out of reach
    relations = find_relations(meetings, LOW)
    shown = relations.all()
    for one in meetings:
        alone = {
            other.id: score
            for other in meetings
            if other is not one and (score := relations.score(one.id, other.id)) >= LOW.threshold
        }
        assert {found.id: found.score for found in shown.get(one.id, ())} == alone
