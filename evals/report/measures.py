"""What a report shows, computed from the rows of a run: plain values, no markup."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.models import Facet, Status
from evals.cases import Action, Decline, Variant
from evals.compare import PASSED, passes, scored
from evals.grading import Row
from evals.runs import Run, tagged
from evals.stats import Estimate, estimate, rate
from knowledge.catalog import Version
from knowledge.procedure import Level

_NEAREST = (Level.COMMUNE, Level.PROVINCE, Level.MINISTRY, Level.OTHER)  # to a citizen
DONE = ("answer", "answer_other", "choose", "decline", "error")


@dataclass(frozen=True)
class Measure:
    """One metric of one suite."""

    suite: str
    metric: str
    estimate: Estimate


@dataclass(frozen=True)
class Counts:
    """How the cases of a run ended."""

    passed: int
    failed: int
    errors: int
    unscored: int
    critical: int
    critical_failed: int

    @property
    def scored(self) -> int:
        """Everything that counts; an error does, as no pass."""
        return self.passed + self.failed + self.errors


@dataclass(frozen=True)
class Table:
    """Counts by row and column name, in a fixed order."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def at(self, row: str, column: str) -> int:
        """How often the two met."""
        return self.counts.get((row, column), 0)


def counts(run: Run) -> Counts:
    """Passed, failed, errors, not scored; and how many critical cases are no pass."""
    counted = [row for row in run.rows if scored(row)]
    errors = sum(row.error is not None for row in counted)
    passed = sum(passes(row) for row in counted)
    critical = [row for row in counted if row.critical]
    return Counts(
        passed=passed,
        failed=len(counted) - passed - errors,
        errors=errors,
        unscored=len(run.rows) - len(counted),
        critical=len(critical),
        critical_failed=sum(not passes(row) for row in critical),
    )


def pass_rate(rows: Iterable[Row]) -> Estimate | None:
    """Share of passes among what counts; None when nothing does."""
    counted = [row for row in rows if scored(row)]
    if not counted:
        return None
    return rate([float(passes(row)) for row in counted], [row.cluster for row in counted])


