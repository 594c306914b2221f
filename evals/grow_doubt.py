"""Grows the trees that weigh a doubt (assistant/steps/doubt.py) and finds where to ask back.

Labelled are questions to ask back and questions to answer, each also without marks and, when it is
short, dressed in greetings and in the facets people ask for: length must not decide. Questions
made from titles (evals/made_questions.py) count a third. Folds keep all spellings of a question
together; the bound is chosen on written questions that their trees have not seen.
Where a head word alone or a whole title decides before the doubt is asked, that decision counts,
and nothing is learned from the question.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from assistant.steps.content import content_of
from assistant.steps.doubt import Doubt, Tree, features_of
from assistant.steps.heads import head_alone, title_said
from assistant.steps.premise import searchable
from evals.cases import Action, Case
from knowledge.finder import Finder
from knowledge.search import Hit
from knowledge.text import folded

_FOLDS = 10
_SHORT = 12  # words
_TREES = {
    "n_estimators": 150,
    "max_depth": 3,
    "learning_rate": 0.08,
    "subsample": 0.7,
    "min_samples_leaf": 10,
    "max_features": 0.4,
}
_BOUNDS = tuple(round(0.15 + 0.01 * step, 2) for step in range(46))
DUE = 0.85  # of those to ask back
SPARE = 0.05  # above it, since other questions than these will be asked
_NEEDLESS = 0.08  # of those to answer, at most
_MADE = 0.3  # what a made question counts beside a written one
_GOES_ON = {"carry", "correction", "drop", "return", "aside"}
_BEFORE = {
    "vi": (
        "Chào anh chị, cho em hỏi",
        "Alo ad cho mình hỏi xíu,",
        "Dạ cho tui hỏi",
        "Em nhờ mọi người tư vấn:",
        "Cho hỏi",
        "Xin chào cán bộ,",
    ),
    "en": ("Hello, could you tell me:", "Hi there, please help.", "I have a question."),
}
_AFTER = {
    "vi": (
        "thì cần những giấy tờ gì ạ?",
        "hết bao nhiêu tiền và bao lâu thì xong?",
        "nộp ở đâu, có làm qua mạng được không?",
        "cần chuẩn bị những gì vậy?",
        "em cảm ơn nhiều ạ",
        "lệ phí thế nào?",
    ),
    "en": ("What documents do I need?", "How much is the fee?", "Where do I go?"),
}


@dataclass(frozen=True)
class Grown:
    """The trees, the bound, and how both do on questions the trees of their fold have not seen;
    `order` is how often one to ask back is doubted more than one to answer (area under the curve).
    """

    doubt: Doubt
    ask: float
    asked_when_due: float
    asked_needlessly: float
    order: float


@dataclass(frozen=True)
class _Labelled:
    names: tuple[str, ...]
    rows: NDArray[np.float32]
    due: NDArray[np.bool_]
    fold: NDArray[np.int64]
    plain: NDArray[np.bool_]
    weight: NDArray[np.float64]
    settled: NDArray[np.float64]

    def some(self, chosen: NDArray[np.bool_]) -> _Labelled:
        """Those that are `chosen`."""
        return _Labelled(
            self.names,
            self.rows[chosen],
            self.due[chosen],
            self.fold[chosen],
            self.plain[chosen],
            self.weight[chosen],
            self.settled[chosen],
        )

    def told(self, doubts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The doubts, and 0 or 1 where something else decides before."""
        return np.where(np.isnan(self.settled), doubts, self.settled)

    @property
    def doubted(self) -> NDArray[np.bool_]:
        """Those that nothing decides before the doubt."""
        return np.isnan(self.settled)


def grow(cases: Sequence[Case], finder: Finder, made: Sequence[Case] = ()) -> Grown:
    """Trees and bound from the single-turn cases to ask back and to answer; `made` questions help
    to grow the trees and take no part in the bound."""
    labelled = _labelled([*_single(cases), *made], finder)
    unseen = np.zeros(len(labelled.due))
    for fold in range(_FOLDS):
        held = labelled.fold == fold
        trees = _fitted(labelled.some(~held & labelled.doubted))
        unseen[held] = trees.predict_proba(labelled.rows[held])[:, 1]
    unseen = labelled.told(unseen)
    bound = bound_of([(at, *_shares(labelled, unseen, at)) for at in _BOUNDS])
    when_due, needlessly = _shares(labelled, unseen, bound)
    written = labelled.plain & (labelled.weight == 1)
    order = float(roc_auc_score(labelled.due[written], unseen[written]))
    trees = _doubt_of(_fitted(labelled.some(labelled.doubted)), labelled.names)
    return Grown(trees, bound, when_due, needlessly, order)


