"""Writes PDF files: pages that are pictures, with or without words as text above them.

write_pdf(pages: Sequence[PdfPage]) -> bytes      the same bytes for the same pages
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from evals.dossiers.papers import font_file
from evals.dossiers.pen import Run

_WIDTH = 595.0  # points of A4
_INVISIBLE = 3
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class PdfPage:
    """A picture and, where there is a text layer, the words on it in pixels of the picture."""

    picture: Image.Image
    quality: int
    runs: tuple[Run, ...] = ()
    hidden: str | None = None  # words nobody sees


def write_pdf(pages: Sequence[PdfPage]) -> bytes:
    """A document of the pages, one after the other."""
    document = pdfium.PdfDocument.new()
    fonts = _Fonts(document)
    for page in pages:
        _add(document, page, fonts)
    stream = io.BytesIO()
    document.save(stream)
    document.close()
    # The day it was made and its number by chance are all that differ; lengths stay the same.
    dated = re.sub(rb"D:\d{14}", b"D:20260901080000", stream.getvalue())
    return re.sub(rb"<[0-9A-F]{32}>", b"<" + b"0" * 32 + b">", dated)


class _Fonts:
    """Each font is loaded once a document; the bytes must outlive the call."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._loaded: dict[str, object] = {}
        self._bytes: list[object] = []

    def get(self, name: str) -> object:
        if name not in self._loaded:
            content = font_file(name).read_bytes()
            buffer = (ctypes.c_uint8 * len(content)).from_buffer_copy(content)
            self._bytes.append(buffer)
            self._loaded[name] = raw.FPDFText_LoadFont(
                self._document.raw, buffer, len(content), raw.FPDF_FONT_TRUETYPE, True
            )
        return self._loaded[name]


def _add(document: pdfium.PdfDocument, page: PdfPage, fonts: _Fonts) -> None:
    scale = _WIDTH / page.picture.width
    height = page.picture.height * scale
    sheet = document.new_page(_WIDTH, height)
    box = _inked(page.picture) if page.runs else (0, 0, *page.picture.size)
    if box:
        _picture(document, sheet, page, box)
    for run in page.runs:
        at = (run.left * scale, height - (run.top + run.size * 0.86) * scale)
        _text(document, sheet, run.text, at, (fonts.get(run.font), run.size * scale))
    if page.hidden:
        font = (fonts.get("DejaVuSans"), 9.0)
        _text(document, sheet, page.hidden, (40.0, 24.0), font, invisible=True)
    sheet.gen_content()


def _inked(picture: Image.Image) -> Box | None:
    """Where ink and seals are: what is pasted into a page born on a computer."""
    pixels = np.asarray(picture, np.int16)
    coloured = pixels.max(axis=2) - pixels.min(axis=2) > 25  # lines are grey, paper is pale
    ys, xs = np.nonzero(coloured & (pixels.min(axis=2) < 150))
    if not len(xs):
        return None
    return int(xs.min()) - 4, int(ys.min()) - 4, int(xs.max()) + 4, int(ys.max()) + 4


def _picture(document: pdfium.PdfDocument, sheet: pdfium.PdfPage, page: PdfPage, box: Box) -> None:
    scale = _WIDTH / page.picture.width
    stream = io.BytesIO()
    page.picture.crop(box).save(stream, "JPEG", quality=page.quality)
    picture = pdfium.PdfImage.new(document)
    picture.load_jpeg(io.BytesIO(stream.getvalue()), inline=True)
    matrix = pdfium.PdfMatrix().scale((box[2] - box[0]) * scale, (box[3] - box[1]) * scale)
    low = (page.picture.height - box[3]) * scale
    picture.set_matrix(matrix.translate(box[0] * scale, low))
    sheet.insert_obj(picture)


def _text(
    document: pdfium.PdfDocument,
    sheet: pdfium.PdfPage,
    text: str,
    at: tuple[float, float],
    font: tuple[object, float],
    *,
    invisible: bool = False,
) -> None:
    item = raw.FPDFPageObj_CreateTextObj(document.raw, font[0], font[1])
    encoded = (text + "\0").encode("utf-16-le")
    buffer = ctypes.cast(ctypes.create_string_buffer(encoded), raw.FPDF_WIDESTRING)
    raw.FPDFText_SetText(item, buffer)
    if invisible:
        raw.FPDFTextObj_SetTextRenderMode(item, _INVISIBLE)
    raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, at[0], at[1])
    raw.FPDFPage_InsertObject(sheet.raw, item)
