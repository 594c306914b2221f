"""Papers that go out say everything at once, in words, from templates a centre may replace."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pypdfium2
import pytest
from docx import Document

from assistant.dossier import printing
from assistant.dossier.models import Finding, Outcome, Report, RequirementVerdict, Verdict
from assistant.dossier.slip import BUNDLED, PaperWriter
from assistant.errors import PaperError
from knowledge.catalog import Catalog, Version
from tests.web.fakes import CODE, catalog_at

MOMENT = datetime(2026, 3, 2, 15, 20)
ADDRESS = "https://motcua.example.vn"


@pytest.fixture
def version(tmp_path: Path) -> Iterator[Version]:
    catalog: Catalog = catalog_at(tmp_path)
    found = catalog.get(CODE)
    assert found is not None
    yield found
    catalog.close()


def verdict(
    version: Version, index: int, told: Verdict, reason: str = "", **more: object
) -> RequirementVerdict:
    name = version.procedure.cases[0].requirements[index].name
    values = {"id": f"cases[0].requirements[{index}]", "name": name, "verdict": told}
    return RequirementVerdict.model_validate({**values, "reason": reason, **more})


def report(version: Version, *requirements: RequirementVerdict, **more: object) -> Report:
    values: dict[str, object] = {
        "procedure": CODE,
        "case": "chung",
        "outcome": Outcome.INCOMPLETE,
        "requirements": requirements,
        "submitted_on": date(2026, 3, 2),
    }
    return Report.model_validate(values | more)


def incomplete(version: Version) -> Report:
    unsigned = Finding(
        rule="form_is_signed",
        sentence="Tờ khai chưa có chữ ký.",
        blocks=True,
        requirement="cases[0].requirements[0]",
        legal_basis="123/2015/NĐ-CP",
    )
    return report(
        version,
        verdict(version, 0, Verdict.PRESENT, "Có."),
        verdict(version, 2, Verdict.MISSING, "Chưa thấy <Giấy> & {{ 7 * 7 }}."),
        verdict(version, 5, Verdict.UNREADABLE, "Trang nhòe."),
        verdict(version, 6, Verdict.PRESENT, "Xuất trình.", at_counter=True),
        verdict(version, 4, Verdict.CANNOT_TELL, "Chưa rõ.", at_counter=True),
        verdict(version, 7, Verdict.NOT_APPLICABLE, "Không cần."),
        findings=(unsigned,),
    )


def complete(version: Version) -> Report:
    return report(
        version,
        verdict(version, 0, Verdict.PRESENT),
        verdict(version, 2, Verdict.PRESENT),
        outcome=Outcome.COMPLETE,
    )


def words(document: bytes) -> str:
    """The text of a DOCX, tables too."""
    opened = Document(io.BytesIO(document))
    cells = [c.text for table in opened.tables for row in table.rows for c in row.cells]
    return "\n".join([p.text for p in opened.paragraphs] + cells)


def writer(**more: object) -> PaperWriter:
    return PaperWriter(lambda: MOMENT, **more)  # type: ignore[arg-type]


def test_the_request_names_everything_at_once_with_its_basis(version: Version) -> None:
    text = words(writer().write("supplement", "docx", incomplete(version), version))

    for part in (
        "còn thiếu hoặc chưa dùng được 3 mục",
        "Giấy chứng sinh",
        "Cần nộp 1 bản chính.",
        "Cần nộp 1 bản chính có chứng thực.",
        "Tờ khai chưa có chữ ký.",
        "123/2015/NĐ-CP",
        "Quyết định công bố 163/QĐ-BTP",
        "118/2025/NĐ-CP",
        "ngày 02 tháng 3 năm 2026",
    ):
        assert part in text
    assert "Giấy tờ chứng minh nơi cư trú" not in text


def test_papers_of_which_one_is_enough_share_a_row(version: Version) -> None:
    reason = "Thiếu một trong các giấy."
    missing = [verdict(version, index, Verdict.MISSING, reason) for index in (2, 3, 4)]

    text = words(writer().write("supplement", "docx", report(version, *missing), version))

    assert "chưa dùng được 1 mục" in text
    assert text.count(reason) == 1
    assert "Giấy chứng sinh; hoặc Văn bản của người làm chứng" in text


def test_originals_to_show_are_named_and_open_questions_are_not_asked_for(
    version: Version,
) -> None:
    text = words(writer().write("supplement", "docx", incomplete(version), version))

    assert "mang theo bản chính để đối chiếu: Giấy tờ tùy thân" in text
    assert "Giấy cam đoan" not in text


def test_words_of_a_report_stay_words(version: Version) -> None:
    text = words(writer().write("supplement", "docx", incomplete(version), version))

    assert "Chưa thấy <Giấy> & {{ 7 * 7 }}." in text


def test_the_receipt_names_papers_and_the_day(version: Version) -> None:
    text = words(writer().write("receipt", "docx", complete(version), version))

    assert "Nhận lúc 15 giờ 20, ngày 02 tháng 3 năm 2026" in text
    assert "Hẹn trả kết quả ngày 03 tháng 3 năm 2026." in text
    assert "Tờ khai đăng ký khai sinh" in text
    assert "1 bản chính" in text


def test_a_receipt_says_what_was_only_shown(version: Version) -> None:
    shown = complete(version).model_copy(
        update={"requirements": (verdict(version, 6, Verdict.PRESENT, at_counter=True),)}
    )

    text = words(writer().write("receipt", "docx", shown, version))

    assert "Chỉ xuất trình, không nộp" in text
    assert "1 bản chính" not in text


def test_a_receipt_before_15_invents_no_day(version: Version) -> None:
    early = PaperWriter(lambda: MOMENT.replace(hour=9))

    text = words(early.write("receipt", "docx", complete(version), version))

    assert "không ghi đơn vị" in text
    assert "tháng 3 năm 2026." in text  # the day of receipt alone
    assert "ngày 03 tháng 3" not in text


def test_the_rejection_gives_its_reason(version: Version) -> None:
    text = words(writer().write("rejection", "docx", incomplete(version), version, "Sai nơi nộp"))

    assert "Sai nơi nộp." in text
    assert "1. Giấy chứng sinh" in text


@pytest.mark.parametrize("outcome", [Outcome.INCOMPLETE, Outcome.NEEDS_OFFICER])
def test_no_receipt_for_what_is_not_complete(version: Version, outcome: Outcome) -> None:
    report_ = incomplete(version).model_copy(update={"outcome": outcome})

    with pytest.raises(PaperError, match="đủ giấy tờ"):
        writer().write("receipt", "docx", report_, version)


def test_no_request_when_nothing_is_missing(version: Version) -> None:
    with pytest.raises(PaperError, match="không thiếu"):
        writer().write("supplement", "docx", complete(version), version)


def test_a_code_opens_the_checklist_where_the_address_is_known(version: Version) -> None:
    plain = writer().write("supplement", "docx", incomplete(version), version)
    coded = writer(public_url=ADDRESS).write("supplement", "docx", incomplete(version), version)

    assert f"{ADDRESS}/ho-so/{CODE}" in words(coded)
    assert len(Document(io.BytesIO(coded)).inline_shapes) == 1
    assert len(Document(io.BytesIO(plain)).inline_shapes) == 0
    assert "Quét mã" not in words(plain)


def own_template(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    document = Document()
    document.add_paragraph(text)
    document.save(str(folder / "supplement.docx"))
    return folder


def test_a_template_of_the_centre_wins(version: Version, tmp_path: Path) -> None:
    own = writer(own=own_template(tmp_path / "own", "Phường ta: {{ procedure }}"), centre="ubnd")

    assert words(own.write("supplement", "docx", incomplete(version), version)) == (
        "Phường ta: Đăng ký khai sinh"
    )
    assert "UBND" in words(own.write("rejection", "docx", incomplete(version), version))


@pytest.mark.parametrize(
    "tags", ["{{ procedure", "{% for %}", "{{ ''.__class__.__mro__[1].__subclasses__() }}"]
)
def test_a_broken_or_prying_template_is_named(version: Version, tmp_path: Path, tags: str) -> None:
    own = writer(own=own_template(tmp_path / "own", tags))

    with pytest.raises(PaperError, match=r"supplement\.docx"):
        own.write("supplement", "docx", incomplete(version), version)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["supplement", "receipt", "rejection"])
def test_each_paper_prints_on_one_page(version: Version, kind: str) -> None:
    told = complete(version) if kind == "receipt" else incomplete(version)

    printed = writer(public_url=ADDRESS).write(kind, "pdf", told, version)  # type: ignore[arg-type]

    with pypdfium2.PdfDocument(printed) as pdf:
        assert len(pdf) == 1
        text = pdf[0].get_textpage().get_text_bounded()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Đăng ký khai sinh" in text


def test_without_libreoffice_the_package_is_named(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(PaperError, match="libreoffice-writer-nogui"):
        writer().write("supplement", "pdf", incomplete(version), version)


def test_a_hanging_libreoffice_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    started = time.monotonic()

    with pytest.raises(PaperError, match="quá lâu"):
        printing.pdf_of((BUNDLED / "receipt.docx").read_bytes(), timeout=0.5)
    assert time.monotonic() - started < 10
