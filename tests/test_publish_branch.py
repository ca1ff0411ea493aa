"""Publishing to a branch of a Git repository, with the real program and repositories of this
disk."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from generator.branch_files import branch_files
from generator.changes import compare
from generator.deployed import MANIFEST, Deployed
from generator.destination import Hearing, Order, Outcome, Seen
from generator.git_branch import GitBranch
from generator.git_copy import blob_id
from generator.problems import Place
from generator.publish_targets import Branch, Target
from generator.remote_errors import Dropped, TargetError
from generator.retrying import Patience
from generator.site_files import LocalFile, extra_files
from tests.sites import TOML

MADE = dt.datetime(2026, 1, 15, 7, 30, tzinfo=dt.UTC)
SITE = {"index.html": "home", "2025/12/họp/index.html": "a page", "static/style.css": "p {}"}
OURS = {".nojekyll", MANIFEST}


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git, with the settings of nobody."""
    if shutil.which("git") is None:
        message = "no git: install it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [*os.environ]:
        if name.startswith("GIT_") and name != "GIT_CONFIG_NOSYSTEM":
            monkeypatch.delenv(name)


def run(folder: Path, *words: str, code: int | None = 0) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Ai", "-c", "user.email=ai@example.org", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stderr
    return done.stdout


class NoSecret:
    def secret(self, purpose: str, ask: bool = True) -> str | None:
        return None


class Secret:
    def __init__(self, value: str) -> None:
        self.value = value

    def secret(self, purpose: str, ask: bool = True) -> str | None:
        return self.value


class Office:
    """A project that publishes to a branch, and what it has heard."""

    def __init__(self, folder: Path, repository: str, cname: str = "") -> None:
        self.folder = folder
        self.kind = Branch(repository, "gh-pages", cname)
        self.credentials: NoSecret | Secret = NoSecret()
        self.patience = Patience(pauses=(), timeout=30)
        self.heard: list[str] = []
        self.made = MADE
        folder.mkdir(parents=True, exist_ok=True)

    def place(self) -> GitBranch:
        target = Target("pages", Place("bulletin.toml"), "git:there", self.kind, False, "", "")
        return GitBranch(target, self.kind, self.folder, self.credentials, self.patience)

    def files(self, texts: Mapping[str, str | bytes]) -> dict[str, LocalFile]:
        shutil.rmtree(self.folder / "site", ignore_errors=True)
        for path, text in texts.items():
            file = self.folder / "site" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return {
            **branch_files(self.folder, "pages", self.kind),
            **extra_files(self.folder / "site"),
        }

    def hearing(self) -> Hearing:
        return Hearing(
            on_begin=lambda _changes: self.heard.append("begin"),
            on_step=lambda title, _seen: self.heard.append(title),
            on_sent=lambda file: self.heard.append(f"+{file.path}"),
            on_deleted=lambda path: self.heard.append(f"-{path}"),
            on_note=lambda text, _values: self.heard.append(text),
        )

    def look(self, texts: Mapping[str, str | bytes] = SITE) -> Deployed:
        return asyncio.run(self.place().look(self.files(texts)))

    def order(self, files: Mapping[str, LocalFile], deployed: Deployed) -> Order:
        return Order("ban-tin", self.made, files, compare(files, deployed))

    async def send(self, place: GitBranch, texts: Mapping[str, str | bytes]) -> Outcome:
        files = self.files(texts)
        return await place.send(self.order(files, await place.look(files)), self.hearing())

    def publish(self, texts: Mapping[str, str | bytes] = SITE) -> Outcome:
        """One run of the command."""
        return asyncio.run(self.send(self.place(), texts))

    def rollback(self) -> str:
        return asyncio.run(self.place().rollback(self.hearing()))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "there.git"
    run(tmp_path, "init", "-q", "--bare", str(folder))
    run(folder, "config", "uploadpack.allowFilter", "true")
    return folder


@pytest.fixture
def office(tmp_path: Path, bare: Path) -> Office:
    return Office(tmp_path / "project", str(bare))


def paths(bare: Path) -> list[str]:
    """The files of the branch."""
    listed = run(bare, "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")
    return [path for path in listed if path]


def content(bare: Path) -> dict[str, str]:
    """The files of the branch with their texts; the manifest without what is in it."""
    return {
        path: "" if path == MANIFEST else run(bare, "show", f"gh-pages:{path}")
        for path in paths(bare)
    }


def commits(bare: Path) -> list[str]:
    return run(bare, "log", "--format=%s", "gh-pages").splitlines()


def somebody(bare: Path, tmp_path: Path, changes: Mapping[str, str | None]) -> None:
    """Another commit in the branch, by hand."""
    work = tmp_path / "by-hand"
    shutil.rmtree(work, ignore_errors=True)
    run(tmp_path, "clone", "-q", str(bare), str(work))
    run(work, "checkout", "-q", "-B", "gh-pages", *_start(bare))
    for path, text in changes.items():
        if text is None:
            (work / path).unlink()
        else:
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, "utf-8")
    run(work, "add", "-A", "-f")
    run(work, "commit", "-q", "-m", "By hand")
    run(work, "push", "-q", "origin", "gh-pages")


def empty_commits(bare: Path, count: int) -> None:
    """So many commits of somebody who changes nothing."""
    commit = "".join(
        f"commit refs/heads/gh-pages\ncommitter Ai <ai@example.org> 0 +0000\ndata 0\n{start}\n"
        for start in ["from refs/heads/gh-pages^0", *[""] * (count - 1)]
    )
    subprocess.run(["git", "fast-import", "--quiet"], input=commit.encode(), cwd=bare, check=True)


