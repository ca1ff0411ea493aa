"""`bulletin publish`: the site built, compared, sent and looked at."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.changes import Changes, compare
from generator.config import load_config
from generator.credentials import UserCredentials
from generator.deployed import Deployed, doubting
from generator.destination import Order
from generator.destinations import Means, open_destination
from generator.exit_codes import BAD_CONTENT, BAD_USAGE, DONE, FAILED, STOPPED
from generator.i18n import Translator
from generator.listing import problem_lines
from generator.narrator import Narrator
from generator.own_command import run_command, shown
from generator.problems import N_, ProblemsFound
from generator.progress import ProgressBar
from generator.publish_targets import Command, Ftp, Target
from generator.publishing import (
    Edition,
    NoTarget,
    choose_target,
    pages_removed,
    prepare,
    removes_much,
)
from generator.remote_errors import TargetError
from generator.retrying import Patience
from generator.verifying import verify


class Wishes(Struct, frozen=True):
    """What the command is asked for; `target` is None for the default."""

    project: Path
    target: str | None
    dry_run: bool = False
    yes: bool = False
    strict: bool = False
    verbose: bool = False
    verify: bool = False
    all: bool = False
    rollback: bool = False
    unlock: bool = False


def publish(wishes: Wishes, translator: Translator, on_wait: Callable[[], None]) -> int:
    """Build, send what differs, and tell how it went; gives the exit code. Raises OSError where
    the disk fails."""
    narrator = Narrator(translator, wishes.verbose)
    try:
        if wishes.rollback or wishes.unlock:
            targets = load_config(wishes.project).targets
            target = choose_target(targets, wishes.target)
            if isinstance(target.kind, Command):
                raise NoTarget(N_("a command of your own has no lock, and no way back"))
            return _run(_manage(wishes, target, translator, narrator))
        return _publish(wishes, translator, narrator, on_wait)
    except ProblemsFound as found:
        narrator.complain(problem_lines(found.problems, translator))
        return BAD_CONTENT
    except NoTarget as error:
        narrator.fail(error)
        return BAD_USAGE
    except TargetError as error:
        narrator.fail(error)
        return FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        narrator.stopped()
        return STOPPED


def _publish(
    wishes: Wishes, translator: Translator, narrator: Narrator, on_wait: Callable[[], None]
) -> int:
    bar = ProgressBar(sys.stderr, translator)
    try:
        edition = prepare(wishes.project, wishes.target, wishes.strict, on_wait, bar)
    finally:
        bar.clear()
    narrator.complain(problem_lines(edition.report.problems, translator))
    if edition.report.failed:
        narrator.warn(N_("Nothing was published."))
        return BAD_CONTENT
    if isinstance(edition.target.kind, Command):
        return _hand_over(wishes, edition, edition.target.kind, narrator)
    return _run(_deliver(wishes, edition, translator, narrator))


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Do it, and end it well when the system asks for that: the lock is given back."""

    async def run() -> int:
        task = asyncio.ensure_future(work)
        for name in ("SIGTERM", "SIGHUP"):  # Windows has neither
            with suppress(NotImplementedError, AttributeError):
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)
        return await task

    return asyncio.run(run())


def _hand_over(wishes: Wishes, edition: Edition, command: Command, narrator: Narrator) -> int:
    words = shown(command, edition.output)
    if wishes.dry_run:
        narrator.say(N_("To be run: {command}"), command=words)
        return DONE
    narrator.say(N_("Running: {command}"), command=words)
    try:
        run_command(command, wishes.project, edition.output, edition.public_url)
    except KeyboardInterrupt:
        narrator.warn(N_("The command was stopped."))
        return STOPPED
    if wishes.verify:
        return _run(_verify(edition, Changes(), narrator))
    return DONE


