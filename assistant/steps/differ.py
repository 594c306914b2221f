"""Differ: what tells variants of one thing apart, in titles and in what people say.

Kinds of difference are data (differ.yaml): at home or abroad, which level, which building, what
sort of business. Acts (acts.yaml), marks (knowledge.twins) and ages are kinds like the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from assistant.steps.content import content_of
from assistant.steps.patterns import patterns_in, patterns_within, says
from assistant.steps.titles import acts_of, acts_said
from knowledge.ages import YEARS, fits_age, years_in
from knowledge.search import Hit
from knowledge.text import folded
from knowledge.twins import MARKERS, marks_of, marks_said

Differences = Mapping[str, frozenset[str]]
ACT, MARK, AGE, BODY, PAUSE = "act", "mark", "age", "body", "pause"
_FILE = "differ.yaml"
SURE_MARKS = frozenset(["foreign", "mobile"])  # words for the others are said of anything
# 'Bao lâu có thẻ mới' and 'mở khóa' ask for no first card; 'đối với' exchanges nothing.
_NEW_PAPER = re.compile(
    r"\b(?:co|lay|nhan|ra|tra|duoc|sang) (?:duoc )?(?:the|so|giay|bang|ban|cai) moi\b|"
    r"\bmo khoa\b|\bmoi (?:dung|phai|co|xong|duoc|lay|nhan)\b"
)
_SPEAKS_AGAIN = re.compile(
    r"\b(?:nhac|noi|hoi|xem|ke|giai thich|gui|ghi) lai\b|\b(?:say|tell|ask) .*again\b"
)
# A dossier that comes back is none that is given back.
_COMES_BACK = re.compile(r"\bbi (?:\w+ )?tra (?:lai|ve)\b")
# 'Lái' and 'tương lai' are not 'lại'; who 'mất là người Nhật' lost nothing.
_NO_ACT = re.compile(r"\b(?:bang lai|lai xe|tuong lai|nguoi mat(?! \w+ (?:the|bang|so|giay)))\b")
_TOWARDS = re.compile(r"\bđối với\b", re.IGNORECASE)
_CHILD, _ADULT = 8, 30  # years, where no number is said


@lru_cache(maxsize=2048)
def differences_said(text: str) -> Differences:
    """The kinds of difference that the words name, with the values named."""
    plain = folded(text)
    said = _found(plain, "said")
    said[ACT] |= acts_said(_NO_ACT.sub(" ", " ".join(content_of(text))).split())
    if _NEW_PAPER.search(plain):
        said[ACT].discard("first")
    if _SPEAKS_AGAIN.search(plain):
        said[ACT].discard("again")
    if _COMES_BACK.search(plain):
        said[ACT] -= {"again", "end"}
    said[MARK] = {
        marker.name
        for marker in MARKERS
        if marker.name in marks_said(plain) and not (marker.denied and marker.denied.search(plain))
    }
    if years := years_said(plain):
        said[AGE] = {str(years)}
    return {kind: frozenset(values) for kind, values in said.items() if values}


@lru_cache(maxsize=20_000)
def differences_of(name: str) -> Differences:
    """The values that a title bears, of each kind of difference."""
    found = _found(folded(name), "title")
    acts = set(acts_of(_TOWARDS.sub(" ", name)))
    found[ACT], found[MARK] = found[ACT] | (acts - {"first"} or acts), set(marks_of(name))
    return {kind: frozenset(values) for kind, values in found.items() if values}


def rules_out(said: Differences, name: str) -> bool:
    """Whether a title bears something else than what was said: another age, level, building or sort
    of business. Acts are said too loosely to rule anything out."""
    if AGE in said and fits_age(name, int(next(iter(said[AGE])))) is False:
        return True
    bears = differences_of(name)
    kinds = said.keys() & bears.keys() - {ACT, MARK, AGE}
    return any(not said[kind] & bears[kind] for kind in kinds)


def not_ruled_out(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The candidates without those that the words rule out; all of them when the first one is."""
    said = differences_said(text)
    if not hits or rules_out(said, hits[0].name):
        return list(hits)
    return [hit for hit in hits if not rules_out(said, hit.name)]


def years_said(plain: str) -> int | None:
    """How old somebody is, in words or figures."""
    if years := years_in(plain):
        return years
    if says(_FILE, "age.child.said", plain):
        return _CHILD
    return _ADULT if says(_FILE, "age.adult.said", plain) else None


def differs(text: str, title: str) -> bool:
    """Whether a text names another value than a title of a kind that both name, or an age that the
    title is not for."""
    return rules_out(differences_said(text), title)


def without_differences(text: str, title: str) -> str:
    """What is left of the words when those that name a difference from `title` are taken out; of
    kinds that a title does not have, the words name something else."""
    plain = without_kinds(YEARS.sub(" ", folded(text)), differences_of(title).keys())
    patterns = [p for name, p in patterns_in(_FILE, plain).items() if name.startswith(AGE)]
    patterns += [marker.said for marker in MARKERS if marker.name in SURE_MARKS]
    for pattern in patterns:
        plain = pattern.sub(" ", plain)
    return plain


def without_kinds(text: str, kinds: AbstractSet[str]) -> str:
    """The folded text without the words that name a difference of these kinds."""
    plain = folded(text)
    for kind, _, pattern in _patterns("said", plain):
        if kind in kinds:
            plain = pattern.sub(" ", plain)
    return plain


def _found(plain: str, where: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind, value, pattern in _patterns(where, plain):
        if pattern.search(plain):
            found[kind].add(value)
    return found


def _patterns(where: str, plain: str) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Of each kind but ages, those that may stand in a text."""
    read = patterns_within if where == "title" else patterns_in
    for name, pattern in read(_FILE, plain).items():
        kind, value, place = name.split(".")
        if place == where and kind != AGE:
            yield kind, value, pattern
