"""A picture of a page, however it was taken, becomes an upright page with its words."""

from __future__ import annotations

import cv2

from ingest.reading.ocr import words_of
from ingest.reading.page import Box, Page, PageSource, Word
from ingest.reading.pictures import Colour, as_jpeg
from ingest.settings import ReadingSettings


def page_of_picture(colour: Colour, limits: ReadingSettings) -> Page:
    """The page that a picture shows."""
    height, width = colour.shape[:2]
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype("uint8")
    found = words_of(grey, limits.language)
    words = tuple(
        Word(
            w.text,
            Box(
                w.left / width,
                w.top / height,
                (w.left + w.width) / width,
                (w.top + w.height) / height,
            ),
            w.confidence,
            w.line,
        )
        for w in found
    )
    confidence = sum(w.confidence for w in words) / len(words) if words else 0.0
    return Page("", 1, PageSource.OCR, words, confidence, (), (), width, height, 0, as_jpeg(colour))
