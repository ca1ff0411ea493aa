"""What sites for other generators have in common: plain pages, addresses, bodies, files."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.synthetic.naming import Ids, slug
from benchmarks.synthetic.records import Article, Corpus

TITLE = "Bản tin Đối ngoại"
URL = "https://example.org"
NEWEST = 10
IN_FEED = 50
SHELVES = ("topics", "officials", "organisations", "partners", "series", "documents")

_LAYOUT = f"""\
<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@title@ – {TITLE}</title>
<link rel="alternate" type="application/xml" title="{TITLE}" href="/feed.xml">
</head>
<body>
<header>
<p><a href="/">{TITLE}</a></p>
<nav aria-label="Chuyên mục">
<ul>
<li><a href="/topics/">Chủ đề</a></li>
<li><a href="/officials/">Lãnh đạo, đại biểu</a></li>
</ul>
</nav>
</header>
<main>
@content@
</main>
<footer>
<p>{TITLE}</p>
<ul>
<li><a href="/feed.xml">Nguồn cấp tin</a></li>
<li><a href="/sitemap.xml">Sơ đồ trang</a></li>
</ul>
</footer>
</body>
</html>
"""


def layout(title: str, content: str) -> str:
    """Return a whole page; both parts are in the language of somebody's templates."""
    return _LAYOUT.replace("@title@", title).replace("@content@", content)


def article_address(article: Article) -> str:
    """Return the address of an article, from the root of the site."""
    return f"/{article.date:%Y/%m/%d}/{article.id[11:]}/"


def names_on(shelf: str, article: Article) -> tuple[str, ...]:
    """Return the names an article has of one of `SHELVES`."""
    named = {
        "topics": article.topics,
        "officials": tuple(who.official for who in article.officials),
        "organisations": article.organisations,
        "partners": article.partners,
        "series": (article.series,) if article.series else (),
        # Those in the text only Bulletin finds.
        "documents": article.documents,
    }
    return tuple(dict.fromkeys(named[shelf]))


def shelf_addresses(shelf: str, articles: Iterable[Article]) -> dict[str, str]:
    """Return the address of everything that articles name of a shelf."""
    ids = Ids()
    names = dict.fromkeys(name for article in articles for name in names_on(shelf, article))
    return {name: f"/{shelf}/{ids.claim(slug(name))}/" for name in names}


class Bodies:
    """The bodies of a corpus as Markdown in which links are plain ones."""

    def __init__(self, corpus: Corpus) -> None:
        """Remember where every article is to be found."""
        self._articles = {article.id: article for article in corpus.articles}

    def text(self, article: Article, address: str = "") -> str:
        """Return the body of an article; `address`, with {id}, is where others are found."""
        parts = []
        for part in article.body:
            if isinstance(part, str):
                parts.append(part)
            else:
                target = self._articles[part.target]
                where = address.format(id=target.id) or article_address(target)
                parts.append(f"[{part.text or target.title}]({where})")
        return "".join(parts)


def write_file(path: Path, text: str) -> None:
    """Write a file, and the folders it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
