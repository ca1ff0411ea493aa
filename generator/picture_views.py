"""Pictures as pages show them: the records of figures, and the HTML of those in a text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import msgspec

from generator.model import Image, Translation
from generator.pictures import Gallery, Print, height_at, usual
from generator.urls import Linker, media_address
from generator.view_parts import FigureView, Rendition, SourceView


def figure(
    gallery: Gallery,
    file: str,
    image: Image | None,
    sizes: str,
    translation: Translation | None,
    original: str,
) -> FigureView | None:
    """A picture of the front matter, with the translation's words where it has them; the others are
    in the language `original`. None where there is no picture that can be shown."""
    if image is None or not file or gallery.is_refused(file):
        return None
    alt = translation.image_alt if translation else ""
    caption = translation.image_caption if translation else ""
    return msgspec.structs.replace(
        picture(gallery, file, sizes),
        alt=alt or image.alt,
        caption=caption or image.caption,
        credit=image.credit,
        alt_lang=original if image.alt and not alt else "",
        caption_lang=original if image.caption and not caption else "",
    )


def picture(gallery: Gallery, file: str, sizes: str) -> FigureView:
    """A picture without words."""
    look = gallery.looks.get(file)
    if look is None:
        return FigureView(media_address(file), "", "", "")
    forms = gallery.forms(file)
    if not forms:
        return FigureView(media_address(file), "", "", "", look.width, look.height)
    *better, plain = forms.items()
    shown = usual(plain[1])
    return FigureView(
        shown.address,
        "",
        "",
        "",
        shown.width,
        height_at(shown.width, look),
        tuple(SourceView(f"image/{form}", _renditions(prints)) for form, prints in better),
        _renditions(plain[1]) if len(plain[1]) > 1 else (),
        sizes,
    )


def _renditions(prints: Iterable[Print]) -> tuple[Rendition, ...]:
    return tuple(Rendition(each.address, each.width) for each in prints)


def picture_html(gallery: Gallery, file: str, alt: str, link: Linker, plain: bool) -> str:
    """A picture of a text; `plain` is without a choice, for readers of feeds."""
    shown = picture(gallery, file, gallery.options.sizes.body)
    size = f' width="{shown.width}" height="{shown.height}"' if shown.width else ""
    html = f'<img src="{escape(link(shown.url))}" alt="{escape(alt)}"{size}'
    if plain:
        return f"{html}>"
    html = f'{html}{_srcset(shown.renditions, shown.sizes, link)} loading="lazy" decoding="async">'
    if not shown.sources:
        return html
    sources = (
        f'<source type="{source.type}"{_srcset(source.srcset, shown.sizes, link)}>'
        for source in shown.sources
    )
    return f"<picture>{''.join(sources)}{html}</picture>"


def _srcset(renditions: Iterable[Rendition], sizes: str, link: Linker) -> str:
    found = ", ".join(f"{escape(link(each.url))} {each.width}w" for each in renditions)
    return f' srcset="{found}" sizes="{escape(sizes)}"' if found else ""
