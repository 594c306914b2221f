"""Rows of the portal's table become cases, papers or notes, and no count is lost."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.parsing.papers import cases_and_notes, form_code_of
from tests.fakes import row


def papers_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    (case,) = cases_and_notes(list(rows))[0]
    return list(case["requirements"])


def test_a_row_with_a_count_is_a_paper() -> None:
    (paper,) = papers_of(row("- Tờ khai", 2, 3, form="mau.docx"))

    assert paper == {
        "name": "Tờ khai",
        "form_file": "mau.docx",
        "originals": 2,
        "copies": 3,
        "handling": "submit",
        "need": "always",
    }


def test_a_row_without_counts_is_a_note() -> None:
    (case,), notes = cases_and_notes([row("Tờ khai"), row("Viết mực đen.", 0, 0)])

    assert [paper["name"] for paper in case["requirements"]] == ["Tờ khai"]
    assert case["notes"] == ["Viết mực đen."]
    assert notes == []


@pytest.mark.parametrize("group", ["Lưu ý", "* Ghi chú:", "Chú ý khi nộp"])
def test_notes_of_a_note_group_belong_to_the_whole_procedure(group: str) -> None:
    cases, notes = cases_and_notes([row("Tờ khai"), row("Mang bản gốc.", 0, 0, case=group)])

    assert notes == ["Mang bản gốc."]
    assert len(cases) == 1


def test_a_paper_in_a_note_group_is_still_a_paper() -> None:
    (paper,) = papers_of(row("Bản chụp thẻ", 0, 1, case="Lưu ý"))

    assert paper["copies"] == 1


@pytest.mark.parametrize(
    ("group", "handling"),
    [
        ("Giấy tờ phải nộp", "submit"),
        ("Giấy tờ phải xuất trình", "present"),
        ("* Giấy tờ phải xuất trình:", "present"),
        ("Thành phần hồ sơ", "submit"),
        (None, "submit"),
    ],
)
def test_a_group_that_only_says_how_is_no_case(group: str | None, handling: str) -> None:
    (case,), _ = cases_and_notes([row("Thẻ căn cước", case=group)])

    assert case["id"] == "chung"
    assert case["requirements"][0]["handling"] == handling


def test_other_groups_are_cases_and_the_common_one_stands_first() -> None:
    rows = [
        row("Đơn", case="Trường hợp mất thẻ"),
        row("Tờ khai"),
        row("Thẻ cũ", case="Trường hợp hỏng thẻ"),
        row("Ảnh", case="TRƯỜNG HỢP MẤT THẺ:"),
    ]

    cases, _ = cases_and_notes(rows)

    assert [case["name"] for case in cases] == [
        "Mọi trường hợp",
        "Trường hợp mất thẻ",
        "Trường hợp hỏng thẻ",
    ]
    assert [len(case["requirements"]) for case in cases] == [1, 2, 1]
    assert len({case["id"] for case in cases}) == 3


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("Trường hợp ủy quyền thì phải có giấy ủy quyền", "Trường hợp ủy quyền"),
        ("Đối với trẻ em dưới 6 tuổi: giấy khai sinh", "Đối với trẻ em dưới 6 tuổi"),
        ("Nếu mất thẻ, đơn báo mất", "Nếu mất thẻ"),
    ],
)
def test_a_condition_in_the_name_makes_the_paper_conditional(name: str, condition: str) -> None:
    (paper,) = papers_of(row(name))

    assert (paper["need"], paper["condition"]) == ("conditional", condition)
    assert paper["name"] == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Tờ khai mẫu CT01", "CT01"),
        ("Đơn theo Mẫu số 01", "Mẫu số 01"),
        ("Mẫu số 02a/TD.", "Mẫu số 02a/TD"),
        ("Tờ khai (mẫu số: DC02)", "DC02"),
        ("Tờ khai", None),
        ("Ảnh mẫu", None),
    ],
)
def test_the_code_of_a_form_is_read_from_the_name(name: str, code: str | None) -> None:
    assert form_code_of(name) == code


def test_documents_as_text_are_kept_line_by_line() -> None:
    cases, _ = cases_and_notes("- Tờ khai thả diều\n\n+ Ảnh chân dung 3x4\nx")

    assert cases == [
        {
            "id": "chung",
            "name": "Mọi trường hợp",
            "notes": ["Tờ khai thả diều", "Ảnh chân dung 3x4"],
        }
    ]


@pytest.mark.parametrize("documents", [None, "", [], {}, 7, [None, "x", {}, {"name": "  "}]])
def test_nothing_usable_makes_no_case(documents: object) -> None:
    assert cases_and_notes(documents) == ([], [])


def test_rows_without_a_word_are_left_out() -> None:
    assert cases_and_notes([row("- ;", 1, 0)]) == ([], [])


def test_a_paper_whose_counts_are_missing_stays_a_paper() -> None:
    (paper,) = papers_of({"case": None, "name": "Tờ khai", "originals": None, "copies": None})

    assert paper["name"] == "Tờ khai"
    assert "originals" not in paper
