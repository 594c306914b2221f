"""What an answer says, held against the record: each kind of fault is caught and named."""

from __future__ import annotations

from typing import Any

import pytest

from evals.metrics import METRICS
from evals.metrics.outcome import passed, reasons
from knowledge.text import folded
from tests.evals.grades import FEES, PAPERS, QUOTES, case, graded, kite, small

PAPER_QUOTES = {
    1: ("cases[0].requirements[0]", "Tờ khai — bản chính: 1, bản sao: 0 — TD01"),
    2: ("cases[0].requirements[1]", "Giấy ủy quyền — nhờ người khác"),
    3: ("cases[0].notes[0]", "Viết bằng mực đen."),
}


def score(name: str, text: str, quotes: Any = None, **asked: Any) -> float | None:
    return METRICS[name].score(graded(text, case(**asked), quotes=quotes))


def test_a_right_answer_passes_every_metric() -> None:
    fees = graded(FEES, case(facets=["fee", "time"]), quotes=QUOTES)
    papers = graded(PAPERS, case(facets=["documents"]), quotes=PAPER_QUOTES)

    assert reasons(fees) == []
    assert reasons(papers) == []
    for found in (fees, papers):
        assert METRICS["citation_precision"].score(found) == 1.0
        assert METRICS["citation_recall"].score(found) == 1.0
        assert METRICS["groundedness"].score(found) == 1.0
        assert METRICS["sent_back"].score(found) == 0.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.000 đồng/thẻ", "11.000 đồng/thẻ"),
        ("10.000 đồng/thẻ", "10.000 đồng/trang"),
        ("10.000 đồng/thẻ", "10.000 USD/thẻ"),
        ("20.000 đồng (diều đôi)", "20.000 đồng (ba con)"),
        ("- Trực tiếp: 10.000 đồng/thẻ. [1]\n", ""),
        ("- Trực tiếp: 10.000", "- Bưu chính: 10.000"),
        ("20.000 đồng (diều đôi)", "20.000 đồng (diều đôi), diều ba 30.000 đồng"),
        ("10.000 đồng/thẻ", "10.000 đồng/thẻ hoặc miễn phí"),
    ],
)
def test_a_wrong_fee_is_named(old: str, new: str) -> None:
    wrong = FEES.replace(old, new)

    assert wrong != FEES
    assert score("exact_fee", wrong, facets=["fee"]) == 0.0
    assert score("sent_back", wrong, facets=["fee"]) == 1.0
    assert any(
        "phí" in why or "tiền" in why for why in reasons(graded(wrong, case(facets=["fee"])))
    )


@pytest.mark.parametrize("new", ["4 ngày làm việc", "3 ngày", "3 giờ", "3"])
def test_a_wrong_time_limit_is_named(new: str) -> None:
    wrong = FEES.replace("3 ngày làm việc", new)

    assert score("exact_time", FEES, facets=["time"]) == 1.0
    assert score("exact_time", wrong, facets=["time"]) == 0.0
    assert any("thời" in why for why in reasons(graded(wrong, case(facets=["time"]))))


def test_a_fee_of_two_channels_may_be_told_in_a_line_each() -> None:
    paid = [{"kind": kind, "fees": [{"amount": 7000}]} for kind in ("direct", "online")]
    record = kite(channels=[*paid, {"kind": "postal"}])
    exact, asked = METRICS["exact_fee"].score, case(facets=["fee"])
    lines = ["Thẻ", "- Trực tiếp: 7.000 đồng", "- Trực tuyến: 7.000 đồng (đã trừ)"]

    assert exact(graded("\n".join(lines), asked, record)) == 1.0
    assert exact(graded("\n".join(lines[:2]), asked, record)) == 0.0


def test_saying_that_no_fee_is_stated_is_not_saying_that_it_is_free() -> None:
    told = METRICS["wrong_figures"].score
    asked = case(facets=["fee"])

    assert told(graded("The source states no fee.", asked, small(1))) == 0.0
    assert told(graded("There is no fee.", asked, small(1))) == 1.0


