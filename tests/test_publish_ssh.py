"""Publishing by SSH: against OpenSSH's server."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest
from msgspec import structs

from generator.credentials import Credentials
from generator.problems import Place
from generator.publish_targets import Ssh, Target
from generator.remote import TEMPORARY
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError
from generator.retrying import Patience
from generator.rsync_remote import RsyncRemote
from generator.rsync_run import Ended
from generator.scanning import as_file_stat, digest_of
from generator.sftp_files import write_file
from generator.sftp_remote import SftpRemote
from generator.site_files import LocalFile
from generator.ssh_session import SshSession
from tests.remote_contract import (
    PATIENCE,
    LinkingContract,
    RemoteContract,
    Remotes,
)
from tests.servers import free_port, program
from tests.servers.asyncssh_server import Full, FullWithoutAWord, Plain, password_server
from tests.servers.distance import Distance, far_from
from tests.servers.openssh import OpenSsh, make_key, openssh
from tests.servers.places import sftp_server

QUICK = Patience(pauses=(0.01, 0.05, 0.1, 0.5), timeout=20)


class NoSecrets:
    def __init__(self, secret: str | None = None) -> None:
        self.given = secret
        self.asked: list[str] = []

    def secret(self, purpose: str, ask: bool = True) -> str | None:
        self.asked.append(purpose)
        return self.given


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without settings, keys and agent."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    with openssh(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="module")
def sftp_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    with openssh(tmp_path_factory.mktemp("sshd"), shell=False) as server:
        yield server


def session_of(
    server: OpenSsh,
    credentials: Credentials | None = None,
    *,
    port: int | None = None,
    user: str = "",
    host: str = "127.0.0.1",
    key: str | None = None,
    known_hosts: str | None = None,
    connections: int = 1,
    patience: Patience = QUICK,
    project: Path = Path("/nowhere"),
) -> SshSession:
    ssh = Ssh(
        host=host,
        port=server.port if port is None else port,
        user=user or server.user,
        path="",
        key=str(server.key) if key is None else key,
        known_hosts=str(server.known_hosts) if known_hosts is None else known_hosts,
        rsync=False,
        releases=None,
        keep=5,
        connections=connections,
    )
    address = f"sftp://127.0.0.1:{ssh.port}/"
    target = Target("test", Place("bulletin.toml"), address, ssh, True, "", "")
    return SshSession(target, ssh, credentials or NoSecrets(), patience, project)


def run(*words: str) -> str:
    done = subprocess.run(
        words, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return done.stdout


def fingerprint(key: Path) -> str:
    return run(program("ssh-keygen"), "-l", "-f", f"{key}.pub").split()[1]


def renamed(server: OpenSsh, port: int, folder: Path) -> Path:
    """Known hosts with the server at another port, too."""
    line = server.known_hosts.read_text("utf-8")
    file = folder / "known_hosts_of_proxy"
    file.write_text(line.replace(f":{server.port} ", f":{port} "), "utf-8")
    return file


@contextmanager
def agent(monkeypatch: pytest.MonkeyPatch, key: Path) -> Iterator[None]:
    """An agent of SSH that has a key."""
    socket = key.parent / "agent"
    process = subprocess.Popen(
        [program("ssh-agent"), "-D", "-a", str(socket)],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it has its socket then
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        subprocess.run(
            [program("ssh-add"), "-q", str(key)], check=True, capture_output=True, env=os.environ
        )
        yield
    finally:
        process.terminate()
        process.communicate()


class TestSftp(LinkingContract):
    @pytest.fixture
    def on_disk(self, tmp_path: Path) -> Path | None:
        return tmp_path / "www" / "trang tin 'một'"

    @pytest.fixture
    def remote(self, server: OpenSsh, on_disk: Path) -> Remotes:
        async def make() -> SftpRemote:
            return SftpRemote(session_of(server), str(on_disk))

        return make


class TestSftpOnly(TestSftp):
    """Without a shell, and over several connections."""

    @pytest.fixture
    def remote(self, sftp_only: OpenSsh, on_disk: Path) -> Remotes:
        async def make() -> SftpRemote:
            return SftpRemote(session_of(sftp_only, connections=3), str(on_disk))

        return make


class AlwaysRsync(RsyncRemote):
    FEW = 1


def file_in_place(folder: Path, path: str, data: bytes) -> LocalFile:
    """A file to be put at `path`, which has this path in its folder too, as those of a site."""
    real_path = folder / path
    real_path.parent.mkdir(parents=True, exist_ok=True)
    real_path.write_bytes(data)
    return LocalFile(path, str(real_path), as_file_stat(real_path.stat()), digest_of(data).hex())


class TestRsync(RemoteContract):
    @pytest.fixture
    def on_disk(self, tmp_path: Path) -> Path | None:
        return tmp_path / "www" / "trang tin 'một'"

    @pytest.fixture
    def remote(self, server: OpenSsh, on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Remotes:
        program("rsync")
        monkeypatch.setattr("tests.remote_contract.local_file", file_in_place)

        async def make() -> SftpRemote:
            return AlwaysRsync(session_of(server), str(on_disk))

        return make


# Who is let in, and where.


async def _use(session: SshSession, root: Path) -> None:
    remote = SftpRemote(session, str(root))
    try:
        await remote.write("a.txt", b"there")
        assert await remote.read("a.txt") == b"there"
    finally:
        await remote.close()


def use(session: SshSession, root: Path) -> None:
    asyncio.run(asyncio.wait_for(_use(session, root), PATIENCE))


def refused(session: SshSession, root: Path) -> TargetError:
    """The error that it gives, which no other attempt would change."""
    with pytest.raises(TargetError) as caught:
        use(session, root)
    assert not isinstance(caught.value, Dropped | Refused)
    caught.value.hint.format_map(caught.value.values)
    return caught.value


def test_an_unknown_host_is_refused_with_the_line_to_add(
    server: OpenSsh, tmp_path: Path, home: Path
) -> None:
    error = refused(session_of(server, known_hosts=""), tmp_path / "www")
    known_hosts = home / ".ssh" / "known_hosts"
    shown = fingerprint(server.host_key)
    assert shown in str(error)
    assert error.values["file"] == str(known_hosts)
    assert not known_hosts.exists()
    assert not (tmp_path / "www").exists()
    known_hosts.write_text(f"{error.values['line']}\n", "utf-8")
    use(session_of(server, known_hosts=""), tmp_path / "www")


def test_known_hosts_of_the_project(server: OpenSsh, tmp_path: Path) -> None:
    shutil.copy(server.known_hosts, tmp_path / "hosts")
    use(session_of(server, known_hosts="hosts", project=tmp_path), tmp_path / "www")
    error = refused(session_of(server, known_hosts="none", project=tmp_path), tmp_path / "www")
    assert error.values["file"] == str(tmp_path / "none")


def test_a_changed_host_key_is_no_unknown_host(server: OpenSsh, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other", kind="rsa")
    hosts = tmp_path / "hosts"
    for key in (other, make_key(tmp_path / "another")):
        public = Path(f"{key}.pub").read_text("utf-8")
        hosts.write_text(f"[127.0.0.1]:{server.port} {public}", "utf-8")
        error = refused(session_of(server, known_hosts=str(hosts)), tmp_path / "www")
        assert "is not who it was" in error.text
        assert "line" not in error.values


def test_the_key_of_another_port_says_nothing_of_this_one(server: OpenSsh, tmp_path: Path) -> None:
    public = Path(f"{make_key(tmp_path / 'another')}.pub").read_text("utf-8")
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 {public}[127.0.0.1]:1 {public}", "utf-8")
    error = refused(session_of(server, known_hosts=str(hosts)), tmp_path / "www")
    assert "is not known here" in error.text


def test_a_revoked_key_is_refused(server: OpenSsh, tmp_path: Path) -> None:
    line = server.known_hosts.read_text("utf-8")
    hosts = tmp_path / "hosts"
    for lines in (
        f"@revoked {line}",
        f"{line}@revoked {line}",
        f"{line}@revoked * {line[line.index('ssh-') :]}",
    ):
        hosts.write_text(lines, "utf-8")
        error = refused(session_of(server, known_hosts=str(hosts)), tmp_path / "www")
        assert "is revoked" in error.text


def test_a_key_that_the_user_has_revoked_is_refused(
    server: OpenSsh, tmp_path: Path, home: Path
) -> None:
    users = home / ".ssh" / "known_hosts"
    users.write_text(f"@revoked {server.known_hosts.read_text('utf-8')}", "utf-8")
    error = refused(session_of(server), tmp_path / "www")
    assert "is revoked" in error.text
    assert error.values["file"] == str(users)
    users.write_text("@nonsense\n", "utf-8")
    use(session_of(server), tmp_path / "www")


@pytest.mark.parametrize("setting", ["GlobalKnownHostsFile", "UserKnownHostsFile"])
def test_known_hosts_of_the_machine_do_not_replace_those_of_the_user(
    server: OpenSsh,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
) -> None:
    machines = tmp_path / "machines"
    monkeypatch.setattr("generator.ssh_hosts._EVERYONES", str(machines))
    (home / ".ssh" / "config").write_text(f"{setting} {tmp_path / 'empty'}\n", "utf-8")
    refused(session_of(server, known_hosts=""), tmp_path / "www")
    is_machines = setting.startswith("Global")
    shutil.copy(server.known_hosts, home / ".ssh" / "known_hosts" if is_machines else machines)
    use(session_of(server, known_hosts=""), tmp_path / "www")


def test_hashed_names_are_known(server: OpenSsh, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    shutil.copy(server.known_hosts, hosts)
    run(program("ssh-keygen"), "-H", "-f", str(hosts))
    assert "127.0.0.1" not in hosts.read_text("utf-8")
    use(session_of(server, known_hosts=str(hosts)), tmp_path / "www")


def test_a_wrong_key_is_not_let_in(server: OpenSsh, tmp_path: Path) -> None:
    wrong = make_key(tmp_path / "wrong")
    credentials = NoSecrets("never")
    error = refused(session_of(server, credentials, key=str(wrong)), tmp_path / "www")
    assert server.user in str(error)
    assert "publickey" in str(error.values["methods"])
    assert credentials.asked == []


def test_a_key_that_is_not_there(server: OpenSsh, tmp_path: Path) -> None:
    error = refused(session_of(server, key="no/key", project=tmp_path), tmp_path / "www")
    assert error.values["file"] == str(tmp_path / "no" / "key")


def test_a_key_of_the_project(server: OpenSsh, tmp_path: Path) -> None:
    shutil.copy(server.key, tmp_path / "key")
    use(session_of(server, key="key", project=tmp_path), tmp_path / "www")


def test_default_keys_and_settings_of_the_user(server: OpenSsh, tmp_path: Path, home: Path) -> None:
    shutil.copy(server.known_hosts, home / ".ssh" / "known_hosts")
    shutil.copy(server.key, home / ".ssh" / "id_ed25519")
    use(session_of(server, key="", known_hosts=""), tmp_path / "www")
    (home / ".ssh" / "id_ed25519").rename(home / ".ssh" / "office")
    (home / ".ssh" / "known_hosts").rename(home / ".ssh" / "hosts")
    settings = (
        f"Host web\n  HostName 127.0.0.1\n  Port {server.port}\n  User {server.user}\n"
        "  IdentityFile ~/.ssh/office\n  UserKnownHostsFile ~/.ssh/hosts\n"
    )
    (home / ".ssh" / "config").write_text(settings, "utf-8")
    use(session_of(server, key="", known_hosts="", host="web", port=0), tmp_path / "www")


def test_settings_do_not_switch_the_check_of_hosts_off(
    server: OpenSsh, tmp_path: Path, home: Path
) -> None:
    settings = "StrictHostKeyChecking no\nUserKnownHostsFile none\n"
    (home / ".ssh" / "config").write_text(settings, "utf-8")
    error = refused(session_of(server, known_hosts=""), tmp_path / "www")
    assert "is not known here" in error.text


def test_a_host_behind_another(server: OpenSsh, tmp_path: Path, home: Path) -> None:
    known = server.known_hosts.read_text("utf-8")
    (home / ".ssh" / "known_hosts").write_text(known, "utf-8")
    shutil.copy(server.key, home / ".ssh" / "id_ed25519")
    settings = (
        f"Host inner\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump outer\n"
        f"Host outer\n  HostName 127.0.0.1\n  Port {server.port}\n"
    )
    (home / ".ssh" / "config").write_text(settings, "utf-8")
    use(session_of(server, key="", known_hosts="", host="inner", port=0), tmp_path / "www")
    (home / ".ssh" / "known_hosts").write_text("", "utf-8")
    session = session_of(server, key="", host="inner", port=0)
    error = refused(session, tmp_path / "www")
    assert "is not trusted" in str(error)


def lock(key: Path, to: Path, form: str = "RFC4716") -> Path:
    """The same key with a passphrase, in a form of ssh-keygen; RFC4716 is OpenSSH's own."""
    shutil.copy(key, to)
    run(program("ssh-keygen"), "-q", "-p", "-m", form, "-N", "open sesame", "-f", str(to))
    return to


