"""The note that asks a running preview to show a page."""

from __future__ import annotations

from pathlib import Path

from generator.opening import ask_to_open, asked_to_open


def preview_in(project: Path) -> Path:
    folder = project / ".bulletin" / "preview"
    folder.mkdir(parents=True)
    return folder


def test_what_was_asked_last_is_told_once(tmp_path: Path) -> None:
    folder = preview_in(tmp_path)
    assert asked_to_open(tmp_path) is None
    ask_to_open(tmp_path, "content/articles/a.md")
    ask_to_open(tmp_path, "content/articles/2026/Họp.md")
    assert asked_to_open(tmp_path) == "content/articles/2026/Họp.md"
    assert asked_to_open(tmp_path) is None
    assert [*folder.iterdir()] == []


def test_the_note_is_where_previews_look_for_it(tmp_path: Path) -> None:
    folder = preview_in(tmp_path)
    ask_to_open(tmp_path, "content/pages/about.md")
    assert (folder / "open").read_text("utf-8") == "content/pages/about.md"
    assert [path.name for path in folder.iterdir()] == ["open"]


def test_without_a_preview_nobody_is_asked(tmp_path: Path) -> None:
    ask_to_open(tmp_path, "content/articles/a.md")
    assert [*tmp_path.iterdir()] == []
    assert asked_to_open(tmp_path) is None


def test_a_note_that_cannot_be_left_is_no_failure(tmp_path: Path) -> None:
    (preview_in(tmp_path) / "open").mkdir()
    ask_to_open(tmp_path, "content/articles/a.md")


def test_a_damaged_note_does_no_harm(tmp_path: Path) -> None:
    folder = preview_in(tmp_path)
    (folder / "open").write_bytes(b"")
    assert asked_to_open(tmp_path) is None
    (folder / "open").write_bytes(b"content/\xff.md")
    assert asked_to_open(tmp_path) == "content/\ufffd.md"
