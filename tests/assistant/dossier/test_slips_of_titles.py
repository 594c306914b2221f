"""Titles that recognition parted or slurred are still read; other titles never are."""

from __future__ import annotations

import pytest

from assistant.dossier.classify import is_slip_of
from assistant.dossier.likeness import bare


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
