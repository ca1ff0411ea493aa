"""Pictures made for the site, in any process, and kept by the content they are made of.

What was made of one picture is one file in `.bulletin/pictures/`, so that a picture is worked on
once, however often the site is built anew. Any of them may be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

from generator.pictures import Look, Recipe
from generator.scanning import digest_of
from generator.sealed import FOLDER, load_sealed, save_sealed
from generator.write import Span, put_by

_WITHOUT_SIZE = (300, 150)
"""What browsers give a drawing that does not tell its size (CSS 2.2, 10.3.2)."""

_MODULES = ("darkroom", "raster", "animations", "svg", "svg_uses")


class Negative(Struct, frozen=True, array_like=True):
    """A picture to make files of: where it is, whether it is a drawing, its digest, and the keys of
    all that is made of it for the site; whether it is `large` (see `pictures.LARGE`)."""

    real_path: str
    is_svg: bool
    digest: bytes
    wanted: frozenset[str]
    large: bool = False


class DevelopTask(Struct, frozen=True, array_like=True):
    """What is to be made of a picture, and the folder of the spool that it goes to; `project` keeps
    it for the next time. With `fresh`, what was kept counts for nothing."""

    project: str
    spool: str
    negative: Negative
    recipes: tuple[Recipe, ...]
    fresh: bool


class LookTask(Struct, frozen=True, array_like=True):
    """A picture to look at; `alone` where no other is looked at meanwhile but small ones."""

    real_path: str
    is_svg: bool
    alone: bool = False


def look_at(task: LookTask) -> Look | None:
    """What is known of a picture; None of a large one that has to be looked at alone. Raises
    OSError where it cannot be read."""
    with open(task.real_path, "rb") as file:
        data = file.read()
    if not task.is_svg and not task.alone:
        from generator.raster import is_large_raster

        if is_large_raster(data):
            return None
    return look_at_bytes(data, task.is_svg)


def look_at_bytes(data: bytes, is_svg: bool) -> Look:
    from generator.raster import look_at_raster

    if not is_svg:
        return look_at_raster(data)
    from generator.svg import NotSvg, clean_svg

    digest = digest_of(data)
    if data.startswith(b"\x1f\x8b"):
        return Look(digest, fault="packed-svg")
    try:
        drawing = clean_svg(data, _embedded)
    except NotSvg:
        return Look(digest, fault="unsafe-svg")
    size = (drawing.width, drawing.height) if drawing.width else _WITHOUT_SIZE
    return Look(digest, "svg", *size, removed=drawing.removed)


def develop(task: DevelopTask) -> list[tuple[Span, bytes]]:
    """Make files of a picture; tells where each waits, and the digest of its bytes. Raises OSError
    where the picture cannot be read, or is no longer what it was."""
    made = make_files(task.project, task.negative, task.recipes, task.fresh)
    return list(zip(put_by(task.spool, made), map(digest_of, made), strict=True))


def make_files(
    project: str, negative: Negative, recipes: Sequence[Recipe], fresh: bool = False
) -> list[bytes]:
    """The files that recipes make of a picture: those that were kept, the others made now."""
    path = folder_of(Path(project)) / negative.digest.hex()
    version = darkroom_version()
    kept = {} if fresh else load_sealed(path, version, dict[str, bytes]) or {}
    missing = [recipe for recipe in recipes if key_of(recipe) not in kept]
    if missing:
        made = _make(negative, missing)
        kept |= dict(zip(map(key_of, missing), made, strict=True))
        # Somebody may have kept others meanwhile; who comes last wins, and nothing is lost by it
        # but the time to make them again.
        stays = {key: data for key, data in kept.items() if key in negative.wanted}
        with suppress(OSError):
            save_sealed(path, version, stays)
    return [kept[key_of(recipe)] for recipe in recipes]


def key_of(recipe: Recipe) -> str:
    return f"{recipe.form} {recipe.width} {recipe.quality} {recipe.flat}"


def folder_of(project: Path) -> Path:
    """Where what was made of pictures is kept."""
    return project / FOLDER / "pictures"


def forget_others(project: Path, digests: Collection[bytes]) -> None:
    """Remove what was made of pictures that are not among some."""
    names = {digest.hex() for digest in digests}
    folder = folder_of(project)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in names:
                with suppress(OSError):
                    path.unlink()


@cache
def darkroom_version() -> str:
    """Changes with all that what is made of a picture depends on."""
    from importlib import metadata

    digest = hashlib.blake2b(metadata.version("pillow").encode(), digest_size=8)
    for module in _MODULES:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()


def _make(negative: Negative, recipes: Iterable[Recipe]) -> list[bytes]:
    with open(negative.real_path, "rb") as file:
        data = file.read()
    if digest_of(data) != negative.digest:
        # Under the old digest these would be kept as if made of what was there.
        raise OSError(f"{negative.real_path} was changed while it was read")
    if negative.is_svg:
        from generator.svg import clean_svg

        drawing = clean_svg(data, _embedded).data
        return [drawing for _ in recipes]
    from generator.raster import make_prints

    return make_prints(data, tuple(recipes))


def _embedded(data: bytes) -> tuple[str, bytes] | None:
    """A picture that stands in a drawing, cleaned, and its media type."""
    from generator.raster import Unfit, is_large_raster, look_at_raster, make_prints

    if is_large_raster(data):
        return None
    look = look_at_raster(data)
    if look.fault:
        return None
    with suppress(Unfit):
        return f"image/{look.form}", make_prints(data, (Recipe(),))[0]
    return None
