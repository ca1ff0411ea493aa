"""What times publishing: that it is a site that is published, and that all of it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import publishing
from benchmarks.sent_site import SentSite
from benchmarks.sent_to import Server
from generator.site_files import built_files


@pytest.fixture
def site(tmp_path: Path) -> SentSite:
    return SentSite(tmp_path / "project", 20, 500)


@pytest.fixture(autouse=True)
def _the_environment_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOME", "PYTHONPATH", "BULLETIN_LIVE_PASSWORD", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path))


def test_the_site_counts_as_built_and_an_edit_changes_one_file(site: SentSite) -> None:
    before = built_files(site.project, site.output)
    assert len(before) == 20
    assert {file.size for file in before.values()} == {500}
    assert all(file.read() for file in before.values())
    site.edit()
    after = built_files(site.project, site.output)
    assert sum(before[path].digest != after[path].digest for path in before) == 1
    assert all(file.read() for file in after.values())


def test_a_program_that_leaves_something_out_is_found_out(
    site: SentSite, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Server("nowhere", {}, {"true": lambda _site, _name: ["true"]}, lambda _name: {})
    wrong = publishing.compare(server, site, 1)
    assert len(wrong) == 20
    assert "nowhere, true: index.html" in wrong
    assert capsys.readouterr().out.startswith("| nowhere | true | ")


def test_programs_publish_by_turns(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--files", "12", "--size", "300", "--runs", "1", "--articles", "3"]
    assert publishing.main([*small, "--servers", "folder,ftp"]) == 0
    printed = capsys.readouterr().out
    assert "12 files of 300 bytes in 5 folders" in printed
    assert "| folder | Bulletin | " in printed
    assert "to a folder, nothing changed: with the build " in printed
    assert "0 files are not as in the site" in printed
