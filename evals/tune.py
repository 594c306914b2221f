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
from knowledge.embedding import Embedder, load_embedder
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.reader import IndexReader
from knowledge.search import KINDS, MARKS, Weights, search
from knowledge.settings import BUNDLED_MODEL
from knowledge.text import folded

NAMES = (*KINDS, *MARKS)
_CANDIDATES = 20
_ADDED = (-0.1, -0.03, -0.01, 0.01, 0.03, 0.1)  # to a weight that may be nothing
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
_SMALL = 0.2  # what began at nothing is pulled back from here like a kind grown e-fold
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
        examples = examples_of(asked_of(generation), generation, reader.embedder)
        fitted = fit(examples, values_of(Weights()))
        weights = Weights(**dict(zip(NAMES, map(float, fitted), strict=True)))
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


def asked_of(generation: Generation) -> list[Asked]:
    """The development split, as written and without diacritics, and official words."""
    asked = own_set("dev")
    plain = [Asked(folded(q.text), q.code) for q in asked if q.style != "english"]
    return asked + plain + in_official_words(generation)


def in_official_words(generation: Generation) -> list[Asked]:
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


@dataclass(frozen=True)
class Examples:
    """For each question the evidence of its candidates (questions, candidates, kinds), which of
    them is right, and their names; no name where there are fewer candidates."""

    evidence: Matrix
    right: NDArray[np.int64]
    names: NDArray[np.object_]

    def some(self, chosen: NDArray[np.bool_]) -> Examples:
        """Those questions that are `chosen`."""
        return Examples(self.evidence[chosen], self.right[chosen], self.names[chosen])

    def scores(self, values: Matrix) -> Matrix:
        """The fused score of every candidate."""
        found: Matrix = np.where(self.names != "", self.evidence @ values, -np.inf)
        return found


def examples_of(asked: Sequence[Asked], generation: Generation, embedder: Embedder) -> Examples:
    """Search each question; `right` is -1 where the right one is not among the candidates."""
    evidence = np.zeros((len(asked), _CANDIDATES, len(NAMES)))
    right = np.full(len(asked), -1)
    names = np.full((len(asked), _CANDIDATES), "", dtype=object)
    for i, question in enumerate(asked):
        found = search(question.text, generation, embedder, limit=_CANDIDATES, weights=Weights())
        for j, hit in enumerate(found.hits):
            evidence[i, j] = [hit.evidence[name] for name in NAMES]
            names[i, j] = hit.name
            if hit.code == question.code:
                right[i] = j
    return Examples(evidence, right, names)


def fit(examples: Examples, start: Matrix) -> Matrix:
    """Climb the likelihood one weight at a time; the first, the name's, stays as the unit."""
    known = examples.some(examples.right >= 0)
    values, best = start, likelihood(known, start, start)
    for _ in range(_ROUNDS):
        for i in range(1, len(start)):
            for moved in _moves(values[i], start[i]):
                tried = values.copy()
                tried[i] = moved
                found = likelihood(known, tried, start)
                if found > best:
                    best, values = found, tried
    return values


def _moves(value: float, start: float) -> list[float]:
    """What a weight may become next; only what began at nothing may turn negative."""
    if start:
        return [value * factor for factor in _FACTORS]
    return [value + added for added in _ADDED]


def values_of(weights: Weights) -> Matrix:
    """The weights as numbers, in the order of `NAMES`."""
    return np.array([getattr(weights, name) for name in NAMES])


def likelihood(examples: Examples, values: Matrix, start: Matrix) -> float:
    """Mean log-probability of the right candidate, less what leads far away from the start.

    The pull keeps words and passages alive for procedures that have no everyday questions.
    """
    scores = _SHARPNESS * examples.scores(values)
    right = scores[np.arange(len(scores)), examples.right]
    found = float(np.mean(right - np.logaddexp.reduce(scores, axis=1)))
    return found - _PULL * _distance(values, start)


def _distance(values: Matrix, start: Matrix) -> float:
    far = np.log(values[start > 0] / start[start > 0])
    return float(np.sum(far**2) + np.sum((values[start == 0] / _SMALL) ** 2))


def _tell(label: str, examples: Examples, weights: Weights) -> None:
    values = values_of(weights)
    known = examples.some(examples.right >= 0)
    first = np.mean(np.argmax(examples.scores(values), axis=1) == examples.right)
    chance = likelihood(known, values, values_of(Weights()))
    sys.stdout.write(f"{label}: {chance:.4f}, hit@1 {first:.3f}, {weights}\n")


@dataclass(frozen=True)
class Proof:
    """How near the best procedure and the nearest other topic are to a question of a kind."""

    kind: str
    procedure: float
    off_topic: float


def _proofs(generation: Generation, reader: IndexReader, weights: Weights) -> list[Proof]:
    texts = {"asked": [question.text for question in asked_of(generation)], **declined_set("dev")}
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
