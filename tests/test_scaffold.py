"""`bulletin new`: the file of a new entry, where it belongs and ready to be built."""

from __future__ import annotations

import datetime as dt
import os
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import generator.scaffold
from generator.arguments import NEW
from generator.frontmatter import parse_fields
from generator.i18n import Translator
from generator.model import Article, Entry, Shelf, Source
from generator.opening import asked_to_open
from generator.read import find_content
from generator.scaffold import begin, clean_title
from generator.scanning import Listing, scan
from tests.conftest import MakeSite
from tests.sites import BILINGUAL, TOML, Site, article, entry

TITLE = ("Họp", "với", "Sở", "Ngoại", "vụ")
NAME = "2026-01-15-hop-voi-so-ngoai-vu"
PATH = f"content/articles/2026/{NAME}.md"

PLACES = {
    "article": PATH,
    "official": "content/officials/hop-voi-so-ngoai-vu.md",
    "organisation": "content/organisations/hop-voi-so-ngoai-vu.md",
    "topic": "content/topics/hop-voi-so-ngoai-vu.md",
    "series": "content/series/hop-voi-so-ngoai-vu.md",
    "place": "content/places/hop-voi-so-ngoai-vu.md",
    "page": "content/pages/hop-voi-so-ngoai-vu.md",
}


def content(site: Site) -> dict[str, bytes]:
    """Every file of content/."""
    return {
        path.relative_to(site.root).as_posix(): path.read_bytes()
        for path in sorted((site.root / "content").rglob("*"))
        if path.is_file()
    }


