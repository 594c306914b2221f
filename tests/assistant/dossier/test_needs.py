"""What applies to a dossier, what is asked, and what answers and papers tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.dossier.check import check
from assistant.dossier.models import AskedQuestion, Outcome, Report, Verdict
from ingest.reading.page import Reading, Refusal, RefusalReason
from knowledge.catalog import Version
from tests.assistant.dossier.papers import PERSON, SIGNED, card, dark, page, reading, request

BIRTH = (
    page("TỜ KHAI ĐĂNG KÝ KHAI SINH", (*PERSON, *SIGNED), file="a.jpg"),
    page("GIẤY CHỨNG SINH", file="b.jpg"),
    card(),
)


def verdict_of(report: Report, name: str) -> Verdict:
    return next(v.verdict for v in report.requirements if v.name.startswith(name))


def test_an_unknown_case_is_asked_and_never_complete(starter: Callable[[str], Version]) -> None:
    version = starter("1.001193")

    report = check(version, reading(*BIRTH), request("1.001193"))

    assert report.outcome is Outcome.NEEDS_OFFICER
    assert [q.id for q in report.questions] == [
        "case:bi_bo_roi",
        "case:mang_thai_ho",
        "cases[0].requirements[5]",
    ]


def test_answers_settle_the_case_and_open_the_next_question(
    starter: Callable[[str], Version],
) -> None:
    version = starter("1.001193")
    answers: dict[str, str] = {}
    report = check(version, reading(*BIRTH), request("1.001193"))

    while report.questions:
        answers |= {q.id: "no" for q in report.questions}
        report = check(version, reading(*BIRTH), request("1.001193", answers=answers))

    assert report.outcome is Outcome.COMPLETE
    assert verdict_of(report, "Biên bản về việc trẻ") is Verdict.NOT_APPLICABLE


def test_a_condition_that_holds_asks_for_its_paper(starter: Callable[[str], Version]) -> None:
    answers = {"cases[0].requirements[5]": "yes", "cases[0].requirements[7]": "no"}

    report = check(
        starter("1.001193"),
        reading(*BIRTH),
        request("1.001193", case="chung", answers=answers),
    )

    assert verdict_of(report, "Văn bản ủy quyền") is Verdict.MISSING
    assert report.outcome is Outcome.INCOMPLETE


def test_a_paper_that_is_there_answers_its_own_question(starter: Callable[[str], Version]) -> None:
    paper = page("GIẤY ỦY QUYỀN", (*PERSON, *SIGNED, "Chứng thực chữ ký"), file="u.jpg")
    asked = request("1.001193", case="chung", answers={"cases[0].requirements[7]": "no"})

    report = check(starter("1.001193"), reading(*BIRTH, paper), asked)

    assert report.outcome is Outcome.COMPLETE
    assert report.questions == ()


def test_a_paper_of_one_case_alone_tells_the_case(starter: Callable[[str], Version]) -> None:
    record = page("BIÊN BẢN VỀ VIỆC TRẺ BỊ BỎ RƠI", file="c.jpg")

    report = check(starter("1.001193"), reading(*BIRTH, record), request("1.001193"))

    assert report.case == "bi_bo_roi"
    assert verdict_of(report, "Biên bản về việc trẻ") is Verdict.PRESENT


def test_one_of_a_group_is_enough_and_a_lacking_group_is_told_as_one(
    starter: Callable[[str], Version],
) -> None:
    version, asked = starter("1.001193"), request("1.001193", case="chung")

    there = check(version, reading(*BIRTH), asked)
    lacking = check(version, reading(BIRTH[0], BIRTH[2]), asked)

    assert verdict_of(there, "Văn bản của người làm chứng") is Verdict.NOT_APPLICABLE
    members = [v for v in lacking.requirements if v.group == "chung_minh_viec_sinh"]
    assert {v.verdict for v in members} == {Verdict.MISSING}
    assert len({v.reason.split(".")[0] for v in members}) == 1
    assert "Giấy cam đoan về việc sinh" in members[0].reason


def test_papers_of_which_one_is_enough_are_counted_as_one(
    starter: Callable[[str], Version],
) -> None:
    version, asked = starter("1.001193"), request("1.001193", case="chung")

    missing = check(version, reading(BIRTH[0], BIRTH[2]), asked)
    unread = check(version, reading(BIRTH[0], BIRTH[2], dark()), asked)

    assert missing.summary == "Chưa đủ: thiếu 1 giấy."
    assert len([v for v in unread.requirements if v.verdict is Verdict.UNREADABLE]) > 1
    assert "1 giấy không đọc được" in unread.summary


def test_an_online_form_is_no_paper(starter: Callable[[str], Version]) -> None:
    report = check(starter("1.001193"), reading(), request("1.001193", case="chung"))

    assert verdict_of(report, "Mẫu hộ tịch điện tử") is Verdict.NOT_APPLICABLE
    assert "Mẫu hộ tịch điện tử" not in report.requirements[0].reason


def test_data_that_stands_in_for_a_paper_is_offered_and_taken(
    starter: Callable[[str], Version],
) -> None:
    version = starter("1.001193")
    known = {"cases[0].requirements[5]": "no", "cases[0].requirements[7]": "no"}
    papers = reading(*BIRTH[:2])

    asked = check(version, papers, request("1.001193", case="chung", answers=known))
    told = known | {"data:cases[0].requirements[6]": "yes"}
    settled = check(version, papers, request("1.001193", case="chung", answers=told))

    assert "data:cases[0].requirements[6]" in [q.id for q in asked.questions]
    assert asked.outcome is Outcome.INCOMPLETE
    assert settled.outcome is Outcome.COMPLETE


def test_data_that_replaces_one_of_a_group_replaces_the_group(
    starter: Callable[[str], Version],
) -> None:
    answers = {"cases[0].requirements[5]": "no", "cases[0].requirements[7]": "no"}
    answers["data:cases[0].requirements[2]"] = "yes"
    asked = request("1.001193", case="chung", answers=answers)

    report = check(starter("1.001193"), reading(BIRTH[0], BIRTH[2]), asked)

    assert report.outcome is Outcome.COMPLETE
    assert verdict_of(report, "Văn bản của người làm chứng") is Verdict.NOT_APPLICABLE
    assert "dữ liệu thay cho “Giấy chứng sinh”" in report.requirements[3].reason


@pytest.mark.parametrize("said", ["yes", "no"])
@pytest.mark.parametrize("code", ["1.001193", "1.004222", "1.000894", "1.004194", "2.000884"])
def test_no_question_is_asked_again(
    code: str, said: str, starter: Callable[[str], Version]
) -> None:
    answers: dict[str, str] = {}

    for _ in range(20):
        questions = check(
            starter(code), reading(BIRTH[0], BIRTH[2]), request(code, answers=answers)
        ).questions
        assert not {question.id for question in questions} & answers.keys()
        answers |= {q.id: _answered(q, said) for q in questions}
        if not questions:
            return

    pytest.fail("it never stops asking")


def _answered(question: AskedQuestion, said: str) -> str:
    values = [option.value for option in question.options]
    return said if said in values else values[0]


def test_many_cases_are_one_question(starter: Callable[[str], Version]) -> None:
    version = starter("1.004222")

    report = check(version, reading(), request("1.004222"))

    assert report.questions[0].id == "case"
    assert [option.value for option in report.questions[0].options][-1] == "none"


def test_a_case_told_in_notes_only_goes_to_an_officer(starter: Callable[[str], Version]) -> None:
    form = page("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", file="a.jpg", above=("CT01",))

    report = check(starter("1.004222"), reading(form), request("1.004222", case="roi_don_vi"))

    assert report.outcome is Outcome.NEEDS_OFFICER


def test_a_described_paper_may_be_any_spare_one(starter: Callable[[str], Version]) -> None:
    version = starter("1.004845")
    papers = (
        page("TỜ KHAI ĐĂNG KÝ CHẤM DỨT GIÁM HỘ", file="a.jpg"),
        page("QUYẾT ĐỊNH VỀ VIỆC NHẬN CHĂM SÓC TRẺ", file="b.jpg"),
        card(),
    )

    report = check(version, reading(*papers), request("1.004845", case="chung"))
    without = check(version, reading(papers[0], papers[2]), request("1.004845", case="chung"))

    assert verdict_of(report, "Giấy tờ làm căn cứ") is Verdict.CANNOT_TELL
    assert verdict_of(without, "Giấy tờ làm căn cứ") is Verdict.MISSING


def test_a_refused_file_may_hold_what_is_missing(starter: Callable[[str], Version]) -> None:
    refused = Refusal("hong.pdf", RefusalReason.DAMAGED)

    report = check(
        starter("1.001193"),
        Reading((BIRTH[0], BIRTH[2]), (refused,)),
        request("1.001193", case="chung"),
    )

    assert verdict_of(report, "Giấy chứng sinh") is Verdict.UNREADABLE
    assert "hong.pdf" in report.requirements[2].reason


def test_english_reports_are_english(starter: Callable[[str], Version]) -> None:
    report = check(
        starter("1.001193"), reading(*BIRTH), request("1.001193", case="chung", language="en")
    )

    assert "is in b.jpg" in report.requirements[2].reason
