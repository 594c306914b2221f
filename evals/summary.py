"""Puts scored rows together: metrics with their counts, confusion of actions, loss by spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from evals.cases import Case, Variant
from evals.grading import Row
from evals.metrics import SCORED
from evals.metrics.behaviour import expectation
from evals.suites import BASE_TAG, PASSED, VARIANT_TAG, tagged

_UNTOLD = "untold"
_DIGITS = 6


@dataclass(frozen=True)
class Scored:
    """A row with the case it came from."""

    case: Case
    row: Row


def summary_of(by_suite: Mapping[str, Sequence[Scored]]) -> dict[str, Any]:
    """The figures of each suite, and of each question once over all suites.

    Overall, a question that several suites asked as it was written counts once, with the scores of
    all of them; spelled ones are left to their suite, or robustness would outweigh the rest.
    """
    return {
        "suites": {name: _figures(found) for name, found in by_suite.items()},
        "overall": _figures(_once(one for found in by_suite.values() for one in found)),
    }


def _once(found: Iterable[Scored]) -> list[Scored]:
    merged: dict[str, Scored] = {}
    for one in found:
        if tagged(one.row.tags, VARIANT_TAG):
            continue
        before = merged.get(one.row.case)
        merged[one.row.case] = one if before is None else _merged(before, one)
    return list(merged.values())


def _merged(before: Scored, after: Scored) -> Scored:
    known = {key: value for key, value in before.row.scores.items() if value is not None}
    scores = {**after.row.scores, **known}
    whole = before if PASSED in before.row.scores else after
    return Scored(whole.case, Row(**{**vars(whole.row), "scores": scores}))


def _figures(found: Sequence[Scored]) -> dict[str, Any]:
    rows = [one.row for one in found]
    why = Counter(row.why for row in rows if row.why)
    figures: dict[str, Any] = {
        "cases": len(rows),
        "scored": sum(row.passed is not None for row in rows),
        "passed": sum(row.passed is True for row in rows),
        "failed": sum(row.passed is False and row.error is None for row in rows),
        "errors": sum(row.error is not None for row in rows),
        "to_review": why["to_review"],
        "not_in_corpus": why["not_in_corpus"],
        "metrics": _metrics(rows),
        "confusion": _confusion(found),
    }
    variants = _variants(rows)
    return figures | ({"variants": variants} if variants else {})


def _metrics(rows: Sequence[Row]) -> dict[str, dict[str, float | int | None]]:
    """`passed` of a suite is its own verdict; an error counts as not passed."""
    verdicts = [float(row.passed) for row in rows if row.passed is not None]
    found = {PASSED: _mean(verdicts)}
    for metric in SCORED:
        values = [row.scores.get(metric.name) for row in rows]
        known = [value for value in values if value is not None]
        if metric.name != PASSED and known:
            found[metric.name] = _mean(known)
    return found


def _mean(values: Sequence[float]) -> dict[str, float | int | None]:
    mean = round(fsum(values) / len(values), _DIGITS) if values else None
    return {"value": mean, "n": len(values)}


def _confusion(found: Iterable[Scored]) -> dict[str, dict[str, int]]:
    """What was expected against how the turn ended; errors and unscored cases are left out."""
    matrix: dict[str, Counter[str]] = {}
    for one in found:
        if one.row.passed is not None and one.row.error is None:
            ended = one.row.status or _UNTOLD
            matrix.setdefault(expectation(one.case), Counter())[ended] += 1
    return {expected: dict(sorted(row.items())) for expected, row in sorted(matrix.items())}


def _variants(rows: Sequence[Row]) -> dict[str, dict[str, float | int | None]]:
    """What each spelling costs: the share that passed less than the same questions as written."""
    passed: dict[str, dict[str, bool]] = {}
    for row in rows:
        variant, base = tagged(row.tags, VARIANT_TAG), tagged(row.tags, BASE_TAG)
        if variant and base and row.passed is not None:
            passed.setdefault(variant, {})[base] = row.passed
    plain = passed.get(Variant.PLAIN.value, {})
    return {variant: _loss(found, plain) for variant, found in passed.items()}


def _loss(found: Mapping[str, bool], plain: Mapping[str, bool]) -> dict[str, float | int | None]:
    both = [base for base in found if base in plain]
    if not both:
        return {"n": len(found), "passed": _mean([*map(float, found.values())])["value"]}
    now = _mean([float(found[base]) for base in both])["value"]
    then = _mean([float(plain[base]) for base in both])["value"]
    assert now is not None
    assert then is not None
    return {"n": len(both), "passed": now, "plain": then, "loss": round(then - now, _DIGITS)}
