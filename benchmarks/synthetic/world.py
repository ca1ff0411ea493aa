"""The world the bulletin reports on: its topics, places, organisations, events and documents.

Within each list the order is the rank: what stands first is drawn most.
"""

from itertools import chain, zip_longest
from typing import NamedTuple

from benchmarks.synthetic.draws import Draws
from benchmarks.synthetic.records import Kind
from benchmarks.synthetic.vocabulary import listed

TOPICS = listed(
    """
    Ngoại giao kinh tế, Công tác phối hợp, Hợp tác địa phương, Xúc tiến đầu tư, Ngoại giao văn
    hóa, Hội nhập quốc tế, Công tác lãnh sự, Người Việt Nam ở nước ngoài, Đối ngoại nhân dân,
    Thông tin đối ngoại, Thỏa thuận quốc tế, Lễ tân nhà nước, Chuyển đổi số, Giáo dục và đào
    tạo, Du lịch, Biến đổi khí hậu, ASEAN, Biên giới lãnh thổ, Bảo hộ công dân, Khoa học và công
    nghệ, Phi chính phủ nước ngoài, Giao thông đô thị, Năng lượng tái tạo, Nông nghiệp sạch, Y
    tế công cộng, Lao động và việc làm, Ba trụ cột đối ngoại, Đối ngoại Đảng, Ngoại giao nghị
    viện, Liên hợp quốc, Tiểu vùng Mê Công, An ninh mạng, Di sản thế giới, Bình đẳng giới, Cải
    cách hành chính, Hải quan và logistics, Quản lý rủi ro thiên tai, Sở hữu trí tuệ, Thể thao
    và thanh niên, Giao lưu báo chí
    """
)

COUNTRIES = listed(
    """
    Lào, Nhật Bản, Trung Quốc, Hàn Quốc, Campuchia, Hoa Kỳ, Liên bang Nga, Pháp, Cuba, Đức, Ấn
    Độ, Singapore, Thái Lan, Vương quốc Anh, Australia, Hà Lan, Italia, Indonesia, Malaysia,
    Philippines, Canada, Ba Lan, Cộng hòa Séc, Hungary, Belarus, New Zealand, Bỉ, Tây Ban Nha,
    Thụy Điển, Đan Mạch, Phần Lan, Na Uy, Thụy Sĩ, Áo, Mông Cổ, Myanmar, Brunei, Đông Timor,
    Kazakhstan, Uzbekistan, Ukraina, Slovakia, Romania, Bulgaria, Ireland, Luxembourg, Bồ Đào
    Nha, Hy Lạp, Iceland, Mexico, Brazil, Argentina, Chile, Peru, Venezuela, Nam Phi, Ai Cập,
    Maroc, Algeria, Angola, Mozambique, Nigeria, Thổ Nhĩ Kỳ, Israel, Iran, Qatar, Kuwait, Ả Rập
    Xê Út, Pakistan, Bangladesh, Sri Lanka, Nepal
    """
)

CITIES = listed(
    """
    Viêng Chăn, Tokyo, Seoul, Bắc Kinh, Phnôm Pênh, Paris, Matxcova, Fukuoka, Quảng Châu,
    Berlin, Bangkok, Côn Minh, Thượng Hải, Nam Ninh, La Habana, Osaka, Busan, London, Toulouse,
    Washington, New York, New Delhi, Warszawa, Praha, Budapest, Minsk, Kyoto, Jakarta, Kuala
    Lumpur, Manila, Mumbai, Saint Petersburg, Sofia, Frankfurt, Leipzig, Lyon, Amsterdam,
    Brussels, Geneva, Vienna, Roma, Milano, Madrid, Stockholm, Helsinki, Copenhagen, San
    Francisco, Ottawa, Sydney, Melbourne, Wellington, Ulaanbaatar
    """
)

