"""What editors may write, in every form in which their programs save it."""

from __future__ import annotations

import unicodedata

import pytest

from tests.conftest import MakeSite
from tests.drawn import png
from tests.sites import BILINGUAL, TOML, article, entry

A = "content/articles/a.md"
HANOI = '[site]\ntitle = "Bulletin"\nlanguage = "en"\ntimezone = "Asia/Ho_Chi_Minh"\n'
PLAIN = article(title="Họp", body="Một dòng\n\nHai dòng")

SAVED = {
    "with a byte order mark": "\ufeff".encode() + PLAIN.encode(),
    "with two byte order marks": "\ufeff\ufeff".encode() + PLAIN.encode(),
    "with the line ends of Windows": PLAIN.replace("\n", "\r\n").encode(),
    "with the line ends of old Macs": PLAIN.replace("\n", "\r").encode(),
    "with both": PLAIN.replace("\n", "\r\n", 3).encode(),
    "with letters apart from their marks": unicodedata.normalize("NFD", PLAIN).encode(),
    "after blank lines": b"\n\r\n  \n" + PLAIN.encode(),
    "with blanks after the dashes": PLAIN.replace("---\n", "--- \t\n").encode(),
    "without a last line end": PLAIN.rstrip("\n").encode(),
}


@pytest.mark.parametrize("form", SAVED)
def test_a_file_is_the_same_however_it_was_saved(make_site: MakeSite, form: str) -> None:
    plain, saved = make_site({A: PLAIN}), make_site({A: SAVED[form]})
    assert (plain.command("build").err, saved.command("build").err) == ("", "")
    assert saved.files() == plain.files()


FILE_NAMES = {
    "Họp Sở Ngoại vụ": "hop-so-ngoai-vu",
    unicodedata.normalize("NFD", "Họp Sở Ngoại vụ"): "hop-so-ngoai-vu",
    "UPPER Case": "upper-case",
    "con": "con-1",
    "Đối ngoại": "doi-ngoai",
    "2025-12-01-ký": "ky",
    "20251201-ký": "ky",
    "a.b (1)": "a-b-1",
    "x" * 200: "x" * 80,
}


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_name_becomes_an_address(make_site: MakeSite, name: str) -> None:
    site = make_site({f"content/articles/{name}.md": article()})
    assert site.command("build").err == ""
    day = "01" if name[0] == "2" else "10"
    assert f"2025/12/{day}/{FILE_NAMES[name]}/index.html" in site.files()


def test_a_file_name_without_letters_still_has_an_address(make_site: MakeSite) -> None:
    site = make_site({"content/articles/会议.md": article(), "content/articles/访问.md": article()})
    assert site.command("build").code == 0
    assert len([path for path in site.files() if path.startswith("2025/12/10/")]) == 3


def test_a_file_name_that_is_not_unicode_is_read(make_site: MakeSite) -> None:
    site = make_site({})
    folder = bytes(site.root / "content" / "articles")
    site.write("content/articles/x.md", article())
    try:
        with open(folder + b"/h\xe9p.md", "wb") as file:
            file.write(article(title="a: b").encode())
    except OSError:
        pytest.skip("this file system only has Unicode names")
    errors = site.command("build").errors
    assert [line.partition(": ")[0] for line in errors] == ["content/articles/h\ufffdp.md:2:9"]


DATES = {
    "2025-12-10": ("2025/12/10", ""),
    "10/12/2025": ("2025/12/10", ""),
    "1/2/2025": ("2025/02/01", ""),
    "10.12.2025": ("2025/12/10", ""),
    "20251210": ("2025/12/10", ""),
    "2025-W50-3": ("2025/12/10", ""),
    "2025-344": ("2025/12/10", ""),
    "2025-12-10 14:30": ("2025/12/10", "14:30"),
    "2025-12-10T14:30:15": ("2025/12/10", "14:30"),
    "2025-12-10 14h30": ("2025/12/10", "14:30"),
    "10/12/2025 9:05": ("2025/12/10", "09:05"),
    "10/12/2025, 9h": ("2025/12/10", "09:00"),
    "2025-12-10T07:30Z": ("2025/12/10", "14:30"),
    "2025-12-09T23:30-02:00": ("2025/12/10", "08:30"),
    '"2025-12-10"': ("2025/12/10", ""),
    "1000-01-01": ("1000/01/01", ""),
}


