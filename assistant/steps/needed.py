"""Needed: the words that a pattern cannot do without, so that it is read only where they stand.

Hundreds of patterns are held against every question, and nearly all of them name a word that it
does not have. Which words those are is read off each pattern: it is written out as the texts that
it fits, `_ANY` for what they leave open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]  # no other reads them as `re` does
from typing import Any

Words = frozenset[str]
_ANY = "\0"
_MOST = 64  # texts of one pattern; of more, what stands last is left open
_STEM = 4  # letters by which a word is known of which only the beginning is given
_SAID = re.compile(r"\w+|[^\w\s]")
_TOKEN = re.compile(r"[\w\0]+|[^\w\s]")  # of what is written out
_APART = (_constants.CATEGORY_SPACE, _constants.CATEGORY_NOT_WORD)


@lru_cache(maxsize=512)  # large, and few but the question at hand ask for them again
def words_in(text: str) -> Words:
    """The words and signs of a text, and the stem of each word."""
    found = _SAID.findall(text)
    return frozenset((*found, *(_stem(word) for word in found if len(word) >= _STEM)))


def needed_by(pattern: str) -> set[Words]:
    """What a pattern over whole words needs: all the words of one of these. An empty one among them
    says that it may fit anything."""
    texts = _written_out(_parser.parse(pattern))
    return {frozenset(filter(None, map(_known, _TOKEN.findall(text)))) for text in texts}


def _stem(word: str) -> str:
    return f"{word[:_STEM]}…"


def _known(token: str) -> str | None:
    """What must stand in a text for a word that may be left open."""
    head, is_open, _ = token.partition(_ANY)
    if not is_open:
        return token
    return _stem(head) if len(head) >= _STEM else None


def _written_out(parsed: Iterable[tuple[Any, Any]]) -> list[str]:
    texts = [""]
    for kind, said in parsed:
        ways = _WAYS.get(kind, _open)(said)
        if len(texts) > 1 and len(texts) * len(ways) > _MOST:
            ways = [_left_open(ways)]
        texts = [text + way for text in texts for way in ways]
    return texts


def _left_open(ways: Sequence[str]) -> str:
    """Any text, apart from the words beside it where all these are."""
    before = all(_is_apart(way[:1]) for way in ways)
    behind = all(_is_apart(way[-1:]) for way in ways)
    return " " * before + _ANY + " " * behind


def _is_apart(sign: str) -> bool:
    return sign not in ("", _ANY) and not re.match(r"\w", sign)


def _open(_: object) -> list[str]:
    return [_ANY]


def _repeated(said: tuple[int, int, Any]) -> list[str]:
    least, most, parsed = said
    once = _written_out(parsed)
    more = _left_open(once)
    if least:
        return [*once, *(way + more for way in once)] if most > 1 else once
    return ["", more] if most > 1 or more != _ANY else ["", *once]


def _one_of(said: Sequence[tuple[Any, Any]]) -> list[str]:
    return [way for kind, one in said for way in _WAYS.get(kind, _open)(one)]


_WAYS: dict[Any, Callable[[Any], list[str]]] = {
    _constants.LITERAL: lambda letter: [chr(letter)],
    _constants.BRANCH: lambda said: [way for one in said[1] for way in _written_out(one)],
    _constants.SUBPATTERN: lambda said: _written_out(said[-1]),
    _constants.MAX_REPEAT: _repeated,
    _constants.MIN_REPEAT: _repeated,
    _constants.IN: _one_of,
    _constants.CATEGORY: lambda kind: [" " if kind in _APART else _ANY],
    _constants.AT: lambda place: [_ANY if place is _constants.AT_NON_BOUNDARY else " "],
    # What is only looked at takes no room: the words beside it stand side by side.
    _constants.ASSERT: lambda _: [""],
    _constants.ASSERT_NOT: lambda _: [""],
}
