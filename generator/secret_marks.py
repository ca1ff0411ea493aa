"""What a secret looks like in bulletin.toml, where none may stand.

Whoever reads an address asks here first: one that may hold a secret is neither used nor shown.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

_IN_KEYS = (
    "passw", "passphrase", "secret", "token", "accesskey", "apikey", "privatekey", "matkhau",
)  # fmt: skip
_WORDS = frozenset(("pass", "pwd"))

_BEGINNING = re.compile(r"(?:git:)?(?:[a-z][a-z0-9+.-]*:)?//|(?:sftp|rsync|ftps?|s3|git):", re.I)
"""What comes before the name of a user, or the path."""

_DRIVE = re.compile(r"/*[A-Za-z]:[/\\]")
_HTTP = re.compile(r"(?:git:)?https?:", re.I)
_PLAIN_USER = re.compile(r"[\w.+-]{1,64}(?:@[\w.-]{1,64})?")
_TOKEN = re.compile(
    r"^(?:gh[a-z]_|github_pat_|gl[a-z]{2,5}-|at(?:att|bb)[a-z0-9])|[\w-]{20,}", re.I
)
"""How the access tokens of GitHub, GitLab and Atlassian begin; those of others are long."""


def names_secret(key: str) -> bool:
    """Whether it is a key under which people would write a secret."""
    plain = re.sub(r"[^a-z]", "", key.lower())
    words = re.split(r"[^a-z]+", key.lower())
    return not _WORDS.isdisjoint(words) or any(part in plain for part in _IN_KEYS)


def holds_secret(address: str) -> bool:
    """Whether a URL of a target may hold a password or a token, whole or not: anything with a `:`
    before an `@` may. In the path of one that is good, both can be written otherwise."""
    beginning = _BEGINNING.match(address)
    rest = address[beginning.end() :] if beginning else address
    scheme = address.partition(":")[0].lower()
    if scheme == "file":  # in a path, both may stand
        return beginning is not None and ":" in _user(rest)
    if scheme == "git" and _DRIVE.match(rest):
        rest = rest.partition(":")[2]
    if ":" in unquote(rest.rpartition("@")[0]) or any(map(names_secret, _questions(address))):
        return True
    user = _user(rest) if _HTTP.match(address) else ""
    return bool(user) and not (_PLAIN_USER.fullmatch(user) and not _TOKEN.search(_local(user)))


def names_user(address: str) -> bool:
    """Whether something stands before an `@` in a web address, where no name is of use."""
    return bool(_user(address.partition("//")[2])) or holds_secret(address)


def _user(rest: str) -> str:
    """What stands before the host, of what comes after `//`."""
    return unquote(rest.partition("/")[0].rpartition("@")[0])


def _local(user: str) -> str:
    return user.partition("@")[0]


def _questions(address: str) -> list[str]:
    """The keys after a `?`."""
    return [key for key, _ in parse_qsl(address.partition("?")[2], keep_blank_values=True)]
