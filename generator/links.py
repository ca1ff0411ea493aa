"""Links and pictures of a body: what each leads to, or what is wrong with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import Struct

from generator.model import Link, Markup, Picture, Shelf
from generator.names import Guesses, nfc, slug
from generator.problems import N_, Place, Problem
from generator.read import CONTENT, MEDIA
from generator.register import Register
from generator.scanning import Found

Target = tuple[Shelf, str]

_FOREIGN = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:|//")


class LinkTarget(Struct, frozen=True, array_like=True, gc=False):
    """Where a link of a body leads: to an entry, a file of content/, or an address of the site, one
    of them set; `fragment` begins with `#` or is ``. All `None` means the text alone remains."""

    entry: Target | None = None
    file: str | None = None
    address: str | None = None
    fragment: str = ""


class Targets(Struct, frozen=True, array_like=True):
    """The targets of a body's links and the files of its pictures, in the order of its `Markup`."""

    links: tuple[LinkTarget, ...] = ()
    pictures: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class LinkScope(Struct, frozen=True):
    """What links may lead to. `visible` entries have pages; `hidden` ones exist and are held back,
    or are `unread` because their file has errors; `by_path` finds the entry of a Markdown file;
    `files` are all other files of content/; `held_back` are the addresses that articles not yet
    public will have."""

    register: Register
    visible: frozenset[Target]
    hidden: frozenset[Target]
    unread: frozenset[Target]
    by_path: Mapping[str, Target]
    files: Mapping[str, Found]
    held_back: frozenset[str]
    by_id: Mapping[str, tuple[Target, ...]]
    near_ids: Guesses
    near_paths: Guesses
    near_files: Guesses


def make_scope(
    register: Register,
    visible: frozenset[Target],
    hidden: frozenset[Target],
    unread: frozenset[Target],
    by_path: Mapping[str, Target],
    files: Mapping[str, Found],
    held_back: frozenset[str],
) -> LinkScope:
    by_id: dict[str, tuple[Target, ...]] = {}
    for target in sorted(visible | hidden):
        by_id[target[1]] = (*by_id.get(target[1], ()), target)
    names = {posixpath.basename(path) for path in files}
    return LinkScope(
        register, visible, hidden, unread, by_path, files, held_back, by_id,
        Guesses(by_id), Guesses(by_path), Guesses(names),
    )  # fmt: skip


def resolve(markup: Markup, body: Place, scope: LinkScope) -> Targets:
    """Find what the links and pictures of one body, which begins at `body`, lead to."""
    if not markup.links and not markup.pictures:
        return Targets()
    resolver = _Resolver(body, scope)
    links = tuple(resolver.link(link) for link in markup.links)
    pictures = tuple(resolver.picture(picture) for picture in markup.pictures)
    return Targets(links, pictures, tuple(resolver.problems))


def find_file(target: str, source: str, files: Mapping[str, Found]) -> str | None:
    """A file named in `source`: relative to it, else to content/media/; None if there is none."""
    wanted = nfc(unquote(target)).replace("\\", "/")
    for folder in (posixpath.dirname(source), f"{CONTENT}/{MEDIA}"):
        path = posixpath.normpath(posixpath.join(folder, wanted))
        if path in files:
            return path
    # An address of the built site, as somebody sees it in the browser.
    path = posixpath.normpath(f"{CONTENT}/{wanted.lstrip('/')}")
    return path if wanted.startswith("/media/") and path in files else None


def no_picture(place: Place, target: str, scope: LinkScope) -> Problem:
    """Why there is no picture `target`."""
    if not _FOREIGN.match(target):
        return no_file(place, target, scope)
    return Problem(
        place,
        "foreign-picture",
        N_("the picture “{target}” is on another site"),
        N_("save it into content/media/ and name the file"),
        {"target": target},
    )


def no_file(place: Place, target: str, scope: LinkScope) -> Problem:
    near = scope.near_files.nearest(posixpath.basename(target))
    return Problem(
        place,
        "no-file",
        N_("there is no file “{target}”"),
        N_("did you mean “{near}”?") if near else N_("put it beside the text or in content/media/"),
        {"target": target, "near": near},
    )


