"""Due days: working days with holidays, what the record states, and silence where it is unclear."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from assistant.dossier.due import Due, WorkingDays, day_in_words, due, working_days
from knowledge.procedure import ChannelKind, Procedure, parse_procedure
from tests.fakes import procedure

RECORDS = Path(__file__).parents[3] / "knowledge" / "procedures"


def told(received: str, *limits: dict[str, object]) -> Due:
    channel = {"kind": "direct", "time_limits": list(limits)}
    moment = datetime.fromisoformat(received)
    return due(procedure(1, channels=[channel]), ChannelKind.DIRECT, moment)


def limit(number: float | None, unit: str = "working_day", **more: object) -> dict[str, object]:
    return {"number": number, "unit": unit, **more} if number is not None else more


def birth() -> Procedure:
    text = (RECORDS / "1.001193.yaml").read_text(encoding="utf-8")
    return parse_procedure(yaml.safe_load(text), "1.001193")


@pytest.mark.parametrize(
    ("received", "given", "day"),
    [
        # Monday 2 March 2026
        ("2026-03-02T09:00", limit(3), "2026-03-05"),
        ("2026-03-05T09:00", limit(3), "2026-03-10"),  # over a weekend
        ("2026-03-07T09:00", limit(1), "2026-03-09"),  # received on a Saturday
        ("2026-02-13T09:00", limit(1), "2026-02-23"),  # over Tết
        ("2026-04-29T09:00", limit(1), "2026-05-04"),  # 30 April and 1 May
        ("2026-08-28T09:00", limit(1), "2026-09-03"),  # National Day, 31 August made up
        ("2026-08-21T09:00", limit(1), "2026-08-22"),  # that Saturday is worked for it
        ("2026-03-02T09:00", limit(5, "day"), "2026-03-09"),  # 7 March is a Saturday
        ("2026-03-02T09:00", limit(15, "day"), "2026-03-17"),
        ("2026-03-02T09:00", limit(2, "hour"), "2026-03-02"),
        ("2026-03-06T20:00", limit(8, "hour"), "2026-03-09"),
        ("2026-01-31T09:00", limit(1, "month"), "2026-03-02"),  # 28 February is a Saturday
        ("2026-03-02T09:00", limit(1, "year"), "2027-03-02"),
        ("2026-03-02T09:00", limit(2.5), "2026-03-05"),
    ],
)
def test_a_stated_limit_gives_a_day(received: str, given: dict[str, object], day: str) -> None:
    found = told(received, given)

    assert found.day == date.fromisoformat(day)
    assert day_in_words(found.day, "vi") in found.sentence
    assert found.field == "channels[0].time_limits[0]"


def test_a_number_without_a_unit_gives_a_sentence_and_no_day() -> None:
    found = told("2026-03-02T09:00", limit(1, "not_stated"))

    assert found.day is None
    assert "không ghi đơn vị" in found.sentence


@pytest.mark.parametrize(
    ("hour", "day"), [("14:59", None), ("15:00", None), ("15:01", date(2026, 3, 3))]
)
def test_the_record_of_births_promises_the_next_day_after_15(hour: str, day: date | None) -> None:
    found = due(birth(), ChannelKind.DIRECT, datetime.fromisoformat(f"2026-03-02T{hour}"))

    assert found.day == day


def test_births_online_promise_no_day_after_15() -> None:
    late = datetime(2026, 3, 2, 16)

    assert due(birth(), ChannelKind.ONLINE, late).day is None


def test_two_limits_for_two_kinds_of_people_give_no_day() -> None:
    found = told("2026-03-02T09:00", limit(1, condition="có dữ liệu"), limit(3, condition="không"))

    assert found.day is None
    assert "1 ngày làm việc (có dữ liệu); 3 ngày làm việc (không)" in found.sentence


def test_a_condition_that_only_names_the_start_holds_for_everybody() -> None:
    found = told(
        "2026-03-02T09:00",
        limit(3, condition="kể từ ngày nhận đủ hồ sơ hợp lệ"),
        limit(10, condition="phải xác minh"),
    )

    assert found.day == date(2026, 3, 5)


def test_a_source_that_says_two_things_gives_no_day() -> None:
    found = told("2026-03-02T09:00", limit(15, "day", note="Các bước lại ghi 10 ngày làm việc."))

    assert found.day is None
    assert "10 ngày làm việc" in found.sentence


def test_no_limit_at_all_is_said() -> None:
    found = due(procedure(1), ChannelKind.POSTAL, datetime(2026, 3, 2))

    assert found.day is None
    assert "không ghi thời hạn" in found.sentence


def test_a_listed_exception_beats_the_calendar() -> None:
    calendar = WorkingDays(frozenset({date(2026, 3, 3)}), frozenset({date(2026, 3, 7)}))

    assert calendar.after(date(2026, 3, 2), 1) == date(2026, 3, 4)
    assert calendar.after(date(2026, 3, 6), 1) == date(2026, 3, 7)


def test_every_record_of_the_corpus_is_told_of_without_an_error() -> None:
    for path in sorted(RECORDS.glob("*.yaml")):
        record = parse_procedure(yaml.safe_load(path.read_text(encoding="utf-8")), path.stem)
        for channel in record.channels:
            for language in ("vi", "en"):
                found = due(record, channel.kind, datetime(2026, 3, 2, 16), language)
                assert found.sentence
                assert found.day is None or working_days().is_one(found.day)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 12, 15), "ngày 15 tháng 12 năm 2026"),
        (date(2026, 3, 1), "ngày 01 tháng 3 năm 2026"),
    ],
)
def test_days_are_written_as_in_official_papers(day: date, words: str) -> None:
    assert day_in_words(day, "vi") == words
