"""Numbers of official documents: their one form, and where a text cites them."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.documents import (
    Citation,
    DocumentNumber,
    find_citations,
    parse_citation,
    parse_number,
)

# A form, and what people type for it in a text; a form stands for itself.
VARIANTS = {
    "101/KH-UBND": [
        "101 / KH - UBND", "101/KH–UBND", "101/KH—UBND", "101/KH\u2011UBND", "101/KH−UBND",
        "101\u00a0/\u00a0KH\u00a0-\u00a0UBND", "101&nbsp;/&nbsp;KH&ndash;UBND", "101-KH/UBND",
        "0101/KH-UBND", "101 – KH/UBND", "101/KH/UBND", "101/Kh-UBND", "101/KH\u200b-UBND",
    ],
    "59-NQ/TW": ["59/NQ-TW", "59 - NQ / TW", "59-NQ/TƯ", "59–NQ/T.Ư", "59-NQ/TU\u031b"],
    "12-CTr/TU": ["12-CTR/TU", "12/CTr-TU", "12-CTr / TU"],
    "06-HD/VPTW": ["6-HD/VPTW", "6/HD-VPTƯ"],
    "07-KH/BCSĐ": ["7-KH/BCSD", "07/KH-BCSĐ", "07-KH/BCSÐ"],
    "1139/QĐ-UBND": ["1139/QÐ-UBND", "1139/QD-UBND", "1139-QĐ/UBND"],
    "05/QĐ-TTg": ["5/QD-TTg", "05/QĐ-TTG", "005/QÐ-TTg", "5/QĐ-Ttg"],
    "18/2023/NĐ-CP": ["18 / 2023 / NĐ-CP", "18/2023/ND-CP", "18-2023/NĐ-CP", "18/2023/NÐ/CP"],
    "05/2024/TT-BNG": ["5/2024/TT-BNG", "05/2024/TT - BNG"],
    "08/NQ-HĐND": ["8/NQ-HDND", "08/NQ-HÐND"],
    "112/2025/UBTVQH15": ["112/2025-UBTVQH15", "112-2025/UBTVQH15", "112 / 2025/UBTVQH15"],
    "39/2024/QH15": ["39/2024/Qh15"],
    "09/2024/L-CTN": ["9/2024/L-CTN"],
    "12a/KH-UBND": ["12A/KH-UBND"],
    "25/BC-SNgV-HTQT": ["25/BC-SNGV-HTQT", "25-BC/SNgV-HTQT"],
    "03/HD-SNgV": [],
    "03/HĐ-SNgV": [],
    "03/DA-UBND": [],
    "03/ĐA-UBND": [],
    "1234/UBND-KT": ["1234/UBND–KT", "01234/UBND-KT"],
    "12-KH/BCĐ35": [],
    "12/KH-BCĐ35": [],
}  # fmt: skip

IN_FIELDS = {
    "qđ-ttg số 5": None,
    "5/qđ-ttg": "05/QĐ-TTg",
    "5/qd-ttg": "05/QĐ-TTg",
    "59-nq/tư": "59-NQ/TW",
    "39/2024/qh15": "39/2024/QH15",
    "59-NQ-TW": "59-NQ/TW",
    "Số: 101/KH-UBND": "101/KH-UBND",
    "số101/KH-UBND": "101/KH-UBND",
    "No.101/KH-UBND": "101/KH-UBND",
    "Kế hoạch số 101/KH-UBND.": "101/KH-UBND",
    "“Công văn số 1234/UBND”": "1234/UBND",
    "101/KH-UBND ngày 05/4/2023": "101/KH-UBND",
    "101/KH-UBND (2023)": "101/KH-UBND",
    "Kế hoạch 101/KH-UBND của UBND TP. Hà Nội": "101/KH-UBND",
    "101/KH-UBND về đối ngoại năm 2025": "101/KH-UBND",
    "12/ABC-XYZ": "12/ABC-XYZ",
    "101/KH-UBND và 102/KH-UBND": None,
    "101/KH-UBND, 102/KH-UBND": None,
    "101/KH-UBND hay": None,
    "Kế hoạch đối ngoại 2025": None,
    "5/4/2023": None,
    "covid-19/SARS": None,
    "0/KH-UBND": None,
    "12/NQ": None,
    "": None,
}

NOT_NUMBERS = [
    "10/12/2025", "5-7/2023", "24/7", "1/2", "tỷ lệ 3/4 HS", "024-3825-2525", "G20/COP26",
    "3/TP-HCM", "5/Bộ-ngành", "covid-19/SARS", "example.vn/12/KH-UBND", "vn/van-ban/12/KH-UBND",
    "ABC-101/KH-X", "A101/KH-UBND", "2.101/KH-UBND", "?so=12/KH-UBND", "12/kh-ubnd", "12/KH",
    "12/KH-Hoa", "size 40/L-XL", "10/CT-Hà Nội", "km 5/QL-1A", "số nhà 5/A2", "số 87/ILO",
    "1234/UBND phường", "0/KH-UBND", "12/KH<b>-UBND</b>", "2020-2025", "12-KH-UBND",
    "2020-2025/KH-UBND", '<img alt="12/KH-UBND">', '<a title="a > 12/KH-UBND">b</a>',
    "<!-- 12/KH-UBND -->",
]  # fmt: skip

CONTEXTS = [
    (" ngày 05 tháng 4 năm 2023", 2023, ""),
    (" ngày 5/4/2023 của UBND Thành phố Hà Nội, theo đó", 2023, "UBND Thành phố Hà Nội"),
    (" ngày 5-4-2023", 2023, ""),
    (", ngày&nbsp;5.4.2023", 2023, ""),
    (
        "</a></strong> <em>ngày <b>05</b>/4/2023</em> của <b>Bộ Ngoại giao</b>",
        2023,
        "Bộ Ngoại giao",
    ),
    ("</p><p>ngày 5/4/2023 của Bộ", None, ""),
    (" ban hành ngày 5/4/2023", 2023, ""),
    (" năm 2023 của UBND TP. Hà Nội.", 2023, "UBND TP. Hà Nội"),
    (" năm 2023-2025", None, ""),
    (" tháng 4/2023", 2023, ""),
    (" tháng 4 năm 2023 do Bộ", 2023, "Bộ"),
    (" (2023) của Thành uỷ (khoá XVII)", 2023, "Thành uỷ"),
    (" (ngày 5/4/2023)", 2023, ""),
    (" ngày 5/4 của Bộ Khoa học &amp; Công nghệ", None, "Bộ Khoa học & Công nghệ"),
    (" dated 5 April 2023 of the Hanoi People’s Committee", 2023, "Hanoi People’s Committee"),
    (" of 5th April, 2023, issued by the Politburo", 2023, "Politburo"),
    (" of April 5, 2023", 2023, ""),
    (" by the Politburo", None, "Politburo"),
    (" và ngày 5/4/2023", None, ""),
    (" của " + "Uỷ ban " * 30, None, " ".join(["Uỷ ban"] * 8) + " Uỷ"),
    (unicodedata.normalize("NFD", " ngày 5 tháng 4 năm 2023 của Bộ"), 2023, "Bộ"),
]

HOSTILE = [
    "1", "/", "1/", "1/1/", "A-", "1/A-", "1/KH-UBND ", "1/2025/", "1 / ", "<", '<a "', "&", "&amp",
    "&nbsp;", "1&nbsp;", "0", " ", "số ", "<!--", "1/KH-UBND<a>", "1/KH-UBND của ", "1/KH-A-", "\0",
]  # fmt: skip

NUMBERS = st.builds(
    lambda number, letter: f"{number:02}{letter}",
    st.integers(1, 99_999),
    st.sampled_from(["", "", "a", "b"]),
)
YEARS = st.none() | st.integers(1945, 2099)
UNITS = st.sampled_from(["", "", "-HTQT", "-KT", "-LTVP"])
TYPES = st.sampled_from("NQ QĐ CT KH HD HĐ DA ĐA CTr TTr BC QyĐ QĐi NĐ TT KL CV".split())  # noqa: SIM905
ISSUERS = st.sampled_from(["UBND", "TTg", "CP", "SNgV", "HĐND", "TW", "TU", "BCSĐ", "VPTW", "ABC"])
DOCUMENTS = st.one_of(
    st.builds(
        lambda number, year, kind, issuer, unit: DocumentNumber(number, year, kind, issuer + unit),
        *(NUMBERS, YEARS, TYPES, ISSUERS, UNITS),
    ),
    st.builds(
        lambda number, year, house: DocumentNumber(number, year, "", house),
        *(NUMBERS, YEARS, st.sampled_from(["QH15", "UBTVQH15", "QH9"])),
    ),
    st.builds(
        lambda number, issuer, unit: DocumentNumber(number, None, "", issuer + unit),
        *(NUMBERS, st.sampled_from(["UBND", "SNgV", "VPCP"]), UNITS),
    ),
)
SPACES = st.sampled_from(["", "", " ", "\u00a0", " \u200b"])
DASHES = st.sampled_from("-–—\u2011−")


def parsed(text: str) -> DocumentNumber:
    found = parse_number(text)
    assert found is not None
    return found


def cited(html: str) -> Citation:
    (found,) = find_citations(html)
    return found


@pytest.mark.parametrize("form", VARIANTS)
def test_what_people_type_has_one_form(form: str) -> None:
    for variant in (form, *VARIANTS[form]):
        citation = cited(f"<p>Theo công văn số <b>{variant}</b>, các đơn vị…</p>")
        assert (variant, str(citation.document)) == (variant, form)
        assert citation.document.key == parsed(form).key
        if "&" not in variant:
            assert str(parsed(variant)) == form


@pytest.mark.parametrize("text", IN_FIELDS)
def test_a_field_is_one_number_with_words_around_it(text: str) -> None:
    found = parse_number(text)
    assert (found and str(found)) == IN_FIELDS[text]


def test_keys_tell_documents_apart() -> None:
    assert len({parsed(form).key for form in VARIANTS}) == len(VARIANTS) - 1
    assert parsed("12-KH/BCĐ35").key == parsed("12/KH-BCD35").key
    assert parsed("18/2023/NĐ-CP").key != parsed("18/NĐ-CP ngày 5/4/2023").key


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert find_citations(f"<p>Từ {text} đến nay</p>") == ()


def test_letters_of_unknown_issuers_need_a_cue() -> None:
    for cue in ("số ", "Số: ", "công văn ", "<b>Công văn số</b> ", "No. ", "No.", "Letter No "):
        assert str(cited(f"<p>{cue}12/ABC-XYZ</p>").document) == "12/ABC-XYZ"
    assert find_citations("<p>đoạn 12/ABC-XYZ</p>") == ()
    assert str(cited("<p>đoạn 12/UBND-KT</p>").document) == "12/UBND-KT"


def test_an_author_s_dash_ends_a_number() -> None:
    assert str(cited("<p>101/KH-UBND - TP HCM</p>").document) == "101/KH-UBND"
    assert str(cited("<p>số 1234/UBND – TP HCM</p>").document) == "1234/UBND"
    assert str(cited("<p>39/2024/QH15 – CP</p>").document) == "39/2024/QH15"


@pytest.mark.parametrize(("after", "year", "issuer"), CONTEXTS)
def test_the_words_after_a_number_say_year_and_issuer(
    after: str, year: int | None, issuer: str
) -> None:
    citation = cited(f"<p>Kế hoạch <a><strong>101/KH-UBND{after}</p>")
    assert (citation.year, citation.issuer_words) == (year, issuer)
    assert citation.document.year is None


def test_the_year_of_a_number_is_that_of_issue() -> None:
    assert cited("18/2023/NĐ-CP").year == 2023
    citation = parse_citation("Nghị quyết số 59-NQ/TW ngày 24/01/2025 của Bộ Chính trị")
    assert citation == Citation(
        14, 22, DocumentNumber("59", None, "NQ", "TW"), 2025, "Bộ Chính trị"
    )


def test_all_numbers_of_a_text_are_found_where_they_stand() -> None:
    html = (
        '<h2 id="12/KH-A">Số 59-NQ/TW</h2><p title=\'1/KH-UBND\'>5 < 6: <a href="/12/KH-UBND">101 /'
        " KH&#8209;UBND</a>; 39/2024/QH15<br>5/Q&Eacute;</p><table><td>5/QĐ-TTg</td></table>"
    )
    found = [html[citation.start : citation.end] for citation in find_citations(html)]
    assert found == ["59-NQ/TW", "101 / KH&#8209;UBND", "39/2024/QH15", "5/QĐ-TTg"]


@given(DOCUMENTS)
def test_a_form_is_read_back(document: DocumentNumber) -> None:
    assert str(parsed(str(document))) == str(document)
    assert parsed(str(document)) == document
    before = "<p>Theo công văn số "
    citation = cited(f"{before}{document}</p>")
    assert (citation.start, citation.end) == (len(before), len(before) + len(str(document)))
    assert citation.document == document


@given(DOCUMENTS, st.data())
def test_typing_habits_do_not_matter(document: DocumentNumber, data: st.DataObject) -> None:
    typed = str(document)
    if document.type and not document.year and data.draw(st.booleans()):
        typed = typed.translate(str.maketrans("/-", "-/"))
    typed = data.draw(st.sampled_from([typed, typed.lower(), typed.upper()]))
    typed = data.draw(st.sampled_from(["", "0", "số ", "Công văn số: "])) + typed
    drawn = [
        data.draw(SPACES) + (data.draw(DASHES) if c == "-" else c) + data.draw(SPACES)
        if c in "/-" and at < len(typed) - len(document.issuer)
        else c
        for at, c in enumerate(typed)
    ]
    found = parsed("".join(drawn))
    assert found.key == document.key


@given(st.text() | st.text("1aĐK/-–&;<>\"' \0sốngày2023"))
@example("1/ſK-ſK")
@example("1/KH-K\u0301K")
def test_any_text_will_do(text: str) -> None:
    for citation in find_citations(text):
        assert 0 <= citation.start < citation.end <= len(text)
    found = parse_citation(text)
    if found:
        assert parsed(str(found.document)).key == found.document.key


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    for hostile in (text, f"1/KH-UBND{text} 1/KH-UBND"):
        started = time.perf_counter()
        find_citations(hostile)
        parse_citation(hostile)
        assert time.perf_counter() - started < 10
