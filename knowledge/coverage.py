"""How much of what a question says the procedures found say as well.

A question that no procedure is about is often near some: 'cấp lại thẻ cử tri' is near the loss of
an identity card. What sets it apart is the words that stay over. A word counts by its rarity among
procedures, so 'xin' and 'giấy' count for little; shares and rarities do not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.keywords import KeywordIndex
from knowledge.text import folded_words, word_pairs


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


def coverage(question: str, keywords: KeywordIndex, rows: Sequence[int]) -> Coverage:
    """`rows` are the procedures found, the best first."""
    plain = folded_words(question)
    if not plain or not rows:
        return NO_COVERAGE
    words, pairs = list(dict.fromkeys(plain)), list(dict.fromkeys(word_pairs(plain)))
    tokens, few = [*words, *pairs], list(dict.fromkeys(rows))
    rarities, held = keywords.rarities(tokens), keywords.named_by(tokens, few)
    rare, rare_pairs = rarities[: len(words)], rarities[len(words) :]
    said, said_pairs = held[: len(words), 0], held[len(words) :, 0]
    known = np.asarray(held[: len(words)].any(axis=1), dtype=np.bool_)
    lacking = [word for word, is_held in zip(words, known, strict=True) if not is_held]
    known[~known] = keywords.told_by(lacking, few).any(axis=1)
    total = float(rare.sum()) or 1.0
    return Coverage(
        said=round(float(rare[said].sum()), 4),
        said_pairs=round(float(rare_pairs[said_pairs].sum()), 4),
        unsaid_pair=round(float(rare_pairs[~said_pairs].max(initial=0.0)), 4),
        known=round(float(rare[known].sum()) / total, 4),
        unknown=round(float(rare[rare >= 1].sum()) / total, 4),
    )
