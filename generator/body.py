"""A body's HTML with what the catalogue found put in: links, pictures, and names that lead on."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import Protocol

from generator.links import LinkTarget, Target
from generator.meetings import Text
from generator.mentions import Mention
from generator.model import Link, Markup, Picture
from generator.picture_views import picture_html
from generator.pictures import Gallery
from generator.urls import Linker, media_address

# What to put in place of `start`:`end`; of edits at one place the lower rank comes first.
Edit = tuple[int, int, int, str]
_INSIDE_AT_END, _CLOSE, _OUTSIDE, _OPEN, _INSIDE = range(5)


class Names(Protocol):
    """What entries are called, and where they stand, in the language of a page; the pictures."""

    @property
    def gallery(self) -> Gallery: ...

    def target_url(self, target: Target) -> str: ...

    def target_name(self, target: Target) -> str: ...


def fill(text: Text, markup: Markup, names: Names, link: Linker, plain: bool = False) -> str:
    """The HTML of a body that was marked up; `link` writes its addresses. With `plain`, pictures
    are there in one size alone."""
    edits = [_mention(mention, markup, names, link) for mention in text.mentions]
    pictures: dict[int | None, list[Edit]] = defaultdict(list)
    for picture, file in zip(markup.pictures, text.targets.pictures, strict=True):
        if file and not names.gallery.is_refused(file):
            html = picture_html(names.gallery, file, picture.alt, link, plain)
            pictures[picture.link].append(_picture(picture, html, markup))
    edits += pictures[None]
    for number, (spot, target) in enumerate(zip(markup.links, text.targets.links, strict=True)):
        href = _href(target, names, link)
        title = f' title="{escape(spot.title)}"' if spot.title else ""
        opening = f'<a href="{escape(href)}"{title}>' if href else ""
        closing = "</a>" if href else ""
        edits += _link(spot, target, opening, closing, pictures[number], names)
    return _splice(markup.html, edits)


def _link(
    spot: Link, target: LinkTarget, opening: str, closing: str, inside: list[Edit], names: Names
) -> list[Edit]:
    if spot.bare and target.entry:
        name = escape(names.target_name(target.entry), quote=False)
        return [(spot.start, spot.end, _OPEN, opening + name + closing)]
    if spot.start == spot.end:
        content = "".join(text for _, _, _, text in inside)
        return [(spot.start, spot.end, _OPEN, opening + content + closing)]
    return [
        (spot.start, spot.start, _OPEN, opening),
        *inside,
        (spot.end, spot.end, _CLOSE, closing),
    ]


def _mention(mention: Mention, markup: Markup, names: Names, link: Linker) -> Edit:
    url = link(names.target_url(mention.target))
    name = markup.html[mention.start : mention.end]
    return mention.start, mention.end, _OPEN, f'<a href="{escape(url)}">{name}</a>'


def _href(target: LinkTarget, names: Names, link: Linker) -> str:
    """Where a link leads; `` where its text alone remains."""
    if target.entry:
        return link(names.target_url(target.entry)) + target.fragment
    if target.file:
        if names.gallery.is_refused(target.file):
            return ""
        return link(media_address(target.file)) + target.fragment
    if target.address is not None:
        return link(target.address) + target.fragment
    return ""


def _picture(picture: Picture, html: str, markup: Markup) -> Edit:
    rank = _OUTSIDE
    if picture.link is not None:
        rank = _INSIDE_AT_END if picture.at == markup.links[picture.link].end else _INSIDE
    return picture.at, picture.at, rank, html


def _splice(html: str, edits: list[Edit]) -> str:
    """`html` with each `start`:`end` replaced. At one place, what is inserted comes first."""
    if not edits:
        return html
    edits.sort(key=lambda edit: edit[:3])
    parts: list[str] = []
    done = 0
    for start, end, _, text in edits:
        parts += (html[done:start], text)
        done = end
    parts.append(html[done:])
    return "".join(parts)
