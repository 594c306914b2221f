"""Two runs side by side: which cases flipped, and whether the metrics really differ.

The flip list comes first, for a person can judge eight answers and nobody can judge 0.3 %.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from assistant.models import Facet
from evals.cases import Case
from evals.errors import EvalError
from evals.grading import Row
from evals.runs import Run
from evals.stats import SEED, Estimate, holm, mean, paired_p

EVIDENCE = 0.05
PASSED = "passed"
_SPELLED = "variant:"
Key = tuple[str, str]  # suite, case
FIELDS = {
    Facet.DOCUMENTS: "cases.requirements",
    Facet.FEE: "channels.fees",
    Facet.TIME: "channels.time_limits",
    Facet.PLACE: "receiving_places",
    Facet.CHANNEL: "channels.kind",
    Facet.STEPS: "steps",
    Facet.CONDITIONS: "conditions",
    Facet.FORMS: "cases.requirements.form_code",
    Facet.LEGAL_BASIS: "legal_basis",
    Facet.RESULT: "results",
    Facet.SUBJECTS: "subjects",
    Facet.OVERVIEW: "summary",
}


@dataclass(frozen=True)
class Flip:
    """A case that passes in one run and not in the other: both answers, and what was asked."""

    before: Row
    after: Row
    case: Case | None = None

    @property
    def better(self) -> bool:
        """Whether it passes now."""
        return passes(self.after)

    @property
    def critical(self) -> bool:
        """Whether either run calls the case critical."""
        return self.before.critical or self.after.critical

    @property
    def source(self) -> str:
        """The fields of the record that decide who is right: '1.001193: channels.fees'."""
        if self.case is None or not self.case.codes:
            return ", ".join(sorted({row.code for row in (self.before, self.after) if row.code}))
        fields = ", ".join(FIELDS[facet] for facet in self.case.facets)
        return " / ".join(self.case.codes) + (f": {fields}" if fields else "")

    @property
    def moved(self) -> dict[str, tuple[float | None, float | None]]:
        """The scores that differ: metric -> before, after."""
        names = sorted({*self.before.scores, *self.after.scores})
        pairs = {
            name: (self.before.scores.get(name), self.after.scores.get(name)) for name in names
        }
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True)
class Change:
    """One metric of one suite over the cases to which it applies in both runs.

    `difference` is after less before with its interval; `moved` says how many cases changed;
    `adjusted` is p after Holm over all metrics that moved. `gained` and `lost` count cases to
    which it applies in one run only.
    """

    suite: str
    metric: str
    before: float
    after: float
    difference: Estimate
    moved: int
    p: float
    adjusted: float
    gained: int
    lost: int

    @property
    def evidence(self) -> bool:
        """Whether the difference is more than chance."""
        return self.adjusted < EVIDENCE


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs over the same cases; `p` is of better against worse flips.

    Cases that only one run could score are in neither flips nor metrics. `conditions` names what
    the runs were made with and differs: corpus, model, code. `slower` is how many times as long
    the same questions took (geometric mean), which means something on one machine only.
    """

    before: str
    after: str
    flips: tuple[Flip, ...]
    p: float
    changes: tuple[Change, ...]
    cases: int
    only_before: tuple[Key, ...] = ()
    only_after: tuple[Key, ...] = ()
    no_longer_scored: tuple[Row, ...] = ()
    newly_scored: tuple[Row, ...] = ()
    conditions: tuple[tuple[str, Any, Any], ...] = ()
    slower: Estimate | None = None

    @property
    def better(self) -> int:
        """Cases that pass now and did not."""
        return sum(flip.better for flip in self.flips)

    @property
    def worse(self) -> int:
        """Cases that passed and do not now."""
        return len(self.flips) - self.better

    @property
    def evidence(self) -> bool:
        """Whether the flips are more than chance."""
        return self.p < EVIDENCE

    def headline(self) -> str:
        """'6 tốt lên, 2 xấu đi, p = 0,29: chưa phải bằng chứng'."""
        p = "< 0,001" if self.p < 0.001 else f"= {self.p:.2g}".replace(".", ",")
        verdict = "là bằng chứng" if self.evidence else "chưa phải bằng chứng"
        return f"{self.better} tốt lên, {self.worse} xấu đi, p {p}: {verdict}"


def scored(row: Row) -> bool:
    """Whether the row counts; an error does, as no pass."""
    return row.passed is not None or row.error is not None


def passes(row: Row) -> bool:
    """Whether the case passed; an error is not a pass."""
    return bool(row.passed) and row.error is None


def compare(before: Run, after: Run, *, common: bool = False, seed: int = SEED) -> Comparison:
    """What moved from `before` to `after`.

    Runs over different cases raise EvalError naming them, unless `common` asks for the cases
    that both have; the others are then in `only_before` and `only_after`.
    """
    ours, theirs = _by_key(before), _by_key(after)
    shared = [key for key in ours if key in theirs]
    only_before = tuple(key for key in ours if key not in theirs)
    only_after = tuple(key for key in theirs if key not in ours)
    if not shared or ((only_before or only_after) and not common):
        raise EvalError(_different(before, after, only_before, only_after))
    pairs = [(ours[key], theirs[key]) for key in shared]
    both = [(a, b) for a, b in pairs if scored(a) and scored(b)]
    tosses = [float(passes(b)) - float(passes(a)) for a, b in both]
    return Comparison(
        before=before.name,
        after=after.name,
        flips=_flips(both, before, after),
        p=paired_p(tosses, [b.cluster for _, b in both], seed=seed),
        changes=_changes(both, seed),
        cases=len(both),
        only_before=only_before,
        only_after=only_after,
        no_longer_scored=tuple(b for a, b in pairs if scored(a) and not scored(b)),
        newly_scored=tuple(b for a, b in pairs if scored(b) and not scored(a)),
        conditions=_conditions(before.config, after.config),
        slower=_slower(before, after, shared, seed),
    )


