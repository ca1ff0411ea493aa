"""The `extra` folder of a target: files published beside the site, and what must not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.names import nfc
from generator.own_folders import holds, own_folder_touched
from generator.problems import N_, Problem
from generator.publish_targets import Target
from generator.remote import STATE
from generator.site_files import LocalFile, extra_files, links_leading_out


def find_extra(
    project: Path, target: Target, files: Mapping[str, LocalFile]
) -> tuple[dict[str, LocalFile], list[Problem]]:
    """The files by path, beside which `files` are published, and what is wrong with them or with
    their folder. Raises OSError."""
    folder = project / target.extra
    problem = _misplaced(project, target)
    if problem is None and not folder.is_dir():
        problem = _refuse(
            target,
            "no-extra-folder",
            N_("there is no folder “{folder}”"),
            N_("“extra” names a folder of the project with files for the server"),
        )
    if problem is not None:
        return {}, [problem]
    leading_out = [
        _refuse(
            target,
            "bad-extra-folder",
            N_("“{file}” leads out of “{folder}”, or to a folder"),
            N_("put the files themselves there"),
            file=path,
        )
        for path in links_leading_out(folder)
    ]
    extra = extra_files(folder)
    return extra, [*leading_out, *_in_the_way(target, extra, files)]


def _misplaced(project: Path, target: Target) -> Problem | None:
    """What is wrong with the place of the folder: else drafts would be published, or anything."""
    folder = project / target.extra
    own = own_folder_touched(folder, project)
    if own:
        return _refuse(
            target,
            "bad-extra-folder",
            N_("“{folder}” is not for files to publish as they are: {own} is or lies there"),
            N_("make a folder for them beside it"),
            own=own,
        )
    if Path(target.extra).anchor or not holds(project, folder):
        return _refuse(
            target,
            "bad-extra-folder",
            N_("“{folder}” is not a folder inside the project"),
            N_("put the files for the server into a folder beside “content”"),
        )
    return None


def _in_the_way(target: Target, extra: Iterable[str], files: Iterable[str]) -> Iterator[Problem]:
    """Files where the site has some, or a folder, on a server that ignores case or writes marks
    in another way too; and where publishing keeps what it needs."""
    taken = {_folded(path) for path in files}
    folders = {folder for path in taken for folder in _folders(path)}
    for path in extra:
        folded = _folded(path)
        if folded in taken:
            text = N_("“{file}” is a file of the site, too")
        elif folded in folders or not taken.isdisjoint(_folders(folded)):
            text = N_("“{file}” needs the place of a file or folder of the site")
        elif folded == STATE or folded.startswith(f"{STATE}/"):
            text = N_("“{file}” needs the place of what publishing keeps there for itself")
        else:
            continue
        hint = N_("take it out of “{folder}”")
        yield _refuse(target, "extra-in-the-way", text, hint, file=path)


def _folded(path: str) -> str:
    return nfc(nfc(path).casefold())


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _refuse(target: Target, code: str, text: str, hint: str, **values: str) -> Problem:
    return Problem(target.place, code, text, hint, {"folder": target.extra, **values})
