"""What pages tell: of documents, of people who met, of the branches of a thread."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest

from generator import documents
from generator.citations import Document
from generator.document_views import document_kind
from generator.i18n import LABELS
from tests.conftest import MakeSite
from tests.sites import BILINGUAL, Site, article, entry


def text_of(html: str) -> str:
    """The words of a piece of HTML."""
    words = " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
    return words.replace(" ,", ",")


def texts(pattern: str, html: str) -> list[str]:
    return [text_of(found) for found in re.findall(pattern, html, re.DOTALL)]


def built(site: Site) -> Site:
    assert site.command("build").errors == []
    return site


# Documents

CITING = "Under Plan 101/KH-UBND dated 05/4/2023 of the Hanoi Committee."
OFFICE = {"content/organisations/committee.md": entry("Hanoi Committee")}


def test_the_page_of_a_document_says_its_kind_its_issuer_and_its_year(make_site: MakeSite) -> None:
    one, two = (article(title=f"Meeting {n}", body=CITING) for n in (1, 2))
    files = OFFICE | {"content/articles/a.md": one, "content/articles/b.md": two}
    page = built(make_site(files)).page("documents/101-kh-ubnd/")
    main = page.split("<main")[1]
    assert "Plan" in text_of(main.split("</h1>")[0])
    facts = dict(zip(texts("<dt>(.*?)</dt>", main), texts("<dd>(.*?)</dd>", main), strict=True))
    assert facts == {"Issued by": "Hanoi Committee", "Year of issue": "2023"}
    assert 'href="../../organisations/committee/"' in main
    assert texts('<p class="title">(.*?)</p>', main) == ["Meeting 2", "Meeting 1"]
    assert '<meta name="description" content="Plan, Hanoi Committee, 2023">' in page


def test_an_article_leads_to_the_documents_it_cites(make_site: MakeSite) -> None:
    site = built(make_site({"content/articles/a.md": article("documents: [12/QĐ-UBND]")}))
    assert 'href="../../../../documents/12-qd-ubnd/">12/QĐ-UBND</a>' in site.page("2025/12/10/a/")
    # Who issued it and when is not known.
    assert "<dl>" not in site.page("documents/12-qd-ubnd/")


def test_documents_of_one_number_lead_to_one_another(make_site: MakeSite) -> None:
    files = {
        "content/articles/a.md": article(body="Plan 101/KH-UBND dated 05/4/2023."),
        "content/articles/b.md": article(body="Plan 101/KH-UBND dated 06/5/2024."),
    }
    page = built(make_site(files)).page("documents/101-kh-ubnd-2023/")
    assert 'href="../../documents/101-kh-ubnd-2024/">2024</a>' in page


def test_the_index_of_documents_is_by_kind_year_and_number(make_site: MakeSite) -> None:
    numbers = "101/2023/QĐ-UBND 09/2023/QĐ-UBND 55/2024/QĐ-UBND 12/KH-UBND 39/2024/QH15 7/UBND-KT"
    files = {
        f"content/articles/a{n}.md": article(f'documents: ["{number}"]')
        for n, number in enumerate(numbers.split())
    }
    page = built(make_site(files)).page("documents/")
    sections = page.split("<section")[1:]
    assert [text_of(f"<{s.split('</h2>')[0]}") for s in sections] == [
        "Decision",
        "Law or resolution of the National Assembly",
        "Official letter",
        "Plan",
    ]
    decisions = texts(r"<li><a[^>]*>(.*?)</a>", sections[0])
    assert decisions == ["09/2023/QĐ-UBND", "101/2023/QĐ-UBND", "55/2024/QĐ-UBND"]
    assert texts(r"<p>(.*?)</p>", sections[0]) == ["2023", "2023", "2024"]


def test_kinds_to_jump_to_lead_to_their_headings(make_site: MakeSite) -> None:
    numbers = [f"{n}/{kind}-UBND" for n in range(1, 14) for kind in ("KH", "QĐ")]
    site = make_site({"content/articles/a.md": article(f"documents: [{', '.join(numbers)}]")})
    page = built(site).page("documents/")
    jumps = re.findall(r'<a href="#([^"]*)">(Plan|Decision)</a>', page)
    assert [name for _, name in jumps] == ["Decision", "Plan"]
    assert all(f'id="{anchor}"' in page for anchor, _ in jumps)


def test_every_type_of_document_has_a_name() -> None:
    kinds = {
        document_kind(Document("", f"12/{code}-UBND", code, "", None))
        for code in (*documents._TYPES, "")
    }
    assert kinds <= set(LABELS)
    assert document_kind(Document("", "22-TT/TW", "TT", "", None)) != "document-TT"
    laws = (Document("", number, "", "", None) for number in ("39/2024/QH15", "05/2020/UBTVQH14"))
    assert [document_kind(law) for law in laws] == ["document-QH", "document-UBTVQH"]


def test_an_issuer_whose_file_is_a_draft_is_not_shown(make_site: MakeSite) -> None:
    files = {
        "content/organisations/secret.md": entry("Hanoi Committee", "draft: true"),
        "content/articles/a.md": article(body=CITING),
    }
    page = built(make_site(files)).page("documents/101-kh-ubnd/")
    assert "secret" not in page
    assert "Issued by" not in page


# People who met


def people(*names: str) -> str:
    return f"officials: [{', '.join(names)}]"


def met(page: str) -> dict[str, str]:
    """What is said of each person met, by name."""
    found = page.split('<ul class="met">')[1].split("</section>")[0]
    parts = re.split(r"<li>\s*(?=<p><a[^>]*>[^<]*</a></p>\s*<details>)", found)[1:]
    return {texts("<p><a.*?</a></p>", part)[0]: part for part in parts}


def summary(part: str) -> str:
    return texts("<summary>(.*?)</summary>", part)[0]


def test_each_count_of_meetings_leads_to_those_meetings(make_site: MakeSite) -> None:
    files = {
        "content/articles/a.md": article(people("An", "Bo"), title="First", date="2025-01-02"),
        "content/articles/b.md": article(people("An", "Bo", "Chi"), title="2nd", date="2025-03-04"),
        "content/articles/c.md": article(
            people("An", "Bo"), "status: cancelled", title="Not held", date="2025-05-06"
        ),
        "content/articles/d.md": article(people("An"), title="Alone", date="2025-07-08"),
    }
    found = met(built(make_site(files)).page("officials/an/"))
    assert list(found) == ["Bo", "Chi"]
    assert "2 meetings, 2 Jan 2025 to 4 Mar 2025" in summary(found["Bo"])
    assert texts(r"<li>(.*?)</li>", found["Bo"]) == ["4 Mar 2025 2nd", "2 Jan 2025 First"]
    assert "2025/01/02/a/" in found["Bo"]
    assert "1 meeting, 4 Mar 2025" in summary(found["Chi"])
    assert len(re.findall("<li>", found["Chi"])) == 1


@pytest.fixture
def busy(make_site: MakeSite) -> Site:
    """A site whose official An has a page for each year, and met Bo every second time, and Chi
    once."""
    files = {}
    for n in range(64):
        day = dt.date(2023, 1, 1) + dt.timedelta(16 * n)
        who = ["An"] + ["Bo"] * (n % 2) + ["Chi"] * (n == 3)
        files[f"content/articles/m{n}.md"] = article(people(*who), date=day.isoformat())
    return built(make_site(files))


def test_counts_of_a_long_list_lead_to_the_years(busy: Site) -> None:
    found = met(busy.page("officials/an/"))
    assert list(found) == ["Bo", "Chi"]
    assert "32 meetings" in summary(found["Bo"])
    years = re.findall(r'<a href="\.\./\.\./officials/an/(\d{4})/#(.*?)">(.*?)</a>', found["Bo"])
    assert [year for year, _, _ in years] == ["2025", "2024", "2023"]
    total = 0
    for year, anchor, label in years:
        here = busy.page(f"officials/an/{year}/")
        (listed,) = re.findall(rf'id="{anchor}">(.*?)</ol>', here, re.DOTALL)
        count = len(re.findall("<li>", listed))
        assert text_of(label) == f"{year} {count} meetings"
        total += count
    assert total == 32


def test_the_page_of_a_year_shows_that_year_alone(busy: Site) -> None:
    assert list(met(busy.page("officials/an/2023/"))) == ["Bo", "Chi"]
    page = busy.page("officials/an/2024/")
    assert list(met(page)) == ["Bo"]
    before = busy.page("officials/an/2023/")
    busy.write("content/articles/new.md", article(people("An", "Bo"), date="2025-12-25"))
    built(busy)
    assert busy.page("officials/an/2023/") == before
    assert busy.page("officials/an/2024/") == page


def test_an_official_shows_fifty_people_and_says_how_many_more_there_are(
    make_site: MakeSite,
) -> None:
    """Each meets thirty others twice, and thirty more once."""
    files = {
        f"content/articles/{half}.md": article(people("An", *(f"P{n}" for n in who)))
        for half, who in (("a", range(30)), ("b", range(30, 60)), ("c", range(30)))
    }
    page = built(make_site(files)).page("officials/an/")
    assert len(met(page)) == 50
    assert "and 10 other people" in page


def test_who_met_nobody_has_no_such_section(make_site: MakeSite) -> None:
    page = built(make_site({"content/articles/a.md": article(people("An"))})).page("officials/an/")
    assert "Met with" not in page


# Threads

TREE = {
    "a": ("2025-01-01", ()),
    "b": ("2025-01-11", ("a",)),
    "c": ("2025-01-15", ("a",)),
    "x": ("2025-01-20", ()),
    "d": ("2025-02-01", ("b",)),
    "e": ("2025-02-01", ("d",)),
    "f": ("2025-03-01", ("c", "e", "x")),
}


@pytest.fixture
def tree(make_site: MakeSite) -> Site:
    """A thread with a branch (c), a second beginning (x) and a meeting of all of them (f)."""
    return built(
        make_site(
            {
                f"content/articles/{name}.md": article(
                    *([f"follows: [{', '.join(follows)}]"] if follows else []),
                    title=f"Meeting {name}",
                    date=date,
                )
                for name, (date, follows) in TREE.items()
            }
        )
    )


def steps(html: str) -> dict[str, str]:
    """What is said of each step of a timeline, by the meeting's letter."""
    found = html.split('<li class="card"')[1:]
    titles = (texts('<p class="title">(.*?)</p>', step)[0] for step in found)
    said = (" ".join(texts('<p class="gap[^"]*">(.*?)</p>', step)) for step in found)
    return {title[-1]: words for title, words in zip(titles, said, strict=True)}


