"""A command of the user's own that publishes the built site."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from generator.problems import N_
from generator.publish_targets import Command
from generator.remote_errors import TargetError

_SITE = "{site}"
_HIDDEN = "…"


def run_command(command: Command, project: Path, site: Path, base_url: str) -> None:
    """Run the command in the project's folder, without a shell; what it prints is seen as it comes.
    It finds the folder of the site, and where readers find it, in BULLETIN_SITE and
    BULLETIN_BASE_URL too. Raises TargetError where it cannot be run, or does not succeed."""
    words = _words(command, site)
    environ = {**os.environ, "BULLETIN_SITE": str(site.absolute()), "BULLETIN_BASE_URL": base_url}
    sys.stdout.flush()  # what was said before comes before
    try:
        done = subprocess.run(
            [_program(words[0], project), *words[1:]], cwd=project, env=environ, check=False
        )
    except FileNotFoundError:
        raise TargetError(
            N_("there is no program “{program}”"),
            N_("install it, or write the whole path to it"),
            program=words[0],
        ) from None
    except OSError as error:
        raise TargetError(
            N_("the program “{program}” cannot be run: {detail}"),
            program=words[0],
            detail=error.strerror or str(error),
        ) from None
    if done.returncode:
        raise TargetError(
            N_("the command “{program}” ended with the code {code}"),
            N_("what it printed before says why"),
            program=words[0],
            code=done.returncode,
        )


def shown(command: Command, site: Path) -> str:
    """The command in short: the program, and the folder of the site where that is a word of its
    own. Any other word may be a password."""
    first, *others = command.words
    words = [first]
    for word in others:
        if word == _SITE:
            words.append(shlex.quote(str(site.absolute())))
        elif words[-1] != _HIDDEN:
            words.append(_HIDDEN)
    return " ".join(words)


def _words(command: Command, site: Path) -> list[str]:
    return [word.replace(_SITE, str(site.absolute())) for word in command.words]


def _program(name: str, project: Path) -> str:
    """The program as the system can start it: on Windows its name may lack the `.cmd` it has. One
    with a path is the project's, unless that is absolute."""
    if os.path.dirname(name):
        name = str((project / name).absolute())
    return shutil.which(name) or name
