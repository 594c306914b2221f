"""A second look at the best twenty: the words that only some of their titles hold.

Measured by `evals.bench.training_choices`; search does without it, see docs/decisions.

A word that all the candidates share decides nothing, however rare it is elsewhere; one that a
single title has decides much, when the question says it and when it does not.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evals.bench.questions import Asked
from evals.tune import Examples
from knowledge.embedding import trigrams
from knowledge.text import folded_words

# Single letters stay: 'v' and 'x' are chat spelling more often than five and ten.
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_SHORT = 5  # trigrams; keeps a title of two words from being covered by chance


@dataclass(frozen=True)
class Telling:
    """How a question fits one title among its rivals.

    `said` is the weight of the telling words that the question says, `covered` their share of all
    that tell the title apart, `letters` the share of its trigrams, which survives misspelling.
    """

    said: float
    covered: float
    letters: float


def with_telling_words(asked: Sequence[Asked], examples: Examples) -> Examples:
    """The examples with three more kinds of evidence."""
    added = np.zeros((*examples.names.shape, 3))
    for i, question in enumerate(asked):
        names = [str(name) for name in examples.names[i] if name]
        rows = [(t.said, t.covered, t.letters) for t in telling_words(question.text, names)]
        added[i, : len(rows)] = np.array(rows).reshape(-1, 3)
    evidence = np.concatenate([examples.evidence, added], axis=2)
    return dataclasses.replace(examples, evidence=evidence)


def telling_words(question: str, names: Sequence[str]) -> list[Telling]:
    """One `Telling` for each of the candidates' names."""
    asked = _words(question)
    letters = _letters(asked)
    titles = [_title(name) for name in names]
    holders = Counter(word for title in titles for word in title.words)
    weight = {word: math.log((len(names) + 1) / count) for word, count in holders.items()}
    return [_telling(title, asked, letters, weight) for title in titles]


@dataclass(frozen=True)
class _Title:
    words: frozenset[str]
    letters: frozenset[str]


@lru_cache(maxsize=200_000)
def _title(name: str) -> _Title:
    """Titles recur in every search."""
    found = _words(name)
    return _Title(found, _letters(found))


def _words(text: str) -> frozenset[str]:
    return frozenset(_ROMAN.get(word, word) for word in folded_words(text))


def _letters(found: frozenset[str]) -> frozenset[str]:
    return frozenset(trigram for word in found for trigram in trigrams(word))


def _telling(
    title: _Title, asked: frozenset[str], letters: frozenset[str], weight: dict[str, float]
) -> Telling:
    # In order of spelling: a sum over a set would differ in its last digit from run to run.
    said = sum(weight[word] for word in sorted(title.words & asked))
    total = sum(weight[word] for word in sorted(title.words))
    shared = len(title.letters & letters) / (len(title.letters) + _SHORT)
    return Telling(said, said / total if total else 0.0, shared)
