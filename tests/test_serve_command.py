"""`bulletin serve` itself: where it listens, what it says on the terminal, how it ends."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from generator.exit_codes import BAD_USAGE
from generator.i18n import Translator
from generator.listening import NotHere, listen
from generator.preview_records import Fault, Saved, State
from generator.problems import Place, Problem, Severity
from generator.terminal import Terminal
from tests.conftest import MakeSite
from tests.serving import PATIENCE, Client

ROOT = Path(__file__).parent.parent
AT_ONCE = 5.0
"""Seconds, of a machine that has other things to do as well. What does not end at once would not
for a quarter of an hour."""
ADDRESS = "http://127.0.0.1:8000/"


# Where it listens


@pytest.fixture
def opened() -> Iterator[Callable[[str, int], tuple[int, str]]]:
    """A function that listens, until the test is over, and gives the port and the address."""
    with ExitStack() as stack:

        def open_there(host: str, port: int) -> tuple[int, str]:
            found = listen(host, port)
            stack.enter_context(found.socket)
            return found.port, found.address

        yield open_there


def test_a_port_in_use_is_passed_over(opened: Callable[[str, int], tuple[int, str]]) -> None:
    first, _ = opened("127.0.0.1", 0)
    second, address = opened("127.0.0.1", first)
    assert second != first
    assert address == f"http://127.0.0.1:{second}/"


def test_where_all_are_in_use_any_port_will_do(
    opened: Callable[[str, int], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.listening._TRIES", 0)
    first, _ = opened("127.0.0.1", 0)
    assert opened("127.0.0.1", first)[0] not in (0, first)


def test_by_default_only_this_machine_is_answered() -> None:
    found = listen("127.0.0.1", 0)
    with found.socket:
        assert found.names == {"localhost", "127.0.0.1", "[::1]"}
        assert (found.is_shared, found.any_ip) == (False, False)
        assert found.elsewhere == ()


def test_in_the_network_it_has_the_names_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Desk.office.example")
    found = listen("0.0.0.0", 0)
    with found.socket:
        assert {"desk.office.example", "desk", "desk.local", "localhost"} <= found.names
        assert found.is_shared
        assert found.any_ip
        assert found.address == f"http://127.0.0.1:{found.port}/"
        for address in found.elsewhere:
            assert re.fullmatch(rf"http://[\d.]+:{found.port}/", address)


def test_a_host_by_name_is_one_of_its_names() -> None:
    found = listen("LocalHost", 0)
    with found.socket:
        assert found.address == f"http://localhost:{found.port}/"
        assert not found.is_shared


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a" * 300, "1.2.3.4.5"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(NotHere):
        listen(host, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do this")
def test_who_takes_nothing_is_dropped_by_the_system() -> None:
    found = listen("127.0.0.1", 0)
    with found.socket:
        assert found.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


# What it says


def fault(line: int, text: str = "a mistake", is_error: bool = True) -> Fault:
    return Fault(
        "content/a.md", line, 3, "wrong", is_error, text, "mend it", "x: y", "/a.md", fresh=True
    )


class Words:
    """A terminal and what is on it."""

    def __init__(self, language: str = "en") -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.terminal = Terminal(self.out, self.err, Translator(language), ADDRESS)
        self.number = 0

    def after(self, **values: object) -> tuple[list[str], list[str]]:
        """The lines of a state, out and err."""
        self.number += 1
        for stream in (self.out, self.err):
            stream.seek(0)
            stream.truncate()
        self.terminal.say(State(self.number, **values))  # type: ignore[arg-type]
        return self.out.getvalue().splitlines(), self.err.getvalue().splitlines()


def test_what_is_saved_is_said_once() -> None:
    words = Words()
    saved = (Saved("content/a.md", "A", "2025/tệp/"), Saved("content/b.yaml", "B", None))
    lines = [
        f"Saved: content/a.md, shown at {ADDRESS}2025/t%E1%BB%87p/",
        "Saved: content/b.yaml",
    ]
    assert words.after() == ([], [])
    assert words.after(settled=False, saved=saved, saved_total=2) == (lines, [])
    assert words.after(saved=saved, saved_total=2) == ([], [])
    assert words.after(saved=saved, saved_total=2) == (lines, [])
    assert words.after(settled=False) == ([], [])


def test_of_many_files_the_first_are_named() -> None:
    saved = tuple(Saved(f"content/{n}.md", "", None) for n in range(10))
    out, _ = Words().after(saved=saved, saved_total=1500)
    assert len(out) == 6
    assert out[-1] == "… and 1,495 more files"


def test_errors_are_said_as_a_build_says_them() -> None:
    words = Words()
    values = {"what": "mistake"}
    problem = Problem(Place("content/a.md", 4, 3), "wrong", "a {what}", "mend\nit", values)
    _, err = words.after(faults=(fault(4),), errors=1)
    assert err == [Translator("en").problem(problem)]
    assert err == ["content/a.md:4:3: a mistake — mend it [wrong]"]
    warning = Problem(Place("a.md"), "odd", "odd", severity=Severity.WARNING)
    assert Translator("en").problem(warning) == "a.md:1:1: warning: odd [odd]"


def test_errors_are_said_once_and_when_they_are_mended() -> None:
    words = Words()
    first, second = fault(4), fault(5)
    assert len(words.after(settled=False, faults=(first,), errors=1)[1]) == 1
    assert words.after(faults=(first,), errors=1) == ([], [])
    assert len(words.after(faults=(first, second), errors=2)[1]) == 1
    # What is not settled may not have all errors yet.
    assert words.after(settled=False) == ([], [])
    assert words.after(faults=(first, second), errors=2) == ([], [])
    assert words.after(faults=(second,), errors=1) == ([], [])
    assert words.after() == (["No errors any more"], [])
    assert words.after() == ([], [])
    assert len(words.after(faults=(second,), errors=1)[1]) == 1


def test_warnings_are_counted_when_their_number_changes() -> None:
    words = Words()
    odd = fault(1, is_error=False)
    assert words.after(settled=False, faults=(odd,), warnings=1) == ([], [])
    many = ["2 warnings; the preview lists them."]
    assert words.after(faults=(odd, odd), warnings=2) == (many, [])
    assert words.after(faults=(odd, odd), warnings=2) == ([], [])
    assert words.after(warnings=1) == (["1 warning; the preview lists it."], [])


def test_a_state_that_comes_late_is_not_said() -> None:
    words = Words()
    words.after()
    words.terminal.say(State(0, saved=(Saved("a.md", "A", None),), saved_total=1))
    assert words.out.getvalue() == ""


def test_failures_are_said() -> None:
    words = Words()
    words.terminal.failed(OSError(28, "No space left on device"))
    assert words.err.getvalue() == "The work failed: [Errno 28] No space left on device\n"
    words.terminal.failed(ZeroDivisionError("somewhere"))
    assert words.err.getvalue().endswith("ZeroDivisionError: somewhere\n")
    words.terminal.note("The watch is slow.")
    assert words.out.getvalue() == "The watch is slow.\n"


def test_a_terminal_that_is_gone_is_no_failure() -> None:
    words = Words()
    words.out.close()
    words.terminal.say(State(1, saved=(Saved("a.md", "A", None),), saved_total=1))


# The process


SCRIPT = """
import subprocess
import sys
import threading
import time

