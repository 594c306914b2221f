"""What is personal is taken out; sums, days, codes and laws stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.redaction import Redacted, is_identity_number, redact

PERSONAL = [
    ("CCCD 001090001234 nhé", "CCCD <CCCD> nhé"),
    ("001 090 001 234", "<CCCD>"),
    ("0010.9000.1234", "<CCCD>"),
    ("001-090-001-234", "<CCCD>"),
    ("0\u200b01090\u200b001234", "<CCCD>"),
    ("CMND 012345678.", "CMND <CCCD>."),
    ("hộ chiếu C1234567", "hộ chiếu <CCCD>"),
    ("0912345678", "<DIENTHOAI>"),
    ("0912 345 678", "<DIENTHOAI>"),
    ("+84 912-345-678", "<DIENTHOAI>"),
    ("(024) 3825 1234", "<DIENTHOAI>"),
    ("(+84) 912 345 678", "<DIENTHOAI>"),
    ("09.12.34.56.78", "<DIENTHOAI>"),
    ("+880 1712-345678", "<DIENTHOAI>"),
    ("০৯১২৩৪৫৬৭৮", "<DIENTHOAI>"),
    ("0912345678 đồng thời", "<DIENTHOAI> đồng thời"),
    ("buoi.la+cam@cho.example.", "<EMAIL>."),
    ("buoi @ cho.example", "<EMAIL>"),
    ("buoi(at)cho.example", "<EMAIL>"),
    ("STK 19034567890123", "STK <SO>"),
    ("thẻ 4111 1111 1111 1111", "thẻ <SO>"),
]
HARMLESS = [
    "100.000.000 đồng",
    "100,000,000 VND",
    "ngày 01/01/2020 đến 02.02.2021 03.03.2022",
    "thủ tục 1.001193.000.00.00.H44 và 1.001193",
    "190/2025/NQ-QH15, 227/2025/TT-BTC",
    "gọi 113 hoặc 19001234",
    "từ 10.000 đến 20.000",
    "Điều 5, 6, 7, 8, 9, 10, 11, 12",
    "năm 2024, 2025, 2026",
]


@pytest.mark.parametrize(("text", "redacted"), PERSONAL)
def test_what_is_personal_is_taken_out(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_nobodys_stays(text: str) -> None:
    assert redact(text) == text


def test_redacting_twice_changes_nothing() -> None:
    for text, _ in PERSONAL:
        assert redact(redact(text)) == redact(text)


@given(st.lists(st.sampled_from([text for text, _ in PERSONAL] + HARMLESS), max_size=8))
def test_what_was_hidden_comes_back_as_it_was(parts: list[str]) -> None:
    text = "; ".join(parts)
    hidden = Redacted()

    assert hidden.restore(hidden.hide(text)) == text


def test_equal_numbers_get_one_placeholder_without_a_digit() -> None:
    hidden = Redacted()

    text = hidden.hide("0912345678 rồi 0987654321 rồi 0912345678")

    assert text == "<DIENTHOAI_A> rồi <DIENTHOAI_B> rồi <DIENTHOAI_A>"


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_any_identity_number_is_known_however_it_is_written(number: int) -> None:
    digits = f"{number:012d}"
    if not is_identity_number(digits):
        return
    for joint in ("", " ", ".", "-"):
        written = joint.join(digits[i : i + 3] for i in range(0, 12, 3))
        assert redact(f"số {written} nhé") == "số <CCCD> nhé"
