"""The views of threads: the steps of one, how they stand to an article, and all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from generator.catalogue import Catalogue
from generator.descriptions import of_names, spanned
from generator.meetings import Meeting
from generator.problems import N_
from generator.threads import Thread
from generator.urls import thread_address
from generator.view_parts import Anchor, Continued, ThreadItem, ThreadStep, ThreadView
from generator.viewer import Viewer
from generator.views import ThreadPage, ThreadsPage

NEAR_STEPS = 6
"""How many steps of its thread an article shows before and after its own."""


def _followed(catalogue: Catalogue, member: str) -> list[str]:
    """The public meetings a meeting follows, each once."""
    texts = (reference.text for reference in catalogue.meeting(member).article.follows)
    return [t for t in dict.fromkeys(texts) if t in catalogue.positions and t != member]


def _reached(start: str, links: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """What is reached from `start`, and over how many links; drafts may make a circle."""
    found = {start: 0}
    todo = [start]
    for member in todo:  # which grows meanwhile
        for other in links.get(member, ()):
            if other not in found:
                found[other] = found[member] + 1
                todo.append(other)
    del found[start]
    return found


def _before_and_after(
    catalogue: Catalogue, thread: Thread, current: str
) -> tuple[dict[str, int], dict[str, int]]:
    """What a meeting continues, directly or not, and what continues it, each with the number of
    steps to it. Linear in the length of the thread."""
    follows: dict[str, list[str]] = {}
    followers: dict[str, list[str]] = {}
    for member in thread.members:
        for reference in catalogue.meetings[catalogue.positions[member]].article.follows:
            if reference.text in catalogue.positions:
                follows.setdefault(member, []).append(reference.text)
                followers.setdefault(reference.text, []).append(member)
    before = _reached(current, follows)
    after = _reached(current, followers)
    return before, {member: at for member, at in after.items() if member not in before}


def _step(
    viewer: Viewer, member: str, previous: str | None, current: str, relation: str
) -> ThreadStep:
    """A step that is shown after `previous`."""
    catalogue = viewer.catalogue
    position = catalogue.positions[member]
    followed = sorted(_followed(catalogue, member), key=catalogue.positions.__getitem__)
    continued = [_continued(viewer, catalogue.meetings[position], other) for other in followed]
    return ThreadStep(
        card=viewer.card(position),
        current=member == current,
        gap_days=continued[-1].gap_days if continued else None,
        relation=relation,
        continues=() if followed == [previous] else tuple(continued),
        begins=not followed and previous is not None,
    )


def _continued(viewer: Viewer, meeting: Meeting, followed: str) -> Continued:
    link = viewer.meeting_link(viewer.catalogue.positions[followed])
    gap = (meeting.article.date - link.date).days
    # It may be said to follow what came after it.
    shown = gap if gap >= 0 else None
    return Continued(link.url, link.title, link.lang, link.date, shown)


def thread_steps(viewer: Viewer, members: Sequence[str]) -> tuple[ThreadStep, ...]:
    """All meetings of a thread in order."""
    pairs = zip([None, *members], members, strict=False)
    return tuple(_step(viewer, member, previous, "", "") for previous, member in pairs)


def thread_view(viewer: Viewer, meeting: Meeting) -> ThreadView | None:
    """The thread of an article, as far as it is near: a long one is whole on its own page. Written
    out on each of its articles, the site would grow with the square of its length."""
    thread = viewer.catalogue.threads.get(meeting.id)
    if thread is None:
        return None
    at = thread.members.index(meeting.id)
    return ThreadView(
        url=viewer.prefix + thread_address(thread.id),
        position=at + 1,
        total=len(thread.members),
        steps=tuple(_near_steps(viewer, thread, at)),
    )


def _near_steps(viewer: Viewer, thread: Thread, at: int) -> Iterable[ThreadStep]:
    """What led to the member `at`, itself, what came of it, and other branches of that time."""
    members, current = thread.members, thread.members[at]
    before, after = _before_and_after(viewer.catalogue, thread, current)
    rank = {member: number for number, member in enumerate(members)}

    def nearest(steps: Mapping[str, int]) -> list[str]:
        found = sorted(steps, key=lambda member: (steps[member], abs(rank[member] - at)))
        return sorted(found[:NEAR_STEPS], key=rank.__getitem__)

    led, came = nearest(before), nearest(after)
    near = members[max(0, at - NEAR_STEPS) : at + NEAR_STEPS + 1]
    beside = [m for m in near if m != current and m not in before and m not in after]
    # The first of a line that is cut off there simply continues what is left out.
    left_out = max((rank[m] for m in before if rank[m] < rank[led[0]]), default=None)
    lines = (
        ("before", led, None if left_out is None else members[left_out]),
        ("", [current], led[-1] if led else None),
        ("after", came, current),
        ("beside", beside, current),
    )
    for relation, line, previous in lines:
        for last, member in zip([previous, *line], line, strict=False):
            yield _step(viewer, member, last, current, relation)


def thread_description(viewer: Viewer, thread: Thread) -> str:
    """How many meetings a thread has, and from when to when."""
    catalogue = viewer.catalogue
    first, last = (catalogue.meeting(thread.members[at]).article.date for at in (0, -1))
    return spanned(viewer, len(thread.members), first, last)


def thread_page(viewer: Viewer, thread: Thread) -> ThreadPage:
    title, _ = viewer.meeting_title(viewer.catalogue.meeting(thread.id))
    return ThreadPage(
        title=viewer.say(N_("Thread: {title}")).format(title=title),
        url=viewer.prefix + thread_address(thread.id),
        description=thread_description(viewer, thread),
        breadcrumbs=(
            viewer.home(),
            Anchor(viewer.translator.label("threads"), f"{viewer.prefix}threads/"),
        ),
        alternates=viewer.alternates(thread_address(thread.id)),
        steps=thread_steps(viewer, thread.members),
    )


def threads_page(viewer: Viewer) -> ThreadsPage:
    catalogue = viewer.catalogue
    threads = {thread.id: thread for thread in catalogue.threads.values()}
    items = []
    for thread in threads.values():
        first = catalogue.meeting(thread.id)
        title, lang = viewer.meeting_title(first)
        last = catalogue.meeting(thread.members[-1]).article.date
        url = viewer.prefix + thread_address(thread.id)
        items.append(ThreadItem(url, title, lang, len(thread.members), first.article.date, last))
    items.sort(key=lambda item: (item.last, item.url), reverse=True)
    label = viewer.translator.label("threads")
    return ThreadsPage(
        title=label,
        url=f"{viewer.prefix}threads/",
        description=of_names(viewer, label, (item.title for item in items if not item.lang)),
        breadcrumbs=(viewer.home(),),
        alternates=viewer.alternates("threads/"),
        threads=tuple(items),
    )
