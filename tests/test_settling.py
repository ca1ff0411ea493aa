"""When changed files are at rest: a fake disk, and a clock that is only a number."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.settling import (
    BURST,
    BURST_EACH,
    GONE,
    LOCKED,
    LONGEST,
    OPEN,
    QUIET,
    QUIET_LONGEST,
    STEADY,
    UNSURE,
    UNSURE_COARSE,
    Settling,
    Sign,
    Stat,
)

SOON = 0.0001
ODD = 1
"""What a time of a file ends in, where the file system knows parts of a second."""


class Simulation:
    """Files on a disk, the hints they give, and the batches that come of them."""

    def __init__(self, *paths: str, told: bool = True) -> None:
        self.files: dict[str, Stat] = dict.fromkeys(paths, (5, ODD, ODD))
        self.settling = Settling(self, dict(self.files))
        self.reader = dict(self.files)
        self.now = 0.0
        self.ticks = ODD
        self.lock: object = None
        self.batches: list[tuple[float, frozenset[str]]] = []
        self.told = told
        self.open: set[str] = set()
        self.awaited: set[str] = set()
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self.before: dict[str, tuple[Stat | None, int]] = {}

    # The disk

    def look(self, path: str) -> Stat | None:
        return self.files.get(path)

    def survey(self) -> Iterable[str]:
        known = self.settling.known
        return [p for p in {*self.files, *known} if self.files.get(p) != known.get(p)]

    # The clock

    def wait(self, seconds: float = LONGEST * 3) -> list[set[str]]:
        """Let time pass; gives the batches that came."""
        until = self.now + seconds
        before = len(self.batches)
        for _ in range(100_000):
            again = self.settling.again_at
            if again is None or again > until:
                break
            assert again >= self.now
            self.now = again
            self._settle()
        else:
            raise AssertionError("it never comes to rest")
        self.now = until
        return [set(batch) for _, batch in self.batches[before:]]

    def _settle(self) -> None:
        batch = self.settling.settle(self.now, self.lock)
        if not batch:
            return
        self.batches.append((self.now, batch))
        for path in batch:
            if path in self.awaited:
                waited = self.now - self.last[path] >= OPEN - SOON
                assert waited or self.now - self.first[path] >= LONGEST - SOON
                self.awaited.discard(path)
            self.first.pop(path, None)
            if path in self.files:
                self.reader[path] = self.files[path]
            else:
                self.reader.pop(path, None)

    # What is done to files

    def hint(self, path: str, sign: Sign) -> None:
        if not self.told and sign is not Sign.TOUCHED:
            sign = Sign.UNTOLD
        if sign is Sign.WRITTEN:
            self.awaited.add(path)
        elif sign is not Sign.TOUCHED:
            self.awaited.discard(path)
        self.first.setdefault(path, self.now)
        self.last[path] = self.now
        self.before[path] = self.reader.get(path), len(self.batches)
        self.settling.note(path, sign, self.now)
        self._settle()

    def put(self, path: str, size: int) -> None:
        self.ticks += 1
        self.files[path] = (size, self.ticks, self.ticks)

    def begin(self, path: str) -> None:
        """Open it for writing, which empties it."""
        self.put(path, 0)
        self.open.add(path)
        self.hint(path, Sign.WRITTEN)

    def chunk(self, path: str) -> None:
        if path in self.open:
            self.put(path, self.files[path][0] + 1)
            self.hint(path, Sign.WRITTEN)

    def close(self, path: str) -> None:
        if path in self.open:
            self.open.discard(path)
            self.hint(path, Sign.WHOLE)

    def save(self, path: str) -> None:
        self.begin(path)
        self.chunk(path)
        self.close(path)

    def replace(self, path: str) -> None:
        """Rename another file over it."""
        self.open.discard(path)
        self.put(path, 7)
        self.hint(path, Sign.WHOLE)

    def delete(self, path: str) -> None:
        if path in self.files:
            self.open.discard(path)
            del self.files[path]
            self.hint(path, Sign.WHOLE)

    def link(self, path: str) -> None:
        """Make it another name of a file there was."""
        self.open.discard(path)
        self.put(path, 9)
        self.hint(path, Sign.UNTOLD)

    def touch(self, path: str) -> None:
        if path in self.files:
            self.put(path, self.files[path][0])
            self.hint(path, Sign.TOUCHED)

    def read(self, path: str) -> None:
        self.hint(path, Sign.TOUCHED)


def test_a_file_that_was_saved_is_told_at_once() -> None:
    disk = Simulation("a")
    disk.save("a")
    assert disk.wait() == [{"a"}]
    assert disk.batches[0][0] == pytest.approx(QUIET)


def test_a_file_put_in_place_by_a_rename_is_told_at_once() -> None:
    disk = Simulation("a")
    disk.replace("a")
    assert disk.wait() == [{"a"}]
    assert disk.batches[0][0] == pytest.approx(QUIET)


def test_a_slow_writer_makes_one_batch_when_it_is_done() -> None:
    disk = Simulation("a")
    disk.begin("a")
    for _ in range(50):
        assert disk.wait(0.02) == []
        disk.chunk("a")
    disk.close("a")
    done = disk.now
    assert disk.wait() == [{"a"}]
    assert disk.batches[0][0] == pytest.approx(done + QUIET)


def test_a_writer_that_never_closes_is_waited_for_but_not_for_ever() -> None:
    disk = Simulation("a")
    disk.begin("a")
    disk.wait(0.3)
    disk.chunk("a")
    assert disk.wait() == [{"a"}]
    assert disk.batches[0][0] == pytest.approx(0.3 + OPEN)


def test_a_writer_that_never_ends_is_told_of_now_and_then() -> None:
    disk = Simulation("a")
    disk.begin("a")
    for _ in range(390):
        disk.wait(0.1)
        disk.chunk("a")
    assert [at for at, _ in disk.batches] == pytest.approx([10, 20, 30], abs=0.5)


def test_a_long_writer_holds_up_others_for_a_moment_only() -> None:
    disk = Simulation("a", "film")
    disk.begin("film")
    disk.wait(0.1)
    disk.save("a")
    while not disk.batches:
        disk.wait(0.1)
        disk.chunk("film")
    assert disk.batches[0][1] == {"a"}
    assert disk.batches[0][0] == pytest.approx(BURST + 2 * BURST_EACH, abs=0.2)
    disk.save("a")
    saved = disk.now
    assert disk.wait(1) == [{"a"}]
    assert disk.batches[1][0] == pytest.approx(saved + QUIET)
    disk.close("film")
    assert disk.wait() == [{"film"}]


def test_a_chunk_at_a_time_with_the_file_closed_makes_few_batches() -> None:
    disk = Simulation("a")
    for _ in range(50):
        disk.save("a")
        disk.wait(0.02)
    disk.wait()
    assert len(disk.batches) <= 4


@pytest.mark.parametrize("told", [True, False])
def test_a_file_moved_away_and_written_anew_is_never_missing(told: bool) -> None:
    disk = Simulation("a", told=told)
    disk.delete("a")
    assert disk.wait(0.15) == []
    disk.save("a")
    assert disk.wait() == [{"a"}]
    assert disk.reader["a"] == disk.files["a"]


def test_a_file_that_has_gone_is_told_after_a_while() -> None:
    disk = Simulation("a")
    disk.delete("a")
    assert disk.wait() == [{"a"}]
    assert disk.batches[0][0] == pytest.approx(GONE)


def test_an_emptied_file_is_not_believed_at_once() -> None:
    disk = Simulation("a")
    disk.begin("a")
    disk.close("a")
    assert disk.wait(0.15) == []
    disk.begin("a")
    disk.chunk("a")
    disk.close("a")
    assert disk.wait() == [{"a"}]


def test_a_file_that_was_empty_before_may_be_empty() -> None:
    disk = Simulation()
    disk.begin("a")
    disk.close("a")
    assert disk.wait() == [{"a"}]
    disk.replace("b")
    disk.touch("a")
    assert disk.wait(GONE / 2) == [{"a", "b"}]


def test_a_temporary_file_is_nobodys_business() -> None:
    disk = Simulation("a")
    disk.save("a.new")
    disk.delete("a.new")
    assert disk.wait() == []
    assert not disk.settling.is_busy


def test_what_leaves_a_file_as_it_was_is_no_change() -> None:
    disk = Simulation("a")
    disk.read("a")
    disk.hint("a", Sign.WHOLE)
    assert disk.wait() == []


@pytest.mark.parametrize(("ending", "window"), [(ODD, UNSURE), (0, UNSURE_COARSE)])
def test_a_file_rewritten_in_the_same_instant_is_told_again(ending: int, window: float) -> None:
    disk = Simulation("a")
    disk.files["a"] = (6, 10**9 + ending, 10**9 + ending)
    disk.hint("a", Sign.WHOLE)
    assert disk.wait(window / 2) == [{"a"}]
    disk.read("a")
    assert disk.wait(window / 8) == []
    disk.hint("a", Sign.WHOLE)
    assert disk.wait(window * 2) == [{"a"}]
    disk.wait()
    disk.hint("a", Sign.WHOLE)
    assert disk.wait() == []


def test_where_nothing_tells_of_closing_a_file_has_to_be_steady() -> None:
    disk = Simulation("a", told=False)
    disk.begin("a")
    for _ in range(20):
        assert disk.wait(STEADY / 2) == []
        disk.chunk("a")
    grown = disk.now
    # This much it grows without a hint.
    assert disk.wait(STEADY / 2) == []
    disk.put("a", 400)
    disk.open.clear()
    assert disk.wait() == [{"a"}]
    assert grown + STEADY < disk.batches[0][0] < grown + 4 * STEADY
    assert disk.reader["a"][0] == 400


def test_many_files_are_one_batch() -> None:
    disk = Simulation()
    for number in range(500):
        disk.save(f"{number}")
        disk.wait(0.0035 if number < 20 else 0.015)
    disk.wait()
    assert [len(batch) for _, batch in disk.batches] == [500]


def test_more_files_are_waited_for_longer() -> None:
    disk = Simulation()
    for number in range(100):
        disk.save(f"{number}")
    assert [len(batch) for batch in disk.wait()] == [100]
    assert disk.batches[0][0] == pytest.approx(QUIET_LONGEST)


def test_while_there_is_a_lock_all_is_one_batch() -> None:
    disk = Simulation()
    disk.lock = "lock"
    for number in range(20):
        disk.save(f"{number}")
        assert disk.wait(0.4) == []
    disk.lock = None
    assert [len(batch) for batch in disk.wait(0.1)] == [20]


def test_a_lock_left_behind_is_waited_for_once() -> None:
    disk = Simulation()
    disk.lock = "old"
    disk.save("a")
    assert disk.wait() == [{"a"}]
    assert disk.batches[-1][0] == pytest.approx(LOCKED)
    disk.save("a")
    assert disk.wait(0.01) == [{"a"}]
    disk.wait()
    disk.lock = "new"
    disk.save("a")
    assert disk.wait(1) == []
    assert disk.wait() == [{"a"}]


def test_a_lock_that_is_always_there_does_not_hold_up_for_ever() -> None:
    disk = Simulation()
    disk.lock = "lock"
    while disk.now < LONGEST + 1:
        disk.save("a")
        disk.wait(0.5)
    assert disk.batches[0][0] == pytest.approx(LONGEST)


def test_after_a_hint_of_a_folder_everything_is_looked_at() -> None:
    disk = Simulation("old/a", "old/b", "c")
    for name in "ab":
        disk.files[f"new/{name}"] = disk.files.pop(f"old/{name}")
    disk.settling.note_folder(disk.now)
    disk._settle()
    assert disk.wait() == [{"old/a", "old/b", "new/a", "new/b"}]


def test_a_folder_with_nothing_new_in_it_is_no_change() -> None:
    disk = Simulation("a")
    disk.settling.note_folder(disk.now)
    disk._settle()
    assert disk.wait() == []
    assert not disk.settling.is_busy


ACTIONS = ("begin", "chunk", "close", "save", "replace", "delete", "link", "touch", "read")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 1.0, 2.5]),
        st.sampled_from(ACTIONS),
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from([None, None, None, "lock", "another"]),
    ),
    max_size=40,
)


@given(STEPS, st.booleans())
def test_every_change_is_told_once_when_it_is_at_rest(
    steps: list[tuple[float, str, str, str | None]], told: bool
) -> None:
    disk = Simulation("a", "b", told=told)
    for gap, action, path, lock in steps:
        disk.wait(gap)
        for other, last in disk.last.items():
            is_told = disk.files.get(other) == disk.reader.get(other)
            assert is_told or disk.now <= last + 2 * LONGEST
        disk.lock = lock
        getattr(disk, action)(path)
    disk.wait()
    assert not disk.settling.is_busy
    assert disk.reader == disk.files
    for path, (stat, count) in disk.before.items():
        after = sum(path in batch for _, batch in disk.batches[count:])
        changed = stat != disk.files.get(path)
        assert after == 1 if changed else after <= 1
