"""Legal documents are told apart although the portal glues title and number."""

from __future__ import annotations

import pytest

from ingest.parsing.legal import legal_documents
from knowledge.procedure import LegalDocument


def pairs(text: str | None, *codes: str) -> list[tuple[str | None, str | None]]:
    return [(found.title, found.number) for found in legal_documents(text, list(codes))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Luật Diều60/2014/QH13", [("Luật Diều", "60/2014/QH13")]),
        ("Luật Doanh nghiệp 202076/2025/QH15", [("Luật Doanh nghiệp 2020", "76/2025/QH15")]),
        ("Luật Diều\n60/2014/QH13", [("Luật Diều", "60/2014/QH13")]),
        ("60/2014/QH13", [(None, "60/2014/QH13")]),
        ("Quyết định về diều 12/QĐ-T\nTg", [("Quyết định về diều", "12/QĐ-TTg")]),
        ("Nghị định về diều 5/2020/NĐ-C\nP", [("Nghị định về diều", "5/2020/NĐ-CP")]),
        ("Luật Diều 60/2014/QH\n13", [("Luật Diều", "60/2014/QH13")]),
        (
            "Luật Diều1/2020/QH14\nThông tư về diều2/2021/TT-BTD",
            [("Luật Diều", "1/2020/QH14"), ("Thông tư về diều", "2/2021/TT-BTD")],
        ),
        (
            "Luật Diều1/2020/QH14 Nghị định về diều3/2021/NĐ-CP",
            [("Luật Diều", "1/2020/QH14"), ("Nghị định về diều", "3/2021/NĐ-CP")],
        ),
        (
            "Sửa Thông tư số 85/2019/TT-BTC của Bộ Tài chính106/2021/TT-BTC",
            [("Sửa Thông tư số 85/2019/TT-BTC của Bộ Tài chính", "106/2021/TT-BTC")],
        ),
        ("66.7/2025/NQ-CP", [(None, "66.7/2025/NQ-CP")]),
        ("Bộ luật về diều bay", [("Bộ luật về diều bay", None)]),
        ("Không có thông tin", []),
        ("", []),
        (None, []),
    ],
)
def test_title_and_number_are_told_apart(
    text: str | None, expected: list[tuple[str | None, str | None]]
) -> None:
    assert pairs(text) == expected


def test_numbers_that_the_text_lacks_are_added() -> None:
    assert pairs("Luật Diều1/2020/QH14", "1/2020/QH14", "2/2021/TT-BTD") == [
        ("Luật Diều", "1/2020/QH14"),
        (None, "2/2021/TT-BTD"),
    ]


def test_a_number_in_another_spelling_is_not_added_again() -> None:
    assert pairs("Quyết định về diều 7/QĐ-BTD", "7/QĐBTD") == [("Quyết định về diều", "7/QĐ-BTD")]


def test_a_number_is_listed_once_with_its_title() -> None:
    text = "1/2020/QH14\nThông tư về diều2/2021/TT-BTD\nLuật Diều1/2020/QH14"

    assert pairs(text) == [("Luật Diều", "1/2020/QH14"), ("Thông tư về diều", "2/2021/TT-BTD")]


def test_entries_are_legal_documents() -> None:
    assert legal_documents("Luật Diều1/2020/QH14", []) == (
        LegalDocument(title="Luật Diều", number="1/2020/QH14"),
    )
