"""Text with marks, cut into messages that Telegram takes, written as its HTML.

Marks belong to spans and spans never cross a message, so that the markup of every part is balanced
by construction. Everything is escaped when it is written.
"""

from __future__ import annotations

import html as _html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

LIMIT = 4096  # UTF-16 units of the text without its markup (core.telegram.org/bots/api)
MOST_MARKS = 100  # further entities of a message are dropped by Telegram
Mark = Literal["b", "i", "code", "a", "blockquote"]
_LOST = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_WORD = re.compile(r"\s*\S+|\s+")
_JOINERS = "\u200d\ufe0f\ufe0e"


class Span(NamedTuple):
    """A piece of one line under at most one mark; `href` belongs to the mark `a`."""

    text: str
    mark: Mark | None = None
    href: str | None = None


Row = tuple[Span, ...]
BLANK: Row = ()


def row(*parts: str | Span) -> Row:
    """A line of plain and marked pieces."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def bold(text: str) -> Span:
    """Text in bold."""
    return Span(text, "b")


def italic(text: str) -> Span:
    """Text in italics."""
    return Span(text, "i")


def link(text: str, href: str) -> Span:
    """Text that opens an address."""
    return Span(text, "a", href)


def units(text: str) -> int:
    """The length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def as_html(rows: Iterable[Row]) -> str:
    """Lines as Telegram HTML."""
    return "\n".join("".join(map(_span_html, line)) for line in rows)


def escaped(text: str) -> str:
    """Text in which nothing is markup."""
    return _html.escape(_LOST.sub(" ", text), quote=False)


def _span_html(span: Span) -> str:
    text = escaped(span.text)
    if span.mark is None or not text:
        return text
    if span.mark == "a":
        return f'<a href="{_html.escape(_LOST.sub("", span.href or ""))}">{text}</a>'
    return f"<{span.mark}>{text}</{span.mark}>"


def split(rows: Iterable[Row], limit: int = LIMIT, most: int = MOST_MARKS) -> list[list[Row]]:
    """Messages of at most `limit` units and `most` marks, in order.

    A paragraph (lines up to an empty one) stays whole when it fits a message, else a line, else
    words; only a single word longer than a message is cut, between characters.
    """
    paragraphs = list(_paragraphs(rows))
    whole = [line for paragraph in paragraphs for line in (BLANK, *paragraph)][1:]
    if _size(whole).fits(limit, most):  # Nearly always, and measured once instead of line by line.
        return [whole] if whole else []
    cutter = _Cutter(limit, most)
    for paragraph in paragraphs:
        cutter.add(paragraph)
    # Blanks before a word that fills a message would be a message of their own, which is refused.
    return [message for message in cutter.messages() if any(map(_says, message))]


def _says(line: Row) -> bool:
    """Whether a line has more than blanks."""
    return any(span.text.strip() for span in line)


