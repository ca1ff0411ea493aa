"""Bodies as HTML: what editors can write, and where links, pictures and names will be put."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import markup
from generator.markup import MarkupError, MarkupOptions, Renderer, make_renderer
from generator.model import Heading, Link, Markup, Picture
from generator.problems import Place
from generator.schema import Written

Render = Callable[[str], Markup]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return make_renderer(MarkupOptions())


@pytest.fixture(scope="module")
def raw_renderer() -> Renderer:
    return make_renderer(MarkupOptions(raw_html=True))


@pytest.fixture(scope="module")
def render(renderer: Renderer) -> Render:
    return renderer.render


@pytest.fixture(scope="module")
def render_raw(raw_renderer: Renderer) -> Render:
    return raw_renderer.render


def contents(found: Markup) -> list[str]:
    """The content of each link."""
    return [found.html[link.start : link.end] for link in found.links]


def runs(found: Markup) -> list[str]:
    return [found.html[start:end] for start, end in found.runs]


# Text


def test_renders_emphasis_strikethrough_and_code(render: Render) -> None:
    assert (
        render("*một* **hai** ~~ba~~ `b<n`").html
        == "<p><em>một</em> <strong>hai</strong> <s>ba</s> <code>b&lt;n</code></p>\n"
    )


def test_leaves_quotes_dashes_and_dots_as_typed(render: Render) -> None:
    assert render("\"a\" -- 'b'...").html == "<p>\"a\" -- 'b'...</p>\n"


def test_shows_html_as_text(render: Render) -> None:
    found = render("<script>alert(1)</script>\n\na <b onclick=x>b</b>")
    assert "<script" not in found.html
    assert "&lt;b onclick=x&gt;b&lt;/b&gt;" in found.html


def test_a_line_with_only_a_no_break_space_separates_paragraphs(render: Render) -> None:
    assert render("a\n\u00a0\nb").html == "<p>a</p>\n<p>b</p>\n"


def test_tight_and_loose_lists(render: Render) -> None:
    assert render("- a\n  - b\n").html == "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"
    assert render("3. a\n\n4. b").html.startswith('<ol start="3">\n<li><p>a</p>\n</li>')


def test_code_blocks_name_their_language(render: Render) -> None:
    assert (
        render('```py"> x\n<a>\n```').html
        == '<pre><code class="language-py&quot;&gt;">&lt;a&gt;\n</code></pre>\n'
    )


def test_wide_tables_can_be_scrolled_and_have_column_headers(render: Render) -> None:
    html = render("| A | B |\n|---|--:|\n| c | d |").html
    assert html.startswith('<div class="table-scroll" tabindex="0">\n<table>\n')
    assert '<th scope="col">A</th>' in html
    assert '<th scope="col" class="align-right">B</th>' in html
    assert '<td class="align-right">d</td>' in html
    assert html.endswith("</table>\n</div>\n")


# Headings


def test_headings_get_anchors_without_diacritics(render: Render) -> None:
    found = render("## Đối ngoại — *Hà Nội* 2025")
    assert found.headings == (Heading(2, "doi-ngoai-ha-noi-2025", "Đối ngoại — Hà Nội 2025"),)
    assert found.html == (
        '<h2 id="doi-ngoai-ha-noi-2025">Đối ngoại — <em>Hà Nội</em> 2025'
        ' <a class="anchor" href="#doi-ngoai-ha-noi-2025" aria-hidden="true" tabindex="-1">#</a>'
        "</h2>\n"
    )


def test_a_first_level_heading_moves_all_down(render: Render) -> None:
    assert [h.level for h in render("# a\n\n## b\n\n###### c").headings] == [2, 3, 6]
    assert [h.level for h in render("a\n===\n\nb\n---").headings] == [2, 3]
    assert [h.level for h in render("## a\n\n### b").headings] == [2, 3]


def test_anchors_are_unique_and_never_those_of_the_page_or_of_footnotes(render: Render) -> None:
    body = "## A\n## A\n## A 2\n## A\n## Related\n## fn1\n## fnref1\n## 你好\n## 你好\n"
    assert [heading.anchor for heading in render(body).headings] == [
        "a", "a-2", "a-2-2", "a-3", "related-2", "fn1-2", "fnref1-2", "section", "section-2",
    ]  # fmt: skip


# Links


def test_wiki_links_with_and_without_text(render: Render) -> None:
    found = render("Gặp [[ ngo-le-van ]] và\n[[topics/x#y|Ngoại giao & *kinh tế*]].")
    assert [(k.target, k.wiki, k.bare, k.line) for k in found.links] == [
        ("ngo-le-van", True, True, 1),
        ("topics/x#y", True, False, 2),
    ]
    assert contents(found) == ["ngo-le-van", "Ngoại giao &amp; *kinh tế*"]
    assert found.html == "<p>Gặp ngo-le-van và\nNgoại giao &amp; *kinh tế*.</p>\n"


@pytest.mark.parametrize("body", [r"\[[x]]", "`[[x]]`", "[[]]", "[[ ]]", "[[a\nb]]", "[[a[b]]"])
def test_what_is_no_wiki_link_stays_text(render: Render, body: str) -> None:
    found = render(body)
    assert found.links == ()
    assert found.html.count("[") == len(body) - len(body.replace("[", ""))


def test_a_wiki_link_in_a_table_cell_escapes_its_bar(render: Render) -> None:
    found = render("|A|\n|-|\n|[[x\\|Ông X]]|")
    assert [(k.target, k.line) for k in found.links] == [("x", 3)]
    assert contents(found) == ["Ông X"]


def test_a_wiki_link_wins_over_a_link_around_it(render: Render) -> None:
    found = render("[a [[x]] b](c.md)")
    assert [k.target for k in found.links] == ["x"]


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("../h%E1%BB%8Dp%20a.md", "../họp a.md"),
        ("<họp a.md#phần>", "họp a.md#phần"),
        ("/2025/?x=1#y", "/2025/?x=1#y"),
        ("so%235.pdf", "so%235.pdf"),
        ("o%CC%A3.pdf", "ọ.pdf"),
        ("ftp://x/y", "ftp://x/y"),
    ],
)
def test_other_targets_are_left_to_the_catalogue_as_written(
    render: Render, written: str, target: str
) -> None:
    found = render(f'[một **hai**]({written} "Tên")')
    assert found.html == "<p>một <strong>hai</strong></p>\n"
    assert found.links == (Link(3, len(found.html) - 5, target, False, False, 1, "Tên"),)


def test_a_link_without_text_shows_its_target(render: Render) -> None:
    found = render("[](a.md)")
    assert contents(found) == ["a.md"]
    assert found.links[0].bare


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[a](https://x.vn/?b&c)", '<a href="https://x.vn/?b&amp;c" rel="external">a</a>'),
        ('[a](HTTP://x.vn "T")', '<a href="HTTP://x.vn" title="T" rel="external">a</a>'),
        ("[a](//x.vn)", '<a href="//x.vn" rel="external">a</a>'),
        ("[a](mailto:a@x.vn)", '<a href="mailto:a@x.vn">a</a>'),
        ("[a](tel:+84)", '<a href="tel:+84">a</a>'),
        ("[a](#b)", '<a href="#b">a</a>'),
        ("<https://x.vn>", '<a href="https://x.vn" rel="external">https://x.vn</a>'),
        ("https://x.vn/a_(b).", '<a href="https://x.vn/a_(b)" rel="external">https://x.vn/a_(b)</a>.'),
        ("(https://x.vn/)", '(<a href="https://x.vn/" rel="external">https://x.vn/</a>)'),
        ("so@x.gov.vn, a", '<a href="mailto:so@x.gov.vn">so@x.gov.vn</a>, a'),
        ("[a@x.vn](https://x.vn)", '<a href="https://x.vn" rel="external">a@x.vn</a>'),
    ],
)  # fmt: skip
def test_addresses_outside_the_site_are_links_at_once(render: Render, body: str, html: str) -> None:
    found = render(body)
    assert found.html == f"<p>{html}</p>\n"
    assert found.links == ()


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "vbscript:x", "file:///etc", "data:x"])
def test_dangerous_addresses_stay_text(render: Render, scheme: str) -> None:
    found = render(f"[a]({scheme})")
    assert found.links == ()
    assert "<a" not in found.html


def test_no_address_is_found_in_code_or_in_a_link(render: Render) -> None:
    assert "<a" not in render("`https://x.vn` [https://x.vn](a.md)").html


# Pictures


def test_a_picture_alone_in_a_paragraph_becomes_a_figure(render: Render) -> None:
    found = render('Đầu.\n\n![Hai *bên* ký](<họp a.jpg> "Ảnh: <HNP>")')
    assert found.html == (
        "<p>Đầu.</p>\n<figure><figcaption>Ảnh: &lt;HNP&gt;</figcaption></figure>\n"
    )
    at = found.html.index("<figcaption>")
    assert found.pictures == (Picture(at, "họp a.jpg", "Hai bên ký", "Ảnh: <HNP>", 3),)


def test_a_picture_in_text_stays_there(render: Render) -> None:
    found = render("Một\n![a](a.png) hai")
    assert found.html == "<p>Một\n hai</p>\n"
    assert (found.pictures[0].at, found.pictures[0].line) == (7, 2)


def test_a_linked_picture_is_within_its_link(render: Render) -> None:
    found = render("Xem [ảnh ![a](a.png)](b.md)\n\n[![b](b.png)](c.md)")
    first, second = found.links
    assert first.start < found.pictures[0].at <= first.end
    assert second.start == found.pictures[1].at == second.end
    assert found.html.endswith("<figure></figure>\n")


def test_pictures_elsewhere_are_recorded_for_the_catalogue_to_report(render: Render) -> None:
    assert render("![a](https://x.vn/%C3%A9.png)").pictures[0].src == "https://x.vn/%C3%A9.png"


# Boxes and footnotes


@pytest.mark.parametrize("body", ["> [!WARNING]\n> Nội dung", "!!! warning\n    Nội dung"])
def test_both_ways_to_write_a_box_give_the_same(render: Render, body: str) -> None:
    assert render(body).html == ('<aside class="admonition warning">\n<p>Nội dung</p>\n</aside>\n')


def test_a_box_has_the_title_that_was_written(render: Render) -> None:
    assert render('!!! Info "Xin *lưu ý*"\n    x').html == (
        '<aside class="admonition note">\n<p class="admonition-title">Xin <em>lưu ý</em></p>\n'
        "<p>x</p>\n</aside>\n"
    )


def test_exclamation_marks_before_text_are_no_box(render: Render) -> None:
    assert render("!!! Khẩn").html == "<p>!!! Khẩn</p>\n"


def test_footnotes_lead_there_and_back(render: Render) -> None:
    html = render("a[^x] b[^y] c[^x]\n\n[^y]: Hai.\n[^x]: Một.\n[^z]: Không.").html
    assert '<sup class="footnote-ref"><a id="fnref1" href="#fn1" role="doc-noteref">1</a>' in html
    assert '<a id="fnref1:2" href="#fn1"' in html
    assert '<section class="footnotes" role="doc-endnotes">\n<ol>\n<li id="fn1"><p>Một.' in html
    assert (
        'Hai. <a class="footnote-back" href="#fnref2" role="doc-backlink" aria-label="↩ 2">' in html
    )
    assert html.count("footnote-back") == 3
    assert "Không" not in html
    assert "<hr" not in html


def test_a_footnote_may_refer_to_another_and_hold_links(render: Render) -> None:
    found = render("a[^1]\n\n[^1]: x[^2]\n\n[^2]: [[y]]\n")
    assert [(k.target, k.line) for k in found.links] == [("y", 5)]
    assert found.html.index('id="fn1"') < found.html.index('id="fn2"')


# Runs, lead, lines


def test_names_may_be_found_in_text_only(render: Render) -> None:
    body = (
        "## Tiêu đề\n\nVăn bản **đậm nét** [[x|liên kết]] `mã nguồn` https://x.vn/abcd\n\n"
        "- mục một\n\n> trích dẫn\n\n|cột một|\n|-|\n|ô thứ nhất|\n\n"
        '![thay thế](a.png "chú thích")\n\n'
        '!!! note "Tên hộp"\n    trong hộp[^1]\n\n[^1]: chân trang\n'
    )
    assert runs(render(body)) == [
        "Văn bản ", "đậm nét", "mục một", "trích dẫn", "cột một", "ô thứ nhất", "trong hộp",
        "chân trang",
    ]  # fmt: skip


def test_a_name_broken_over_two_lines_is_in_one_run(render: Render) -> None:
    assert runs(render("> Ông Ngô\n> Lê Văn & \\*\nbà")) == ["Ông Ngô\nLê Văn &amp; *\nbà"]


def test_the_lead_is_the_plain_text_of_the_first_paragraph(render: Render) -> None:
    body = (
        "# T\n\n> Trích\n\n![a](b.png)\n\n"
        "Một  *hai*\n[ba](x.md) [[b|bốn]] `<n>`[^1] & năm\n\nSau\n\n[^1]: f"
    )
    assert render(body).lead == "Một hai ba bốn <n> & năm"
    assert render("- chỉ có\n- danh sách").lead == "chỉ có"
    assert render("## x").lead == ""


def test_a_long_lead_ends_with_a_word(render: Render) -> None:
    lead = render("đối ngoại, " * 50).lead
    assert 220 < len(lead) <= 240
    assert lead.endswith(("ngoại…", "đối…"))
    assert len(render("x" * 500).lead) == 240


def test_lines_are_exact_within_paragraphs_lists_and_windows_files(render: Render) -> None:
    body = "a\r\n\r\nb `c\r\nd`\r\n[e](e.md 'f\r\ng') [[h]]\r\n- i\r\n  ![j](j.png)\r\n"
    found = render(body)
    assert [k.line for k in found.links] == [5, 6]
    assert found.pictures[0].line == 8


# HTML that the site allows


def test_allowed_html_is_kept(render_raw: Render) -> None:
    found = render_raw(
        "<details open><summary>S</summary>\n\nNội *dung*\n\n</details>\n\na <sub>b</sub>"
    )
    assert found.html == (
        '<details open=""><summary>S</summary>\n<p>Nội <em>dung</em></p>\n</details>\n'
        "<p>a <sub>b</sub></p>\n"
    )


def test_what_we_write_ourselves_survives_the_sanitiser(render: Render, render_raw: Render) -> None:
    body = (
        "## Đề mục\n\na[^1]\u00a0[b](https://x.vn 'T') [[c]] ![d](e.png)\n\n"
        "|A|B|\n|-|:-:|\n|c|d|\n\n"
        '!!! tip "T"\n    x\n\n```py\nx\n```\n\n3. x\n\n![d](e.png "f")\n\n[^1]: n\n'
    )
    assert render_raw(body) == render(body)


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "a <script>alert(1)</script>",
        "<style>p{}</style>",
        '<iframe src="https://x"></iframe>',
        '<p onclick="x()">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href="java&#10;script:alert(1)">a</a>',
        '<img src="https://x/y.png" onerror="x()">',
        '<svg><a href="javascript:alert(1)"></svg>',
        '<div style="background:url(https://x)">a</div>',
        '<form action="https://x"><input></form>',
        '<video src="https://x"></video>',
        "<base href='https://x'><meta http-equiv=refresh content='0;url=https://x'>",
    ],
)
def test_nothing_active_and_nothing_foreign_is_left(render_raw: Render, body: str) -> None:
    html = render_raw(body).html
    for tag in re.findall(r"<[^>]*>", html):
        assert not re.search(
            r"script|style|iframe|svg|img|form|video|base|meta|on\w+=|src|https", tag
        )


def test_an_author_cannot_set_ids(render_raw: Render) -> None:
    html = render_raw('<div id="related">\n\n## a\n\n</div>').html
    assert re.findall('id="(.*?)"', html) == ["a"]


def test_links_and_pictures_in_html_are_found(render_raw: Render) -> None:
    found = render_raw(
        'a <a class="b" href="c d.md">e</a>\n<IMG alt="&lt;" src=f.png>\n\n'
        '<div>\n<img src="g.png">\n</div>'
    )
    assert [(k.target, k.line) for k in found.links] == [("c d.md", 1)]
    assert contents(found) == ["e"]
    assert [(p.src, p.alt, p.line) for p in found.pictures] == [("f.png", "<", 2), ("g.png", "", 5)]
    assert "<img" not in found.html


def test_text_in_attributes_is_no_run(render_raw: Render) -> None:
    found = render_raw('<div title="\n\nNguyễn Văn A [[x]]\n\n">\n\nTrần Văn B')
    assert "Nguyễn" not in "".join(runs(found))
    assert "Trần Văn B" in runs(found)
    assert found.links == ()


# Any input


PIECES = """
[[ ]] [ ] ( ) | ![ ]( ](a.md) ](https://x.vn) * ** _ ~~ ` ``` - 1. # ## === --- |-| [^1] [^1]: !!!
> [!NOTE] <b> </b> <a </a> <a_href=x> <div> </div> <div_title=" <!-- --> <script> <p> <table> <td>
<img_src=x> <select> &amp; &#xFDD0; &#64977; %EF%B7%90 \\ " ' https://a.vn a@b.vn Nguyễn Ð đ
"""
PIECE = (
    st.sampled_from([piece.replace("_", " ") for piece in PIECES.split()])
    | st.sampled_from(["_", "\n", "\n\n", " ", "    ", "\t", "\r\n", "> [!NOTE]\n", "!!! note\n"])
    | st.sampled_from(["\u00a0", "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ud800", "\x00"])
    | st.text(max_size=5)
)
BODIES = st.lists(PIECE, max_size=40).map("".join)
ANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("br", "hr", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(found: Markup, body: str) -> None:
    html = found.html
    assert not re.search("[\ufdd0-\ufdef\ud800-\udfff\x00-\x08]", html)
    places = [0, *(offset for run in found.runs for offset in run), len(html)]
    assert places == sorted(places)
    assert all(len(text) > 3 and "<" not in text for text in runs(found))
    places = [0, *(place for link in found.links for place in (link.start, link.end)), len(html)]
    assert places == sorted(places)
    assert [p.at for p in found.pictures] == sorted(p.at for p in found.pictures)
    lines = len(re.findall(r"\r\n?|\n", body)) + 1
    assert all(1 <= link.line <= lines for link in found.links)
    assert all(1 <= picture.line <= lines for picture in found.pictures)
    assert len(found.lead) <= 240
    pieces, last = [], 0
    for link in found.links:
        pieces += [html[last : link.start], "<a>", html[link.start : link.end], "</a>"]
        last = link.end
    balance = _Balance()
    balance.feed("".join([*pieces, html[last:]]))
    balance.close()
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Markup) == found


@ANY
@given(BODIES)
def test_any_body_gives_balanced_html_and_offsets_into_it(renderer: Renderer, body: str) -> None:
    found = renderer.render(body)
    check(found, body)
    assert renderer.render(body) == found


@ANY
@given(BODIES)
def test_any_body_with_html_does_so_too(raw_renderer: Renderer, body: str) -> None:
    check(raw_renderer.render(body), body)


@ANY
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60).map(lambda t: t.replace("&", ""))
)
def test_text_in_nfc_stays_in_nfc(renderer: Renderer, text: str) -> None:
    body = unicodedata.normalize("NFC", text)
    assert unicodedata.is_normalized("NFC", renderer.render(body).html)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000,
        "[[" * 100_000,
        "![" * 100_000,
        "[[a|" * 50_000,
        "[a](" * 5000,
        "[" * 3000 + "a" + "](b)" * 3000,
        "![" * 3000 + "a" + "](b)" * 3000,
        "*" * 100_000,
        "**a" * 10_000,
        "*a_ " * 10_000,
        "`" * 200_000,
        "".join("`" * (i % 50 + 1) + "a" for i in range(5000)),
        "[^1]: a\n\n" + "[^" * 100_000,
        "".join(f"a[^{i}]\n\n[^{i}]: [^{i + 1}]\n\n" for i in range(1000)),
        "## a\n" * 3000,
        "https://" * 20_000 + "https://a" + ")" * 100_000,
        "a." * 50_000 + "@" * 50_000,
        "<a " * 50_000,
        "a|b\n-|-\n" * 2000,
        "- a\n+ b\n" * 1000,
        "![](data:image/png;base64," + "A" * 500_000 + ")",
        "hội nghị " * 200_000,
        "\n\u00a0" * 50_000,
    ],
    ids=lambda body: body[:12].strip(),
)
def test_hostile_input_takes_no_long_time(render: Render, render_raw: Render, body: str) -> None:
    render(body)
    render_raw(body)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("a\n\n" + "> " * 10_000 + "x", 3),
        ("- " * 5000 + "x", 1),
        ("".join("  " * i + "- x\n" for i in range(1000)), 16),
        ("".join("    " * i + "!!! note\n" for i in range(100)), 33),
        ("".join(f"[^{i}]: " for i in range(1000)), 1),
    ],
)
def test_blocks_nested_too_deeply_are_refused_and_not_left_out(
    render: Render, body: str, line: int
) -> None:
    with pytest.raises(MarkupError) as refusal:
        render(body)
    assert refusal.value.line == line
    assert "nested too deeply" in refusal.value.text


def test_html_nested_too_deeply_is_refused(render_raw: Render) -> None:
    with pytest.raises(MarkupError) as refusal:
        render_raw("a\n\n" + "<div>\n\n" * 1000)
    assert refusal.value.line == 203


def test_fifteen_lists_within_each_other_are_rendered(render: Render) -> None:
    assert render("".join("  " * i + f"- m{i}\n" for i in range(15))).html.count("<ul>") == 15


# Keys and loading


def test_the_key_of_a_body_depends_on_all_it_is_made_of() -> None:
    bodies = [("a", ""), ("b", ""), ("a", "b"), ("", "ab"), ("b", "a")]
    keys = {Written(text, Place("x.md", 5, 1)).as_body(about).key for text, about in bodies}
    assert len(keys) == len(bodies)
    assert {len(key) for key in keys} == {16}


def test_the_version_names_those_of_the_libraries() -> None:
    assert re.search(r"markdown_it_py-\d.*mdit_py_plugins-\d.*mdurl-\d.*nh3-\d", markup.VERSION)


def test_importing_does_not_load_the_parser() -> None:
    code = "import sys, generator.markup; sys.exit(bool({'markdown_it', 'nh3'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
