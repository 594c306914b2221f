"""Whether a run may go out: held against the blessed baseline and the floors of its suites.

Exit codes: 0 passes; 1 something got worse; 2 the run proves nothing, for cases ended in errors or
nothing was scored. An error is never a pass, so 2 goes before 1.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import fmean

import numpy as np

from evals.baseline_files import read_baseline, write_baseline
from evals.compare import PASSED, Change, Comparison, compare, passes, scored
from evals.errors import EvalError
from evals.grading import Row
from evals.metrics import METRICS, Better
from evals.metrics import Kind as MetricKind
from evals.runs import Run

BASELINE = Path(__file__).parent / "baseline"
TIME_MARGIN = 1.5  # shared machines wobble; half as much again is no noise
_SLOWEST = 95  # a ceiling on a time is one on the 95th percentile of the suite's answers
_WHY = {
    "to_review": "nguồn đã đổi; xem lại câu hỏi rồi `motcua eval stamp`",
    "not_in_corpus": "thủ tục không có trong danh mục",
}
Floors = Mapping[str, Mapping[str, float]]  # suite -> metric -> floor (ceiling if lower is better)


class Kind(StrEnum):
    """What is wrong, in the order of the report."""

    ERROR = "error"
    CRITICAL = "critical"
    DROP = "drop"
    FLOOR = "floor"
    SLOW = "slow"
    UNSCORED = "unscored"


@dataclass(frozen=True)
class Finding:
    """One reason to stop; `name` is its case or metric: 'answers/a-12', 'answers/exact_fee'."""

    kind: Kind
    name: str
    detail: str


@dataclass(frozen=True)
class Verdict:
    """All that is wrong with a run, and how it differs from the baseline."""

    findings: tuple[Finding, ...]
    comparison: Comparison | None

    @property
    def exit_code(self) -> int:
        """0, 1 or 2, as the module says."""
        if any(finding.kind is Kind.ERROR for finding in self.findings):
            return 2
        return 1 if self.findings else 0


def judge(run: Run, baseline: Run | None, floors: Floors) -> Verdict:
    """Hold a run against the baseline (None before the first blessing) and the floors.

    Only the suites of the run are looked at, so a part can be gated while one works on it.
    """
    comparison = _against(run, baseline)
    findings = [*_errors(run)]
    if comparison is not None:
        findings += [*_critical(comparison, run, baseline), *_drops(comparison), *_gone(comparison)]
    findings += [*_floors(run, floors), *_slow(run, floors)]
    order = list(Kind)
    return Verdict(tuple(sorted(findings, key=lambda found: order.index(found.kind))), comparison)


def _against(run: Run, baseline: Run | None) -> Comparison | None:
    if baseline is None:
        return None
    suites = {row.suite for row in run.rows}
    kept = tuple(row for row in baseline.rows if row.suite in suites)
    known = {(row.suite, row.case) for row in kept}
    if not any((row.suite, row.case) in known for row in run.rows):
        return None
    return compare(dataclasses.replace(baseline, rows=kept), run, common=True)


def _errors(run: Run) -> Iterator[Finding]:
    for row in run.rows:
        if row.error is not None:
            yield Finding(Kind.ERROR, _name(row), f"không có câu trả lời để chấm: {row.error}")
    for suite in dict.fromkeys(row.suite for row in run.rows):
        if not any(scored(row) for row in run.rows if row.suite == suite):
            yield Finding(
                Kind.ERROR, suite, "không câu nào được chấm, nên không chứng minh được gì"
            )
    counted = Counter(map(_name, run.rows))
    for name in (name for name, times in counted.items() if times > 1):
        yield Finding(Kind.ERROR, name, "có nhiều kết quả cho một câu; chạy lại với --fresh")
    if not run.rows:
        yield Finding(Kind.ERROR, run.name, "lần chạy không có câu nào")
    if not run.summary:
        yield Finding(Kind.ERROR, run.name, "chưa chạy xong; chạy lại cùng lệnh để chạy tiếp")


def _name(row: Row) -> str:
    return f"{row.suite}/{row.case}"


def _critical(comparison: Comparison, run: Run, baseline: Run | None) -> Iterator[Finding]:
    """What must never break: passing before, not passing now; or gone from the suite."""
    for flip in comparison.flips:
        if flip.critical and not flip.better and flip.after.error is None:
            why = ", ".join(flip.after.reasons) or _moved(flip.moved) or "không đạt"
            yield Finding(Kind.CRITICAL, _name(flip.after), f"trước đạt, nay không: {why}")
    gone = set(comparison.only_before)
    for row in baseline.rows if baseline else ():
        if row.critical and passes(row) and (row.suite, row.case) in gone:
            yield Finding(Kind.CRITICAL, _name(row), "trước đạt, nay không còn trong bộ câu hỏi")


def _moved(moved: Mapping[str, tuple[float | None, float | None]]) -> str:
    return ", ".join(f"{metric} {_told(a)} → {_told(b)}" for metric, (a, b) in moved.items())


def _told(value: float | None) -> str:
    return "không áp dụng" if value is None else f"{value:.3g}".replace(".", ",")


def _drops(comparison: Comparison) -> Iterator[Finding]:
    """More worse than better over all suites, or a metric of a suite, beyond chance."""
    if comparison.evidence and comparison.worse > comparison.better:
        yield Finding(Kind.DROP, PASSED, comparison.headline())
    for change in comparison.changes:
        if change.evidence and _is_worse(change):
            yield Finding(
                Kind.DROP,
                f"{change.suite}/{change.metric}",
                f"{_told(change.before)} → {_told(change.after)} trên {change.difference.n} câu, "
                f"p = {_told(change.adjusted)} sau Holm",
            )


def _is_worse(change: Change) -> bool:
    return change.difference.value > 0 if _lower(change.metric) else change.difference.value < 0


def _is_time(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].kind is MetricKind.TIME


def _lower(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].better is Better.LOWER


def _gone(comparison: Comparison) -> Iterator[Finding]:
    """A case that is no longer scored is no pass either."""
    for row in comparison.no_longer_scored:
        why = _WHY.get(row.why or "", row.why or "không rõ vì sao")
        yield Finding(Kind.UNSCORED, _name(row), f"trước được chấm, nay không: {why}")


def _floors(run: Run, floors: Floors) -> Iterator[Finding]:
    for suite, metric, floor in _of_run(run, floors):
        if _is_time(metric):
            continue
        values = _values(run, suite, metric)
        if not values:
            detail = "có mức sàn nhưng không câu nào đo được"
            yield Finding(Kind.FLOOR, f"{suite}/{metric}", detail)
        elif _beyond(fmean(values), floor, lower=_lower(metric)):
            limit = "mức trần" if _lower(metric) else "mức sàn"
            detail = f"{_told(fmean(values))}, {limit} là {_told(floor)} ({len(values)} câu)"
            yield Finding(Kind.FLOOR, f"{suite}/{metric}", detail)


def _of_run(run: Run, floors: Floors) -> Iterator[tuple[str, str, float]]:
    for suite in dict.fromkeys(row.suite for row in run.rows):
        for metric, floor in floors.get(suite, {}).items():
            yield suite, metric, floor


def _values(run: Run, suite: str, metric: str) -> list[float]:
    rows = [row for row in run.rows if row.suite == suite and scored(row)]
    if metric == PASSED:
        return [float(passes(row)) for row in rows]
    found = [row.scores.get(metric) for row in rows]
    return [value for value in found if value is not None]


def _beyond(value: float, floor: float, *, lower: bool) -> bool:
    slack = 1e-9  # 0.9 as a mean of tenths is 0.8999…
    return not (value <= floor + slack if lower else value >= floor - slack)  # nan is beyond


def _slow(run: Run, floors: Floors) -> Iterator[Finding]:
    """Times over their ceiling by more than the noise of a shared machine."""
    for suite, metric, ceiling in _of_run(run, floors):
        if not _is_time(metric):
            continue
        taken = [ms for (of, _), ms in run.times.items() if of == suite]
        value = float(np.percentile(taken, _SLOWEST)) if taken else None
        if value is None or value > ceiling * TIME_MARGIN:
            told = "không đo được" if value is None else f"{_told(value)} ms"
            limit = f"mức trần {_told(ceiling)} ms, được vượt tới {_told(TIME_MARGIN)} lần"
            detail = f"p{_SLOWEST} {told}; {limit}"
            yield Finding(Kind.SLOW, f"{suite}/{metric}", detail)


def bless(run: Run, directory: Path = BASELINE) -> Comparison | None:
    """Make `run` what later runs are held against; returns what moved, None the first time.

    Only the suites of the run are replaced. Raises EvalError for a run that ended in errors or
    before its end: what was never answered is no standard.
    """
    problems = list(_errors(run))
    if problems:
        told = "\n".join(f"  {found.name}: {found.detail}" for found in problems[:10])
        raise EvalError(f"Không lấy lần chạy này làm chuẩn được:\n{told}")
    moved = _against(run, read_baseline(directory))
    write_baseline(run, directory)
    return moved
