"""The verifier: each kind of invention is caught, and the record's own words take its place."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Answer, Line, Question, Turn
from assistant.steps.verify import problems_of, verify
from knowledge.catalog import Version


@pytest.fixture
def version(starter: Assistant) -> Version:
    found = starter.catalog.get("1.004222")
    assert found is not None
    return found


@pytest.fixture
def answer(starter: Assistant) -> Answer:
    return starter.reply(Question(text="lệ phí bao nhiêu", code="1.004222"))


def with_line(answer: Answer, line: Line) -> Answer:
    block = answer.blocks[0].model_copy(update={"lines": (line,)})
    return answer.model_copy(update={"blocks": (block, *answer.blocks[1:])})


def test_a_composed_answer_has_no_problems(answer: Answer, version: Version) -> None:
    assert list(problems_of(answer, version)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Trực tuyến: 15.000 đồng/lần đăng ký.",
        "Trực tuyến: 10.000 đồng, nộp trong 3 ngày.",
        "Trực tuyến: 10.000 đồng theo Nghị định 99/2025/NĐ-CP.",
    ],
)
def test_an_invented_figure_is_reported(answer: Answer, version: Version, text: str) -> None:
    invented = with_line(answer, Line(text=text, citations=(1,)))

    assert any("names" in problem for problem in problems_of(invented, version))


def test_a_figure_without_a_citation_is_reported(answer: Answer, version: Version) -> None:
    bare = with_line(answer, Line(text="Trực tuyến: 10.000 đồng."))

    assert list(problems_of(bare, version))


def test_a_citation_that_was_never_issued_is_reported(answer: Answer, version: Version) -> None:
    foreign = with_line(answer, Line(text="Miễn phí.", citations=(99,)))

    assert any("never issued" in problem for problem in problems_of(foreign, version))


@pytest.mark.parametrize(
    "change",
    [{"quote": "5.000 đồng"}, {"field": "channels[9].fees[0]"}, {"code": "9.999999"}],
)
def test_a_citation_that_does_not_quote_the_record_is_reported(
    answer: Answer, version: Version, change: dict[str, str]
) -> None:
    forged = answer.citations[0].model_copy(update=change)
    changed = answer.model_copy(update={"citations": (forged, *answer.citations[1:])})

    assert any("does not quote" in problem for problem in problems_of(changed, version))


def test_a_wrong_line_is_replaced_by_the_records_own_words(
    answer: Answer, version: Version
) -> None:
    turn = Turn(Question(text="x"), version.recorded_at, versions=(version,))
    turn.draft = with_line(answer, Line(text="Trực tuyến: 15.000 đồng.", citations=(1,)))

    mended = verify(turn)

    assert mended is not None
    assert mended.blocks[0].lines[0].text == answer.citations[0].quote
    assert "15.000" not in mended.text
    assert list(problems_of(mended, version)) == []
