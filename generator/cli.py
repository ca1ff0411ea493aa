"""The `bulletin` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator.arguments import NEW, example, make_parser
from generator.exit_codes import BAD_CONTENT, BAD_USAGE, DONE, FAILED, STOPPED
from generator.i18n import Translator
from generator.listing import problem_lines
from generator.problems import N_
from generator.project import DEFAULT_LANGUAGE, FILE_NAME, language_of

if TYPE_CHECKING:
    from generator.problems import Problem
    from generator.reports import Options, Rendered, Report

MOST_FIELDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code (docs/commands.md lists them)."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console's own encoding cannot say Vietnamese names.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    here = _find_project(None)
    translator = Translator(language_of(here) if here else DEFAULT_LANGUAGE)
    options = make_parser(translator.gettext).parse_args(arguments)
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
        run = {
            "build": _build,
            "check": _check,
            "explain": _explain,
            "new": _new,
            "publish": _publish,
            "serve": _serve,
        }[options.command]
        return run(options, project, translator)
    except BrokenPipeError:
        # Who reads what we print has stopped reading (`| head`); the work itself is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        words = translator.gettext(N_("The work failed: {detail}"))
        print(words.format(detail=error), file=sys.stderr)
        for note in getattr(error, "__notes__", ()):
            print(translator.gettext(note), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(
            translator.gettext(N_("Stopped. The next build completes the site.")), file=sys.stderr
        )
        return STOPPED


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
    try:
        report = build(_options(options, project, output), partial(_say_wait, translator), bar)
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
    for line in _more(report, translator):
        print(line)
    print(say(N_("The site: {file}")).format(file=_shown_path(output / "index.html")))
    return DONE


def _say_wait(translator: Translator) -> None:
    words = translator.gettext(N_("Another build of this project is running; waiting for it."))
    print(words, file=sys.stderr)


def _check(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.check import check
    from generator.findings import as_commands, as_json, as_text
    from generator.progress import ProgressBar

    bar = ProgressBar(sys.stderr, translator)
    try:
        checked = check(project, options.strict, partial(_say_wait, translator), bar)
    finally:
        bar.clear()
    shown = {"text": as_text, "json": as_json, "github": as_commands}[options.format]
    for line in shown(checked, translator):
        print(line)
    return BAD_CONTENT if checked.report.failed else DONE


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
        search=options.search == "auto",
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


def _new(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.config import load_config
    from generator.model import Shelf
    from generator.problems import ProblemsFound
    from generator.scaffold import begin, clean_title, read_moment
    from generator.standing import instant

    say = translator.gettext
    shelf, title = Shelf(NEW[options.kind]), clean_title(" ".join(options.title))
    if not title:
        print(say(N_("The title is empty.")), example(say), file=sys.stderr)
        return BAD_USAGE
    if options.date and shelf is not Shelf.ARTICLES:
        print(say(N_("Only articles have a date: leave --date out.")), file=sys.stderr)
        return BAD_USAGE
    try:
        zone = load_config(project).zone
        today = instant().astimezone(zone).date()
    except ProblemsFound as found:
        _print_problems(found.problems, translator)
        return BAD_CONTENT
    try:
        moment = read_moment(options.date or "", zone) or today
    except ProblemsFound as found:
        _print_problems(found.problems, translator)
        return BAD_USAGE
    begun = begin(project, shelf, title, moment, today, translator)
    path = _shown_path(project / begun.path)
    if begun.taken:
        words = say(N_("Nothing was made: the id “{id}” belongs to {file} already."))
        print(words.format(id=begun.id, file=path), file=sys.stderr)
        return BAD_USAGE
    print(path)
    return DONE


def _serve(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.listening import NotHere
    from generator.serve import Wishes, begin, serve

    wishes = Wishes(
        project, project / "site", options.host, options.port, options.open, not options.no_drafts
    )
    try:
        serve(wishes, translator, begin)
    except NotHere:
        words = translator.gettext(N_("This machine has no address {host}."))
        print(words.format(host=options.host), file=sys.stderr)
        return BAD_USAGE


def _publish(options: argparse.Namespace, project: Path, translator: Translator) -> int:
    from generator.publish import Wishes, publish

    wishes = Wishes(
        project=project,
        target=options.target,
        dry_run=options.dry_run,
        yes=options.yes,
        strict=options.strict,
        verbose=options.verbose,
        verify=options.verify,
        all=options.all,
        rollback=options.rollback,
        unlock=options.unlock,
    )
    return publish(wishes, translator, partial(_say_wait, translator))


def _print_problems(problems: Iterable[Problem], translator: Translator) -> None:
    for line in problem_lines(problems, translator):
        print(line, file=sys.stderr)


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
        seconds=translator.decimal(report.seconds - report.search_seconds),
    )


def _more(report: Report, translator: Translator) -> Iterator[str]:
    """How long the search took, and why files were made."""
    if report.search_seconds:
        words = translator.gettext(N_("Search: {seconds} s"))
        yield words.format(seconds=translator.decimal(report.search_seconds))
    if reasons := _reasons(report.rendered, translator):
        yield translator.gettext(N_("Written because: {reasons}")).format(reasons=reasons)


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
