"""How alike two papers' names are, with the slips that recognition makes in letters.

Words are compared folded; what tells twins apart (lại, đổi, thuê, mua bán) weighs double and can
veto, since one such word makes another paper of a title that is otherwise the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge.text import folded

_LETTERS = str.maketrans("015|l", "oisii")
_SPLIT = re.compile(r"[^a-z0-9|]+")


@dataclass(frozen=True)
class _Weights:
    light: frozenset[str]
    lighter: frozenset[str]
    deciding: frozenset[str]
    facets: dict[str, tuple[str, ...]]
    genera: dict[str, tuple[str, ...]]
    strict: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """`score` from 0 to 1; `known` is how much weight of the paper's name was found in the title,
    `begins` that the title begins with the whole name, `prefix` that the title begins the name."""

    score: float
    known: float = 0.0
    begins: bool = False
    prefix: bool = False


NONE = Likeness(0.0)
_CUT = 0.7  # the likeness of a title of which only the beginning was read
_MOST = 0.45  # of the name that such a title has


@cache
def _weights() -> _Weights:
    text = (Path(__file__).parent / "title_words.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    sets = [frozenset(bare(" ".join(data[name]))) for name in ("light", "lighter", "deciding")]
    facets, genera = (
        {name: tuple(" ".join(bare(p)) for p in ps) for name, ps in data[key].items()}
        for key in ("facets", "genera")
    )
    return _Weights(sets[0], sets[1], sets[2], facets, genera, frozenset(data["strict"]))


@lru_cache(maxsize=50_000)
def bare(text: str) -> tuple[str, ...]:
    """Folded words without punctuation; letters that recognition confuses (l, i, 1) are one."""
    return tuple(_plain(word) for word in _SPLIT.split(folded(text)) if word)


def _plain(word: str) -> str:
    letters = sum(ch.isalpha() for ch in word)
    return word.translate(_LETTERS) if letters and letters * 2 >= len(word) else word


@lru_cache(maxsize=50_000)
def weight_of(word: str) -> float:
    """How much a word tells: 2 for what tells twins apart, 1, or less for common words."""
    weights = _weights()
    if word in weights.deciding:
        return 2.0
    if word in weights.lighter:
        return 0.15
    return 0.4 if word in weights.light or len(word) == 1 else 1.0


@lru_cache(maxsize=200_000)
def edits(one: str, other: str) -> int:
    """The Levenshtein distance of two words."""
    if one == other:
        return 0
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> float:
    """1 for the same word, less for one slip of recognition, 0 for another word."""
    if one == other:
        return 1.0
    longest = max(len(one), len(other))
    if abs(len(one) - len(other)) > 2 or longest < 3:
        return 0.0
    if {one, other} & _weights().deciding and longest < 5:
        return 0.0
    share = 1 - edits(one, other) / longest
    return share if share >= (0.6 if longest >= 5 else 0.66) else 0.0


def _matched(title: Sequence[str], name: Sequence[str]) -> tuple[float, list[bool], list[bool]]:
    """The best weight of words in common and in order, and which words of each took part."""
    best = [[0.0] * (len(name) + 1) for _ in range(len(title) + 1)]
    for i, word in enumerate(title, 1):
        for j, other in enumerate(name, 1):
            gain = alike(word, other) * weight_of(other)
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + gain)
    used, met = [False] * len(title), [False] * len(name)
    i, j = len(title), len(name)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            used[i] = met[j] = True
    return best[-1][-1], used, met


def _facets(text: str) -> frozenset[str]:
    return frozenset(
        facet
        for facet, phrases in _weights().facets.items()
        if any(f" {phrase} " in text for phrase in phrases)
    )


@lru_cache(maxsize=50_000)
def facets_of(name: tuple[str, ...]) -> frozenset[str]:
    """What kind of deal or act a title names (sale, lease, gift…), if any."""
    return _facets(f" {' '.join(name)} ")


def apart(title: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether both name a deal, and not the same one: a lease is no sale."""
    one, other = facets_of(title), facets_of(name)
    return bool(one and other and not one & other)


