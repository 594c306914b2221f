"""The HTML report: what the template shows, picture by picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from assistant.models import Facet
from evals.compare import PASSED, Comparison
from evals.errors import EvalError
from evals.grading import Row
from evals.metrics import METRICS, Better
from evals.pages import LANGUAGES, both, page, words
from evals.reference import reference
from evals.report import measures as m
from evals.report.facts import facts
from evals.report.pictures import Cell, Mark, Series, bar, curve, matrix
from evals.review import sources_of
from evals.runs import Run
from evals.stats import Estimate
from evals.suites import read_suites
from knowledge.catalog import Version

_SECOND = 1000.0
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)


def html_report(
    run: Run,
    earlier: Sequence[Run],
    comparison: Comparison | None,
    versions: Mapping[str, Version],
) -> str:
    """The whole page as one text; nothing in it points outside but the sources of procedures."""
    return page(
        "report",
        run=run,
        counts=m.counts(run),
        whole=m.pass_rate(run.rows),
        comparison=comparison,
        suites=_suites(run),
        actions=_actions(m.actions(run)),
        routing=_routing(m.routing(run)),
        latency=_latency(run),
        coverage=_coverage(run, versions),
        losses=[(loss, bar(loss.spelled)) for loss in m.losses(run)],
        trend=_trend([*earlier, run]),
        people=_stored(run, "review/findings.json"),
        judge=_stored(run, "review/judge.json"),
        failures=[_failure(run, row, versions) for row in m.failures(run)],
        unscored=m.not_scored(run),
        facts=facts(run),
        sources=_sources(comparison, versions),
        metric_name=metric_name,
        suite_name=suite_name,
    )


@dataclass(frozen=True)
class Bar:
    """A metric with its name and, where it lies between 0 and 1, its picture."""

    name: Markup
    estimate: Estimate
    picture: Markup | None
    lower_is_better: bool


def _suites(run: Run) -> dict[str, list[Bar]]:
    found: dict[str, list[Bar]] = {}
    for one in m.measures(run):
        metric = METRICS.get(one.metric)
        lower = metric is not None and metric.better is Better.LOWER
        fits = 0 <= one.estimate.value <= 1 and one.estimate.high <= 1
        picture = bar(one.estimate, lower_is_better=lower) if fits else None
        found.setdefault(one.suite, []).append(
            Bar(metric_name(one.metric), one.estimate, picture, lower)
        )
    return found


def metric_name(name: str) -> Markup:
    """A metric in both languages; its own name where it is not one of ours."""
    if name == PASSED:
        return both(dict(words()["n_passed"]))
    metric = METRICS.get(name)
    return both({"vi": metric.vi, "en": metric.en}) if metric else Markup("{}").format(name)


def suite_name(name: str) -> Markup:
    """A suite in both languages; its own name where it is not one of ours."""
    found = _suite_labels().get(name)
    return both(found) if found else Markup("{}").format(name)


@cache
def _suite_labels() -> dict[str, dict[str, str]]:
    return {suite.name: {"vi": suite.vi, "en": suite.en} for suite in read_suites()}


@dataclass(frozen=True)
class Crossing:
    """A matrix as a picture and as the table behind it."""

    picture: Markup
    rows: Sequence[Mapping[str, str]]
    columns: Sequence[Mapping[str, str]]
    counts: Sequence[Sequence[int | None]]


def _named(names: Sequence[str], prefix: str) -> list[dict[str, str]]:
    unknown = [dict.fromkeys(LANGUAGES, name) for name in names]
    return [words().get(prefix + name, own) for name, own in zip(names, unknown, strict=True)]


def _actions(table: m.Table) -> Crossing | None:
    right = {"answer": {"answer"}, "choose": {"choose"}, "decline": {"decline"}}
    return _crossing(table, right, "do_", "do_")


def _routing(table: m.Table) -> Crossing | None:
    right = {reason: m.right_end(reason) for reason in table.rows}
    return _crossing(table, right, "why_", "status_")


def _crossing(
    table: m.Table, right: Mapping[str, set[str]], of_row: str, of_column: str
) -> Crossing | None:
    if not table.counts:
        return None
    counts = [[table.at(row, column) for column in table.columns] for row in table.rows]
    cells = []
    for row, line in zip(table.rows, counts, strict=True):
        total = sum(line)
        cells.append(
            [
                Cell(
                    text=str(count),
                    depth=count / total if count else None,
                    framed=column in right[row],
                    bad=column not in right[row],
                )
                for column, count in zip(table.columns, line, strict=True)
            ]
        )
    rows, columns = _named(table.rows, of_row), _named(table.columns, of_column)
    return Crossing(matrix(rows, columns, cells), rows, columns, counts)


@dataclass(frozen=True)
class Latency:
    """How long cases took, in milliseconds."""

    n: int
    p50: float
    p95: float
    picture: Markup
    table: Sequence[tuple[int, float]]


def _latency(run: Run) -> Latency | None:
    ordered = m.latencies(run)
    if not ordered or ordered[-1] <= 0:
        return None
    ticks = _ticks(ordered[0], ordered[-1])
    p50, p95 = m.within(ordered, 0.5), m.within(ordered, 0.95)

    def place(ms: float) -> float:
        low, high = math.log(ticks[0]), math.log(ticks[-1])
        return (math.log(max(ms, ticks[0])) - low) / (high - low)

    steps = [(place(ms), (i + 1) / len(ordered)) for i, ms in enumerate(ordered)]
    marks = [Mark(place(tick), _short(tick), minor=_is_minor(tick)) for tick in ticks]
    marks += [Mark(place(p50), "", strong=True), Mark(place(p95), "", strong=True)]
    table = [(tick, sum(ms <= tick for ms in ordered) / len(ordered)) for tick in ticks]
    return Latency(len(ordered), p50, p95, curve([Series(_thin(steps))], marks), table)


def _ticks(low: float, high: float) -> list[int]:
    """Round times around the range; two at least, so that there is an axis."""
    below = max((i for i, tick in enumerate(_TICKS) if tick <= low), default=0)
    above = min((i for i, tick in enumerate(_TICKS) if tick >= high), default=len(_TICKS) - 1)
    above = max(above, min(below + 1, len(_TICKS) - 1))
    below = min(below, above - 1)
    return list(_TICKS[below : above + 1])


def _is_minor(tick: int) -> bool:
    """All but powers of ten; a phone has no room for their names."""
    return tick not in (1, 10, 100, 1000, 10_000)


def _short(ms: float) -> str:
    return f"{ms / _SECOND:g} s" if ms >= _SECOND else f"{ms:g}"


def _thin(points: list[tuple[float, float]], most: int = 400) -> list[tuple[float, float]]:
    """As many points as a screen can show; first and last stay."""
    step = max(1, math.ceil(len(points) / most))
    return [*points[::step], points[-1]]


@dataclass(frozen=True)
class Covered:
    """The coverage of one level."""

    level: str
    picture: Markup
    rows: Sequence[Mapping[str, str]]
    columns: Sequence[Mapping[str, str]]
    cells: Sequence[Sequence[m.Asked]]


def _coverage(run: Run, versions: Mapping[str, Version]) -> list[Covered]:
    return [_covered(str(level), by) for level, by in m.coverage(run, versions).items()]


def _covered(level: str, by_field: Mapping[str, Mapping[Facet, m.Asked]]) -> Covered:
    used = [facet for facet in Facet if any(facet in by for by in by_field.values())]
    cells = [[by.get(facet, m.Asked()) for facet in used] for by in by_field.values()]
    unknown = words()["field_unknown"]
    rows = [dict.fromkeys(LANGUAGES, name) if name else unknown for name in by_field]
    columns = _named([str(facet) for facet in used], "facet_")
    shown = [[_asked_cell(asked) for asked in line] for line in cells]
    return Covered(level, matrix(rows, columns, shown), rows, columns, cells)


def _asked_cell(asked: m.Asked) -> Cell:
    if not asked.n:
        return Cell("")
    share = asked.passed / asked.n
    return Cell(str(asked.n), max(share, 1 - share), bad=share < 0.5)


@dataclass(frozen=True)
class Trend:
    """Pass rates of every suite over runs; None where a run did not have the suite."""

    picture: Markup
    runs: Sequence[str]
    suites: Mapping[str, Sequence[Estimate | None]]


def _trend(runs: Sequence[Run]) -> Trend | None:
    if len(runs) < 2:
        return None
    parts = [m.by_suite(run.rows) for run in runs]
    names = dict.fromkeys(name for part in parts for name in part)
    suites = {name: [m.pass_rate(part.get(name, [])) for part in parts] for name in names}
    series = [_line(kind, found) for kind, found in enumerate(suites.values())]
    last = len(runs) - 1
    marks = [Mark(i / last, _label(runs, i)) for i in range(len(runs))]
    return Trend(curve(series, marks), [run.name for run in runs], suites)


def _label(runs: Sequence[Run], place: int) -> str:
    """Names of the first and the last run only; the table has them all."""
    return runs[place].name if place in (0, len(runs) - 1) else ""


def _line(kind: int, found: Sequence[Estimate | None]) -> Series:
    # A little to the side, so that whiskers of several suites do not lie on one another.
    last, aside = len(found) - 1, (kind % 8 - 3.5) / 250
    at = [(min(1, max(0, i / last + aside)), one) for i, one in enumerate(found) if one]
    return Series(
        points=[(x, one.value) for x, one in at],
        kind=kind % 8,
        whiskers=[(x, one.low, one.high) for x, one in at],
        dots=True,
    )


@dataclass(frozen=True)
class Failure:
    """A case that is no pass, with everything a person needs to judge it."""

    row: Row
    turns: Sequence[str]
    expected: str
    sources: Sequence[str]
    procedures: Sequence[str]


def _failure(run: Run, row: Row, versions: Mapping[str, Version]) -> Failure:
    case = run.case_of(row)
    if case is None:
        return Failure(row, (), "", (), ())
    names = [
        f"{code} {versions[code].procedure.name}" if code in versions else code
        for code in case.codes
    ]
    return Failure(row, case.turns, reference(case, versions), sources_of(case, versions), names)


def _sources(
    comparison: Comparison | None, versions: Mapping[str, Version]
) -> dict[str, Sequence[str]]:
    """Web addresses of what each flipped case is about, by case id."""
    flips = comparison.flips if comparison else ()
    return {flip.case.id: sources_of(flip.case, versions) for flip in flips if flip.case}


def _stored(run: Run, name: str) -> dict[str, Any] | None:
    """What a review left in the run's directory; None when there was none."""
    path = run.directory / name
    if not path.is_file():
        return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise EvalError(
            f"{path} does not hold a JSON object ({error}). Import the verdicts again."
        ) from error
