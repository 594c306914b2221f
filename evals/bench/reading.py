"""python -m evals.bench.reading DIR

Reads every file of a directory as if it were handed in alone, and prints for each what came of it:
pages, sources, confidence, flaws, facts, refusals, seconds by the clock and seconds of processor
time. No word of a document is printed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.reading import ReadingSettings, read_files
from ingest.reading.confine import Limits
from ingest.reading.page import Handed, Page, Reading, Refusal
from ingest.reading.sandbox import Outcome, Sandbox
from ingest.reading.wire import Message
from knowledge.settings import read_settings

_HEAD = (
    "| File | Pages | Source | Confidence | Flaws | Facts | Refused | Seconds | Processor |\n|"
    + "---|" * 9
)


class Metered(Sandbox):
    """The real sandbox, which notes what its children cost."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Starts counting anew."""
        self.cpu_seconds, self.peak_mb = 0.0, 0.0

    def run(
        self, limits: Limits, message: Message, *blobs: bytes, most: int = 300_000_000
    ) -> Outcome:
        """One step, as in Sandbox."""
        outcome = super().run(limits, message, *blobs, most=most)
        self.cpu_seconds += outcome.ending.cpu_seconds
        self.peak_mb = max(self.peak_mb, outcome.ending.peak_mb)
        return outcome


def main(arguments: Sequence[str]) -> int:
    """Prints the table; 2 when there is no such directory."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("Usage: python -m evals.bench.reading DIR\n")
        return 2
    limits = read_settings(ReadingSettings)
    sys.stdout.write(_HEAD + "\n")
    sandbox = Metered()
    for path in sorted(filter(Path.is_file, Path(arguments[0]).iterdir())):
        sandbox.reset()
        began = time.monotonic()
        reading = read_files([Handed(path.name, path.read_bytes())], limits, None, sandbox)
        seconds = time.monotonic() - began
        sys.stdout.write(row(path.name, reading, seconds, sandbox.cpu_seconds) + "\n")
        sys.stdout.flush()
    sandbox.close()
    return 0


def row(name: str, reading: Reading, seconds: float, cpu_seconds: float) -> str:
    """One line of the table; times of the whole file."""
    pages = reading.pages
    cells = [
        name,
        str(len(pages)),
        _counted(page.source.value for page in pages),
        _confidence(pages),
        _counted(flaw.value for page in pages for flaw in page.flaws),
        _counted(fact.kind.value for page in pages for fact in page.facts),
        "; ".join(map(_refused, reading.refusals)),
        f"{seconds:.1f}",
        f"{cpu_seconds:.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def _confidence(pages: Sequence[Page]) -> str:
    if not pages:
        return ""
    shares = [page.confidence for page in pages]
    return f"{sum(shares) / len(shares):.3f} (least {min(shares):.3f})"


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in Counter(names).most_common())


def _refused(refusal: Refusal) -> str:
    numbers = ", ".join(f"{key} {value}" for key, value in refusal.detail.items())
    place = f" from page {refusal.page}" if refusal.page else ""
    return f"{refusal.reason.value}{place}" + (f" ({numbers})" if numbers else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