def _vetoed(title: tuple[str, ...], name: tuple[str, ...], common: float) -> bool:
    if apart(title, name) or _decided_otherwise(title, name):
        return True
    one, other = genus_of(title), genus_of(name)
    if one != other and ((one and other) or {one, other} & _weights().strict):
        return True
    left_out = max(sum(map(weight_of, title)), sum(map(weight_of, name))) - common
    return one == other == "form" and left_out >= 2.0 and not _starts(title, name)


@lru_cache(maxsize=50_000)
def genus_of(name: tuple[str, ...]) -> str:
    """What a title's first words make of it: a form, a contract, a decision…, or nothing known."""
    text = f"{' '.join(name)} "
    for genus, beginnings in _weights().genera.items():
        if any(text.startswith(f"{beginning} ") for beginning in beginnings):
            return genus
    return _genus_misread(name)


def _genus_misread(name: tuple[str, ...]) -> str:
    """The genus whose words the first ones are but for one slip: 'tờ kha', 'tở khaì'."""
    for genus, beginnings in _weights().genera.items():
        for words in (beginning.split() for beginning in beginnings):
            read = name[: len(words)]
            if len(words) > 1 and edits(" ".join(read), " ".join(words)) <= 1:
                return genus
    return ""


@cache
def telling_words() -> frozenset[str]:
    """Words that tell one paper from another that is called alike."""
    weights = _weights()
    facets = (phrase.split() for phrases in weights.facets.values() for phrase in phrases)
    return weights.deciding.union(*facets)


def _decided_otherwise(title: tuple[str, ...], name: tuple[str, ...]) -> bool:
    deciding = _weights().deciding
    return set(title) & deciding != set(name) & deciding


@lru_cache(maxsize=200_000)
def likeness(title: tuple[str, ...], name: tuple[str, ...]) -> Likeness:
    """How much a title seen on a page is the name of a paper."""
    if not set(title) & set(name) and not _joined(title, name):
        return NONE
    common, used, met = _matched(title, name)
    if common <= 0:
        return NONE
    recall = min(common / sum(map(weight_of, name)), 1.0)
    precision = min(common / sum(map(weight_of, title)), 1.0)
    score = 2 * recall * precision / (recall + precision)
    if _tells(title, used) and _tells(name, met):
        score -= 0.15  # one word stands where another should
    if _vetoed(title, name, common):
        cut = recall >= _MOST and is_beginning(title, name)
        return Likeness(_CUT if cut else min(score, 0.6), common)
    if genus_of(name) == "form" and _interrupted(title, used):
        score = min(score, 0.78)  # the word between may be one that decides, misread
        return Likeness(score, common)
    begins = common >= 0.85 * sum(map(weight_of, name)) and _starts(title, name)
    prefix = precision >= 0.9 and common >= 2.0 and _starts(name, title)
    return Likeness(max(score, _joined(title, name)), common, begins, prefix)


def is_beginning(title: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether a title is word for word how the name begins, and tells something: its last lines
    stand apart from it on the page, or were not read."""
    telling = sum(weight_of(word) >= 1 for word in title)
    level = zip(title, name, strict=False)
    return telling >= 2 and len(title) < len(name) and all(alike(a, b) for a, b in level)


def _tells(words: tuple[str, ...], matched: Sequence[bool]) -> bool:
    """Whether a word of weight found no partner."""
    return any(
        len(word) >= 3 and weight_of(word) > 0.15 and not seen
        for word, seen in zip(words, matched, strict=True)
    )


def _interrupted(title: tuple[str, ...], used: Sequence[bool]) -> bool:
    """Whether a word of weight that the name lacks stands between words of the name."""
    inside = range(used.index(True), len(used) - list(reversed(used)).index(True))
    return any(not used[i] and weight_of(title[i]) >= 1 for i in inside)


def _starts(whole: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    common, _, _ = _matched(whole[: len(beginning) + 1], beginning)
    return common >= 0.85 * sum(map(weight_of, beginning))


def _joined(title: tuple[str, ...], name: tuple[str, ...]) -> float:
    """Recognition glues words together or tears them: the letters in one row tell."""
    if len(title) == len(name) or abs(len(title) - len(name)) > 2:
        return 0.0
    one, other = "".join(title), "".join(name)
    if abs(len(one) - len(other)) > 2:
        return 0.0
    share = 1 - edits(one, other) / max(len(one), len(other))
    return share if share >= 0.93 else 0.0
