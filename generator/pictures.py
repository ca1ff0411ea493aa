"""Pictures: what is known of each, in which forms and widths it is published, and where."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.problems import N_, Place, Problem, Severity, as_warning
from generator.scanning import digest_of
from generator.theme_settings import PictureSizes
from generator.urls import media_address

CLEANED = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".webp", ".avif", ".svg", ".svgz",
)  # fmt: skip
"""Files with these endings are published as pictures, also where they are only linked to."""

_AS_THEY_ARE = (".tif", ".tiff", ".heic", ".heif", ".dng", ".cr2", ".nef", ".arw", ".psd")
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 16_000
MOST_BYTES = 100_000_000
LARGE = 30_000_000
"""Of pictures with more pixels only one is worked on at a time: each may take 0.7 GB of memory."""

_USUAL = 1200
_EXTENSIONS = {"jpeg": "jpg"}
_LONGEST_STEM = 200


class Use(Struct, frozen=True, array_like=True, gc=False):
    """A file of content/ that a text uses, where it says so, and whether in a draft; `shown` tells
    pictures from what is only linked to, `written` is what stands there."""

    file: str
    place: Place
    written: str
    draft: bool
    shown: bool

    @property
    def is_picture(self) -> bool:
        return self.shown or self.file.lower().endswith(CLEANED)


class Look(Struct, frozen=True, array_like=True, gc=False):
    """What is known of a picture by its bytes, of which `digest` is that. `form` is `jpeg`, `png`,
    `gif`, `webp`, `avif` or `svg`; `width` and `height` are as it is shown. `fallback` is the form
    for browsers that know no other, `` where it is published in its own form alone; `flat` tells
    few colours from a photograph. With a `fault`, a code, it cannot be published. `removed` names
    what was unsafe in it."""

    digest: bytes
    form: str = ""
    width: int = 0
    height: int = 0
    fallback: str = ""
    flat: bool = False
    fault: str = ""
    removed: tuple[str, ...] = ()


class PictureOptions(Struct, frozen=True, array_like=True):
    """In which `widths` and how pictures are made; `sizes` are for HTML."""

    widths: tuple[int, ...] = ()
    sizes: PictureSizes = PictureSizes()
    avif: bool = False
    quality: int = 80


class Recipe(Struct, frozen=True, array_like=True, gc=False):
    """How a file is made of a picture: in which `form` and `width`, at which `quality`; without a
    form it is the whole in its own, without what it tells besides."""

    form: str = ""
    width: int = 0
    quality: int = 0
    flat: bool = False


class Print(Struct, frozen=True, array_like=True):
    """A file made of a picture."""

    address: str
    width: int
    recipe: Recipe


class Gallery(Struct, frozen=True):
    """The pictures of a site by their files."""

    options: PictureOptions = PictureOptions()
    looks: Mapping[str, Look] = {}

    def is_refused(self, file: str) -> bool:
        look = self.looks.get(file)
        return look is not None and look.fault != ""

    def whole(self, file: str) -> Print:
        """The picture itself."""
        return Print(media_address(file), self.looks[file].width, Recipe())

    def forms(self, file: str) -> Mapping[str, tuple[Print, ...]]:
        """The picture in several widths, the smallest first, by form: the best first, the one that
        all browsers know last. Empty where there is only the picture itself."""
        look = self.looks.get(file)
        if look is None or not look.fallback:
            return {}
        widths = [width for width in self.options.widths if width < look.width]
        if look.width <= max(self.options.widths, default=0):
            widths.append(look.width)
        forms = [*(("avif",) if self.options.avif else ()), "webp", look.fallback]
        return {
            form: tuple(self._print(file, look, form, width) for width in widths) for form in forms
        }

    def prints(self, file: str) -> tuple[Print, ...]:
        """Every file made of a picture."""
        if self.is_refused(file):
            return ()
        made = [each for prints in self.forms(file).values() for each in prints]
        return tuple({each.address: each for each in (self.whole(file), *made)}.values())

    def _print(self, file: str, look: Look, form: str, width: int) -> Print:
        if form == look.form and width == look.width and form == look.fallback:
            return self.whole(file)
        recipe = Recipe(form, width, self.options.quality, look.flat)
        stem = posixpath.splitext(media_address(file))[0]
        folder, _, name = stem.rpartition("/")
        # Two files of one content may differ in nothing but their endings.
        tag = digest_of(look.digest + f"{file} {recipe.quality}".encode())[:4].hex()
        short = name.encode()[:_LONGEST_STEM].decode("utf-8", "ignore")
        extension = _EXTENSIONS.get(form, form)
        return Print(f"{folder}/{short}-{width}w-{tag}.{extension}", width, recipe)


def is_large(width: int, height: int) -> bool:
    """Whether a picture is worked on when no other large one is."""
    return width * height > LARGE


def usual(prints: Sequence[Print]) -> Print:
    """The one for whoever takes a picture in one size only."""
    return min(prints, key=lambda each: abs(each.width - _USUAL))


def height_at(width: int, look: Look) -> int:
    """The height of a picture in a width."""
    return max(1, round(look.height * width / look.width)) if look.width else look.height


def picture_problems(uses: Sequence[Use], looks: Mapping[str, Look]) -> list[Problem]:
    """What is wrong with the pictures that are used, at each place where one is."""
    problems = []
    for use in uses:
        look = looks.get(use.file)
        if look is not None and look.fault:
            problem = _fault(use, look)
            problems.append(as_warning(problem) if use.draft else problem)
        elif look is not None and look.removed:
            problems.append(_cleaned(use, look))
        elif look is None and use.file.lower().endswith(_AS_THEY_ARE):
            problems.append(_as_it_is(use))
    return problems


def _fault(use: Use, look: Look) -> Problem:
    smaller = N_("make it smaller: 4,000 pixels are enough for any screen")
    match look.fault:
        case "large-picture":
            message = N_("the picture “{target}” is too large: {width} × {height} pixels")
            return _refuse(
                use, "large-picture", message, smaller, width=look.width, height=look.height
            )
        case "large-file":
            message = N_("the picture “{target}” is too large: over {most} megabytes")
            return _refuse(use, "large-file", message, smaller, most=MOST_BYTES // 1_000_000)
        case "damaged-picture":
            message = N_("the picture “{target}” is damaged or cut short")
            return _refuse(
                use, "damaged-picture", message, N_("copy it again from where it comes from")
            )
        case "moving-avif":
            message = N_(
                "“{target}” is a moving AVIF, which cannot be freed of what it tells besides"
            )
            return _refuse(use, "moving-avif", message, N_("save it as a moving WebP or GIF"))
        case "packed-svg":
            message = N_("“{target}” is a packed SVG, which cannot be made safe")
            hint = N_("save it as “plain SVG”, with the ending .svg")
            return _refuse(use, "unsafe-svg", message, hint)
        case "unsafe-svg":
            message = N_("the SVG “{target}” cannot be read, or not be made safe")
            return _refuse(use, "unsafe-svg", message, N_("save it as “plain SVG”"))
    message = N_("“{target}” is no picture that browsers can show")
    return _refuse(use, "no-picture", message, N_("save it as JPEG, PNG, WebP or SVG"))


def _refuse(use: Use, code: str, message: str, hint: str, **values: int) -> Problem:
    return Problem(use.place, code, message, hint, {"target": use.written, **values})


def _cleaned(use: Use, look: Look) -> Problem:
    return Problem(
        use.place,
        "cleaned-svg",
        N_("“{target}” is published without what could be unsafe in it: {removed}"),
        N_("save it as “plain SVG”, without these"),
        {"target": use.written, "removed": ", ".join(look.removed)},
        Severity.WARNING,
    )


def _as_it_is(use: Use) -> Problem:
    return Problem(
        use.place,
        "picture-as-it-is",
        N_("“{target}” is published with all that it tells, such as where it was taken"),
        N_("save it as JPEG, PNG or WebP"),
        {"target": use.written},
        Severity.WARNING,
    )


def no_alt(place: Place, target: str) -> Problem:
    """A picture without words for those who do not see it."""
    return Problem(
        place,
        "no-alt",
        N_("the picture “{target}” has no text for those who cannot see it"),
        N_("say in a few words what it shows: alt: … in the front matter, ![…](…) in a text"),
        {"target": target},
        Severity.WARNING,
    )
