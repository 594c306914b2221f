"""How long reading takes: one page on one core, and five pages on two. Nothing is remembered.

By the clock, which a busy machine makes longer, and in processor time, which it hardly does.

time_reading(half, pages=30, dossiers=5) -> Timing
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from evals.bench.reading import Metered
from evals.dossiers.bundle import files_of
from evals.dossiers.people import Half
from evals.dossiers.plan import Bundle, plan_originals
from evals.dossiers.run import SEED, records
from ingest.reading.page import Handed
from ingest.reading.reader import read_files
from ingest.settings import ReadingSettings

_FIVE = 5


@dataclass(frozen=True)
class Timing:
    """Seconds of each page read alone, by the clock and of a processor, and of each dossier of
    five pages."""

    pages: tuple[float, ...]
    cpu: tuple[float, ...]
    dossiers: tuple[float, ...]

    @property
    def page_mean(self) -> float:
        """Mean seconds of a page on one core."""
        return statistics.mean(self.pages)

    @property
    def cpu_mean(self) -> float:
        """Mean seconds of a processor for a page: what one core that does nothing else takes."""
        return statistics.mean(self.cpu)

    @property
    def page_p95(self) -> float:
        """The page that 95 of 100 are faster than."""
        return sorted(self.pages)[int(len(self.pages) * 0.95)]

    @property
    def dossier_worst(self) -> float:
        """The slowest of the dossiers of five pages."""
        return max(self.dossiers)


def time_reading(half: Half, pages: int = 30, dossiers: int = 5) -> Timing:
    """Read pages one by one, then five at a time, and look at the clock."""
    files = list(islice(_pages(half), max(pages, _FIVE * dossiers)))
    sandbox = Metered()
    _spent(files[:1], 1, sandbox)  # starts the children that read
    alone = [_spent([file], 1, sandbox) for file in files[:pages]]
    fives = [_spent(files[i * _FIVE : (i + 1) * _FIVE], 2, sandbox) for i in range(dossiers)]
    sandbox.close()
    clock, cpu = zip(*alone, strict=True)
    return Timing(clock, cpu, tuple(seconds for seconds, _ in fives))


def _pages(half: Half) -> Iterator[Handed]:
    """Pages of complete dossiers as photos and scans, a file each."""
    for i, dossier in enumerate(plan_originals(half, 200, SEED, records())):
        for j, file in enumerate(files_of(replace(dossier, bundle=Bundle.JPEG))):
            yield Handed(f"{i}-{j}.jpg", file.content)


def _spent(files: list[Handed], workers: int, sandbox: Metered) -> tuple[float, float]:
    """Seconds by the clock and of processors."""
    began = time.monotonic()
    sandbox.reset()
    read_files(files, ReadingSettings(workers=workers, _env_file=None), None, sandbox)
    return time.monotonic() - began, sandbox.cpu_seconds
