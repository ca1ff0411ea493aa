"""What can be said of a page without a browser: what it may run and ask for, what it weighs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.audit.findings import Finding
from tests.audit.web import compressed

MOST_BYTES = 40 * 1024
MOST_REQUESTS = 4
DATA_BLOCKS = ("application/ld+json", "application/json")
"""Types of `<script>` that no browser runs."""

LOADED_RELS = frozenset(
    ("stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest", "preconnect")
)
SOURCES = frozenset(("script", "img", "source", "iframe", "embed", "video", "audio", "track"))


@dataclass(slots=True)
class Markup:
    """The parts of a page that a browser asks others for, or runs."""

    policies: list[str] = field(default_factory=list)
    before_policy: bool = False
    """Whether something is loaded before the policy stands."""
    loaded: list[tuple[str, str]] = field(default_factory=list)
    """What kind (`script`, `img`, or the rel of a link), and its address."""
    scripts: list[str] = field(default_factory=list)
    """Inline scripts that would run."""
    styles: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    """`style=` and event handlers, as `tag attribute`."""
    links: list[str] = field(default_factory=list)
    """The `href` of links."""
    ids: list[str] = field(default_factory=list)
    unsized: list[str] = field(default_factory=list)
    """Addresses of pictures whose size is not given."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()
        self._inside: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note_attributes(tag, given)
        self._note_loaded(tag, given)
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            found = self.markup
            found.policies.append(given.get("content", ""))
            found.before_policy |= bool(found.loaded or found.scripts or found.styles)
        if tag == "script" and "src" not in given and given.get("type") not in DATA_BLOCKS:
            self._inside = self.markup.scripts
        if tag == "style":
            self._inside = self.markup.styles

    def _note_attributes(self, tag: str, given: Mapping[str, str]) -> None:
        for name in given:
            if name == "style" or name.startswith("on"):
                self.markup.attributes.append(f"{tag} {name}")
        if "id" in given:
            self.markup.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.markup.links.append(given["href"])
        if tag == "img" and not (given.get("width") and given.get("height")):
            self.markup.unsized.append(given.get("src", ""))

    def _note_loaded(self, tag: str, given: Mapping[str, str]) -> None:
        loaded = self.markup.loaded
        if tag == "link" and LOADED_RELS & set(given.get("rel", "").lower().split()):
            loaded.append((given["rel"].lower(), given.get("href", "")))
        if tag in SOURCES:
            loaded += [(tag, address) for address in _addresses(given)]
        if tag == "object" and "data" in given:
            loaded.append((tag, given["data"]))

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = None


def _addresses(given: Mapping[str, str]) -> Iterator[str]:
    if given.get("src"):
        yield given["src"]
    for candidate in given.get("srcset", "").split(","):
        if candidate.strip():
            yield candidate.split()[0]


def read(path: Path) -> Markup:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    reader.close()
    return reader.markup


