"""A corpus as a site for Zola: its taxonomies, which archives of dates are too."""

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.synthetic.plain import (
    IN_FEED,
    NEWEST,
    SHELVES,
    TITLE,
    URL,
    Bodies,
    layout,
    names_on,
    write_file,
)
from benchmarks.synthetic.records import Article, Corpus

# Zola has no archives of dates either.
_DATES = {"years": "%Y", "months": "%Y-%m", "days": "%Y-%m-%d"}
_CONFIGURATION = f"""\
base_url = "{URL}"
title = "{TITLE}"
default_language = "vi"
compile_sass = false
generate_feeds = true
feed_filenames = ["feed.xml"]
feed_limit = {IN_FEED}
taxonomies = [
@taxonomies@
]
[slugify]
# The dates in front of the names of files are parts of addresses, and letters keep their marks.
paths_keep_dates = true
taxonomies = "safe"
"""
_SECTION = '+++\nsort_by = "date"\n+++\n'
_POSTS = "+++\nrender = false\ntransparent = true\n+++\n"
_CARDS = """\
<ul>
{% for page in @pages@ %}
<li><time datetime="{{ page.date }}">{{ page.date | date(format="%d/%m/%Y") }}</time>
<a href="{{ page.path }}">{{ page.title }}</a>
<p>{{ page.description | default(value="") }}</p></li>
{% endfor %}
</ul>"""
_PAGE = (
    """\
<article>
<h1>{{ page.title }}</h1>
<p><a href="/days/{{ page.date }}/">{{ page.date | date(format="%d/%m/%Y") }}</a></p>
<p>{{ page.description | default(value="") }}</p>
"""
    + "".join(
        f"""\
<ul>
{{% for name in page.taxonomies.{shelf} | default(value=[]) %}}
<li><a href="{{{{ get_taxonomy_url(kind="{shelf}", name=name) }}}}">{{{{ name }}}}</a></li>
{{% endfor %}}
</ul>
"""
        for shelf in SHELVES
    )
    + """\
{{ page.content | safe }}
</article>"""
)
_NAMES = """\
<h1>{{ taxonomy.name }}</h1>
<ul>
{% for term in terms %}
<li><a href="{{ term.path }}">{{ term.name }}</a> {{ term.page_count }}</li>
{% endfor %}
</ul>"""
_FEED = f"""\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>{URL}/</id>
<title>{TITLE}</title>
<updated>{{{{ last_updated }}}}T00:00:00+07:00</updated>
{{% for page in pages %}}<entry>
<id>{{{{ page.permalink }}}}</id>
<title>{{{{ page.title }}}}</title>
<link href="{{{{ page.permalink }}}}"/>
<updated>{{{{ page.date }}}}T00:00:00+07:00</updated>
<summary>{{{{ page.description | default(value="") }}}}</summary>
</entry>
{{% endfor %}}
</feed>
"""


def write_zola_site(corpus: Corpus, out: Path) -> None:
    """Write `corpus` to the folder `out`."""
    taxonomies = "\n".join(f'  {{ name = "{name}" }},' for name in (*SHELVES, *_DATES))
    write_file(out / "config.toml", _CONFIGURATION.replace("@taxonomies@", taxonomies))
    newest = _CARDS.replace("@pages@", f"section.pages | slice(end={NEWEST})")
    listing = "<h1>{{ term.name }}</h1>\n" + _CARDS.replace("@pages@", "term.pages")
    for name, text in (
        ("feed.xml", _FEED),
        ("index.html", layout("{{ config.title }}", newest)),
        ("page.html", layout("{{ page.title }}", _PAGE)),
        ("taxonomy_list.html", layout("{{ taxonomy.name }}", _NAMES)),
        ("taxonomy_single.html", layout("{{ term.name }}", listing)),
    ):
        write_file(out / "templates" / name, text)
    write_file(out / "content" / "_index.md", _SECTION)
    write_file(out / "content" / "posts" / "_index.md", _POSTS)
    bodies = Bodies(corpus)
    for article in corpus.articles:
        text = f"+++\n{_fields(article)}+++\n{bodies.text(article, '/posts/{id}/')}"
        write_file(out / "content" / "posts" / f"{article.id}.md", text)


def _fields(article: Article) -> str:
    """Return the front matter of `article` as TOML, without what is empty."""
    lines = [f"title = {_quoted(article.title)}", f"date = {article.date}"]
    if article.summary:
        lines.append(f"description = {_quoted(article.summary)}")
    lines.append("[taxonomies]")
    named: dict[str, Iterable[str]] = {
        **{shelf: names_on(shelf, article) for shelf in SHELVES},
        **{name: (article.date.strftime(form),) for name, form in _DATES.items()},
    }
    lines += [
        f"{name} = [{', '.join(map(_quoted, names))}]" for name, names in named.items() if names
    ]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    # A JSON string is one of TOML too.
    return json.dumps(text, ensure_ascii=False)
