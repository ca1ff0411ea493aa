"""Where the preview listens: a free port, the addresses to print, the names it answers to."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys

from msgspec import Struct

_TRIES = 20
_BACKLOG = 2048
_MOST_SILENCE = 60
_WILDCARDS = ("0.0.0.0", "::")
_LOOPBACKS = ("127.0.0.1", "[::1]")
# On Windows a port that another program keeps for itself is one without permission.
_TAKEN = (errno.EADDRINUSE, *([errno.EACCES] if os.name == "nt" else []))


class NotHere(Exception):
    """This machine has no such name or number."""


class Listening(Struct, frozen=True):
    """An open socket: its `port`; the `address` to visit, and those under which others in the
    network may (`elsewhere`); whether they may at all; all names it may be called, in lower case;
    whether it may be called by any number."""

    socket: socket.socket
    port: int
    address: str
    elsewhere: tuple[str, ...]
    is_shared: bool
    names: frozenset[str]
    any_ip: bool


def listen(host: str, port: int) -> Listening:
    """Listen at a host, and at a port or, where it is taken, one of the next 20, else any. Raises
    `NotHere` where the host is none of this machine's."""
    name = host.strip("[]").lower()
    family, ip = _resolved(name)
    opened = _open(family, ip, port)
    port = opened.getsockname()[1]
    is_wildcard = ip in _WILDCARDS
    names = {"localhost", *_LOOPBACKS, _shown(name), _shown(ip)}
    elsewhere: tuple[str, ...] = ()
    if is_wildcard:
        names |= _own_names()
        elsewhere = tuple(f"http://{_shown(own)}:{port}/" for own in _own_addresses(family))
    shown = "127.0.0.1" if is_wildcard else _shown(name)
    is_shared = is_wildcard or not ipaddress.ip_address(ip).is_loopback
    address = f"http://{shown}:{port}/"
    return Listening(opened, port, address, elsewhere, is_shared, frozenset(names), is_wildcard)


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise NotHere from error
    # `localhost` is many things; most programs mean this one.
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, str(address[0])


def _open(family: socket.AddressFamily, ip: str, port: int) -> socket.socket:
    dual = ip == "::" and socket.has_dualstack_ipv6()
    ports = (*range(port, min(port + _TRIES, 65535) + 1), 0) if port else (0,)
    for candidate in ports:
        try:
            opened = socket.create_server(
                (ip, candidate), family=family, backlog=_BACKLOG, dualstack_ipv6=dual
            )
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise NotHere from error
            if error.errno not in _TAKEN or candidate == 0:
                raise
        else:
            _drop_the_deaf(opened)
            return opened
    raise AssertionError("any port is tried last")


def _drop_the_deaf(opened: socket.socket) -> None:
    """Have the system drop, where it can, connections of those who take nothing any more. They
    would be kept for ever, as there is always something left to send before they can be closed."""
    if sys.platform == "linux":
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _MOST_SILENCE * 1000)


def _shown(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _own_names() -> set[str]:
    """What others may call this machine; nobody is asked."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return {name, short, f"{short}.local"}


def _own_addresses(family: socket.AddressFamily) -> list[str]:
    """The numbers of this machine in its networks: those from which it would send somewhere.
    Nothing is sent."""
    found = []
    for kind, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        if kind is socket.AF_INET6 and family is not socket.AF_INET6:
            continue
        try:
            with socket.socket(kind, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.append(probe.getsockname()[0])
        except OSError:
            continue
    return found
