"""A remote in memory, which can be ended after any of the things it does."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence

from generator.remote import folders_above
from generator.remote_errors import Refused, TargetError
from generator.site_files import LocalFile


class Killed(BaseException):
    """The publisher was ended, here and now."""


class Disk:
    """Files and links by path. After `life` changes of it, every further one raises Killed; None
    is for ever. `asked` counts what it was asked for, by name. One that is `folding` takes names
    that differ in case alone for the same."""

    def __init__(self, seed: int = 0, links: bool = True, folding: bool = False) -> None:
        self.folding = folding
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        self.refused: set[str] = set()
        self.can_link = links
        self.life: int | None = None
        self.asked: dict[str, int] = {}
        self.random = random.Random(seed)

    def real(self, path: str) -> str:
        """The path with every link in it followed."""
        for folder in (path, *folders_above(path)):
            if folder in self.links:
                parent = folder.rpartition("/")[0]
                target = f"{parent}/{self.links[folder]}" if parent else self.links[folder]
                return self.real(target + path[len(folder) :])
        return path

    def name(self, path: str) -> str:
        """The name under which a file is there, or would be."""
        if not self.folding:
            return path
        return next((p for p in self.files if p.casefold() == path.casefold()), path)

    def has_room(self, path: str) -> bool:
        """Whether no folder stands where the file is to be, and no file where its folder is."""
        is_folder = any(other.startswith(f"{path}/") for other in self.files)
        return not is_folder and not any(folder in self.files for folder in folders_above(path))

    def below(self, folder: str) -> list[str]:
        start = f"{self.real(folder)}/" if folder else ""
        return [path for path in self.files if path.startswith(start)]

    def change(self) -> None:
        if self.life is not None:
            if self.life == 0:
                raise Killed
            self.life -= 1


class MemoryRemote:
    def __init__(self, disk: Disk, root: str = "") -> None:
        self.disk = disk
        self.root = root

    async def read(self, path: str) -> bytes | None:
        self._ask("read")
        return self.disk.files.get(self._real(path))

    async def write(self, path: str, data: bytes) -> None:
        self._ask("write")
        self.disk.change()
        self.disk.files[self._real(path)] = data

    async def create(self, path: str, data: bytes) -> bool:
        self._ask("create")
        self.disk.change()
        return self.disk.files.setdefault(self._real(path), data) is data

    async def discard(self, path: str) -> None:
        self._ask("discard")
        self.disk.change()
        if self.disk.links.pop(self._path(path), None) is None:
            self.disk.files.pop(self._real(path), None)

    async def move(self, path: str, to: str) -> None:
        self._ask("move")
        self.disk.change()
        data = self.disk.files.pop(self._real(path), None)
        if data is not None:
            self.disk.files[self._real(to)] = data

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        self._ask("sizes")
        found = {}
        for folder in folders:
            start = self._real(folder)
            for path, data in self.disk.files.items():
                parent, _, name = path.rpartition("/")
                if parent == start:
                    found[f"{folder}/{name}" if folder else name] = len(data)
        return found

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        self._ask("put_all")
        refused = []
        for file in self.disk.random.sample(files, len(files)):
            if file.path in self.disk.refused or not self.disk.has_room(self._real(file.path)):
                refused.append(Refused(file.path, "not taken"))
                continue
            data = file.read()
            self.disk.change()
            self.disk.files[self.disk.name(self._real(file.path))] = data
            on_sent(file)
        return refused

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        self._ask("delete_all")
        refused = []
        for path in self.disk.random.sample(paths, len(paths)):
            if path in self.disk.refused:
                refused.append(Refused(path, "not given up"))
                continue
            self.disk.change()
            self.disk.files.pop(self.disk.name(self._real(path)), None)
            on_deleted(path)
        return refused

    async def close(self) -> None:
        self._ask("close")

    def within(self, folder: str) -> MemoryRemote:
        return MemoryRemote(self.disk, self._path(folder))

    async def link_of(self, path: str) -> str | None:
        self._ask("link_of")
        link = self.disk.links.get(self._path(path))
        if link is not None:
            return link
        return "" if self.disk.below(self._path(path)) else None

    async def folders(self, folder: str) -> list[str]:
        self._ask("folders")
        start = f"{self._real(folder)}/"
        inside = (path[len(start) :] for path in self.disk.below(self._path(folder)))
        return sorted({path.partition("/")[0] for path in inside if "/" in path})

    async def copy_tree(self, folder: str, to: str) -> bool:
        self._ask("copy_tree")
        if not self.disk.can_link:
            return False
        start = self._real(folder)
        for path in self.disk.below(self._path(folder)):
            self.disk.change()
            self.disk.files[self._real(to) + path[len(start) :]] = self.disk.files[path]
        return True

    async def move_folder(self, folder: str, to: str) -> None:
        self._ask("move_folder")
        self.disk.change()
        start = self._real(folder)
        for path in self.disk.below(self._path(folder)):
            self.disk.files[self._real(to) + path[len(start) :]] = self.disk.files.pop(path)

    async def switch(self, link: str, to: str) -> None:
        self._ask("switch")
        if not self.disk.can_link:
            raise TargetError("no links here")
        self.disk.change()
        self.disk.links[self._path(link)] = to

    async def remove_tree(self, folder: str) -> None:
        self._ask("remove_tree")
        for path in self.disk.below(self._path(folder)):
            self.disk.change()
            del self.disk.files[path]

    def _ask(self, name: str) -> None:
        self.disk.asked[name] = self.disk.asked.get(name, 0) + 1

    def _path(self, path: str) -> str:
        return "/".join(part for part in (self.root, path) if part)

    def _real(self, path: str) -> str:
        return self.disk.real(self._path(path))
