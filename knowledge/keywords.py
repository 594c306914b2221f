"""The exact-word index: BM25 over names, over everyday questions, and over the whole record.

Folded words find text without diacritics; words as written stand beside them and decide ties.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.abbreviations import spelled_out
from knowledge.procedure import Procedure
from knowledge.text import folded_words, marked_words, word_pairs

Scores = NDArray[np.float32]
_PARTS = ("names", "bodies", "phrases")
_COMMON = 0.5  # share of records
_KEPT = 8192  # words of which each table remembers where they stand
_FEW = 100  # records that a small number tells apart
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
    return [*plain, *word_pairs(plain), *marked_words(text)]


def body_tokens(text: str) -> list[str]:
    """Folded words and words as written."""
    return [*folded_words(text), *marked_words(text)]


def _folded_tokens(text: str) -> list[str]:
    plain = folded_words(text)
    return [*plain, *word_pairs(plain)]


def _phrase_tokens(procedure: Procedure, questions: Sequence[str]) -> list[str]:
    """What people call it, line by line: a pair of words does not span two lines."""
    lines = filter(None, (*questions, *procedure.aliases, procedure.english_name))
    return [token for line in lines for token in _folded_tokens(line)]


class KeywordIndex:
    """BM25 over procedures; built once a generation, then only read."""

    def __init__(self, names: WordTable, bodies: WordTable, phrases: WordTable) -> None:
        self._parts = names, bodies, phrases
        self._rarity = lru_cache(maxsize=_KEPT)(self._rarity_of)

    @classmethod
    def build(
        cls, procedures: Iterable[Procedure], questions: Mapping[str, Sequence[str]] | None = None
    ) -> KeywordIndex:
        """Index `procedures`, read once, and everyday `questions` by code; scores come back in
        the order of the procedures."""
        names, bodies, phrases = _Tokens(), _Tokens(), _Tokens()
        for procedure in procedures:
            names.add(name_tokens(spelled_out(" ".join((procedure.name, *procedure.aliases)))))
            bodies.add(body_tokens(_body(procedure)))
            phrases.add(_phrase_tokens(procedure, (questions or {}).get(procedure.code, ())))
        return cls(names.indexed(), bodies.indexed(), phrases.indexed())

    def scores(self, question: str) -> KeywordScores:
        """How well each procedure's words fit `question`, from 0 to 1."""
        names, bodies, phrases = self._parts
        plain, marked = folded_words(question), marked_words(question)
        with_pairs = [*plain, *word_pairs(plain)]
        return KeywordScores(
            names.relative(name_tokens(spelled_out(question))),
            bodies.relative([*plain, *marked]),
            phrases.relative(with_pairs),
        )

    def named_by(self, tokens: Sequence[str], rows: Sequence[int]) -> NDArray[np.bool_]:
        """(tokens, rows): whether the name or an everyday question of the procedure in that row
        of the index holds the token."""
        names, _, phrases = self._parts
        return _held((names, phrases), tokens, rows)

    def told_by(self, tokens: Sequence[str], rows: Sequence[int]) -> NDArray[np.bool_]:
        """(tokens, rows): whether the record holds the token."""
        return _held((self._parts[1],), tokens, rows)

    def rarities(self, tokens: Sequence[str]) -> NDArray[np.float64]:
        """Of each token, from 0, which the names or everyday questions of all procedures hold, to
        1, which none holds. Remembered, because questions share most of their words."""
        return np.array([self._rarity(token) for token in tokens], dtype=np.float64)

    def _rarity_of(self, token: str) -> float:
        names, _, phrases = self._parts
        holding = np.zeros(names.count, dtype=np.bool_)
        for table in (names, phrases):
            holding[table.holders(token)] = True
        return 1 - math.log1p(np.count_nonzero(holding)) / math.log1p(names.count)

    def save(self, directory: Path) -> None:
        """Write the index under `directory`."""
        for part, table in zip(_PARTS, self._parts, strict=True):
            table.save(directory / part)

    @classmethod
    def load(cls, directory: Path) -> KeywordIndex:
        """Open what `save` wrote; the numbers stay on disk until they are needed."""
        return cls(*(WordTable.load(directory / part) for part in _PARTS))


