"""`motcua eval dossiers`: words and exit code, with reading and checking replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.dossier.models import CheckRequest, Outcome, Report
from bots.cli.evaluating import eval_app
from evals.dossiers import run as running
from ingest.reading.page import Handed, Page, PageSource, Reading
from knowledge.catalog import Version


def read(files: Sequence[Handed]) -> Reading:
    return Reading((Page(files[0].name, 1, PageSource.OCR),))


def careless(version: Version, reading: Reading, request: CheckRequest) -> Report:
    return Report(
        procedure=request.code,
        outcome=Outcome.COMPLETE,
        requirements=(),
        submitted_on=request.submitted_on,
    )


def broken(version: Version, reading: Reading, request: CheckRequest) -> Report:
    raise ValueError("no such rule")


@pytest.fixture
def dossiers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def run(check: Any) -> Any:
        real = running.run_dossiers

        def judged(half: Any, count: int, out: Path, **options: Any) -> Any:
            return real(half, count, out, **{**options, "read": read, "check": check})

        monkeypatch.setattr(running, "run_dossiers", judged)
        command = ["dossiers", "--out", str(tmp_path), "--count", "4", "--workers", "1"]
        return CliRunner().invoke(eval_app, command)

    return run


def test_a_check_that_calls_everything_complete_is_told_so_first(dossiers: Any) -> None:
    done = dossiers(careless)

    assert done.exit_code == 0
    first = next(line for line in done.output.splitlines() if "%" in line)
    assert "gọi là đủ khi còn thiếu" in first
    assert "100,0 %" in first


def test_a_check_that_ends_in_an_error_proves_nothing(dossiers: Any) -> None:
    assert dossiers(broken).exit_code == 2
