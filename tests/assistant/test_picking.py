"""Which option is meant by what people say, and when none is."""

from __future__ import annotations

import pytest

from assistant.models import Option
from assistant.steps.content import content_of
from assistant.steps.picking import picked
from assistant.steps.titles import acts_of, acts_said

OPTIONS = [
    Option(label="Cấp thẻ nuôi chim yến", code="1"),
    Option(label="Gia hạn thẻ nuôi chim yến", code="2"),
    Option(label="Trả lại thẻ nuôi chim yến", code="3"),
]


def meant(text: str) -> str | None:
    option = picked(text, OPTIONS, "thẻ nuôi chim yến", lambda _: ["1", "2", "3"])
    return option.code if option else None


@pytest.mark.parametrize(("text", "code"), [("lần đầu", "1"), ("sắp hết hạn rồi", "2")])
def test_the_option_that_does_what_was_said_is_meant(text: str, code: str) -> None:
    assert meant(text) == code


def test_what_no_option_does_picks_none_of_them() -> None:
    assert meant("bị mất rồi") is None


@pytest.mark.parametrize(
    "text", ["khai thác nước mặt", "sổ hồng", "thẻ thừa phát lại", "khai thác mỏ đá", "phòng cháy"]
)
def test_words_without_their_marks_are_not_taken_for_others(text: str) -> None:
    assert acts_said(content_of(text)) == frozenset()


def test_giving_back_is_not_doing_again() -> None:
    assert acts_of("Trả lại giấy phép") == {"end"}
    assert "again" in acts_of("Cấp lại giấy phép")
