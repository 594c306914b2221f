"""Results as a CSV that Excel opens on a double click, Vietnamese intact and no formula run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from evals.compare import scored
from evals.grading import Row
from evals.reference import reference
from evals.report.facts import facts
from evals.runs import Run
from knowledge.catalog import Version

_LONGEST = 32_000  # an Excel cell holds 32,767 characters
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A cell that begins so is a formula, in full width too; Excel and LibreOffice strip blanks first.
_FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def sheet(run: Run, versions: Mapping[str, Version]) -> str:
    """The rows of a run, then what ran; begins with the mark that tells Excel it is UTF-8."""
    metrics = list(dict.fromkeys(name for row in run.rows for name in row.scores))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*_COLUMNS, *metrics])
    for row in run.rows:
        writer.writerow([safe_cell(value) for value in _cells(run, row, versions, metrics)])
    writer.writerow([])
    writer.writerows([safe_cell(name), safe_cell(value)] for name, value in facts(run))
    return "\ufeff" + text.getvalue()


_COLUMNS = (
    *("suite", "case", "result", "critical", "reasons", "status", "code", "ms", "tags"),
    *("question", "expected", "answer"),
)


def _cells(
    run: Run, row: Row, versions: Mapping[str, Version], metrics: list[str]
) -> Iterator[object]:
    case = run.case_of(row)
    yield from (row.suite, row.case, result(row), "yes" if row.critical else "")
    yield from ("; ".join(row.reasons) or row.error or row.why, row.status, row.code)
    yield run.times.get((row.suite, row.case))
    yield " ".join(row.tags)
    yield "\n".join(case.turns) if case else None
    yield reference(case, versions) if case else None
    yield row.text
    yield from (row.scores.get(name) for name in metrics)


def result(row: Row) -> str:
    """passed, failed, error or not scored."""
    if row.error is not None:
        return "error"
    if not scored(row):
        return "not scored"
    return "passed" if row.passed else "failed"


def safe_cell(value: object) -> str:
    """A value as text that a spreadsheet shows and never runs; empty for not applicable."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    text = _CONTROLS.sub("", str(value))
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return f"'{text}" if _FORMULA.match(text) else text
