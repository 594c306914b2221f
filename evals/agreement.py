"""How far raters agree: Krippendorff's alpha, and who said what against whom.

Krippendorff, Content Analysis, chapter on reliability: alpha = 1 - observed / expected
disagreement. Ratings may be missing; an item with fewer than two is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeVar

Scale = Literal["nominal", "ordinal"]
T = TypeVar("T", bound=Hashable)


def krippendorff(items: Iterable[Sequence[T]], order: Sequence[T], scale: Scale) -> float | None:
    """Alpha of the ratings each item got; 1 is full agreement, 0 is chance, below 0 is worse.

    `order` lists every rating there is, lowest first. None when no item has two ratings, or when
    all ratings are the same: agreement beyond chance cannot be told from no choice at all.
    Raises ValueError for a rating that `order` does not have.
    """
    ranks = {value: rank for rank, value in enumerate(order)}
    pairable = [[_rank(value, ranks) for value in item] for item in items if len(item) > 1]
    used = Counter(rank for item in pairable for rank in item)
    total = sum(used.values())
    distance = _distance([used[rank] for rank in range(len(order))], scale)
    expected = sum(used[a] * used[b] * distance[a][b] for a in used for b in used) / max(
        1, total - 1
    )
    if not expected:
        return None
    observed = sum(
        sum(distance[a][b] for a in item for b in item) / (len(item) - 1) for item in pairable
    )
    return 1 - observed / expected


def _rank(value: T, ranks: Mapping[T, int]) -> int:
    if value not in ranks:
        raise ValueError(f"{value!r} is not one of the ratings {', '.join(map(str, ranks))}.")
    return ranks[value]


def _distance(used: Sequence[int], scale: Scale) -> list[list[float]]:
    """Squared difference between two ratings. An ordinal one counts the ratings in between."""
    ends = list(accumulate(used))
    if scale == "nominal":
        return [[float(a != b) for b in range(len(used))] for a in range(len(used))]

    def between(a: int, b: int) -> float:
        low, high = sorted((a, b))
        return ends[high] - ends[low] + (used[low] - used[high]) / 2 if low != high else 0.0

    return [[between(a, b) ** 2 for b in range(len(used))] for a in range(len(used))]


@dataclass(frozen=True)
class Agreement:
    """Agreement of two or more raters over the items they share."""

    raters: int
    items: int
    shared: int
    nominal: float | None
    ordinal: float | None


def agreement_of(ratings: Mapping[str, Mapping[str, T]], order: Sequence[T]) -> Agreement:
    """`ratings` are item -> rater -> rating; `shared` counts items with two ratings or more."""
    lists = [list(by_rater.values()) for by_rater in ratings.values()]
    return Agreement(
        raters=len({rater for by_rater in ratings.values() for rater in by_rater}),
        items=len(lists),
        shared=sum(len(item) > 1 for item in lists),
        nominal=krippendorff(lists, order, "nominal"),
        ordinal=krippendorff(lists, order, "ordinal"),
    )


def confusion(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """How often the first of a pair met the second: {"right": {"right": 8, "wrong": 1}}."""
    counted = Counter(pairs)
    table: dict[str, dict[str, int]] = {}
    for (first, second), count in sorted(counted.items()):
        table.setdefault(first, {})[second] = count
    return table
