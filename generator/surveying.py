"""Looking into folders of a remote, without asking for what cannot be there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from itertools import groupby

from generator.remote import folders_above
from generator.retrying import in_parallel


async def survey(
    folders: Collection[str],
    at_once: int,
    look_into: Callable[[str], Awaitable[dict[str, int] | None]],
) -> dict[str, int]:
    """Paths and sizes of the files directly in these folders (`` is the root), so many folders at
    once, the outer ones first. `look_into` gives what is in one, by path, or None where there is no
    such folder: those below are not asked for then."""
    found: dict[str, int] = {}
    missing: set[str] = set()

    async def visit(folder: str) -> None:
        inside = await look_into(folder)
        if inside is None:
            missing.add(folder)
        else:
            found.update(inside)

    for _, level in groupby(sorted(folders, key=_depth), key=_depth):
        if "" in missing:
            break
        near = [folder for folder in level if not missing.intersection(folders_above(folder))]
        await in_parallel(near, at_once, visit, lambda _folder: None)
    return found


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
