"""Where no procedure fits, none is offered; what is asked for by its name always fits."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.bootstrap import Assistant, read_tuning
from assistant.models import Answer, Question, Status, Turn
from assistant.steps.doubt import Doubt, Tree
from assistant.steps.fitting import BIAS, FITS, fit_evidence, is_weighed, misfit
from assistant.steps.outside import Outside, Verdict
from assistant.steps.resolve import Thresholds, resolver
from assistant.steps.understand import understand
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


class Judged(Outside):
    """Outside that judges all questions alike."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def judge(self, text: str, found: Found) -> Verdict:
        return self.verdict


def resolved(
    starter: Assistant,
    text: str,
    fit: float,
    doubted: float,
    meant: str = "",
    margin: float = -3.0,
) -> Answer | None:
    """What the step does when the search's fit and the doubt are as given, and asks from 0.4 on."""
    leaf = Tree((-1,), (0.0,), (0,), (0,), (math.log(doubted / (1 - doubted)),))
    doubt, outside = Doubt(("score",), 0.0, (leaf,)), Judged(Verdict(margin, (), fit))
    turn = Turn(Question(text=text), datetime.now(UTC))
    understand(turn)
    turn.meant = meant
    turn.found = starter.search(text)
    finder = starter._finder
    return resolver(finder, starter.catalog, Thresholds(ask=0.4), doubt, outside)(turn)


KITE = "xin giấy tùy thân cho cánh diều"


def test_what_hardly_fits_and_is_half_in_doubt_is_offered_as_not_found(starter: Assistant) -> None:
    answer = resolved(starter, KITE, fit=-0.3, doubted=0.25)

    assert answer is not None
    assert answer.status is Status.NOT_FOUND
    assert answer.options


@pytest.mark.parametrize(("fit", "doubted"), [(-0.3, 0.1), (-2.0, 0.25), (FITS, 0.25)])
def test_what_fits_or_is_in_little_doubt_is_answered(
    starter: Assistant, fit: float, doubted: float
) -> None:
    assert resolved(starter, KITE, fit, doubted) is None


def test_what_fits_hardly_and_several_ways_is_still_asked_back(starter: Assistant) -> None:
    answer = resolved(starter, KITE, fit=-0.3, doubted=0.5)

    assert answer is not None
    assert answer.status is Status.NEEDS_CHOICE


def test_what_is_to_be_confirmed_is_answered_however_it_fits(starter: Assistant) -> None:
    text = "nghe nói khai sinh phải nộp tám bản sao, đúng không"

    assert resolved(starter, text, fit=-0.3, doubted=0.25) is None


def test_a_follow_up_is_judged_by_what_was_spoken_of(starter: Assistant) -> None:
    assert resolved(starter, KITE, fit=-0.3, doubted=0.25, meant=KITE) is None


def test_what_is_outside_as_a_whole_is_no_two_procedures(starter: Assistant) -> None:
    text = "đăng ký khai sinh và đăng ký kết hôn"
    within = resolved(starter, text, fit=-2.0, doubted=0.1)
    outside = resolved(starter, text, fit=-2.0, doubted=0.1, margin=0.5)

    assert within is None
    assert outside is not None
    assert outside.status in (Status.OUT_OF_SCOPE, Status.NOT_FOUND)
