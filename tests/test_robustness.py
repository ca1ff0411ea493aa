"""Whatever stands in the files, a build answers with a report."""

from __future__ import annotations

import string
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.i18n import LANGUAGES, Translator
from generator.reports import Report
from tests.conftest import MakeSite
from tests.drawn import png
from tests.sites import TOML, Site, article, entry


def words(text: str) -> st.SearchStrategy[str]:
    """One of the words of a text, between single blanks."""
    return st.sampled_from(text.split(" "))


KEYS = words(
    "title date end_date kind status summary topics officials organisations location partners"
    " documents series follows related unrelated source image published changes draft pinned"
    " aliases slug name other_names sort_name memberships parent successor order en zzz"
)
VALUES = st.one_of(
    words(
        "~ [] {} '' [a,b] {a: b} 2025-12-10 10/12/2025 true no a good draft 0 -1 /x/ /2025/ ../x"
        " [good] [{date: 2025-12-11, note: n}] {src: x.png} x.png [{official: an, part: chair}]"
        " {name: n} [{role: r, as_of: [2025-01-01]}] held planned visit con media 9998-12-31"
        ' 1000-01-01 2025-12-10T00:00+14:00 [[[]]] &a *a !x | > @ % ` "'
    ),
    st.text(max_size=12),
    st.text(string.punctuation + "ab \n\t1", max_size=12),
)
FIELDS = st.dictionaries(KEYS | st.text(max_size=4), VALUES, max_size=8)
MATTER = FIELDS.map(lambda fields: "".join(f"{key}: {fields[key]}\n" for key in fields))
BODIES = st.lists(
    words(
        "[[good]] [[an|x]] [[topics/t]] [[zz]] [a](b.md) [a](/topics/) ![x](x.png) `c` # h \n\n - |"
        " > [^1] [^1]: ** <b> Tô An ``` !!! note $ \\ & [ ] ( ) http://x.vn 1."
    )
    | st.text(max_size=6),
    max_size=12,
).map(" ".join)
FILES = st.tuples(MATTER, BODIES).map(lambda parts: f"---\n{parts[0]}---\n{parts[1]}".encode())
BYTES = FILES | st.binary(max_size=80) | st.text(max_size=80).map(str.encode)
WHERE = st.sampled_from(
    ["articles/a.md", "articles/a.en.md", "officials/x.md", "topics/t.md", "pages/p.md"]
)

# Fields that are well-formed each by itself, and bodies of links that lead somewhere.
PLAUSIBLE = {
    "end_date": ["2025-12-11", "2026-02-01", "9998-12-31"],
    "kind": ["visit", "brief"],
    "status": ["planned", "postponed", "cancelled"],
    "summary": ["S", "'<b>&\"'", "🎉"],
    "topics": ["[t]", "[Biển, biển, T]", "[会议, 访问]"],
    "officials": ["[an, Tô An]", "[{official: x, part: chair, role: r}]", "[Lê B, Tô An]"],
    "organisations": ["[bo, Bộ]", "X"],
    "location": ["Hà Nội", "[]", "ha-noi"],
    "partners": ["[Lào, ha-noi]"],
    "documents": ["[59-NQ/TW, 1/2/3]"],
    "series": ["S", "t"],
    "follows": ["good", "[good, draft]", "b"],
    "related": ["[good, draft]", "b"],
    "unrelated": ["good", "draft"],
    "source": ["{name: N, url: 'https://x.vn/\"'}", "{published: 2025-12-10}"],
    "image": ["x.png", "{src: x.png, alt: '\"<'}"],
    "published": ["2025-01-01", "2026-01-15T08:00", "1000-01-01T00:00Z"],
    "changes": ["[{date: 2025-12-11, note: N, major: true}]", "[{date: 9998-01-01, note: N}]"],
    "draft": ["true", "false"],
    "pinned": ["true"],
    "aliases": ["[/old/, /cũ/x.html]"],
    "slug": ["Đẹp", "con"],
}
SHELVED = {
    "other_names": ["[Lê B]", "[S, t]"],
    "sort_name": ["Z"],
    "honorific": ["Ông"],
    "image": ["x.png"],
    "memberships": [
        "[{role: R, organization: bo, start_date: 2020-01-01, en: {role: E}}, {role: Q}]",
        "[{role: R, organization: Nowhere, as_of: [2025-12-10, 2024-01-01]}]",
    ],
    "en": ["{name: E}"],
    "draft": ["true"],
}
TEXT = st.lists(
    words(
        "[[good]] [[an|x]] [[topics/t]] [a](../articles/good.md#h) [a](/topics/) ![x](x.png) `c` #"
        " \n\n - | > [^1] [^1]: ** <b> Tô\xa0An Tô An Tô\nAn ``` $ \\ & ( ) http://x.vn 1. h"
        " [](../articles/good.md) [![x](x.png)](../articles/good.md) [x](x.png)"
    ),
    max_size=12,
).map(" ".join)


def plausible(fields: dict[str, list[str]], first: str) -> st.SearchStrategy[bytes]:
    chosen = st.fixed_dictionaries(
        {}, optional={key: st.sampled_from(values) for key, values in fields.items()}
    )
    return st.tuples(chosen, TEXT).map(
        lambda parts: "\n".join(
            ("---", first, *(f"{key}: {value}" for key, value in parts[0].items()), "---", parts[1])
        ).encode()
    )


