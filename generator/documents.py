"""Numbers of Vietnamese official documents: recognised as people type them, written in one form.

The form is that of Decree 30/2020/NĐ-CP, Annex I, Part I, II.3, for the State (101/KH-UBND), of
Guideline 36-HD/VPTW (2018), II.1.3, for the Party (59-NQ/TW), and of the Law on Promulgation of
Legal Documents for the legislature (39/2024/QH15).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import unescape
from typing import Final

from msgspec import Struct

from generator.names import ascii_fold, nfc


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Decree 30/2020/NĐ-CP, Annex III; then the laws', the Party's, and others in daily use.
_TYPES: Final = _codes("""
    NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB
    NĐ TT TTLT NQLT L PL LCT VBHN
    KL QĐi QyC CTHĐ TTh CV QCPH CTPH KHPH KHLT
""")
_STATE: Final = _codes("""
    CP TTg CTN VPCP VPQH VPCTN TTCP KTNN NHNN TANDTC VKSNDTC TAND VKSND HĐND UBND
    BNG BQP BCA BNV BTP BTC BCT BYT BXD BKHCN BGDĐT BVHTTDL BNNMT BDTTG
    BKHĐT BLĐTBXH BTNMT BTTTT BGTVT BNNPTNT
    SNgV SNV STP STC SCT SYT SXD SDL SKHCN SGDĐT SVHTT SVHTTDL SNNMT SKHĐT SLĐTBXH STNMT STTTT
""")
_PARTY: Final = _codes("TW TU HU QU ThU TXU ĐU BCSĐ ĐĐ TĐTN TWĐTN")
_OF_THE_PARTY = re.compile(
    "(?:T[WU]|HU|QU|ThU|TXU)$|ĐU|BCSĐ|ĐĐ|TĐTN|TWĐTN"
    "|(?:VP|UBKT|B(?!CĐ)[A-ZĐ]{1,5}|[QC])(?:TW|TU|HU|QU|ThU|ĐU)$"
)
_HOUSE = re.compile(r"(?:UBTV)?QH[0-9]{1,2}$")  # 15: of the 15th National Assembly
_CENTRAL = re.compile("T\\.?(?:W|Ư)", re.IGNORECASE)  # T.Ư, as newspapers write TW

# Whoever leaves out a stroke means the code with it, unless there is one without (HD and HĐ).
_TYPE_OF: Final = {ascii_fold(c): c for c in _TYPES} | {c.casefold(): c for c in _TYPES}
TWINS: Final = frozenset(
    code
    for code in _TYPES
    if code.casefold() != ascii_fold(code) and _TYPE_OF[ascii_fold(code)] != code
)
"""Types that differ from another by a stroke alone."""

_ISSUER_OF: Final = {ascii_fold(c): c for c in (*_STATE, *_PARTY)}

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d-"
_LOOK_ALIKES: Final = (
    *((dash, "-") for dash in _DASHES[:-1]),
    *((slash, "/") for slash in "\u2044\u2215\uff0f"),
    *zip("Ðð", "Đđ", strict=True),
)
# What stands for tags in a text that must stay as long as its HTML.
_INLINE, _BLOCK = "\0", "\x01"
_INLINE_TAGS: Final = _codes("""
    a abbr b bdi br cite code del em font i ins kbd mark q s small span strong sub sup time u wbr
