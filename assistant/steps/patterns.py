"""Lists of word patterns beside the steps: what people say, as data that one may add to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from assistant.steps.needed import Words, needed_by, words_in
from knowledge.documents import read_yaml
from knowledge.text import folded

_SIGN = re.compile(r"[^\w\s]")


class Patterns(Mapping[str, re.Pattern[str]]):
    """Each list as one pattern over whole words, made when it is first asked for: to make them all
    took a tenth of a cold start, and a question asks for few."""

    def __init__(self, listed: Mapping[str, Sequence[str]]) -> None:
        self._listed = listed
        self._made: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, name: str) -> re.Pattern[str]:
        if name not in self._made:
            self._made[name] = re.compile(rf"\b(?:{'|'.join(self._listed[name])})\b")
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


class Lists:
    """Lists of patterns, and the words that each cannot do without."""

    def __init__(self, listed: Mapping[str, Sequence[str]]) -> None:
        self.patterns = Patterns(listed)
        needed = [
            (words, number)
            for number, parts in enumerate(listed.values())
            for words in set[Words]().union(*map(needed_by, parts))
        ]
        often = Counter(word for words, _ in needed for word in words)
        self._names = list(listed)
        self._always = {number for words, number in needed if not words}
        self._by_word: dict[str, list[tuple[Words, int]]] = {}
        for words, number in needed:
            if words:
                rarest = min(words, key=lambda word: (often[word], word))
                self._by_word.setdefault(rarest, []).append((words, number))
        self._rarest = frozenset(self._by_word)

    def within(self, text: str) -> dict[str, re.Pattern[str]]:
        """Those that may stand in a text, in their order; of all others a word is missing."""
        said = words_in(text)
        found = set(self._always)
        for word in self._rarest & said:
            for words, number in self._by_word[word]:
                if number not in found and words <= said:
                    found.add(number)
        names = map(self._names.__getitem__, sorted(found))
        return {name: self.patterns[name] for name in names}


@cache
def _lists_of(file: str) -> Lists:
    return Lists(read_yaml(Path(__file__).parent / file))


def patterns_of(file: str) -> Mapping[str, re.Pattern[str]]:
    """Each list of `file` (a YAML file of this folder) as one pattern over whole words."""
    return _lists_of(file).patterns


def patterns_within(file: str, text: str) -> Mapping[str, re.Pattern[str]]:
    """Those of `patterns_of` that may stand in a text, so that the others need not be read."""
    return _lists_of(file).within(text)


@lru_cache(maxsize=2048)
def patterns_in(file: str, text: str) -> Mapping[str, re.Pattern[str]]:
    """The same for what is said, which several steps read; of a title one reading is kept."""
    return patterns_within(file, text)


def says(file: str, name: str, text: str) -> bool:
    """Whether a pattern of the list `name` stands in a text."""
    one = patterns_in(file, text).get(name)
    return one is not None and one.search(text) is not None


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Words without marks and signs, one space between them: what most patterns are read on, those
    of several steps one after the other."""
    return " ".join(_SIGN.sub(" ", folded(text)).split())
