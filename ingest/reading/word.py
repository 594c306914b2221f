"""Word files: text in the order of the document on one page, and pasted pictures on further ones.

A Word file has no pages of its own until it is printed; the place of a word on its page says only
in which order it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.reading.kinds import Kind, kind_of
from ingest.reading.old_word import lines_of_doc
from ingest.reading.ooxml import PICTURE, Parts, lines_of_docx
from ingest.reading.page import Box, Fact, FactKind, Flaw, Page, PageSource, Word
from ingest.reading.photo import page_of_picture
from ingest.reading.pictures import frame, size_of
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

_PAPER = 500  # pixels of the shorter side from which a pasted picture may be a paper


def count_docx(content: bytes, limits: ReadingSettings) -> int:
    """One page of text and one for each pasted picture that is large enough to be a paper."""
    return 1 + len(_papers(Parts(content, limits), limits))


def page_of_docx(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """The text as page 1, with a mark where a small picture was pasted; pasted papers from 2."""
    parts = Parts(content, limits)
    if number == 1:
        return page_of_lines(lines_of_docx(parts))
    name = _papers(parts, limits)[number - 2]
    return page_of_picture(frame(parts.read(name), 1, limits.megapixels), limits)


def page_of_doc(content: bytes, number: int, limits: ReadingSettings) -> Page:
    """The whole document as one page."""
    return page_of_lines(lines_of_doc(content, limits))


def page_of_lines(lines: Sequence[str]) -> Page:
    """A page on which the lines stand evenly under each other."""
    full = [line.split() for line in lines if line.split()]
    placed = [word for number, line in enumerate(full) for word in _placed(line, number, len(full))]
    words = tuple(word for word in placed if word.text != PICTURE)
    pasted = tuple(
        Fact(FactKind.INK, {"colour": "picture"}, word.box, 0.7)
        for word in placed
        if word.text == PICTURE
    )
    flaws = () if words else (Flaw.BLANK,)
    sure = 1.0 if words else 0.0
    return Page("", 1, PageSource.DOCUMENT, words, sure, flaws, pasted)


def _placed(line: Sequence[str], number: int, lines: int) -> list[Word]:
    length, place, words = max(80, len(" ".join(line))), 0, []
    for text in line:
        left, right = place / length, (place + len(text)) / length
        words.append(
            Word(text, Box(left, number / lines, right, (number + 1) / lines), 1.0, number)
        )
        place += len(text) + 1
    return words


def _papers(parts: Parts, limits: ReadingSettings) -> list[str]:
    return [name for name in parts.names("word/media/") if _may_be_paper(parts.read(name), limits)]


def _may_be_paper(content: bytes, limits: ReadingSettings) -> bool:
    if kind_of(content) not in (Kind.JPEG, Kind.PNG):
        return False
    try:
        return min(size_of(content, limits.megapixels)) >= _PAPER
    except Refused:
        return False
