"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from evals.grading import Graded

Score = Callable[[Graded], float | None]


class Kind(StrEnum):
    """How the values of many cases become one."""

    RATE = "rate"
    MEAN = "mean"
    TIME = "time"
    SUM = "sum"


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Metric:
    """A function with what is needed to report it; `vi` and `en` are labels."""

    name: str
    score: Score
    better: Better
    kind: Kind
    vi: str
    en: str
