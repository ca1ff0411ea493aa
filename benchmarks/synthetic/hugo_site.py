"""A corpus as a site for Hugo, with as little of a theme as shows what Hugo finds related."""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic.records import Article, Body, Corpus

SHOWN = 5

_TAXONOMIES = ("topics", "officials", "organisations", "partners", "series", "documents")
_WEIGHTS = {
    "officials": 100,
    "series": 100,
    "documents": 90,
    "steps": 100,
    "topics": 60,
    "organisations": 40,
    "partners": 40,
    "date": 10,
}

_PAGE = """\
<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<h1>{{ .Title }}</h1>
<p>{{ .Date.Format "2006-01-02" }}</p>
<p>{{ .Params.summary }}</p>
{{ .Content }}
%(related)s</body></html>
"""
_RELATED = """\
<section id="related">
<ol>
{{ range first %d (.Site.RegularPages.Related .) }}
<li data-id="{{ .File.ContentBaseName }}"><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}
</ol>
</section>
"""
_LIST = """\
<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<h1>{{ .Title }}</h1>
<ul>
{{ range .Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}
</ul>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Related:
    """How Hugo is to find related content.

    `threshold` is the least rank, from 0 to 100. A term carried by more than `cardinality` per
    cent of the pages does not count; with 0 every term counts.
    """

    threshold: int = 0
    cardinality: int = 0


def write_hugo_site(corpus: Corpus, out: Path, related: Related | None = Related()) -> None:
    """Write `corpus` to the folder `out`; with `related` None, without related content."""
    _write(out / "hugo.toml", _configuration(related))
    shown = _RELATED % SHOWN if related else ""
    _write(out / "layouts" / "page.html", _PAGE % {"related": shown})
    for name in ("home", "section", "taxonomy", "term"):
        _write(out / "layouts" / f"{name}.html", _LIST)
    followed = {earlier for article in corpus.articles for earlier in article.follows}
    titles = {article.id: article.title for article in corpus.articles}
    for article in corpus.articles:
        front_matter = json.dumps(_fields(article, followed), ensure_ascii=False, indent=1)
        text = f"{front_matter}\n{_body_text(article.body, titles)}"
        _write(out / "content" / "posts" / f"{article.id}.md", text)


def _configuration(related: Related | None) -> str:
    lines = [
        'baseURL = "https://example.org/bulletin/"',
        'title = "Bản tin Đối ngoại"',
        'disableKinds = ["RSS", "sitemap", "404"]',
        "[taxonomies]",
        *(f'{name} = "{name}"' for name in _TAXONOMIES),
    ]
    if related:
        lines += ["[related]", f"threshold = {related.threshold}", "includeNewer = true"]
        for name, weight in _WEIGHTS.items():
            lines += ["[[related.indices]]", f'name = "{name}"', f"weight = {weight}"]
            if name == "date":
                lines.append('pattern = "2006"')
            elif related.cardinality and name != "steps":
                lines.append(f"cardinalityThreshold = {related.cardinality}")
    return "\n".join(lines) + "\n"


def _fields(article: Article, followed: set[str]) -> dict[str, object]:
    """Return the front matter of `article`, without what is empty."""
    # Hugo relates what has a term in common; so the two ends of each step of a thread get one.
    own = (article.id,) if article.follows or article.id in followed else ()
    fields: dict[str, object] = {
        "title": article.title,
        "date": article.date.isoformat(),
        "summary": article.summary,
        "kind_of_event": article.kind,
        "topics": article.topics,
        "officials": tuple(who.official for who in article.officials),
        "organisations": article.organisations,
        "partners": article.partners,
        "location": article.location,
        "documents": article.documents,
        "series": (article.series,) if article.series else (),
        "steps": (*own, *article.follows),
    }
    return {name: value for name, value in fields.items() if value}


def _body_text(body: Body, titles: dict[str, str]) -> str:
    return "".join(
        part
        if isinstance(part, str)
        else f"[{part.text or titles[part.target]}](/posts/{part.target}/)"
        for part in body
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
