"""A crawled record becomes a procedure; what is no figure stays in the source's own words."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ingest.parsing.portal import lines_of, procedure_of, record_hash, time_of
from knowledge.errors import InvalidProcedure
from knowledge.procedure import Channel, Fee, Level, Procedure, TimeUnit
from tests.fakes import method, record


def parsed(**values: Any) -> Procedure:
    return procedure_of(record(**values), "dòng 1")


def channel_of(*rows: dict[str, Any]) -> Channel:
    (channel,) = parsed(methods=list(rows)).channels
    return channel


def fee_of(**values: Any) -> Fee:
    (fee,) = channel_of(method(**values)).fees
    return fee


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("7 Ngày làm việc", "7", TimeUnit.WORKING_DAY),
        ("07 ngày", "7", TimeUnit.DAY),
        ("1.5 Ngày", "1.5", TimeUnit.DAY),
        ("24 Giờ", "24", TimeUnit.HOUR),
        ("6 Tháng", "6", TimeUnit.MONTH),
        ("2 Năm", "2", TimeUnit.YEAR),
        ("1", "1", TimeUnit.NOT_STATED),
    ],
)
def test_a_time_is_a_number_with_its_unit(text: str, number: str, unit: TimeUnit) -> None:
    assert time_of(text) == (Decimal(number), unit)


@pytest.mark.parametrize(
    "text", [None, "", "0 Ngày", "ngay trong ngày", "3 tuần", "120,000", "3-5 Ngày", "Ngày 3"]
)
def test_anything_else_is_no_time(text: str | None) -> None:
    assert time_of(text) is None


def test_a_time_in_words_is_kept_as_words() -> None:
    (limit,) = channel_of(method(time="Ngay trong ngày")).time_limits

    assert (limit.number, limit.note) == (None, "Ngay trong ngày")


def test_a_plain_fee_is_an_amount() -> None:
    assert fee_of(fee="20000 VNĐ") == Fee(amount=Decimal(20000))


def test_free_is_zero() -> None:
    assert fee_of(fee="Miễn phí") == Fee(amount=Decimal(0))


@pytest.mark.parametrize(
    ("fee", "note"),
    [
        ("Miễn phí", "Lệ phí 50.000 đồng đối với thẻ thứ hai"),
        ("20 VNĐ", "20.000 vnđ/tờ khai"),
        ("10000 VNĐ", "Phí 15.000 đồng"),
    ],
)
def test_a_column_that_its_remark_contradicts_is_disputed(fee: str, note: str) -> None:
    found = fee_of(fee=fee, note=note)

    assert found.disputed
    assert found.note == note


@pytest.mark.parametrize(
    ("fee", "note"),
    [
        ("20000 VNĐ", "20.000 vnđ/tờ khai"),
        ("Miễn phí", "Miễn lệ phí cho trẻ em"),
        ("Miễn phí", "Nộp buổi sáng"),
        ("Miễn phí", "0 đồng"),
    ],
)
def test_a_remark_that_agrees_disputes_nothing(fee: str, note: str) -> None:
    assert not fee_of(fee=fee, note=note).disputed


def test_a_fee_glued_to_its_remark_is_found() -> None:
    channel = channel_of(method(note="10 USD(/bản)Tại cơ quan đại diện"))

    (fee,) = channel.fees
    assert (fee.amount, fee.currency, fee.unit) == (Decimal(10), "USD", "bản")


@pytest.mark.parametrize("note", ["(/trang)", "(/ trang) theo biểu phí"])
def test_the_unit_of_a_fee_is_read_from_its_remark(note: str) -> None:
    assert fee_of(fee="2000 VNĐ", note=note).unit == "trang"


def test_the_fee_column_in_front_of_a_remark_is_not_repeated() -> None:
    fee = fee_of(fee="2000 VNĐ", note="2000 VNĐ (Phí chụp bản đồ)")

    assert fee.note == "Phí chụp bản đồ"


def test_a_remark_about_money_without_a_column_is_a_fee_in_words() -> None:
    assert fee_of(note="Theo biểu phí của tỉnh") == Fee(note="Theo biểu phí của tỉnh")


def test_a_remark_about_anything_else_is_the_channels_note() -> None:
    channel = channel_of(method(note="Nộp buổi sáng"))

    assert channel.fees == ()
    assert channel.note == "Nộp buổi sáng"


def test_rows_of_one_channel_become_one_channel() -> None:
    found = parsed(
        methods=[
            method(fee="1000 VNĐ"),
            method("Trực tuyến", fee="Miễn phí"),
            method(fee="2000 VNĐ"),
            method("Dịch vụ bưu chính"),
        ]
    )

    assert [channel.kind for channel in found.channels] == ["direct", "online", "postal"]
    assert [fee.amount for fee in found.channels[0].fees] == [1000, 2000]
    assert len(found.channels[0].time_limits) == 1


def test_each_time_keeps_the_remark_of_its_row() -> None:
    channel = channel_of(
        method(time="3 Ngày", note="Bãi rộng"), method(time="9 Ngày", note="Bãi hẹp")
    )

    found = [(limit.number, limit.note) for limit in channel.time_limits]

    assert found == [(3, "Bãi rộng"), (9, "Bãi hẹp")]
    assert channel.note is None


def test_each_time_keeps_its_remark_even_when_the_remark_speaks_of_money() -> None:
    channel = channel_of(
        method(time="3 Ngày", fee="1000 VNĐ", note="Bãi rộng, phí 1.000 đồng"),
        method(time="9 Ngày", fee="5000 VNĐ", note="Bãi hẹp, phí 5.000 đồng"),
    )

    told = " ".join(limit.note or "" for limit in channel.time_limits)
    told += " ".join(fee.note or "" for fee in channel.fees)

    assert "Bãi rộng" in told
    assert "Bãi hẹp" in told


def test_subjects_are_split_outside_brackets() -> None:
    found = parsed(subjects="Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)")

    assert found.subjects == ("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)")


@pytest.mark.parametrize(
    ("crawled", "day"),
    [
        ("2026-06/2026-07", date(2026, 6, 1)),
        ("2026-07", date(2026, 7, 1)),
        ("2026-07-15", date(2026, 7, 15)),
    ],
)
def test_a_record_is_dated_by_the_first_day_it_can_have_been_read(crawled: str, day: date) -> None:
    source = parsed(crawled=crawled).source

    assert source is not None
    assert source.retrieved_at == day


def test_the_hash_of_a_record_does_not_depend_on_the_day_of_the_crawl() -> None:
    one, other = record(crawled="2026-06"), record(crawled="2026-07")

    assert record_hash(one) == record_hash(other)
    assert record_hash(one) != record_hash(record(name="Khác"))


def test_several_levels_are_told_apart() -> None:
    found = parsed(level="Cấp tỉnh, Cấp xã")

    assert found.levels == (Level.PROVINCE, Level.COMMUNE)


def test_an_empty_field_stays_empty() -> None:
    found = parsed(
        agency="Không có thông tin", conditions="Không có thông tin", methods=None, documents=None
    )

    assert found.agency is None
    assert found.conditions == ()
    assert found.channels == ()
    assert found.cases == ()


def test_lines_lose_their_bullets() -> None:
    assert lines_of("- Một\n\n * Hai\nKhông có thông tin") == ["Một", "Hai"]


def test_results_are_split_at_semicolons() -> None:
    assert parsed(result="Thẻ; Biển hiệu;").results == ("Thẻ", "Biển hiệu")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": None}, "code"),
        ({"code": "abc"}, "code"),
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"field": None}, "field"),
        ({"level": "Cấp huyện"}, "levels[0]"),
        ({"level": None}, "levels[0]"),
        ({"source_url": None}, "source.url"),
        ({"crawled": "hôm qua"}, "source.retrieved_at"),
        ({"crawled": None}, "source.retrieved_at"),
        ({"crawled": "2026-13"}, "source.retrieved_at"),
        ({"methods": [method("Fax")]}, "channels[0].kind"),
    ],
)
def test_a_broken_field_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProcedure, match="dòng 1") as caught:
        parsed(**values)

    assert field in dict(caught.value.problems)


@pytest.mark.parametrize(
    "values",
    [
        {"methods": "Trực tiếp"},
        {"methods": [None]},
        {"methods": [{"channel": "Trực tiếp", "time": 3, "fee": 5, "note": 7}]},
        {"documents": [None, 3, {"name": None}]},
        {"documents": [{"name": "Tờ khai", "originals": "một", "copies": None}]},
        {"steps": ["Bước 1"]},
        {"name": 7},
        {"legal_codes": "1/2020/QH14"},
        {"legal_codes": [None]},
        {"legal_basis": ["Luật"]},
        {"subjects": 3},
        {"crawled": 20260601},
        {"result": {}},
    ],
)
def test_fields_of_another_type_are_refused_as_wrong_records(values: dict[str, Any]) -> None:
    with suppress(InvalidProcedure):
        assert parsed(**values).code


def test_an_empty_record_is_refused_field_by_field() -> None:
    with pytest.raises(InvalidProcedure) as caught:
        procedure_of({}, "dòng 1")

    assert {"code", "name", "field"} <= set(dict(caught.value.problems))
