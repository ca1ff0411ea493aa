"""What publishing says on the terminal: what is to be done, how it goes, and what came of it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from generator.changes import Changes
from generator.deployed import Deployed
from generator.destination import Hearing, Outcome, Seen
from generator.i18n import Translator
from generator.problems import N_
from generator.remote_errors import Dropped, Refused, TargetError
from generator.site_files import LocalFile
from generator.transfer import TransferBar, size_in_words, span_in_words
from generator.verifying import Verified

_MOST_NAMED = 20
"""Files named one by one where they are not asked for."""

_LONG_PAUSE = 2.0
"""Seconds after which somebody who looks on should hear why nothing happens."""

_SEEN = {
    Seen.OLD: N_("Readers see the site as it was before."),
    Seen.MIXED: N_("Readers see some new pages among the old ones; all links work."),
    Seen.NEW: N_("Readers see the new site; some old files have not been removed yet."),
    Seen.UNKNOWN: N_(
        "Readers see the site as it was before, or some new pages in it; all links work."
    ),
}


class Narrator:
    """Results go to the standard output, troubles to the other."""

    def __init__(self, translator: Translator, verbose: bool) -> None:
        self._translator = translator
        self._verbose = verbose
        self._bar = TransferBar(sys.stderr, translator)
        self._begun = time.monotonic()
        self._sent = self._size = self._deleted = 0
        self._planned: Changes | None = None
        self._seen = Seen.OLD
        self._is_over = False

    def say(self, text: str, **values: str | int) -> None:
        """A line; a message id with its values."""
        self._print(self._words(text, values), sys.stdout)

    def warn(self, text: str, **values: str | int) -> None:
        self._print(self._words(text, values), sys.stderr)

    def complain(self, lines: Iterable[str]) -> None:
        """Lines that are in words already."""
        for line in lines:
            self._print(line, sys.stderr)

    def fail(self, error: TargetError) -> None:
        self._print(self._error(error), sys.stderr)

    def ask(self, text: str, **values: str | int) -> bool:
        """Whether who sits there says yes; nobody there says no."""
        if sys.stdin is None or not sys.stdin.isatty():
            return False
        yes = self._translator.gettext(N_("y"))
        no = self._translator.gettext(N_("n"))
        self._print(f"{self._words(text, values)} [{yes}/{no.upper()}] ", sys.stderr, end="")
        # The event loop would not end the waiting for an answer.
        former = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            answer = sys.stdin.readline()
        finally:
            signal.signal(signal.SIGINT, former)
        return answer.strip().casefold() in {yes, "y", "yes"}

    def trouble(self, trouble: Dropped, pause: float) -> None:
        """What the connection did, where it takes longer than a moment."""
        if self._verbose or pause >= _LONG_PAUSE:
            self.warn(
                N_("{detail}; trying again in {seconds} s"),
                detail=self._error(trouble),
                seconds=f"{pause:g}",
            )

    def hearing(self) -> Hearing:
        return Hearing(self._begin, self._on_step, self._on_sent, self._on_deleted, self._note)

    def assume(self, deployed: Deployed, address: str) -> None:
        """What is taken for granted about the target."""
        if deployed.unfinished:
            self.say(N_("The last publish to {address} did not come to its end."), address=address)
        elif not deployed.known and deployed.foreign:
            self.say(
                N_(
                    "Nothing tells that a site was published to {address} before. Files that are"
                    " there already and were not put there by this program: {count}"
                ),
                address=address,
                count=self._number(len(deployed.foreign)),
            )

    def list_changes(self, changes: Changes) -> None:
        """Every file, for --dry-run."""
        for step in changes.steps:
            self.say(N_("{title}:"), title=self._words(step.title, {}))
            for file in step.files:
                size = size_in_words(file.size, self._translator)
                self._print(f"  {file.path}  {size}", sys.stdout)
        if changes.removed:
            self.say(N_("to be removed:"))
            for path in changes.removed:
                self._print(f"  {path}", sys.stdout)

    def sum_up(self, changes: Changes) -> None:
        self.say(
            N_("To send: {files} ({size}); to remove: {deleted}; unchanged: {same}"),
            files=self._number(len(changes.files)),
            size=size_in_words(changes.size, self._translator),
            deleted=self._number(len(changes.removed)),
            same=self._number(changes.same),
        )

    def name_some(self, paths: Sequence[str]) -> None:
        for path in paths[:_MOST_NAMED]:
            self._print(f"  {path}", sys.stderr)
        if len(paths) > _MOST_NAMED:
            self.warn(N_("  … and {count} more"), count=self._number(len(paths) - _MOST_NAMED))

    def account(self, outcome: Outcome, address: str) -> None:
        """What came of it, as it is."""
        if outcome.done:
            self._is_over = True
            self.say(
                N_("Published to {address}: sent {files} ({size}), removed {deleted}, in {time}"),
                address=address,
                files=self._number(self._sent),
                size=size_in_words(self._size, self._translator),
                deleted=self._number(self._deleted),
                time=span_in_words(time.monotonic() - self._begun),
            )
            return
        for refusal in outcome.refused[:_MOST_NAMED]:
            self.warn(f"{refusal.path}: {self._error(refusal)}")
        if len(outcome.refused) > _MOST_NAMED:
            more = self._number(len(outcome.refused) - _MOST_NAMED)
            self.warn(N_("  … and {count} more"), count=more)
        if outcome.error is not None:
            self.fail(outcome.error)
        self._seen = outcome.seen
        self.stopped()

    def stopped(self) -> None:
        """It ended before its end, or was ended."""
        if self._is_over:
            return
        if self._planned is None:
            self.warn(N_("Nothing was published."))
            return
        self.warn(
            N_("Not finished. Sent: {sent} of {files}; removed: {deleted} of {all}"),
            sent=self._number(self._sent),
            files=self._number(len(self._planned.files)),
            deleted=self._number(self._deleted),
            all=self._number(len(self._planned.removed)),
        )
        self.warn(_SEEN[self._seen])
        self.warn(N_("Run “bulletin publish” again: it goes on from there."))

    def tell_verified(self, verified: Verified, address: str) -> None:
        """Whether readers get what was published."""
        for wrong in verified.wrong[:_MOST_NAMED]:
            self.warn(f"{wrong.path}: {self._words(wrong.text, wrong.values)}")
        self.say(
            N_("Looked at {count} files at {address}; not as published: {wrong}"),
            count=self._number(verified.checked),
            address=address,
            wrong=self._number(len(verified.wrong)),
        )
        if verified.wrong:
            self.warn(
                N_(
                    "Some hosts show new files only after a while. If it stays so, “bulletin"
                    " publish --all” sends every file again."
                )
            )

    def _begin(self, changes: Changes) -> None:
        self._planned = changes
        self._bar.begin(len(changes.files) + len(changes.removed), changes.size)
        self._begun = time.monotonic()

    def _on_step(self, title: str, seen: Seen) -> None:
        self._seen = seen
        self._bar.enter(title)

    def _on_sent(self, file: LocalFile) -> None:
        self._sent += 1
        self._size += file.size
        if self._verbose:
            self.say(f"+ {file.path}")
        self._bar.add(file.size)

    def _on_deleted(self, path: str) -> None:
        self._deleted += 1
        if self._verbose:
            self.say(f"- {path}")
        self._bar.add(0)

    def _note(self, text: str, values: Mapping[str, str | int]) -> None:
        self.warn(text, **values)

    def _print(self, text: str, stream: TextIO, end: str = "\n") -> None:
        """Whatever becomes of what is said, the work goes on: who listens may have gone (`| head`),
        and a disk may be full."""
        self._bar.clear()
        try:
            print(text, file=stream, end=end, flush=True)
        except OSError:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    def _number(self, number: int) -> str:
        return self._translator.number(number)

    def _words(self, text: str, values: Mapping[str, str | int]) -> str:
        words = self._translator.gettext(text)
        return words.format_map(values) if values else words

    def _error(self, error: TargetError | Refused) -> str:
        text = self._words(error.text, error.values)
        return f"{text} — {self._words(error.hint, error.values)}" if error.hint else text