from generator import serve
from generator.cli import main
from tests.serving import FakeDesk, served

kind = sys.argv.pop(1)


class Busy:
    def start(self):
        def work():
            while True:
                sum(range(1000))

        if kind == "busy":
            from multiprocessing import get_context

            # It holds our standard output, whose end so tells that it is gone too.
            get_context("spawn").Process(target=time.sleep, args=(1000,)).start()
            threading.Thread(target=work).start()

    def stop(self):
        print("stopped", flush=True)
        if kind == "busy":
            time.sleep(1000)


def begin(wishes, translator, ears):
    desk = FakeDesk({"": served("Drafts")}, {"": served("Public")})
    return serve.Begun(desk, Busy(), {})


serve.begin = begin
sys.exit(main(["serve", "--port", "0", *sys.argv[1:]]))
"""

posix = pytest.mark.skipif(os.name == "nt", reason="signals of Windows cannot be sent from here")


@contextmanager
def command(
    project: Path, kind: str = "idle", *options: str, **env: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command with a desk of tests, and the address it prints."""
    arguments = [sys.executable, "-W", "error", "-c", SCRIPT, kind, "--project", str(project)]
    with subprocess.Popen(
        [*arguments, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("Preview: ").strip()
            yield process, address
        finally:
            end_all(process)


def ends(process: subprocess.Popen[str], *signals: int) -> tuple[float, str, str]:
    """The seconds it takes to end after signals, and what it still says. Its output ends only when
    no process has it any more."""
    assert process.stdout is not None
    assert process.stderr is not None
    patience = threading.Timer(PATIENCE, end_all, (process,))
    patience.start()
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
    out, err = process.stdout.read(), process.stderr.read()
    assert process.wait(PATIENCE) == 0
    patience.cancel()
    return time.monotonic() - began, out, err


def end_all(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def project(make_site: MakeSite) -> Path:
    return make_site({}).root


@posix
@pytest.mark.parametrize(
    "signals",
    [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT, signal.SIGINT, signal.SIGTERM)],
    ids=str,
)
def test_it_ends_when_told(project: Path, signals: tuple[int, ...]) -> None:
    with command(project) as (process, address):
        client = Client(int(address.rstrip("/").rpartition(":")[2]))
        assert "Drafts" in client.get("/").text
        seconds, out, err = ends(process, *signals)
    assert (out, err) == ("stopped\n", "")
    assert seconds < AT_ONCE


@posix
def test_it_ends_at_once_while_it_still_starts(project: Path) -> None:
    with command(project) as (process, _):
        seconds, _, err = ends(process, signal.SIGINT)
    assert err == ""
    assert seconds < AT_ONCE


@posix
def test_it_ends_with_a_thousand_connections(project: Path) -> None:
    with command(project) as (process, address):
        client = Client(int(address.rstrip("/").rpartition(":")[2]))
        for _ in range(1000):
            client.deaf("")
        seconds, out, err = ends(process, signal.SIGINT)
        client.close()
    assert (out, err) == ("stopped\n", "")
    assert seconds < AT_ONCE


@posix
def test_what_does_not_end_is_ended(project: Path) -> None:
    with command(project, "busy") as (process, address):
        client = Client(int(address.rstrip("/").rpartition(":")[2]))
        client.deaf("")
        seconds, _, err = ends(process, signal.SIGINT, signal.SIGINT)
        client.close()
    assert err == ""
    assert seconds < AT_ONCE


@posix
def test_readers_alone_and_the_browser(project: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {told}\n")
    browser.chmod(0o755)
    with command(project, "idle", "--no-drafts", "--open", BROWSER=f"{browser} %s") as found:
        process, address = found
        assert told.read_text() == f"{address}\n"
        client = Client(int(address.rstrip("/").rpartition(":")[2]))
        assert "Public" in client.get("/").text
        ends(process, signal.SIGINT)


@posix
def test_in_the_network_it_warns(project: Path) -> None:
    with command(project, "idle", "--host", "0.0.0.0") as (process, address):
        assert address.startswith("http://127.0.0.1:")
        _, out, _ = ends(process, signal.SIGINT)
    assert "Everyone in this network can see it, with all drafts.\n" in out


@posix
def test_a_port_in_use_is_said(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with command(project, "idle", "--port", str(port)) as (process, line):
            other = re.fullmatch(rf"Port {port} is in use; the preview listens at (\d+)\.", line)
            assert other
            assert process.stdout is not None
            assert process.stdout.readline() == f"Preview: http://127.0.0.1:{other[1]}/\n"
            ends(process, signal.SIGINT)


@pytest.mark.parametrize("options", [("--host", "192.0.2.1"), ("--host", "")])
def test_another_host_is_wrong_usage(make_site: MakeSite, options: tuple[str, ...]) -> None:
    outcome = make_site({}).command("serve", *options)
    assert outcome.code == BAD_USAGE
    assert outcome.err.startswith("This machine has no address ")


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_wrong_usage(make_site: MakeSite, port: str) -> None:
    outcome = make_site({}).command("serve", f"--port={port}")
    assert outcome.code == BAD_USAGE
    assert "is not a port" in outcome.err
