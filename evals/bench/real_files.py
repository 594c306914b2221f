"""What the check says about real files: forms that people published, and scans that are no papers.

real_files(folder) -> RealFile…       each read and held against a procedure
told_of(file) -> lines                for the terminal: papers, verdicts, findings
section(files) -> lines               for the record: numbers only, no words of any document
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.dossier.models import CheckRequest, Report, Verdict
from evals.bench.reading import Metered
from evals.bench.report import conditions, table
from evals.dossiers.run import real_check, records, version_of
from evals.errors import EvalError
from ingest.reading.page import Handed, Reading
from ingest.reading.reader import read_files
from ingest.settings import ReadingSettings

REAL = Path("docs/real-files-figures.md")
# Which procedure a file is held against, by a part of its name; the last is for all others.
_AGAINST = {
    "khai-sinh": "1.001193",
    "ct01": "1.004222",
    "dc01": "1.014063",
    "": "1.004222",
}


@dataclass(frozen=True)
class RealFile:
    """One file, what was read of it at which cost, and the report."""

    name: str
    code: str
    reading: Reading
    report: Report
    cpu_seconds: float


def real_files(folder: Path) -> Iterator[RealFile]:
    """Every file of a folder, one by one; raises EvalError for a folder without files."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if not files:
        raise EvalError(f"{folder} holds no files.")
    sandbox = Metered()
    for path in files:
        yield _checked(path, sandbox)
    sandbox.close()


def _checked(path: Path, sandbox: Metered) -> RealFile:
    code = next(code for part, code in _AGAINST.items() if part in path.name.lower())
    sandbox.reset()
    limits = ReadingSettings(_env_file=None)
    reading = read_files([Handed(path.name, path.read_bytes())], limits, None, sandbox)
    request = CheckRequest(code=code, submitted_on=datetime.now(UTC).date())
    report = real_check(version_of(records()[code]), reading, request)
    return RealFile(path.name, code, reading, report, sandbox.cpu_seconds)


def told_of(file: RealFile) -> Iterator[str]:
    """A few lines on a file."""
    report = file.report
    pages = len(file.reading.pages)
    yield f"{file.name}: {pages} pages, against {file.code}: {report.outcome.value}"
    for refusal in file.reading.refusals:
        yield f"  refused: {refusal.reason.value} {refusal.detail}"
    for paper in report.papers[:6]:
        yield f"  paper: {paper.kind}, for {paper.requirement}: {paper.title}"
    for unread in report.unread[:3]:
        yield f"  unread: page {unread.page}, {unread.reason}"
    for one in report.requirements:
        yield f"  {one.id} {one.verdict.value}: {one.name}"
    for finding in report.findings:
        if finding.blocks:
            yield f"  {finding.rule}: {finding.sentence}"


def section(files: Sequence[RealFile]) -> Iterator[str]:
    """A section of docs/benchmarks.md."""
    pages = sum(len(file.reading.pages) for file in files)
    read = sum(file.cpu_seconds for file in files)
    yield "## Real files"
    yield ""
    yield f"Printed by `python -m evals.bench.dossiers --real DIR --output {REAL}`. {conditions()}"
    yield (
        f"{len(files)} files that people published: filled and blank forms, a province's book of "
        f"procedures, notices of a ward, a law as a scan and one from the gazette. {pages} pages "
        f"were read in {read:.0f} s of processor time, {read / max(1, pages):.2f} s a page. Each "
        "file is held alone against one procedure; laws, notices and books are papers of none, so "
        "that `met` must be 0 there."
    )
    yield ""
    head = ["file", "pages", "source", "least confidence", "flaws", "refused", "against",
            "outcome", "met", "rules that stop it"]  # fmt: skip
    yield from table(head, [_row(file) for file in files])


def _row(file: RealFile) -> list[str]:
    pages, report = file.reading.pages, file.report
    least = min((page.confidence for page in pages), default=None)
    met = [one for one in report.requirements if one.verdict is Verdict.PRESENT]
    return [
        # Without the name of whoever put it on the web, which stands first.
        file.name.partition("_")[2] or file.name,
        str(len(pages)),
        ", ".join(sorted({page.source.value for page in pages})),
        "" if least is None else f"{least:.3f}",
        _counted([flaw.value for page in pages for flaw in page.flaws]),
        _counted([refusal.reason.value for refusal in file.reading.refusals]),
        file.code,
        report.outcome.value,
        str(len(met)),
        _counted([finding.rule for finding in report.findings if finding.blocks]),
    ]


def _counted(names: Sequence[str]) -> str:
    counts = Counter(name.replace("_", " ") for name in names)
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
