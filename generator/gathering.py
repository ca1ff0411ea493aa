"""What all meetings carry, in arrays: each thing a number, each meeting a position."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from generator.archive import feature_key
from generator.relation import Feature, Features
from generator.weighing import (
    FINE,
    HIGHEST_LEVEL,
    LEAST_LIFT,
    LIFT_DIGITS,
    NEIGHBOURS,
    REACHES,
    STRENGTH_DIGITS,
    Scales,
    Sort,
    rounded,
)

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Small = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

_PART = 1 << 18
"""So many at a time are enough to be fast, and few enough to need little memory."""


class Gathered(Struct, frozen=True):
    """What is known of the meetings, as in `archive.Archive`; the keys of the `features` come
    first. `by_thing` has for each of `rows` its place among `things`."""

    ids: tuple[str, ...]
    days: Ints
    follows: Mapping[int, tuple[int, ...]]
    pinned: Mapping[int, tuple[int, ...]]
    excluded: Mapping[int, tuple[int, ...]]
    strengths: tuple[float, ...]
    features: tuple[Feature, ...]
    keys: tuple[str, ...]
    starts: Wide
    things: Ints
    codes: Bytes
    row_starts: Wide
    rows: Ints
    by_thing: Ints


def gather(meetings: Iterable[Features]) -> Gathered:
    """Take in the meetings, oldest first. They are looked at one by one, and none is kept."""
    numbers: dict[Feature | str, int] = defaultdict(lambda: len(numbers))
    strengths: dict[float, int] = defaultdict(lambda: len(strengths))
    positions: dict[str, int] = {}
    things, days, starts = array("i"), array("i"), array("q", [0])
    codes = bytearray()
    stated: dict[int, Features] = {}
    for position, meeting in enumerate(meetings):
        positions[meeting.id] = position
        days.append(meeting.date.toordinal())
        things.extend(map(numbers.__getitem__, meeting.shared))
        codes.extend(map(strengths.__getitem__, meeting.shared.values()))
        for level, group in enumerate(meeting.terms, 1):
            if group:
                said = group.split("\n")
                things.extend(map(numbers.__getitem__, said))
                codes += bytes((min(level, HIGHEST_LEVEL),)) * len(said)
        starts.append(len(things))
        if meeting.follows or meeting.pinned or meeting.excluded:
            stated[position] = Features(
                meeting.id,
                meeting.date,
                {},
                follows=meeting.follows,
                pinned=meeting.pinned,
                excluded=meeting.excluded,
            )

    def known(found: Iterable[tuple[int, Iterable[str]]]) -> dict[int, tuple[int, ...]]:
        resolved = (
            (position, tuple(positions[i] for i in ids if positions.get(i, position) != position))
            for position, ids in found
        )
        return {position: others for position, others in resolved if others}

    keys = [each if isinstance(each, str) else feature_key(each) for each in numbers]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranks = np.empty(len(keys), dtype=np.int32)
    ranks[order] = np.arange(len(keys), dtype=np.int32)
    carried = ranks[np.frombuffer(things, dtype=np.int32)]
    by_thing = np.argsort(carried, kind="stable").astype(np.int32)
    row_starts = np.zeros(len(keys) + 1, dtype=np.int64)
    np.cumsum(np.bincount(carried, minlength=len(keys)), out=row_starts[1:])
    row_of = np.repeat(
        np.arange(len(positions), dtype=np.int32), np.diff(np.array(starts)).astype(np.int64)
    )
    features = sorted((each for each in numbers if not isinstance(each, str)), key=feature_key)
    return Gathered(
        ids=tuple(positions),
        days=np.array(days, dtype=np.int32),
        follows=known((p, one.follows) for p, one in stated.items()),
        pinned=known((p, one.pinned) for p, one in stated.items()),
        excluded=known((p, sorted(one.excluded)) for p, one in stated.items()),
        strengths=tuple(strengths),
        features=tuple(features),
        keys=tuple(keys[number] for number in order),
        starts=np.array(starts, dtype=np.int64),
        things=carried,
        codes=np.frombuffer(bytes(codes), dtype=np.uint8),
        row_starts=row_starts,
        rows=row_of[by_thing],
        by_thing=by_thing,
    )


class Weighed(Struct, frozen=True):
    """The weights of what is carried, in the order of the things; `sorts` are those of each thing
    and `windows` how far it reaches, `firsts` the first of its carriers within reach of each;
    `squares` and `lifts` are those of each meeting."""

    weights: Small
    sorts: Bytes
    windows: Wide
    firsts: Ints
    squares: Floats
    lifts: Floats


def weigh(gathered: Gathered, scales: Scales) -> Weighed:
    """Weigh what the meetings carry, as `weighing` says."""
    counts = np.diff(gathered.row_starts)
    many = len(gathered.features)
    values = np.zeros(len(counts))
    sorts = np.zeros(len(counts), dtype=np.uint8)
    for number, (tie, _) in enumerate(gathered.features):
        values[number] = scales.root(tie, int(counts[number]))
        sorts[number] = scales.sort(tie, values[number])
    different, which = np.unique(counts[many:], return_inverse=True)
    rare = np.array([scales.rare(count) for count in different.tolist()])
    values[many:] = rare[which] if len(which) else 0.0
    sorts[many:] = np.where((values[many:] > 0) & bool(scales.voice), Sort.TERM, Sort.NOTHING)

    codes = gathered.codes[gathered.by_thing]
    split = gathered.row_starts[many]
    said = np.repeat(values[many:].astype(np.float32), counts[many:])
    said *= codes[split:]
    rows = gathered.rows[split:]
    squares = np.zeros(len(gathered.ids))
    for start in range(0, len(said), _PART):
        part = slice(start, start + _PART)
        squares += np.bincount(rows[part], said[part].astype(np.float64) ** 2, len(squares))
    strengths = np.array([rounded(each, STRENGTH_DIGITS) for each in gathered.strengths] or [0.0])
    weights = np.empty(len(codes), dtype=np.float32)
    weights[:split] = np.repeat(values[:many], counts[:many]) * strengths[codes[:split]]
    lifts = _lifts(squares, scales.voice)
    weights[split:] = said * lifts.astype(np.float32)[rows]
    windows = _windows(gathered, counts)
    return Weighed(weights, sorts, windows, _firsts(gathered, counts, windows), squares, lifts)


def _lifts(squares: Floats, voice: float) -> Floats:
    """As `Scales.lift`."""
    lifts = np.zeros(len(squares))
    some = squares > 0
    if voice:
        ideal = np.maximum(np.sqrt(voice / squares[some]), LEAST_LIFT)
        mantissas, exponents = np.frexp(ideal)
        lifts[some] = np.ldexp(np.rint(np.ldexp(mantissas, LIFT_DIGITS)), exponents - LIFT_DIGITS)
    return lifts


def _windows(gathered: Gathered, counts: Wide) -> Wide:
    """As `Scales.window`, for all things at once."""
    windows = np.full(len(counts), len(gathered.ids), dtype=np.int64)
    wide = np.flatnonzero(counts > NEIGHBOURS)
    if not len(wide):
        return windows
    sizes = counts[wide] - NEIGHBOURS
    starts = np.cumsum(sizes) - sizes
    earlier = np.arange(sizes.sum()) + np.repeat(gathered.row_starts[wide] - starts, sizes)
    gaps = FINE // (gathered.rows[earlier + NEIGHBOURS] - gathered.rows[earlier])
    density = np.add.reduceat(gaps.astype(np.int64), starts)
    steps = np.array(REACHES)
    reach = sizes * FINE * 19 // (density * 16)
    windows[wide] = steps[np.searchsorted(steps, reach, side="right") - 1]
    return windows


def _firsts(gathered: Gathered, counts: Wide, windows: Wide) -> Ints:
    """For each carrier of each thing the place of the first within the window before it."""
    total = len(gathered.ids)
    rows = gathered.rows
    keys = np.repeat(np.arange(len(counts)) * total, counts)
    keys += rows
    reach = np.repeat(windows.astype(np.int32), counts)
    firsts = np.empty(len(rows), dtype=np.int32)
    for start in range(0, len(rows), _PART):
        part = slice(start, start + _PART)
        firsts[part] = np.searchsorted(keys, keys[part] - np.minimum(rows[part], reach[part]))
    return firsts
