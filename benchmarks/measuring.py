"""What a command takes, and what it does to a folder."""

from __future__ import annotations

import compileall
import contextlib
import filecmp
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_INTERVAL = 0.05

Files = Mapping[str, tuple[int, int]]
"""The inode and the time of the last change, in nanoseconds, of each file of a folder."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds on the wall and of all processors, the peak of memory in MiB where it was watched,
    and what the command printed."""

    seconds: float
    cpu: float
    peak: float
    printed: str


def run(command: Sequence[str], folder: Path, watch: bool = False) -> Measured:
    """Run a command in a folder, and exit with its complaints where it fails.

    The peak of memory is that of the sum over all its processes, what they share divided by those
    who share it. To `watch` it takes time from the command: do not compare such seconds.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        peak = 0.0
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=subprocess.STDOUT)
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG if watch else 0)
            if pid:
                break
            peak = max(peak, memory(process.pid))
            time.sleep(_INTERVAL)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        words = printed.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{words[-2000:]}")
    if watch and not peak:
        sys.exit("memory cannot be watched here: that takes Linux and its /proc")
    return Measured(seconds, used.ru_utime + used.ru_stime, peak, words)


def memory(pid: int) -> float:
    """What a process and all that descend from it take now, in MiB; 0 where that is not told."""
    taken = [_share(each) for each in _tree(pid)]
    # A process that is about to run another program shares all memory with the one that began it,
    # and says the same of itself.
    return (taken[0] + sum(share for share in taken[1:] if share != taken[0])) / 1024


def processor_time(pid: int) -> float:
    """The seconds of all processors that a process and those that descend from it have taken."""
    return sum(map(_ticks, _tree(pid))) / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    # Any process may end while it is looked at.
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from _tree(int(child))


def _share(pid: int) -> int:
    """The memory of a process in KiB, its share of what it has in common with others included."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _ticks(pid: int) -> int:
    """The time of a process in ticks of the clock, that of children which have ended included."""
    with contextlib.suppress(OSError):
        # The name of the program, in parentheses, may have spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15]))
    return 0


def build_command(project: Path) -> list[str]:
    """The command that builds a project with this Bulletin; run it in `ROOT`. The search, which has
    bars of its own, is off unless another `--search` follows."""
    build = [sys.executable, "-m", "generator", "build", "--search", "off"]
    return [*build, "--project", str(project)]


def get_ready() -> None:
    """Compile the generator, as installing it does, lest the first build have to."""
    compileall.compile_dir(str(ROOT / "generator"), quiet=1)


def machine() -> str:
    """What the figures depend on besides the programs."""
    return f"Python {platform.python_version()}, {os.cpu_count()} CPUs"


def files(folder: Path) -> Files:
    """All files of a folder, by path."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            found[path.relative_to(folder).as_posix()] = (status.st_ino, status.st_mtime_ns)
    return found


def written(before: Files, after: Files) -> int:
    """How many files were written, whether they changed or not."""
    return sum(before.get(path) != status for path, status in after.items())


def removed(before: Files, after: Files) -> int:
    return len(before.keys() - after.keys())


def differing(one: Path, other: Path) -> list[str]:
    """The files that are not in both folders, byte for byte the same."""
    here, there = files(one), files(other)
    unequal = (
        path
        for path in here.keys() & there.keys()
        if not filecmp.cmp(one / path, other / path, shallow=False)
    )
    return sorted({*(here.keys() ^ there.keys()), *unequal})
