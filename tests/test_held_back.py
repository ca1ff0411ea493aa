"""What is held back is nowhere: not in a page, not in a list, not in a file's name."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.conftest import MakeSite
from tests.drawn import png
from tests.sites import Site, article, entry

TOML = """\
[site]
title = "Bản tin"
base_url = "https://example.org/b/"
languages = ["vi", "en"]
"""

SECRET = "content/articles/2025-12-20-zq-secret.md"
PICTURE = png(colour=7)


def secret(*fields: str, date: str = "2025-12-20") -> str:
    """An article of which every word is its own: all of them begin with zq."""
    return article(
        *fields,
        "summary: Zqsummary of it",
        "topics: [Zqtopic, ports]",
        "officials: [{official: Zqming Zqlast, role: Zqrole}, an, 'zq-known']",
        "organisations: [Zqorganisation]",
        "location: Zqlocation",
        "partners: [Zqpartner]",
        "documents: [123/ZQ-UBND]",
        "series: Zqseries",
        "follows: good",
        "related: [good]",
        "source: {name: Zqsource, author: Zqauthor, url: 'https://zqsource.example/'}",
        "image: {src: zq-front.png, alt: Zqalt, caption: Zqcaption, credit: Zqcredit}",
        "changes: [{date: 2025-12-21, note: Zqchange}]",
        "aliases: [/zq-alias/]",
        title="Zqtitle of a meeting",
        date=date,
        body="Zqbody by Tô Văn An.\n\n![Zqpicture](zq-body.png) ![](shared.png)"
        "\n\n[Zqfile](zq-file.pdf)\n\n## Zqheading\n\nZqlast paragraph.",
    )


SHARED: dict[str, str | bytes] = {
    "content/articles/good.md": article(
        "officials: [an]",
        "topics: [ports]",
        "related: [2025-12-20-zq-secret]",
        title="Họp tốt",
        body="See [the first](2025-12-20-zq-secret.md), [[2025-12-20-zq-secret|the second]]"
        " and [[articles/2025-12-20-zq-secret|the third]]. ![](shared.png)",
    ),
    "content/articles/after.md": article(
        "follows: [good, 2025-12-20-zq-secret]", "officials: [an]", title="Sau", date="2026-01-02"
    ),
    "content/articles/2025-12-20-zq-secret.en.md": (
        "---\ntitle: Zqenglish\nsummary: Zqsummary\nimage: {alt: Zqalt}\n---\nZqtranslation.\n"
    ),
    "content/topics/ports.md": entry("Cảng"),
    "content/officials/an.md": entry("Tô Văn An"),
    # Has a file of its own and is published with it; its name tells nothing.
    "content/officials/zq-known.md": entry("Người quen", "draft: true"),
    "content/articles/zq-front.png": png(colour=1),
    "content/articles/zq-body.png": png(colour=2),
    "content/articles/zq-file.pdf": b"zq3",
    "content/media/shared.png": png(colour=8),
}

HELD_BACK = {
    "draft": (secret("draft: true"), "--drafts"),
    "scheduled": (secret("published: 2026-01-15T07:01"), "--future"),
    "held in the future": (secret(date="2026-01-16"), "--future"),
    "planned, not yet to be told": (
        secret("status: planned", "published: 2026-02-01", date="2026-03-01"), "--future",
    ),
}  # fmt: skip


@pytest.fixture
def with_secret(make_site: MakeSite) -> Callable[[str], Site]:
    return lambda name: make_site({**SHARED, SECRET: HELD_BACK[name][0]}, TOML)


def traces(site: Site) -> list[str]:
    """The published files that tell of the secret, by name or content."""
    return [
        path
        for path, content in readable(site).items()
        if "zq" in path.lower() or b"zq" in content.lower() or b"2025/12/20" in content
    ]


def readable(site: Site) -> dict[str, bytes]:
    """The published files, those of the search unpacked, without its program."""
    return {
        path: gzip.decompress(content) if ".pf_" in path else content
        for path, content in site.files().items()
        if ".pagefind" not in path
    }


@pytest.mark.parametrize("name", HELD_BACK)
def test_what_is_held_back_is_in_no_published_file(
    with_secret: Callable[[str], Site], name: str
) -> None:
    site = with_secret(name)
    outcome = site.command("build")
    assert (outcome.code, outcome.errors) == (0, [])
    assert traces(site) == []
    # Nor does it count, or make a thread or a day.
    assert "2025/12/20/index.html" not in site.files()
    assert "See the first, the second and the third." in site.page("2025/12/10/good/")
    assert "media/shared.png" in site.files()


@pytest.mark.parametrize("name", HELD_BACK)
def test_what_is_held_back_is_there_when_asked_for_and_gone_again_after(
    with_secret: Callable[[str], Site], name: str
) -> None:
    site = with_secret(name)
    assert site.command("build").code == 0
    before = site.files()
    option = HELD_BACK[name][1]
    assert site.command("build", option).errors == []
    shown = site.files()
    assert {
        "2025/12/20/zq-secret/index.html",
        "en/2025/12/20/zq-secret/index.html",
        "officials/zqming-zqlast/index.html",
        "topics/zqtopic/index.html",
        "zq-alias/index.html",
        "media/articles/zq-front.png",
        "media/articles/zq-body.png",
        "media/articles/zq-file.pdf",
    } <= shown.keys()
    assert site.page("2025/12/10/good/").count("2025/12/20/zq-secret/") >= 3
    assert site.command("build").code == 0
    assert site.files() == before


def test_names_only_it_uses_are_told_to_the_editor_alone(
    with_secret: Callable[[str], Site],
) -> None:
    site = with_secret("scheduled")
    outcome = site.command("build")
    assert any("Zqtopic" in line for line in outcome.warnings)
    assert traces(site) == []


def test_drafts_of_shelves_pages_and_translations_are_nowhere(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/articles/good.md": article("officials: [an]", "topics: [ports]"),
            "content/articles/good.en.md": "---\ntitle: Zqtitle\ndraft: true\n---\nZqbody.\n",
            "content/topics/ports.md": entry("Cảng", body="Chữ."),
            "content/topics/ports.en.md": (
                "---\ntitle: Zqports\ndraft: true\n---\nZqbody ![](zq.png)\n"
            ),
            "content/officials/an.md": entry("Tô Văn An"),
            "content/officials/zq.md": entry(
                "Zqming Zqlast", "draft: true", "image: zq.png",
                "memberships: [{role: Zqrole, organization: bo}]",
            ),
            "content/organisations/bo.md": entry("Bộ"),
            "content/organisations/zq-child.md": entry("Zqchild", "parent: bo", "draft: true"),
            "content/pages/about.md": "---\ntitle: Về\n---\nChữ.\n",
            "content/pages/about.en.md": "---\ntitle: Zqabout\ndraft: true\n---\nZqabout.\n",
            "content/pages/zq-page.md": (
                "---\ntitle: Zqpage\ndraft: true\naliases: [/zq-old/]\n---\n![](zq.png)\n"
            ),
            "content/media/zq.png": PICTURE,
        },
        TOML,
    )  # fmt: skip
    assert site.command("build").code == 0
    assert traces(site) == []
    assert site.command("build", "--drafts").code == 0
    assert {
        "zq-page/index.html", "zq-old/index.html", "officials/zq/index.html", "media/zq.png",
        "en/2025/12/10/good/index.html", "en/about/index.html",
    } <= site.files().keys()  # fmt: skip


def test_a_picture_of_a_published_article_is_published_whoever_else_uses_it(
    make_site: MakeSite,
) -> None:
    files = {
        "content/articles/a.md": article("draft: true", body="![](x.png) ![](y.png)"),
        "content/articles/b.md": article(body="![](x.png)"),
        "content/media/x.png": PICTURE,
        "content/media/y.png": PICTURE,
        "content/media/z.png": PICTURE,
    }
    site = make_site(files)
    assert site.command("build").code == 0
    assert [path for path in site.files() if path.endswith(".png")] == ["media/x.png"]


def test_the_first_minute_of_its_time_makes_an_article_public(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({**SHARED, SECRET: secret("published: 2026-01-15T07:01")}, TOML)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1768435259")  # 07:00:59 in Hanoi
    assert site.command("build").code == 0
    assert traces(site) == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1768435260")
    assert site.command("build").code == 0
    assert "2025/12/20/zq-secret/index.html" in site.files()


def test_an_announcement_is_public_at_once_and_what_is_past_on_its_day(
    make_site: MakeSite,
) -> None:
    days = {"planned": "2026-02-01", "postponed": "2026-02-02", "cancelled": "2026-02-03"}
    site = make_site(
        {
            **{
                f"content/articles/{status}.md": article(f"status: {status}", date=day)
                for status, day in days.items()
            },
            "content/articles/today.md": article(date="2026-01-15"),
            "content/articles/tomorrow.md": article(date="2026-01-16"),
        },
        TOML,
    )
    assert site.command("build").code == 0
    shown = {path.split("/")[3] for path in site.files() if path.startswith("2026/")
             and path.count("/") == 4}  # fmt: skip
    assert shown == {"planned", "postponed", "cancelled", "today"}
