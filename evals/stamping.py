"""Stamps cases with the records they were written from, so that a changed record is noticed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evals.cases import Case, read_cases
from evals.errors import EvalError
from evals.truth import stamp
from knowledge.catalog import Catalog


@dataclass(frozen=True)
class Review:
    """Who held cases against their source, and when."""

    day: date
    by: str | None = None


def stamp_files(
    paths: Sequence[Path], catalog: Catalog, review: Review, ids: Collection[str] = ()
) -> list[str]:
    """Write `source_hash` and the review into the cases; returns the ids that changed.

    Without `ids`, cases that have no stamp get one. A case that has one is stamped again only when
    it is named: its source changed, and somebody must have looked. Every other line stays as it
    is, byte for byte. Raises EvalError for an id that no file has.
    """
    cases = {case.id: case for case in read_cases(paths)}
    if unknown := sorted(set(ids) - set(cases)):
        raise EvalError(f"Không có câu hỏi nào tên {', '.join(unknown)}; xem lại mã câu.")
    hashes = {
        case.id: found
        for case in cases.values()
        if (case.id in ids if ids else not case.source_hash) and (found := _stamp_of(case, catalog))
    }
    changed: list[str] = []
    for path in paths:
        changed += _rewrite(path, cases, hashes, review)
    return changed


def _stamp_of(case: Case, catalog: Catalog) -> dict[str, str]:
    return stamp(case, lambda code: catalog.get(code, case.as_of))


def _rewrite(
    path: Path, cases: dict[str, Case], hashes: dict[str, dict[str, str]], review: Review
) -> list[str]:
    lines, changed = path.read_text(encoding="utf-8").splitlines(keepends=True), []
    for i, line in enumerate(lines):
        case_id = json.loads(line)["id"] if line.strip() else None
        if case_id in hashes:
            lines[i] = _stamped(line, cases[case_id], hashes[case_id], review)
            changed.append(case_id)
    if changed:
        aside = path.with_suffix(".new")
        aside.write_text("".join(lines), encoding="utf-8")
        aside.replace(path)
    return changed


def _stamped(line: str, case: Case, hashes: dict[str, str], review: Review) -> str:
    again = bool(case.source_hash)
    values = json.loads(line) | {"source_hash": {**case.source_hash, **hashes}}
    if again or case.reviewed_at is None:
        values["reviewed_at"] = review.day.isoformat()
    if review.by:
        values["reviewed_by"] = review.by
    return json.dumps(values, ensure_ascii=False) + "\n"