@pytest.mark.parametrize("date", DATES)
def test_a_date_may_be_written_in_many_ways(make_site: MakeSite, date: str) -> None:
    folder, clock = DATES[date]
    site = make_site({A: article(date=date)}, HANOI)
    assert site.command("build").err == ""
    assert clock in site.page(f"{folder}/a/")


def test_the_last_year_of_the_calendar_is_built(make_site: MakeSite) -> None:
    site = make_site({A: article("status: planned", date="9998-12-31")})
    assert site.command("build").code == 0


def test_empty_values_count_as_not_given(make_site: MakeSite) -> None:
    fields = (
        "end_date kind status summary topics officials organisations location partners documents"
        " series follows related unrelated source image published changes draft pinned aliases slug"
    )
    keys = fields.split()
    sites = [make_site({A: article()})]
    for value in ("", " ~", " null", ' ""', " []"):
        # A date, a kind and the like have no use for an empty list.
        given = keys if value != " []" else ["topics", "officials", "related", "changes"]
        sites.append(make_site({A: article(*(f"{key}:{value}" for key in given))}))
    assert [site.command("build").err for site in sites] == [""] * 6
    assert all(site.files() == sites[0].files() for site in sites)


def test_officials_may_be_ids_names_or_more(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/officials/ngo-le-van.md": entry("Ngô Lê Văn", "other_names: [Ngô L. Văn]"),
            A: article(
                "officials:",
                "  - ngo-le-van",
                "  - NGÔ LÊ VĂN",
                "  - official: Trần Sỹ Thanh",
                "    part: [speaker, chair]",
                "    role: Chủ tịch",
                "  - {official: Lê Hồng Sơn, part: signatory}",
                "  -",
            ),
            "content/articles/b.md": article("officials: Trần Sĩ Thanh", date="2025-12-11"),
        }
    )
    assert site.command("build").errors == []
    page = site.page("2025/12/10/a/")
    assert {name for name in ("Ngô Lê Văn", "Trần Sỹ Thanh", "Lê Hồng Sơn") if name in page} == {
        "Ngô Lê Văn", "Trần Sỹ Thanh", "Lê Hồng Sơn"
    }  # fmt: skip
    assert "Chủ tịch" in page
    addresses = {path for path in site.files() if path.startswith("officials/")}
    assert {path.split("/")[1] for path in addresses} - {"index.html"} == {
        "ngo-le-van", "tran-sy-thanh", "le-hong-son"
    }  # fmt: skip


TITLES = {
    "very long": "Hà Nội " * 2000,
    "emoji": "👩‍👩‍👧 Họp 🇻🇳 🎉",
    "markup": "\"<b>R&D</b> 'x' {{ y }} {% z %} \\\\ %s\"",
    "right to left": "اجتماع هانوي",
    "a number": "2025",
    "a word of YAML": "no",
    "a break of Word": "Hà\u2028Nội\x0b2025",
}


@pytest.mark.parametrize("name", TITLES)
def test_any_title_is_shown(make_site: MakeSite, name: str) -> None:
    site = make_site({A: article(title=TITLES[name])})
    assert site.command("build").err == ""
    page = site.page("2025/12/10/a/")
    words = TITLES[name].strip('"').replace("\u2028", " ").replace("\x0b", " ").split()
    assert words[-1].replace("&", "&amp;") in page
    assert "<b>R" not in page


