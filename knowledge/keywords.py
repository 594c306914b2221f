"""The exact-word index: BM25 over names (with word pairs) and over the whole text of a record.

Folded words find text without diacritics; words as written stand beside them and decide ties.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.procedure import Procedure
from knowledge.text import composed, folded_words, word_pairs, words

Scores = NDArray[np.float32]
_PARTS = ("names", "bodies")
_COMMON = 0.5  # share of records


@dataclass(frozen=True)
class KeywordScores:
    """Scores of every procedure, in the order of the index's codes; 1 is the best of each kind."""

    names: Scores
    bodies: Scores


def name_tokens(text: str) -> list[str]:
    """Folded words, their pairs, and words as written."""
    plain = folded_words(text)
    return [*plain, *word_pairs(plain), *_marked(text)]


def body_tokens(text: str) -> list[str]:
    """Folded words and words as written."""
    return [*folded_words(text), *_marked(text)]


def _marked(text: str) -> list[str]:
    return [word for word in words(composed(text)) if not word.isascii()]


class KeywordIndex:
    """BM25 over procedures; built once a generation, then only read."""

    def __init__(self, names: bm25s.BM25, bodies: bm25s.BM25) -> None:
        self._names = names
        self._bodies = bodies

    @classmethod
    def build(cls, procedures: Sequence[Procedure]) -> KeywordIndex:
        """Index `procedures`; scores come back in their order."""
        names = [name_tokens(" ".join((p.name, *p.aliases))) for p in procedures]
        bodies = [body_tokens(_body(p)) for p in procedures]
        return cls(_indexed(names), _indexed(bodies))

    def scores(self, question: str) -> KeywordScores:
        """How well each procedure's words fit `question`, from 0 to 1."""
        return KeywordScores(
            _relative(self._names, name_tokens(question)),
            _relative(self._bodies, body_tokens(question)),
        )

    def save(self, directory: Path) -> None:
        """Write the index under `directory`."""
        for part, index in zip(_PARTS, (self._names, self._bodies), strict=True):
            index.save(str(directory / part), show_progress=False)

    @classmethod
    def load(cls, directory: Path) -> KeywordIndex:
        """Open what `save` wrote; files stay on disk until they are needed."""
        return cls(*(bm25s.BM25.load(str(directory / p), mmap=True) for p in _PARTS))


def _indexed(tokens: list[list[str]]) -> bm25s.BM25:
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    index.index(tokens or [[""]], show_progress=False)
    return index


def _relative(index: bm25s.BM25, tokens: list[str]) -> Scores:
    known = [token for token in dict.fromkeys(tokens) if _tells(index, token)]
    if not known:
        return np.zeros(index.scores["num_docs"], dtype=np.float32)
    scores = np.asarray(index.get_scores(known), dtype=np.float32)
    top = float(scores.max())
    return scores / top if top > 0 else scores


def _tells(index: bm25s.BM25, token: str) -> bool:
    """Whether a token is known and not so common that it costs time and decides nothing."""
    number = index.vocab_dict.get(token)
    if number is None:
        return False
    ends = index.scores["indptr"]
    count = int(ends[number + 1] - ends[number])
    return count <= _COMMON * max(int(index.scores["num_docs"]), 20)


def _body(procedure: Procedure) -> str:
    """Every text of the record but addresses of pages and hashes."""
    content = procedure.model_dump_json(exclude={"source", "differences"}, exclude_defaults=True)
    return " ".join(_strings(json.loads(content)))


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _strings(inner)]
    return [value] if isinstance(value, str) else []
