"""Owned: whose a thing is, whom it is wanted for, and that something is the matter with it.

'Hộ chiếu của bà ngoại có trục trặc' names a paper that somebody has; what is to be done with it, it
does not say. `owned.yaml` lists how people say such things.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from assistant.steps.patterns import patterns_in
from knowledge.text import folded, words

_HAD = ("owner", "trouble")
_ALL = (*_HAD, "for", "help")


@lru_cache(maxsize=4096)
def without_owner(text: str) -> str:
    """The words as written without those that say whose it is, whom it is for or that something is
    the matter."""
    written = words(text)
    plain = [folded(word) for word in written]
    starts = accumulate((len(word) + 1 for word in plain), initial=0)
    covered = list(_spans(" ".join(plain), _ALL))
    left = zip(written, starts, strict=False)
    return " ".join(word for word, at in left if not any(a <= at < b for a, b in covered))


@lru_cache(maxsize=4096)
def is_owned(text: str) -> bool:
    """Whether somebody is said to have the thing, or something to be the matter with it."""
    return any(_spans(" ".join(map(folded, words(text))), _HAD))


def _spans(line: str, kinds: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    patterns = patterns_in("owned.yaml", line)
    told = (patterns[kind] for kind in kinds if kind in patterns)
    return (match.span() for pattern in told for match in pattern.finditer(line))
