"""Reading in one process, until the child process stands."""

from __future__ import annotations

from collections.abc import Iterator

import cv2

from ingest.reading import pdf
from ingest.reading.kinds import Kind, kind_of, likely_kind
from ingest.reading.ocr import words_of
from ingest.reading.page import Box, Handed, Page, PageSource, RefusalReason, Word
from ingest.reading.pictures import Colour, as_jpeg, frame, frames
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings


def pages_of(handed: Handed, limits: ReadingSettings) -> Iterator[Page]:
    """Pictures and PDFs only."""
    kind = kind_of(handed.content)
    if not handed.content:
        raise Refused(RefusalReason.EMPTY)
    if kind is Kind.PDF:
        document = pdf.opened(handed.content)
        for number, page in enumerate(document, 1):
            words = pdf.layer(page)
            colour = pdf.drawn(page, limits.megapixels)
            if len(words) < 10:
                yield _seen(handed.name, number, colour, limits)
                continue
            height, width = colour.shape[:2]
            yield Page(handed.name, number, PageSource.TEXT_LAYER, tuple(words),
                       width=width, height=height, picture=as_jpeg(colour))  # fmt: skip
    elif kind in (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC, Kind.TIFF):
        for number in range(1, frames(handed.content, limits.megapixels) + 1):
            colour = frame(handed.content, number, limits.megapixels)
            yield _seen(handed.name, number, colour, limits)
    else:
        raise Refused(RefusalReason.UNKNOWN_TYPE, found=likely_kind(handed.content))


def _seen(file: str, number: int, colour: Colour, limits: ReadingSettings) -> Page:
    height, width = colour.shape[:2]
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype("uint8")
    found = words_of(grey, limits.language)
    words = tuple(
        Word(w.text, Box(w.left / width, w.top / height, (w.left + w.width) / width,
                         (w.top + w.height) / height), w.confidence, w.line)
        for w in found
    )  # fmt: skip
    confidence = sum(w.confidence for w in words) / len(words) if words else 0.0
    return Page(file, number, PageSource.OCR, words, confidence, (), (), width, height, 0,
                as_jpeg(colour))  # fmt: skip
