"""What the check says about real files: forms that people published, and scans that are no papers.

told_of_real_files(folder) -> lines       for each file: the procedure, the papers, the verdicts
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from assistant.dossier.models import CheckRequest, Report
from evals.dossiers.run import real_check, records, version_of
from evals.errors import EvalError
from ingest.reading.page import Handed
from ingest.reading.reader import read_files
from ingest.settings import ReadingSettings

# Which procedure a file is held against, by a part of its name; the last is for all others.
_AGAINST = {
    "khai-sinh": "1.001193",
    "ct01": "1.004222",
    "dc01": "1.014063",
    "": "1.004222",
}


def told_of_real_files(folder: Path) -> Iterator[str]:
    """A few lines on every file; raises EvalError for a folder without files."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if not files:
        raise EvalError(f"{folder} holds no files.")
    for path in files:
        yield from _told(path)


def _told(path: Path) -> Iterator[str]:
    code = next(code for part, code in _AGAINST.items() if part in path.name.lower())
    reading = read_files([Handed(path.name, path.read_bytes())], ReadingSettings(_env_file=None))
    request = CheckRequest(code=code, submitted_on=datetime.now(UTC).date())
    report = real_check(version_of(records()[code]), reading, request)
    yield f"{path.name}: {len(reading.pages)} pages, against {code}: {report.outcome.value}"
    for refusal in reading.refusals:
        yield f"  refused: {refusal.reason.value} {refusal.detail}"
    yield from _papers(report)


def _papers(report: Report) -> Iterator[str]:
    for paper in report.papers[:6]:
        yield f"  paper: {paper.kind}, for {paper.requirement}: {paper.title}"
    for unread in report.unread[:3]:
        yield f"  unread: page {unread.page}, {unread.reason}"
    for one in report.requirements:
        yield f"  {one.id} {one.verdict.value}: {one.name}"
    for finding in report.findings:
        if finding.blocks:
            yield f"  {finding.rule}: {finding.sentence}"
