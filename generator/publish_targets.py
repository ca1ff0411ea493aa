"""Where the site is published: the tables `[publish.*]` of bulletin.toml, typed.

Addresses are URLs (RFC 3986) of the schemes in `_READERS`. None may hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from generator.fields import Reader
from generator.located import Mapping, Node, Scalar, Sequence
from generator.problems import N_, Place
from generator.secret_marks import holds_secret, names_secret, names_user

KEPT_RELEASES = 5


class Folder(Struct, frozen=True, tag=True):
    """A folder of this machine, or a share it has mounted; a relative one is the project's."""

    path: str
    releases: bool | None
    keep: int


class Ssh(Struct, frozen=True, tag=True):
    """A folder of a host reached by SSH. `port` 0, `user` ``, `key` `` and `known_hosts` `` are as
    in the user's own settings of SSH; a `path` that does not begin with `/` is below the user's
    folder. `rsync`: by it, where both ends have it."""

    host: str
    port: int
    user: str
    path: str
    key: str
    known_hosts: str
    rsync: bool
    releases: bool | None
    keep: int
    connections: int


class Ftp(Struct, frozen=True, tag=True):
    """A folder of an FTP server. `tls`: over TLS (RFC 4217), from the first byte on port 990."""

    host: str
    port: int
    user: str
    path: str
    tls: bool
    encoding: str
    connections: int


class Bucket(Struct, frozen=True, tag=True):
    """A prefix (`` or ending with `/`) in a bucket of S3 or of what speaks like it at
    `endpoint`."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    profile: str
    connections: int


class Branch(Struct, frozen=True, tag=True):
    """A branch of a Git repository, at an address as Git takes it."""

    repository: str
    branch: str
    cname: str


class Command(Struct, frozen=True, tag=True):
    """A command of the user's own, in words; `{site}` in them is the folder of the built site."""

    words: tuple[str, ...]


Kind: TypeAlias = Folder | Ssh | Ftp | Bucket | Branch | Command


class Target(Struct, frozen=True):
    """One table. `address` is the URL, or the program, fit to be shown; `extra` is a folder of the
    project whose files are published beside the site as they are, or ``; `public_url` is where
    readers find it, ending with `/`, or ``."""

    name: str
    place: Place
    address: str
    kind: Kind
    default: bool
    extra: str
    public_url: str


def read_targets(publish: Reader) -> tuple[Target, ...]:
    """The targets in `[publish]`, in the order written; what is wrong with them is noted."""
    targets = []
    taken: dict[str, str] = {}
    for name, node in publish.mapping.items.items():
        if not isinstance(node, Mapping) and names_secret(name):
            publish.asked.append(name)
            _refuse_secret(publish, publish.place(name), "NAME")
            continue
        fields = publish.nested(name)
        if fields is None:
            continue
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            publish.note(
                publish.place(name),
                "bad-target-name",
                N_("“{name}” cannot be the name of a target"),
                N_("take letters without marks, digits, - and _"),
                name=name,
            )
        first = taken.setdefault(secret_variable(name), name)
        if first != name:
            publish.note(
                publish.place(name),
                "bad-target-name",
                N_("the targets “{first}” and “{name}” would share the password in {variable}"),
                N_("rename one: upper and lower case count as the same, and so do - and _"),
                first=first,
                name=name,
                variable=secret_variable(name),
            )
        secret = _note_secrets(fields, name)
        target = None if secret else _target(fields, name, publish.place(name))
        if target is not None:
            targets.append(target)
    defaults = [target for target in targets if target.default]
    for target in defaults[1:]:
        publish.note(
            target.place,
            "two-defaults",
            N_("the target “{first}” is the default already"),
            N_("leave “default = true” with one of them"),
            first=defaults[0].name,
        )
    return tuple(targets)


def secret_variable(name: str) -> str:
    """The environment variable that holds the secret of a target."""
    return f"BULLETIN_{name.upper().replace('-', '_')}_PASSWORD"


def _note_secrets(fields: Reader, name: str) -> bool:
    """Note every secret, without saying it; tells whether there are any."""
    found = [*_secret_keys(fields.mapping)]
    for key, holds in _HOLDS.items():
        node = fields.mapping.items.get(key)
        if isinstance(node, Scalar) and holds(str(node.value).strip()):
            found.append(node.place)
    for place in found:
        _refuse_secret(fields, place, name)
    return bool(found)


def _secret_keys(node: Node) -> Iterator[Place]:
    """Where keys stand, at any depth, that are called as a secret is."""
    if isinstance(node, Mapping):
        for key, inner in node.items.items():
            if names_secret(key):
                yield node.keys[key]
            else:
                yield from _secret_keys(inner)
    elif isinstance(node, Sequence):
        for inner in node.items:
            yield from _secret_keys(inner)


def _refuse_secret(fields: Reader, place: Place, name: str) -> None:
    fields.note(
        place,
        "secret-in-configuration",
        N_("a secret stands in bulletin.toml, which others read"),
        N_("take it out, change it, and give it in {variable}, in the keyring, or when asked"),
        variable=secret_variable(name),
    )


def _target(fields: Reader, name: str, place: Place) -> Target | None:
    before = len(fields.problems)
    default, extra = fields.boolean("default"), fields.text("extra")
    public_url = fields.text("public_url")
    url, words = fields.text("url"), _words(fields)
    if bool(url) == bool(words):
        fields.note(
            place,
            "bad-target",
            N_("the target “{name}” needs a “url” or a “command”, one of them"),
            N_('for example: url = "sftp://user@host/var/www/bulletin"'),
            name=name,
        )
        return None
    kind = Command(words) if words else _destination(fields, url)
    if kind is None:
        return None
    fields.finish()
    endpoint = kind.endpoint if isinstance(kind, Bucket) else ""
    for key, address in (("public_url", public_url), ("endpoint", endpoint)):
        if address and not is_web_address(address):
            # It is not said: what cannot be read may hold anything.
            fields.note(
                fields.place(key),
                "bad-url",
                N_("“{key}” is not a web address"),
                N_("write it like https://www.example.vn/"),
                key=key,
            )
    if len(fields.problems) > before:
        return None
    public = public_url.rstrip("/") + "/" if public_url else ""
    # The words of a command may hold a secret, but for the first.
    return Target(name, place, url or words[0], kind, default, extra, public)


