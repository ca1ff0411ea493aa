"""Officials named in a body."""

from __future__ import annotations

import pytest

from generator.markup import MarkupOptions, make_renderer
from generator.mentions import known_names, make_mention_finder
from generator.model import Body, Entry, Markup, Official, Reference, Shelf
from generator.problems import Place
from generator.register import Register, Subject

NOWHERE = Place("x", 1, 1)
RENDERER = make_renderer(MarkupOptions())


def official(identity: str, name: str, *other_names: str, shelved: bool = True) -> Subject:
    entry = Entry(
        shelf=Shelf.OFFICIALS, id=identity, place=NOWHERE, name=name,
        other_names=tuple(Reference(other, NOWHERE) for other in other_names),
        translated_names={}, draft=False, body=Body(b"", NOWHERE), details=Official(),
    )  # fmt: skip
    return Subject(Shelf.OFFICIALS, identity, name, entry if shelved else None)


PEOPLE = (
    official("van", "Ngô Lê Văn", "Ngô L. Văn"),
    official("le-van", "Lê Văn"),
    official("thanh", "Trần Sỹ Thanh"),
    official("hoa", "Nguyễn Hoà"),
    official("mai", "Hoa Mai"),
    official("tony", 'Lê "Tony" & Sơn'),
    official("an-1", "Tô Văn An"),
    official("an-2", "Tô Văn An"),
    official("khach", "Vũ Văn Khách", shelved=False),
    official("khurelsukh", "Khürelsükh"),
)
REGISTER = Register({(s.shelf, s.id): s for s in PEOPLE}, {}, {}, ())
FIND = make_mention_finder(known_names(REGISTER))


def found(body: str, *present: str) -> list[tuple[str, str]]:
    """Who is named in a Markdown body, and by which words."""
    markup = RENDERER.render(body)
    return [(m.target[1], markup.html[m.start : m.end]) for m in FIND(markup, present)]


TEXTS: dict[str, list[tuple[str, str]]] = {
    "Ông Ngô Lê Văn nói.": [("van", "Ngô Lê Văn")],
    "Ngô Lê Văn": [("van", "Ngô Lê Văn")],
    "(Ngô Lê Văn), Trần Sỹ Thanh.": [("van", "Ngô Lê Văn"), ("thanh", "Trần Sỹ Thanh")],
    "Trần Sỹ Thanh, Ngô Lê Văn, Trần Sỹ Thanh": [("thanh", "Trần Sỹ Thanh"), ("van", "Ngô Lê Văn")],
    "**Ngô Lê Văn** và *Trần Sĩ Thanh*": [("van", "Ngô Lê Văn"), ("thanh", "Trần Sĩ Thanh")],
    "Nguyễn Hòa nói.": [("hoa", "Nguyễn Hòa")],
    "NGÔ LÊ VĂN": [("van", "NGÔ LÊ VĂN")],
    "Ngô L. Văn": [("van", "Ngô L. Văn")],
    "Ngô Lê\nVăn nói": [("van", "Ngô Lê\nVăn")],
    "Ngô\u00a0Lê Văn": [("van", "Ngô\u00a0Lê Văn")],
    'Lê "Tony" & Sơn': [("tony", 'Lê "Tony" &amp; Sơn')],
    "| Tên |\n|---|\n| Ngô Lê Văn |": [("van", "Ngô Lê Văn")],
    "Thư của ông Lê Văn.": [("le-van", "Lê Văn")],
    "İ Ngô Lê Văn": [("van", "Ngô Lê Văn")],
    # Part of a longer name, or of a word.
    "Ngô Lê Văn Hải nói": [],
    "Ngô Lê Văn\nHải nói": [],
    "Ngô Lê Văn A": [],
    "NGÔ LÊ VĂN HẢI": [],
    "Trần Lê Văn": [],
    "Trần\nLê Văn": [],
    "Ngô Lê Vănn": [],
    "XNgô Lê Văn": [],
    "Ngô Lê Văn2": [],
    # The name is followed by what is no name.
    "Ngô Lê Văn và": [("van", "Ngô Lê Văn")],
    "Ngô Lê Văn UBND": [("van", "Ngô Lê Văn")],
    "Ngô Lê Văn. Hải": [("van", "Ngô Lê Văn")],
    # Words a name is made of too.
    "hoa mai nở": [],
    "Hoa Mai nở": [("mai", "Hoa Mai")],
    # One word is no whole name.
    "Khürelsükh": [],
    # Where no link may stand.
    "# Ngô Lê Văn": [],
    "[Ngô Lê Văn](https://x.vn)": [],
    "[[x|Ngô Lê Văn]]": [],
    "`Ngô Lê Văn`": [],
    "    Ngô Lê Văn": [],
    "![Ngô Lê Văn](x.png)": [],
    "Ngô **Lê** Văn": [],
    "# Ngô Lê Văn\n\nNgô Lê Văn": [("van", "Ngô Lê Văn")],
    # Two of one name, and one whom no file knows.
    "Tô Văn An": [],
    "Vũ Văn Khách": [],
}


@pytest.mark.parametrize("text", TEXTS)
def test_the_first_whole_mention_of_an_official_is_found(text: str) -> None:
    assert found(text) == TEXTS[text]


def test_a_name_of_two_is_theirs_who_alone_is_present() -> None:
    assert found("Tô Văn An", "an-2") == [("an-2", "Tô Văn An")]
    assert found("Tô Văn An", "an-1", "an-2") == []


def test_a_name_in_no_file_is_found_where_it_is_among_the_articles_own() -> None:
    assert found("Vũ Văn Khách", "khach") == [("khach", "Vũ Văn Khách")]


def test_nobody_known_is_nobody_found() -> None:
    find = make_mention_finder(known_names(Register({}, {}, {}, ())))
    assert find(Markup("Ngô Lê Văn", (), (), ((0, 10),), (), ""), ()) == ()
