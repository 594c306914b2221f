"""Where no procedure fits, none is offered; what is asked for by its name always fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.bootstrap import Assistant, read_tuning
from assistant.models import Answer, Question, Status
from assistant.steps.fitting import BIAS, FITS, fit_evidence, is_weighed, misfit
from knowledge.coverage import Coverage
from knowledge.search import Found, Hit
from knowledge.settings import BUNDLED_MODEL

SAID = Coverage(said=3.0, said_pairs=2.0, unsaid_pair=0.2, known=1.0, unknown=0.0)
UNSAID = Coverage(said=0.3, said_pairs=0.0, unsaid_pair=1.0, known=0.3, unknown=0.4)


def found(coverage: Coverage, similarity: float = 0.55) -> Found:
    hits = tuple(
        Hit(code=f"1.00000{n}", name=name, field=field, score=1 - n / 10, similarity=similarity)
        for n, (name, field) in enumerate(
            (("Cấp thẻ thả diều", "Diều"), ("Trả thẻ câu cá", "Cá"), ("Đổi vé leo núi", "Núi"))
        )
    )
    return Found(hits, "weather", 0.5, 0.45, 0.5, 0.4, cover=lambda: coverage)


def ask(assistant: Assistant, text: str) -> Answer:
    return assistant.reply(Question(text=text))


def weights() -> dict[str, float]:
    outside = read_tuning(BUNDLED_MODEL).outside
    assert outside is not None
    return dict(outside.fit)


def test_the_stored_weights_are_those_of_the_evidence() -> None:
    evidence = fit_evidence("thả diều", found(SAID), -1.0)

    assert {*evidence, BIAS} == weights().keys()


def test_the_less_the_first_procedure_says_the_less_it_fits() -> None:
    said, unsaid = (
        misfit(weights(), "cấp thẻ cử tri ở xã", found(cover), -1.0) for cover in (SAID, UNSAID)
    )

    assert unsaid > said


def test_what_is_called_by_its_whole_title_fits_whatever_else_is_said() -> None:
    text = "bác ơi cho hỏi cấp thẻ thả diều để mai bay lên sao Hoả"

    assert not is_weighed(text, found(UNSAID))
    assert misfit(weights(), text, found(UNSAID), -0.1) == FITS


def test_without_weights_or_procedures_nothing_is_said() -> None:
    assert misfit({}, "thẻ cử tri", found(UNSAID), -0.1) == FITS
    assert misfit(weights(), "thẻ cử tri", replace(found(UNSAID), hits=()), -0.1) == FITS


@pytest.mark.parametrize(
    "text",
    [
        "xin giấy chứng nhận đẹp trai nhất xóm",
        "xin chứng chỉ hành nghề ru con ngủ",
        "cấp thẻ săn cầu vồng ban ngày",
        "permit to keep a pet thundercloud",
    ],
)
def test_a_wish_that_no_procedure_is_about_gets_no_list(starter: Assistant, text: str) -> None:
    answer = ask(starter, text)

    assert answer.status in (Status.NOT_FOUND, Status.OUT_OF_SCOPE)
    assert (answer.options, answer.citations, answer.procedure) == ((), (), None)


def test_where_nothing_fits_the_nearest_field_is_told(starter: Assistant) -> None:
    answer = ask(starter, "xin xã chứng nhận cam nhà em ngọt")

    assert answer.status is Status.NOT_FOUND
    assert "Trung tâm Phục vụ hành chính công" in answer.text
    assert "Lĩnh vực gần nhất trong kho dữ liệu: " in answer.text


@pytest.mark.parametrize(
    "text",
    ["Nghe nói khai sinh đúng hạn phải đóng 2 triệu, có đúng không?"],
)
def test_who_states_a_sum_is_corrected_and_not_sent_away(starter: Assistant, text: str) -> None:
    assert ask(starter, text).status in (Status.ANSWERED, Status.NEEDS_CHOICE)


def test_kinds_of_papers_alone_name_no_procedure(starter: Assistant) -> None:
    assert ask(starter, "Cần những loại giấy tờ nào vậy?").status is Status.NEEDS_CHOICE


@pytest.mark.parametrize(
    "text",
    [
        "mất thẻ căn cước ở bến xe, giờ làm lại sao",
        "con tôi mới sinh ra chưa có giấy khai sinh",
        "hộ chiếu của mẹ tôi sắp hết hạn",
        "how do we register our marriage at the commune",
    ],
)
def test_a_wish_in_everyday_words_still_finds_its_procedure(starter: Assistant, text: str) -> None:
    assert ask(starter, text).status in (Status.ANSWERED, Status.NEEDS_CHOICE)
