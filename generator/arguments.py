"""The options of the `bulletin` command, and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from generator import __version__
from generator.problems import N_
from generator.project import FILE_NAME

NEW = {
    "article": "articles",
    "official": "officials",
    "organisation": "organisations",
    "topic": "topics",
    "series": "series",
    "place": "places",
    "page": "pages",
}
"""What `bulletin new` makes, and on which shelf."""


def make_parser(say: Callable[[str], str]) -> argparse.ArgumentParser:
    """The parser of the command, its help in the words of `say`."""
    parser = argparse.ArgumentParser(
        prog="bulletin",
        allow_abbrev=False,
        description=say(N_("Publish an external-affairs bulletin as a static site.")),
    )
    parser.add_argument("--version", action="version", version=f"bulletin {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    build = commands.add_parser(
        "build",
        allow_abbrev=False,
        help=say(N_("build the site")),
        description=say(N_("Build content/ into a site.")),
    )
    build.add_argument("--output", metavar="DIR", help=say(N_("where to build (default: site/)")))
    build.add_argument(
        "--base-url", metavar="URL", help=say(N_("the site's address, instead of base_url"))
    )
    build.add_argument("--drafts", action="store_true", help=say(N_("show drafts too")))
    build.add_argument(
        "--future", action="store_true", help=say(N_("show what is not public yet, too"))
    )
    build.add_argument(
        "--clean",
        action="store_true",
        help=say(N_("ignore the caches, overwrite files of others")),
    )
    build.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        default=0,
        help=say(N_("worker processes (default: all cores)")),
    )
    build.add_argument("--strict", action="store_true", help=say(N_("treat warnings as errors")))
    build.add_argument("--explain", action="store_true", help=say(N_("say why each file was made")))
    build.add_argument(
        "--portable", action="store_true", help=say(N_("links that work when opened from a disk"))
    )
    build.add_argument(
        "--search",
        choices=("auto", "off"),
        default="auto",
        help=say(N_("make the search where Pagefind is installed (default: auto)")),
    )
    check = commands.add_parser(
        "check",
        allow_abbrev=False,
        help=say(N_("say what is wrong, and what is not translated")),
        description=say(
            N_(
                "Say all that a build would say, and what lacks a translation. Nothing of the site"
                " is written."
            )
        ),
    )
    check.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help=say(N_("for people, for programs, or for GitHub's checks (default: text)")),
    )
    check.add_argument("--strict", action="store_true", help=say(N_("treat warnings as errors")))
    explain = commands.add_parser(
        "explain",
        allow_abbrev=False,
        help=say(N_("say why meetings are related")),
        description=say(
            N_(
                "Say why an article's related meetings are that, with every score; without an ID,"
                " which meetings seem to continue another without saying so."
            )
        ),
    )
    explain.add_argument("id", metavar="ID", nargs="?", default="", help=say(N_("an article")))
    explain.add_argument(
        "other", metavar="OTHER", nargs="?", default="", help=say(N_("only its relation to this"))
    )
    _add_serve(commands.add_parser, say)
    _add_new(commands.add_parser, say)
    _add_publish(commands.add_parser, say)
    nearest = say(N_("the project's folder (default: the nearest one upward with {file})"))
    for command in commands.choices.values():
        command.add_argument("--project", metavar="DIR", help=nearest.format(file=FILE_NAME))
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose messages show how the command is written, where its `epilog` does."""

    def error(self, message: str) -> NoReturn:
        super().error(f"{message}\n{self.epilog}" if self.epilog else message)


def _add_serve(add: Callable[..., argparse.ArgumentParser], say: Callable[[str], str]) -> None:
    serve = add(
        "serve",
        allow_abbrev=False,
        help=say(N_("show the site while it is written")),
        description=say(
            N_(
                "Show the site in the browser as it would be built, drafts included, and every"
                " change as soon as it is saved. Nothing is written into the built site."
            )
        ),
    )
    serve.add_argument(
        "--port",
        type=_port,
        metavar="N",
        default=8000,
        help=say(N_("where to listen (default: 8000, or the next one that is free)")),
    )
    serve.add_argument(
        "--host",
        metavar="NAME",
        default="127.0.0.1",
        help=say(
            N_("to whom to listen (default: 127.0.0.1, this machine alone; 0.0.0.0: the network)")
        ),
    )
    serve.add_argument("--open", action="store_true", help=say(N_("open the browser")))
    serve.add_argument(
        "--no-drafts", action="store_true", help=say(N_("show only what readers will see"))
    )


def _add_new(add: Callable[..., argparse.ArgumentParser], say: Callable[[str], str]) -> None:
    new = add(
        "new",
        allow_abbrev=False,
        help=say(N_("begin an article, an official …")),
        description=say(
            N_(
                "Make the file of a new article, official, organisation, topic, series, place or"
                " page, with every field explained in it."
            )
        ),
        epilog=example(say),
    )
    new.add_argument("kind", choices=NEW, help=say(N_("what to make")))
    new.add_argument(
        "title", metavar="TITLE", nargs="+", help=say(N_("its title, or the full name"))
    )
    new.add_argument(
        "--date", metavar="DAY", help=say(N_("the day of an article (default: today)"))
    )


def _add_publish(add: Callable[..., argparse.ArgumentParser], say: Callable[[str], str]) -> None:
    publish = add(
        "publish",
        allow_abbrev=False,
        help=say(N_("build the site and put it where readers find it")),
        description=say(
            N_(
                "Build the site, compare it with what was published to a target of {file} before,"
                " and send what differs."
            )
        ).format(file=FILE_NAME),
    )
    publish.add_argument(
        "target",
        metavar="TARGET",
        nargs="?",
        help=say(N_("where to (default: the default target)")),
    )
    publish.add_argument(
        "--yes", action="store_true", help=say(N_("ask nothing: what would be asked is meant"))
    )
    publish.add_argument(
        "--all", action="store_true", help=say(N_("send every file, not only what changed"))
    )
    publish.add_argument("--strict", action="store_true", help=say(N_("treat warnings as errors")))
    publish.add_argument("--verbose", action="store_true", help=say(N_("a line for each file")))
    publish.add_argument(
        "--verify",
        action="store_true",
        help=say(N_("afterwards, compare some pages with what readers get")),
    )
    instead = publish.add_mutually_exclusive_group()
    instead.add_argument(
        "--dry-run", action="store_true", help=say(N_("say what would be done, and do nothing"))
    )
    instead.add_argument(
        "--rollback",
        action="store_true",
        help=say(N_("publish nothing; show readers the release before the current one")),
    )
    instead.add_argument(
        "--unlock",
        action="store_true",
        help=say(N_("publish nothing; remove the lock of somebody who has stopped half-way")),
    )


def example(say: Callable[[str], str]) -> str:
    """How `bulletin new` is written."""
    return say(N_("For example: {command}")).format(
        command="bulletin new article " + say(N_("Meeting at the Department of Foreign Affairs"))
    )


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes, 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)
