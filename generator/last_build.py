"""What the preview has of the last build: the search, which only a build makes."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

from starlette.staticfiles import StaticFiles

from generator.i18n import LANGUAGES, Translator
from generator.preview_pages import media_type, plain_page
from generator.preview_records import Candidate, Desk, Served, State, View
from generator.problems import N_
from generator.scanning import digest_of

_SEARCH = re.compile(rf"((?:(?:{'|'.join(LANGUAGES)})/)?search)(?:/(.*))?", re.DOTALL)


class WithSearch:
    """A desk that also has the files of `search/` in the `output` folder, and so of `en/search/`,
    where the site has no page of its own; a page that says so where there are none."""

    def __init__(self, desk: Desk, output: Path, translator: Translator) -> None:
        self._desk = desk
        self.wait: Callable[[float], bool] = desk.wait
        self.state: Callable[[], State] = desk.state
        self.related: Callable[[View, str], tuple[Candidate, ...]] = desk.related
        self._output = output
        text = translator.gettext(N_("There is no search here: the last build made none."))
        page = plain_page(translator.language, translator.gettext(N_("Search")), text)
        self._none = Served(404, "text/html", digest_of(page).hex(), page)

    def serve(self, view: View, address: str) -> Served:
        served = self._desk.serve(view, address)
        found = _SEARCH.fullmatch(address)
        if served.status != 404 or found is None:
            return served
        return (self._file(found[1], found[2]) if found[2] is not None else None) or self._none

    def _file(self, folder: str, path: str) -> Served | None:
        if path == "" or path.endswith("/"):
            path += "index.html"
        try:
            # It follows no link out of its folder.
            files = StaticFiles(directory=self._output / folder, check_dir=False)
            real_path, found = files.lookup_path(path)
            if found is None or not stat.S_ISREG(found.st_mode):
                return None
            kind = media_type(path)
            if kind != "text/html":
                return Served(200, kind, f"{found.st_mtime_ns:x}-{found.st_size:x}", b"", real_path)
            body = Path(real_path).read_bytes()
        except (OSError, ValueError):  # such as a name that cannot be
            return None
        return Served(200, kind, digest_of(body).hex(), body)
