"""The files a branch has beside those of the site, so that its host shows it as it is."""

from __future__ import annotations

import re
from pathlib import Path

from generator.problems import N_
from generator.publish_targets import Branch
from generator.remote_errors import TargetError
from generator.sealed import FOLDER
from generator.site_files import LocalFile, extra_files

_HOST = re.compile(r"(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+(?!-)[A-Za-z0-9-]{2,63}(?<!-)")


def check_name(branch: Branch) -> None:
    """Raises TargetError where the name that the site is to have is none of a host."""
    if branch.cname and not _HOST.fullmatch(branch.cname):
        raise TargetError(
            N_("“{cname}” in “cname” is not the name of a host"),
            N_("write only the name, such as bulletin.example.gov.vn"),
            cname=branch.cname,
        )


def branch_folder(project: Path, target: str) -> Path:
    """Where all is that is kept for a branch; it may be deleted at any time."""
    return project / FOLDER / "git" / target


def branch_files(project: Path, target: str, branch: Branch) -> dict[str, LocalFile]:
    """The files by path, made in a folder of ours: they are published as those of the site are,
    and belong to it. Raises OSError."""
    folder = branch_folder(project, target) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = branch_texts(branch)
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text:
            path.write_bytes(text)
    return extra_files(folder)


def branch_texts(branch: Branch) -> dict[str, bytes]:
    """Their bytes by path. `.nojekyll` keeps GitHub from making a site of the site; `CNAME` tells
    it the name of its own that the site has."""
    texts = {".nojekyll": b""}
    if branch.cname:
        texts["CNAME"] = f"{branch.cname}\n".encode()
    return texts
