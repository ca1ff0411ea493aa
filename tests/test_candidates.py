"""Pairs are found the same however the work is cut up, and as if each were looked at alone."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest

from generator import candidates
from generator.related import Relations
from generator.relation import Features
from generator.ties import RelatedConfig, Tie

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
    whole = Relations(meetings, LOW).all()
    monkeypatch.setattr(candidates, "_TABLE", table)
    cut = Relations(meetings, LOW).all()
    assert {i: [r.id for r in found] for i, found in cut.items()} == {
        i: [r.id for r in found] for i, found in whole.items()
    }


@pytest.mark.parametrize("seed", range(8))
def test_every_pair_of_a_small_archive_has_the_score_it_has_alone(seed: int) -> None:
    meetings = archive(16, seed)  # too few for a crowd, or for anything to be out of reach
    relations = Relations(meetings, LOW)
    shown = relations.all()
    for one in meetings:
        alone = {
            other.id: score
            for other in meetings
            if other is not one and (score := relations.score(one.id, other.id)) >= LOW.threshold
        }
        assert {found.id: found.score for found in shown.get(one.id, ())} == pytest.approx(alone)
