"""Links and pictures of a body: what each leads to, or what is wrong with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import Struct

from generator.model import Link, Markup, Picture, Shelf
from generator.names import name_key, nearest, nfc, slug
from generator.problems import N_, Place, Problem
from generator.read import CONTENT, MEDIA
from generator.register import Register

Target = tuple[Shelf, str]


class LinkTarget(Struct, frozen=True):
    """Where a link of a body leads: to an entry, a file of content/, or an address of the site, one
    of them set; `fragment` begins with `#` or is ``. All `None` means the text alone remains."""

    entry: Target | None = None
    file: str | None = None
    address: str | None = None
    fragment: str = ""


class Targets(Struct, frozen=True):
    """The targets of a body's links and the files of its pictures, in the order of its `Markup`."""

    links: tuple[LinkTarget, ...] = ()
    pictures: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class LinkScope(Struct, frozen=True):
    """What links may lead to. `visible` entries have pages; `hidden` ones exist and are held back;
    `by_path` finds the entry of a Markdown file; `files` are all other files of content/."""

    register: Register
    visible: frozenset[Target]
    hidden: frozenset[Target]
    by_path: Mapping[str, Target]
    files: Mapping[str, str]
    by_id: Mapping[str, tuple[Target, ...]]


def make_scope(
    register: Register,
    visible: frozenset[Target],
    hidden: frozenset[Target],
    by_path: Mapping[str, Target],
    files: Mapping[str, str],
) -> LinkScope:
    by_id: dict[str, tuple[Target, ...]] = {}
    for target in sorted(visible | hidden):
        by_id[target[1]] = (*by_id.get(target[1], ()), target)
    return LinkScope(register, visible, hidden, by_path, files, by_id)


def resolve(markup: Markup, source: str, first_line: int, text: str, scope: LinkScope) -> Targets:
    """Find what the links and pictures of one body lead to.

    `source` is the path of its file, `text` the body itself, which begins on `first_line`.
    """
    if not markup.links and not markup.pictures:
        return Targets()
    resolver = _Resolver(source, first_line, text, scope)
    links = tuple(resolver.link(link) for link in markup.links)
    pictures = tuple(resolver.picture(picture) for picture in markup.pictures)
    return Targets(links, pictures, tuple(resolver.problems))


def find_file(target: str, source: str, files: Mapping[str, str]) -> str | None:
    """A file named in `source`: relative to it, else to content/media/; None if there is none."""
    wanted = nfc(unquote(target))
    for folder in (posixpath.dirname(source), f"{CONTENT}/{MEDIA}"):
        path = posixpath.normpath(posixpath.join(folder, wanted))
        if path in files:
            return path
    # An address of the built site, as somebody sees it in the browser.
    path = posixpath.normpath(f"{CONTENT}/{wanted.lstrip('/')}")
    return path if wanted.startswith("/media/") and path in files else None


def no_file(place: Place, target: str, files: Mapping[str, str]) -> Problem:
    wanted = posixpath.basename(target)
    by_name = {posixpath.basename(path): path for path in files}
    near = nearest(wanted, by_name)
    return Problem(
        place,
        "no-file",
        N_("there is no file “{target}”"),
        N_("did you mean “{near}”?") if near else N_("put it beside the text or in content/media/"),
        {"target": target, "near": near},
    )


