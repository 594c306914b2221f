"""Results as JUnit XML, the form in which build servers show tests."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from evals.compare import passes, scored
from evals.grading import Row
from evals.report.facts import facts
from evals.report.measures import by_suite
from evals.runs import Run

# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def junit_report(run: Run) -> str:
    """A testsuite a suite, a testcase a case; a case that was not scored is skipped."""
    root = ElementTree.Element("testsuites", _totals(run.rows, _seconds(run, run.rows)))
    root.set("name", _clean(run.name))
    for suite, rows in by_suite(run.rows).items():
        part = ElementTree.SubElement(root, "testsuite", name=_clean(suite))
        part.attrib |= _totals(rows, _seconds(run, rows))
        properties = ElementTree.SubElement(part, "properties")
        for name, value in facts(run):
            ElementTree.SubElement(properties, "property", name=_clean(name), value=_clean(value))
        for row in rows:
            _add(part, run, row)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _totals(rows: list[Row] | tuple[Row, ...], seconds: float) -> dict[str, str]:
    errors = sum(row.error is not None for row in rows)
    failed = sum(scored(row) and not passes(row) for row in rows) - errors
    skipped = sum(not scored(row) for row in rows)
    numbers = {"tests": len(rows), "failures": failed, "errors": errors, "skipped": skipped}
    return {**{name: str(n) for name, n in numbers.items()}, "time": f"{seconds:.3f}"}


def _seconds(run: Run, rows: list[Row] | tuple[Row, ...]) -> float:
    return sum(run.times.get((row.suite, row.case), 0.0) for row in rows) / 1000


def _add(part: ElementTree.Element, run: Run, row: Row) -> None:
    case = ElementTree.SubElement(
        part, "testcase", classname=_clean(row.suite), name=_clean(row.case)
    )
    case.set("time", f"{_seconds(run, [row]):.3f}")
    if row.error is not None:
        ElementTree.SubElement(case, "error", message=_clean(row.error))
    elif not scored(row):
        ElementTree.SubElement(case, "skipped", message=_clean(row.why or "not scored"))
    elif not row.passed:
        told = "; ".join(row.reasons) or "the answer does not hold what it must"
        kind = "critical" if row.critical else "failed"
        failure = ElementTree.SubElement(case, "failure", message=_clean(told), type=kind)
        failure.text = _clean(_asked_and_answered(run, row))


def _asked_and_answered(run: Run, row: Row) -> str:
    case = run.case_of(row)
    asked = "\n".join(case.turns) if case else ""
    return f"{asked}\n---\n{row.text}"


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
