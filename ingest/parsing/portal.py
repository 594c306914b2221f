"""A record of the national portal, as crawled, becomes a Procedure.

The portal glues tables, mixes notes with papers and states fees in remarks. Nothing is guessed:
what cannot be read as a figure stays a note in the source's own words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ingest.parsing.legal import NOTHING, legal_documents
from ingest.parsing.papers import cases_and_notes
from knowledge.errors import InvalidProcedure
from knowledge.figures import amounts_in, number_of
from knowledge.procedure import ChannelKind, Level, Procedure, TimeUnit, parse_procedure
from knowledge.text import folded, tidy

Record = Mapping[str, Any]

CHANNELS = {
    "Trực tiếp": ChannelKind.DIRECT,
    "Trực tuyến": ChannelKind.ONLINE,
    "Dịch vụ bưu chính": ChannelKind.POSTAL,
}
LEVELS = {
    "Cấp bộ": Level.MINISTRY,
    "Cấp tỉnh": Level.PROVINCE,
    "Cấp xã": Level.COMMUNE,
    "Cơ quan khác": Level.OTHER,
}
TIME_UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
    "năm": TimeUnit.YEAR,
    "": TimeUnit.NOT_STATED,
}
_FREE = "miễn phí"
_COLUMN_FEE = re.compile(r"\s*(?:[\d.,]+\s*(?:Việt Nam Đồng|VNĐ|VND|USD)|Miễn phí)", re.IGNORECASE)
_UNIT = re.compile(r"^\s*\(?/\s*([^()\d/.,;:]{2,40}?)(?:\)|$)")


def record_hash(record: Record) -> str:
    """SHA-256 of a portal record as canonical JSON, without the days of the crawl."""
    content = {key: value for key, value in record.items() if key != "crawled"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def time_of(text: str | None) -> tuple[Decimal, TimeUnit] | None:
    """'7 Ngày làm việc' -> (7, working day); '1' -> (1, not stated); anything else None."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(\D*)", tidy(text or ""))
    unit = TIME_UNITS.get(match[2].lower()) if match else None
    return (number_of(match[1]), unit) if match and unit and number_of(match[1]) else None


def procedure_of(record: Record, origin: str) -> Procedure:
    """Parse one record; raises InvalidProcedure naming `origin` and the field."""
    if problems := _wrong_shapes(record):
        raise InvalidProcedure(origin, problems)
    cases, notes = cases_and_notes(record.get("documents"))
    return parse_procedure(
        {
            "code": record.get("code"),
            "name": _one_line(record.get("name")),
            "field": record.get("field"),
            "levels": [
                LEVELS.get(level.strip(), level.strip())
                for level in str(record.get("level") or "").split(",")
            ],
            "agency": _one_line(record.get("agency")),
            "competent_agency": _one_line(record.get("competent_agency")),
            "receiving_places": lines_of(record.get("receiving_address")),
            "subjects": _subjects(record.get("subjects")),
            "steps": lines_of(record.get("steps")),
            "channels": _channels(record.get("methods") or []),
            "cases": cases,
            "notes": notes,
            "conditions": lines_of(record.get("conditions")),
            "results": _split(record.get("result"), ";"),
            "legal_basis": [
                document.model_dump(exclude_none=True)
                for document in legal_documents(
                    record.get("legal_basis"), record.get("legal_codes") or []
                )
            ],
            "decision": _one_line(record.get("decision")),
            "source": {
                "url": record.get("source_url"),
                "retrieved_at": _crawled(record.get("crawled")),
                "sha256": record_hash(record),
            },
        },
        origin,
    )


_SHAPES: dict[str, type] = {"methods": list, "documents": list, "legal_codes": list}


def _wrong_shapes(record: Record) -> tuple[tuple[str, str], ...]:
    """Fields that are neither text nor the table they should be."""
    problems: list[tuple[str, str]] = []
    for name, value in record.items():
        if name == "latest_legal_year" or value is None or isinstance(value, str):
            if name in {"methods", "legal_codes"} and isinstance(value, str):
                problems.append((name, "phải là một danh sách"))
            continue
        if not isinstance(value, _SHAPES.get(name, str)):
            problems.append((name, "phải là chữ"))
        elif (
            isinstance(value, list)
            and name == "legal_codes"
            and not all(isinstance(code, str) for code in value)
        ):
            problems.append((name, "mỗi số hiệu phải là chữ"))
        elif name == "methods" and isinstance(value, list):
            problems += [p for i, row in enumerate(value) for p in _row_problems(i, row)]
    return tuple(problems)


def _row_problems(number: int, row: object) -> list[tuple[str, str]]:
    if not isinstance(row, Mapping):
        return [(f"methods[{number}]", "phải là một nhóm mục có tên")]
    return [
        (f"methods[{number}].{name}", "phải là chữ")
        for name, value in row.items()
        if value is not None and not isinstance(value, str)
    ]


