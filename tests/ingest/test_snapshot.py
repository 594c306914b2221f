"""Every record of the real snapshot is parsed, and no figure of it is lost."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.parsing.portal import CHANNELS, procedure_of, time_of
from knowledge.figures import Amount, amounts_in
from knowledge.procedure import Channel, Procedure
from knowledge.text import tidy

pytestmark = pytest.mark.shared
Pairs = list[tuple[dict[str, Any], Procedure]]


@pytest.fixture(scope="module")
def pairs(shared: Path) -> Pairs:
    with gzip.open(shared / "portal" / "procedures.jsonl.gz") as lines:
        records = [json.loads(line) for line in lines]
    return [(record, procedure_of(record, record["code"])) for record in records]


def channel_for(procedure: Procedure, name: str) -> Channel:
    (channel,) = [c for c in procedure.channels if c.kind is CHANNELS[name]]
    return channel


def test_every_record_is_parsed(pairs: Pairs) -> None:
    assert len(pairs) == 2642


def test_every_paper_with_a_count_keeps_its_counts(pairs: Pairs) -> None:
    lost = []
    for record, procedure in pairs:
        rows = record["documents"] if isinstance(record["documents"], list) else []
        theirs = Counter(
            (row["originals"], row["copies"]) for row in rows if row["originals"] or row["copies"]
        )
        ours = Counter((p.originals, p.copies) for _, _, p in procedure.requirements())
        if theirs - ours:
            lost.append((procedure.code, dict(theirs - ours)))

    assert not lost, f"{len(lost)}: {lost[:10]}"


def test_every_fee_column_keeps_its_amount(pairs: Pairs) -> None:
    lost = []
    for record, procedure in pairs:
        for row in record["methods"] or []:
            fee = row["fee"] or ""
            amounts = amounts_in(fee)[:1]
            if "miễn phí" in fee.lower():
                amounts = [Amount(0, "VND")]  # type: ignore[arg-type]
            fees = channel_for(procedure, row["channel"]).fees
            ours = {Amount(f.amount, f.currency) for f in fees if f.amount is not None}
            if set(amounts) - ours:
                lost.append((procedure.code, fee))

    assert not lost, f"{len(lost)}: {lost[:10]}"


def test_every_time_is_kept(pairs: Pairs) -> None:
    lost = []
    for record, procedure in pairs:
        for row in record["methods"] or []:
            limits = channel_for(procedure, row["channel"]).time_limits
            time = time_of(row["time"])
            if time and time not in {(limit.number, limit.unit) for limit in limits}:
                lost.append((procedure.code, row["time"]))
            text = tidy(row["time"] or "")
            if text and not time and text not in {limit.note for limit in limits}:
                lost.append((procedure.code, text))

    lost = [entry for entry in lost if entry[1] != "Không có thông tin"]
    assert not lost, f"{len(lost)}: {lost[:10]}"


def test_every_sum_of_a_remark_stays_readable(pairs: Pairs) -> None:
    lost = []
    for record, procedure in pairs:
        for row in record["methods"] or []:
            told = channel_for(procedure, row["channel"])
            ours = {a.value for a in amounts_in(told.model_dump_json())}
            ours |= {fee.amount for fee in told.fees if fee.amount is not None}
            theirs = {a.value for a in amounts_in(row["note"] or "")}
            if theirs - ours:
                lost.append((procedure.code, sorted(map(str, theirs - ours)), row["note"][:60]))

    assert not lost, f"{len(lost)}: {lost[:5]}"


def test_every_law_number_is_kept(pairs: Pairs) -> None:
    from knowledge.figures import legal_key

    lost = []
    for record, procedure in pairs:
        told = {legal_key(f"{d.title or ''} {d.number or ''}") for d in procedure.legal_basis}
        missing = [
            number
            for number in record["legal_codes"] or []
            if not any(legal_key(number) in text for text in told)
        ]
        if missing:
            lost.append((procedure.code, missing))

    assert not lost, f"{len(lost)}: {lost[:10]}"
