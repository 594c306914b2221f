"""Pen strokes on a page: told from print, lines, frames, stains and edges by their shape.

What looks like a signature is one thin stroke that runs far and high; all else that a pen may
have left is writing. Neither says who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.light import Grey, blue_of, red_of
from ingest.reading.outlines import seals_among, small
from ingest.reading.page import Box, Fact, FactKind, Word
from ingest.reading.pictures import Colour, shrunk

_LOOK = 1800  # pixels of the longer side at which strokes are followed
_MOST = 150
_CROSSED = 9  # pixels of a rule that a stroke crosses
_DARK = 150  # grey below which a pixel of an evenly lit page is ink
_SIGN = re.compile(r"^\(?\W?(ký|kí|kỷ|ky)\b|^\(\W?[ýíỷ]\b", re.IGNORECASE)
_AFTER = re.compile(r"^(tên|ghi|và|rõ|đóng|họ|ký|điểm|,)", re.IGNORECASE)
# How far under, left and right of "ký" a signature stands, in heights of a page: the width of a
# page tells little where two papers lie side by side.
_BELOW, _LEFT, _RIGHT = 0.16, 0.085, 0.21
_STRAIGHT = 0.08  # bend up to which a stroke rules a line or crosses something out
_HOLLOW = 0.1  # core up to which ink frames or encircles something
_READ = 0.6  # confidence from which a word is print


@dataclass(frozen=True)
class Ink:
    """Ink of one colour on a page, as 255 on 0; how high the page's letters are in it; and where
    it has the outline of a seal, as on grey copies."""

    mask: Grey
    letter: float
    colour: str
    seals: Sequence[Box] = ()


@dataclass(frozen=True)
class Stroke:
    """Ink that hangs together: its sides and its number of pixels, how broad it was drawn, how far
    it strays from a straight line in shares of its length, and the share of it that crosses the
    middle of its box."""

    left: int
    top: int
    width: int
    height: int
    ink: int
    breadth: float
    bend: float
    core: float

    @property
    def fill(self) -> float:
        """Share of its box that is ink."""
        return self.ink / (self.width * self.height)

    def box(self, shape: Sequence[int]) -> Box:
        """Its place on a page of that size, in shares."""
        height, width = shape[:2]
        right, bottom = (self.left + self.width) / width, (self.top + self.height) / height
        return Box(self.left / width, self.top / height, right, bottom)


def pens_on(evened: Colour, words: Sequence[Word], taken: Sequence[Box]) -> list[Fact]:
    """Strokes of a pen in blue anywhere, in black where people sign; none within `taken`."""
    seen = shrunk(evened, _LOOK)
    letter = _letter(words, seen.shape[0])
    inks = (_blue(seen, words, letter), _black(seen, words, letter))
    facts = [fact for ink in inks for fact in _facts(ink) if not within(fact.box, taken)]
    return sorted(facts, key=lambda fact: fact.value["looks"])[:_MOST]


def within(box: Box | None, others: Sequence[Box]) -> bool:
    """Whether the middle of a box lies in one of the others."""
    return box is not None and any(other.holds(box) for other in others)


def _letter(words: Sequence[Word], height: int) -> float:
    heights = [word.box.bottom - word.box.top for word in words]
    return float(np.median(heights)) * height if heights else 0.014 * height


def _blue(seen: Colour, words: Sequence[Word], letter: float) -> Ink:
    mask = blue_of(seen)
    # Where much of the print is blue, only strokes apart from it can be a pen's.
    if _is_print(mask, words):
        mask = _without_print(mask, words, letter)
    return Ink(_without_lines(mask, letter), letter, "blue")


def _black(seen: Colour, words: Sequence[Word], letter: float) -> Ink:
    """Dark ink in the places where people sign, without the print and the lines there."""
    places = _signing_places(words, seen.shape)
    if not places:
        return Ink(np.zeros(seen.shape[:2], np.uint8), letter, "black")
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)
    coloured = cv2.dilate(cv2.max(red_of(seen), blue_of(seen)), np.ones((5, 5), np.uint8))
    dark = np.where((grey < _DARK) & (coloured == 0), 255, 0).astype(np.uint8)
    free = _without_print(dark, words, letter)
    free = np.where(_area(free.shape, places) > 0, free, 0).astype(np.uint8)
    fine = small(free)
    seals = [seal.box(fine.shape) for seal in seals_among(fine)]
    return Ink(_without_lines(free, letter), letter, "black", seals)


def _is_print(mask: Grey, words: Sequence[Word]) -> bool:
    hit = sum(bool((mask[_part(word.box, mask.shape)] > 0).mean() > 0.05) for word in words)
    return hit > 0.4 * len(words)


def _part(box: Box, shape: Sequence[int], rim: int = 0) -> tuple[slice, slice]:
    height, width = shape[:2]
    rows = slice(max(0, int(box.top * height) - rim), int(box.bottom * height) + 1 + rim)
    return rows, slice(max(0, int(box.left * width) - rim), int(box.right * width) + 1 + rim)


def _area(shape: Sequence[int], places: Sequence[Box]) -> Grey:
    area = np.zeros(tuple(shape[:2]), np.uint8)
    for place in places:
        area[_part(place, shape)] = 255
    return area


def _without_print(mask: Grey, words: Sequence[Word], letter: float) -> Grey:
    """The ink that stands in no word; what is far higher than a line is none that was printed."""
    left = mask.copy()
    for word in words:
        height = (word.box.bottom - word.box.top) * mask.shape[0]
        if word.confidence > _READ and height < 2.2 * letter:
            left[_part(word.box, mask.shape, rim=2)] = 0
    return left


def _without_lines(mask: Grey, letter: float) -> Grey:
    """The ink without straight rules, frames and edges, which are longer than any letter; what
    crosses them stays whole."""
    length = max(9, round(4 * letter))
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.max(across, down), np.ones((3, 3), np.uint8))
    free = np.where(rules > 0, 0, mask).astype(np.uint8)
    crossing = cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((_CROSSED, _CROSSED), np.uint8))
    return np.where(rules > 0, cv2.min(crossing, mask), mask).astype(np.uint8)


def _facts(ink: Ink) -> Iterator[Fact]:
    """Signatures first as the strokes they are; then what is left as groups of letters."""
    strokes = [stroke for stroke in _strokes(ink.mask, 3) if _is_signature(stroke, ink)]
    boxes = [stroke.box(ink.mask.shape) for stroke in strokes]
    boxes = [box for box in boxes if not within(box, ink.seals)]
    yield from (_fact(ink, box, "signature", 0.9) for box in boxes)
    for group in _strokes(ink.mask, max(3, round(0.4 * ink.letter))):
        box = group.box(ink.mask.shape)
        if _is_writing(group, ink) and not any(_holds(box, one) for one in boxes):
            yield _fact(ink, box, "writing", 0.7)


def _fact(ink: Ink, box: Box, looks: str, sure: float) -> Fact:
    return Fact(FactKind.INK, {"colour": ink.colour, "looks": looks}, box, sure)


def _holds(box: Box, other: Box) -> bool:
    return within(other, [box])


def _strokes(mask: Grey, reach: int) -> list[Stroke]:
    """Ink no further apart than `reach` pixels."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height, size = (int(value) for value in stats[number])
        if size >= 40:
            part = (slice(top, top + height), slice(left, left + width))
            ink = (mask[part] > 0) & (labels[part] == number)
            if ink.any():
                sides = (left, top, width, height, int(ink.sum()))
                found.append(Stroke(*sides, _breadth(ink), _bend(ink), _core(ink)))
    return found


