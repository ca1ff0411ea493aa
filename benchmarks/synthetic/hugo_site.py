"""A corpus as a site for Hugo: its taxonomies, archives of dates, and what Hugo finds related."""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic.plain import (
    IN_FEED,
    NEWEST,
    SHELVES,
    TITLE,
    URL,
    Bodies,
    layout,
    write_file,
)
from benchmarks.synthetic.records import Article, Corpus

SHOWN = 5

# Hugo has no archives of dates; that they are taxonomies too is the quickest way to make them.
_DATES = {"years": "%Y", "months": "%Y-%m", "days": "%Y-%m-%d"}
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

_PAGE = (
    """\
<article>
<h1>{{ .Title }}</h1>
<p><a href="/days/{{ .Date.Format "2006-01-02" }}/">{{ .Date.Format "02/01/2006" }}</a></p>
<p>{{ .Params.summary }}</p>
"""
    + "".join(
        f"""\
<ul>
{{{{ range .GetTerms "{shelf}" }}}}
<li><a href="{{{{ .RelPermalink }}}}">{{{{ .LinkTitle }}}}</a></li>
{{{{ end }}}}
</ul>
"""
        for shelf in SHELVES
    )
    + """\
{{ .Content }}
%(related)s</article>"""
)
_RELATED = """\
<section id="related">
<ol>
{{ range first %d (.Site.RegularPages.Related .) }}
<li data-id="{{ .File.ContentBaseName }}"><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}
</ol>
</section>
"""
_CARDS = """\
<ul>
{{ range @pages@ }}
<li><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "02/01/2006" }}</time>
<a href="{{ .RelPermalink }}">{{ .Title }}</a>
<p>{{ .Params.summary }}</p></li>
{{ end }}
</ul>"""
_NAMES = """\
<h1>{{ .Title }}</h1>
<ul>
{{ range .Data.Terms.Alphabetical }}
<li><a href="{{ .Page.RelPermalink }}">{{ .Page.LinkTitle }}</a> {{ .Count }}</li>
{{ end }}
</ul>"""


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
    write_file(out / "hugo.toml", _configuration(related))
    page = _PAGE % {"related": _RELATED % SHOWN if related else ""}
    newest = _CARDS.replace("@pages@", f"first {NEWEST} .Site.RegularPages")
    for name, content in (
        ("page", page),
        ("home", newest),
        ("taxonomy", _NAMES),
        ("term", "<h1>{{ .Title }}</h1>\n" + _CARDS.replace("@pages@", ".Pages")),
    ):
        write_file(out / "layouts" / f"{name}.html", layout("{{ .Title }}", content))
    followed = {earlier for article in corpus.articles for earlier in article.follows}
    bodies = Bodies(corpus)
    for article in corpus.articles:
        front_matter = json.dumps(_fields(article, followed), ensure_ascii=False, indent=1)
        text = f"{front_matter}\n{bodies.text(article, '/posts/{id}/')}"
        write_file(out / "content" / "posts" / f"{article.id}.md", text)


def _configuration(related: Related | None) -> str:
    lines = [
        f'baseURL = "{URL}/"',
        f'title = "{TITLE}"',
        'disableKinds = ["section", "404"]',
        "capitalizeListTitles = false",
        "[outputs]",
        'home = ["html", "rss"]',
        'taxonomy = ["html"]',
        'term = ["html"]',
        "[outputFormats.rss]",
        'baseName = "feed"',
        "[services.rss]",
        f"limit = {IN_FEED}",
        "[taxonomies]",
        *(f'{name} = "{name}"' for name in (*SHELVES, *_DATES)),
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
        **{name: (article.date.strftime(form),) for name, form in _DATES.items()},
    }
    return {name: value for name, value in fields.items() if value}
