"""The search: what is found, that its files are the same each time, and no others are made."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import generator.search_views
from generator import pagefind
from generator.pagefind_files import UnknownForm, _decode, _packed, stable_files
from generator.search_text import DOT, Findable, found_file, marked, plain_paragraphs
from tests.conftest import MakeSite
from tests.sites import BILINGUAL, NOW, Site, article, entry

FILES = {
    "content/articles/2025-12-10-hop.md": article(
        "topics: [hop-tac]",
        "officials: [Ngô Lê Văn]",
        title="Họp ở Đồng Đăng",
        body="Về đường sắt.",
    ),
    "content/articles/2025-11-03-khac.md": article(
        "topics: [hop-tac]", title="Việc khác", date="2025-11-03", body="Xem 59-NQ/TW."
    ),
    "content/articles/2024-05-01-cu.md": article(title="Năm cũ", date="2024-05-01", body="Cũ."),
    "content/topics/hop-tac.md": entry("Hợp tác", "other_names: [Phối hợp]"),
    "content/pages/about.md": "---\ntitle: Giới thiệu\n---\nBản tin này.\n",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(FILES, toml=BILINGUAL)


def found(site: Site) -> dict[str, dict[str, str]]:
    """What can be found: text and data of each page, by the folder of its index and its address."""
    pages = {}
    for path in sorted(site.output.rglob("search/**/fragment/*.pf_fragment")):
        data = json.loads(gzip.decompress(path.read_bytes())[12:])
        folder = path.parent.parent.relative_to(site.output).as_posix()
        text = data["content"].replace(DOT, "")
        meta = {name: value.replace(DOT, "") for name, value in data["meta"].items()}
        pages[f"{folder}{data['url']}"] = {"text": text, **meta, **data["filters"]}
    return pages


def indexes(site: Site) -> set[str]:
    return {path.parent.relative_to(site.output).as_posix() for path in entries(site)}


def entries(site: Site) -> Iterator[Path]:
    return site.output.rglob("pagefind-entry.json")


def test_what_is_found(site: Site) -> None:
    assert not site.build(search=True).failed
    pages = found(site)
    meeting = pages["search/2025/2025/12/10/hop/"]
    title, text, hidden = (part.strip(" .") for part in meeting["text"].split("¦¦"))
    assert (title, text) == ("Họp ở Đồng Đăng", "Về đường sắt")
    assert "Hợp tác" in hidden
    assert "Phối hợp" in hidden
    assert "Ngô Lê Văn" in hidden
    assert "Họp ở Dồng Dăng" in hidden
    assert "dường" in hidden
    assert meeting["kind"] == "Tin tức"
    assert meeting["date"] == "10/12/2025"
    assert set(meeting["in"]) == {"kind:Tin tức", "official:Ngô Lê Văn", "topic:Hợp tác"}
    other = pages["search/2025/2025/11/03/khac/"]["text"]
    assert "59 nq tw" in other.split("¦¦")[2]
    assert {"search/topics/hop-tac/", "search/about/", "search/", "search/documents/59-nq-tw/"} <= {
        *pages
    }
    # The other language finds them, too, and leads to the originals.
    assert "en/search/2025/2025/12/10/hop/" in pages
    assert "en/search/en/topics/hop-tac/" in pages


def test_the_page_and_the_box_are_there_only_with_a_search(site: Site) -> None:
    assert not site.build(search=True).failed
    assert "search/2025/" in site.page("search/") or "2025/" in site.page("search/")
    assert 'action="./search/"' in site.page("")
    assert 'action="../en/search/"' in site.page("en/") or "en/search/" in site.page("en/")
    assert indexes(site) == {
        f"{prefix}search{year}" for prefix in ("", "en/") for year in ("", "/2024", "/2025")
    }
    assert "wasm-unsafe-eval" in site.page("search/")
    assert "wasm-unsafe-eval" not in site.page("")
    report = site.build()
    assert "search" not in {path.split("/")[0] for path in site.files()}
    assert 'role="search"' not in site.page("")
    assert {path for path in report.removed if "search" in path} == {
        f"{prefix}search/{rest}"
        for prefix in ("", "en/")
        for rest in ("", "2024/", "2025/", "index.html")
    }


@pytest.mark.parametrize("way", ["off", "portable", "theme", "nothing installed"])
def test_without_a_search(site: Site, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = {"portable": "A portable site has no search", "nothing installed": "Pagefind"}.get(way)
    arguments = {"off": ["--search", "off"], "portable": ["--portable"]}.get(way, [])
    site.write("bulletin.toml", '[site]\ntitle = "B"\nlanguage = "en"\nbase_url = "https://a.b/"\n')
    if way == "theme":
        site.write("themes/mine/theme.toml", "search = false\n")
        site.write("bulletin.toml", '[site]\ntitle = "B"\nlanguage = "en"\ntheme = "mine"\n')
    if way == "nothing installed":
        monkeypatch.setattr(pagefind, "version", lambda: "")
    outcome = site.command("build", *arguments)
    assert outcome.code == 0
    assert (notice or "no search") in outcome.out or notice is None
    if notice is None:
        assert "Pagefind" not in outcome.out
        assert "no search" not in outcome.out
    assert not (site.output / "search").exists()
    assert 'role="search"' not in site.page("")
    # Said again by a build with nothing to do.
    assert notice is None or notice in site.command("build", *arguments).out


def test_its_seconds_are_printed_apart(site: Site) -> None:
    first, second = site.command("build"), site.command("build")
    assert re.search(r"^Search: \d+,\d\d s$|^Tìm kiếm: ", first.out, re.MULTILINE)
    assert "Search: " not in second.out


def test_two_builds_give_the_same_files(make_site: MakeSite) -> None:
    one, other = make_site(FILES, toml=BILINGUAL), make_site(FILES, toml=BILINGUAL)
    for each in (one, other):
        assert not each.build(search=True, jobs=2 if each is one else 1).failed
    assert one.files() == other.files()


EDITS = {
    "a body": ("content/articles/2025-11-03-khac.md", "Xem 59", "Đọc 59"),
    "a title": ("content/articles/2024-05-01-cu.md", "title: Năm cũ", "title: Năm mới"),
    "a date": ("content/articles/2024-05-01-cu.md", "date: 2024-05-01", "date: 2023-01-02"),
    "a topic": ("content/topics/hop-tac.md", "name: Hợp tác", "name: Hợp tác quốc tế"),
    "a draft": ("content/articles/2025-11-03-khac.md", "---\nĐọc", "draft: true\n---\nĐọc"),
    "a page": ("content/pages/about.md", "Bản tin này", "Bản tin khác"),
}


def test_edits_give_what_a_clean_build_gives_and_only_their_years(make_site: MakeSite) -> None:
    site = make_site(FILES, toml=BILINGUAL)
    assert not site.build(search=True).failed
    remade = {}
    for name, (path, before, after) in EDITS.items():
        text = (site.root / path).read_text("utf-8")
        assert before in text
        site.write(path, text.replace(before, after))
        report = site.build(search=True)
        assert not report.failed
        remade[name] = {
            made.path
            for made in report.rendered
            if made.path.removeprefix("en/").startswith("search/") and made.path.endswith("/")
        }
        clean = make_site({}, toml=BILINGUAL)
        for source in (site.root / "content").rglob("*.md"):
            clean.write(source.relative_to(site.root).as_posix(), source.read_bytes())
        assert not clean.build(search=True).failed
        assert site.files() == clean.files(), name
    assert remade["a body"] == {"search/2025/", "en/search/2025/"}
    assert remade["a title"] == {"search/2024/", "en/search/2024/"}
    assert remade["a date"] == {"search/2023/", "en/search/2023/"}
    assert {"search/", "search/2025/"} <= remade["a topic"]
    assert "search/2023/" not in remade["a topic"]
    assert remade["a page"] == {"search/", "en/search/"}


def test_with_nothing_to_do_nothing_is_done(site: Site) -> None:
    assert not site.build(search=True).failed
    before = site.state()
    report = site.build(search=True)
    assert (report.rendered, report.removed, report.search_seconds) == ((), (), 0.0)
    assert site.state() == before


def test_a_lost_or_changed_file_is_made_again(site: Site) -> None:
    assert not site.build(search=True).failed
    before = site.files()
    for path in ("search/2025/pagefind-entry.json", "search/pagefind.js"):
        (site.output / path).unlink()
        report = site.build(search=True)
        assert [made.reason for made in report.rendered] == ["its file was missing"]
        (site.output / path).write_bytes(b"x")
        report = site.build(search=True)
        assert [made.reason for made in report.rendered] == [
            "its file was changed by something else"
        ]
        assert site.files() == before
    assert [made.reason for made in site.build(search=True, clean=True).rendered] == [
        "--clean was given"
    ] * len(site.build(search=True, clean=True).rendered)
    assert site.files() == before


def test_what_is_held_back_is_not_found(make_site: MakeSite) -> None:
    files = FILES | {
        "content/articles/2025-12-11-a.md": article("draft: true", title="Bí mật một", body="Một."),
        "content/articles/2026-12-11-b.md": article(
            "published: 2026-12-11", "status: planned", title="Bí mật hai", date="2026-12-11"
        ),
    }
    site = make_site(files, toml=BILINGUAL)
    assert not site.build(search=True).failed
    assert not any("mật" in page["text"] for page in found(site).values())
    assert "search/2026" not in indexes(site)
    assert "2026" not in site.page("search/").partition("<main")[2].partition("ways")[0]


def test_a_site_with_drafts_has_them_in_its_search(make_site: MakeSite) -> None:
    secret = article("draft: true", title="Bí mật", body="Một.")
    site = make_site(FILES | {"content/articles/2025-12-11-a.md": secret}, toml=BILINGUAL)
    assert not site.build(search=True, drafts=True).failed
    assert any("mật" in page["text"] for page in found(site).values())
    assert not site.build(search=True).failed
    assert not any("mật" in page["text"] for page in found(site).values())


def test_raw_html_that_is_allowed_is_not_found_as_text(make_site: MakeSite) -> None:
    raw = {"content/articles/2025-12-11-a.md": article(body="Một <b>hai</b>.")}
    site = make_site(raw, toml=BILINGUAL)
    assert not site.build(search=True).failed
    assert any("<b" in page["text"] for page in found(site).values())
    site.write("bulletin.toml", f"{BILINGUAL}\n[markup]\nraw_html = true\n")
    assert not site.build(search=True).failed
    assert not any("<b" in page["text"] for page in found(site).values())


def test_an_old_address_below_the_search_is_no_file_of_it(make_site: MakeSite) -> None:
    aliased = article("aliases: [/search/2025/cu.html]", title="A", date="2025-12-10")
    other = {"content/articles/2025-12-11-b.md": article(title="B", date="2025-12-11")}
    site = make_site({"content/articles/2025-12-10-a.md": aliased} | other, toml=BILINGUAL)
    assert not site.build(search=True).failed
    site.write("content/articles/2025-12-11-b.md", article(title="B", date="2025-12-11", body="X."))
    assert not site.build(search=True).failed
    assert "search/2025/cu.html" in site.files()


def test_a_year_with_many_meetings_has_several_indexes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.search_views, "MOST", 1)
    assert not site.build(search=True).failed
    assert {"search/2025-1", "search/2025-2", "search/2024"} <= indexes(site)
    site.write("content/articles/2025-12-12-x.md", article(title="Mới", date="2025-12-12"))
    assert not site.build(search=True).failed
    assert {f"search/2025-{part}" for part in (1, 2, 3)} <= indexes(site)
    assert "search/2025-3/2025/12/12/x/" in found(site)


def test_a_site_without_articles_has_a_search(make_site: MakeSite) -> None:
    site = make_site({"content/topics/a.md": entry("A")})
    assert not site.build(search=True).failed
    assert indexes(site) == {"search"}
    assert "search/" in found(site)


def test_where_pagefind_fails_the_site_stays_as_it_was(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.command("build").code == 0
    before = site.files()
    site.write("content/articles/2025-12-12-x.md", article(title="Mới", date="2025-12-12"))
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: sys.executable)
    outcome = site.command("build")
    assert outcome.code == 3
    assert "Pagefind" in outcome.err
    assert "--search off" in outcome.err
    assert site.files() == before
    assert not (site.root / ".bulletin" / "searching").exists()
    monkeypatch.undo()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    assert site.command("build").code == 0
    assert "search/2025/2025/12/12/x/" in found(site)


def test_settings_of_others_do_not_count(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not site.build(search=True).failed
    before = site.files()
    monkeypatch.setenv("PAGEFIND_GLOB", "nothing")
    assert not site.build(search=True, clean=True).failed
    assert site.files() == before


# Its parts


def test_every_word_ends_with_a_dot() -> None:
    assert marked("Hà Nội, 59-NQ/TW.") == f"Hà{DOT} Nội{DOT}, 59{DOT}-NQ{DOT}/TW{DOT}."


def test_plurals_have_their_dot_before_the_ending() -> None:
    words = "Meetings offices speeches courses; press status Paris Laos days"
    parts = "Meeting·s office·s speech·es course·s; press· status· Paris· Laos· days·"
    assert marked(words).replace(DOT, "·") == parts
    findable = Findable("a/", "Parties", "", "", "", "", (), (), ())
    assert f">party{DOT}<" in found_file(findable, "").decode()


def test_days_are_found_as_they_are_typed() -> None:
    findable = Findable("a/", "Họp", "", "", "", "2026-03-06", (), (), ())
    file = found_file(findable, "<p>Từ 05/04/2026, số 007/KH.</p>").decode().replace(DOT, "·")
    for word in ("6·3·2026", "2026·3·6", "3·2026", "5·4·2026", "7·kh"):
        assert f"·{word}·" in file


def test_no_word_of_a_file_is_without_its_dot() -> None:
    """Pagefind would take the word for what other words begin with."""
    findable = Findable("a/", "Họp", "Lời", "Tin tức", "02/01/2025", "", ("Tên",), (), ())
    file = found_file(findable, "<p>Bài viết.</p>").decode()
    shown = re.findall(r'meta="(?:kind|date)\[title\]" title="(.*?)"', file)
    words = re.findall(r"\w+", " ".join([*shown, *re.findall(r">([^<]+)<", file)]))
    assert len(shown) == 2
    assert [word for word in words if not word.endswith(DOT)] == []


def test_a_body_as_paragraphs() -> None:
    heading = '<h2 id="a">Một <a class="anchor" href="#a">#</a></h2>'
    html = f"{heading}\n<p>Hai &amp; <b>b</b>a</p><ul><li>x</li></ul>"
    assert plain_paragraphs(html) == ["Một", "Hai & ba", "x"]


def test_markup_in_titles_stays_text() -> None:
    findable = Findable(
        "a/", '<b> "x" & y', "", 'a "kind"', "", "", (), (), (("topic", 'T "1" <'),)
    )
    file = found_file(findable, "").decode()
    assert f'&lt;b{DOT}&gt; "x{DOT}" &amp; y{DOT}' in file
    assert 'title="topic:T &quot;1&quot; &lt;"' in file


@pytest.mark.parametrize(
    "value", [0, 23, 24, 255, 256, 65535, 65536, 2**32, "", "đ" * 30, [], [1, ["a", []]] * 20]
)
def test_values_of_pagefind_are_read_as_they_are_written(value: object) -> None:
    packed = _packed(value)
    assert _decode(packed, 0) == (value, len(packed))


def test_files_of_another_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pagefind-entry.json").write_text('{"languages": {}}')
    with pytest.raises(UnknownForm):
        list(stable_files(tmp_path, [], runtime=False))
