"""Intervals and tests, held against scipy's own and against simulated runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as reference

from evals.stats import estimate, holm, mcnemar, mean, paired_p, rate

RESAMPLES = 9999
values = st.floats(-100, 100).map(lambda x: round(x, 3))
rows = st.lists(st.tuples(values, st.sampled_from("abcdefgh")), min_size=2, max_size=40)


def apart(n: int) -> list[str]:
    return [f"1.{i:06d}" for i in range(n)]


@given(passed=st.integers(0, 60), failed=st.integers(0, 60))
def test_with_one_row_a_procedure_a_rate_is_scipys_wilson(passed: int, failed: int) -> None:
    if passed + failed == 0:
        return
    found = rate([1.0] * passed + [0.0] * failed, apart(passed + failed))

    expected = reference.binomtest(passed, passed + failed).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.lists(values, min_size=2, max_size=30).filter(lambda v: len(set(v)) > 1))
def test_with_one_row_a_procedure_a_mean_is_scipys_bca(found: list[float]) -> None:
    ours = mean(found, apart(len(found)), seed=3)

    theirs = reference.bootstrap(
        (found,), np.mean, method="BCa", n_resamples=RESAMPLES, rng=np.random.default_rng(3)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-9)


@given(rows)
def test_an_estimate_lies_in_its_interval_and_a_seed_repeats_it(
    found: list[tuple[float, str]],
) -> None:
    numbers, clusters = [v for v, _ in found], [c for _, c in found]

    first, second = mean(numbers, clusters), mean(numbers, clusters)

    assert first == second
    assert min(numbers) - 1e-9 <= first.low <= first.high <= max(numbers) + 1e-9
    assert (first.n, first.clusters) == (len(numbers), len(set(clusters)))


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from("abcdef")), min_size=1))
def test_sharing_procedures_never_makes_a_rate_surer(found: list[tuple[float, str]]) -> None:
    numbers = [v for v, _ in found]

    shared, alone = rate(numbers, [c for _, c in found]), rate(numbers, [""] * len(found))

    assert shared.high - shared.low >= alone.high - alone.low - 1e-12
    assert shared.low <= shared.value + 1e-12
    assert shared.high >= shared.value - 1e-12


def test_rows_that_repeat_their_procedure_count_once() -> None:
    once = rate([1.0] * 30 + [0.0] * 10, apart(40))
    tenfold = rate(([1.0] * 30 + [0.0] * 10) * 10, apart(40) * 10)

    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low, rel=0.1)


def test_a_mean_resamples_procedures_and_not_rows() -> None:
    numbers = list(np.random.default_rng(1).normal(size=30))

    once = mean(numbers, apart(30))
    tenfold = mean(numbers * 10, apart(30) * 10)

    assert (tenfold.low, tenfold.high) == pytest.approx((once.low, once.high), abs=1e-9)


def test_clustered_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Forty procedures of ten rows that mostly agree; the true share is 0.7."""
    rng = np.random.default_rng(11)
    clusters = [code for code in apart(40) for _ in range(10)]
    held = naive = 0
    for _ in range(300):
        chances = rng.beta(2.1, 0.9, size=40).repeat(10)
        drawn = [float(x) for x in rng.random(400) < chances]
        held += rate(drawn, clusters).low <= 0.7 <= rate(drawn, clusters).high
        naive += rate(drawn, [""] * 400).low <= 0.7 <= rate(drawn, [""] * 400).high

    assert held / 300 >= 0.92
    assert naive / 300 < 0.85


def test_zeros_and_ones_are_a_rate_and_anything_else_a_mean() -> None:
    assert estimate([1, 0, 1], apart(3)) == rate([1, 0, 1], apart(3))
    assert estimate([1, 0.5, 1], apart(3)) == mean([1, 0.5, 1], apart(3))
    assert estimate([], []) is None


def test_all_passes_still_leave_doubt() -> None:
    found = rate([1.0] * 20, apart(20))

    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 0.9


def test_one_procedure_alone_proves_little() -> None:
    assert rate([1.0, 1.0, 1.0, 0.0], ["a"] * 4).low < 0.2
    assert (mean([0.2, 0.4], ["a", "a"]).low, mean([0.2, 0.4], ["a", "a"]).high) == (0.2, 0.4)


def test_six_better_and_two_worse_is_not_evidence() -> None:
    assert mcnemar(6, 2) == pytest.approx(0.2890625)
    assert mcnemar(0, 6) == pytest.approx(0.03125)
    assert mcnemar(0, 0) == 1.0


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=60))
def test_paired_passes_of_different_procedures_are_mcnemars(changes: list[float]) -> None:
    assert paired_p(changes, apart(len(changes))) == pytest.approx(
        mcnemar(changes.count(1.0), changes.count(-1.0))
    )


def test_six_flips_of_one_procedure_are_one_toss() -> None:
    assert paired_p([-1.0] * 6, ["a"] * 6) == 1.0
    assert paired_p([-1.0] * 6, apart(6)) == pytest.approx(0.03125)


def test_score_changes_without_direction_are_rarely_called_evidence() -> None:
    """Under no difference, p below .05 must come up about one time in twenty, not more."""
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(300):
        changes = np.where(rng.random(200) < 0.04, rng.normal(size=200), 0.0)
        alarms += paired_p([float(x) for x in changes], apart(200)) < 0.05

    assert alarms / 300 <= 0.08


def test_a_clear_drop_of_scores_is_evidence() -> None:
    changes = [-0.1 - i / 1000 for i in range(30)] + [0.05] * 3

    assert paired_p(changes, apart(33)) < 0.001


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_never_below_the_raw_p_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)

    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    assert [adjusted[i] for i in order] == sorted(adjusted)
    assert adjusted[order[0]] == min(1.0, len(p_values) * p_values[order[0]])


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
