"""Chance that falls the same way on every machine and every Python.

Of `random.Random` only `random()` is used, the one method whose sequence the standard library
promises to keep; and of floating-point arithmetic only + - * /, which IEEE 754 rounds alike
everywhere (`**`, `exp` and `log` may differ in the last bit, and `sum` changed in Python 3.12).
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Draws:
    """A stream of chance, named by a seed and a path.

    Streams of different names are independent: one more draw in one of them changes nothing in
    the others.
    """

    def __init__(self, seed: int, *path: str | int) -> None:
        """Open the stream that belongs to `seed` and `path`, always at its beginning."""
        name = "/".join(map(str, (seed, *path)))
        self.uniform = Random(int.from_bytes(sha256(name.encode()).digest(), "big")).random

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.uniform() < probability

    def whole(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def choose(self, items: Sequence[T]) -> T:
        """Return one of `items`, each as likely as the next."""
        return items[int(self.uniform() * len(items))]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return all of `items` in a drawn order."""
        pool = list(items)
        for last in range(len(pool) - 1, 0, -1):
            other = int(self.uniform() * (last + 1))
            pool[last], pool[other] = pool[other], pool[last]
        return pool


class Weighted(Generic[T]):
    """Things to draw from, some more likely than others."""

    def __init__(self, items: Iterable[T], weights: Iterable[float]) -> None:
        """Take `items`, at least one, and as many positive `weights`."""
        self.items = tuple(items)
        self._cumulative = tuple(accumulate(weights))
        if not self.items or len(self.items) != len(self._cumulative):
            raise ValueError("as many weights as items are needed, and at least one")
        self._total = self._cumulative[-1]

    def draw(self, draws: Draws) -> T:
        """Return one item."""
        return self.items[bisect(self._cumulative, draws.uniform() * self._total)]

    def distinct(self, draws: Draws, count: int, but: Iterable[T] = ()) -> tuple[T, ...]:
        """Return `count` different items, none of `but`, in the order drawn.

        Fewer come back when drawing keeps hitting the same few: an item so rare that it was not
        met in many attempts is not worth waiting for.
        """
        unwanted = list(but)
        found: list[T] = []
        for _ in range(20 * count):
            if len(found) == count:
                break
            item = self.draw(draws)
            if item not in found and item not in unwanted:
                found.append(item)
        return tuple(found)


def power_law(items: Iterable[T], flatness: float = 2.0) -> Weighted[T]:
    """Weigh `items` by rank, as Zipf and Mandelbrot found words to be: 1 / (rank + flatness).

    A larger `flatness` brings the first few closer to one another and leaves the tail as it is.
    """
    ranked = tuple(items)
    return Weighted(ranked, [1.0 / (rank + flatness) for rank in range(1, len(ranked) + 1)])
