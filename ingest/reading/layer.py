"""The text layer of a PDF page: letters become words, which are believed or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.reading.legacy import is_legacy
from ingest.reading.page import Box, Word

_LEAST_LETTERS = 40  # fewer are a caption, not a page
_MOST_GARBAGE = 0.02
_MOST_OVERLAP = 0.06
_SAMPLE = 3  # lines that are compared with what is drawn, beside the largest
_AGREES = 0.6  # share of the sampled letters that must be seen
_GARBAGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Letter:
    """A letter and its place in shares of the page; white space has none."""

    sign: str
    box: Box | None


def words_in(letters: Iterable[Letter]) -> list[Word]:
    """Words between white space, line by line as the document has them."""
    words: list[Word] = []
    text, boxes, line = "", list[Box](), 0
    for letter in [*letters, Letter("\n", None)]:
        if letter.box is not None:
            text, boxes = text + letter.sign, [*boxes, letter.box]
            continue
        if boxes:
            words.append(Word(text, around(boxes), 1.0, line))
        text, boxes = "", []
        if letter.sign in "\r\n" and words and words[-1].line == line:
            line += 1
    return words


def around(boxes: Sequence[Box]) -> Box:
    """The box that holds all."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def is_plausible(words: Sequence[Word]) -> bool:
    """Whether words can be what a page shows: enough of them, in known letters, side by side."""
    text = " ".join(word.text for word in words)
    letters = sum(map(str.isalpha, text))
    if letters < _LEAST_LETTERS or is_legacy(text):
        return False
    return len(_GARBAGE.findall(text)) < _MOST_GARBAGE * len(text) and not _overlaps(words)


def _overlaps(words: Sequence[Word]) -> bool:
    """Whether words lie on each other, as when some are hidden under what is seen."""
    rows, columns = 700, 500
    depth = np.zeros((rows, columns), np.int16)
    for word in words:
        middle = (word.box.top + word.box.bottom) / 2
        across = slice(int(word.box.left * columns) + 1, int(word.box.right * columns))
        depth[min(rows - 1, max(0, int(middle * rows))), across] += 1
    covered = int((depth > 0).sum())
    return int((depth > 1).sum()) > _MOST_OVERLAP * max(1, covered)


def sampled_lines(words: Sequence[Word]) -> list[list[Word]]:
    """The line in the largest letters and the longest ones, in the order of the page."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        if any(map(str.isalnum, word.text)):
            lines.setdefault(word.line, []).append(word)
    full = [line for line in lines.values() if _length(line) >= 8] or list(lines.values())
    largest = max(full, key=lambda line: max(word.box.bottom - word.box.top for word in line))
    longest = sorted(full, key=_length, reverse=True)[:_SAMPLE]
    chosen = [line for line in full if line is largest or any(line is one for one in longest)]
    return chosen


def _length(line: Sequence[Word]) -> int:
    return sum(len(word.text) for word in line)


def agrees(said: str, seen: str) -> bool:
    """Whether what a layer says is what is seen, allowing for what OCR gets wrong."""
    expected, found = _pairs(said), _pairs(seen)
    total = sum(expected.values())
    return bool(total) and sum((expected & found).values()) >= _AGREES * total


def _pairs(text: str) -> Counter[str]:
    """Neighbouring letters and digits, without regard to case and layout."""
    kept = [sign for sign in text.casefold() if sign.isalnum()]
    return Counter(one + other for one, other in pairwise(kept))
