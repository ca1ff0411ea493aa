"""Where only bodies were edited little is looked at, and what is made is the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import generator.amending
from generator.amending import MOST_EDITED
from generator.reports import Report
from generator.sealed import FOLDER
from tests.archives import (
    BODY_EDITS,
    append,
    article,
    build_in,
    clean_site,
    clean_tree,
    errors,
    identity,
    make_archive,
    sentence,
    translation,
    tree,
    write,
    write_translation,
)

INSTANT = "1767225600"
FEED = 50
"""So many articles are in a feed."""


@pytest.fixture
def short_ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each build in which only bytes of known files changed, whether the short way was taken
    to its end."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", INSTANT)
    taken: list[bool] = []
    amend_site = generator.amending.amend_site

    def amend(*args: object) -> Report | None:
        taken.append(False)
        report = amend_site(*args)  # type: ignore[arg-type]
        taken[-1] = report is not None
        return report

    monkeypatch.setattr(generator.amending, "amend_site", amend)
    return taken


@pytest.fixture
def project(tmp_path: Path, short_ways: list[bool]) -> Path:
    """An archive that was built; article 3 has no summary, and 2 has a translation."""
    folder = tmp_path / "project"
    make_archive(folder, 24)
    assert errors(build_in(folder)) == []
    assert short_ways == []
    return folder


def made(report: Report) -> list[str]:
    assert errors(report) == []
    return [file.path for file in report.rendered]


def page(number: int) -> str:
    return f"2025/{1 + number % 9:02}/{1 + number % 27:02}/{identity(number)}/index.html"


def assert_clean(project: Path, report: Report) -> None:
    wanted, site = clean_site(project)
    assert tree(project / "site") == site
    assert report.problems == wanted.problems
    assert (report.articles, report.pages) == (wanted.articles, wanted.pages)
    assert build_in(project).rendered == ()


def more(text: str, number: int = 4) -> Callable[[Path], None]:
    return lambda folder: append(article(folder, number), f"\n{text}\n")


def replaced(number: int, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = article(folder, number)
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return edit


def beginning(number: int) -> Callable[[Path], None]:
    return lambda folder: BODY_EDITS["edit_beginning"](folder, number)


def several(count: int) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        # The first has a warning.
        for number in range(1, count + 1):
            append(article(folder, number), "\nzzz\n")

    return edit


def with_template(folder: Path) -> None:
    append(article(folder, 4), "\nzzz\n")
    append(folder / "templates/home.html", "more")


SHORT: dict[str, Callable[[Path], None]] = {
    "a sentence": more("Zzz yyy xxx."),
    "a sentence of words that others say": more(sentence(300)),
    "a link to another article": more(f"[[{identity(2)}]]"),
    "a link to an entry": more("[[topics/bien]]"),
    "a link by a path": more("[x](../topics/bien.md)"),
    "a link to another site": more("[x](https://example.com/)"),
    "an official is named": more("Ông Lê Quang Minh phát biểu."),
    "a heading": more("## Mục\n\nzzz"),
    "the beginning of an article with a summary": beginning(4),
    "a translation": lambda folder: append(translation(folder, 2), "\nMore.\n"),
    "as many articles as may be": several(MOST_EDITED),
    "a document that it cites already": replaced(1, "Thực hiện ", "Nay thực hiện "),
    "a picture that it has already": replaced(2, "Có ", "Lại có "),
}
LONG: dict[str, Callable[[Path], None]] = {
    "the title": replaced(4, "title: ", "title: A "),
    "a further field": replaced(4, "title: ", "pinned: true\ntitle: "),
    "the beginning of an article without a summary": beginning(3),
    "a document that it did not cite": more("Theo 8/QĐ-TTg."),
    "a picture that it did not have": more("![x](q.png)"),
    "an address of the site": more("[x](/topics/)"),
    "more articles than may be": several(MOST_EDITED + 1),
    "an entry": lambda folder: append(folder / "content/topics/bien.md", "More.\n"),
    "a page": lambda folder: append(folder / "content/pages/about.md", "More.\n"),
    "a file that is published": lambda folder: append(folder / "content/media/p.txt", "more"),
    "a template": lambda folder: append(folder / "templates/home.html", "more"),
    "the configuration": lambda folder: append(folder / "bulletin.toml", "tagline = 'x'\n"),
    "an article and a template": with_template,
}


def test_edits_of_bodies_take_the_short_way(project: Path, short_ways: list[bool]) -> None:
    for number, (name, edit) in enumerate(SHORT.items(), 1):
        edit(project)
        report = build_in(project)
        assert made(report) != [], name
        assert (name, short_ways) == (name, [True])
        # What is amiss after one of them is so after the next ones too.
        if number % 4 == 0:
            assert_clean(project, report)
        short_ways.clear()
    assert_clean(project, build_in(project))


def test_other_edits_take_the_long_way(project: Path, short_ways: list[bool]) -> None:
    for number, (name, edit) in enumerate(LONG.items(), 1):
        edit(project)
        report = build_in(project)
        assert made(report) != [], name
        assert (name, short_ways) == (name, [False])
        # What is amiss after one of them is so after the next ones too.
        if number % 4 == 0:
            assert_clean(project, report)
        short_ways.clear()
    assert_clean(project, build_in(project))


def test_files_that_come_or_go_take_the_long_way(project: Path, short_ways: list[bool]) -> None:
    append(article(project, 4), "\nzzz\n")
    write_translation(project, 4)
    assert_clean(project, build_in(project))
    append(article(project, 5), "\nzzz\n")
    translation(project, 4).unlink()
    assert_clean(project, build_in(project))
    append(article(project, 6), "\nzzz\n")
    article(project, 23).unlink()
    assert_clean(project, build_in(project))
    assert short_ways == []


def test_only_the_page_and_the_feed_are_made(project: Path, short_ways: list[bool]) -> None:
    append(article(project, 4), "\nZzzz.\n")
    assert made(build_in(project)) == [page(4), "feed.xml"]
    append(translation(project, 2), "\nMore.\n")
    assert made(build_in(project)) == [f"en/{page(2)}", "en/feed.xml"]
    assert short_ways == [True, True]


def test_of_an_article_too_old_for_the_feed_only_the_page_is_made(
    tmp_path: Path, short_ways: list[bool]
) -> None:
    project = tmp_path / "project"
    make_archive(project, 4)
    for number in range(FEED):
        write(
            project,
            {f"content/articles/n{number}.md": "---\ntitle: N\ndate: 2025-12-01\n---\nn\n"},
        )
    build_in(project)
    append(article(project, 1), "\nZzzz.\n")
    report = build_in(project)
    assert made(report) == [page(1)]
    assert_clean(project, report)
    assert short_ways == [True]


def test_an_edit_after_another_is_held_against_what_that_left(
    project: Path, short_ways: list[bool]
) -> None:
    texts = [article(project, 4).read_text("utf-8")]
    for number in range(4):
        BODY_EDITS["add_common_words"](project, 4 + number % 2)
        build_in(project)
        texts.append(article(project, 4).read_text("utf-8"))
    for text in (texts[0], texts[-1], texts[2], texts[0]):
        article(project, 4).write_text(text, "utf-8")
        assert_clean(project, build_in(project))
    assert all(short_ways)


def test_an_edit_undone_gives_back_the_site(project: Path, short_ways: list[bool]) -> None:
    before = tree(project / "site")
    text = article(project, 4).read_text("utf-8")
    BODY_EDITS["add_common_words"](project, 4)
    first = made(build_in(project))
    article(project, 4).write_text(text, "utf-8")
    assert made(build_in(project)) == first
    assert tree(project / "site") == before
    assert short_ways == [True, True]


def test_words_that_nobody_said_before_come_and_go(project: Path, short_ways: list[bool]) -> None:
    texts = [article(project, number).read_text("utf-8") for number in (4, 5)]
    new = "Lạ lùng kỳ quặc, lạ lùng kỳ quặc; xôn xao."
    for words in ((new, ""), (new, new), ("", new), ("", ""), (new, new), ("", "")):
        for number, text, more_words in zip((4, 5), texts, words, strict=True):
            article(project, number).write_text(f"{text}\n{more_words}\n", "utf-8")
        assert_clean(project, build_in(project))
    assert all(short_ways)


def test_two_outputs_are_each_amended_against_themselves(
    project: Path, short_ways: list[bool]
) -> None:
    other = project / "other-site"
    build_in(project, other, drafts=True)
    for number in (4, 5, 4):
        BODY_EDITS["add_common_words"](project, number)
        build_in(project)
        BODY_EDITS["add_link"](project, number)
        build_in(project, other, drafts=True)
        build_in(project)
        assert tree(project / "site") == clean_tree(project)
        assert tree(other) == clean_tree(project, drafts=True)
    assert any(short_ways)


def test_time_that_passes_with_an_edit_is_seen(
    project: Path, short_ways: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "---\ntitle: Soon\ndate: 2025-12-05\npublished: 2026-01-03\n---\nText.\n"
    write(project, {"content/articles/soon.md": text})
    build_in(project)
    for days, short in ((1, [True]), (3, []), (300, [True]), (2, []), (1, [])):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(INSTANT) + 86_400 * days))
        short_ways.clear()
        append(article(project, 4), "\nzzz\n")
        assert_clean(project, build_in(project))
        assert short_ways == short


def test_problems_of_an_edited_body_are_those_of_a_whole_build(
    project: Path, short_ways: list[bool]
) -> None:
    text = article(project, 4).read_text("utf-8")
    site = tree(project / "site")
    for bad in ("[[nobody]]", "![x](none.png)", "[x](/none/)", "[x](none.md)", "[[gap-4|"):
        article(project, 4).write_text(f"{text}\n{bad}\n", "utf-8")
        found = [build_in(project).problems for _ in range(2)]
        assert found[0] == found[1] == build_in(project, project / "new-site").problems
        if errors(build_in(project)):
            assert tree(project / "site") == site
    article(project, 4).write_text(f"{text}\nzzz\n", "utf-8")
    assert_clean(project, build_in(project))
    assert not any(short_ways[:3])


def test_a_draft_with_warnings_is_edited_the_long_way(
    project: Path, short_ways: list[bool]
) -> None:
    text = "---\ntitle: Draft\ndate: 2025-12-05\ndraft: true\nsummary: S\n---\n[[nobody]]\n"
    write(project, {"content/articles/draft.md": text})
    build_in(project, drafts=True)
    text = text.replace("[[nobody]]", "Nobody")
    for body in ("[[nobody]] more", "[[nobody-else]]", "Nobody", "Somebody"):
        write(project, {"content/articles/draft.md": text.replace("Nobody", body)})
        report = build_in(project, drafts=True)
        wanted, site = clean_site(project, drafts=True)
        assert (report.problems, tree(project / "site")) == (wanted.problems, site)
    assert short_ways == [False, False, False, True]


def test_a_template_that_fails_on_an_edited_body_leaves_the_site_as_it_was(
    project: Path, short_ways: list[bool]
) -> None:
    template = project / "templates/article.html"
    append(template, "{% if 'zzz' in page.html %}{{ page.nothing.at_all }}{% endif %}")
    build_in(project)
    short_ways.clear()
    site = tree(project / "site")
    text = article(project, 4).read_text("utf-8")
    append(article(project, 4), "\nzzz\n")
    for _ in range(2):
        assert errors(build_in(project)) != []
        assert tree(project / "site") == site
    article(project, 4).write_text(f"{text}\nyyy\n", "utf-8")
    assert_clean(project, build_in(project))
    assert short_ways == [True, True, True]


@pytest.mark.parametrize("names", [("core",), ("relations",), ("state",), ("core", "relations")])
def test_what_was_kept_of_a_build_with_other_options_is_not_taken(
    project: Path, short_ways: list[bool], names: tuple[str, ...]
) -> None:
    """The same files, but another catalogue: here of another title, by a draft."""
    translation(project, 2).write_text("---\ntitle: Drafted\ndraft: true\n---\nEnglish\n", "utf-8")
    build_in(project, drafts=True)
    kept = {path: path.read_bytes() for path in (project / FOLDER).iterdir() if path.is_file()}
    build_in(project)
    for path, data in kept.items():
        if path.suffix.removeprefix(".") in names:
            path.write_bytes(data)
    append(article(project, 2), "\nzzz\n")
    assert_clean(project, build_in(project))
    assert short_ways == [False]


@pytest.mark.parametrize("ending", [".core", ".relations", ".state", "store.index", "store.a"])
def test_what_was_kept_of_an_earlier_build_is_not_taken(
    project: Path, short_ways: list[bool], ending: str
) -> None:
    kept = {path: path.read_bytes() for path in (project / FOLDER).iterdir() if path.is_file()}
    rename_article = replaced(5, "title: ", "title: Other ")
    rename_article(project)
    build_in(project)
    for path, data in kept.items():
        if path.name.endswith(ending):
            path.write_bytes(data)
    for _ in range(2):
        BODY_EDITS["add_common_words"](project, 4)
        assert_clean(project, build_in(project))
    # It was made good on the way.
    assert short_ways[-1]


def test_an_end_before_the_manifest_is_written_leaves_nothing_amiss(
    project: Path, short_ways: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the state, which tells of the edit, or before it."""
    for number, ending in enumerate((".state", "store.index", ".journal", "lock")):
        short_ways.clear()
        append(article(project, 4), "\nzzz\n")
        replace = os.replace

        def interrupt(old: str | Path, new: str | Path, ending: str = ending) -> None:
            replace(old, new)  # noqa: B023 (the same in every round)
            if str(new).endswith(ending):
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", interrupt)
            if ending == "lock":
                build_in(project)
            else:
                with pytest.raises(KeyboardInterrupt):
                    build_in(project)
        if number % 2:
            append(article(project, 5), "\nzzz\n")
        assert_clean(project, build_in(project))
