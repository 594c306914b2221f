"""Cases that change the papers: everybody's papers and one question, then those of the case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from assistant.bootstrap import Assistant
from assistant.models import EVERY_CASE, Answer, Block, Question, Status
from assistant.steps.narrow import answered_case, asked_cases
from knowledge.procedure import COMMON_CASE, value_at

STAY = "1.004194"  # registering a temporary stay: four cases, each with a question
HOME = "1.013225"  # a building permit: more papers by case than one reads at a glance
PAUSED = "1.001570"  # pausing a business: one case, of somebody else handing in


def ask(assistant: Assistant, text: str, **fields: object) -> Answer:
    return assistant.reply(Question.model_validate({"text": text, **fields}))


def papers(answer: Answer) -> str:
    lists = [block for block in answer.blocks if block.kind.value == "list"]
    return "\n".join(line.text for block in lists for line in block.lines)


def names(assistant: Assistant, code: str, case: str) -> list[str]:
    version = assistant.catalog.get(code)
    assert version is not None
    return [p.name for _, c, p in version.procedure.requirements() if c.id == case]


def asked_block(answer: Answer, title: str) -> Block:
    return next(block for block in answer.blocks if block.title and title in block.title)


def test_few_papers_are_told_case_by_case_and_the_case_is_asked(starter: Assistant) -> None:
    answer = ask(starter, "cần giấy tờ gì", code=STAY)

    version = starter.catalog.get(STAY)
    assert version is not None
    for _, _, paper in version.procedure.requirements():
        assert paper.name.rstrip(" .;:") in papers(answer)
    asked = [case.question for case in asked_cases(version.procedure)]
    assert [line.text for line in asked_block(answer, "trường hợp nào").lines] == asked


def test_of_many_papers_everybodys_are_told_first_and_the_case_is_asked(
    starter: Assistant,
) -> None:
    answer = ask(starter, "cần giấy tờ gì", code=HOME)

    assert answer.status is Status.ANSWERED
    for name in names(starter, HOME, COMMON_CASE):
        assert name.rstrip(" .;:") in papers(answer)
    version = starter.catalog.get(HOME)
    assert version is not None
    cases = asked_cases(version.procedure)
    own = [p.name for case in cases for p in case.requirements]
    assert not [name for name in own if name in papers(answer)]
    question = asked_block(answer, "thêm giấy")
    assert [line.text for line in question.lines] == [case.question for case in cases]
    cited = {citation.n: citation for citation in answer.citations}
    for line in question.lines:
        assert value_at(version.procedure, cited[line.citations[0]].field) == line.text


def test_every_way_of_answering_is_offered_as_a_follow_up(starter: Assistant) -> None:
    told, asked = (ask(starter, "cần giấy tờ gì", code=code) for code in (STAY, HOME))

    chips = [[chip.case for chip in answer.follow_ups if chip.case] for answer in (told, asked)]
    assert chips[0][-1] == COMMON_CASE
    assert len(chips[0]) == 4
    assert chips[1][-2:] == [COMMON_CASE, EVERY_CASE]


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("2", "danh_sach"),
        ("trường hợp 2", "danh_sach"),
        ("theo danh sách nhiều người", "danh_sach"),
        ("don vi dong quan", "don_vi_dong_quan"),
    ],
)
def test_a_case_is_picked_by_number_or_in_words(starter: Assistant, said: str, case: str) -> None:
    talk = uuid4().hex
    ask(starter, "đăng ký tạm trú cần giấy tờ gì", conversation=talk)

    answer = ask(starter, said, conversation=talk)

    assert answer.procedure is not None
    assert answer.procedure.code == STAY
    for name in names(starter, STAY, case):
        assert name.rstrip(" .;:") in papers(answer)
    others = set(names(starter, STAY, "ca_nhan_ho_gia_dinh")) - set(names(starter, STAY, case))
    assert not any(name in papers(answer) for name in others)


@pytest.mark.parametrize(("said", "case"), [("có", "uy_quyen"), ("không ạ", COMMON_CASE)])
def test_one_case_is_answered_with_yes_or_no(starter: Assistant, said: str, case: str) -> None:
    talk = uuid4().hex
    ask(starter, "cần giấy tờ gì", code=PAUSED, conversation=talk)

    answer = ask(starter, said, conversation=talk)

    assert answer.procedure is not None
    assert answer.procedure.code == PAUSED
    told = all(name in papers(answer) for name in names(starter, PAUSED, "uy_quyen"))
    assert told is (case == "uy_quyen")
    assert ("chỉ cần các giấy tờ trên" in answer.text) is (case == COMMON_CASE)


def test_everything_can_be_shown(starter: Assistant) -> None:
    answer = ask(starter, "cần giấy tờ gì", code=STAY, case=EVERY_CASE)

    version = starter.catalog.get(STAY)
    assert version is not None
    for _, _, paper in version.procedure.requirements():
        assert paper.name.rstrip(" .;:") in answer.text
    assert "thêm giấy" not in answer.text


def test_a_case_named_in_the_question_is_not_asked_about(starter: Assistant) -> None:
    answer = ask(starter, "làm giấy khai sinh cho trẻ bị bỏ rơi cần giấy tờ gì")

    assert answer.procedure is not None
    assert answer.procedure.code == "1.001193"
    assert "Trẻ bị bỏ rơi" in answer.text
    assert "thêm giấy" not in answer.text


@pytest.mark.parametrize("said", ["lệ phí bao nhiêu", "thế mất bao lâu", "đăng ký kết hôn"])
def test_other_words_are_no_answer_to_the_question(starter: Assistant, said: str) -> None:
    version = starter.catalog.get(STAY)
    assert version is not None

    assert answered_case(said, asked_cases(version.procedure)) is None


def test_a_question_of_yes_or_no_needs_one_case(starter: Assistant) -> None:
    version = starter.catalog.get(STAY)
    assert version is not None
    cases = asked_cases(version.procedure)

    assert answered_case("có", cases) is None
    assert answered_case("7", cases) is None
    assert answered_case("xem tất cả", cases) == EVERY_CASE
