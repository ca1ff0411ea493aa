"""A folder once more: by hard links, which take no room, and by copies of what cannot have one."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress

from msgspec import Struct

from generator.disk_errors import meaning_of, told_of
from generator.problems import N_
from generator.remote_errors import Refused, TargetError


class Tree(Struct, frozen=True):
    """What is in a folder, as paths relative to it: folders with their modes, the outer ones first,
    symbolic links, which are not followed, and all else."""

    folders: tuple[tuple[str, int], ...]
    links: tuple[str, ...]
    files: tuple[str, ...]


def tree_in(folder: str) -> Tree:
    """Raises TargetError where a folder cannot be read."""
    folders: list[tuple[str, int]] = []
    links: list[str] = []
    files: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with told_of(prefix.rstrip("/") or folder), os.scandir(f"{folder}/{prefix}") as entries:
            for entry in entries:
                path = f"{prefix}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
                    folders.append((path, mode))
                    waiting.append(f"{path}/")
                else:
                    (links if entry.is_symlink() else files).append(path)
    return Tree(tuple(folders), tuple(links), tuple(files))


def make_folders(tree: Tree, folder: str, copy: str) -> None:
    """Make the folders and the links of a tree, that of `folder`, in the folder `copy`. Who may
    look into one may look into the other; and we may write into each."""
    for path, mode in tree.folders:
        with told_of(path), suppress(FileExistsError):
            os.mkdir(f"{copy}/{path}")
        with suppress(OSError):  # some disks know no modes
            os.chmod(f"{copy}/{path}", mode | stat.S_IRWXU)
    for path in tree.links:
        with told_of(path), suppress(FileExistsError):
            os.symlink(os.readlink(f"{folder}/{path}"), f"{copy}/{path}")


def copy_file(path: str, folder: str, copy: str) -> bool:
    """Have a file that is in `folder` in `copy`, too; tells whether its bytes had to be
    copied. One that is gone by now is left out. Raises TargetError."""
    source, to = f"{folder}/{path}", f"{copy}/{path}"
    with told_of(path):
        try:
            os.link(source, to)
        except FileExistsError:
            os.unlink(to)  # left by an attempt that was cut off
            return copy_file(path, folder, copy)
        except OSError as error:
            if not os.path.lexists(source):
                return False
            # No links there, or too many of one file, or a file of somebody else.
            if not isinstance(meaning_of(error, path), Refused):
                raise
        else:
            return False
        return _copy_bytes(path, source, to)


def _copy_bytes(path: str, source: str, to: str) -> bool:
    try:
        shutil.copyfile(source, to)
    except OSError as error:
        meant = meaning_of(error, path)
        if not isinstance(meant, Refused):
            raise meant from None
        raise TargetError(
            N_("{file}, in the release before, can neither be linked nor copied: {reason}"),
            N_("may you read it? Else move it away"),
            file=path,
            reason=error.strerror or type(error).__name__,
        ) from None
    with suppress(OSError):  # some disks know neither modes nor owners
        shutil.copystat(source, to)
    return True
