"""Content at the edges of what a theme meets: the longest titles, no summary, no picture, one
meeting only, three hundred officials, everything Markdown can do."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

TOML = """\
[site]
title = "Bản tin Đối ngoại của Ủy ban nhân dân và Hội đồng nhân dân thành phố"
tagline = "Các buổi làm việc, hội nghị và lễ ký"
languages = ["vi", "en"]
color = "#0b5d3b"
[site.en]
title = "Bulletin of the People's Committee"
"""
LONG_TITLE = (
    "Phó Chủ tịch Thường trực Ủy ban nhân dân thành phố tiếp và làm việc với Đoàn đại biểu cấp cao "
    "Ủy ban Trung ương Mặt trận Lào xây dựng đất nước nhân dịp kỷ niệm 60 năm thiết lập quan hệ "
    "ngoại giao, trao đổi về Kế hoạch 101/KH-UBND và Nghị quyết 59-NQ/TW"
)
LONG_WORD = "https://example.org/" + "tai-lieu-hop-tac-quoc-te/" * 5 + "ban-cuoi-cung.html"
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE = ("Thị Minh", "Văn", "Quốc", "Thanh", "Hữu Đức", "Ngọc")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khánh", "Linh", "Minh", "Nga")

BODY = f"""\
Đoạn mở đầu với [liên kết]({LONG_WORD}), **chữ đậm**, *chữ nghiêng*, `mã`, ~~chữ gạch~~ và
chú thích.[^1] Nghị quyết 59-NQ/TW được nhắc lại. {LONG_WORD}

## Mục thứ nhất: {LONG_TITLE}

- một
- hai
    1. trong hai
    2. và nữa

## Mục thứ hai

| Cơ quan chủ trì | Nội dung phối hợp | Thời hạn hoàn thành | Ghi chú | Kinh phí |
|---|---|:-:|---|--:|
| Sở Ngoại vụ | Đón tiếp các đoàn khách quốc tế cấp cao | 31/12/2025 | không | 1.234.567.890 |
| Văn phòng | Chuẩn bị tài liệu | 15/01/2026 | không | 12.000 |

### Mục con

> Một lời trích dẫn dài, để xem cách trình bày.

```
một dòng mã rất dài không có chỗ ngắt: {"x" * 120}
```

## Mục thứ ba

!!! warning "Lưu ý"
    Đường có thể bị cấm.

> [!NOTE]
> Hộp không có tiêu đề.

![Phòng họp](phong.png "Phòng họp tầng hai, chụp từ cửa chính")

![Bản đồ](ban-do.svg)

