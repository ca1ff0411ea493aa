"""What each thing that meetings share weighs, in numbers that add up exactly.

A score is a sum of products of weights. All weights are fractions of few binary digits, so that the
products and their sums have no rounding at all: in whatever order they are added, by numpy for a
whole archive or in Python for one meeting, the result is the same to the last bit. Rounding also
keeps changes local. A text that says something more alters the weights of another only where a
count, the size of a text or a window passes a step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from math import exp2, frexp, ldexp, log, sqrt

from generator.rarity import rarity
from generator.ties import LASTING, RelatedConfig, Tie

NEIGHBOURS = 32
"""Of a thing carried by many meetings about so many before and after in time are candidates, so
that the work grows with the archive and not with its square."""

CROWD = 20
"""A meeting's crowd: the candidates it is held against to see whether one stands out."""

CONTRAST = 3.0
"""How far a candidate without a firm tie must stand out: so many times the last of the crowd."""

EARLY = 8 * CROWD
"""So many meetings may have no crowd before them, and are held against those after them."""

RARE_DIGITS = 9
STRENGTH_DIGITS = 7
LIFT_DIGITS = 6
LEAST_LIFT = 2.0**-5
HIGHEST_LEVEL = 31
"""A weight has at most 20 binary digits with these, and 2 to the power of 19 as its least
denominator: a sum of products is exact up to 2 to the power of 15."""

FINE = 1 << 20
REACHES = tuple(round(2 ** (step / 2)) for step in range(80))
"""The steps of windows: halves of powers of two."""

_SMALL_CROWD = 16
"""In an archive of under 400 meetings fewer are alike, and the crowd is down to this."""

_STEEPNESS = 4
"""What is half as rare as can be is worth a sixteenth."""

FIRM = 1.0
"""What is worth as much ties two meetings by itself, whatever else they have in common with
others."""

_LEAST_CLOSENESS = 0.5
_TELLING_SIZE = 100
"""In an archive of fewer meetings it is little known which words are rare, and wording counts for
less."""

_LEAST_THRESHOLD = 1e-6
"""With a threshold of 0 still something is to be shared."""


class Sort(IntEnum):
    """How a thing ties: `TERM`s and what is `VAGUE` must stand out together; what is `FIRM` need
    not, and what is `LASTING` does not fade either. `NOTHING` is worth nothing."""

    NOTHING = 0
    TERM = 1
    VAGUE = 2
    FIRM = 3
    LASTING = 4


def rounded(value: float, digits: int) -> float:
    """A number with so many binary digits after the point."""
    return ldexp(round(ldexp(value, digits)), -digits)


class Scales:
    """The weights of an archive of `total` meetings."""

    def __init__(self, config: RelatedConfig, total: int) -> None:
        self.config = config
        self.total = total
        self.threshold = max(config.threshold, _LEAST_THRESHOLD)
        self.least = self.threshold / CONTRAST
        """What comes to less is no candidate."""
        self.crowd = min(CROWD, max(_SMALL_CROWD, total // 20))
        size = min(_TELLING_SIZE, max(total, 1))
        self.voice = config.weights[Tie.WORDING] * log(size) / log(_TELLING_SIZE)
        self.root = cache(self._root)
        self.rare = cache(self._rare)
        self.nearness = cache(self._nearness)

    def _root(self, tie: Tie, count: int) -> float:
        """The square root of what a feature is worth that `count` meetings carry."""
        worth = self.config.weights[tie] * rarity(count, self.total) ** _STEEPNESS
        return rounded(sqrt(worth), RARE_DIGITS)

    def _rare(self, count: int) -> float:
        """What a term counts for in a text, where `count` texts say it."""
        return rounded(rarity(count, self.total), RARE_DIGITS)

    def _nearness(self, days: int) -> float:
        """1 on the same day, falling by half of what is to lose with each half-life."""
        fallen = exp2(-days / self.config.half_life)
        return _LEAST_CLOSENESS + (1 - _LEAST_CLOSENESS) * fallen

    def sort(self, tie: Tie, root: float) -> Sort:
        if not root:
            return Sort.NOTHING
        if tie in LASTING:
            return Sort.LASTING
        return Sort.FIRM if root * root >= FIRM else Sort.VAGUE

    def lift(self, square: float) -> float:
        """What the terms of a text are multiplied with, by the sum of their squares: so that those
        of two texts that say the same come to the weight of wording, but for the rounding."""
        if not square or not self.voice:
            return 0.0
        mantissa, exponent = frexp(max(sqrt(self.voice / square), LEAST_LIFT))
        return ldexp(round(ldexp(mantissa, LIFT_DIGITS)), exponent - LIFT_DIGITS)

    def bar(self, mark: float) -> float:
        """What candidates have to reach, by the score of the last of the crowd."""
        return max(self.threshold, CONTRAST * mark)

    def window(self, rows: Sequence[int]) -> int:
        """How many positions apart two meetings may be that a thing carried by `rows` ties.

        A step, for which they have about `NEIGHBOURS` on either side: measured where they are, for
        what is talked of in one year is talked of often in that."""
        count = len(rows) - NEIGHBOURS
        if count <= 0:
            return self.total
        density = sum(
            FINE // (last - first) for first, last in zip(rows, rows[NEIGHBOURS:], strict=False)
        )
        return REACHES[bisect_right(REACHES, count * FINE * 19 // (density * 16)) - 1]
