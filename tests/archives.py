"""An archive for the tests of builds after builds: texts that share words, and edits of them.

make_archive(folder)
edit = BODY_EDITS["add_sentence"]
edit(folder, 7)
assert tree(build_in(folder)) == clean_tree(folder)
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from generator.build import build
from generator.reports import Options, Report
from tests.drawn import png

ARTICLES = 30
PLAIN_ENDING = "\n"
OFFICIALS = {
    "binh": "Trần Bình",
    "lan": "Nguyễn Thị Lan",
    "minh": "Lê Quang Minh",
    "hoa": "Phạm Hoà",
}
TOPICS = ("bien", "thuong-mai", "van-hoa")
NUMBERS = ("12/QĐ-TTg", "59-NQ/TW", "101/2024/NĐ-CP", "7/KH-UBND")

# A template that shows the whole view: any change of it that a build misses changes a byte.
SHOW_ALL = "{% include 'frame.html' %}{{ page }} {{ link('topics/bien/') }} {{ asset('s.css') }}"
PAGES = (
    *("home", "article", "official", "entry", "entry-year", "shelf", "year", "month", "day"),
    *("thread", "threads", "page", "404", "redirect"),
)
PROGRAMS = ("feed.xml", "sitemap.xml", "robots.txt")
TEMPLATES = {
    "templates/frame.html": "<i>{{ site.title }}</i>",
    "templates/static/s.css": "i{}",
    **{f"templates/{name}.html": SHOW_ALL for name in PAGES},
    **{f"templates/{name}": "{{ page }}" for name in PROGRAMS},
}

_SYLLABLES = "an bo ca du em gio ha inh khe lam mo nui oan phu que ruc son tinh uy vang xa yen"
WORDS = [f"{one}{other}" for one in _SYLLABLES.split() for other in ("", "ra", "tu")]


def configuration(title: str = "T", more: str = "") -> str:
    return (
        f'{more}\n[site]\ntitle = "{title}"\nbase_url = "https://example.org/"\n'
        'languages = ["vi", "en"]\n'
    )


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def sentence(seed: int) -> str:
    """Words of a vocabulary of which some are much commoner than others, and one that hardly any
    other sentence has."""
    chance = random.Random(seed)
    words = [WORDS[int(len(WORDS) * chance.random() ** 2)] for _ in range(chance.randint(6, 14))]
    rare = "".join(chance.choice(WORDS) for _ in range(2))
    return f"{' '.join(words)} {rare}.".capitalize()


def phrase(seed: int) -> str:
    """Words that a few articles have one after another, and no others."""
    chance = random.Random(-seed)
    return " ".join("".join(chance.choice(WORDS) for _ in range(2)) for _ in range(4))


def identity(number: int) -> str:
    return f"gap-{number}"


def article(folder: Path, number: int) -> Path:
    return folder / f"content/articles/{identity(number)}.md"


def translation(folder: Path, number: int) -> Path:
    return article(folder, number).with_suffix(".en.md")


def make_archive(folder: Path, articles: int = ARTICLES) -> None:
    files = {
        "bulletin.toml": configuration(),
        "content/media/p.txt": "file",
        "content/pages/about.md": "---\ntitle: About\n---\nTrần Bình, 59-NQ/TW, [[gap-3]].\n",
        **TEMPLATES,
    }
    for topic in TOPICS:
        files[f"content/topics/{topic}.md"] = f"---\nname: Topic {topic}\n---\n"
    for official, name in OFFICIALS.items():
        files[f"content/officials/{official}.md"] = (
            f"---\nname: {name}\nmemberships:\n- {{role: Giám đốc, start_date: 2020-01-01}}\n---\n"
        )
    write(folder, files)
    (folder / "content/media/q.png").write_bytes(png())
    for number in range(articles):
        write_article(folder, number)
        if number % 5 == 2:
            write_translation(folder, number)


def write_article(folder: Path, number: int) -> None:
    """An article as every archive has it at first. Two of three have a summary."""
    official = [*OFFICIALS.values()][number % 4]
    fields = [
        f"title: Gặp gỡ {number}",
        f"date: 2025-{1 + number % 9:02}-{1 + number % 27:02}",
        f"topics: [{TOPICS[number % 3]}, chung]",
        f"officials: [{official}]",
        *([f"summary: Tóm tắt {number}"] if number % 3 else []),
        *([f"follows: {identity(number - 10)}"] if number % 10 == 9 and number > 9 else []),
        *([f"related: [{identity(number - 5)}]"] if number % 10 == 6 else []),
    ]
    body = [
        " ".join(sentence(number * 100 + 10 * part + each) for each in range(3))
        for part in range(3)
    ]
    body[1] += f" Bàn về {phrase(number // 3)}."
    if number % 4 == 1:
        body.append(f"Thực hiện {NUMBERS[number % 3]}, xem [[{identity(number // 2)}]].")
    if number % 6 == 2:
        body.append(f"Có {[*OFFICIALS.values()][(number + 1) % 4]} dự. ![Ảnh](q.png) [tệp](p.txt)")
    text = "---\n" + "\n".join(fields) + "\n---\n" + "\n\n".join(body) + PLAIN_ENDING
    write(folder, {f"content/articles/{identity(number)}.md": text})


def write_translation(folder: Path, number: int) -> None:
    text = f"---\ntitle: Meeting {number}\nsummary: In short {number}\n---\n{sentence(number)}\n"
    write(folder, {f"content/articles/{identity(number)}.en.md": text})


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


# Edits of bodies alone


def _paragraphs(folder: Path, number: int) -> tuple[Path, str, list[str]]:
    """The file of an article, its front matter, and its paragraphs."""
    path = article(folder, number % ARTICLES)
    matter, body = path.read_text("utf-8").removeprefix("---\n").split("\n---\n", 1)
    return path, matter, body.strip().split("\n\n")


def _save(path: Path, matter: str, paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs) + PLAIN_ENDING
    path.write_text(f"---\n{matter}\n---\n{text}", "utf-8")


def add_sentence(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, sentence(pick)])


def add_common_words(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    other = _paragraphs(folder, pick * 7 + 3)[2]
    _save(path, matter, [*paragraphs, *other[:2]])


def edit_beginning(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [sentence(pick), *paragraphs[1:]])


def delete_paragraph(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    if len(paragraphs) > 1:
        del paragraphs[1 + pick % (len(paragraphs) - 1)]
        _save(path, matter, paragraphs)


def add_link(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, f"Xem [[{identity(pick * 3 % ARTICLES)}]] và [[bien]]."])


def add_document(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, f"Theo {NUMBERS[pick % 4]} năm nay."])


def mention_official(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, f"Ông {[*OFFICIALS.values()][pick % 4]} phát biểu."])


def add_picture(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, "![Ảnh](q.png)" if pick % 2 else "[tệp](p.txt)"])


def add_heading(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, f"## Mục {pick}", sentence(pick)])


def add_address(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    _save(path, matter, [*paragraphs, f"[Chủ đề]({('/topics/', '/2025/')[pick % 2]})"])


def spell_otherwise(folder: Path, pick: int) -> None:
    """The same words, but others may show how they are spelt here."""
    path, matter, paragraphs = _paragraphs(folder, pick)
    spelt = [part if "[" in part else part.swapcase() for part in paragraphs[1:]]
    _save(path, matter, [*paragraphs[:1], *spelt])


def swap_bodies(folder: Path, pick: int) -> None:
    path, matter, paragraphs = _paragraphs(folder, pick)
    other, other_matter, other_paragraphs = _paragraphs(folder, pick + 6)
    _save(path, matter, other_paragraphs)
    _save(other, other_matter, paragraphs)


def empty_body(folder: Path, pick: int) -> None:
    path, matter, _ = _paragraphs(folder, pick)
    _save(path, matter, [""])


def edit_translation(folder: Path, pick: int) -> None:
    path = translation(folder, pick % (ARTICLES // 5) * 5 + 2)
    append(path, f"\n{sentence(pick)} [[{identity(pick % ARTICLES)}]]\n")


def edit_both_languages(folder: Path, pick: int) -> None:
    number = pick % (ARTICLES // 5) * 5 + 2
    edit_translation(folder, pick % (ARTICLES // 5))
    add_sentence(folder, number)


def edit_several(folder: Path, pick: int) -> None:
    for number in range(pick % 7 + 2):
        add_sentence(folder, pick + 4 * number)


def restore_article(folder: Path, pick: int) -> None:
    write_article(folder, pick % ARTICLES)


def edit_in_place(folder: Path, pick: int) -> None:
    """Other bytes of the same length, and the times of before."""
    path = article(folder, pick % ARTICLES)
    stat = path.stat()
    text = path.read_text("utf-8")
    old, new = WORDS[pick % len(WORDS)], WORDS[(pick + 3) % len(WORDS)]
    if len(old) == len(new):
        matter, mark, body = text.rpartition("\n---\n")
        path.write_text(matter + mark + body.replace(f" {old} ", f" {new} "), "utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


Edit = Callable[[Path, int], None]
BODY_EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        add_sentence,
        add_common_words,
        edit_beginning,
        delete_paragraph,
        add_link,
        add_document,
        mention_official,
        add_picture,
        add_heading,
        add_address,
        spell_otherwise,
        swap_bodies,
        empty_body,
        edit_translation,
        edit_both_languages,
        edit_several,
        restore_article,
        edit_in_place,
    )
}


# Builds, and what they give


def build_in(project: Path, output: Path | None = None, **options: bool | int | str) -> Report:
    return build(Options(project, output or project / "site", **options))  # type: ignore[arg-type]


def errors(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems if problem.is_error]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def clean_tree(project: Path, **options: bool | int | str) -> dict[str, bytes]:
    """What a build of a copy gives, which nothing was built of before."""
    return clean_site(project, **options)[1]


def clean_site(project: Path, **options: bool | int | str) -> tuple[Report, dict[str, bytes]]:
    with tempfile.TemporaryDirectory() as scratch:
        copy, output = Path(scratch) / "copy", Path(scratch) / "output"
        ignored = shutil.ignore_patterns(".bulletin", "site", "other-site")
        shutil.copytree(project, copy, ignore=ignored)
        report = build_in(copy, output, **options)
        assert errors(report) == []
        return report, tree(output)