class _Resolver:
    def __init__(self, source: str, first_line: int, text: str, scope: LinkScope) -> None:
        self.source = source
        self.first_line = first_line
        self.text = text
        self.scope = scope
        self.problems: list[Problem] = []

    def place(self, line: int, written: str) -> Place:
        """The place of `written` on a line of the body; looked up only to report a problem."""
        lines = self.text.split("\n")
        column = lines[line - 1].find(written) + 1 if 0 < line <= len(lines) else 0
        return Place(self.source, self.first_line + line - 1, max(column, 1))

    def note(
        self, line: int, written: str, code: str, text: str, hint: str, **values: str | int
    ) -> LinkTarget:
        self.problems.append(Problem(self.place(line, written), code, text, hint, values))
        return LinkTarget()

    def link(self, link: Link) -> LinkTarget:
        return self.wiki(link) if link.wiki else self.path(link)

    def wiki(self, link: Link) -> LinkTarget:
        written, mark, fragment = link.target.partition("#")
        found = self.entries(written.strip())
        values = {"target": link.target}
        if not found:
            near = nearest(written, self.scope.by_id)
            hint = (
                N_("did you mean “{near}”?") if near else N_("write the id of a file of content/")
            )
            return self.note(
                link.line, f"[[{link.target}", "unknown-link", N_("nothing is called “{target}”"),
                hint, **values, near=near,
            )  # fmt: skip
        if len(found) > 1:
            options = ", ".join(f"[[{shelf}/{identity}]]" for shelf, identity in found)
            return self.note(
                link.line, f"[[{link.target}", "ambiguous-link",
                N_("“{target}” fits more than one file"), N_("write one of: {options}"),
                **values, options=options,
            )  # fmt: skip
        return self.entry(found[0], link, mark + fragment)

    def entries(self, written: str) -> tuple[Target, ...]:
        """The entries an id, `shelf/id` or a name fits."""
        shelf, slash, identity = written.partition("/")
        if slash:
            if shelf not in list(Shelf):
                return ()
            target = (Shelf(shelf), identity)
            if target in self.scope.visible or target in self.scope.hidden:
                return (target,)
            named = self.scope.register.by_name(Shelf(shelf), identity)
            return tuple((Shelf(shelf), found) for found in named)
        if written in self.scope.by_id:
            return self.scope.by_id[written]
        key = name_key(written)
        candidates = self.scope.register.candidates
        return tuple(
            (shelf, found) for shelf in Shelf for found in candidates.get((shelf, key), ())
        ) or self.scope.by_id.get(slug(written), ())

    def entry(self, target: Target, link: Link, fragment: str) -> LinkTarget:
        if target in self.scope.visible:
            return LinkTarget(entry=target, fragment=fragment)
        if link.bare:
            return self.note(
                link.line, link.target, "link-to-held-back",
                N_("“{target}” is not published, so its name cannot be shown here"),
                N_("give the link a text: [[{target}|text]]"),
                target=link.target,
            )  # fmt: skip
        return LinkTarget()

    def path(self, link: Link) -> LinkTarget:
        path, mark, fragment = link.target.partition("#")
        path = path.partition("?")[0]
        if path.lower().endswith(".md"):
            wanted = posixpath.normpath(
                posixpath.join(posixpath.dirname(self.source), nfc(unquote(path)))
            )
            target = self.scope.by_path.get(wanted)
            if target:
                return self.entry(target, link, mark + fragment)
            near = nearest(wanted, self.scope.by_path)
            return self.note(
                link.line, link.target, "unknown-link", N_("there is no file “{target}”"),
                N_("did you mean “{near}”?") if near else N_("write the id of a file of content/"),
                target=link.target, near=near,
            )  # fmt: skip
        file = find_file(path, self.source, self.scope.files)
        if file:
            return LinkTarget(file=file, fragment=mark + fragment)
        if path.startswith("/"):
            return LinkTarget(address=path.lstrip("/"), fragment=mark + fragment)
        self.problems.append(
            no_file(self.place(link.line, link.target), link.target, self.scope.files)
        )
        return LinkTarget()

    def picture(self, picture: Picture) -> str:
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", picture.src):
            self.note(
                picture.line, picture.src, "foreign-picture",
                N_("the picture “{target}” is on another site"),
                N_("save it into content/media/ and name the file"),
                target=picture.src,
            )  # fmt: skip
            return ""
        file = find_file(picture.src, self.source, self.scope.files)
        if file is None:
            self.problems.append(
                no_file(self.place(picture.line, picture.src), picture.src, self.scope.files)
            )
        return file or ""
