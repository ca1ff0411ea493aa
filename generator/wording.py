"""What two texts both speak of."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest

HEAVIEST = 8
"""So many of the terms that two texts share are looked at."""


def common_terms(both: Mapping[str, float]) -> tuple[str, ...]:
    """The weightiest of the terms two texts both say, by how much each adds to their likeness. For
    each those that overlap with it count too: "quy chế" and "chế phối" are of one phrase."""
    heaviest = nlargest(HEAVIEST, ((weight, term) for term, weight in both.items()))
    beginning = {term.partition(" ")[0]: weight for weight, term in reversed(heaviest)}
    ending = {term.rpartition(" ")[2]: weight for weight, term in reversed(heaviest)}

    def with_neighbours(found: tuple[float, str]) -> float:
        weight, term = found
        first, _, last = term.partition(" ")
        return weight + (ending.get(first, 0.0) + beginning.get(last, 0.0) if last else 0.0)

    return tuple(term for _, term in sorted(heaviest, key=with_neighbours, reverse=True))