def test_a_number_without_a_unit_must_not_be_given_one() -> None:
    record = kite(channels=[{"kind": "direct", "time_limits": [{"number": 5}]}])
    asked = case(facets=["time"])
    exact = METRICS["exact_time"].score

    assert exact(graded("Thời hạn: 5 (nguồn không ghi đơn vị)", asked, record)) == 1.0
    assert exact(graded("Thời hạn: 5 ngày", asked, record)) == 0.0


def test_a_dropped_paper_is_named() -> None:
    dropped = PAPERS.replace("- Tờ khai: 1 bản chính; mẫu TD01 [1]\n", "- Đơn: 1 bản chính\n")
    found = graded(dropped, case(facets=["documents"]))

    assert METRICS["paper_recall"].score(found) == 0.0
    assert METRICS["sent_back"].score(found) == 1.0
    assert "giấy tờ: thiếu Tờ khai" in reasons(found)


def test_a_paper_told_only_in_the_condition_of_another_counts_as_dropped() -> None:
    text = PAPERS.replace("- Tờ khai: 1 bản chính; mẫu TD01 [1]\n", "").replace(
        "chỉ khi nhờ", "chỉ khi không có Tờ khai và nhờ"
    )

    assert score("paper_recall", text, facets=["documents"]) == 0.0


def test_a_missing_conditional_paper_is_not_complete_but_sends_nobody_back() -> None:
    text = PAPERS.replace(
        "- Giấy ủy quyền: nguồn không ghi số bản; chỉ khi nhờ người khác [2]\n", ""
    )

    assert score("paper_recall", text, facets=["documents"]) == 1.0
    assert score("papers_complete", text, facets=["documents"]) == 0.0
    assert score("sent_back", text, facets=["documents"]) == 0.0
    assert not passed(graded(text, case(facets=["documents"])))


def test_an_invented_paper_costs_precision_and_grounding() -> None:
    text = PAPERS.replace(
        "\n\nLưu ý", "\n- Giấy xác nhận của tổ trưởng dân phố: 1 bản chính\n\nLưu ý"
    )
    found = graded(text, case(facets=["documents"]))

    assert METRICS["paper_precision"].score(found) == pytest.approx(2 / 3)
    assert METRICS["paper_f1"].score(found) == pytest.approx(0.8)
    assert any("tổ trưởng" in why for why in reasons(found))


@pytest.mark.parametrize("new", ["2 bản chính", "1 bản sao", "1 bản chính, 1 bản sao"])
def test_wrong_counts_are_named(new: str) -> None:
    wrong = PAPERS.replace("1 bản chính", new)

    assert score("exact_counts", PAPERS, facets=["documents"]) == 1.0
    assert score("exact_counts", wrong, facets=["documents"]) == 0.0
    assert "sai số bản: Tờ khai" in reasons(graded(wrong, case(facets=["documents"])))


def test_a_copy_that_must_be_certified_must_say_so() -> None:
    paper = {"name": "Bằng lái diều", "originals": 0, "copies": 1, "certified": True}
    record = kite(cases=[{"id": "chung", "name": "Mọi", "requirements": [paper]}])
    exact, asked = METRICS["exact_counts"].score, case(facets=["documents"])

    assert exact(graded("Thẻ\n- Bằng lái diều: 1 bản sao (chứng thực)", asked, record)) == 1.0
    assert exact(graded("Thẻ\n- Bằng lái diều: 1 bản sao", asked, record)) == 0.0


def test_papers_in_running_prose_are_found() -> None:
    text = "Bạn mang tờ khai và, nếu nhờ người khác, giấy ủy quyền."

    assert score("papers_complete", text, facets=["documents"]) == 1.0


