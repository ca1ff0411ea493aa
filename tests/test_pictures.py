"""Pictures: what is published of each, and what is never."""

from __future__ import annotations

import io
import os
import re
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generator.darkroom import Negative, key_of, look_at_bytes, make_files
from generator.pictures import Gallery, Look, PictureOptions, Recipe
from generator.raster import make_prints
from tests.conftest import MakeSite
from tests.sites import Site, article

TOML = '[site]\ntitle = "T"\nlanguage = "en"\nbase_url = "https://x.example/b/"\n'
A = "content/articles/2025-01-02-a.md"
PAGE = "2025/01/02/a/"
SECRETS = (b"GPSSECRET", b"MAKERSECRET", b"XMPSECRET", b"COMMENTSECRET")


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red grows to the right and green downwards, so that a turned picture is another."""
    across = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), 60))).convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def telling(orientation: int = 1) -> Image.Exif:
    """EXIF with a place, a maker and an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "MAKERSECRET"
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 1.0, 2.5), 29: "GPSSECRET"})
    return exif


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def whole(data: bytes) -> bytes:
    return make_prints(data, [Recipe()])[0]


def in_width(data: bytes, form: str, width: int) -> Image.Image:
    return opened(make_prints(data, [Recipe(form, width, 80)])[0])


def look(data: bytes) -> Look:
    return look_at_bytes(data, is_svg=False)


def drawing(data: bytes) -> Look:
    return look_at_bytes(data, is_svg=True)


# What is made of one picture


FORMS = {
    "JPEG": {"comment": b"COMMENTSECRET", "xmp": b"<x>XMPSECRET</x>"},
    "PNG": {},
    "WEBP": {"xmp": b"<x>XMPSECRET</x>"},
    "AVIF": {"xmp": b"<x>XMPSECRET</x>"},
}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_but_the_pixels_is_published(form: str) -> None:
    image = gradient(640, 480)
    data = saved(image, form, exif=telling(), icc_profile=linear_profile(), **FORMS[form])
    assert any(secret in data for secret in SECRETS)
    recipes = [Recipe(), *(Recipe(f, 320, 80) for f in ("jpeg", "png", "webp", "avif"))]
    for made in make_prints(data + b"GPSSECRET after the end", recipes):
        assert [secret for secret in SECRETS if secret in made] == []
        found = opened(made)
        assert not dict(found.getexif())
        assert {
            "exif",
            "xmp",
            "icc_profile",
            "comment",
            "XML:com.adobe.xmp",
        } & found.info.keys() == (set())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(orientation: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = gradient(96, 64)
    data = saved(
        image if turned is None else image.transpose(turned), "JPEG", exif=telling(orientation)
    )
    assert (look(data).width, look(data).height) == (96, 64)
    for made in (opened(whole(data)), in_width(data, "webp", 48), in_width(data, "jpeg", 48)):
        assert made.width / made.height == 1.5
        least, most = made.getpixel((2, 2)), made.getpixel((made.width - 3, made.height - 3))
        assert isinstance(least, tuple)
        assert isinstance(most, tuple)
        assert max(least[:2]) < 60
        assert min(most[:2]) > 190


def test_inks_become_colours_of_a_screen() -> None:
    inks = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    red = opened(whole(saved(inks, "JPEG")))
    assert red.mode == "RGB"
    pixel = red.getpixel((16, 16))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert max(pixel[1:]) < 60


def linear_profile() -> bytes:
    """A colour profile like sRGB but for its curve, which is a straight line (ICC.1:2001-04)."""

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    parts = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 7) + b"linear\0" + bytes(79),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.4361, 0.2225, 0.0139),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.3851, 0.7169, 0.0971),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.1431, 0.0606, 0.7141),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv\x00\x00\x00\x00\x00\x00\x00\x00"),
    }
    at, table, body = 132 + 12 * len(parts), b"", b""
    for name, data in parts.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = bytearray(128)
    header[:4] = struct.pack(">I", at + len(body))
    header[8:12] = b"\x02\x10\0\0"
    header[12:24] = b"mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = fixed(0.9642, 1.0, 0.8249)
    return bytes(header) + struct.pack(">I", len(parts)) + table + body


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_profile_is_applied_and_not_published(form: str) -> None:
    """Of the light of a screen's middle grey, of 128, there is a fifth, of 55."""
    image = Image.new("RGB", (32, 32), (55, 55, 55))
    made = opened(whole(saved(image, form, icc_profile=linear_profile())))
    assert "icc_profile" not in made.info
    pixel = made.getpixel((3, 3))
    assert isinstance(pixel, tuple)
    assert all(abs(value - 128) < 5 for value in pixel)


def test_sixteen_bits_are_not_cut_off() -> None:
    image = Image.new("I;16", (64, 32), 0x8000)
    data = saved(image, "PNG")
    made = opened(whole(data))
    assert made.mode in ("L", "I;16")
    value = in_width(data, "webp", 32).convert("L").getpixel((4, 4))
    assert value in range(124, 133)


