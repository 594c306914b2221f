"""A procedure refuses what is wrong, names the field, and does not change."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from knowledge.errors import InvalidProcedure
from knowledge.procedure import Level, Procedure, parse_procedure, value_at
from tests.fakes import code, data, full_data, procedure, source

VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


def problems(values: object) -> dict[str, str]:
    with pytest.raises(InvalidProcedure) as caught:
        parse_procedure(values, "x.yaml")
    assert "x.yaml" in str(caught.value)
    return dict(caught.value.problems)


def with_fee(**fee: Any) -> dict[str, Any]:
    return {"channels": [{"kind": "direct", "fees": [{"amount": 1}, fee]}]}


def with_time(**limit: Any) -> dict[str, Any]:
    return {"channels": [{"kind": "direct", "time_limits": [limit]}]}


def with_paper(**paper: Any) -> dict[str, Any]:
    return {"cases": [{"id": "chung", "name": "Chung", "requirements": [{"name": "A", **paper}]}]}


FEE, TIME, PAPER = "channels[0].fees[1]", "channels[0].time_limits[0]", "cases[0].requirements[0]"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        (with_fee(amount="abc"), f"{FEE}.amount"),
        (with_fee(amount=-1), f"{FEE}.amount"),
        (with_fee(amount=[]), f"{FEE}.amount"),
        (with_fee(amount=5, currency="đồng"), f"{FEE}.currency"),
        (with_fee(amount=5, currency=7), f"{FEE}.currency"),
        (with_fee(amount=5, disputed="có lẽ"), f"{FEE}.disputed"),
        (with_fee(amount=5, disputed=[]), f"{FEE}.disputed"),
        (with_fee(), FEE),
        (with_fee(amount=5, price=3), f"{FEE}.price"),
        (with_fee(note="  "), f"{FEE}.note"),
        (with_time(), TIME),
        (with_time(unit="day", note="theo lịch"), TIME),
        (with_time(number=0, unit="day"), f"{TIME}.number"),
        (with_time(number=1, unit="week"), f"{TIME}.unit"),
        ({"channels": [{"kind": "fax"}]}, "channels[0].kind"),
        ({"channels": [{}]}, "channels[0].kind"),
        ({"channels": "direct"}, "channels"),
        ({"channels": ["direct"]}, "channels[0]"),
        (with_paper(originals=-1), f"{PAPER}.originals"),
        (with_paper(copies=-2), f"{PAPER}.copies"),
        (with_paper(copies=51), f"{PAPER}.copies"),
        (with_paper(originals="một"), f"{PAPER}.originals"),
        (with_paper(originals=1.5), f"{PAPER}.originals"),
        (with_paper(originals=[]), f"{PAPER}.originals"),
        (with_paper(need="sometimes"), f"{PAPER}.need"),
        (with_paper(need="conditional"), PAPER),
        (with_paper(need="alternative"), PAPER),
        (with_paper(paper="Tờ khai"), f"{PAPER}.paper"),
        (with_paper(rows=["xyz"]), f"{PAPER}.rows[0]"),
        (with_paper(handling="lend"), f"{PAPER}.handling"),
        ({"cases": [{"id": "a"}]}, "cases[0].name"),
        ({"cases": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "(gốc)"),
        ({"code": "1.01"}, "code"),
        ({"code": "1.001193\n"}, "code"),
        ({"code": 1.001193}, "code"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"levels": []}, "levels"),
        ({"levels": ["district"]}, "levels[0]"),
        ({"linked_procedures": ["abc"]}, "linked_procedures[0]"),
        ({"life_events": ["Sinh con"]}, "life_events[0]"),
        ({"legal_basis": [{}]}, "legal_basis[0]"),
        ({"nam": "x"}, "nam"),
        ({"effective_from": "hôm qua"}, "effective_from"),
        ({"effective_from": "2026-02-30"}, "effective_from"),
        ({"effective_from": []}, "effective_from"),
        ({"effective_from": "2026-05-02", "effective_to": "2026-05-01"}, "(gốc)"),
        ({"source": source(sha256="123")}, "source.sha256"),
        ({"source": {"url": "https://a.example"}}, "source.sha256"),
        ({"differences": [{"field": "cases"}]}, "differences[0].reason"),
        ({"regardless_of_boundary": "maybe"}, "regardless_of_boundary"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path_and_a_vietnamese_sentence(
    values: dict[str, Any], path: str
) -> None:
    found = problems(data(**values) if "code" not in values else {**data(), **values})

    assert path in found
    assert VIETNAMESE.search(found[path].lower()), found[path]
    assert not re.search(r"(?i)\b(should|input|must|field|valid|expected)\b", found[path])


@pytest.mark.parametrize("values", [None, [], "văn bản", 7])
def test_something_that_is_no_record_is_refused_in_vietnamese(values: object) -> None:
    found = problems(values)

    assert VIETNAMESE.search(found["(gốc)"])


def test_every_wrong_field_is_reported_at_once() -> None:
    found = problems({**data(), **with_fee(amount="abc"), "levels": [], "code": "x"})

    assert set(found) == {"code", "levels", f"{FEE}.amount"}


def test_a_missing_field_is_named() -> None:
    values = data()
    del values["name"]

    assert problems(values) == {"name": "thiếu mục này"}


@pytest.mark.parametrize("accepted", ["1.001193", "1.001193.000.00.00.H44", "2.000635.H29"])
def test_national_and_localised_codes_are_accepted(accepted: str) -> None:
    assert parse_procedure({**data(), "code": accepted}, "x").code == accepted


@pytest.mark.parametrize("refused", ["1.001193.", "1.001193.H4", "A.001193", "1.001193.00.H44"])
def test_other_codes_are_refused(refused: str) -> None:
    assert "1.001193" in problems({**data(), "code": refused})["code"]


def parts_of(part: BaseModel) -> list[BaseModel]:
    inner = [
        found
        for name in type(part).model_fields
        for value in [getattr(part, name)]
        for one in (value if isinstance(value, tuple) else [value])
        if isinstance(one, BaseModel)
        for found in parts_of(one)
    ]
    return [part, *inner]


def test_no_part_of_a_procedure_can_be_changed() -> None:
    parts = parts_of(parse_procedure(full_data(), "x"))

    assert len({type(part) for part in parts}) == 9
    for part in parts:
        for name in type(part).model_fields:
            with pytest.raises(ValidationError, match="frozen"):
                setattr(part, name, None)


def test_lists_become_tuples() -> None:
    built = parse_procedure(full_data(), "x")

    lists = [n for n in Procedure.model_fields if isinstance(getattr(built, n), list)]

    assert not lists


def test_text_is_composed_and_trimmed() -> None:
    assert procedure(name="  Cấp thẻ uỷ quyê\u0300n ").name == "Cấp thẻ ủy quyền"


def test_content_hash_ignores_where_it_was_read() -> None:
    one, other = (
        parse_procedure(full_data(), "x"),
        parse_procedure({**full_data(), "source": source("b", "2026-09-09")}, "x"),
    )

    assert one.content_hash() == other.content_hash()
    assert (
        one.content_hash()
        == parse_procedure(
            {k: v for k, v in full_data().items() if k != "source"}, "x"
        ).content_hash()
    )


CHANGED: dict[str, Any] = {
    "code": code(9),
    "levels": ["province"],
    "channels": [{"kind": "direct"}],
    "cases": [],
    "legal_basis": [{"number": "2/2020/QH14"}],
    "regardless_of_boundary": False,
    "linked_procedures": [code(3)],
    "life_events": ["sport"],
    "effective_from": "2026-01-02",
    "effective_to": "2030-01-02",
    "differences": [],
}


@pytest.mark.parametrize("name", sorted(set(Procedure.model_fields) - {"source"}))
def test_content_hash_changes_with_every_other_field(name: str) -> None:
    built = parse_procedure(full_data(), "x")
    is_list = isinstance(getattr(built, name), tuple)
    changed = CHANGED.get(name, ["Khác"] if is_list else "Khác")

    other = parse_procedure({**full_data(), name: changed}, "x")

    assert other.content_hash() != built.content_hash()


def test_content_hash_survives_storing() -> None:
    built = parse_procedure(full_data(), "x")

    stored = Procedure.model_validate_json(built.model_dump_json(exclude_defaults=True))

    assert stored == built
    assert stored.content_hash() == built.content_hash()


def paths_of(value: object, path: str = "") -> list[tuple[str, object]]:
    if isinstance(value, BaseModel):
        inner = [(f"{path}.{n}".lstrip("."), getattr(value, n)) for n in type(value).model_fields]
    elif isinstance(value, tuple):
        inner = [(f"{path}[{i}]", one) for i, one in enumerate(value)]
    else:
        inner = []
    return [*inner, *(found for p, one in inner for found in paths_of(one, p))]


def test_every_path_leads_to_its_value() -> None:
    built = parse_procedure(full_data(), "x")
    paths = paths_of(built)

    assert len(paths) > 100
    for path, value in paths:
        assert value_at(built, path) is value, path


def test_a_path_gives_the_figure_it_names() -> None:
    built = parse_procedure(full_data(), "x")

    assert value_at(built, "channels[0].fees[1].amount") == Decimal(20000)
    assert value_at(built, "effective_from") == date(2026, 1, 1)
    assert value_at(built, "levels[0]") is Level.COMMUNE


@pytest.mark.parametrize(
    "path",
    [
        "price",
        "channels[9]",
        "channels[0].price",
        "steps[0].text",
        "name[0].x",
        "source.page",
        "cases[0].requirements[7].name",
        "channels.fees",
        "",
        "???",
        "Name",
        "channels[-1]",
        "model_dump",
        "content_hash",
        "name[0]",
    ],
)
def test_a_path_to_nothing_raises_key_error(path: str) -> None:
    built = parse_procedure(full_data(), "x")

    with pytest.raises(KeyError):
        value_at(built, path)


def test_requirements_come_with_paths_that_lead_to_them() -> None:
    built = parse_procedure(full_data(), "x")

    found = list(built.requirements())

    assert [requirement.name for _, _, requirement in found] == ["Tờ khai", "Giấy ủy quyền"]
    assert all(value_at(built, path) is requirement for path, _, requirement in found)
