"""A corpus as a site for Eleventy, with Nunjucks templates and paginated collections."""

import json
from pathlib import Path

from benchmarks.synthetic.plain import (
    IN_FEED,
    NEWEST,
    SHELVES,
    TITLE,
    URL,
    Bodies,
    article_address,
    layout,
    names_on,
    shelf_addresses,
    write_file,
)
from benchmarks.synthetic.records import Article, Corpus

_DATES = {"years": 6, "months": 9, "days": 12}
_CONFIGURATION = """\
const shelves = %(shelves)s;
const dates = %(dates)s;
const addresses = require("./_data/addresses.json");

function articles(api) {
  return api.getAllSorted().filter((page) => page.data.address).reverse();
}

// Everything of one kind, and for each its articles, the newest first.
function grouped(api, keys) {
  const groups = new Map();
  for (const article of articles(api)) {
    for (const [name, address] of keys(article.data)) {
      if (!groups.has(address)) groups.set(address, { name, address, articles: [] });
      groups.get(address).articles.push(article);
    }
  }
  return [...groups.values()];
}

module.exports = function (config) {
  config.addCollection("articles", articles);
  for (const shelf of shelves) {
    config.addCollection(shelf, (api) =>
      grouped(api, (data) => (data[shelf] ?? []).map((name) => [name, addresses[shelf][name]])));
  }
  for (const [name, length] of Object.entries(dates)) {
    config.addCollection(name, (api) =>
      grouped(api, (data) => [[data.day.slice(0, length - 2), data.address.slice(0, length)]]));
  }
  return { markdownTemplateEngine: false };
};
"""
_DIRECTORY_DATA = """\
module.exports = { layout: "article.njk", permalink: (data) => data.address };
"""
_CARDS = """\
<ul>
{% for article in @articles@ %}
<li><time datetime="{{ article.data.day }}">{{ article.data.day }}</time>
<a href="{{ article.url }}">{{ article.data.title }}</a>
<p>{{ article.data.summary }}</p></li>
{% endfor %}
</ul>"""
_ARTICLE = (
    """\
<article>
<h1>{{ title }}</h1>
<p><a href="{{ address | truncate(12, true, '') }}">{{ day }}</a></p>
<p>{{ summary }}</p>
"""
    + "".join(
        f"""\
<ul>
{{% for name in {shelf} %}}
<li><a href="{{{{ addresses.{shelf}[name] }}}}">{{{{ name }}}}</a></li>
{{% endfor %}}
</ul>
"""
        for shelf in SHELVES
    )
    + """\
{{ content | safe }}
</article>"""
)
_SUBJECT = """\
---
pagination: {data: collections.%s, size: 1, alias: subject}
permalink: "{{ subject.address }}"
eleventyExcludeFromCollections: true
---
"""
_INDEX = """\
---
permalink: /%s/
eleventyExcludeFromCollections: true
---
"""
_NAMES = """\
<ul>
{%% for subject in collections.%s %%}
<li><a href="{{ subject.address }}">{{ subject.name }}</a> {{ subject.articles.length }}</li>
{%% endfor %%}
</ul>"""
_FEED = f"""\
---
permalink: /feed.xml
eleventyExcludeFromCollections: true
---
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>{URL}/</id>
<title>{TITLE}</title>
<updated>{{{{ collections.articles[0].data.day }}}}T00:00:00+07:00</updated>
{{% for article in collections.articles.slice(0, {IN_FEED}) %}}<entry>
<id>{URL}{{{{ article.url }}}}</id>
<title>{{{{ article.data.title }}}}</title>
<link href="{URL}{{{{ article.url }}}}"/>
<updated>{{{{ article.data.day }}}}T00:00:00+07:00</updated>
<content type="html">{{{{ article.content }}}}</content>
</entry>
{{% endfor %}}
</feed>
"""
_SITEMAP = (
    """\
---
permalink: /sitemap.xml
eleventyExcludeFromCollections: true
---
<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
"""
    + "".join(
        f"{{% for page in collections.{name} %}}"
        f"<url><loc>{URL}{{{{ page.address or page.url }}}}</loc></url>\n{{% endfor %}}"
        for name in ("articles", *SHELVES, *_DATES)
    )
    + "</urlset>\n"
)


def write_eleventy_site(corpus: Corpus, out: Path) -> None:
    """Write `corpus` to the folder `out`."""
    settings = {"shelves": json.dumps(SHELVES), "dates": json.dumps(_DATES)}
    write_file(out / "eleventy.config.cjs", _CONFIGURATION % settings)
    addresses = {shelf: shelf_addresses(shelf, corpus.articles) for shelf in SHELVES}
    write_file(out / "_data" / "addresses.json", json.dumps(addresses, ensure_ascii=False))
    write_file(out / "_includes" / "article.njk", layout("{{ title }}", _ARTICLE))
    newest = _CARDS.replace("@articles@", f"collections.articles.slice(0, {NEWEST})")
    write_file(out / "index.njk", _INDEX.replace("/%s/", "/") + layout(TITLE, newest))
    write_file(out / "feed.njk", _FEED)
    write_file(out / "sitemap.njk", _SITEMAP)
    cards = _CARDS.replace("@articles@", "subject.articles")
    listing = layout("{{ subject.name }}", "<h1>{{ subject.name }}</h1>\n" + cards)
    for name in (*SHELVES, *_DATES):
        write_file(out / "lists" / f"{name}.njk", _SUBJECT % name + listing)
    for shelf in SHELVES:
        index = _INDEX % shelf + layout(shelf, _NAMES % shelf)
        write_file(out / "lists" / f"all-{shelf}.njk", index)
    write_file(out / "posts" / "posts.11tydata.cjs", _DIRECTORY_DATA)
    bodies = Bodies(corpus)
    for article in corpus.articles:
        text = f"---json\n{_fields(article)}\n---\n{bodies.text(article)}"
        write_file(out / "posts" / f"{article.id}.md", text)


def _fields(article: Article) -> str:
    fields: dict[str, object] = {
        "title": article.title,
        "date": str(article.date),
        "day": str(article.date),
        "address": article_address(article),
        "summary": article.summary,
        **{shelf: names_on(shelf, article) for shelf in SHELVES},
    }
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)
