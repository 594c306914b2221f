"""python -m evals.bench.growth DATA_DIR: how search and build grow, up to 100,000 procedures.

DATA_DIR is where the starter corpus and the snapshot were ingested. Takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.bench.questions import own_set
from evals.bench.report import Figure, conditions, figure_table, scale_table
from evals.bench.scale import measure_scale
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import BUNDLED_MODEL

GROWTH = Path("docs/growth.md")
_SIZES = (2642, 10_000, 30_000, 100_000)
_QUESTIONS = 200


def main() -> int:
    """Measure each size in a fresh directory and write the curve; 1 when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.growth", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--output", type=Path, default=GROWTH)
    arguments = parser.parse_args()
    catalog = Catalog.open(f"sqlite:///{arguments.data_dir / 'motcua.db'}")
    procedures = [version.procedure for version in catalog.current()]
    catalog.close()
    embedder, phrasebook = load_embedder(str(BUNDLED_MODEL)), read_phrasebook()
    texts = [question.text for question in own_set("test")][:_QUESTIONS]
    points = []
    for size in _SIZES:
        points.append(measure_scale(procedures, size, phrasebook, embedder, texts))
        sys.stderr.write(f"{points[-1]}\n")
    last = Figure("search p95 at 100,000 procedures", points[-1].search.p95, 40, "ms")
    text = "\n".join(
        [
            "## Growth",
            "",
            "Printed by `python -m evals.bench.growth DATA_DIR`. " + conditions(),
            "The snapshot multiplied into localised copies; phrases stay with the originals.",
            "",
            *scale_table(points),
            "",
            *figure_table([last]),
        ]
    )
    sys.stdout.write(text + "\n")
    arguments.output.write_text(text + "\n", encoding="utf-8")
    return int(not last.holds)


if __name__ == "__main__":
    sys.exit(main())
