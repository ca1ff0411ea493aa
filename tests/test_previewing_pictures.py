"""Pictures in the live preview: as they will be published, as soon as they are there."""

from __future__ import annotations

import re
from pathlib import Path

from generator.preview_records import View
from tests.conftest import MakeSite
from tests.drawn import png
from tests.previews import Session, previewing
from tests.sites import article

TOML = '[site]\ntitle = "T"\nlanguage = "en"\ntheme = "mine"\n'
THEME = "themes/mine/theme.toml"
# Builds are compared with, which make no search.
NO_SEARCH = "search = false\n"
A = "content/articles/2025-01-02-a.md"
PAGE = "2025/01/02/a/"


def text(body: str) -> str:
    return article(date="2025-01-02", body=body)


def addresses(session: Session) -> list[str]:
    return re.findall(r"media/[^ \"]+", session.page(PAGE).partition("<article")[2])


def assert_as_built(session: Session) -> None:
    for view in (View.EDITORS, View.READERS):
        assert session.differs(view, {}) == []


def put(folder: Path, name: str, data: bytes) -> None:
    path = folder / "content/media" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_picture_is_shown_as_it_will_be_published(make_site: MakeSite) -> None:
    site = make_site(
        {A: text("![A](a.png)"), "content/media/a.png": png(600, 400), THEME: NO_SEARCH}, TOML
    )
    with previewing(site.root) as session:
        session.settled()
        found = addresses(session)
        assert len(found) == 5
        assert 'width="600" height="400"' in session.page(PAGE)
        for address in [*found, "media/a.png"]:
            served = session.preview.serve(View.EDITORS, address)
            assert (served.status, served.real_path) == (200, "")
            assert served.media_type.startswith("image/")
        assert_as_built(session)


def test_a_new_picture_and_a_changed_one_take_effect(make_site: MakeSite) -> None:
    site = make_site(
        {A: text("None."), "content/media/a.png": png(600, 400), THEME: NO_SEARCH}, TOML
    )
    with previewing(site.root) as session:
        session.settled()
        session.write(A, text("![A](a.png)"))
        session.changed()
        # At once, and not only when everything has been connected anew.
        before = addresses(session)
        assert len(before) == 5
        for address in before:
            assert session.preview.serve(View.EDITORS, address).status == 200
        session.settled()
        assert addresses(session) == before
        put(site.root, "a.png", png(600, 300))
        session.settled()
        assert 'width="600" height="300"' in session.page(PAGE)
        assert set(addresses(session)).isdisjoint(before)
        put(site.root, "b.png", png(100, 50))
        session.write(A, text("![A](a.png) ![B](b.png)"))
        session.settled()
        assert 'width="100" height="50"' in session.page(PAGE)
        assert_as_built(session)


def test_a_bad_picture_is_told_and_its_page_stays(make_site: MakeSite) -> None:
    site = make_site(
        {A: text("Before."), "content/media/a.png": b"no picture", THEME: NO_SEARCH}, TOML
    )
    with previewing(site.root) as session:
        session.settled()
        session.write(A, text("After. ![A](a.png)"))
        session.settled()
        assert [fault.code for fault in session.errors()] == ["no-picture"]
        assert "Before." in session.page(PAGE)
        put(site.root, "a.png", png(20, 10))
        session.settled()
        assert session.errors() == []
        assert "After." in session.page(PAGE)
        assert_as_built(session)


def test_scripts_of_a_drawing_do_not_reach_the_preview(make_site: MakeSite) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>evil()</script></svg>'
    site = make_site(
        {A: text("[A](a.svg)"), "content/media/a.svg": drawing, THEME: NO_SEARCH}, TOML
    )
    with previewing(site.root) as session:
        session.settled()
        assert b"evil" not in session.preview.serve(View.EDITORS, "media/a.svg").body
        assert [fault.code for fault in session.preview.state().faults] == ["cleaned-svg"]


def test_other_widths_of_a_theme_take_effect(make_site: MakeSite) -> None:
    files: dict[str, str | bytes] = {
        A: text("![A](a.png)"),
        "content/media/a.png": png(600, 400),
        THEME: NO_SEARCH + "pictures.widths = [100]\n",
    }
    site = make_site(files, TOML)
    with previewing(site.root) as session:
        session.settled()
        assert set(re.findall(r"-(\d+)w-", session.page(PAGE))) == {"100"}
        session.write(THEME, NO_SEARCH + "pictures.widths = [200]\n")
        session.settled()
        assert set(re.findall(r"-(\d+)w-", session.page(PAGE))) == {"200"}
        assert_as_built(session)


def test_a_preview_begins_with_the_pictures_of_the_last(make_site: MakeSite) -> None:
    site = make_site(
        {A: text("![A](a.png)"), "content/media/a.png": png(600, 400), THEME: NO_SEARCH}, TOML
    )
    with previewing(site.root) as session:
        session.settled()
        before = addresses(session)
    with previewing(site.root) as session:
        session.preview.wait(30)
        assert addresses(session) == before
        assert session.preview.serve(View.EDITORS, before[0]).status == 200