def _by_key(run: Run) -> dict[Key, Row]:
    return {(row.suite, row.case): row for row in run.rows}


def _different(
    before: Run, after: Run, only_before: Sequence[Key], only_after: Sequence[Key]
) -> str:
    lines = ["Hai lần chạy không cùng bộ câu hỏi, nên không so được như một."]
    for name, keys in ((before.name, only_before), (after.name, only_after)):
        if keys:
            lines.append(f"  chỉ có trong {name}: {_listed(keys)}")
    return "\n".join([*lines, "Thêm --common để chỉ so những câu cả hai cùng có."])


def _listed(keys: Sequence[Key], most: int = 10) -> str:
    names = ", ".join(f"{suite}/{case}" for suite, case in keys[:most])
    return names + (f" và {len(keys) - most} câu nữa" if len(keys) > most else "")


def _flips(pairs: Iterable[tuple[Row, Row]], before: Run, after: Run) -> tuple[Flip, ...]:
    """Worse before better, critical first, then in the order of the suites."""
    flips = [
        Flip(a, b, after.case_of(b) or before.case_of(a))
        for a, b in pairs
        if passes(a) != passes(b)
    ]
    return tuple(sorted(flips, key=lambda flip: (flip.better, not flip.critical)))


def _changes(pairs: Sequence[tuple[Row, Row]], seed: int) -> tuple[Change, ...]:
    """Passing and every metric of every suite, with Holm's adjustment over those that moved.

    Where no case changed there is nothing to test, and counting it would only hide the others
    (Tarone 1990: what cannot reach significance takes no part in the correction).
    """
    values: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for a, b in pairs:
        ours, theirs = _scores(a), _scores(b)
        for metric in dict.fromkeys([*ours, *theirs]):
            values[b.suite, metric].append(_Pair(ours.get(metric), theirs.get(metric), b.cluster))
    found = [_change(*key, pairs, seed) for key, pairs in values.items()]
    changes = [change for change in found if change is not None]
    moved = [i for i, change in enumerate(changes) if change.moved]
    for i, adjusted in zip(moved, holm([changes[i].p for i in moved]), strict=True):
        changes[i] = replace(changes[i], adjusted=adjusted)
    return tuple(changes)


def _scores(row: Row) -> dict[str, float | None]:
    """An error has no scores to compare, and is no pass. Spellings are told apart by name."""
    scores = {} if row.error else row.scores
    spelled = [tag.removeprefix(_SPELLED) for tag in row.tags if tag.startswith(_SPELLED)]
    passed = {f"{PASSED}:{name}": float(passes(row)) for name in spelled}
    return {**scores, PASSED: float(passes(row)), **passed}


@dataclass(frozen=True)
class _Pair:
    before: float | None
    after: float | None
    cluster: str


def _change(suite: str, metric: str, pairs: Sequence[_Pair], seed: int) -> Change | None:
    both = [(p.before, p.after, p.cluster) for p in pairs if None not in (p.before, p.after)]
    if not both:
        return None
    before, after = [float(a or 0) for a, _, _ in both], [float(b or 0) for _, b, _ in both]
    clusters = [cluster for _, _, cluster in both]
    differences = [b - a for a, b in zip(before, after, strict=True)]
    p = paired_p(differences, clusters, seed=seed)
    return Change(
        suite=suite,
        metric=metric,
        before=fmean(before),
        after=fmean(after),
        difference=mean(differences, clusters, seed=seed),
        moved=sum(map(bool, differences)),
        p=p,
        adjusted=p,
        gained=sum(pair.before is None and pair.after is not None for pair in pairs),
        lost=sum(pair.before is not None and pair.after is None for pair in pairs),
    )


def _slower(before: Run, after: Run, keys: Sequence[Key], seed: int) -> Estimate | None:
    timed = [key for key in keys if before.times.get(key) and after.times.get(key)]
    if not timed:
        return None
    logs = [math.log(after.times[key] / before.times[key]) for key in timed]
    found = mean(logs, [""] * len(logs), seed=seed)
    return replace(
        found, value=math.exp(found.value), low=math.exp(found.low), high=math.exp(found.high)
    )


def _conditions(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    ours, theirs = _flat(before), _flat(after)
    return tuple(
        (name, ours.get(name), theirs.get(name))
        for name in dict.fromkeys([*ours, *theirs])
        if ours.get(name) != theirs.get(name) and name != "hash"
    )


def _flat(config: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """{"identity": {"model": "a"}} -> {"identity.model": "a"}."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        flat |= (
            _flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
        )
    return flat
