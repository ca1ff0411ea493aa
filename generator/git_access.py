"""Where the repository of a branch is, and what lets git in there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from generator.credentials import Credentials
from generator.git_commands import check_version, environment, git
from generator.git_errors import what_it_said
from generator.problems import N_
from generator.publish_targets import Branch
from generator.remote_errors import TargetError

_STALLED = 60
"""Seconds without a byte after which a connection by HTTP counts as lost."""

_TRAVELS = re.compile(r"(?:http|credential)\..+|core\.sshcommand|ssh\.variant", re.IGNORECASE)
"""Settings of the project's own repository that say how to reach where it comes from. A build
service leaves the token of its checkout there. `url.…` is in the addresses of the remotes
already."""

_TOKEN_HEADER = re.compile(r"http\.(?:.+\.)?extraheader", re.IGNORECASE)

_NO_REPOSITORY = re.compile(r"not a git repository", re.IGNORECASE)

_HELPER = (
    '!f() { test "$1" = get || return 0; printf "username=%s\\npassword=%s\\n"'
    ' "$BULLETIN_GIT_USER" "$BULLETIN_GIT_PASSWORD"; }; f'
)
"""Git runs it in a shell of its own, on Windows too."""


class Access(Struct, frozen=True):
    """`url` is as git takes it, without a secret; `environ` is for the programs that go there, and
    has one where there is one, which is `secret`."""

    url: str
    environ: dict[str, str]
    secret: str
    interactive: bool


class Author(Struct, frozen=True):
    name: str
    email: str


async def find_access(branch: Branch, project: Path, credentials: Credentials) -> Access:
    """How to reach the repository of a branch. Raises TargetError."""
    await check_version()
    if (await git("check-ref-format", f"refs/heads/{branch.branch}")).code:
        raise TargetError(
            N_("“{branch}” cannot be the name of a branch"),
            N_("write one such as gh-pages, without spaces"),
            branch=branch.branch,
        )
    url, settings = await _address(branch.repository, project)
    interactive = sys.stdin is not None and sys.stdin.isatty()
    more = {} if interactive else {"GIT_TERMINAL_PROMPT": "0"}
    more |= await _ssh(project, settings, interactive)
    parts = urlsplit(url) if re.match(r"https?://", url, re.IGNORECASE) else None
    secret = ""
    if parts is not None:
        url, kept = _without_password(parts)
        secret = credentials.secret(N_("Access token"), ask=False) or kept
        if secret:
            _check_encrypted(parts, url)
            host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
            more["BULLETIN_GIT_USER"] = unquote(parts.username or "") or "x-access-token"
            more["BULLETIN_GIT_PASSWORD"] = secret
            settings = [item for item in settings if not _TOKEN_HEADER.fullmatch(item[0])]
            # The empty one takes away those of the user: one may have an older token.
            settings += [(f"credential.{host}.helper", helper) for helper in ("", _HELPER)]
    settings += [
        ("http.lowSpeedLimit", "1"),
        ("http.lowSpeedTime", str(_STALLED)),
    ]
    return Access(url, environment(settings, more), secret, interactive)


async def find_author(project: Path) -> Author:
    """Who publishes, as the user has told git; a name of ours where they have not."""
    known = environment([("user.useConfigOnly", "true")], {})
    answer = await git("-C", str(project), "var", "GIT_AUTHOR_IDENT", environ=known)
    found = re.match(r"(.*) <([^<>]*)> \d+ [+-]\d+$", answer.text)
    if answer.code or found is None or not found[2]:
        return Author("Bulletin", "bulletin@localhost")
    return Author(found[1], found[2])


async def _address(repository: str, project: Path) -> tuple[str, list[tuple[str, str]]]:
    """The repository as git takes it from anywhere, and the settings of the project's own for it,
    if it is a remote of that."""
    answer = await git("-C", str(project), "remote")
    if (
        answer.code
        and re.fullmatch(r"[\w.-]+", repository)
        and not _NO_REPOSITORY.search(answer.said)
    ):
        raise TargetError(
            N_("git does not look into the repository of the project: {said}"),
            N_("make its folder yours, or: git config --global --add safe.directory {folder}"),
            said=what_it_said(answer),
            folder=str(project.absolute()),
        )
    remotes = await _remotes(project, answer.text.splitlines())
    if repository in remotes:
        url = remotes[repository]
        return _absolute(url, project), await _settings(project)
    ours = _plain(repository) in map(_plain, remotes.values())
    return _absolute(repository, project), await _settings(project) if ours else []


async def _ssh(project: Path, settings: list[tuple[str, str]], interactive: bool) -> dict[str, str]:
    """SSH with signs of life, so that a lost connection is noticed, and without questions where
    nobody is there to answer; all else as in the user's own settings. None of it where they have
    chosen another program."""
    chosen = {name.lower() for name, _ in settings}
    answer = await git("-C", str(project), "config", "core.sshCommand")
    if {"GIT_SSH_COMMAND", "GIT_SSH"} & os.environ.keys() or "core.sshcommand" in chosen:
        return {}
    if answer.text:
        return {}
    quiet = "" if interactive or "SSH_ASKPASS" in os.environ else " -o BatchMode=yes"
    return {"GIT_SSH_COMMAND": f"ssh -o ServerAliveInterval=15 -o ServerAliveCountMax=4{quiet}"}


def _absolute(repository: str, project: Path) -> str:
    """A relative path is the project's; a web address and `host:path` stay as they are."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|:)|[^/\\:]{2,}:|\[", repository):
        return repository
    return str((project / repository).absolute())


def _plain(url: str) -> str:
    """An address without what may be written, or not."""
    return re.sub(r"(://)[^/@]+@", r"\1", url).rstrip("/").removesuffix(".git")


async def _remotes(project: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of the project's own repository, by name, with the address they are pushed to."""
    found = {}
    for name in names:
        answer = await git("-C", str(project), "remote", "get-url", "--push", name)
        if not answer.code and answer.text:
            found[name] = answer.text.splitlines()[0]
    return found


async def _settings(project: Path) -> list[tuple[str, str]]:
    answer = await git(
        "-C", str(project), "config", "--list", "--includes", "--show-scope", "--null"
    )
    fields = answer.out.decode("utf-8", "replace").split("\0")
    found = []
    for scope, item in zip(fields[0::2], fields[1::2], strict=False):
        name, _, value = item.partition("\n")
        if scope in ("local", "worktree") and _TRAVELS.fullmatch(name):
            found.append((name, value))
    return found


def _without_password(parts: SplitResult) -> tuple[str, str]:
    """The address without the password in it, and that: a build service may have put it there."""
    user, _, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    if not colon:
        return parts.geturl(), ""
    return parts._replace(netloc=f"{name}@{host}" if name else host).geturl(), unquote(password)


def _check_encrypted(parts: SplitResult, url: str) -> None:
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise TargetError(
            N_("to {address}, the password would go unencrypted"),
            N_("write https:// for http://"),
            address=url,
        )
