"""Writes a paper as a Word file: what people fill in on a computer before they print it."""

from __future__ import annotations

import io
import zipfile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from PIL import Image

from evals.dossiers.papers import titled, worded
from evals.dossiers.pen import Pen
from evals.dossiers.sheets import Ask

_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
_DAY = (2026, 9, 1, 0, 0, 0)


def write_word(ask: Ask) -> bytes:
    """The paper as .docx, its signature pasted in as a picture; the same bytes each time."""
    document = Document()
    kind = ask.kind
    for line in (
        ask.code or kind.code,
        None if kind.agency else "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    ):
        if line:
            document.add_paragraph(line).alignment = _CENTRE
    document.add_paragraph("Độc lập - Tự do - Hạnh phúc").alignment = _CENTRE
    title = document.add_paragraph()
    title.alignment = _CENTRE
    title.add_run(titled(kind, ask.half)).bold = True
    for extra in filter(None, (kind.subtitle, kind.to and f"Kính gửi: {kind.to}")):
        document.add_paragraph(extra.format_map(ask.values)).alignment = _CENTRE
    for line in kind.body:
        _body(document, worded(line, ask.half).format_map(ask.values))
    _signatures(document, ask)
    if ask.note:
        document.add_paragraph(ask.note)
    stream = io.BytesIO()
    document.save(stream)
    return same_day(stream.getvalue())


def _body(document: Document, line: str) -> None:  # type: ignore[valid-type]
    if line.startswith("|"):
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        table = document.add_table(1, len(cells), style="Table Grid")  # type: ignore[attr-defined]
        for cell, text in zip(table.rows[0].cells, cells, strict=True):
            cell.text = text
        return
    text = line.removeprefix("# ").replace(" :: ", ": ").replace(" ;; ", "\t")
    document.add_paragraph(text)  # type: ignore[attr-defined]


def _signatures(document: Document, ask: Ask) -> None:  # type: ignore[valid-type]
    for label, by in ((ask.kind.sign, ask.kind.by), (ask.kind.sign2, ask.kind.by2)):
        if label is None:
            continue
        document.add_paragraph(label).alignment = _CENTRE  # type: ignore[attr-defined]
        if ask.signed:
            spot = document.add_paragraph()  # type: ignore[attr-defined]
            spot.alignment = _CENTRE
            spot.add_run().add_picture(_signature(ask), width=Mm(45))
            name = ask.values["w"].official if by == "official" else ask.values[by].name
            document.add_paragraph(name).alignment = _CENTRE  # type: ignore[attr-defined]


def _signature(ask: Ask) -> io.BytesIO:
    import random

    image = Image.new("RGB", (360, 140), "white")
    pen = Pen(image, random.Random(ask.seed), ask.looks.ink[0], ask.looks.hands[0])
    pen.sign((170, 70))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    stream.seek(0)
    return stream


def same_day(archive: bytes) -> bytes:
    """A ZIP archive with every entry dated alike, so that its bytes do not tell the time."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _DAY)
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
