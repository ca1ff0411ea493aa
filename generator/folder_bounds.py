"""Links in a folder that lead out of it: nothing is put or removed behind one, for what lies there
is none of the site's, whatever a list kept in the folder may say."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable
from enum import Enum, auto

from generator.disk_errors import is_absent, meaning_of
from generator.problems import N_
from generator.remote_errors import Dropped, Refused


class _Leads(Enum):
    NOWHERE = auto()
    IN = auto()
    OUT = auto()


def leading_out(root: str, folders: Iterable[str]) -> frozenset[str]:
    """Those of these folders (relative to `root`, with `/`) on whose way a link leads out of
    `root`, which may be a link itself. Raises Dropped where that cannot be told for now."""
    real_root = _real(root)
    known = {"": _Leads.IN}

    def leads(folder: str) -> _Leads:
        found = known.get(folder)
        if found is None:
            found = leads(folder.rpartition("/")[0])
            if found is _Leads.IN:
                found = _leads(f"{root}/{folder}", real_root)
            known[folder] = found
        return found

    return frozenset(folder for folder in folders if leads(folder) is _Leads.OUT)


def refuse_behind_link(path: str, out: Collection[str]) -> None:
    """Raise Refused for a file that is in one of the folders that lead out."""
    if path.rpartition("/")[0] in out:
        raise Refused(
            path,
            N_("{file} lies behind a link that leads out of the folder"),
            N_("have a folder there in place of the link"),
            file=path,
        )


def _leads(folder: str, real_root: str) -> _Leads:
    try:
        found = os.lstat(folder)
    except OSError as error:
        meant = meaning_of(error, folder)
        if isinstance(meant, Dropped) and not is_absent(error):
            raise meant from None
        return _Leads.NOWHERE  # whoever puts a file there will hear why it cannot be
    # Windows has other kinds of links, too.
    if not stat.S_ISLNK(found.st_mode) and not getattr(found, "st_reparse_tag", 0):
        return _Leads.IN
    inside = _real(folder).startswith(real_root)
    return _Leads.IN if inside else _Leads.OUT


def _real(folder: str) -> str:
    """With a separator at the end."""
    return os.path.normcase(os.path.join(os.path.realpath(folder), ""))