def test_papers_of_another_case_are_wrong_unless_their_heading_says_so() -> None:
    cases = [
        {"id": "mat_the", "name": "Mất thẻ", "requirements": [{"name": "Đơn báo mất"}]},
        {"id": "hong_the", "name": "Hỏng thẻ", "requirements": [{"name": "Thẻ bị hỏng"}]},
    ]
    asked = case(facets=["documents"], procedure_case="mat_the")
    mixed = "Thẻ\n- Đơn báo mất: 1 bản chính\n- Thẻ bị hỏng: 1 bản chính"
    told = mixed.replace("\n- Thẻ", "\nTrường hợp: Hỏng thẻ\n- Thẻ")
    wrong = METRICS["wrong_case"].score

    assert wrong(graded(mixed, asked, kite(cases=cases))) == 1.0
    assert wrong(graded(told, asked, kite(cases=cases))) == 0.0
    assert wrong(graded(mixed, case(facets=["documents"]), kite(cases=cases))) is None


def test_place_forms_and_laws_are_held_against_the_record() -> None:
    text = "Nộp tại Bộ phận Một cửa xã Bãi Bồi. Mẫu TD01. Theo Luật Diều 1/2020/QH14."

    assert score("exact_place", text, facets=["place"]) == 1.0
    assert score("wrong_place", "Nộp ở Sở Gió", facets=["place"]) == 1.0
    assert score("exact_forms", text, facets=["forms"]) == 1.0
    assert score("exact_forms", "Mẫu TD011", facets=["forms"]) == 0.0
    assert score("exact_laws", text, facets=["legal_basis"]) == 1.0
    assert score("exact_laws", f"{text} và 2/2021/NĐ-CP", facets=["legal_basis"]) == 0.0


def test_an_empty_field_must_be_called_empty() -> None:
    asked = case(facets=["fee"])
    told = METRICS["facets_told"].score

    assert told(graded("Nguồn không ghi phí.", asked, small(1))) == 1.0
    assert told(graded("Cấp thẻ thả diều.", asked, small(1))) == 0.0
    assert METRICS["exact_fee"].score(graded("Nguồn không ghi phí.", asked, small(1))) is None
    assert METRICS["wrong_figures"].score(graded("Phí 5.000 đồng", asked, small(1))) == 1.0


@pytest.mark.parametrize(
    "quotes",
    [
        {**QUOTES, 1: ("channels[0].fees[0]", "12.000 đồng/thẻ")},
        {**QUOTES, 1: ("channels[7].fees[0]", "10.000 đồng/thẻ")},
        {**QUOTES, 1: ("channels[0].fees[1]", "20.000 đồng — diều đôi — trẻ em")},
        {n: quote for n, quote in QUOTES.items() if n != 1},
    ],
    ids=["false quote", "no such field", "another field", "never issued"],
)
def test_a_citation_that_does_not_hold_is_caught(quotes: dict[int, tuple[str, str]]) -> None:
    found = graded(FEES, case(facets=["fee"]), quotes=quotes)

    shares = [METRICS[name].score(found) for name in ("citation_precision", "supported_lines")]
    assert min(share for share in shares if share is not None) < 1.0
    assert any("trích dẫn" in why for why in reasons(found))


def test_a_line_without_a_citation_costs_recall() -> None:
    assert score("citation_recall", FEES.replace(" [1]", ""), QUOTES, facets=["fee"]) == 0.75


def test_demanded_and_forbidden_facts_are_compared_without_marks() -> None:
    asked = {"must": ["diều đôi"], "must_not": ["5 trieu"], "from_record": False}

    assert score("facts_told", folded(FEES), **asked) == 1.0
    assert score("forbidden_fact", FEES + "\nPhạt 5 triệu đồng", **asked) == 1.0
    assert score("forbidden_fact", FEES + "\nPhạt 15 triệu đồng", **asked) == 0.0
    assert score("forbidden_fact", FEES) is None
    assert "thiếu: cánh buồm" in reasons(graded(FEES, case(must=["cánh buồm"])))


def test_what_does_not_apply_is_none_never_zero() -> None:
    """Nothing was asked of papers, and nothing of the record is told."""
    found = graded("Chào bạn", case(facets=[], from_record=False))

    for name in ("exact_fee", "exact_time", "paper_f1", "exact_counts", "wrong_case", "sent_back"):
        assert METRICS[name].score(found) is None, name
