"""How much the words of a question are those of things that no stored procedure is about.

A linear model over folded words and pairs of neighbouring words: what the phrasebook's questions
say against what the lines of off_topic.yaml say. `python -m evals.tune_scope` fits it; its weights
are stored with the embedding model.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelError
from knowledge.text import folded_words, word_pairs

FILE = "scope.npz"
BUCKETS = 1 << 16


def buckets(text: str) -> list[int]:
    """The numbers of its words and word pairs, each once; the same on every machine."""
    plain = folded_words(text)
    tokens = dict.fromkeys([*plain, *word_pairs(plain)])
    return list(dict.fromkeys(zlib.crc32(token.encode()) % BUCKETS for token in tokens))


@dataclass(frozen=True)
class ScopeWords:
    """One weight a bucket; what is positive speaks for another topic."""

    weights: NDArray[np.float16]
    bias: float

    def score(self, text: str) -> float:
        """Above 0 when the words are rather those of other topics; nothing for no words."""
        found = buckets(text)
        if not found:
            return 0.0
        total = float(self.weights[found].astype(np.float64).sum())
        return total / math.sqrt(len(found)) + self.bias

    def save(self, directory: Path) -> None:
        """Write it beside a model."""
        np.savez_compressed(directory / FILE, weights=self.weights, bias=np.float64(self.bias))


def load_scope(directory: Path) -> ScopeWords | None:
    """What stands beside the model in `directory`; None for a model without; raises ModelError
    when the file is damaged."""
    file = directory / FILE
    if not file.is_file():
        return None
    try:
        with np.load(file) as stored:
            words = ScopeWords(stored["weights"], float(stored["bias"]))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{file}: the file is damaged ({error})") from error
    if words.weights.shape != (BUCKETS,):
        raise ModelError(f"{file}: {words.weights.shape} weights, not {BUCKETS}")
    return words
