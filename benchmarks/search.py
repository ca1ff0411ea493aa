"""What the search costs: its indexes made, made again after an edit, and loaded by a browser.

.venv/bin/python -m benchmarks.search --articles 10000
"""

from __future__ import annotations

import argparse
import functools
import http.server
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.corpus import generate_into
from benchmarks.measuring import ROOT, Measured, build_command, get_ready, machine, run
from benchmarks.synthetic.bulletin_project import article_path

QUERIES = ("hợp tác", "ngoai giao", "cao ngoc tuong", "hội nghị trọng tâm về đường sắt")
_OUTCOME = re.compile(r"\d|Không|Nothing")
_SECONDS = re.compile(r"^(?:Search|Tìm kiếm): (.*?) (?:s|giây)$", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    get_ready()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        corpus = generate_into(project, options.articles, 1)
        build = [*build_command(project), "--jobs", str(options.jobs), "--search"]
        _say("cold, without a search", run([*build, "off"], ROOT, watch=True))
        shutil.rmtree(project / "site")
        shutil.rmtree(project / ".bulletin")
        _say("cold", run([*build, "auto"], ROOT, watch=True))
        _say("nothing to do", run([*build, "auto"], ROOT))
        article = project / article_path(max(corpus.articles, key=lambda each: each.date))
        text = article.read_text("utf-8")
        article.write_text(f"{text}\nThêm một câu.\n", "utf-8")
        _say("one body edited", run([*build, "auto"], ROOT))
        text = article.read_text("utf-8").replace('title: "', 'title: "Mới: ', 1)
        article.write_text(text, "utf-8")
        _say("one title edited", run([*build, "auto"], ROOT))
        files = [path for path in (project / "site/search").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"search/: {len(files)} files, {size / 1e6:.1f} MB")
        with _served(project / "site") as address:
            _load(address)


def _say(what: str, measured: Measured) -> None:
    peak = f", {measured.peak:.0f} MiB" if measured.peak else ""
    found = _SECONDS.search(measured.printed)
    search = f", search {found[1]} s" if found else ""
    words = f"{measured.seconds:.2f} s, {measured.cpu:.2f} s of processors"
    print(f"{what}: {words}{search}{peak}", flush=True)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def _load(address: str) -> None:
    """What a browser that comes for the first time loads, for one query each."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for query in QUERIES:
            _ask(browser, f"{address}search/?{urlencode({'q': query})}", query)
        browser.close()


def _ask(browser: Browser, address: str, query: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    start = time.perf_counter()
    page.goto(address)
    expect(page.get_by_role("status")).to_have_text(_OUTCOME, timeout=60_000)
    seconds, for_results = time.perf_counter() - start, len(sizes)
    page.wait_for_load_state("networkidle")
    count = page.get_by_role("status").inner_text()
    first = f"first results after {seconds:.2f} s, {_loaded(sizes[:for_results])}"
    print(f"{query}: {count}; {first}; with filters {_loaded(sizes)}")
    context.close()


def _loaded(sizes: list[int]) -> str:
    return f"{len(sizes)} requests, {sum(sizes) / 1e3:.0f} kB"


if __name__ == "__main__":
    main()
