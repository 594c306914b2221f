"""A picture of a page, however it was taken, becomes an upright page with its words."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.reading import light, sheet
from ingest.reading.codes import codes_on
from ingest.reading.flaws import Seeing, flaws_of, is_drowned, is_smeared
from ingest.reading.ocr import Seen, words_of
from ingest.reading.page import Box, Flaw, Page, PageSource, Word
from ingest.reading.pictures import Colour, as_jpeg
from ingest.reading.seals import marks_on, seals_in
from ingest.settings import ReadingSettings

_UPSIDE_DOWN = 0.72  # below this mean confidence a page may stand on its head


@dataclass(frozen=True)
class _Look:
    """A page in one position with what was read on it."""

    colour: Colour
    evened: Colour
    grey: light.Grey
    letter: float
    words: list[Seen]

    @property
    def confidence(self) -> float:
        return mean_confidence(self.words)


def mean_confidence(words: list[Seen]) -> float:
    """Mean over the words that hold a letter or digit, by their length; 0 without any."""
    weighed = [(w.confidence, len(w.text)) for w in words if any(map(str.isalnum, w.text))]
    total = sum(weight for _, weight in weighed)
    return sum(value * weight for value, weight in weighed) / total if total else 0.0


def page_of_picture(colour: Colour, limits: ReadingSettings) -> Page:
    """The page that a picture shows."""
    corners = sheet.sheet_in(colour)
    flat = colour if corners is None else sheet.flattened(colour, corners)
    if is_drowned(flat):
        return _unread(flat)
    turn = likely_turn(flat)
    look = _look(_turned(flat, turn), limits)
    if look.confidence < _UPSIDE_DOWN and look.words:
        other = _look(_turned(look.colour, 180), limits)
        if other.confidence > look.confidence + 0.05:
            look, turn = other, (turn + 180) % 360
    seen = Seeing(look.colour, look.grey, look.letter, look.words, look.confidence)
    return _page(look, turn, flaws_of(seen, limits.confidence_gate))


def _unread(colour: Colour) -> Page:
    """A page too dark to try; an office may still want to see it."""
    height, width = colour.shape[:2]
    return Page("", 1, PageSource.OCR, (), 0.0, (Flaw.DARK,), tuple(codes_on(colour, ())),
                width, height, 0, as_jpeg(colour))  # fmt: skip


def likely_turn(colour: Colour) -> int:
    """Degrees clockwise that likely set the page upright, told without reading it."""
    turn = 90 if sheet.lies_sideways(sheet.ink_of(_grey(colour))) else 0
    flat = _turned(colour, turn)
    straight = sheet.straightened(flat, sheet.leaning(sheet.ink_of(_grey(flat))))
    return turn + 180 * sheet.stands_on_head(sheet.ink_of(_grey(straight), longest=1800))


def _look(colour: Colour, limits: ReadingSettings) -> _Look:
    angle = sheet.leaning(sheet.ink_of(_grey(colour)))
    colour = sheet.straightened(colour, angle)
    evened = light.even(colour)
    seals = [seals_in(light.red_of(evened)), seals_in(light.blue_of(evened))]
    grey = light.for_ocr(evened, *seals)
    letter = light.letter_height(grey)
    prepared = light.scaled(grey, light.enlargement(letter, grey.shape))
    words = [] if is_smeared(colour, letter) else words_of(prepared, limits.language)
    return _Look(colour, evened, prepared, letter, words)


def _page(look: _Look, turn: int, flaws: tuple[Flaw, ...]) -> Page:
    height, width = look.colour.shape[:2]
    words = tuple(_word(seen, look.grey.shape) for seen in look.words)
    readable = not flaws or Flaw.CUT in flaws or Flaw.GLARE in flaws
    marks = marks_on(look.evened, words) if readable else []
    return Page(
        file="",
        number=1,
        source=PageSource.OCR,
        words=words,
        confidence=round(look.confidence, 4),
        flaws=flaws,
        facts=(*marks, *codes_on(look.colour, words)),
        width=width,
        height=height,
        turned=turn,
        picture=as_jpeg(look.colour),
    )


def _word(seen: Seen, shape: tuple[int, ...]) -> Word:
    height, width = shape[:2]
    box = Box(
        seen.left / width,
        seen.top / height,
        (seen.left + seen.width) / width,
        (seen.top + seen.height) / height,
    )
    return Word(seen.text, box, seen.confidence, seen.line)


def _grey(colour: Colour) -> light.Grey:
    return cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.uint8)


def _turned(colour: Colour, degrees: int) -> Colour:
    """Turned clockwise."""
    return np.ascontiguousarray(np.rot90(colour, -degrees // 90)) if degrees else colour
