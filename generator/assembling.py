"""Everything a preview shows connected anew, with files that have errors as they last were."""

from __future__ import annotations

from collections.abc import Set

from msgspec import Struct

from generator.config import Config
from generator.content import Content
from generator.drafting import Draft, make_draft
from generator.indexing import is_previewed
from generator.looking import Looker
from generator.preview_records import View
from generator.problems import Problem, in_order
from generator.publication import Edition
from generator.standing import Stock, instant
from generator.store import Store
from generator.theme_settings import ThemeSettings
from generator.workspace import Reading, Workspace


class Assembled(Struct, frozen=True):
    """All that was found and made of it: `content` is the reading with its `broken` files as they
    are shown, `problems` are all there are."""

    config: Config
    theme: ThemeSettings
    stock: Stock
    reading: Reading
    broken: frozenset[str]
    content: Content
    store: Store
    draft: Draft
    problems: tuple[Problem, ...]


def assemble(
    config: Config,
    theme: ThemeSettings,
    stock: Stock,
    reading: Reading,
    workspace: Workspace,
    store: Store,
    view: View,
) -> Assembled:
    """Connect what was read. Where a file is at odds with others (a link to nowhere, say), and was
    not when it was last shown, that is what is shown of it on."""
    broken = reading.broken
    content = workspace.content(reading, broken)
    look = workspace.look
    draft = _draft(config, theme, content, reading, store, look, view)
    # Said of the files as they are, and not as they are shown.
    said = draft.problems if content is reading.content else _of_reading(draft, reading, broken)
    refused = {problem.place.path for problem in said if problem.is_error} - broken
    if refused:
        broken |= refused
        shown = workspace.content(reading, broken)
        if shown is not content:
            content = shown
            draft = _draft(config, theme, content, reading, store, look, view)
    problems = tuple(in_order(said))
    return Assembled(config, theme, stock, reading, broken, content, store, draft, problems)


def draft_for(settled: Assembled, view: View) -> Draft:
    """The same for another view."""
    return _draft(
        settled.config,
        settled.theme,
        settled.content,
        settled.reading,
        settled.store,
        settled.draft.look,
        view,
    )


def _draft(
    config: Config,
    theme: ThemeSettings,
    content: Content,
    reading: Reading,
    store: Store,
    look: Looker | None,
    view: View,
) -> Draft:
    for_editors = view is View.EDITORS
    edition = Edition(instant(), drafts=for_editors, future=for_editors)
    return make_draft(
        config,
        theme,
        edition,
        content,
        reading.shelves,
        store,
        look,
        searched=is_previewed(theme),
    )


def _of_reading(draft: Draft, reading: Reading, broken: Set[str]) -> tuple[Problem, ...]:
    connected = [
        problem
        for problem in (*draft.catalogue.problems, *draft.plan.problems)
        if problem.place.path not in broken
    ]
    return (*reading.shelves.problems, *reading.content.problems, *connected)
