"""Issue 5's figures with their intervals: python -m evals.bench.behaviour DATA_DIR

Runs the suites answers, behaviour, conversation and robustness over what was ingested into DATA_DIR
(the starter corpus and the snapshot) and writes docs/behaviour.md, which `evals.bench` puts into
docs/benchmarks.md. Only rates are told: test cases are not read here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench.report import conditions, table
from evals.run import run_suites
from evals.runs import Run, read_run
from evals.stats import Estimate, estimate
from evals.suites import VARIANT_TAG, read_suites
from evals.targets import open_target
from knowledge.catalog import Catalog
from knowledge.settings import KnowledgeSettings

BEHAVIOUR = Path("docs/behaviour.md")
_SUITES = ("answers", "behaviour", "conversation", "robustness")
_PLAIN, _UNACCENTED = "plain", "no_diacritics"
_LOSS = 0.03


@dataclass(frozen=True)
class Aim:
    """A figure of a suite and what it should reach; `at_most` tells the direction."""

    name: str
    suite: str
    metric: str
    target: float
    at_most: bool = False

    def holds(self, found: Estimate) -> bool:
        """Whether the measured value meets the target."""
        return found.value <= self.target if self.at_most else found.value >= self.target


AIMS = (
    Aim("fully correct", "answers", "passed", 0.92),
    Aim("in scope: answered, or usefully asked back", "behaviour", "helped", 0.95),
    Aim("asks when it should", "behaviour", "asked_when_due", 0.85),
    Aim("asks needlessly", "behaviour", "asked_needlessly", 0.08, at_most=True),
    Aim("out of scope answered anyway", "behaviour", "answered_out_of_scope", 0.02, at_most=True),
    Aim(
        "out of scope answered or offered a choice",
        "behaviour",
        "false_answer",
        0.02,
        at_most=True,
    ),
    Aim("in scope refused", "behaviour", "false_refusal", 0.03, at_most=True),
    Aim("figures that differ from the record", "answers", "wrong_figures", 0.0, at_most=True),
    Aim("follow-ups right", "conversation", "follow_ups_right", 0.95),
)


def main() -> int:
    """Measure, print and write; 1 when a target is missed, so that nobody overlooks it."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.behaviour", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="where the whole snapshot was ingested")
    parser.add_argument("--output", type=Path, default=BEHAVIOUR)
    arguments = parser.parse_args()
    run = _measured(arguments.data_dir)
    met, rows = _rows(run)
    text = "\n".join(_section(rows)) + "\n"
    sys.stdout.write(text)
    arguments.output.write_text(text, encoding="utf-8")
    return int(not met)


def _measured(data_dir: Path) -> Run:
    settings = KnowledgeSettings(data_dir=data_dir, _env_file=None)
    target = open_target("in_process", settings)
    catalog = Catalog.open(settings.sql_url)
    try:
        with tempfile.TemporaryDirectory() as out:
            return read_run(run_suites(read_suites(_SUITES), target, catalog, Path(out)))
    finally:
        catalog.close()
        target.close()


def _rows(run: Run) -> tuple[bool, list[list[str]]]:
    """Whether every target is met, and a line for each."""
    found = [(aim, _estimate(run, aim)) for aim in AIMS]
    rows = [_row(aim, value) for aim, value in found if value]
    plain, unaccented = (_passes(run, spelling) for spelling in (_PLAIN, _UNACCENTED))
    loss = plain - unaccented
    rows.append(
        [
            "unaccented behind accented, of fully correct",
            f"{loss * 100:.1f} points ({plain:.3f} to {unaccented:.3f})",
            "",
            f"≤ {_LOSS * 100:g} points",
            _verdict(loss <= _LOSS),
        ]
    )
    met = loss <= _LOSS and all(value is not None and aim.holds(value) for aim, value in found)
    return met, rows


def _row(aim: Aim, found: Estimate) -> list[str]:
    return [
        aim.name,
        f"{found.value:.3f} of {found.n}",
        f"{found.low:.3f} – {found.high:.3f}",
        f"{'≤' if aim.at_most else '≥'} {aim.target:g}",
        _verdict(aim.holds(found)),
    ]


def _verdict(holds: bool) -> str:
    return "met" if holds else "**missed**"


def _estimate(run: Run, aim: Aim) -> Estimate | None:
    """Cases about one procedure count as one cluster; see evals/stats.py."""
    values: list[float] = []
    clusters: list[str] = []
    for row in run.rows:
        score = float(row.passed or 0) if aim.metric == "passed" else row.scores.get(aim.metric)
        if row.suite == aim.suite and row.passed is not None and score is not None:
            values.append(score)
            clusters.append(row.cluster)
    return estimate(values, clusters)


def _passes(run: Run, spelling: str) -> float:
    tag = f"{VARIANT_TAG}{spelling}"
    passed = [bool(row.passed) for row in run.rows if tag in row.tags and row.passed is not None]
    return sum(passed) / max(1, len(passed))


def _section(rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "## Understanding people",
        "",
        "Printed by `python -m evals.bench.behaviour DATA_DIR`. " + conditions(),
        "Over the full snapshot, on the test cases of `evals/cases`; 95 % intervals, counted by",
        "procedure. Of follow-ups the procedure counts; an answer that is partly right is wrong.",
        "",
        *table(["figure", "measured", "95 %", "target", ""], rows),
    ]


if __name__ == "__main__":
    sys.exit(main())