def by_suite(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by suite, in the order of the run."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.suite, []).append(row)
    return found


def measures(run: Run) -> list[Measure]:
    """Passing, then every metric, of each suite; what never applied is left out."""
    found = []
    for suite, rows in by_suite(run.rows).items():
        whole = pass_rate(rows)
        if whole is not None:
            found.append(Measure(suite, PASSED, whole))
        names = dict.fromkeys(name for row in rows for name in row.scores if name != PASSED)
        for name in names:
            applies = [
                (value, row.cluster) for row in rows if (value := row.scores.get(name)) is not None
            ]
            one = estimate([v for v, _ in applies], [c for _, c in applies])
            if one is not None:
                found.append(Measure(suite, name, one))
    return found


def actions(run: Run) -> Table:
    """What ought to happen against what did, over cases as they are written."""
    pairs: Counter[tuple[str, str]] = Counter()
    for row in run.rows:
        case = run.case_of(row)
        done = _done(row, case.codes if case else ())
        if case is not None and done is not None and scored(row):
            pairs[str(case.action), done] += 1
    return Table(tuple(map(str, Action)), DONE, pairs)


def _done(row: Row, accepted: Sequence[str]) -> str | None:
    """None for a target that does not tell how it ended."""
    if row.error is not None or row.status == Status.FAILED:
        return "error"
    if row.status is None:
        return None
    if row.status == Status.ANSWERED:
        return "answer" if not accepted or row.code in accepted else "answer_other"
    return "choose" if row.status == Status.NEEDS_CHOICE else "decline"


def routing(run: Run) -> Table:
    """Why a question ought to be declined against the status it ended with."""
    pairs: Counter[tuple[str, str]] = Counter()
    for row in run.rows:
        case = run.case_of(row)
        if case is not None and case.decline is not None and row.status and scored(row):
            pairs[str(case.decline), row.status] += 1
    met = {reason for reason, _ in pairs}
    return Table(
        tuple(str(reason) for reason in Decline if reason in met), tuple(map(str, Status)), pairs
    )


def right_end(reason: str) -> set[str]:
    """Statuses that suit a reason to decline."""
    own = {
        Decline.OUT_OF_SCOPE: {Status.OUT_OF_SCOPE},
        Decline.NOT_FOUND: {Status.NOT_FOUND, Status.OUT_OF_SCOPE},
        Decline.UNSAFE: {Status.REFUSED},
        Decline.DISTRESS: {Status.HANDOFF},
        Decline.PERSONAL: {Status.HANDOFF, Status.REFUSED, Status.OUT_OF_SCOPE},
        Decline.UNCLEAR: {Status.NOT_FOUND, Status.NEEDS_CHOICE},
    }
    return {str(status) for status in own[Decline(reason)]}


@dataclass(frozen=True)
class Asked:
    """How many cases ask one thing, and how many of them pass."""

    n: int = 0
    passed: int = 0

    def plus(self, passed: bool) -> Asked:
        """One case more."""
        return Asked(self.n + 1, self.passed + passed)


def coverage(
    run: Run, versions: Mapping[str, Version]
) -> dict[Level, dict[str, dict[Facet, Asked]]]:
    """Level -> field -> facet -> cases; spellings count with what they spell."""
    found: dict[Level, dict[str, dict[Facet, Asked]]] = defaultdict(lambda: defaultdict(dict))
    for row in run.rows:
        case = run.case_of(row)
        if case is None or case.action is not Action.ANSWER or not scored(row):
            continue
        version = next((versions[code] for code in case.codes if code in versions), None)
        name = version.procedure.field if version else ""
        level = case.level or (version.procedure.levels[0] if version else Level.OTHER)
        for facet in case.facets or (Facet.OVERVIEW,):
            cell = found[level][name].get(facet, Asked())
            found[level][name][facet] = cell.plus(passes(row))
    nearest = sorted(found, key=_NEAREST.index)
    return {level: dict(sorted(found[level].items())) for level in nearest}


@dataclass(frozen=True)
class Loss:
    """One spelling against the same cases as written."""

    variant: str
    spelled: Estimate
    plain: float | None
    lost: float | None


def losses(run: Run) -> list[Loss]:
    """Per spelling: its pass rate, that of the same cases as written, and the share lost."""
    plain: dict[str, bool] = {}
    by_variant: dict[str, list[Row]] = defaultdict(list)
    for row in run.rows:
        variant = tagged(row, "variant:")
        if variant is not None and scored(row):
            by_variant[variant].append(row)
        if variant in (None, Variant.PLAIN):
            plain[tagged(row, "base:") or row.case] = passes(row)
    known = [str(variant) for variant in Variant]
    names = [*filter(by_variant.__contains__, known), *sorted(by_variant.keys() - set(known))]
    return [_loss(name, by_variant[name], plain) for name in names]


def _loss(variant: str, rows: Sequence[Row], plain: Mapping[str, bool]) -> Loss:
    bases = [(tagged(row, "base:") or "", passes(row)) for row in rows]
    pairs = [(plain[base], passed) for base, passed in bases if base in plain]
    well = [passed for written, passed in pairs if written]
    return Loss(
        variant=variant,
        spelled=rate([float(passes(row)) for row in rows], [row.cluster for row in rows]),
        plain=sum(written for written, _ in pairs) / len(pairs) if pairs else None,
        lost=1 - sum(well) / len(well) if well else None,
    )


def latencies(run: Run, suite: str | None = None) -> list[float]:
    """Milliseconds of every timed case, least first."""
    return sorted(ms for (own, _), ms in run.times.items() if suite in (None, own))


def within(ordered: Sequence[float], share: float) -> float:
    """The time that `share` of the cases take at most; nearest rank, never between two cases."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def failures(run: Run) -> list[Row]:
    """Rows that count and are no pass: critical first, then in the order of the run."""
    failed = [row for row in run.rows if scored(row) and not passes(row)]
    return sorted(failed, key=lambda row: not row.critical)


def not_scored(run: Run) -> list[Row]:
    """Rows that were left out, in the order of the run."""
    return [row for row in run.rows if not scored(row)]
