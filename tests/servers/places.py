"""Places to publish to, each on a real server, with what a web server would show of it.

with place("sftp", tmp_path) as live:
    site.write("bulletin.toml", TOML + live.table)
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import program
from tests.servers.ftp import Habits, pyftpdlib
from tests.servers.openssh import openssh
from tests.servers.s3 import between, running_s3

FOLDERS = ("folder", "sftp", "ftp")
"""Kinds of places where the files of the site are files of this machine, one by one."""

SERVERS = ("sftp", "ftp", "s3")

Port = Callable[[int], int]


@dataclass(frozen=True)
class Place:
    """`table` is the one of the target in bulletin.toml, `environment` what the command needs
    besides. `files` gives all that is there, by path; `asked` what the server has been asked to do
    with files, in its own words, and `put` is what to find in these of a file that is put there."""

    table: str
    environment: Mapping[str, str]
    files: Callable[[], dict[str, bytes]]
    read: Callable[[str], bytes | None]
    put: re.Pattern[str] = re.compile("")
    asked: Callable[[], list[str]] = list

    def sent(self, asked: list[str]) -> set[str]:
        """The paths of all files that were put there by being asked this."""
        found = (self.put.search(line) for line in asked)
        return {match[1] for match in found if match}


@contextmanager
def place(
    kind: str, folder: Path, releases: bool = False, port: Port | None = None
) -> Iterator[Place]:
    """A place of one of `FOLDERS` or `SERVERS` that is not there yet; `port` may put something
    before the port of the server, and tell another."""
    port = port or (lambda at: at)
    root = folder / "www" / "bulletin"
    root.parent.mkdir(parents=True)
    table = f"[publish.live]\nreleases = {str(releases).lower()}\n"
    with ExitStack() as stack:
        if kind == "folder":
            yield Place(f'{table}url = "{root.as_uri()}"\n', {}, *_on_disk(root))
        elif kind == "sftp":
            yield _sftp(stack, folder, root, table, port)
        elif kind == "ftp":
            habits = Habits()
            at = port(stack.enter_context(pyftpdlib(folder / "www", habits)))
            yield Place(
                f'[publish.live]\nurl = "ftp://web@127.0.0.1:{at}/bulletin"\n',
                {"BULLETIN_LIVE_PASSWORD": "web"},
                *_on_disk(root),
                re.compile(r"^RNTO /bulletin/((?!\.bulletin/).*)"),
                lambda: [line for line in habits.asked if _FTP.match(line)],
            )
        else:
            yield _s3(stack, port)


def _on_disk(
    root: Path,
) -> tuple[Callable[[], dict[str, bytes]], Callable[[str], bytes | None]]:
    def files() -> dict[str, bytes]:
        paths = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    def read(path: str) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return files, read


def _sftp(stack: ExitStack, folder: Path, root: Path, table: str, port: Port) -> Place:
    log = folder / "sftp.log"
    settings = f"ForceCommand {sftp_server()} -e -l INFO 2>> {log}"
    server = stack.enter_context(openssh(folder / "sshd", settings=settings))
    at, known_hosts = port(server.port), folder / "known_hosts"
    line = server.known_hosts.read_text("utf-8")
    known_hosts.write_text(line.replace(f":{server.port} ", f":{at} "), "utf-8")

    def asked() -> list[str]:
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [line for line in lines if _SFTP.match(line)]

    return Place(
        f'{table}url = "sftp://{server.user}@127.0.0.1:{at}{root.as_posix()}"\n'
        f"key = '{server.key}'\nknown_hosts = '{known_hosts}'\n",
        {},
        *_on_disk(root),
        re.compile(rf'rename .* new "{re.escape(root.as_posix())}/((?!\.bulletin/).*)"'),
        asked,
    )


def sftp_server() -> str:
    """The program that speaks SFTP, and writes down what it is asked for."""
    for folder in ("/usr/lib/openssh", "/usr/libexec", "/usr/libexec/openssh", "/usr/lib/ssh"):
        if Path(folder, "sftp-server").exists():
            return f"{folder}/sftp-server"
    return program("sftp-server")


def _s3(stack: ExitStack, port: Port) -> Place:
    import boto3

    asked: list[str] = []

    def note(method: str, path: str, _body: str) -> None:
        asked.append(f"{method} {path}")

    server = stack.enter_context(running_s3())
    address = stack.enter_context(between(server, note))
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="theirs",
        aws_secret_access_key="theirs",
    )
    stack.callback(client.close)
    client.create_bucket(Bucket="bulletin")

    def files() -> dict[str, bytes]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="bulletin")
        paths = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {
            path: client.get_object(Bucket="bulletin", Key=path)["Body"].read() for path in paths
        }

    at = port(int(address.rpartition(":")[2]))
    return Place(
        f'[publish.live]\nurl = "s3://bulletin"\nendpoint = "http://127.0.0.1:{at}"\n',
        {
            "AWS_ACCESS_KEY_ID": "ours",
            "AWS_SECRET_ACCESS_KEY": "ours",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        files,
        lambda path: files().get(path),
        re.compile(r"^PUT /bulletin/((?!\.bulletin/).*)"),
        lambda: [*asked],
    )


_FTP = re.compile(r"(?:RETR|STOR|APPE|DELE|RN..|MK.|ML..|RMD|LIST|NLST)\b")
_SFTP = re.compile(r"(?:open|opendir|mkdir|remove|rmdir|rename|posix-rename|link) ")
