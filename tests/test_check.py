"""`bulletin check`: it says what a build says, and what lacks a translation, and writes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.check import Checked
from generator.findings import as_commands
from generator.i18n import Translator
from generator.problems import Place, Problem
from generator.reports import Report
from tests.conftest import MakeSite
from tests.sites import BILINGUAL, Site, article, entry

ENGLISH = '[site]\ntitle = "Bulletin"\nlanguage = "en"\nlanguages = ["en", "vi"]\n'

WRONG = {
    "content/articles/a.md": article("topics: [nowhere]", body="[[nothing]]"),
    "content/articles/b.md": article("official: x"),
}
FINE = {"content/articles/a.md": article()}


def records(site: Site, *arguments: str) -> list[dict[str, Any]]:
    outcome = site.command("check", "--format", "json", *arguments)
    assert outcome.err == ""
    found: list[dict[str, Any]] = json.loads(outcome.out)
    return found


def commands(site: Site) -> list[str]:
    return site.command("check", "--format", "github").out.splitlines()


def codes(found: list[dict[str, Any]], severity: str) -> list[str]:
    return [record["code"] for record in found if record["severity"] == severity]


# What a build says


def test_it_says_what_the_build_says(make_site: MakeSite) -> None:
    site = make_site(WRONG)
    checked, built = site.command("check"), site.command("build")
    assert checked.code == built.code == 1
    said = [line for line in built.err.splitlines() if line.endswith("]")]
    assert checked.out.splitlines()[: len(said)] == said
    assert "errors: 2, warnings: 1, not translated: 0" in checked.out.splitlines()[-1]


def test_what_needs_rendering_is_found_too(make_site: MakeSite) -> None:
    site = make_site(FINE | {"templates/day.html": "{{ page.nothing }}"})
    assert codes(records(site), "error") == ["template-error"]


def test_warnings_and_notices_fail_only_when_asked_to(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article("topics: [nowhere]")})
    assert site.command("check").code == 0
    assert codes(records(site), "warning") == ["unknown-topics"]
    outcome = site.command("check", "--strict")
    assert outcome.code == 1
    assert "warnings: 0" in outcome.out
    found = records(site, "--strict")
    assert codes(found, "error") == ["unknown-topics"]
    # That there is no base_url is no mistake.
    assert codes(found, "notice") == ["notice"]
    assert "base_url" in found[-1]["message"]


@pytest.mark.parametrize("arguments", [(), ("--strict",)])
def test_translations_never_fail(make_site: MakeSite, arguments: tuple[str, ...]) -> None:
    outcome = make_site(FINE, ENGLISH).command("check", *arguments)
    assert outcome.code == 0
    assert "no-translation" in outcome.out


def test_nothing_of_the_site_is_written(make_site: MakeSite) -> None:
    site = make_site(FINE)
    assert site.command("check").code == 0
    assert not site.output.exists()
    site.command("build")
    before = site.state()
    site.write("content/articles/b.md", article(title="Another"))
    site.write("content/articles/a.md", article(body="Changed."))
    assert site.command("check").code == 0
    assert site.state() == before
    assert site.command("build").code == 0
    assert "Another" in site.page("")
    assert "Changed." in site.page("2025/12/10/a/")


def test_it_finds_the_same_after_a_build(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article("topics: [nowhere]")}, ENGLISH)
    before = records(site)
    site.command("build")
    assert records(site) == before
    # One body is edited: what a build does the short way.
    site.write("content/articles/a.md", article("topics: [nowhere]", body="More."))
    assert records(site) == before
    site.write("content/articles/a.md", article("topics: [nowhere]", body="[[nothing]]"))
    assert codes(records(site), "error") == ["unknown-link"]


def test_a_broken_configuration_is_said_in_every_format(make_site: MakeSite) -> None:
    site = make_site(FINE, '[site]\ntitle = "T"\nlanguages = ["vi", "xx"]\n')
    assert site.command("check").code == 1
    (found,) = records(site)
    assert (found["path"], found["line"], found["code"]) == ("bulletin.toml", 3, "unknown-language")
    assert commands(site)[0].startswith("::error file=bulletin.toml,line=3,col=")


def test_without_a_project_it_is_wrong_usage(make_site: MakeSite) -> None:
    site = make_site(FINE)
    site.remove("bulletin.toml")
    assert site.command("check").code == 2


def test_many_of_a_kind_are_cut_in_the_text_alone(make_site: MakeSite) -> None:
    files = {f"content/articles/a{n}.md": article(title=f"T{n}") for n in range(25)}
    site = make_site(files, ENGLISH)
    text = site.command("check").out
    assert text.count(" notice: ") == 20
    assert "… and 5 more of the kind [no-translation]" in text
    assert codes(records(site), "notice").count("no-translation") == 25


# What lacks a translation


def gaps(site: Site) -> dict[str, str]:
    """Message and hint of what is not translated, by path and code."""
    return {
        f"{record['path']} {record['code']}": f"{record['message']} — {record['hint']}"
        for record in records(site)
        if record["code"].startswith("no-translat")
    }


MIXED = {
    "content/articles/done.md": article(title="Done"),
    "content/articles/done.vi.md": "---\ntitle: Xong\n---\n",
    "content/articles/open.md": article(title="Open"),
    "content/articles/begun.md": article(title="Begun"),
    "content/articles/begun.vi.md": "---\ntitle: Dở dang\ndraft: true\n---\n",
    "content/articles/draft.md": article("draft: true", title="Draft"),
    "content/articles/later.md": article(
        "published: 2026-02-01", "topics: [trade]", title="Later", date="2026-01-10"
    ),
    "content/pages/about.md": "---\ntitle: About\n---\nText.\n",
    "content/topics/trade.md": entry("Trade"),
    "content/topics/culture.md": entry("Culture", "vi: {name: Văn hóa}"),
    "content/places/hue.md": entry("Hue"),
    "content/places/hue.vi.md": "---\ntitle: Huế\n---\n",
    "content/organisations/secret.md": entry("Secret", "draft: true"),
    "content/officials/an.md": entry(
        "An",
        "memberships:",
        "- {role: Chair, as_of: [2025-01-01]}",
        "- {role: Member, as_of: [2024-01-01], vi: {role: Ủy viên}}",
    ),
}


def test_what_lacks_a_translation(make_site: MakeSite) -> None:
    found = gaps(make_site(MIXED, ENGLISH))
    assert list(found) == [
        "content/articles/begun.md no-translation",
        "content/articles/later.md no-translation",
        "content/articles/open.md no-translation",
        "content/pages/about.md no-translation",
        "content/topics/trade.md no-translated-name",
        "content/officials/an.md no-translated-role",
    ]
    said = list(found.values())
    assert said[0].endswith("content/articles/begun.vi.md is still a draft")
    assert said[2] == (
        "“Open” has no translation into “vi” — write it in content/articles/open.vi.md"
    )
    assert said[4] == "“Trade” has no name in “vi” — add to the file: vi: {name: …}"
    assert "“Chair” of An" in said[5]


def test_the_text_has_them_by_language_after_the_problems(make_site: MakeSite) -> None:
    site = make_site(MIXED | WRONG, ENGLISH)
    lines = site.command("check").out.splitlines()
    heading = next(n for n, line in enumerate(lines) if line.startswith("Not translated"))
    assert lines[heading] == "Not translated into the language “Vietnamese”: 7"
    assert not any(": notice: " in line for line in lines[:heading])
    assert all(": notice: " in line for line in lines[heading + 1 : -1])


def test_what_is_said_can_be_done(make_site: MakeSite) -> None:
    """A site that does as it is told lacks nothing."""
    site = make_site(MIXED, ENGLISH)
    for name in ("open", "begun", "later"):
        site.write(f"content/articles/{name}.vi.md", "---\ntitle: Bài\n---\n")
    site.write("content/pages/about.vi.md", "---\ntitle: Giới thiệu\n---\n")
    site.write("content/topics/trade.md", entry("Trade", "vi: {name: Thương mại}"))
    role = "- {role: Chair, as_of: [2025-01-01], vi: {role: Chủ tịch}}"
    site.write("content/officials/an.md", entry("An", "memberships:", role))
    assert gaps(site) == {}


def test_a_site_of_one_language_lacks_nothing(make_site: MakeSite) -> None:
    assert gaps(make_site(FINE)) == {}


def test_it_speaks_the_language_of_the_site(make_site: MakeSite) -> None:
    outcome = make_site(FINE, BILINGUAL).command("check")
    assert outcome.code == 0
    assert "“Tiếng Anh”" in outcome.out


# Programs


def test_a_record_says_all_of_a_problem(make_site: MakeSite) -> None:
    site = make_site({"content/articles/b.md": article("official: x")})
    found = records(site)[0]
    assert list(found) == ["path", "line", "column", "severity", "code", "message", "hint"]
    assert found["path"] == "content/articles/b.md"
    assert (found["line"], found["column"]) == (4, 1)
    assert (found["severity"], found["code"]) == ("error", "unknown-key")
    assert "officials" in found["hint"]


def test_json_is_an_empty_list_where_nothing_is_to_be_said(make_site: MakeSite) -> None:
    toml = '[site]\ntitle = "T"\nbase_url = "https://example.org/"\n'
    assert records(make_site(FINE, toml)) == []


NASTY = '"100%: a,b\\r\\n::error file=x::boo — ễ"'


def test_json_keeps_every_character(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article(f"topics: [{NASTY}]")})
    message = records(site)[0]["message"]
    assert "100%: a,b" in message
    assert "::error file=x::boo — ễ" in message


def test_commands_of_github_lead_to_the_line(make_site: MakeSite) -> None:
    files = {
        "content/articles/50%, a.md": article("topics: [nowhere]"),
        "content/articles/b.md": article("kind: 100%"),
    }
    site = make_site(files)
    first, second = commands(site)
    assert first.startswith("::error file=content/articles/b.md,line=4,col=7::“kind”")
    assert "100%25" in first
    assert second.startswith("::warning file=content/articles/50%25%2C a.md,line=4,col=")
    assert second.endswith("[unknown-topics]")
    site.remove("content/articles/b.md")
    _, notice = commands(site)
    assert notice.startswith("::notice file=bulletin.toml,line=1,col=1::")


def test_no_text_ends_a_command_of_github_or_begins_another() -> None:
    values = {"value": "%0A\r\n::error file=x::boo"}
    problem = Problem(Place("a:b,c%\n.md"), "some-code", "{value}", "{value}", values)
    (command,) = as_commands(Checked(Report((problem,)), ()), Translator("en"))
    escaped = "%250A%0D%0A::error file=x::boo"
    assert command == (
        "::error file=a%3Ab%2Cc%25%0A.md,line=1,col=1::" + f"{escaped} — {escaped} [some-code]"
    )


def test_an_unknown_format_is_wrong_usage(make_site: MakeSite) -> None:
    assert make_site(FINE).command("check", "--format", "xml").code == 2


# What takes long


def test_pictures_are_looked_at_and_not_made(make_site: MakeSite) -> None:
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    files = {
        "content/articles/a.md": article("image: {src: p.svg, alt: P}"),
        "content/media/p.svg": drawing,
    }
    site = make_site(files)
    assert site.command("check").code == 0
    assert not (site.root / ".bulletin/pictures").exists()
    site.write("content/media/p.svg", "no picture at all")
    assert site.command("check").code == 1
    assert codes(records(site), "error") != []
