"""What two texts both speak of, as readers are told it."""

from __future__ import annotations

import pytest

from generator.markup import MarkupOptions, make_renderer
from generator.phrases import PlainText, common_phrase, plain_text

RENDERER = make_renderer(MarkupOptions())


def wording(body: str, about: str = "") -> PlainText:
    return plain_text(about, RENDERER.render(body))


def phrase(term: str, one: str, other: str = "", *names: str) -> str:
    """What readers are told where two texts share a term; the other text is the same if `""`."""
    return common_phrase([term], wording(one), wording(other or one), names)


def test_half_words_are_drawn_out_to_whole_ones() -> None:
    one = "Quy chế phối hợp mới. Về quy chế phối hợp này, các bên đã thống nhất."
    other = "Sửa quy chế phối hợp. Bản quy chế phối hợp được gửi đi."
    for term in ("chế phối", "quy chế", "phối hợp"):
        assert phrase(term, one, other) == "quy chế phối hợp"


def test_a_phrase_is_not_drawn_out_by_what_only_one_text_says() -> None:
    one = "Cảng biển nước sâu. Xây cảng biển nước sâu."
    other = "Cảng biển du lịch. Xây cảng biển du lịch."
    assert phrase("cảng biển", one, other) == "cảng biển"


def test_a_phrase_is_not_drawn_out_by_words_that_say_nothing_or_beyond_a_sentence() -> None:
    one = "Về cảng biển của thành phố. Họp về cảng biển của tỉnh."
    assert phrase("cảng biển", one) == "cảng biển"
    assert phrase("cảng biển", "Xây cảng biển.\n\nSâu. Thăm cảng biển. Sâu.") == "cảng biển"


def test_a_phrase_is_not_drawn_out_beyond_a_list_item() -> None:
    body = "- cảng biển\n- nước sâu\n\nMột đoạn.\n\n- cảng biển\n- nước sâu\n"
    assert phrase("cảng biển", body) == "cảng biển"


def test_an_abbreviation_is_a_name() -> None:
    assert phrase("unesco", "Gặp UNESCO.", "Từ UNESCO.") == "UNESCO"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Cảng Biển lớn. Cảng Biển nhỏ.", "Cảng Biển"),
        ("Cảng Biển lớn. Những cảng biển nhỏ.", "cảng biển"),
        ("CẢNG BIỂN. Những CẢNG BIỂN.", "CẢNG BIỂN"),
        ("**Cảng** *biển*: cảng\nbiển", "cảng biển"),
    ],
)
def test_a_phrase_is_spelled_as_the_first_text_does(text: str, told: str) -> None:
    assert phrase("cảng biển", text, "cảng biển, cảng biển") == told


def test_what_is_said_once_is_told_only_where_it_is_a_name() -> None:
    assert phrase("sông hồng", "Dọc Sông Hồng.", "Bờ Sông Hồng.") == "Sông Hồng"
    assert phrase("ireland", "Thăm Ireland.", "Từ Ireland.") == "Ireland"
    assert phrase("cảng biển", "Xây cảng biển.", "Thăm cảng biển.") == ""
    assert phrase("cảng biển", "Cảng biển. Cảng biển.", "Thăm cảng biển.") == ""


def test_names_that_readers_see_anyway_are_not_told_again() -> None:
    text = "Ông Ngô Lê Văn nói. Ông Ngô Lê Văn hỏi. Cảng biển lớn, cảng biển nhỏ."
    terms = ["lê văn", "cảng biển"]
    assert common_phrase(terms, wording(text), wording(text), ()) == "Ông Ngô Lê Văn"
    assert common_phrase(terms, wording(text), wording(text), {"ngô lê văn"}) == "cảng biển"
    assert phrase("cảng biển", text, "", "ban quản lý cảng biển") == ""


def test_only_whole_words_count() -> None:
    assert phrase("art", "The party started. Parts.", "art, art") == ""
    assert phrase("art", "Art starts. The art of artists.", "art, art") == "art"


def test_nothing_in_common_is_nothing_to_tell() -> None:
    assert common_phrase([], wording("Chữ"), wording("Chữ"), ()) == ""
    assert phrase("cảng biển", "Chữ", "Cảng biển") == ""


def test_the_title_counts_and_what_stands_in_html_is_read_as_text() -> None:
    text = wording("Làm R&D. <b>Nghiên</b>", about="R&D về İstanbul")
    assert common_phrase(["r&d"], text, text, ()).lower() == "r&d"


def test_a_phrase_ends_somewhere() -> None:
    text = "một " + "vòng tròn " * 50
    assert len(phrase("vòng tròn", text).split()) < 20
