"""Laws, lists and notices name papers and are none of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.dossier.classify import STRONG, pieces_of
from assistant.dossier.models import Verdict
from ingest.reading.page import Page
from knowledge.catalog import Version
from tests.assistant.dossier.papers import page
from tests.assistant.dossier.test_rules import birth

STATE = ["Phần này nêu các quy định chung và đối tượng áp dụng."] * 3


def strong_kinds(sheet: Page) -> set[str]:
    found = [seen for piece in pieces_of([sheet]) for seen in piece.seen if seen.score >= STRONG]
    return set().union(*(seen.kinds for seen in found)) if found else set()


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("LUẬT\nCĂN CƯỚC", ["Chương I", "NHỮNG QUY ĐỊNH CHUNG", *STATE]),
        ("Chương III", ["NƠI CƯ TRÚ", "Điều 11. Giấy khai sinh", *STATE]),
        ("DANH MỤC THỦ TỤC HÀNH CHÍNH", ["GIẤY KHAI SINH", "Giấy chứng nhận kết hôn", *STATE]),
        ("HƯỚNG DẪN CHUẨN BỊ GIẤY TỜ", ["CĂN CƯỚC CÔNG DÂN", "GIẤY CHỨNG SINH", *STATE]),
        ("NGHỊ ĐỊNH", ["HỘ CHIẾU", *STATE]),
    ],
    ids=["law", "chapter", "list", "guide", "decree"],
)
def test_what_a_text_speaks_of_is_not_handed_in_with_it(title: str, lines: list[str]) -> None:
    assert strong_kinds(page(title, lines)) == set()


@pytest.mark.parametrize(
    ("title", "lines", "kind"),
    [
        ("CĂN CƯỚC CÔNG DÂN", ["Họ và tên: NGÔ THỊ LỤA"], "identity_card"),
        ("GIẤY KHAI SINH", ["DANH MỤC ĐÍNH KÈM", *STATE], "birth_certificate"),
        ("GIẤY CHỨNG SINH", ["Điều 1. Trẻ sinh tại cơ sở y tế", *STATE], "birth_notification"),
    ],
)
def test_a_paper_with_such_words_below_its_title_stays_one(
    title: str, lines: list[str], kind: str
) -> None:
    assert kind in strong_kinds(page(title, lines))


def test_the_law_on_cards_is_no_card(starter: Callable[[str], Version]) -> None:
    law = page("LUẬT\nCĂN CƯỚC", ["Chương I", "NHỮNG QUY ĐỊNH CHUNG", *STATE], file="can-cuoc.jpg")

    report = birth(starter, law)

    (card,) = (one for one in report.requirements if one.name.startswith("Giấy tờ tùy thân"))
    assert card.verdict is not Verdict.PRESENT


def test_a_form_that_collects_is_no_receipt() -> None:
    form = page("PHIẾU THU THẬP THÔNG TIN DÂN CƯ", ["Họ và tên: NGÔ THỊ LỤA"])

    assert "invoice" not in strong_kinds(form)
    assert "invoice" in strong_kinds(page("PHIẾU THU TIỀN", ["Số tiền: 8.000 đồng"]))
