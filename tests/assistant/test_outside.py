"""What no stored procedure is about is declined with the sentence that fits; what sounds like it
and is in scope is answered."""

from __future__ import annotations

import unicodedata

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Answer, Question, Status
from assistant.steps.outside import kinds_named
from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.scope import OUTSIDE, ScopeWords, buckets, load_scope
from knowledge.settings import BUNDLED_MODEL


def ask(assistant: Assistant, text: str) -> Answer:
    return assistant.reply(Question(text=text))


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("chủ nhật này trời có nắng để đi biển không", Status.OUT_OF_SCOPE, "thủ tục hành chính"),
        ("thi bằng lái xe máy ở Osaka thế nào", Status.OUT_OF_SCOPE, "nước khác"),
        ("ngân hàng nào cho vay tiêu dùng lãi thấp", Status.OUT_OF_SCOPE, "doanh nghiệp"),
        ("bạn vay tiền không trả, kiện ra toà kiểu gì", Status.OUT_OF_SCOPE, "toà án"),
        ("xin giấy phép mở phòng khám tai mũi họng", Status.NOT_FOUND, "y tế"),
        ("dang ky nghia vu quan su cho con trai", Status.NOT_FOUND, "quốc phòng"),
        ("Which permit do I need to sell wine in my shop?", Status.NOT_FOUND, "trade"),
        ("mua bảo hiểm Prudential có lời không", Status.OUT_OF_SCOPE, "doanh nghiệp"),
    ],
)
def test_each_kind_outside_gets_one_sentence_that_fits(
    starter: Assistant, text: str, status: Status, told: str
) -> None:
    answer = ask(starter, text)

    assert answer.status is status
    assert told in answer.text
    assert (answer.procedure, answer.citations) == (None, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("đăng ký kết hôn với người Nhật ở Việt Nam", "2.000806"),
        ("nhận trẻ mồ côi làm con nuôi cần giấy tờ gì", "2.001263"),
    ],
)
def test_a_word_of_elsewhere_does_not_hide_a_procedure(
    starter: Assistant, text: str, code: str
) -> None:
    answer = ask(starter, text)

    found = [option.code for option in answer.options]
    assert code in [answer.procedure and answer.procedure.code, *found]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("đăng ký khai sinh cho bé có mẹ quốc tịch Đức", ()),
        ("bố vợ tôi mất, khai tử ở đâu", ()),
        ("xin quốc tịch Đức", ("abroad",)),
        ("tôi muốn bỏ vợ", ("court",)),
    ],
)
def test_who_people_are_is_no_wish_for_something_elsewhere(
    text: str, kinds: tuple[str, ...]
) -> None:
    assert kinds_named(text) == kinds


def test_a_field_that_is_not_stored_offers_no_neighbour(starter: Assistant) -> None:
    answer = ask(starter, "cấp giấy phép lao động cho chuyên gia nước ngoài")

    assert answer.status is Status.NOT_FOUND
    assert "lao động, việc làm" in answer.text
    assert answer.options == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("mở quán karaoke", ("absent_culture_tourism",)),
        ("thẩm duyệt phòng cháy cho quán karaoke", ()),
        ("nhận trẻ mồ côi làm con nuôi", ()),
        ("sao y bằng tốt nghiệp", ()),
        ("nhờ tư vấn thủ tục", ()),
        ("lý lịch tư pháp để xin visa đi Úc", ()),
        ("con nuôi là khủng long", ("imaginary",)),
    ],
)
def test_beside_the_word_of_a_stored_procedure_a_thing_elsewhere_is_none(
    text: str, kinds: tuple[str, ...]
) -> None:
    assert kinds_named(text) == kinds


def test_words_of_elsewhere_are_rare_among_lines_in_scope() -> None:
    lines = all_lines(read_phrasebook())

    named = [line for line in lines if kinds_named(line)]

    assert len(named) < 0.03 * len(lines)


def test_the_words_alone_tell_most_lines_of_the_phrasebook_from_other_topics() -> None:
    scope = load_scope(BUNDLED_MODEL)
    assert scope is not None
    phrasebook = read_phrasebook()
    outside = [line for lines in phrasebook.off_topic.values() for line in lines]

    wrong_in = sum(scope.scores(line)[OUTSIDE] > 0 for line in all_lines(phrasebook)[::20])
    wrong_out = sum(scope.scores(line)[OUTSIDE] <= 0 for line in outside)

    assert wrong_in < 0.01 * len(all_lines(phrasebook)[::20])
    assert wrong_out < 0.1 * len(outside)


def test_a_mark_can_tell_two_words_apart_and_its_absence_costs_little() -> None:
    assert buckets("giấy khống") != buckets("giấy không")
    assert set(buckets("giay khong")) <= set(buckets("giấy không"))
    assert buckets(unicodedata.normalize("NFD", "giấy khống")) == buckets("giấy khống")


def test_no_words_say_nothing() -> None:
    scope = load_scope(BUNDLED_MODEL)

    assert isinstance(scope, ScopeWords)
    assert set(scope.scores("?!").values()) == {0.0}
