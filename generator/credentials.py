"""Secrets of a target: from the environment, the keyring or a prompt, never from a file of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

from generator.problems import N_
from generator.publish_targets import Target, secret_variable
from generator.remote_errors import TargetError
from generator.unseen import ask_unseen

SERVICE = "bulletin"
"""Under this name secrets stand in the keyring, each with the address of its target."""


class Credentials(Protocol):
    """What a target may be asked for. Nobody else holds a secret longer than it needs it."""

    def secret(self, purpose: str, ask: bool = True) -> str | None:
        """The password or the passphrase of the target. `purpose` is what it is for: the address of
        the target, or else the file of a key. None where there is none, and nobody to ask, or who
        is asked gives none. Who ends the asking by Ctrl-C has KeyboardInterrupt raised, in whatever
        thread this is."""


class UserCredentials:
    """Those of the user of this machine."""

    def __init__(self, target: Target, say: Callable[[str], str]) -> None:
        self._target = target
        self._say = say
        self._known: str | None = None

    def secret(self, purpose: str, ask: bool = True) -> str | None:
        given = self._known or os.environ.get(secret_variable(self._target.name))
        given = given or self._from_keyring()
        if not given and ask and sys.stdin is not None and sys.stdin.isatty():
            is_key = purpose != self._target.address
            text = N_("Passphrase of the key {purpose}") if is_key else N_("Password for {purpose}")
            given = ask_unseen(f"{self._say(text).format(purpose=purpose)}: ")
        self._known = given or None
        return self._known

    def _from_keyring(self) -> str | None:
        """What the keyring has; None too where there is none, or it is locked."""
        try:
            import keyring
            import keyring.errors
        except ImportError:
            return None
        try:
            return keyring.get_password(SERVICE, self._target.address)
        except keyring.errors.KeyringError:
            return None


def missing_secret(target: Target) -> TargetError:
    """There is no password, and it was needed."""
    return TargetError(
        N_("{address} asks for a password"),
        N_("give it in {variable}, or with: keyring set {service} {address}"),
        address=target.address,
        variable=secret_variable(target.name),
        service=SERVICE,
    )
