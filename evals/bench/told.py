"""Is what was asked told in full? python -m evals.bench.told DATA_DIR

Asks the cases of evals/questions/told_dev.jsonl over what was ingested into DATA_DIR and prints, by
kind of case and by facet, how many answers of the right procedure tell all that was asked: the
deadline that the case names with the part it stands in, or every facet. A development figure: the
words that are tested were chosen with the cases tagged `seen` in view; those tagged `held` were
written and measured after that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from evals.bench.questions import OWN
from evals.bench.report import table
from evals.cases import Case, read_cases
from evals.grading import Row
from evals.run import run_suites
from evals.runs import read_run
from evals.suites import Suite
from evals.targets import open_target
from knowledge.catalog import Catalog
from knowledge.settings import KnowledgeSettings

_FILE = "told_dev.jsonl"
_GROUPS = ("deadline", "part", "several", "seen", "held")
_RIGHT, _FACETS, _FACTS = "right_procedure", "facets_told", "facts_told"
_SUITE = Suite(
    name="told",
    vi="Trả lời đủ",
    en="Told in full",
    cases=(_FILE,),
    metrics=(_RIGHT, _FACETS, _FACTS, "wrong_figures"),
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.told", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="where the whole snapshot was ingested")
    rows = _measured(parser.parse_args().data_dir)
    sys.stdout.write("\n".join(told_table(rows, read_cases([OWN / _FILE]))) + "\n")
    return 0


def _measured(data_dir: Path) -> list[Row]:
    settings = KnowledgeSettings(data_dir=data_dir, _env_file=None)
    target, catalog = open_target("in_process", settings), Catalog.open(settings.sql_url)
    try:
        with tempfile.TemporaryDirectory() as out:
            return list(read_run(run_suites([_SUITE], target, catalog, Path(out), cases=OWN)).rows)
    finally:
        catalog.close()
        target.close()


def told_table(rows: Iterable[Row], cases: Iterable[Case]) -> list[str]:
    """A line for all cases, for each kind and for each facet that is asked."""
    facets = {case.id: {facet.value for facet in case.facets} for case in cases}
    found = list(rows)
    kinds = sorted({facet for asked in facets.values() for facet in asked})
    groups = {"all": found}
    groups |= {tag: [row for row in found if tag in row.tags] for tag in _GROUPS}
    groups |= {f"asks {kind}": [r for r in found if kind in facets[r.case]] for kind in kinds}
    lines = [[name, *_figures(group)] for name, group in groups.items()]
    return table(["cases", "asked", "right procedure", "of these told in full", "share"], lines)


def _figures(rows: Iterable[Row]) -> list[str]:
    asked = list(rows)
    right = [row for row in asked if row.scores.get(_RIGHT) == 1.0]
    told = sum(map(is_told, right))
    share = f"{told / len(right):.3f}" if right else ""
    return [str(len(asked)), str(len(right)), str(told), share]


def is_told(row: Row) -> bool:
    """Whether every facet and every fact that a case demands was told."""
    return all(row.scores.get(name) in (None, 1.0) for name in (_FACETS, _FACTS))


if __name__ == "__main__":
    sys.exit(main())
