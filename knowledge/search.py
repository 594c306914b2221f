"""Question to ranked procedures: vectors and exact words, fused by score, then near twins.

Names are compared exactly; everyday questions, cases and papers through Chroma; words through
BM25. Scores are added with weights that `python -m evals.tune` fits; see docs/benchmarks.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from knowledge.coverage import NO_COVERAGE, Coverage, coverage
from knowledge.embedding import Embedder
from knowledge.generation import Generation
from knowledge.nearby import Near, Row
from knowledge.twins import level_adjustments, twin_adjustments

_NEIGHBOURS = 120
REACH = 40
_FEW = 5
_SAME = 0.98  # an alias or the English name, said word for word


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence counts."""

    name: float = 1.0
    phrase: float = 0.55
    passage: float = 0.15
    name_words: float = 0.25
    body_words: float = 0.10
    phrase_words: float = 0.20
    votes: float = 0.05
    twins: float = 1.0
    level: float = 0.04


@dataclass(frozen=True)
class Hit:
    """A procedure and why it was found. `score` is comparable within one question only."""

    code: str
    name: str
    field: str
    score: float
    similarity: float
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)
    passages: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a search found: procedures, best first, and the nearest topic that is none of them.

    `off_topic_mean` is how near the five nearest lines of other topics are, `nearest_mean` how near
    those of procedures, `off_topic_share` what part of the neighbourhood is off topic.
    `scores` has what each of the `REACH` nearest is worth, those beyond the hits too. `degraded` is
    set when only exact words could be searched. `cover` reckons `coverage`, which few ask for.
    """

    hits: tuple[Hit, ...]
    off_topic: str | None = None
    off_topic_similarity: float = 0.0
    off_topic_mean: float = 0.0
    nearest_mean: float = 0.0
    off_topic_share: float = 0.0
    degraded: str | None = None
    scores: Mapping[str, float] = dataclasses.field(default_factory=dict)
    cover: Callable[[], Coverage] = dataclasses.field(
        default=lambda: NO_COVERAGE, compare=False, repr=False
    )

    @cached_property
    def coverage(self) -> Coverage:
        """How much of the question's words the first procedures say."""
        return self.cover()


KINDS = ("name", "phrase", "passage", "name_words", "body_words", "phrase_words", "votes")
MARKS = ("twins", "level")


@dataclass(frozen=True)
class _Evidence:
    """One row of numbers a kind, one column a procedure."""

    table: Row
    near: Near


# A procedure in the running: its loss, which is its score with the other sign, its code, its row,
# its score for reading, and what twins and levels add to it. The smallest comes first: the greatest
# score, and of equal ones the first code.
_Candidate = tuple[float, str, int, float, float, float]


def search(
    question: str,
    generation: Generation,
    embedder: Embedder,
    *,
    limit: int = 10,
    weights: Weights,
) -> Found:
    """The best procedures for `question`, best first; never more than `limit`."""
    evidence = _gather(question, generation, embedder)
    ranked = _ranked(question, generation, _fused(evidence, weights), weights, limit)
    off_topic, off_topic_similarity = evidence.near.off_topic()
    elsewhere, here, share = evidence.near.neighbourhood()
    first = [row for _, _, row, _, _, _ in ranked[: min(limit, _FEW)]]
    return Found(
        _hits(ranked[:limit], evidence, generation),
        off_topic,
        round(off_topic_similarity, 4),
        off_topic_mean=round(elsewhere, 4),
        nearest_mean=round(here, 4),
        off_topic_share=round(share, 4),
        scores={code: score for _, code, _, score, _, _ in ranked},
        cover=partial(coverage, question, generation.keywords, first),
    )


def _gather(question: str, generation: Generation, embedder: Embedder) -> _Evidence:
    vector = embedder.embed_questions([question])
    words = generation.keywords.scores(question)
    count = min(_NEIGHBOURS, generation.manifest.passages)
    near = Near.of(generation.vectors.nearest(vector, count), generation.places)
    table = np.empty((len(KINDS), len(generation.codes)), dtype=np.float32)
    name, phrase, passage, name_words, body_words, phrase_words, votes = table
    name[:] = generation.name_vectors @ vector[0]
    near.best(phrase, phrases=True)
    near.best(passage, phrases=False)
    if near.top > _SAME:
        np.maximum(name, passage, out=name, where=passage > _SAME)
    name_words[:], body_words[:], phrase_words[:] = words.names, words.bodies, words.phrases
    if generation.has_unphrased:
        _stand_in(generation.unphrased, phrase, np.maximum(name, passage))
        _stand_in(generation.unphrased, phrase_words, name_words)
    near.votes(votes)
    return _Evidence(table, near)


def _stand_in(unphrased: NDArray[np.bool_], evidence: Row, other: Row) -> None:
    """A procedure that nobody has written phrases for yet is not beaten by having none: what its
    name and record say stands in for them."""
    np.maximum(evidence, other, out=evidence, where=unphrased)


def _fused(evidence: _Evidence, weights: Weights) -> Row:
    total: Row = np.add.reduce(evidence.table * _column(weights), axis=0)
    return total


@lru_cache(maxsize=64)
def _column(weights: Weights) -> Row:
    """The weights of the kinds, one under the other."""
    column = np.array([[getattr(weights, kind)] for kind in KINDS], dtype=np.float32)
    column.setflags(write=False)
    return column


def _ranked(
    question: str, generation: Generation, scores: Row, weights: Weights, limit: int
) -> list[_Candidate]:
    """The candidates, best first, by what they score and what sets each apart from its twins."""
    count = min(len(scores), max(limit, REACH))
    if not count:
        return []
    best = np.argpartition(-scores, count - 1)[:count]
    rows = best.tolist()
    twins = twin_adjustments(question, list(map(generation.titles.__getitem__, rows)))
    levels = level_adjustments(question, [generation.levels[row] for row in rows])
    totals = [
        score + (weights.twins * twin + weights.level * level)
        for score, twin, level in zip(scores[best].tolist(), twins, levels, strict=True)
    ]
    losses, codes = [-total for total in totals], [generation.codes[row] for row in rows]
    told = np.round(np.array(totals), 4).tolist()
    return sorted(zip(losses, codes, rows, told, twins, levels, strict=True))


def _hits(
    ranked: Sequence[_Candidate], evidence: _Evidence, generation: Generation
) -> tuple[Hit, ...]:
    rows = [row for _, _, row, _, _, _ in ranked]
    paths = evidence.near.paths(rows, _FEW)
    told = np.round(evidence.table[:, rows].astype(np.float64), 4).T.tolist()
    return tuple(
        _hit(one, dict(zip(KINDS, column, strict=True)), paths[one[2]], generation)
        for one, column in zip(ranked, told, strict=True)
    )


def _hit(
    one: _Candidate, evidence: dict[str, float], paths: tuple[str, ...], generation: Generation
) -> Hit:
    _, code, row, score, twins, level = one
    similarity = max(evidence["name"], evidence["phrase"])
    return Hit(
        code=code,
        name=generation.names[row],
        field=generation.fields[row],
        score=score,
        similarity=similarity,
        evidence=evidence | {"twins": twins, "level": level},
        passages=paths,
        levels=generation.levels[row],
    )
