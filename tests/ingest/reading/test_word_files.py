"""Word files, with what their authors hide and what older programs wrote."""

from __future__ import annotations

import io
import zipfile

import bad_files
import pytest

from evals.bench.reading_pages import LINES, encoded, sheet, wrong_letters
from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import FactKind, Handed, Page, PageSource, RefusalReason

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LIMITS = ReadingSettings(_env_file=None)


def document(body: str) -> bytes:
    return bad_files.docx(f"<w:document {SPACE}><w:body>{body}</w:body></w:document>".encode())


def paragraph(text: str, style: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{style}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def pages(content: bytes, name: str = "don.docx") -> tuple[Page, ...]:
    reading = read_files([Handed(name, content)], LIMITS)
    assert reading.refusals == ()
    return reading.pages


def test_paragraphs_and_rows_become_lines() -> None:
    row = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Họ tên", "Lê Văn Sáu"))
    body = paragraph("ĐƠN ĐỀ NGHỊ") + f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"

    (page,) = pages(document(body))

    assert page.text == "ĐƠN ĐỀ NGHỊ\nHọ tên Lê Văn Sáu"
    assert page.source is PageSource.DOCUMENT


def test_an_old_portal_export_named_doc_is_read_without_a_grid() -> None:
    table = "<w:tbl><w:tr><w:tc>" + paragraph("Mã thủ tục") + "</w:tc></w:tr></w:tbl>"

    (page,) = pages(document(table), "ChiTietTTHC.doc")

    assert page.text == "Mã thủ tục"


@pytest.mark.parametrize("style", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'])
def test_words_that_nobody_sees_do_not_count(style: str) -> None:
    (page,) = pages(document(paragraph("Đơn") + paragraph("hồ sơ đầy đủ", style)))

    assert page.text == "Đơn"


@pytest.mark.parametrize(("height", "marks"), [(900_000, 1), (9_000_000, 0)])
def test_a_small_picture_is_marked_where_it_stands(height: int, marks: int) -> None:
    main = "http://schemas.openxmlformats.org/drawingml/2006/main"
    place = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    drawing = (
        f'<w:drawing><i:inline xmlns:i="{place}"><i:extent cx="1600000" cy="{height}"/>'
        f'<a:blip xmlns:a="{main}"/></i:inline></w:drawing>'
    )
    signed = f"<w:p><w:r>{drawing}</w:r></w:p>"

    (page,) = pages(document(paragraph("Người khai") + signed + paragraph("Lê Văn Sáu")))

    assert page.text == "Người khai\nLê Văn Sáu"
    assert [fact.kind for fact in page.facts] == [FactKind.INK] * marks
    assert all(fact.box and 0.3 < fact.box.top < 0.4 for fact in page.facts)


def test_deleted_words_do_not_count() -> None:
    body = "<w:p><w:del><w:r><w:t>cũ</w:t></w:r></w:del><w:r><w:t>mới</w:t></w:r></w:p>"

    (page,) = pages(document(body))

    assert page.text == "mới"


def test_runs_in_fonts_from_before_unicode_are_converted() -> None:
    style = '<w:rFonts w:ascii=".VnTimeH"/>'

    (page,) = pages(document(paragraph("tê khai", style)))

    assert page.text == "TỜ KHAI"


def test_a_paper_pasted_into_a_document_is_a_page_of_its_own() -> None:
    stored = io.BytesIO(document(paragraph("Kèm theo giấy tờ")))
    with zipfile.ZipFile(stored, "a") as archive:
        archive.writestr("word/media/image1.png", encoded(sheet()))
        archive.writestr("word/media/logo.png", bad_files.small_picture())

    text, pasted = pages(stored.getvalue())

    assert text.number == 1
    assert (pasted.number, pasted.source) == (2, PageSource.OCR)
    assert wrong_letters(pasted.text, "\n".join(LINES)) < 0.01


def test_a_locked_word_file_says_so() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40

    reading = read_files([Handed("don.docx", locked)], LIMITS)

    assert [r.reason for r in reading.refusals] == [RefusalReason.ENCRYPTED]


def test_a_real_old_form_is_read_line_by_line(shared) -> None:  # type: ignore[no-untyped-def]
    content = (shared / "files" / "viphuong_mau-ct01.doc").read_bytes()

    (page,) = pages(content, "mau.doc")

    lines = page.text.split("\n")
    assert any(line.startswith("Mẫu CT01") for line in lines)
    assert any("THAY ĐỔI THÔNG TIN CƯ TRÚ" in line for line in lines)
