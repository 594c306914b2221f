"""python -m evals.bench.dossiers: how often the check of dossiers is wrong, and how fast it reads.

Judges dossiers of the test half, whose fonts, layouts, people and treatments no rule was tuned
on, and writes the section of docs/benchmarks.md. A run that was killed goes on where it stopped;
begin it on a quiet machine, as it also looks at the clock. `--real DIR` prints instead what the
check says about real files that lie there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evals.bench.real_files import RealFile, real_files, section, told_of
from evals.bench.report import Figure, conditions, figure_table, table
from evals.dossiers.report import WORDS, shown
from evals.dossiers.run import run_dossiers
from evals.dossiers.score import Row, Run, by_defect, figures_of
from evals.dossiers.timing import Timing, time_reading
from evals.stats import Estimate

DOSSIERS = Path("docs/dossier-figures.md")
_COUNT = 420
_TARGETS: Mapping[str, tuple[float, bool]] = {  # value, at most
    "false_complete": (0.0, True),
    "false_missing": (0.04, True),
    "verdict_accuracy": (0.95, False),
    "defect_named": (0.95, False),
    "injection_twins_identical": (1.0, False),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, measure and write; 1 when a target is missed, so that nobody overlooks it."""
    asked = _parser().parse_args(arguments)
    if asked.real:
        return _real(asked.real, asked.output)
    run = run_dossiers(asked.half, asked.count, asked.out, workers=asked.workers, tell=_tell)
    timing = None if asked.untimed else time_reading(asked.half)
    figures = list(_figures(run.rows, timing))
    text = "\n".join(_section(run, timing, figures)) + "\n"
    sys.stdout.write(text)
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    return int(not all(figure.holds for figure in figures))


def _real(folder: Path, output: Path | None) -> int:
    """Tell of each file as it is done; with `output`, write the section for the record."""
    files: list[RealFile] = []
    for file in real_files(folder):
        files.append(file)
        sys.stdout.write("\n".join(told_of(file)) + "\n")
        sys.stdout.flush()
    if output:
        output.write_text("\n".join(section(files)) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.dossiers", description=__doc__)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--count", type=int, default=_COUNT)
    parser.add_argument("--out", type=Path, default=Path("var/dossiers"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, help=f"for the record: {DOSSIERS}")
    parser.add_argument("--untimed", action="store_true", help="do not look at the clock")
    parser.add_argument("--real", type=Path, help="a directory of real files to check instead")
    return parser


def _tell(stage: str, done: int, total: int) -> None:
    sys.stderr.write(f"\r{stage} {done}/{total}")
    sys.stderr.flush()


def _figures(rows: Sequence[Row], timing: Timing | None) -> Iterator[Figure]:
    found = figures_of(rows)
    for name, (target, at_most) in _TARGETS.items():
        value = found[name]
        if value is not None:
            yield Figure(WORDS[name][0], round(value.value, 4), target, "", at_most)
    if timing:
        yield Figure("reading a page, processor time, mean", round(timing.cpu_mean, 2), 2, "s")
        yield Figure("reading a page by the clock, mean", round(timing.page_mean, 2), 2, "s")
        yield Figure("five pages on two cores, slowest", round(timing.dossier_worst, 2), 8, "s")


def _section(run: Run, timing: Timing | None, figures: Sequence[Figure]) -> Iterator[str]:
    originals = sum(row.defect is None for row in run.rows)
    procedures = len({row.procedure for row in run.rows})
    yield "## Checking dossiers"
    yield ""
    yield f"Printed by `python -m evals.bench.dossiers --output {DOSSIERS}`. {conditions()}"
    yield (
        f"{len(run.rows)} dossiers of the {run.half} half for {procedures} procedures, made by our "
        f"own generator: {originals} complete ones, and twins with exactly one defect. Fonts, "
        "layouts, people and treatments are not those that rules were tuned on. Intervals are "
        "95 %; twins of one dossier count as one cluster."
    )
    yield ""
    yield from figure_table(figures)
    yield ""
    yield from table(["rate", "measured", "of"], list(_rates(figures_of(run.rows))))
    yield ""
    yield from table(["defect", "dossiers", "said complete", "named"], list(_defects(run.rows)))
    if timing:
        yield ""
        yield (
            f"Of {len(timing.pages)} pages read one by one, 95 of 100 took at most "
            f"{timing.page_p95:.2f} s; five pages took "
            f"{', '.join(f'{seconds:.1f}' for seconds in timing.dossiers)} s."
        )


def _rates(found: Mapping[str, Estimate | None]) -> Iterator[list[str]]:
    for name, value in found.items():
        text = shown(value).replace(",", ".")
        yield [WORDS[name][0], text, str(value.n if value else 0)]


def _defects(rows: Sequence[Row]) -> Iterator[list[str]]:
    for name, (total, complete, named) in by_defect(rows).items():
        yield [name.replace("_", " "), str(total), str(complete), str(named)]


if __name__ == "__main__":
    sys.exit(main())