def lines_of(text: str | None) -> list[str]:
    """Non-empty lines without their bullet; 'Không có thông tin' is nothing."""
    lines = (re.sub(r"^[-+*•–]+\s*", "", tidy(line)) for line in (text or "").split("\n"))
    return [line for line in lines if line and line != NOTHING]


def _one_line(text: str | None) -> str | None:
    cleaned = tidy(text or "")
    return cleaned if cleaned and cleaned != NOTHING else None


def _split(text: str | None, separator: str) -> list[str]:
    return [part for raw in (text or "").split(separator) for part in lines_of(raw)]


def _subjects(text: str | None) -> list[str]:
    """Split at commas outside brackets: 'Tổ chức (không bao gồm doanh nghiệp, HTX)' is one."""
    return [part for part in map(tidy, re.split(r",\s*(?![^()]*\))", text or "")) if part]


def _crawled(text: str | None) -> date | str | None:
    """The first day of the first month of '2026-06/2026-07': no earlier day can be meant."""
    match = re.match(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text or "")
    if not match:
        return text
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return text


def _channels(rows: Iterable[Record]) -> list[dict[str, Any]]:
    """Rows of one channel together, in the order in which the channels appear."""
    groups: dict[str, list[Record]] = {}
    for row in rows:
        groups.setdefault(str(row.get("channel")), []).append(row)
    return [_channel(name, group) for name, group in groups.items()]


def _channel(name: str, rows: list[Record]) -> dict[str, Any]:
    """One channel; where its rows differ in time, each remark stays with its own time limit."""
    several = len({row.get("time") for row in rows}) > 1
    time_limits: list[dict[str, Any]] = []
    fees: list[dict[str, Any]] = []
    notes: list[str] = []
    for row in rows:
        remark = _remark(row.get("note"), row.get("fee"))
        fee = _fee(row, remark)
        limit = _time(row)
        told = fee is not None and fee.get("note") == remark
        if limit and several and remark and not told:
            limit, told = {**limit, "note": remark}, True
        for found, values in ((limit, time_limits), (fee, fees)):
            if found and found not in values:
                values.append(found)
        if remark and not told and remark not in notes:
            notes.append(remark)
    kind = CHANNELS.get(name, name)
    note = "\n".join(notes) or None
    return {"kind": kind, "time_limits": time_limits, "fees": fees, "note": note}


def _time(row: Record) -> dict[str, Any] | None:
    text = _one_line(row.get("time"))
    if text is None:
        return None
    if not (parsed := time_of(text)):
        return {"note": text}
    return {"number": parsed[0], "unit": parsed[1]}


def _remark(note: str | None, fee: str | None) -> str | None:
    """The remark without the fee column that the crawl glued in front of it."""
    text = note or ""
    glued = _COLUMN_FEE.match(text)
    if glued and (not fee or folded(glued[0]) == folded(fee)):
        text = text[glued.end() :]
    text = tidy(text.removeprefix(NOTHING)).strip()
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].strip()
    return text if re.search(r"\w", text) else None


def _fee(row: Record, remark: str | None) -> dict[str, Any] | None:
    """The fee column, with what the remark adds.

    A column that says free beside a remark that names a sum is disputed: both are kept.
    """
    column = _one_line(row.get("fee")) or _glued_fee(row.get("note"))
    about_money = remark if remark and speaks_of_money(remark) else None
    if column is None:
        return {"note": about_money} if about_money else None
    if folded(column) == folded(_FREE):
        named = any(amount.value for amount in amounts_in(remark or "")) or _set_elsewhere(remark)
        return _clean({"amount": 0, "note": about_money, "disputed": named})
    amounts = amounts_in(column)
    if not amounts:
        return {"note": column}
    return _clean(
        {
            "amount": amounts[0].value,
            "currency": amounts[0].currency,
            "unit": _unit_of(remark),
            "note": about_money,
            "disputed": _contradicts(amounts[0].value, remark),
        }
    )


def _glued_fee(note: str | None) -> str | None:
    """'10 USD(/bản)Tại cơ quan đại diện' carries a fee although its column is empty."""
    match = _COLUMN_FEE.match(note or "")
    return tidy(match[0]) if match else None


def _contradicts(amount: Decimal, remark: str | None) -> bool:
    """'20 VNĐ' beside '20.000 vnđ/tờ khai': a remark with sums, none of which is the column's."""
    named = {other.value for other in amounts_in(remark or "")}
    return bool(named) and amount not in named


def _set_elsewhere(remark: str | None) -> bool:
    """'Miễn phí' beside 'theo mức thu do Hội đồng nhân dân cấp tỉnh quy định' is not free."""
    return bool(re.search(r"muc thu|hoi dong nhan dan|\bhdnd\b", folded(remark or "")))


def _unit_of(remark: str | None) -> str | None:
    match = _UNIT.match(remark or "")
    return tidy(match[1]) if match else None


def speaks_of_money(text: str) -> bool:
    """Whether a remark is about fees at all."""
    return bool(amounts_in(text)) or bool(re.search(r"\b(le phi|phi|mien|muc thu)\b", folded(text)))


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value is not False}