PROVINCES = listed(
    """
    Hà Nội, Hồ Chí Minh, Đà Nẵng, Hải Phòng, Huế, Cần Thơ, Quảng Ninh, Bắc Ninh, Ninh Bình, Hưng
    Yên, Phú Thọ, Thái Nguyên, Lào Cai, Lạng Sơn, Cao Bằng, Tuyên Quang, Sơn La, Điện Biên, Lai
    Châu, Thanh Hóa, Nghệ An, Hà Tĩnh, Quảng Trị, Quảng Ngãi, Gia Lai, Khánh Hòa, Đắk Lắk, Lâm
    Đồng, Đồng Nai, Tây Ninh, Đồng Tháp, Vĩnh Long, An Giang, Cà Mau
    """
)
_MUNICIPALITIES = 6

_CENTRAL_BODIES = (
    "Bộ Ngoại giao",
    "Bộ Công Thương",
    "Bộ Tài chính",
    "Bộ Văn hóa, Thể thao và Du lịch",
    "Bộ Khoa học và Công nghệ",
    "Bộ Giáo dục và Đào tạo",
    "Bộ Nông nghiệp và Môi trường",
    "Bộ Xây dựng",
    "Bộ Y tế",
    "Bộ Tư pháp",
    "Bộ Nội vụ",
    "Bộ Công an",
    "Bộ Quốc phòng",
    "Văn phòng Chính phủ",
    "Văn phòng Quốc hội",
    "Văn phòng Chủ tịch nước",
    "Thanh tra Chính phủ",
    "Ngân hàng Nhà nước Việt Nam",
    "Thông tấn xã Việt Nam",
    "Học viện Ngoại giao",
    "Ủy ban Nhà nước về người Việt Nam ở nước ngoài",
    "Liên hiệp các tổ chức hữu nghị Việt Nam",
    "Liên đoàn Thương mại và Công nghiệp Việt Nam",
    "Hội đồng nhân dân thành phố Hà Nội",
)

_INTERNATIONAL_BODIES = (
    "Liên hợp quốc tại Việt Nam",
    "UNESCO",
    "Ngân hàng Thế giới",
    "Ngân hàng Phát triển Châu Á",
    "Cơ quan Hợp tác Quốc tế Nhật Bản",
    "Cơ quan Hợp tác Quốc tế Hàn Quốc",
    "Ban Thư ký ASEAN",
    "Phái đoàn Liên minh Châu Âu",
    "Chương trình Phát triển Liên hợp quốc",
    "Quỹ Nhi đồng Liên hợp quốc",
    "Tổ chức Y tế Thế giới",
    "Tổ chức Di cư Quốc tế",
    "Hiệp hội Quốc tế các thị trưởng nói tiếng Pháp",
    "Hội đồng Anh",
    "Viện Goethe",
    "Viện Pháp tại Hà Nội",
    "Phòng Thương mại Châu Âu",
    "Phòng Thương mại Hoa Kỳ",
    "Ủy hội sông Mê Công quốc tế",
    "Mạng lưới thành phố sáng tạo",
)

_CITY_DEPARTMENTS = tuple(
    f"Sở {field} Hà Nội"
    for field in (
        "Công Thương",
        "Tài chính",
        "Du lịch",
        "Văn hóa và Thể thao",
        "Khoa học và Công nghệ",
        "Giáo dục và Đào tạo",
        "Nông nghiệp và Môi trường",
        "Xây dựng",
        "Y tế",
        "Tư pháp",
        "Nội vụ",
        "Quy hoạch - Kiến trúc",
    )
)

# Who reports to the bulletin, group by group, with the roles people hold there.
_BODIES_AND_ROLES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (_CENTRAL_BODIES, ("Vụ trưởng", "Phó Vụ trưởng", "Cục trưởng", "Phó Cục trưởng", "Thứ trưởng")),
    (
        tuple(
            f"Ủy ban nhân dân {'thành phố' if rank < _MUNICIPALITIES else 'tỉnh'} {name}"
            for rank, name in enumerate(PROVINCES)
        ),
        ("Chủ tịch", "Phó Chủ tịch", "Ủy viên", "Chánh Văn phòng"),
    ),
    (
        tuple(f"Sở Ngoại vụ {name}" for name in PROVINCES),
        ("Giám đốc", "Phó Giám đốc", "Trưởng phòng", "Chánh Văn phòng"),
    ),
    (
        tuple(f"Đại sứ quán {name}" for name in COUNTRIES[:60]),
        ("Đại sứ", "Tham tán Công sứ", "Bí thư thứ nhất"),
    ),
    (_CITY_DEPARTMENTS, ("Giám đốc", "Phó Giám đốc", "Trưởng phòng")),
    (_INTERNATIONAL_BODIES, ("Trưởng đại diện", "Giám đốc quốc gia", "Điều phối viên")),
    (
        tuple(f"Hội Hữu nghị Việt Nam - {name}" for name in COUNTRIES[:16]),
        ("Chủ tịch", "Phó Chủ tịch", "Tổng thư ký"),
    ),
)