def groups(page: str) -> dict[str, str]:
    """The letters of the steps of an article's thread, in order, by heading."""
    thread = page.split('id="thread"')[1].split("</section>")[0]
    parts = [part.split("</h3>") for part in thread.split("<h3>")[1:]]
    return {heading: "".join(steps(html)) for heading, html in parts}


def test_an_article_tells_what_led_to_it_what_came_of_it_and_other_branches(tree: Site) -> None:
    assert groups(tree.page("2025/02/01/d/")) == {
        "What led to this": "ab",
        "This meeting": "d",
        "What came of it": "ef",
        "Other branches": "cx",
    }
    assert groups(tree.page("2025/01/01/a/")) == {
        "This meeting": "a",
        "What came of it": "bcdef",
        "Other branches": "x",
    }
    assert groups(tree.page("2025/03/01/f/")) == {
        "What led to this": "abcxde",
        "This meeting": "f",
    }


def test_a_branch_says_what_it_continues(tree: Site) -> None:
    page = tree.page("threads/a/")
    assert steps(page) == {
        "a": "",
        "b": "10 days later",
        "c": "Continues: Meeting a, 14 days later",
        "x": "A beginning of its own",
        "d": "Continues: Meeting b, 21 days later",
        "e": "the same day",
        "f": "Continues: Meeting c, 45 days later Continues: Meeting x, 40 days later "
        "Continues: Meeting e, 28 days later",
    }
    assert 'Continues: <a href="../../2025/01/01/a/">' in page
    assert "7 meetings, 1 Jan 2025 to 1 Mar 2025" in page