class _Resolver:
    def __init__(self, body: Place, scope: LinkScope) -> None:
        self.source = body.path
        self.first_line = body.line
        self.scope = scope
        self.problems: list[Problem] = []

    def place(self, spot: Link | Picture) -> Place:
        return Place(self.source, self.first_line + spot.line - 1, spot.column)

    def note(self, link: Link, code: str, text: str, hint: str, **values: str) -> LinkTarget:
        values["target"] = link.target
        self.problems.append(Problem(self.place(link), code, text, hint, values))
        return LinkTarget()

    def link(self, link: Link) -> LinkTarget:
        return self.wiki(link) if link.wiki else self.path(link)

    def wiki(self, link: Link) -> LinkTarget:
        written, mark, fragment = link.target.partition("#")
        found = self.entries(written.strip())
        if not found:
            near = self.scope.near_ids.nearest(written)
            return self.note(
                link, "unknown-link", N_("nothing is called “{target}”"),
                N_("did you mean “{near}”?") if near else N_("write the id of a file of content/"),
                near=near,
            )  # fmt: skip
        if len(found) > 1:
            options = ", ".join(f"[[{shelf}/{identity}]]" for shelf, identity in found)
            return self.note(
                link, "ambiguous-link", N_("“{target}” fits more than one file"),
                N_("write one of: {options}"), options=options,
            )  # fmt: skip
        return self.entry(found[0], link, mark + fragment)

    def entries(self, written: str) -> tuple[Target, ...]:
        """The entries an id, `shelf/id` or a name fits."""
        folder, slash, identity = written.partition("/")
        if slash and folder in list(Shelf):
            target = (Shelf(folder), identity)
            if target in self.scope.visible or target in self.scope.hidden:
                return (target,)
            return self.named(Shelf(folder), identity)
        if written in self.scope.by_id:
            return self.scope.by_id[written]
        named = [target for shelf in Shelf for target in self.named(shelf, written)]
        return tuple(named) or self.scope.by_id.get(slug(written), ())

    def named(self, shelf: Shelf, name: str) -> tuple[Target, ...]:
        return tuple((shelf, found) for found in self.scope.register.by_name(shelf, name))

    def entry(self, target: Target, link: Link, fragment: str) -> LinkTarget:
        if target in self.scope.visible:
            return LinkTarget(entry=target, fragment=fragment)
        if link.bare and target not in self.scope.unread:
            return self.note(
                link, "link-to-held-back",
                N_("“{target}” is not published, so its name cannot be shown here"),
                N_("give the link a text: [[{target}|text]]"),
            )  # fmt: skip
        return LinkTarget()

    def path(self, link: Link) -> LinkTarget:
        path, mark, fragment = link.target.partition("#")
        path = path.partition("?")[0]
        wanted = posixpath.normpath(
            posixpath.join(posixpath.dirname(self.source), nfc(unquote(path)))
        )
        target = self.scope.by_path.get(wanted)
        if target:
            return self.entry(target, link, mark + fragment)
        file = find_file(path, self.source, self.scope.files)
        if file:
            return LinkTarget(file=file, fragment=mark + fragment)
        if path.lower().endswith(".md"):
            near = self.scope.near_paths.nearest(wanted)
            near = near and posixpath.relpath(near, posixpath.dirname(self.source))
            return self.note(
                link, "unknown-link", N_("there is no file “{target}”"),
                N_("did you mean “{near}”?") if near else N_("write the id of a file of content/"),
                near=near,
            )  # fmt: skip
        if path.startswith("/"):
            # As people type it: /2025 for the page at /2025/.
            address = path.lstrip("/")
            if address and "." not in address.rpartition("/")[2] and not address.endswith("/"):
                address += "/"
            if address in self.scope.held_back:
                return LinkTarget()
            return LinkTarget(address=address, fragment=mark + fragment)
        self.problems.append(no_file(self.place(link), link.target, self.scope))
        return LinkTarget()

    def picture(self, picture: Picture) -> str:
        file = find_file(picture.src, self.source, self.scope.files)
        if file is None:
            self.problems.append(no_picture(self.place(picture), picture.src, self.scope))
        return file or ""
