"""Files of the site that cannot stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.problems import N_, Place, Problem


def collisions(files: Iterable[tuple[str, Place | None]]) -> Iterator[Problem]:
    """Two files for one path, or a file where another needs a folder.

    `files` are paths below the output folder, each with the place in content/ it comes from (None
    for the generator's own). Case counts for nothing, as on the disks of Windows and macOS.
    """
    taken: dict[str, Place | None] = {}
    unique: list[tuple[str, Place | None]] = []
    for path, origin in files:
        key = path.casefold()
        if key in taken:
            yield _taken(path, origin, taken[key])
        else:
            taken[key] = origin
            unique.append((path, origin))
    for path, origin in unique:
        folder = path.casefold()
        while cut := folder.rpartition("/")[0]:
            folder = cut
            if folder in taken:
                yield _taken(path, origin, taken[folder])


def _taken(path: str, origin: Place | None, other: Place | None) -> Problem:
    """Said of the later of two content files, or of the one of them that comes from content/."""
    place, other = (origin, other) if origin else (other, None)
    if other:
        text = N_("the address /{address} is taken already, by {other}")
    else:
        text = N_("the address /{address} belongs to a page of the site itself")
    return Problem(
        place or Place(path),
        "address-taken",
        text,
        N_("rename one of the files, or give another “slug”"),
        {"address": path.removesuffix("index.html"), "other": other.path if other else ""},
    )
