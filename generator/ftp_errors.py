"""What FTP servers say no with, and what ends a connection with them, as errors of a target."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from generator.problems import N_
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError

REFUSALS = (ftplib.error_temp, ftplib.error_perm)
"""What `ftplib` raises where the server says no."""

_MOST_WORDS = 200
_OTHER_HOST, _OTHER_ADDRESS = 62, 64
"""How OpenSSL says that a certificate is good, but another's."""

_NOT_KNOWN = ("500", "502", "504")
_BROKEN_OFF = ("421", "425", "426")
_TLS_IS_OLD = "522"
"""What vsftpd says when it has forgotten the TLS session of a connection."""

_NO_ROOM = re.compile(
    r"no space left|not enough (?:disk )?space|insufficient (?:disk|storage)"
    r"|(?:disk|file ?system|volume|device) (?:is )?full"
    r"|(?:quota|(?:disk|storage|space) limit) (?:is |was |has been )?(?:exceeded|exhausted|reached)"
    r"|(?:exceeds?|exceeded|exceeding|over) (?:\w+ ){0,3}quota|failure writing to local file",
    re.IGNORECASE,
)
_NO_ROOM_CODES = ("452", "552")


class Busy(Dropped):
    """The server could not do it this time; the connection is still good."""


class Unknown(Refused):
    """The server does not have such a command."""


def words_of(reply: str) -> str:
    """An answer for people: its code and its words in one line, of bounded length, and without
    signs that terminals act upon."""
    code = reply[:3] if reply[:3].isdecimal() else ""
    text = _text_of(reply)
    return f"{code} {text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + '…'}".strip()


def fault(reply: str, path: str) -> TargetError:
    """What an answer that says no means for the file at `path`."""
    code, answer = reply[:3], words_of(reply)
    if code in _NO_ROOM_CODES or _NO_ROOM.search(_without(path, _text_of(reply))):
        return DiskFull(
            N_("the server has no room left: {answer}"),
            N_("make room there, then publish again"),
            answer=answer,
        )
    if code.startswith("4") or code == _TLS_IS_OLD:
        is_over = code in (*_BROKEN_OFF, _TLS_IS_OLD)
        return (Dropped if is_over else Busy)(
            N_("the server could not do it: {answer}"), answer=answer
        )
    return (Unknown if code in _NOT_KNOWN else Refused)(
        path,
        N_("the server refuses {file}: {answer}"),
        N_("see whether the user may write there"),
        file=path,
        answer=answer,
    )


def _text_of(reply: str) -> str:
    text = re.sub(r"(?m)^\d{3}[ -]", "", reply).encode("latin-1").decode("utf-8", "replace")
    return _in_one_line(text)


def _in_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _without(path: str, text: str) -> str:
    """An answer without the names in it that could be taken for words of the server."""
    for name in (path, *path.split("/")):
        if " " in (name := _in_one_line(name)):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
    return text


@contextmanager
def connected(host: str) -> Iterator[None]:
    """Whatever ends a connection is Dropped, or another TargetError where it would do so again;
    a server that says no is not meant."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(host, error) from None
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise lost(host, error) from None
        raise TargetError(
            N_("there is no server of the name {host}"),
            N_("see whether it is written correctly"),
            host=host,
        ) from None
    except (OSError, EOFError) as error:
        if getattr(error, "reason", "") in ("WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL"):
            raise TargetError(
                N_("{host} does not speak TLS as it should"),
                N_("see at the host which port is for FTPS"),
                host=host,
            ) from None
        raise lost(host, error) from None
    except REFUSALS:
        raise
    except ftplib.Error as error:
        raise Dropped(
            N_("{host} answers otherwise than FTP servers do: {answer}"),
            host=host,
            answer=words_of(str(error)),
        ) from None


def lost(host: str, error: Exception) -> Dropped:
    """The connection is lost by this."""
    if isinstance(error, TimeoutError):
        return Dropped(N_("{host} does not answer"), host=host)
    reason = getattr(error, "strerror", None)
    if isinstance(error, EOFError) or not reason:
        return Dropped(N_("the connection to {host} was lost"), host=host)
    return Dropped(N_("the connection to {host} was lost: {reason}"), host=host, reason=reason)


def _untrusted(host: str, error: ssl.SSLCertVerificationError) -> TargetError:
    if error.verify_code in (_OTHER_HOST, _OTHER_ADDRESS):
        hint = N_("write the name of the server as its certificate has it; the host knows it")
    else:
        hint = N_("the host can mend it; one of your own authority: name its file in SSL_CERT_FILE")
    return TargetError(
        N_("the certificate of {host} cannot be trusted: {reason}"),
        hint,
        host=host,
        reason=error.verify_message,
    )