def directives(policy: str) -> dict[str, frozenset[str]]:
    """A Content-Security-Policy by directive."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name.lower(): frozenset(values) for name, *values in parts}


def policy_faults(markup: Markup, is_search: bool = False) -> Iterator[str]:
    """What is not strict in a page's policy, and what the policy would not let through.

    Inline scripts, `style=` and event handlers are faults whatever the policy says.
    """
    yield from (f"inline script: {text.strip()[:40]}" for text in markup.scripts)
    yield from (f"attribute: {name}" for name in markup.attributes)
    if len(markup.policies) != 1:
        yield f"{len(markup.policies)} Content-Security-Policies"
        return
    if markup.before_policy:
        yield "something is loaded before the policy stands"
    rules = directives(markup.policies[0])
    yield from _lax(rules, is_search)
    for text in markup.styles:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        if f"'sha256-{digest}'" not in rules.get("style-src", ()):
            yield "inline style the policy does not know"


def _lax(rules: Mapping[str, frozenset[str]], is_search: bool) -> Iterator[str]:
    """What rules allow that they need not."""
    for name in ("default-src", "base-uri"):
        if rules.get(name) != frozenset(("'none'",)):
            yield f"{name} is not 'none'"
    if "form-action" not in rules:
        yield "form-action is open"
    more = {"img-src": {"data:"}, "script-src": {"'wasm-unsafe-eval'"} if is_search else set()}
    for name, sources in rules.items():
        for source in sorted(sources - {"'self'", "'none'"} - more.get(name, set())):
            if name != "style-src" or not source.startswith("'sha256-"):
                yield f"{name} {source}"


def foreign(markup: Markup) -> Iterator[str]:
    """What a page asks other hosts for."""
    for kind, address in markup.loaded:
        split = urlsplit(address)
        if split.netloc or split.scheme not in ("", "data"):
            yield f"{kind} {address}"


@dataclass(frozen=True, slots=True)
class Weight:
    """Compressed bytes of HTML, style sheets and scripts, and how many requests a page makes
    without its pictures."""

    bytes: int
    requests: int


def weigh(path: Path, markup: Markup) -> Weight:
    """The weight of a page, from its files. An icon is a request."""
    files = {
        _file(path, address)
        for kind, address in markup.loaded
        if kind in ("script", "stylesheet", "modulepreload", "preload")
    }
    others = {
        address
        for kind, address in markup.loaded
        if kind not in ("img", "source", "stylesheet", "script", "modulepreload", "preload")
        and not address.startswith("data:")
    }
    total = sum(map(_compressed_size, (path, *sorted(files))))
    return Weight(total, 1 + len(files) + len(others))


@lru_cache(4096)
def _compressed_size(path: Path) -> int:
    return len(compressed(path.read_bytes()))


def _file(page: Path, address: str) -> Path:
    return (page.parent / unquote(urlsplit(address).path)).resolve()


def address_of(path: Path, site: Path) -> str:
    """The address of a page's file, from the site's root."""
    return re.sub(r"(^|/)index\.html$", r"\1", path.relative_to(site).as_posix())


def is_search(address: str) -> bool:
    return re.fullmatch(r"(?:[a-z]{2}/)?search/", address) is not None


def is_home_or_article(address: str) -> bool:
    return re.fullmatch(r"(?:[a-z]{2}/)?(?:\d{4}/\d\d/\d\d/[^/]+/)?", address) is not None


def weight_of(site: Path, address: str) -> Weight:
    """The weight of the page at an address."""
    path = page_file(site, address)
    return weigh(path, read(path))


def _lost_links(path: Path, markup: Markup, site: Path) -> Iterator[str]:
    """Links of a page within the site that lead to no file, or to no place on the page itself.

    Those of 404.html begin with the site's folder at its host, so they are not looked at.
    """
    for link in markup.links if path.name != "404.html" else ():
        split = urlsplit(link)
        if split.scheme or split.netloc:
            continue
        if not split.path:
            if split.fragment and unquote(split.fragment) not in markup.ids:
                yield link
            continue
        target = _file(path, link)
        if not (target / "index.html" if split.path.endswith("/") else target).is_file():
            yield link


def page_file(site: Path, address: str) -> Path:
    """The file of the page at an address."""
    return site / (address + "index.html" if address.endswith("/") or not address else address)


def static_findings(site: Path, addresses: Iterable[str]) -> dict[str, list[Finding]]:
    """Faults of pages of a site, by bar."""
    found: dict[str, list[Finding]] = {"policy": [], "hosts": [], "sizes": [], "ids": []}
    found["links"] = []
    for address in addresses:
        path = page_file(site, address)
        markup = read(path)
        faults = policy_faults(markup, is_search(address))
        found["policy"] += [Finding(fault, address) for fault in faults]
        found["hosts"] += [Finding(fault, address) for fault in foreign(markup)]
        found["sizes"] += [Finding(f"no size: {src}", address) for src in markup.unsized]
        found["links"] += [
            Finding("a link that leads nowhere", address, link)
            for link in _lost_links(path, markup, site)
        ]
        twice = {one for one in markup.ids if markup.ids.count(one) > 1}
        found["ids"] += [Finding("an id used twice", address, one) for one in sorted(twice)]
    return found
