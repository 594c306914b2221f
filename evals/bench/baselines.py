"""What others would build, on the same questions: exact words, and the usual LangChain recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evals.bench.questions import Ranker
from knowledge.embedding import Embedder
from knowledge.keywords import KeywordIndex
from knowledge.procedure import Procedure
from knowledge.vectors import VectorCollection


def exact_words(procedures: Sequence[Procedure]) -> Ranker:
    """BM25 over the whole text of each record, marks as written and folded."""
    index = KeywordIndex.build(procedures)

    def rank(question: str) -> list[str]:
        order = np.argsort(-index.scores(question).bodies, kind="stable")[:10]
        return [procedures[int(i)].code for i in order]

    return rank


def usual_recipe(procedures: Sequence[Procedure], embedder: Embedder, directory: Path) -> Ranker:
    """LangChain's splitter, 1,000 characters a chunk; the same embedder; Chroma; the top chunks."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    chunks = [
        (f"{procedure.code}|{n}", chunk)
        for procedure in procedures
        for n, chunk in enumerate(splitter.split_text(full_text(procedure)))
    ]
    collection = VectorCollection.create("usual", directory, None)
    ids, texts = zip(*chunks, strict=True)
    collection.add(ids, embedder.embed_passages(texts), [{"part": "chunk"}] * len(ids))

    def rank(question: str) -> list[str]:
        vector = embedder.embed_questions([question])
        found = collection.nearest(vector, 50)
        return list(dict.fromkeys(id_.partition("|")[0] for id_ in found.ids))

    return rank


def full_text(procedure: Procedure) -> str:
    """The record as running text, as one would paste it into a document loader."""
    papers = [requirement.name for _, _, requirement in procedure.requirements()]
    parts = [procedure.name, procedure.field, *procedure.steps, *papers, *procedure.conditions]
    return "\n".join([*parts, *procedure.results])