async def _deliver(
    wishes: Wishes, edition: Edition, translator: Translator, narrator: Narrator
) -> int:
    target = edition.target
    async with open_destination(target, _means(wishes, target, translator, narrator)) as place:
        deployed = await place.look(edition.files)
        if wishes.all:
            deployed = doubting(deployed)
        changes = compare(edition.files, deployed)
        narrator.assume(deployed, target.address)
        if isinstance(target.kind, Ftp) and not target.kind.tls:
            narrator.warn(
                N_(
                    "{address} is not encrypted: others on the way can read the password. Where the"
                    " host can, write ftps:"
                ),
                address=target.address,
            )
        if wishes.dry_run:
            narrator.list_changes(changes)
            narrator.sum_up(changes)
            for concern in _concerns(edition, changes, deployed):
                concern.tell(narrator)
            return DONE
        if changes or deployed.unfinished or place.was_ended:
            narrator.sum_up(changes)
            if not (wishes.yes or _agreed(_concerns(edition, changes, deployed), narrator)):
                return FAILED
            order = Order(edition.config.id, _now(), edition.files, changes, wishes.all)
            outcome = await place.send(order, narrator.hearing())
            narrator.account(outcome, target.address)
            if not outcome.done:
                return FAILED
        else:
            narrator.say(N_("Nothing to publish: {address} is up to date."), address=target.address)
    if edition.public_url:
        narrator.say(N_("The site: {file}"), file=edition.public_url)
    return await _verify(edition, changes, narrator) if wishes.verify else DONE


async def _verify(edition: Edition, changes: Changes, narrator: Narrator) -> int:
    if not edition.public_url:
        raise TargetError(
            N_("where readers find the site is not written, so it cannot be looked at"),
            N_("write “base_url” under [site], or “public_url” with the target"),
        )
    changed = [file.path for file in changes.files]
    verified = await verify(edition.public_url, edition.files, changed, changes.removed)
    narrator.tell_verified(verified, edition.public_url)
    return FAILED if verified.wrong else DONE


class Concern(Struct, frozen=True):
    """What should not happen by mistake: in words with values, the files it is about, and what is
    asked; message ids."""

    text: str
    question: str
    values: Mapping[str, str | int]
    paths: Sequence[str] = ()

    def tell(self, narrator: Narrator) -> None:
        narrator.warn(self.text, **self.values)
        narrator.name_some(self.paths)


def _concerns(edition: Edition, changes: Changes, deployed: Deployed) -> Iterator[Concern]:
    if deployed.site and deployed.site != edition.config.id:
        text = N_(
            "Another site was published there: “{site}”. This one is “{id}”. If it is the same with"
            ' a new title, write under [site]: id = "{site}"'
        )
        values = {"site": deployed.site, "id": edition.config.id}
        yield Concern(text, N_("Replace it?"), values)
    if changes.replaced:
        text = N_("Files there that were not put there by this program would be replaced: {count}")
        paths = [*changes.replaced]
        yield Concern(text, N_("Replace them?"), {"count": len(paths)}, paths)
    if removes_much(changes, deployed):
        text = N_("Files would be removed: {count}")
        paths = pages_removed(changes)
        yield Concern(text, N_("Remove them?"), {"count": len(paths)}, paths)


def _agreed(concerns: Iterable[Concern], narrator: Narrator) -> bool:
    """Whether all of it is meant. Who is not there to be asked agrees to none of it."""
    for concern in concerns:
        concern.tell(narrator)
        if not narrator.ask(concern.question):
            narrator.warn(N_("Nothing was published. If this is meant: bulletin publish --yes"))
            return False
    return True


async def _manage(
    wishes: Wishes, target: Target, translator: Translator, narrator: Narrator
) -> int:
    async with open_destination(target, _means(wishes, target, translator, narrator)) as place:
        if wishes.unlock:
            owner = await place.unlock()
            if owner:
                narrator.say(N_("The lock of {who} is gone."), who=owner)
            else:
                narrator.say(N_("There was no lock."))
        if wishes.rollback:
            release = await place.rollback(narrator.hearing())
            narrator.say(N_("Readers see the release {release} again."), release=release)
    return DONE


def _means(wishes: Wishes, target: Target, translator: Translator, narrator: Narrator) -> Means:
    credentials = UserCredentials(target, translator.gettext)
    patience = Patience(on_trouble=narrator.trouble)
    return Means(wishes.project, credentials, patience, _now)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
