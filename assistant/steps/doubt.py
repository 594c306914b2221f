"""Doubt: how likely it is that a question names several procedures and not one of them.

Everything is read off the candidates of one search: how far they lie apart, whether their titles
are variants of one thing, and whether a word of the question tells them apart. Small trees that
`python -m evals.tune_behaviour` grows weigh it; see docs/decisions/0010.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.steps.content import content_of
from assistant.steps.differ import not_ruled_out
from assistant.steps.heads import HeadSaid, head_in, title_said
from assistant.steps.owned import is_owned, without_owner
from assistant.steps.patterns import says
from assistant.steps.titles import (
    acts_of,
    acts_said,
    is_same_deed,
    likeness,
    object_words,
    subjects_apart,
    title_words,
)
from assistant.steps.understand import language_of
from knowledge.procedure import Level
from knowledge.search import Hit
from knowledge.text import folded
from knowledge.twins import levels_said, marks_of

_LOOKED_AT = 6  # candidates
_ALIKE = 0.5  # of the words of two titles, those of acts left out


@dataclass(frozen=True)
class Tree:
    """One tree by node: the feature looked at (-1 is a leaf), its bound, where to go, the value."""

    feature: tuple[int, ...]
    bound: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def depth(self, node: int = 0) -> int:
        """How many bounds are asked at most."""
        if self.feature[node] < 0:
            return 0
        return 1 + max(self.depth(self.left[node]), self.depth(self.right[node]))


@dataclass(frozen=True)
class Doubt:
    """Trees whose values add up to the log-odds that one should ask back; without any, never."""

    features: tuple[str, ...] = ()
    start: float = 0.0
    trees: tuple[Tree, ...] = ()

    def of(self, text: str, hits: Sequence[Hit]) -> float:
        """From 0, sure, to 1: the question fits several."""
        if not self.trees or not hits:
            return 0.0
        found = features_of(text, hits)
        row = np.array([found[name] for name in self.features])
        return 1 / (1 + math.exp(-self.start - sum(self._grove.worths(row))))

    @cached_property
    def _grove(self) -> _Grove:
        return _Grove(self.trees)


class _Grove:
    """All trees as one table of nodes, walked down side by side: every answer asks them all."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        sizes = [len(tree.feature) for tree in trees]
        self._roots = np.cumsum([0, *sizes[:-1]])
        shifts = np.repeat(self._roots, sizes)
        self._features = np.concatenate([tree.feature for tree in trees])
        self._bounds = np.concatenate([tree.bound for tree in trees])
        self._values = np.concatenate([tree.value for tree in trees])
        stay = np.arange(len(shifts))
        is_leaf = self._features < 0
        left, right = (
            np.where(is_leaf, stay, np.concatenate(sides) + shifts)
            for sides in ([tree.left for tree in trees], [tree.right for tree in trees])
        )
        self._next = np.stack([right, left])
        self._depth = max(tree.depth() for tree in trees)

    def worths(self, row: NDArray[np.float64]) -> list[float]:
        """The value of the leaf that `row` falls into, of each tree."""
        nodes = self._roots
        for _ in range(self._depth):
            below = row[self._features[nodes]] <= self._bounds[nodes]
            nodes = self._next[below.astype(np.intp), nodes]
        values: list[float] = self._values[nodes].tolist()
        return values


NO_DOUBT = Doubt()


def read_doubt(file: Path) -> Doubt:
    """The trees stored with a model; none for a model without."""
    if not file.is_file():
        return NO_DOUBT
    stored = json.loads(file.read_text(encoding="utf-8"))
    trees = tuple(Tree(*(tuple(part) for part in tree)) for tree in stored["trees"])
    return Doubt(tuple(stored["features"]), stored["start"], trees)


def features_of(text: str, hits: Sequence[Hit]) -> dict[str, float]:
    """What the doubt is weighed by, rounded so that trees grown elsewhere fall alike; a candidate
    that the words rule out is no rival."""
    hits = not_ruled_out(text, hits)
    shown = [*hits[:_LOOKED_AT], *[hits[-1]] * (_LOOKED_AT - len(hits))]
    content = content_of(without_owner(text))
    near = {hit.code for hit in hits[: _LOOKED_AT - 1]}
    found = (
        _gaps(shown)
        | _evidence_leads(shown)
        | _lengths(text, content)
        | _family(shown, content)
        | _told_apart(shown, content)
        | _by_whom(text, shown)
        | _head(head_in(content, near), content)
        | {"title_said": float(title_said(text, hits)), "owned": float(is_owned(text))}
    )
    return {name: round(value, 4) for name, value in found.items()}


