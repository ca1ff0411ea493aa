"""How much it tells that two meetings share something, by how many of the archive carry it."""

from __future__ import annotations

from math import log, log2


def steady(count: int) -> float:
    """A count rounded to the nearest fourth of a power of two, small ones hardly: so one article
    more changes what follows from it for few others."""
    return float(count) if count < 6 else 2.0 ** (round(4 * log2(count)) / 4)


_LEAST_SIZE = 8
"""In a smaller archive what two of a few meetings share is still a tie."""


def rarity(carriers: int, total: int) -> float:
    """1 for what one of `total` meetings alone carries, falling with the logarithm of how many do,
    0 for what most carry."""
    if carriers * 2 > total + 1:
        return 0.0
    return max(0.0, 1 - log(steady(carriers)) / log(max(steady(total), _LEAST_SIZE)))
