"""Publishing over FTP and FTPS, to real servers with good and with bad habits."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ftp_client import Client
from generator.ftp_errors import fault, words_of
from generator.ftp_listing import (
    UNKNOWN,
    Listed,
    parse_facts,
    parse_list,
    parse_names,
    shows_itself,
)
from generator.ftp_remote import FtpRemote
from generator.ftp_session import FtpSession
from generator.problems import Place
from generator.publish_targets import Ftp, Target
from generator.remote import TEMPORARY, Remote, folders_of
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError
from generator.retrying import Patience
from generator.site_files import LocalFile
from tests.remote_contract import PATIENCE, RemoteContract, Remotes, local_file
from tests.servers.ftp import (
    PASSWORD,
    USER,
    Habits,
    free_port,
    make_certificate,
    pyftpdlib,
    vsftpd,
)

T = TypeVar("T")


class Secret:
    """Credentials of a user who has this password."""

    def __init__(self, password: str | None = PASSWORD) -> None:
        self.password = password
        self.asked = 0

    def secret(self, purpose: str, ask: bool = True) -> str | None:
        self.asked += 1
        return self.password


def remote_of(
    port: int,
    path: str = "home/site",
    *,
    user: str = USER,
    host: str = "127.0.0.1",
    tls: bool = False,
    encoding: str = "",
    connections: int = 4,
    secret: Secret | None = None,
    troubles: list[Dropped] | None = None,
    timeout: float = 10,
) -> FtpRemote:
    ftp = Ftp(host, port, user, path, tls, encoding, connections)
    target = Target("web", Place("bulletin.toml", 1), f"ftp://{host}/{path}", ftp, True, "", "")
    heard = [] if troubles is None else troubles
    patience = Patience((0.0,) * 6, timeout, lambda trouble, _pause: heard.append(trouble))
    return FtpRemote(target, ftp, secret or Secret(), patience)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "disk" / "home"
    folder.mkdir(parents=True)
    return folder


class FtpContract(RemoteContract):
    @pytest.fixture
    def on_disk(self, home: Path) -> Path:
        return home / "site"


class TestPyftpdlib(FtpContract):
    @pytest.fixture
    def remote(self, home: Path) -> Iterator[Remotes]:
        with pyftpdlib(home.parent, Habits()) as port:

            async def make() -> Remote:
                return remote_of(port)

            yield make


class TestVsftpd(FtpContract):
    @pytest.fixture
    def remote(self, home: Path) -> Iterator[Remotes]:
        with vsftpd(home) as port:

            async def make() -> Remote:
                return remote_of(port, "/home/site", user="anonymous")

            yield make


class TestFtpsOfVsftpd(FtpContract):
    """Its own default: connections for files must take up the session of the one for commands."""

    @pytest.fixture
    def remote(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Remotes]:
        certificate = trusted(tmp_path, monkeypatch)
        with vsftpd(home, rsa_cert_file=certificate, **TLS_ONLY) as port:

            async def make() -> Remote:
                return remote_of(port, "/home/site", user="anonymous", tls=True)

            yield make


TLS_ONLY: dict[str, Any] = {
    "ssl_enable": "YES",
    "allow_anon_ssl": "YES",
    "force_anon_logins_ssl": "YES",
    "force_anon_data_ssl": "YES",
    "require_ssl_reuse": "YES",
    "ssl_ciphers": "HIGH",
}


def trusted(folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> Path:
    """A certificate of servers here, by an authority that is trusted now."""
    certificate, authority = make_certificate(folder, *(names or ("localhost", "127.0.0.1")))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return certificate


Habit: TypeAlias = Mapping[str, Any]


@contextmanager
def server_of(home: Path, **habits: Any) -> Iterator[tuple[int, Habits]]:
    its = Habits(**habits)
    with pyftpdlib(home.parent, its) as port:
        yield port, its


def doing(remote: FtpRemote, work: Callable[[FtpRemote], Awaitable[T]]) -> T:
    """What `work` gives, with a remote that is closed then."""

    async def run() -> T:
        try:
            return await asyncio.wait_for(work(remote), PATIENCE)
        finally:
            await remote.close()

    return asyncio.run(run())


def putting(remote: FtpRemote, files: Sequence[LocalFile]) -> tuple[list[Refused], list[LocalFile]]:
    sent: list[LocalFile] = []
    return doing(remote, lambda remote: remote.put_all(files, sent.append)), sent


def local_files(folder: Path, data: Mapping[str, bytes]) -> list[LocalFile]:
    return [local_file(folder, path, content) for path, content in data.items()]


def on_disk(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


PAGES = {f"{n % 7}/trang-{n}/index.html": b"%d" % n * 100 for n in range(40)}
LARGE = bytes(range(256)) * 20_000


@pytest.mark.parametrize(
    "habits",
    [
        {"mlsd": False},
        {"mlsd": False, "listing": "windows"},
        {"mlsd": False, "listing": "strange"},
        {"mlsd": False, "listing": "strange", "without": ("SIZE", "FEAT", "OPTS")},
        {"without": ("MLSD", "SIZE", "FEAT")},
        {"without": ("PASV",)},
        {"utf8": False},
        {"replaces": False},
        {"moves": False},
        {"without": ("RNFR", "RNTO")},
        {"without": ("REST",)},
        {"most_sessions": 2},
        {"most_sessions": 1},
        {"needs_tls": True},
        {"needs_tls": True, "without": ("MLSD",), "listing": "strange"},
        {"needs_tls": True, "without": ("MLSD", "SIZE"), "most_sessions": 1},
    ],
    ids=str,
)
def test_a_server_of_poor_habits(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, habits: Habit
) -> None:
    tls = bool(habits.get("needs_tls"))
    if tls:
        habits = {**habits, "certificate": trusted(tmp_path, monkeypatch)}
    files = local_files(tmp_path / "x", {**PAGES, "đường/a b.html": b"x", "large.bin": LARGE})
    with server_of(home, **habits) as (port, _):
        for _ in range(2):  # then over those that are there
            refused, sent = putting(remote_of(port, tls=tls), files)
            assert refused == []
            assert len(sent) == len(files)
            assert on_disk(home / "site") == {**PAGES, "đường/a b.html": b"x", "large.bin": LARGE}
        folders = folders_of(file.path for file in files)
        sizes = doing(remote_of(port, tls=tls), lambda remote: remote.sizes(folders))
        known = "SIZE" not in habits.get("without", ()) or "listing" not in habits
        assert sizes == {file.path: file.size if known else -1 for file in files}

        async def contract(remote: FtpRemote) -> None:
            assert await remote.create("lock", b"mine")
            assert not await remote.create("lock", b"yours")
            assert await remote.read("lock") == b"mine"
            assert await remote.read("none") is None
            await remote.discard("lock")
            await remote.move("none", "lock")
            for data in (b"one", b"two"):
                await remote.write("new", data)
                await remote.move("new", "old")
                assert await remote.read("old") == data
                assert await remote.read("new") is None
            await remote.discard("old")
            assert await remote.delete_all([*PAGES, "none"], lambda _path: None) == []

        doing(remote_of(port, tls=tls), contract)
        assert on_disk(home / "site").keys() == {"đường/a b.html", "large.bin"}


def refusing(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """From now on, this command is refused."""
    ask = FtpSession.ask

    def ask_or_refuse(session: FtpSession, command: str, path: str, about: str = "") -> str:
        if command == word:
            raise Refused(about or path, "no")
        return ask(session, command, path, about)

    monkeypatch.setattr(FtpSession, "ask", ask_or_refuse)


@pytest.mark.parametrize("word", ["RNFR", "RNTO"])
def test_a_page_that_cannot_be_replaced_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """One may do all but rename it, or write it."""
    with server_of(home) as (port, habits):
        doing(remote_of(port), lambda remote: remote.write("page.html", b"old"))
        refusing(monkeypatch, word)
        habits.refused = ("page.html",)
        with pytest.raises(Refused):
            doing(remote_of(port), lambda remote: remote.write("page.html", b"new"))
        assert not any(line.startswith("DELE") and "/page" in line for line in habits.asked)
    assert on_disk(home / "site") == {"page.html": b"old"}


def test_a_page_is_put_back_if_the_new_one_cannot_come(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = FtpSession.ask

    def refuse(session: FtpSession, word: str, path: str, about: str = "") -> str:
        if word == "RNFR":
            moving.append(path)
        if word == "RNTO" and path == "page.html" and not moving[-1].endswith(".old"):
            raise Refused(path, "no")
        return ask(session, word, path, about)

    moving: list[str] = []
    with server_of(home) as (port, _):
        doing(remote_of(port), lambda remote: remote.write("page.html", b"old"))
        send = FtpSession.send

        def send_aside(session: FtpSession, path: str, *rest: Any, **named: Any) -> Any:
            if path == "page.html":
                raise Refused(path, "no")
            return send(session, path, *rest, **named)

        monkeypatch.setattr(FtpSession, "ask", refuse)
        monkeypatch.setattr(FtpSession, "send", send_aside)
        with pytest.raises(Refused):
            doing(remote_of(port), lambda remote: remote.write("page.html", b"new"))
    assert len(moving) > 4
    assert on_disk(home / "site") == {"page.html": b"old"}


def test_what_an_ended_run_left_beside_a_file_goes_with_the_next(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = FtpSession.send
    files = local_files(tmp_path / "x", {"a/page.html": b"one"})

    def end(session: FtpSession, path: str, *rest: Any, **named: Any) -> Any:
        send(session, path, *rest, **named)
        if path.startswith("a/"):
            raise asyncio.CancelledError

    with server_of(home, moves=False) as (port, _):
        with monkeypatch.context() as patch:
            patch.setattr(FtpSession, "send", end)
            with pytest.raises(asyncio.CancelledError):
                putting(remote_of(port), files)
        assert len(on_disk(home / "site" / "a")) == 1
        putting(remote_of(port), files)
    assert on_disk(home / "site") == {"a/page.html": b"one"}


def test_a_large_file_that_changes_while_it_is_sent(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = FtpSession.send
    (file,) = local_files(tmp_path / "x", {"large.bin": LARGE})

    def change(session: FtpSession, path: str, *rest: Any, **named: Any) -> Any:
        Path(file.real_path).write_bytes(LARGE[::-1])
        return send(session, path, *rest, **named)

    monkeypatch.setattr(FtpSession, "send", change)
    with server_of(home) as (port, _), pytest.raises(TargetError, match="changed while"):
        putting(remote_of(port), [file])
    assert on_disk(home / "site") == {}


@pytest.mark.parametrize("another", [False, True])
@pytest.mark.parametrize("discarded", [False, True])
def test_a_file_that_was_lost_while_it_was_made(
    home: Path, monkeypatch: pytest.MonkeyPatch, discarded: bool, another: bool
) -> None:
    """Meanwhile, somebody took the one who made it for dead."""
    send = FtpSession.send
    troubles: list[Dropped] = []
    site = home / "site"

    def lose(session: FtpSession, path: str, *rest: Any, **named: Any) -> Any:
        if troubles:
            return send(session, path, *rest, **named)
        if discarded:
            (site / "lock.taken").rmdir()
        if discarded and another:
            (site / "lock.taken").mkdir()
            (site / "lock").write_bytes(b"theirs")
        session.abort()
        raise Dropped("lost")

    monkeypatch.setattr(FtpSession, "send", lose)
    with server_of(home) as (port, _):
        made = doing(
            remote_of(port, troubles=troubles), lambda remote: remote.create("lock", b"mine")
        )
    assert len(troubles) == 1
    assert made is not (discarded and another)
    assert on_disk(site) == {"lock": b"mine" if made else b"theirs"}
    assert (site / "lock.taken").is_dir()


def test_a_file_of_which_less_arrived_is_sent_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the server says that all is well."""
    send = FtpSession.send
    troubles: list[Dropped] = []

    def lose(session: FtpSession, path: str, pieces: Iterable[bytes], *rest: Any, **n: Any) -> bool:
        if troubles:
            return send(session, path, pieces, *rest, **n)
        send(session, path, [b"".join(pieces)[:-1]], *rest, **n)
        return False

    monkeypatch.setattr(FtpSession, "send", lose)
    with server_of(home) as (port, _):
        doing(remote_of(port, troubles=troubles), lambda remote: remote.write("a", b"whole"))
    assert len(troubles) == 1
    assert on_disk(home / "site") == {"a": b"whole"}


