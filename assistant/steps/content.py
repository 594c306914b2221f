"""What is left of a question without the facet it asks about and the words that carry nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

from assistant.models import Facet
from assistant.steps.patterns import Lists
from assistant.steps.understand import facet_words_in
from knowledge.documents import read_yaml
from knowledge.text import folded, has_marks, words

_LONG = 4  # words
_PHRASES = "phrases"
_FILE = Path(__file__).parent / "content.yaml"


@dataclass(frozen=True)
class _Words:
    """What content.yaml lists; `plain` are the fillers without marks."""

    fillers: frozenset[str]
    plain: frozenset[str]
    phrases: Lists
    names: frozenset[str]
    kept: frozenset[str]
    steps: frozenset[str]
    things: frozenset[str]
    weak: frozenset[str]


@cache
def _listed() -> _Words:
    listed = read_yaml(_FILE)
    fillers = frozenset(listed["fillers"].split())
    marked = fillers | frozenset(listed["marked"].split())
    return _Words(
        marked,
        frozenset(map(folded, fillers)),
        Lists({_PHRASES: listed["phrases"]}),
        frozenset(listed["names"]),
        frozenset(listed["kept"]),
        frozenset(listed["steps"].split()),
        frozenset(listed["things"].split()),
        frozenset(listed["weak"].split()),
    )


@lru_cache(maxsize=2048)
def content_of(text: str) -> tuple[str, ...]:
    """Folded words that say what the question is about; empty for 'cần những giấy tờ gì?'."""
    return tuple(map(folded, content_written(text)))


@lru_cache(maxsize=2048)
def content_written(text: str) -> tuple[str, ...]:
    """The same words as they were written."""
    listed, written = _listed(), words(text)
    plain = [folded(word) for word in written]
    kept = _outside_patterns(tuple(plain))
    if has_marks(text):
        named = _named(written, listed.kept)
        return tuple(written[i] for i in kept if i in named or written[i] not in listed.fillers)
    named = _named(plain, listed.names)
    return tuple(written[i] for i in kept if i in named or plain[i] not in listed.plain)


def is_weak(content: Sequence[str]) -> bool:
    """Whether the words name nothing new: 'thực hiện', 'nhận', 'hồ sơ' fit what is spoken of."""
    return all(word in _listed().weak or word.isdigit() for word in content)


def _named(plain: list[str], names: frozenset[str]) -> set[int]:
    pairs = (i for i in range(len(plain)) if " ".join(plain[i : i + 2]) in names)
    return {i + k for i in pairs for k in (0, 1)}


@lru_cache(maxsize=2048)
def _outside_patterns(plain: tuple[str, ...]) -> tuple[int, ...]:
    """Numbers of the words that belong to no facet's words and no set phrase. Of one question the
    same words are asked about with other signs between them."""
    starts = accumulate((len(word) + 1 for word in plain), initial=0)
    line = " ".join(plain)
    covered = bytearray(len(line) + 1)  # a last word of marks alone begins at the end
    for name, pattern in {**facet_words_in(line), **_listed().phrases.within(line)}.items():
        for match in pattern.finditer(line):
            for start, end in _spans(name, pattern, line, match):
                covered[start:end] = b"\1" * (end - start)
    return tuple(
        i for i, start in zip(range(len(plain)), starts, strict=False) if not covered[start]
    )


def _spans(
    name: str, pattern: re.Pattern[str], line: str, match: re.Match[str]
) -> Iterator[tuple[int, int]]:
    """What a match covers; of 'đi khai tử ở đâu' only the verb and the words that ask, and of a
    long match its ends: what stands between is what is asked about."""
    start, end = match.span()
    said = match[0].split(" ")
    if name == Facet.PLACE:
        yield start, start + 1
        while (inner := pattern.search(line, start + 1, end)) and inner.end() == end:
            start = inner.start()
    elif len(said) > _LONG:
        yield start, start + len(" ".join(said[:2]))
        start = end - len(" ".join(said[-2:]))
    yield start, end


def says_step(word: str) -> bool:
    """Whether a word as it was written says what is to be done: 'thuê' does, 'thuế' does not."""
    return folded(word) in _listed().steps and word not in _listed().things


def step_words() -> frozenset[str]:
    """Folded words by which people say what is to be done: lost, changed, extended, closed…"""
    return _listed().steps
