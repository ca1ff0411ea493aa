"""A corpus as a site for Pelican: topics are its tags, officials its authors."""

from pathlib import Path

from benchmarks.synthetic.plain import (
    IN_FEED,
    NEWEST,
    TITLE,
    URL,
    Bodies,
    layout,
    names_on,
    write_file,
)
from benchmarks.synthetic.records import Article, Corpus

# Its cache is off by default; it spares the reading of Markdown in the builds after the first.
_SETTINGS = f"""\
SITENAME = {TITLE!r}
SITEURL = {URL!r}
AUTHOR = SITENAME
TIMEZONE = "Asia/Ho_Chi_Minh"
DEFAULT_LANG = "vi"
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
DEFAULT_PAGINATION = False
SLUGIFY_USE_UNICODE = True
FORMATTED_FIELDS = []
CACHE_CONTENT = True
LOAD_CONTENT_CACHE = True
GZIP_CACHE = False
DIRECT_TEMPLATES = ["index", "tags", "authors", "sitemap"]
TAGS_SAVE_AS = "topics/index.html"
AUTHORS_SAVE_AS = "officials/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
ARTICLE_URL = "{{date:%Y}}/{{date:%m}}/{{date:%d}}/{{slug}}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
TAG_URL = "topics/{{slug}}/"
TAG_SAVE_AS = TAG_URL + "index.html"
AUTHOR_URL = "officials/{{slug}}/"
AUTHOR_SAVE_AS = AUTHOR_URL + "index.html"
CATEGORY_SAVE_AS = ""
YEAR_ARCHIVE_URL = "{{date:%Y}}/"
YEAR_ARCHIVE_SAVE_AS = YEAR_ARCHIVE_URL + "index.html"
MONTH_ARCHIVE_URL = "{{date:%Y}}/{{date:%m}}/"
MONTH_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_URL + "index.html"
DAY_ARCHIVE_URL = "{{date:%Y}}/{{date:%m}}/{{date:%d}}/"
DAY_ARCHIVE_SAVE_AS = DAY_ARCHIVE_URL + "index.html"
FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = {IN_FEED}
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
"""
_CARDS = """\
<ul>
{% for article in @articles@ %}
<li><time datetime="{{ article.date.date() }}">{{ article.date.strftime('%d/%m/%Y') }}</time>
<a href="/{{ article.url }}">{{ article.title|e }}</a>
<p>{{ article.summary|e }}</p></li>
{% endfor %}
</ul>"""
_ARTICLE = """\
<article>
<h1>{{ article.title|e }}</h1>
<p><a href="/{{ article.date.strftime('%Y/%m/%d') }}/">{{ article.date.date() }}</a></p>
<p>{{ article.summary|e }}</p>
<ul>
{% for tag in article.tags %}
<li><a href="/{{ tag.url }}">{{ tag.name|e }}</a></li>
{% endfor %}
</ul>
<ul>
{% for author in article.authors %}
<li><a href="/{{ author.url }}">{{ author.name|e }}</a></li>
{% endfor %}
</ul>
{{ article.content }}
</article>"""
_NAMES = """\
<ul>
{% for item, articles in @items@ %}
<li><a href="/{{ item.url }}">{{ item.name|e }}</a> {{ articles|length }}</li>
{% endfor %}
</ul>"""
_SITEMAP = f"""\
<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{{% for article in articles %}}<url><loc>{URL}/{{{{ article.url }}}}</loc></url>
{{% endfor %}}
{{% for item, _ in tags + authors %}}<url><loc>{URL}/{{{{ item.url }}}}</loc></url>
{{% endfor %}}
</urlset>
"""


def write_pelican_site(corpus: Corpus, out: Path) -> None:
    """Write `corpus` to the folder `out`."""
    write_file(out / "pelicanconf.py", _SETTINGS)
    for name, text in _templates().items():
        write_file(out / "theme" / "templates" / name, text)
    write_file(out / "theme" / "static" / ".keep", "")
    bodies = Bodies(corpus)
    for article in corpus.articles:
        text = f"{_fields(article)}\n{bodies.text(article)}"
        write_file(out / "content" / f"{article.id}.md", text)


def _templates() -> dict[str, str]:
    def listing(title: str, articles: str) -> str:
        return layout(title, f"<h1>{title}</h1>\n{_CARDS.replace('@articles@', articles)}")

    return {
        "article.html": layout("{{ article.title|e }}", _ARTICLE),
        "author.html": listing("{{ author.name|e }}", "articles"),
        "authors.html": layout("Đại biểu", _NAMES.replace("@items@", "authors|sort")),
        "index.html": listing(TITLE, f"articles[:{NEWEST}]"),
        "period_archives.html": listing("{{ period|join('/') }}", "articles"),
        "sitemap.html": _SITEMAP,
        "tag.html": listing("{{ tag.name|e }}", "articles"),
        "tags.html": layout("Chủ đề", _NAMES.replace("@items@", "tags|sort")),
    }


def _fields(article: Article) -> str:
    fields = {
        "Title": article.title,
        "Date": str(article.date),
        "Slug": article.id[11:],
        "Summary": article.summary,
        # With one semicolon at least, commas are parts of the names.
        "Tags": "; ".join(names_on("topics", article)) + ";",
        "Authors": "; ".join(names_on("officials", article)) + ";",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value.strip("; "))