def test_what_is_see_through_stays_so() -> None:
    image = gradient(200, 100, "RGBA")
    image.putalpha(Image.linear_gradient("L").resize((200, 100)))
    found = look(saved(image, "PNG"))
    assert (found.fallback, found.flat) == ("png", False)
    for made in (in_width(saved(image, "PNG"), form, 100) for form in ("webp", "png")):
        assert made.mode == "RGBA"
        counts = made.getchannel("A").histogram()
        assert any(counts[:8])
        assert any(counts[248:])


def test_what_could_be_see_through_and_is_not_has_a_jpeg() -> None:
    assert look(saved(gradient(20, 10, "RGBA"), "PNG")).fallback == "jpeg"


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_few_colours_stay_as_they_are(form: str) -> None:
    image = gradient(64, 64).quantize(16)
    data = saved(image, form, transparency=3)
    found = look(data)
    assert (found.fallback, found.flat) == ("png", True)
    assert opened(whole(data)).convert("RGBA").tobytes() == opened(data).convert("RGBA").tobytes()
    in_one = make_prints(data, [Recipe("webp", 64, 80, flat=True)])[0]
    shown, meant = opened(in_one).convert("RGBA"), opened(data).convert("RGBA")
    black = Image.new("RGBA", (64, 64), "black")
    assert Image.alpha_composite(black, shown).tobytes() == (
        Image.alpha_composite(black, meant).tobytes()
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16", "CMYK", "YCbCr"])
def test_every_mode_can_be_published(mode: str) -> None:
    image = (
        gradient(40, 30).convert("L").convert(mode) if mode == "I;16" else gradient(40, 30, mode)
    )
    form = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    data = saved(image, form)
    assert look(data).fault == ""
    for made in make_prints(data, [Recipe(), Recipe("webp", 20, 80), Recipe("jpeg", 20, 80)]):
        opened(made)


def test_two_runs_give_the_same_bytes() -> None:
    data = saved(gradient(300, 200), "JPEG", exif=telling(6))
    recipes = [Recipe(), *(Recipe(form, 100, 80) for form in ("jpeg", "png", "webp", "avif"))]
    assert make_prints(data, recipes) == make_prints(data, recipes)


# Moving pictures


def moving(form: str) -> bytes:
    frames = [gradient(20, 10).rotate(90 * number) for number in range(3)]
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": 100}
    if form == "GIF":
        return saved(frames[0], form, loop=0, comment=b"COMMENTSECRET", **options)
    if form == "WEBP":
        return saved(frames[0], form, exif=telling(), xmp=b"XMPSECRET", **options)
    return saved(frames[0], form, exif=telling(), **options)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_moving_pictures_go_on_moving_and_tell_nothing(form: str) -> None:
    data = moving(form)
    assert any(secret in data for secret in SECRETS)
    found = look(data + b"GPSSECRET")
    assert (found.fault, found.fallback) == ("", "")
    made = whole(data + b"GPSSECRET")
    assert [secret for secret in SECRETS if secret in made] == []
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(made))
    assert getattr(after, "n_frames", 1) == 3
    for number in range(3):
        before.seek(number)
        after.seek(number)
        assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()
    assert made == whole(made)


