"""What views tell in figures and in two languages: years, roles over time, descriptions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.drafting import loaded_catalogue
from generator.model import Membership
from generator.plan import make_plan
from generator.read import find_content
from generator.role_spans import PARTS, Axis, axis_of
from generator.standing import take_stock
from generator.view_parts import Counted, YearFigures
from generator.viewer import Viewer
from generator.views import (
    ArticlePage,
    EntryPage,
    FeedPage,
    PageView,
    RobotsPage,
    SitemapPage,
    YearPage,
)
from tests.conftest import MakeSite
from tests.sites import BILINGUAL, Site, article, entry

View = TypeVar("View", bound=PageView)


def views(site: Site) -> dict[str, PageView]:
    """The view of every page by its address."""
    files = find_content(site.root, take_stock(site.root).below("content/")).files
    with loaded_catalogue(site.root) as (catalogue, problems):
        assert not any(problem.is_error for problem in problems)
        viewers = [Viewer(catalogue, code, False) for code in catalogue.config.languages]
        plan = make_plan(catalogue, viewers, files, portable=False)
        return {page.address: page.make(page.links) for page in plan.pages}


def view(site: Site, address: str, kind: type[View]) -> View:
    found = views(site)[address]
    assert isinstance(found, kind)
    return found


def figures(site: Site, address: str = "2025/") -> YearFigures:
    found = view(site, address, YearPage).figures
    assert found is not None
    return found


def pairs(counted: Iterable[Counted]) -> list[tuple[str, int]]:
    return [(each.name, each.count) for each in counted]


def articles(*fields: Iterable[str] | str) -> dict[str, str]:
    """Articles on days one after another, each with some fields."""
    return {
        f"content/articles/a{n}.md": article(
            *([given] if isinstance(given, str) else given),
            title=f"Meeting {n}",
            date=(dt.date(2025, 1, 1) + dt.timedelta(n)).isoformat(),
        )
        for n, given in enumerate(fields)
    }


# Years


def test_only_meetings_that_were_held_count(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/articles/a.md": article("kind: visit", "topics: [t]", date="2025-03-01"),
            "content/articles/b.md": article("kind: visit", date="2025-03-09"),
            "content/articles/c.md": article("kind: signing", date="2025-05-01"),
            "content/articles/d.md": article(
                "kind: review", "status: cancelled", "topics: [u]", date="2025-06-01"
            ),
            "content/articles/e.md": article("status: postponed", date="2025-07-01"),
            "content/articles/f.md": article(date="2024-03-01"),
        }
    )
    found = figures(site)
    assert found.held == 3
    assert [(each.kind, each.count) for each in found.kinds] == [("visit", 2), ("signing", 1)]
    assert [month.month for month in found.months] == [*range(1, 13)]
    shown = {month.month: month for month in found.months if month.url}
    assert {number: month.kinds for number, month in shown.items()} == {3: (2, 0), 5: (0, 1)}
    assert shown[3].url == "2025/03/"
    assert [month.count for month in found.months] == [0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert pairs(found.topics) == [("t", 1)]


def test_a_year_in_which_nothing_was_held_has_no_figures(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article("status: cancelled")})
    assert view(site, "2025/", YearPage).figures is None


def test_partners_count_for_their_country_once_a_meeting(make_site: MakeSite) -> None:
    places = {
        "content/places/japan.md": entry("Japan"),
        "content/places/kanto.md": entry("Kanto", "parent: japan"),
        "content/places/tokyo.md": entry("Tokyo", "parent: Kanto"),
        "content/places/france.md": entry("France"),
    }
    given = ("partners: [tokyo, japan]", "partners: [Kanto]", "partners: [France, Peru]")
    found = figures(make_site(places | articles(*given)))
    assert pairs(found.partners) == [("Japan", 2), ("France", 1), ("Peru", 1)]
    assert found.partners[0].url == "places/japan/"


def test_places_that_lie_in_one_another_end(make_site: MakeSite) -> None:
    places = {
        "content/places/a.md": entry("Aland", "parent: bland"),
        "content/places/bland.md": entry("Bland", "parent: a"),
    }
    found = figures(make_site(places | articles("partners: [a]")))
    assert sum(each.count for each in found.partners) == 1


def test_a_parent_that_is_a_draft_is_not_named(make_site: MakeSite) -> None:
    places = {
        "content/places/secret.md": entry("Secret", "draft: true"),
        "content/places/town.md": entry("Town", "parent: secret"),
    }
    found = figures(make_site(places | articles("partners: [town]")))
    assert pairs(found.partners) == [("Town", 1)]


def test_the_ten_most_frequent_are_shown_in_order(make_site: MakeSite) -> None:
    given = [f"officials: [{', '.join(f'P{k:02}' for k in range(n, 13))}]" for n in range(13)]
    found = figures(make_site(articles(*given)))
    assert pairs(found.officials) == [(f"P{n:02}", n + 1) for n in range(12, 2, -1)]
    again = figures(make_site(articles("topics: [b, a, ă]")))
    assert [topic.name for topic in again.topics] == ["a", "ă", "b"]


@pytest.fixture
def busy(make_site: MakeSite) -> Site:
    """A topic with a page for each year, and one without; a country whose towns alone are named."""
    given = [("topics: [often]", "partners: [town]") for _ in range(70)]
    files: dict[str, str] = {}
    for n, fields in enumerate(given):
        day = dt.date(2024, 12, 1) + dt.timedelta(n)
        files[f"content/articles/m{n}.md"] = article(*fields, date=day.isoformat())
    files["content/articles/z.md"] = article("topics: [rarely]", date="2025-01-05")
    files["content/places/land.md"] = entry("Land")
    files["content/places/town.md"] = entry("Town", "parent: land")
    return make_site(files)


def test_figures_lead_to_the_page_of_that_year_if_there_is_one(busy: Site) -> None:
    found = figures(busy)
    assert {topic.name: topic.url for topic in found.topics} == {
        "often": "topics/often/2025/",
        "rarely": "topics/rarely/",
    }
    assert [(partner.name, partner.url) for partner in found.partners] == [("Land", "places/land/")]


def test_every_link_of_the_figures_leads_to_a_page(busy: Site) -> None:
    known = views(busy)
    for address in ("2024/", "2025/"):
        page = known[address]
        assert isinstance(page, YearPage)
        assert page.figures
        for each in (*page.figures.topics, *page.figures.partners, *page.figures.officials):
            assert each.url in known
        assert {month.url for month in page.figures.months if month.url} <= known.keys()


def test_a_year_shows_no_figure_of_another(make_site: MakeSite) -> None:
    site = make_site(articles("topics: [a]", "officials: [An]"))
    before = view(site, "2025/", YearPage)
    site.write("content/articles/new.md", article("topics: [a]", date="2024-01-01"))
    after = view(site, "2025/", YearPage)
    assert (after.figures, after.description) == (before.figures, before.description)


def test_the_english_figures_lead_to_english_pages(make_site: MakeSite) -> None:
    files = articles("topics: [trade]") | {
        "content/topics/trade.md": entry("Thương mại", "en: {name: Trade}")
    }
    found = figures(make_site(files, BILINGUAL), "en/2025/")
    assert [(topic.name, topic.url, topic.lang) for topic in found.topics] == [
        ("Trade", "en/topics/trade/", "")
    ]
    assert found.months[0].url == "en/2025/01/"


# The years of an entry


def test_an_entry_has_its_years_whether_they_have_pages_or_not(busy: Site) -> None:
    often, rarely = (view(busy, f"topics/{name}/", EntryPage) for name in ("often", "rarely"))
    assert [(year.name, year.count, year.url) for year in often.years] == [
        ("2025", 39, "topics/often/2025/"),
        ("2024", 31, "topics/often/2024/"),
    ]
    assert [(year.name, year.count, year.url) for year in rarely.years] == [
        ("2025", 1, "topics/rarely/")
    ]
    assert view(busy, "places/land/", EntryPage).years == ()


# Roles over time

days = st.dates()
somedays = st.none() | days
memberships = st.builds(
    lambda start, end, as_of: Membership("Chair", None, start, end, tuple(sorted(as_of)), {}),
    somedays,
    somedays,
    st.lists(days, max_size=3),
)


@given(st.lists(memberships, min_size=1, max_size=4), st.lists(days, max_size=3))
def test_every_dated_role_has_a_span_on_the_axis(
    held: list[Membership], meetings: list[dt.date]
) -> None:
    axis = axis_of(held, meetings)
    dated = [each for each in held if each.start_date or each.end_date or each.as_of]
    assert (axis is None) == (not dated)
    if axis is None:
        return
    assert all(axis.first <= day.year <= axis.last for day in meetings)
    for each in held:
        span = axis.span(each)
        assert (span is None) == (each not in dated)
        if span and not (each.start_date and each.end_date and each.end_date < each.start_date):
            assert 0 <= span.start < span.end <= PARTS
            assert span.open_start == (each.start_date is None)
            assert span.open_end == (each.end_date is None)


def membership(
    start: str | None = None, end: str | None = None, as_of: tuple[str, ...] = ()
) -> Membership:
    def day(text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return Membership("Chair", None, day(start), day(end), tuple(map(_day, as_of)), {})


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


AXIS = Axis(2021, 2024)


@pytest.mark.parametrize(
    ("held", "span"),
    [
        (membership("2021-01-01", "2024-12-31"), (0, 1000, False, False)),
        (membership("2022-01-01", "2022-12-31"), (250, 500, False, False)),
        (membership("2023-01-01"), (500, 1000, False, True)),
        (membership(end="2021-12-31"), (0, 250, True, False)),
        (membership(as_of=("2022-01-01", "2023-12-31")), (250, 750, True, True)),
        (membership(as_of=("2021-01-01",)), (0, 8, True, True)),
        (membership(as_of=("2024-12-31",)), (992, 1000, True, True)),
    ],
)
def test_a_span_is_where_the_role_was_held(
    held: Membership, span: tuple[int, int, bool, bool]
) -> None:
    found = AXIS.span(held)
    assert found is not None
    assert found.start == pytest.approx(span[0], abs=1)
    assert found.end == pytest.approx(span[1], abs=1)
    assert (found.open_start, found.open_end) == span[2:]


ROLES = ("memberships:", "- {role: Chair, start_date: 2023-05-01}", "- {role: Member}")


def test_the_axis_is_that_of_roles_and_meetings(make_site: MakeSite) -> None:
    files = {
        "content/officials/an.md": entry("An", *ROLES),
        "content/officials/bo.md": entry("Bo", ROLES[0], ROLES[2]),
        "content/articles/a.md": article("officials: [an, bo, Chi]", date="2021-12-31"),
    }
    site = make_site(files)
    page = view(site, "officials/an/", EntryPage)
    assert page.axis == (2021, 2023)
    assert [bool(role.span) for role in page.roles] == [True, False]
    for other in ("bo", "chi"):
        page = view(site, f"officials/{other}/", EntryPage)
        assert page.axis is None
        assert all(role.span is None for role in page.roles)


# Languages

# What is Vietnamese is in capitals.
FILES = {
    "content/articles/whole.md": article(
        "summary: TÓM TẮT",
        "topics: [one, two]",
        "officials: [an]",
        "organisations: [body]",
        "partners: [place]",
        "series: yearly",
        "location: place",
        "changes: [{date: 2025-12-12, note: SỬA}]",
        "image: {src: p.svg, alt: ẢNH, caption: CHÚ THÍCH}",
        'documents: ["101/KH-UBND"]',
        title="BÀI",
        body="THÂN BÀI.",
    ),
    "content/articles/whole.en.md": (
        "---\ntitle: Article\nsummary: Summary\nimage: {alt: Picture, caption: Caption}\n"
        "changes: [{date: 2025-12-12, note: Corrected}]\n---\nBody.\n"
    ),
    "content/articles/partly.md": article(
        "summary: TÓM TẮT",
        "follows: whole",
        "location: place",
        "changes: [{date: 2025-12-12, note: SỬA}]",
        "image: {src: p.svg, alt: ẢNH, caption: CHÚ THÍCH}",
        title="BÀI HAI",
        body="THÂN BÀI.",
    ),
    "content/articles/partly.en.md": "---\ntitle: Second\n---\n",
    "content/articles/never.md": article("topics: [one]", title="BÀI BA", date="2024-05-06"),
    "content/articles/called.md": article("status: cancelled", title="BÀI BỐN", date="2023-05-06"),
    "content/media/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "content/topics/one.md": entry("CHỦ ĐỀ", "en: {name: Topic}", body="LỜI."),
    "content/topics/two.md": entry("CHỦ ĐỀ HAI", "en: {name: Second topic}"),
    "content/topics/two.en.md": "---\n---\nAbout it.\n",
    "content/topics/empty.md": entry("TRỐNG", "en: {name: Empty}"),
    "content/places/place.md": entry("NƠI", "en: {name: Place}"),
    "content/series/yearly.md": entry("HẰNG NĂM", "en: {name: Yearly}"),
    "content/organisations/body.md": entry("SỞ", "en: {name: Department}"),
    "content/officials/an.md": entry(
        "An", "memberships:", "- {role: GIÁM ĐỐC, as_of: [2025-12-10]}"
    ),
    "content/pages/about.md": "---\ntitle: GIỚI THIỆU\nsummary: VỀ\n---\nLỜI.\n",
    "content/pages/about.en.md": "---\ntitle: About\n---\nText.\n",
}
TOML = BILINGUAL + '[site.en]\ntitle = "Bulletin"\n'


def described(found: Mapping[str, PageView]) -> dict[str, PageView]:
    """The pages that search engines may list."""
    programs = (FeedPage, SitemapPage, RobotsPage)
    return {
        address: page
        for address, page in found.items()
        if page.index and not isinstance(page, programs)
    }


def test_every_page_describes_itself_in_its_language(make_site: MakeSite) -> None:
    found = described(views(make_site(FILES, TOML)))
    assert len(found) > 50
    for address, page in found.items():
        assert page.description, address
        assert "\n" not in page.description
        if address.startswith("en/"):
            words = re.findall(r"\w+", page.description.replace("101/KH-UBND", ""))
            assert not any(map(str.isupper, words)), address


def test_an_empty_site_describes_itself_too(make_site: MakeSite) -> None:
    site = make_site(
        {"content/topics/t.md": entry("T"), "content/pages/p.md": "---\ntitle: P\n---"}
    )
    for address, page in described(views(site)).items():
        assert page.description, address


DESCRIPTIONS = {
    "": "Bản tin: ",
    "en/": "Bulletin: meetings by topic, official and date",
    "en/2025/": "2 meetings in 2025: Second topic; Topic",
    "en/2025/12/": "2 meetings in December 2025: Article; Second",
    "en/2025/12/10/": "2 meetings on 10 December 2025: Second; Article",
    "en/2024/": "1 meeting in 2024: Topic",
    "en/2024/05/": "1 meeting in May 2024",
    "en/2025/12/10/whole/": "Summary",
    "en/2025/12/10/partly/": "News, 10 December 2025, Place",
    "2025/12/10/partly/": "TÓM TẮT",
    "topics/one/": "LỜI.",
    "en/topics/one/": "Topic: 2 meetings, 6 May 2024 to 10 Dec 2025",
    "en/topics/two/": "About it.",
    "en/topics/empty/": "Topics: Empty",
    "en/topics/": "Topics: Topic; Second topic; Empty",
    "en/officials/an/": "An: 1 meeting on 10 Dec 2025",
    "officials/an/": "An, GIÁM ĐỐC: ",
    "en/series/": "Series: Yearly",
    "en/documents/": "Documents: 101/KH-UBND",
    "en/threads/": "Threads: Second",
    "about/": "VỀ",
    "en/about/": "Text.",
}


def test_descriptions_tell_what_is_on_a_page(make_site: MakeSite) -> None:
    found = views(make_site(FILES, TOML))
    for address, words in DESCRIPTIONS.items():
        assert sorted(found[address].description.split("; ")) == sorted(words.split("; ")) or found[
            address
        ].description.startswith(words), f"{address}: {found[address]}"


def test_a_description_is_not_longer_than_search_engines_show(make_site: MakeSite) -> None:
    files = articles(*[""] * 30)
    found = described(views(make_site(files)))["2025/01/"].description
    assert found.startswith("30 meetings in January 2025: Meeting 29; Meeting 28")
    assert len(found) <= 160


def test_texts_in_another_language_say_so(make_site: MakeSite) -> None:
    site = make_site(FILES, TOML)
    for address, expected in (
        ("2025/12/10/whole/", ""),
        ("en/2025/12/10/whole/", ""),
        ("en/2025/12/10/partly/", "vi"),
    ):
        page = view(site, address, ArticlePage)
        assert page.image is not None
        found = (page.summary_lang, page.image.alt_lang, page.image.caption_lang)
        assert (*found, page.changes[0].lang) == (expected,) * 4


def test_what_is_not_there_has_no_language(make_site: MakeSite) -> None:
    files = {
        "content/articles/a.md": article("image: p.svg"),
        "content/articles/a.en.md": "---\ntitle: T\n---\n",
        "content/media/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    page = view(make_site(files, BILINGUAL), "en/2025/12/10/a/", ArticlePage)
    assert page.image is not None
    assert (page.summary, page.summary_lang) == ("", "")
    assert (page.image.alt_lang, page.image.caption_lang) == ("", "")
