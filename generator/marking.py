"""Marks up the bodies a build needs: from the cache, else by the parser, many on several cores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from generator.cache import MarkupCache
from generator.frontmatter import Content
from generator.markup import MarkupError, MarkupOptions, key, make_renderer
from generator.model import Body, Markup
from generator.problems import N_, Place, Problem, as_warning

WORTH_A_POOL = 400
"""Fewer bodies than these are parsed faster than worker processes start."""

_CHUNK = 64


class Marked(Struct, frozen=True):
    """The Markup of each body, by its `source`; `problems` of bodies the parser refuses."""

    markups: dict[tuple[str, str], Markup]
    problems: tuple[Problem, ...]


Refusal = tuple[int, str]


def mark_up(texts: Sequence[tuple[str, str]], options: MarkupOptions) -> list[Markup | Refusal]:
    """The Markup of each body, or line and reason where it is refused."""
    renderer = make_renderer(options)
    found: list[Markup | Refusal] = []
    for text, about in texts:
        try:
            found.append(renderer.render(text, about))
        except MarkupError as error:
            found.append((error.line, error.text))
    return found


def _mark_up_in_pool(
    texts: Sequence[tuple[str, str]], options: MarkupOptions, jobs: int
) -> list[Markup | Refusal]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from itertools import chain, repeat

    chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
    # More than 61 processes Windows cannot wait for.
    with ProcessPoolExecutor(min(jobs, len(chunks), 61)) as pool:
        try:
            return list(chain.from_iterable(pool.map(mark_up, chunks, repeat(options))))
        except BrokenProcessPool:
            return mark_up(texts, options)


def _bodies(content: Content) -> Iterable[tuple[Body, bool]]:
    """Every body and whether it is of a draft."""
    for entry in content.files():
        yield entry.body, entry.draft
        for translation in entry.translations:
            if translation.body:
                yield translation.body, entry.draft or translation.draft


def mark_up_all(content: Content, options: MarkupOptions, cache: MarkupCache, jobs: int) -> Marked:
    """Mark up every body of the content, each once."""
    markups: dict[tuple[str, str], Markup] = {}
    missing: dict[tuple[str, str], bytes] = {}
    for body, _ in _bodies(content):
        if body.source not in markups and body.source not in missing:
            identity = key(options, *body.source)
            markup = cache.get(identity)
            if markup is None:
                missing[body.source] = identity
            else:
                markups[body.source] = markup
    texts = list(missing)
    if jobs > 1 and len(texts) >= WORTH_A_POOL:
        results = _mark_up_in_pool(texts, options, jobs)
    else:
        results = mark_up(texts, options) if texts else []
    refused: dict[tuple[str, str], Refusal] = {}
    for text, result in zip(texts, results, strict=True):
        if isinstance(result, Markup):
            markups[text] = result
            cache.put(missing[text], result)
        else:
            refused[text] = result
            markups[text] = Markup("", (), (), (), (), "")
    return Marked(markups, tuple(_refusals(content, refused)))


def _refusals(content: Content, refused: dict[tuple[str, str], Refusal]) -> Iterable[Problem]:
    for body, draft in _bodies(content):
        if body.source in refused:
            line, text = refused[body.source]
            place = Place(body.place.path, body.place.line + line - 1, 1)
            problem = Problem(place, "body-refused", text, N_("make it simpler from here on"))
            yield as_warning(problem) if draft else problem
