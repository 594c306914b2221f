"""Seals on a page, told by colour and shape, and reported as facts beside the strokes of pens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ingest.reading.light import Grey, blue_of, red_of
from ingest.reading.outlines import seals_among, small
from ingest.reading.page import Box, Fact, FactKind, Word
from ingest.reading.pens import pens_on
from ingest.reading.pictures import Colour


def seals_in(mask: Grey) -> Grey | None:
    """Where seals of one colour stand, as 255 on 0 in the size of `mask`; None without any."""
    seen = small(mask)
    found = seals_among(seen)
    if not found:
        return None
    area = np.zeros_like(seen)
    for one in found:
        corner = (one.left + one.width, one.top + one.height)
        cv2.rectangle(area, (one.left, one.top), corner, 255, -1)
    full = cv2.resize(area, mask.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    ink = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    return np.where(full > 0, ink, 0).astype(np.uint8)


def frames_in(mask: Grey) -> list[Box]:
    """Seals of one colour that are frames, which hold lines of words."""
    seen = small(mask)
    return [shape.box(seen.shape) for shape in seals_among(seen) if shape.is_frame]


def marks_on(evened: Colour, words: Sequence[Word]) -> list[Fact]:
    """Seals in red or blue, and the strokes of pens."""
    red, blue = small(red_of(evened)), small(blue_of(evened))
    seals = [*_seals(red, "red"), *_seals(blue, "blue")]
    return [*seals, *pens_on(evened, words, [seal.box for seal in seals if seal.box])]


def _seals(mask: Grey, colour: str) -> Iterator[Fact]:
    for shape in seals_among(mask):
        sure = max(shape.roundness, shape.framing)
        yield Fact(FactKind.STAMP, {"colour": colour}, shape.box(mask.shape), sure)
