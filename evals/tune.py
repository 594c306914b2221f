"""python -m evals.tune DATA_DIR: fits what search and resolve compare, on the development split.

Weights of the score fusion: the likelihood of the right procedure among the candidates, climbed one
weight at a time. Thresholds: what keeps procedures' questions in and other topics out. Both go into
`tuning.json` beside the model; the test split takes no part.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.steps.resolve import Thresholds
from evals.bench.questions import Asked, declined_set, own_set
from knowledge.embedding import load_embedder
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.reader import IndexReader
from knowledge.search import KINDS, Weights, search
from knowledge.settings import BUNDLED_MODEL
from knowledge.text import folded

_NAMES = (*KINDS, "twins", "level")
_FACTORS = (0.5, 0.7, 0.85, 0.95, 1.05, 1.2, 1.5, 2.0)
_ROUNDS = 8
_SHARPNESS = 12.0
_SEED = 7
_OFFICIAL = 600
_TEMPLATES = (
    "{}",
    "Cơ quan nào có thẩm quyền {}?",
    "Hồ sơ {} gồm những gì?",
    "Thời hạn {} là bao lâu?",
    "Cá nhân, tổ chức muốn {} thì thực hiện thế nào?",
    "Điều kiện để được {}?",
)
_PULL = 0.01
_COSTS = {"asked": 15.0, "off_topic": 1.0, "unknown": 0.5, "nonsense": 0.5}
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
        examples = _examples(_asked(generation), generation, reader)
        weights = fit(examples)
        proofs = _proofs(generation, reader, weights)
    reader.close()
    _tell("before", examples, Weights())
    _tell("after", examples, weights)
    stored = json.loads(arguments.output.read_text()) if arguments.output.is_file() else {}
    thresholds = fit_thresholds(proofs)
    _tell_thresholds(proofs, thresholds)
    stored["thresholds"] = asdict(thresholds)
    stored["weights"] = {name: round(value, 4) for name, value in asdict(weights).items()}
    arguments.output.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    return 0


def _asked(generation: Generation) -> list[Asked]:
    """The development split, as written and without diacritics, and official words."""
    asked = own_set("dev")
    plain = [Asked(folded(q.text), q.code) for q in asked if q.style != "english"]
    return asked + plain + _in_official_words(generation)


def _in_official_words(generation: Generation) -> list[Asked]:
    """Clerks and letters ask with parts of the title, and about as often as people ask otherwise;
    the split holds everyday words only."""
    rng = random.Random(_SEED)
    rows = rng.sample(range(len(generation.codes)), min(_OFFICIAL, len(generation.codes)))
    return [
        Asked(
            rng.choice(_TEMPLATES).format(_part(generation.names[row], rng)), generation.codes[row]
        )
        for row in rows
    ]


def _part(name: str, rng: random.Random) -> str:
    """Two thirds of a title or more, at most twenty words."""
    parts = name.removeprefix("Thủ tục ").split()[:24]
    kept = rng.randint(max(3, len(parts) * 2 // 3), max(3, len(parts)))
    start = rng.randint(0, max(0, len(parts) - kept))
    return " ".join(parts[start : start + kept][:20])


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


@dataclass(frozen=True)
class Proof:
    """How near the best procedure and the nearest other topic are to a question of a kind."""

    kind: str
    procedure: float
    off_topic: float


def _proofs(generation: Generation, reader: IndexReader, weights: Weights) -> list[Proof]:
    texts = {"asked": [question.text for question in _asked(generation)], **declined_set("dev")}
    proofs = []
    for kind, lines in texts.items():
        for line in lines:
            found = search(line, generation, reader.embedder, weights=weights)
            near = found.off_topic_similarity
            proofs.append(Proof(kind, found.hits[0].similarity, near))
    return proofs


def fit_thresholds(proofs: Sequence[Proof]) -> Thresholds:
    """The pair that makes the least weighted errors; refusing a good question weighs most."""
    grid = [
        dataclasses.replace(
            Thresholds(), found=round(float(found), 3), off_topic_lead=round(float(lead), 3)
        )
        for found in np.arange(0.30, 0.66, 0.01)
        for lead in np.arange(-0.15, 0.16, 0.01)
    ]
    return min(grid, key=lambda thresholds: _cost(proofs, thresholds))


def _cost(proofs: Sequence[Proof], thresholds: Thresholds) -> float:
    return sum(
        weight * (1 - share if kind == "asked" else share)
        for kind, weight in _COSTS.items()
        for share in [answered_share(proofs, kind, thresholds)]
    )


def answered_share(proofs: Sequence[Proof], kind: str, thresholds: Thresholds) -> float:
    """Share of the questions of one kind that would be answered."""
    chosen = [proof for proof in proofs if proof.kind == kind]
    answered = [
        proof.off_topic <= proof.procedure + thresholds.off_topic_lead
        and proof.procedure >= thresholds.found
        for proof in chosen
    ]
    return sum(answered) / (len(chosen) or 1)


def _tell_thresholds(proofs: Sequence[Proof], thresholds: Thresholds) -> None:
    shares = {kind: f"{answered_share(proofs, kind, thresholds):.3f}" for kind in _COSTS}
    sys.stdout.write(f"{thresholds}, answered: {shares}\n")


if __name__ == "__main__":
    sys.exit(main())