def is_web_address(url: str) -> bool:
    """Whether the address of a site can be this."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets, or a port that is no number
        return False
    return good and not parts.query and not parts.fragment and url.split() == [url]


def _words(fields: Reader) -> tuple[str, ...]:
    """The words of a command as they are: the same word may stand in it twice."""
    words = (fields.scalar("command", node) for node in fields.items("command"))
    return tuple(word for word in words if word)


def _destination(fields: Reader, url: str) -> Kind | None:
    scheme, colon, rest = url.partition(":")
    reads = _READERS.get(scheme.lower()) if colon else None
    place = fields.place("url")
    # An address that cannot be read is not said: a password may stand anywhere in it.
    if reads is None:
        fields.note(
            place,
            "bad-target",
            N_("“url” begins with nothing that sites are published to"),
            N_("possible: {known}"),
            known=", ".join(f"{name}:" for name in _READERS),
        )
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    kind = reads(fields, parts, rest) if port != 0 else None
    if kind is None:
        fields.note(
            place,
            "bad-target",
            N_("“url” is not whole"),
            N_("write it like {example}"),
            example=_EXAMPLES[scheme.lower()],
        )
    return kind


def _folder(fields: Reader, parts: SplitResult, rest: str) -> Folder | None:
    releases, keep = _releases(fields), _keep(fields)
    path = unquote(rest)
    if path.startswith(("///", "//localhost/")):
        path = "/" + path[2:].partition("/")[2]
    if re.match(r"/[A-Za-z]:[/\\]", path):
        path = path[1:]  # file:///C:/site
    return Folder(path, releases, keep) if path and not parts.query else None


def _ssh(fields: Reader, parts: SplitResult, _rest: str) -> Ssh | None:
    kind = Ssh(
        host=parts.hostname or "",
        port=parts.port or 0,
        user=unquote(parts.username or ""),
        path=_remote_path(parts),
        key=fields.text("key"),
        known_hosts=fields.text("known_hosts"),
        rsync=parts.scheme == "rsync",
        releases=_releases(fields),
        keep=_keep(fields),
        connections=_connections(fields, 1),
    )
    return kind if kind.host and kind.path and _ends_with_path(parts) else None


def _ftp(fields: Reader, parts: SplitResult, _rest: str) -> Ftp | None:
    kind = Ftp(
        host=parts.hostname or "",
        port=parts.port or 21,
        user=unquote(parts.username or "") or "anonymous",
        path=_remote_path(parts) or ".",
        tls=parts.scheme == "ftps",
        encoding=fields.text("encoding"),
        connections=_connections(fields, 4),
    )
    return kind if kind.host and _ends_with_path(parts) else None


def _bucket(fields: Reader, parts: SplitResult, _rest: str) -> Bucket | None:
    prefix = unquote(parts.path).strip("/")
    kind = Bucket(
        bucket=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=fields.text("endpoint"),
        region=fields.text("region"),
        profile=fields.text("profile"),
        connections=_connections(fields, 16),
    )
    good = kind.bucket and "@" not in kind.bucket and _ends_with_path(parts)
    return kind if good else None


def _branch(fields: Reader, parts: SplitResult, rest: str) -> Branch | None:
    # git://host/path is Git's own protocol; after git: alone stands any address Git takes.
    repository = parts.geturl() if rest.startswith("//") else rest
    branch = fields.text("branch") or "gh-pages"
    kind = Branch(repository, branch, fields.text("cname"))
    return kind if repository and not repository.startswith("-") else None


def _remote_path(parts: SplitResult) -> str:
    """`/var/www`; `www` for `/~/www`, which is below the user's folder; `` for none."""
    path = unquote(parts.path)
    if path == "/~" or path.startswith("/~/"):
        return path[3:].rstrip("/") or "."
    return path.rstrip("/") or path[:1]


def _ends_with_path(parts: SplitResult) -> bool:
    """Whether nothing comes after the path, where `?` and `#` are written %3F and %23."""
    return not parts.query and not parts.fragment


def _releases(fields: Reader) -> bool | None:
    return fields.boolean("releases") if "releases" in fields.mapping.items else None


def _keep(fields: Reader) -> int:
    return fields.integer("keep", KEPT_RELEASES, 1, 1000)


def _connections(fields: Reader, default: int) -> int:
    return fields.integer("connections", default, 1, 64)


_READERS: dict[str, Callable[[Reader, SplitResult, str], Kind | None]] = {
    "file": _folder,
    "sftp": _ssh,
    "rsync": _ssh,
    "ftp": _ftp,
    "ftps": _ftp,
    "s3": _bucket,
    "git": _branch,
}

_HOLDS = {"url": holds_secret, "endpoint": names_user, "public_url": names_user}
"""Keys with an address, and what tells whether it holds a secret."""

_EXAMPLES = {
    "file": "file:///var/www/bulletin",
    "sftp": "sftp://user@host/var/www/bulletin",
    "rsync": "rsync://user@host/var/www/bulletin",
    "ftp": "ftp://user@host/public_html",
    "ftps": "ftps://user@host/public_html",
    "s3": "s3://bucket/prefix",
    "git": "git:git@github.com:office/bulletin.git",
}
