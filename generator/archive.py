"""All that is kept of an archive's relations, in flat arrays that need no decoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.relation import Feature
from generator.ties import RelatedConfig, Tie

_MARK = "\t"
"""What begins the key of a feature. No term begins with it."""


def feature_key(feature: Feature) -> str:
    return f"{_MARK}{feature[0]}{_MARK}{feature[1]}"


def feature_of(key: str) -> Feature | None:
    """The feature of a key, or None for that of a term, which is the term itself."""
    if not key.startswith(_MARK):
        return None
    _, tie, identity = key.split(_MARK, 2)
    return Tie(tie), identity


class Archive(Struct, frozen=True):
    """The relations of an archive, as they were computed as a whole.

    Meetings are positions, oldest first; things are numbers, the positions of their keys in order.
    Arrays are views of bytes: of 32-bit integers, but `codes` and `row_codes` of 8-bit ones and
    `squares`, `lifts`, `marks` and `scores` of 64-bit floats. What belongs to number n of something
    stands from `…starts[n]` to `…starts[n + 1]`.

    A code says how much of a thing a meeting has: of a term the level, else the place of the
    strength in `strengths`. `things` are those of each meeting, `rows` the meetings of each thing
    in order, `windows` how far each thing reaches. `squares` are the sums of the squares of what a
    text's terms count for, `lifts` what they are multiplied with. `marks` are the scores of the
    last in each meeting's crowd, or 0; `others` and `scores` the related meetings of each without
    regard to its pins.
    """

    config: RelatedConfig
    ids: str
    days: memoryview
    follows: Mapping[int, Sequence[int]]
    pinned: Mapping[int, Sequence[int]]
    excluded: Mapping[int, Sequence[int]]
    strengths: tuple[float, ...]
    keys: memoryview
    key_starts: memoryview
    starts: memoryview
    things: memoryview
    codes: memoryview
    row_starts: memoryview
    rows: memoryview
    row_codes: memoryview
    windows: memoryview
    squares: memoryview
    lifts: memoryview
    marks: memoryview
    list_starts: memoryview
    others: memoryview
    scores: memoryview


class Patch(Struct, frozen=True):
    """What is different since: by position what meetings carry (thing and code), their squares,
    marks and lists; and the keys of new things and new strengths, whose
    numbers go on from those of the archive."""

    keys: tuple[str, ...] = ()
    strengths: tuple[float, ...] = ()
    carried: Mapping[int, Mapping[int, int]] = {}
    squares: Mapping[int, float] = {}
    marks: Mapping[int, float] = {}
    lists: Mapping[int, Sequence[tuple[int, float]]] = {}


class State(Struct, frozen=True):
    """The relations of an archive as they are now."""

    archive: Archive
    patch: Patch = Patch()