""")
_TAG_OR_ENTITY = re.compile(
    r"""<!--.*?(?:-->|\Z)|</?(?P<tag>[a-zA-Z]+)(?:[^>"']++|"[^"]*"|'[^']*')*+(?:>|.*\Z)"""
    r"|&#?\w{1,31};",
    re.DOTALL,
)
_SPACE = "[\\s\u00ad\u200b\u2060\ufeff]"
_YEAR = r"(?:19[4-9]|20[0-9])[0-9](?![0-9])"
_NUMBER = (
    r"(?:(?<![\w/.=?#&@%+-])|(?<=\b[Nn]o\.)|(?<=\b[Ss]ố))"
    r"(?P<digits>[0-9]{1,7})(?P<letter>[a-zA-ZđĐ]?)(?!\w)"
)
# Of the characters in a number, slashes are the rarest: a cheap look at them and what is before
# them finds where numbers may begin, in HTML with its entities.
_GAP = rf"(?:{_SPACE}|&[#\w]{{2,9}};){{0,9}}+"
_SLASH = re.compile(rf"/(?={_GAP}(?:[A-ZĐÐƯ]|{_YEAR}))")
_BEFORE_SLASH = re.compile(
    rf"{_NUMBER}{_GAP}(?:(?:[/{_DASHES}]|(?<=;)){_GAP}(?:{_YEAR}|[A-ZĐÐ]\w{{0,6}}+){_GAP})?$"
)
_WINDOW = 60


# Patterns that take milliseconds to compile are made when first needed, not at every start.
@cache
def _pattern(first_letters: str) -> re.Pattern[str]:
    """A pattern of numbers whose codes begin with any of `first_letters`."""
    sep = rf"{_SPACE}{{0,12}}[/-]{_SPACE}{{0,12}}"
    code = rf"(?:T\.[WƯ]|[{first_letters}][A-Za-zĐđƯư0-9\u031b]{{0,14}})(?![\w\u0300-\u036f])"
    return re.compile(
        rf"{_NUMBER}(?P<sep>{sep})(?:(?P<year>{_YEAR}){sep})?"
        rf"(?P<first>{code})(?:(?P<gap>{sep})(?P<second>{code}))?(?P<more>(?:[/-]{code}){{0,4}})"
    )


_IN_TEXT, _IN_FIELD = "A-ZĐƯ", "A-Za-zĐđƯư"


def _words(*words: str) -> str:
    """A pattern of any of `words`, composed or not."""
    return "|".join(form for word in words for form in (word, unicodedata.normalize("NFD", word)))


_CUE = re.compile(
    rf"(?:^|[\W\0])(?:{_words('số', 'công văn', 'văn bản')}|nos?|letter|dispatch)"
    rf"[\0:.{_SPACE[1:]}*$",
    re.IGNORECASE,
)
_S = rf"[\0{_SPACE[1:]}*+"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"[0-9]{1,2}"
_ISSUED = "|".join((_words("ký", "ban hành"), "issued|signed|promulgated|adopted"))


@cache
def _date() -> re.Pattern[str]:
    return re.compile(
        rf"{_S}[,(]?{_S}(?:(?:{_ISSUED})\b{_S})?(?:"
        rf"(?:{_words('ngày')}){_S}{_DAY}{_S}(?:[/.-]|{_words('tháng')}){_S}{_DAY}"
        rf"(?:{_S}(?:[/.,-]|{_words('năm')}){_S}(?P<y1>{_YEAR}))?"
        rf"|(?:(?:{_words('tháng')}){_S}{_DAY}{_S}(?:[/-]|{_words('năm')})|{_words('năm')})"
        rf"{_S}(?P<y2>{_YEAR})"
        rf"|(?:(?:dated|of|on|in){_S})?(?:{_DAY}(?:st|nd|rd|th)?{_S}{_MONTH},?{_S}"
        rf"|{_MONTH}{_S}{_DAY}(?:st|nd|rd|th)?,?{_S}|{_DAY}[/.-]{_DAY}[/.-])(?P<y3>{_YEAR})"
        rf"|(?:of|in){_S}(?P<y4>{_YEAR})|(?<=\(){_S}(?P<y5>{_YEAR}))(?!\w|\s?-\s?[0-9]){_S}\)?",
        re.IGNORECASE,
    )


@cache
def _issuer() -> re.Pattern[str]:
    return re.compile(
        rf"{_S},?{_S}(?:(?:{_ISSUED})\b{_S})?(?:(?:{_words('của')}|do|(?:of|by)(?:{_S}the)?)\b{_S})"
        rf"(?P<words>(?:[^,.;:()\[\]\"“”«»<>{_BLOCK}]|(?<=\bT[Pp])\.){{1,180}})",
        re.IGNORECASE,
    )


_LONGEST_ISSUER = 60
_ABOUT = re.compile(r"(?:về|v/v|on|about|concerning|regarding)\b", re.IGNORECASE)
_PUNCTUATION = " .,;:()[]\"'“”‘’«»–-"


class DocumentNumber(Struct, frozen=True, array_like=True, gc=False):
    """The number of a document, in parts of canonical spelling.

    `number` is "101", "05" or "12a"; `year` is None where the number does not say it; `type` is
    `` for the legislature and for letters; `issuer` has its units, as in "SNgV-HTQT". `party`, for
    an issuer unknown here, is whether its number was written as the Party writes them.
    """

    number: str
    year: int | None
    type: str
    issuer: str
    party: bool = False

    def __str__(self) -> str:
        form = _known_form(self.issuer) or ("-" if self.party else "/")
        if self.type and not self.year and form == "-":
            return f"{self.number}-{self.type}/{self.issuer}"
        number = f"{self.number}/{self.year}" if self.year else self.number
        return f"{number}/{self.type}-{self.issuer}" if self.type else f"{number}/{self.issuer}"

    @property
    def key(self) -> str:
        """What all spellings of one number share."""
        parts = (self.number, str(self.year or ""), self.type.casefold(), ascii_fold(self.issuer))
        return "/".join(parts)


class Citation(Struct, frozen=True, array_like=True, gc=False):
    """A number at `start`:`end` of a text, and what the words right after it say.

    `year` is that of issue, None where neither the number nor its date says it; `issuer_words` is
    what follows "của", "of the" or "by the": an organisation's name and perhaps more, or ``.
    """

    start: int
    end: int
    document: DocumentNumber
    year: int | None = None
    issuer_words: str = ""


def parse_number(text: str) -> DocumentNumber | None:
    """The number that a whole field is (see `parse_citation`); None where it is none."""
    found = parse_citation(text)
    return found.document if found else None


def parse_citation(field_text: str) -> Citation | None:
    """The one number of a field such as "Kế hoạch số 101/kh-ubnd ngày 05/4/2023 của UBND TP".

    Words may stand before it; after it only its date, its issuer, and what it is about. Offsets
    are into `nfc(field_text)`.
    """
    text = _plain(nfc(field_text))
    match = _pattern(_IN_FIELD).search(text)
    read = _read(match, in_field=True) if match else None
    if not match or not read or re.search("[0-9/]", text[: match.start()]):
        return None
    citation, done = _cited(text, match.start(), *read)
    rest = text[done:].strip(_PUNCTUATION)
    return None if rest and not _ABOUT.match(rest) else citation


def find_citations(html: str) -> tuple[Citation, ...]:
    """The numbers in the text of `html`, in their order; offsets are into `html`.

    Codes must begin with a capital letter. A first code that is neither a type nor a known issuer
    of letters counts only after "số", "công văn", "No." or the like.
    """
    starts = _possible_starts(html)
    if not starts:
        return ()
    text = _plain(_TAG_OR_ENTITY.sub(_blank, html))
    found: dict[int, Citation] = {}
    for start in starts:
        if (match := _pattern(_IN_TEXT).match(text, start)) and (
            read := _read(match, in_field=False)
        ):
            found[start] = _cited(text, start, *read)[0]
    return tuple(found.values())


def _possible_starts(html: str) -> list[int]:
    """Where numbers may begin in `html`, in order and perhaps twice."""
    ends = [slash.start() for slash in _SLASH.finditer(html)]
    found = (_BEFORE_SLASH.search(html, max(0, end - _WINDOW), end) for end in ends)
    return [before.start() for before in found if before]


def _plain(text: str) -> str:
    """`text`, letter for letter, with one dash, one slash and one Đ."""
    for other, plain in _LOOK_ALIKES:
        text = text.replace(other, plain)
    return text


def _blank(match: re.Match[str]) -> str:
    """What stands for a tag or an entity, of its length."""
    found, tag = match[0], match["tag"]
    if found[0] == "<":
        return (_INLINE if tag and tag.lower() in _INLINE_TAGS else _BLOCK) * len(found)
    character = unescape(found)
    return character + "\u2060" * (len(found) - 1) if len(character) == 1 else found


def _unit(code: str) -> str:
    """A code of an issuer, as it is written officially where that is known."""
    code = nfc(code)
    code = _CENTRAL.sub("TW", code.upper() if code.islower() else code)
    known = _ISSUER_OF.get(ascii_fold(code))
    return known or (code.upper() if _HOUSE.match(code.upper()) else code)


def _known_form(issuer: str) -> str:
    """What stands after the number in documents of an issuer: `-`, `/`, or `` if unknown."""
    first = issuer.partition("-")[0]
    if first in _STATE or _HOUSE.match(first):
        return "/"
    return "-" if _OF_THE_PARTY.match(first) else ""


def _read(match: re.Match[str], *, in_field: bool) -> tuple[int, DocumentNumber] | None:
    """Where the number that was matched ends, and its parts; None if it is none after all.

    Numbers below 10 have a 0 in front (Decree 30/2020/NĐ-CP, Annex I, Part I, II.3).
    """
    digits, gap = match["digits"].lstrip("0"), match["gap"] or ""
    if not digits or (match["year"] and "-" in match["sep"] and len(digits) == 4):  # 2021-2025
        return None
    number = digits.zfill(2) + match["letter"].lower()
    year = int(match["year"]) if match["year"] else None
    first = _unit(match["first"])
    if _HOUSE.match(first) and (year or "/" in match["sep"]):
        return match.end("first"), DocumentNumber(number, year, "", first)
    units = [_unit(c) for c in (match["second"], *re.split("[/-]", match["more"])) if c]
    issuer = "-".join(units)
    kind = _TYPE_OF.get(nfc(match["first"]).casefold(), "")
    if kind and (kind != "L" or issuer == "CTN"):  # L-CTN is an order; L-XL are sizes
        form = _known_form(issuer)
        if not (form or _is_code(issuer)) or not ("/" in match[0] or (form and in_field)):
            return None
        party = not form and not year and "-" in match["sep"] and "/" in gap
        return match.end(), DocumentNumber(number, year, kind, issuer, party)
    if "/" not in match["sep"]:
        return None
    sure = in_field or _CUE.search(match.string, max(0, match.start() - 30), match.start())
    known = first in _STATE
    if not units or (len(gap) > 1 and not in_field):  # a dash between spaces is the author's
        alone = DocumentNumber(number, year, "", first)
        return (match.end("first"), alone) if known and sure else None
    if known or (sure and _is_code(match["first"]) and first.isalpha()):
        return match.end(), DocumentNumber(number, year, "", f"{first}-{issuer}")
    return None


def _is_code(code: str) -> bool:
    """Whether an unknown code looks like one, not like a word or a single letter."""
    return sum(c.isupper() for c in code) > 1


def _cited(text: str, start: int, end: int, document: DocumentNumber) -> tuple[Citation, int]:
    """A citation with what is said right after its number, and where that ends."""
    year, done, issuer = document.year, end, ""
    if date := _date().match(text, end):
        done = date.end()
        said = next(filter(None, date.groups()), None)
        year = year or (int(said) if said else None)
    if match := _issuer().match(text, done):
        issuer = " ".join(nfc(match["words"].replace(_INLINE, "")).split())
        done = match.end()
        if len(issuer) > _LONGEST_ISSUER:
            issuer = issuer[: _LONGEST_ISSUER + 1].rpartition(" ")[0] or issuer[:_LONGEST_ISSUER]
    return Citation(start, end, document, year, issuer), done
