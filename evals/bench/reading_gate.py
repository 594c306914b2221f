"""python -m evals.bench.reading_gate

Calibrates MOTCUA_READ_CONFIDENCE_GATE: draws pages that get worse step by step, reads them, and
prints confidence beside the share of wrong letters; at the end the gates that part the pages
people could use from those that they could not.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.bench.reading_pages import (
    FONTS,
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
from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import Handed, Page

USABLE = 0.05  # share of wrong letters up to which names and numbers can be found
USELESS = 0.25
_RED = (205, 40, 45)


@dataclass(frozen=True)
class Result:
    """One drawn page and what was read on it."""

    name: str
    wrong: float
    confidence: float
    flaws: tuple[str, ...]
    seconds: float


def pages() -> Iterator[tuple[str, Picture]]:
    """Clean, scanned, photographed and spoiled pages, in several fonts."""
    for font in FONTS:
        yield f"{font} print", sheet(Look(font))
        yield f"{font} skewed", turned(sheet(Look(font)), 2.4)
        yield f"{font} photo", photographed(sheet(Look(font)), Camera(seed=len(font)))
        yield f"{font} photo, stamp", photographed(stamped(sheet(Look(font)), 0.5, 0.45, _RED))
    for blur, light in itertools.product((1.5, 3, 4.5, 6, 8), (0.85, 0.3)):
        camera = Camera(blur=blur, light=light)
        yield f"photo, blur {blur}, light {light}", photographed(sheet(), camera)
    for width in (420, 560, 700, 900):
        yield f"photo, {width} pixels wide", photographed(sheet(), Camera(width=width, blur=0.4))
    for light in (0.2, 0.1, 0.05):
        yield f"photo, light {light}", photographed(sheet(), Camera(light=light))


def results(limits: ReadingSettings) -> Iterator[Result]:
    """Every page, read by the real reader with one worker."""
    truth = "\n".join(LINES)
    for name, picture in pages():
        began = time.monotonic()
        reading = read_files([Handed("page.png", encoded(picture))], limits)
        page = reading.pages[0] if reading.pages else None
        yield _result(name, page, truth, time.monotonic() - began)


def _result(name: str, page: Page | None, truth: str, seconds: float) -> Result:
    if page is None:
        return Result(name, 1.0, 0.0, ("refused",), seconds)
    flaws = tuple(flaw.value for flaw in page.flaws)
    return Result(name, wrong_letters(page.text, truth), page.confidence, flaws, seconds)


def gates(found: Sequence[Result]) -> tuple[float, float]:
    """The confidence of the best useless page and of the worst usable one: a gate belongs
    between the two."""
    useless = [one.confidence for one in found if one.wrong >= USELESS]
    usable = [one.confidence for one in found if one.wrong <= USABLE]
    return max(useless, default=0.0), min(usable, default=1.0)


def main() -> int:
    """Prints the table and the gates; 1 when the gate in force does not lie between them."""
    limits = ReadingSettings(_env_file=None, workers=1)
    sys.stdout.write(
        "| Page | Wrong letters | Confidence | Flaws | Seconds |\n|" + "---|" * 5 + "\n"
    )
    found = []
    for one in results(limits):
        found.append(one)
        cells = (one.name, f"{one.wrong:.4f}", f"{one.confidence:.3f}", ", ".join(one.flaws))
        sys.stdout.write("| " + " | ".join(cells) + f" | {one.seconds:.1f} |\n")
        sys.stdout.flush()
    low, high = gates(found)
    gate = limits.confidence_gate
    sys.stdout.write(
        f"\nBest page with {USELESS:.0%} wrong letters or more: {low:.3f}. "
        f"Worst page with {USABLE:.0%} or fewer: {high:.3f}. Gate in force: {gate:.3f}.\n"
    )
    return 0 if low < gate <= high else 1


if __name__ == "__main__":
    sys.exit(main())
