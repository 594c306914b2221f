"""The gate over rows of invented cases: what stops a run, what does not, and the exit codes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from evals.baseline_files import read_baseline
from evals.compare import compare
from evals.errors import EvalError
from evals.gate import Kind, Verdict, bless, judge
from evals.grading import Row
from evals.metrics import METRICS, Better
from evals.runs import Run

DONE = {"suites": {}}


def row(number: int, passed: bool | None = True, **values: Any) -> Row:
    suite = values.pop("suite", "answers")
    defaults: dict[str, Any] = {"scores": {}, "cluster": f"1.9{number:05d}"}
    return Row(suite, f"a-{number}", passed, **{**defaults, **values})


def run(*rows: Row, **values: Any) -> Run:
    whole: dict[str, Any] = {"config": {}, "times": {}, "summary": DONE, **values}
    return Run(directory=Path("run"), rows=rows, **whole)


def names(verdict: Verdict) -> list[tuple[Kind, str]]:
    return [(found.kind, found.name) for found in verdict.findings]


def test_the_same_run_again_passes() -> None:
    same = run(row(0), row(1, False), row(2, critical=True))

    verdict = judge(same, same, {"answers": {"passed": 0.6}})

    assert (verdict.findings, verdict.exit_code) == ((), 0)


def test_one_critical_case_that_fails_now_stops_everything() -> None:
    good = [row(i) for i in range(200)]
    bad = row(200, False, critical=True, reasons=("exact_fee",), scores={"exact_fee": 0.0})

    verdict = judge(run(*good, bad), run(*good, row(200, critical=True)), {})

    assert names(verdict) == [(Kind.CRITICAL, "answers/a-200")]
    assert "exact_fee" in verdict.findings[0].detail
    assert verdict.exit_code == 1


def test_a_critical_case_that_failed_before_is_no_news() -> None:
    known = run(row(0), row(1, False, critical=True))

    assert judge(known, known, {}).exit_code == 0


def test_taking_a_critical_case_out_does_not_help() -> None:
    verdict = judge(run(row(0)), run(row(0), row(1, critical=True)), {})

    assert names(verdict) == [(Kind.CRITICAL, "answers/a-1")]


def test_one_flip_of_many_is_no_evidence_and_passes() -> None:
    before = run(*[row(i) for i in range(50)])
    after = run(row(0, False), *[row(i) for i in range(1, 50)])

    verdict = judge(after, before, {})

    assert verdict.exit_code == 0
    assert verdict.comparison is not None
    assert verdict.comparison.worse == 1


def test_a_significant_drop_is_caught_by_the_name_of_its_metric() -> None:
    before = run(*[row(i, scores={"paper_recall": 1.0, "hit1": 1.0}) for i in range(40)])
    after = run(*[row(i, scores={"paper_recall": 0.5 + i / 100, "hit1": 1.0}) for i in range(40)])

    verdict = judge(after, before, {})

    assert names(verdict) == [(Kind.DROP, "answers/paper_recall")]
    assert "1 → 0,695" in verdict.findings[0].detail


def test_a_significant_rise_is_welcome() -> None:
    before = run(*[row(i, False) for i in range(40)])
    after = run(*[row(i) for i in range(40)])

    assert judge(after, before, {}).exit_code == 0


def test_where_lower_is_better_a_rise_is_the_drop() -> None:
    lower = next(name for name, metric in METRICS.items() if metric.better is Better.LOWER)
    before = run(*[row(i, scores={lower: 0.0}) for i in range(40)])
    after = run(*[row(i, scores={lower: 1.0}) for i in range(40)])

    assert names(judge(after, before, {})) == [(Kind.DROP, f"answers/{lower}")]
    assert judge(before, after, {}).exit_code == 0
    assert names(judge(after, after, {"answers": {lower: 0.02}})) == [
        (Kind.FLOOR, f"answers/{lower}")
    ]


def test_a_floor_is_caught_by_name_and_a_mean_just_on_it_passes() -> None:
    tenths = run(*[row(i, i < 9) for i in range(10)])

    assert judge(tenths, None, {"answers": {"passed": 0.9}}).exit_code == 0
    assert names(judge(tenths, None, {"answers": {"passed": 0.91}})) == [
        (Kind.FLOOR, "answers/passed")
    ]


def test_a_floor_that_nothing_measures_is_not_met() -> None:
    verdict = judge(run(row(0)), None, {"answers": {"exact_fee": 0.9}})

    assert names(verdict) == [(Kind.FLOOR, "answers/exact_fee")]


def test_a_score_that_is_no_number_meets_no_floor() -> None:
    broken = run(row(0, scores={"exact_fee": float("nan")}))

    assert judge(broken, None, {"answers": {"exact_fee": 0.9}}).exit_code == 1


def test_floors_of_suites_that_did_not_run_are_left_alone() -> None:
    assert judge(run(row(0)), None, {"safety": {"passed": 1.0}}).exit_code == 0


def test_an_error_is_not_a_pass_and_has_its_own_exit_code() -> None:
    critical = row(1, False, critical=True)
    failed = dataclasses.replace(row(0), passed=None, error="hết giờ")

    verdict = judge(run(failed, critical), run(row(0), row(1, critical=True)), {})

    assert verdict.exit_code == 2
    assert names(verdict) == [(Kind.ERROR, "answers/a-0"), (Kind.CRITICAL, "answers/a-1")]


@pytest.mark.parametrize(
    "nothing",
    [
        run(),
        run(row(0, None, why="to_review")),
        run(row(0), summary={}),
        run(row(0, False), row(0, True)),
    ],
    ids=["no rows", "nothing scored", "killed half way", "two results for a case"],
)
def test_a_run_that_proves_nothing_has_exit_code_2(nothing: Run) -> None:
    assert judge(nothing, None, {}).exit_code == 2


def test_a_case_that_is_no_longer_scored_is_caught_by_name_with_the_reason() -> None:
    verdict = judge(run(row(0), row(1, None, why="to_review")), run(row(0), row(1)), {})

    assert names(verdict) == [(Kind.UNSCORED, "answers/a-1")]
    assert "nguồn đã đổi" in verdict.findings[0].detail


def test_a_slow_run_is_caught_and_noise_is_not() -> None:
    rows = [row(i) for i in range(100)]
    fast = {("answers", r.case): 20.0 for r in rows}
    floors = {"answers": {"latency": 20.0}}

    noisy = {key: ms * 1.4 for key, ms in fast.items()}
    slowed = {key: ms + 30 for key, ms in fast.items()}

    assert judge(run(*rows, times=noisy), None, floors).exit_code == 0
    assert names(judge(run(*rows, times=slowed), None, floors)) == [(Kind.SLOW, "answers/latency")]
    assert names(judge(run(*rows), None, floors)) == [(Kind.SLOW, "answers/latency")]


def test_a_blessed_run_passes_against_itself_and_holds_no_answers(tmp_path: Path) -> None:
    fresh = run(
        row(0, text="một câu trả lời dài", scores={"f1": 1 / 3, "exact_fee": None}),
        row(1, False, suite="safety", critical=True),
        config={"corpus": "aa"},
    )

    moved = bless(fresh, tmp_path)

    kept = read_baseline(tmp_path)
    assert moved is None
    assert kept is not None
    assert kept.config == {"corpus": "aa"}
    assert [r.scores for r in kept.rows] == [{"f1": 1 / 3, "exact_fee": None}, {}]
    assert "câu trả lời" not in (tmp_path / "answers.jsonl").read_text(encoding="utf-8")
    assert judge(fresh, kept, {}).exit_code == 0


def test_blessing_again_says_what_moved_and_leaves_other_suites_alone(tmp_path: Path) -> None:
    bless(run(row(0), row(1), row(2, suite="safety")), tmp_path)
    safety = (tmp_path / "safety.jsonl").read_bytes()

    moved = bless(run(row(0, False), row(1)), tmp_path)

    assert moved is not None
    assert [flip.after.case for flip in moved.flips] == ["a-0"]
    assert (tmp_path / "safety.jsonl").read_bytes() == safety


@pytest.mark.parametrize(
    "bad",
    [run(row(0, None, error="hết giờ")), run(row(0), summary={})],
    ids=["errors", "killed half way"],
)
def test_a_run_that_proves_nothing_is_never_blessed(bad: Run, tmp_path: Path) -> None:
    bless(run(row(0)), tmp_path)
    before = (tmp_path / "answers.jsonl").read_bytes()

    with pytest.raises(EvalError, match="Không lấy lần chạy này làm chuẩn"):
        bless(bad, tmp_path)

    assert (tmp_path / "answers.jsonl").read_bytes() == before


def test_every_kind_of_row_comes_back_as_far_as_it_is_compared(tmp_path: Path) -> None:
    rows = (
        row(0, scores={"f1": 0.25, "hit1": 1.0}, tags=("variant:telex", "base:a-9")),
        row(1, False, critical=True, scores={"hit1": 0.0}),
        row(2, None, why="not_in_corpus"),
    )

    bless(run(*rows), tmp_path)

    kept = read_baseline(tmp_path)
    assert kept is not None
    found = compare(run(*rows), kept)
    assert (found.flips, found.cases) == ((), 2)
    assert all(change.moved == 0 for change in found.changes)
    assert kept.rows[0].tags == rows[0].tags
    assert [r.critical for r in kept.rows] == [False, True, False]
    assert kept.rows[2].why == "not_in_corpus"


def test_a_broken_baseline_is_named_with_its_line(tmp_path: Path) -> None:
    bless(run(row(0, scores={"f1": 1.0})), tmp_path)
    with (tmp_path / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"case":"a-1","passed":true,"scores":[1,1]}\n')

    with pytest.raises(EvalError, match=r"answers\.jsonl:3"):
        read_baseline(tmp_path)


def test_no_baseline_yet_is_none(tmp_path: Path) -> None:
    assert read_baseline(tmp_path) is None