@pytest.mark.parametrize("form", ["RFC4716", "PKCS8"])
def test_an_encrypted_key(server: OpenSsh, tmp_path: Path, form: str) -> None:
    if form == "RFC4716" and not os.environ.get("CI"):
        pytest.importorskip("bcrypt")
    locked = lock(server.other_key, tmp_path / "locked", form)
    credentials = NoSecrets("open sesame")
    use(session_of(server, credentials, key=str(locked)), tmp_path / "www")
    assert str(locked) in credentials.asked[0]
    error = refused(session_of(server, NoSecrets(), key=str(locked)), tmp_path / "www")
    assert "BULLETIN_TEST_PASSWORD" in str(error.values["variable"])
    error = refused(session_of(server, NoSecrets("wrong"), key=str(locked)), tmp_path / "www")
    assert "passphrase" in error.text
    assert "wrong" not in repr(error.values)


def test_a_default_key_that_is_encrypted(server: OpenSsh, tmp_path: Path, home: Path) -> None:
    lock(server.other_key, home / ".ssh" / "id_ecdsa", "PKCS8")
    use(session_of(server, NoSecrets("open sesame"), key=""), tmp_path / "www")


def test_an_agent(
    server: OpenSsh, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with agent(monkeypatch, server.key):
        use(session_of(server, key=""), tmp_path / "www")
        locked = lock(server.key, tmp_path / "locked")
        credentials = NoSecrets("never")
        use(session_of(server, credentials, key=str(locked)), tmp_path / "www")
        assert credentials.asked == []


@pytest.mark.parametrize("way", ["password", "keyboard-interactive"])
def test_a_password(tmp_path: Path, way: str) -> None:
    with password_server(tmp_path / "ssh", "hồng hà", way) as server:
        credentials = NoSecrets("hồng hà")
        use(session_of(server, credentials, key="", user="trang"), tmp_path / "www")
        assert credentials.asked
        error = refused(
            session_of(server, NoSecrets("sông"), key="", user="trang"), tmp_path / "www"
        )
        assert error.values["methods"] == way
        assert "sông" not in repr(error.values)
        error = refused(session_of(server, NoSecrets(), key="", user="trang"), tmp_path / "www")
        assert "asks for a password" in error.text


def test_nobody_listens(tmp_path: Path, server: OpenSsh) -> None:
    session = session_of(server, port=free_port(), patience=Patience(pauses=(0.01,), timeout=5))
    with pytest.raises(Dropped):
        use(session, tmp_path / "www")


def test_a_host_without_a_name(tmp_path: Path, server: OpenSsh) -> None:
    error = refused(session_of(server, host="no-such-host.invalid"), tmp_path / "www")
    assert "no-such-host.invalid" in str(error)


def test_a_host_without_sftp(tmp_path: Path) -> None:
    with openssh(tmp_path / "ssh", settings="ForceCommand echo Hello") as server:
        error = refused(session_of(server), tmp_path / "www")
        assert "does not offer SFTP" in error.text


# When it goes wrong in the middle.


def pages(folder: Path, number: int, size: int = 3000) -> list[LocalFile]:
    data = {f"vi/{n % 5}/trang-{n}/index.html": b"%09d" % n * (size // 9) for n in range(number)}
    return [file_in_place(folder, path, content) for path, content in data.items()]


def all_there(root: Path, files: Sequence[LocalFile]) -> bool:
    return all((root / file.path).read_bytes() == file.read() for file in files)


class Counting:
    """Writes files, and counts those under way, until so many have begun."""

    def __init__(self, until: int) -> None:
        self.most_bytes = self._bytes = self._begun = 0
        self._until = until
        self._all = asyncio.Event()

    async def __call__(self, sftp: asyncssh.SFTPClient, path: str, what: LocalFile) -> None:
        self._bytes += what.size
        self._begun += 1
        self.most_bytes = max(self.most_bytes, self._bytes)
        if self._begun == self._until:
            self._all.set()
        await self._all.wait()
        try:
            await write_file(sftp, path, what)
        finally:
            self._bytes -= what.size


@pytest.mark.parametrize(("number", "size", "until"), [(128, 10_000, 128), (15, 999_999, 4)])
def test_many_small_files_are_sent_at_once_but_few_large_ones(
    server: OpenSsh,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    size: int,
    until: int,
) -> None:
    """What is sent stands before all else on a slow line, signs of life too."""
    files, sent = pages(tmp_path / "site", number, size), list[LocalFile]()

    async def run_it(session: SshSession) -> int:
        counting = Counting(until)
        monkeypatch.setattr("generator.sftp_folder.write_file", counting)
        remote = SftpRemote(session, str(tmp_path / "www"))
        assert await remote.put_all(files, sent.append) == []
        await remote.close()
        return counting.most_bytes

    assert asyncio.run(asyncio.wait_for(run_it(session_of(server)), PATIENCE)) <= 4 << 20
    assert len(sent) == number


@pytest.mark.parametrize("connections", [1, 2])
def test_a_dropped_connection_is_made_again(
    server: OpenSsh, tmp_path: Path, connections: int
) -> None:
    files, root, sent = pages(tmp_path / "site", 300), tmp_path / "www", list[LocalFile]()

    async def run_it(distance: Distance, session: SshSession) -> None:
        remote = SftpRemote(session, str(root))
        await remote.write("a.txt", b"first")
        distance.drop_after(200_000)
        assert await remote.put_all(files, sent.append) == []
        await remote.close()

    troubles: list[Dropped] = []
    patience = Patience((0.01, 0.1, 0.5), 20, lambda trouble, _: troubles.append(trouble))
    with far_from(server.port) as distance:
        session = session_of(
            server,
            port=distance.port,
            known_hosts=str(renamed(server, distance.port, tmp_path)),
            patience=patience,
            connections=connections,
        )
        asyncio.run(asyncio.wait_for(run_it(distance, session), PATIENCE))
        assert connections < distance.connections <= 3 * connections
    assert len(troubles) == 1
    assert len(sent) == len(files)
    assert {file.path for file in sent} == {file.path for file in files}
    assert all_there(root, files)


def test_it_gives_up_when_nothing_comes_back(server: OpenSsh, tmp_path: Path) -> None:
    files, root, sent = pages(tmp_path / "site", 300), tmp_path / "www", list[LocalFile]()

    async def run_it(distance: Distance, session: SshSession) -> None:
        remote = SftpRemote(session, str(root))
        await remote.write("a.txt", b"first")

        def note(file: LocalFile) -> None:
            sent.append(file)
            if len(sent) == 50:
                distance.refuse()

        with pytest.raises(Dropped):
            await remote.put_all(files, note)
        told = {file.path for file in sent}
        distance.refuse(False)
        assert await remote.put_all([f for f in files if f.path not in told], sent.append) == []
        await remote.close()

    with far_from(server.port) as distance:
        known_hosts = str(renamed(server, distance.port, tmp_path))
        session = session_of(server, port=distance.port, known_hosts=known_hosts)
        asyncio.run(asyncio.wait_for(run_it(distance, session), PATIENCE))
    assert {file.path for file in sent} == {file.path for file in files}
    assert all_there(root, files)


def test_a_quiet_connection_counts_as_lost(server: OpenSsh, tmp_path: Path) -> None:
    async def run_it(distance: Distance, session: SshSession) -> None:
        remote = SftpRemote(session, str(tmp_path / "www"))
        await remote.write("a.txt", b"first")
        distance.be_quiet()
        await remote.write("a.txt", b"second")
        assert await remote.read("a.txt") == b"second"
        assert distance.connections == 2
        await remote.close()

    with far_from(server.port) as distance:
        session = session_of(
            server,
            port=distance.port,
            known_hosts=str(renamed(server, distance.port, tmp_path)),
            patience=Patience(pauses=(0.01,) * 5, timeout=1),
        )
        asyncio.run(asyncio.wait_for(run_it(distance, session), PATIENCE))


def test_a_lock_made_before_a_loss_is_ours(server: OpenSsh, tmp_path: Path) -> None:
    """Whatever was lost, the request or the answer, there is one lock and we know that it is."""

    async def run_it(distance: Distance, session: SshSession) -> None:
        remote = SftpRemote(session, str(tmp_path / "www"))
        await remote.write("a.txt", b"first")
        for number in range(12):
            distance.drop_after(40 * number)
            assert await remote.create(f"lock-{number}", b"mine")
            assert await remote.read(f"lock-{number}") == b"mine"
        await remote.close()

    with far_from(server.port) as distance:
        known_hosts = str(renamed(server, distance.port, tmp_path))
        session = session_of(server, port=distance.port, known_hosts=known_hosts)
        asyncio.run(asyncio.wait_for(run_it(distance, session), PATIENCE))


# Other servers.


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    with password_server(tmp_path_factory.mktemp("ssh"), "", "publickey", Plain) as server:
        yield server


class TestPlainServer(RemoteContract):
    """One without extensions, which does many things at once."""

    @pytest.fixture
    def on_disk(self, tmp_path: Path) -> Path | None:
        return tmp_path / "www"

    @pytest.fixture
    def remote(self, plain: OpenSsh, on_disk: Path) -> Remotes:
        async def make() -> SftpRemote:
            return SftpRemote(session_of(plain), str(on_disk))

        return make


class RefusesNew(Plain):
    """Puts nothing into its place that has this in it."""

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if Path(os.fsdecode(oldpath)).read_bytes() == b"new" and newpath.endswith(b".html"):
            raise asyncssh.SFTPFailure("no")
        super().rename(oldpath, newpath)


def test_a_page_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    async def run_it(session: SshSession) -> None:
        remote = SftpRemote(session, str(tmp_path / "www"))
        await remote.write("a.html", b"old")
        with pytest.raises(Refused):
            await remote.write("a.html", b"new")
        assert await remote.read("a.html") == b"old"
        await remote.write("a.html", b"newer")
        assert await remote.read("a.html") == b"newer"
        assert await remote.sizes([TEMPORARY]) == {}
        await remote.close()

    with password_server(tmp_path / "ssh", "", "publickey", RefusesNew) as server:
        asyncio.run(asyncio.wait_for(run_it(session_of(server)), PATIENCE))


class OneOfAnother(asyncssh.SFTPServer):
    """Links all but the file of somebody else."""

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        if oldpath.endswith(b".htaccess"):
            raise asyncssh.SFTPPermissionDenied("Operation not permitted")
        super().link(oldpath, newpath)


class NoLinks(asyncssh.SFTPServer):
    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPFailure("Failure")


@pytest.mark.parametrize("kind", [OneOfAnother, NoLinks])
def test_a_file_that_cannot_be_linked_is_copied(
    tmp_path: Path, kind: type[asyncssh.SFTPServer]
) -> None:
    old, new = tmp_path / "www" / "old", tmp_path / "www" / "new"
    rules = b"Deny from all\n" * 30_000
    old.mkdir(parents=True)
    (old / ".htaccess").write_bytes(rules)
    (old / ".htaccess").chmod(0o755)
    (old / "index.html").write_bytes(b"page")

    async def run_it(session: SshSession) -> bool:
        remote = SftpRemote(session, str(tmp_path / "www"))
        try:
            return await remote.copy_tree("old", "new")
        finally:
            await remote.close()

    with password_server(tmp_path / "ssh", "", "publickey", kind) as server:
        is_done = asyncio.run(asyncio.wait_for(run_it(session_of(server)), PATIENCE))
    assert is_done == (kind is OneOfAnother)
    if is_done:
        assert (new / ".htaccess").read_bytes() == rules
        assert (new / ".htaccess").stat().st_mode & 0o777 == 0o755
        assert (new / "index.html").stat().st_ino == (old / "index.html").stat().st_ino


@pytest.mark.parametrize("quietly", [False, True])
def test_large_files_go_on_after_a_loss(
    server: OpenSsh, tmp_path: Path, caplog: pytest.LogCaptureFixture, quietly: bool
) -> None:
    """And nobody is shown what has become of the pieces that were under way."""
    files, root, sent = pages(tmp_path / "site", 6, 2_500_000), tmp_path / "www", list[LocalFile]()

    async def run_it(distance: Distance, session: SshSession) -> None:
        remote = SftpRemote(session, str(root))
        await remote.write("a.txt", b"first")
        distance.drop_after(9_000_000, quietly)
        assert await remote.put_all(files, sent.append) == []
        assert await remote.read(files[0].path) == files[0].read()
        await remote.close()

    with far_from(server.port) as distance:
        known_hosts = str(renamed(server, distance.port, tmp_path))
        patience = Patience(pauses=(0.01,) * 5, timeout=2 if quietly else 20)
        session = session_of(server, port=distance.port, known_hosts=known_hosts, patience=patience)
        asyncio.run(asyncio.wait_for(run_it(distance, session), PATIENCE))
        assert distance.connections > 1
    assert all_there(root, files)
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


@pytest.mark.parametrize("kind", [Full, FullWithoutAWord])
def test_a_full_disk(tmp_path: Path, kind: type[asyncssh.SFTPServer]) -> None:
    files = pages(tmp_path / "site", 30)

    async def run_it(session: SshSession) -> None:
        remote = SftpRemote(session, str(tmp_path / "www"))
        with pytest.raises(DiskFull):
            await remote.put_all(files, lambda _: None)
        assert await remote.sizes([TEMPORARY]) == {}
        await remote.close()

    with password_server(tmp_path / "ssh", "", "publickey", kind) as server:
        asyncio.run(asyncio.wait_for(run_it(session_of(server)), PATIENCE))


# rsync.


async def _rsync(remote: RsyncRemote, files: Sequence[LocalFile], sent: list[LocalFile]) -> None:
    try:
        assert await remote.put_all(files, sent.append) == []
    finally:
        await remote.close()


def test_rsync_is_used_and_each_file_heard_of_once(server: OpenSsh, tmp_path: Path) -> None:
    program("rsync")
    files, root, sent = pages(tmp_path / "site", 100), tmp_path / "www", list[LocalFile]()
    os.chmod(files[0].real_path, 0o600)
    files[0] = structs.replace(files[0], stat=as_file_stat(os.stat(files[0].real_path)))
    with far_from(server.port) as distance:
        known_hosts = str(renamed(server, distance.port, tmp_path))
        session = session_of(server, port=distance.port, known_hosts=known_hosts)
        asyncio.run(
            asyncio.wait_for(_rsync(RsyncRemote(session, str(root)), files, sent), PATIENCE)
        )
        assert distance.connections == 2
    assert sorted(file.path for file in sent) == sorted(file.path for file in files)
    assert all_there(root, files)
    assert all(Path(file.real_path).is_file() for file in files)
    assert (root / files[0].path).stat().st_mode & 0o777 == 0o644
    assert list((root / TEMPORARY).iterdir()) == []


def test_rsync_goes_on_after_a_loss(server: OpenSsh, tmp_path: Path) -> None:
    program("rsync")
    files, root, sent = pages(tmp_path / "site", 200, 9000), tmp_path / "www", list[LocalFile]()
    troubles: list[Dropped] = []
    patience = Patience((0.01, 0.1, 0.5), 20, lambda trouble, _: troubles.append(trouble))

    async def run_it(distance: Distance, remote: RsyncRemote) -> None:
        await remote.write("a.txt", b"first")
        distance.drop_after(1_000_000)
        await _rsync(remote, files, sent)

    with far_from(server.port) as distance:
        known_hosts = str(renamed(server, distance.port, tmp_path))
        session = session_of(server, port=distance.port, known_hosts=known_hosts, patience=patience)
        remote = RsyncRemote(session, str(root))
        asyncio.run(asyncio.wait_for(run_it(distance, remote), PATIENCE))
    assert troubles
    assert sorted(file.path for file in sent) == sorted(file.path for file in files)
    assert all_there(root, files)


def test_when_rsync_is_always_lost_it_is_sftp(
    server: OpenSsh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("rsync")
    files, root, sent = pages(tmp_path / "site", 30), tmp_path / "www", list[LocalFile]()
    calls: list[Sequence[str]] = []

    async def call(words: Sequence[str], folder: str, paths: Sequence[str]) -> Ended:
        calls.append(paths)
        return Ended(255, "Received disconnect from host: 2: Too many authentication failures")

    monkeypatch.setattr("generator.rsync_remote.call_rsync", call)
    remote = RsyncRemote(session_of(server), str(root))
    asyncio.run(asyncio.wait_for(_rsync(remote, files, sent), PATIENCE))
    assert len(calls) == 2
    assert sorted(file.path for file in sent) == sorted(file.path for file in files)
    assert all_there(root, files)


def test_without_rsync_it_is_sftp(
    server: OpenSsh, sftp_only: OpenSsh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, sent = pages(tmp_path / "site", 30), list[LocalFile]()
    remote = RsyncRemote(session_of(sftp_only), str(tmp_path / "there"))
    asyncio.run(asyncio.wait_for(_rsync(remote, files, sent), PATIENCE))
    assert len(sent) == 30
    monkeypatch.setattr(shutil, "which", lambda name: None)
    remote = RsyncRemote(session_of(server), str(tmp_path / "here"))
    asyncio.run(asyncio.wait_for(_rsync(remote, files, sent), PATIENCE))
    assert len(sent) == 60
    assert all_there(tmp_path / "here", files)


def test_a_password_is_nothing_for_rsync(tmp_path: Path) -> None:
    files, sent = pages(tmp_path / "site", 30), list[LocalFile]()
    with password_server(tmp_path / "ssh", "secret", "password") as server:
        remote = RsyncRemote(session_of(server, NoSecrets("secret"), key=""), str(tmp_path / "www"))
        asyncio.run(asyncio.wait_for(_rsync(remote, files, sent), PATIENCE))
    assert len(sent) == 30


def test_what_rsync_says() -> None:
    full = Ended(11, 'rsync: [receiver] write failed on "/a": No space left on device (28)\n')
    assert full.is_full
    assert not full.was_lost
    assert Ended(255, "Connection closed by remote host").was_lost
    assert not Ended(255, "root@host: Permission denied (publickey).").was_lost
    assert Ended(23, "rsync: [receiver] rename failed").is_known
    assert not Ended(1, "rsync: unknown option").is_known


def test_a_server_that_answers_every_command_with_sftp_has_no_shell(tmp_path: Path) -> None:
    async def ask(server: OpenSsh) -> bool:
        session = session_of(server, patience=Patience(timeout=2 * PATIENCE))
        try:
            return await asyncio.wait_for(session.has_shell(str(tmp_path)), PATIENCE)
        finally:
            await session.close()

    with openssh(tmp_path / "sshd", settings=f"ForceCommand {sftp_server()}") as server:
        assert asyncio.run(ask(server)) is False
