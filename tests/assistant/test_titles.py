"""Titles: when two of them say the same deed."""

from __future__ import annotations

from assistant.steps.titles import is_same_deed, thing_words

OFFICE = "Thủ tục thay đổi địa điểm đặt trụ sở phòng giao dịch của "


def test_a_level_is_no_part_of_a_deed() -> None:
    assert is_same_deed("Cấp hộ chiếu (thực hiện tại cấp tỉnh)", "Cấp hộ chiếu")


def test_a_seat_is_not_taken_for_a_level() -> None:
    """'Trụ sở phòng giao dịch' holds 'ở phòng'."""
    assert not is_same_deed(f"{OFFICE}quỹ tín dụng nhân dân", f"{OFFICE}ngân hàng hợp tác xã")


def test_words_that_only_look_like_acts_without_marks_name_the_thing() -> None:
    assert thing_words("Đổi giấy phép lái xe") == {"lai", "xe"}
    assert thing_words("Cấp lại thẻ luật sư") == {"luat", "su"}
