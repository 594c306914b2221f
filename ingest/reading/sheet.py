"""The sheet of paper in a picture: its edges, which way is up, and how far it leans."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.pictures import Colour, shrunk

Grey = NDArray[np.uint8]
Corners = NDArray[np.float32]  # four points: top left, top right, bottom right, bottom left

_LOOK = 900  # pixels of the longer side at which shapes are looked for
_LEAST_SHARE = 0.2  # of the picture that a sheet fills
_LEAST_STEP = 28  # grey levels between a sheet and what it lies on


def sheet_in(colour: Colour) -> Corners | None:
    """The corners of the sheet in a photo, or None for a scan or a picture that the page fills."""
    small = shrunk(colour, _LOOK)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.uint8)
    _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    kernel = np.ones((9, 9), np.uint8)
    # Printed lines and the shadow of a fold must not part the sheet.
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, iterations=3)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel, iterations=2)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = np.asarray(cv2.convexHull(max(contours, key=cv2.contourArea)))
    corners = _corners(outline, small.shape[0] * small.shape[1])
    if corners is None or not _stands_out(grey, corners):
        return None
    scale = colour.shape[0] / small.shape[0]
    return np.asarray(corners * scale, np.float32)


def _corners(outline: cv2.typing.MatLike, area: int) -> Corners | None:
    """Four corners that describe the outline well, or None."""
    found = cv2.contourArea(outline)
    if not _LEAST_SHARE * area < found < 0.985 * area:
        return None
    around = cv2.arcLength(outline, True)
    for tolerance in (0.015, 0.02, 0.03, 0.045, 0.06):
        points = cv2.approxPolyDP(outline, tolerance * around, True)
        if len(points) == 4:
            quad = points.reshape(4, 2).astype(np.float32)
            # A shape that is no quadrangle loses area when it is made one.
            return _ordered(quad) if cv2.contourArea(quad) > 0.9 * found else None
    return None


def _ordered(points: Corners) -> Corners:
    total, difference = points.sum(axis=1), points[:, 0] - points[:, 1]
    order = [total.argmin(), difference.argmax(), total.argmax(), difference.argmin()]
    if len(set(map(int, order))) < 4:
        turn = np.arctan2(*(points - points.mean(axis=0)).T[::-1])
        return points[np.argsort(turn)]
    return points[order]


def _stands_out(grey: Grey, corners: Corners) -> bool:
    """Whether all around the sheet it is clearly darker than on it."""
    inside = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(inside, corners.astype(np.int32), 1)
    ring = cv2.dilate(inside, np.ones((25, 25), np.uint8)) - cv2.dilate(inside, np.ones((7, 7)))
    if not ring.any():
        return False
    on, around = np.median(grey[inside == 1]), np.percentile(grey[ring == 1], 75)
    return bool(on - around > min(_LEAST_STEP, 0.3 * on))


def flattened(colour: Colour, corners: Corners) -> Colour:
    """The sheet seen straight from above."""
    a, b, c, d = corners
    width = round(max(np.linalg.norm(b - a), np.linalg.norm(c - d)))
    height = round(max(np.linalg.norm(d - a), np.linalg.norm(c - b)))
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, goal)
    flat = cv2.warpPerspective(colour, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return flat.astype(np.uint8)


def ink_of(grey: Grey, longest: int = _LOOK) -> Grey:
    """Ink as 1 on 0, in a small picture, whatever the light."""
    scale = min(1.0, longest / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = cv2.blur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (31, 31))
    return (small.astype(np.int16) < ground.astype(np.int16) * 0.8 - 4).astype(np.uint8)


def lies_sideways(ink: Grey) -> bool:
    """Whether lines of text run from top to bottom: along its lines, ink comes in rows."""
    kept = _letters(ink)
    coarse = np.arange(-12, 12.1, 2.0)
    upright, sideways = (
        max(_straightness(spots, float(angle)) for angle in coarse)
        for spots in (_Spots.of(kept), _Spots.of(kept.T))
    )
    return sideways > 1.1 * upright


def _letters(ink: Grey) -> Grey:
    """Ink without rules, frames, seals and dust, which have a direction of their own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    small = (sides.max(axis=1) < max(ink.shape) * 0.06) & (stats[:, cv2.CC_STAT_AREA] > 2)
    small[0] = False
    return np.ascontiguousarray(small[labels]).astype(np.uint8)


def leaning(ink: Grey) -> float:
    """Degrees, counterclockwise positive, by which the page must be turned to stand straight."""
    kept = _letters(ink)
    if kept.sum() < 200:
        return 0.0
    spots = _Spots.of(kept)
    best = max(np.arange(-12, 12.1, 1.0), key=lambda angle: _straightness(spots, float(angle)))
    fine = np.arange(best - 0.8, best + 0.81, 0.2)
    return round(float(max(fine, key=lambda angle: _straightness(spots, float(angle)))), 2)


@dataclass(frozen=True)
class _Spots:
    """Where ink is on a page of that height; `across` counts from the middle."""

    across: NDArray[np.float32]
    down: NDArray[np.float32]
    height: int

    @classmethod
    def of(cls, ink: Grey) -> _Spots:
        down, across = np.nonzero(ink)
        middle = np.float32(ink.shape[1] / 2)
        return cls(across.astype(np.float32) - middle, down.astype(np.float32), ink.shape[0])


def _straightness(spots: _Spots, angle: float) -> float:
    """How strongly the ink comes in rows after a turn; 1 when it does not.

    A shear is as good as a turn for small angles, and faster; only ink is moved, not paper.
    """
    lean = np.float32(np.tan(np.radians(angle)))
    moved = np.rint(spots.down - lean * spots.across).astype(np.int32)
    rows = np.bincount(moved[(moved >= 0) & (moved < spots.height)]).astype(np.float64)
    return float((rows**2).sum() * spots.height / (rows.sum() ** 2 + 1))


def stands_on_head(ink: Grey) -> bool:
    """Whether a straight page is upside down: Vietnamese has more ink above its small letters
    (ascenders, accents) than below them (tails, dots)."""
    rows = _letters(ink).sum(axis=1).astype(np.float64)
    above = below = 0.0
    for start, end in _bands(rows > max(2.0, rows.max() * 0.02)):
        band = rows[start:end]
        core = np.flatnonzero(band > 0.55 * np.percentile(band, 90))
        if 6 <= len(band) <= 60 and len(core):
            above += band[: core[0]].sum()
            below += band[core[-1] + 1 :].sum()
    return bool(below > 1.25 * above + 20)


def _bands(filled: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of rows that hold ink, as first row and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def turned_ink(ink: Grey, angle: float) -> Grey:
    """Ink turned by a small angle."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_NEAREST).astype(np.uint8)


def straightened(colour: Colour, angle: float) -> Colour:
    """The page turned by a small angle, on paper of its own shade."""
    if abs(angle) < 0.15:
        return colour
    height, width = colour.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    paper = tuple(int(shade) for shade in np.percentile(colour[::16, ::16], 70, axis=(0, 1)))
    turned = cv2.warpAffine(
        colour, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper
    )
    return turned.astype(np.uint8)
