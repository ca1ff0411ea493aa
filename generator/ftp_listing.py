"""What FTP servers tell of a folder, in the forms there are.

MLSD (RFC 3659) is meant for programs. LIST is meant for people: each server writes it as the `ls`
or the `dir` of its system does. NLST gives names alone. Lines come without their ends, and what
cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

UNKNOWN = -1


class Listed(Struct, frozen=True, gc=False):
    """A name in a folder; `size` is UNKNOWN where it is not told, and for a link."""

    name: str
    size: int
    folder: bool


_DATE = (
    r"(?:[^\W\d_]{3,}\.?\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d_]{3,}\.?|\d{1,2}\S\s*\d{1,2}\S)"
    r"\s+(?:\d{4}|\d{1,2}[:.]\d{2})"
    r"|\d{4}-\d{2}-\d{2}\s+\d{1,2}:\d{2}(?::[\d.]+)?(?:\s+[+-]\d{4})?"
)
_KIND = re.compile(r"([-bcdlps])[-rwxsStTlL]{9}[.+@]?\s+")
# Links, owner and group stand before the size; some servers leave one out, and the name of a group
# may have a space in it.
_REST = tuple(
    re.compile(rf"(?:\S+\s+){{{count}}}(\d+)\s+(?:{_DATE})\s(.+)") for count in (3, 2, 4, 1, 5)
)
_WINDOWS = re.compile(
    r"\d{2,4}[-/.]\d{2}[-/.]\d{2,4}\s+\d{1,2}:\d{2}\s*(?:[AaPp][Mm])?\s+"
    r"(?:(<[A-Z]+>)\s+|([\d.,]+)\s)(.+)"
)
_TOTAL = re.compile(r"\S+\s+\d+\s*")
_NOT_NAMES = ("", ".", "..")


def parse_facts(lines: Iterable[str]) -> list[Listed]:
    """The answer to MLSD."""
    found = []
    for line in lines:
        facts, space, name = line.lstrip("\t ").partition(" ")
        if not space:
            continue
        told = dict(fact.lower().partition("=")[::2] for fact in facts.split(";"))
        kind = told.get("type", "file")
        if kind in ("cdir", "pdir"):
            continue
        size = told.get("size", "")
        known = kind == "file" and size.isascii() and size.isdecimal()
        found.append(Listed(_own_name(name), int(size) if known else UNKNOWN, kind == "dir"))
    return _named(found)


def parse_list(lines: Iterable[str]) -> list[Listed] | None:
    """The answer to LIST; None where it is in none of the known forms."""
    found: list[Listed] = []
    strange = False
    for line in lines:
        listed = _unix(line) or _windows(line)
        if listed is not None:
            found.append(listed)
        elif line.strip() and not _TOTAL.fullmatch(line):
            strange = True
    return None if strange and not found else _named(found)


def parse_names(lines: Iterable[str]) -> list[str]:
    """The answer to NLST: names of files and folders."""
    names = (_own_name(line) for line in lines)
    return [name for name in names if name not in _NOT_NAMES]


def shows_itself(lines: Iterable[str]) -> bool:
    """Whether an answer to LIST has the folder itself, as one has that hides no names."""
    return any(line.rstrip().endswith(" .") for line in lines)


def _unix(line: str) -> Listed | None:
    kind = _KIND.match(line)
    if kind is None:
        return None
    for rest in _REST:
        match = rest.fullmatch(line, kind.end())
        if match is not None:
            break
    else:
        return None
    name, is_link = match[2], kind[1] == "l"
    if is_link:
        name = name.partition(" -> ")[0]
    size = int(match[1]) if kind[1] == "-" and match[1].isascii() else UNKNOWN
    return Listed(name, size, kind[1] == "d")


def _windows(line: str) -> Listed | None:
    match = _WINDOWS.fullmatch(line)
    if match is None:
        return None
    size = re.sub(r"[^0-9]", "", match[2] or "")
    return Listed(match[3], int(size) if size else UNKNOWN, match[1] in ("<DIR>", "<JUNCTION>"))


def _own_name(path: str) -> str:
    """Some servers write the whole path."""
    return path.rpartition("/")[2]


def _named(found: list[Listed]) -> list[Listed]:
    return [listed for listed in found if listed.name not in _NOT_NAMES]
