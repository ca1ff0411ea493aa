"""Themes: where templates and static files are found, and what a template depends on.

A name is looked up in the site's own `templates/`, then in the theme, then in the default theme.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from generator.names import nearest
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.project import shipped_themes
from generator.scanning import digest_of
from generator.theme_settings import THEME_FILE, ThemeSettings, read_settings

DEFAULT = "bulletin"
STATIC = "static"
ASSETS = "assets"
THEME_PREFIX = "theme/"
ANY = "*"
"""Stands for all templates, on which one depends that computes the name of another."""


class Static(Struct, frozen=True):
    """A theme's file that is published as it is, at `assets/<fingerprint>/<name>`."""

    name: str
    source: str
    digest: bytes


class Theme(Struct, frozen=True):
    """`roots` are the folders names are looked up in, the first winning; `fingerprint` is that of
    all static files together, so that links among them keep working; `settings` are those of its
    theme.toml, and where that is silent of the default theme's."""

    roots: tuple[Path, ...]
    static: tuple[Static, ...]
    fingerprint: str
    settings: ThemeSettings = ThemeSettings()

    def asset_address(self, name: str) -> str:
        return f"{ASSETS}/{self.fingerprint}/{name}"

    def find(self, name: str) -> Path | None:
        """The file of a template; `theme/x.html` is the theme's `x.html` even where the site has
        its own, which may so extend it."""
        roots = self.roots
        if name.startswith(THEME_PREFIX):
            name, roots = name.removeprefix(THEME_PREFIX), roots[1:]
        for root in roots:
            path = root / name
            if path.is_file():
                return path
        return None

    def templates(self) -> list[str]:
        """The names of all templates."""
        return sorted(
            {
                path.relative_to(root).as_posix()
                for root in self.roots
                for path in (root.rglob("*") if root.is_dir() else ())
                if path.is_file() and path.relative_to(root).parts[0] not in (STATIC, THEME_FILE)
            }
        )


def load_theme(project: Path, name: str, place: Place) -> Theme:
    """Find a theme. Raises ProblemsFound, at `place` where there is none of this name, else for
    what is wrong with its settings."""
    folders = (project / "themes", shipped_themes())
    own = next((f / name for f in folders if (f / name).is_dir()), None)
    if own is None or not name or "/" in name or name.startswith("."):
        known = {
            child.name for f in folders if f.is_dir() for child in f.iterdir() if child.is_dir()
        }
        raise ProblemsFound(
            [
                Problem(
                    place,
                    "unknown-theme",
                    N_("there is no theme “{name}”"),
                    N_("did you mean “{near}”?") if nearest(name, known) else N_("known: {known}"),
                    {"name": name, "near": nearest(name, known), "known": ", ".join(sorted(known))},
                )
            ]
        )
    default = next(f / DEFAULT for f in folders if (f / DEFAULT).is_dir())
    roots = tuple(dict.fromkeys((project / "templates", own, default)))
    digest = hashlib.blake2b(digest_size=5)
    static = tuple(_static(name, path, digest) for name, path in _static_files(roots))
    settings = ThemeSettings()
    for folder in dict.fromkeys((default, own)):
        settings = _settings(folder, settings, project)
    return Theme(roots, static, digest.hexdigest(), settings)


def _settings(theme: Path, base: ThemeSettings, project: Path) -> ThemeSettings:
    """The settings of a theme's folder; `base` where it has none."""
    path = theme / THEME_FILE
    if not path.is_file():
        return base
    shown = path.relative_to(project if path.is_relative_to(project) else theme.parent.parent)
    return read_settings(path.read_bytes(), shown.as_posix(), base)


def _static_files(roots: Iterable[Path]) -> list[tuple[str, Path]]:
    found: dict[str, Path] = {}
    for root in roots:
        folder = root / STATIC
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not name.startswith(".") and "/." not in name:
                found.setdefault(name, path)
    return sorted(found.items())


def _static(name: str, path: Path, all_files: hashlib.blake2b) -> Static:
    """The record of a file, which is added to the digest of all."""
    data = path.read_bytes()
    all_files.update(f"{name}\0{len(data)}\0".encode() + data)
    return Static(name, str(path), digest_of(data))


class Fingerprints:
    """The fingerprint of each template's closure: itself and all it extends, includes, imports.

    Templates are parsed for this only where `known`, the answers of an earlier build by the hash of
    a template's source, does not tell. `known` of this build is to be kept for the next.
    """

    def __init__(self, theme: Theme, known: Mapping[str, list[str]]) -> None:
        self.theme = theme
        self.earlier = known
        self.known: dict[str, list[str]] = {}
        self._sources: dict[str, bytes | None] = {}
        self._closures: dict[str, bytes] = {}

    def of(self, template: str) -> bytes:
        """16 bytes that change when anything changes that could change what the template does."""
        if template not in self._closures:
            digest = hashlib.blake2b(digest_size=16)
            for name in sorted(self._closure(template)):
                source = self._source(name)
                digest.update(f"{name}\0{-1 if source is None else len(source)}\0".encode())
                digest.update(source or b"")
            self._closures[template] = digest.digest()
        return self._closures[template]

    def _source(self, name: str) -> bytes | None:
        if name not in self._sources:
            path = self.theme.find(name)
            self._sources[name] = path.read_bytes() if path else None
        return self._sources[name]

    def _closure(self, template: str) -> set[str]:
        todo, found = [template], set()
        while todo:
            name = todo.pop()
            if name == ANY and ANY not in found:
                found.add(ANY)
                todo += self.theme.templates()
            elif name not in found:
                found.add(name)
                todo += self._references(name)
        return found

    def _references(self, name: str) -> list[str]:
        source = self._source(name)
        if source is None:
            return []
        key = hashlib.blake2b(source, digest_size=16).hexdigest()
        if key not in self.known:
            names = self.earlier.get(key)
            self.known[key] = _parse_references(source) if names is None else names
        return self.known[key]


def _parse_references(source: bytes) -> list[str]:
    """The templates a template names; ANY where it computes a name."""
    from jinja2 import Environment, TemplateSyntaxError, meta

    try:
        tree = Environment(extensions=["jinja2.ext.i18n"]).parse(source.decode("utf-8", "replace"))
    except TemplateSyntaxError:
        return []  # rendering will say what is wrong and where
    return sorted({name or ANY for name in meta.find_referenced_templates(tree)})