ROLES = {body: roles for bodies, roles in _BODIES_AND_ROLES for body in bodies}
"""Every organisation, and the roles people hold in it."""

# Turn by turn from each group, so that none of them has all the busy ones.
ORGANISATIONS = tuple(
    body
    for body in chain.from_iterable(zip_longest(*(bodies for bodies, _ in _BODIES_AND_ROLES)))
    if body
)


class Recurring(NamedTuple):
    """An event that comes back in the same month of each year."""

    name: str
    kind: Kind
    month: int


RECURRING = (
    Recurring("Hội nghị công tác đối ngoại thường niên", "conference", 12),
    Recurring("Tổng kết phối hợp giữa Hà Nội và Bộ Ngoại giao", "review", 11),
    Recurring("Gặp mặt ngoại giao đoàn đầu xuân", "reception", 2),
    Recurring("Hội nghị hợp tác các thủ đô", "conference", 9),
    Recurring("Diễn đàn đầu tư quốc tế", "conference", 6),
    Recurring("Ngày hội văn hóa hữu nghị", "news", 10),
    Recurring("Gặp gỡ kiều bào", "reception", 1),
    Recurring("Đối thoại với doanh nghiệp nước ngoài", "working-session", 4),
    Recurring("Tập huấn nghiệp vụ đối ngoại", "working-session", 7),
    Recurring("Sơ kết công tác đối ngoại sáu tháng", "review", 7),
    Recurring("Hội nghị các tổ chức phi chính phủ nước ngoài", "conference", 5),
    Recurring("Đối thoại đô thị Hà Nội - Tokyo", "conference", 3),
    Recurring("Tuần lễ ASEAN", "news", 8),
    Recurring("Lễ hội hoa anh đào", "news", 3),
    Recurring("Hội nghị thị trưởng các thành phố hữu nghị", "conference", 10),
    Recurring("Kỳ họp Ủy ban hỗn hợp với Viêng Chăn", "working-session", 12),
    Recurring("Tọa đàm ngoại giao văn hóa", "conference", 11),
    Recurring("Diễn đàn khởi nghiệp sáng tạo", "conference", 9),
    Recurring("Gặp mặt lưu học sinh Lào và Campuchia", "reception", 4),
    Recurring("Giao ban lãnh sự toàn quốc", "working-session", 6),
    Recurring("Hội nghị biên giới hữu nghị", "conference", 8),
    Recurring("Ngày Pháp ngữ", "news", 3),
    Recurring("Hội thảo đô thị thông minh", "conference", 5),
    Recurring("Lễ trao giải thông tin đối ngoại", "news", 12),
)

_DOCUMENT_SHAPES = (
    "{number}/KH-UBND",
    "{number}/QĐ-UBND",
    "{number}/QĐ-TTg",
    "{number}-NQ/TW",
    "{number}-CT/TW",
    "{number}/TB-BNG",
    "{number}/{year}/NĐ-CP",
    "{number}/{year}/QH{assembly}",
    "{number}/{year}/UBTVQH{assembly}",
)


def document_numbers(year: int, count: int, draws: Draws) -> tuple[str, ...]:
    """Return `count` different numbers of documents issued in `year`."""
    # The thirteenth National Assembly was elected in 2011, the next every five years; going back
    # that is only nearly so, and there is none before the first.
    assembly = max(1, 13 + (year - 2011) // 5)
    found: dict[str, None] = {}
    while len(found) < count:
        shape = draws.choose(_DOCUMENT_SHAPES)
        number = draws.whole(1, 999 + count)
        found[shape.format(number=number, year=year, assembly=assembly)] = None
    return tuple(found)
