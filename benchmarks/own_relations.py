"""Whether the related meetings in the project's own content are those a careful reader would name.

Part of `python -m benchmarks.relations --content`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bars import ROOT, run_build

_SECTION = re.compile(r'<section id="related".*?</section>', re.DOTALL)
_ITEM = re.compile(r'<li data-id="([^"]*)"')

NONE = ""
"""Stands for no related meeting at all."""

_NATIONAL = "2021-12-13-hoi-nghi-ngoai-vu-toan-quoc-20"
_EXHIBITION = "2021-12-13-trien-lam-thuong-hieu-viet"
_DIPLOMATS = "2021-12-13-gap-go-doan-ngoai-giao"
_DEPARTMENT_2021 = "2021-12-17-so-ngoai-vu-tong-ket-nam"
_DEPARTMENT_2025 = "2025-01-15-trien-khai-doi-ngoai-2025"
_FINANCIAL_CENTRE = "2024-09-30-de-an-trung-tam-tai-chinh"
_INNOVATION_DAY = "2024-10-01-ngay-hoi-doi-moi-sang-tao"
_TRIP = "2024-09-30-tong-bi-thu-tham-mong-co-ireland-phap"
_EMBASSY = "2024-10-01-tong-bi-thu-gap-nguoi-viet-mong-co"
_DRAFT = "2025-12-10-ha-noi-bo-ngoai-giao-quy-che-phoi-hop"
_SIGNING = "2025-12-30-ky-quy-che-phoi-hop"
_TOURISTS = "2026-01-01-tan-son-nhat-khach-dau-nam"
_ANNIVERSARY = "2026-03-14-ke-hoach-950-nam-quoc-tu-giam"
_TECHNOLOGY = "2026-03-16-danh-muc-cong-nghe-chien-luoc"

EXPECTED: Mapping[str, tuple[str, ...]] = {
    # The country's conference, and the city's department four days later on the same matters.
    _NATIONAL: (_DEPARTMENT_2021,),
    # Two events beside the country's conference.
    _EXHIBITION: (_NATIONAL,),
    _DIPLOMATS: (_NATIONAL,),
    # The yearly conference of the city's department.
    _DEPARTMENT_2021: (_DEPARTMENT_2025,),
    _DEPARTMENT_2025: (_DEPARTMENT_2021,),
    # The Prime Minister on two days in a row, seen nowhere else.
    _FINANCIAL_CENTRE: (_INNOVATION_DAY,),
    _INNOVATION_DAY: (_FINANCIAL_CENTRE,),
    # A journey, and a stop on it.
    _TRIP: (_EMBASSY,),
    _EMBASSY: (_TRIP,),
    # The draft of a regulation, and its signing twenty days later by others.
    _DRAFT: (_SIGNING,),
    _SIGNING: (_DRAFT,),
    # Says in its text what it goes back to.
    _TECHNOLOGY: (_DRAFT,),
    # A topic shared with two others, and nothing more.
    _TOURISTS: (NONE,),
    _ANNIVERSARY: (NONE,),
}
"""For each article those that may be the first of its related meetings."""

_IN_ALMOST_ALL = frozenset(
    {"bo-ngoai-giao", "ubnd-ha-noi", "thanh-uy-ha-noi", "thanh-pho-ha-noi", "ha-noi"}
)
"""Hanoi and the Ministry, which alone relate nothing."""


@dataclass(frozen=True, slots=True)
class _Variant:
    """The content without some fields, which relations are also to be found without."""

    name: str
    without: tuple[str, ...]
    required: bool = True


_VARIANTS = (
    _Variant("As it is", ()),
    _Variant("Without `follows`", ("follows",)),
    _Variant("Without `follows` and `related`, for information", ("follows", "related"), False),
)


def related_on(page: Path) -> tuple[str, ...]:
    """The ids of the related meetings that the page in this folder shows."""
    section = _SECTION.search((page / "index.html").read_text("utf-8"))
    return tuple(_ITEM.findall(section[0])) if section else ()


def check(scratch: Path) -> int:
    """Build each variant in `scratch`, and print what is first; the exit code is 1 for a miss."""
    missed = 0
    for place, variant in enumerate(_VARIANTS):
        project = scratch / str(place)
        _copy(project, variant.without)
        run_build(project)
        shown = {name: related_on(project / "site" / _address(name)) for name in EXPECTED}
        print(f"{variant.name}:\n\n| Article | First related | Expected | |\n|---|---|---|---|")
        wrong = 0
        for name, expected in EXPECTED.items():
            first = shown[name][0] if shown[name] else NONE
            wrong += first not in expected
            wanted = " or ".join(each or "none" for each in expected)
            mark = "ok" if first in expected else "**no**"
            print(f"| {name} | {first or 'none'} | {wanted} | {mark} |")
        print()
        for one, other in _almost_strangers(project):
            for here, there in ((one, other), (other, one)):
                if there in shown.get(here, ()):
                    wrong += 1
                    print(f"- {here} shows {there}: both have only Hanoi or the Ministry")
        print(f"{wrong} of these are wrong\n")
        missed += wrong if variant.required else 0
    return 1 if missed else 0


def _copy(project: Path, without: tuple[str, ...]) -> None:
    """Copy the content to `project`, without the lines of some fields."""
    shutil.copytree(ROOT / "content", project / "content")
    shutil.copy(ROOT / "bulletin.toml", project)
    prefixes = tuple(f"{field}:" for field in without)
    for path in (project / "content" / "articles").rglob("*.md") if prefixes else ():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = (line for line in lines if not line.startswith(prefixes))
        path.write_text("".join(kept), "utf-8")


def _address(ident: str) -> str:
    return f"{ident[:10].replace('-', '/')}/{ident[11:]}"


def _almost_strangers(project: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs that share only Hanoi or the Ministry, neither naming the other."""
    texts = {
        path.stem: path.read_text("utf-8")
        for path in sorted((project / "content" / "articles").rglob("*.md"))
        if "." not in path.stem
    }
    terms = {name: frozenset(_terms(text)) for name, text in texts.items()}
    for one, other in combinations(texts, 2):
        shared = terms[one] & terms[other]
        linked = one in texts[other] or other in texts[one]
        if shared and shared <= _IN_ALMOST_ALL and not linked:
            yield one, other


def _terms(text: str) -> Iterator[str]:
    """Yield what the front matter of an article names."""
    fields: dict[str, Any] = yaml.safe_load(text.split("---\n", 2)[1])
    for name in ("topics", "officials", "organisations", "partners", "documents"):
        for item in fields.get(name, ()):
            yield item["official"] if isinstance(item, dict) else item
    for name in ("location", "series"):
        if name in fields:
            yield fields[name]
