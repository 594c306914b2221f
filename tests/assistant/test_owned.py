"""Whose a thing is and that something is the matter with it: words that say nothing to do."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Question, Status
from assistant.steps.content import content_of
from assistant.steps.heads import head_alone
from assistant.steps.owned import is_owned, without_owner


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sổ tiết kiệm của bà nội em đang vướng", "sổ tiết kiệm"),
        ("so tiet kiem cua anh hai tui co truc trac gi do", "so tiet kiem"),
        ("sổ tiết kiệm nhà mình", "sổ tiết kiệm"),
        ("a problem with my uncle's passbook", "passbook"),
    ],
)
def test_owners_and_trouble_are_taken_out(text: str, left: str) -> None:
    assert " ".join(content_of(without_owner(text))) == " ".join(content_of(left))
    assert is_owned(text)


@pytest.mark.parametrize(
    "text", ["làm căn cước cho con", "đổi hộ chiếu hết hạn", "đất ở nông thôn"]
)
def test_words_that_tell_are_kept(text: str) -> None:
    assert without_owner(text) == text
    assert not is_owned(text)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("bằng lái của thằng em họ có rắc rối", "bang_lai"),
        ("mã số thuế của dì tôi cần xử lý", "ma_so_thue"),
        ("hộ chiếu của cậu Út bị sao ấy", "ho_chieu"),
        ("giay khai sinh cua ba ngoai em", "giay_khai_sinh"),
    ],
)
def test_a_head_word_with_its_owner_is_said_alone(text: str, id: str) -> None:
    choice = head_alone(text)

    assert choice is not None
    assert choice.id == id


@pytest.mark.parametrize(
    "text", ["làm hộ chiếu", "cần tư vấn làm hộ chiếu cho vợ tôi", "mất hộ chiếu của tôi"]
)
def test_who_makes_or_loses_a_paper_is_not_asked_what_to_do_with_it(text: str) -> None:
    assert head_alone(text) is None


def test_a_paper_in_trouble_is_asked_about(starter: Assistant) -> None:
    text = "giấy khai sinh của cụ cố tôi có chút trục trặc"

    answer = starter.reply(Question(text=text))

    assert answer.status is Status.NEEDS_CHOICE
    assert len(answer.options) >= 2