def _breadth(ink: NDArray[np.bool_]) -> float:
    """How broad the ink is where it is broadest, in pixels."""
    far = cv2.distanceTransform(np.pad(ink, 1).astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(np.percentile(far[far > 0], 98))


def _bend(ink: NDArray[np.bool_]) -> float:
    points = np.argwhere(ink).astype(np.float64)
    if len(points) < 3:
        return 0.0
    across, along = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(points.T)), 0))
    return float(across / along) if along else 0.0


def _core(ink: NDArray[np.bool_]) -> float:
    height, width = ink.shape
    middle = ink[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return float(middle.sum() / ink.sum())


def _is_signature(stroke: Stroke, ink: Ink) -> bool:
    """One thin stroke, longer and higher than printed letters that touch, ticks and crossings."""
    far = stroke.width > 3 * ink.letter and stroke.height > 1.5 * ink.letter
    runs = stroke.fill < 0.28 and stroke.bend > _STRAIGHT and stroke.core > _HOLLOW
    return far and runs and _is_pen(stroke, ink)


def _is_writing(group: Stroke, ink: Ink) -> bool:
    least = (1.0, 0.6) if ink.colour == "blue" else (2.2, 1.3)
    large = group.width > least[0] * ink.letter and group.height > least[1] * ink.letter
    return large and _is_pen(group, ink) and group.fill < 0.75


def _is_pen(stroke: Stroke, ink: Ink) -> bool:
    height, width = ink.mask.shape
    fits = stroke.width < 0.6 * width and stroke.height < 0.2 * height
    inside = stroke.left > 2 and stroke.top > 2
    inside = inside and stroke.left + stroke.width < width - 2
    inside = inside and stroke.top + stroke.height < height - 2
    return fits and inside and stroke.breadth < 0.6 * ink.letter


def _signing_places(words: Sequence[Word], shape: Sequence[int]) -> list[Box]:
    """The areas around and under each "(Ký, ghi rõ họ tên)" or "Chữ ký" of a page."""
    found, side = [], shape[0] / shape[1]
    for before, word, after in zip(words, words[1:], [*words[2:], None], strict=False):
        follows = after is not None and (after.line != word.line or _AFTER.match(after.text))
        asks = word.text.startswith("(") or before.text.casefold() == "chữ" or follows
        named = before.text.casefold().strip(".,") in ("đăng", "đã")
        if _SIGN.match(word.text) and asks and not named:
            left, right = word.box.left - _LEFT * side, word.box.right + _RIGHT * side
            found.append(Box(max(0.0, left), word.box.top, right, word.box.bottom + _BELOW))
    return found
