"""Asking on a terminal for what nobody is to see."""

from __future__ import annotations

import getpass
import os
import sys

_CTRL_C = b"\x03"


def ask_unseen(text: str) -> str:
    """What somebody types, without the end of the line. It may block a thread that is not the main
    one: there Ctrl-C, which interrupts only that, would leave this waiting and the terminal mute.
    So it ends the line here, and raises KeyboardInterrupt when the terminal is as it was."""
    if sys.platform == "win32":
        return getpass.getpass(text)  # it sees Ctrl-C by itself, in any thread
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return getpass.getpass(text)
    try:
        line = _read_unseen(terminal, text)
    finally:
        os.close(terminal)
    if line.endswith(_CTRL_C):
        raise KeyboardInterrupt
    return os.fsdecode(line.rstrip(b"\r\n"))


if sys.platform != "win32":

    def _read_unseen(terminal: int, text: str) -> bytes:
        import termios

        before = termios.tcgetattr(terminal)
        mute = termios.tcgetattr(terminal)
        mute[3] &= ~(termios.ECHO | termios.ISIG)
        mute[6][termios.VEOL] = _CTRL_C
        termios.tcsetattr(terminal, termios.TCSAFLUSH, mute)
        try:
            os.write(terminal, text.encode(errors="replace"))
            line = b""
            while not line.endswith((b"\n", _CTRL_C)):
                more = os.read(terminal, 4096)
                if not more:
                    break
                line += more
            return line
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
            os.write(terminal, b"\n")
