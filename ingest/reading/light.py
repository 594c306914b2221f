"""Light and colour of a page: even ground, size of letters, and seals out of the way of OCR."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.pictures import Colour
from ingest.reading.sheet import ink_of

Grey = NDArray[np.uint8]

_LETTER = 15  # pixels of a small letter at which Tesseract reads best: larger ones cost lines
_MOST, _LEAST = 2.6, 0.45  # how far a page is enlarged or reduced for that
_MOST_PIXELS = 9.5e6


def even(colour: Colour) -> Colour:
    """The page as if lit evenly: each colour divided by the paper around it."""
    scale = 400 / max(colour.shape[:2])
    small = cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    ground = cv2.GaussianBlur(ground, (0, 0), 5)
    full = cv2.resize(ground, colour.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.divide(colour, full, scale=245).astype(np.uint8)


def red_of(evened: Colour) -> Grey:
    """Where red ink is, as 255 on 0."""
    red, green, blue = (evened[:, :, k].astype(np.int16) for k in range(3))
    other = np.maximum(green, blue)
    return np.where((red - other > 45) & (red > 90), 255, 0).astype(np.uint8)


def blue_of(evened: Colour) -> Grey:
    """Where blue ink is, as 255 on 0."""
    red, green, blue = (evened[:, :, k].astype(np.int16) for k in range(3))
    return np.where((blue - red > 40) & (blue >= green) & (blue > 70), 255, 0).astype(np.uint8)


def for_ocr(evened: Colour, red_seals: Grey | None, blue_seals: Grey | None) -> Grey:
    """Black letters on white, without the seals: red and blue print stays.

    In its own colour a seal is as bright as the paper, while black print stays dark.
    """
    grey = cv2.cvtColor(evened, cv2.COLOR_RGB2GRAY)
    for channel, seals in ((0, red_seals), (2, blue_seals)):
        if seals is not None:
            grey = np.where(seals > 0, evened[:, :, channel], grey)
    # From the level of paper on, everything is white: what remains is not texture.
    stretched = (grey.astype(np.float32) - 40) * (255 / (225 - 40))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def letter_height(grey: Grey) -> float:
    """Pixels of a small letter: what most pieces of ink measure; 0 when there are none."""
    ink = ink_of(grey, longest=max(grey.shape))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    widths = stats[1:, cv2.CC_STAT_WIDTH]
    likely = (heights >= 5) & (heights < 120) & (widths < 3 * heights) & (heights < 4 * widths)
    return float(np.percentile(heights[likely], 40)) if likely.sum() >= 12 else 0.0


def enlargement(letter: float, shape: tuple[int, ...]) -> float:
    """By how much to scale a page so that its letters have the size that OCR wants."""
    if not letter:
        return 1.0
    wanted = float(np.clip(_LETTER / letter, _LEAST, _MOST))
    most = float(np.sqrt(_MOST_PIXELS / (shape[0] * shape[1])))
    return 1.0 if 0.85 < wanted < 1.25 and most > 1 else min(wanted, most)


def noise_of(grey: Grey) -> float:
    """Grey levels of grain: how far pixels stray from their neighbours on plain paper."""
    part = grey[:: max(1, grey.shape[0] // 1200)]
    strays = cv2.absdiff(part, cv2.medianBlur(part, 3))
    return float(np.percentile(strays[::2, ::2], 60))


def scaled(grey: Grey, share: float) -> Grey:
    """The picture enlarged or reduced, with its grain smoothed."""
    if noise_of(grey) > 4:
        grey = cv2.medianBlur(grey, 3).astype(np.uint8)
    if share == 1.0:
        return grey
    how = cv2.INTER_CUBIC if share > 1 else cv2.INTER_AREA
    return cv2.resize(grey, None, fx=share, fy=share, interpolation=how).astype(np.uint8)