class _Tokens:
    """Documents as numbers: a province's texts as words would not fit in memory."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._documents: list[array[int]] = []

    def add(self, tokens: list[str]) -> None:
        number = self._vocabulary.setdefault
        ids = (number(token, len(self._vocabulary)) for token in tokens or [""])
        self._documents.append(array("i", ids))

    def indexed(self) -> WordTable:
        import bm25s  # loads SciPy, which nobody needs who only asks

        if not self._documents:
            self.add([])
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
        tokenized = bm25s.tokenization.Tokenized(self._documents, self._vocabulary)
        index.index(tokenized, show_progress=False)
        found = index.scores
        return WordTable(
            index.vocab_dict,
            records=np.asarray(found["indices"], dtype=np.int32),
            weights=np.asarray(found["data"], dtype=np.float32),
            ends=np.asarray(found["indptr"], dtype=np.int64),
            count=int(found["num_docs"]),
        )


class WordTable:
    """What BM25 gives each word of each record, as bm25s computed it: one column a word.

    Remembers which words tell, because questions share most of theirs.
    """

    def __init__(
        self,
        vocabulary: dict[str, int],
        *,
        records: NDArray[np.int32],
        weights: Scores,
        ends: NDArray[np.int64],
        count: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._records = records
        self._weights = weights
        self._ends = ends
        self.count = count
        self._span = lru_cache(maxsize=_KEPT)(self._span_of)
        self._telling_span = lru_cache(maxsize=_KEPT)(self._telling_span_of)

    def relative(self, tokens: list[str]) -> Scores:
        """Scores of all records, 1 for the best; all 0 when no token tells."""
        relative = np.zeros(self.count, dtype=np.float32)
        spans = [span for token in dict.fromkeys(tokens) if (span := self._telling_span(token))]
        if spans:
            scores = self._summed(spans)
            top = float(scores.max())
            np.divide(scores, top if top > 0 else 1, out=relative, casting="same_kind")
        return relative

    def holders(self, token: str) -> NDArray[np.int32]:
        """The records that hold the token."""
        span = self._span(token)
        return self._records[span] if span else self._records[:0]

    def save(self, directory: Path) -> None:
        """Write the table under `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        np.save(directory / "records.npy", self._records)
        np.save(directory / "weights.npy", self._weights)
        np.save(directory / "ends.npy", self._ends)
        kept = {"count": self.count, "words": self._vocabulary}
        text = json.dumps(kept, ensure_ascii=False)
        (directory / "words.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> WordTable:
        """Mapped into memory; plain arrays over the map, because slicing the map's own costs more
        than reading what it holds. Raises OSError or ValueError for what is not whole."""
        kept = json.loads((directory / "words.json").read_text(encoding="utf-8"))
        records, weights, ends = (
            np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r"))
            for name in ("records", "weights", "ends")
        )
        words_, count = kept["words"], kept["count"]
        return cls(words_, records=records, weights=weights, ends=ends, count=count)

    def _summed(self, spans: list[slice]) -> NDArray[np.float64]:
        records = np.concatenate([self._records[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        return np.asarray(np.bincount(records, weights, self.count), dtype=np.float64)

    def _span_of(self, token: str) -> slice | None:
        """Where the token's column lies; None when it is unknown."""
        number = self._vocabulary.get(token)
        if number is None:
            return None
        return slice(int(self._ends[number]), int(self._ends[number + 1]))

    def _telling_span_of(self, token: str) -> slice | None:
        """The same; None also when it is so common that it costs time and decides nothing."""
        span = self._span(token)
        is_telling = span and span.stop - span.start <= _COMMON * max(self.count, 20)
        return span if is_telling else None


def _held(
    tables: Sequence[WordTable], tokens: Sequence[str], rows: Sequence[int]
) -> NDArray[np.bool_]:
    """(tokens, rows): whether one of `tables` has the token, however common, in that record."""
    mask = np.zeros((len(tokens), len(rows)), dtype=np.bool_)
    numbered = ((n, table.holders(token)) for n, token in enumerate(tokens) for table in tables)
    columns = [(n, column) for n, column in numbered if len(column)]
    if not columns:
        return mask
    wanted = np.zeros(tables[0].count, dtype=np.int8 if len(rows) < _FEW else np.int32)
    wanted[list(rows)] = range(1, len(rows) + 1)
    found = wanted[np.concatenate([column for _, column in columns])]
    places = found.nonzero()[0]
    ends = np.add.accumulate([len(column) for _, column in columns])
    held = np.array([n for n, _ in columns])[ends.searchsorted(places, side="right")]
    mask[held, found[places] - 1] = True
    return mask


def _body(procedure: Procedure) -> str:
    """What the record says, papers before steps; the end of very long records is left out."""
    papers = [paper.name for _, _, paper in procedure.requirements()]
    cases = [case.name for case in procedure.cases]
    law = [" ".join(filter(None, (d.title, d.number))) for d in procedure.legal_basis]
    parts = [procedure.name, procedure.summary, procedure.field, procedure.agency]
    parts += [*procedure.results, *procedure.subjects, *cases, *papers, *procedure.conditions]
    parts += [*procedure.steps, *procedure.notes, *law]
    return " ".join(filter(None, parts))[:_LONGEST_BODY]
