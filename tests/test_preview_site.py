"""The preview is the site: over HTTP, every file is what a build makes but for one element."""

from __future__ import annotations

import re
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

from generator.indexing import folder_of_index
from tests.archives import tree
from tests.sites import NOW, Site
from tests.test_preview_browser import Serve, serve

__all__ = ["serve"]

ROOT = Path(__file__).parent.parent
ELEMENT = re.compile(rb'<script src="/_preview/preview\.js"[^<>]*></script>\n')


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The real content, with a draft and an article that is not public yet."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    toml = (ROOT / "bulletin.toml").read_text("utf-8")
    made = Site(tmp_path / "project", {}, toml)
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, made.root / name)
    for name, field in (("draft", "draft: true"), ("later", "published: 2099-01-01")):
        text = f"---\ntitle: Not public\ndate: 2025-12-01\n{field}\n---\nText.\n"
        made.write(f"content/articles/{name}.md", text)
    return made


@pytest.mark.parametrize(
    ("root", "options"), [("", ("--drafts", "--future")), ("_preview/readers/", ())]
)
def test_every_answer_is_the_file_of_a_build(
    site: Site, serve: Serve, tmp_path: Path, root: str, options: tuple[str, ...]
) -> None:
    output = tmp_path / "built"
    assert site.command("build", "--output", str(output), *options).code == 0
    address = serve(site).address + root
    differs = []
    for path, wanted in sorted(tree(output).items()):
        if folder_of_index(path):  # these are of the last build into site/
            continue
        name = path.removesuffix("index.html") if path.endswith("index.html") else path
        with urllib.request.urlopen(address + quote(name), timeout=60) as answer:
            found = answer.read()
        if path.endswith(".html"):
            assert len(ELEMENT.findall(found)) == 1
            found = ELEMENT.sub(b"", found)
        if found != wanted:
            differs.append(path)
    assert differs == []
