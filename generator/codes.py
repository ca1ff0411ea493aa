"""The code made of templates, kept for the next build."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from generator.sealed import FOLDER, load_sealed, save_sealed


class TemplateCodes:
    """The code made of templates, by key. Read when it is first asked for; what a build did not use
    is kept too, as one that renders few pages uses few templates."""

    MOST = 400

    def __init__(self, project: Path, version: str) -> None:
        self.path = project / FOLDER / "templates"
        self.version = version
        self._used: dict[bytes, bytes] = {}

    @cached_property
    def _stored(self) -> dict[bytes, bytes]:
        return load_sealed(self.path, self.version, dict[bytes, bytes]) or {}

    def get(self, key: bytes) -> bytes | None:
        if key not in self._used and key in self._stored:
            self._used[key] = self._stored[key]
        return self._used.get(key)

    def put(self, key: bytes, code: bytes) -> None:
        self._used[key] = code

    def save(self) -> None:
        if not self._used or self._used.keys() <= self._stored.keys():
            return
        every = {**self._stored, **self._used}
        self._stored = every if len(every) <= self.MOST else {**self._used}
        save_sealed(self.path, self.version, self._stored)
