"""`bulletin publish`, as an editor runs it, to a folder of this disk."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.build import build
from generator.remote import STATE
from generator.reports import Options, Report
from tests.conftest import MakeSite
from tests.sites import Site, article, entry

BASE = '[site]\ntitle = "Bulletin"\nlanguage = "en"\n'
DISK = f'{BASE}[publish.disk]\nurl = "file:../www"\n'
IN_PLACE = f"{DISK}releases = false\n"
CONTENT = {f"content/articles/{letter}.md": article(title=f"About {letter}") for letter in "abc"}


class Terminal(io.StringIO):
    """Somebody who sits there and types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CONTENT, toml=IN_PLACE)


def public(site: Site) -> dict[str, bytes]:
    """What is at the target, without what publishing keeps there for itself."""
    root = site.root.parent / "www"
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {
        path: file.read_bytes() for path, file in files.items() if not path.startswith(f"{STATE}/")
    }


def built(site: Site) -> dict[str, bytes]:
    files = (path for path in site.output.rglob("*") if path.is_file())
    return {path.relative_to(site.output).as_posix(): path.read_bytes() for path in files}


def test_the_built_site_is_published(site: Site) -> None:
    outcome = site.command("publish")
    assert (outcome.code, outcome.err) == (0, "")
    assert public(site) == built(site)
    assert "2025/12/10/a/index.html" in public(site)
    first, second = outcome.out.splitlines()
    assert first.startswith("To send: ")
    assert second.startswith("Published to file:../www: sent ")


def test_nothing_new_is_said_to_be_nothing(site: Site) -> None:
    site.command("publish")
    assert site.command("publish").out == "Nothing to publish: file:../www is up to date.\n"


def test_only_what_changed_is_sent_and_what_is_gone_is_removed(site: Site) -> None:
    site.command("publish")
    site.write("content/articles/a.md", article(title="About a", body="New."))
    outcome = site.command("publish", "--verbose")
    assert "+ 2025/12/10/a/index.html" in outcome.out.splitlines()
    assert "+ 2025/12/10/b/index.html" not in outcome.out
    (site.root / "content/articles/c.md").unlink()
    outcome = site.command("publish", "--verbose")
    assert "- 2025/12/10/c/index.html" in outcome.out.splitlines()
    assert public(site) == built(site)


def test_a_dry_run_lists_all_and_does_nothing(site: Site) -> None:
    outcome = site.command("publish", "--dry-run")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines.index("new pages:") < lines.index("home:") < len(lines) - 1
    assert any(line.startswith("  2025/12/10/a/index.html  ") for line in lines)
    assert lines[-1].startswith("To send: ")
    assert not (site.root.parent / "www").exists()


def test_errors_stop_it(site: Site) -> None:
    site.command("publish")
    before = public(site)
    site.write("content/articles/d.md", article(body="[[nobody]]"))
    outcome = site.command("publish")
    assert outcome.code == 1
    assert outcome.errors
    assert outcome.err.splitlines()[-1] == "Nothing was published."
    assert public(site) == before


def test_warnings_are_listed_and_stop_it_only_when_asked_to(site: Site) -> None:
    site.write("content/articles/a.md", article("officials: [An]"))
    outcome = site.command("publish", "--strict")
    assert (outcome.code, len(outcome.errors)) == (1, 1)
    outcome = site.command("publish")
    assert (outcome.code, len(outcome.warnings)) == (0, 1)


def test_a_link_to_a_search_that_was_not_made_stops_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.pagefind.version", lambda: "")
    site.write("content/articles/a.md", article(body="[Search](/search/)"))
    assert len(site.command("build").warnings) == 1
    outcome = site.command("publish")
    assert outcome.code == 1
    assert "[link-to-no-search]" in outcome.errors[0]


def test_drafts_and_what_is_not_due_stay_at_home(site: Site) -> None:
    site.write("content/articles/d.md", article("draft: true", title="Secret"))
    site.write("content/articles/e.md", article("published: 2030-01-01", title="Later"))
    assert site.command("build", "--drafts", "--future").code == 0
    assert site.command("publish").code == 0
    assert not [
        path for path, data in public(site).items() if b"Secret" in data or b"Later" in data
    ]


