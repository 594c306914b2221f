"""How much of what a question says the procedures found say as well.

A question that no procedure is about is often near some: 'cấp lại thẻ cử tri' is near the loss of
an identity card. What sets it apart is the words that stay over. A word counts by its rarity among
procedures, so 'xin' and 'giấy' count for little; shares and rarities do not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.keywords import KeywordIndex
from knowledge.text import folded_words, word_pairs

Held = NDArray[np.bool_]


@dataclass(frozen=True)
class Coverage:
    """`said` and `said_pairs` add up the rarities of words and of pairs of neighbours that the
    names and questions of the first procedure hold; `unsaid_pair` is the rarest pair that they
    lack. `known` is the share of words that a name, question or record of any procedure found
    holds, `unknown` the share that no name or question of the corpus holds."""

    said: float = 0.0
    said_pairs: float = 0.0
    unsaid_pair: float = 0.0
    known: float = 0.0
    unknown: float = 0.0


NO_COVERAGE = Coverage()


@dataclass(frozen=True)
class _Word:
    """Its rarity, from 0 to 1, and which of the procedures found hold it in names and questions."""

    rarity: float
    held: Held


def coverage(question: str, keywords: KeywordIndex, rows: Sequence[int]) -> Coverage:
    """`rows` are the procedures found, the best first."""
    plain = folded_words(question)
    if not plain or not rows:
        return NO_COVERAGE
    found = np.asarray(rows)
    words = {token: _word(keywords, token, found) for token in dict.fromkeys(plain)}
    pairs = [_word(keywords, pair, found) for pair in dict.fromkeys(word_pairs(plain))]
    total = sum(word.rarity for word in words.values()) or 1.0
    known = _sum(words, lambda token, word: _is_known(keywords, token, word, found))
    return Coverage(
        said=round(sum(word.rarity for word in words.values() if word.held[0]), 4),
        said_pairs=round(sum(pair.rarity for pair in pairs if pair.held[0]), 4),
        unsaid_pair=round(max((p.rarity for p in pairs if not p.held[0]), default=0.0), 4),
        known=round(known / total, 4),
        unknown=round(_sum(words, lambda _, word: word.rarity >= 1) / total, 4),
    )


def _word(keywords: KeywordIndex, token: str, found: NDArray[np.intp]) -> _Word:
    held = keywords.named_by(token)
    count, size = int(held.sum()), len(held)
    return _Word(1 - float(np.log1p(count) / np.log1p(size)), held[found])


def _sum(words: dict[str, _Word], counts: Callable[[str, _Word], bool]) -> float:
    return sum(word.rarity for token, word in words.items() if counts(token, word))


def _is_known(keywords: KeywordIndex, token: str, word: _Word, found: NDArray[np.intp]) -> bool:
    return bool(word.held.any() or keywords.told_by(token)[found].any())
