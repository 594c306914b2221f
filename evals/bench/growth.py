"""python -m evals.bench.growth DATA_DIR: how search and build grow, up to 100,000 procedures.

DATA_DIR is where the starter corpus and the snapshot were ingested. Takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from evals.bench.questions import own_set
from evals.bench.report import Figure, conditions, figure_table, scale_table
from evals.bench.scale import ScalePoint, measure_scale
from evals.bench.timing import Spread
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import BUNDLED_MODEL

GROWTH = Path("docs/growth.md")
_POINTS = Path("docs/growth.json")
_SIZES = (2642, 10_000, 30_000, 100_000)
_QUESTIONS = 200


def main() -> int:
    """Measure each size in a fresh directory and write the curve."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.growth", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--output", type=Path, default=GROWTH)
    arguments = parser.parse_args()
    catalog = Catalog.open(f"sqlite:///{arguments.data_dir / 'motcua.db'}")
    procedures = [version.procedure for version in catalog.current()]
    catalog.close()
    embedder, phrasebook = load_embedder(str(BUNDLED_MODEL)), read_phrasebook()
    texts = [question.text for question in own_set("test")][:_QUESTIONS]
    points = {point.procedures: point for point in _kept()}
    for size in arguments.sizes:
        points[size] = measure_scale(procedures, size, phrasebook, embedder, texts)
        _keep(points)
        sys.stderr.write(f"{points[size]}\n")
    arguments.output.write_text(_section([points[size] for size in sorted(points)]))
    return 0


def _kept() -> Iterator[ScalePoint]:
    """Sizes measured before, so that one can be measured again alone."""
    if _POINTS.is_file():
        for point in json.loads(_POINTS.read_text(encoding="utf-8")):
            yield ScalePoint(**{**point, "search": Spread(**point["search"])})


def _keep(points: dict[int, ScalePoint]) -> None:
    text = json.dumps([asdict(points[size]) for size in sorted(points)], indent=1)
    _POINTS.write_text(text + "\n", encoding="utf-8")


def _section(points: Sequence[ScalePoint]) -> str:
    last = points[-1]
    name = f"search p95 at {last.procedures:,} procedures"
    lines = [
        "## Growth",
        "",
        "Printed by `python -m evals.bench.growth DATA_DIR`. " + conditions(),
        "The snapshot multiplied into localised copies; phrases stay with the originals.",
        "",
        *scale_table(points),
        "",
        *figure_table([Figure(name, last.search.p95, 40, "ms")]),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
