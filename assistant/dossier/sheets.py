"""A page as lines with their looks, cut into sheets where two papers lie on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from assistant.dossier.likeness import alike, bare
from ingest.reading.page import Box, Fact, Page, Word

_NATION = bare("cộng hòa xã hội chủ nghĩa việt nam")
_MOTTO = bare("độc lập tự do hạnh phúc")
_A4 = 210 / 297
_COLUMN_GAP = 2.5  # in heights of a line: justified text stays below, columns above
_TINY = 0.45  # of the usual height: printed to be overlooked, or dust


@dataclass(frozen=True)
class Line:
    """Words that stand side by side in one column."""

    words: tuple[Word, ...]
    box: Box

    @cached_property
    def text(self) -> str:
        """The words as read."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """The words as they are compared."""
        return bare(self.text)

    @cached_property
    def size(self) -> float:
        """The usual height of its words, as a share of the page."""
        return median(word.box.bottom - word.box.top for word in self.words)

    @cached_property
    def upper(self) -> float:
        """The share of capitals among its letters."""
        letters = [ch for ch in self.text if ch.isalpha()]
        return sum(ch.isupper() for ch in letters) / len(letters) if letters else 0.0

    @cached_property
    def confidence(self) -> float:
        """The mean confidence of its words."""
        return sum(word.confidence for word in self.words) / len(self.words)


@dataclass(frozen=True)
class Sheet:
    """What one paper shows of one page: all of it, or the part between two headers."""

    page: Page
    lines: tuple[Line, ...]
    top: float = 0.0
    bottom: float = 1.0
    left: float = 0.0
    right: float = 1.0

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Codes, stamps and ink within this part of the page."""
        return tuple(fact for fact in self.page.facts if self._holds(fact.box))

    def _holds(self, box: Box | None) -> bool:
        if self.is_whole or box is None:
            return self.is_whole
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    @property
    def is_whole(self) -> bool:
        """Whether the paper takes the whole page."""
        return (self.left, self.top, self.right, self.bottom) == (0.0, 0.0, 1.0, 1.0)

    @cached_property
    def body(self) -> float:
        """The usual height of a line."""
        return median(line.size for line in self.lines) if self.lines else 0.02

    @cached_property
    def text(self) -> str:
        """All lines in reading order."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def bare_text(self) -> str:
        """All words as they are compared, with a space at both ends."""
        return f" {' '.join(' '.join(line.bare) for line in self.lines)} "

    @property
    def box(self) -> Box:
        """The part of the page."""
        return Box(self.left, self.top, self.right, self.bottom)


def around(words: Sequence[Word]) -> Box:
    """The box that holds all `words`."""
    boxes = [word.box for word in words]
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


def contains(line: tuple[str, ...], phrase: tuple[str, ...], share: float = 0.75) -> bool:
    """Whether most words of `phrase` stand in `line` in order, slips allowed."""
    position, found = 0, 0.0
    for word in phrase:
        for at in range(position, min(len(line), position + 3)):
            if likeness := alike(line[at], word):
                found, position = found + likeness, at + 1
                break
    return found >= share * len(phrase)


def is_nation(line: Line) -> bool:
    """The first line of the national header."""
    return any(contains(line.bare[i:], _NATION) for i in range(min(6, len(line.bare))))


def is_motto(line: Line) -> bool:
    """The second line of the national header."""
    return any(contains(line.bare[i:], _MOTTO) for i in range(min(4, len(line.bare))))


def lines_of(page: Page) -> tuple[Line, ...]:
    """Lines from top to bottom; the columns of a letterhead become lines of their own."""
    rows: dict[int, list[Word]] = {}
    for word in page.words:
        if word.text.strip() and word.box.bottom > word.box.top:
            rows.setdefault(word.line, []).append(word)
    shape = page.width / page.height if page.width and page.height else _A4
    lines = [line for row in rows.values() for line in _columns(row, shape)]
    if not lines:
        return ()
    usual = median(line.size for line in lines)
    shown = [line for line in lines if line.size >= _TINY * usual]
    return tuple(sorted(shown, key=lambda line: (round(line.box.top, 3), line.box.left)))


def _columns(row: list[Word], shape: float) -> Iterator[Line]:
    row.sort(key=lambda word: word.box.left)
    height = median(word.box.bottom - word.box.top for word in row)
    part = [row[0]]
    for before, word in pairwise(row):
        if (word.box.left - before.box.right) * shape > _COLUMN_GAP * height:
            yield Line(tuple(part), around(part))
            part = []
        part.append(word)
    yield Line(tuple(part), around(part))


_CODE_ABOVE = re.compile(r"^(mẫu|biểu mẫu|phụ lục|\(?ban hành)\b|^\W*[A-Z]{2,4}\s?\d+\w?\W*$", re.I)


def sheets_of(page: Page) -> tuple[Sheet, ...]:
    """The page as one sheet, or as one for each national header that stands well below another,
    or side by side with another."""
    lines = lines_of(page)
    headers = [line for line in lines if is_nation(line)]
    if (middle := _between(headers)) is None:
        return _one_below_another(page, lines, headers, 0.0, 1.0)
    halves = ((0.0, middle), (middle, 1.0))
    return tuple(
        sheet
        for left, right in halves
        for sheet in _one_below_another(page, _within(lines, left, right), headers, left, right)
    )


def _between(headers: Sequence[Line]) -> float | None:
    """Where to cut a page that bears two papers side by side; None when it does not."""
    for one in headers:
        for other in headers:
            level = abs(one.box.top - other.box.top) < 0.1
            if level and one.box.right < other.box.left:
                return _gutter(one, other)
    return None


def _gutter(left: Line, right: Line) -> float:
    """Halfway between the middles of two headers, each of which stands over its own half."""
    middles = [(line.box.left + line.box.right) / 2 for line in (left, right)]
    return sum(middles) / 2


def _within(lines: Sequence[Line], left: float, right: float) -> tuple[Line, ...]:
    return tuple(line for line in lines if left <= (line.box.left + line.box.right) / 2 < right)


def _one_below_another(
    page: Page, lines: Sequence[Line], every: Sequence[Line], left: float, right: float
) -> tuple[Sheet, ...]:
    cuts = [0.0]
    headers = [line for line in lines if line in every]
    for before, header in pairwise(headers):
        if header.box.top - before.box.top > 0.12:
            cuts.append(_start_of(header, lines))
    edges = [*cuts, 1.0]
    return tuple(
        Sheet(
            page,
            tuple(line for line in lines if top <= line.box.top < bottom),
            top,
            bottom,
            left,
            right,
        )
        for top, bottom in pairwise(edges)
    )


def _start_of(header: Line, lines: Sequence[Line]) -> float:
    """Where the sheet of `header` begins: with the form's code, if that stands just above."""
    start = header.box.top - header.size / 2
    for line in reversed(lines):
        near = 0 <= header.box.top - line.box.top < 5 * header.size
        if near and _CODE_ABOVE.search(line.text):
            start = min(start, line.box.top - line.size / 4)
    return start
