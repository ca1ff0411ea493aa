"""`bulletin new`: a file for a new article, official and so on, in its place and ready to be filled
in."""

from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.fields import Reader
from generator.forms import as_yaml, front_matter
from generator.i18n import Translator
from generator.located import Mapping, Scalar
from generator.model import Shelf, Source
from generator.names import SLUG_LENGTH, nfc, slug, slug_with_hash
from generator.opening import ask_to_open
from generator.problems import Place, Problem, ProblemsFound
from generator.read import CONTENT, find_content
from generator.scanning import Listing, scan
from generator.urls import is_reserved

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIGITS = 8
"""So many digits of a hash make the name of a file whose title has no Latin letter or digit."""


class Begun(Struct, frozen=True):
    """A new file, by its path in the project; with `taken`, nothing was made, since that file has
    this id already."""

    path: str
    id: str
    taken: bool = False


def clean_title(text: str) -> str:
    """A title as it was typed or pasted, on one line and without what no file may hold."""
    return " ".join(nfc(_UNWRITABLE.sub(" ", text)).split())


def read_moment(text: str, zone: ZoneInfo) -> dt.datetime | dt.date | None:
    """What `--date` says, in the forms front matter may have; None where it is empty. Raises
    ProblemsFound where it is no date."""
    place = Place("--date")
    problems: list[Problem] = []
    reader = Reader(Mapping({}, {}, place), zone, problems)
    moment = reader.as_moment("date", Scalar(text, place))
    if problems:
        raise ProblemsFound(problems)
    return moment


def begin(
    project: Path,
    shelf: Shelf,
    title: str,
    moment: dt.datetime | dt.date,
    today: dt.date,
    translator: Translator,
) -> Begun:
    """Make the file of a new entry with a `clean_title`. `moment` is the day of an article, or the
    day and the hour; a running preview is asked to show the page. Nothing is ever overwritten."""
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    identity = _identity(shelf, title, day)
    if other := _taken_by(project, shelf, identity):
        return Begun(other, identity, taken=True)
    folder = f"{CONTENT}/{shelf}"
    given = {"title" if shelf in (Shelf.ARTICLES, Shelf.PAGES) else "name": as_yaml(title)}
    if shelf is Shelf.ARTICLES:
        folder = f"{folder}/{day.year:04}"
        clock = f" {moment:%H:%M}" if isinstance(moment, dt.datetime) else ""
        given["date"] = day.isoformat() + clock
        if day > today:  # what is to come has not been held
            given["status"] = "planned"
    if shelf in (Shelf.ARTICLES, Shelf.PAGES):
        given["draft"] = "true"
    path = f"{folder}/{identity}.md"
    text = front_matter(shelf, given, day, translator) + "\n"
    target = project / path
    target.parent.mkdir(parents=True, exist_ok=True)
    ask_to_open(project, path)
    try:
        _put(target, text.encode())
    except FileExistsError:  # made by somebody else just now
        return Begun(path, identity, taken=True)
    return Begun(path, identity)


def _identity(shelf: Shelf, title: str, day: dt.date) -> str:
    """The name of the file, which is an id as it stands."""
    name = slug(title) or slug_with_hash(title, "", _DIGITS)
    if shelf is Shelf.PAGES and is_reserved(name):
        return f"{name}-1"
    if shelf is not Shelf.ARTICLES:
        return name
    room = SLUG_LENGTH - len(f"{day.isoformat()}-")
    if len(name) > room:
        name = name[:room].rsplit("-", 1)[0].rstrip("-") or name[:room]
    return f"{day.isoformat()}-{name}"


def _taken_by(project: Path, shelf: Shelf, identity: str) -> str | None:
    """The file of a shelf that has this id, or for an article the same address, a date without
    dashes being as good as one with them. Of an original and its translations the original."""
    folder = project / CONTENT / shelf
    if not folder.is_dir():
        return None
    listing = Listing([], [], [])
    scan(str(folder), f"{CONTENT}/{shelf}", listing)
    alike = [identity]
    if shelf is Shelf.ARTICLES:
        alike.append(identity.replace("-", "", 2))

    def order(source: Source) -> tuple[bool, str]:
        return source.language is not None, source.path

    sources = (source for source, _ in find_content(project, listing.found()).sources)
    found = min((source for source in sources if source.id in alike), key=order, default=None)
    return found.path if found else None


def _put(target: Path, data: bytes) -> None:
    """Write a new file, which nobody sees before it is whole. Raises FileExistsError where there is
    one already."""
    unfinished = target.with_name(f".{os.getpid()}.bulletin-new")
    try:
        unfinished.write_bytes(data)
        _name(unfinished, target, data)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _name(unfinished: Path, target: Path, data: bytes) -> None:
    """Give a file its name, which must not be that of another."""
    try:
        # On Windows renaming replaces nothing; elsewhere it would.
        (os.rename if os.name == "nt" else os.link)(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        with open(target, "xb") as file:
            file.write(data)
