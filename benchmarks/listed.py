"""Whether every article is listed where it should be."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.synthetic.records import Article, Corpus

_LINK = re.compile(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def links(site: Path, page: str) -> Iterator[tuple[str, str]]:
    """(address, text) of every link on the page at an address."""
    text = (site / page / "index.html").read_text("utf-8")
    for href, words in _LINK.findall(text):
        if not re.match(r"[a-z]+:|#", href):
            address = posixpath.normpath(posixpath.join("/", page, href)).lstrip("/")
            yield address, html.unescape(re.sub(r"<[^>]+>", "", words)).strip()


def listed(site: Path, page: str) -> set[str]:
    """The addresses of all articles a subject's page lists, on its years' pages too."""
    found = {address for address, _ in links(site, page)}
    for year in (site / page).glob("[0-9][0-9][0-9][0-9]"):
        found |= {address for address, _ in links(site, f"{page}/{year.name}")}
    return found


def article_address(article: Article) -> str:
    return f"{article.date:%Y/%m/%d}/{article.id[11:]}"


def unlisted(site: Path, corpus: Corpus) -> list[str]:
    """Where an article is not listed though it should be."""
    wrong = []
    for shelf in ("topics", "officials"):
        pages = {name: page for page, name in links(site, shelf) if page.startswith(f"{shelf}/")}
        wanted: dict[str, list[Article]] = {}
        for article in corpus.articles:
            names = article.topics if shelf == "topics" else [a.official for a in article.officials]
            for name in names:
                wanted.setdefault(name, []).append(article)
        for name, articles in wanted.items():
            if name not in pages:
                wrong.append(f"{name} has no page")
                continue
            found = listed(site, pages[name])
            wrong += [
                f"{article.id} is not under {name}"
                for article in articles
                if article_address(article) not in found
            ]
    for article in corpus.articles:
        day = f"{article.date:%Y/%m/%d}"
        if article_address(article) not in {address for address, _ in links(site, day)}:
            wrong.append(f"{article.id} is not under {day}")
    return wrong
