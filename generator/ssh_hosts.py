"""Which hosts are trusted: the files `known_hosts`, and what to say of a host they do not have.

A host is only ever trusted because of a line in such a file; nothing here adds any.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import asyncssh
from asyncssh import SSHKey

from generator.problems import N_
from generator.remote_errors import TargetError

_USERS = "~/.ssh/known_hosts"
_EVERYONES = "/etc/ssh/ssh_known_hosts"


class HostKeys:
    """The keys of one host, as asyncssh asks for them and about them while it connects."""

    def __init__(self, files: Sequence[str], others: Sequence[str] = ()) -> None:
        """`others`: only what they revoke counts."""
        self.files = files
        self._others = others
        self._name = ""
        self._has_other = False
        self._revoked_in = ""
        self._shown: SSHKey | None = None

    def known(self, host: str, address: str, port: int | None) -> tuple[Sequence[object], ...]:
        """What the files have of a host; `port` is None for that of SSH. Raises TargetError where
        a file cannot be understood."""
        self._name = f"[{host}]:{port}" if port else host
        self._shown = None
        files = _read(self.files)
        trusted, authorities, revoked, *others = files.match(host, address, port)
        # Keys known under the name alone are trusted at any port, as by ssh; but another key at
        # this port does not contradict them.
        own = files.match(self._name, "", None)
        revoked = [*revoked, *own[2]]
        self._has_other, self._revoked_in = bool(own[0]), self._file if revoked else ""
        for file in self._others:
            if found := _revoked_in(file, host, address, port, self._name):
                revoked += found
                self._revoked_in = self._revoked_in or file
        return trusted, authorities, revoked, *others

    def note(self, key: SSHKey) -> None:
        """This is the key of the host, and it is not trusted."""
        self._shown = key

    @property
    def knows_another(self) -> bool:
        """Whether the files have a key of this very host."""
        return self._has_other

    def refusal(self) -> TargetError:
        """Why the host is not trusted."""
        key, name = self._shown, self._name
        if key is None and self._revoked_in:
            return TargetError(
                N_("the key of {host} is revoked in {file}"),
                N_("publish nothing there; ask who runs this host"),
                host=name,
                file=self._revoked_in,
            )
        if self._has_other:
            return TargetError(
                N_("{host} is not who it was: its key is another one than in {file}"),
                N_(
                    "somebody may be pretending to be this host; publish nothing there until who"
                    " runs it has said, by another way, that its key was changed"
                ),
                host=name,
                file=self._file,
            )
        if key is None:
            return TargetError(
                N_("{host} could not show that it is the host in {file}"),
                N_("ask who runs this host for its key"),
                host=name,
                file=self._file,
            )
        words = key.export_public_key("openssh").decode().split()
        return TargetError(
            N_("{host} is not known here; its key is {fingerprint}"),
            N_("if who runs it says the same fingerprint, add to {file} the line: {line}"),
            host=name,
            fingerprint=key.get_fingerprint("sha256"),
            file=self._file,
            line=f"{name} {words[0]} {words[1]}",
        )

    @property
    def _file(self) -> str:
        return self.files[0]


def _read(files: Sequence[str]) -> asyncssh.SSHKnownHosts:
    hosts = asyncssh.import_known_hosts("")
    for file in files:
        try:
            hosts.load(Path(file).read_text("utf-8", "replace"))
        except OSError:  # most have only one of them
            continue
        except ValueError as error:
            raise TargetError(
                N_("{file} cannot be read: {reason}"), file=file, reason=str(error)
            ) from None
    return hosts


def _revoked_in(file: str, host: str, address: str, port: int | None, name: str) -> list[SSHKey]:
    try:
        hosts = _read([file])
    except TargetError:  # SSH passes over what it cannot read
        return []
    return [*hosts.match(host, address, port)[2], *hosts.match(name, "", None)[2]]


def known_hosts_files(users: Sequence[str], everyones: Sequence[str]) -> list[str]:
    """The files to look into, the first being where a new host belongs: the user's and those of
    the machine, each those of the settings of SSH, else those SSH always has."""
    return [*(_named(users) or _named([_USERS])), *(_named(everyones) or [_EVERYONES])]


def _named(files: Sequence[str]) -> list[str]:
    return [str(Path(file).expanduser()) for file in files if file != "none"]
