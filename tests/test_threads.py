"""Threads: meetings that continue one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import Article, Body, Kind, Reference, Status
from generator.problems import Place
from generator.threads import cycle_problem, find_cycles, make_threads


def meeting(identity: str, day: int, *follows: str) -> Article:
    place = Place(f"content/articles/{identity}.md", 2, 1)
    references = tuple(Reference(name, Place(place.path, 4, n)) for n, name in enumerate(follows))
    return Article(
        id=identity, place=place, title=identity, date=dt.date(2000, 1, 1) + dt.timedelta(day),
        time=None, end_date=None, kind=Kind.NEWS, status=Status.HELD, summary="", topics=(),
        officials=(), organisations=(), location=None, partners=(), documents=(), series=None,
        follows=references, related=(), unrelated=(), source=None, image=None, published=None,
        changes=(), draft=False, pinned=False, aliases=(), slug=None, body=Body(b"", place),
    )  # fmt: skip


def threads(*articles: Article) -> set[tuple[str, ...]]:
    return {thread.members for thread in make_threads(articles).values()}


def chain(length: int) -> tuple[str, ...]:
    """The members of the thread of a chain of meetings."""
    articles = [meeting("m0", 0)]
    articles += [meeting(f"m{n}", n, f"m{n - 1}") for n in range(1, length)]
    assert find_cycles(articles) == []
    (members,) = threads(*articles)
    return members


def test_a_thread_is_in_the_order_of_time_and_named_after_its_first() -> None:
    found = make_threads([meeting("c", 3, "b"), meeting("a", 1), meeting("b", 2, "a")])
    assert {thread.id for thread in found.values()} == {"a"}
    assert found["b"].members == ("a", "b", "c")


def test_branches_and_meetings_of_two_threads_are_one_thread() -> None:
    articles = (
        meeting("a", 1), meeting("b", 2, "a"), meeting("c", 3, "a"), meeting("x", 1),
        meeting("d", 4, "b", "x"),
    )  # fmt: skip
    assert threads(*articles) == {("a", "x", "b", "c", "d")}


def test_a_meeting_alone_or_after_one_that_is_not_public_has_no_thread() -> None:
    assert threads(meeting("a", 1), meeting("b", 2, "draft")) == set()


def test_the_longest_thread_does_not_exhaust_the_stack() -> None:
    members = chain(10_000)
    assert members == tuple(f"m{n}" for n in range(10_000))


def test_a_circle_is_told_with_its_members_at_the_follows_to_remove() -> None:
    loops = find_cycles(
        [meeting("x", 0), meeting("a", 1, "x", "c"), meeting("b", 2, "a"), meeting("c", 3, "b")]
    )
    problem = cycle_problem(loops[0])
    assert len(loops) == 1
    assert problem.values["members"] == "a → b → c → a"
    assert problem.place == Place("content/articles/a.md", 4, 1)


def test_a_meeting_that_follows_itself_is_no_circle() -> None:
    assert find_cycles([meeting("a", 1, "a")]) == []


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.sets(st.sampled_from("abcdefghz"), max_size=4), min_size=1
    )
)
def test_circles_are_found_exactly_where_there_are_some(graph: Mapping[str, set[str]]) -> None:
    loops = find_cycles(meeting(name, ord(name), *sorted(graph[name])) for name in sorted(graph))
    for loop in loops:
        for article, followed in zip(loop, (*loop[1:], loop[0]), strict=True):
            assert followed.id in graph[article.id]
    without = {name: (graph[name] & graph.keys()) - {name} for name in graph}
    while leaves := [name for name in without if not without[name]]:
        without = {
            name: others.difference(leaves)
            for name, others in without.items()
            if name not in leaves
        }
    assert bool(loops) == bool(without)


@pytest.mark.parametrize("day", [1, 2])
def test_meetings_of_one_day_are_in_the_order_of_their_ids(day: int) -> None:
    assert threads(meeting("b", day, "a"), meeting("a", day)) == {("a", "b")}
