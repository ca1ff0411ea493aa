"""Which citations are of the same document, and where it has its page."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.citations import Documents, make_documents
from generator.documents import Citation, find_citations
from generator.model import Shelf
from generator.names import is_slug
from generator.register import Register, Subject, with_subjects

REGISTER = with_subjects(
    Register({}, {}, {}, ()),
    [
        Subject(Shelf.ORGANISATIONS, "hanoi", "UBND Thành phố Hà Nội", None),
        Subject(Shelf.ORGANISATIONS, "hue", "UBND Thành phố Huế", None),
    ],
)
HANOI, HUE = "của UBND Thành phố Hà Nội", "của UBND Thành phố Huế"


def cited(text: str) -> Citation:
    (citation,) = find_citations(f"<p>Kế hoạch số {text}</p>")
    return citation


def documents(*texts: str, on: int = 2026) -> Documents:
    """The documents that texts of the middle of a year cite."""
    return make_documents([(cited(text), dt.date(on, 7, 1)) for text in texts], REGISTER)


def found(known: Documents, text: str, year: int | None = None) -> str | None:
    """The document that a text cites, in the middle of a year if one is given."""
    return known.find(cited(text), dt.date(year, 7, 1) if year else None)


def test_a_number_is_one_document_however_it_is_typed() -> None:
    typed = ["101/KH-UBND", "101 / KH – UBND", "101-KH/UBND", "0101/KH-UBND", "101/KH&ndash;UBND"]
    known = documents(*typed)
    assert set(known.by_id) == {"101-kh-ubnd"}
    assert {found(known, text) for text in typed} == {"101-kh-ubnd"}
    assert known.by_id["101-kh-ubnd"].number == "101/KH-UBND"


def test_what_some_citations_say_of_a_document_holds_for_all() -> None:
    known = documents("101/KH-UBND", "101/KH-UBND năm 2023", f"101/KH-UBND {HANOI}")
    (document,) = known.by_id.values()
    assert (document.id, document.issuer, document.year) == ("101-kh-ubnd", "hanoi", 2023)
    for text in ("101/KH-UBND", f"101/KH-UBND năm 2023 {HANOI}", "101/KH-UBND do Bộ"):
        assert found(known, text) == "101-kh-ubnd"


def test_a_number_that_nobody_cites_is_no_document() -> None:
    known = documents("101/KH-UBND", "18/2023/NĐ-CP")
    for text in ("102/KH-UBND", "101/QĐ-UBND", "101/KH-SNgV", "18/NĐ-CP", "18/2024/NĐ-CP"):
        assert found(known, text) is None
    assert found(documents(), "101/KH-UBND") is None


def test_a_number_of_two_years_is_two_documents() -> None:
    known = documents("101/KH-UBND năm 2023", "101/KH-UBND ngày 5/4/2024", "101/KH-UBND")
    assert set(known.by_id) == {"101-kh-ubnd-2023", "101-kh-ubnd-2024"}
    assert found(known, "101/KH-UBND (2023)", 2025) == "101-kh-ubnd-2023"
    assert found(known, "101/KH-UBND tháng 4/2024") == "101-kh-ubnd-2024"


@pytest.mark.parametrize(
    ("day", "year"), [(None, 2024), (2026, 2024), (2024, 2024), (2023, 2021), (2021, 2021)]
)
def test_a_citation_without_a_year_means_the_nearest_before_it(day: int | None, year: int) -> None:
    known = documents("101/KH-UBND năm 2021", "101/KH-UBND năm 2024")
    assert found(known, "101/KH-UBND", day) == f"101-kh-ubnd-{year}"


def test_a_citation_without_a_year_before_all_known_ones_means_another_document() -> None:
    texts = ["101/KH-UBND năm 2021", "101/KH-UBND năm 2024", "101/KH-UBND"]
    days = [dt.date(2025, 7, 1), dt.date(2025, 7, 1), dt.date(2020, 7, 1)]
    known = make_documents(list(zip(map(cited, texts), days, strict=True)), REGISTER)
    assert found(known, "101/KH-UBND", 2020) == "101-kh-ubnd"
    assert found(known, "101/KH-UBND", 2022) == "101-kh-ubnd-2021"
    assert found(known, "101/KH-UBND") == "101-kh-ubnd-2024"


def test_a_body_whose_name_goes_on_is_not_the_issuer() -> None:
    assert not documents(f"101/KH-UBND {HUE} Xưa").by_id["101-kh-ubnd"].issuer


def test_a_number_of_two_issuers_is_two_documents() -> None:
    known = documents(f"101/KH-UBND {HANOI}", f"101/KH-UBND {HUE}, theo đó")
    assert set(known.by_id) == {"101-kh-ubnd-hanoi", "101-kh-ubnd-hue"}
    assert found(known, f"101/KH-UBND {HANOI} về đối ngoại") == "101-kh-ubnd-hanoi"
    assert found(known, f"101/KH-UBND ngày 5/4/2023 {HUE}") == "101-kh-ubnd-hue"
    assert found(known, "101/KH-UBND") in known.by_id


def test_issuers_and_years_are_told_apart_together() -> None:
    known = documents(
        f"101/KH-UBND năm 2023 {HANOI}", f"101/KH-UBND năm 2024 {HANOI}", f"101/KH-UBND {HUE}"
    )
    assert set(known.by_id) == {
        "101-kh-ubnd-hanoi-2023", "101-kh-ubnd-hanoi-2024", "101-kh-ubnd-hue"
    }  # fmt: skip
    assert found(known, f"101/KH-UBND {HANOI}", 2023) == "101-kh-ubnd-hanoi-2023"
    assert found(known, f"101/KH-UBND {HUE}", 2023) == "101-kh-ubnd-hue"
    assert found(known, "101/KH-UBND năm 2024") == "101-kh-ubnd-hanoi-2024"


def test_a_citation_is_of_no_document_of_a_later_year() -> None:
    known = documents(
        f"101/KH-UBND năm 2023 {HANOI}", f"101/KH-UBND năm 2024 {HUE}", "101/KH-UBND năm 2022"
    )
    meant = found(known, "101/KH-UBND năm 2022", 2022)
    assert meant
    assert known.by_id[meant].year == 2022


def test_words_that_name_no_organisation_tell_nothing_apart() -> None:
    known = documents("101/KH-UBND của chúng tôi", "101/KH-UBND do Bộ", f"101/KH-UBND {HANOI}")
    assert set(known.by_id) == {"101-kh-ubnd"}


def test_an_address_does_not_depend_on_what_else_is_cited() -> None:
    alone = documents("101/KH-UBND năm 2023")
    among = documents("18/2023/NĐ-CP", "59-NQ/TW", "101/KH-UBND", "101/KH-UBND-KT", "01/KH-UBND")
    assert found(alone, "101/KH-UBND") == found(among, "101/KH-UBND") == "101-kh-ubnd"


def test_a_contract_and_a_guideline_do_not_share_a_page() -> None:
    known = documents("03/HĐ-UBND", "03/HD-UBND")
    contract, guideline = found(known, "03/HĐ-UBND"), found(known, "03/HD-UBND")
    assert contract != guideline
    assert {known.by_id[i].number for i in (contract, guideline) if i} == {
        "03/HĐ-UBND", "03/HD-UBND"
    }  # fmt: skip


def test_contracts_and_guidelines_of_two_years_do_not_share_pages() -> None:
    known = documents(
        *(f"03/{kind}-UBND năm {year}" for kind in ("HĐ", "HD") for year in (2023, 2024))
    )
    assert len(known.by_id) == 4


NUMBERS = st.sampled_from(["101/KH-UBND", "101/QĐ-UBND", "03/HD-UBND", "59-NQ/TW", "18/2023/NĐ-CP"])
YEARS = st.sampled_from(["", " năm 2021", " ngày 5/4/2023", " năm 2024"])
ISSUERS = st.sampled_from(["", f" {HANOI}", f" {HUE}", " của Bộ"])
CITATIONS = st.lists(st.tuples(NUMBERS, YEARS, ISSUERS).map("".join), max_size=12)


@given(CITATIONS, st.none() | st.integers(2020, 2026))
def test_every_citation_has_a_document_whatever_their_order(
    texts: list[str], year: int | None
) -> None:
    known = documents(*texts)
    assert known.by_id == documents(*reversed(texts)).by_id
    for text in texts:
        document = known.by_id[found(known, text, year) or ""]
        assert document.number == str(cited(text).document)
        assert is_slug(document.id)
    assert {document.number for document in known.by_id.values()} == {
        str(cited(text).document) for text in texts
    }