def _gaps(shown: Sequence[Hit]) -> dict[str, float]:
    best, second, third, *_, last = shown
    return {
        "score": best.score,
        "lead_2": best.score - second.score,
        "lead_3": best.score - third.score,
        "lead_last": best.score - last.score,
        "similarity": best.similarity,
        "similarity_lead": best.similarity - second.similarity,
    }


def _evidence_leads(shown: Sequence[Hit]) -> dict[str, float]:
    kinds = ("phrase", "name", "phrase_words", "name_words", "votes")
    ours, theirs = shown[0].evidence, shown[1].evidence
    return {f"{kind}_lead": ours.get(kind, 0.0) - theirs.get(kind, 0.0) for kind in kinds}


def _lengths(text: str, content: Sequence[str]) -> dict[str, float]:
    plain = folded(text)
    return {
        "names_paper": float(says("named.yaml", "paper", plain)),
        "names_deed": float(says("named.yaml", "deed", plain)),
        "content": min(len(content), 20),
        "words": min(len(text.split()), 30),
        "english": float(language_of(text) == "en"),
    }


def _family(shown: Sequence[Hit], content: Sequence[str]) -> dict[str, float]:
    """The candidates whose titles are variants of the first one's."""
    best, *rest = shown
    alike = [likeness(best.name, hit.name) for hit in rest]
    family = [hit for hit, like in zip(rest, alike, strict=True) if like >= _ALIKE]
    acts, asked = acts_of(best.name), acts_said(content)
    others = [hit for hit in family if acts_of(hit.name) != acts]
    return {
        "likeness": max(alike[:2]),
        "family": len(family),
        "family_acts": len(others),
        "family_unmarked": sum(not marks_of(hit.name) > marks_of(best.name) for hit in family),
        "act_said": float(bool(asked)),
        "act_fits": float(bool(asked & acts)),
        "act_fits_others": float(any(asked & acts_of(hit.name) for hit in others)),
        "same_field": float(best.field == rest[0].field),
        "plainer": sum(title_words(best.name) < title_words(hit.name) for hit in rest),
    }


def _by_whom(text: str, shown: Sequence[Hit]) -> dict[str, float]:
    """The candidates that do the same as the first at another level or for other people, where the
    question says neither the level nor for whom."""
    best, *rest = shown
    same = [hit for hit in rest if hit.code != best.code and is_same_deed(best.name, hit.name)]
    levels = [hit.levels for hit in (best, *same)]
    said = levels_said(text)
    return {
        "level_said": float(bool(said)),
        "level_twins": 0.0 if said else sum(hit.levels != best.levels for hit in same),
        "at_commune": float(Level.COMMUNE in best.levels),
        "twin_at_commune": float(any(Level.COMMUNE in found for found in levels[1:])),
        "for_others": float(subjects_apart(text, best.name, [hit.name for hit in rest])),
    }


def _told_apart(shown: Sequence[Hit], content: Sequence[str]) -> dict[str, float]:
    """How many words of the question only the first title has, only its rivals', and none."""
    best, *rest = shown
    ours, said = title_words(best.name), set(content)
    family = [hit for hit in rest if likeness(best.name, hit.name) >= _ALIKE]
    theirs = frozenset[str]().union(*(title_words(hit.name) for hit in family or rest[:2]))
    objects = object_words(best.name)
    return {
        "only_first": min(len(said & (ours - theirs)), 3),
        "only_rivals": min(len(said & (theirs - ours)), 3),
        "in_no_title": min(len(said - ours - theirs), 10),
        "title_unsaid": len(objects - said) / max(1, len(objects)),
    }


def _head(said: HeadSaid | None, content: Sequence[str]) -> dict[str, float]:
    """Known words for several procedures, and what is said beside them."""
    names = ("head", "head_rest", "head_tells", "head_way", "head_ways")
    if said is None:
        return dict.fromkeys(names, 0.0)
    ways = said.ways_named(content)
    found = (min(said.length, 3), min(said.rest, 6), said.tells, ways == 1, min(ways, 3))
    return dict(zip(names, map(float, found), strict=True))
