"""What may tie two meetings together, and how much each kind of tie weighs unless a site says
otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct, field


class Tie(StrEnum):
    """A kind of thing two meetings may share. `WORDING` is a word or phrase both texts have."""

    PINNED = "pinned"
    CONTINUES = "continues"
    CONTINUED_BY = "continued-by"
    THREAD = "thread"
    SERIES = "series"
    DOCUMENT = "document"
    OFFICIAL = "official"
    MENTION = "mention"
    TOPIC = "topic"
    ORGANISATION = "organisation"
    PARTNER = "partner"
    PLACE = "place"
    WORDING = "wording"


WEIGHTS: Final[Mapping[Tie, float]] = {
    Tie.THREAD: 12.0,
    Tie.SERIES: 8.0,
    Tie.DOCUMENT: 8.0,
    Tie.OFFICIAL: 6.0,
    Tie.TOPIC: 3.0,
    Tie.ORGANISATION: 2.0,
    Tie.PARTNER: 2.0,
    Tie.PLACE: 0.6,
    Tie.WORDING: 9.0,
}
"""The weight of a tie that only two meetings of a large archive share, on the same day; that of
`WORDING` is for texts that share all they have of their own."""

LASTING = frozenset({Tie.PINNED, Tie.CONTINUES, Tie.CONTINUED_BY, Tie.THREAD, Tie.SERIES})
"""Ties that do not fade with time."""


class RelatedConfig(Struct, frozen=True):
    """`limit`: related meetings shown with an article, at most; `threshold`: the score below which
    none is; `half_life`: the days in which a fading tie loses half of what it can lose;
    `weights` has one for each kind in `WEIGHTS`."""

    limit: int = 5
    threshold: float = 0.4
    half_life: int = 180
    weights: Mapping[Tie, float] = field(default_factory=lambda: {**WEIGHTS})
