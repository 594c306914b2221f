"""Speed and cost: kept apart from the scores, because no two runs agree on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.grading import Graded


@dataclass(frozen=True)
class Speed:
    """Times in milliseconds; tokens and cost summed; None where the target does not tell."""

    n: int
    p50_ms: float | None
    p95_ms: float | None
    tokens: int | None
    cost: float | None


@dataclass(frozen=True)
class Spent:
    """What one reply took."""

    ms: float | None
    tokens: int | None = None
    cost: float | None = None


def latency(graded: Graded) -> float | None:
    """Milliseconds until the whole answer."""
    return graded.reply.elapsed_ms


def tokens_used(graded: Graded) -> float | None:
    """Tokens in and out."""
    return None if graded.reply.tokens is None else float(graded.reply.tokens)


def money_spent(graded: Graded) -> float | None:
    """Cost in the currency of the target."""
    return graded.reply.cost


def speed_of(spent: Sequence[Spent]) -> Speed:
    """Median, 95th percentile and totals."""
    times = [one.ms for one in spent if one.ms is not None]
    tokens = [one.tokens for one in spent if one.tokens is not None]
    costs = [one.cost for one in spent if one.cost is not None]
    p50, p95 = np.percentile(times, [50, 95]).tolist() if times else (None, None)
    return Speed(
        n=len(spent),
        p50_ms=None if p50 is None else round(p50, 2),
        p95_ms=None if p95 is None else round(p95, 2),
        tokens=sum(tokens) if tokens else None,
        cost=round(sum(costs), 6) if costs else None,
    )