def test_names_in_the_encoding_of_the_server(home: Path, tmp_path: Path) -> None:
    files = local_files(tmp_path / "x", {"caf\u00e9/b.html": b"1", "日本.html": b"3", "a\nb": b"4"})
    with server_of(home, encoding="latin-1", utf8=False) as (port, _):

        def remote(encoding: str) -> FtpRemote:
            return remote_of(port, user="web", secret=Secret("web"), encoding=encoding)

        refused, sent = putting(remote("latin-1"), files)
        assert [refusal.path for refusal in refused] == ["a\nb", "日本.html"]
        assert [file.path for file in sent] == ["café/b.html"]
        found = doing(remote("l1"), lambda remote: remote.sizes(["", "café"]))
        assert found == {"café/b.html": 1}
        # One who does not say so, gives names in another, and reads all there are.
        refused, _ = putting(remote(""), files)
        assert [refusal.path for refusal in refused] == ["a\nb"]
        found = doing(remote(""), lambda remote: remote.sizes(["", "café"]))
        assert found == {"café/b.html": 1, "日本.html": 1}


@pytest.mark.parametrize("drops", [[1000] * 3, [3_000_000, 1_200_000, 100, 0]])
def test_what_a_lost_connection_broke_off_is_sent_again(
    home: Path, tmp_path: Path, drops: list[int]
) -> None:
    data = {**{path: content * 20 for path, content in PAGES.items()}, "large.bin": LARGE}
    troubles: list[Dropped] = []
    with server_of(home, drops=list(drops)) as (port, habits):
        remote = remote_of(port, troubles=troubles)
        refused, sent = putting(remote, local_files(tmp_path / "x", data))
        assert habits.drops == []
    assert refused == []
    assert sorted(file.path for file in sent) == sorted(data)
    assert on_disk(home / "site") == data
    assert len(troubles) == len(drops)


