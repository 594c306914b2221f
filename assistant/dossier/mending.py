"""A title's misread words put right by the name that a record gives the paper.

Recognition makes of a word something that stands in no title: "LI" of "LẠI", "KHA" of "KHAI". Where
such a word stands in the place of the name's own word and is that word but for a slip, it is that
word. A word that titles have is never changed: "tử" for "sinh" is another paper.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.dossier.likeness import edits

_SHORT = 4  # letters of a word up to which one slip is as much as it bears
_SLIPS = 2  # letters of a longer one


def mended(
    title: tuple[str, ...], name: tuple[str, ...], known: Collection[str]
) -> tuple[str, ...]:
    """The words of `title`, those that are not `known` as the words of `name` in their place."""
    if all(word in known or word in name for word in title):
        return title
    return tuple(
        meant if meant and word not in known and _is_slip(word, meant) else word
        for word, meant in _in_place(title, name)
    )


@lru_cache(maxsize=50_000)
def _in_place(title: tuple[str, ...], name: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each word of the title with the name's word in its place, or with nothing."""
    return tuple(_paired(title, name))


def _paired(title: tuple[str, ...], name: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for _, start, end, at, last in SequenceMatcher(None, title, name, False).get_opcodes():
        level = end - start == last - at
        for i in range(start, end):
            yield title[i], name[at + i - start] if level else ""


def _is_slip(word: str, meant: str) -> bool:
    most = 1 if len(meant) <= _SHORT else _SLIPS
    return len(meant) > 1 and edits(word, meant) <= most
