"""What an editor reads when something is wrong: the place, the words, and an untouched site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from generator.problems import Problem
from tests.conftest import MakeSite
from tests.drawn import png
from tests.sites import BILINGUAL, NOW, Site, article, entry

A = "content/articles/a.md"
B = "content/articles/b.md"
PNG = png()

GOOD: dict[str, str | bytes] = {
    "content/articles/good.md": article("image: {src: hop.png, alt: A hall}", body="Good."),
    "content/media/hop.png": PNG,
    "content/topics/ports.md": entry("Ports"),
    "content/pages/about.md": "---\ntitle: About\n---\nText.\n",
}


class Case(NamedTuple):
    """Files added to a good project, and every error expected: place, code, some of its words."""

    files: Mapping[str, str | bytes]
    errors: tuple[tuple[str, str, str], ...]


def one(content: str | bytes, place: str, code: str, words: str, path: str = A) -> Case:
    """One bad file; `place` is line:column in it."""
    return Case({path: content}, ((f"{path}:{place}", code, words),))


def field(line: str, column: int, code: str, words: str) -> Case:
    """An article with one bad field, on its line 4."""
    return one(article(line), f"4:{column}", code, words)


def matter(fields: str, place: str, words: str, code: str = "yaml-syntax") -> Case:
    """An article with this front matter, which begins on line 2."""
    return one(f"---\n{fields}\n---\nText.\n", place, code, words)


REQUIRED = {
    "no title": one("---\ndate: 2025-12-10\n---\n", "2:1", "missing", "“title” is missing"),
    "empty title": one(article(title=""), "2:1", "empty", "“title” is empty"),
    "title of quoted blanks": one(article(title='" "'), "2:1", "empty", "“title” is empty"),
    "title of no-break spaces": one(article(title="\u00a0"), "2:1", "empty", "“title” is empty"),
    "no date": one("---\ntitle: T\n---\n", "2:1", "missing", "“date” is missing"),
    "empty date": one(article(date=""), "3:1", "empty", "“date” is empty"),
    "date of quoted blanks": one(article(date='"  "'), "3:1", "empty", "“date” is empty"),
    "no name": one(
        "---\nother_names: [X]\n---\n", "2:1", "missing", "“name”", "content/topics/t.md"
    ),
    "nothing but dashes": Case(
        {A: "---\n---\n"},
        (
            (f"{A}:1:1", "missing", "“title” is missing"),
            (f"{A}:1:1", "missing", "“date” is missing"),
        ),
    ),
}

DATES = {
    f"date {date}": one(article(date=date), "3:7", "bad-date", f"“{date}” {words}")
    for date, words in {
        "2025-02-30": "is not a date that exists",
        "31/02/2025": "is not a date that exists",
        "2025-13-01": "is not a date that exists",
        "2025-W54-1": "is not a date that exists",
        "2025-12-10 25:00": "is not a date that exists",
        "2025-12-10T14:30+99:00": "is not a date that exists",
        "0205-12-10": "is not a date that exists",
        "9999-12-31T23:59-12:00": "is not a date that exists",
        "10/12/25": "is not a date",
        "hôm qua": "is not a date",
    }.items()
}

FIELDS = {
    "unknown key": field("topcis: [a]", 1, "unknown-key", "did you mean “topics”?"),
    "unknown key like none": field("zzz: 1", 1, "unknown-key", "known here: date, end_date"),
    "key in another case": field("Summary: x", 1, "unknown-key", "did you mean “summary”?"),
    "unknown key inside": field(
        "image: {src: hop.png, atl: x}", 23, "unknown-key", "did you mean “alt”?"
    ),
    "text: a list": field("summary: [a, b]", 10, "wrong-type", "“summary” takes a single text"),
    "text: fields": field("location: {x: 1}", 11, "wrong-type", "“location” takes a single text"),
    "date: a list": field("end_date: [2025-12-11]", 11, "wrong-type", "“end_date”"),
    "date: fields": field("published: {at: 1}", 12, "wrong-type", "“published”"),
    "boolean: a word": field("draft: maybe", 8, "wrong-type", "“draft” takes true or false"),
    "boolean: yes": field("pinned: yes", 9, "wrong-type", "“pinned” takes true or false"),
    "boolean: quoted": field('draft: "true"', 8, "wrong-type", "“draft” takes true or false"),
    "list: fields": field("topics: {a: b}", 9, "wrong-type", "“topics”"),
    "list: of lists": field("topics: [a, [b]]", 13, "wrong-type", "“topics”"),
    "mapping: a text": field("source: HNP", 9, "wrong-type", "“source” takes fields of its own"),
    "mapping: a list": field("source: [HNP]", 9, "wrong-type", "“source” takes fields"),
    "mapping: texts in a list": field("changes: [x]", 11, "wrong-type", "“changes” takes fields"),
    "choice": field("kind: party", 7, "unknown-value", "it is one of: working-session, conference"),
    "choice of a part": field(
        "officials: [{official: X, part: host}]", 33, "unknown-value", "chair, speaker"
    ),
    "integer": one(
        "---\ntitle: T\norder: first\n---\n", "3:8", "wrong-type", "a whole number from -1000",
        "content/pages/p.md",
    ),
    "end before start": field("end_date: 2025-12-09", 1, "end-before-start", "ends on 2025-12-09"),
    "official without a name": field("officials: [{part: chair}]", 13, "missing", "“official”"),
    "picture without a file": field("image: {alt: x}", 8, "missing", "“src” is missing"),
    "change without a note": field("changes: [{date: 2025-12-11}]", 11, "missing", "“note”"),
    "change without a date": field("changes: [{note: x}]", 11, "missing", "“date” is missing"),
    "address of a source": field("source: {url: www.x.vn}", 10, "bad-url", "not a web address"),
    "alias": field("aliases: [old]", 11, "bad-alias", "“old” cannot be an old address"),
    "alias of the folder above": field("aliases: [/../x/]", 11, "bad-alias", "“/../x/”"),
    "an escaped control character": field(r'summary: "a\0b"', 10, "bad-character", "U+0000"),
}  # fmt: skip

YAML = {
    "colon in a title": matter("title: Hanoi: a year\ndate: 2025-12-10", "2:13", "with a colon"),
    "tab for indentation": matter("title: T\nsource:\n\tname: x", "4:1", "a tab"),
    "unclosed quotation mark": matter('title: "T\ndate: 2025-12-10', "2:8", "quotation mark"),
    "unclosed bracket": matter("title: T\ntopics: [a, b\ndate: 2025-12-10", "3:9", "a bracket"),
    "unclosed bracket at the end": matter("title: T\ntopics: [", "4:1", "a bracket is opened"),
    "wrong indentation": matter("title: T\n  date: 2025-12-10", "3:7", "does not fit in"),
    "wrong indentation in fields": matter(
        "source:\n    name: x\n  url: y", "4:3", "does not fit in"
    ),
    "missing colon": matter("title: T\ndate 2025-12-10\nkind: visit", "3:1", "key: value"),
    "text after a quotation": matter('title: "Hanoi" today', "2:16", "more text follows"),
    "bold text": matter("title: *Hanoi* today", "2:8", "cannot begin with this character"),
    "backtick": matter("title: `Hanoi` today", "2:8", "cannot begin with this character"),
    "percent": matter("title: 50% of it\nsummary: %x", "3:10", "cannot begin with this character"),
    "Windows path in quotation marks": matter(r'image: "anh\hop.png"', "2:12", "a backslash"),
    "text in a list": matter("topics:\n  - a\n  b: c", "4:3", "does not belong to the list"),
    "after characters of several bytes": matter("title: Đỗ 🎉 x: y", "2:14", "with a colon"),
    "duplicate key": matter(
        "title: T\ndate: 2025-12-10\ntitle: U", "4:1", "“title” is given twice, first on line 2",
        "duplicate-key",
    ),
    "duplicate key inside": matter("source: {url: a, url: b}", "2:18", "“url”", "duplicate-key"),
    "alias of YAML": matter("title: &t T\nsummary: *t", "3:10", "*t", "yaml-alias"),
    "billion laughs": matter(
        "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]", "3:8", "*a", "yaml-alias"
    ),
    "tag of YAML": matter("title: !!python/name:os.system x", "2:8", "python", "yaml-tag"),
    "a mapping for a key": matter("? {a: b}\n: c", "2:3", "a single word", "yaml-key"),
    "deep nesting": matter("a: " + "[" * 100_000, "2:23", "more than 20 levels", "yaml-depth"),
    "a second block": matter("title: T\n--- # x\ndate: x", "3:1", "second", "yaml-documents"),
    "text after the fields": matter("{title: T} and more", "2:12", "cannot be read here"),
    "control character": matter("title: Đ\x07", "2:9", "U+0007", "bad-character"),
    "a list": matter("- title\n- date", "2:1", "not made of “key: value”", "not-fields"),
    "a sentence": matter("Just text.", "2:1", "not made of “key: value”", "not-fields"),
}  # fmt: skip

FILES = {
    "no front matter": one("Text.\n", "1:1", "no-front-matter", "three dashes"),
    "front matter after text": one(f"Hm\n{article()}", "1:1", "no-front-matter", "front matter"),
    "front matter that is not closed": one(
        "\n---\ntitle: T\n", "2:1", "unclosed-front-matter", "never closed"
    ),
    "empty file": one("", "1:1", "empty-file", "the file is empty"),
    "blank file": one(" \n\n", "1:1", "empty-file", "the file is empty"),
    "Latin-1": one(
        "---\ntitle: Đà Nẵng – Caf".encode() + b"\xe9\n---\n", "2:21", "not-utf8", "not UTF-8"
    ),
    "UTF-16 of Windows": one(
        article().encode("utf-16"), "1:1", "not-utf8", "which Windows Notepad calls “Unicode”"
    ),
    "UTF-16 without its mark": one(article().encode("utf-16-le"), "1:2", "not-text", "code 0"),
    "a NUL in the text": one(article(body="ab\0c"), "5:3", "not-text", "code 0"),
    "a NUL in the fields": one(article("summary: a\0b"), "4:11", "not-text", "code 0"),
    "a picture called .md": one(PNG + bytes(range(256)), "1:1", "not-utf8", "not UTF-8"),
    "too large": one(b"x" * (16 * 1024 * 1024 + 1), "1:1", "too-large", "larger than 16 MB"),
    "an id twice in one folder": Case(
        {A: article(), "content/articles/A.md": article(date="2025-12-11")},
        ((f"{A}:1:1", "duplicate-id", "“a” belongs to content/articles/A.md already"),),
    ),
    "an id twice in two folders": Case(
        {"content/articles/2024/a.md": article(), "content/articles/2025/a.md": article()},
        (
            (
                "content/articles/2025/a.md:1:1",
                "duplicate-id",
                "“a” belongs to content/articles/2024/a.md already",
            ),
        ),
    ),
}

ADDRESSES = {
    "one slug on one day": Case(
        {A: article("slug: x"), B: article("slug: x")},
        ((f"{B}:2:1", "address-taken", f"/2025/12/10/x/ is taken already, by {A}"),),
    ),
    "an alias that is an article": Case(
        {A: article(), B: article("aliases: [/2025/12/10/a/]")},
        ((f"{B}:4:11", "address-taken", f"by {A}"),),
    ),
    "an alias that is a free page": Case(
        {B: article("aliases: [/about/]")},
        ((f"{B}:4:11", "address-taken", "by content/pages/about.md"),),
    ),
    "an alias that is an index": Case(
        {B: article("aliases: [/2025/]")}, ((f"{B}:4:11", "address-taken", "the site itself"),)
    ),
    "two aliases": Case(
        {A: article("aliases: [/x/]"), B: article("aliases: [/X]")},
        ((f"{B}:4:11", "address-taken", f"by {A}"),),
    ),
    "two files of one name": Case(
        {
            A: article(body="![](x.png)\n\n![](../media/articles/x.png)"),
            "content/articles/x.png": PNG,
            "content/media/articles/x.png": PNG,
        },
        (
            (
                "content/media/articles/x.png:1:1",
                "address-taken",
                "/media/articles/x.png is taken already, by content/articles/x.png",
            ),
        ),
    ),
    "a free page that is reserved": one(
        "---\ntitle: T\n---\n", "2:1", "reserved-address", "“search”", "content/pages/search.md"
    ),
    "a free page that is a year": one(
        "---\ntitle: T\n---\n", "2:1", "reserved-address", "“2031”", "content/pages/2031.md"
    ),
}

REFERENCES = {
    "follows nothing": field(
        "follows: godo", 10, "unknown-article", "“godo”, and there is no such article"
    ),
    "related to nothing": field(
        "related: [good, goood]", 17, "unknown-article", "did you mean “good”?"
    ),
    "unrelated to nothing": field(
        "unrelated: [zzzzzz]", 13, "unknown-article", "the name of its file without .md"
    ),
    "follows itself": field("follows: a", 10, "self-reference", "“follows” names the article"),
    "related to itself": field("related: [a]", 11, "self-reference", "“related” names the article"),
    "related and unrelated": Case(
        {A: article("related: [good]", "unrelated: [good]")},
        ((f"{A}:4:11", "related-and-unrelated", "“good” is both in “related” and in"),),
    ),
    "a document number that is none": field(
        "documents: [101/KH-UBND, decree]", 26, "bad-document", "“decree” is not a document's"
    ),
    "a date for a document number": field(
        "documents: 10/12/2025", 12, "bad-document", "write it like 101/KH-UBND"
    ),
    "a circle": Case(
        {
            A: article("follows: [good, c]", date="2025-12-01"),
            B: article("follows: a"),
            "content/articles/c.md": article("follows: [b]"),
        },
        ((f"{A}:4:17", "follows-cycle", "a → b → c → a"),),
    ),
    "a name of two officials": Case(
        {
            A: article("officials: [Nguyễn Văn An]"),
            "content/officials/an-1.md": entry("Nguyễn Văn An"),
            "content/officials/an-2.md": entry("X", "other_names: [NGUYỄN VĂN AN]"),
        },
        ((f"{A}:4:13", "ambiguous-name", "content/officials: an-1, an-2"),),
    ),
    "a parent of two names": Case(
        {
            "content/topics/x.md": entry("X", "parent: Same"),
            "content/topics/y.md": entry("Same"),
            "content/topics/z.md": entry("same"),
        },
        (("content/topics/x.md:3:9", "ambiguous-name", "content/topics: y, z"),),
    ),
}


def body(text: str, place: str, code: str, words: str) -> Case:
    """An article with this body, which begins on line 5."""
    return one(article(body=text), place, code, words)


LINKS = {
    "[[id]] of nothing": body("x\n\nSee [[goood]].", "7:7", "unknown-link", "did you mean “good”"),
    "[[shelf/id]] of nothing": body(
        "[[topics/portss]] [[nowhere/x]]", "5:3", "unknown-link", "“topics/portss”"
    )._replace(
        errors=(
            (f"{A}:5:3", "unknown-link", "nothing is called “topics/portss”"),
            (f"{A}:5:21", "unknown-link", "nothing is called “nowhere/x”"),
        )
    ),
    "[[id]] on two shelves": Case(
        {A: article(body="[[ports]]"), "content/articles/ports.md": article(date="2025-12-11")},
        ((f"{A}:5:3", "ambiguous-link", "write one of: [[articles/ports]], [[topics/ports]]"),),
    ),
    "link to no .md": body("A [b](../goood.md)!", "5:7", "unknown-link", "did you mean “good.md”?"),
    "link to no file": body("[b](programme.pdf)", "5:5", "no-file", "there is no file"),
    "link to no page": body("x\n\n[b](/nowhere/)", "7:5", "dead-link", "no page at “/nowhere/”"),
    "no picture": body("![b](hpo.png)", "5:6", "no-file", "did you mean “hop.png”?"),
    "no picture of a name with blanks": body(
        "ab ![b](<ảnh họp.png>)", "5:10", "no-file", "no file “ảnh họp.png”"
    ),
    "no picture, encoded": body("![b](a%20b.png)", "5:6", "no-file", "no file “a b.png”"),
    "picture of another site": body(
        "![](https://x.vn/a.png)", "5:5", "foreign-picture", "is on another site"
    ),
    "picture of another site in the fields": field(
        "image: https://x.vn/a.png", 8, "foreign-picture", "is on another site"
    ),
    "no picture in the fields": field("image: {src: hpo.png}", 14, "no-file", "“hop.png”?"),
    "no portrait": one(
        entry("X", "image: x.png"), "3:8", "no-file", "“x.png”", "content/officials/x.md"
    ),
    "a file of the project": body("[b](../../bulletin.toml)", "5:5", "no-file", "there is no file"),
    "lists in lists": body("- " * 40 + "x", "5:1", "body-refused", "nested too deeply"),
}

CASES = {
    f"{group}: {name}": case
    for group, cases in {
        "required": REQUIRED,
        "dates": DATES,
        "fields": FIELDS,
        "YAML": YAML,
        "files": FILES,
        "addresses": ADDRESSES,
        "references": REFERENCES,
        "links": LINKS,
    }.items()
    for name, case in cases.items()
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A good site that has been built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        site = Site(tmp_path_factory.mktemp("published"), GOOD)
        assert site.command("build").code == 0
        yield site


def assert_errors(lines: list[str], expected: tuple[tuple[str, str, str], ...]) -> None:
    """Exactly the expected errors, each with place, words, a hint, and its code."""
    assert len(lines) == len(expected), lines
    for place, code, words in expected:
        found = [
            line for line in lines
            if line.startswith(f"{place}: ") and line.endswith(f" [{code}]") and words in line
        ]  # fmt: skip
        assert len(found) == 1, (place, code, words, lines)
        assert " — " in found[0]


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_and_leaves_the_site_as_it_was(published: Site, name: str) -> None:
    case = CASES[name]
    before = published.state()
    for path, content in case.files.items():
        published.write(path, content)
    try:
        outcome = published.command("build")
    finally:
        for path in case.files:
            published.remove(path)
    assert_errors(outcome.errors, case.errors)
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert published.state() == before


def test_all_mistakes_of_a_run_are_told_together_in_the_order_of_files(make_site: MakeSite) -> None:
    chosen = {
        **{f"dates/{at}": case for at, case in enumerate(DATES.values())},
        **{f"fields/{at}": case for at, case in enumerate(FIELDS.values())},
        **{f"yaml/{at}": case for at, case in enumerate(YAML.values())},
    }
    files: dict[str, str | bytes] = dict(GOOD)
    expected = []
    for folder, case in chosen.items():
        for path, content in case.files.items():
            if path != A:  # pages have a folder of their own
                continue
            stem = folder.replace("/", "-")
            files[f"content/articles/{stem}.md"] = content
            expected += [
                (place.replace(A, f"content/articles/{stem}.md"), code, words)
                for place, code, words in case.errors
                if code not in ("bad-alias",)  # nothing is planned while files cannot be read
            ]
    site = make_site(files)
    outcome = site.command("build")
    bad_alias = [line for line in outcome.errors if line.endswith("[bad-alias]")]
    others = [line for line in outcome.errors if line not in bad_alias]
    assert_errors(others, tuple(expected))
    places = [re.match(r"(.+):(\d+):(\d+): ", line) for line in outcome.errors]
    order = [(m[1], int(m[2]), int(m[3])) for m in places if m]
    assert order == sorted(order)
    assert outcome.err.count("\n") == len(outcome.errors) + 1
    assert not site.output.exists()


def words(problem: Problem) -> str:
    """What a problem says, in English."""
    text = f"{problem.text} — {problem.hint}"
    return f"{problem.place}: {text.format_map(problem.values)} [{problem.code}]"


CONFIGURATION: dict[str, tuple[str | bytes, str, str, str]] = {
    "syntax": ('[site]\ntitle = Bulletin\n', "2:9", "toml-syntax", "not valid TOML"),
    "syntax at the end": ('[site]\ntitle = "x"\nlanguages = [\n', "3:1", "toml-syntax", "TOML"),
    "a huge number": ("[site]\nx = " + "1" * 5000, "2:1", "toml-syntax", "not valid TOML"),
    "deep nesting": ("x = " + "[" * 100_000, "1:1", "toml-depth", "nested too deeply"),
    "nothing": ("", "1:1", "missing", "“title” is missing"),
    "no title": ('[site]\nlanguage = "en"\n', "1:1", "missing", 'write under [site]: title = "…"'),
    "empty title": ('[site]\ntitle = ""\n', "2:1", "empty", "“title” is empty"),
    "unknown key": ('[site]\ntitle = "T"\ntiemzone = "x"\n', "3:1", "unknown-key", "“timezone”?"),
    "unknown table": ('[site]\ntitle = "T"\n[sit]\nx = 1\n', "3:1", "unknown-key", "“site”?"),
    "text: a list": ('[site]\ntitle = ["T"]\n', "2:1", "wrong-type", "“title” takes a single text"),
    "text: true": ("[site]\ntitle = true\n", "2:1", "wrong-type", "“title” takes a single text"),
    "table: a text": ('site = "T"\n', "1:1", "wrong-type", "“site” takes fields of its own"),
    "list: a table": ('[site]\ntitle="T"\n[site.languages]\n', "3:1", "wrong-type", "“languages”"),
    "boolean: a text": (
        '[site]\ntitle="T"\n[markup]\nraw_html = "true"\n', "4:1", "wrong-type", "true or false"
    ),
    "integer: a text": (
        '[site]\ntitle="T"\n[related]\nlimit = "many"\n', "4:1", "wrong-type", "from 0 to 20"
    ),
    "time zone": (
        '[site]\ntitle = "T"\ntimezone = "Asia/Hanoi"\n', "3:1", "unknown-timezone", "“Asia/Hanoi”"
    ),
    "time zone of a folder": (
        '[site]\ntitle = "T"\ntimezone = "../Asia"\n', "3:1", "unknown-timezone", "“../Asia”"
    ),
    "theme": ('[site]\ntitle = "T"\ntheme = "buletin"\n', "1:1", "unknown-theme", "“bulletin”?"),
    "language": ('[site]\ntitle = "T"\nlanguage = "fr"\n', "3:1", "unknown-language", "vi, en"),
    "languages": (
        '[site]\ntitle = "T"\nlanguages = ["vi", "xx"]\n', "3:1", "unknown-language", "“xx”"
    ),
    "base_url without a scheme": (
        '[site]\ntitle = "T"\nbase_url = "example.org"\n', "3:1", "bad-url", "begins with https://"
    ),
    "base_url with a bad port": (
        '[site]\ntitle = "T"\nbase_url = "https://x:y/"\n', "3:1", "bad-url", "“https://x:y/”"
    ),
    "base_url with a query": (
        '[site]\ntitle = "T"\nbase_url = "https://x/?a"\n', "3:1", "bad-url", "“https://x/?a”"
    ),
    "a control character": (
        '[site]\ntitle = "T\\u0007"\n', "2:1", "bad-character", "cannot be shown (U+0007)"
    ),
    "after a line separator": (
        '[site]\ntagline = "a\u2028b\x85c"\ntitle = 1e\n', "3:10", "toml-syntax", "not valid TOML"
    ),
    "not UTF-8": ('[site]\n# Hà Nội\ntitle = "é"\n'.encode("latin-1", "replace"),
                  "2:4", "not-utf8", "not UTF-8"),
    "UTF-16": ('[site]\ntitle = "T"\n'.encode("utf-16"), "1:1", "not-utf8", "Windows Notepad"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGURATION)
def test_a_mistake_in_the_configuration_is_told_with_its_place(
    make_site: MakeSite, name: str
) -> None:
    content, place, code, some_words = CONFIGURATION[name]
    site = make_site(GOOD)
    site.write("bulletin.toml", content)
    outcome = site.command("build")
    assert outcome.code == 1
    assert [line.rpartition(" ")[2] for line in outcome.errors] == [f"[{code}]"]
    assert outcome.errors[0].startswith(f"bulletin.toml:{place}: ")
    assert [some_words in words(problem) for problem in site.build().problems] == [True]
    assert not site.output.exists()


def test_all_mistakes_in_the_configuration_are_told_together(make_site: MakeSite) -> None:
    site = make_site(
        {},
        '[site]\nlanguage = "fr"\ntimezone = "x"\nbase_url = "x"\ntagline = []\nx = 1\n[y]\n',
    )
    codes = {line.rpartition(" ")[2] for line in site.command("build").errors}
    assert codes == {
        "[missing]", "[unknown-language]", "[unknown-timezone]", "[bad-url]", "[wrong-type]",
        "[unknown-key]",
    }  # fmt: skip


TEMPLATES = {
    "syntax": ({"home.html": "x\n{% if %}\n"}, "templates/home.html:2:1", "template-syntax"),
    "undefined": ({"home.html": "\n\n{{ page.x }}"}, "templates/home.html:3:1", "template-error"),
    "inherited": (
        {"home.html": '{% extends "theme/base.html" %}\n{% block content %}{{ x }}{% endblock %}'},
        "templates/home.html:2:1",
        "template-error",
    ),
    "include": (
        {"home.html": '\n{% include "_nothing.html" %}'}, "templates/home.html:2:1", "no-template"
    ),
    "in an include": (
        {"home.html": '{% include "_x.html" %}', "_x.html": "\n\n\n{{ 1 / 0 }}"},
        "templates/_x.html:4:1",
        "template-error",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_mistake_in_a_template_is_told_and_nothing_is_written(
    make_site: MakeSite, name: str
) -> None:
    templates, place, code = TEMPLATES[name]
    site = make_site(GOOD)
    assert site.command("build").code == 0
    before = site.state()
    for path, content in templates.items():
        site.write(f"templates/{path}", content)
    outcome = site.command("build")
    assert outcome.code == 1
    assert [line.startswith(f"{place}: ") for line in outcome.errors] == [True]
    assert outcome.errors[0].endswith(f"[{code}]")
    assert site.state() == before


def test_a_wrong_base_url_on_the_command_line_is_told(make_site: MakeSite) -> None:
    outcome = make_site(GOOD).command("build", "--base-url", "example.org")
    assert outcome.code == 1
    assert_errors(outcome.errors, (("--base-url:1:1", "bad-url", "“example.org”"),))


@pytest.mark.parametrize(
    "arguments",
    [
        ["bulid"],
        ["build", "--no-such-option"],
        ["build", "--jobs", "0"],
        ["build", "--jobs", "many"],
        ["build", "--output", "content/x"],
        [],
    ],
)
def test_wrong_usage_exits_2(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    site = make_site(GOOD)
    monkeypatch.chdir(site.root)
    outcome = site.command(*arguments)
    assert outcome.code == 2
    assert outcome.err
    assert not site.output.exists()


def test_no_project_exits_2(make_site: MakeSite) -> None:
    site = make_site(GOOD)
    site.remove("bulletin.toml")
    outcome = site.command("build")
    assert outcome.code == 2
    assert str(site.root) in outcome.err


def test_no_content_is_an_error(make_site: MakeSite) -> None:
    outcome = make_site({}).command("build")
    assert outcome.code == 1
    assert_errors(outcome.errors, (("content:1:1", "no-content", "there is no content/"),))


# Drafts and translations

TRANSLATED = {
    "content/articles/good.md": article(title="Họp", body="Chữ."),
    "content/articles/good.en.md": "---\ntitle: Meeting\n---\nText.\n",
}

TRANSLATIONS = {
    "without an original": (
        "content/articles/x.en.md", "---\ntitle: X\n---\n", "1:1", "no-original",
    ),
    "with an unknown key": (
        "content/articles/good.en.md", "---\ntitle: X\ntopics: [a]\n---\n", "3:1", "unknown-key",
    ),
    "with broken YAML": (
        "content/articles/good.en.md", "---\ntitle: X: y\n---\n", "2:9", "yaml-syntax",
    ),
    "into the site's own language": (
        "content/articles/good.vi.md", "---\ntitle: X\n---\n", "1:1", "own-language",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRANSLATIONS)
@pytest.mark.parametrize("draft", [False, True])
def test_a_mistake_in_a_translation_is_an_error_and_in_a_draft_a_warning(
    make_site: MakeSite, name: str, draft: bool
) -> None:
    path, content, place, code = TRANSLATIONS[name]
    if draft:
        content = content.replace("\n---\n", "\ndraft: true\n---\n")
    site = make_site({**TRANSLATED, path: content}, BILINGUAL)
    outcome = site.command("build")
    lines = outcome.warnings if draft else outcome.errors
    assert outcome.code == (0 if draft else 1)
    assert [line.startswith(f"{path}:{place}: ") for line in lines] == [True]
    assert lines[0].endswith(f"[{code}]")


def test_a_translation_of_a_broken_file_is_no_mistake_of_its_own(make_site: MakeSite) -> None:
    site = make_site({**TRANSLATED, "content/articles/good.md": "---\ntitle: [\n---\n"}, BILINGUAL)
    assert [line.rpartition(" ")[2] for line in site.command("build").errors] == ["[yaml-syntax]"]


BROKEN_DRAFTS = {
    "a bad field": article("draft: true", "kind: party"),
    "no date": "---\ntitle: T\ndraft: true\n---\n",
    "broken YAML": article("draft: true", title="a: b"),
    "an unclosed quotation mark": article("draft: true # not yet", title='"a'),
    "an unclosed front matter": "---\ntitle: T\ndraft: true\n",
    "no front matter": "title: T\ndraft: true\n---\nText.\n",
    "Latin-1": article("draft: true", title="Hôp").encode("latin-1"),
    "UTF-16": article("draft: true").encode("utf-16"),
    "a bad link": article("draft: true", body="[[zzzzzz]] ![](x.png) [a](x.md) [b](x.pdf)"),
    "bad references": article("draft: true", "follows: [zzz, a]", "related: q", "unrelated: q"),
    "a circle": article("draft: true", "follows: good"),
    "too deep": article("draft: true", body="- " * 40 + "x"),
    "an id used already": article("draft: true"),
}


@pytest.mark.parametrize("name", BROKEN_DRAFTS)
def test_a_draft_never_stops_a_publication_and_links_to_it_still_resolve(
    make_site: MakeSite, name: str
) -> None:
    good = article("follows: a", "related: [a]", body="[[a|the next]] [it](a.md) [[articles/a|x]]")
    files = {"content/articles/good.md": good, A: BROKEN_DRAFTS[name]}
    if name == "an id used already":
        files[B] = article("slug: b")
        files["content/articles/sub/good.md"] = files.pop(A)
        files["content/articles/good.md"] = article(body="The next. It. x")
    outcome = make_site(files).command("build")
    assert outcome.errors == []
    assert outcome.code == 0
    assert outcome.warnings


def test_a_line_about_drafts_in_a_body_makes_no_draft(make_site: MakeSite) -> None:
    site = make_site({A: article("kind: [", body="In front matter:\n\n    draft: true\n")})
    assert site.command("build").code == 1


def test_a_draft_of_the_same_name_makes_no_name_ambiguous(make_site: MakeSite) -> None:
    site = make_site(
        {
            A: article("officials: [Tô Văn An]", body="[[Tô Văn An]] and Tô Văn An."),
            "content/officials/an.md": entry("Tô Văn An"),
            "content/officials/an-2.md": entry("Tô Văn An", "draft: true"),
            "content/organisations/x.md": entry("X", "parent: y"),
            "content/organisations/y.md": entry("Y", "draft: true"),
        }
    )
    outcome = site.command("build")
    assert outcome.errors == []
    assert [line.rpartition(" ")[2] for line in outcome.warnings] == ["[role-gap]"]
    assert "officials/an/" in site.page("2025/12/10/a/")


def test_a_file_with_errors_exists_for_the_files_that_name_it(make_site: MakeSite) -> None:
    site = make_site(
        {
            A: article("kind: party"),
            B: article("follows: a", "related: [a]", body="[[a]] [a](a.md) [[a|text]]"),
        }
    )
    assert_errors(
        site.command("build").errors, ((f"{A}:4:7", "unknown-value", "“kind” cannot be “party”"),)
    )


def test_a_bare_link_to_what_is_held_back_is_an_error(make_site: MakeSite) -> None:
    files = {A: article(date="2026-02-01"), B: article(body="x [[a]] and [[a|text]]")}
    site = make_site(files)
    expected = (f"{B}:5:5", "link-to-held-back", "give the link a text: [[a|text]]")
    assert_errors(site.command("build").errors, (expected,))
    assert site.command("build", "--future").code == 0


# Warnings


def test_unknown_names_are_one_warning_each_with_the_nearest(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/officials/ngo-le-van.md": entry("Ngô Lê Văn", "memberships: [{role: x, "
                                                     "start_date: 2020-01-01}]"),
            A: article("officials: [Ngô Lê Vân, ngo-le-van]", "topics: [Biển]"),
            B: article("officials: [ngô lê vân]", "topics: [biển]", "partners: [Nhật Bản]",
                       "organisations: [VCCI]", "series: Thường niên"),
        }
    )  # fmt: skip
    outcome = site.command("build")
    assert outcome.code == 0
    assert [line.partition(" warning: ")[0] for line in outcome.warnings] == [
        f"{A}:4:13:", f"{A}:5:10:", f"{B}:6:12:", f"{B}:7:17:", f"{B}:8:9:"
    ]  # fmt: skip
    assert "did you mean “Ngô Lê Văn”? (used 2×)" in outcome.warnings[0]
    assert site.command("build").warnings == outcome.warnings  # also where nothing is rendered


def test_many_warnings_of_a_kind_are_the_first_20_and_a_count(make_site: MakeSite) -> None:
    shelf = {f"content/topics/topic-{n:02}.md": entry(f"Chủ đề {n:02}x") for n in range(30)}
    late = article(f"topics: [{', '.join(f'Chủ đề {n:02}' for n in range(25))}]")
    site = make_site({**shelf, A: late, B: article("topics: [Chủ đề 29]", date="2020-01-01")})
    outcome = site.command("build")
    assert len(outcome.warnings) == 20
    # The nearest names are given with the warnings that are shown, whichever article is older.
    assert all("did you mean" in line for line in outcome.warnings)
    assert "… and 6 more warnings of the kind [unknown-topics]" in outcome.err


def test_strict_makes_warnings_errors(make_site: MakeSite) -> None:
    site = make_site({A: article("topics: [Biển]")})
    assert site.command("build", "--strict").code == 1
    assert not site.output.exists()
    assert site.command("build").code == 0


def test_warnings_are_for_what_may_be_meant(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/artciles/x.md": article(),
            "content/readme.md": "Hello",
            A: article("status: held", date="2026-03-01"),
            "content/officials/x.md": entry("X", "memberships: [{role: r, organization: Nowhere}]"),
            B: article("officials: [x]"),
        }
    )
    outcome = site.command("build")
    assert outcome.code == 0
    assert [line.rpartition(" ")[2] for line in outcome.warnings] == [
        "[no-shelf]", "[held-in-future]", "[role-gap]", "[unknown-entry]", "[no-shelf]"
    ]  # fmt: skip
    assert "did you mean “articles”?" in outcome.warnings[0]
