"""The files of a run while it is made: rows are appended as they come, so a kill loses none.

The times of a run under way stand in times.part.jsonl, line by line beside the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from evals.errors import EvalError
from evals.grading import Row
from evals.metrics.speed import Spent, speed_of
from evals.runs import read_rows

CONFIG, RESULTS, SUMMARY = "config.json", "results.jsonl", "summary.json"
TIMES, SPEED, PART = "times.json", "speed.json", "times.part.jsonl"
_FILES = (CONFIG, RESULTS, SUMMARY, TIMES, SPEED, PART)


class Store:
    """One run's directory, open for writing."""

    def __init__(self, out: Path, config: dict[str, Any]) -> None:
        self._out = out
        self._config = config
        self._results: IO[str] | None = None
        self._part: IO[str] | None = None

    @classmethod
    def open(cls, out: Path, config: dict[str, Any], *, fresh: bool) -> Store:
        """Begin a run or go on with one; raises EvalError when another run stands there."""
        out.mkdir(parents=True, exist_ok=True)
        if fresh:
            for name in _FILES:
                (out / name).unlink(missing_ok=True)
        _check_same(out, config)
        (out / CONFIG).write_text(told(config), encoding="utf-8")
        return cls(out, config)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (self._results, self._part):
            if file is not None:
                file.close()

    def kept(self, plan: Sequence[tuple[str, str]]) -> int:
        """How many rows of an earlier start are kept: whole lines, in order, none of the errors
        that ended it. What follows them is dropped."""
        rows = _whole(self._out / RESULTS)
        while rows and json.loads(rows[-1]).get("error"):
            rows.pop()
        times = _whole(self._out / PART)
        count = min(len(rows), len(times), len(plan))
        asked = [(row["suite"], row["case"]) for row in map(json.loads, rows[:count])]
        while asked != list(plan[:count]):
            asked.pop()
            count -= 1
        self._results = _reopened(self._out / RESULTS, rows[:count])
        self._part = _reopened(self._out / PART, times[:count])
        return count

    def add(self, row: Row, spent: Spent) -> None:
        """One more row, at once on disk."""
        assert self._results is not None
        assert self._part is not None
        mine = {"suite": row.suite, "case": row.case, **asdict(spent)}
        for file, values in ((self._part, mine), (self._results, asdict(row))):
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
            file.flush()

    def rows(self) -> tuple[Row, ...]:
        """All rows so far."""
        return read_rows(self._out / RESULTS)

    def finish(self, summary: dict[str, Any]) -> None:
        """Write what is put together from the rows; the run is whole then."""
        spent: dict[str, dict[str, Spent]] = {}
        for line in map(json.loads, _whole(self._out / PART)):
            one = Spent(line["ms"], line["tokens"], line["cost"])
            spent.setdefault(line["suite"], {})[line["case"]] = one
        times = {
            suite: {case: round(one.ms, 3) for case, one in found.items() if one.ms is not None}
            for suite, found in spent.items()
        }
        speed = {suite: asdict(speed_of(list(found.values()))) for suite, found in spent.items()}
        whole = {"config": self._config["hash"], **summary}
        for name, values in ((TIMES, times), (SPEED, speed), (SUMMARY, whole)):
            (self._out / name).write_text(told(values), encoding="utf-8")


def told(values: object) -> str:
    """JSON that is the same for the same values, and can be read."""
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _check_same(out: Path, config: dict[str, Any]) -> None:
    path = out / CONFIG
    if not path.is_file():
        if (out / RESULTS).is_file():
            raise EvalError(f"{out} holds results without {CONFIG}; give another --out or --fresh.")
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise EvalError(
            f"{path} cannot be read ({error}); give another --out or --fresh."
        ) from error
    if before.get("hash") != config["hash"]:
        changed = sorted(key for key in config if config[key] != before.get(key) and key != "hash")
        raise EvalError(
            f"{out} holds a run of another configuration (differs in {', '.join(changed)}); "
            "give another --out, or --fresh to begin anew."
        )


def _whole(path: Path) -> list[str]:
    """Lines that were written to their end; a torn last one is left out."""
    return list(_lines(path)) if path.is_file() else []


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            text = line.decode("utf-8")
            json.loads(text)
        except ValueError:
            return
        yield text


def _reopened(path: Path, lines: Sequence[str]) -> IO[str]:
    text = "".join(f"{line}\n" for line in lines)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path.open("a", encoding="utf-8", newline="\n")
