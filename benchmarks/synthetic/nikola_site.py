"""A corpus as a site for Nikola: topics are its tags, officials its authors."""

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

# Without the function at the end Nikola would make a feed for each topic and each official too.
_SETTINGS = f"""\
from blinker import signal

BLOG_TITLE = {TITLE!r}
BLOG_AUTHOR = BLOG_TITLE
BLOG_EMAIL = "nobody@example.org"
BLOG_DESCRIPTION = BLOG_TITLE
SITE_URL = "{URL}/"
DEFAULT_LANG = "vi"
TIMEZONE = "Asia/Ho_Chi_Minh"
THEME = "plain"
POSTS = (("posts/*.md", "", "post.tmpl"),)
PAGES = (("pages/*.md", "", "page.tmpl"),)
COMPILERS = {{"markdown": (".md",)}}
MARKDOWN_EXTENSIONS = ["markdown.extensions.extra"]
PRETTY_URLS = True
STRIP_INDEXES = True
URL_TYPE = "full_path"
DISABLE_INDEXES = True
CREATE_FULL_ARCHIVES = True
ARCHIVE_FILENAME = "archive.html"
TAG_PATH = "topics"
TAG_PAGES_ARE_INDEXES = False
SLUG_TAG_PATH = False
AUTHOR_PATH = "officials"
AUTHOR_PAGES_ARE_INDEXES = False
SLUG_AUTHOR_PATH = False
MULTIPLE_AUTHORS_PER_POST = True
WRITE_TAG_CLOUD = False
CATEGORY_ALLOW_HIERARCHIES = False
COPY_SOURCES = False
SHOW_SOURCELINK = False
USE_BUNDLES = False
RSS_FILENAME_BASE = "feed"
FEED_LENGTH = {IN_FEED}
FEED_TEASERS = False
GENERATE_ATOM = False


def only_the_home_page_has_a_feed(site):
    for name, plugin in site.taxonomy_plugins.items():
        plugin.always_disable_rss = name != "index"


signal("configured").connect(only_the_home_page_has_a_feed, weak=False)
"""
_CARDS = """\
<ul>
% for post in posts:
<li><time datetime="${post.formatted_date('webiso')}">${post.date.strftime('%d/%m/%Y')}</time>
<a href="${post.permalink()}">${post.title()|h}</a>
<p>${post.meta('summary')|h}</p></li>
% endfor
</ul>"""
_ARTICLE = """\
<article>
<h1>${post.title()|h}</h1>
<p><a href="/${post.date.strftime('%Y/%m/%d')}/">${post.date.strftime('%d/%m/%Y')}</a></p>
<p>${post.meta('summary')|h}</p>
<ul>
% for tag in post.tags:
<li><a href="${_link('tag', tag)}">${tag|h}</a></li>
% endfor
</ul>
<ul>
% for author in post.authors():
<li><a href="${_link('author', author)}">${author|h}</a></li>
% endfor
</ul>
${post.text()}
</article>"""
_NAMES = """\
<h1>${title|h}</h1>
<ul>
% for name, link in items:
<li><a href="${link}">${name|h}</a></li>
% endfor
</ul>"""
_SOME = "<h1>${title|h}</h1>\n% if posts:\n" + _CARDS + "\n% endif"
_TEMPLATES = {
    "archive.tmpl": layout("${title|h}", _SOME),
    "author.tmpl": layout("${title|h}", _SOME),
    "authors.tmpl": layout("${title|h}", _NAMES),
    "page.tmpl": layout("${post.title()|h}", "${post.text()}"),
    "post.tmpl": layout("${post.title()|h}", _ARTICLE),
    "post_list_directive.tmpl": _CARDS,
    "tag.tmpl": layout("${title|h}", _SOME),
    "tags.tmpl": layout("${title|h}", _NAMES),
}
_HOME = f"""\
.. title: {TITLE}
.. slug: index
.. date: 2010-01-01

{{{{% post-list stop={NEWEST} %}}}}
{{{{% /post-list %}}}}
"""


def write_nikola_site(corpus: Corpus, out: Path) -> None:
    """Write `corpus` to the folder `out`."""
    write_file(out / "conf.py", _SETTINGS)
    theme = out / "themes" / "plain"
    write_file(theme / "plain.theme", "[Theme]\nengine = mako\nparent = base\n")
    for name, text in _TEMPLATES.items():
        write_file(theme / "templates" / name, text)
    write_file(out / "pages" / "index.md", _HOME)
    bodies = Bodies(corpus)
    for article in corpus.articles:
        text = f"{_fields(article)}\n{bodies.text(article)}"
        write_file(out / source(article), text)


def source(article: Article) -> str:
    """Return where in the site the file of `article` is."""
    return f"posts/{article.date:%Y/%m/%d}/{article.id[11:]}.md"


def _fields(article: Article) -> str:
    fields = {
        "title": article.title,
        "slug": article.id[11:],
        "date": f"{article.date} 00:00:00",
        "tags": ", ".join(names_on("topics", article)),
        "author": ", ".join(names_on("officials", article)),
        "summary": article.summary,
        "type": "text",
    }
    return "".join(f".. {name}: {value}\n" for name, value in fields.items() if value)
