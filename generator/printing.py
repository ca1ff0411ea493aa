"""Pages as bytes: encoded views go in, rendered files come out into the spool, in any process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.codes import TemplateCodes
from generator.packing import Packed, fields_of, names_of
from generator.problems import Problem, ProblemsFound
from generator.scanning import digest_of
from generator.themes import Theme
from generator.urls import Linker
from generator.view_parts import SiteView
from generator.write import Span, put_by

if TYPE_CHECKING:
    from generator.render import Renderer


class Frame(Struct, frozen=True):
    """What all pages of a language are rendered with: `code` is the fingerprint of the generator's
    code, `templates` the digest of all templates."""

    project: str
    code: str
    theme: Theme
    templates: bytes
    site: SiteView


class PageTask(Struct, frozen=True, array_like=True):
    """A page: its template, its view, how its links are written."""

    template: str
    view: Packed
    links: Linker


class PrintTask(Struct, frozen=True):
    frame: Frame
    spool: str
    pages: list[PageTask]


class Printed(Struct, frozen=True, array_like=True):
    """A rendered page: where it waits, the digest of its bytes, two bytes of digest for each field
    of its view; with `problems` nothing of it is there."""

    span: Span | None
    content: bytes = b""
    fields: bytes = b""
    problems: tuple[Problem, ...] = ()


def print_pages(task: PrintTask) -> list[Printed]:
    """Render pages of one language into the spool."""
    renderer = _renderer(task.frame)
    pages: list[bytes | tuple[Problem, ...]] = []
    for page in task.pages:
        try:
            pages.append(renderer.render_packed(page.template, page.view, page.links))
        except ProblemsFound as found:
            pages.append(found.problems)
    spans = iter(put_by(task.spool, (page for page in pages if isinstance(page, bytes))))
    return [
        Printed(next(spans), digest_of(made), _field_digests(page.view))
        if isinstance(made, bytes)
        else Printed(None, problems=made)
        for page, made in zip(task.pages, pages, strict=True)
    ]


@lru_cache(maxsize=4)
def _renderer(frame: Frame) -> Renderer:
    """One for each language and process, for templates take long to load."""
    from generator.i18n import Translator
    from generator.render import Renderer

    translator = Translator(frame.site.language)
    return Renderer(
        Path(frame.project), frame.theme, frame.site, translator, _codes(frame.project, frame.code)
    )


@lru_cache(maxsize=4)
def _codes(project: str, code: str) -> TemplateCodes:
    """What was made of templates, for all languages."""
    return TemplateCodes(Path(project), code)


def prepare(frame: Frame, templates: Iterable[str]) -> None:
    """Make the code of templates, so that other processes find it."""
    _renderer(frame).prepare(templates)
    keep_codes(frame)


def keep_codes(frame: Frame) -> None:
    """Keep the code made of templates in this process."""
    _codes(frame.project, frame.code).save()


def _field_digests(view: Packed) -> bytes:
    """Two bytes for each field of a view, to tell later which of them changed."""
    return b"".join(hashlib.blake2b(raw, digest_size=2).digest() for raw in fields_of(view))


def changed_fields(view: Packed, old: bytes, new: bytes) -> list[str]:
    """Which fields of a view changed, by their digests."""
    names = names_of(view)
    if len(old) != len(new) or len(new) != 2 * len(names):
        return []
    return [n for at, n in enumerate(names) if old[2 * at :][:2] != new[2 * at :][:2]]
