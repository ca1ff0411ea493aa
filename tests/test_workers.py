"""Work is shared among processes: all of it is done, in order, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from generator.workers import Workers

POSIX = pytest.mark.skipif(os.name != "posix", reason="sends signals")
NUMBERS = range(40)
Result = TypeVar("Result")


def doubled(number: int) -> tuple[int, int]:
    """Twice a number, and the process that worked it out."""
    return 2 * number, os.getpid()


def slow_at_first(number: int) -> int:
    time.sleep(0.1 if number == 0 else 0)
    return number


def refuse(number: int) -> int:
    if number == 7:
        raise ValueError(f"no {number}")
    return number


def killed_once(here: int, done: Path, number: int) -> int:
    """Kills the process it is in, if that is another; says so in a file."""
    if number == 9 and os.getpid() != here:
        done.write_text("killed")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def alone(here: int, folder: Path, number: int) -> list[str]:
    """Notes the process it is in, of which one is killed while another is at work; back in the
    first process, tells which of those noted are still there."""
    if os.getpid() == here:
        return [path.name for path in folder.iterdir() if Path(f"/proc/{path.name}").exists()]
    (folder / str(os.getpid())).touch()
    if number == 1:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1)
    return []


def interrupted(here: int, number: int) -> int:
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGINT)
    return number


def results(jobs: int, work: Callable[[int], Result], here: int = 0) -> list[Result]:
    with Workers(jobs) as workers:
        return list(workers.map(work, NUMBERS, here))


def places(found: list[tuple[int, int]]) -> set[int]:
    """The processes that worked."""
    return {place for _, place in found}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    assert results(jobs, slow_at_first) == [*NUMBERS]


def test_other_processes_work() -> None:
    found = results(2, doubled)
    assert [result for result, _ in found] == [2 * number for number in NUMBERS]
    assert os.getpid() not in places(found)


def test_one_job_is_done_in_this_process() -> None:
    assert places(results(1, doubled)) == {os.getpid()}


def test_no_process_is_started_for_little_work() -> None:
    assert places(results(2, doubled, here=len(NUMBERS))) == {os.getpid()}


def test_what_is_first_is_done_here_and_the_rest_by_others() -> None:
    found = results(2, doubled, here=3)
    assert places(found[:3]) == {os.getpid()}
    assert os.getpid() not in places(found[3:])


def test_where_processes_are_started_they_do_little_work_too() -> None:
    with Workers(2) as workers:
        others = places(list(workers.map(doubled, NUMBERS)))
        found = places(list(workers.map(doubled, range(2), here=5)))
    assert found <= others


def test_few_tasks_are_taken_before_their_results_are_asked_for() -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with Workers(2) as workers:
        found = workers.map(doubled, tasks())
        for _ in range(10):
            next(found)
        assert len(taken) < 20
    assert next(workers.map(doubled, [21]))[0] == 42


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_arrives_in_its_place(jobs: int) -> None:
    with Workers(jobs) as workers:
        found = workers.map(refuse, NUMBERS)
        assert [next(found) for _ in range(7)] == [*range(7)]
        with pytest.raises(ValueError, match="no 7"):
            next(found)


@POSIX
@pytest.mark.parametrize("jobs", [2, 3])
def test_no_work_is_lost_where_a_process_is_killed(jobs: int, tmp_path: Path) -> None:
    done = tmp_path / "done"
    with Workers(jobs) as workers:
        found = workers.map(partial(killed_once, os.getpid(), done), NUMBERS)
        assert list(found) == [*NUMBERS]
        assert done.exists()
        # What comes later is done too.
        assert [result for result, _ in workers.map(doubled, NUMBERS)] == [2 * n for n in NUMBERS]


@POSIX
def test_work_is_done_again_when_nobody_is_at_it_any_more(tmp_path: Path) -> None:
    """Two that write the same file could spoil it."""
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Workers(3) as workers:
            found = list(workers.map(partial(alone, os.getpid(), folder), range(4)))
        assert found == [[]] * 4


@POSIX
def test_interrupts_are_left_to_the_process_that_started_them() -> None:
    assert results(2, partial(interrupted, os.getpid())) == [*NUMBERS]


def test_no_process_is_left_at_the_end() -> None:
    others = places(results(2, doubled))
    if Path("/proc/self").exists():
        assert not [place for place in others if Path(f"/proc/{place}").exists()]