def said(site: Site, path: str) -> Article | Entry:
    """What a new file says, which has nothing wrong with it."""
    source = Source(path, Shelf(path.split("/")[1]), "x", None)
    text = (site.root / path).read_text("utf-8")
    parsed, _ = parse_fields(source, text, None, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert parsed.problems == ()
    assert isinstance(parsed.entry, Article | Entry)
    return parsed.entry


def new(site: Site, *arguments: str) -> str:
    """Run `bulletin new`, which succeeds and says nothing but the path it gives."""
    outcome = site.command("new", *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    path = Path(outcome.out.removesuffix("\n"))
    return path.relative_to(site.root).as_posix()


@pytest.mark.parametrize("kind", NEW)
def test_each_kind_has_its_place(make_site: MakeSite, kind: str) -> None:
    site = make_site({})
    assert new(site, kind, *TITLE) == PLACES[kind]
    assert list(content(site)) == [PLACES[kind]]
    found = said(site, PLACES[kind])
    assert (found.title if isinstance(found, Article) else found.name) == " ".join(TITLE)


@pytest.mark.parametrize("toml", [TOML, BILINGUAL], ids=["en", "vi"])
@pytest.mark.parametrize("kind", NEW)
def test_what_is_new_builds_at_once(make_site: MakeSite, kind: str, toml: str) -> None:
    site = make_site({"content/articles/old.md": article(body="Text.")}, toml)
    new(site, kind, *TITLE)
    for options in (
        (),
        ("--strict",),
        ("--strict", "--drafts"),
        ("--strict", "--drafts", "--future"),
    ):
        outcome = site.command("build", *options)
        assert (outcome.code, outcome.err) == (0, "")
    assert "Họp với Sở Ngoại vụ" in "".join(
        data.decode() for path, data in site.files().items() if path.endswith(".html")
    )


@pytest.mark.parametrize("kind", ["article", "page"])
def test_a_text_that_is_not_written_yet_is_not_published(make_site: MakeSite, kind: str) -> None:
    site = make_site({"content/articles/old.md": article(body="Text.")})
    path = new(site, kind, "Confidential")
    site.build()
    assert not any(b"Confidential" in data for data in site.files().values())
    text = (site.root / path).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("draft: true")]
    site.write(path, "\n".join(lines))
    site.build()
    assert any(b"Confidential" in data for data in site.files().values())


def test_the_path_is_as_short_as_it_can_be_said(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({})
    monkeypatch.chdir(site.root)
    assert site.command("new", "article", *TITLE).out == f"{Path(PATH)}\n"
    monkeypatch.chdir(site.root / "content")
    shown = site.command("new", "topic", *TITLE).out
    assert shown == f"{Path('topics', 'hop-voi-so-ngoai-vu.md')}\n"


def test_today_is_that_of_the_site(make_site: MakeSite) -> None:
    assert "2026-01-15" in new(make_site({}), "article", "A")
    west = make_site({}, f'{TOML}timezone = "America/New_York"\n')
    path = new(west, "article", "A")
    assert path == "content/articles/2026/2026-01-14-a.md"
    found = said(west, path)
    assert isinstance(found, Article)
    assert found.date == dt.date(2026, 1, 14)


DATES = {
    "2025-12-10": ("2025-12-10", None),
    "10/12/2025": ("2025-12-10", None),
    "1.2.2024": ("2024-02-01", None),
    "2025-12-10 14:30": ("2025-12-10", dt.time(14, 30)),
    "10/12/2025 9h": ("2025-12-10", dt.time(9)),
    "2025-12-10T20:00Z": ("2025-12-11", dt.time(3)),
    " ": ("2026-01-15", None),
}


@pytest.mark.parametrize("given_date", DATES)
def test_the_day_may_be_another(make_site: MakeSite, given_date: str) -> None:
    site = make_site({})
    day, time = DATES[given_date]
    path = new(site, "article", "--date", given_date, "Two", "words")
    assert path == f"content/articles/{day[:4]}/{day}-two-words.md"
    found = said(site, path)
    assert isinstance(found, Article)
    assert (found.date.isoformat(), found.time) == (day, time)


def test_what_is_to_come_is_planned(make_site: MakeSite) -> None:
    site = make_site({})
    path = new(site, "article", "A", "--date", "16/01/2026")
    found = said(site, path)
    assert isinstance(found, Article)
    assert found.status == "planned"
    assert site.command("build", "--strict", "--drafts").err == ""


@pytest.mark.parametrize("wrong", ["31/02/2026", "tomorrow", "10/12/25"])
def test_a_day_that_is_none_is_wrong_usage(make_site: MakeSite, wrong: str) -> None:
    site = make_site({})
    outcome = site.command("new", "article", "A", "--date", wrong)
    assert outcome.code == 2
    assert outcome.err.startswith(f"--date:1:1: “{wrong}” is not a date")
    assert content(site) == {}


def test_only_articles_have_a_day(make_site: MakeSite) -> None:
    site = make_site({})
    outcome = site.command("new", "topic", "A", "--date", "2025-12-10")
    assert outcome.code == 2
    assert outcome.err == "Only articles have a date: leave --date out.\n"
    assert content(site) == {}


TITLES = {
    "Hà Nội: một năm": "ha-noi-mot-nam",
    "Nói \"không\" với \\ và 'x'": "noi-khong-voi-va-x",
    "Kỳ họp #3": "ky-hop-3",
    "- Họp - #": "hop",
    "[x] {y} & *z !t | > % @ `": "x-y-z-t",
    "null": "null",
    "true": "true",
    "2025": "2025",
    "2025-12-10": "2025-12-10",
    "Họp 🎉 👨‍👩‍👧": "hop",
    unicodedata.normalize("NFD", "Họp Ủy ban"): "hop-uy-ban",
    "Họp\r\n  với\tSở\u2028Ngoại\x0bvụ\x00": "hop-voi-so-ngoai-vu",
    "Họp\u00a0Sở\u200b": "hop-so",
    "会议": "63d30f1a",
    "con": "con-1",
    " ".join(["hop"] * 30): "-".join(["hop"] * 17),
    "x" * 300: "x" * 69,
}


@pytest.mark.parametrize("title", TITLES)
def test_any_title_is_written_so_that_it_is_read_as_it_was_typed(
    make_site: MakeSite, title: str
) -> None:
    site = make_site({})
    path = new(site, "article", title)
    found = said(site, path)
    assert isinstance(found, Article)
    assert found.title == clean_title(title)
    name = TITLES[title]
    assert path == f"content/articles/2026/2026-01-15-{name}.md"
    assert site.command("build", "--strict", "--drafts").code == 0


def test_a_title_is_put_on_one_line() -> None:
    assert clean_title("Họp\r\n  với\tSở\u2028Ngoại\x0bvụ\x00") == "Họp với Sở Ngoại vụ"
    assert clean_title(unicodedata.normalize("NFD", " Họp\u00a0Sở\u200b ")) == "Họp Sở"
    assert clean_title("👨‍👩‍👧 \udcff") == "👨‍👩‍👧"


def test_a_dash_between_words_is_one_of_them(make_site: MakeSite) -> None:
    site = make_site({})
    path = new(site, "article", "Hà", "Nội", "-", "Paris", "–", "5", "-5")
    assert path == "content/articles/2026/2026-01-15-ha-noi-paris-5-5.md"


@given(st.text(min_size=1, max_size=200), st.sampled_from(Shelf).filter(lambda s: s != "documents"))
@example("\ud800\ufffe\x7f", Shelf.PAGES)
def test_the_id_of_a_new_file_is_its_name(
    tmp_path_factory: pytest.TempPathFactory, text: str, shelf: Shelf
) -> None:
    title = clean_title(text)
    if not title:
        return
    project = tmp_path_factory.mktemp("project")
    day = dt.date(2026, 1, 15)
    begun = begin(project, shelf, title, day, day, Translator("vi"))
    listing = Listing([], [], [])
    scan(str(project / "content"), "content", listing)
    ((source, file),) = find_content(project, listing.found()).sources
    assert (source.path, source.id) == (begun.path, begun.id)
    assert len(source.id) <= 80
    written = Path(file.real_path).read_text("utf-8")
    parsed, _ = parse_fields(source, written, None, ZoneInfo("UTC"))
    assert parsed.problems == ()
    found = parsed.entry
    assert isinstance(found, Article | Entry)
    assert (found.title if isinstance(found, Article) else found.name) == clean_title(title)


@pytest.mark.parametrize("title", ["Topics", "Search", "2025", "En", "404"])
def test_a_page_is_not_given_an_address_of_the_site(make_site: MakeSite, title: str) -> None:
    site = make_site({"content/articles/old.md": article()})
    assert new(site, "page", title) == f"content/pages/{title.lower()}-1.md"
    assert site.command("build", "--strict", "--drafts").err == ""


TAKEN = {
    "the file itself": PATH,
    "in another folder": f"content/articles/a/b/{NAME}.md",
    "spelt otherwise": "content/articles/2026-01-15 Họp với Sở Ngoại vụ.MD",
    "a translation": f"content/articles/2026/{NAME}.en.md",
    "a date without dashes": "content/articles/20260115-hop-voi-so-ngoai-vu.md",
}


@pytest.mark.parametrize("case", TAKEN)
def test_an_id_that_exists_is_told_and_nothing_is_touched(make_site: MakeSite, case: str) -> None:
    other = TAKEN[case]
    site = make_site({other: "mine"})
    before = content(site)
    outcome = site.command("new", "article", *TITLE)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"Nothing was made: the id “{NAME}” belongs to {site.root / other} already.\n"
    )
    assert content(site) == before


def test_of_an_original_and_its_translation_the_original_is_named(make_site: MakeSite) -> None:
    site = make_site({"content/topics/a/x.md": entry("X"), "content/topics/X.en.md": entry("X")})
    assert f"{Path('a', 'x.md')} already" in site.command("new", "topic", "X").err


def test_an_id_is_free_where_only_other_shelves_have_it(make_site: MakeSite) -> None:
    site = make_site({"content/topics/x.md": entry("X"), "content/officials/y.md": entry("Y")})
    assert new(site, "official", "X") == "content/officials/x.md"


def test_a_file_made_at_the_same_time_is_not_overwritten(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({})
    put = generator.scaffold._put

    def late(target: Path, data: bytes) -> None:
        target.write_text("mine")
        put(target, data)

    monkeypatch.setattr(generator.scaffold, "_put", late)
    outcome = site.command("new", "article", *TITLE)
    assert outcome.code == 2
    assert f"{Path(PATH)} already" in outcome.err
    assert content(site) == {PATH: b"mine"}


def test_nobody_sees_a_file_before_it_is_whole(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({})
    seen = []

    def link(source: Path, target: Path) -> None:
        # All that is there is passed over by builds and previews.
        listing = Listing([], [], [])
        scan(str(site.root / "content"), "content", listing)
        seen.extend([listing.paths, Path(source).read_bytes()])
        os.replace(source, target)

    monkeypatch.setattr(os, "rename" if os.name == "nt" else "link", link)
    new(site, "article", *TITLE)
    assert seen == [[], content(site)[PATH]]
    assert list(content(site)) == [PATH]


def test_a_disk_without_links_will_do(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(_source: Path, _target: Path) -> None:
        raise PermissionError

    site = make_site({})
    monkeypatch.setattr(os, "rename" if os.name == "nt" else "link", link)
    new(site, "article", *TITLE)
    assert list(content(site)) == [PATH]
    assert site.command("new", "article", *TITLE).code == 2


def test_a_preview_is_asked_to_show_it_before_it_is_there(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({})
    (site.root / ".bulletin" / "preview").mkdir(parents=True)
    put, asked = generator.scaffold._put, []

    def spy(target: Path, data: bytes) -> None:
        asked.append((asked_to_open(site.root), target.exists()))
        put(target, data)

    monkeypatch.setattr(generator.scaffold, "_put", spy)
    new(site, "article", *TITLE)
    assert asked == [(PATH, False)]
    site.command("new", "article", *TITLE)
    assert len(asked) == 1
    assert asked_to_open(site.root) is None


def test_without_a_preview_no_trace_is_left(make_site: MakeSite) -> None:
    site = make_site({})
    new(site, "official", *TITLE)
    assert sorted(path.name for path in site.root.iterdir()) == ["bulletin.toml", "content"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["article"], ["article", "--date", "2025-12-10"], ["article", ""], ["topic", " \n"]],
)
def test_without_a_title_it_says_what_to_write(make_site: MakeSite, arguments: list[str]) -> None:
    site = make_site({})
    outcome = site.command("new", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "bulletin new article" in outcome.err.splitlines()[-1]
    assert content(site) == {}


def test_an_unknown_kind_is_told_with_those_there_are(make_site: MakeSite) -> None:
    outcome = make_site({}).command("new", "articel", "A")
    assert outcome.code == 2
    assert all(kind in outcome.err for kind in NEW)


def test_a_wrong_configuration_is_told(make_site: MakeSite) -> None:
    site = make_site({}, '[site]\ntitle = "B"\nlanguage = "en"\ntimezone = "Hanoi"\n')
    outcome = site.command("new", "article", "A")
    assert outcome.code == 1
    assert "bulletin.toml:4:1: “Hanoi” is not a time zone" in outcome.err
    assert content(site) == {}


def test_a_folder_that_cannot_be_made_is_a_failure(make_site: MakeSite) -> None:
    site = make_site({"content/articles/2026": "a file"})
    outcome = site.command("new", "article", "A")
    assert outcome.code == 3
    assert outcome.err.startswith("The work failed: ")


def test_comments_are_in_the_language_of_the_site(make_site: MakeSite) -> None:
    english, vietnamese = make_site({}), make_site({}, BILINGUAL)
    texts = [
        (site.root / new(site, "article", "A")).read_text("utf-8") for site in (english, vietnamese)
    ]
    assert "Buổi làm việc" not in texts[0]
    assert "Buổi làm việc" in texts[1]
