"""The service as it is wired, with the real reader, check and templates, on a made-up form."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document

from assistant.bootstrap import build_dossiers
from assistant.dossier.models import Verdict
from assistant.dossier.service import Dossiers
from assistant.errors import DossierNotFound, PaperError
from ingest.reading.page import Handed
from knowledge.catalog import Catalog, Origin
from knowledge.settings import KnowledgeSettings
from tests.web.fakes import CODE, record

FORM = "cases[0].requirements[0]"
LINES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "TỜ KHAI ĐĂNG KÝ KHAI SINH",
    "Kính gửi: Ủy ban nhân dân xã Bãi Bồi",
    "Họ, chữ đệm, tên người yêu cầu: Trần Thị Bịa Đặt",
)


@pytest.fixture
def dossiers(tmp_path: Path) -> Iterator[Dossiers]:
    settings = KnowledgeSettings(data_dir=tmp_path, database_url=None)
    catalog = Catalog.open(settings.sql_url)
    catalog.add([record()], Origin.CURATED)
    made = build_dossiers(settings, catalog)
    yield made
    made.close()
    catalog.close()


def form() -> Handed:
    """A Word file with a birth form."""
    document = Document()
    for line in LINES:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return Handed("to-khai.docx", written.getvalue())


def test_a_form_is_read_checked_and_what_is_missing_asked_for(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [form(), Handed("rac.bin", b"\x00\x01\x02 nothing")])
    report = dossiers.check(dossier, "me", {"case:bi_bo_roi": "no"})
    dossiers.remove(dossier, "me", "rac.bin")  # it might hold any paper
    paper = dossiers.paper_out(dossier, "me", "supplement", "docx")

    verdicts = {one.id: one.verdict for one in report.requirements}
    assert verdicts[FORM] is Verdict.PRESENT
    assert "rac.bin" in {one.file for one in report.unread}
    assert "Giấy chứng sinh" in "".join(
        cell.text for row in Document(io.BytesIO(paper)).tables[1].rows for cell in row.cells
    )
    with pytest.raises(PaperError):
        dossiers.paper_out(dossier, "me", "receipt", "docx")


def test_nothing_is_left_of_an_erased_form(dossiers: Dossiers, tmp_path: Path) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [form()])

    dossiers.erase(dossier, "me")

    assert [path.name for path in (tmp_path / "vault").iterdir()] == ["key"]
    with pytest.raises(DossierNotFound):
        dossiers.look(dossier, "me")


def test_answering_imports_nothing_that_reads_or_writes_documents() -> None:
    program = (
        "import sys, assistant.bootstrap, bots.cli, bots.cli.terminal;"
        "heavy = 'cv2 pytesseract pypdfium2 docx docxtpl segno holidays cryptography'.split();"
        "sys.exit(' '.join(name for name in heavy if name in sys.modules) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )

    assert (done.returncode, done.stderr) == (0, "")
