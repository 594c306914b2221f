"""python -m evals.tune DATA_DIR: fits what search and resolve compare, on the development split.

Weights of the score fusion: the likelihood of the right procedure among the candidates, climbed one
weight at a time. Thresholds: what keeps procedures' questions in and other topics out. Both go into
`tuning.json` beside the model; the test split takes no part.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.bench.questions import Asked, own_set
from knowledge.embedding import load_embedder
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.reader import IndexReader
from knowledge.search import KINDS, Weights, search
from knowledge.settings import BUNDLED_MODEL
from knowledge.text import folded

_NAMES = (*KINDS, "twins")
_FACTORS = (0.5, 0.7, 0.85, 0.95, 1.05, 1.2, 1.5, 2.0)
_ROUNDS = 8
_SHARPNESS = 12.0
_PULL = 0.01
Matrix = NDArray[np.float64]


def main() -> int:
    """Fit and write; prints the likelihood and hit@1 before and after."""
    parser = argparse.ArgumentParser(prog="python -m evals.tune", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="where the whole snapshot was ingested")
    parser.add_argument("--output", type=Path, default=BUNDLED_MODEL / "tuning.json")
    arguments = parser.parse_args()
    reader = IndexReader(
        IndexStore(arguments.data_dir / "index"), load_embedder(str(BUNDLED_MODEL))
    )
    with reader.generation() as generation:
        examples = _examples(_asked(), generation, reader)
    reader.close()
    weights = fit(examples)
    _tell("before", examples, Weights())
    _tell("after", examples, weights)
    stored = json.loads(arguments.output.read_text()) if arguments.output.is_file() else {}
    stored["weights"] = {name: round(value, 4) for name, value in asdict(weights).items()}
    arguments.output.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    return 0


def _asked() -> list[Asked]:
    """The development split, as written and without diacritics."""
    asked = own_set("dev")
    return asked + [Asked(folded(q.text), q.code) for q in asked if q.style != "english"]


def _examples(
    asked: Sequence[Asked], generation: Generation, reader: IndexReader
) -> list[tuple[Matrix, int]]:
    """For each question the evidence of its candidates and which of them is right."""
    examples = []
    for question in asked:
        found = search(question.text, generation, reader.embedder, limit=40, weights=Weights())
        codes = [hit.code for hit in found.hits]
        if question.code in codes:
            rows = [[hit.evidence[name] for name in _NAMES] for hit in found.hits]
            examples.append((np.array(rows), codes.index(question.code)))
    return examples


def fit(examples: Sequence[tuple[Matrix, int]]) -> Weights:
    """Climb the likelihood one weight at a time; the name's weight stays as the unit."""
    values = np.array([getattr(Weights(), name) for name in _NAMES])
    best = likelihood(examples, values)
    for _ in range(_ROUNDS):
        for i in range(1, len(_NAMES)):
            for factor in _FACTORS:
                tried = values.copy()
                tried[i] *= factor
                found = likelihood(examples, tried)
                if found > best:
                    best, values = found, tried
    return dataclasses.replace(Weights(), **dict(zip(_NAMES, map(float, values), strict=True)))


def likelihood(examples: Sequence[tuple[Matrix, int]], values: NDArray[np.float64]) -> float:
    """Mean log-probability of the right candidate, less what leads far away from the start.

    The pull keeps words and passages alive for procedures that have no everyday questions.
    """
    start = np.array([getattr(Weights(), name) for name in _NAMES])
    total = -_PULL * len(examples) * float(np.sum(np.log(values / start) ** 2))
    for rows, right in examples:
        scores = _SHARPNESS * rows @ values
        total += scores[right] - np.logaddexp.reduce(scores)
    return float(total / len(examples))


def _tell(label: str, examples: Sequence[tuple[Matrix, int]], weights: Weights) -> None:
    values = np.array([getattr(weights, name) for name in _NAMES])
    first = np.mean([int(np.argmax(rows @ values)) == right for rows, right in examples])
    sys.stdout.write(f"{label}: {likelihood(examples, values):.4f}, hit@1 {first:.3f}, {weights}\n")


if __name__ == "__main__":
    sys.exit(main())
