"""Logging in to a host by SSH as its user's own `ssh` would: with their settings, keys, agent and
known hosts; with a secret only where these do not do."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh import SSHClient, SSHClientConnection, SSHClientConnectionOptions, SSHKey

from generator.credentials import Credentials, missing_secret
from generator.problems import N_
from generator.publish_targets import Ssh, Target
from generator.remote_errors import Dropped, TargetError
from generator.ssh_hosts import HostKeys, known_hosts_files

_DEFAULT_KEYS = ("id_ed25519_sk", "id_ecdsa_sk", "id_ed25519", "id_ecdsa", "id_rsa")
_FAST_CIPHERS = "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"
_HOST_KEYS = (
    "+ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"
    ",rsa-sha2-512,rsa-sha2-256"
)
"""Kinds of keys to ask a host for after those that are known of it. One that has none of these
shows another, so that it can be said that it has changed."""

_SIGNS_BEFORE_LOST = 2


class Login:
    """How to get into one host. It keeps what has let it in, so that nobody is asked twice."""

    def __init__(
        self, target: Target, ssh: Ssh, credentials: Credentials, timeout: float, project: Path
    ) -> None:
        self._target = target
        self._ssh = ssh
        self._credentials = credentials
        self._timeout = timeout
        self._project = project
        self._password: str | None = None
        self._keys: list[SSHKey] = []
        self._hosts_files: Sequence[str] = ()
        self._was_in = False

    @property
    def needs_no_secret(self) -> bool:
        """Whether keys as they are, or an agent, have let it in."""
        return self._was_in and not self._password and not self._keys

    def key_file(self) -> Path | None:
        return self._path(self._ssh.key)

    def words_for_ssh(self) -> list[str]:
        """How OpenSSH's `ssh` is to be called to come in as this has, without asking anybody."""
        files = " ".join('"{}"'.format(name.replace("%", "%%")) for name in self._hosts_files)
        third = max(1, round(self._timeout / (_SIGNS_BEFORE_LOST + 1)))
        words = ["-T", "-x", "-a"]
        for setting in (
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={files}",
            "UpdateHostKeys=no",
            "ClearAllForwardings=yes",
            f"ConnectTimeout={max(1, round(self._timeout))}",
            f"ServerAliveInterval={third}",
            f"ServerAliveCountMax={_SIGNS_BEFORE_LOST}",
        ):
            words += ["-o", setting]
        if self._ssh.port:
            words += ["-p", str(self._ssh.port)]
        if self._ssh.user:
            words += ["-l", self._ssh.user]
        key = self.key_file()
        if key is not None:
            words += ["-i", str(key), "-o", "IdentitiesOnly=yes"]
        return words

    async def connect(self) -> SSHClientConnection:
        """Raises Dropped where it may work later, TargetError where it will not."""
        visit = await self._try()
        if visit.connection is None and not self._password and not self._keys:
            await self._ask(visit)
            visit = await self._try()
        if visit.connection is None:
            raise self._not_let_in(visit)
        self._was_in = True
        return visit.connection

    async def _try(self) -> _Visit:
        """One attempt; its connection is None where the host is right and let nobody in."""
        options = self._options()
        hosts = self._host_keys(options)
        self._hosts_files = hosts.files
        visit = _Visit(hosts, self._password)
        ssh = self._ssh
        try:
            visit.connection = await asyncssh.connect(
                ssh.host,
                ssh.port or (),
                options=options,
                client_factory=lambda: visit,
                known_hosts=visit.hosts.known,
            )
        except asyncssh.PermissionDenied:
            visit.user = options.username
        except asyncssh.HostKeyNotVerifiable as error:
            # One that is on the way to the host is not asked about here.
            raise (visit.hosts.refusal() if visit.is_there else self._failed(error)) from None
        except asyncssh.KeyExchangeFailed as error:
            if visit.hosts.knows_another:
                raise visit.hosts.refusal() from None
            raise self._failed(error) from None
        except socket.gaierror as error:
            if self._was_in or error.errno == socket.EAI_AGAIN:
                raise Dropped(N_("{host} cannot be found"), host=ssh.host) from None
            raise TargetError(
                N_("{host} cannot be found"), N_("look at the name of the host"), host=ssh.host
            ) from None
        except (asyncssh.ConnectionLost, TimeoutError, asyncio.IncompleteReadError):
            raise Dropped(N_("{host} does not answer"), host=ssh.host) from None
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise Dropped(
                N_("{host} cannot be reached: {reason}"), host=ssh.host, reason=reason
            ) from None
        except (asyncssh.Error, ValueError) as error:
            raise self._failed(error) from None
        return visit

    def _options(self) -> SSHClientConnectionOptions:
        ssh, given = self._ssh, self.key_file()
        if given is not None and not given.is_file():
            raise TargetError(
                N_("the key {file} is not there"),
                N_("look at “key” of the target “{name}” in bulletin.toml"),
                file=str(given),
                name=self._target.name,
            )
        wanted: dict[str, Any] = {
            "config": (),  # that of the user, which is not the default here
            "port": ssh.port or (),
            "username": ssh.user or (),
            "connect_timeout": self._timeout,
            "login_timeout": self._timeout,
            "keepalive_interval": self._timeout / (_SIGNS_BEFORE_LOST + 1),
            "keepalive_count_max": _SIGNS_BEFORE_LOST,
            "ignore_encrypted": True,
            "agent_forwarding": False,
            "x11_forwarding": False,
            "request_pty": False,
            "command": None,
        }
        if self._keys:
            wanted |= {"client_keys": self._keys, "agent_path": None}
        elif given is not None:
            wanted |= {"client_keys": [str(given)], "agent_identities": _identities(given)}
        try:
            options = SSHClientConnectionOptions(host=ssh.host, **wanted)
            # Machines of today do these in hardware; others are taken where a server has none.
            if not options.config.get("Ciphers"):
                wanted["encryption_algs"] = _FAST_CIPHERS
            if not options.config.get("HostKeyAlgorithms"):
                wanted["server_host_key_algs"] = _HOST_KEYS
            return SSHClientConnectionOptions(host=ssh.host, **wanted)
        except (OSError, ValueError, asyncssh.Error) as error:
            raise TargetError(
                N_("the settings of SSH, or a key, cannot be read: {reason}"), reason=str(error)
            ) from None

    async def _ask(self, visit: _Visit) -> None:
        """Find a secret for what was asked for; raises TargetError where there is none."""
        locked = [file for file in self._key_files() if _is_locked(file)]
        if not locked and not visit.asked:
            raise self._not_let_in(visit)
        for_key = bool(locked) and (bool(self._ssh.key) or not visit.asked)
        purpose = str(locked[0]) if for_key else self._target.address
        secret = await asyncio.to_thread(self._credentials.secret, purpose, False)
        kept = secret is not None
        if secret is None:
            secret = await asyncio.to_thread(self._credentials.secret, purpose)
        if secret is None:
            raise missing_secret(self._target)
        if kept or for_key:
            self._keys = [key for file in locked if (key := _unlock(file, secret)) is not None]
        # What somebody has typed as the passphrase of a key is nothing for the server.
        if not self._keys and visit.asked and (kept or not for_key):
            self._password = secret
        if not self._keys and self._password is None:
            raise TargetError(
                N_("this is not the passphrase of the key {file}"), file=str(locked[0])
            )

    def _key_files(self) -> Sequence[Path]:
        """Where keys may be that this login would take."""
        given = self.key_file()
        if given is not None:
            return [given]
        configured: Any = self._options().config.get("IdentityFile", ())
        named = [configured] if isinstance(configured, str) else list(configured)
        folder = Path("~/.ssh").expanduser()
        return [Path(file).expanduser() for file in named] or [folder / n for n in _DEFAULT_KEYS]

    def _host_keys(self, options: SSHClientConnectionOptions) -> HostKeys:
        configured: Any = options.config
        files = known_hosts_files(
            configured.get("UserKnownHostsFile", ()), configured.get("GlobalKnownHostsFile", ())
        )
        given = self._path(self._ssh.known_hosts)
        return HostKeys(files) if given is None else HostKeys([str(given)], files)

    def _path(self, written: str) -> Path | None:
        """A path of bulletin.toml: of the project, or below the user's folder with `~`."""
        return self._project / Path(written).expanduser() if written else None

    def _not_let_in(self, visit: _Visit) -> TargetError:
        tried = ["publickey", *visit.asked] if not visit.tried_password else visit.asked
        return TargetError(
            N_("{host} does not let “{user}” in"),
            N_("tried: {methods}; look at the user’s name, and at the key or the password"),
            host=self._ssh.host,
            user=visit.user,
            methods=", ".join(tried),
        )

    def _failed(self, error: Exception) -> TargetError:
        return TargetError(
            N_("no connection by SSH with {host}: {reason}"),
            host=self._ssh.host,
            reason=str(error) or type(error).__name__,
        )


