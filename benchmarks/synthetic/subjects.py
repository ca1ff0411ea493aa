"""What only a few articles are about: subjects, series and documents that are met nowhere else."""

from collections.abc import Callable

from benchmarks.synthetic.draws import Draws
from benchmarks.synthetic.naming import fold
from benchmarks.synthetic.prose import Pattern
from benchmarks.synthetic.vocabulary import NOUNS, QUALITIES, SENTENCES, listed
from benchmarks.synthetic.world import document_numbers

_WORKS = listed(
    """
    cầu đi bộ, trạm bơm, nhà máy nước, làng gốm, bến phà, khu công nghệ, tuyến xe điện, vườn thú,
    trung tâm logistics, quỹ học bổng, đài tưởng niệm, bảo tàng lụa, trường nghề, chợ đầu mối,
    nhà hát, bệnh viện nhi, khu bảo tồn, cụm cảng cạn, nhà văn hóa, trại sáng tác
    """
)
_GATHERINGS = listed(
    """
    Ngày hội trà, Liên hoan xiếc, Giải chạy, Hội chợ sách, Tuần phim, Trại hè, Lễ hội diều,
    Hội thi cờ, Phiên chợ hoa, Gặp mặt cựu du học sinh, Diễn đàn nữ doanh nhân, Triển lãm ảnh,
    Cuộc thi hùng biện, Hội nghị nhà vườn, Chương trình giao hưởng, Tọa đàm dịch thuật
    """
)
_FIRST = listed(
    """
    Thạch, Yên, Phú, Tràng, Mỹ, Vĩnh, Đông, Kim, Hoa, Ngọc, Bình, Tam, Cẩm, Thượng, Hạ, Long,
    Vân, Liên, Trúc, Bạch, Thanh, An, Đại, Tân, Xuân, Lạc, Gia, Hương, Quế, Sa
    """
)
_SECOND = listed(
    """
    Khê, Lương, Thổ, Giang, Đàm, Lĩnh, Cát, Động, Quang, Trạch, Viên, Sơn, Hải, Thịnh, Lâm, Đình,
    Kiều, Phong, Châu, Thủy, Bảng, Mộc, Hòa, Khánh, Trì, Nham, Cốc, Đằng, Luân, Thạnh
    """
)
# The first words of the vocabulary are in every text; a subject of them would be none.
_ORDINARY_NOUNS, _ORDINARY_QUALITIES = 60, 20

_WITH_A_PHRASE = tuple(pattern for pattern in SENTENCES if "P" in pattern[1::2])


class Rarities:
    """Gives out what is given to nobody else."""

    def __init__(self, seed: int, common: tuple[str, ...] = ()) -> None:
        """Give out things of an archive with this seed, none of them in `common`."""
        self._draws = Draws(seed, "rarities")
        self._given = set(map(fold, common))

    def subject(self) -> str:
        """Return what meetings can be about: half have a proper name, half are plain words."""
        return self._new(self._named if self._draws.chance(0.5) else self._plain)

    def series(self) -> str:
        """Return the name of a recurring event."""
        return self._new(lambda: f"{self._draws.choose(_GATHERINGS)} {self._place()}")

    def document(self, year: int) -> str:
        """Return the number of a document issued in `year`."""
        return self._new(lambda: document_numbers(year, 1, self._draws)[0])

    def _named(self) -> str:
        return f"{self._draws.choose(_WORKS)} {self._place()}"

    def _plain(self) -> str:
        first, second = (self._draws.choose(NOUNS[_ORDINARY_NOUNS:]) for _ in range(2))
        return f"{first} {second} {self._draws.choose(QUALITIES[_ORDINARY_QUALITIES:])}"

    def _place(self) -> str:
        return f"{self._draws.choose(_FIRST)} {self._draws.choose(_SECOND)}"

    def _new(self, make: Callable[[], str]) -> str:
        while (made := make()) and fold(made) in self._given:
            pass
        self._given.add(fold(made))
        return made


def spellings(number: str) -> tuple[str, ...]:
    """Return the ways in which the number of one document is typed, the proper one first."""
    spaced = number.replace("/", " / ")
    forms = (number, spaced, number.replace("-", " - "), spaced.replace("-", " - "))
    return tuple(dict.fromkeys((*forms, number.replace("-", "–"))))


def pattern_about(subject: str, draws: Draws) -> Pattern:
    """Return a pattern of a sentence like any other, with `subject` for one of its phrases."""
    pattern = draws.choose(_WITH_A_PHRASE)
    # The mark and the plain text on both sides of it become one piece of plain text.
    place = pattern.index("P")
    plain = f"{pattern[place - 1]}{subject}{pattern[place + 1]}"
    return (*pattern[: place - 1], plain, *pattern[place + 2 :])
