"""Question to ranked procedures: vectors and exact words, fused by score, then near twins.

Names are compared exactly; everyday questions, cases and papers through Chroma; words through
BM25. Scores are added with weights that `python -m evals.tune` fits; see docs/benchmarks.md.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from knowledge.coverage import NO_COVERAGE, Coverage, coverage
from knowledge.embedding import Embedder
from knowledge.generation import Generation
from knowledge.passages import OFF_TOPIC
from knowledge.plain_names import bundled_names
from knowledge.twins import level_adjustments, twin_adjustments

_NEIGHBOURS = 120
REACH = 40
_NEARBY = 20
_FEW = 5
_FALL = 15  # a question farther by 1 / 15, a cosine, counts e times less
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


Row = NDArray[np.float32]


KINDS = ("name", "phrase", "passage", "name_words", "body_words", "phrase_words", "votes")
MARKS = ("twins", "level")


@dataclass(frozen=True)
class _Evidence:
    """One row of numbers a kind, one column a procedure."""

    rows: dict[str, Row]
    near: _Near


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
    scores = _fused(evidence, weights)
    count = min(len(scores), max(limit, REACH))
    best = np.argpartition(-scores, count - 1)[:count] if count else np.array([], dtype=int)
    marks = _marks(question, generation, best)
    total = {row: float(scores[row]) + _worth(found, weights) for row, found in marks.items()}
    ranked = sorted(total, key=lambda row: (-total[row], generation.codes[row]))
    order = ranked[:limit]
    told = _told(evidence, order)
    hits = tuple(
        _hit(row, total[row], found | marks[row], evidence.near, generation)
        for row, found in zip(order, told, strict=True)
    )
    near = evidence.near
    elsewhere, here, share = (round(value, 4) for value in _neighbourhood(near))
    return Found(
        hits,
        near.off_topic,
        round(near.off_topic_similarity, 4),
        off_topic_mean=elsewhere,
        nearest_mean=here,
        off_topic_share=share,
        scores={generation.codes[row]: _score(total[row]) for row in ranked},
        cover=partial(coverage, question, generation.keywords, order[:_FEW]),
    )


def _gather(question: str, generation: Generation, embedder: Embedder) -> _Evidence:
    vector = embedder.embed_questions([question])
    name = np.asarray(generation.name_vectors @ vector[0], dtype=np.float32)
    words = generation.keywords.scores(question)
    near = _near_passages(generation, vector)
    size = len(generation.codes)
    phrase, passage = (
        _spread(near.phrases, near.floor, size),
        _spread(near.passages, near.floor, size),
    )
    np.maximum(name, passage, out=name, where=passage > _SAME)
    phrases = words.phrases.copy()
    _stand_in(generation.unphrased, phrase, np.maximum(name, passage))
    _stand_in(generation.unphrased, phrases, words.names)
    votes = _spread(near.votes, 0.0, size)
    rows = (name, phrase, passage, words.names, words.bodies, phrases, votes)
    return _Evidence(dict(zip(KINDS, rows, strict=True)), near)


def _stand_in(unphrased: NDArray[np.bool_], evidence: Row, other: Row) -> None:
    """A procedure that nobody has written phrases for yet is not beaten by having none: what its
    name and record say stands in for them."""
    np.maximum(evidence, other, out=evidence, where=unphrased)


@dataclass
class _Near:
    """By procedure: the best similarity of a phrase, that of any other passage, and the sum of what
    is above `floor`, the farthest neighbour. `everyday` holds what people say, each with whether it
    is about another topic."""

    floor: float
    phrases: dict[int, float] = dataclasses.field(default_factory=dict)
    passages: dict[int, float] = dataclasses.field(default_factory=dict)
    votes: dict[int, float] = dataclasses.field(default_factory=dict)
    paths: dict[int, list[str]] = dataclasses.field(default_factory=dict)
    off_topic: str | None = None
    off_topic_similarity: float = 0.0
    everyday: list[tuple[float, bool]] = dataclasses.field(default_factory=list)

    def add(self, row: int, path: str, similarity: float, *, is_phrase: bool) -> None:
        """One neighbour more. They come nearest first, so the first of a row is its best."""
        (self.phrases if is_phrase else self.passages).setdefault(row, similarity)
        self.votes[row] = self.votes.get(row, 0.0) + similarity - self.floor
        self.paths.setdefault(row, []).append(path)


def _near_passages(generation: Generation, vector: Row) -> _Near:
    """What Chroma finds nearby."""
    count = min(_NEIGHBOURS, generation.manifest.passages)
    nearest = generation.vectors.nearest(vector, count)
    near = _Near(nearest[-1].similarity if nearest else 0.0)
    for id_, similarity in nearest:
        code, path, is_phrase = _place_of(id_)
        is_elsewhere = code.startswith(OFF_TOPIC)
        if is_phrase:
            near.everyday.append((similarity, is_elsewhere))
        if not is_elsewhere:
            near.add(generation.row(code), path, similarity, is_phrase=is_phrase)
        elif near.off_topic is None:
            near.off_topic, near.off_topic_similarity = code[1:], similarity
    return near


def _neighbourhood(near: _Near) -> tuple[float, float, float]:
    """How near the five nearest lines of other topics are, the five nearest of procedures, and what
    part of the nearest questions are off topic, the nearer the more."""
    nearest = near.everyday[:_NEARBY]
    weights = [math.exp(_FALL * (similarity - nearest[0][0])) for similarity, _ in nearest]
    elsewhere = sum(w for w, (_, is_it) in zip(weights, nearest, strict=True) if is_it)
    share = elsewhere / sum(weights) if weights else 0.0
    return _mean_of_few(near, True), _mean_of_few(near, False), share


def _mean_of_few(near: _Near, off_topic: bool) -> float:
    lines = [similarity for similarity, is_it in near.everyday if is_it is off_topic][:_FEW]
    return sum(lines, near.floor * (_FEW - len(lines))) / _FEW


def _spread(found: dict[int, float], rest: float, size: int) -> Row:
    """One number a procedure: what was found, and `rest` for those not among the nearest."""
    row = np.full(size, rest, dtype=np.float32)
    row[list(found)] = list(found.values())
    return row


@lru_cache(maxsize=100_000)
def _place_of(passage: str) -> tuple[str, str, bool]:
    """Code and path of a passage's id, and whether it is an everyday question."""
    code, _, path = passage.partition("|")
    return code, path, path.startswith("questions[")


