"""The officials: who they are, and which roles they held on the days they were seen."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from benchmarks.synthetic.draws import Draws, power_law
from benchmarks.synthetic.naming import Ids, fold, slug
from benchmarks.synthetic.records import Membership, Official
from benchmarks.synthetic.vocabulary import listed
from benchmarks.synthetic.world import ORGANISATIONS, ROLES

_FAMILIES = power_law(
    listed(
        """
        Nguyễn, Trần, Lê, Phạm, Hoàng, Phan, Vũ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Võ, Đinh,
        Trịnh, Đoàn, Lương, Mai, Cao, Tạ, Chu, Hà, Trương, Tô, Phùng, Quách, Kiều, Thái, Nghiêm,
        Triệu
        """
    )
)
_MALE_MIDDLES = power_law(
    listed(
        """
        Văn, Đức, Minh, Quang, Hữu, Xuân, Ngọc, Anh, Đình, Trọng, Thanh, Công, Tuấn, Duy, Mạnh,
        Quốc, Thế, Viết, Tiến, Bá, Huy, Nhật, Hồng, Khắc, Gia, Việt, Đăng, Trung, Hải, Sỹ
        """
    ),
    flatness=8,
)
_FEMALE_MIDDLES = power_law(
    listed(
        """
        Thị, Thu, Thanh, Ngọc, Minh, Phương, Hồng, Bích, Kim, Thùy, Mỹ, Lan, Diệu, Khánh, Tuyết,
        Quỳnh, Hải, Mai, Việt, Tố, Hoài, Cẩm, Như, Thúy, Bảo, Vân
        """
    ),
    flatness=4,
)
_MALE_GIVEN = listed(
    """
    An, Anh, Ân, Ba, Bách, Bằng, Bảo, Biên, Bình, Cảnh, Chiến, Chính, Chung, Chương, Công, Cương,
    Cường, Danh, Dũng, Duy, Dương, Đại, Đạo, Đạt, Điền, Định, Đông, Đức, Giang, Giáp, Hà, Hải, Hào,
    Hậu, Hiền, Hiển, Hiếu, Hiệp, Hoan, Hoàn, Hoàng, Hòa, Học, Hùng, Huy, Huỳnh, Hưng, Hướng, Kha,
    Khang, Khánh, Khiêm, Khoa, Khôi, Kiên, Kiệt, Lâm, Lập, Lễ, Linh, Long, Lộc, Luân, Lực, Lương,
    Mạnh, Minh, Nam, Nghĩa, Nghị, Ngọc, Nguyên, Nhân, Nhật, Ninh, Phong, Phú, Phúc, Phương, Quân,
    Quang, Quảng, Quốc, Quyền, Quyết, Quý, Sáng, Sâm, Sơn, Tài, Tâm, Tân, Thái, Thành, Thắng, Thiện,
    Thịnh, Thọ, Thuận, Thủy, Tiến, Tín, Toàn, Toản, Trí, Trung, Trường, Tú, Tuấn, Tùng, Tuyên,
    Tường, Văn, Vĩnh, Việt, Vinh, Vũ, Vương, Xuân
    """
)
_FEMALE_GIVEN = listed(
    """
    An, Anh, Ánh, Bích, Bình, Châm, Châu, Chi, Chinh, Cúc, Diễm, Diệp, Dung, Duyên, Đào, Điệp,
    Giang, Hà, Hạ, Hải, Hạnh, Hằng, Hảo, Hậu, Hiền, Hiếu, Hoa, Hoài, Hòa, Hoàn, Hồng, Huế, Huệ,
    Huyền, Hương, Hường, Khanh, Khuê, Kim, Lam, Lan, Lành, Lê, Liên, Liễu, Linh, Loan, Ly, Lý, Mai,
    Mận, Mến, Minh, Mơ, My, Mỹ, Nga, Ngà, Ngân, Ngọc, Nguyệt, Nhàn, Nhi, Nhiên, Nhung, Như, Oanh,
    Phượng, Phương, Quế, Quyên, Quỳnh, Sen, Sinh, Tâm, Thanh, Thảo, Thắm, Thoa, Thơ, Thơm, Thu,
    Thục, Thúy, Thủy, Thư, Thương, Thường, Tiên, Tình, Trà, Trang, Trâm, Trinh, Trúc, Tuyến, Tuyết,
    Uyên, Vân, Vi, Vy, Xuân, Xuyến, Yên, Yến
    """
)
_WOMEN = 0.35
_FOUR_SYLLABLES = 0.25


def distinct_names(count: int, draws: Draws, taken: Collection[str] = ()) -> tuple[str, ...]:
    """Return `count` full names, no two of them, nor any of `taken`, easily mixed up.

    Names that fold alike are one person to a reader; and were one name a stretch of another
    ("Lê Thị Minh", "Lê Thị Minh An"), a mention of the longer would also be one of the shorter.
    """
    whole = {fold(name) for name in taken}
    inside = {stretch for name in whole for stretch in _stretches(name)}
    names: list[str] = []
    while len(names) < count:
        name = _full_name(draws)
        key = fold(name)
        stretches = set(_stretches(key))
        if key in whole or key in inside or not whole.isdisjoint(stretches):
            continue
        whole.add(key)
        inside |= stretches
        names.append(name)
    return tuple(names)


def _full_name(draws: Draws) -> str:
    if draws.chance(_WOMEN):
        middles, given_names = _FEMALE_MIDDLES, _FEMALE_GIVEN
    else:
        middles, given_names = _MALE_MIDDLES, _MALE_GIVEN
    family = _FAMILIES.draw(draws)
    between = middles.distinct(draws, 2 if draws.chance(_FOUR_SYLLABLES) else 1)
    given = draws.choose(given_names)
    return " ".join((family, *between, given))


def _stretches(name: str) -> Iterator[str]:
    """Yield every run of at least two syllables of `name` that is shorter than itself."""
    syllables = name.split()
    for length in range(2, len(syllables)):
        for start in range(len(syllables) - length + 1):
            yield " ".join(syllables[start : start + length])


def officials(
    names: Sequence[str], seen: Mapping[str, Sequence[dt.date]], seed: int
) -> tuple[Official, ...]:
    """Return the people called `names`, in order, holding a role on each day they were seen."""
    ids = Ids()
    return tuple(
        Official(
            id=ids.claim(slug(name)),
            name=name,
            memberships=_career(seen[name], Draws(seed, "career", name)),
        )
        for name in names
    )


_EMPLOYERS = power_law(ORGANISATIONS, flatness=10)


def _career(days: Sequence[dt.date], draws: Draws) -> tuple[Membership, ...]:
    """Return memberships that between them hold on all `days`, which are in order.

    Three kinds occur: one role for all the time, one role after another, and a role of which it
    is only known that it was held on certain days.
    """
    first, last = days[0], days[-1]
    appointed = first - dt.timedelta(days=draws.whole(0, 700))
    employer = _EMPLOYERS.draw(draws)
    role = draws.choose(ROLES[employer])
    how = draws.uniform()
    if how < 0.15:
        return (Membership(role, employer, as_of=tuple(sorted({first, last}))),)
    if how < 0.4 and first < last:
        moved = first + dt.timedelta(days=draws.whole(1, (last - first).days))
        left = moved - dt.timedelta(days=1)
        other = _EMPLOYERS.distinct(draws, 1, but=[employer])[0]
        return (
            Membership(role, employer, start=appointed, end=left),
            Membership(draws.choose(ROLES[other]), other, start=moved),
        )
    return (Membership(role, employer, start=appointed),)