def test_only_a_folder_can_do_without_an_address(make_site: MakeSite) -> None:
    toml = f'{BASE}[publish.far]\nurl = "sftp://127.0.0.1:1/www"\n'
    outcome = make_site(CONTENT, toml=toml).command("publish")
    assert outcome.code == 1
    assert "[missing-base-url]" in outcome.errors[0]


def test_a_host_that_is_not_there_is_told_in_one_line(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator.retrying import Patience

    monkeypatch.setattr("generator.publish.Patience", lambda **_: Patience(pauses=()))
    base = BASE + 'base_url = "https://example.vn/"\n'
    for url in ("sftp://127.0.0.1:1/www", "ftp://127.0.0.1:1/www"):
        outcome = make_site(CONTENT, toml=f'{base}[publish.far]\nurl = "{url}"\n').command(
            "publish"
        )
        assert outcome.code == 3
        assert "127.0.0.1" in outcome.err
        assert len(outcome.err.splitlines()) == 1


# Which target


def test_without_a_target_one_is_told_how_to_write_it(make_site: MakeSite) -> None:
    outcome = make_site(CONTENT).command("publish")
    assert outcome.code == 2
    assert "bulletin.toml names no target" in outcome.err
    assert "[publish.live]" in outcome.err


def test_the_named_target_or_the_default_is_taken(make_site: MakeSite) -> None:
    two = f'{DISK}[publish.other]\nurl = "file:../other"\n'
    site = make_site(CONTENT, toml=two)
    outcome = site.command("publish")
    assert (outcome.code, outcome.err.count("disk, other")) == (2, 1)
    outcome = site.command("publish", "othr")
    assert (outcome.code, outcome.err) == (
        2,
        "there is no target “othr” — did you mean “other”?\n",
    )
    assert site.command("publish", "other").code == 0
    assert (site.root.parent / "other" / "index.html").is_file()
    site.write("bulletin.toml", f"{two}default = true\nreleases = false\n")
    assert "file:../other is up to date" in site.command("publish").out


# What is asked


def test_files_of_others_are_not_replaced_without_a_yes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site.root.parent / "www"
    root.mkdir()
    (root / "index.html").write_text("theirs")
    (root / "theirs.html").write_text("theirs")
    outcome = site.command("publish")
    assert outcome.code == 3
    assert "index.html" in outcome.err
    assert "bulletin publish --yes" in outcome.err
    assert (root / "index.html").read_text() == "theirs"
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert site.command("publish").code == 3
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert site.command("publish").code == 0
    assert (root / "theirs.html").read_text() == "theirs"
    assert b"<html" in (root / "index.html").read_bytes()


def test_removing_much_is_asked_for(site: Site) -> None:
    many = [f"t{number}" for number in range(40)]
    for topic in many:
        site.write(f"content/topics/{topic}.md", entry(topic))
    site.write("content/articles/a.md", article(f"topics: [{', '.join(many)}]"))
    site.command("publish")
    site.write("content/articles/a.md", article())
    for topic in many:
        (site.root / f"content/topics/{topic}.md").unlink()
    outcome = site.command("publish")
    assert outcome.code == 3
    assert "would be removed" in outcome.err
    assert outcome.err.count("\n  topics/") == 20
    assert "topics/t5/index.html" in public(site)
    assert site.command("publish", "--yes").code == 0
    assert "topics/t5/index.html" not in public(site)


def test_another_site_is_not_replaced_without_a_yes(make_site: MakeSite) -> None:
    make_site(CONTENT, toml=IN_PLACE).command("publish")
    other = make_site(CONTENT, toml=IN_PLACE.replace("Bulletin", "Another"))
    outcome = other.command("publish")
    assert outcome.code == 3
    assert "Another site was published there: “bulletin”" in outcome.err
    assert other.command("publish", "--yes").code == 0


def test_a_dry_run_says_what_would_be_asked(site: Site) -> None:
    root = site.root.parent / "www"
    root.mkdir()
    (root / "index.html").write_text("theirs")
    outcome = site.command("publish", "--dry-run")
    assert outcome.code == 0
    assert "would be replaced: 1\n  index.html" in outcome.err


def test_a_dry_run_is_no_way_to_go_back(site: Site) -> None:
    assert site.command("publish", "--rollback", "--dry-run").code == 2


def test_who_stops_listening_stops_nothing(site: Site) -> None:
    command = [sys.executable, "-m", "generator", "publish", "--verbose"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(
        command, cwd=site.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
    assert process.returncode == 0
    assert public(site) == built(site)


# Files for the server


def test_extra_files_are_published_as_they_are(site: Site) -> None:
    site.write("bulletin.toml", f'{IN_PLACE}extra = "server"\n')
    outcome = site.command("publish")
    assert outcome.code == 1
    assert "[no-extra-folder]" in outcome.errors[0]
    site.write("server/.htaccess", "Options -Indexes\n")
    assert site.command("publish").code == 0
    assert public(site)[".htaccess"] == b"Options -Indexes\n"
    site.write("server/index.html", "mine")
    outcome = site.command("publish")
    assert outcome.code == 1
    assert "bulletin.toml:4:1: “index.html” is a file of the site, too" in outcome.err


# Releases


def test_a_folder_of_releases_goes_back(make_site: MakeSite) -> None:
    site = make_site(CONTENT, toml=DISK)
    site.command("publish")
    before = public(site)
    site.write("content/articles/a.md", article(title="Wrong"))
    site.command("publish")
    link = site.root.parent / "www"
    assert link.is_symlink()
    assert public(site) != before
    outcome = site.command("publish", "--rollback")
    assert (outcome.code, outcome.err) == (0, "")
    assert link.resolve().name in outcome.out
    assert public(site) == before
    outcome = site.command("publish", "--rollback")
    assert (outcome.code, outcome.err) == (3, "there is no older release to go back to\n")


def test_a_folder_in_place_cannot_go_back(site: Site) -> None:
    site.command("publish")
    outcome = site.command("publish", "--rollback")
    assert outcome.code == 3
    assert "keeps no releases" in outcome.err


def test_there_may_be_no_lock_to_take_away(site: Site) -> None:
    assert site.command("publish", "--unlock").out == "There was no lock.\n"


# A command of one's own


def test_a_command_gets_the_folder(make_site: MakeSite, tmp_path: Path) -> None:
    copy = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"
    words = [sys.executable, "-c", copy, "{site}", str(tmp_path / "copy")]
    toml = f'{BASE}base_url = "https://example.vn/"\n[publish.own]\ncommand = {words}\n'
    site = make_site(CONTENT, toml=toml)
    out = site.command("publish", "--dry-run").out
    assert str(site.output) in out
    assert "copytree" not in out, "any word may be a password"
    assert not (tmp_path / "copy").exists()
    outcome = site.command("publish")
    assert outcome.code == 0
    assert (tmp_path / "copy" / "index.html").is_file()
    assert site.command("publish").code == 3, "the folder is there already"


def test_a_secret_in_the_configuration_stops_every_command(make_site: MakeSite) -> None:
    toml = f'{BASE}[publish.live]\nurl = "sftp://lan:S3cret@example.vn/www"\n'
    for command in ("build", "publish"):
        outcome = make_site(CONTENT, toml=toml).command(command)
        assert outcome.code == 1
        assert "[secret-in-configuration]" in outcome.err
        assert "S3cret" not in outcome.err + outcome.out


def test_what_somebody_has_damaged_there_is_sent_again_when_asked_for(site: Site) -> None:
    site.command("publish")
    page = site.root.parent / "www" / "index.html"
    page.write_text("damaged")
    assert "up to date" in site.command("publish").out
    assert site.command("publish", "--all").code == 0
    assert public(site) == built(site)
    assert "up to date" in site.command("publish").out


def test_a_command_has_no_way_back(make_site: MakeSite) -> None:
    toml = f'{BASE}base_url = "https://example.vn/"\n[publish.own]\ncommand = ["true"]\n'
    for option in ("--rollback", "--unlock"):
        outcome = make_site(CONTENT, toml=toml).command("publish", option)
        assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)


# What must not be published, and where to


@pytest.mark.parametrize(
    ("folder", "own"),
    [
        ("site", "site"),
        (".", "content"),
        ("..", "content"),
        ("content/x", "content"),
        ("site/x/y", "site"),
        (".bulletin", ".bulletin"),
        ("link/x", "content"),
        ("server", "server"),
    ],
)
def test_a_target_keeps_out_of_what_the_site_is_made_of(site: Site, folder: str, own: str) -> None:
    (site.root / "link").symlink_to("content")
    site.write("server/.htaccess", "x")
    toml = f'{BASE}[publish.disk]\nurl = "file:{folder}"\nreleases = false\nextra = "server"\n'
    site.write("bulletin.toml", toml)
    before = sorted(site.root.rglob("*.*"))
    outcome = site.command("publish", "--yes")
    assert outcome.code == 1
    (error,) = outcome.errors
    assert error.startswith("bulletin.toml:4:1: ")
    assert error.endswith(
        f": {own} — publish to a folder of its own, for example file:../www [target-in-the-way]"
    )
    assert not (site.root / ".bulletin" / "manifest.json.gz").exists()
    assert set(site.root.rglob("*.md")) == {path for path in before if path.suffix == ".md"}


def test_a_folder_beside_the_content_can_be_published_to(site: Site) -> None:
    site.write("bulletin.toml", f'{BASE}[publish.disk]\nurl = "file:public"\n')
    assert site.command("publish").code == 0
    assert site.command("publish").out.startswith("Nothing to publish")


@pytest.mark.parametrize(
    "folder",
    [".", "content", "content/media", "site", ".bulletin", ".git/x", "../other", "link",
     "server/../content", "themes", "{root}/server"],
)  # fmt: skip
def test_what_the_site_is_made_of_is_no_extra_folder(site: Site, folder: str) -> None:
    (site.root / "link").symlink_to("content")
    folder = folder.format(root=site.root.as_posix())
    for made in (site.root / folder, site.root / "server"):
        made.mkdir(parents=True, exist_ok=True)
    site.write("bulletin.toml", f'{IN_PLACE}extra = "{folder}"\n')
    outcome = site.command("publish")
    assert outcome.code == 1
    (error,) = outcome.errors
    assert error.startswith("bulletin.toml:4:1: ")
    assert "[bad-extra-folder]" in error
    assert not (site.root.parent / "www").exists()


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        (".bulletin/lock.json", "extra-in-the-way", "what publishing keeps there for itself"),
        (".Bulletin/lock.json", "extra-in-the-way", "what publishing keeps there for itself"),
        ("INDEX.html", "extra-in-the-way", "“INDEX.html” is a file of the site, too"),
        ("index.html/x", "extra-in-the-way", "needs the place of a file or folder"),
        ("2025", "extra-in-the-way", "needs the place of a file or folder"),
        ("a\\b.txt", "bad-file-name", "no file can be published as “a\\b.txt”"),
        ("C:x", "bad-file-name", "“C:x”"),
        ("a\nb", "bad-file-name", "“a b”"),
        (os.fsdecode(b"caf\xe9.txt"), "bad-file-name", "“caf?.txt”"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="not every disk takes these names")
def test_extra_files_that_cannot_be_published(site: Site, path: str, code: str, said: str) -> None:
    site.write("bulletin.toml", f'{IN_PLACE}extra = "server"\n')
    site.write(f"server/{path}", "x")
    outcome = site.command("publish")
    assert outcome.code == 1
    (error,) = outcome.errors
    assert said in error
    assert error.endswith(f"[{code}]")
    assert not (site.root.parent / "www").exists()


def test_links_lead_out_of_no_extra_folder(site: Site) -> None:
    site.write("bulletin.toml", f'{IN_PLACE}extra = "server"\n')
    site.write("server/robots.txt.old", "x")
    (site.root / "server/same.txt").symlink_to("robots.txt.old")
    assert site.command("publish").code == 0
    assert public(site)["same.txt"] == b"x"
    for name, target in (
        ("all", "."),
        ("drafts", "../content"),
        ("draft.md", "../content/articles/a.md"),
        ("gone", "nowhere"),
    ):
        (site.root / "server" / name).symlink_to(target)
    outcome = site.command("publish")
    assert outcome.code == 1
    assert len(outcome.errors) == 4
    assert all("[bad-extra-folder]" in error for error in outcome.errors)


def test_a_build_with_drafts_in_between_is_not_published(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator import publishing

    site.write("content/articles/d.md", article("draft: true", title="Secret"))

    def build_and_be_late(options: Options, *more: Any) -> Report:
        report = build(options, *more)
        monkeypatch.undo()
        assert site.command("build", "--drafts").code == 0
        return report

    monkeypatch.setattr(publishing, "build", build_and_be_late)
    outcome = site.command("publish")
    assert (outcome.code, outcome.err.count("publish again")) == (3, 1)
    assert not (site.root.parent / "www").exists()
    assert site.command("publish").code == 0
    assert not [path for path, data in public(site).items() if b"Secret" in data]