class _Visit(SSHClient):
    """What happens in one attempt. `is_there`: the host itself was reached; `asked`: the methods by
    which it would take a password."""

    def __init__(self, hosts: HostKeys, password: str | None) -> None:
        self.hosts = hosts
        self.connection: SSHClientConnection | None = None
        self.user = ""
        self.asked: list[str] = []
        self.tried_password = False
        self.is_there = False
        self._password = password

    def connection_made(self, conn: SSHClientConnection) -> None:
        self.is_there = True

    def validate_host_public_key(self, host: str, addr: str, port: int, key: SSHKey) -> bool:
        self.hosts.note(key)
        return False

    def password_auth_requested(self) -> str | None:
        return self._give("password")

    def kbdint_auth_requested(self) -> str | None:
        return "" if self._give("keyboard-interactive") is not None else None

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        # A question whose answer may be seen, or a second one, is not for the password.
        if len(prompts) > 1 or any(shown for _, shown in prompts):
            return None
        return [self._password or "" for _ in prompts]

    def _give(self, method: str) -> str | None:
        """The password, for the first time that this method asks for it."""
        if method in self.asked:
            return None
        self.asked.append(method)
        self.tried_password = self.tried_password or self._password is not None
        return self._password


def _identities(file: Path) -> list[bytes] | None:
    """Which key of an agent this one is; None, where that cannot be told, stands for all."""
    for public in (Path(f"{file}.pub"), file):
        try:
            return [asyncssh.read_public_key(public).public_data]
        except (OSError, ValueError):
            continue
    return None


def _is_locked(file: Path) -> bool:
    """Whether a file has a key that needs a passphrase."""
    try:
        asyncssh.read_private_key(file)
    except asyncssh.KeyImportError as error:
        return str(error).startswith("Passphrase")
    except (OSError, ValueError):
        return False
    return False


def _unlock(file: Path, secret: str) -> SSHKey | None:
    """The key in a file; None where this is not its passphrase."""
    try:
        return asyncssh.read_private_key(file, secret)
    except (OSError, ValueError) as error:
        if "bcrypt" not in str(error):
            return None
        raise TargetError(
            N_("the key {file} cannot be unlocked without the package bcrypt"),
            N_("install it, or add the key to ssh-agent: ssh-add {file}"),
            file=str(file),
        ) from None
