"""Related meetings: which few a reader should open next, and why.

What two meetings share counts by its kind and by how rare it is in this archive; a chain or a
series ties them whatever their distance in time, the rest fades with it. Here are features alone:
nothing of names or pages. This computes a whole archive; `revision` changes what is known of one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from msgspec import structs

from generator.archive import Archive, State
from generator.candidates import Pairs, find_candidates, steps_of
from generator.gathering import Floats, Gathered, Ints, gather, weigh
from generator.relation import Features
from generator.relations import Relations
from generator.ties import RelatedConfig
from generator.weighing import Scales


def find_relations(meetings: Iterable[Features], config: RelatedConfig) -> Relations:
    """The relations of an archive, out of the features of its meetings, oldest first."""
    gathered = gather(meetings)
    scales = Scales(config, len(gathered.ids))
    weighed = weigh(gathered, scales)
    pairs, marks = find_candidates(gathered, weighed, scales)
    rows, others, scores = _lists(gathered, pairs, config.limit)
    windows, squares, lifts = weighed.windows, weighed.squares, weighed.lifts
    del pairs, weighed  # A large part of the memory, not needed for what follows.
    keys = [key.encode() for key in gathered.keys]
    return Relations(
        State(
            Archive(
                config=structs.replace(config, weights=dict(config.weights)),
                ids="\n".join(gathered.ids),
                days=memoryview(gathered.days.tobytes()),
                follows=gathered.follows,
                pinned=gathered.pinned,
                excluded=gathered.excluded,
                strengths=gathered.strengths,
                keys=memoryview(b"".join(keys)),
                key_starts=_starts([len(key) for key in keys]),
                starts=memoryview(gathered.starts.astype(np.int32).tobytes()),
                things=memoryview(gathered.things.tobytes()),
                codes=memoryview(gathered.codes.tobytes()),
                row_starts=memoryview(gathered.row_starts.astype(np.int32).tobytes()),
                rows=memoryview(gathered.rows.tobytes()),
                row_codes=memoryview(gathered.codes[gathered.by_thing].tobytes()),
                windows=memoryview(windows.astype(np.int32).tobytes()),
                squares=memoryview(squares.tobytes()),
                lifts=memoryview(lifts.tobytes()),
                marks=memoryview(marks.tobytes()),
                list_starts=_starts(np.bincount(rows, minlength=len(gathered.ids))),
                others=memoryview(others.tobytes()),
                scores=memoryview(scores.tobytes()),
            )
        )
    )


def _starts(lengths: npt.ArrayLike) -> memoryview:
    ends = np.cumsum(np.asarray(lengths, dtype=np.int64))
    return memoryview(np.concatenate([[0], ends]).astype(np.int32).tobytes())


def _lists(gathered: Gathered, pairs: Pairs, limit: int) -> tuple[Ints, Ints, Floats]:
    """The best candidates of each meeting, the best first (as `rows.rank`): the meetings, the
    candidates and their scores."""
    total = len(gathered.ids)
    rows = np.concatenate([pairs.later, pairs.earlier])
    others = np.concatenate([pairs.earlier, pairs.later])
    scores = np.concatenate([pairs.scores, pairs.scores])
    steps = np.isin(pairs.later * np.int64(total) + pairs.earlier, steps_of(gathered))
    steps = np.concatenate([steps, steps])
    if gathered.excluded:
        unwanted = [
            one * total + other for one, found in gathered.excluded.items() for other in found
        ]
        allowed = ~np.isin(rows * np.int64(total) + others, unwanted)
        rows, others, scores, steps = (column[allowed] for column in (rows, others, scores, steps))
    by_id = np.empty(total, dtype=np.int32)
    by_id[sorted(range(total), key=gathered.ids.__getitem__)] = np.arange(total, dtype=np.int32)
    days = np.abs(gathered.days[others] - gathered.days[rows])
    order = np.lexsort((by_id[others], days, -scores, ~steps, rows))
    rows = rows[order]
    best = np.arange(len(rows)) - np.searchsorted(rows, rows) < limit
    order = order[best]
    return rows[best], others[order], scores[order]