def _fused(evidence: _Evidence, weights: Weights) -> Row:
    parts = [getattr(weights, kind) * row for kind, row in evidence.rows.items()]
    total: Row = np.sum(parts, axis=0, dtype=np.float32)
    return total


Marks = dict[str, float]


def _marks(question: str, generation: Generation, best: NDArray[np.int64]) -> dict[int, Marks]:
    """What sets each candidate apart from its near twins."""
    rows = [int(i) for i in best]
    twins = twin_adjustments(
        question,
        [generation.names[i] for i in rows],
        [_plain_name(generation.codes[i]) for i in rows],
    )
    levels = level_adjustments(question, [generation.levels[i] for i in rows])
    marks = (dict(zip(MARKS, pair, strict=True)) for pair in zip(twins, levels, strict=True))
    return dict(zip(rows, marks, strict=True))


def _plain_name(code: str) -> str:
    name = bundled_names().get(code)
    return name.vi if name else ""


def _worth(marks: Marks, weights: Weights) -> float:
    return weights.twins * marks["twins"] + weights.level * marks["level"]


def _score(total: float) -> float:
    return round(total, 4)


def _told(evidence: _Evidence, order: list[int]) -> list[dict[str, float]]:
    """The evidence of the procedures in `order`, rounded for reading."""
    table = np.array([evidence.rows[kind][order] for kind in KINDS], dtype=np.float64)
    return [dict(zip(KINDS, column, strict=True)) for column in np.round(table, 4).T.tolist()]


def _hit(
    row: int, score: float, evidence: dict[str, float], near: _Near, generation: Generation
) -> Hit:
    return Hit(
        code=generation.codes[row],
        name=generation.names[row],
        field=generation.fields[row],
        score=_score(score),
        similarity=max(evidence["name"], evidence["phrase"]),
        evidence=evidence,
        passages=tuple(near.paths.get(row, ())[:5]),
        levels=generation.levels[row],
    )
