"""Two readings of a name or a number: one, two, or not to be told apart."""

from __future__ import annotations

import pytest

from assistant.dossier.agreement import Agreement, is_syllable, names_agree, numbers_agree
from assistant.dossier.sheets import sheets_of
from assistant.dossier.titles import FormCode, codes_agree, codes_of
from ingest.reading.page import Box
from tests.assistant.dossier.papers import page

SAME, DIFFERENT, UNSURE = Agreement.SAME, Agreement.DIFFERENT, Agreement.UNSURE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Nguyễn Thị Hòa", "NGUYEN THI HOA", SAME),
        ("Trần Văn Bình", "Bình Trần Văn", SAME),
        ("Trần Văn Bình", "Trần Văn BlNH", SAME),  # no Vietnamese word: a slip of recognition
        ("Lê Thị Loan", "Lê Thị Lan", DIFFERENT),  # one letter, and both are words
        ("Lê Hoài Nam", "Lê Hoài Lam", DIFFERENT),
        ("Lê Minh Đức", "Lê Minh Hùng", DIFFERENT),
        ("Phạm Thu Hà", "Phạm Thị Thu Hà", UNSURE),
        ("Phạm Thu Hà", "", UNSURE),
        ("Đoàn Trọng Vương", "poàn Trọng Vương", SAME),  # a small letter among capitals: a slip
        ("Thái Kim Thơ", "Thái Kùn Thơ", UNSURE),  # no word has a k before u
        ("Huỳnh Thị Trinh", "HuỳnhThị Nguyệt", DIFFERENT),  # two words read as one
        ("PHÙNGBÁ ĐÔNG", "Phùng Bá Tú", DIFFERENT),
        ("PHÙNGBÁ ĐÔNG", "Phùng Bá Đông", SAME),
        ("Trịnh Công Hậu", "Trịnh Côny Hậu", SAME),
        ("Mạc Văn Thạch", "Mạc Văm Thạch", UNSURE),  # a syllable, and nobody's name: a slip perhaps
        ("Nông Thị Sen", "Nông Thị Rỡm", DIFFERENT),  # nobody's name, and far from the other
    ],
)
def test_names(one: str, other: str, expected: Agreement) -> None:
    assert names_agree(one, other) is expected
    assert names_agree(other, one) is expected


def test_a_word_that_was_hardly_read_is_held_against_nobody() -> None:
    assert names_agree("Lê Minh Đức", "Lê Minh Hùng", theirs=(0.9, 0.9, 0.1)) is UNSURE
    assert names_agree("Lê Minh Hùng", "Lê Minh Hàn", theirs=(0.9, 0.9, 0.5)) is UNSURE
    assert names_agree("Lê Minh Đức", "Lẻ Minh Hùng", theirs=(0.2, 0.9, 0.9)) is DIFFERENT
    assert names_agree("Lê Thị Loan", "Lê Thị Lan", theirs=(0.9, 0.9, 0.7)) is UNSURE


def test_a_word_with_nothing_of_the_other_is_another_however_faint() -> None:
    assert names_agree("Lê Minh Đức", "Lê Minh Hùng", theirs=(0.9, 0.9, 0.2)) is DIFFERENT
    assert names_agree("Lê Minh Đức", "Minh Hiền", theirs=(0.9, 0.4)) is DIFFERENT
    assert names_agree("Lê Minh Đức", "Lê Minh Hq#n", theirs=(0.9, 0.9, 0.2)) is UNSURE


@pytest.mark.parametrize(
    ("one", "other"),
    [("Tạ Hoài Vy", "Tạ Hoài Vụ"), ("Tạ Hoài Vy", "Tự Hoài Vy"), ("Lương Hoài Vy", "Ương Hoài Vy")],
)
def test_letters_that_hands_write_alike_make_no_other_name(one: str, other: str) -> None:
    assert names_agree(one, other) is UNSURE


@pytest.mark.parametrize(
    ("other", "sure", "expected"),
    [
        ("079085001234", 0.3, SAME),
        ("079085001284", 0.96, DIFFERENT),  # one digit, clearly read
        ("079085001284", 0.94, UNSURE),
        ("079085999999", 0.1, DIFFERENT),  # recognition never mistakes half of the digits
        ("079085007777", 0.3, UNSURE),
        ("023456789", 0.99, UNSURE),  # an old number tells nothing of a new one
        ("07908500123?", 0.99, UNSURE),
        ("079085007234", 0.96, DIFFERENT),
        ("019085007234", 0.95, UNSURE),  # a hand whose 1 and 7 are alike
        ("07908500123", 0.95, UNSURE),  # a digit lost is no other number
        ("0790850011234", 0.95, UNSURE),  # nor is a digit won
        ("079085012340", 0.95, UNSURE),  # nor one lost and one won, which moves all between
        ("07908569867", 0.3, DIFFERENT),  # more differs than a lost digit explains
        ("0790856998677", 0.3, DIFFERENT),
        ("0z9085698677", 0.3, DIFFERENT),  # one digit read as a letter, and most are others
        ("0z9085001284", 0.9, UNSURE),
        ("z9085698677", 0.3, DIFFERENT),  # the naught in front of it lost as well
    ],
)
def test_numbers(other: str, sure: float, expected: Agreement) -> None:
    assert numbers_agree("079085001234", other, sure) is expected


def test_syllables_are_told_from_slips() -> None:
    assert all(
        map(
            is_syllable,
            ["nguyen", "thi", "quyen", "yen", "oanh", "nghiep", "giang", "khuyen", "uy", "huynh"],
        )
    )
    assert not any(map(is_syllable, ["blnh", "nqa", "vq", "hoaf", "wang"]))


def code(text: str, sure: float = 0.95) -> FormCode:
    return FormCode(text, text, Box(0, 0, 1, 1), sure)


def test_a_code_cut_at_its_stroke_is_neither_right_nor_wrong() -> None:
    assert codes_agree(code("01/1PTB"), "01/1PTB") is SAME
    assert codes_agree(code("01"), "01/1PTB") is UNSURE
    assert codes_agree(code("01/1PTD"), "01/1PTB") is UNSURE
    assert codes_agree(code("02/1PTB"), "01/1PTB") is DIFFERENT
    assert codes_agree(code("02/1PTB", 0.3), "01/1PTB") is UNSURE


@pytest.mark.parametrize("printed", ["Mẫu số 01/LPTB", "Mẫu số 01/ LPTB", "Aiẫu số 01 / LPTB"])
def test_a_code_is_read_whole_whatever_room_is_around_its_stroke(printed: str) -> None:
    (sheet,) = sheets_of(page("TỜ KHAI LỆ PHÍ TRƯỚC BẠ", above=(printed,)))

    assert [code.code for code in codes_of(sheet)] == ["01/1PTB"]


@pytest.mark.parametrize(
    ("printed", "codes"),
    [("Mẫu CTOI", ["CT01"]), ("Mẫu CTOl", ["CT01"]), ("Mẫu CTO2", ["CT02"]), ("Mẫu NAS", []),
     ("CTOI", []), ("Mẫu ĐOI TRA", [])],
)  # fmt: skip
def test_both_figures_of_a_named_code_may_be_read_as_letters(
    printed: str, codes: list[str]
) -> None:
    (sheet,) = sheets_of(page("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", above=(printed,)))

    assert [code.code for code in codes_of(sheet)] == codes
