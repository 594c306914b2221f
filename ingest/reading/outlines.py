"""Ink in groups, and which of them have the outline of a seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.light import Grey
from ingest.reading.page import Box

_LOOK = 1100  # pixels of the longer side at which shapes are looked at
_SEAL_WIDTH = (0.07, 0.45)  # of the shorter side of the page
_FRAMED = 0.75  # share of each side that a frame has


@dataclass(frozen=True)
class Shape:
    """A connected group of ink, in pixels: its box, its ink, whether it runs round without
    corners, and how much of a frame along its box it has."""

    left: int
    top: int
    width: int
    height: int
    ink: int
    roundness: float
    framing: float

    @property
    def fill(self) -> float:
        """Share of its box that is ink."""
        return self.ink / (self.width * self.height)

    @property
    def is_frame(self) -> bool:
        """Whether it has most of a frame."""
        return self.framing > _FRAMED

    def box(self, shape: Sequence[int]) -> Box:
        """Its place on a page of that size, in shares."""
        height, width = shape[:2]
        right, bottom = (self.left + self.width) / width, (self.top + self.height) / height
        return Box(self.left / width, self.top / height, right, bottom)


def small(mask: Grey) -> Grey:
    """A mask in the size at which groups are looked at."""
    scale = min(1.0, _LOOK / max(mask.shape))
    area = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return (area > 60).astype(np.uint8) * 255


def seals_among(mask: Grey) -> list[Shape]:
    """The groups of ink in a small mask that have the outline of a seal."""
    return [shape for shape in _shapes(mask, 13) if _is_seal(shape, mask.shape)]


def _shapes(mask: Grey, reach: int) -> list[Shape]:
    """Groups of ink no further apart than `reach` pixels."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height = (int(value) for value in stats[number][:4])
        part = (slice(top, top + height), slice(left, left + width))
        ink = (mask[part] > 0) & (labels[part] == number)
        if ink.sum() >= 40:
            sides = (left, top, width, height, int(ink.sum()))
            found.append(Shape(*sides, _roundness(ink), _framing(ink)))
    return found


def _roundness(ink: NDArray[np.bool_]) -> float:
    """Share of the directions from the middle in which there is ink near a round rim; 0 for
    what has corners, like lines of print."""
    rows, columns = np.nonzero(ink)
    height, width = ink.shape
    x, y = (columns / max(1, width - 1) - 0.5) * 2, (rows / max(1, height - 1) - 0.5) * 2
    reach = np.hypot(x, y)
    if (reach > 1.08).mean() > 0.06:
        return 0.0
    rim = reach > 0.8
    sectors = np.floor((np.arctan2(y[rim], x[rim]) + np.pi) / (2 * np.pi) * 24).astype(int)
    return len(set(sectors.tolist())) / 24


def _framing(ink: NDArray[np.bool_]) -> float:
    """Share of the four sides along which there is ink."""
    depth = max(1, round(0.06 * min(ink.shape)))
    sides = (ink[:depth].any(axis=0), ink[-depth:].any(axis=0),
             ink[:, :depth].any(axis=1), ink[:, -depth:].any(axis=1))  # fmt: skip
    return float(min(side.mean() for side in sides))


def _is_seal(shape: Shape, page: Sequence[int]) -> bool:
    """Large, about as wide as high, with a rim, and mostly empty: an emblem is filled."""
    least, most = (share * min(page[:2]) for share in _SEAL_WIDTH)
    large = least < shape.width < most and least * 0.6 < shape.height < most
    even = 0.55 < shape.width / shape.height < 2.6
    outlined = shape.roundness > 0.6 or shape.is_frame
    return large and even and outlined and 0.04 < shape.fill < 0.6
