"""Logistic weights of least loss, found by descending from zero: the same inputs give the same
weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

Numbers = NDArray[np.float64]
_MOST_STEPS = 80


def logistic(
    rows: sparse.csr_matrix | Numbers, labels: Numbers, counts: Numbers, stiffness: float
) -> tuple[Numbers, float]:
    """Weights and bias; `counts` is what each row counts."""
    width = rows.shape[1]

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        z = rows @ flat[:width] + flat[width]
        value = float(counts @ (np.logaddexp(0, z) - labels * z))
        slope = counts * (1 / (1 + np.exp(-z)) - labels)
        gradient = np.append(rows.T @ slope + stiffness * flat[:width], slope.sum())
        return value + 0.5 * stiffness * float(flat[:width] @ flat[:width]), gradient

    start, options = np.zeros(width + 1), {"maxiter": _MOST_STEPS}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return best[:width], float(best[width])


def unscaled(
    rows: Numbers, labels: Numbers, counts: Numbers, stiffness: float
) -> tuple[Numbers, Numbers]:
    """Weights on the numbers as they are, fitted on their spreads, and what they make of `rows`."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    weights, _ = logistic((rows - mean) / spread, labels, counts, stiffness)
    return weights / spread, rows @ (weights / spread)
