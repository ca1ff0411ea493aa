"""Documents on a site: every number that is cited leads to one page with all who cite it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.conftest import MakeSite
from tests.sites import BILINGUAL, Site, article, entry

PLAN = "documents/101-kh-ubnd/"
HELD_BACK = {
    "draft": article("draft: true", "documents: [101/KH-UBND]", body="Theo 101/KH-UBND."),
    "future": article("documents: [101/KH-UBND]", date="2026-02-01", body="Theo 101/KH-UBND."),
}


def built(make_site: MakeSite, files: Mapping[str, str]) -> Site:
    site = make_site({f"content/{path}": text for path, text in files.items()}, BILINGUAL)
    outcome = site.command("build")
    assert (outcome.code, outcome.errors) == (0, [])
    return site


def documents(site: Site) -> set[str]:
    """The documents that have a page in the site's main language."""
    found = (re.fullmatch(r"documents/([^/]+)/index\.html", path) for path in site.files())
    return {match[1] for match in found if match}


def main_of(site: Site, address: str) -> str:
    """What stands on a page below its menu."""
    return site.page(address).partition("<main")[2].partition("</main>")[0]


def body_of(site: Site, identity: str) -> str:
    """The body of an article of the common day."""
    page = main_of(site, f"2025/12/10/{identity}/")
    return page.partition('<div class="prose"')[2].partition("</article>")[0]


def cards(html: str) -> list[str]:
    """The articles of the common day that a list has."""
    return re.findall(r'<p class="title"><a href="[^"]*2025/12/10/([^/"]+)/"', html)


CITING = {
    "text": article(body="Theo Kế hoạch 101/KH-UBND và 101-KH/UBND."),
    "typed": article(body="Theo 101 / KH – UBND."),
    "split": article(body="Kế hoạch số\n**0101/KH-UBND** ngày 5/4/2025."),
    "heading": article(body="## Về 101/KH-UBND\n\nChữ."),
    "field": article("documents: ['Kế hoạch số 101-kh/ubnd ngày 5/4/2025']", body="101/KH-UBND"),
    "title": article(title="Triển khai 101/KH-UBND"),
    "summary": article("summary: Triển khai 101/KH‑UBND"),
}


def test_a_number_has_one_page_wherever_it_stands_and_however_it_is_typed(
    make_site: MakeSite,
) -> None:
    files = {f"articles/{name}.md": text for name, text in CITING.items()}
    site = built(make_site, files | {"articles/none.md": article(body="Theo 102/KH-BCĐ.")})
    assert documents(site) == {"101-kh-ubnd", "102-kh-bcd"}
    assert sorted(cards(main_of(site, PLAN))) == sorted(CITING)
    for name in CITING:
        facts = main_of(site, f"2025/12/10/{name}/").partition("<dl>")[2].partition("</dl>")[0]
        assert facts.count(f'{PLAN}">101/KH-UBND</a>') == 1
    assert PLAN not in main_of(site, "2025/12/10/none/")
    assert "101-kh-ubnd/" in main_of(site, "documents/")
    assert cards(main_of(site, f"en/{PLAN}").replace("en/", "")) == cards(main_of(site, PLAN))


BODIES = {
    "Theo **Kế hoạch** 101/KH-UBND và 101/KH-UBND.": "</strong> <a>101/KH-UBND</a> và 101/KH-UBND.",
    "**Số** 101/KH-UBND.": "<strong>Số</strong> <a>101/KH-UBND</a>.",
    "Theo **101-KH/UBND** này.": "<strong><a>101-KH/UBND</a></strong>",
    "| Số | Tên |\n|---|---|\n| 101/KH-UBND | x |": "<td><a>101/KH-UBND</a></td>",
    "- 101/KH-UBND": "<li><a>101/KH-UBND</a></li>",
    "Kế hoạch\n101/KH-UBND ngày 5/4/2025": "Kế hoạch\n<a>101/KH-UBND</a> ngày 5/4/2025",
    # Not where no link may stand; the first that may be one is.
    "`101/KH-UBND` rồi 101/KH-UBND": "<code>101/KH-UBND</code> rồi <a>101/KH-UBND</a>",
    "## Về 101/KH-UBND\n\nTheo 101/KH-UBND": "Theo <a>101/KH-UBND</a>",
}


@pytest.mark.parametrize("body", BODIES)
def test_the_first_mention_of_a_document_is_a_link(make_site: MakeSite, body: str) -> None:
    site = built(make_site, {"articles/a.md": article(body=body)})
    html = body_of(site, "a")
    assert html.count(f"{PLAN}") == 1
    assert BODIES[body] in re.sub(rf'<a href="[./]*{PLAN}">', "<a>", html)


