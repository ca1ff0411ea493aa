"""The preview's engine: whatever is saved, it shows what a build would publish."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import generator.agenda
import generator.assembling
import generator.previewing
from generator.preview_records import PageInfo, View
from generator.viewer import Viewer
from tests.archives import BODY_EDITS
from tests.conftest import MakeSite
from tests.drawn import png
from tests.previews import PATIENCE, previewing, wait_for
from tests.sites import BILINGUAL, article, entry
from tests.test_incremental import EDITS, INSTANT, make_project

EXAMPLES = int(os.environ.get("BULLETIN_EXAMPLES", "6"))
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed instant, and no pauses for the sake of whoever types."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(INSTANT))
    for pause in ("_PAUSE", "_HEAD_START"):
        monkeypatch.setattr(generator.previewing, pause, 0.0)


@pytest.mark.parametrize("view", View)
def test_every_file_of_the_real_site_is_what_a_build_makes(tmp_path: Path, view: View) -> None:
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "bulletin.toml", tmp_path)
    late = "---\ntitle: Later\ndate: 2030-01-01\ntopics: [coordination]\n---\n"
    (tmp_path / "content/articles/later.md").write_text(late, "utf-8")
    with previewing(tmp_path, searched=True) as session:
        session.settled()
        assert session.differs(view, {}) == []


NAMES = sorted({**EDITS, **BODY_EDITS})


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 40)), min_size=2, max_size=5))
def test_after_any_edits_both_views_are_what_builds_make(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_project(folder)
        gone: dict[View, dict[str, bytes]] = {view: {} for view in View}
        with previewing(folder) as session:
            session.settled()
            session.preview.serve(View.READERS, "")
            for name, pick in steps:
                {**EDITS, **BODY_EDITS}[name](folder, pick)
                if session.changed().settled and not session.preview.is_busy():
                    # Said to be all there is to it, before everything is connected anew.
                    assert session.differs(View.EDITORS, gone[View.EDITORS]) == []
                session.settled()
                assert session.failures == []
                for view in View:
                    assert session.differs(view, gone[view]) == [], (name, pick)


def test_while_a_file_has_errors_its_last_good_page_stays(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article(body="First words.")})
    with previewing(site.root) as session:
        session.settled()
        session.write("content/articles/a.md", article("topics: [x", body="Second words."))
        state = session.changed()
        (fault,) = session.errors()
        assert (fault.path, fault.line, fault.code) == ("content/articles/a.md", 4, "yaml-syntax")
        assert (fault.excerpt, fault.fresh) == ("topics: [x", True)
        assert fault.file == str(site.root / "content/articles/a.md")
        assert "First words." in session.page("2025/12/10/a/")
        assert [saved.url for saved in state.saved] == ["2025/12/10/a/"]
        session.settled()
        assert session.errors() == [fault]
        assert "First words." in session.page("2025/12/10/a/")
        session.write("content/articles/a.md", article(body="Third words."))
        session.changed()
        assert session.errors() == []
        assert "Third words." in session.page("2025/12/10/a/")
        session.settled()
        assert session.differs(View.EDITORS, {}) == []


def test_errors_in_one_file_do_not_stop_another(make_site: MakeSite) -> None:
    files = {f"content/articles/{name}.md": article(title=name, body="Old.") for name in "ab"}
    site = make_site(files)
    with previewing(site.root) as session:
        session.settled()
        session.write("content/articles/a.md", "---\ntitle: a\n---\nNo date.\n")
        session.settled()
        session.write("content/articles/b.md", article("topics: [new]", title="b", body="New."))
        session.settled()
        assert [fault.path for fault in session.errors()] == ["content/articles/a.md"]
        assert not session.errors()[0].fresh
        assert "Old." in session.page("2025/12/10/a/")
        assert "New." in session.page("2025/12/10/b/")
        assert session.preview.serve(View.EDITORS, "topics/new/").status == 200


def test_a_link_to_nowhere_leaves_the_page_as_it_was(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article(body="First words.")})
    with previewing(site.root) as session:
        session.settled()
        session.write("content/articles/a.md", article(body="See [[nothing]]."))
        for say in (session.changed, session.settled):
            say()
            assert [(fault.line, fault.column) for fault in session.errors()] == [(5, 7)]
            assert "First words." in session.page("2025/12/10/a/")


def test_a_file_that_is_broken_from_the_start_is_told_of(make_site: MakeSite) -> None:
    broken = {"content/articles/a.md": "---\ntitle: [\n---\n"}
    site = make_site({**broken, "content/articles/b.md": article(title="b")})
    with previewing(site.root) as session:
        session.settled()
        assert [fault.path for fault in session.errors()] == ["content/articles/a.md"]
        assert session.preview.serve(View.EDITORS, "2025/12/10/b/").status == 200
        session.write("content/articles/a.md", article(body="Whole."))
        session.settled()
        assert session.errors() == []
        assert "Whole." in session.page("2025/12/10/a/")


def test_pages_with_errors_from_the_start_are_shown_as_well_as_can_be(make_site: MakeSite) -> None:
    fields = ("follows: none", "related: [no]", "image: {src: no.jpg, alt: A}", "topics: [x, x]")
    body = "[[nothing]] ![A](no.png) [b](no.md) [c](/no/page/) [d](media/no.pdf)"
    site = make_site({"content/articles/a.md": article(*fields, body=body)})
    with previewing(site.root) as session:
        session.settled()
        assert len(session.errors()) > 4
        for view in View:
            assert "A meeting" in session.page("2025/12/10/a/", view)
            assert session.preview.serve(view, "").status == 200
        assert session.failures == []


def test_the_configuration_may_be_broken_for_a_while(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article(body="Words.")})
    with previewing(site.root) as session:
        session.settled()
        toml = (site.root / "bulletin.toml").read_text("utf-8")
        session.write("bulletin.toml", "[site]\ntitle = \n")
        session.settled()
        assert [fault.path for fault in session.errors()] == ["bulletin.toml"]
        assert "Words." in session.page("2025/12/10/a/")
        session.write("bulletin.toml", toml.replace("Bulletin", "Another"))
        session.settled()
        assert session.errors() == []
        assert "Another" in session.page("2025/12/10/a/")


def test_a_configuration_that_is_broken_from_the_start_is_told_of(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article()}, toml="[site]\ntitel = 1\n")
    with previewing(site.root) as session:
        session.settled()
        assert {fault.path for fault in session.errors()} == {"bulletin.toml"}
        assert not session.preview.wait(0)
        session.write("bulletin.toml", '[site]\ntitle = "Now"\n')
        session.settled()
        assert "Now" in session.page("")


def test_while_a_template_has_an_error_pages_stay(make_site: MakeSite) -> None:
    override = "{% extends 'theme/page.html' %}\n{% block title %}"
    site = make_site({"content/pages/about.md": "---\ntitle: About\n---\nText.\n"})
    with previewing(site.root) as session:
        session.settled()
        before = session.page("about/")
        session.write("templates/page.html", f"{override}{{{{ page.nothing }}}}{{% endblock %}}")
        session.changed()
        assert session.page("about/") == before
        (fault,) = session.errors()
        assert (fault.path, fault.line) == ("templates/page.html", 2)
        session.write("templates/page.html", f"{override}My title{{% endblock %}}")
        session.changed()
        assert "<title>My title</title>" in session.page("about/")
        assert session.errors() == []
        (site.root / "templates/page.html").unlink()
        session.changed()
        assert session.page("about/") == before


def test_new_renamed_and_deleted_files_take_effect(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article(body="![Sign](b.png)")})
    picture = site.root / "content/articles/b.png"
    with previewing(site.root) as session:
        session.settled()
        assert [fault.code for fault in session.errors()] == ["no-file"]
        picture.write_bytes(png())
        session.settled()
        assert session.errors() == []
        served = session.preview.serve(View.EDITORS, "media/articles/b.png")
        assert served.body.startswith(b"\x89PNG")
        session.write("content/articles/new.md", article(title="New"))
        state = session.settled()
        assert [(saved.title, saved.url) for saved in state.saved] == [("New", "2025/12/10/new/")]
        assert "New" in session.page("2025/12/10/new/")
        (site.root / "content/articles/new.md").rename(site.root / "content/articles/newer.md")
        session.settled()
        assert session.preview.serve(View.EDITORS, "2025/12/10/new/").status == 404
        assert "New" in session.page("2025/12/10/newer/")
        session.write("content/officials/lan.md", entry("Lan"))
        session.settled()
        assert "Lan" in session.page("officials/lan/")


def test_a_file_begun_with_new_asks_for_its_page(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article()})
    with previewing(site.root) as session:
        session.settled()
        assert site.command("new", "topic", "Trade").code == 0
        assert session.settled().open == "topics/trade/"
        session.write("content/topics/other.md", entry("Other"))
        assert session.settled().open is None


def test_a_file_saved_with_the_same_words_is_no_news(make_site: MakeSite) -> None:
    text = article(body="Words.")
    site = make_site({"content/articles/a.md": text})
    with previewing(site.root) as session:
        before = session.settled().number
        session.write("content/articles/a.md", text)
        assert session.changed().number == before
        assert not session.preview.is_busy()


def test_what_was_kept_is_shown_before_anything_is_worked_out(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({"content/articles/a.md": article(body="Words.")})
    assert site.command("build").code == 0
    monkeypatch.setattr(generator.previewing, "_HEAD_START", 3600.0)
    with previewing(site.root) as session:
        assert "Words." in session.page("2025/12/10/a/")
        assert session.states == []


def test_a_preview_keeps_what_the_next_begins_with(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({"content/articles/a.md": article("draft: true", body="Words.")})
    monkeypatch.setattr(generator.agenda, "IDLE", 0.01)
    kept = site.root / ".bulletin/preview"
    with previewing(site.root) as session:
        session.settled()
        wait_for(lambda: len(list((site.root / ".bulletin").glob("output-*.state"))) == 1)
    assert kept.is_dir()
    monkeypatch.setattr(generator.previewing, "_HEAD_START", 3600.0)
    with previewing(site.root) as session:
        assert "Words." in session.page("2025/12/10/a/")
        assert session.states == []


def test_what_becomes_public_is_shown_to_readers_at_that_moment(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    fields = (f"published: {soon.isoformat(timespec='seconds')}",)
    site = make_site({"content/articles/a.md": article(*fields, body="Words.")})
    with previewing(site.root) as session:
        session.settled()
        assert session.preview.serve(View.READERS, "2025/12/10/a/").status == 404
        assert session.preview.serve(View.EDITORS, "2025/12/10/a/").info is not None
        wait_for(lambda: session.preview.serve(View.READERS, "2025/12/10/a/").status == 200)


def test_the_bar_knows_the_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/articles/a.md": article("draft: true", body="Four words of **text**."),
            "content/articles/a.en.md": "---\ntitle: In English\n---\nTwo words.\n",
            "content/officials/lan.md": entry("Lan", body="One."),
        },
        toml=BILINGUAL,
    )
    with previewing(site.root) as session:
        session.settled()
        info = session.preview.serve(View.EDITORS, "2025/12/10/a/").info
        assert info is not None
        assert (info.source, info.held_back, info.words) == ("content/articles/a.md", "draft", 4)
        assert info.sources == ("content/articles/a.md", "content/articles/a.en.md")
        assert (info.held_back_text, info.has_related, info.other_view) == ("Draft", True, False)
        english = session.preview.serve(View.EDITORS, "en/2025/12/10/a/").info
        assert english is not None
        assert (english.source, english.words) == ("content/articles/a.en.md", 2)
        official = session.preview.serve(View.EDITORS, "officials/lan/").info
        assert official is not None
        assert (official.source, official.words) == ("content/officials/lan.md", 1)
        assert session.preview.serve(View.EDITORS, "topics/").info == PageInfo()


def test_related_meetings_are_told_as_explain_tells_them(make_site: MakeSite) -> None:
    files = {
        f"content/articles/{name}.md": article("documents: [59-NQ/TW]", title=name)
        for name in ("one", "two")
    }
    files |= {f"content/articles/other-{n}.md": article(date=f"2025-0{n}-10") for n in range(1, 9)}
    site = make_site(files)
    with previewing(site.root) as session:
        session.settled()
        candidate, *_ = session.preview.related(View.EDITORS, "2025/12/10/one/")
        lines = site.command("explain", "one").out
        assert (candidate.title, candidate.url) == ("two", "2025/12/10/two/")
        assert candidate.score in lines
        assert all(tie.text in lines and tie.weight in lines for tie in candidate.ties)
        assert session.preview.related(View.EDITORS, "topics/") == ()


def test_a_preview_for_readers_never_begins_with_drafts(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"content/articles/a.md": article("draft: true", body="Words.")}
    site = make_site({**files, "content/articles/b.md": article(title="b")})
    monkeypatch.setattr(generator.agenda, "IDLE", 0.01)
    with previewing(site.root) as session:
        session.settled()
        wait_for(lambda: len(list((site.root / ".bulletin").glob("output-*.state"))) == 1)
    with previewing(site.root, View.READERS) as session:
        assert session.preview.serve(View.READERS, "2025/12/10/a/").status == 404
        session.settled()
        assert session.preview.serve(View.READERS, "2025/12/10/a/").status == 404


def test_a_view_that_is_opened_late_has_what_was_saved_before(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article("summary: S.", body="Old words.")})
    with previewing(site.root) as session:
        session.settled()
        session.write("content/articles/a.md", article("summary: S.", body="New words."))
        assert session.changed().settled
        assert "New words." in session.page("2025/12/10/a/", View.READERS)


def test_each_template_that_fails_is_told_of_until_it_does_not(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/articles/a.md": article("summary: Two words", body="Text."),
            "content/pages/about.md": "---\ntitle: About\n---\nText.\n",
            "templates/page.html": "{{ page.nothing }}",
            "templates/article.html": "{{ page.nothing if page.summary == 'Two words' else 'ok' }}",
        }
    )
    with previewing(site.root) as session:
        session.settled()
        for _ in range(2):
            for address in ("about/", "2025/12/10/a/"):
                assert session.preview.serve(View.EDITORS, address).status == 500
            number = session.preview.state().number
        assert {fault.path for fault in session.errors()} == {
            "templates/page.html",
            "templates/article.html",
        }
        session.preview.serve(View.EDITORS, "about/")
        assert session.preview.state().number == number
        session.write("content/articles/a.md", article("summary: Other", body="Text."))
        session.settled()
        assert session.page("2025/12/10/a/") == "ok"
        assert [fault.path for fault in session.errors()] == ["templates/page.html"]


def test_a_link_that_only_readers_cannot_follow_is_told_of(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.agenda, "IDLE", 0.01)
    files = {"content/articles/d.md": article("draft: true", title="Secret")}
    site = make_site({**files, "content/articles/a.md": article(body="See [[d]].")})
    with previewing(site.root) as session:
        session.settled()
        wait_for(lambda: [fault.code for fault in session.errors()] == ["link-to-held-back"])


def test_a_failure_to_keep_anything_ends_nothing(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(generator.previewing, "keep_preview", full)
    monkeypatch.setattr(generator.agenda, "IDLE", 0.01)
    site = make_site({"content/articles/a.md": article(body="Old.")})
    with previewing(site.root) as session:
        session.settled()
        wait_for(lambda: len(session.failures) == 1)
        session.write("content/articles/b.md", article(title="b", body="New."))
        session.changed()
        wait_for(lambda: "New." in session.page("2025/12/10/b/"))


def test_many_saves_without_a_pause_leave_little_behind(make_site: MakeSite) -> None:
    site = make_site({"content/articles/a.md": article("summary: S.")})
    with previewing(site.root) as session:
        session.settled()
        for number in range(100):
            session.write("content/articles/a.md", article("summary: S.", body=f"{number}"))
            session.changed()
        viewers = [each for each in gc.get_objects() if isinstance(each, Viewer)]
        assert len(viewers) < 30


def test_a_save_is_shown_though_it_was_read_for_what_is_being_connected(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({"content/articles/a.md": article("summary: S.", body="Old words.")})
    began, may_end = threading.Event(), threading.Event()
    assemble = generator.assembling.assemble

    def slowly(*arguments: Any) -> Any:
        began.set()
        assert may_end.wait(PATIENCE)
        return assemble(*arguments)

    with previewing(site.root) as session:
        session.settled()
        monkeypatch.setattr(generator.previewing, "assemble", slowly)
        session.write("content/articles/a.md", article("summary: S.", body="New words."))
        session.write("content/articles/b.md", article(title="b"))
        session.preview.changed({"content/articles/b.md"})
        assert began.wait(PATIENCE)
        session.preview.changed({"content/articles/a.md"})
        assert "New words." in session.page("2025/12/10/a/")
        may_end.set()
        session.settled()
        assert "New words." in session.page("2025/12/10/a/")
