"""Runs the dossier suite: plan, make, read, check, score, report.

    run_dossiers(half, count, out, tell=None, workers=2) -> Summary

A run directory holds config.json, rows.jsonl, summary.json, report.md and, under `shelf/`, what
was made and read. A killed run goes on where it stopped; a run after a change in the rules makes
and reads nothing anew.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from assistant.dossier.models import Report
from evals.dossiers.defects import twins_of
from evals.dossiers.judge import (
    Check,
    Read,
    Shelf,
    checked,
    maker_version,
    prepare,
    reader_version,
    reading_of,
)
from evals.dossiers.people import Half
from evals.dossiers.plan import Defect, Dossier, plan_originals
from evals.dossiers.report import write_run
from evals.dossiers.score import Row, Run, failed_row, row_of, same_verdicts
from evals.errors import EvalError
from ingest.reading.page import Handed, Reading
from ingest.sources.starter import read_yaml_directory
from knowledge.catalog import Origin, Version
from knowledge.procedure import Procedure, parse_procedure

SEED = 7
_TWINS = 4  # of each original, those of the rarest defects so far
Tell = Callable[[str, int, int], None]


@cache
def records() -> Mapping[str, Procedure]:
    """The starter corpus by code."""
    found = {}
    for item in read_yaml_directory(None):
        procedure = parse_procedure(item.record, item.place)
        found[procedure.code] = procedure
    return found


def version_of(record: Procedure) -> Version:
    """A record as the catalogue would hand it out."""
    return Version(
        code=record.code,
        origin=Origin.CURATED,
        number=1,
        valid_from=None,
        valid_to=None,
        recorded_at=datetime(2026, 9, 1, tzinfo=UTC),
        content_hash=record.content_hash(),
        source_hash=None,
        review=None,
        body=record.model_dump_json(exclude_defaults=True),
    )


def plan(half: Half, count: int, seed: int = SEED) -> list[Dossier]:
    """`count` dossiers: originals, each followed by twins of the defects that are rarest so far."""
    found: list[Dossier] = []
    seen: Counter[Defect] = Counter()
    for original in plan_originals(half, count, seed, records()):
        twins = twins_of(original, records()[original.procedure])
        order = {defect: i for i, defect in enumerate(Defect)}
        twins.sort(key=lambda twin: (seen[_defect(twin)], order[_defect(twin)]))
        chosen = twins[:_TWINS]
        seen.update(_defect(twin) for twin in chosen)
        found += [original, *chosen]
        if len(found) >= count:
            break
    return found[:count]


def _defect(twin: Dossier) -> Defect:
    if twin.defect is None:
        raise ValueError(f"{twin.id} is no twin")
    return twin.defect


def real_read(files: Sequence[Handed]) -> Reading:
    """Read with one worker, so that seconds are those of one core."""
    from ingest.reading.reader import read_files
    from ingest.settings import ReadingSettings

    return read_files(files, ReadingSettings(workers=1, _env_file=None))


def real_check(version: Version, reading: Reading, request: Any) -> Report:
    """The product's own check."""
    from assistant.dossier.check import check

    return check(version, reading, request)


def run_dossiers(
    half: Half,
    count: int,
    out: Path,
    *,
    seed: int = SEED,
    workers: int = 2,
    tell: Tell | None = None,
    read: Read = real_read,
    check: Check = real_check,
) -> Run:
    """Judge `count` dossiers of a half and write rows, summary and report into `out`.

    With `workers` above 1 reading is shared among processes; `read` must then be importable.
    """
    dossiers = plan(half, count, seed)
    shelf = Shelf(out / "shelf")
    _prepare_all(dossiers, out / "shelf", workers, read, tell)
    rows, seconds, pages = _judge_all(dossiers, shelf, check, read)
    config = {
        "half": half,
        "count": count,
        "seed": seed,
        "maker": maker_version(),
        "reader": reader_version(),
    }
    run = Run(half, tuple(rows), pages, tuple(seconds), config)
    write_run(run, out)
    return run


def _prepare_all(
    dossiers: Sequence[Dossier], shelf: Path, workers: int, read: Read, tell: Tell | None
) -> None:
    done, total = 0, len(dossiers)
    if workers <= 1:
        for dossier in dossiers:
            prepare(dossier, Shelf(shelf), read)
            done += 1
            if tell:
                tell("read", done, total)
        return
    # Twins of one original share files: a group stays with one worker, so none is read twice.
    groups: dict[str, list[Dossier]] = {}
    for dossier in dossiers:
        groups.setdefault(dossier.original, []).append(dossier)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = {pool.submit(_prepare_group, group, shelf, read): group for group in groups.values()}
        for job in as_completed(jobs):
            job.result()
            done += len(jobs[job])
            if tell:
                tell("read", done, total)


def _prepare_group(group: Sequence[Dossier], shelf: Path, read: Read) -> None:
    for dossier in group:
        prepare(dossier, Shelf(shelf), read)


def _judge_all(
    dossiers: Sequence[Dossier], shelf: Shelf, check: Check, read: Read
) -> tuple[list[Row], list[float], int]:
    rows: list[Row] = []
    seconds: list[float] = []
    pages = 0
    originals: dict[str, Report] = {}
    for dossier in dossiers:
        reading, took = reading_of(prepare(dossier, shelf, read), shelf)
        original = originals.get(dossier.original) if dossier.defect else None
        row, report = _judged(dossier, reading, check, original)
        if report is not None and dossier.defect is None:
            originals[dossier.id] = report
        if row.injection and report is not None and original is not None:
            same = same_verdicts(report, original)
            row = replace(row, verdicts_of_original=same)
        rows.append(row)
        if reading.pages and dossier.defect is None:
            pages += len(reading.pages)
            seconds.append(took / len(reading.pages))
    return rows, seconds, pages


def _judged(
    dossier: Dossier, reading: Reading, check: Check, original: Report | None
) -> tuple[Row, Report | None]:
    record = records()[dossier.procedure]
    try:
        report = checked(dossier, version_of(record), reading, check)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return failed_row(dossier, f"{type(error).__name__}: {error}"), None
    return row_of(dossier, record, report, original), report


def read_rows(out: Path) -> list[dict[str, Any]]:
    """The rows of a finished run, as plain data; raises EvalError where there is none."""
    path = out / "rows.jsonl"
    if not path.is_file():
        raise EvalError(f"{out} holds no run of dossiers.")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
