"""The program rsync: how it is called, and what it says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from msgspec import Struct

from generator.remote import TEMPORARY

_DONE, _PARTIAL, _VANISHED = 0, 23, 24
_LOST = (10, 12, 20, 30, 35, 255)
"""Exit codes of a connection that broke, or was silent for too long; 255 is that of ssh."""

_NOT_LET_IN = ("Permission denied (", "Host key verification failed", "command not found")


class Ended(Struct, frozen=True):
    """How it ended; `errors` is what it said."""

    status: int
    errors: str

    @property
    def is_well(self) -> bool:
        return self.status == _DONE

    @property
    def is_full(self) -> bool:
        said = self.errors
        return not self.is_well and (
            "No space left on device" in said or "Disk quota exceeded" in said
        )

    @property
    def was_lost(self) -> bool:
        return self.status in _LOST and not any(said in self.errors for said in _NOT_LET_IN)

    @property
    def is_known(self) -> bool:
        """Whether both ends understood each other; some files may not have been taken."""
        return self.status in (_DONE, _PARTIAL, _VANISHED)


def words_of_rsync(ssh: Sequence[str], host: str, root: str, timeout: float) -> list[str]:
    """The words that call it, to send from the folder it runs in to `root`."""
    place = root if root.startswith("/") else f"./{root}"
    name = f"[{host}]" if ":" in host else host
    return [
        "rsync",
        "--rsh=" + " ".join(["ssh", *map(_quoted, ssh)]),
        "--protect-args",
        # What is to be sent is known; rsync is not to look for it, nor to leave any of it out.
        "--files-from=-",
        "--from0",
        "--no-implied-dirs",
        "--copy-links",
        "--ignore-times",
        f"--temp-dir={TEMPORARY}",
        # As any program there would make them, whatever they may be here.
        "--no-perms",
        "--chmod=F644",
        f"--timeout={max(1, round(timeout))}",
        "./",
        f"{name}:{place.rstrip('/')}/",
    ]


async def call_rsync(words: Sequence[str], folder: str, paths: Sequence[str]) -> Ended:
    """Run it in a folder for these files."""
    settings = {name: value for name, value in os.environ.items() if name[:6] != "RSYNC_"}
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env=settings | {"LC_ALL": "C"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        names = b"\0".join(os.fsencode(path) for path in paths) + b"\0"
        _, errors = await process.communicate(names)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or _DONE, errors.decode("utf-8", "replace"))


def _quoted(word: str) -> str:
    """A word of the command for --rsh, which knows quotes, but no backslashes."""
    return "'" + word.replace("'", "''") + "'"
