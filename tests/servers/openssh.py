"""OpenSSH's server, with keys of its own, for whoever runs the tests.

with openssh(tmp_path) as server:
    connect("127.0.0.1", server.port, server.user, server.key)
"""

from __future__ import annotations

import getpass
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, program

PATIENCE = 20.0


@dataclass(frozen=True)
class OpenSsh:
    """`key` and `other_key` (of ECDSA) are private keys that are let in; `known_hosts` a file with
    the line of this server; `log` is what it says."""

    port: int
    user: str
    key: Path
    other_key: Path
    known_hosts: Path
    host_key: Path
    log: list[str]


def make_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    """A new private key, and its public one beside it."""
    subprocess.run(
        [program("ssh-keygen"), "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", str(path)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


@contextmanager
def openssh(folder: Path, *, shell: bool = True, settings: str = "") -> Iterator[OpenSsh]:
    """A server whose files are in `folder`. Without `shell` there is SFTP only. `settings` are
    lines for its sshd_config."""
    folder.mkdir(parents=True, exist_ok=True)
    host_key, key = make_key(folder / "host_key"), make_key(folder / "key")
    other = make_key(folder / "other_key", kind="ecdsa")
    allowed = folder / "authorized_keys"
    allowed.write_bytes(Path(f"{key}.pub").read_bytes() + Path(f"{other}.pub").read_bytes())
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it wants an empty folder there
    port, log = free_port(), list[str]()
    lines = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {host_key}",
        f"AuthorizedKeysFile {allowed}",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "UseDNS no",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "MaxStartups 200",
        "Subsystem sftp internal-sftp",
        *([] if shell else ["ForceCommand internal-sftp"]),
        settings,
    ]
    configuration = folder / "sshd_config"
    configuration.write_text("\n".join(lines) + "\n", "utf-8")
    process = subprocess.Popen(
        [program("sshd"), "-D", "-e", "-f", str(configuration)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    listening = threading.Event()

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if "Server listening" in line:
                listening.set()
        listening.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    known_hosts = folder / "known_hosts"
    public = Path(f"{host_key}.pub").read_text("utf-8")
    known_hosts.write_text(f"[127.0.0.1]:{port} {public}", "utf-8")
    try:
        assert listening.wait(PATIENCE)
        assert process.poll() is None, "".join(log)
        yield OpenSsh(port, getpass.getuser(), key, other, known_hosts, host_key, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        if process.stderr is not None:
            process.stderr.close()
