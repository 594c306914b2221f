"""Every figure of an answer agrees with the snapshot, for every starter procedure and facet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Answer, Facet, Question
from assistant.steps.verify import problems_of
from ingest.sources.snapshot import read_snapshot
from knowledge.catalog import Origin
from knowledge.figures import amounts_in, numbers_in

pytestmark = pytest.mark.shared

QUESTIONS = {
    Facet.DOCUMENTS: "cần giấy tờ gì",
    Facet.FEE: "lệ phí bao nhiêu",
    Facet.TIME: "mất bao lâu",
    Facet.PLACE: "nộp ở đâu",
}


@pytest.fixture(scope="module")
def records(shared: Path) -> dict[str, Mapping[str, Any]]:
    items = read_snapshot(shared / "portal")
    return {str(item.record["code"]): item.record for item in items if item.record}


def told(answer: Answer) -> str:
    """Everything but the note on the record itself, whose day is the day it was read."""
    return "\n".join(line.text for block in answer.blocks[:-1] for line in block.lines)


@pytest.mark.parametrize("facet", list(QUESTIONS))
def test_starter_answers_hold_no_number_that_the_snapshot_lacks(
    starter: Assistant, records: dict[str, Mapping[str, Any]], facet: Facet
) -> None:
    for version in starter.catalog.current():
        answer = starter.reply(Question(text=QUESTIONS[facet], code=version.code))
        source = str(records[version.code]).replace("\\n", "\n")
        excused = " ".join(d.value or "" for d in version.procedure.differences)

        assert numbers_in(told(answer)) <= numbers_in(source + excused), (version.code, facet)
        assert list(problems_of(answer, version)) == []


@pytest.mark.slow
def test_answers_from_the_whole_snapshot_are_supported(
    whole: Assistant, records: dict[str, Mapping[str, Any]]
) -> None:
    for version in whole.catalog.current():
        if version.origin is Origin.CURATED:
            continue
        answer = whole.reply(Question(text=", ".join(QUESTIONS.values()), code=version.code))
        record = records[version.code]

        assert set(answer.facets) == set(QUESTIONS)
        assert list(problems_of(answer, version)) == []
        assert numbers_in(told(answer)) <= numbers_in(str(record).replace("\\n", "\n"))
        columns = [row["fee"] for row in record["methods"] if row["fee"]]
        paid = {amount.value for fee in columns for amount in amounts_in(fee)}
        assert paid <= {amount.value for amount in amounts_in(told(answer))}, version.code
