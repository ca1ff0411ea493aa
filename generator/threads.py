"""Threads: chains of meetings made by `follows`, in order, with branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from generator.model import Article
from generator.problems import N_, Problem
from generator.publication import in_time_order


class Thread(Struct, frozen=True):
    """Meetings that continue one another, oldest first; the id is that of the earliest."""

    id: str
    members: tuple[str, ...]


def find_cycles(articles: Iterable[Article]) -> list[tuple[Article, ...]]:
    """The loops of several articles that `follows` makes, each beginning with its earliest; each
    follows the next, and the last the first."""
    by_id = {article.id: article for article in articles}
    colour: dict[str, int] = {}
    loops = []
    for start in by_id:
        if start in colour:
            continue
        # Iterative depth-first search: a thread of thousands must not exhaust the stack.
        path: list[str] = []
        todo = [(start, False)]
        while todo:
            node, done = todo.pop()
            if done:
                colour[node] = 2
                path.pop()
                continue
            if colour.get(node) == 2:
                continue
            if colour.get(node) == 1:
                loops.append(_loop(path[path.index(node) :], by_id))
                continue
            colour[node] = 1
            path.append(node)
            todo.append((node, True))
            todo += [
                (ref.text, False)
                for ref in by_id[node].follows
                if ref.text in by_id and ref.text != node
            ]
    return loops


def _loop(members: list[str], by_id: Mapping[str, Article]) -> tuple[Article, ...]:
    first = min(range(len(members)), key=lambda i: (by_id[members[i]].date, members[i]))
    return tuple(by_id[member] for member in members[first:] + members[:first])


def cycle_problem(loop: tuple[Article, ...]) -> Problem:
    followed = loop[1].id
    return Problem(
        next(ref.place for ref in loop[0].follows if ref.text == followed),
        "follows-cycle",
        N_("these meetings follow one another in a circle: {members}"),
        N_("remove one of the “follows”"),
        {"members": " → ".join(article.id for article in (loop[0], *reversed(loop)))},
    )


def make_threads(articles: Iterable[Article]) -> dict[str, Thread]:
    """The thread of each article that has one, by article id.

    `articles` are those published; a `follows` that names none of them is passed.
    """
    by_id = {article.id: article for article in articles}
    root: dict[str, str] = {}

    def find(node: str) -> str:
        while root.get(node, node) != node:
            root[node] = root.get(root[node], root[node])
            node = root[node]
        return node

    for article in by_id.values():
        for reference in article.follows:
            if reference.text in by_id:
                root.setdefault(article.id, article.id)
                root.setdefault(reference.text, reference.text)
                root[find(article.id)] = find(reference.text)
    groups: dict[str, list[Article]] = {}
    for node in root:
        groups.setdefault(find(node), []).append(by_id[node])
    threads = {}
    for group in groups.values():
        group.sort(key=in_time_order)
        thread = Thread(group[0].id, tuple(article.id for article in group))
        threads.update(dict.fromkeys(thread.members, thread))
    return threads
