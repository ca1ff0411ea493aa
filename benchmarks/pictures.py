"""What pictures cost: a site of photographs is built, and built again.

.venv/bin/python -m benchmarks.pictures --photos 200
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from benchmarks.measuring import Measured, run

_WIDTH, _HEIGHT = 4000, 3000
_PROJECT = """\
[site]
title = "Photographs"
language = "en"
{more}"""
_ARTICLE = """\
---
title: Meeting {number}
date: 2025-{month:02}-{day:02}
image: {{src: photo-{number}.jpg, alt: A hall}}
---
Text of meeting {number}.
"""


def make_photos(folder: Path, count: int) -> None:
    """Photographs of 12 megapixels, with light that changes and noise like a sensor's; each of them
    is another, and the same every time but for its noise."""
    folder.mkdir(parents=True)
    size = (_WIDTH, _HEIGHT)
    noise = Image.effect_noise(size, 24)
    down = Image.linear_gradient("L").resize(size)
    across = down.transpose(Image.Transpose.ROTATE_180)
    round_light = Image.radial_gradient("L").resize(size)
    for number in range(count):
        moved = ImageChops.offset(noise, 37 * number, 91 * number)
        bands = [
            Image.blend(ImageChops.offset(light, 113 * number, 71 * number), moved, 0.35)
            for light in (down, across, round_light)
        ]
        exif = Image.Exif()
        exif[0x0112] = 6 if number % 4 == 0 else 1
        photo = Image.merge("RGB", bands)
        photo.save(folder / f"photo-{number}.jpg", quality=90, exif=exif)


def make_project(folder: Path, photos: int, avif: bool) -> None:
    more = "[pictures]\navif = true\n" if avif else ""
    (folder / "bulletin.toml").write_text(_PROJECT.format(more=more), "utf-8")
    articles = folder / "content/articles"
    articles.mkdir(parents=True)
    for number in range(photos):
        month, day = 1 + number % 12, 1 + number // 12 % 28
        text = _ARTICLE.format(number=number, month=month, day=day)
        (articles / f"meeting-{number}.md").write_text(text, "utf-8")
    make_photos(folder / "content/media", photos)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--avif", action="store_true", help="make AVIF too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_project(folder, options.photos, options.avif)
        build = [sys.executable, "-m", "generator", "build", "--project", name]
        build += ["--jobs", str(options.jobs)]
        here = Path(__file__).parent.parent
        _say("all of them new", run(build, here, watch=True))
        _say("nothing to do", run(build, here))
        article = folder / "content/articles/meeting-0.md"
        article.write_text(article.read_text("utf-8").replace("title: ", "title: Other "), "utf-8")
        _say("a title changed", run(build, here))
        photo = folder / "content/media/photo-1.jpg"
        photo.write_bytes((folder / "content/media/photo-2.jpg").read_bytes() + b"\0")
        _say("a photograph changed", run(build, here))
        _say("another output folder", run([*build, "--output", str(folder / "other")], here))
        for part in ("content/media", "site/media", ".bulletin/pictures"):
            files = [path for path in (folder / part).rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files)
            print(f"{part}: {len(files)} files, {size / 1e6:.0f} MB")


def _say(what: str, measured: Measured) -> None:
    peak = f", {measured.peak:.0f} MiB" if measured.peak else ""
    print(f"{what}: {measured.seconds:.2f} s, {measured.cpu:.2f} s of processors{peak}", flush=True)


if __name__ == "__main__":
    main()
