"""The files of the built site, as they are published."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from generator.manifest import ManifestStore
from generator.problems import N_
from generator.remote_errors import TargetError
from generator.scanning import FileStat, as_file_stat, digest_at
from generator.standing import instant

_NOT_PLAIN = re.compile(r"(?:^|/)\.{0,2}(?:/|$)|^[A-Za-z]:|[\\\x00-\x1f\x7f\ud800-\udfff]")


class LocalFile(Struct, frozen=True, gc=False):
    """A file to publish at `path` (relative, with `/`); it is at `real_path` on this disk, was left
    as `stat`, and `digest` is that of its bytes in hexadecimal."""

    path: str
    real_path: str
    stat: FileStat
    digest: str

    @property
    def size(self) -> int:
        return self.stat.size

    def open(self) -> BinaryIO:
        """The file, to be read. Raises TargetError where it is no longer what was to be sent."""
        try:
            file = open(self.real_path, "rb")  # noqa: SIM115 (the caller's)
        except FileNotFoundError:
            raise self._changed() from None
        if as_file_stat(os.fstat(file.fileno())) != self.stat:
            file.close()
            raise self._changed()
        return file

    def read(self) -> bytes:
        """All its bytes; raises as `open` does."""
        with self.open() as file:
            return file.read()

    def _changed(self) -> TargetError:
        return TargetError(
            N_("{file} changed while the site was being published"),
            N_("publish again"),
            file=self.path,
        )


def is_plain_path(path: str) -> bool:
    """Whether a path, with `/`, leads nowhere but into the folder it is relative to, on any system,
    and can be written in UTF-8: no part of it is empty, `.` or `..`, and it has no drive, no
    backslash and no character that controls anything."""
    return not _NOT_PLAIN.search(path)


def built_files(project: Path, output: Path, asked: bytes | None = None) -> dict[str, LocalFile]:
    """The files the last build into `output` left there, by path; none of anybody else's.

    Raises TargetError where there was no build, or where the last one was not asked what this is
    the digest of (see `standing.question`), or was of a later instant: it may show drafts.
    """
    manifest = ManifestStore(project, output).load()
    if manifest is None:
        raise TargetError(N_("there is no built site"), N_("publish again"))
    if asked is not None and (manifest.question != asked or manifest.made_at > instant()):
        raise TargetError(
            N_("the site was built with other options while it was to be published"),
            N_("publish again"),
        )
    files = manifest.outputs.files()
    return {
        path: LocalFile(path, str(output / path), stat, key.content.hex())
        for path, (key, stat) in files.items()
    }


def extra_files(folder: Path) -> dict[str, LocalFile]:
    """All files below a folder, those with a leading dot too, such as `.htaccess`; without
    `links_leading_out`. Raises OSError."""
    files = {}
    for path in sorted(_walk(os.path.realpath(folder), "", False)):
        real_path = str(folder / path)
        stat = as_file_stat(os.stat(real_path))
        files[path] = LocalFile(path, real_path, stat, digest_at(real_path).hex())
    return files


def links_leading_out(folder: Path) -> list[str]:
    """The links below a folder that lead to anything but a file below it. Raises OSError."""
    return sorted(_walk(os.path.realpath(folder), "", True))


def _walk(root: str, prefix: str, links: bool) -> Iterator[str]:
    """Files below a folder, or the links there that are not followed."""
    with os.scandir(os.path.join(root, prefix)) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if _leads_out(root, path, entry):
                if links:
                    yield path
            elif entry.is_dir():
                yield from _walk(root, f"{path}/", links)
            elif not links and entry.is_file() and entry.name not in (".DS_Store", "Thumbs.db"):
                yield path


def _leads_out(root: str, path: str, entry: os.DirEntry[str]) -> bool:
    if entry.is_file(follow_symlinks=False):
        return False
    real = os.path.realpath(entry.path)
    if entry.is_dir():  # on Windows there are links to folders that do not say they are links
        return os.path.normcase(real) != os.path.normcase(os.path.join(root, path))
    return entry.is_symlink() and not (os.path.isfile(real) and Path(real).is_relative_to(root))
