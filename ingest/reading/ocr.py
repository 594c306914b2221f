"""Words of a prepared page through Tesseract."""

from __future__ import annotations

import csv
import os
import resource
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused

Grey = NDArray[np.uint8]

# One thread a page: pages are read side by side, and threads within one only fight each other.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

_PATIENCE = 12  # seconds of processor time for one page; a full one takes one or two
_PAPER = "--oem 1 --psm 3 -c tessedit_do_invert=0"
SPARSE = "--oem 1 --psm 11 -c tessedit_do_invert=0"  # every word, in no layout
BLOCK = "--oem 1 --psm 6 -c tessedit_do_invert=0"  # one block of lines


@dataclass(frozen=True)
class Seen:
    """One word as Tesseract saw it, in pixels of the picture that was given."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float
    line: int


def words_of(grey: Grey, language: str, config: str = _PAPER) -> list[Seen]:
    """The words of a dark-on-light picture, top to bottom, with their confidence from 0 to 1."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "page.pgm"
        cv2.imwrite(str(path), grey)
        return _rows(_tesseract(path, language, config))


def _tesseract(path: Path, language: str, config: str) -> str:
    """The table of words; an empty one when the page is such a maze that time runs out."""
    try:
        with _processor_time(_PATIENCE):
            return str(pytesseract.image_to_data(str(path), lang=language, config=config))
    except pytesseract.TesseractNotFoundError as error:
        raise Refused(RefusalReason.NO_READER, program="tesseract") from error
    except pytesseract.TesseractError as error:
        if error.status == -signal.SIGXCPU:
            return ""
        raise Refused(RefusalReason.READER_FAILED, program="tesseract") from error


@contextmanager
def _processor_time(seconds: int) -> Iterator[None]:
    """A tighter limit for programs started meanwhile; this process keeps its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    tighter = int(used.ru_utime + used.ru_stime) + seconds
    if soft != resource.RLIM_INFINITY:
        tighter = min(soft, tighter)
    resource.setrlimit(resource.RLIMIT_CPU, (tighter, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _rows(table: str) -> list[Seen]:
    lines: dict[tuple[str, str, str], int] = {}
    found = []
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != "5" or not text:
            continue
        place = (row["block_num"], row["par_num"], row["line_num"])
        line = lines.setdefault(place, len(lines))
        box = (int(row["left"]), int(row["top"]), int(row["width"]), int(row["height"]))
        found.append(Seen(text, *box, float(row["conf"]) / 100, line))
    return found
