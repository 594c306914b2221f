"""A picture of a page, however it was taken, becomes an upright page with its words."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.reading import light, sheet
from ingest.reading.codes import codes_on
from ingest.reading.flaws import Seeing, flaws_of, is_drowned, is_smeared
from ingest.reading.missed import all_words_of
from ingest.reading.ocr import Seen
from ingest.reading.page import Box, Flaw, Page, PageSource, Word
from ingest.reading.pictures import Colour, as_jpeg
from ingest.reading.seals import frames_in, marks_on, seals_in
from ingest.reading.stamped import words_in_frames
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
    stance = likely_stance(flat)
    turn = stance.turn
    look = _look(_turned(flat, turn), stance.lean, limits)
    if look.confidence < _UPSIDE_DOWN and look.words:
        other = _look(_turned(look.colour, 180), 0.0, limits)
        if other.confidence > look.confidence + 0.05:
            look, turn = other, (turn + 180) % 360
    seen = Seeing(look.colour, look.grey, look.letter, look.words, look.confidence)
    return _page(look, turn, flaws_of(seen, limits.confidence_gate))


def _unread(colour: Colour) -> Page:
    """A page too dark to try; an office may still want to see it."""
    height, width = colour.shape[:2]
    return Page("", 1, PageSource.OCR, (), 0.0, (Flaw.DARK,), tuple(codes_on(colour, ())),
                width, height, 0, as_jpeg(colour))  # fmt: skip


@dataclass(frozen=True)
class Stance:
    """How a page stands in its picture: degrees clockwise that likely set it upright, and those
    counterclockwise by which it leans after that."""

    turn: int
    lean: float


def likely_stance(colour: Colour) -> Stance:
    """The stance of a page, told without reading it."""
    grey = _grey(colour)
    turn = 90 if sheet.lies_sideways(sheet.ink_of(grey)) else 0
    grey = _turned(grey, turn)
    lean = sheet.leaning(sheet.ink_of(grey))
    straight = sheet.turned_ink(sheet.ink_of(grey, longest=1800), lean)
    return Stance(turn + 180 * sheet.stands_on_head(straight), lean)


def _look(colour: Colour, lean: float, limits: ReadingSettings) -> _Look:
    colour = sheet.straightened(colour, lean)
    evened = light.even(colour)
    inks = [light.red_of(evened), light.blue_of(evened)]
    grey = light.for_ocr(evened, *map(seals_in, inks))
    letter = light.letter_height(grey)
    share = light.enlargement(letter, grey.shape)
    prepared = light.scaled(grey, share)
    words = [] if is_smeared(colour, letter) else all_words_of(prepared, limits.language)
    if words and (frames := [frame for ink in inks for frame in frames_in(ink)]):
        whole = light.for_ocr(evened, None, None)
        words += words_in_frames(whole, frames, share, words, limits.language)
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


def _turned(picture: Colour, degrees: int) -> Colour:
    """Turned clockwise."""
    return np.ascontiguousarray(np.rot90(picture, -degrees // 90)) if degrees else picture
