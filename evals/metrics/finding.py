"""Finding: where the accepted procedures stand among the ranked ones."""

from __future__ import annotations

import math

from evals.cases import Action
from evals.grading import Graded
from evals.metrics.metric import Score

_DEEP = 10


def _places(graded: Graded) -> list[int] | None:
    """Ranks of the accepted codes, from 1; None where nothing was ranked for a single question."""
    case, ranked = graded.case, graded.reply.ranked
    if ranked is None or case.action is not Action.ANSWER or len(case.turns) > 1:
        return None
    accepted = set(case.codes)
    return [place for place, code in enumerate(ranked[:_DEEP], 1) if code in accepted]


def hit_at(limit: int) -> Score:
    """A metric: whether an accepted procedure is among the first `limit`."""

    def score(graded: Graded) -> float | None:
        places = _places(graded)
        return None if places is None else float(bool(places) and places[0] <= limit)

    return score


def mrr(graded: Graded) -> float | None:
    """One over the rank of the first accepted procedure; 0 when it is not among ten."""
    places = _places(graded)
    if places is None:
        return None
    return 1 / places[0] if places else 0.0


def ndcg(graded: Graded) -> float | None:
    """Discounted gain over ten, every accepted procedure worth the same, against the best order."""
    places = _places(graded)
    if places is None:
        return None
    best = sum(_gain(place) for place in range(1, min(len(set(graded.case.codes)), _DEEP) + 1))
    return sum(map(_gain, places)) / best


def _gain(place: int) -> float:
    return 1 / math.log2(place + 1)
