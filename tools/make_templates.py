"""Writes the templates of the papers that go out, assistant/dossier/templates/*.docx.

Run it after a change here; a centre edits its own copies in Word and names their directory in
MOTCUA_TEMPLATE_DIR. The tags in double braces are filled in by assistant/dossier/slip.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FOLDER = Path(__file__).parents[1] / "assistant" / "dossier" / "templates"
FONT = "Times New Roman"
CENTRE, LEFT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
ALL_AT_ONCE = (
    "Hồ sơ của ông/bà còn thiếu hoặc chưa dùng được {{ items|length }} mục dưới đây. "
    "Phiếu này ghi một lần tất cả những gì cần bổ sung."
)
OFFICER_DECIDES = "Việc hồ sơ có hợp lệ hay không do cán bộ có thẩm quyền xem xét."
APPEAL = (
    "Không đồng ý với việc từ chối này, ông/bà hỏi lại nơi tiếp nhận hoặc khiếu nại theo quy định "
    "của pháp luật."
)


def new_page() -> Any:
    """An A4 page in a Times-like face of 13 points, wide margin on the left for filing."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.rPr.append(language)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.line_spacing = 1.1
    return document


def write(
    paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: float = 13
) -> Any:
    """Add a run; `**` in `text` turns bold on and off."""
    for number, part in enumerate(text.split("**")):
        run = paragraph.add_run(part)
        run.bold, run.italic, run.font.size = bold or number % 2 == 1, italic, Pt(size)
        run.font.name = FONT
    return paragraph


def line(place: Any, text: str, align: Any = BOTH, **style: Any) -> Any:
    """Add a paragraph."""
    paragraph = write(place.add_paragraph(), text, **style)
    paragraph.alignment = align
    return paragraph


def first(cell: Any, text: str, align: Any = CENTRE, **style: Any) -> Any:
    """Fill the paragraph that a cell begins with."""
    paragraph = write(cell.paragraphs[0], text, **style)
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def underline(cell: Any, indent: float) -> None:
    """A short line under what stands in a cell."""
    paragraph = cell.add_paragraph()
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Cm(indent)
    form.space_after, form.line_spacing = Pt(4), Pt(3)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in {"val": "single", "sz": "6", "space": "1", "color": "000000"}.items():
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def grid(document: Any, rows: int, widths: list[float], style: str | None = None) -> Any:
    """A table of fixed widths in centimetres."""
    table = document.add_table(rows, len(widths), style=style)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)  # LibreOffice reads these, Word the cells'
        for cell in column.cells:
            cell.width = Cm(width)
    return table


def head(document: Any, title: str, subtitle: str) -> None:
    """The agency, the national motto, place and day, and the title."""
    left, right = grid(document, 1, [6.7, 9.8]).rows[0].cells
    first(left, "{{ agency }}", bold=True, size=12)
    underline(left, 2.2)
    line(left, "Số: ………/{{ year }}", CENTRE, size=12)
    first(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12)
    motto = line(right, "Độc lập - Tự do - Hạnh phúc", CENTRE, bold=True)
    motto.paragraph_format.space_after = Pt(0)
    underline(right, 2.2)
    line(right, "…………………, {{ day }}", CENTRE, italic=True)
    heading = line(document, title, CENTRE, bold=True, size=15)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(10), Pt(0)
    line(document, subtitle, CENTRE, italic=True)


def who(document: Any, person: str) -> None:
    """Whom the paper is about, and which procedure."""
    dotted = line(document, f"{person}: \t", LEFT)
    dotted.paragraph_format.tab_stops.add_tab_stop(
        Cm(16.5), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
    )
    line(document, "Thủ tục: **{{ procedure }}** (mã {{ code }})", LEFT)
    line(document, "{%p if case %}")
    line(document, "Trường hợp: {{ case }}", LEFT)
    line(document, "{%p endif %}")