@pytest.mark.parametrize("habits", [{}, {"resumes": False}, {"without": ("REST",)}], ids=str)
def test_a_large_file_goes_on_where_it_broke_off(home: Path, tmp_path: Path, habits: Habit) -> None:
    (home / "site").mkdir()
    with server_of(home, drops=[1_000_000, 1_000_000], **habits) as (port, its):
        refused, _ = putting(remote_of(port), local_files(tmp_path / "x", {"large.bin": LARGE}))
    assert refused == []
    assert on_disk(home / "site") == {"large.bin": LARGE}
    offsets = [int(line.split()[1]) for line in its.asked if line.startswith("REST")]
    assert len(offsets) == 2
    assert all(offset > 900_000 for offset in offsets)
    assert its.count("STOR") == (5 if "resumes" in habits else 3)


def test_a_large_file_goes_on_at_vsftpd(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = FtpSession.send
    offsets: list[int] = []

    def break_off(
        session: FtpSession, path: str, pieces: Iterable[bytes], offset: int = 0, about: str = ""
    ) -> bool:
        def some() -> Iterator[bytes]:
            for number, piece in enumerate(pieces):
                if number == 6 and len(offsets) < 3:
                    session.abort()
                yield piece

        offsets.append(offset)
        return send(session, path, some(), offset, about)

    (home / "site").mkdir()
    shutil.chown(home / "site", "daemon")
    monkeypatch.setattr(FtpSession, "send", break_off)
    with vsftpd(home) as port:
        remote = remote_of(port, "/home/site", user="anonymous")
        refused, _ = putting(remote, local_files(tmp_path / "x", {"large.bin": LARGE}))
    assert refused == []
    assert on_disk(home / "site") == {"large.bin": LARGE}
    assert len(offsets) == 3
    assert offsets == sorted(set(offsets))


@pytest.mark.parametrize("tls", [False, True])
def test_a_session_that_nobody_used_for_long(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    monkeypatch.setattr(
        "generator.ftp_session._TLS_LIFE" if tls else "generator.ftp_session._IDLE", 0.0
    )
    certificate = trusted(tmp_path, monkeypatch) if tls else None
    troubles: list[Dropped] = []

    async def idle(remote: FtpRemote) -> None:
        await remote.write("a", b"1")
        habits.closes += not tls
        assert await remote.read("a") == b"1"
        assert await remote.read("a") == b"1"

    (home / "site").mkdir()
    with server_of(home, certificate=certificate) as (port, habits):
        doing(remote_of(port, tls=tls, troubles=troubles), idle)
        assert habits.closes == 0
    assert habits.count("USER") == (3 if tls else 2)
    assert troubles == []


def test_one_who_gives_up_leaves_nothing_under_way(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = local_files(tmp_path / "x", {**PAGES, "large.bin": LARGE})
    send = FtpSession.send
    begun, ended = [], []

    def note(session: FtpSession, path: str, *rest: Any, **named: Any) -> bool:
        begun.append(path)
        try:
            return send(session, path, *rest, **named)
        finally:
            ended.append(path)

    async def give_up(remote: FtpRemote) -> None:
        first = asyncio.Event()
        task = asyncio.ensure_future(remote.put_all(files, lambda _file: first.set()))
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(begun) == len(ended) < len(files)
        assert await remote.read("none") is None
        assert len(begun) == len(ended) < len(files)

    monkeypatch.setattr(FtpSession, "send", note)
    with server_of(home) as (port, _):
        doing(remote_of(port), give_up)


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("tls", [False, True])
def test_one_who_gives_up_does_not_wait_for_a_server_that_says_nothing(
    monkeypatch: pytest.MonkeyPatch, answers: bool, tls: bool
) -> None:
    connecting = threading.Event()
    connect = Client.connect

    def note(client: Client, *rest: Any, **named: Any) -> str:
        connecting.set()
        return connect(client, *rest, **named)

    async def give_up(remote: FtpRemote, accepted: socket.socket) -> None:
        task = asyncio.ensure_future(remote.sizes(["", "a", "b"]))
        await asyncio.to_thread(connecting.wait, PATIENCE)
        if answers:
            conn, _ = await asyncio.to_thread(accepted.accept)
            held.append(conn)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    monkeypatch.setattr(Client, "connect", note)
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        for _ in range(0 if answers else 4):  # no more are let in than wait already
            conn = socket.socket()
            conn.setblocking(False)
            conn.connect_ex(("127.0.0.1", port))
            held.append(conn)
        remote = remote_of(port, tls=tls, timeout=PATIENCE * 2)
        try:
            doing(remote, lambda remote: give_up(remote, server))
        finally:
            for conn in held:
                conn.close()


def test_what_is_lost_while_it_is_read_is_read_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(socket.socket):
        def recv(self, *_: int) -> bytes:
            raise ConnectionResetError

    transfer = Client.transfercmd
    troubles: list[Dropped] = []

    def transfer_badly(client: Client, cmd: str, rest: int | None = None) -> socket.socket:
        conn = transfer(client, cmd, rest)
        return conn if len(troubles) == 2 else Broken(fileno=conn.detach())

    async def read(remote: FtpRemote) -> bytes | None:
        return await remote.read("a")

    (home / "site").mkdir()
    (home / "site" / "a").write_bytes(b"one")
    monkeypatch.setattr(Client, "transfercmd", transfer_badly)
    with server_of(home) as (port, _):
        assert doing(remote_of(port, troubles=troubles), read) == b"one"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("550 Kh\u00c3\u00b4ng", "550 Không"),
        ("550-No\x1b[1m\n550-such\n550 file", "550 No [1m such file"),
        ("HTTP/1.1 400 Bad Request", "HTTP/1.1 400 Bad Request"),
        ("452 " + "x" * 300, "452 " + "x" * 199 + "…"),
        ("", ""),
    ],
)
def test_answers_are_words(reply: str, expected: str) -> None:
    assert words_of(reply) == expected


@pytest.mark.parametrize(
    ("reply", "path", "is_full"),
    [
        ("452 Too much.", "a", True),
        ("552 a: quota reached", "a", True),
        ("550 a: Quota exceeded", "a", True),
        ("550 Exceeds your disk quota", "quota", True),
        ("426 Disk quota exceeded; aborted.", "s", True),
        ("451 Failure writing to local file.", "a", True),
        ("550 There is not enough space on the disk.", "a", True),
        ("550 Insufficient storage space.", "a", True),
        ("550 tags/quota: File exists", "tags/quota", False),
        ("550 /home/tags/quota/index.html: No such file", "tags/quota/index.html", False),
        ("550 /x/disk full.pdf: Permission denied", "x/disk full.pdf", False),
        ("550 quota exceeded/a: Permission denied", "x/quota exceeded/a", False),
        ("550 Quota: Permission denied", "", False),
    ],
)
def test_when_a_disk_is_full(reply: str, path: str, is_full: bool) -> None:
    assert isinstance(fault(reply, path), DiskFull) is is_full


def test_files_that_the_server_refuses(home: Path, tmp_path: Path) -> None:
    with server_of(home, refused=("trang-3", "trang-5/")) as (port, _):
        refused, sent = putting(remote_of(port), local_files(tmp_path / "x", PAGES))
        expected = sorted(path for path in PAGES if "trang-3" in path or "trang-5/" in path)
        assert [refusal.path for refusal in refused] == expected
        assert "Permission denied" in str(refused[0])
        assert len(sent) == len(PAGES) - len(expected)
        assert on_disk(home / "site").keys() == PAGES.keys() - set(expected)


def test_a_file_that_cannot_be_read_is_not_a_missing_one(home: Path) -> None:
    (home / "site").mkdir()
    (home / "site" / "manifest").mkdir()
    with server_of(home) as (port, _):
        assert doing(remote_of(port), lambda remote: remote.read("manifest")) is None


def test_a_file_that_cannot_be_deleted(home: Path, tmp_path: Path) -> None:
    with server_of(home) as (port, habits):
        putting(remote_of(port), local_files(tmp_path / "x", PAGES))
        habits.refused = ("trang-12",)
        gone: list[str] = []
        refused = doing(remote_of(port), lambda remote: remote.delete_all(list(PAGES), gone.append))
    assert [refusal.path for refusal in refused] == ["5/trang-12/index.html"]
    assert len(gone) == len(PAGES) - 1
    assert on_disk(home / "site").keys() == {"5/trang-12/index.html"}
    assert sorted(path.name for path in (home / "site").iterdir()) == [".bulletin", "5"]


@pytest.mark.parametrize(
    "answer", ["452 No space left on device.", "552 Too much.", "426 Disk quota exceeded; aborted."]
)
@pytest.mark.parametrize("data", [PAGES, {"large.bin": LARGE}], ids=["many", "large"])
def test_a_full_disk(home: Path, tmp_path: Path, data: dict[str, bytes], answer: str) -> None:
    files = local_files(tmp_path / "x", data)
    with server_of(home, room=5000, full=answer) as (port, _):
        with pytest.raises(DiskFull, match="no room left") as caught:
            putting(remote_of(port), files)
        assert caught.value.values["answer"] == answer
    there = on_disk(home / "site")
    placed = {path for path in there if not path.startswith(TEMPORARY)}
    assert placed < data.keys()
    assert all(there[path] == data[path] for path in placed)


def test_a_wrong_password_is_said_once(home: Path, tmp_path: Path) -> None:
    secret = Secret("wrong")
    with server_of(home) as (port, habits):
        with pytest.raises(TargetError, match="does not let biên tập in") as caught:
            putting(remote_of(port, secret=secret), local_files(tmp_path / "x", PAGES))
        assert habits.count("USER") == 1
    assert secret.asked == 1
    assert not isinstance(caught.value, (Dropped, Refused))
    assert "wrong" not in f"{caught.value} {caught.value.hint} {caught.value.values}"


def test_without_a_password(home: Path) -> None:
    with server_of(home) as (port, _):
        remote = remote_of(port, secret=Secret(None))
        with pytest.raises(TargetError, match="asks for a password") as caught:
            doing(remote, lambda remote: remote.read("a"))
    assert caught.value.values["variable"] == "BULLETIN_WEB_PASSWORD"


def test_no_server(home: Path) -> None:
    troubles: list[Dropped] = []
    with pytest.raises(Dropped, match="the connection to"):
        doing(remote_of(free_port(), troubles=troubles), lambda remote: remote.read("a"))
    assert len(troubles) == 6
    with pytest.raises(TargetError, match="no server of the name") as caught:
        doing(remote_of(21, host="none.invalid"), lambda remote: remote.read("a"))
    assert not isinstance(caught.value, Dropped)
    with pytest.raises(TargetError, match="is no encoding"):
        doing(remote_of(21, encoding="viet"), lambda remote: remote.read("a"))


def test_ftps_of_pyftpdlib(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = trusted(tmp_path, monkeypatch)
    data = {**PAGES, "large.bin": LARGE, "empty.txt": b""}
    files = local_files(tmp_path / "x", data)
    with server_of(home, certificate=certificate, needs_tls=True, drops=[2_000_000]) as (port, _):
        refused, sent = putting(remote_of(port, tls=True), files)
        assert refused == []
        assert len(sent) == len(files)
        assert on_disk(home / "site") == data
        with pytest.raises(TargetError, match="asks for TLS") as caught:
            doing(remote_of(port), lambda remote: remote.read("a"))
        assert caught.value.hint == "write ftps:// instead of ftp://"


def test_tls_from_the_first_byte(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"127.{secrets.randbelow(200) + 10}.{secrets.randbelow(200)}.5"
    try:
        with socket.socket() as sock:
            sock.bind((address, 990))
    except OSError:
        pytest.skip("no right to the port for FTPS, or no such address here")
    certificate = trusted(tmp_path, monkeypatch, address)
    with vsftpd(
        home, address, 990, **TLS_ONLY, implicit_ssl="YES", rsa_cert_file=certificate
    ) as port:
        remote = remote_of(port, "/home/site", user="anonymous", host=address, tls=True)
        refused, _ = putting(remote, local_files(tmp_path / "x", {**PAGES, "large.bin": LARGE}))
    assert refused == []
    assert on_disk(home / "site") == {**PAGES, "large.bin": LARGE}


def test_a_certificate_that_cannot_be_trusted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = Secret()
    certificate, authority = make_certificate(tmp_path, "ftp.example.org")
    with server_of(home, certificate=certificate) as (port, habits):
        remote = remote_of(port, tls=True, secret=secret)
        with pytest.raises(TargetError, match="cannot be trusted") as caught:
            doing(remote, lambda remote: remote.read("a"))
        assert "SSL_CERT_FILE" in caught.value.hint
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        remote = remote_of(port, tls=True, secret=secret)
        with pytest.raises(TargetError, match="cannot be trusted") as caught:
            doing(remote, lambda remote: remote.read("a"))
        assert "write the name of the server" in caught.value.hint
        assert not isinstance(caught.value, Dropped)
        assert habits.count("USER") == 0


def test_a_server_without_tls(home: Path) -> None:
    with server_of(home) as (port, habits):
        with pytest.raises(TargetError, match="does not offer TLS"):
            doing(remote_of(port, tls=True), lambda remote: remote.read("a"))
        assert habits.count("USER") == 0


def listed(*entries: tuple[str, int]) -> list[Listed]:
    """Files with their sizes; a name that ends with / is a folder."""
    return [Listed(name.rstrip("/"), size, name.endswith("/")) for name, size in entries]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-rw-r--r--   1 www-data www-data     1234 Jan 05 12:30 index.html", ("index.html", 1234)),
        ("-rw-r--r-- 1 web 33 1234 Jan 05 12:30 a  b ", ("a  b ", 1234)),
        ("-rw-r--r-- 1 jan 20 1234 Mai 05  2023 trang chủ.html", ("trang chủ.html", 1234)),
        ("-rw-r--r--  1 1001 1001 5000000000 Feb 29  2024 x -> y", ("x -> y", 5_000_000_000)),
        ("-rw-rw-rw-+ 1 Domain Users  77 Dec 31 23:59 -rf", ("-rf", 77)),
        ("-rw-r--r-- 1 owner Domain Users 77 Dec 31 23:59 a", ("a", 77)),
        ("-rw-r--r-- 1 owner 1234 Jan 05 12:30 no group", ("no group", 1234)),
        ("-rw-r--r-- 1 o g 9 2023-09-05 15:40 iso", ("iso", 9)),
        ("-rw-r--r-- 1 o g 9 2023-09-05 15:40:11.123 +0700 iso", ("iso", 9)),
        ("-rw-r--r-- 1 o g 9 5 Thg9 15:40 a", None),
        ("-rw-r--r-- 1 o g 9 5 sept. 2020 a", ("a", 9)),
        ("-rw-r--r-- 1 o g 9 9月  5日 15:40 a", ("a", 9)),
        ("drwxr-xr-x 2 o g 4096 Jan 5 2020 files", ("files/", UNKNOWN)),
        ("drwxr-xr-x 2 o g 4096 Jan 5 2020 .", ()),
        ("drwxr-xr-x 2 o g 4096 Jan 5 2020 ..", ()),
        ("lrwxrwxrwx 1 o g 7 Jan 5 2020 now -> sites/1", ("now", UNKNOWN)),
        ("total 12", ()),
        ("09-05-23  03:40PM       <DIR>          my files", ("my files/", UNKNOWN)),
        ("09-05-2023  03:40PM               1234 a b.html", ("a b.html", 1234)),
        ("2023-09-05  15:40          1,234,567 a.html", ("a.html", 1_234_567)),
        ("05.09.2023  15:40    <JUNCTION>     linked", ("linked/", UNKNOWN)),
        ("A.TXT;1  5-SEP-2023 15:40 [SYSTEM]", None),
        ("ftpd: .: Permission denied", None),
    ],
)
def test_a_line_of_a_listing(line: str, expected: tuple[str, int] | tuple[()] | None) -> None:
    if expected is None:
        assert parse_list([line]) is None
    else:
        assert parse_list([line]) == (listed(expected) if expected else [])


def test_a_listing_for_programs() -> None:
    lines = [
        "type=cdir;modify=20230905154000; /home/site",
        "type=pdir; ..",
        "Type=file;Size=12;Modify=20230905154000;UNIX.mode=0644; a; b=c.html",
        "size=3;type=FILE;  with space",
        "type=dir;sizd=4096; files",
        "type=OS.unix=slink:/x;size=7; now",
        "modify=20230905154000; unknown",
        "type=file;size=-5; odd",
        "type=file;size=٣; odder",
        "",
        "garbage",
    ]
    assert parse_facts(lines) == listed(
        ("a; b=c.html", 12),
        (" with space", 3),
        ("files/", UNKNOWN),
        ("now", UNKNOWN),
        ("unknown", UNKNOWN),
        ("odd", UNKNOWN),
        ("odder", UNKNOWN),
    )


def test_a_listing_of_names() -> None:
    assert parse_names(["a", ".", "..", "./b c", "/home/site/d", "", ".htaccess"]) == [
        "a",
        "b c",
        "d",
        ".htaccess",
    ]
    assert shows_itself(["drwxr-xr-x 2 o g 4096 Jan 5 2020 .", "total 0"])
    assert not shows_itself(["-rw-r--r-- 1 o g 4096 Jan 5 2020 a."])


NAMES = st.text(st.characters(exclude_characters="\r\n\0/", codec="utf-8"), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@given(NAMES, st.integers(0, 10**13))
def test_every_name_is_read_as_it_is(name: str, size: int) -> None:
    unix = f"-rw-r--r--    1 103      65534    {size:>10} Sep 05 15:40 {name}"
    assert parse_list([unix]) == [Listed(name, size, False)]
    facts = f"type=file;size={size};modify=20230905154000; {name}"
    assert parse_facts([facts]) == [Listed(name, size, False)]
    if not name[0].isspace():
        windows = f"09-05-2023  03:40PM {size:>20} {name}"
        assert parse_list([windows]) == [Listed(name, size, False)]


@given(st.lists(st.text()))
def test_no_listing_is_too_strange(lines: list[str]) -> None:
    for found in (parse_list(lines) or (), parse_facts(lines)):
        assert all(entry.name not in ("", ".", "..") for entry in found)
    assert not {"", ".", ".."} & set(parse_names(lines))