def _paragraphs(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Lines between empty lines; marked spans over several lines become one a line."""
    gathered: list[Row] = []
    for line in (piece for given in rows for piece in _unwrapped(given)):
        if _says(line):
            gathered.append(line)
        elif gathered:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _unwrapped(line: Row) -> Iterator[Row]:
    whole = "".join([span.text for span in line])
    if whole.splitlines() in ([whole], []):
        yield line
        return
    current: list[Span] = []
    for span in line:
        first, *rest = span.text.splitlines() or [""]
        current.append(Span(first, span.mark, span.href))
        for text in rest:
            yield tuple(current)
            current = [Span(text, span.mark, span.href)]
    yield tuple(current)


class _Size(NamedTuple):
    units: int
    marks: int

    def then(self, other: _Size) -> _Size:
        """Both, with a line break between them."""
        return _Size(self.units + 1 + other.units, self.marks + other.marks)

    def fits(self, limit: int, most: int) -> bool:
        """Whether a message takes it."""
        return self.units <= limit and self.marks <= most


_NOTHING = _Size(0, 0)


def _size(rows: Sequence[Row]) -> _Size:
    spans = [span for line in rows for span in line]
    breaks = max(len(rows) - 1, 0)
    length = units("".join([span.text for span in spans]))
    return _Size(length + breaks, len([span for span in spans if span.mark is not None]))


class _Cutter:
    """Fills one message after another, and knows how full it is."""

    def __init__(self, limit: int, most: int) -> None:
        self.limit, self.most = limit, most
        self.full: list[list[Row]] = []
        self.rows: list[Row] = []
        self.size = _NOTHING

    def add(self, paragraph: list[Row]) -> None:
        """The whole paragraph into this message or the next; a long one line by line."""
        size = _size(paragraph)
        if self.rows and self._fits(self.size.then(_NOTHING).then(size)):
            self._put(BLANK, _NOTHING)
        elif self.rows and self._fits(size):
            self._turn()
        if self._fits(self.size.then(size) if self.rows else size):
            for line in paragraph:
                self._put(line, _size([line]))
            return
        if self.rows and self.rows[-1]:
            self._put(BLANK, _NOTHING)
        for line in paragraph:
            self._add_line(line)

    def messages(self) -> list[list[Row]]:
        """All messages, none of them empty."""
        self._turn()
        return self.full

    def _add_line(self, line: Row) -> None:
        size = _size([line])
        pieces = [line] if self._fits(size) else _pieces(line, self.limit, self.most)
        for piece in pieces:
            self._put(piece, _size([piece]))

    def _put(self, line: Row, size: _Size) -> None:
        """One line more, in the next message when this one is full."""
        if self.rows and not self._fits(self.size.then(size)):
            self._turn()
        self.size = self.size.then(size) if self.rows else size
        self.rows.append(line)

    def _fits(self, size: _Size) -> bool:
        return size.fits(self.limit, self.most)

    def _turn(self) -> None:
        while self.rows and not self.rows[-1]:
            self.rows.pop()
        if self.rows:
            self.full.append(self.rows)
        self.rows, self.size = [], _NOTHING


def _pieces(line: Row, limit: int, most: int) -> Iterator[Row]:
    """A line that is too long for a message, as lines that fill one each."""
    current: list[Span] = []
    room, marks = limit, most
    for span in (piece for whole in line for piece in _words(whole, limit)):
        size, marked = units(span.text), int(span.mark is not None)
        joins = bool(current) and _continues(current[-1], span)
        if size > room or (marked and not joins and not marks):
            yield tuple(current)
            current, room, marks, joins = [], limit, most, False
            span = Span(span.text.lstrip(), span.mark, span.href)
            size = units(span.text)
        if joins:
            current[-1] = Span(current[-1].text + span.text, span.mark, span.href)
        else:
            current.append(span)
            marks -= marked
        room -= size
    yield tuple(current)


def _continues(before: Span, span: Span) -> bool:
    return (before.mark, before.href) == (span.mark, span.href)


def _words(span: Span, limit: int) -> Iterator[Span]:
    for match in _WORD.finditer(span.text):
        for text in _clusters(match[0], limit):
            yield Span(text, span.mark, span.href)


def _clusters(word: str, limit: int) -> Iterator[str]:
    """A word in parts of at most `limit` units, cut where no visible character is torn."""
    part, size = "", 0
    for cluster in _characters(word):
        length = units(cluster)
        if size + length > limit and part:
            yield part
            part, size = "", 0
        part, size = part + cluster, size + length
    yield part


def _characters(word: str) -> Iterator[str]:
    """Letters with their marks, and emoji with what is joined to them; at most 64 units each."""
    cluster = ""
    for letter in word:
        joined = (
            unicodedata.combining(letter)
            or letter in _JOINERS
            or cluster.endswith("\u200d")
            or 0x1F3FB <= ord(letter) <= 0x1F3FF
        )
        if cluster and (not joined or units(cluster) > 60):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster
