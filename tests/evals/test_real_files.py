"""The record of real files: numbers and official words, nothing of what a document says."""

from __future__ import annotations

from datetime import date

from assistant.dossier.models import CheckRequest
from evals.bench.real_files import RealFile, section, told_of
from evals.dossiers.run import real_check, records, version_of
from ingest.reading.page import Reading, Refusal, RefusalReason
from tests.assistant.dossier.papers import page

CODE = "1.001193"


def checked(name: str, reading: Reading) -> RealFile:
    request = CheckRequest(code=CODE, submitted_on=date(2026, 11, 30))
    report = real_check(version_of(records()[CODE]), reading, request)
    return RealFile(name, CODE, reading, report, 1.5)


def test_the_record_counts_and_quotes_nothing() -> None:
    birth = page("GIẤY CHỨNG SINH", ["Họ và tên mẹ: NGÔ THỊ LỤA"])
    refused = Reading((), (Refusal("b.pdf", RefusalReason.TOO_MANY_PAGES),))
    files = [checked("ai_do_giay.jpg", Reading((birth,))), checked("b.pdf", refused)]

    text = "\n".join(section(files))

    assert "2 files" in text
    assert "1 pages were read in 3 s of processor time, 3.00 s a page" in text
    assert "| do_giay.jpg | 1 | ocr |" in text
    assert "| b.pdf | 0 |  |  |  | 1 too many pages |" in text
    assert "LỤA" not in text
    assert any("GIẤY CHỨNG SINH" in line for line in told_of(files[0]))
