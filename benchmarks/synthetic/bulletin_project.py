"""A corpus as a Bulletin project: Markdown files with YAML front matter on shelves."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.synthetic.records import (
    Article,
    Attendance,
    Body,
    Corpus,
    Entry,
    Membership,
    Official,
    Source,
)

_CONFIGURATION = """\
[site]
title = "Bản tin Đối ngoại"
base_url = "https://example.org/bulletin/"
language = "vi"
timezone = "Asia/Ho_Chi_Minh"
"""


def write_bulletin_project(corpus: Corpus, out: Path) -> None:
    """Write `corpus` to the folder `out`, with shelf files if the corpus has shelves."""
    for article in corpus.articles:
        write_article(article, out)
    write_frame(corpus, out)


def article_path(article: Article) -> str:
    """Return where in the project the file of `article` is."""
    return f"content/articles/{article.date.year}/{article.id}.md"


def write_article(article: Article, out: Path) -> None:
    """Write the file of one article into the project in the folder `out`."""
    _write(out / article_path(article), article_text(article))


def write_frame(corpus: Corpus, out: Path) -> None:
    """Write all of the project that is not an article."""
    _write(out / "bulletin.toml", _CONFIGURATION)
    content = out / "content"
    if corpus.shelves:
        for official in corpus.officials:
            _write(content / "officials" / f"{official.id}.md", _official_text(official))
        for shelf, entries in (
            ("organisations", corpus.organisations),
            ("topics", corpus.topics),
            ("places", corpus.places),
            ("series", corpus.series),
        ):
            for entry in entries:
                _write(content / shelf / f"{entry.id}.md", _entry_text(entry))


def article_text(article: Article) -> str:
    """Return the file of `article`: front matter that leaves out what is empty, and the body."""
    return _file(_article_lines(article), _body_text(article.body))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Bytes, or Windows would end the lines its own way.
    path.write_bytes(text.encode())


def _file(lines: Iterable[str], body: str = "") -> str:
    front_matter = "\n".join(lines)
    return f"---\n{front_matter}\n---\n{body}"


def _article_lines(article: Article) -> Iterator[str]:
    yield f"title: {_quoted(article.title)}"
    yield f"date: {article.date}"
    if article.end_date:
        yield f"end_date: {article.end_date}"
    yield f"kind: {article.kind}"
    if article.status != "held":
        yield f"status: {article.status}"
    if article.summary:
        yield f"summary: {_quoted(article.summary)}"
    yield from _list("topics", article.topics)
    if article.officials:
        yield "officials:"
        for attendance in article.officials:
            yield from _attendance_lines(attendance)
    yield from _list("organisations", article.organisations)
    if article.location:
        yield f"location: {_quoted(article.location)}"
    yield from _list("partners", article.partners)
    yield from _list("documents", article.documents)
    if article.series:
        yield f"series: {_quoted(article.series)}"
    if article.follows:
        first, *more = article.follows
        yield f"follows: {_sequence(article.follows) if more else first}"
    if article.source:
        yield f"source: {_source(article.source)}"


def _attendance_lines(attendance: Attendance) -> Iterator[str]:
    if attendance.parts == ("attendee",):
        yield f"  - {_quoted(attendance.official)}"
        return
    first, *more = attendance.parts
    yield f"  - official: {_quoted(attendance.official)}"
    yield f"    part: {_sequence(attendance.parts) if more else first}"


def _official_text(official: Official) -> str:
    lines = [f"name: {_quoted(official.name)}"]
    if official.memberships:
        lines.append("memberships:")
        for membership in official.memberships:
            lines.extend(_membership_lines(membership))
    return _file(lines)


def _membership_lines(membership: Membership) -> Iterator[str]:
    yield f"  - role: {_quoted(membership.role)}"
    yield f"    organization: {_quoted(membership.organisation)}"
    if membership.start:
        yield f"    start_date: {membership.start}"
    if membership.end:
        yield f"    end_date: {membership.end}"
    if membership.as_of:
        yield f"    as_of: [{', '.join(map(str, membership.as_of))}]"


def _entry_text(entry: Entry) -> str:
    return _file([f"name: {_quoted(entry.name)}"])


def _source(source: Source) -> str:
    return (
        f"{{name: {_quoted(source.name)}, author: {_quoted(source.author)}, "
        f"published: {source.published.isoformat(timespec='minutes')}, url: {_quoted(source.url)}}}"
    )


def _body_text(body: Body) -> str:
    return "".join(
        part
        if isinstance(part, str)
        else f"[[{part.target}|{part.text}]]"
        if part.text
        else f"[[{part.target}]]"
        for part in body
    )


def _list(key: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"{key}: {_sequence(names)}"


def _sequence(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    # A JSON string is a YAML double-quoted one.
    return json.dumps(text, ensure_ascii=False)
