"""`bulletin check`: all that a build would say, and what lacks a translation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, structs

from generator.build import build
from generator.config import load_config
from generator.drafting import code_fingerprint, open_store, read_content
from generator.problems import Problem, ProblemsFound, Severity
from generator.reports import Options, Report
from generator.sealed import FOLDER
from generator.standing import take_stock
from generator.translations_missing import Gap, translations_missing
from generator.workers import Workers


class Checked(Struct, frozen=True):
    """What a build says, and what the site has in its main language alone."""

    report: Report
    gaps: tuple[Gap, ...]


def check(
    project: Path,
    strict: bool = False,
    on_wait: Callable[[], None] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Checked:
    """Do all of a build but the writing. With `strict`, warnings are errors. Raises OSError where
    the disk fails."""
    jobs = os.cpu_count() or 1
    options = Options(project, project / "site", jobs=jobs, search=True, proof=True)
    report = build(options, on_wait, on_progress)
    if strict:
        problems = tuple(map(_as_error, report.problems))
        report = structs.replace(report, problems=problems)
    return Checked(report, _gaps(project, jobs))


def _as_error(problem: Problem) -> Problem:
    warns = problem.severity is Severity.WARNING
    return structs.replace(problem, severity=Severity.ERROR) if warns else problem


def _gaps(project: Path, jobs: int) -> tuple[Gap, ...]:
    """What lacks a translation; nothing where bulletin.toml does not tell the languages."""
    try:
        config = load_config(project)
    except ProblemsFound:
        return ()
    if len(config.languages) == 1:
        return ()
    # The build has just read it all: it is in the store.
    store = open_store(project / FOLDER, config, code_fingerprint(), read_only=True)
    try:
        with Workers(jobs) as workers:
            stock = take_stock(project)
            _, intake = read_content(project, stock, config, store, {}, workers, lambda *_: None)
    finally:
        store.close()
    return tuple(translations_missing(intake.content, config.languages[1:]))
