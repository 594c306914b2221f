"""python -m evals.bench.reading_gate --output docs/reading-figures.md

Calibrates MOTCUA_READ_CONFIDENCE_GATE: draws pages that get worse step by step, most of them where
it is decided whether they can be used, reads them, and prints confidence beside the share of wrong
letters; at the end the gates that part the pages people could use from those that they could not.
Half a minute on a quiet machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.bench.reading_pages import (
    LINES,
    Camera,
    Look,
    Picture,
    encoded,
    photographed,
    sheet,
    stamped,
    turned,
    wrong_letters,
)
from evals.bench.report import conditions, table
from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import Handed, Page

READING = Path("docs/reading-figures.md")
USABLE = 0.05  # share of wrong letters up to which names and numbers can be found
USELESS = 0.25
_RED = (205, 40, 45)
_PHONE = Camera(width=1500)


@dataclass(frozen=True)
class Result:
    """One drawn page and what was read on it."""

    name: str
    wrong: float
    confidence: float
    flaws: tuple[str, ...]


def pages() -> Iterator[tuple[str, Picture]]:
    """Clean, scanned, photographed and spoiled pages."""
    for font in ("sans", "serif"):
        yield f"{font} print", sheet(Look(font))
        yield f"{font} skewed", turned(sheet(Look(font)), 2.4)
        yield (
            f"{font} photo, seal",
            photographed(stamped(sheet(Look(font)), 0.5, 0.45, _RED), _PHONE),
        )
    for blur in (1, 2, 2.5, 3, 3.5, 5):
        yield f"photo, blur {blur}", photographed(sheet(), replace(_PHONE, blur=blur))
    for blur in (1, 2, 3):
        camera = replace(_PHONE, blur=blur, light=0.3)
        yield f"dim photo, blur {blur}", photographed(sheet(), camera)
    for width in (420, 480, 520, 560, 620, 700, 800):
        camera = Camera(width=width, blur=0.4)
        yield f"photo, {width} pixels wide", photographed(sheet(), camera)
    for light in (0.2, 0.1, 0.05):
        yield f"photo, light {light}", photographed(sheet(), replace(_PHONE, light=light))


def results(limits: ReadingSettings) -> Iterator[Result]:
    """Every page, read by the real reader with one worker."""
    truth = "\n".join(LINES)
    for name, picture in pages():
        reading = read_files([Handed("page.png", encoded(picture))], limits)
        page = reading.pages[0] if reading.pages else None
        yield _result(name, page, truth)


def _result(name: str, page: Page | None, truth: str) -> Result:
    if page is None:
        return Result(name, 1.0, 0.0, ("refused",))
    flaws = tuple(flaw.value for flaw in page.flaws)
    return Result(name, wrong_letters(page.text, truth), page.confidence, flaws)


def gates(found: Sequence[Result]) -> tuple[float, float]:
    """The confidence of the best useless page and of the worst usable one: a gate belongs
    between the two."""
    useless = [one.confidence for one in found if one.wrong >= USELESS]
    usable = [one.confidence for one in found if one.wrong <= USABLE]
    return max(useless, default=0.0), min(usable, default=1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints and writes the section; 1 when the gate in force does not lie between the two."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.reading_gate")
    parser.add_argument("--output", type=Path, help=f"for the record: {READING}")
    asked = parser.parse_args(arguments)
    limits = ReadingSettings(_env_file=None, workers=1)
    found = []
    for one in results(limits):
        found.append(one)
        sys.stderr.write(f"\r{len(found)} {one.name:40}")
        sys.stderr.flush()
    text = "\n".join(section(found, limits.confidence_gate)) + "\n"
    sys.stdout.write(text)
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    low, high = gates(found)
    return 0 if low < limits.confidence_gate <= high else 1


def section(found: Sequence[Result], gate: float) -> Iterator[str]:
    """What was found, as a section of docs/benchmarks.md."""
    low, high = gates(found)
    useless = [one for one in found if one.wrong >= USELESS]
    usable = [one for one in found if one.wrong <= USABLE]
    yield "## The confidence from which a page counts as read"
    yield ""
    yield f"Printed by `python -m evals.bench.reading_gate --output {READING}`. {conditions()}"
    yield (
        f"{len(found)} drawn pages that get worse step by step. {len(usable)} have at most "
        f"{USABLE:.0%} wrong letters: the worst of them has confidence {high:.3f}. {len(useless)} "
        f"have {USELESS:.0%} or more: the best of them has {low:.3f}. The gate in force, "
        f"{gate:.2f}, {'parts' if low < gate <= high else '**does not part**'} them; "
        f"{sum(one.wrong > USABLE and one.confidence >= gate for one in found)} pages between the "
        "two pass it."
    )
    yield ""
    rows = [
        [one.name, f"{one.wrong:.1%}", f"{one.confidence:.3f}", ", ".join(one.flaws)]
        for one in sorted(found, key=lambda one: one.confidence, reverse=True)
    ]
    yield from table(["page", "wrong letters", "confidence", "called"], rows)


if __name__ == "__main__":
    sys.exit(main())
