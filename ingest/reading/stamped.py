"""Words in framed stamps ("sao y", "chứng thực"): read apart, as seals are taken out of the way of
print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from ingest.reading.light import Grey
from ingest.reading.ocr import BLOCK, Seen, words_of
from ingest.reading.page import Box

_RIM = 0.03  # of its height and width: the frame itself is no letter
_SURE = 0.4  # confidence under which a word of a stamp is a smear
_PRINT = 3  # words in a frame from which it lies on print, which has been read already
_MOST = 2  # stamps on one page that are read


def words_in_frames(
    page: Grey, frames: Sequence[Box], share: float, words: Sequence[Seen], language: str
) -> list[Seen]:
    """The words in frames of a page before scaling, in pixels after it, as lines of their own."""
    free = [frame for frame in frames if _within(frame, page.shape, share, words) < _PRINT]
    line = max((word.line for word in words), default=-1) + 1
    found: list[Seen] = []
    for frame in free[:_MOST]:
        found += [
            replace(word, line=word.line + line) for word in _read(page, frame, share, language)
        ]
        line = max((word.line for word in found), default=line - 1) + 1
    return found


def _within(frame: Box, shape: Sequence[int], share: float, words: Sequence[Seen]) -> int:
    height, width = (side * share for side in shape[:2])
    return sum(
        frame.left * width < word.left + word.width / 2 < frame.right * width
        and frame.top * height < word.top + word.height / 2 < frame.bottom * height
        for word in words
    )


def _read(page: Grey, frame: Box, share: float, language: str) -> Iterator[Seen]:
    height, width = page.shape
    rim_x, rim_y = _RIM * (frame.right - frame.left), _RIM * (frame.bottom - frame.top)
    left, right = int((frame.left + rim_x) * width), int((frame.right - rim_x) * width)
    top, bottom = int((frame.top + rim_y) * height), int((frame.bottom - rim_y) * height)
    part = cv2.resize(page[top:bottom, left:right], None, fx=share, fy=share)
    for word in words_of(np.asarray(part, np.uint8), language, BLOCK):
        if word.confidence >= _SURE:
            place = (word.left + round(left * share), word.top + round(top * share))
            yield replace(word, left=place[0], top=place[1])
