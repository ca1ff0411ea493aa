"""What git says when it fails, as an error of the target."""

from __future__ import annotations

import re

from msgspec import Struct

from generator.git_commands import Answer
from generator.problems import N_
from generator.remote_errors import DiskFull, Dropped, TargetError

_MOST = 300


class _Reason(Struct, frozen=True):
    """`pattern` tells it from git's messages; `text` and `hint` say it."""

    pattern: str
    text: str
    hint: str
    kind: type[TargetError] = TargetError


# In this order: what is told of a lost connection often ends with a line that fits others too.
_REASONS = (
    _Reason(
        r"mismatched algorithms|hash algorithm",
        N_("{address} is a repository with SHA-256, which cannot be published to"),
        N_("make one there with: git init --bare --object-format=sha1"),
    ),
    _Reason(
        r"host key verification failed|remote host identification has changed",
        N_("{address}: the host's key is not known here, or is another one than before"),
        N_("ask its administrator for the key; connect once with ssh, compare, and say yes"),
    ),
    _Reason(
        r"permission denied \(|too many authentication failures",
        N_("{address} does not let us in"),
        N_("add the public part of your SSH key there, and load the key with: ssh-add"),
    ),
    _Reason(
        r"could not read (?:username|password)|terminal prompts disabled",
        N_("{address} asks for a password"),
        N_("give an access token in {variable}, or with: keyring set bulletin {address}"),
    ),
    _Reason(
        r"authentication failed|access denied|invalid (?:credentials|username)|returned error: 401",
        N_("{address} does not accept the user name or the password"),
        N_("these hosts want an access token for a password, one that may write; see {variable}"),
    ),
    _Reason(
        r"returned error: 403|permission to .* denied|write access .* not granted"
        r"|not allowed to push|no write access",
        N_("{address} does not let us write: {said}"),
        N_("the key or the access token needs the right to write to this repository"),
    ),
    _Reason(
        r"no space left|disk quota|out of disk",
        N_("{address}: there is no room left"),
        "",
        DiskFull,
    ),
    _Reason(
        r"certificate|self.signed",
        N_("{address} cannot prove that it is what it says: {said}"),
        N_("ask its administrator"),
    ),
    _Reason(
        r"could not resolve|couldn't resolve"
        r"|connection (?:refused|reset|closed|timed out|to .* closed)"
        r"|connect to |failed to connect|operation timed out|operation too slow|no route to host"
        r"|not responding|network is unreachable|early eof"
        r"|unexpected(?:ly)? (?:disconnect|hung up|closed)"
        r"|hung up|rpc failed|broken pipe|empty reply|recv failure|send failure|transfer closed"
        r"|returned error: (?:429|5\d\d)|kex_exchange_identification|gnutls|ssl_",
        N_("{address} cannot be reached: {said}"),
        N_("is there a connection to the network?"),
        Dropped,
    ),
    _Reason(
        r"not found|does not appear to be a git|does not exist|not a git repository"
        r"|no such remote|no such file or directory|could not read from remote",
        N_("{address}: there is no such repository, or none that you may read"),
        N_("make it there first; look at the spelling of its address"),
    ),
)


def failure(answer: Answer, address: str, variable: str, secret: str = "") -> TargetError:
    """The error of a git program that asked the target, or sent to it, and did not succeed.
    `variable` is where a secret may be given; `secret` must not be seen."""
    for reason in _REASONS:
        found = re.search(f".*(?:{reason.pattern}).*", answer.said, re.IGNORECASE)
        if found is not None:
            said = _plain(found[0], secret)
            return reason.kind(
                reason.text, reason.hint, address=address, variable=variable, said=said
            )
    return TargetError(N_("git: {said}"), said=what_it_said(answer, secret))


def refusal(answer: Answer, address: str, secret: str = "") -> TargetError:
    """The target took what was sent, looked at it, and does not want it."""
    words = [
        line.removeprefix("remote:").strip(" -=*\t")
        for line in answer.said.splitlines()
        if line.startswith("remote:")
    ]
    said = _clean(" ".join(filter(None, words)), secret) or what_it_said(answer, secret)
    return TargetError(
        N_("{address} does not take it: {said}"),
        N_("the rules of the branch or of the repository there forbid it"),
        address=address,
        said=said,
    )


def what_it_said(answer: Answer, secret: str = "") -> str:
    """The line that tells most."""
    lines = [line.strip() for line in answer.said.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"(?:fatal|error|ERROR|remote):", line)]
    line = (telling or lines or [str(answer.code)])[0 if telling else -1]
    return _plain(line, secret)


def _plain(line: str, secret: str) -> str:
    """A line without what is only for programs."""
    return _clean(re.sub(r"^(?:(?:fatal|error|remote): ?)+", "", line, flags=re.IGNORECASE), secret)


def _clean(text: str, secret: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    text = re.sub(r"(://)[^/@\s]+@", r"\1", text)
    if secret:
        text = text.replace(secret, "…")
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
