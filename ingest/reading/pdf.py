"""PDF files: their pages, and whether their own text may stand for what they show.

The text layer is only used where it agrees with what is drawn: whoever makes a PDF can put other
words under a picture, or letters that nobody sees.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.reading.codes import codes_on
from ingest.reading.layer import (
    Letter,
    agrees,
    around,
    is_plausible,
    sampled_lines,
    words_in,
)
from ingest.reading.light import Grey, even
from ingest.reading.ocr import BLOCK, words_of
from ingest.reading.page import Box, Fact, Page, PageSource, RefusalReason, Word
from ingest.reading.photo import page_of_picture
from ingest.reading.pictures import Colour, as_jpeg, refuse_too_many_pixels
from ingest.reading.refusing import Refused
from ingest.reading.seals import marks_on
from ingest.reading.signatures import signatures_of
from ingest.settings import ReadingSettings

_DPI = 200
_SCAN = 0.35  # share of the page that pictures cover when it counts as scanned
_TINY = 0.0022  # of the height of a page
_LARGE = 0.15  # share of the page from which a picture may hold print
_INVISIBLE = 3  # the way of drawing text that draws nothing


def count(content: bytes, limits: ReadingSettings) -> int:
    """How many pages the document says it has."""
    document = _opened(content)
    pages = len(document)
    if not pages:
        raise Refused(RefusalReason.DAMAGED)
    return pages


def page_of(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """Page `number`, counted from 1: by its text layer where that can be trusted, else as seen."""
    try:
        page = _opened(content)[number - 1]
        pictures = _pictures_on(page)
        colour = _drawn(page, limits.megapixels, pictures.sharpest)
        words = [] if pictures.covered > _SCAN else _visible_words(page, colour)
    except pdfium.PdfiumError as error:
        raise Refused(RefusalReason.DAMAGED) from error
    signed = signatures_of(content) if number == 1 else []
    if not _is_trustworthy(words, colour, limits.language):
        seen = page_of_picture(colour, limits)
        return replace(seen, facts=(*seen.facts, *signed))
    return _by_layer(words, colour, signed)


def _opened(content: bytes) -> pdfium.PdfDocument:
    """The document without forms and scripts; refuses what is locked or broken."""
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        locked = code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        reason = RefusalReason.ENCRYPTED if locked else RefusalReason.DAMAGED
        raise Refused(reason) from error


def _drawn(page: pdfium.PdfPage, megapixels: float, sharpest: float) -> Colour:
    """The page as a reader would see it, as fine as its pictures are."""
    width, height = page.get_size()
    scale = min(max(_DPI / 72, sharpest), 3600 / max(width, height, 1))
    refuse_too_many_pixels(int(width * scale), int(height * scale), megapixels)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


@dataclass(frozen=True)
class _Pictures:
    """How much of a page pictures cover, and the dots a point of the finest large one."""

    covered: float
    sharpest: float


def _pictures_on(page: pdfium.PdfPage) -> _Pictures:
    left, bottom, right, top = page.get_bbox()
    area, covered, sharpest = max(1.0, (right - left) * (top - bottom)), 0.0, 0.0
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        west, south, east, north = image.get_bounds()
        across, down = min(east, right) - max(west, left), min(north, top) - max(south, bottom)
        share = max(0.0, across) * max(0.0, down) / area
        covered += share
        if share > _LARGE:
            sharpest = max(sharpest, image.get_px_size()[0] / max(1.0, east - west))
    return _Pictures(covered, sharpest)


def _visible_words(page: pdfium.PdfPage, colour: Colour) -> list[Word]:
    """The words of the text layer that leave ink where they stand."""
    letters = list(_letters(page))
    words = words_in(letters)
    grey = _grey(colour)
    return [word for word in words if not _is_tiny(word) and _has_ink(grey, word.box)]


def _is_tiny(word: Word) -> bool:
    """Whether letters are too small for anyone to read: under four points on A4."""
    lettered = any(map(str.isalnum, word.text))
    return lettered and word.box.bottom - word.box.top < _TINY


def _letters(page: pdfium.PdfPage) -> Iterator[Letter]:
    """Letters with their boxes in shares of the page as drawn; none that has no place on it."""
    text_page, turn = page.get_textpage(), page.get_rotation()
    left, bottom, right, top = page.get_bbox()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        sign = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if raw.FPDFText_IsGenerated(text_page, index) == 1 or sign.isspace():
            yield Letter(sign if sign in "\r\n" else " ", None)
            continue
        if _is_hidden(text_page, index):
            continue
        west, south, east, north = text_page.get_charbox(index)
        box = (west - left, top - north, east - left, top - south)
        yield Letter(sign, _in_shares(box, right - left, top - bottom, turn))


def _is_hidden(text_page: pdfium.PdfTextPage, index: int) -> bool:
    """Whether a letter is there for machines only: drawn as nothing, or quite transparent."""
    text = raw.FPDFText_GetTextObject(text_page, index)
    if text and raw.FPDFTextObj_GetTextRenderMode(text) == _INVISIBLE:
        return True
    tones = [ctypes.c_uint() for _ in range(4)]
    known = raw.FPDFText_GetFillColor(text_page, index, *tones)
    return bool(known and tones[3].value < 40)


def _in_shares(box: tuple[float, ...], width: float, height: float, turn: int) -> Box:
    """A box from the top left corner, turned with the page, in shares of it."""
    west, north = box[0] / width, box[1] / height
    east, south = box[2] / width, box[3] / height
    if turn == 90:
        return Box(1 - south, west, 1 - north, east)
    if turn == 180:
        return Box(1 - east, 1 - south, 1 - west, 1 - north)
    if turn == 270:
        return Box(north, 1 - east, south, 1 - west)
    return Box(west, north, east, south)


def _has_ink(grey: Grey, box: Box) -> bool:
    """Whether something stands out where a word should be: not white on white, off the page, or
    too small to see."""
    height, width = grey.shape
    top, bottom = max(0, int(box.top * height)), min(height, int(box.bottom * height) + 1)
    left, right = max(0, int(box.left * width)), min(width, int(box.right * width) + 1)
    if bottom - top < 3 or right - left < 1:
        return bool(bottom - top >= 1 and right - left >= 3)  # a dash or a row of dots
    part = grey[top:bottom, left:right]
    return int(part.max()) - int(part.min()) > 40


def _is_trustworthy(words: Sequence[Word], colour: Colour, language: str) -> bool:
    """Whether the words are plausible, and a sample of their lines is what one sees there."""
    if not words or not is_plausible(words):
        return False
    lines = sampled_lines(words)
    strips = [_strip(_grey(colour), around([word.box for word in line])) for line in lines]
    seen = words_of(_stacked(strips), language, BLOCK)
    said = " ".join(word.text for line in lines for word in line)
    return agrees(said, " ".join(word.text for word in seen))


def _strip(grey: Grey, box: Box) -> Grey:
    height, width = grey.shape
    edge = 0.3 * (box.bottom - box.top)
    top, bottom = int((box.top - edge) * height), int((box.bottom + edge) * height) + 1
    left, right = int(box.left * width) - 12, int(box.right * width) + 12
    return grey[max(0, top) : bottom, max(0, left) : right]


def _stacked(strips: Sequence[Grey]) -> Grey:
    """The strips under each other on white, as one picture."""
    gap = 24
    height = sum(strip.shape[0] + gap for strip in strips) + gap
    whole = np.full((height, max(strip.shape[1] for strip in strips) + 2 * gap), 255, np.uint8)
    top = gap
    for strip in strips:
        whole[top : top + strip.shape[0], gap : gap + strip.shape[1]] = strip
        top += strip.shape[0] + gap
    return whole


def _by_layer(words: Sequence[Word], colour: Colour, signed: Sequence[Fact]) -> Page:
    height, width = colour.shape[:2]
    facts = (*marks_on(even(colour), words), *codes_on(colour, words), *signed)
    return Page(
        file="",
        number=1,
        source=PageSource.TEXT_LAYER,
        words=tuple(words),
        facts=facts,
        width=width,
        height=height,
        picture=as_jpeg(colour),
    )


def _grey(colour: Colour) -> Grey:
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.uint8)