def _start(bare: Path) -> list[str]:
    return ["origin/gh-pages"] if run(bare, "branch", "--list", "gh-pages") else []


class TestPublishing:
    def test_an_empty_repository_gets_a_first_commit(self, office: Office, bare: Path) -> None:
        assert office.look() == Deployed()
        assert office.publish() == Outcome(Seen.NEW)
        assert content(bare) == {**SITE, ".nojekyll": "", MANIFEST: ""}
        assert run(bare, "rev-list", "--parents", "gh-pages").split() == [
            run(bare, "rev-parse", "gh-pages").strip()
        ]

    def test_the_next_has_only_what_differs(self, office: Office, bare: Path) -> None:
        office.publish()
        office.heard.clear()
        new = {**SITE, "index.html": "new home", "new.txt": "new"}
        del new["static/style.css"]
        assert office.publish(new).done
        assert [line for line in office.heard if line[0] in "+-"] == [
            "-static/style.css", "+new.txt", "+index.html"
        ]  # fmt: skip
        assert office.heard[:3] == ["begin", "packing", "the push"]
        assert content(bare) == {**new, ".nojekyll": "", MANIFEST: ""}
        assert commits(bare) == [
            "Publish 2026-01-15 07:30 UTC (2 files sent, 1 removed)",
            "Publish 2026-01-15 07:30 UTC (4 files sent, 0 removed)",
        ]

    def test_a_look_knows_what_is_there(self, office: Office) -> None:
        office.publish()
        deployed = office.look()
        assert deployed.known
        assert deployed.site == "ban-tin"
        assert not compare(office.files(SITE), deployed)

    def test_another_machine_knows_it_too(self, office: Office, bare: Path, tmp_path: Path) -> None:
        office.publish()
        other = Office(tmp_path / "other", str(bare))
        assert other.look() == office.look()
        assert other.publish({**SITE, "index.html": "other"}).done
        assert office.publish({**SITE, "index.html": "ours"}).done
        assert content(bare)["index.html"] == "ours"
        assert len(commits(bare)) == 3

    def test_other_machines_do_not_get_all_files(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        office.publish({**SITE, "film.mp4": os.urandom(2_500_000)})
        other = Office(tmp_path / "other", str(bare))
        other.publish({**SITE, "index.html": "x", "film.mp4": b"short"})
        kept = (other.folder / ".bulletin").rglob("*")
        assert sum(path.stat().st_size for path in kept if path.is_file()) < 500_000

    def test_a_server_that_only_gives_all(self, office: Office, bare: Path, tmp_path: Path) -> None:
        run(bare, "config", "uploadpack.allowFilter", "false")
        office.publish()
        other = Office(tmp_path / "other", str(bare))
        assert other.publish({**SITE, "index.html": "other"}).done
        assert other.rollback()
        assert content(bare)["index.html"] == "home"

    def test_bytes_stay_as_they_are(
        self, office: Office, bare: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = Path(os.environ["HOME"]) / ".gitconfig"
        config.write_text("[core]\n\tautocrlf = true\n\tsafecrlf = true\n\tquotePath = true\n")
        texts = {"index.html": b"a\r\nb\nc\r", ".gitattributes": b"* text=auto eol=crlf\n"}
        odd = {'a "b" č.txt': b"\0\1\2", "big.bin": os.urandom(2_500_000)}
        assert office.publish({**texts, **odd}).done
        for path, data in (texts | odd).items():
            shown = subprocess.run(
                ["git", "show", f"gh-pages:{path}"], cwd=bare, capture_output=True, check=True
            )
            assert shown.stdout == data
        assert not compare(office.files({**texts, **odd}), office.look({**texts, **odd}))

    def test_who_publishes_and_when(self, office: Office, bare: Path) -> None:
        office.publish()
        form = "--format=%an <%ae> %cn <%ce> %aI %cI"
        ours = "Bulletin <bulletin@localhost>"
        moment = "2026-01-15T07:30:00+00:00"
        assert (
            run(bare, "log", "-1", form, "gh-pages").strip() == f"{ours} {ours} {moment} {moment}"
        )
        (Path(os.environ["HOME"]) / ".gitconfig").write_text(
            "[user]\n\tname = Ngô Ai\n\temail = ai@example.org\n", "utf-8"
        )
        office.publish({"index.html": "x"})
        assert run(bare, "log", "-1", "--format=%an <%ae>", "gh-pages").strip() == (
            "Ngô Ai <ai@example.org>"
        )

    def test_nothing_of_the_project_is_touched(self, office: Office, bare: Path) -> None:
        """Not even when a hook of its repository publishes."""
        run(office.folder, "init", "-q")
        (office.folder / "a.md").write_text("a")
        run(office.folder, "add", "a.md")
        before = run(office.folder, "status", "--porcelain", "a.md")
        git_dir = office.folder / ".git"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GIT_DIR", str(git_dir))
            patch.setenv("GIT_INDEX_FILE", str(git_dir / "index"))
            assert office.publish().done
        assert run(office.folder, "status", "--porcelain", "a.md") == before
        assert run(office.folder, "for-each-ref") == ""
        assert content(bare)["index.html"] == "home"

    def test_a_copy_that_is_gone_or_damaged_is_made_anew(self, office: Office, bare: Path) -> None:
        office.publish()
        before = office.look()
        copy = office.folder / ".bulletin" / "git" / "pages" / "repository"
        shutil.rmtree(copy)
        assert office.look() == before
        for path in [*copy.rglob("objects/*/*")]:
            path.unlink()
        assert office.look() == before
        (copy / "HEAD").unlink()
        assert office.look() == before
        assert office.publish({"index.html": "x"}).done
        assert content(bare)["index.html"] == "x"

    def test_a_branch_made_anew_by_others(self, office: Office, bare: Path, tmp_path: Path) -> None:
        office.publish()
        run(bare, "branch", "-D", "gh-pages")
        assert office.look() == Deployed()
        assert office.publish().done
        assert len(commits(bare)) == 1

    def test_another_repository_under_the_same_name(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        office.publish()
        second = tmp_path / "second.git"
        run(tmp_path, "init", "-q", "--bare", str(second))
        office.kind = Branch(str(second), "gh-pages", "")
        assert office.look() == Deployed()
        assert office.publish().done
        assert content(second)["index.html"] == "home"

    def test_a_file_becomes_a_folder_and_a_folder_a_file(self, office: Office, bare: Path) -> None:
        office.publish({"a": "file", "b/c": "in a folder"})
        assert office.publish({"a/c": "in a folder", "b": "file"}).done
        assert content(bare) == {"a/c": "in a folder", "b": "file", ".nojekyll": "", MANIFEST: ""}


class TestQuestions:
    """What goes over the network, counted by a `git` that writes down what it is asked."""

    @pytest.fixture
    def asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        log = tmp_path / "asked"
        log.touch()
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        real = shutil.which("git")
        program.write_text(f'#!/bin/sh\necho "$*" >> "{log}"\nexec "{real}" "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        return log

    def network(self, log: Path) -> list[str]:
        lines = log.read_text().splitlines()
        log.write_text("")
        names = ("ls-remote", "fetch", "push", "upload-pack", "cat-file blob")
        return [name for line in lines for name in names if name in line]

    def test_where_nothing_is_new_there_is_one(self, office: Office, asked: Path) -> None:
        office.publish()
        assert self.network(asked) == ["ls-remote", "push"]
        office.look()
        assert self.network(asked) == ["ls-remote", "cat-file blob"]  # which is here


class TestForeign:
    def test_files_of_others_stay(self, office: Office, bare: Path, tmp_path: Path) -> None:
        somebody(bare, tmp_path, {"README.md": "read", "index.html": "theirs"})
        deployed = office.look()
        assert not deployed.known
        assert set(deployed.foreign) == {"README.md", "index.html"}
        assert compare(office.files(SITE), deployed).replaced.keys() == {"index.html"}
        assert office.publish().done
        assert office.publish({"index.html": "home"}).done
        assert content(bare) == {
            "index.html": "home", "README.md": "read", ".nojekyll": "", MANIFEST: ""
        }  # fmt: skip

    def test_what_others_did_after_a_publish_is_found(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        office.publish()
        empty_commits(bare, 60)
        somebody(
            bare, tmp_path, {"index.html": "theirs", "static/style.css": None, "CNAME": "a.vn\n"}
        )
        deployed = office.look()
        assert deployed.uncertain == {"index.html"}
        assert "static/style.css" not in deployed.files
        assert "2025/12/họp/index.html" in deployed.files
        changes = compare(office.files(SITE), deployed)
        assert {file.path for file in changes.files} == {"index.html", "static/style.css"}
        assert not changes.replaced
        assert office.publish().done
        assert content(bare) == {**SITE, "CNAME": "a.vn\n", ".nojekyll": "", MANIFEST: ""}
        assert not compare(office.files(SITE), office.look())

    def test_history_that_was_pressed_into_one(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        office.publish()
        alone = run(bare, "commit-tree", "gh-pages^{tree}", "-m", "All in one").strip()
        run(bare, "update-ref", "refs/heads/gh-pages", alone)
        deployed = office.look()
        assert deployed.known
        assert deployed.uncertain == {*SITE, ".nojekyll"}
        assert office.publish({"index.html": "home"}).done
        assert content(bare).keys() == {"index.html", *OURS}

    @pytest.mark.parametrize("keeps_message", [True, False])
    def test_our_newest_commit_with_something_else_in_it(
        self, office: Office, bare: Path, tmp_path: Path, keeps_message: bool
    ) -> None:
        office.publish()
        work = tmp_path / "work"
        run(tmp_path, "clone", "-q", "-b", "gh-pages", str(bare), str(work))
        (work / "index.html").write_text("theirs")
        message = ["--no-edit"] if keeps_message else ["-m", "By hand"]
        run(work, "commit", "-q", "-a", "--amend", *message)
        run(work, "push", "-q", "--force", "origin", "gh-pages")
        assert "index.html" in office.look().uncertain
        assert office.publish().done
        assert content(bare)["index.html"] == "home"

    def test_names_that_differ_in_case_alone(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        """Also where git makes no difference, as on macOS and Windows."""
        run(tmp_path, "config", "--global", "core.ignoreCase", "true")
        somebody(bare, tmp_path, {"README.md": "theirs", "Static/x.css": "theirs"})
        office.look()
        copy = office.folder / ".bulletin" / "git" / "pages" / "repository"
        run(copy, "config", "core.ignoreCase", "true")
        assert office.publish({"readme.md": "ours", "static/x.css": "ours"}).done
        assert content(bare) == {
            "README.md": "theirs", "readme.md": "ours", ".nojekyll": "", MANIFEST: "",
            "Static/x.css": "theirs", "static/x.css": "ours",
        }  # fmt: skip

    def test_the_branch_of_the_sources(self, office: Office, bare: Path, tmp_path: Path) -> None:
        somebody(bare, tmp_path, {"office/bulletin.toml": "", "office/content/a.md": "a"})
        with pytest.raises(TargetError, match="holds the sources of a bulletin"):
            office.look()

    def test_the_name_of_the_site(self, office: Office, bare: Path, tmp_path: Path) -> None:
        """GitHub's own settings put the same file there."""
        somebody(bare, tmp_path, {"CNAME": "ban-tin.example.vn\n"})
        office.kind = Branch(str(bare), "gh-pages", "ban-tin.example.vn")
        assert not compare(office.files(SITE), office.look()).replaced
        office.publish()
        assert content(bare)["CNAME"] == "ban-tin.example.vn\n"
        office.kind = Branch(str(bare), "gh-pages", "other.example.vn")
        office.publish()
        assert content(bare)["CNAME"] == "other.example.vn\n"
        office.kind = Branch(str(bare), "gh-pages", "")
        office.publish()
        assert "CNAME" not in content(bare)
        assert ".nojekyll" in content(bare)

    def test_another_name_that_somebody_gave(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        somebody(bare, tmp_path, {"CNAME": "theirs.example.vn"})
        office.publish()
        assert content(bare)["CNAME"] == "theirs.example.vn"
        office.kind = Branch(str(bare), "gh-pages", "ours.example.vn")
        assert compare(office.files(SITE), office.look()).replaced.keys() == {"CNAME"}

    @pytest.mark.parametrize(("theirs", "ours"), [("2025", "2025/a.html"), ("a/b", "a")])
    def test_a_folder_of_the_name_of_their_file(
        self, office: Office, bare: Path, tmp_path: Path, theirs: str, ours: str
    ) -> None:
        somebody(bare, tmp_path, {theirs: "theirs"})
        outcome = office.publish({ours: "ours"})
        assert outcome.seen is Seen.OLD
        assert "is in the way" in str(outcome.error)
        assert content(bare) == {theirs: "theirs"}


class TestRollback:
    def test_back_and_further_back_and_on(self, office: Office, bare: Path, tmp_path: Path) -> None:
        first, second, third = (
            {"index.html": str(number), f"{number}.txt": "x"} for number in (1, 2, 3)
        )
        for hour, texts in enumerate((first, second, third)):
            office.made = MADE + dt.timedelta(hours=hour)
            office.publish(texts)
        somebody(bare, tmp_path, {"README.md": "read"})
        with_theirs = {"README.md": "read", ".nojekyll": "", MANIFEST: ""}
        assert office.rollback().startswith("2026-01-15T08:30:00Z (")
        assert content(bare) == {**second, **with_theirs}
        assert not compare(office.files(second), office.look(second))
        assert office.rollback().startswith("2026-01-15T07:30:00Z (")
        assert content(bare) == {**first, **with_theirs}
        with pytest.raises(TargetError, match="no older release"):
            office.rollback()
        assert commits(bare)[:2] == [
            "Return to what was published 2026-01-15T07:30:00Z",
            "Return to what was published 2026-01-15T08:30:00Z",
        ]
        office.publish(third)
        assert content(bare) == {**third, **with_theirs}
        office.rollback()
        assert content(bare) == {**first, **with_theirs}

    def test_where_nothing_was_kept_here(self, office: Office, bare: Path, tmp_path: Path) -> None:
        """All it needs is at the target."""
        office.publish({"index.html": "1", "a/b.txt": "1"})
        office.publish({"index.html": "2"})
        empty_commits(bare, 60)
        office.publish({"index.html": "3"})
        shutil.rmtree(office.folder / ".bulletin")
        office.rollback()
        assert content(bare)["index.html"] == "2"
        shutil.rmtree(office.folder / ".bulletin")
        office.rollback()
        assert content(bare).keys() == {"index.html", "a/b.txt", *OURS}

    @pytest.mark.parametrize("others", [True, False])
    def test_nothing_to_go_back_to(
        self, office: Office, bare: Path, tmp_path: Path, others: bool
    ) -> None:
        if others:
            somebody(bare, tmp_path, {"index.html": "theirs"})
        with pytest.raises(TargetError, match="no older release"):
            office.rollback()
        office.publish()
        with pytest.raises(TargetError, match="no older release"):
            office.rollback()
        assert content(bare)["index.html"] == "home"

    @pytest.mark.parametrize(
        ("before", "theirs"),
        [("notes/a.txt", "notes"), ("notes", "notes/a.txt"), ("notes", "notes")],
    )
    def test_a_file_of_others_that_is_in_the_way(
        self, office: Office, bare: Path, tmp_path: Path, before: str, theirs: str
    ) -> None:
        office.publish({"index.html": "1", before: "1"})
        office.publish({"index.html": "2"})
        somebody(bare, tmp_path, {theirs: "theirs"})
        with pytest.raises(TargetError, match="is in the way"):
            office.rollback()
        assert content(bare)[theirs] == "theirs"
        assert content(bare)["index.html"] == "2"

    def test_there_is_no_lock(self, office: Office) -> None:
        assert asyncio.run(office.place().unlock()) is None


class TestTrouble:
    def test_two_at_once(self, office: Office, bare: Path, tmp_path: Path) -> None:
        office.publish()
        other = Office(tmp_path / "other", str(bare))

        async def both() -> None:
            place, second = office.place(), other.place()
            files, theirs = office.files({"index.html": "ours"}), other.files({"index.html": "?"})
            order = office.order(files, await place.look(files))
            their_order = other.order(theirs, await second.look(theirs))
            assert (await place.send(order, office.hearing())).done
            with pytest.raises(TargetError, match="somebody else has published"):
                await second.send(their_order, other.hearing())

        asyncio.run(both())
        assert content(bare)["index.html"] == "ours"
        assert other.publish({"index.html": "theirs"}).done

    def test_two_who_both_begin_the_branch(
        self, office: Office, bare: Path, tmp_path: Path
    ) -> None:
        other = Office(tmp_path / "other", str(bare))

        async def both() -> None:
            place, second = office.place(), other.place()
            files, theirs = office.files(SITE), other.files({"index.html": "?"})
            order = office.order(files, await place.look(files))
            their_order = other.order(theirs, await second.look(theirs))
            assert (await second.send(their_order, other.hearing())).done
            with pytest.raises(TargetError, match="somebody else has published"):
                await place.send(order, office.hearing())

        asyncio.run(both())
        assert content(bare)["index.html"] == "?"

    def test_what_was_agreed_to_is_no_more(self, office: Office, bare: Path) -> None:
        files = office.files(SITE)
        order = office.order(files, Deployed())
        office.publish()
        with pytest.raises(TargetError, match="somebody else has published"):
            asyncio.run(office.place().send(order, office.hearing()))

    def test_a_host_that_does_not_want_it(self, office: Office, bare: Path) -> None:
        office.publish()
        hook = bare / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'error: film.mp4 is 120.00 MB' >&2\nexit 1\n")
        hook.chmod(0o755)
        office.heard.clear()
        outcome = office.publish({"index.html": "x"})
        assert outcome.seen is Seen.OLD
        assert office.heard == ["begin", "packing", "the push"]
        assert "film.mp4 is 120.00 MB" in str(outcome.error)
        assert content(bare)["index.html"] == "home"
        hook.unlink()
        assert office.publish({"index.html": "x"}).done

    def test_a_branch_that_somebody_works_in(self, office: Office, tmp_path: Path) -> None:
        run(tmp_path, "init", "-q", "-b", "gh-pages", str(tmp_path / "work"))
        run(tmp_path / "work", "commit", "-q", "--allow-empty", "-m", "By hand")
        office.kind = Branch(str(tmp_path / "work"), "gh-pages", "")
        error = office.publish().error
        assert str(error) == "git:there: somebody has this branch checked out there"

    @pytest.mark.parametrize("empty", [True, False])
    def test_a_repository_with_long_ids(self, office: Office, tmp_path: Path, empty: bool) -> None:
        there = tmp_path / "long.git"
        run(tmp_path, "init", "-q", "--bare", "--object-format=sha256", str(there))
        office.kind = Branch(str(there), "gh-pages", "")
        if empty:
            error = office.publish().error
            assert "repository with SHA-256" in str(error)
            return
        tree = run(there, "hash-object", "-w", "-t", "tree", os.devnull).strip()
        commit = run(there, "commit-tree", tree, "-m", "By hand").strip()
        run(there, "update-ref", "refs/heads/gh-pages", commit)
        with pytest.raises(TargetError, match="repository with SHA-256"):
            office.look()

    def test_what_a_killed_git_has_left(self, office: Office) -> None:
        office.publish()
        copy = office.folder / ".bulletin" / "git" / "pages" / "repository"
        old, new = copy / "objects" / "pack" / "tmp_pack_old", copy / "objects" / "tmp_new"
        for path in (old, new, copy / "shallow.lock"):
            path.parent.mkdir(exist_ok=True)
            path.touch()
        moved = copy / "objects" / "pack" / "tmp_pack_new"
        new.rename(moved)
        for path in (old, copy / "shallow.lock"):
            os.utime(path, (0, 0))
        office.look()
        assert moved.exists()
        assert not old.exists()
        assert not (copy / "shallow.lock").exists()

    def test_no_such_repository(self, office: Office, tmp_path: Path) -> None:
        office.kind = Branch(str(tmp_path / "nowhere.git"), "gh-pages", "")
        with pytest.raises(TargetError, match="no such repository") as caught:
            office.look()
        assert not isinstance(caught.value, Dropped)

    def test_no_git(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        with pytest.raises(TargetError, match="git is not installed"):
            office.look()

    def test_an_old_git(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\necho git version 2.9.1\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        with pytest.raises(TargetError, match=r"too old: 2\.9"):
            office.look()

    def test_a_file_that_changes_meanwhile(self, office: Office, bare: Path) -> None:
        office.publish()

        async def change() -> Outcome:
            place = office.place()
            files = office.files({"index.html": "new", "z.txt": "z"})
            order = office.order(files, await place.look(files))
            (office.folder / "site" / "index.html").write_text("newer than new")
            return await place.send(order, office.hearing())

        outcome = asyncio.run(change())
        assert outcome.seen is Seen.OLD
        assert "index.html changed" in str(outcome.error)
        assert content(bare)["index.html"] == "home"
        assert office.publish({"index.html": "new"}).done

    @pytest.mark.parametrize("where", ["packing", "z.txt", "the push"])
    def test_stopped_in_the_middle(
        self,
        office: Office,
        bare: Path,
        where: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        office.publish()
        office.heard.clear()

        async def stop() -> None:
            place = office.place()
            files = office.files({**SITE, "index.html": "new", "z.txt": "z"})
            order = office.order(files, await place.look(files))
            read = LocalFile.read
            task: asyncio.Task[Outcome] | None = None

            def stop_at(name: str) -> None:
                if name == where:
                    assert task is not None
                    task.cancel()

            def reading(file: LocalFile) -> bytes:
                stop_at(file.path)
                return read(file)

            monkeypatch.setattr(LocalFile, "read", reading)
            hearing = office.hearing()
            heard = Hearing(
                hearing.on_begin,
                lambda title, _seen: stop_at(title),
                hearing.on_sent,
                hearing.on_deleted,
                hearing.on_note,
            )
            task = asyncio.create_task(place.send(order, heard))
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(stop())
        assert office.heard == ["begin"]
        assert "Exception in callback" not in caplog.text
        assert content(bare)["index.html"] == "home"
        assert office.publish({"index.html": "new"}).done
        assert content(bare)["index.html"] == "new"

    def test_killed_while_the_host_looks_at_it(self, office: Office, bare: Path) -> None:
        """The whole process, without any chance to put things in order."""
        office.publish()
        hook, reached = bare / "hooks" / "pre-receive", bare / "reached"
        os.mkfifo(reached)
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho x > '{reached}'\ncat '{reached}'\nexit 1\n")
        hook.chmod(0o755)
        code = (
            "import sys; from pathlib import Path; from tests.test_publish_branch import Office;"
            "Office(Path(sys.argv[1]), sys.argv[2]).publish({'index.html': 'new'})"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(office.folder), str(bare)],
            cwd=Path(__file__).parent.parent,
        )
        assert reached.read_text() == "x\n"
        process.kill()
        process.wait()
        assert content(bare)["index.html"] == "home"
        hook.unlink()
        reached.write_text("go on\n")
        assert office.publish({"index.html": "newer"}).done
        assert content(bare)["index.html"] == "newer"


class TestAddresses:
    def test_a_path_is_the_projects(self, office: Office, bare: Path, tmp_path: Path) -> None:
        office.kind = Branch("../there.git", "gh-pages", "")
        assert office.publish().done
        assert content(bare)["index.html"] == "home"

    def test_a_remote_of_the_project(self, office: Office, bare: Path) -> None:
        office.kind = Branch("origin", "gh-pages", "")
        with pytest.raises(TargetError, match="no such repository"):
            office.look()
        run(office.folder, "init", "-q")
        run(office.folder, "remote", "add", "origin", "https://nobody.invalid/x.git")
        run(office.folder, "config", "remote.origin.pushurl", str(bare))
        assert office.publish().done
        assert content(bare)["index.html"] == "home"

    @pytest.mark.parametrize("name", ["a b", "a..b", "/a", "x.lock", "a:b"])
    def test_names_of_branches(self, office: Office, bare: Path, name: str) -> None:
        office.kind = Branch(str(bare), name, "")
        with pytest.raises(TargetError, match="cannot be the name of a branch"):
            office.look()

    @pytest.mark.parametrize(
        "name", ["https://x.vn/", "x.vn/", "x", "a b.vn", "x.vn\ny.vn", "-x.vn", "x_y.vn", "x.vn:8"]
    )
    def test_names_of_hosts(self, office: Office, bare: Path, name: str) -> None:
        office.kind = Branch(str(bare), "gh-pages", name)
        with pytest.raises(TargetError, match="is not the name of a host"):
            office.look()

    def test_a_project_of_another_user(
        self, office: Office, bare: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(office.folder, "init", "-q")
        run(office.folder, "remote", "add", "origin", str(bare))
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        office.kind = Branch("origin", "gh-pages", "")
        with pytest.raises(TargetError, match="dubious ownership") as caught:
            office.look()
        assert str(office.folder) in caught.value.hint.format_map(caught.value.values)

    def test_rules_for_addresses_count_once(
        self, office: Office, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Those of the project's repository are for what it calls by a name, wherever we run."""
        run(office.folder, "init", "-q")
        run(office.folder, "remote", "add", "origin", f"{tmp_path}/there.git")
        run(office.folder, "config", f"url.{tmp_path}/nowhere/.insteadOf", f"{tmp_path}/")
        monkeypatch.chdir(office.folder)
        assert office.publish().done
        assert office.look().known
        office.kind = Branch("origin", "gh-pages", "")
        with pytest.raises(TargetError, match="no such repository"):
            office.look()

    @pytest.mark.parametrize(
        "setting",
        [
            ("core.hooksPath", "{hooks}"),
            ("push.gpgSign", "true"),
            ("push.pushOption", "ci.skip"),
            ("i18n.logOutputEncoding", "UTF-16"),
            ("i18n.commitEncoding", "ISO-8859-1"),
            ("log.showSignature", "true"),
            ("commit.gpgSign", "true"),
        ],
    )
    def test_settings_of_the_user(
        self, office: Office, bare: Path, tmp_path: Path, setting: tuple[str, str]
    ) -> None:
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        for name in ("pre-push", "reference-transaction"):
            (hooks / name).write_text("#!/bin/sh\nexit 1\n")
            (hooks / name).chmod(0o755)
        office.publish({"index.html": "1"})
        name, value = setting
        run(tmp_path, "config", "--global", name, value.format(hooks=hooks))
        run(bare, "config", "core.hooksPath", "/dev/null")
        assert office.publish({"index.html": "2"}).done
        assert office.look().known
        office.rollback()
        assert content(bare)["index.html"] == "1"


class _Handler(http.server.BaseHTTPRequestHandler):
    """Git by HTTP, as hosts give it; asks for `token`, and drops so many connections first."""

    folder = ""
    token = ""
    drops = 0
    users: ClassVar[list[str]]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = type(self)
        kind.asked.append(f"{self.command} {path.rpartition('/')[2]} {query}")
        if kind.drops and path.endswith("git-receive-pack"):
            kind.drops -= 1
            self.close_connection = True
            return
        given = self.headers.get("Authorization", "").removeprefix("Basic ").removeprefix("basic ")
        user, _, password = base64.b64decode(given).decode().partition(":")
        kind.users.append(user)
        if password != self.token:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        environ = {
            **os.environ, "GIT_PROJECT_ROOT": self.folder, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_USER": user or "x",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "CONTENT_LENGTH": str(len(body)),
        }  # fmt: skip
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environ, capture_output=True, check=False
        )
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    def log_message(self, *_: object) -> None:
        pass


class TestOverHttp:
    @pytest.fixture
    def handler(self, bare: Path) -> type[_Handler]:
        class Handler(_Handler):
            folder = str(bare.parent)
            token = "s3cret-tök"

        Handler.users, Handler.asked = [], []
        return Handler

    @pytest.fixture
    def address(self, handler: type[_Handler], office: Office) -> Iterator[str]:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/there.git"
        server.shutdown()
        thread.join()
        server.server_close()

    def test_the_secret_lets_in(
        self, office: Office, bare: Path, address: str, handler: type[_Handler]
    ) -> None:
        office.kind = Branch(address, "gh-pages", "")
        office.credentials = Secret(handler.token)
        assert office.publish().done
        assert content(bare)["index.html"] == "home"
        assert {*handler.users} == {"", "x-access-token"}
        kept = [*(office.folder / ".bulletin").rglob("*")]
        assert not any(b"s3cret" in path.read_bytes() for path in kept if path.is_file())

    def test_a_look_is_one_request(
        self, office: Office, address: str, handler: type[_Handler]
    ) -> None:
        office.kind = Branch(address, "gh-pages", "")
        office.credentials = Secret(handler.token)
        office.publish()
        handler.asked.clear()
        office.look()
        assert {line.split(" ")[1] for line in handler.asked} == {"refs", "git-upload-pack"}

    @pytest.mark.parametrize(
        ("secret", "message"), [("", "asks for a password"), ("wrong", "does not accept")]
    )
    def test_without_it_or_with_a_wrong_one(
        self, office: Office, address: str, secret: str, message: str
    ) -> None:
        office.kind = Branch(address, "gh-pages", "")
        office.credentials = Secret(secret)
        with pytest.raises(TargetError, match=message) as caught:
            office.look()
        assert "BULLETIN_PAGES_PASSWORD" in caught.value.hint.format_map(caught.value.values)
        assert not secret or secret not in str(caught.value)

    @pytest.mark.parametrize("of_host", [True, False])
    def test_the_users_own_helper(
        self, office: Office, address: str, handler: type[_Handler], of_host: bool
    ) -> None:
        """It is asked where we have no secret, and only there: it may have an older one. Nor is it
        handed ours."""
        kept = office.folder / "kept"
        helper = (
            f"!f() {{ echo $1 >> '{kept}'; echo username=own; echo password={handler.token}; }}; f"
        )
        name = f"credential.{address.rpartition('/')[0]}" if of_host else "credential"
        run(office.folder, "config", "--global", f"{name}.helper", helper)
        office.kind = Branch(address, "gh-pages", "")
        assert office.publish().done
        assert {*handler.users} == {"", "own"}
        handler.users.clear()
        kept.unlink()
        office.credentials = Secret(handler.token)
        assert office.publish({"index.html": "x"}).done
        assert {*handler.users} == {"", "x-access-token"}
        assert not kept.exists()
        office.credentials = Secret("wrong")
        with pytest.raises(TargetError, match="does not accept"):
            office.look()

    def test_settings_where_we_run_do_not_count(
        self,
        office: Office,
        address: str,
        handler: type[_Handler],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """As the header of a checkout, which may only read."""
        other = tmp_path / "other"
        run(tmp_path, "init", "-q", str(other))
        given = base64.b64encode(b"reader:wrong").decode()
        run(other, "config", "http.extraHeader", f"AUTHORIZATION: basic {given}")
        monkeypatch.chdir(other)
        office.kind = Branch(address, "gh-pages", "")
        office.credentials = Secret(handler.token)
        assert office.publish().done
        assert {*handler.users} == {"", "x-access-token"}

    def test_the_token_of_a_checkout(
        self, office: Office, address: str, handler: type[_Handler]
    ) -> None:
        """As actions/checkout leaves it, in the project's settings or in a file of its own."""
        given = base64.b64encode(f"x-access-token:{handler.token}".encode()).decode()
        run(office.folder, "init", "-q")
        run(office.folder, "remote", "add", "origin", address.removesuffix(".git"))
        host = address.rpartition("/")[0]
        (office.folder / "token.config").write_text(
            f'[http "{host}/"]\n\textraheader = AUTHORIZATION: basic {given}\n'
        )
        include = f"includeIf.gitdir:{office.folder.resolve()}/.git.path"
        run(office.folder, "config", include, str(office.folder / "token.config"))
        office.kind = Branch(address, "gh-pages", "")
        assert office.publish().done
        assert {*handler.users} == {"x-access-token"}

    def test_a_password_in_the_address_of_a_remote(
        self, office: Office, address: str, handler: type[_Handler], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As build services clone; other users of the machine see the words of a command."""
        run(office.folder, "init", "-q")
        url = address.replace("//", "//gitlab-ci-token:s3cret-t%C3%B6k@")
        run(office.folder, "remote", "add", "origin", url)
        office.kind = Branch("origin", "gh-pages", "")
        trace = office.folder / "trace"
        monkeypatch.setenv("GIT_TRACE", str(trace))
        assert office.publish().done
        assert {*handler.users} == {"", "gitlab-ci-token"}
        words = [line for line in trace.read_text().splitlines() if "run_command" in line]
        assert words
        assert not any("s3cret" in line for line in words if "remote-http" in line)
        kept = [*(office.folder / ".bulletin").rglob("*")]
        assert not any(b"s3cret" in path.read_bytes() for path in kept if path.is_file())

    def test_not_unencrypted_to_others(self, office: Office) -> None:
        office.kind = Branch("http://example.invalid/x.git", "gh-pages", "")
        office.credentials = Secret("s3cret")
        with pytest.raises(TargetError, match="unencrypted"):
            office.look()

    def test_a_lost_connection_is_tried_again(
        self, office: Office, bare: Path, address: str, handler: type[_Handler]
    ) -> None:
        office.kind = Branch(address, "gh-pages", "")
        office.credentials = Secret(handler.token)
        handler.drops = 2
        heard: list[str] = []
        office.patience = Patience(
            pauses=(0, 0, 0), on_trouble=lambda trouble, _pause: heard.append(str(trouble))
        )
        assert office.publish().done
        assert content(bare)["index.html"] == "home"
        assert heard
        handler.drops = 1000
        outcome = office.publish({"index.html": "x"})
        assert outcome.seen is Seen.OLD
        assert isinstance(outcome.error, Dropped)
        assert content(bare)["index.html"] == "home"

    def test_nobody_there(self, office: Office) -> None:
        office.kind = Branch("http://127.0.0.1:9/x.git", "gh-pages", "")
        with pytest.raises(Dropped, match="cannot be reached"):
            office.look()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for ssh is a script")
class TestOverSsh:
    """What ssh and hosts say, by a stand-in for ssh."""

    @pytest.fixture
    def says(self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        program = tmp_path / "bin" / "ssh"
        program.parent.mkdir()
        said = tmp_path / "said"
        program.write_text(f'#!/bin/sh\necho "$*" > "{said}.words"\ncat "{said}" >&2\nexit 255\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        office.kind = Branch("git@host.invalid:x.git", "gh-pages", "")
        return said

    @pytest.mark.parametrize(
        ("said", "message", "kind"),
        [
            ("Host key verification failed.", "key is not known here", TargetError),
            ("git@host: Permission denied (publickey).", "does not let us in", TargetError),
            ("ssh: Could not resolve hostname x: No", "cannot be reached: ssh: Could", Dropped),
            ("ssh: connect to host x port 22: Connection timed out", "cannot be reached", Dropped),
            ("Timeout, server x not responding.", "cannot be reached", Dropped),
            ("kex_exchange_identification: read: Connection reset", "cannot be reached", Dropped),
            ("ERROR: Repository not found.", "no such repository", TargetError),
            ("ERROR: Permission to a/b.git denied to c.", "does not let us write", TargetError),
            ("fatal: '/x.git' does not appear to be a git repository", "no such", TargetError),
        ],
    )
    def test_what_it_means(
        self, office: Office, says: Path, said: str, message: str, kind: type[TargetError]
    ) -> None:
        says.write_text(f"{said}\n")
        with pytest.raises(TargetError, match=message) as caught:
            office.look()
        assert type(caught.value) is kind
        assert isinstance(caught.value.hint.format_map(caught.value.values), str)

    def test_hosts_are_still_checked(self, office: Office, says: Path) -> None:
        says.write_text("Host key verification failed.\n")
        with pytest.raises(TargetError):
            office.look()
        words = says.with_name("said.words").read_text()
        assert "ServerAliveInterval" in words
        assert "HostKey" not in words
        assert "KnownHosts" not in words

    def test_the_users_own_choice_of_ssh_stays(
        self, office: Office, says: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        says.write_text("Host key verification failed.\n")
        monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i mine")
        with pytest.raises(TargetError):
            office.look()
        assert says.with_name("said.words").read_text().startswith("-i mine ")


def test_the_command_publishes_to_a_branch(tmp_path: Path, bare: Path) -> None:
    project = tmp_path / "project"
    (project / "content" / "articles").mkdir(parents=True)
    toml = TOML + f'base_url = "https://example.vn/"\n[publish.pages]\nurl = "git:{bare}"\n'
    (project / "bulletin.toml").write_text(toml, "utf-8")
    words = [sys.executable, "-m", "generator", "publish", "--yes", "--project", str(project)]
    done = subprocess.run(
        words, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"index.html", *OURS} <= {*paths(bare)}
    again = subprocess.run(
        words, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert len(commits(bare)) == 1


def test_ids_are_gits(bare: Path) -> None:
    hashed = subprocess.run(
        ["git", "hash-object", "--stdin"], input=b"abc", cwd=bare, capture_output=True, check=True
    )
    assert hashed.stdout.decode().strip() == blob_id(b"abc")
