"""How much the words of a question are those of things that no stored procedure is about.

Linear models over words, with and without marks, and pairs of neighbouring words: what the
phrasebook's questions say against what the lines of off_topic*.yaml say, of all topics together and
of a few alone.
`python -m evals.tune_scope` fits them; the weights are stored with the embedding model.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelError
from knowledge.text import folded_words, marked_words, word_pairs

FILE = "scope.npz"
OUTSIDE = "outside"
BUCKETS = 1 << 16


@lru_cache(maxsize=512)
def buckets(text: str) -> tuple[int, ...]:
    """The numbers of its words and word pairs, and of its words as marked, which tell 'khống' from
    'không'; each once, and the same on every machine. Several steps of an answer ask for those of
    one question."""
    plain = folded_words(text)
    marked = (f"'{word}" for word in marked_words(text))
    tokens = dict.fromkeys([*plain, *word_pairs(plain), *marked])
    return tuple(dict.fromkeys(zlib.crc32(token.encode()) % BUCKETS for token in tokens))


@dataclass(frozen=True)
class ScopeWords:
    """One row of weights a kind, one weight a bucket: OUTSIDE for other topics of any kind, and
    rows for kinds that are told apart by words alone. What is positive speaks for the kind."""

    kinds: tuple[str, ...]
    weights: NDArray[np.float16]
    biases: NDArray[np.float64]

    def scores(self, text: str) -> dict[str, float]:
        """By kind, above 0 when the words are rather those of it; nothing for no words."""
        found = buckets(text)
        if not found:
            return dict.fromkeys(self.kinds, 0.0)
        totals = self.weights[:, list(found)].astype(np.float64).sum(axis=1)
        values = totals / math.sqrt(len(found)) + self.biases
        return dict(zip(self.kinds, map(float, values), strict=True))

    def save(self, directory: Path) -> None:
        """Write it beside a model."""
        np.savez_compressed(
            directory / FILE, kinds=self.kinds, weights=self.weights, biases=self.biases
        )


def load_scope(directory: Path) -> ScopeWords | None:
    """What stands beside the model in `directory`; None for a model without; raises ModelError
    when the file is damaged."""
    file = directory / FILE
    if not file.is_file():
        return None
    try:
        with np.load(file) as stored:
            kinds = tuple(map(str, stored["kinds"]))
            known = ScopeWords(kinds, stored["weights"], stored["biases"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{file}: the file is damaged ({error})") from error
    if known.weights.shape != (len(kinds), BUCKETS) or OUTSIDE not in kinds:
        raise ModelError(f"{file}: weights of shape {known.weights.shape} do not fit")
    return known
