"""What a paper says: people with names, birthdays and numbers; days; marks; signature.

Codes that machines wrote (QR, machine-readable lines) are trusted before printed words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from assistant.dossier.classify import Piece
from assistant.dossier.people import Person, Value, people_of
from assistant.dossier.reading_text import Folded, Span, below, dates_in, folded_lines
from assistant.dossier.sheets import Sheet
from assistant.dossier.signatures import Signed, signed
from ingest.reading.page import Fact, FactKind
from knowledge.text import folded

_EXPIRES = re.compile(
    r"co gia tri den|gia tri den|date of expiry|ngay het han|het han|valid until|thoi han den"
    r"|co gia tri su dung den|expires"
)
_ISSUED = re.compile(
    r"ngay cap|cap ngay|ngay thang nam cap|ngay, thang, nam cap|date of issue|ngay phat hanh"
)
_PLACE_DAY = re.compile(r"^[^:]{2,40},?\s*ngay\s*\d{1,2}\s*thang")
_CERTIFIED = re.compile(
    r"chung thuc ban sao dung voi ban chinh|ban sao dung voi ban chinh|sao y ban chinh|\bsao y\b"
    r"|so chung thuc"
    r"|chung thuc (chu ky|hop dong|giao dich)|loi chung|cong chung vien|so cong chung"
)
_A4 = 210 / 297
_COPY = re.compile(
    r"ban sao dung voi ban chinh|sao y|^\W*\(?ban sao\)?\W*$|trich luc[^:]{0,40}\(ban sao\)", re.M
)
# Strokes between the parts of a document's number are thin: recognition loses them.
_BASIS = re.compile(
    r"(?<![\d/])(\d{1,3}(?:\.\d)?)\s*[/⁄|\\]\s*((?:19|20)\d{2})\s*[/⁄|\\l]?\s*"
    r"((?:tt|nd|qd|nq)[a-z]*)\s*[-–—.]\s*([a-z]{1,12})",
    re.I,
)


@dataclass(frozen=True)
class Day:
    """A day written on a paper and where."""

    day: date
    span: Span | None
    fact: Fact | None = None
    sheet: Sheet | None = None


@dataclass(frozen=True)
class Basis:
    """A circular or decree that a form names at its top."""

    number: str
    span: Span


@dataclass(frozen=True)
class Fields:
    """Everything read off one paper."""

    piece: Piece
    people: tuple[Person, ...] = ()
    issued: tuple[Day, ...] = ()
    expires: tuple[Day, ...] = ()
    basis: tuple[Basis, ...] = ()
    signed: Signed = field(default_factory=Signed)
    certified: Span | None = None
    copied: Span | None = None
    stamps: tuple[Fact, ...] = ()
    lines: tuple[Folded, ...] = ()

    @cached_property
    def numbers(self) -> tuple[Value, ...]:
        """Every identity number on the paper."""
        return tuple(person.number for person in self.people if person.number)

    @property
    def is_certified(self) -> bool:
        """Whether a certifier's words are there, or the two red stamps they put: a broad one with
        those words, which recognition seldom reads, and a round one."""
        return self.certified is not None or {True, False} <= set(map(_is_broad, self.stamps))


def fields_of(piece: Piece) -> Fields:
    """All fields of a paper."""
    lines = {id(sheet): folded_lines(sheet) for sheet in piece.sheets}
    every = [line for sheet in piece.sheets for line in lines[id(sheet)]]
    return Fields(
        piece,
        people=people_of(piece.sheets, lines),
        issued=tuple(_issued(piece.sheets, lines)),
        expires=tuple(_expiries(piece.sheets, lines)),
        basis=tuple(_basis(piece.first, lines[id(piece.first)])),
        signed=signed(piece.sheets, lines),
        certified=_first(every, _CERTIFIED),
        copied=_first(every, _COPY),
        stamps=tuple(_stamps(piece.sheets)),
        lines=tuple(every),
    )


def _is_broad(stamp: Fact) -> bool:
    box = stamp.box
    if box is None or stamp.value.get("colour") != "red":
        return False
    return (box.right - box.left) * _A4 > 1.7 * (box.bottom - box.top)


def _stamps(sheets: Sequence[Sheet]) -> Iterator[Fact]:
    for sheet in sheets:
        yield from (fact for fact in sheet.facts if fact.kind is FactKind.STAMP)


def _first(lines: Sequence[Folded], pattern: re.Pattern[str]) -> Span | None:
    for line in lines:
        if match := pattern.search(line.text):
            return line.span(*match.span())
    return None


def _expiries(sheets: Sequence[Sheet], lines: dict[int, list[Folded]]) -> Iterator[Day]:
    for sheet in sheets:
        for fact in sheet.facts:
            day = _iso(fact.value.get("expires", ""))
            if fact.kind is FactKind.MRZ and day:
                yield Day(day, None, fact, sheet)
        yield from _labelled(lines[id(sheet)], _EXPIRES)


def _issued(sheets: Sequence[Sheet], lines: dict[int, list[Folded]]) -> Iterator[Day]:
    for sheet in sheets:
        for fact in sheet.facts:
            day = _iso(fact.value.get("issued", ""))
            if fact.kind is FactKind.IDENTITY_QR and day:
                yield Day(day, None, fact, sheet)
        for line in lines[id(sheet)]:
            if _PLACE_DAY.search(line.text):
                yield from (Day(day, span) for day, span in dates_in(line))


def _labelled(lines: list[Folded], label: re.Pattern[str]) -> Iterator[Day]:
    """Days after a label on its line, else the first on the line below."""
    for line in lines:
        match = label.search(line.text)
        if not match:
            continue
        found = next(dates_in(line, match.end()), None)
        if found is None and (under := below(line.line, lines)):
            found = next(dates_in(under), None)
        if found:
            yield Day(*found)


def _iso(text: str) -> date | None:
    for pattern, order in (
        (r"(\d{4})-?(\d\d)-?(\d\d)", (1, 2, 3)),
        (r"(\d\d)/?(\d\d)/?(\d{4})", (3, 2, 1)),
    ):
        if match := re.fullmatch(pattern, text.strip()):
            try:
                return date(*(int(match[i]) for i in order))
            except ValueError:
                continue
    return None


def _basis(sheet: Sheet, lines: list[Folded]) -> Iterator[Basis]:
    """Numbers of the circulars in the small print above a form's title, or anywhere near it."""
    for line in lines[:14]:
        for match in _BASIS.finditer(line.text):
            span = line.span(*match.span())
            if span:
                yield Basis(basis_number(match[0]), span)


def basis_number(text: str) -> str:
    """'Thông tư số 04/2020/TT-BTP' and '4/2020/tt-btp' as they are compared."""
    match = _BASIS.search(folded(text))
    if not match:
        return ""
    return f"{match[1].lstrip('0')}/{match[2]}/{match[3]}-{match[4]}".upper()
