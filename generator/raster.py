"""Pictures made of pixels, through Pillow: looking at them, and making others of them.

What is made is always encoded anew from the pixels alone: nothing a file tells besides (where it
was taken, with what, whose face is where) can be left in it.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.animations import (
    gif_extent,
    is_lossless_webp,
    without_extras,
    without_long_texts,
)
from generator.pictures import LONGEST_SIDE, MOST_PIXELS, Look, Recipe, height_at, is_large
from generator.scanning import digest_of

if TYPE_CHECKING:
    from PIL import Image

# As JPEG also those are opened that phones make of several pictures (MPO), for the first of them.
_OPENED = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_FORMS = {form: form.lower() for form in _OPENED} | {"MPO": "jpeg"}
_ORIENTATION = 0x0112
_WHOLE_QUALITY = 90
_MOST_FRAMES = 5_000
_MOST_OF_FRAMES = 10 * MOST_PIXELS
_PILLOW = r"PIL\."


class Unfit(Exception):
    """A picture that cannot be published; the message is the code of its fault."""


def look_at_raster(data: bytes) -> Look:
    """What is known of a picture, all of which is decoded to know that it can be."""
    digest = digest_of(data)
    try:
        with _opened(data) as image:
            return _look(image, data, digest)
    except Unfit as unfit:
        return Look(digest, fault=str(unfit))
    except Exception:
        # Pillow's decoders say in many ways that they do not understand.
        return Look(digest, fault="damaged-picture")


def make_prints(data: bytes, recipes: Sequence[Recipe]) -> list[bytes]:
    """The files that recipes make of a picture that was looked at. Raises Unfit where it is not
    what it was."""
    with _opened(data) as image:
        if _moves(image):
            return [without_extras(data, _FORMS[image.format or ""]) for _ in recipes]
        pixels = _pixels(image)
        look = Look(b"", width=pixels.width, height=pixels.height)
        in_width = cache(lambda width: _resized(pixels, width, height_at(width, look)))
        return [
            _encoded(in_width(recipe.width), recipe) if recipe.form else _whole(image, pixels, data)
            for recipe in recipes
        ]


def is_large_raster(data: bytes) -> bool:
    """Whether a picture is large, without decoding it."""
    with suppress(Exception), _opened(data) as image:  # what is wrong with it shows later
        return is_large(*image.size)
    return False


@cache
def _pillow() -> Any:
    """Pillow, set up once: sizes are looked at here, before anything is decoded."""
    from PIL import (  # noqa: F401 (each adds a form to those that are known)
        AvifImagePlugin,
        GifImagePlugin,
        Image,
        JpegImagePlugin,
        PngImagePlugin,
        WebPImagePlugin,
    )

    # The frames of a GIF may be larger than it says. Pillow refuses what is over twice this number.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    return Image


def _opened(data: bytes) -> Image.Image:
    """A picture of a form that browsers show, of whatever size: Pillow's own way to open one does
    not tell that of the largest."""
    pillow = _pillow()
    _be_quiet()
    if data.startswith(b"\x89PNG"):
        data = without_long_texts(data)
    for form in _OPENED:
        factory, accepts = pillow.OPEN[form]
        if accepts(data[:16]) is True:
            with suppress(SyntaxError, IndexError, TypeError, struct.error):
                image: Image.Image = factory(io.BytesIO(data), "")
                return image
    raise Unfit("damaged-picture" if _begins_like_one(data) else "no-picture")


def _be_quiet() -> None:
    """Leave out warnings of oddities in what a file tells, none of which is published."""
    if not any(getattr(each[3], "pattern", "") == _PILLOW for each in warnings.filters):
        warnings.filterwarnings("ignore", module=_PILLOW)


def _begins_like_one(data: bytes) -> bool:
    begins = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
    return data.startswith(begins) or data[4:12] in (b"ftypavif", b"ftypavis")


def _moves(image: Image.Image) -> bool:
    # Not by the number of frames, to count which takes long where there are many.
    return image.format != "MPO" and bool(getattr(image, "is_animated", False))


def _look(image: Image.Image, data: bytes, digest: bytes) -> Look:
    form = _FORMS[image.format or ""]
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        return Look(digest, form, width, height, fault="large-picture")
    if _moves(image):
        return _look_at_moving(image, data, Look(digest, form, width, height))
    image.load()
    flat = form in ("png", "gif") and image.mode in ("P", "1")
    # Of the pixels themselves, and not of what the file says they could be.
    clear = _has_clear_parts(image)
    if _orientation(image) >= 5:
        width, height = height, width
    return Look(digest, form, width, height, "png" if clear or flat else "jpeg", flat)


def _look_at_moving(image: Image.Image, data: bytes, look: Look) -> Look:
    """A moving picture is published as it is, once each of its frames is known to be whole."""
    if look.form == "avif":
        raise Unfit("moving-avif")
    if look.form == "gif":
        width, height, frames = gif_extent(data, _MOST_FRAMES)
    else:
        width, height, frames = look.width, look.height, int(getattr(image, "n_frames", 1))
    pixels = width * height
    if pixels > MOST_PIXELS or frames > _MOST_FRAMES or frames * pixels > _MOST_OF_FRAMES:
        return Look(look.digest, look.form, width, height, fault="large-picture")
    # What is published is what has to be whole.
    with _opened(without_extras(data, look.form)) as cleaned:
        for number in range(frames):
            cleaned.seek(number)
            cleaned.load()
    return look


def _has_clear_parts(image: Image.Image) -> bool:
    if image.mode in ("P", "L", "RGB", "1") and "transparency" not in image.info:
        return False
    if image.mode in ("P", "L", "RGB", "1", "La", "RGBa"):
        image = image.convert("RGBA")
    if image.mode not in ("RGBA", "LA", "PA"):
        return False
    counts: list[int] = image.getchannel("A").histogram()
    return any(counts[:255])


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):  # which is then no orientation at all
        found = int(image.getexif().get(_ORIENTATION, 1))
        return found if 1 <= found <= 8 else 1
    return 1


def _pixels(image: Image.Image) -> Image.Image:
    """A picture upright, in sRGB, with 8 bits, and nothing but its pixels."""
    image.load()
    orientation = _orientation(image)
    pixels = _in_srgb(image)
    turned = _turned(pixels, orientation)
    turned.info = {}
    return turned


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    turns = _pillow().Transpose
    turn = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(orientation)
    return image if turn is None else image.transpose(turn)


def _in_srgb(image: Image.Image) -> Image.Image:
    """A picture as L, RGB or RGBA, with colours as they are meant."""
    profile = image.info.get("icc_profile")
    clear = _has_clear_parts(image)
    if image.mode.startswith("I"):
        # Of 16 bits the upper eight, where Pillow would cut off what is over 255.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode == "F":
        image = image.convert("L")
    if image.mode not in ("L", "RGB", "RGBA", "CMYK", "LAB"):
        plain = image.mode == "1" and not clear
        image = image.convert("L" if plain else "RGBA" if clear else "RGB")
    elif clear and image.mode != "RGBA":
        image = image.convert("RGBA")
    if profile:
        image = _by_profile(image, profile)
    if image.mode == "RGBA" and not clear:
        image = image.convert("RGB")
    return image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    with suppress(ImageCms.PyCMSError, OSError, ValueError):  # then the colours as they stand
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = source.profile.profile_description or ""
        if image.mode == "RGB" and "srgb" in name.lower():
            return image
        target = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        made = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        return made if made is not None else image
    return image


def _resized(pixels: Image.Image, width: int, height: int) -> Image.Image:
    if (width, height) == pixels.size:
        return pixels
    return pixels.resize((width, height), _pillow().Resampling.LANCZOS, reducing_gap=2.0)


def _encoded(pixels: Image.Image, recipe: Recipe) -> bytes:
    """A picture in another form."""
    quality = recipe.quality
    if recipe.form == "webp":
        if recipe.flat:
            return _saved(pixels, "WEBP", lossless=True, quality=75, method=4)
        return _saved(pixels, "WEBP", quality=quality, method=4)
    if recipe.form == "avif":
        # The same look at a lower number. One thread: with more, the bytes could differ.
        return _saved(pixels, "AVIF", quality=max(quality - 20, 1), speed=8, max_threads=1)
    if recipe.form == "png":
        return _saved(pixels, "PNG", optimize=recipe.flat)
    return _saved(_opaque(pixels), "JPEG", quality=quality, optimize=True, progressive=True)


def _opaque(pixels: Image.Image) -> Image.Image:
    return pixels.convert("RGB") if pixels.mode == "RGBA" else pixels


def _whole(image: Image.Image, pixels: Image.Image, data: bytes) -> bytes:
    """A picture in its own form and size, as good as it was."""
    form = _FORMS[image.format or ""]
    if form == "jpeg":
        return _whole_jpeg(image, pixels)
    if form == "webp":
        return _saved(pixels, "WEBP", lossless=is_lossless_webp(data), quality=_WHOLE_QUALITY)
    if form == "avif":
        return _saved(pixels, "AVIF", quality=_WHOLE_QUALITY - 10, speed=8, max_threads=1)
    flat = image.mode in ("P", "1", "L")
    if flat and _orientation(image) == 1 and "icc_profile" not in image.info:
        # With its own colours, which are few; opened anew, as conversions leave marks on them.
        with _opened(data) as pixels:
            pixels.load()
            pixels.info = {k: v for k, v in pixels.info.items() if k == "transparency"}
            return _saved(pixels, form.upper(), optimize=True)
    return _saved(pixels, form.upper(), optimize=flat)


def _whole_jpeg(image: Image.Image, pixels: Image.Image) -> bytes:
    """As good as it was: where the colours are the same, by the tables of the picture itself."""
    from PIL import JpegImagePlugin

    plugin: Any = JpegImagePlugin
    tables = getattr(image, "quantization", None)
    if tables and image.mode == pixels.mode in ("L", "RGB"):
        sampling = plugin.get_sampling(image) if image.mode == "RGB" else 0
        if sampling in (0, 1, 2):
            with suppress(OSError):  # the best are too large for a buffer of Pillow's
                return _saved(pixels, "JPEG", qtables=tables, subsampling=sampling, optimize=True)
            return _saved(pixels, "JPEG", qtables=tables, subsampling=sampling)
    return _saved(pixels, "JPEG", quality=_WHOLE_QUALITY, optimize=True)


def _saved(pixels: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    pixels.save(file, form, **options)
    return file.getvalue()