def test_on_an_article_steps_are_compared_with_those_of_their_own_line(tree: Site) -> None:
    thread = tree.page("2025/02/01/d/").split('id="thread"')[1].split("</section>")[0]
    assert steps(thread) == {
        "a": "",
        "b": "10 days later",
        "d": "21 days later",
        "e": "the same day",
        "f": "Continues: Meeting c, 45 days later Continues: Meeting x, 40 days later "
        "Continues: Meeting e, 28 days later",
        "c": "Continues: Meeting a, 14 days later",
        "x": "A beginning of its own",
    }


def test_an_article_shows_what_it_continues_past_many_other_branches(make_site: MakeSite) -> None:
    files = {"content/articles/a.md": article(title="Meeting a", date="2025-01-01")}
    for n, letter in enumerate("bcdefghijkl", 2):
        files[f"content/articles/{letter}.md"] = article(
            "follows: a", title=f"Meeting {letter}", date=f"2025-01-{n:02}"
        )
    found = groups(built(make_site(files)).page("2025/01/12/l/"))
    assert found == {
        "What led to this": "a",
        "This meeting": "l",
        "Other branches": "fghijk",
    }


def test_drafts_that_follow_one_another_in_a_circle_can_be_looked_at(make_site: MakeSite) -> None:
    files = {
        f"content/articles/{name}.md": article(f"follows: {other}", "draft: true", title=name)
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    site = make_site(files)
    assert site.command("build", "--drafts").code == 0
    assert "".join(steps(site.page("threads/a/"))) == "abc"


def test_the_pages_are_in_both_languages(make_site: MakeSite, tmp_path: Path) -> None:
    files = OFFICE | {"content/articles/a.md": article(people("An", "Bo"), body=CITING)}
    site = built(make_site(files, BILINGUAL))
    assert "Plan" in site.page("en/documents/")
    assert "1 meeting, 10 Dec 2025" in text_of(site.page("en/officials/an/"))
    assert "10/12/2025" in text_of(site.page("officials/an/"))
