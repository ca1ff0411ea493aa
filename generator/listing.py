"""Problems as lines of a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from generator.i18n import Translator
from generator.problems import N_, Problem, Severity

SHOWN_OF_A_KIND = 20


def problem_lines(problems: Iterable[Problem], translator: Translator) -> Iterator[str]:
    """Every error; of each kind of anything else the first 20, and how many more there are."""
    counts: Counter[tuple[Severity, str]] = Counter()
    for problem in problems:
        kind = problem.severity, problem.code
        counts[kind] += not problem.is_error
        if counts[kind] <= SHOWN_OF_A_KIND:
            yield translator.problem(problem)
    more = {
        Severity.WARNING: N_("… and {count} more warnings of the kind [{code}]"),
        Severity.NOTICE: N_("… and {count} more of the kind [{code}]"),
    }
    for (severity, code), count in counts.items():
        if count > SHOWN_OF_A_KIND:
            words = translator.gettext(more[severity])
            yield words.format(count=count - SHOWN_OF_A_KIND, code=code)
