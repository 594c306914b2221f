"""Family: the procedures that are variants of one thing.

Titles that hold the same thing whatever is done with it, and the ways of the choices in which it
stands (knowledge/choices.yaml).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from assistant.steps.titles import thing_words
from knowledge.choices import read_choices
from knowledge.finder import Finder, Title
from knowledge.text import folded_words

_WHY = frozenset(folded_words("do bị mất hỏng rách cháy hư"))
_LIKE = 0.5  # of the words of two titles
_HELD = 0.6  # of the words of the topic's title
_ELSEWHERE = 0.8  # the same, in another field
_LEAST = 2  # words
_ALONE = 0.2  # of the words of a title that has the one word of the topic's


class Families:
    """Who is whose variant, among all that can be found; remembers each family it was asked for."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._titles: Mapping[str, Title] = {}
        self._beside: Mapping[str, Sequence[str]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, code: str) -> frozenset[str]:
        """The codes of its variants, its own among them."""
        titles = self.titles()
        if titles is not self._titles:
            self._beside = _by_pair(titles)
            self._titles, self._known = titles, {}
        known = self._known
        if code not in known:
            known[code] = _variants(code, titles, self._beside)
        return known[code]

    def titles(self) -> Mapping[str, Title]:
        """The titles of all procedures, by code."""
        return self._finder.titles()


def _by_pair(titles: Mapping[str, Title]) -> Mapping[str, Sequence[str]]:
    """The codes of the titles that have each pair of words: a variant shares one at least."""
    beside: dict[str, list[str]] = defaultdict(list)
    for code, title in titles.items():
        for pair in _pairs(title.name):
            beside[pair].append(code)
    return beside


def _variants(
    code: str, titles: Mapping[str, Title], beside: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    ours = titles.get(code)
    if ours is None:
        return frozenset({code})
    # 'từ' and 'tử' are one word without marks, 'khai tử' is none of 'khai … từ'.
    near = {other for pair in _pairs(ours.name) for other in beside.get(pair, ())}
    alike = {other for other in near if _is_variant(ours, titles[other])}
    return frozenset({code, *alike, *(_chosen_beside(code) & titles.keys())})


def _is_variant(ours: Title, theirs: Title) -> bool:
    words, others = _thing(ours.name), _thing(theirs.name)
    if not words:
        return False  # 'cấp lại giấy chứng nhận do bị mất' names no thing
    shared = len(words & others)
    if words <= others and len(words) < _LEAST and ours.field == theirs.field:
        return shared / len(others) >= _ALONE
    if not shared:
        return False
    held = shared / len(words)
    if ours.field != theirs.field:
        return len(words) >= _LEAST and held >= _ELSEWHERE
    return held >= _HELD or shared / len(words | others) >= _LIKE


@lru_cache(maxsize=20_000)
def _thing(name: str) -> frozenset[str]:
    return frozenset(thing_words(name) - _WHY)


@lru_cache(maxsize=20_000)
def _pairs(name: str) -> frozenset[str]:
    """Words of the thing that stand side by side; a thing of one word alone."""
    things, said = thing_words(name), folded_words(name)
    pairs = {f"{one} {two}" for one, two in pairwise(said) if one in things and two in things}
    return frozenset(pairs or things)


@cache
def _chosen_beside(code: str) -> frozenset[str]:
    ways = ({way.code for way in choice.ways} for choice in read_choices())
    return frozenset().union(*(codes for codes in ways if code in codes))
