"""Seals and pen strokes on a page, told by colour and shape, and reported as facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.reading.light import Grey, blue_of, red_of
from ingest.reading.page import Box, Fact, FactKind, Word
from ingest.reading.pictures import Colour

_LOOK = 1100  # pixels of the longer side at which shapes are looked at
_SEAL_WIDTH = (0.07, 0.45)  # of the shorter side of the page
_FRAMED = 0.75  # share of each side that a frame has
_MOST_STROKES = 150
_SIGN = re.compile(r"^\(?\W?(ký|kí|kỷ|ky)\b|^\(\W?[ýíỷ]\b", re.IGNORECASE)
_AFTER = re.compile(r"^(tên|ghi|và|rõ|đóng|họ|ký|điểm|,)", re.IGNORECASE)
_BELOW = 0.16  # of the height of a page: how far under "ký" a signature stands


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

    def box(self, shape: Sequence[int]) -> Box:
        """Its place on a page of that size, in shares."""
        height, width = shape[:2]
        right, bottom = (self.left + self.width) / width, (self.top + self.height) / height
        return Box(self.left / width, self.top / height, right, bottom)


def seals_in(mask: Grey) -> Grey | None:
    """Where seals of one colour stand, as 255 on 0 in the size of `mask`; None without any."""
    small = _small(mask)
    found = [shape for shape in _shapes(small, 13) if _is_seal(shape, small.shape)]
    if not found:
        return None
    area = np.zeros_like(small)
    for one in found:
        corner = (one.left + one.width, one.top + one.height)
        cv2.rectangle(area, (one.left, one.top), corner, 255, -1)
    full = cv2.resize(area, mask.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    ink = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    return np.where(full > 0, ink, 0).astype(np.uint8)


def frames_in(mask: Grey) -> list[Box]:
    """Seals of one colour that are frames, which hold lines of words."""
    small = _small(mask)
    shapes = [shape for shape in _shapes(small, 13) if _is_seal(shape, small.shape)]
    return [shape.box(small.shape) for shape in shapes if shape.framing > _FRAMED]


def marks_on(evened: Colour, words: Sequence[Word]) -> list[Fact]:
    """Seals in red or blue, pen strokes in blue, and signatures in black under "ký"."""
    red, blue = _small(red_of(evened)), _small(blue_of(evened))
    seals = [*_seals(red, "red"), *_seals(blue, "blue")]
    taken = [seal.box for seal in seals if seal.box]
    # Where much of the print is blue, only strokes apart from it can be a pen's.
    print_too = [word.box for word in words] if _is_print(blue, words) else []
    pens = _strokes(_shapes(blue, 9), "blue", blue.shape, [*taken, *print_too])
    return [*seals, *pens, *_black_signatures(evened, words, taken)][:_MOST_STROKES]


def _is_print(mask: Grey, words: Sequence[Word]) -> bool:
    height, width = mask.shape
    hit = 0
    for word in words:
        rows = slice(int(word.box.top * height), int(word.box.bottom * height) + 1)
        columns = slice(int(word.box.left * width), int(word.box.right * width) + 1)
        hit += bool((mask[rows, columns] > 0).mean() > 0.05)
    return hit > 0.4 * len(words)


def _small(mask: Grey) -> Grey:
    scale = min(1.0, _LOOK / max(mask.shape))
    area = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return (area > 60).astype(np.uint8) * 255


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


def _seals(mask: Grey, colour: str) -> Iterator[Fact]:
    for shape in _shapes(mask, 13):
        if _is_seal(shape, mask.shape):
            sure = max(shape.roundness, shape.framing)
            yield Fact(FactKind.STAMP, {"colour": colour}, shape.box(mask.shape), sure)


def _is_seal(shape: Shape, page: Sequence[int]) -> bool:
    """Large, about as wide as high, with a rim, and mostly empty: an emblem is filled."""
    least, most = (share * min(page[:2]) for share in _SEAL_WIDTH)
    large = least < shape.width < most and least * 0.6 < shape.height < most
    even = 0.55 < shape.width / shape.height < 2.6
    outlined = shape.roundness > 0.6 or shape.framing > _FRAMED
    return large and even and outlined and 0.04 < shape.fill < 0.6


def _strokes(
    shapes: Iterable[Shape], colour: str, page: Sequence[int], taken: Sequence[Box]
) -> Iterator[Fact]:
    for shape in shapes:
        box = shape.box(page)
        part = 0.015 * page[1] < shape.width < 0.8 * page[1] and shape.height < 0.3 * page[0]
        if part and shape.fill < 0.75 and not _within(box, taken):
            yield Fact(FactKind.INK, {"colour": colour}, box)


def _within(box: Box, others: Sequence[Box]) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return any(o.left < x < o.right and o.top < y < o.bottom for o in others)


def _black_signatures(
    evened: Colour, words: Sequence[Word], taken: Sequence[Box]
) -> Iterator[Fact]:
    """Large open strokes in the places where people sign; print there is small and read well."""
    places = _signing_places(words)
    if not places:
        return
    grey = cv2.cvtColor(evened, cv2.COLOR_RGB2GRAY)
    coloured = cv2.dilate(red_of(evened) | blue_of(evened), np.ones((5, 5), np.uint8))
    ink = _small(np.where((grey < 150) & (coloured == 0), 255, 0).astype(np.uint8))
    printed = [word.box for word in words if word.confidence > 0.6]
    letter = float(np.median([w.box.bottom - w.box.top for w in words])) * ink.shape[0]
    for shape in _shapes(ink, 5):
        box = shape.box(ink.shape)
        large = shape.width > 2.2 * letter and shape.height > 1.3 * letter
        large = large and shape.width < 0.6 * ink.shape[1] and shape.height < 0.2 * ink.shape[0]
        flat = shape.height < 0.06 * shape.width or shape.fill > 0.55
        if large and not flat and _within(box, places) and not _within(box, [*taken, *printed]):
            yield Fact(FactKind.INK, {"colour": "black"}, box, 0.7)


def _signing_places(words: Sequence[Word]) -> list[Box]:
    """The areas around and under each "(Ký, ghi rõ họ tên)" or "Chữ ký" of a page."""
    found = []
    for before, word, after in zip(words, words[1:], [*words[2:], None], strict=False):
        follows = after is not None and (after.line != word.line or _AFTER.match(after.text))
        asks = word.text.startswith("(") or before.text.casefold() == "chữ" or follows
        named = before.text.casefold().strip(".,") in ("đăng", "đã")
        if _SIGN.match(word.text) and asks and not named:
            left, right = word.box.left - 0.12, word.box.right + 0.3
            found.append(Box(left, word.box.top, right, word.box.bottom + _BELOW))
    return found
