"""A live answer marked bad becomes a case; what identifies a person does not come along."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.models import Answer, Facet, ProcedureRef, Status
from assistant.redaction import masked
from evals.cases import Action, Decline
from evals.errors import EvalError
from evals.marking import (
    Complaint,
    decline_of,
    marked_bad,
    read_answer,
)
from tests.fakes import code

DAY = date(2026, 11, 23)


def answer(status: Status = Status.ANSWERED, text: str = "Lệ phí: 99.000 đồng") -> Answer:
    ref = ProcedureRef(code=code(1), name="Cấp thẻ thả diều", version=1, effective_from=None)
    known = ref if status is Status.ANSWERED else None
    return Answer(status=status, procedure=known, facets=(Facet.FEE,), text=text)


def test_a_live_answer_marked_bad_becomes_a_case() -> None:
    complaint = Complaint(wrong_words=("99.000 đồng",), missing=("10.000",), harmful=True)

    case = marked_bad("Thẻ thả diều bao tiền?", answer(), complaint, "An")

    assert case.action is Action.ANSWER
    assert (case.codes, case.facets) == ((code(1),), (Facet.FEE,))
    assert (case.must, case.must_not) == (("10.000",), ("99.000 đồng",))
    assert case.critical
    assert case.reviewed_by is None


@pytest.mark.parametrize(
    ("complaint", "action", "codes"),
    [
        (Complaint(codes=(code(2),)), Action.ANSWER, (code(2),)),
        (Complaint(codes=(code(1), code(2))), Action.CHOOSE, (code(1), code(2))),
        (Complaint(decline=Decline.DISTRESS), Action.DECLINE, ()),
    ],
)
def test_the_complaint_says_what_would_have_been_right(
    complaint: Complaint, action: Action, codes: tuple[str, ...]
) -> None:
    case = marked_bad("Tôi cần gì?", answer(Status.NOT_FOUND), complaint, "An")

    assert (case.action, case.codes, case.decline) == (action, codes, complaint.decline)


def test_nothing_says_what_is_right_when_nothing_was_answered() -> None:
    with pytest.raises(EvalError, match="--code"):
        marked_bad("Tôi cần gì?", answer(Status.NOT_FOUND), Complaint(), "An")


def test_words_that_the_answer_never_said_are_refused() -> None:
    with pytest.raises(EvalError, match="does not say"):
        marked_bad("Bao tiền?", answer(), Complaint(wrong_words=("50.000",)), "An")
    with pytest.raises(EvalError, match="does not say"):  # a part of a number is another number
        marked_bad("Bao tiền?", answer(), Complaint(wrong_words=("000 đồ",)), "An")


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(EvalError, match="empty"):
        marked_bad("  ", answer(), Complaint(), "An")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("CCCD 001234567890.", "CCCD 000000000000."),
        ("gọi 0912.345.678 nhé", "gọi 0000.000.000 nhé"),
        ("gọi +84 912 345 678", "gọi +00 000 000 000"),
        ("số 0912-345-678, gấp", "số 0000-000-000, gấp"),
        ("CMND 123 456 789", "CMND 000 000 000"),
        ("thư an.nguyen@thu.example.vn", "thư nguoi.dan@example.com"),
        ("thủ tục 1.001193.000.00.00.H44", "thủ tục 1.001193.000.00.00.H44"),
        ("vốn 3.000.000.000 đồng ngày 01/06/2026", "vốn 3.000.000.000 đồng ngày 01/06/2026"),
        ("Nghị định 118/2025/NĐ-CP", "Nghị định 118/2025/NĐ-CP"),
    ],
)
def test_numbers_that_identify_a_person_are_put_out_of_shape(given: str, kept: str) -> None:
    assert masked(given) == kept
    assert marked_bad(given, answer(), Complaint(), "An").turns == (kept,)


def test_an_answer_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text('{"status": "answered"}')

    with pytest.raises(EvalError, match=r"answer\.json is not an answer \(text"):
        read_answer(file)
    with pytest.raises(EvalError, match="is not there"):
        read_answer(tmp_path / "no.json")
    file.write_text(answer().model_dump_json())
    assert read_answer(file).procedure == answer().procedure


def test_a_reason_to_decline_that_there_is_not_is_told() -> None:
    assert decline_of("unsafe") is Decline.UNSAFE
    with pytest.raises(EvalError, match="takes one of out_of_scope"):
        decline_of("tired")
