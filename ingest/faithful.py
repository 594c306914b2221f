"""Holds a curated procedure against the portal record it was written from.

Every figure must be found in the record, every paper of the record accounted for, and nothing
copied at length. A departure is allowed only where the YAML states it with its reason.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ingest.parsing.portal import CHANNELS, LEVELS, record_hash, time_of
from knowledge.figures import Amount, amounts_in, durations_in, legal_key, numbers_in
from knowledge.procedure import Channel, Procedure, Requirement
from knowledge.text import folded, folded_words, tidy

Record = Mapping[str, Any]

LONGEST_SHARED_RUN = 16  # words; official names of papers are shorter, sentences longer


@dataclass(frozen=True)
class Finding:
    """One place where the curated record and its source disagree."""

    field: str
    problem: str


def row_digest(name: str) -> str:
    """Names a row of the source's table of papers without quoting it."""
    return hashlib.sha256(folded(name).encode()).hexdigest()[:8]


def paper_rows(record: Record) -> dict[str, Mapping[str, Any]]:
    """Rows that are papers, by digest: those with a count. 0 and 0 is a note or a heading."""
    documents = record.get("documents")
    if not isinstance(documents, list):
        return {}
    return {row_digest(row["name"]): row for row in documents if row["originals"] or row["copies"]}


def compare(curated: Procedure, record: Record) -> list[Finding]:
    """All disagreements that the curated record does not itself explain; none means faithful."""
    excused = {(d.field, d.value) for d in curated.differences}
    checks = (_heading, _fees, _times, _papers, _forms, _laws, _free_numbers, _copying)
    return [
        finding
        for check in checks
        for finding, value in check(curated, record)
        if not {(finding.field, value), (finding.field, None)} & excused
    ]


Disagreements = Iterator[tuple[Finding, str | None]]


def _heading(curated: Procedure, record: Record) -> Disagreements:
    levels = tuple(LEVELS[name.strip()] for name in record["level"].split(","))
    for field, ours, theirs in (
        ("code", curated.code, record["code"]),
        ("name", folded(curated.name), folded(tidy(record["name"]))),
        ("field", folded(curated.field), folded(record["field"])),
        ("levels", set(curated.levels), set(levels)),
        ("decision", curated.decision, record["decision"]),
        ("source.url", curated.source and curated.source.url, record["source_url"]),
        ("source.sha256", curated.source and curated.source.sha256, record_hash(record)),
    ):
        if ours != theirs:
            yield Finding(field, f"bản biên tập ghi {ours!r}, nguồn ghi {theirs!r}"), None


def _methods(record: Record, kind: str) -> list[Mapping[str, Any]]:
    return [row for row in record["methods"] if CHANNELS.get(row["channel"]) == kind]


def _fees(curated: Procedure, record: Record) -> Disagreements:
    ours = {channel.kind for channel in curated.channels}
    theirs = {CHANNELS[row["channel"]] for row in record["methods"]}
    if ours != theirs:
        yield Finding("channels", f"hình thức nộp {sorted(ours)} khác nguồn {sorted(theirs)}"), None
    for c, channel in enumerate(curated.channels):
        yield from _channel_fees(f"channels[{c}].fees", channel, _methods(record, channel.kind))


def _channel_fees(path: str, channel: Channel, rows: list[Mapping[str, Any]]) -> Disagreements:
    ours = {Amount(fee.amount, fee.currency) for fee in channel.fees if fee.amount is not None}
    column = {a for row in rows if row["fee"] for a in _column_amounts(row["fee"])}
    allowed = column | {a for row in rows for a in amounts_in(row["note"] or "")}
    for amount in sorted(ours - allowed, key=str):
        yield (
            Finding(path, f"{amount.value} {amount.currency} không có ở nguồn"),
            str(amount.value),
        )
    for amount in sorted(column - ours, key=str):
        yield Finding(path, f"thiếu {amount.value} {amount.currency}"), str(amount.value)


def _column_amounts(fee: str) -> list[Amount]:
    return [Amount(Decimal(0), "VND")] if "miễn phí" in fee.lower() else amounts_in(fee)


