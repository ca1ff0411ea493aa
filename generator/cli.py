"""The `bulletin` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.i18n import Translator
from generator.problems import N_
from generator.project import DEFAULT_LANGUAGE, FILE_NAME, language_of

if TYPE_CHECKING:
    from generator.problems import Problem
    from generator.reports import Options, Rendered, Report

DONE, BAD_CONTENT, BAD_USAGE, FAILED = 0, 1, 2, 3
SHOWN_OF_A_KIND = 20
MOST_FIELDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code (docs/commands.md lists them)."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console's own encoding cannot say Vietnamese names.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    here = _find_project(None)
    translator = Translator(language_of(here) if here else DEFAULT_LANGUAGE)
    options = _parser(translator.gettext).parse_args(arguments)
    project = _find_project(options.project)
    if project is None:
        place = options.project or os.getcwd()
        words = translator.gettext(
            N_("There is no {file} in {folder} or above it; name the project with --project DIR.")
        )
        print(words.format(file=FILE_NAME, folder=place), file=sys.stderr)
        return BAD_USAGE
    translator = Translator(language_of(project))
    try:
        run = {"build": _build, "explain": _explain}[options.command]
        return run(options, project, translator)
    except BrokenPipeError:
        # Who reads what we print has stopped reading (`| head`); the work itself is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        words = translator.gettext(N_("The work failed: {detail}"))
        print(words.format(detail=error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(
            translator.gettext(N_("Stopped. The next build completes the site.")), file=sys.stderr
        )
        return 130


def _parser(say: Callable[[str], str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bulletin",
        allow_abbrev=False,
        description=say(N_("Publish an external-affairs bulletin as a static site.")),
    )
    parser.add_argument("--version", action="version", version=f"bulletin {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
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
    # Part of the contract; it has nothing to switch off until there is a search.
    build.add_argument("--search", choices=("auto", "off"), help=argparse.SUPPRESS)
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
    nearest = say(N_("the project's folder (default: the nearest one upward with {file})"))
    for command in commands.choices.values():
        command.add_argument("--project", metavar="DIR", help=nearest.format(file=FILE_NAME))
    return parser


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes, 1 or more")
    return int(text)


def _find_project(given: str | None) -> Path | None:
    """The project's folder: the given one, else the nearest upward that has bulletin.toml."""
    if given is not None:
        folder = Path(given).resolve()
        return folder if (folder / FILE_NAME).is_file() else None
    here = Path.cwd()
    return next((f for f in (here, *here.parents) if (f / FILE_NAME).is_file()), None)


def _unfit_output(output: Path, project: Path) -> bool:
    """Whether pages must not be written there, among or above what the site is made of."""
    sources = ("content", "templates", "themes", ".bulletin", "generator")
    inside = any(output.is_relative_to(project / name) for name in sources)
    return inside or project.is_relative_to(output)


def _build(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.build import build
    from generator.progress import ProgressBar

    say = translator.gettext
    output = Path(options.output).resolve() if options.output else project / "site"
    if output.exists() and not output.is_dir():
        print(say(N_("{folder} is a file, not a folder.")).format(folder=output), file=sys.stderr)
        return BAD_USAGE
    if _unfit_output(output, project):
        words = say(N_("{folder} cannot be the output: what the site is made of is there."))
        print(words.format(folder=output), file=sys.stderr)
        return BAD_USAGE

    bar = ProgressBar(sys.stderr, translator)

    def on_wait() -> None:
        print(say(N_("Another build of this project is running; waiting for it.")), file=sys.stderr)

    try:
        report = build(_options(options, project, output), on_wait, bar)
    finally:
        bar.clear()
    _print_problems(report.problems, translator)
    if report.failed:
        errors = sum(problem.is_error for problem in report.problems)
        words = translator.ngettext(
            "{count} error; the site was not touched.",
            "{count} errors; the site was not touched.",
            errors,
        )
        print(words.format(count=errors), file=sys.stderr)
        return BAD_CONTENT
    if options.explain:
        for made in report.rendered:
            print(f"{made.path}: {say(made.reason).format_map(made.values)}")
        removed = say(N_("removed"))
        for path in report.removed:
            print(f"{path}: {removed}")
    for notice in report.notices:
        print(say(notice))
    print(_summary(report, translator))
    if reasons := _reasons(report.rendered, translator):
        print(say(N_("Written because: {reasons}")).format(reasons=reasons))
    print(say(N_("The site: {file}")).format(file=_shown_path(output / "index.html")))
    return DONE


def _options(options: argparse.Namespace, project: Path, output: Path) -> Options:
    from generator.reports import Options

    return Options(
        project=project,
        output=output,
        base_url=options.base_url,
        drafts=options.drafts,
        future=options.future,
        clean=options.clean,
        jobs=options.jobs or os.cpu_count() or 1,
        strict=options.strict,
        portable=options.portable,
    )


def _explain(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.explain import explain
    from generator.problems import ProblemsFound, in_order

    try:
        explained = explain(project, options.id, options.other, translator)
    except ProblemsFound as found:
        _print_problems(in_order(found.problems), translator)
        return BAD_CONTENT
    out = sys.stdout if explained.found else sys.stderr
    for line in explained.lines:
        print(line, file=out)
    return DONE if explained.found else BAD_USAGE


def _print_problems(problems: Iterable[Problem], translator: Translator) -> None:
    """Every error; of each kind of warning the first 20 and how many more there are."""
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.code] += not problem.is_error
        if problem.is_error or counts[problem.code] <= SHOWN_OF_A_KIND:
            print(translator.problem(problem), file=sys.stderr)
    for code, count in counts.items():
        if count > SHOWN_OF_A_KIND:
            words = translator.gettext(N_("… and {count} more warnings of the kind [{code}]"))
            print(words.format(count=count - SHOWN_OF_A_KIND, code=code), file=sys.stderr)


def _summary(report: Report, translator: Translator) -> str:
    """`articles: 15, held back: 1, pages: 120; files written: 3, removed: 0; …`."""
    words = translator.gettext(
        N_(
            "articles: {articles}, held back: {held_back}, pages: {pages}; files written:"
            " {rendered}, removed: {removed}; warnings: {warnings}; {seconds} s"
        )
    )
    return words.format(
        articles=translator.number(report.articles),
        held_back=translator.number(report.held_back),
        pages=translator.number(report.pages),
        rendered=translator.number(len(report.rendered)),
        removed=translator.number(len(report.removed)),
        warnings=translator.number(sum(not problem.is_error for problem in report.problems)),
        seconds=translator.decimal(report.seconds),
    )


def _reasons(rendered: Iterable[Rendered], translator: Translator) -> str:
    """Why files were made, the commonest reason first: `2× new; 7× changed: related, next`; ``
    where all are new."""
    from generator.reports import NEW

    fields: dict[str, Counter[str]] = {}
    counts: Counter[str] = Counter()
    for made in rendered:
        counts[made.reason] += 1
        changed = made.values.get("fields", "") or made.values.get("template", "")
        fields.setdefault(made.reason, Counter()).update(filter(None, changed.split(", ")))
    if [*counts] == [NEW]:
        return ""
    words = []
    for reason, count in counts.most_common():
        most = [field for field, _ in fields[reason].most_common(MOST_FIELDS)]
        more = ["…"] * (len(fields[reason]) > MOST_FIELDS)
        shown = ", ".join(most + more)
        text = translator.gettext(reason).format(fields=shown, template=shown)
        words.append(f"{translator.number(count)}× {text}")
    return "; ".join(words)


def _shown_path(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
