"""What each text of an archive has of its own: of all it says, what few others say counts most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from heapq import nlargest
from math import fsum
from operator import mul

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from generator.rarity import rarity

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_HEAVIEST = 8


class Wording(Struct, frozen=True):
    """The terms that texts share, text by text: those of the text at `position` are from
    `starts[position]` to `starts[position + 1]`.

    `terms` are positions in `vocabulary`, and `spread` says how many texts each is in. `shares` are
    the coordinates of a vector of length 1 over all that a text says, so that of two texts the
    products of the shares of what both say add up to their likeness, from 0 to 1.
    """

    vocabulary: Sequence[str]
    spread: Ints
    starts: Ints
    terms: Ints
    shares: Floats

    def by_text(self) -> Callable[[int], dict[str, float]]:
        """A function that gives the shares of one text, by term."""
        starts, terms, shares = self.starts.tolist(), self.terms.tolist(), self.shares.tolist()
        word = self.vocabulary.__getitem__

        @cache
        def of(position: int) -> dict[str, float]:
            part = slice(starts[position], starts[position + 1])
            return dict(zip(map(word, terms[part]), shares[part], strict=True))

        return of


def compare_wording(texts: Sequence[Sequence[str]]) -> Wording:
    """The wording of `texts`, which are terms in groups, as `terms.count_terms` gives them."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    terms: list[int] = []
    levels: list[int] = []
    sizes: list[int] = []
    lengths: list[int] = []
    for groups in texts:
        before = len(terms)
        for level, group in enumerate(groups, 1):
            if group:
                said = group.split("\n")
                terms += map(numbers.__getitem__, said)
                levels.append(level)
                sizes.append(len(said))
        lengths.append(len(terms) - before)
    ids = np.array(terms, dtype=np.int64)
    rows = np.repeat(np.arange(len(texts)), lengths)
    spread = np.bincount(ids, minlength=1)
    worth = np.array([0.0, *(rarity(n, len(texts)) for n in range(1, spread.max() + 1))])
    weights = np.repeat(np.array(levels, dtype=np.float64), sizes) * worth[spread[ids]]
    norms = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
    kept = (spread[ids] > 1) & (weights > 0)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=len(texts)))])
    return Wording(list(numbers), spread, starts, ids[kept], weights[kept] / norms[rows[kept]])


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much alike two texts are, from 0 to 1, by their shares (see `Wording`)."""
    both = one.keys() & other.keys()
    # An exact sum: the order of a set is different in every run.
    return fsum(map(mul, map(one.__getitem__, both), map(other.__getitem__, both)))


def common_terms(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[str, ...]:
    """The weightiest of the terms two texts both say. For each those that overlap with it count
    too: "quy chế" and "chế phối" are of one phrase."""
    both = one.keys() & other.keys()
    heaviest = nlargest(_HEAVIEST, ((one[term] * other[term], term) for term in both))
    beginning = {term.partition(" ")[0]: weight for weight, term in reversed(heaviest)}
    ending = {term.rpartition(" ")[2]: weight for weight, term in reversed(heaviest)}

    def with_neighbours(found: tuple[float, str]) -> float:
        weight, term = found
        first, _, last = term.partition(" ")
        return weight + (ending.get(first, 0.0) + beginning.get(last, 0.0) if last else 0.0)

    return tuple(term for _, term in sorted(heaviest, key=with_neighbours, reverse=True))
