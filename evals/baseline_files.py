"""The baseline on disk: what later runs are held against, and no more, so that it may be committed.

A file a suite. Its first line names the suite's metrics, each further line is a case with its
scores in that order; answers are left out, they would make it twenty times as large.

    {"suite": "fees", "metrics": ["exact_fee", "sent_back"]}
    {"case": "ans-0002", "passed": true, "critical": true, "cluster": "1.001193", "scores": [1, 0]}
    {"case": "ans-0700", "why": "not_in_corpus"}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.grading import Row
from evals.runs import Run

_CONFIG = "config.json"
_TOLD_APART = ("variant:", "base:")


def read_baseline(directory: Path) -> Run | None:
    """The blessed results as a run without answers; None before the first blessing.

    Raises EvalError naming the file and the line that cannot be read.
    """
    files = sorted(directory.glob("*.jsonl"))
    if not files:
        return None
    config = directory / _CONFIG
    return Run(
        directory=directory,
        config=json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {},
        rows=tuple(row for file in files for row in _rows(file)),
        times={},
        summary={},
    )


def write_baseline(run: Run, directory: Path) -> None:
    """Replace the files of the run's suites, and what the baseline was made with."""
    directory.mkdir(parents=True, exist_ok=True)
    for suite in dict.fromkeys(row.suite for row in run.rows):
        rows = [row for row in run.rows if row.suite == suite]
        names = list(dict.fromkeys(name for row in rows for name in row.scores))
        lines = [_line({"suite": suite, "metrics": names}), *(_of(row, names) for row in rows)]
        (directory / f"{suite}.jsonl").write_text("".join(lines), encoding="utf-8")
    kept = json.dumps(run.config, ensure_ascii=False, indent=1)
    (directory / _CONFIG).write_text(kept + "\n", encoding="utf-8")


def _of(row: Row, names: Sequence[str]) -> str:
    if row.passed is None:
        return _line({"case": row.case, "why": row.why})
    scores = [_short(row.scores.get(name)) for name in names]
    values = {"case": row.case, "passed": row.passed, "critical": row.critical}
    tags = [tag for tag in row.tags if tag.startswith(_TOLD_APART)]
    more: dict[str, Any] = {"cluster": row.cluster, "tags": tags, "scores": scores}
    return _line(
        {name: value for name, value in (values | more).items() if value or name in values}
    )


def _short(score: float | None) -> float | int | None:
    return int(score) if score in (0, 1) else score


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rows(file: Path) -> Iterator[Row]:
    head: dict[str, Any] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            values = json.loads(line)
            if number == 1:
                head = {"suite": values["suite"], "metrics": values["metrics"]}
            else:
                yield _row(values, head)
        except (ValueError, KeyError, TypeError) as error:
            raise EvalError(
                f"{file}:{number} không phải là một dòng của chuẩn ({error!r}); lấy lại tệp từ kho "
                "mã, hoặc `motcua eval bless` một lần chạy."
            ) from error


def _row(values: dict[str, Any], head: dict[str, Any]) -> Row:
    scores = values.get("scores") or [None] * len(head["metrics"])
    return Row(
        suite=head["suite"],
        case=values["case"],
        passed=values.get("passed"),
        scores=dict(zip(head["metrics"], scores, strict=True)),
        why=values.get("why"),
        critical=values.get("critical", False),
        cluster=values.get("cluster", ""),
        tags=tuple(values.get("tags", ())),
    )
