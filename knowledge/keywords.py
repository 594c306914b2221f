"""The exact-word index: BM25 over names, over everyday questions, and over the whole record.

Folded words find text without diacritics; words as written stand beside them and decide ties.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.procedure import Procedure
from knowledge.text import composed, folded_words, word_pairs, words

Scores = NDArray[np.float32]
_PARTS = ("names", "bodies", "phrases")
_COMMON = 0.5  # share of records
_LONGEST_BODY = 6000  # characters


@dataclass(frozen=True)
class KeywordScores:
    """Scores of every procedure, in the order of the index's codes; 1 is the best of each kind."""

    names: Scores
    bodies: Scores
    phrases: Scores


def name_tokens(text: str) -> list[str]:
    """Folded words, their pairs, and words as written."""
    plain = folded_words(text)
    return [*plain, *word_pairs(plain), *_marked(text)]


def body_tokens(text: str) -> list[str]:
    """Folded words and words as written."""
    return [*folded_words(text), *_marked(text)]


def _marked(text: str) -> list[str]:
    return [word for word in words(composed(text)) if not word.isascii()]


def _folded_tokens(text: str) -> list[str]:
    plain = folded_words(text)
    return [*plain, *word_pairs(plain)]


def _phrase_tokens(procedure: Procedure, questions: Sequence[str]) -> list[str]:
    """What people call it, line by line: a pair of words does not span two lines."""
    lines = filter(None, (*questions, *procedure.aliases, procedure.english_name))
    return [token for line in lines for token in _folded_tokens(line)]


class KeywordIndex:
    """BM25 over procedures; built once a generation, then only read."""

    def __init__(self, names: bm25s.BM25, bodies: bm25s.BM25, phrases: bm25s.BM25) -> None:
        self._names = names
        self._bodies = bodies
        self._phrases = phrases

    @classmethod
    def build(
        cls, procedures: Iterable[Procedure], questions: Mapping[str, Sequence[str]] | None = None
    ) -> KeywordIndex:
        """Index `procedures`, read once, and everyday `questions` by code; scores come back in
        the order of the procedures."""
        names, bodies, phrases = _Tokens(), _Tokens(), _Tokens()
        for procedure in procedures:
            names.add(name_tokens(" ".join((procedure.name, *procedure.aliases))))
            bodies.add(body_tokens(_body(procedure)))
            phrases.add(_phrase_tokens(procedure, (questions or {}).get(procedure.code, ())))
        return cls(names.indexed(), bodies.indexed(), phrases.indexed())

    def scores(self, question: str) -> KeywordScores:
        """How well each procedure's words fit `question`, from 0 to 1."""
        return KeywordScores(
            _relative(self._names, name_tokens(question)),
            _relative(self._bodies, body_tokens(question)),
            _relative(self._phrases, _folded_tokens(question)),
        )

    @property
    def _indexes(self) -> tuple[bm25s.BM25, ...]:
        return self._names, self._bodies, self._phrases

    def save(self, directory: Path) -> None:
        """Write the index under `directory`."""
        for part, index in zip(_PARTS, self._indexes, strict=True):
            index.save(str(directory / part), show_progress=False)

    @classmethod
    def load(cls, directory: Path) -> KeywordIndex:
        """Open what `save` wrote; files stay on disk until they are needed."""
        return cls(*(_opened(directory / part) for part in _PARTS))


def _opened(path: Path) -> bm25s.BM25:
    """Mapped into memory; plain arrays over the map, because slicing the map's own costs more than
    reading what it holds."""
    index = bm25s.BM25.load(str(path), mmap=True)
    index.scores = {
        name: np.asarray(value) if isinstance(value, np.memmap) else value
        for name, value in index.scores.items()
    }
    return index


class _Tokens:
    """Documents as numbers: a province's texts as words would not fit in memory."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._documents: list[array[int]] = []

    def add(self, tokens: list[str]) -> None:
        number = self._vocabulary.setdefault
        ids = (number(token, len(self._vocabulary)) for token in tokens or [""])
        self._documents.append(array("i", ids))

    def indexed(self) -> bm25s.BM25:
        if not self._documents:
            self.add([])
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
        tokenized = bm25s.tokenization.Tokenized(self._documents, self._vocabulary)
        index.index(tokenized, show_progress=False)
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
    """What the record says, papers before steps; the end of very long records is left out."""
    papers = [paper.name for _, _, paper in procedure.requirements()]
    cases = [case.name for case in procedure.cases]
    law = [" ".join(filter(None, (d.title, d.number))) for d in procedure.legal_basis]
    parts = [procedure.name, procedure.summary, procedure.field, procedure.agency]
    parts += [*procedure.results, *procedure.subjects, *cases, *papers, *procedure.conditions]
    parts += [*procedure.steps, *procedure.notes, *law]
    return " ".join(filter(None, parts))[:_LONGEST_BODY]