def test_an_article_of_5_megabytes_is_built(make_site: MakeSite) -> None:
    sentence = "Ngày 10 tháng 12 năm 2025, Thành phố làm việc với các bên liên quan. "
    paragraph = sentence * 20 + "**Hà Nội** và [[ports]].\n\n"
    text = paragraph * (5_000_000 // len(paragraph.encode()))
    site = make_site({A: article(body=text), "content/topics/ports.md": entry("Ports")})
    assert site.command("build").err == ""
    assert site.page("2025/12/10/a/").count("topics/ports/") > 2_000


def test_ten_thousand_mistakes_are_told_in_one_go(make_site: MakeSite) -> None:
    numbers = range(10_000)
    site = make_site(
        {
            A: article(
                f"topics: [{', '.join(f'Chủ đề số {n}' for n in numbers)}]",
                f"follows: [{', '.join(f'2025-hop-so-{n}' for n in numbers)}]",
                body="\n\n".join(
                    f"[[hop-so-{n}]] ![x](anh-{n}.png) [y](hop-{n}.md) [z](ho-so-{n}.pdf)"
                    for n in numbers[:2_500]
                ),
            ),
            **{f"content/articles/hop-{n}.md": article(body="![](x.png)") for n in range(200)},
            **{f"content/media/anh-so-{n}.png": b"" for n in range(2000)},
        }
    )
    outcome = site.command("build")
    assert len(outcome.errors) == 10_000 + 4 * 2_500 - 200 + 200
    assert len(outcome.warnings) == 20


def test_a_translation_falls_back_to_its_original(make_site: MakeSite) -> None:
    site = make_site(
        {
            A: article("image: {src: x.png, alt: Ảnh}", title="Họp", body="Chữ."),
            "content/articles/a.EN.md": "---\ntitle: Meeting\n---\n",
            "content/media/x.png": png(),
            "content/articles/b.md": article(title="Ký", date="2025-12-11"),
        },
        BILINGUAL,
    )
    assert site.command("build").err == ""
    english = site.page("en/2025/12/10/a/")
    assert "Meeting" in english
    assert "Chữ." in english
    assert "en/2025/12/11/b/index.html" not in site.files()
    assert 'lang="vi"' in site.page("en/")


def test_an_official_named_twice_in_an_article_is_there_once_with_all_parts(
    make_site: MakeSite,
) -> None:
    site = make_site(
        {
            "content/articles/a.md": article(
                "officials: [an, {official: Lê Văn An, part: signatory, role: Mayor}]"
            ),
            "content/officials/an.md": entry("Lê Văn An"),
        }
    )
    assert site.command("build", "--strict").code == 0
    people = site.page("2025/12/10/a/").split('id="officials"')[1].split("</section>")[0]
    assert people.count("Lê Văn An") == 1
    assert "Signatory" in people
    assert "Mayor" in people


def test_weights_and_threshold_are_the_sites_own(make_site: MakeSite) -> None:
    files = {f"content/articles/{name}.md": article("officials: [an]") for name in ("a", "b")} | {
        f"content/articles/{name}.md": article() for name in ("c", "d", "e")
    }
    files["content/officials/an.md"] = entry("Lê Văn An")
    site = make_site(files)
    related = '<section id="related"'
    assert site.command("build").code == 0
    assert related in site.page("2025/12/10/a/")
    for setting in ("[related.weights]\nofficial = 0\n", "[related]\nthreshold = 90\n"):
        site.write("bulletin.toml", f"{TOML}{setting}")
        assert site.command("build").code == 0
        assert related not in site.page("2025/12/10/a/")


def test_following_a_later_meeting_is_warned_of(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/articles/a.md": article("follows: b"),
            "content/articles/b.md": article(date="2025-12-11"),
        }
    )
    (warning,) = site.command("build").warnings
    assert warning.startswith("content/articles/a.md:4:10: ")
    assert "“b”, which is of a later day (2025-12-11)" in warning
