"""The front matter a new file begins with: every field its kind may have, explained.

What has a value stands as it will be read. Everything else is an example behind a `#`, which counts
once that is deleted; so the file is right as it is, and nothing has to be looked up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from textwrap import wrap

from generator.guide import Field, Group, groups_of
from generator.i18n import Translator
from generator.located import Scalar, Sequence
from generator.model import Shelf
from generator.names import slug
from generator.plain_yaml import read_plain
from generator.problems import N_

_COLUMN = 40
"""Where comments begin, if what they explain ends before."""
_WIDTH = 100
_LEAST = 30
"""So wide is a comment at least."""

_OPTIONAL = N_(
    "What follows is optional. To use a line, delete the # at its beginning, and those of the lines"
    " indented below it. Lines that are not used may stay or be deleted."
)


def front_matter(
    shelf: Shelf, given: Mapping[str, str], day: dt.date, translator: Translator
) -> str:
    """The front matter of a new file, with `given` as the values of its fields (as YAML). Examples
    are of about `day`; the comments are in the translator's language, which is the site's."""
    form = _Form(given, day, translator)
    groups = groups_of(shelf, translator.language)
    lines = ["---", *form.group(groups[0]), ""]
    lines += [f"# {line}" for line in wrap(translator.gettext(_OPTIONAL), _WIDTH - 2)]
    for group in groups[1:]:
        lines += ["", *form.group(group)]
    return "\n".join([*lines, "---", ""])


class _Form:
    def __init__(self, given: Mapping[str, str], day: dt.date, translator: Translator) -> None:
        self.given = given
        self.days = {"day": day.isoformat(), "next": (day + dt.timedelta(days=1)).isoformat()}
        self.translator = translator

    def group(self, fields: Group) -> Iterator[str]:
        for field in fields:
            if field.key in self.given:
                yield from _explained(f"{field.key}: {self.given[field.key]}", self.about(field))
                continue
            for line, about in self.example(field):
                yield from _explained(f"#{line}", about)

    def about(self, field: Field) -> str:
        words = self.translator.gettext(field.about) if field.about else ""
        if not field.values:
            return words
        values = ", ".join(map(self.value, field.values))
        return words.format(default=field.values[0], values=values)

    def value(self, code: str) -> str:
        """A word a field may have, and in brackets what the site calls it, if that is another."""
        label = self.translator.label(code)
        return code if slug(label) == code else f"{code} ({label})"

    def example(self, field: Field) -> Iterator[tuple[str, str]]:
        """The lines of a field's example, each with its explanation."""
        say = Translator(field.language).gettext if field.language else self.translator.gettext
        example = field.example.format_map(self.days)
        if field.words:
            example = as_yaml(say(field.words))
        elif field.items:
            example = f"[{', '.join(as_yaml(say(item), in_list=True) for item in field.items)}]"
        if not field.inner:
            yield f"{field.key}: {example}", self.about(field)
            return
        yield f"{field.key}:", self.about(field)
        if example:
            yield f"  - {example}", ""
        indent = "  - " if field.listed else "  "
        for inner in field.inner:
            for line, about in self.example(inner):
                yield indent + line, about
                indent = " " * len(indent)


def _explained(line: str, about: str) -> Iterator[str]:
    """A line with its explanation beside it, on as many lines as that takes."""
    if not about:
        yield line
        return
    start = max(_COLUMN, len(line) + 2)
    beside = wrap(about, max(_LEAST, _WIDTH - start - 2), break_on_hyphens=False)[0]
    yield f"{line:<{start}}# {beside}"
    for more in wrap(about[len(beside) :].lstrip(), _WIDTH - _COLUMN - 2, break_on_hyphens=False):
        yield f"{'':<{_COLUMN}}# {more}"


def as_yaml(text: str, in_list: bool = False) -> str:
    """A text of one line as YAML: as it stands where that is read as just this text, else in
    quotation marks."""
    found = read_plain(f"x: [{text}]" if in_list else f"x: {text}", "")
    node = found.items["x"] if found and len(found.items) == 1 else None
    if in_list and isinstance(node, Sequence) and len(node.items) == 1:
        node = node.items[0]
    if isinstance(node, Scalar) and node.plain and node.value == text and not node.empty:
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
