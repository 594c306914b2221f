"""Reading figures out of any answer's words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evals.metrics.reading import (
    Counts,
    Length,
    Sum,
    counts_in,
    laws_in,
    lengths_in,
    lines_of,
    numbers_in,
    says,
    share_of,
    sums_in,
)
from knowledge.procedure import TimeUnit


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("Lệ phí 10.000 đồng/thẻ", 10_000, "VND"),
        ("phí là 10,000đ", 10_000, "VND"),
        ("mất 1,5 triệu đồng", 1_500_000, "VND"),
        ("50 nghìn VNĐ", 50_000, "VND"),
        ("160,000 VND per passport", 160_000, "VND"),
        ("25 USD", 25, "USD"),
        ("US$ 25", 25, "USD"),
        ("Miễn phí.", 0, "VND"),
        ("It is free of charge.", 0, "VND"),
    ],
)
def test_sums_are_read_with_their_currency(text: str, amount: int, currency: str) -> None:
    assert sums_in(text) == (Sum(Decimal(amount), currency),)


@pytest.mark.parametrize("text", ["5 đơn vị", "hợp đồng 3 năm", "Miễn, giảm: trẻ em", "2 dấu"])
def test_other_numbers_are_no_sums(text: str) -> None:
    assert sums_in(text) == ()


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("trong 07 ngày làm việc", 7, TimeUnit.WORKING_DAY),
        ("15 (mười lăm) ngày", 15, TimeUnit.DAY),
        ("8 working days", 8, TimeUnit.WORKING_DAY),
        ("2 giờ", 2, TimeUnit.HOUR),
        ("6 months", 6, TimeUnit.MONTH),
    ],
)
def test_lengths_of_time_are_read_with_their_unit(text: str, number: int, unit: TimeUnit) -> None:
    assert lengths_in(text) == (Length(Decimal(number), unit),)


def test_a_date_is_no_length_of_time() -> None:
    assert lengths_in("từ ngày 15 tháng 8 năm 2023") == ()


def test_counts_tell_originals_from_copies_and_certified_ones() -> None:
    assert counts_in(": 1 bản chính, 2 bản sao (có chứng thực)") == Counts(1, 2, certified=True)
    assert counts_in("originals: 1, copies: 2") == Counts(1, 2, certified=False)
    assert counts_in("nguồn không ghi số bản") == Counts(None, None, certified=False)


def test_numbers_inside_codes_and_dates_do_not_stand_alone() -> None:
    assert numbers_in("mẫu TD01, ngày 01/06/2026, 3 bản") == {Decimal(3)}
    assert laws_in("theo Nghị định 118/2025/NĐ-CP") == {"118/2025/NDCP"}


def test_lines_know_their_heading_and_their_citations() -> None:
    first, second, third = lines_of("Giấy tờ\n- Tờ khai: 1 bản chính [1] [2]\nViết đẹp. [3]")

    assert (first.text, first.item) == ("Giấy tờ", False)
    assert (second.text, second.citations, second.heading) == (
        "Tờ khai: 1 bản chính",
        (1, 2),
        "Giấy tờ",
    )
    assert (third.citations, third.heading) == ((3,), "Giấy tờ")


def test_said_words_are_whole_words_whatever_their_marks() -> None:
    assert says("Mất 5 TRIỆU đồng", "5 triệu")
    assert not says("Mất 15 triệu đồng", "5 triệu")
    assert says("5 triệu, không phải 15 triệu", "15 triệu")
    assert share_of("hồ sơ", "20.000 đồng/hồ sơ") == 1.0
