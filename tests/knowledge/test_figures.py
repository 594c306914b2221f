"""Figures are read out of official text exactly, or not at all."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest

from knowledge.figures import (
    Amount,
    Duration,
    amounts_in,
    durations_in,
    legal_key,
    legal_numbers_in,
    number_of,
    numbers_in,
)
from knowledge.procedure import TimeUnit

WORKING, DAY, HOUR = TimeUnit.WORKING_DAY, TimeUnit.DAY, TimeUnit.HOUR


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.000", "10000"),
        ("10,000", "10000"),
        ("10000", "10000"),
        ("1.234.567", "1234567"),
        ("1,234,567.50", "1234567.50"),
        ("1.234.567,5", "1234567.5"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("0,25", "0.25"),
        ("07", "7"),
        ("12.50", "12.5"),
    ],
)
def test_a_number_is_read_whatever_its_separators(text: str, value: str) -> None:
    assert number_of(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Phí 10.000 đồng", [(10_000, "VND")]),
        ("Phí 10,000 đồng", [(10_000, "VND")]),
        ("10000 VNĐ", [(10_000, "VND")]),
        ("20.000vnđ/tờ khai", [(20_000, "VND")]),
        ("50.000đ", [(50_000, "VND")]),
        ("50.000 đ/lần", [(50_000, "VND")]),
        ("3 triệu đồng", [(3_000_000, "VND")]),
        ("1,5 triệu đồng", [(1_500_000, "VND")]),
        ("2 tỷ đồng", [(2_000_000_000, "VND")]),
        ("50 nghìn đồng", [(50_000, "VND")]),
        ("50 ngàn đồng", [(50_000, "VND")]),
        ("10 USD(/bản)", [(10, "USD")]),
        ("10 đô la Mỹ", [(10, "USD")]),
        ("5,50 EUR", [("5.50", "EUR")]),
        ("100000 Việt Nam Đồng", [(100_000, "VND")]),
        ("từ 5.000 đồng đến 8.000 đồng", [(5_000, "VND"), (8_000, "VND")]),
        ("20 VNĐ", [(20, "VND")]),
        ("0 đồng", [(0, "VND")]),
        ("10 đội", []),
        ("3 đường", []),
        ("10 ngày", []),
        ("Miễn phí", []),
        ("", []),
    ],
)
def test_amounts_are_found_with_their_currency(
    text: str, expected: list[tuple[int | str, str]]
) -> None:
    amounts = [Amount(Decimal(value), currency) for value, currency in expected]

    assert amounts_in(text) == amounts
    assert amounts_in(unicodedata.normalize("NFD", text)) == amounts
    assert amounts_in(text.upper()) == amounts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03 ngày làm việc", [(3, WORKING)]),
        ("3 ngày", [(3, DAY)]),
        ("1.5 ngày", [("1.5", DAY)]),
        ("1,5 Ngày làm việc", [("1.5", WORKING)]),
        ("05 (năm) ngày làm việc", [(5, WORKING)]),
        ("24 giờ", [(24, HOUR)]),
        ("6 tháng", [(6, TimeUnit.MONTH)]),
        ("10 năm", [(10, TimeUnit.YEAR)]),
        ("15 ngày, hoặc 8 giờ", [(15, DAY), (8, HOUR)]),
        ("ngày 01 tháng 7 năm 2025", [(1, TimeUnit.MONTH), (7, TimeUnit.YEAR)]),
        ("3 bản", []),
        ("3 nămm", []),
    ],
)
def test_lengths_of_time_are_found_with_their_unit(
    text: str, expected: list[tuple[int | str, TimeUnit]]
) -> None:
    assert durations_in(text) == [Duration(Decimal(n), unit) for n, unit in expected]


def test_numbers_are_found_whatever_they_count() -> None:
    text = "07 bản, 10.000 đồng, 1,5 ngày, mẫu CT01"

    assert numbers_in(text) == {Decimal(7), Decimal(10_000), Decimal("1.5"), Decimal(1)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Luật số 60/2014/QH13 và", ["60/2014/QH13"]),
        ("Nghị định 123/2015/NĐ-CP, 87/2020/NĐ-CP", ["123/2015/NĐ-CP", "87/2020/NĐ-CP"]),
        ("66.7/2025/NQ-CP", ["66.7/2025/NQ-CP"]),
        ("Quyết định 163/QĐ-BTP", ["163/QĐ-BTP"]),
        ("01/2022/TTLT-BTP-BCA", ["01/2022/TTLT-BTP-BCA"]),
        ("190/2025/NQ–QH15", ["190/2025/NQ–QH15"]),
        ("1/2 số bản, ngày 01/7/2025", []),
    ],
)
def test_legal_numbers_are_found_as_written(text: str, expected: list[str]) -> None:
    assert legal_numbers_in(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("190/2025/NQ-QH15", "190/2025/NQ–QH15"),
        ("190/2025/NQ-QH15", "190/2025/NQQH15"),
        ("163/QĐ-BTP", "163/qđ-btp"),
        ("163/QĐ-BTP", "163/QĐ - BTP"),
        ("123/2015/NĐ-CP", "123/2015/ND-CP"),
    ],
)
def test_spellings_of_one_legal_number_compare_equal(one: str, other: str) -> None:
    assert legal_key(one) == legal_key(other)


def test_different_legal_numbers_differ() -> None:
    assert legal_key("123/2015/NĐ-CP") != legal_key("123/2016/NĐ-CP")
