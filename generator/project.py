"""What makes a folder a project, and the language to speak in about it."""

from __future__ import annotations

import re
from pathlib import Path

from generator.i18n import LANGUAGES

FILE_NAME = "bulletin.toml"
PACKAGE = Path(__file__).parent
DEFAULT_LANGUAGE = "vi"

_LANGUAGE = re.compile(r"""^[ \t]*(?:site\.)?language[ \t]*=[ \t]*["'](\w+)["']""", re.MULTILINE)


def language_of(project: Path) -> str:
    """The language to speak in, also while bulletin.toml cannot be understood. It is looked for
    without parsing, which takes longer than finding out that nothing has changed."""
    try:
        found = _LANGUAGE.search((project / FILE_NAME).read_text("utf-8-sig", "replace"))
    except OSError:
        return DEFAULT_LANGUAGE
    language = found[1] if found else DEFAULT_LANGUAGE
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def shipped_themes() -> Path:
    """The folder of the themes that come with the generator: in its package where it is installed,
    beside it in a checkout."""
    inside = PACKAGE / "themes"
    return inside if inside.is_dir() else PACKAGE.parent / "themes"
