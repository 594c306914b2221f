"""Print that OCR passed over: it now and then takes a block of text for a table or a picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ingest.reading.light import Grey
from ingest.reading.ocr import SPARSE, Seen, words_of
from ingest.reading.sheet import ink_of

_MISSED = 0.12  # share of the letters on a page from which it is read a second time
_FEW = 40  # letters under which a share says nothing
_RIM = 3  # pixels around a word that still belong to it


def all_words_of(grey: Grey, language: str) -> list[Seen]:
    """The words of a prepared page; read a second time, wherever they stand, when many of its
    letters were passed over."""
    words = words_of(grey, language)
    passed_over = missed_share(grey, words)
    if not words or passed_over < _MISSED:
        return words
    again = words_of(grey, language, SPARSE)
    return again if missed_share(grey, again) < passed_over - 0.05 else words


def missed_share(grey: Grey, words: Sequence[Seen]) -> float:
    """Share of what looks like letters that stands in no word; 0 on a page with few letters."""
    ink = ink_of(grey, longest=max(grey.shape))
    _, _, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    likely = (height >= 5) & (height < 120) & (width < 3 * height) & (height < 4 * width)
    if likely.sum() < _FEW:
        return 0.0
    usual = float(np.percentile(height[likely], 40))
    likely &= (height > 0.6 * usual) & (height < 3 * usual)
    across, down = middles[1:][likely].astype(int).T
    return 1.0 - float(_covered(grey.shape, words)[down, across].mean())


def _covered(shape: Sequence[int], words: Sequence[Seen]) -> Grey:
    """Where words stand, as 1 on 0."""
    area = np.zeros(tuple(shape[:2]), np.uint8)
    for word in words:
        start = (word.left - _RIM, word.top - _RIM)
        end = (word.left + word.width + _RIM, word.top + word.height + _RIM)
        cv2.rectangle(area, start, end, 1, -1)
    return area
