"""Two runs side by side, from rows of invented cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Facet
from evals.cases import Action, Case
from evals.compare import Comparison, compare
from evals.errors import EvalError
from evals.grading import Row
from evals.runs import Run


def row(number: int, passed: bool | None = True, **values: Any) -> Row:
    cluster = values.pop("cluster", f"1.9{number:05d}")
    defaults: dict[str, Any] = {"suite": "answers", "scores": {}, "text": f"đáp {passed}"}
    return Row(case=f"a-{number}", passed=passed, cluster=cluster, **{**defaults, **values})


def run(rows: list[Row], name: str = "run", **values: Any) -> Run:
    whole: dict[str, Any] = {"config": {}, "times": {}, "summary": {}, "cases": {}, **values}
    return Run(directory=Path(name), rows=tuple(rows), **whole)


def outcome(before: str, after: str, **values: Any) -> Comparison:
    """Rows from strings of + (passed), - (failed), E (error) and ? (not scored)."""
    return compare(
        run([_of(sign, i) for i, sign in enumerate(before)], "a"),
        run([_of(sign, i) for i, sign in enumerate(after)], "b"),
        **values,
    )


def _of(sign: str, number: int) -> Row:
    if sign == "E":
        return row(number, None, error="không trả lời")
    return row(number, {"+": True, "-": False, "?": None}[sign])


def test_the_headline_says_whether_the_flips_are_evidence() -> None:
    few = outcome("------++" + "+" * 20, "++++++--" + "+" * 20)
    many = outcome("+" * 20, "-" * 12 + "+" * 8)

    assert few.headline() == "6 tốt lên, 2 xấu đi, p = 0,29: chưa phải bằng chứng"
    assert many.headline() == "0 tốt lên, 12 xấu đi, p < 0,001: là bằng chứng"


def test_a_run_against_itself_moves_nothing() -> None:
    same = outcome("+-E+", "+-E+")

    assert (same.flips, same.p, same.cases) == ((), 1.0, 4)
    assert all(change.difference.value == 0 and change.adjusted == 1 for change in same.changes)


def test_worse_comes_first_and_critical_before_that() -> None:
    before = run([row(0, False), row(1, True), row(2, True, critical=True)])
    after = run([row(0, True), row(1, False), row(2, False, critical=True)])

    flips = compare(before, after).flips

    assert [flip.after.case for flip in flips] == ["a-2", "a-1", "a-0"]
    assert [flip.better for flip in flips] == [False, False, True]


def test_a_flip_shows_both_answers_the_moved_scores_and_the_field_that_decides() -> None:
    case = Case(
        id="a-0",
        turns=("phí bao nhiêu",),
        action=Action.ANSWER,
        codes=("1.900000",),
        facets=(Facet.FEE,),
        author="t",
    )
    before = row(0, True, text="10.000 đồng", scores={"fee_exact": 1.0, "hit1": 1.0})
    after = row(0, False, text="20.000 đồng", scores={"fee_exact": 0.0, "hit1": 1.0})

    (flip,) = compare(run([before], cases={"a-0": case}), run([after])).flips

    assert (flip.before.text, flip.after.text) == ("10.000 đồng", "20.000 đồng")
    assert flip.moved == {"fee_exact": (1.0, 0.0)}
    assert flip.source == "1.900000: channels.fees"


def test_an_error_is_a_fail_and_not_a_gap() -> None:
    found = outcome("++", "+E")

    assert (found.worse, found.cases) == (1, 2)


def test_what_one_run_did_not_score_is_named_and_not_counted() -> None:
    found = outcome("++?", "+?+")

    assert [row.case for row in found.no_longer_scored] == ["a-1"]
    assert [row.case for row in found.newly_scored] == ["a-2"]
    assert (found.cases, found.flips) == (1, ())


def test_different_cases_are_refused_with_their_names() -> None:
    with pytest.raises(EvalError, match=r"chỉ có trong a: answers/a-2\n.*--common"):
        outcome("+++", "++")
    with pytest.raises(EvalError, match=r"chỉ có trong b: answers/a-1, answers/a-2"):
        outcome("+", "+++")


def test_common_compares_what_both_have_and_still_tells_the_rest() -> None:
    found = outcome("+++", "+-", common=True)

    assert (found.worse, found.cases) == (1, 2)
    assert found.only_before == (("answers", "a-2"),)


def test_nothing_in_common_is_never_compared() -> None:
    with pytest.raises(EvalError, match="không cùng bộ câu hỏi"):
        compare(run([row(1)]), run([row(2)]), common=True)


def test_scores_are_paired_and_what_does_not_apply_is_left_out() -> None:
    scores = [(0.5, 0.75), (1.0, 1.0), (None, 1.0), (0.5, None)]
    before = run([row(i, scores={"f1": a}) for i, (a, _) in enumerate(scores)])
    after = run([row(i, scores={"f1": b}) for i, (_, b) in enumerate(scores)])

    (change,) = [c for c in compare(before, after).changes if c.metric == "f1"]

    assert (change.before, change.after) == (0.75, 0.875)
    assert change.difference.value == pytest.approx(0.125)
    assert (change.difference.n, change.gained, change.lost) == (2, 1, 1)


def test_p_values_are_adjusted_over_the_metrics_that_moved() -> None:
    names = ("x", "y", "still")
    before = run([row(i, scores=dict.fromkeys(names, 1.0)) for i in range(6)])
    after = run([row(i, scores={"x": 0.0, "y": float(i > 0), "still": 1.0}) for i in range(6)])

    changes = {change.metric: change for change in compare(before, after).changes}

    assert changes["x"].p == pytest.approx(0.03125)
    assert changes["x"].adjusted == pytest.approx(2 * 0.03125)
    assert not changes["x"].evidence
    assert (changes["y"].moved, changes["still"].moved, changes["still"].adjusted) == (1, 0, 1.0)


def test_a_spelling_that_breaks_is_named() -> None:
    spelled = {"suite": "robustness"}
    plain = [row(i, tags=("variant:telex",), **spelled) for i in range(20)]
    bare = [row(i + 20, tags=("variant:no_diacritics",), **spelled) for i in range(20)]
    broken = [replace(one, passed=False) for one in bare]

    changes = compare(run([*plain, *bare]), run([*plain, *broken])).changes

    evidence = {change.metric: change.after for change in changes if change.evidence}
    assert evidence == {"passed": 0.5, "passed:no_diacritics": 0.0}


def test_the_order_of_rows_and_a_second_look_change_nothing() -> None:
    rng = [0.1 * i for i in range(9)]
    before = run([row(i, scores={"f1": v}) for i, v in enumerate(rng)])
    after = run([row(i, scores={"f1": v * v}) for i, v in enumerate(rng)])

    assert compare(before, after) == compare(before, after)


def test_conditions_that_differ_are_told() -> None:
    before = run([row(0)], config={"hash": "1", "identity": {"corpus": "aa"}, "seed": 1})
    after = run([row(0)], config={"hash": "2", "identity": {"corpus": "bb"}, "seed": 1})

    assert compare(before, after).conditions == (("identity.corpus", "aa", "bb"),)


def test_time_is_compared_question_by_question() -> None:
    before = run([row(i) for i in range(5)])
    keys = [("answers", f"a-{i}") for i in range(5)]
    slow = {key: 10.0 * (i + 1) for i, key in enumerate(keys)}

    found = compare(
        replace(before, times={key: ms / 3 for key, ms in slow.items()}),
        replace(before, times=slow),
    ).slower

    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((3, 3, 3))
    assert compare(before, before).slower is None
