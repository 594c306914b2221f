"""A line's words searched without their marks, with the way back to words and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.dossier.sheets import Line, Sheet, around
from ingest.reading.page import Box, Word
from knowledge.text import folded

_DAY = r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*((?:19|20)\d{2})"
_LONG_DAY = r"(?:ngay\s*)?(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*((?:19|20)\d{2})"
DATE = re.compile(rf"(?<!\d){_DAY}(?!\d)|{_LONG_DAY}(?!\d)")


@dataclass(frozen=True)
class Span:
    """Words of a line as they were read, with their box and least confidence."""

    text: str
    box: Box
    confidence: float
    sheet: Sheet
    words: tuple[float, ...] = ()  # the confidence of each word


# Letters that recognition makes of figures; undone only in words that are figures otherwise.
_FIGURES = str.maketrans("óÓéÉoOøØöÖlI|¡ŠšS", "66660000001111555")


def _plain(word: str) -> str:
    """A word in bare letters; 202ó and 0ó8O85 as the figures they were."""
    figures = sum(ch.isdigit() for ch in word)
    letters = sum(ch.isalpha() or ch in "|¡" for ch in word)
    return folded(word.translate(_FIGURES) if figures > 2 * letters > 0 else word)


class Folded:
    """A line in bare letters; offsets lead back to its words."""

    def __init__(self, line: Line, sheet: Sheet) -> None:
        self.line, self.sheet = line, sheet
        self.starts: list[int] = []
        parts, at = [], 0
        for word in line.words:
            bare = _plain(word.text)
            self.starts.append(at)
            parts.append(bare)
            at += len(bare) + 1
        self.text = " ".join(parts)

    def span(self, start: int, end: int) -> Span | None:
        """The words between two offsets of `text`."""
        words = [
            word
            for word, at in zip(self.line.words, self.starts, strict=True)
            if at < end and at + max(len(folded(word.text)), 1) > start
        ]
        return span_of(words, self.sheet) if words else None


def span_of(words: list[Word], sheet: Sheet) -> Span:
    """Words as one span."""
    text = " ".join(word.text for word in words)
    sure = tuple(word.confidence for word in words)
    return Span(text, around(words), min(sure), sheet, sure)


def folded_lines(sheet: Sheet) -> list[Folded]:
    """Every line of a sheet, ready to be searched."""
    return [Folded(line, sheet) for line in sheet.lines]


def below(line: Line, lines: list[Folded]) -> Folded | None:
    """The nearest line under `line` in the same column."""
    under = [
        other
        for other in lines
        if -0.2 * line.size <= other.line.box.top - line.box.bottom < 2.5 * line.size
        and other.line.box.left < line.box.right
        and other.line.box.right > line.box.left
        and other.line is not line
    ]
    return min(under, key=lambda other: other.line.box.top) if under else None


def beside(line: Line, lines: list[Folded]) -> Folded | None:
    """The nearest line to the right of `line` on its level: what is written by hand after a printed
    label is often read as a line of its own."""
    level = [
        other
        for other in lines
        if other.line.box.left >= line.box.right
        and abs(_middle(other.line) - _middle(line)) < 0.6 * max(line.size, other.line.size)
    ]
    return min(level, key=lambda other: other.line.box.left) if level else None


def _middle(line: Line) -> float:
    return (line.box.top + line.box.bottom) / 2


def day_of(match: re.Match[str]) -> date | None:
    """The day a match of DATE names; None when there is no such day."""
    groups = [group for group in match.groups() if group]
    try:
        return date(int(groups[2]), int(groups[1]), int(groups[0]))
    except (ValueError, IndexError):
        return None


def dates_in(line: Folded, start: int = 0) -> Iterator[tuple[date, Span]]:
    """Days written in a line from offset `start` on."""
    for match in DATE.finditer(line.text, start):
        day, span = day_of(match), line.span(*match.span())
        if day and span:
            yield day, span
