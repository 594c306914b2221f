"""PDF files: their pages, what is drawn on them, and the words of their text layer."""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium

from ingest.reading.page import Box, Page, PageSource, RefusalReason, Word
from ingest.reading.photo import page_of_picture
from ingest.reading.pictures import Colour, as_jpeg, refuse_too_many_pixels
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

_DPI = 220
_NOWHERE: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)


def opened(content: bytes) -> pdfium.PdfDocument:
    """The document; refuses what is locked or broken."""
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).casefold() or "security" in str(error).casefold()
        reason = RefusalReason.ENCRYPTED if locked else RefusalReason.DAMAGED
        raise Refused(reason) from error


def drawn(page: pdfium.PdfPage, megapixels: float) -> Colour:
    """The page as a reader would see it, without forms that scripts could fill."""
    scale = _DPI / 72
    width, height = page.get_size()
    scale = min(scale, 3600 / max(width, height, 1))
    refuse_too_many_pixels(int(width * scale), int(height * scale), megapixels)
    return np.array(page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3])


def layer(page: pdfium.PdfPage) -> list[Word]:
    """The words of the text layer in reading order."""
    width, height = page.get_size()
    text_page = page.get_textpage()
    words: list[Word] = []
    for number, line in enumerate(_lines(text_page)):
        for text, (left, bottom, right, top) in line:
            box = Box(left / width, 1 - top / height, right / width, 1 - bottom / height)
            words.append(Word(text, box, 1.0, number))
    return words


def _lines(text_page: pdfium.PdfTextPage) -> list[list[tuple[str, tuple[float, ...]]]]:
    lines: list[list[tuple[str, tuple[float, ...]]]] = [[]]
    text, box = "", _NOWHERE
    everything = text_page.get_text_range()
    for index in range(min(text_page.count_chars(), len(everything))):
        letter = everything[index]
        if letter.isspace():
            if text:
                lines[-1].append((text, box))
            text = ""
            if letter in "\r\n" and lines[-1]:
                lines.append([])
            continue
        part = text_page.get_charbox(index)
        box = _joined(box, part) if text else part
        text += letter
    if text:
        lines[-1].append((text, box))
    return [line for line in lines if line]


def _joined(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return (
        min(one[0], other[0]), min(one[1], other[1]),
        max(one[2], other[2]), max(one[3], other[3]),
    )  # fmt: skip


def count(content: bytes, limits: ReadingSettings) -> int:
    """How many pages the document says it has."""
    return len(opened(content))


def page_of(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """Page `number`, counted from 1."""
    page = opened(content)[number - 1]
    colour = drawn(page, limits.megapixels)
    words = layer(page)
    if len(words) < 10:
        return page_of_picture(colour, limits)
    height, width = colour.shape[:2]
    return Page(
        "",
        number,
        PageSource.TEXT_LAYER,
        tuple(words),
        width=width,
        height=height,
        picture=as_jpeg(colour),
    )
