"""Real servers on 127.0.0.1 to publish to, and how other programs do that."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measuring import files
from tests.servers.distance import far_from

FAR = 0.015
"""Seconds to the server that is far away, and as long back."""

Command = Callable[[Path, str], list[str]]
"""How a program publishes a folder to one of this name at a server."""


@dataclass(frozen=True)
class Server:
    """`table` gives the lines of a target for a folder's name; `peers` are the commands of other
    programs, by what they are called; `read` gives what is in a folder, by path."""

    name: str
    tables: Mapping[str, Callable[[str], str]]
    peers: dict[str, Command]
    read: Callable[[str], dict[str, bytes]]


def _reader(root: Path) -> Callable[[str], dict[str, bytes]]:
    def read(name: str) -> dict[str, bytes]:
        folder = root / name
        return {path: (folder / path).read_bytes() for path in files(folder)}

    return read


@contextmanager
def _folder(scratch: Path) -> Iterator[Server]:
    root = scratch / "www"
    root.mkdir(parents=True)
    yield Server(
        "folder",
        {"Bulletin": lambda name: f'url = "{(root / name).as_uri()}"\nreleases = false\n'},
        {
            "rsync -a": lambda site, name: _rsync(site, f"{root}/{name}/"),
            "cp -a": lambda site, name: ["cp", "-aT", str(site), f"{root}/{name}"],
        },
        _reader(root),
    )


def _rsync(site: Path, to: str, *options: str) -> list[str]:
    return ["rsync", "-a", "--delete", "--mkpath", *options, f"{site}/", to]


def _rclone(site: Path, to: str, at_once: int) -> list[str]:
    return ["rclone", "sync", "--config", "", "--transfers", str(at_once), str(site), to]


@contextmanager
def _sftp(scratch: Path, far: bool) -> Iterator[Server]:
    from tests.servers.openssh import openssh

    root = scratch / "www"
    root.mkdir(parents=True)
    with ExitStack() as stack:
        server = stack.enter_context(openssh(scratch / "sshd"))
        port = stack.enter_context(far_from(server.port, FAR)).port if far else server.port
        known_hosts = scratch / "known_hosts"
        lines = server.known_hosts.read_text("utf-8")
        known_hosts.write_text(lines.replace(f":{server.port} ", f":{port} "), "utf-8")

        def table(scheme: str, name: str) -> str:
            return (
                f'url = "{scheme}://{server.user}@127.0.0.1:{port}{root}/{name}"\n'
                f'key = "{server.key}"\nknown_hosts = "{known_hosts}"\nreleases = false\n'
            )

        ssh = (
            f"ssh -F none -p {port} -i {server.key} -o IdentitiesOnly=yes -o BatchMode=yes"
            f" -o UserKnownHostsFile={known_hosts}"
        )
        # By default it has a command of the server read every file it has sent: that takes a tenth
        # of a second for each.
        remote = (
            f":sftp,host=127.0.0.1,port={port},user={server.user},key_file='{server.key}',"
            f"known_hosts_file='{known_hosts}',disable_hashcheck=true"
        )
        yield Server(
            f"SFTP, {2000 * FAR:.0f} ms away" if far else "SFTP",
            {
                "Bulletin, sftp:": lambda name: table("sftp", name),
                "Bulletin, rsync:": lambda name: table("rsync", name),
            },
            {
                "rsync -a": lambda site, name: _rsync(
                    site, f"{server.user}@127.0.0.1:{root}/{name}/", "-e", ssh
                ),
                "rclone sync": lambda site, name: _rclone(site, f"{remote}:{root}/{name}", 4),
            },
            _reader(root),
        )


@contextmanager
def _ftp(scratch: Path) -> Iterator[Server]:
    from tests.servers.ftp import vsftpd

    root = scratch / "home"
    scratch.mkdir(parents=True)
    with vsftpd(root) as port:
        os.environ["BULLETIN_LIVE_PASSWORD"] = "x"
        obscured = ""
        if has("rclone"):
            told = subprocess.run(["rclone", "obscure", "x"], capture_output=True, check=True)
            obscured = told.stdout.decode().strip()
        remote = f":ftp,host=127.0.0.1,port={port},user=anonymous,pass={obscured},writing_mdtm=true"

        def lftp(site: Path, name: str) -> list[str]:
            mirror = f"mirror -R --parallel=4 --delete {site} /home/{name}"
            return ["lftp", "-u", "anonymous,x", "-e", f"{mirror}; bye", f"ftp://127.0.0.1:{port}"]

        yield Server(
            "FTP",
            {"Bulletin": lambda name: f'url = "ftp://127.0.0.1:{port}/home/{name}"\n'},
            {
                "lftp mirror -R": lftp,
                "rclone sync": lambda site, name: _rclone(site, f"{remote}:/home/{name}", 4),
            },
            _reader(root),
        )


@contextmanager
def _s3(scratch: Path) -> Iterator[Server]:
    import boto3

    from tests.servers.s3 import running_s3

    os.environ |= {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with running_s3() as endpoint:
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        client.create_bucket(Bucket="bench")

        def read(name: str) -> dict[str, bytes]:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket="bench", Prefix=f"{name}/"
            )
            keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
            return {
                key.removeprefix(f"{name}/"): client.get_object(Bucket="bench", Key=key)[
                    "Body"
                ].read()
                for key in keys
            }

        remote = (
            f":s3,provider=Other,endpoint='{endpoint}',access_key_id=x,secret_access_key=x,"
            "region=us-east-1,force_path_style=true"
        )
        yield Server(
            "S3",
            {"Bulletin": lambda name: f'url = "s3://bench/{name}"\nendpoint = "{endpoint}"\n'},
            {"rclone sync": lambda site, name: _rclone(site, f"{remote}:bench/{name}", 16)},
            read,
        )
        client.close()


SERVERS: Mapping[str, tuple[Callable[[Path], AbstractContextManager[Server]], str]] = {
    "folder": (_folder, ""),
    "sftp": (partial(_sftp, far=False), "sshd"),
    "far": (partial(_sftp, far=True), "sshd"),
    "ftp": (_ftp, "vsftpd"),
    "s3": (_s3, ""),
}
"""Each with the program it needs."""


def has(program: str) -> bool:
    """Whether a program is installed; `` always is."""
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    return not program or shutil.which(program, path=path) is not None
