"""The most frequent of a shelf, by numbers of meetings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import nlargest

from generator.collation import collation_key
from generator.model import Shelf
from generator.view_parts import Counted
from generator.viewer import Viewer


def most_frequent(
    viewer: Viewer,
    shelf: Shelf,
    counts: Mapping[str, int],
    limit: int,
    address: Callable[[str], str],
) -> tuple[Counted, ...]:
    """The `limit` subjects with the highest of some `counts` by id, in Vietnamese order where these
    are equal; `address` says where each leads."""
    least = min(nlargest(limit, counts.values()), default=0)
    most = [identity for identity, count in counts.items() if count >= least]
    anchors = [(viewer.anchor(shelf, identity), identity) for identity in most]
    anchors.sort(key=lambda pair: (-counts[pair[1]], collation_key(pair[0].name), pair[1]))
    return tuple(
        Counted(anchor.name, viewer.prefix + address(identity), counts[identity], anchor.lang)
        for anchor, identity in anchors[:limit]
    )
