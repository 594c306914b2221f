"""Metrics: one function each over a graded case; listed here, and nowhere else.

    METRICS: dict[str, Metric]              by name, in the order of the report
    Metric(name, score, better, kind, vi, en)
    score(graded: Graded) -> float | None   None where the metric does not apply, never zero

`kind` says how values of many cases are put together and compared: RATE (0 or 1 a case: Wilson,
McNemar), MEAN (0 to 1 a case: bootstrap), TIME (kept out of results.jsonl; p50 and p95), SUM
(tokens, cost; kept out as well). Per-variant loss and the confusion matrix are of many cases at
once: evals.summary.
"""

from __future__ import annotations

from evals.metrics import (
    behaviour,
    conversation,
    figures,
    finding,
    grounding,
    outcome,
    papers,
    speed,
)
from evals.metrics.metric import Better, Kind, Metric, Score

_UP, _DOWN = Better.HIGHER, Better.LOWER
_RATE, _MEAN = Kind.RATE, Kind.MEAN

_ALL = (
    Metric("passed", outcome.fully_correct, _UP, _RATE, "Đúng trọn vẹn", "Fully correct"),
    Metric("hit_at_1", finding.hit_at(1), _UP, _RATE, "Đúng ở hạng 1", "Hit at 1"),
    Metric("hit_at_3", finding.hit_at(3), _UP, _RATE, "Đúng trong 3 hạng đầu", "Hit at 3"),
    Metric("hit_at_5", finding.hit_at(5), _UP, _RATE, "Đúng trong 5 hạng đầu", "Hit at 5"),
    Metric("mrr_at_10", finding.mrr, _UP, _MEAN, "Nghịch đảo hạng (MRR@10)", "MRR at 10"),
    Metric("ndcg_at_10", finding.ndcg, _UP, _MEAN, "nDCG@10", "nDCG at 10"),
    Metric(
        "right_procedure", behaviour.right_procedure, _UP, _RATE, "Đúng thủ tục", "Right procedure"
    ),
    Metric(
        "facets_told",
        figures.facets_told,
        _UP,
        _MEAN,
        "Trả lời đủ các phần được hỏi",
        "Asked parts told in full",
    ),
    Metric("exact_fee", figures.exact_fee, _UP, _RATE, "Phí đúng số và đơn vị", "Exact fee"),
    Metric(
        "exact_time", figures.exact_time, _UP, _RATE, "Thời hạn đúng số và đơn vị", "Exact time"
    ),
    Metric("exact_counts", papers.exact_counts, _UP, _RATE, "Số bản đúng", "Exact counts"),
    Metric("exact_place", figures.exact_place, _UP, _RATE, "Nơi nộp đúng", "Exact place"),
    Metric(
        "wrong_place", figures.wrong_place, _DOWN, _RATE, "Chỉ sai nơi nộp", "Sent to a wrong place"
    ),
    Metric("exact_forms", figures.exact_forms, _UP, _RATE, "Mẫu đơn đúng", "Exact forms"),
    Metric(
        "exact_laws", figures.exact_laws, _UP, _RATE, "Căn cứ pháp lý đúng", "Exact legal basis"
    ),
    Metric(
        "wrong_figures",
        figures.wrong_figures,
        _DOWN,
        _RATE,
        "Có số liệu khác bản ghi",
        "Figures that differ from the record",
    ),
    Metric(
        "paper_precision",
        papers.paper_precision,
        _UP,
        _MEAN,
        "Giấy tờ: độ chính xác",
        "Papers: precision",
    ),
    Metric("paper_recall", papers.paper_recall, _UP, _MEAN, "Giấy tờ: độ đủ", "Papers: recall"),
    Metric("paper_f1", papers.paper_f1, _UP, _MEAN, "Giấy tờ: F1", "Papers: F1"),
    Metric(
        "papers_complete",
        papers.papers_complete,
        _UP,
        _RATE,
        "Đủ mọi giấy tờ",
        "Every paper told",
    ),
    Metric(
        "wrong_case",
        papers.wrong_case,
        _DOWN,
        _RATE,
        "Nhầm trường hợp",
        "Wrong case",
    ),
    Metric(
        "sent_back",
        outcome.sent_back,
        _DOWN,
        _RATE,
        "Người dân sẽ bị trả về",
        "Citizen would be sent back",
    ),
    Metric("groundedness", grounding.groundedness, _UP, _MEAN, "Câu có căn cứ", "Groundedness"),
    Metric(
        "citation_precision",
        grounding.citation_precision,
        _UP,
        _MEAN,
        "Trích dẫn đúng",
        "Citation precision",
    ),
    Metric(
        "citation_recall",
        grounding.citation_recall,
        _UP,
        _MEAN,
        "Dòng có trích dẫn",
        "Citation recall",
    ),
    Metric(
        "supported_lines",
        grounding.supported_lines,
        _UP,
        _MEAN,
        "Trích dẫn đỡ được câu",
        "Lines their citations carry",
    ),
    Metric("facts_told", grounding.facts_told, _UP, _MEAN, "Điều phải nói", "Demanded facts"),
    Metric(
        "forbidden_fact",
        grounding.forbidden_fact,
        _DOWN,
        _RATE,
        "Nói điều không được nói",
        "Forbidden fact",
    ),
    Metric(
        "action_right",
        behaviour.action_right,
        _UP,
        _RATE,
        "Trả lời, hỏi lại hay từ chối đúng lúc",
        "Right action",
    ),
    Metric(
        "routing_exact", behaviour.routing_exact, _UP, _RATE, "Trạng thái đúng nhất", "Exact status"
    ),
    Metric(
        "asked_when_due",
        behaviour.asked_when_due,
        _UP,
        _RATE,
        "Hỏi lại khi cần",
        "Asked when it should",
    ),
    Metric("guessed", behaviour.guessed, _DOWN, _RATE, "Đoán bừa thay vì hỏi lại", "Guessed"),
    Metric(
        "asked_needlessly",
        behaviour.asked_needlessly,
        _DOWN,
        _RATE,
        "Hỏi lại không cần",
        "Asked needlessly",
    ),
    Metric(
        "choices_offered",
        behaviour.choices_offered,
        _UP,
        _MEAN,
        "Đưa đủ lựa chọn",
        "Fitting procedures offered",
    ),
    Metric(
        "few_options", behaviour.few_options, _UP, _RATE, "Nhiều nhất 5 lựa chọn", "Few options"
    ),
    Metric(
        "answered_out_of_scope",
        behaviour.answered_out_of_scope,
        _DOWN,
        _RATE,
        "Trả lời hẳn việc ngoài phạm vi",
        "Answered out of scope",
    ),
    Metric(
        "false_answer",
        behaviour.false_answer,
        _DOWN,
        _RATE,
        "Trả lời việc ngoài phạm vi",
        "False answer",
    ),
    Metric(
        "false_refusal",
        behaviour.false_refusal,
        _DOWN,
        _RATE,
        "Từ chối việc trong phạm vi",
        "False refusal",
    ),
    Metric(
        "helped",
        behaviour.helped,
        _UP,
        _RATE,
        "Trả lời hoặc hỏi lại có ích",
        "Answered or usefully asked back",
    ),
    Metric(
        "follow_ups_right",
        conversation.follow_ups_right,
        _UP,
        _RATE,
        "Nối tiếp đúng",
        "Follow-ups right",
    ),
    Metric("carry", conversation.follow_up("carry"), _UP, _RATE, "Giữ thủ tục", "Topic carried"),
    Metric("drop", conversation.follow_up("drop"), _UP, _RATE, "Bỏ thủ tục cũ", "Topic dropped"),
    Metric(
        "correction",
        conversation.follow_up("correction"),
        _UP,
        _RATE,
        "Đổi theo lời sửa",
        "Correction followed",
    ),
    Metric(
        "return",
        conversation.follow_up("return"),
        _UP,
        _RATE,
        "Quay lại việc trước",
        "Return to a topic",
    ),
    Metric(
        "aside", conversation.follow_up("aside"), _UP, _RATE, "Sau lời ngoài lề", "After an aside"
    ),
    Metric("two", conversation.follow_up("two"), _UP, _RATE, "Hai việc một lúc", "Two at once"),
    Metric("latency", speed.latency, _DOWN, Kind.TIME, "Thời gian trả lời (ms)", "Latency (ms)"),
    Metric("tokens", speed.tokens_used, _DOWN, Kind.SUM, "Số token", "Tokens"),
    Metric("cost", speed.money_spent, _DOWN, Kind.SUM, "Chi phí", "Cost"),
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
SCORED = tuple(metric for metric in _ALL if metric.kind in (_RATE, _MEAN))

__all__ = ["METRICS", "SCORED", "Better", "Kind", "Metric", "Score"]
