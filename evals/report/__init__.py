"""Reports of a run: one HTML page, JUnit XML, Markdown for a pull request, a CSV for Excel.

`motcua eval report DIR` calls `write_reports`; each report shows what ran: configuration, corpus,
model and code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.compare import Comparison, compare
from evals.errors import EvalError
from evals.report.html import html_report
from evals.report.junit import junit_report
from evals.report.markdown import markdown_report
from evals.report.sheet import sheet
from evals.runs import Run, read_run
from knowledge.catalog import Version

__all__ = ["write_reports", "write_reports_of"]


def write_reports(
    run_dir: Path, out_dir: Path, earlier_runs: Sequence[Path] = (), *, against: Path | None = None
) -> list[Path]:
    """Write report.html, junit.xml, report.md and results.csv of a run into `out_dir`.

    `earlier_runs`, oldest first, give the trend; `against` is compared with the run, flips first.
    Fields and sources come from the record, so give them with `write_reports_of` where a
    catalogue is at hand. Raises EvalError naming the file that cannot be read.
    """
    earlier = [read_run(directory) for directory in earlier_runs]
    before = read_run(against) if against else None
    return write_reports_of(read_run(run_dir), out_dir, earlier, before=before)


def write_reports_of(
    run: Run,
    out_dir: Path,
    earlier: Sequence[Run] = (),
    *,
    before: Run | None = None,
    versions: Mapping[str, Version] | None = None,
) -> list[Path]:
    """The same for runs that are read already; `versions` are the record's, by code."""
    if not run.rows:
        raise EvalError(f"{run.directory} holds no scored case yet, so there is nothing to report.")
    comparison: Comparison | None = compare(before, run, common=True) if before else None
    records = versions or {}
    texts = {
        "report.html": html_report(run, earlier, comparison, records),
        "junit.xml": junit_report(run),
        "report.md": markdown_report(run, comparison),
        "results.csv": sheet(run, records),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out_dir / name).write_bytes(text.encode())
    return [out_dir / name for name in texts]
