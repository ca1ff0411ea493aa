"""A site to be published, as many files of the same size in as many folders as wanted, which counts
as built: what publishing costs does not depend on what is in them."""

from __future__ import annotations

import base64
import datetime as dt
import random
from pathlib import Path

from generator.manifest import Inputs, Manifest, ManifestStore, Outputs, PageKey
from generator.reports import Report
from generator.scanning import as_file_stat, digest_at

_IN_A_FOLDER = 3
_HEAD = "<!doctype html>\n<html lang=en>\n<title>Page {number}</title>\n<p>"


class SentSite:
    """A project in `project`, with a site in its folder `site`."""

    def __init__(self, project: Path, files: int, size: int) -> None:
        self.project = project
        self.output = project / "site"
        self._chance = random.Random(files)
        self.paths = [_path(number) for number in range(files)]
        for number, path in enumerate(self.paths):
            target = self.output / path
            target.parent.mkdir(parents=True, exist_ok=True)
            head = _HEAD.format(number=number).encode()
            # Hardly to be compressed, so that no program gains by it.
            noise = base64.b85encode(self._chance.randbytes(size))
            target.write_bytes((head + noise)[: size - 1] + b"\n")
        self.note_built()

    def note_built(self) -> None:
        """Have what is in the folder count as built."""
        files = {}
        for path in self.paths:
            real_path = str(self.output / path)
            stat = as_file_stat((self.output / path).stat())
            files[path] = (PageKey(b"", b"", b"", b"", digest_at(real_path)), stat)
        manifest = Manifest(
            question=b"",
            made_at=dt.datetime.now(dt.UTC),
            next_change=None,
            inputs=Inputs(),
            outputs=Outputs.of(files),
            templates={},
            report=Report(()),
        )
        store = ManifestStore(self.project, self.output)
        store.path.parent.mkdir(exist_ok=True)
        store.finish(manifest)

    def edit(self) -> None:
        """Add a sentence to one page."""
        path = self.output / self._chance.choice(self.paths)
        path.write_bytes(path.read_bytes() + b"<p>One more sentence.\n")
        self.note_built()

    def aim(self, target: str) -> None:
        """Have a table of a target, and no other."""
        text = '[site]\ntitle = "Bulletin"\nbase_url = "https://example.org/"\n'
        (self.project / "bulletin.toml").write_text(f"{text}[publish.live]\n{target}", "utf-8")


def _path(number: int) -> str:
    if number == 0:
        return "index.html"
    folder, place = divmod(number, _IN_A_FOLDER)
    name = f"page-{place}.html" if place else "index.html"
    return f"{2020 + folder % 6}/{1 + folder % 12:02}/meeting-{folder}/{name}"
