"""From files to a plan: all of a build that is settled before anything is rendered."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct

from generator.catalogue import Catalogue, make_catalogue
from generator.config import Config, load_config
from generator.content import Content
from generator.intake import Intake, StoredMarkups, take_in
from generator.looking import Looker, with_gallery
from generator.markup import VERSION, MarkupOptions
from generator.parsing import ParseOptions
from generator.plan import Plan, make_plan
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.project import FILE_NAME, PACKAGE
from generator.publication import Edition
from generator.read import CONTENT, Shelves, find_content
from generator.sealed import FOLDER
from generator.standing import Known, Stock, instant, take_stock
from generator.store import Store
from generator.theme_settings import ThemeSettings
from generator.themes import Theme, load_theme
from generator.viewer import Viewer, viewers_of
from generator.workers import Workers

READING, CONNECTING, PICTURES = N_("Reading"), N_("Connecting"), N_("Pictures")

OnProgress = Callable[[str, int, int], None]
"""Is told what is being done, how many of it are done, and of how many."""


class Draft(Struct, frozen=True):
    """All that is settled before anything is rendered; `look` is what looked at the pictures."""

    config: Config
    catalogue: Catalogue
    plan: Plan
    viewers: tuple[Viewer, ...]
    problems: tuple[Problem, ...]
    look: Looker | None


def make_draft(
    config: Config,
    theme: ThemeSettings,
    edition: Edition,
    content: Content,
    shelves: Shelves,
    store: Store,
    look: Looker | None,
    portable: bool = False,
    searched: bool = False,
) -> Draft:
    """Connect what was read, `look` at its pictures, and plan every file of the site; `searched`
    tells whether it has a search."""
    files = shelves.files
    catalogue = make_catalogue(config, theme, edition, content, StoredMarkups(store), files)
    catalogue = with_gallery(catalogue, files, look)
    viewers = viewers_of(catalogue, searched)
    plan = make_plan(catalogue, viewers, shelves.files, portable)
    problems = (*shelves.problems, *content.problems, *catalogue.problems, *plan.problems)
    return Draft(config, catalogue, plan, viewers, problems, look)


def read_content(
    project: Path,
    stock: Stock,
    config: Config,
    store: Store,
    known: Known,
    workers: Workers,
    on_progress: OnProgress,
) -> tuple[Shelves, Intake]:
    """What content/ holds and says. Raises OSError where a file cannot be read."""
    shelves = find_content(project, stock.below(f"{CONTENT}/"))
    on_read = partial(on_progress, READING)
    return shelves, take_in(shelves, parse_options(config), store, known, workers, on_read)


def code_fingerprint() -> str:
    """Changes with the generator's own code and catalogues, on which every page depends."""
    digest = hashlib.blake2b(digest_size=12)
    files = [*PACKAGE.glob("*.py"), *PACKAGE.glob("locale/*/LC_MESSAGES/*.mo")]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def parse_options(config: Config) -> ParseOptions:
    return ParseOptions(config.timezone, MarkupOptions(config.markup.raw_html))


def open_store(
    folder: Path, config: Config, code: str, fresh: bool = False, read_only: bool = False
) -> Store:
    """The store in a folder, empty where it is of another version."""
    return Store(folder, store_version(config, code), fresh, read_only)


def store_version(config: Config, code: str) -> str:
    """What all that is in a store depends on: the `code`, and how files are parsed."""
    return f"{code} {VERSION} {parse_options(config)}"


def find_theme(project: Path, config: Config) -> tuple[Theme | None, tuple[Problem, ...]]:
    """The theme of a site, None where there is none that can be used, and what is wrong with it."""
    try:
        return load_theme(project, config.theme, Place(FILE_NAME, 1, 1)), ()
    except ProblemsFound as found:
        return None, found.problems


@contextmanager
def loaded_catalogue(
    project: Path, fresh: bool = False
) -> Iterator[tuple[Catalogue, tuple[Problem, ...]]]:
    """What a build of the project as its readers see it would be made of, and all that is wrong
    with it, but for what only a look at pictures tells; writes nothing. With `fresh`, nothing that
    was kept is used.

    Raises ProblemsFound where bulletin.toml cannot be understood, and while the catalogue is in use
    `store.Damaged` where what was kept has gone meanwhile."""
    stock, config = take_stock(project), load_config(project)
    store = open_store(project / FOLDER, config, code_fingerprint(), fresh, read_only=True)
    try:
        with Workers(os.cpu_count() or 1) as workers:
            shelves, intake = read_content(
                project, stock, config, store, {}, workers, lambda *_: None
            )
            theme, problems = find_theme(project, config)
            settings = theme.settings if theme else ThemeSettings()
            draft = make_draft(
                config, settings, Edition(instant()), intake.content, shelves, store, look=None
            )
        yield draft.catalogue, (*problems, *draft.problems)
    finally:
        store.close()
