"""Run directories with made-up cases, as evals.run writes them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.models import Facet
from evals.cases import Action, Case, Decline
from evals.grading import Row
from evals.runs import Run, read_run
from knowledge.catalog import Origin, Version
from knowledge.procedure import Procedure
from tests.fakes import code, full_data, procedure

CONFIG = {
    "corpus": "c" * 64,
    "model": "m" * 16,
    "code": "d" * 40,
    "seed": 7,
    "versions": {"motcua": "0.1.0", "python": "3.11"},
}
CASES = (
    Case(
        id="kite-card-fee",
        turns=("Làm thẻ thả diều hết bao nhiêu tiền?",),
        action=Action.ANSWER,
        codes=(code(1),),
        facets=(Facet.FEE,),
        critical=True,
        author="Đoàn Thị Thử",
    ),
    Case(
        id="kite-card-papers",
        turns=("Chào bạn", "Xin thẻ thả diều cần giấy gì <b>?</b>"),
        action=Action.ANSWER,
        codes=(code(1),),
        facets=(Facet.DOCUMENTS, Facet.TIME),
        must=("Tờ khai",),
        must_not=("sổ hồng",),
        author="Đoàn Thị Thử",
    ),
    Case(
        id="kite-which",
        turns=("Tôi muốn làm thẻ",),
        action=Action.CHOOSE,
        codes=(code(1), code(2)),
        author="Đoàn Thị Thử",
    ),
    Case(
        id="kite-pho",
        turns=("Nấu phở thế nào?",),
        action=Action.DECLINE,
        decline=Decline.OUT_OF_SCOPE,
        author="Đoàn Thị Thử",
    ),
)


def version(record: Procedure | None = None) -> Version:
    """A stored version of a procedure."""
    stored = record or procedure(**{k: v for k, v in full_data().items() if k != "code"})
    return Version(
        code=stored.code,
        origin=Origin.CURATED,
        number=1,
        valid_from=None,
        valid_to=None,
        recorded_at=datetime(2026, 6, 1, tzinfo=UTC),
        content_hash=stored.content_hash(),
        source_hash="a" * 64,
        review=None,
        body=stored.model_dump_json(exclude_defaults=True),
    )


def versions() -> dict[str, Version]:
    """The record that the cases are about."""
    return {code(1): version()}


def row(case: str, passed: bool | None = True, suite: str = "answers", **values: Any) -> Row:
    """A scored row that answered about the kite card."""
    given = {
        "scores": {"exact_fee": 1.0 if passed else 0.0, "paper_f1": None},
        "status": "answered",
        "code": code(1),
        "text": "Lệ phí: 10.000 đồng [1]",
        "critical": case == "kite-card-fee",
        "cluster": code(1),
    }
    return Row(suite=suite, case=case, passed=passed, **{**given, **values})


def rows() -> list[Row]:
    """One of each kind: passed, failed, error, spelled, declined, not scored."""
    return [
        row("kite-card-fee", False, text="Lệ phí: 99.000 đồng [1]", reasons=("sai lệ phí: 99000",)),
        row("kite-card-papers", scores={"exact_fee": None, "paper_f1": 0.75}),
        row("kite-which", False, status="answered"),
        row("kite-pho", status="out_of_scope", code=None, scores={}, cluster="", text="Xin lỗi."),
        row(
            "kite-card-fee-telex",
            suite="robustness",
            tags=("variant:telex", "base:kite-card-fee"),
        ),
        row("kite-card-papers", None, suite="robustness", why="to_review", status=None, text=""),
        row(
            "kite-card-fee", None, suite="latency", error="hết giờ sau 10 giây", scores={}, text=""
        ),
    ]


def write_run(
    directory: Path,
    scored: Sequence[Row] | None = None,
    config: Mapping[str, Any] | None = None,
    times: Mapping[str, Mapping[str, float]] | None = None,
) -> Path:
    """A run directory; made-up times when none are given."""
    scored = rows() if scored is None else scored
    directory.mkdir(parents=True, exist_ok=True)
    if times is None:
        times = {}
        for place, one in enumerate(scored):
            times = {**times, one.suite: {**times.get(one.suite, {}), one.case: 4.0 * (place + 1)}}
    lines = [json.dumps(dataclasses.asdict(one), ensure_ascii=False) + "\n" for one in scored]
    (directory / "results.jsonl").write_text("".join(lines), encoding="utf-8")
    (directory / "config.json").write_text(json.dumps(config or CONFIG), encoding="utf-8")
    (directory / "times.json").write_text(json.dumps(times), encoding="utf-8")
    (directory / "summary.json").write_text('{"suites": {}}', encoding="utf-8")
    return directory


def write_cases(path: Path, cases: Sequence[Case] = CASES) -> Path:
    """A case file."""
    path.write_text(
        "".join(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases),
        encoding="utf-8",
    )
    return path


def a_run(directory: Path, scored: Sequence[Row] | None = None, **values: Any) -> Run:
    """The run as it is read back, with the made-up cases."""
    write_run(directory, scored, **values)
    return read_run(directory, [write_cases(directory.parent / "cases.jsonl")])
