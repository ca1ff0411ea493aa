"""What it costs to publish, beside other programs that make one folder like another.

`python -m benchmarks.publishing` publishes one site of 2,000 files of 10 KB to real servers on
127.0.0.1: for the first time, again with nothing changed, and after an edit of one page. It prints
medians of several runs, in which all programs take turns. Exit code 1 where what is there in the
end is not the site, byte for byte. A program or a server that is not installed is left out.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.corpus import generate_into
from benchmarks.measuring import ROOT, Measured, files, get_ready, machine, run
from benchmarks.sent_site import SentSite
from benchmarks.sent_to import SERVERS, Server, has
from generator import __version__

FIRST, SAME, EDITED = WORKS = ("first", "nothing changed", "one edit")

_PUBLISHER = str(ROOT / "tests" / "publisher.py")

_HEAD = """\
| To | By | First, s | files/s | Nothing changed, s | One edit, s | First, CPU s |
|---|---|---:|---:|---:|---:|---:|"""


def publish_command(project: Path) -> list[str]:
    """Publishing what is built in a project's folder `site`, in a process that does nothing
    else."""
    return [sys.executable, "-P", _PUBLISHER, str(project), str(project / "site"), "0"]


def compare(server: Server, site: SentSite, runs: int) -> list[str]:
    """Publish with all programs by turns and print their rows; returns what is not there as it
    should be."""
    taken: dict[tuple[str, str], list[Measured]] = {}
    wrong = []
    for number in range(runs):
        for place, by in enumerate([*server.tables, *server.peers]):
            name = f"to-{place}-{number}"
            if by in server.tables:
                site.aim(server.tables[by](name))
                command = publish_command(site.project)
            else:
                command = server.peers[by](site.output, name)
            for work in WORKS:
                if work == EDITED:
                    site.edit()
                taken.setdefault((by, work), []).append(run(command, ROOT))
            wrong += [f"{server.name}, {by}: {path}" for path in unlike(site, server.read(name))]
    for by in (*server.tables, *server.peers):
        seconds = {work: median(done.seconds for done in taken[by, work]) for work in WORKS}
        cpu = median(done.cpu for done in taken[by, FIRST])
        speed = len(site.paths) / seconds[FIRST]
        print(
            f"| {server.name} | {by} | {seconds[FIRST]:.2f} | {speed:.0f} | {seconds[SAME]:.2f}"
            f" | {seconds[EDITED]:.2f} | {cpu:.2f} |",
            flush=True,
        )
    return wrong


def unlike(site: SentSite, there: dict[str, bytes]) -> Iterator[str]:
    """The files that are not there as they are in the site, or are not of it."""
    ours = {path: (site.output / path).read_bytes() for path in site.paths}
    there = {path: data for path, data in there.items() if not path.startswith(".bulletin/")}
    for path in sorted(ours.keys() | there.keys()):
        if ours.get(path) != there.get(path):
            yield path


def with_build(scratch: Path, articles: int, runs: int) -> None:
    """Print what the whole command takes when nothing has changed, and its part that publishes."""
    project = scratch / "archive"
    generate_into(project, articles, shelves=True)
    target = f'[publish.live]\nurl = "{(scratch / "live").as_uri()}"\nreleases = false\n'
    with open(project / "bulletin.toml", "a", encoding="utf-8") as file:
        file.write(f"\n{target}")
    whole = [sys.executable, "-m", "generator", "publish", "--yes", "--project", str(project)]
    run(whole, ROOT)
    taken: dict[str, list[float]] = {"with the build": [], "without": []}
    for _ in range(runs):
        taken["with the build"].append(run(whole, ROOT).seconds)
        taken["without"].append(run(publish_command(project), ROOT).seconds)
    count = len(files(project / "site"))
    told = "; ".join(f"{name} {median(seconds):.2f} s" for name, seconds in taken.items())
    print(f"\n{articles} articles, {count} files, to a folder, nothing changed: {told}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=2000, metavar="N")
    parser.add_argument("--size", type=int, default=10_000, metavar="BYTES", help="of each file")
    parser.add_argument("--runs", type=int, default=3, metavar="R", help="of which the median is")
    parser.add_argument("--servers", default=",".join(SERVERS), help="default: %(default)s")
    parser.add_argument(
        "--articles", type=int, default=550, metavar="N", help="of the site that is built, too"
    )
    options = parser.parse_args(arguments)
    names = [name for name in options.servers.split(",") if name]
    for name in names:
        if name not in SERVERS:
            parser.error(f"there is no server {name!r}, only {', '.join(SERVERS)}")
    get_ready()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        os.environ["HOME"] = folder  # nobody's settings
        os.environ["PYTHONPATH"] = str(ROOT)
        os.environ.pop("AWS_CA_BUNDLE", None)  # which rclone does not take
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        site = SentSite(scratch / "project", options.files, options.size)
        folders = len({path.rpartition("/")[0] for path in site.paths})
        print(
            f"Bulletin {__version__}, {machine()}; {options.files} files of {options.size} bytes in"
            f" {folders} folders, medians of {options.runs}\n\n{_HEAD}"
        )
        for name in names:
            make, needed = SERVERS[name]
            if not has(needed):
                print(f"{name}: {needed} is not installed", file=sys.stderr)
                continue
            with make(scratch / name) as server:
                lacking = [by for by in server.peers if not has(by.partition(" ")[0])]
                for by in lacking:
                    print(f"{name}: {by} is not installed", file=sys.stderr)
                    del server.peers[by]
                wrong += compare(server, site, options.runs)
        if options.articles:
            with_build(scratch, options.articles, options.runs)
    print("\n".join(["", *wrong[:20], f"{len(wrong)} files are not as in the site"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