def _times(curated: Procedure, record: Record) -> Disagreements:
    spoken = {(d.number, d.unit) for d in durations_in(_all_text(record))}
    for c, channel in enumerate(curated.channels):
        path = f"channels[{c}].time_limits"
        ours = {(t.number, t.unit) for t in channel.time_limits if t.number is not None}
        theirs = {t for row in _methods(record, channel.kind) if (t := time_of(row["time"]))}
        for number, unit in sorted(theirs - ours):
            yield Finding(path, f"thiếu thời hạn {number} {unit.value}"), str(number)
        for number, unit in sorted(ours - theirs - spoken, key=str):
            yield Finding(path, f"thời hạn {number} {unit.value} không có ở nguồn"), str(number)


def _papers(curated: Procedure, record: Record) -> Disagreements:
    rows = paper_rows(record)
    named = {digest for _, _, requirement in curated.requirements() for digest in requirement.rows}
    left_out = {digest for difference in curated.differences for digest in difference.rows}
    for digest in sorted(rows.keys() - named - left_out):
        name = tidy(rows[digest]["name"])[:80]
        yield Finding("cases", f"giấy tờ {digest} của nguồn bị bỏ sót: {name}…"), digest
    for digest in sorted((named | left_out) - rows.keys()):
        yield Finding("cases", f"nguồn không có dòng giấy tờ {digest}"), digest
    if isinstance(record["documents"], list):
        for path, _, requirement in curated.requirements():
            yield from _counts(path, requirement, rows)


def _counts(
    path: str, requirement: Requirement, rows: Mapping[str, Mapping[str, Any]]
) -> Disagreements:
    if not requirement.rows:
        yield Finding(f"{path}.rows", "không nói dòng nào của nguồn nêu giấy này"), None
    for digest in requirement.rows:
        if row := rows.get(digest):
            ours = (requirement.originals or 0, requirement.copies or 0)
            theirs = (row["originals"] or 0, row["copies"] or 0)
            if ours != theirs:
                sentence = f"số bản {ours} (chính, sao) khác nguồn {theirs} ở dòng {digest}"
                yield Finding(path, sentence), digest


def _forms(curated: Procedure, record: Record) -> Disagreements:
    text = re.sub(r"\W", "", folded(_all_text(record)))
    for path, _, requirement in curated.requirements():
        code = requirement.form_code
        if code and re.sub(r"\W", "", folded(code)) not in text:
            yield Finding(f"{path}.form_code", f"{code} không có ở nguồn"), code


def _laws(curated: Procedure, record: Record) -> Disagreements:
    ours = {legal_key(law.number) for law in curated.legal_basis if law.number}
    theirs = {legal_key(number) for number in record["legal_codes"]}
    for key in sorted(ours - theirs):
        yield Finding("legal_basis", f"{key} không có ở nguồn"), key
    for key in sorted(theirs - ours):
        yield Finding("legal_basis", f"thiếu {key}"), key


def _free_numbers(curated: Procedure, record: Record) -> Disagreements:
    known = numbers_in(_all_text(record))
    for path, text in _free_text(curated):
        for number in sorted(numbers_in(text) - known):
            yield Finding(path, f"con số {number} không có ở nguồn"), str(number)


def _copying(curated: Procedure, record: Record) -> Disagreements:
    theirs = f" {' '.join(folded_words(_all_text(record)))} "
    for path, text in _free_text(curated):
        tokens = folded_words(text)
        for start in range(len(tokens) - LONGEST_SHARED_RUN):
            run = " ".join(tokens[start : start + LONGEST_SHARED_RUN + 1])
            if f" {run} " in theirs:
                yield Finding(path, f"chép nguyên văn nguồn: “{run}…”"), None
                break


# Names, codes and titles are facts and may be the source's own words.
_OFFICIAL = {"code", "name", "field", "source", "legal_basis", "decision", "differences", "rows"}
_OFFICIAL |= {"agency", "competent_agency", "id", "form_code", "form_file", "subjects"}
_OFFICIAL |= {"linked_procedures", "english_name", "english_summary", "amount", "number"}


def _free_text(curated: Procedure) -> Iterator[tuple[str, str]]:
    def walk(value: object, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key not in _OFFICIAL or (key == "name" and "fees" in path):
                    yield from walk(inner, f"{path}.{key}".lstrip("."))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from walk(inner, f"{path}[{index}]")
        elif isinstance(value, str):
            yield path, value

    yield from walk(curated.model_dump(mode="json", exclude_none=True), "")


def _all_text(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False).replace("\\n", "\n")
