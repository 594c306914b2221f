"""Why a picture of a page cannot be read, told from its light, its sharpness and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.light import Grey, noise_of
from ingest.reading.ocr import Seen
from ingest.reading.page import Flaw
from ingest.reading.pictures import Colour, shrunk

_DARK = 55  # grey level of paper under which a picture is dark
_BLACK = 16  # under which no reader finds anything but noise
_GRAIN = 0.12  # of the grey level of dark paper from which grain hides what is printed
_BLANK = 0.0006  # share of ink under which a page is blank
_SMALL = 9.0  # pixels of a small letter under which it cannot be read
_FAINT = 14  # grey levels between paper and the darkest of a page without print
_SOFT = 0.16  # width of an edge, in letters, from which a picture is blurred
_SMEARED = 0.4  # from which letters have run into each other
_BLOWN = 0.03  # share of the page that a reflection must cover
_SURE = 0.5  # confidence from which a word was surely one
_TALL = 1.8  # times the usual height from which a word is a drawing
_TOUCHING = 0.004  # share of the side within which a word touches the frame


@dataclass(frozen=True)
class Seeing:
    """What is known of a page when it is judged: the flat page, as prepared, and its words."""

    colour: Colour
    grey: Grey  # prepared for OCR
    letter: float  # pixels of a small letter before scaling, 0 when there are none
    words: Sequence[Seen]
    confidence: float


def flaws_of(seen: Seeing, gate: float) -> tuple[Flaw, ...]:
    """Empty when the page can be read; cut pages and reflections spoil even a well-read one."""
    dark = is_dark(seen.colour)
    if seen.confidence < gate and is_smeared(seen.colour, seen.letter):
        return (Flaw.BLURRED,)
    if ink_share(seen.grey) < _BLANK and not dark and seen.confidence < gate:
        return (Flaw.BLANK,)
    spoilt = [flaw for flaw, holds in ((Flaw.CUT, _cut), (Flaw.GLARE, _glare)) if holds(seen)]
    if seen.confidence >= gate:
        return tuple(spoilt)
    causes = [
        (Flaw.DARK, dark),
        (Flaw.SMALL, 0 < seen.letter < _SMALL),
        (Flaw.BLURRED, softness(seen.colour, seen.letter) > _SOFT),
    ]
    named = [*spoilt, *(flaw for flaw, holds in causes if holds)]
    return tuple(named) or (Flaw.UNCLEAR,)


def ink_share(grey: Grey) -> float:
    """Share of a prepared page that is ink, away from its rim."""
    height, width = grey.shape
    middle = grey[height // 30 : -height // 30, width // 30 : -width // 30]
    return float((middle < 190).mean()) if middle.size else 0.0


def softness(colour: Colour, letter: float) -> float:
    """Width of the edges of letters, as a share of a small letter: 0.05 sharp, 0.3 blurred."""
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    slope = cv2.magnitude(
        cv2.Sobel(smooth, -1, 1, 0, scale=1 / 8), cv2.Sobel(smooth, -1, 0, 1, scale=1 / 8)
    )
    # Every ninth pixel tells the shares as well as all of them.
    slope, smooth = slope[::3, ::3], smooth[::3, ::3]
    contrast = float(np.percentile(smooth, 60) - np.percentile(smooth, 0.7))
    if contrast < _FAINT:
        return 0.0  # nothing is printed there whose edges could be soft
    steepest = float(np.percentile(slope, 99.3))
    return contrast / (steepest * 2.5 + 1e-6) / max(letter, 8.0)


def is_dark(colour: Colour, level: float = _DARK) -> bool:
    """Whether even the paper is darker than a grey level."""
    return bool(np.percentile(_small_grey(colour), 70) < level)


def is_drowned(colour: Colour) -> bool:
    """Whether a picture is so dark that its grain hides what is printed: no time is lost on it.

    To be asked before the picture is turned, which smooths grain.
    """
    grey = np.asarray(cv2.cvtColor(colour[::2, ::2], cv2.COLOR_RGB2GRAY), np.uint8)
    grainy = noise_of(grey) > _GRAIN * float(np.percentile(grey, 70))
    return is_dark(colour, _BLACK) or (is_dark(colour) and grainy)


def is_smeared(colour: Colour, letter: float) -> bool:
    """Whether letters have run into each other, so that nothing can be read for sure."""
    return softness(colour, letter) > _SMEARED


def _small_grey(colour: Colour) -> Grey:
    return cv2.cvtColor(shrunk(colour, 600), cv2.COLOR_RGB2GRAY).astype(np.uint8)


def _cut(seen: Seeing) -> bool:
    """Whether text runs out of the picture on one side."""
    height, width = seen.grey.shape
    print_of_page = _print_in(seen.words)
    lines: dict[int, list[Seen]] = {}
    for word in print_of_page:
        lines.setdefault(word.line, []).append(word)
    left = sum(min(w.left for w in line) <= _TOUCHING * width for line in lines.values())
    last = (1 - _TOUCHING) * width
    right = sum(max(w.left + w.width for w in line) >= last for line in lines.values())
    top = sum(w.top <= _TOUCHING * height for w in print_of_page)
    bottom = sum(w.top + w.height >= (1 - _TOUCHING) * height for w in print_of_page)
    return bool(max(left, right) >= max(3, 0.2 * len(lines)) or max(top, bottom) >= 3)


def _print_in(words: Sequence[Seen]) -> list[Seen]:
    """Words of the usual height: ornaments on the rim of a page are taken for larger ones."""
    heights = [word.height for word in words if word.confidence > _SURE]
    most = _TALL * float(np.median(heights)) if heights else np.inf
    return [word for word in words if word.height <= most and any(map(str.isalnum, word.text))]


def _glare(seen: Seeing) -> bool:
    """Whether a reflection whites out a patch between lines that are read."""
    grey = _small_grey(seen.colour)
    if float(np.percentile(grey, 60)) > 232:
        return False  # a scan: its paper is as white as a reflection
    patch = cv2.morphologyEx((grey >= 250).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(patch.astype(np.uint8))
    if len(stats) < 2:
        return False
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < _BLOWN * grey.size:
        return False
    return not _words_in(np.asarray(labels == largest), seen)


def _words_in(patch: NDArray[np.bool_], seen: Seeing) -> bool:
    """Whether words are read where the patch is, so that it hides nothing."""
    across, down = patch.shape[1] / seen.grey.shape[1], patch.shape[0] / seen.grey.shape[0]
    inside = [
        w
        for w in seen.words
        if patch[
            min(patch.shape[0] - 1, int((w.top + w.height / 2) * down)),
            min(patch.shape[1] - 1, int((w.left + w.width / 2) * across)),
        ]
    ]
    return bool(len(inside) > 0.02 * len(seen.words) + 2)
