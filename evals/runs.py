"""A finished run as its directory holds it: configuration, scored rows, times, summary, cases."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.cases import CASES, Case, Variant, read_cases
from evals.errors import EvalError
from evals.grading import Row
from evals.perturb import VARIANTS, spelled
from knowledge.catalog import Catalog, Version

_ROW_FIELDS = {part.name for part in dataclasses.fields(Row)}


@dataclass(frozen=True)
class Run:
    """One run. `times` are milliseconds by (suite, case); `cases` are those the rows belong to."""

    directory: Path
    config: dict[str, Any]
    rows: tuple[Row, ...]
    times: dict[tuple[str, str], float]
    summary: dict[str, Any]
    cases: dict[str, Case] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call it: the directory's own name."""
        return self.directory.resolve().name

    def case_of(self, row: Row) -> Case | None:
        """The case of a row, with the words that were asked of it; None when it is not at hand."""
        base = self.cases.get(tagged(row, "base:") or "")
        return self.cases.get(row.case) or (base and self._spelled(base, row))

    def _spelled(self, base: Case, row: Row) -> Case:
        """Spellings are not stored: the same seed spells a question the same again."""
        variant, seed = tagged(row, "variant:"), self.config.get("seed")
        if variant not in VARIANTS or not isinstance(seed, int):
            return base
        turns = tuple(spelled(turn, Variant(variant), seed) for turn in base.turns)
        return base.model_copy(update={"id": row.case, "turns": turns, "variant": variant})


def tagged(row: Row, prefix: str) -> str | None:
    """What follows `prefix` in the row's first tag that has it."""
    return next((tag.removeprefix(prefix) for tag in row.tags if tag.startswith(prefix)), None)


def read_run(directory: Path, case_files: Iterable[Path] | None = None) -> Run:
    """The run in `directory`; its cases come from `case_files`, the shipped ones when None.

    Raises EvalError naming the file, and the line of a row, that cannot be read.
    """
    files = sorted(CASES.glob("*.jsonl")) if case_files is None else list(case_files)
    rows = read_rows(directory / "results.jsonl")
    wanted = {row.case for row in rows} | {tagged(row, "base:") for row in rows}
    return Run(
        directory=directory,
        config=_object(directory / "config.json"),
        rows=rows,
        times=_times(directory / "times.json"),
        summary=_object(directory / "summary.json", needed=False),
        cases={case.id: case for case in read_cases(files) if case.id in wanted},
    )


def read_rows(path: Path) -> tuple[Row, ...]:
    """The scored rows of a results.jsonl; raises EvalError with file, line and what is wrong."""
    rows = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row(json.loads(line)))
        except (ValueError, TypeError) as error:
            raise EvalError(
                f"{path}:{number} is not a scored row ({error}). Run the evaluation again, "
                "or remove the line if the run was killed while writing it."
            ) from error
    return tuple(rows)


def _row(values: Any) -> Row:
    known = {key: value for key, value in dict(values).items() if key in _ROW_FIELDS}
    lists = {name: tuple(known.get(name) or ()) for name in ("tags", "reasons")}
    return Row(**{**known, **lists})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EvalError(
            f"{path} is not there. Give the directory of a run (motcua eval all --out DIR)."
        ) from error


def _object(path: Path, *, needed: bool = True) -> dict[str, Any]:
    if not needed and not path.is_file():
        return {}
    try:
        return dict(json.loads(_text(path)))
    except (ValueError, TypeError) as error:
        raise EvalError(f"{path} does not hold a JSON object: {error}") from error


def _times(path: Path) -> dict[tuple[str, str], float]:
    """Milliseconds by suite and case; nothing when the run kept no times."""
    stored = _object(path, needed=False)
    return {
        (suite, case): float(ms)
        for suite, by_case in stored.items()
        if isinstance(by_case, Mapping)
        for case, ms in by_case.items()
        if isinstance(ms, int | float)
    }


def versions_of(run: Run, catalog: Catalog) -> dict[str, Version]:
    """The stored version of every procedure that a case accepts or that answered, by code."""
    codes = {code for case in run.cases.values() for code in case.codes}
    codes |= {row.code for row in run.rows if row.code}
    found = {code: catalog.get(code) for code in sorted(codes)}
    return {code: version for code, version in found.items() if version is not None}
