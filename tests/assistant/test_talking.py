"""Conversations over the starter corpus: choices, follow-ups, corrections, returns."""

from __future__ import annotations

from uuid import uuid4

import pytest

from assistant.bootstrap import Assistant
from assistant.models import EVERY_CASE, Answer, Facet, Question, Status

BIRTH, MARRIAGE, FOREIGN_MARRIAGE = "1.001193", "1.000894", "2.000806"


def talk(assistant: Assistant, *turns: str, language: str | None = None) -> list[Answer]:
    conversation = uuid4().hex
    fields = {"conversation": conversation, "language": language}
    return [assistant.reply(Question.model_validate({"text": turn, **fields})) for turn in turns]


def code_of(answer: Answer) -> str | None:
    return answer.procedure.code if answer.procedure else None


def test_a_bare_head_word_is_asked_back_with_labels_that_name_the_difference(
    starter: Assistant,
) -> None:
    (answer,) = talk(starter, "làm căn cước")

    assert answer.status is Status.NEEDS_CHOICE
    assert 2 <= len(answer.options) <= 5
    assert not any(option.label.startswith("Cấp") for option in answer.options)
    assert "1." in answer.text


@pytest.mark.parametrize(
    "reply", ["4", "bị mất", "cái thứ 4", "Thẻ bị mất hoặc hỏng", "em lam mat"]
)
def test_a_choice_is_made_by_number_by_label_or_in_words(starter: Assistant, reply: str) -> None:
    _, answer = talk(starter, "làm căn cước", reply)

    assert answer.status is Status.ANSWERED
    assert code_of(answer) == "1.014064"


def test_a_choice_keeps_what_was_asked(starter: Assistant) -> None:
    _, answer = talk(starter, "căn cước mất bao lâu", "cho con tôi 5 tuổi")

    assert code_of(answer) == "1.014062"
    assert answer.facets == (Facet.TIME,)


def test_a_variant_that_is_named_is_not_asked_back(starter: Assistant) -> None:
    (answer,) = talk(starter, "đổi bằng lái xe sắp hết hạn")

    assert answer.status is Status.ANSWERED
    assert code_of(answer) == "3.000347"


@pytest.mark.parametrize(
    ("follow", "facet"),
    [
        ("lệ phí bao nhiêu", Facet.FEE),
        ("thế bao lâu", Facet.TIME),
        ("nộp online được không", Facet.CHANNEL),
        ("the nop o dau", Facet.PLACE),
    ],
)
def test_a_bare_facet_keeps_the_procedure(starter: Assistant, follow: str, facet: Facet) -> None:
    _, answer = talk(starter, "đăng ký kết hôn cần giấy tờ gì", follow)

    assert code_of(answer) == MARRIAGE
    assert answer.facets == (facet,)


def test_a_bare_facet_of_nothing_is_asked_back(starter: Assistant) -> None:
    (answer,) = talk(starter, "cần những giấy tờ gì?")

    assert answer.status is Status.NEEDS_CHOICE
    assert answer.procedure is None


def test_a_correction_switches_the_variant_and_keeps_the_facet(starter: Assistant) -> None:
    _, answer = talk(
        starter, "đăng ký kết hôn cần giấy tờ gì", "nếu vợ tôi là người nước ngoài thì sao?"
    )

    assert code_of(answer) == FOREIGN_MARRIAGE
    assert answer.facets == (Facet.DOCUMENTS,)


def test_a_new_topic_drops_the_old_and_a_return_finds_it_again(starter: Assistant) -> None:
    answers = talk(
        starter,
        "đăng ký kết hôn cần giấy tờ gì",
        "làm giấy khai sinh cho con thì sao",
        "lệ phí bao nhiêu",
        "quay lại việc kết hôn, nộp ở đâu",
    )

    assert [code_of(answer) for answer in answers] == [MARRIAGE, BIRTH, BIRTH, MARRIAGE]
    assert answers[-1].facets == (Facet.PLACE,)


def test_a_refused_aside_changes_nothing(starter: Assistant) -> None:
    *_, aside, answer = talk(
        starter, "đăng ký kết hôn cần giấy tờ gì", "mai trời có mưa không", "thế lệ phí bao nhiêu"
    )

    assert aside.status is Status.OUT_OF_SCOPE
    assert code_of(answer) == MARRIAGE


def test_two_procedures_in_one_message_are_both_answered_and_cited(starter: Assistant) -> None:
    (answer,) = talk(starter, "đăng ký kết hôn và làm giấy khai sinh cho con cần giấy tờ gì")

    told = {code_of(answer), *(ref.code for ref in answer.also)}
    assert told == {MARRIAGE, BIRTH}
    assert {citation.code for citation in answer.citations} == told
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_case_narrows_the_papers_and_everything_can_be_shown_again(starter: Assistant) -> None:
    version = next(
        v
        for v in starter.catalog.current()
        if 2 <= sum(bool(c.requirements) for c in v.procedure.cases) <= 6
    )
    ask = {"text": "cần giấy tờ gì", "code": version.code}
    every = starter.reply(Question.model_validate(ask))
    chips = [chip for chip in every.follow_ups if chip.case]
    narrowed = starter.reply(Question.model_validate({**ask, "case": chips[0].case}))
    back = next(chip for chip in narrowed.follow_ups if chip.case == EVERY_CASE)
    again = starter.reply(Question.model_validate({**ask, "case": back.case}))

    def fields(answer: Answer) -> set[str]:
        return {c.field for c in answer.citations if ".requirements[" in c.field}

    assert fields(narrowed) < fields(every)
    assert "chỉ dành cho trường hợp" in narrowed.text
    assert fields(again) == fields(every)


def test_conversations_are_forgotten_on_request(starter: Assistant) -> None:
    conversation = uuid4().hex
    starter.reply(Question(text="đăng ký kết hôn", conversation=conversation))
    assert starter.conversations is not None
    assert starter.conversations.forget(conversation) == 1

    answer = starter.reply(Question(text="lệ phí bao nhiêu", conversation=conversation))
    assert answer.status is Status.NEEDS_CHOICE


def test_without_a_conversation_nothing_is_kept(starter: Assistant) -> None:
    starter.reply(Question(text="đăng ký kết hôn"))

    assert starter.reply(Question(text="lệ phí bao nhiêu")).procedure is None