def bound_of(shares: Sequence[tuple[float, float, float]]) -> float:
    """Of (bound, asked when due, asked needlessly) the bound that answers most: the highest that
    asks as often as it should and not in vain too often; where none does, what asks most often
    within that."""
    allowed = [one for one in shares if one[2] <= _NEEDLESS] or [max(shares)]
    good = [bound for bound, due, _ in allowed if due >= DUE + SPARE]
    return max(good) if good else max(allowed, key=lambda one: (one[1], one[0]))[0]


def stored(doubt: Doubt) -> str:
    """The trees as JSON; `assistant.steps.doubt.read_doubt` reads them."""
    trees = [[t.feature, t.bound, t.left, t.right, t.value] for t in doubt.trees]
    told = {"features": doubt.features, "start": doubt.start, "trees": trees}
    return json.dumps(told, separators=(",", ":")).replace("],[[", "],\n[[") + "\n"


def _single(cases: Sequence[Case]) -> Iterator[Case]:
    """The single questions, and the first words of conversations: those that a choice was picked
    after are to be asked back, those that the talk went on from are not."""
    for case in cases:
        first = case.model_copy(update={"turns": case.turns[:1]})
        if len(case.turns) == 1:
            bare = case.action is Action.CHOOSE and "bare" in case.tags
            if case.action is not Action.DECLINE and not bare:
                yield case
        elif _GOES_ON.intersection(case.tags) and len(content_of(case.turns[0])) > 1:
            yield first.model_copy(update={"action": Action.ANSWER})
        elif "pick" in case.tags:
            yield first.model_copy(update={"action": Action.CHOOSE})


def _labelled(cases: Sequence[Case], finder: Finder) -> _Labelled:
    found, due, fold, plain, weight, settled = [], [], [], [], [], []
    for number, case in enumerate(cases):
        for dress, text in enumerate(_spellings(case, number)):
            asked = searchable(text)
            hits = finder.find(asked).hits
            if not hits or _misses(case, hits):
                continue
            found.append(features_of(asked, hits))
            due.append(case.action is Action.CHOOSE)
            fold.append((number * 7) % _FOLDS)
            plain.append(dress == 0)
            weight.append(_MADE if _is_made(case) else 1.0)
            settled.append(_settled(text, hits))
    names = tuple(found[0])
    rows = np.array([[row[name] for name in names] for row in found], dtype=np.float32)
    return _Labelled(names, rows, *map(np.array, (due, fold, plain, weight, settled)))


def _settled(text: str, hits: Sequence[Hit]) -> float:
    """What is decided before the doubt is asked: 0 to answer, 1 to ask back; else not a number."""
    if title_said(text, hits):
        return 0.0
    return 1.0 if head_alone(text) else math.nan


def _is_made(case: Case) -> bool:
    return case.author == "made"


def _misses(case: Case, hits: Sequence[Hit]) -> bool:
    """Whether a made question to answer finds another procedure first: it may fit that as well."""
    return _is_made(case) and case.action is Action.ANSWER and hits[0].code not in case.codes


def _spellings(case: Case, number: int) -> Iterator[str]:
    """As written, without marks, and a short one in its Sunday best, with and without marks."""
    text = case.turns[0]
    if _is_made(case):
        yield text
        return
    english = case.language == "en"
    texts = [text]
    if len(text.split()) <= _SHORT:
        before, after = _BEFORE["en" if english else "vi"], _AFTER["en" if english else "vi"]
        dressed = (before[number % len(before)], text.rstrip(" .?"), after[number % len(after)])
        texts.append(" ".join(dressed))
    yield from dict.fromkeys([*texts, *map(folded, () if english else texts)])


def _fitted(labelled: _Labelled) -> GradientBoostingClassifier:
    trees = GradientBoostingClassifier(random_state=0, **_TREES)
    return trees.fit(labelled.rows, labelled.due, sample_weight=labelled.weight)


def _shares(labelled: _Labelled, unseen: NDArray[np.float64], bound: float) -> tuple[float, float]:
    asked = unseen >= bound
    written = labelled.plain & (labelled.weight == 1)
    due, idle = labelled.due & written, ~labelled.due & written
    return float(asked[due].mean()), float(asked[idle].mean())


def _doubt_of(fitted: GradientBoostingClassifier, names: tuple[str, ...]) -> Doubt:
    prior = float(fitted.init_.class_prior_[1])
    trees = tuple(_tree_of(one[0].tree_, fitted.learning_rate) for one in fitted.estimators_)
    return Doubt(names, round(float(np.log(prior / (1 - prior))), 6), trees)


def _tree_of(grown: Any, rate: float) -> Tree:
    left = grown.children_left.tolist()
    leaf = [node < 0 for node in left]
    features = grown.feature.tolist()
    return Tree(
        tuple(-1 if end else int(f) for end, f in zip(leaf, features, strict=True)),
        tuple(round(float(bound), 5) for bound in grown.threshold),
        tuple(left),
        tuple(grown.children_right.tolist()),
        tuple(round(rate * float(value), 6) for value in grown.value[:, 0, 0]),
    )
