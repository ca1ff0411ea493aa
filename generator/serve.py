"""`bulletin serve`: the preview of a project, from its first line on the terminal to its end."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, TextIO

from msgspec import Struct

from generator.i18n import Translator
from generator.listening import Listening, listen
from generator.preview_records import Desk, State, View
from generator.problems import N_

if TYPE_CHECKING:
    from types import FrameType

    from generator.previewing import Preview
    from generator.server import Server
    from generator.watching import Watch

_SECONDS_TO_END = 0.8
"""What still runs so long after it was told to end is ended."""

_MOST_FILES = 65536
_SWITCH = 0.001


class Wishes(Struct, frozen=True):
    """What the command is asked for."""

    project: Path
    output: Path
    host: str
    port: int
    opens: bool
    drafts: bool


class Service(Protocol):
    """What works beside the server, in threads of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Ears(Struct, frozen=True):
    """Who is told, by any thread: of states, of the progress until there is a site (in words), of
    what should not have happened, and of what else is worth a line (a message id)."""

    on_state: Callable[[State], None]
    on_waiting: Callable[[str, int, int], None]
    on_failure: Callable[[Exception], None]
    on_notice: Callable[[str], None]


class Begun(Struct, frozen=True):
    """What is served: the desk, what has to run for it, the texts of the bar, and the folder of the
    site in its own address."""

    desk: Desk
    service: Service
    words: dict[str, str]
    base_path: Callable[[], str] = str


Begin = Callable[[Wishes, Translator, Ears], Begun]


def begin(wishes: Wishes, translator: Translator, ears: Ears) -> Begun:
    """The preview of a project, and the watch over its files; started by whoever gets it."""
    from generator.preview_words import words
    from generator.previewing import Preview
    from generator.watching import Watch

    view = View.EDITORS if wishes.drafts else View.READERS
    preview = Preview(
        wishes.project,
        wishes.output,
        translator,
        ears.on_state,
        ears.on_waiting,
        ears.on_failure,
        view,
    )
    watch = Watch(wishes.project, preview.changed, ears.on_notice)
    return Begun(
        preview, _Both(wishes.project, preview, watch), words(translator), preview.base_path
    )


class _Both:
    """A preview and the watch that tells it what is saved from the moment its files were found."""

    def __init__(self, project: Path, preview: Preview, watch: Watch) -> None:
        self._project = project
        self._preview = preview
        self._watch = watch

    def start(self) -> None:
        from generator.standing import take_stock

        stock = take_stock(self._project)
        self._preview.start(stock)
        self._watch.start(stock)

    def stop(self) -> None:
        self._watch.stop()
        self._preview.stop()


def serve(wishes: Wishes, translator: Translator, begin: Begin) -> NoReturn:
    """Serve until Ctrl+C, SIGTERM or the terminal's end, which ends the process with exit code 0.
    Raises `NotHere` where it cannot listen at that host."""
    end = _End()
    listening = listen(wishes.host, wishes.port)
    with listening.socket:
        # From here on browsers can connect; they are answered when all is loaded.
        _say_where(listening, wishes, translator, sys.stdout)
        if wishes.opens:
            threading.Thread(target=_open_browser, args=(listening.address,), daemon=True).start()
        _run(wishes, translator, begin, listening, end)
    leave()


def _run(
    wishes: Wishes, translator: Translator, begin: Begin, listening: Listening, end: _End
) -> None:
    from generator.hub import Hub
    from generator.last_build import WithSearch
    from generator.server import Around, make_app, make_server
    from generator.terminal import Terminal
    from generator.trust import Hosts

    allow_many_files()
    # The loop hands over to a page that was saved, and is to get its turn back soon.
    sys.setswitchinterval(_SWITCH)
    terminal = Terminal(sys.stdout, sys.stderr, translator, listening.address)

    def on_state(state: State) -> None:
        hub.publish(state)
        terminal.say(state)

    def on_waiting(stage: str, done: int, total: int) -> None:
        hub.waiting(stage, done, total)
        terminal.waiting(stage, done, total)

    begun = begin(wishes, translator, Ears(on_state, on_waiting, terminal.failed, terminal.note))
    desk = WithSearch(begun.desk, wishes.output, translator)
    only = None if wishes.drafts else View.READERS
    hub = Hub(desk, begun.words, only, terminal.failed)
    hosts = Hosts(listening.names, listening.port, listening.any_ip)
    around = Around(translator, terminal.failed, begun.base_path, only_readers=not wishes.drafts)
    server = make_server(make_app(desk, hub, hosts, around))
    end.tell(server)

    def start() -> None:
        try:
            begun.service.start()
        except Exception as error:
            terminal.failed(error)

    # They look at many files first, and whoever has the address already is to be answered.
    threading.Thread(target=start, daemon=True).start()
    try:
        server.run(sockets=[listening.socket])
    finally:
        end()
        begun.service.stop()


class _End:
    """Called by signals, it ends the server; and after a while all that is left."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._asked = False
        # A signal may come anywhere, and nothing else may safely be told from there.
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()
        threading.Thread(target=self._follow, daemon=True).start()
        for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"):
            number = getattr(signal, name, None)
            # Who starts a program with `nohup` wants it to outlive the terminal.
            if number and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                signal.signal(number, self)

    def __call__(self, number: int = 0, frame: FrameType | None = None) -> None:
        if not self._asked:
            self._asked = True
            self._told.put(None)
            if self._server is not None:
                self._server.should_exit = True

    def tell(self, server: Server) -> None:
        """This is the server to end."""
        self._server = server
        server.should_exit = self._asked

    def _follow(self) -> None:
        self._told.get()
        time.sleep(_SECONDS_TO_END)
        leave()


def leave() -> NoReturn:
    """End the process at once, with those it has started. Threads that are still at work would keep
    it, or end in the middle of what is not written in Python, which the system takes for a
    crash."""
    children = sys.modules.get("multiprocessing")
    for child in children.active_children() if children else ():
        child.kill()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)


def _say_where(listening: Listening, wishes: Wishes, translator: Translator, out: TextIO) -> None:
    say = translator.gettext
    lines = []
    if wishes.port not in (0, listening.port):
        taken = say(N_("Port {port} is in use; the preview listens at {other}."))
        lines.append(taken.format(port=wishes.port, other=listening.port))
    lines.append(say(N_("Preview: {address}")).format(address=listening.address))
    lines += [
        say(N_("In the network: {address}")).format(address=address)
        for address in listening.elsewhere
    ]
    if listening.is_shared and wishes.drafts:
        lines.append(say(N_("Everyone in this network can see it, with all drafts.")))
    elif listening.is_shared:
        lines.append(say(N_("Everyone in this network can see it.")))
    out.write("".join(f"{line}\n" for line in lines))
    out.flush()


def _open_browser(address: str) -> None:
    import webbrowser

    webbrowser.open(address)


def allow_many_files() -> None:
    """As many open connections as the system allows; where few is the rule, on macOS say, each
    open tab and picture counts."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return
