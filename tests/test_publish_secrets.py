"""Where the secret of a target comes from, and how it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.credentials import UserCredentials
from generator.problems import Place
from generator.publish_targets import Ftp, Target

ADDRESS = "ftps://lan@example.vn/w"
TARGET = Target(
    name="my-live",
    place=Place("bulletin.toml"),
    address=ADDRESS,
    kind=Ftp("example.vn", 21, "lan", "/w", True, "", 4),
    default=False,
    extra="",
    public_url="",
)

ASKS = """
import asyncio, fcntl, sys, termios
from generator.credentials import UserCredentials
from tests.test_publish_secrets import TARGET

fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # what it is asked on is the terminal of this process
secret = UserCredentials(TARGET, lambda text: text).secret
try:
    print("got", asyncio.run(asyncio.to_thread(secret, sys.argv[1]))[::-1])
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("BULLETIN_MY_LIVE_PASSWORD", raising=False)


def test_it_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULLETIN_MY_LIVE_PASSWORD", "S3cret")
    assert UserCredentials(TARGET, str).secret(ADDRESS) == "S3cret"


def test_who_is_not_there_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert UserCredentials(TARGET, str).secret(ADDRESS) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there getpass does it")
@pytest.mark.parametrize(
    ("purpose", "typed", "said"),
    [
        (ADDRESS, b"S3crex\x7ft\n", "got terc3S"),
        ("/home/lan/.ssh/key", b"S3cret\n", "got terc3S"),
        (ADDRESS, b"S3c\x03", "interrupted"),
    ],
)
def test_it_is_asked_for_unseen(purpose: str, typed: bytes, said: str) -> None:
    """In a thread, as publishing does; Ctrl-C ends it, and the terminal is as before."""
    if sys.platform == "win32":
        return
    import termios

    ours, theirs = os.openpty()
    before = termios.tcgetattr(theirs)
    try:
        with subprocess.Popen(
            [sys.executable, "-c", ASKS, purpose],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        ) as process:
            kind = "Password for" if purpose == ADDRESS else "Passphrase of the key"
            assert read_until(ours, ": ") == f"{kind} {purpose}: "
            assert not termios.tcgetattr(theirs)[3] & termios.ECHO
            os.write(ours, typed)
            assert read_until(ours, "\r\n") == "\r\n", "nothing of it is shown"
            out, err = process.communicate(timeout=60)
        assert (out.decode().strip(), err.decode()) == (said, "")
        assert termios.tcgetattr(theirs) == before
    finally:
        os.close(ours)
        os.close(theirs)


def read_until(terminal: int, end: str) -> str:
    text = ""
    while not text.endswith(end):
        text += os.read(terminal, 1000).decode()
    return text