def table(document: Any, loop: str, columns: list[tuple[str, float, str]]) -> None:
    """A ruled table with a row for each item of `loop`; columns are (title, width, tags)."""
    made = grid(document, 4, [width for _, width, _ in columns], "Table Grid")
    for cell, (title, _, _) in zip(made.rows[0].cells, columns, strict=True):
        first(cell, title, bold=True, size=12)
    mark = made.rows[0]._tr.get_or_add_trPr()
    mark.append(OxmlElement("w:tblHeader"))
    first(made.rows[1].cells[0], f"{{%tr for item in {loop} %}}", LEFT)
    for number, (cell, (_, _, tags)) in enumerate(zip(made.rows[2].cells, columns, strict=True)):
        first(cell, tags, CENTRE if number == 0 else LEFT, size=12)
    made.rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    first(made.rows[3].cells[0], "{%tr endfor %}", LEFT)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def foot(document: Any, left: str, right: str) -> None:
    """Signatures, and the code that opens the checklist."""
    one, two = grid(document, 1, [8.25, 8.25]).rows[0].cells
    for cell, text in ((one, left), (two, right)):
        first(cell, text, bold=True)
        line(cell, "(ký, ghi rõ họ tên)", CENTRE, italic=True, size=12)
        line(cell, "").paragraph_format.space_after = Pt(36)
    line(document, "{%p if qr %}")
    code, words = grid(document, 1, [3.2, 13.3]).rows[0].cells
    first(code, "{{ qr }}")
    first(words, "Quét mã để mở danh mục giấy tờ và kiểm tra lại hồ sơ:", LEFT, size=11)
    line(words, "{{ address }}", LEFT, size=11)
    line(document, "{%p endif %}")
    line(document, "{{ source }}", LEFT, italic=True, size=10.5)


def supplement() -> Any:
    """Everything that is missing, at once."""
    document = new_page()
    head(document, "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "{{ mechanism }}")
    who(document, "Kính gửi ông/bà")
    line(document, ALL_AT_ONCE)
    table(
        document,
        "items",
        [
            ("STT", 1.2, "{{ item.number }}"),
            ("Giấy tờ", 5.0, "{{ item.name }}"),
            ("Vì sao và cần làm gì", 6.6, "{{ item.todo }}"),
            ("Căn cứ", 3.7, "{{ item.basis }}"),
        ],
    )
    line(document, "{%p if to_show %}")
    line(document, "Khi đến nộp, ông/bà mang theo bản chính để đối chiếu: {{ to_show }}.")
    line(document, "{%p endif %}")
    line(document, f"Bổ sung xong, ông/bà nộp lại tại nơi đã nhận hồ sơ. {OFFICER_DECIDES}")
    foot(document, "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN")
    return document


def receipt() -> Any:
    """What was received and when to come back."""
    document = new_page()
    head(document, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "{{ mechanism }}")
    who(document, "Người nộp hồ sơ")
    line(document, "Hình thức nộp: {{ channel }}. Nhận lúc {{ time }}, {{ day }}.", LEFT)
    line(document, "Giấy tờ đã nhận:", LEFT, bold=True)
    table(
        document,
        "received",
        [
            ("STT", 1.2, "{{ item.number }}"),
            ("Giấy tờ", 8.3, "{{ item.name }}"),
            ("Số lượng", 3.3, "{{ item.count }}"),
            ("Ghi chú", 3.7, "{{ item.note }}"),
        ],
    )
    line(document, "**Hẹn trả kết quả:** {{ due }}")
    line(document, "{%p if results %}")
    line(document, "Kết quả nhận được: {{ results }}.", LEFT)
    line(document, "{%p endif %}")
    line(document, f"Đến nhận kết quả, ông/bà mang theo giấy này. {OFFICER_DECIDES}")
    foot(document, "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN")
    return document


def rejection() -> Any:
    """Why the dossier is not taken."""
    document = new_page()
    head(document, "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ", "{{ mechanism }}")
    who(document, "Kính gửi ông/bà")
    line(document, "Hồ sơ của ông/bà không được tiếp nhận giải quyết vì:")
    line(document, "{{ reason }}", BOTH, bold=True)
    line(document, "{%p if items %}")
    line(document, "Những điểm đã thấy khi kiểm tra hồ sơ:", LEFT)
    line(document, "{%p endif %}")
    line(document, "{%p for item in items %}")
    line(
        document,
        "{{ item.number }}. {{ item.name }}: {{ item.todo }} (căn cứ: {{ item.basis }})",
        BOTH,
    )
    line(document, "{%p endfor %}")
    line(document, APPEAL)
    foot(document, "NGƯỜI NỘP HỒ SƠ", "NGƯỜI CÓ THẨM QUYỀN")
    return document


def main() -> None:
    """Write all three."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in (supplement, receipt, rejection):
        file = FOLDER / f"{make.__name__}.docx"
        make().save(str(file))
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
