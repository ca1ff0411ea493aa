"""How much it tells that two meetings share something, by how many of the archive carry it."""

from __future__ import annotations

from math import log, log2

_FEW = 32


def steady(count: int, steps: int = 4) -> float:
    """A count rounded to the nearest of so many steps between powers of two, small ones hardly: so
    one article more changes what follows from it for few others."""
    return float(count) if count < 6 else 2.0 ** (round(steps * log2(count)) / steps)


_LEAST_SIZE = 8
"""In a smaller archive what two of a few meetings share is still a tie."""


def rarity(carriers: int, total: int) -> float:
    """1 for what one of `total` meetings alone carries, falling with the logarithm of how many do,
    0 for what most carry."""
    if carriers * 2 > total + 1:
        return 0.0
    # The more carry something, the more change with it when it passes a step.
    carried = steady(carriers, 4 if carriers < _FEW else 2)
    return max(0.0, 1 - log(carried) / log(max(steady(total), _LEAST_SIZE)))