@pytest.mark.parametrize(
    "body", ["`101/KH-UBND`", "    101/KH-UBND", "## 101/KH-UBND", "[101/KH-UBND](https://x.vn)"]
)
def test_no_link_stands_in_code_a_heading_or_another_link(make_site: MakeSite, body: str) -> None:
    site = built(make_site, {"articles/a.md": article(body=f"Chữ.\n\n{body}")})
    assert PLAN not in body_of(site, "a")
    assert "101/KH-UBND" in body_of(site, "a")


def test_a_number_of_two_years_leads_each_meeting_to_its_own(make_site: MakeSite) -> None:
    site = built(
        make_site,
        {
            "articles/old.md": article(body="101/KH-UBND ngày 5/4/2024."),
            "articles/new.md": article(body="101/KH-UBND ngày 5/4/2025."),
            "articles/undated.md": article(body="101/KH-UBND.", date="2024-12-01"),
        },
    )
    assert documents(site) == {"101-kh-ubnd-2024", "101-kh-ubnd-2025"}
    assert "documents/101-kh-ubnd-2024/" in body_of(site, "old")
    assert "documents/101-kh-ubnd-2025/" in body_of(site, "new")
    assert "2024/12/01/undated/" in main_of(site, "documents/101-kh-ubnd-2024/")


@pytest.mark.parametrize("name", HELD_BACK)
def test_a_number_that_only_a_held_back_article_cites_is_nowhere(
    make_site: MakeSite, name: str
) -> None:
    files = {"articles/secret.md": HELD_BACK[name], "articles/good.md": article(body="Chữ.")}
    site = built(make_site, files)
    assert documents(site) == set()
    assert not [path for path, found in site.files().items() if b"101/KH" in found]
    assert not [path for path in site.files() if "101-kh" in path]


@pytest.mark.parametrize("name", HELD_BACK)
def test_a_held_back_article_tells_nothing_of_a_document_that_others_cite(
    make_site: MakeSite, name: str
) -> None:
    other = article("topics: [x]", body="Theo 101/KH-UBND.")
    alone = built(make_site, {"articles/good.md": other})
    secret = HELD_BACK[name].replace("Theo 101/KH-UBND", "Theo 101/KH-UBND năm 2019")
    among = built(make_site, {"articles/good.md": other, "articles/secret.md": secret})
    assert among.files() == alone.files()


def test_a_number_in_a_translation_counts_unless_it_is_a_draft(make_site: MakeSite) -> None:
    translation = "---\ntitle: English\n---\nUnder 101/KH-UBND.\n"
    draft = "---\ntitle: English\ndraft: true\n---\nUnder 59-NQ/TW.\n"
    site = built(
        make_site,
        {
            "articles/a.md": article(body="Chữ."), "articles/a.en.md": translation,
            "articles/b.md": article(body="Chữ."), "articles/b.en.md": draft,
        },
    )  # fmt: skip
    assert documents(site) == {"101-kh-ubnd"}
    assert cards(main_of(site, PLAN)) == ["a"]
    page = main_of(site, "en/2025/12/10/a/")
    assert re.search(rf'Under <a href="[./]*/(?:en/)?{PLAN}">101/KH-UBND</a>', page)


def test_a_wiki_link_with_a_number_leads_to_its_page(make_site: MakeSite) -> None:
    body = "[[101/KH-UBND]], [[101-KH/UBND|kế hoạch này]] và [[documents/101-kh-ubnd|số này]]."
    site = built(
        make_site,
        {
            "articles/a.md": article("documents: [101/KH-UBND]"),
            "articles/b.md": article(body=body),
            "topics/t.md": entry("Cảng", body="Theo [[101/KH-UBND]] và 101/KH-UBND."),
        },
    )
    links = re.findall(rf'<a href="[./]*{PLAN}">([^<]+)</a>', body_of(site, "b"))
    assert links == ["101/KH-UBND", "kế hoạch này", "số này"]
    assert PLAN in main_of(site, "topics/t/")


def test_a_number_that_no_article_cites_gets_no_page_from_other_texts(make_site: MakeSite) -> None:
    files = {"topics/t.md": entry("Cảng", body="Theo 101/KH-UBND."), "articles/a.md": article()}
    site = built(make_site, files)
    assert documents(site) == set()
    assert "Theo 101/KH-UBND." in main_of(site, "topics/t/")


def test_meetings_that_cite_a_rare_document_are_related_by_it(make_site: MakeSite) -> None:
    files = {f"articles/other-{n}.md": article(title=f"Số {n}") for n in range(10)}
    files["articles/a.md"] = article(body="Theo 101/KH-UBND.")
    files["articles/b.md"] = article("documents: [101-KH/UBND]", date="2025-12-20")
    site = built(make_site, files)
    page = main_of(site, "2025/12/10/a/")
    related = page.partition('<section id="related"')[2].partition("</section>")[0]
    assert re.findall(r'data-id="([^"]+)"', related) == ["b"]
    assert "101/KH-UBND" in related.partition('<ul class="reasons"')[2].partition("</ul>")[0]
    assert 'id="related"' not in site.page("2025/12/10/other-1/")
