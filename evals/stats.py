"""Intervals and paired tests for scored cases; everything follows from the rows and a seed.

Rows that share a procedure (a cluster) rise and fall together, so ten rows about one procedure
prove less than ten about ten. Each function takes the rows' clusters; a row with the cluster ""
stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SEED = 7
_CONFIDENCE = 0.95
_RESAMPLES = 9999
_BATCH = 500  # resamples held in memory at once
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval, over `n` rows of `clusters` procedures."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


def estimate(
    values: Sequence[float], clusters: Sequence[str], *, seed: int = SEED
) -> Estimate | None:
    """The mean with its interval: Wilson for zeros and ones, BCa bootstrap otherwise.

    None without values: not applicable is not zero.
    """
    if not values:
        return None
    if set(values) <= {0, 1}:
        return rate(values, clusters)
    return mean(values, clusters, seed=seed)


def rate(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """A share of passes with its Wilson interval on the effective number of rows.

    Rows are counted down by the design effect (variance between procedures over that of
    independent rows, never below 1) and by Student's t for few procedures, as Korn and Graubard
    do. With one row a procedure this is scipy's Wilson interval. Where all rows agree there is
    no variance to learn an effect from, and it is taken as 1.
    """
    sums, counts = _by_cluster(values, clusters)
    n, k = int(counts.sum()), len(counts)
    share = float(sums.sum() / n)
    low, high = _wilson(share, _effective_rows(share, sums, counts))
    return Estimate(share, low, high, n, k)


def mean(values: Sequence[float], clusters: Sequence[str], *, seed: int = SEED) -> Estimate:
    """A mean over rows with its BCa interval; procedures are resampled, not rows.

    The jackknife that corrects for skew leaves one procedure out at a time. Values that are all
    equal give an interval without width; one procedure alone gives one without knowledge,
    from the least to the greatest value.
    """
    sums, counts = _by_cluster(values, clusters)
    value, k = float(sums.sum() / counts.sum()), len(counts)
    if k == 1:
        low, high = float(min(values)), float(max(values))
    else:
        low, high = _bca(sums, counts, seed)
    return Estimate(value, low, high, len(values), k)


def mcnemar(better: int, worse: int) -> float:
    """Exact two-sided p that `better` and `worse` flips are a fair coin's; 1 without flips."""
    flips = better + worse
    return float(stats.binomtest(better, flips, 0.5).pvalue) if flips else 1.0


def paired_p(differences: Sequence[float], clusters: Sequence[str], *, seed: int = SEED) -> float:
    """Two-sided p that paired differences have no direction; each procedure is one toss.

    For passes and fails with one flip a procedure this is exact McNemar. Otherwise the signs of
    the procedures' sums are changed at random, all ways where there are few. A bootstrap is
    too sure of itself here: with five changes the same way out of hundreds it says p = .01, a
    coin says .06.
    """
    sums, _ = _by_cluster(differences, clusters)
    changed = sums[np.abs(sums) > 1e-12]
    if len(changed) == 0:
        return 1.0
    if np.allclose(np.abs(changed), abs(changed[0])):
        better = int((changed > 0).sum())
        return mcnemar(better, len(changed) - better)
    found = stats.permutation_test(
        (changed,),
        _total,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        rng=np.random.default_rng(seed),
    )
    return float(min(1.0, found.pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjustment over several tests, in the given order; never below the raw p."""
    adjusted = [0.0] * len(p_values)
    reached = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = reached
    return adjusted


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[Floats, Floats]:
    """Sum and number of rows of each cluster, in the order they first appear."""
    sums: dict[str | int, float] = {}
    counts: dict[str | int, int] = {}
    for i, (value, cluster) in enumerate(zip(values, clusters, strict=True)):
        key = cluster or i
        sums[key] = sums.get(key, 0.0) + value
        counts[key] = counts.get(key, 0) + 1
    return np.array(list(sums.values()), float), np.array(list(counts.values()), float)


def _effective_rows(share: float, sums: Floats, counts: Floats) -> float:
    n, k = float(counts.sum()), len(counts)
    if k == n or k == 1:
        return float(k)
    alone = share * (1 - share) / n
    together = k / (k - 1) * float(((sums - share * counts) ** 2).sum()) / n**2
    effect = max(1.0, together / alone) if alone else 1.0
    tail = 0.5 + _CONFIDENCE / 2
    few = float(stats.t.ppf(tail, n - 1) / stats.t.ppf(tail, k - 1)) ** 2
    return n / effect * few


def _wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's interval; scipy's own takes whole numbers of rows only."""
    z2 = float(stats.norm.ppf(0.5 + _CONFIDENCE / 2)) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _bca(sums: Floats, counts: Floats, seed: int) -> tuple[float, float]:
    means = sums / counts
    if np.allclose(means, means[0]):
        return float(means[0]), float(means[0])
    found = stats.bootstrap(
        (sums, counts),
        _ratio,
        paired=True,
        vectorized=True,
        method="BCa",
        confidence_level=_CONFIDENCE,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _ratio(sums: Floats, counts: Floats, axis: int = -1) -> Floats:
    return np.asarray(sums.sum(axis=axis) / counts.sum(axis=axis))


def _total(changes: Floats, axis: int = -1) -> Floats:
    return np.asarray(changes.sum(axis=axis))
