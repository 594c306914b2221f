"""How procedures are found that nobody has written phrases for: 200 of them left out of training.

    python -m evals.bench.unphrased DATA_DIR

trains a second model without their phrases, indexes without them, and asks the phrases themselves.
What it finds goes into docs/unphrased.md, which `evals.bench` puts into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
import tempfile
from pathlib import Path

from assistant.bootstrap import read_tuning
from evals.bench.questions import Asked, HitRates, hit_rates
from evals.bench.report import Figure, conditions, figure_table, quality_table
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.keywords import KeywordIndex
from knowledge.pairs import Recipe
from knowledge.phrasebook import read_phrasebook
from knowledge.reader import IndexReader
from knowledge.settings import BUNDLED_MODEL
from knowledge.training import save_model, train

_LEFT_OUT = 200
UNPHRASED = Path("docs/unphrased.md")


def main() -> int:
    """Print hit@1/3/5 of our search and of folded words alone on the left-out phrases."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.unphrased", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    arguments = parser.parse_args()
    catalog = Catalog.open(f"sqlite:///{arguments.data_dir / 'motcua.db'}")
    ours, words = measure(catalog, arguments.steps)
    for name, rates in (("without phrases", ours), ("folded words alone", words)):
        found = f"{rates.first:.3f} / {rates.three:.3f} / {rates.five:.3f}"
        sys.stdout.write(f"{name}: hit@1/3/5 {found} over {rates.count} questions\n")
    UNPHRASED.write_text(section(ours, words), encoding="utf-8")
    catalog.close()
    return int(ours.three < words.three)


def measure(catalog: Catalog, steps: int) -> tuple[HitRates, HitRates]:
    """Train and index without the phrases of 200 random codes, then ask those phrases."""
    procedures = [version.procedure for version in catalog.current()]
    codes = random.Random(1).sample(sorted(p.code for p in procedures), _LEFT_OUT)
    phrasebook = read_phrasebook()
    reduced = phrasebook.without(set(codes))
    asked = [Asked(line, code) for code in codes for line in phrasebook.questions_of(code)]
    recipe = dataclasses.replace(Recipe(), steps=steps)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        vocabulary, vectors, figures = train(procedures, reduced, recipe)
        save_model(directory / "model", vocabulary, vectors, recipe, figures)
        embedder = load_embedder(str(directory / "model"))
        store = IndexStore(directory / "index")
        store.build(catalog, reduced, embedder)
        reader = IndexReader(store, embedder)
        finder = Finder(reader, catalog, read_tuning(BUNDLED_MODEL).weights)
        ours = hit_rates(asked, lambda text: [hit.code for hit in finder.find(text).hits])
        reader.close()
    index = KeywordIndex.build(procedures)

    def by_words(text: str) -> list[str]:
        scores = index.scores(text)
        order = (-(scores.names + 0.5 * scores.bodies)).argsort(kind="stable")[:10]
        return [procedures[int(i)].code for i in order]

    return ours, hit_rates(asked, by_words)


def section(ours: HitRates, words: HitRates) -> str:
    """What is put at the end of docs/benchmarks.md."""
    rates = {f"phrases of {_LEFT_OUT} codes left out": {"Một Cửa": ours, "folded words": words}}
    least = Figure(
        "hit@3 without phrases", round(ours.three, 3), round(words.three, 3), "", at_most=False
    )
    lines = [
        "## Procedures without phrases",
        "",
        "Printed by `python -m evals.bench.unphrased DATA_DIR`. " + conditions(),
        "",
        *quality_table(rates),
        "",
        *figure_table([least]),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