[^1]: Nội dung chú thích.
"""


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = zlib.compress((b"\0" + b"\x4a\x6a\x8a" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
    '<title>Bản đồ</title><path d="M0 0h200v100H0z" fill="#ccd"/></svg>'
)


def _names() -> list[str]:
    return [
        f"{family} {middle} {given}"
        for family in FAMILY
        for middle in MIDDLE[:3]
        for given in GIVEN
    ]


def _article(title: str, date: str, *fields: str, body: str = "Nội dung.") -> str:
    return "\n".join(("---", f'title: "{title}"', f"date: {date}", *fields, "---", body, ""))


def files() -> Mapping[str, str | bytes]:
    """The whole project, by path."""
    people = _names()
    found: dict[str, str | bytes] = {"bulletin.toml": TOML}
    articles = "content/articles/"
    found[f"{articles}2025-03-01-tat-ca.md"] = _article(
        LONG_TITLE,
        "2025-03-01 14:30",
        "end_date: 2025-03-03",
        "kind: conference",
        "pinned: true",
        f"summary: {LONG_TITLE}. Hai bên nhất trí tiếp tục phối hợp.",
        "topics: [Ngoại giao kinh tế, Hợp tác địa phương, Thông tin đối ngoại]",
        f"officials: [{', '.join(people[:40])}]",
        "organisations: [Ủy ban nhân dân thành phố Hà Nội, Bộ Ngoại giao]",
        "partners: [Lào, Nhật Bản, Pháp]",
        "location: Trung tâm Hội nghị Quốc gia, số 57 đường Phạm Hùng, phường Từ Liêm",
        "series: Gặp gỡ hằng năm",
        "image: {src: phong.png, alt: Toàn cảnh, caption: Toàn cảnh cuộc họp, credit: An}",
        "source: {name: HNP, author: Huy Kiên, published: 2025-03-01T20:38, "
        "url: 'https://example.org/'}",
        "changes: [{date: 2025-03-05, note: Sửa chức vụ, major: true},"
        " {date: 2025-03-06, note: Sửa lỗi chính tả}]",
        body=BODY,
    )
    found[f"{articles}2025-03-01-tat-ca.en.md"] = _article(
        "The Vice Chair receives the delegation", "2025-03-01", body="A text."
    ).replace("date: 2025-03-01\n", "")
    found[f"{articles}phong.png"] = png(1600, 900)
    found[f"{articles}ban-do.svg"] = SVG
    for number in range(8):
        found[f"{articles}2025-05-{number + 10}-hop-{number}.md"] = _article(
            f"Họp lần {number}",
            f"2025-05-{number + 10}",
            f"officials: [{', '.join(people[number * 36 : number * 36 + 40])}]",
            "topics: [Ngoại giao kinh tế]",
            *([f"follows: 2025-05-{number + 9}-hop-{number - 1}"] if number else []),
            *(["status: cancelled"] if number == 3 else []),
        )
    found[f"{articles}2025-05-30-nhanh.md"] = _article(
        "Nhánh riêng", "2025-05-30", "follows: 2025-05-11-hop-1", "topics: [Ngoại giao kinh tế]"
    )
    for number in range(64):
        month, day = divmod(number, 28)
        found[f"{articles}202{number % 2 + 3}-0{month + 1}-{day + 1:02}-giao-ban-{number}.md"] = (
            _article(
                f"Giao ban {number}",
                f"202{number % 2 + 3}-0{month + 1}-{day + 1:02}",
                "officials: [Đỗ Ngọc Lan]",
            )
        )
    found["content/organisations/bo-ngoai-giao.md"] = (
        "---\nname: Bộ Ngoại giao\nshort_name: BNG\nfounding_date: 1945-08-28\n---\n"
    )
    for number, status in enumerate(("planned", "postponed", "cancelled")):
        found[f"{articles}2025-12-{number + 10}-{status}.md"] = _article(
            f"Cuộc gặp {status}: {LONG_TITLE}", f"2025-12-{number + 10}", f"status: {status}"
        )
    found["content/officials/nguyen-thi-minh-an.md"] = "\n".join(
        (
            "---",
            "name: Nguyễn Thị Minh An",
            "other_names: [Minh An]",
            "honorific: bà",
            "memberships:",
            *(
                f"  - {{role: Phó Chủ tịch Thường trực nhiệm kỳ {year}, organization: "
                f"Ủy ban nhân dân thành phố Hà Nội, start_date: {year}-01-01, "
                f"end_date: {year + 2}-12-31}}"
                for year in (2016, 2019, 2022)
            ),
            "  - {role: Đại biểu, organization: Bộ Ngoại giao, start_date: 2025-01-01}",
            "image: {src: chan-dung.png, alt: Chân dung}",
            "---",
            "Tiểu sử ngắn.",
            "",
        )
    )
    found["content/officials/chan-dung.png"] = png(400, 500)
    found["content/pages/gioi-thieu.md"] = f"---\ntitle: Giới thiệu\n---\n{BODY}".replace(
        "phong.png", "../articles/phong.png"
    ).replace("ban-do.svg", "../articles/ban-do.svg")
    return found


def one_article() -> Mapping[str, str | bytes]:
    """A site on its first day: one meeting, of which only what must be said is said."""
    return {
        "bulletin.toml": '[site]\ntitle = "Bản tin"\n',
        "content/articles/2025-12-10-hop.md": _article("Họp", "2025-12-10", body=""),
    }


def no_article() -> Mapping[str, str | bytes]:
    """A site before its first day."""
    return {"bulletin.toml": '[site]\ntitle = "Bulletin"\nlanguage = "en"\n'}


def write(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Make a project of files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "content").mkdir(exist_ok=True)
