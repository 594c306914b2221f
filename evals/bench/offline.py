"""A generation in memory, its vectors scanned exactly: what comparing many models takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embedding import Embedder, Vectors
from knowledge.generation import SCHEMA, Generation, Manifest
from knowledge.keywords import KeywordIndex
from knowledge.passages import off_topic_passages, passages_of
from knowledge.phrasebook import Phrasebook
from knowledge.procedure import Procedure
from knowledge.vectors import Nearest, VectorCollection


class ExactVectors(VectorCollection):
    """The same answers as Chroma gives, less what its graph misses."""

    def __init__(self, ids: Sequence[str], rows: Vectors) -> None:
        super().__init__("exact", Path(), None)
        self._ids = ids
        self._rows = rows

    def count(self) -> int:
        """How many vectors there are."""
        return len(self._ids)

    def nearest(self, vector: Vectors, count: int) -> Nearest:
        """The `count` ids nearest to one vector, nearest first."""
        scores = self._rows @ vector.reshape(-1)
        best = np.argpartition(-scores, count - 1)[:count]
        order = best[np.argsort(-scores[best], kind="stable")]
        return Nearest([self._ids[i] for i in order], scores[order].astype(np.float64))


@dataclass(frozen=True)
class Corpus:
    """What is searched: the procedures, what people call them, and the words of both."""

    procedures: Sequence[Procedure]
    phrasebook: Phrasebook
    keywords: KeywordIndex

    @classmethod
    def of(cls, procedures: Sequence[Procedure], phrasebook: Phrasebook) -> Corpus:
        """Index the words once; only the vectors differ from model to model."""
        keywords = KeywordIndex.build(procedures, phrasebook.lines)
        return cls(procedures, phrasebook, keywords)


def generation_of(corpus: Corpus, embedder: Embedder) -> Generation:
    """The corpus as `embedder` sees it."""
    questions = corpus.phrasebook.questions_of
    passages = [p for x in corpus.procedures for p in passages_of(x, questions(x.code))]
    passages += off_topic_passages(corpus.phrasebook.off_topic)
    names = [procedure.name for procedure in corpus.procedures]
    rows = embedder.embed_passages([passage.text for passage in passages])
    return Generation(
        manifest=_manifest(embedder, len(names), len(passages)),
        codes=tuple(procedure.code for procedure in corpus.procedures),
        names=tuple(names),
        levels=tuple(tuple(procedure.levels) for procedure in corpus.procedures),
        fields=tuple(procedure.field for procedure in corpus.procedures),
        unphrased=np.array([not questions(x.code) for x in corpus.procedures], dtype=bool),
        name_vectors=embedder.embed_passages(names),
        keywords=corpus.keywords,
        vectors=ExactVectors([passage.id for passage in passages], rows),
    )


def _manifest(embedder: Embedder, procedures: int, passages: int) -> Manifest:
    return Manifest(
        schema=SCHEMA,
        id="offline",
        created_at="",
        model=embedder.name,
        model_fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        corpus="",
        procedures=procedures,
        passages=passages,
        collection="",
        sample=(),
        libraries={},
        files={},
    )
