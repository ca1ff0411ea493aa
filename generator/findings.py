"""What `bulletin check` has found: for people, as JSON, and as GitHub's actions want it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct, structs

from generator.check import Checked
from generator.i18n import Translator
from generator.listing import problem_lines
from generator.problems import N_, Problem, Severity
from generator.project import FILE_NAME

SITE = "notice"
"""The code of what a build says of the whole site, which has none of its own."""


class Finding(Struct, frozen=True):
    """A problem in words; `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    severity: str
    code: str
    message: str
    hint: str


def as_text(checked: Checked, translator: Translator) -> Iterator[str]:
    """The lines of a build, then what lacks a translation by language, then how much it is."""
    yield from problem_lines(checked.report.problems, translator)
    yield from map(translator.gettext, checked.report.notices)
    for language, gaps in groupby(checked.gaps, key=lambda gap: gap.language):
        missing = [gap.problem for gap in gaps]
        words = translator.gettext(N_("Not translated into the language “{language}”: {count}"))
        name = translator.label(f"language-{language}")
        yield words.format(language=name, count=translator.number(len(missing)))
        yield from problem_lines(missing, translator)
    yield _summary(checked, translator)


def _summary(checked: Checked, translator: Translator) -> str:
    sorts = [problem.severity for problem in checked.report.problems]
    words = translator.gettext(
        N_("errors: {errors}, warnings: {warnings}, not translated: {missing}; {seconds} s")
    )
    return words.format(
        errors=translator.number(sorts.count(Severity.ERROR)),
        warnings=translator.number(sorts.count(Severity.WARNING)),
        missing=translator.number(len(checked.gaps)),
        seconds=translator.decimal(checked.report.seconds),
    )


def as_json(checked: Checked, translator: Translator) -> Iterator[str]:
    """One text: a list with a record for each finding."""
    records = [structs.asdict(each) for each in _findings(checked, translator)]
    yield json.dumps(records, ensure_ascii=False, indent=2)


def as_commands(checked: Checked, translator: Translator) -> Iterator[str]:
    """Workflow commands, by which GitHub shows findings beside their lines
    (https://docs.github.com/actions/reference/workflow-commands-for-github-actions)."""
    for each in _findings(checked, translator):
        hinted = f"{each.message} — {each.hint}" if each.hint else each.message
        place = f"file={_property(each.path)},line={each.line},col={each.column}"
        yield f"::{each.severity} {place}::{_data(f'{hinted} [{each.code}]')}"


# Escaped as GitHub's own toolkit does it
# (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _findings(checked: Checked, translator: Translator) -> Iterable[Finding]:
    for problem in checked.report.problems:
        yield _finding(problem, translator)
    for text in checked.report.notices:
        said = translator.gettext(text)
        yield Finding(FILE_NAME, 1, 1, Severity.NOTICE.value, SITE, said, "")
    for gap in checked.gaps:
        yield _finding(gap.problem, translator)


def _finding(problem: Problem, translator: Translator) -> Finding:
    place = problem.place
    return Finding(
        path=place.path,
        line=place.line or 1,
        column=place.column or 1,
        severity=problem.severity.value,
        code=problem.code,
        message=translator.gettext(problem.text).format_map(problem.values),
        hint=translator.gettext(problem.hint).format_map(problem.values) if problem.hint else "",
    )
