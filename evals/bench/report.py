"""Writes docs/benchmarks.md: every figure with its target, verdict and conditions."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from evals.bench.questions import HitRates
from evals.bench.scale import ScalePoint


@dataclass(frozen=True)
class Figure:
    """One measured value with the bound it should keep; `at_most` tells the direction."""

    name: str
    value: float
    target: float
    unit: str
    at_most: bool = True

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target if self.at_most else self.value >= self.target


def conditions() -> str:
    """Machine, day and versions."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _lines(Path("/proc/cpuinfo"))
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    packages = ", ".join(f"{name} {version(name)}" for name in ("chromadb", "bm25s", "numpy"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({model}), "
        f"Python {platform.python_version()}, {packages}. The machine is shared and noisy: compare "
        f"ratios within one run, and days by a fixed piece of work, which took {pace():.0f} ms."
    )


def pace() -> float:
    """Milliseconds that a fixed piece of work takes, best of ten: how fast the machine is just now,
    which differs by half from day to day and machine to machine."""
    taken = []
    for _ in range(10):
        started = time.perf_counter()
        said = [f"thủ tục {number % 977}" for number in range(20_000)]
        sorted({word.upper(): len(word) for line in said for word in line.split()}.items())
        taken.append(time.perf_counter() - started)
    return min(taken) * 1000


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def quality_table(results: Mapping[str, Mapping[str, HitRates]]) -> list[str]:
    """One row a question set; hit@1 and hit@3 of each method."""
    methods = list(next(iter(results.values())))
    head = ["questions", "count", *(f"{method}: hit@1 / @3" for method in methods)]
    rows = []
    for name, by_method in results.items():
        rates = [f"{r.first:.3f} / {r.three:.3f}" for r in by_method.values()]
        rows.append([name, str(next(iter(by_method.values())).count), *rates])
    return table(head, rows)


def figure_table(figures: Sequence[Figure]) -> list[str]:
    """Value, target and verdict."""
    rows = [
        [
            figure.name,
            f"{figure.value:g} {figure.unit}".strip(),
            f"{'≤' if figure.at_most else '≥'} {figure.target:g} {figure.unit}".strip(),
            "met" if figure.holds else "**missed**",
        ]
        for figure in figures
    ]
    return table(["figure", "measured", "target", ""], rows)


def scale_table(points: Sequence[ScalePoint]) -> list[str]:
    """The curve, with the build time of a thousand procedures to show that it is a line."""
    rows = [
        [
            f"{point.procedures:,}",
            f"{point.passages:,}",
            f"{point.store_seconds:g}",
            f"{point.build_seconds:g}",
            f"{point.build_seconds / point.procedures * 1000:.1f}",
            f"{point.search.p50:g} / {point.search.p95:g}",
            f"{point.megabytes:g}",
        ]
        for point in points
    ]
    head = ["procedures", "passages", "store s", "build s", "build s per 1,000"]
    return table([*head, "search ms p50 / p95", "memory MB"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
