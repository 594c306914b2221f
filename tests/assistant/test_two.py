"""Two procedures in one message: a story told with commas costs no second search."""

from __future__ import annotations

import pytest

from assistant.steps.two import _may_be_two, _pairs, two_in_one
from knowledge.search import Found, Hit


class Counting:
    """A finder that finds nothing and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, question: str, limit: int = 10) -> Found:
        self.asked.append(question)
        return Found(())


WHOLE = Found((Hit("1.000001", "Đăng ký thả diều", "", 1.0, 0.7),))


def searches(text: str) -> list[str]:
    finder = Counting()
    two_in_one(text, WHOLE, finder, 0.6)  # type: ignore[arg-type]
    return finder.asked


@pytest.mark.parametrize(
    "story",
    [
        "Nhà em vừa xây xong, giờ muốn đăng ký thường trú cho cả nhà",
        "hộ chiếu hết hạn rồi, tôi có phải ra tỉnh không",
        "my passport is lost, what do I do now",
        "can cuoc bi mat, dang o xa que thi lam o dau",
        "Mua đất xong muốn đăng ký biến động thì cần gì",
        "Nhà tôi mất cuốn sổ đỏ, khai báo xin cấp lại thế nào?",
        "Em đi công tác ba tháng, có phải báo tạm vắng không?",
        "trả hết nợ xe rồi, gỡ thế chấp ở đâu",
        "khai tạm tính với hải quan",
    ],
)
def test_a_story_is_not_searched_in_parts(story: str) -> None:
    assert searches(story) == []


@pytest.mark.parametrize(
    "listed",
    ["Đăng ký tạm trú, đăng ký xe máy mới mua", "làm hộ chiếu và căn cước", "passport and id card"],
)
def test_a_list_is(listed: str) -> None:
    assert searches(listed)


@pytest.mark.parametrize(
    "both",
    [
        "khai sinh và kết hôn lệ phí bao nhiêu",
        "Đổi bằng lái xe và đăng ký kết hôn nộp ở đâu",
        "giải thể công ty xong mở hộ kinh doanh cần gì",
        "Cấp đổi sổ đỏ đồng thời tách thửa",
    ],
)
def test_two_that_are_named_are_looked_for_each(both: str) -> None:
    assert _pairs_of(both) == 1


def _pairs_of(text: str) -> int:
    return sum(_may_be_two(one, other) for one, other in _pairs(text))
