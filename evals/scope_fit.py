"""Fits when none of the procedures found fits (assistant/steps/fitting.py), for `evals.tune_scope`.

On questions that are within scope by their topic. The bias lets a share of `REFUSED_UNFIT` of those
in scope as written be refused beside those that their topic refuses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.steps.fitting import BIAS, FITS, fit_evidence, is_weighed
from evals.least_loss import Numbers, unscaled
from knowledge.search import Found

REFUSED_UNFIT = 0.007
_OUTSIDE_COUNTS = 0.5
_MISSPELT_COUNTS = 0.3
_STIFF = 1.0
Marks = NDArray[np.bool_]


class FitTable:
    """The evidence of questions that reach the search, and whether each is to be weighed."""

    def __init__(
        self, texts: Sequence[str], found: Sequence[Found], margins: Numbers, outside: Marks
    ) -> None:
        known = [
            fit_evidence(text, hits, margin) if margin <= 0 and is_weighed(text, hits) else None
            for text, hits, margin in zip(texts, found, margins, strict=True)
        ]
        self.names = tuple(next(row for row in known if row))
        self.weighed: Marks = np.array([row is not None for row in known])
        self.rows = np.array([[row[n] for n in self.names] for row in known if row])
        self.outside = outside

    def fitted(self, chosen: Marks, written: Marks) -> dict[str, float]:
        """The weights from those `chosen`; `written` are those spelt as people wrote them."""
        here = chosen[self.weighed]
        rows, outside = self.rows[here], self.outside[self.weighed][here]
        counts = np.where(outside, _OUTSIDE_COUNTS, 1.0)
        counts *= np.where(written[self.weighed][here], 1.0, _MISSPELT_COUNTS)
        weights, _ = unscaled(rows, outside.astype(float), counts, _STIFF)
        stored = [round(float(value), 3) for value in weights]
        bias = self._bias(np.array(stored), chosen & written & ~self.outside)
        return dict(zip(self.names, stored, strict=True)) | {BIAS: bias}

    def _bias(self, weights: Numbers, inside: Marks) -> float:
        """Counted over all `inside`, also those that are not weighed and so are not refused."""
        values = np.sort(self.rows[inside[self.weighed]] @ weights)[::-1]
        return -round(float(values[int(REFUSED_UNFIT * inside.sum())]), 3)

    def misfits(self, weights: dict[str, float]) -> Numbers:
        """How far from fitting everything is to each question."""
        values = np.full(len(self.weighed), FITS)
        factors = np.array([weights[name] for name in self.names])
        values[self.weighed] = self.rows @ factors + weights[BIAS]
        return values
