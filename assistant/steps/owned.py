"""Owned: whose a thing is, and that something is the matter with it.

'Hộ chiếu của bà ngoại có trục trặc' names a paper that somebody has; what is to be done with it,
neither says. `owned.yaml` lists how people say both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from assistant.steps.patterns import patterns_of
from knowledge.text import folded, words


@lru_cache(maxsize=4096)
def without_owner(text: str) -> str:
    """The words as written without those that say whose it is or that something is the matter."""
    written = words(text)
    plain = [folded(word) for word in written]
    starts = accumulate((len(word) + 1 for word in plain), initial=0)
    covered = list(_spans(" ".join(plain)))
    left = zip(written, starts, strict=False)
    return " ".join(word for word, at in left if not any(a <= at < b for a, b in covered))


def is_owned(text: str) -> bool:
    """Whether the words say whose a thing is, or that something is the matter with it."""
    return any(_spans(" ".join(map(folded, words(text)))))


def _spans(line: str) -> Iterator[tuple[int, int]]:
    return (
        match.span() for said in patterns_of("owned.yaml").values() for match in said.finditer(line)
    )
