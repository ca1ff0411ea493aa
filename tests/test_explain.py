"""`bulletin explain`: what makes a relation, why one is missing, undeclared follow-ups."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.sites import Site, article, entry

MakeSite = Callable[..., Site]
DRAFT = "content/articles/2025-03-03-du-thao.md"
SIGNED = "content/articles/2025-03-23-ky-quy-che.md"
_ABOUT = "Hai bên bàn dự thảo quy chế phối hợp bảo tồn phố cổ. Dự thảo quy chế phối hợp đã rõ."
_SIGNED = "Hai bên ký quy chế phối hợp bảo tồn phố cổ. Quy chế phối hợp có hiệu lực ngay."


def others(count: int = 12) -> dict[str, str]:
    """Meetings on matters of their own."""
    return {
        f"content/articles/2024-{month:02}-05-khac.md": article(
            "topics: [khac]", date=f"2024-{month:02}-05", body=f"Chuyện riêng {month} của tháng."
        )
        for month in range(1, count + 1)
    }


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(
        {
            DRAFT: article("officials: [a, b]", date="2025-03-03", title="Bàn", body=_ABOUT),
            SIGNED: article(
                "officials: [{official: a, part: chair}]",
                "kind: signing",
                date="2025-03-23",
                title="Ký",
                body=_SIGNED,
            ),
            "content/articles/2025-04-01-nhap.md": article("draft: true", date="2025-04-01"),
            "content/officials/a.md": entry("Lê Văn An"),
            "content/officials/b.md": entry("Lê Văn Bình"),
            "content/topics/khac.md": entry("Khác"),
            **others(),
        }
    )


def test_every_contribution_adds_up_to_the_score(site: Site) -> None:
    shown = site.command("explain", "2025-03-23-ky-quy-che").out
    table = shown.split("Not shown:")[0]
    assert "2025-03-03-du-thao" in table
    score, *parts = map(float, re.findall(r"^ +(\d+\.\d\d)  ", table, re.MULTILINE))
    assert sum(parts) == pytest.approx(score, abs=0.02)
    assert "same official: a (2 of 14 meetings)" in table
    assert "similar wording: " in table


def test_of_a_pair_it_says_what_counts_for_nothing(site: Site) -> None:
    shown = site.command("explain", "2024-01-05-khac", "2024-02-05-khac").out
    assert "counts for nothing, too many have it: khac (12 of 14 meetings)" in shown
    assert "below the threshold of 0.40" in shown


def test_what_is_excluded_is_said_to_be(site: Site) -> None:
    site.write(
        DRAFT,
        article("officials: [a]", "unrelated: [2025-03-23-ky-quy-che]", date="2025-03-03",
                body=_ABOUT),
    )  # fmt: skip
    shown = site.command("explain", "2025-03-03", "2025-03-23").out
    assert "excluded with “unrelated”" in shown


def test_a_follow_up_nobody_declared_is_proposed_until_somebody_does(site: Site) -> None:
    proposed = site.command("explain")
    assert proposed.code == 0
    assert f"{SIGNED}\n    follows: 2025-03-03-du-thao\n    # 20 days later; " in proposed.out
    assert "a draft there, signed or issued here" in proposed.out
    assert "2024-" not in proposed.out
    of_one = site.command("explain", "2025-03-23-ky-quy-che").out
    assert "    follows: 2025-03-03-du-thao\n" in of_one
    declared = article("follows: 2025-03-03-du-thao", date="2025-03-23", body=_SIGNED)
    site.write(SIGNED, declared)
    assert site.command("explain").out == "No undeclared follow-up was found.\n"


def test_nothing_is_written(site: Site) -> None:
    before = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    site.command("explain")
    after = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("wanted", ["2025-03-03", DRAFT, DRAFT.replace("/", "\\")])
def test_an_article_is_found_by_the_beginning_of_its_id_and_by_its_file(
    site: Site, wanted: str
) -> None:
    assert site.command("explain", wanted).out.startswith("2025-03-03-du-thao  ")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("2025-03-03-du-tao", "Did you mean “2025-03-03-du-thao”?"),
        ("2025-04-01-nhap", "“2025-04-01-nhap” is held back"),
        ("content/articles/2025-04-01-nhap.md", "is held back"),
        ("2025-04", "is held back"),
        ("../..", "There is no article “../..”."),
        ("2025-03", "2025-03-03-du-thao, 2025-03-23-ky-quy-che"),
        ("zzz", "There is no article “zzz”."),
    ],
)
def test_an_id_that_names_no_published_article(site: Site, wanted: str, words: str) -> None:
    answer = site.command("explain", wanted)
    assert answer.code == 2
    assert words in answer.err
    assert answer.out == ""


def test_with_errors_in_the_content_these_are_said(site: Site) -> None:
    site.write(DRAFT, article("kind: party"))
    answer = site.command("explain", "2025-03-23-ky-quy-che")
    assert answer.code == 1
    assert f"{DRAFT}:4:7" in answer.err


def test_an_article_is_not_explained_with_itself(site: Site) -> None:
    answer = site.command("explain", "2025-03-03", "2025-03-03-du-thao")
    assert answer.code == 2
    assert "one and the same article" in answer.err
