"""Every curated record agrees with its source; every planted mistake is caught."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.faithful import compare, record_hash, row_digest
from ingest.sources.starter import read_yaml_directory
from knowledge.procedure import parse_procedure
from tests.fakes import code, method, record, row

SENTENCE = (
    "Người thả diều phải giữ dây chắc tay và không được để diều bay vào đường dây điện cao thế "
    "hoặc vào vùng trời của sân bay gần nhất"
)
RECORD = record(
    1,
    conditions=SENTENCE,
    documents=[row("Tờ khai thả diều", 1, 2), row("Ảnh chân dung", 3, 0), row("Ghi nhớ", 0, 0)],
)


def curated() -> dict[str, Any]:
    """A curated record that agrees with RECORD."""
    return {
        "code": code(1),
        "name": RECORD["name"],
        "field": "Thả diều",
        "levels": ["commune"],
        "channels": [
            {
                "kind": "direct",
                "time_limits": [{"number": 3, "unit": "working_day"}],
                "fees": [{"amount": 10000}],
            }
        ],
        "cases": [
            {
                "id": "chung",
                "name": "Mọi trường hợp",
                "requirements": [
                    {
                        "name": "Tờ khai",
                        "originals": 1,
                        "copies": 2,
                        "rows": [row_digest("Tờ khai thả diều")],
                    },
                    {"name": "Ảnh", "originals": 3, "rows": [row_digest("Ảnh chân dung")]},
                ],
            }
        ],
        "notes": ["Giữ chặt dây."],
        "legal_basis": [{"number": "1/2020/QH14"}],
        "decision": "7/QĐ-BTD",
        "source": {
            "url": RECORD["source_url"],
            "retrieved_at": "2026-06-01",
            "sha256": record_hash(RECORD),
        },
    }


def findings(values: dict[str, Any]) -> list[str]:
    return [found.field for found in compare(parse_procedure(values, "x"), RECORD)]


def test_a_faithful_record_has_no_finding() -> None:
    assert findings(curated()) == []


def planted() -> list[tuple[str, dict[str, Any], str]]:
    mistakes: list[tuple[str, dict[str, Any], str]] = []

    def plant(name: str, field: str, *path: str | int, value: Any) -> None:
        values = curated()
        inner: Any = values
        for step in path[:-1]:
            inner = inner[step]
        if value is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
        mistakes.append((name, values, field))

    papers = ("cases", 0, "requirements")
    first = "cases[0].requirements[0]"
    time, fee = ("channels", 0, "time_limits"), ("channels", 0, "fees")
    plant("wrong fee", "channels[0].fees", *fee, 0, "amount", value=12000)
    plant("other currency", "channels[0].fees", *fee, 0, "currency", value="USD")
    plant("fee left out", "channels[0].fees", *fee, value=None)
    plant("free instead", "channels[0].fees", *fee, 0, "amount", value=0)
    plant("wrong unit", "channels[0].time_limits", *time, 0, "unit", value="day")
    plant("wrong time", "channels[0].time_limits", *time, 0, "number", value=4)
    plant("time left out", "channels[0].time_limits", *time, value=None)
    plant("dropped paper", "cases", *papers, 1, value=None)
    plant("wrong originals", first, *papers, 0, "originals", value=2)
    plant("wrong copies", first, *papers, 0, "copies", value=1)
    plant("count left out", first, *papers, 0, "copies", value=None)
    plant("unknown row", "cases", *papers, 0, "rows", value=["00000000"])
    plant("no row", f"{first}.rows", *papers, 0, "rows", value=None)
    plant("invented form", f"{first}.form_code", *papers, 0, "form_code", value="TD99")
    plant("missing law", "legal_basis", "legal_basis", value=[])
    plant("other law", "legal_basis", "legal_basis", 0, "number", value="2/2020/QH14")
    plant("invented number", "notes[0]", "notes", 0, value="Đến trước 45 phút.")
    plant("copied sentence", "notes[0]", "notes", 0, value=SENTENCE)
    plant("other level", "levels", "levels", value=["province"])
    plant("other name", "name", "name", value="Cấp thẻ khác")
    plant("other decision", "decision", "decision", value="9/QĐ-BTD")
    plant("other page", "source.url", "source", "url", value="https://la.example/1")
    plant("other bytes", "source.sha256", "source", "sha256", value="a" * 64)
    plant("other channel", "channels", "channels", 0, "kind", value="online")
    return mistakes


@pytest.mark.parametrize(
    ("values", "field"), [pytest.param(v, f, id=name) for name, v, f in planted()]
)
def test_a_planted_mistake_is_caught(values: dict[str, Any], field: str) -> None:
    assert field in findings(values)


@pytest.mark.parametrize(
    ("change", "excuse"),
    [
        ({"notes": ["Đến trước 45 phút."]}, {"field": "notes[0]", "value": "45"}),
        ({"legal_basis": []}, {"field": "legal_basis", "value": "1/2020/QH14"}),
        ({"decision": "9/QĐ-BTD"}, {"field": "decision"}),
    ],
)
def test_an_excused_difference_is_accepted(change: dict[str, Any], excuse: dict[str, Any]) -> None:
    values = {**curated(), **change}
    values["differences"] = [{**excuse, "reason": "Nguồn ghi nhầm."}]

    assert findings(values) == []


def test_a_paper_may_be_left_out_with_a_reason() -> None:
    values = curated()
    del values["cases"][0]["requirements"][1]
    values["differences"] = [
        {"field": "cases", "reason": "Bỏ từ 2026.", "rows": [row_digest("Ảnh chân dung")]}
    ]

    assert findings(values) == []


def test_an_excuse_covers_only_what_it_names() -> None:
    values = {**curated(), "notes": ["Đến trước 45 phút.", "Hoặc 46 phút."]}
    values["differences"] = [{"field": "notes[0]", "value": "45", "reason": "Thử."}]

    assert findings(values) == ["notes[1]"]


def test_two_rows_of_one_name_are_both_accounted_for() -> None:
    twice = {**RECORD, "documents": [*RECORD["documents"], row("Tờ khai thả diều", 5, 0)]}
    values = curated()
    values["source"]["sha256"] = record_hash(twice)

    assert compare(parse_procedure(values, "x"), twice) != []


def test_a_fee_of_another_channel_is_no_fee_of_this_one() -> None:
    both = {**RECORD, "methods": [*RECORD["methods"], method("Trực tuyến", fee="5000 VNĐ")]}
    values = curated()
    values["source"]["sha256"] = record_hash(both)
    online = {**values["channels"][0], "kind": "online"}
    values["channels"].append(online)

    fields = [found.field for found in compare(parse_procedure(values, "x"), both)]

    assert set(fields) == {"channels[1].fees"}


@pytest.mark.shared
def test_every_starter_record_agrees_with_the_snapshot(shared: Path) -> None:
    with gzip.open(shared / "portal" / "procedures.jsonl.gz") as lines:
        records = {found["code"]: found for found in map(json.loads, lines)}

    wrong = [
        (item.place, found.field, found.problem)
        for item in read_yaml_directory(None)
        for procedure in [parse_procedure(item.record, item.place)]
        for found in compare(procedure, records[procedure.code])
    ]

    assert not wrong, f"{len(wrong)} findings: {wrong[:10]}"