# What cannot be published


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a large picture."""
    small = bytearray(saved(Image.new("1", (8, 8)), "PNG"))
    small[16:24] = struct.pack(">II", width, height)
    import zlib

    small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    return bytes(small)


def gif(*sizes: tuple[int, int]) -> bytes:
    """A GIF of one pixel with frames that say they have other sizes."""
    frames = {
        size: b"," + struct.pack("<HHHH", 0, 0, *size) + b"\0\x02\x02\x4c\x01\0" for size in sizes
    }
    start = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    return start + b"".join(map(frames.__getitem__, sizes)) + b";"


def cut(form: str) -> bytes:
    data = saved(gradient(200, 200), form)
    return data[: len(data) // 2]


BAD: dict[str, tuple[bytes, str]] = {
    "100 megapixels": (bomb(10_000, 10_000), "large-picture"),
    "a long side": (bomb(50_000, 10), "large-picture"),
    "a bomb": (bomb(2**31 - 1, 2**31 - 1), "large-picture"),
    "less than it says": (bomb(300, 300), "damaged-picture"),
    "a cut JPEG": (cut("JPEG"), "damaged-picture"),
    "a cut PNG": (cut("PNG"), "damaged-picture"),
    "a cut WebP": (cut("WEBP"), "damaged-picture"),
    "a cut AVIF": (cut("AVIF"), "damaged-picture"),
    "a cut GIF": (moving("GIF")[:60], "damaged-picture"),
    "the beginning of a JPEG": (b"\xff\xd8\xff\xe0", "damaged-picture"),
    "frames larger than the screen": (gif((1, 1), (60_000, 60_000)), "large-picture"),
    "a frame larger than the screen": (gif((60_000, 60_000)), "damaged-picture"),
    "very many frames": (gif(*[(1, 1)] * 200_000), "large-picture"),
    "a moving AVIF": (moving("AVIF"), "moving-avif"),
    "nothing": (b"", "no-picture"),
    "a text": (b"no picture", "no-picture"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "no-picture"),
    "a TIFF": (saved(gradient(8, 8), "TIFF"), "no-picture"),
    "a PDF": (saved(gradient(8, 8), "PDF"), "no-picture"),
    "EPS, which other programs would have to draw": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no-picture"),
    "an SVG of another name": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no-picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused(name: str) -> None:
    data, fault = BAD[name]
    assert look(data).fault == fault


def test_what_a_file_tells_wrongly_does_no_harm() -> None:
    image = gradient(40, 30)
    plain = saved(image, "JPEG")
    for data in (
        saved(image, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"),
        saved(image, "JPEG", exif=b"Exif\0\0 no EXIF at all"),
        saved(image, "JPEG", icc_profile=b"no profile"),
        saved(image, "JPEG", exif=telling(77)),
    ):
        assert look(data).fault == ""
        assert whole(data) == whole(plain)


def test_too_many_frames_are_too_much() -> None:
    first, second = (Image.new("L", (5_000, 5_000), grey) for grey in (0, 8))
    data = saved(first, "GIF", save_all=True, append_images=[second])
    start = data.rindex(b"!\xf9\x04")
    assert look(data).fault == ""
    data = data[:start] + 25 * data[start:-1] + b";"
    assert len(data) < 2_000_000
    assert look(data).fault == "large-picture"


def test_a_moving_picture_may_have_no_last_byte() -> None:
    data = moving("GIF")
    assert data.endswith(b";")
    assert look(data[:-1]).fault == ""
    assert whole(data[:-1]) == whole(data)


def test_what_only_some_programs_see_in_a_gif_is_left_out() -> None:
    """Behind an empty block Pillow reads on, where others see the next block."""
    data = moving("GIF")
    start = data.rindex(b"!\xf9\x04")
    assert whole(data[:start] + b"!\xf9\0" + data[start:]) == whole(data)


@pytest.mark.parametrize("packed", [True, False])
def test_a_picture_may_say_much(packed: bool) -> None:
    image = gradient(30, 20)
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "SECRET" * 500_000, zip=packed)
    texts.add_text("Comment", "SECRET" * 500_000, zip=packed)
    for where in ({}, {"exif": telling(6)}):
        data = saved(image, "PNG", pnginfo=texts, **where)
        assert look(data).fault == ""
        assert whole(data) == whole(saved(image, "PNG", **where))


def test_what_was_without_loss_stays_so() -> None:
    image = gradient(64, 48)
    profile = linear_profile() + bytes(500)
    data = saved(image, "WEBP", lossless=True, exif=telling(), icc_profile=profile)
    assert b"VP8L" not in data[:64]
    assert b"VP8L" in whole(data)
    assert b"VP8L" not in whole(saved(image, "WEBP", icc_profile=profile))


def test_a_picture_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import generator.raster as raster

    times: list[int] = []
    open_it = raster._opened

    def noted(data: bytes) -> Any:
        times.append(1)
        return open_it(data)

    monkeypatch.setattr(raster, "_opened", noted)
    make_prints(saved(gradient(64, 48), "JPEG"), [Recipe(), Recipe("webp", 32, 80)])
    assert len(times) == 1


def test_what_was_changed_meanwhile_is_not_kept_under_another_name(tmp_path: Path) -> None:
    path, recipe = tmp_path / "a.png", Recipe("png", 8, 80)
    red, blue = (saved(Image.new("RGB", (16, 16), colour), "PNG") for colour in ("red", "blue"))
    negative = Negative(str(path), False, look(red).digest, frozenset((key_of(recipe),)))
    path.write_bytes(blue)
    with pytest.raises(OSError, match="changed"):
        make_files(str(tmp_path), negative, [recipe])
    path.write_bytes(red)
    assert opened(make_files(str(tmp_path), negative, [recipe])[0]).getpixel((3, 3)) == (255, 0, 0)


def test_two_processes_may_keep_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import generator.sealed as sealed

    names: list[str] = []
    replace = sealed.replace_file

    def noted(new: Path, target: Path) -> None:
        names.append(str(new))
        replace(new, target)

    monkeypatch.setattr(sealed, "replace_file", noted)
    for process in (1, 2):
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        sealed.save_sealed(tmp_path / "x", "1", "value")
    assert len(set(names)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


# Drawings


def svg(inner: str, more: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 40 20" {more}>{inner}</svg>'
    ).encode()


ATTACKS = {
    "a script": "<script>evil()</script>",
    "a script of another place": '<script href="https://evil.example/x.js"/>',
    "a handler": '<rect onload="evil()" width="1"/>',
    "a handler in capitals": '<rect OnClick="evil()" width="1"/>',
    "HTML": "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='https://evil.example'/>"
    "</foreignObject>",
    "a link that runs": '<a xlink:href="javascript:evil()"><rect width="1"/></a>',
    "a picture of another place": '<image href="https://evil.example/x.png"/>',
    "a picture without protocol": '<image xlink:href="//evil.example/x.png"/>',
    "a drawing in a drawing": '<image href="data:image/svg+xml;base64,ZXZpbA=="/>',
    "a part of another drawing": '<use href="https://evil.example/x.svg#a"/>',
    "a style sheet": "<style>@import url(https://evil.example/x.css);</style>",
    "a style": '<rect style="fill: url(https://evil.example/x)"/>',
    "a style in code": '<rect style="fill: u\\72l(//evil.example)"/>',
    "a fill": '<rect fill="url(//evil.example/x#a)"/>',
    "a filter of another place": '<rect filter="url(&quot;https://evil.example/x&quot;)"/>',
    "what sets a link later": '<a><animate attributeName="href" to="javascript:evil()"/></a>',
    "what sets a handler": '<set attributeName="onload" to="evil()"/>',
    "a handler of animations": '<animate onbegin="evil()"/>',
    "a listener": '<handler type="x">evil()</handler>',
    "a frame": '<iframe src="https://evil.example"/>',
    "a style sheet that seems to be a comment": """<style>/* url("# */
        rect{fill:url(//evil.example)} /* ") */</style>""",
    "a style sheet that seems to be a string": """<style>a{fill:url("#a
        );} rect{fill:url(//evil.example)} /* ") */</style>""",
    "a style that seems to be a comment": """<rect style='x:/*url("#*/;fill:url(//evil.example);
        y:/*")*/'/>""",
    "an import in a reference": """<style>/*url(#*/@import"//evil.example"/*)*/;</style>""",
    "sound": '<audio src="https://evil.example/x.mp3"/>',
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_drawing_could_do_is_taken_out_and_named(name: str) -> None:
    data = svg(f"{ATTACKS[name]}<circle r='3'/>")
    found = drawing(data)
    assert found.fault == ""
    assert found.removed
    from generator.svg import clean_svg

    made = clean_svg(data, lambda _data: None).data.decode()
    assert "evil" not in made
    assert "<circle" in made
    assert clean_svg(made.encode(), lambda _data: None).data.decode() == made


REFUSED = {
    "entities that grow": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg '
    b'xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    "a file of this machine": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg '
    b'xmlns="http://www.w3.org/2000/svg">&x;</svg>',
    "a PNG": b"\x89PNG\r\n\x1a\n",
    "HTML": b"<html><script>evil()</script></html>",
    "no namespace": b"<svg><rect/></svg>",
    "not closed": b'<svg xmlns="http://www.w3.org/2000/svg"><rect>',
    "nothing": b"",
    "a circle of uses": svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    "a circle in code": svg('<g id="a"><use href="#%61"/></g>'),
    "itself": svg('<g id="a"><use href="#a"/></g>'),
    "a tower of uses": svg(
        '<g id="a0"><path/></g>'
        + "".join(f'<g id="a{n}">{f"""<use href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 9))
    ),
    "a tower of patterns": svg(
        "".join(
            f'<pattern id="p{n}">{f"""<rect fill="url(#p{n + 1})"/>""" * 2}</pattern>'
            for n in range(30)
        )
        + '<rect fill="url(#p0)"/>'
    ),
    "a tower of patterns that inherit": svg(
        "".join(
            f'<pattern id="p{n}" style="fill:url( &quot;#p{n + 1}&quot;)"><g/><g/></pattern>'
            for n in range(30)
        )
        + '<rect fill="url(#p0)"/>'
    ),
    "a tower of patterns by a style sheet": svg(
        "<style>"
        + "".join(f"@media all {{ g > .c{n}{{fill:url(#p{n})}} }}" for n in range(30))
        + "</style>"
        + "".join(
            f'<pattern id="p{n}"><rect class="x c{n + 1}"/><rect class="c{n + 1}"/></pattern>'
            for n in range(30)
        )
        + '<rect class="c0"/>'
    ),
    "a tower of masks": svg(
        "".join(
            f'<mask id="m{n}"><rect mask="url(#m{n + 1})"/><rect mask="url(#m{n + 1})"/></mask>'
            for n in range(30)
        )
        + '<rect mask="url(#m0)"/>'
    ),
    "much that is used often": svg(
        f'<g id="a">{"<path/>" * 20_000}</g>{"""<use href="#a"/>""" * 20_000}'
    ),
    "very deep": svg("<g>" * 1000 + "</g>" * 1000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_drawing_that_cannot_be_made_safe_is_refused(name: str) -> None:
    assert drawing(REFUSED[name]).fault == "unsafe-svg"


def test_a_drawing_stays_what_it_is() -> None:
    data = svg(
        "<title>T &amp; t</title><metadata>Whose it is</metadata><!-- a note --><defs>"
        '<linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<style>.a > rect { fill: url(#g) }</style><g class="a" style="opacity:.5">'
        '<rect width="10" height="5" fill="url(#g)"/></g><use xlink:href="#g"/>'
        '<text xml:space="preserve"> a  b </text>',
        'width="4cm" xmlns:i="http://inkscape.example" i:version="1"',
    )
    from generator.svg import clean_svg

    made = clean_svg(data, lambda _data: None)
    text = made.data.decode()
    assert made.removed == ()
    assert (made.width, made.height) == (151, 76)
    for part in ("T &amp; t", "linearGradient", "url(#g)", "&gt; rect", 'href="#g"', "opacity:.5"):
        assert part in text
    assert not any(part in text for part in ("Whose", "note", "inkscape"))


@pytest.mark.parametrize(
    "inner",
    [
        "<style>.a,.b{clip-path:url(#c)}.b{fill:url(#g)}text{font-family:'A'}</style>"
        '<defs><clipPath id="c"><use href="#s"/></clipPath><rect id="s"/>'
        '<linearGradient id="g"><stop class="a"/></linearGradient></defs>'
        + '<g class="a"><path class="b"/></g>'
        * 2000,
        '<pattern id="p"><path d="M0 0"/></pattern><pattern id="q" href="#p"/>'
        + '<path fill="url(#q)" id="x"/>' * 2000,
        '<mask id="m">' + "<path/>" * 500 + "</mask>" + '<g mask="url(#m)"/>' * 100,
    ],
)
def test_what_drawings_usually_use_is_not_too_much(inner: str) -> None:
    found = drawing(svg(inner))
    assert (found.fault, found.removed) == ("", ())


@pytest.mark.parametrize(
    "attributes",
    [
        'fill="url(' + "&#9;" * 20_000 + 'x"',
        'fill="' + "url(#" * 20_000 + '"',
        'fill="' + "url( " * 20_000 + '"',
        'width="' + "1" * 40_000 + 'x"',
        'width="1' + " " * 40_000 + 'x"',
        'style="' + "/*" * 20_000 + "'" * 20_001 + "url(#a)" + '"',
    ],
)
def test_a_hostile_attribute_takes_no_time(attributes: str) -> None:
    start = time.process_time()
    drawing(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())
    assert time.process_time() - start < 2


def test_what_a_file_declares_for_all_elements_does_not_count() -> None:
    from generator.svg import clean_svg

    declared = f'<!DOCTYPE svg [<!ATTLIST rect fill CDATA "{"x" * 1000}">]>'.encode()
    made = clean_svg(declared + svg("<rect/>" * 1000), lambda _data: None).data
    assert len(made) < 20_000


def test_a_photograph_in_a_drawing_tells_nothing() -> None:
    import base64

    photo = base64.b64encode(saved(gradient(30, 20), "JPEG", exif=telling())).decode()
    data = svg(f'<image width="30" height="20" href="data:image/jpeg;base64,{photo}"/>')
    assert drawing(data).removed == ()
    site_copy = _published(data)
    inner = base64.b64decode(re.findall(rb"base64,([^\"]+)", site_copy)[0])
    assert b"SECRET" not in inner
    assert opened(inner).size == (30, 20)


def _published(data: bytes) -> bytes:
    from generator.darkroom import _embedded
    from generator.svg import clean_svg

    return clean_svg(data, _embedded).data


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="0,0,40.4,20.6"', (40, 21)),
        ('width="100%" viewBox="0 0 4 2"', (4, 2)),
        ('width="1in" height="48pt"', (96, 64)),
        ('height="10" viewBox="0 0 4 2"', (20, 10)),
        ('viewBox="a b"', (300, 150)),
        ("", (300, 150)),
    ],
)
def test_the_size_of_a_drawing(attributes: str, size: tuple[int, int]) -> None:
    found = drawing(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())
    assert (found.width, found.height) == size


# Where they are published


@pytest.mark.parametrize(
    ("width", "made"),
    [(3000, [480, 800]), (800, [480, 800]), (700, [480, 700]), (100, [100])],
)
def test_no_picture_is_made_larger_than_it_is(width: int, made: list[int]) -> None:
    options = PictureOptions((480, 800), quality=70)
    looks = {"content/media/x.jpg": Look(b"d", "jpeg", width, width, "jpeg")}
    gallery = Gallery(options, looks)
    forms = gallery.forms("content/media/x.jpg")
    assert list(forms) == ["webp", "jpeg"]
    assert [[each.width for each in prints] for prints in forms.values()] == [made, made]
    whole_one = gallery.whole("content/media/x.jpg")
    assert (whole_one in forms["jpeg"]) == (width <= 800)
    addresses = [each.address for each in gallery.prints("content/media/x.jpg")]
    assert len(addresses) == len(set(addresses))
    assert all(re.fullmatch(r"media/x(-\d+w-[0-9a-f]{8}\.(webp|jpg)|\.jpg)", a) for a in addresses)


@pytest.fixture
def photo() -> bytes:
    return saved(gradient(900, 600), "JPEG", exif=telling(6))


def with_picture(photo: bytes, body: str = "", *fields: str) -> dict[str, str | bytes]:
    return {A: article(*fields, date="2025-01-02", body=body), "content/media/p.jpg": photo}


def media(site: Site) -> list[str]:
    return [path.removeprefix("media/") for path in site.files() if path.startswith("media/")]


def test_a_picture_in_a_page(make_site: MakeSite, photo: bytes) -> None:
    image = "image: {src: p.jpg, alt: 'A & B', caption: C, credit: D}"
    site = make_site(with_picture(photo, "Text.\n\n![Body](p.jpg)\n", image), TOML)
    outcome = site.command("build")
    assert outcome.err == ""
    page = site.page(PAGE)
    lead, inner = re.findall(r"<picture>.*?</picture>", page, re.DOTALL)
    for html in (lead, inner):
        assert '<source type="image/webp" srcset="' in html
        assert 'width="600" height="900"' in html
        assert 'decoding="async"' in html
        assert "480w" in html
        assert "600w" in html
        assert "800w" not in html
        for address in re.findall(r"(?:src=\"|srcset=\"|, )(?:\.\./)*(media/[^ \"]+)", html):
            assert address in site.files()
    assert 'fetchpriority="high"' in lead
    assert "lazy" not in lead
    assert 'loading="lazy"' in inner
    assert 'alt="A &amp; B"' in lead
    share = re.findall(r'og:image" content="https://x.example/b/(media/[^"]+\.jpg)"', page)
    assert len(share) == 1
    assert opened(site.files()[share[0]]).format == "JPEG"
    for path, data in site.files().items():
        if path.startswith("media/"):
            assert b"SECRET" not in data
    feed = site.files()["feed.xml"].decode()
    assert feed.count("&lt;img") == 1
    assert "srcset" not in feed
    assert "https://x.example/b/media/p" in feed


def test_avif_comes_first_where_it_is_wanted(make_site: MakeSite, photo: bytes) -> None:
    site = make_site(with_picture(photo, "![B](p.jpg)"), TOML + "[pictures]\navif = true\n")
    assert site.command("build").code == 0
    types = re.findall(r'<source type="([^"]+)"', site.page(PAGE))
    assert types == ["image/avif", "image/webp"]
    assert sum(name.endswith(".avif") for name in media(site)) == 2


def test_nothing_is_made_twice_and_caches_may_go(
    make_site: MakeSite, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(with_picture(photo, "![B](p.jpg)"), TOML)
    assert site.command("build").code == 0
    before = site.files()
    packs = sorted((site.root / ".bulletin/pictures").iterdir())
    assert len(packs) == 1

    # An article is edited: no picture is opened.
    def refuse(*_: object) -> None:
        raise AssertionError("a picture was made anew")

    with monkeypatch.context() as patched:
        patched.setattr("generator.raster.make_prints", refuse)
        patched.setattr("generator.raster.look_at_raster", refuse)
        site.write(A, article(date="2025-01-02", title="Other", body="![B](p.jpg)"))
        assert site.command("build").code == 0
        assert site.command("build", "--output", str(site.root / "other")).code == 0
        # The published file has gone: what was kept is enough.
        (site.root / "site/media/p.jpg").unlink()
        assert site.command("build").code == 0
    assert site.files()["media/p.jpg"] == before["media/p.jpg"]
    for damage in (b"", b"damaged", packs[0].read_bytes()[:-9]):
        packs[0].write_bytes(damage)
        (site.root / "site/media/p.jpg").unlink()
        assert site.command("build").code == 0
        assert site.files()["media/p.jpg"] == before["media/p.jpg"]
    site.write(A, article(date="2025-01-02", body="![B](p.jpg)"))
    assert site.command("build").code == 0
    assert site.files() == before
    # What is no longer used is neither published nor kept.
    site.write(A, article(date="2025-01-02", body="None."))
    assert site.command("build").code == 0
    assert media(site) == []
    assert list((site.root / ".bulletin/pictures").iterdir()) == []


def test_another_picture_of_the_same_name_has_other_addresses(
    make_site: MakeSite, photo: bytes
) -> None:
    site = make_site(with_picture(photo, "![B](p.jpg)"), TOML)
    assert site.command("build").code == 0
    before = media(site)
    site.write("content/media/p.jpg", saved(gradient(640, 480), "JPEG"))
    assert site.command("build").code == 0
    after = media(site)
    assert set(before) & set(after) == {"p.jpg"}
    fresh = site.root / "fresh"
    incremental = site.files()
    assert site.command("build", "--clean", "--output", str(fresh)).code == 0
    for path, data in incremental.items():
        assert (fresh / path).read_bytes() == data, path


def test_jobs_change_no_byte(make_site: MakeSite) -> None:
    files: dict[str, str | bytes] = {
        f"content/media/{n}.jpg": saved(gradient(500 + n, 300), "JPEG") for n in range(5)
    }
    body = "\n\n".join(f"![B]({n}.jpg)" for n in range(5))
    site = make_site({A: article(date="2025-01-02", body=body), **files}, TOML)
    assert site.command("build", "--jobs", "1").code == 0
    alone = site.files()
    assert site.command("build", "--jobs", "2", "--clean").code == 0
    assert site.files() == alone


def test_large_pictures_are_worked_on_one_at_a_time(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import generator.darkroom as darkroom

    files: dict[str, str | bytes] = {
        f"content/media/{n}.jpg": saved(gradient(100 * n + 50, 300), "JPEG") for n in range(5)
    }
    body = "\n\n".join(f"![B]({n}.jpg)" for n in range(5))
    site = make_site({A: article(date="2025-01-02", body=body), **files}, TOML)
    notes = tmp_path / "notes"
    look_at_them, make = darkroom.look_at_bytes, darkroom._make

    def looked(data: bytes, is_svg: bool) -> Look:
        found = look_at_them(data, is_svg)
        with notes.open("a") as file:
            file.write(f"looked {found.width} {os.getpid()}\n")
        return found

    def made(negative: Negative, recipes: Any) -> list[bytes]:
        with notes.open("a") as file:
            file.write(
                f"made {opened(Path(negative.real_path).read_bytes()).width} {os.getpid()}\n"
            )
        return make(negative, recipes)

    monkeypatch.setattr("generator.pictures.LARGE", 200 * 300)
    monkeypatch.setattr(darkroom, "look_at_bytes", looked)
    monkeypatch.setattr(darkroom, "_make", made)
    assert site.command("build", "--jobs", "2").code == 0
    lines = [line.split() for line in notes.read_text().splitlines()]
    large = [(what, pid) for what, width, pid in lines if int(width) > 200]
    assert sorted(what for what, _ in large) == ["looked"] * 3 + ["made"] * 3
    assert {pid for _, pid in large} == {str(os.getpid())}


def test_a_build_that_was_ended_is_completed_by_the_next(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        f"content/media/{n}.jpg": saved(gradient(500 + n, 300), "JPEG") for n in range(3)
    }
    body = "\n\n".join(f"![B]({n}.jpg)" for n in range(3))
    site = make_site({A: article(date="2025-01-02", body=body), **files}, TOML)
    import generator.darkroom as darkroom

    make, made = darkroom._make, [0]
    made.clear()

    def ended(*arguments: Any) -> list[bytes]:
        if made:
            raise OSError("no space left")
        made.append(1)
        return make(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(darkroom, "_make", ended)
        assert site.command("build", "--jobs", "1").code == 3
    assert not (site.root / "site/media").exists()
    assert site.command("build", "--jobs", "1").code == 0
    complete = site.files()
    assert site.command("build", "--clean").code == 0
    assert site.files() == complete


def test_what_is_linked_to_is_cleaned_too(make_site: MakeSite, photo: bytes) -> None:
    files = with_picture(photo, "[A](p.jpg) [B](d.svg) [C](x.pdf) [D](raw.tif)")
    files |= {
        "content/media/d.svg": svg("<script>evil()</script>"),
        "content/media/x.pdf": b"SECRET",
        "content/media/raw.tif": saved(gradient(8, 8), "TIFF"),
    }
    site = make_site(files, TOML)
    outcome = site.command("build")
    assert outcome.errors == []
    assert [line.rpartition("[")[2] for line in outcome.warnings] == [
        "cleaned-svg]",
        "picture-as-it-is]",
    ]
    found = site.files()
    assert {"media/p.jpg", "media/d.svg", "media/x.pdf", "media/raw.tif"} <= found.keys()
    assert b"SECRET" not in found["media/p.jpg"]
    assert b"evil" not in found["media/d.svg"]
    assert found["media/x.pdf"] == b"SECRET"


def test_a_packed_drawing_is_refused(make_site: MakeSite) -> None:
    import gzip

    files: dict[str, str | bytes] = {
        A: article(date="2025-01-02", body="[A](a.svgz)"),
        "content/media/a.svgz": gzip.compress(svg("<script>evil()</script>")),
    }
    outcome = make_site(files, TOML).command("build")
    assert outcome.code == 1
    assert "[unsafe-svg]" in outcome.err
    assert "packed SVG" in outcome.err
    assert ".svg" in outcome.err


def test_a_picture_that_a_draft_does_not_have_is_left_out(make_site: MakeSite) -> None:
    files: dict[str, str | bytes] = {
        A: article("draft: true", date="2025-01-02", body="Text ![B](none.jpg)"),
        "content/articles/b.md": article(),
    }
    site = make_site(files, TOML)
    assert site.command("build", "--drafts").code == 0
    assert "<img" not in site.page(PAGE).partition("<article")[2]


def test_a_proof_copies_no_files(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str | bytes] = {
        A: article(date="2025-01-02", body="[A](a.pdf)"),
        "content/media/a.pdf": b"COPYME",
    }
    from generator.write import put_by

    copied: list[bytes] = []

    def noted(folder: str, parts: list[bytes]) -> Any:
        copied.extend(part for part in parts if part == b"COPYME")
        return put_by(folder, parts)

    monkeypatch.setattr("generator.press.put_by", noted)
    site = make_site(files, TOML)
    assert site.command("check").code == 0
    assert copied == []
    assert site.command("build", "--jobs", "1").code == 0
    assert copied == [b"COPYME"]


@pytest.mark.parametrize("name", ["100 megapixels", "a cut JPEG", "a text"])
def test_a_bad_picture_is_an_error_at_its_place(make_site: MakeSite, name: str) -> None:
    data, fault = BAD[name]
    image = "image: {src: p.jpg, alt: A}"
    site = make_site(with_picture(data, "Text.\n\nAnd ![B](p.jpg)", image), TOML)
    outcome = site.command("build")
    assert outcome.code == 1
    assert len(outcome.errors) == 2
    assert all(line.startswith(f"{A}:") and line.endswith(f"[{fault}]") for line in outcome.errors)
    assert not (site.root / "site").exists() or site.files() == {}


def test_a_bad_picture_of_a_draft_stops_nothing(make_site: MakeSite) -> None:
    files = with_picture(BAD["a text"][0], "![B](p.jpg) [link](p.jpg)", "draft: true")
    files["content/articles/b.md"] = article()
    site = make_site(files, TOML)
    outcome = site.command("build")
    assert (outcome.code, outcome.errors) == (0, [])
    assert any("no-picture" in line for line in outcome.warnings)
    assert site.command("build", "--drafts").code == 0
    assert media(site) == []
    assert "<img" not in site.page(PAGE).partition("<article")[2]


def test_pictures_of_what_is_held_back_are_looked_at_and_not_published(
    make_site: MakeSite, photo: bytes
) -> None:
    files = with_picture(photo, "![B](p.jpg)", "published: 2099-01-01")
    files["content/articles/b.md"] = article()
    site = make_site(files, TOML)
    assert site.command("build").err == ""
    assert media(site) == []
    site.write("content/media/p.jpg", b"no picture")
    assert "no-picture" in site.command("build").err


def test_a_picture_without_words_is_a_warning_once_in_a_file(
    make_site: MakeSite, photo: bytes
) -> None:
    files = with_picture(photo, "![](p.jpg) ![](p.jpg)", "image: p.jpg")
    site = make_site(files, TOML)
    outcome = site.command("build")
    assert outcome.code == 0
    assert len(outcome.warnings) == 2
    assert all(line.endswith("[no-alt]") for line in outcome.warnings)


def test_the_emblem(make_site: MakeSite) -> None:
    files: dict[str, str | bytes] = {A: article(), "content/media/e/huy.svg": svg("<path/>")}
    site = make_site(files, TOML + 'emblem = "e/huy.svg"\n')
    assert site.command("build").err == ""
    assert "media/e/huy.svg" in site.files()
    (site.root / "content/media/e/huy.svg").unlink()
    outcome = site.command("build")
    assert outcome.code == 1
    assert outcome.errors[0].startswith("bulletin.toml:5:1")


def test_a_theme_says_in_which_widths(make_site: MakeSite, photo: bytes) -> None:
    files = with_picture(photo, "![B](p.jpg)")
    files["themes/mine/theme.toml"] = '[pictures]\nwidths = [200, 100]\nsizes.body = "50vw"\n'
    site = make_site(files, TOML + 'theme = "mine"\n')
    assert site.command("build").err == ""
    page = site.page(PAGE)
    assert re.findall(r" (\d+w)", page) == ["100w", "200w"] * 2
    assert 'sizes="50vw"' in page


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("serch = true", "unknown-key"),
        ("[pictures]\nwidths = 480", "wrong-type"),
        ("[pictures]\nwidths = [0]", "wrong-type"),
        ("[pictures]\nwidths = []", "wrong-type"),
        ("[pictures]\nsizes = 3", "wrong-type"),
        ("[pictures", "toml-syntax"),
        ("search = 1", "wrong-type"),
    ],
)
def test_a_mistake_in_theme_toml(make_site: MakeSite, text: str, code: str) -> None:
    site = make_site({A: article(), "themes/mine/theme.toml": text}, TOML + 'theme = "mine"\n')
    outcome = site.command("build")
    assert outcome.code == 1
    assert outcome.errors[0].startswith("themes/mine/theme.toml:")
    assert outcome.errors[0].endswith(f"[{code}]")