DATED = st.sampled_from(["2025-12-10", "2025-12-10 14:30", "1000-01-01", "9998-12-31", "1/2/2026"])
ARTICLES = DATED.flatmap(lambda date: plausible(PLAUSIBLE, f"title: T\ndate: {date}"))
PLAUSIBLE_SITES = st.fixed_dictionaries(
    {"articles/b.md": ARTICLES},
    optional={
        "articles/a.md": ARTICLES,
        "articles/a.vi.md": st.just(b"---\ntitle: V\n---\nV"),
        "officials/x.md": plausible(SHELVED, "name: Lê B"),
        "topics/t.md": plausible(
            {"parent": ["t", "s", "Nowhere"], "draft": ["true"], "other_names": ["[Biển]"]},
            "name: T",
        ),
        "topics/s.md": plausible({"parent": ["t", "s"]}, "name: S"),
        "organisations/bo.md": plausible(
            {"parent": ["bo", "X"], "short_name": ["B"], "successor": ["bo", "Y"],
             "founding_date": ["1010-01-01"]},
            "name: Bộ",
        ),
        "places/ha-noi.md": plausible({"en": ["{name: Hanoi}"]}, "name: Hà Nội"),
        "pages/p.md": plausible({"order": ["1"], "aliases": ["/p2/"]}, "title: P"),
    },
)  # fmt: skip

EXAMPLES = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(
        {
            "content/articles/good.md": article(body="Good."),
            "content/articles/draft.md": article("draft: true"),
            "content/officials/an.md": entry("Tô An"),
            "content/media/x.png": png(),
        },
        TOML + 'languages = ["en", "vi"]\n',
    )


def assert_legible(report: Report) -> None:
    """Every problem has words in every language, and a place."""
    for problem in report.problems:
        for language in LANGUAGES:
            line = Translator(language).problem(problem)
            assert "\n" not in line
            assert line.startswith(str(problem.place))
    assert report.failed or report.pages


@EXAMPLES
@given(st.dictionaries(WHERE, BYTES, min_size=1))
def test_any_content_is_built_or_refused_with_a_report(site: Site, files: dict[str, bytes]) -> None:
    build_with(site, files)


@settings(EXAMPLES, max_examples=15)  # most of them are rendered, twice
@given(PLAUSIBLE_SITES)
def test_any_combination_of_good_fields_is_built_or_refused_with_a_report(
    site: Site, files: dict[str, bytes]
) -> None:
    build_with(site, files)


def build_with(site: Site, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        site.write(f"content/{path}", content)
    try:
        assert_legible(site.build())
        assert_legible(site.build(drafts=True, future=True))
    finally:
        for path in files:
            site.remove(f"content/{path}")


@EXAMPLES
@given(FILES)
def test_any_fields_of_a_draft_are_no_obstacle(site: Site, content: bytes) -> None:
    site.write("content/articles/a.md", content.replace(b"---\n", b"---\ndraft: true\n", 1))
    assert not [p for p in site.build().problems if p.is_error and p.code != "duplicate-key"]


TOML_VALUES = st.sampled_from(
    ["1", "-1.5", "true", '""', '"x"', "[]", '["vi"]', "{}", "2025-12-10", "07:30", "nan",
     '"Asia"', '"Asia/"', '"a/b.c"', '"/etc/localtime"', '"x\\u0000y"', '"\\u2028"', '"vi"', "[1]",
     '"https://x.vn/"', '"https://[x/"', '"https://x:99999999/"', '"bulletin"', '".."', "[[[]]]"]
)  # fmt: skip
TOML_KEYS = words(
    "title tagline base_url language languages timezone theme id en vi en.title vi.tagline site"
    " markup markup.raw_html markup.link_names related.limit publish publish.x zz"
)
CONFIGURATIONS = st.tuples(
    st.dictionaries(TOML_KEYS, TOML_VALUES, max_size=4),
    st.dictionaries(TOML_KEYS, TOML_VALUES, max_size=6),
).map(
    lambda tables: (
        "".join(f"{key} = {value}\n" for key, value in tables[0].items())
        + '[site]\ntitle = "T"\n'
        + "".join(f"{key} = {value}\n" for key, value in tables[1].items())
    )
)


@EXAMPLES
@given(CONFIGURATIONS.map(str.encode) | st.binary(max_size=60) | st.text().map(str.encode))
def test_any_configuration_is_used_or_refused_with_a_report(site: Site, content: bytes) -> None:
    site.write("bulletin.toml", content)
    assert_legible(site.build())
    assert site.command("build").code in (0, 1)


def test_what_is_kept_may_be_damaged(site: Site) -> None:
    """Whatever stands there, commands say what they say without it."""
    assert site.build().failed is False
    told, files = site.command("explain", "good"), site.files()
    assert told.code == 0
    for kept in sorted((site.root / ".bulletin").iterdir()):
        if not kept.exists():
            continue  # by another name since, as the store that was begun anew
        # Without a manifest nobody knows whose the files of the site are.
        clean = kept.name.startswith("output-") and not kept.suffix
        for data in (b"", b"\0" * 40, bytes(byte ^ 1 for byte in kept.read_bytes())):
            site.write(f".bulletin/{kept.name}", data)
            assert site.command("explain", "good") == told, kept.name
            site.write("content/articles/good.md", article(body=f"Good {len(data)}."))
            assert site.build(clean=clean).failed is False, kept.name
            site.write("content/articles/good.md", article(body="Good."))
            assert site.build().failed is False, kept.name
            assert site.files() == files, kept.name


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_a_file_elsewhere_is_not_published(make_site: MakeSite, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    site = make_site({"content/articles/a.md": article(body="![A](/media/p.png) ![B](in.png)")})
    site.write("content/media/real.png", png())
    (site.root / "content/media/p.png").symlink_to(secret)
    (site.root / "content/articles/in.png").symlink_to(site.root / "content/media/real.png")
    outcome = site.command("build")
    assert outcome.code == 1
    assert len(outcome.errors) == 1
    assert "p.png" in outcome.errors[0]
