"""Titles that recognition parted or slurred are still read; other titles never are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.dossier.classify import STRONG, is_slip_of, pieces_of, support
from assistant.dossier.demands import demands_of
from assistant.dossier.likeness import bare, genus_of
from assistant.dossier.mending import mended
from ingest.reading.page import Page
from knowledge.catalog import Version
from tests.assistant.dossier.papers import page

Starter = Callable[[str], Version]


@pytest.mark.parametrize(
    ("seen", "name", "same"),
    [
        ("TỜ KHAI ĐĂNGKÝKHAI SINH", "Tờ khai đăng ký khai sinh", True),
        ("TO KHAI ĐĂNG KY KHAISINH", "Tờ khai đăng ký khai sinh", True),
        ("TỜ KHAI ĐĂNG KÝKBAI SINH", "Tờ khai đăng ký khai sinh", True),
        ("TỜ KHAI ĐĂNG KÝ KHAI TỬ", "Tờ khai đăng ký khai sinh", False),
        ("TỜ KHAI ĐĂNG KÝ LẠI KHAI SINH", "Tờ khai đăng ký khai sinh", False),
        ("SỔ HỘ KHẨU CỦA MẸ", "Sổ hộ khẩu của", False),
        ("ĐƠN XIN", "Đơn", False),
    ],
)
def test_a_title_is_told_by_its_letters_however_they_are_parted(
    seen: str, name: str, same: bool
) -> None:
    assert is_slip_of(bare(seen), bare(name)) is same


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("tờ kha đăng ký li kết hôn", "tờ khai đăng ký lại kết hôn"),  # stands in no title
        ("tờ khai đăng ký kết hôn", "tờ khai đăng ký kết hôn"),  # a word less is another paper
        ("tờ khai đăng ký hủy kết hôn", "tờ khai đăng ký hủy kết hôn"),  # so is a known word
        ("tờ khai đăng ký xyzt kết hôn", "tờ khai đăng ký xyzt kết hôn"),  # no slip
    ],
)
def test_only_a_misread_word_is_put_right(seen: str, meant: str) -> None:
    known = set(bare("tờ đăng ký hủy kết hôn"))

    assert mended(bare(seen), bare("tờ khai đăng ký lại kết hôn"), known) == bare(meant)


def test_what_a_title_begins_with_bears_one_slip() -> None:
    assert genus_of(bare("TỞ KHA đăng ký")) == "form"
    assert genus_of(bare("TỜ KHAu đăng ký")) == "form"
    assert genus_of(bare("TỔ DÂN phố")) == ""
    assert genus_of(bare("DƠI bay")) == ""


def supported(starter: Starter, code: str, sheet: Page) -> float:
    """How much a sheet is the first paper that a record asks for."""
    (piece,) = pieces_of([sheet])
    return support(piece, demands_of(starter(code).procedure)[0])[0]


def test_a_form_is_known_though_a_word_that_decides_is_misread(starter: Starter) -> None:
    assert supported(starter, "1.004746", page("TỜ KHAI ĐĂNG KÝ LI KẾT HÔN")) >= STRONG
    assert supported(starter, "1.004746", page("TỜ KHAI ĐĂNG KÝ KẾT HÔN")) < STRONG
    assert supported(starter, "1.004746", page("TỜ KHAI ĐĂNG KÝ LẠI KHAI SINH")) < STRONG


def test_a_title_that_breaks_off_is_known_by_the_lines_that_go_on(starter: Starter) -> None:
    broken = "TỜ KHAI XÁC NHẬN TÌNH TRẠNG CHỖ Ở HỢP PHÁP,"
    rest = ("", "diện tích nhà ở tối thiểu", "để đăng ký thường trú, đăng ký tạm trú")
    other = ("", "cơ sở hạ tầng của doanh nghiệp", "trong khu công nghiệp")

    assert supported(starter, "1.013314", page(broken, rest)) >= STRONG
    assert supported(starter, "1.013314", page(broken, other)) < STRONG
