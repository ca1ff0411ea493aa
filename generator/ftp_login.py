"""Coming in at an FTP server, over TLS (RFC 4217) or not, until files can be sent."""

from __future__ import annotations

import codecs
import re
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

from generator.credentials import Credentials, missing_secret
from generator.ftp_client import IMPLICIT_TLS, Client, TlsClient
from generator.ftp_errors import REFUSALS, connected, words_of
from generator.problems import N_
from generator.publish_targets import Ftp, Target
from generator.remote_errors import Dropped, TargetError

ANONYMOUS = "anonymous"

_UTF8 = "utf-8"
_TOO_MANY = re.compile(
    r"^421|too many (?!.*(?:fail|attempt|tries|login))|already connected|connection limit"
    r"|maximum (?:number of )?(?:clients|connections|users|sessions)",
    re.IGNORECASE,
)
_WANTS_TLS = re.compile(r"\b(?:tls|ssl)\b|encrypt", re.IGNORECASE)


class TooMany(Dropped):
    """The server takes no further connection at the moment."""


class FtpLogin:
    """How a user comes in; several threads may do so at once."""

    def __init__(self, target: Target, ftp: Ftp, credentials: Credentials, timeout: float) -> None:
        self.place = ftp
        self._target = target
        self._credentials = credentials
        self._timeout = timeout
        self._first = threading.Lock()
        self._is_let_in = False
        self._refusal: TargetError | None = None
        self._password: str | None = None
        self._context: ssl.SSLContext | None = None

    def open(self, on_client: Callable[[Client], None]) -> Client:
        """A connection of one who is logged in; `on_client` has it before it connects.

        As long as none has been let in, only one at a time knocks: a wrong password that is said
        four times at once looks like an attack. Raises Dropped, TooMany, and TargetError for all
        that does not change by trying again."""
        if self._is_let_in:
            return self._open(on_client)
        with self._first:
            if self._refusal is not None:
                raise self._refusal
            try:
                client = self._open(on_client)
            except Dropped:
                raise
            except TargetError as error:
                self._refusal = error
                raise
            self._is_let_in = True
            return client

    def _open(self, on_client: Callable[[Client], None]) -> Client:
        encoding = encoding_of(self.place)
        password = self._password = self._password or self._ask()
        client = self._client()
        on_client(client)
        try:
            with connected(self.place.host):
                try:
                    self._enter(client, password, encoding)
                except REFUSALS as error:
                    raise _refusal(str(error), self.place, password) from None
        except BaseException:
            client.close()
            raise
        return client

    def _client(self) -> Client:
        if not self.place.tls:
            return Client(timeout=self._timeout, encoding="latin-1")
        if self._context is None:
            self._context = ssl.create_default_context()
        return TlsClient(context=self._context, timeout=self._timeout, encoding="latin-1")

    def _ask(self) -> str:
        if self.place.user == ANONYMOUS:
            return "anonymous@"
        secret = self._credentials.secret(self._target.address)
        if secret is None:
            raise missing_secret(self._target)
        return secret

    def _enter(self, client: Client, password: str, encoding: str) -> None:
        place = self.place
        if client.connect(place.host, place.port).startswith("120"):  # not yet
            client.voidresp()
        if isinstance(client, TlsClient) and place.port != IMPLICIT_TLS:
            try:
                client.auth()
            except REFUSALS:
                raise TargetError(
                    N_("{host} does not offer TLS"),
                    N_("ask the host; with ftp:// the password could be read on its way"),
                    host=place.host,
                ) from None
        client.login(_word(place.user, encoding), _word(password, encoding))
        if encoding == _UTF8:
            with suppress(*REFUSALS):
                client.sendcmd("OPTS UTF8 ON")
        client.voidcmd("TYPE I")
        if isinstance(client, TlsClient):
            try:
                client.prot_p()
            except REFUSALS:
                raise TargetError(
                    N_("{host} does not send files over TLS"), N_("ask the host"), host=place.host
                ) from None


def encoding_of(place: Ftp) -> str:
    """In what names are written. Raises TargetError."""
    try:
        return codecs.lookup(place.encoding or _UTF8).name
    except LookupError:
        raise TargetError(
            N_("“{encoding}” is no encoding that is known here"),
            N_("for example: encoding = {example}"),
            encoding=place.encoding,
            example='"cp1258"',
        ) from None


def _word(text: str, encoding: str) -> str:
    """A name or a password, which must not show in an error."""
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode()
    return re.sub(rb"[\r\n\0]+", b"", data).decode("latin-1")


def _refusal(reply: str, place: Ftp, password: str) -> TargetError:
    """What the answer means to one who is not let in."""
    answer = words_of(reply)
    if password in answer:
        answer = answer[:3]
    if _TOO_MANY.search(answer):
        return TooMany(N_("{host} is busy: {answer}"), host=place.host, answer=answer)
    if answer.startswith("4"):
        return Dropped(N_("{host} is busy: {answer}"), host=place.host, answer=answer)
    if not place.tls and _WANTS_TLS.search(answer):
        return TargetError(
            N_("{host} asks for TLS: {answer}"),
            N_("write ftps:// instead of ftp://"),
            host=place.host,
            answer=answer,
        )
    return TargetError(
        N_("{host} does not let {user} in: {answer}"),
        N_("check the user name and the password"),
        host=place.host,
        user=place.user,
        answer=answer,
    )
