"""What a caller of read_files may rely on, with real files and the real reader."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import Handed, PageSource, RefusalReason

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def paper(text: str) -> bytes:
    picture = Image.new("RGB", (1240, 600), "white")
    ImageDraw.Draw(picture).multiline_text(
        (80, 80), text, fill="black", font=ImageFont.truetype(FONT, 34), spacing=20
    )
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()


def test_a_picture_becomes_a_page_and_a_stranger_a_refusal() -> None:
    limits = ReadingSettings(_env_file=None)
    files = [
        Handed("giay.png", paper("TỜ KHAI ĐĂNG KÝ KHAI SINH\nHọ và tên: Nguyễn Thị Mai")),
        Handed("la.bin", b"\x00\x01\x02 nothing known"),
    ]

    reading = read_files(files, limits)

    assert [page.source for page in reading.pages] == [PageSource.OCR]
    assert "Nguyễn Thị Mai" in reading.pages[0].text
    assert [(r.file, r.reason) for r in reading.refusals] == [
        ("la.bin", RefusalReason.UNKNOWN_TYPE)
    ]
