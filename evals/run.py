"""Asks a target the cases of suites and scores what it says, into a run directory.

    run_suites(suites, target, catalog, out, seed=7, *, fresh=False, tell=None) -> Path

`evals.runs` reads what stands there.

A run directory holds
    config.json     what was run: suites and cases by hash, corpus, model and code, seed, versions
    results.jsonl   a `Row` a line, suite by suite, in the order of the cases
    summary.json    {"config": hash, "suites": {name: S}, "overall": S}, with S =
                    {"cases", "scored", "passed", "failed", "errors", "to_review", "not_in_corpus":
                     counts; "metrics": {name: {"value": float | null, "n": int}} with "passed"
                     first; "confusion": {expected: {status: count}};
                     "variants": {variant: {"n", "passed", "plain", "loss"}}}
    times.json      {suite: {case: milliseconds}}
    speed.json      {suite: {"n", "p50_ms", "p95_ms", "tokens", "cost"}}; null where not told

The first three are equal byte by byte for two runs on the same code and corpus. A killed run goes
on where it stopped when it is started again with the same configuration. A row of a spelled case
has the tags `variant:<name>` and `base:<case id>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from evals.cases import CASES, Case
from evals.errors import EvalError, TargetError
from evals.grading import Graded, Reply, Row
from evals.metrics import METRICS, Kind
from evals.metrics.answered import also_told, code_of, status_of
from evals.metrics.outcome import reasons
from evals.metrics.speed import Spent
from evals.recipe import config_of
from evals.storing import Store
from evals.suites import PASSED, Suite, cases_of
from evals.summary import Scored, summary_of
from evals.targets.target import Target
from evals.truth import standing
from knowledge.catalog import Catalog, Version

Tell = Callable[[str, int, int], None]
_PATIENCE = 20  # failures in a row after which a target is taken for dead


@dataclass(frozen=True)
class Planned:
    """A case that a suite is to ask."""

    suite: Suite
    case: Case


def run_suites(
    suites: Sequence[Suite],
    target: Target,
    catalog: Catalog,
    out: Path,
    seed: int = 7,
    *,
    fresh: bool = False,
    tell: Tell | None = None,
    cases: Path = CASES,
) -> Path:
    """Ask and score everything; returns `out`. `tell(suite, done, total)` hears of progress.

    Expected values come from `catalog`, whatever the target knows. A target that fails on a case
    makes an error row, never a pass. Raises EvalError when `out` holds another run (unless
    `fresh`), when a suite needs what the target does not tell, and when the target is dead.
    """
    _check(suites, target)
    plan = [Planned(suite, case) for suite in suites for case in cases_of(suite, seed, cases)]
    config = config_of(suites, [one.case for one in plan], target, catalog, seed)
    with Store.open(out, config, fresh=fresh) as store:
        kept = store.kept([(one.suite.name, one.case.id) for one in plan])
        examiner, place = _Examiner(target, catalog), _places(plan)
        for done, one in enumerate(plan[kept:], kept + 1):
            row, spent = examiner.row_of(one)
            store.add(row, spent)
            if tell:
                tell(one.suite.name, *place[done - 1])
        scored: dict[str, list[Scored]] = {suite.name: [] for suite in suites}
        for one, row in zip(plan, store.rows(), strict=True):
            scored[one.suite.name].append(Scored(one.case, row))
        store.finish(summary_of(scored))
    return out


def _check(suites: Sequence[Suite], target: Target) -> None:
    if not suites:
        raise EvalError("No suite to run; name one, or all.")
    for suite in suites:
        if missing := sorted(set(suite.needs) - target.tells):
            raise EvalError(
                f"Suite {suite.name} needs {', '.join(missing)}, which {target.name} does not "
                "tell; run the other suites by name."
            )


def _places(plan: Sequence[Planned]) -> list[tuple[int, int]]:
    """The place of every case in its suite, from 1, and how many that suite has."""
    total = Counter(one.suite.name for one in plan)
    seen: Counter[str] = Counter()
    places = []
    for one in plan:
        seen[one.suite.name] += 1
        places.append((seen[one.suite.name], total[one.suite.name]))
    return places


class _Examiner:
    """Asks and scores one case after the other; remembers what was said to equal questions."""

    def __init__(self, target: Target, catalog: Catalog) -> None:
        self._target = target
        self._catalog = catalog
        self._said: dict[tuple[object, ...], Reply] = {}
        self._versions: dict[tuple[str, date | None], Version | None] = {}
        self._warm: set[str] = set()
        self._failures = 0

    def row_of(self, one: Planned) -> tuple[Row, Spent]:
        """The row of a case, and what its reply took."""
        case = one.case
        row = Row(
            suite=one.suite.name,
            case=case.id,
            passed=None,
            scores={},
            critical=case.critical,
            cluster=case.codes[0] if case.codes else case.id,
            tags=case.tags,
        )
        if why := standing(case, lambda code: self._version(code, case.as_of)):
            return replace(row, why=why), Spent(None)
        self._warm_up(one)
        try:
            reply = self._reply(one)
        except TargetError as error:
            self._count_failure(error)
            return replace(row, passed=False, error=str(error)), Spent(None)
        self._failures = 0
        spent = Spent(reply.elapsed_ms, reply.tokens, reply.cost)
        return _scored(row, one.suite, self._graded(case, reply)), spent

    def _version(self, code: str, as_of: date | None) -> Version | None:
        key = (code, as_of)
        if key not in self._versions:
            self._versions[key] = self._catalog.get(code, as_of)
        return self._versions[key]

    def _graded(self, case: Case, reply: Reply) -> Graded:
        codes = dict.fromkeys((*case.codes, *also_told(reply)))
        versions = {code: self._version(code, case.as_of) for code in codes}
        return Graded(case, reply, {code: found for code, found in versions.items() if found})

    def _reply(self, one: Planned) -> Reply:
        case = one.case
        key = (case.turns, case.language, case.as_of)
        if one.suite.fresh or key not in self._said:
            self._said[key] = self._target.ask(case)
        return self._said[key]

    def _warm_up(self, one: Planned) -> None:
        """Answers before the first counted one: caches are filled, files are open."""
        if one.suite.name in self._warm:
            return
        self._warm.add(one.suite.name)
        for _ in range(one.suite.warm_up):
            try:
                self._target.ask(one.case)
            except TargetError:
                return  # the counted question will tell

    def _count_failure(self, error: TargetError) -> None:
        self._failures += 1
        if self._failures >= _PATIENCE:
            raise EvalError(
                f"{self._target.name} failed {_PATIENCE} times in a row, last with: {error}. "
                "Mend it and start the run again with the same --out: it goes on from here."
            ) from error


def _scored(row: Row, suite: Suite, graded: Graded) -> Row:
    scores = dict(_scores(suite, graded))
    decided = scores.get(suite.pass_when)
    if decided is None:
        decided = METRICS[suite.pass_when].score(graded)
    failed = decided != 1.0
    status = status_of(graded.reply)
    return replace(
        row,
        passed=not failed,
        scores=scores,
        reasons=tuple(_reasons(suite, graded)) if failed else (),
        status=status.value if status else None,
        code=code_of(graded.reply),
        text=graded.reply.text,
    )


def _scores(suite: Suite, graded: Graded) -> Iterator[tuple[str, float | None]]:
    for name in dict.fromkeys((suite.pass_when, *suite.metrics)):
        if METRICS[name].kind not in (Kind.RATE, Kind.MEAN):
            continue  # times and costs differ from run to run: they are kept apart
        value = METRICS[name].score(graded)
        yield name, None if value is None else round(value, 6)


def _reasons(suite: Suite, graded: Graded) -> list[str]:
    if suite.pass_when == PASSED:
        return reasons(graded)
    # Only the first: further down an approximate search may order near ties either way.
    ranked = (graded.reply.ranked or ("",))[0]
    told = f"; đầu bảng: {ranked}" if ranked else ""
    return [f"{suite.pass_when} không đạt: cần {' / '.join(graded.case.codes)}{told}"]
