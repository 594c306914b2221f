"""Whether a form was signed: ink by the line that asks for it, or words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.dossier.reading_text import Folded
from assistant.dossier.sheets import Line, Sheet
from ingest.reading.page import Box, FactKind

_ASKS = re.compile(r"\bk[yi]\W{0,2}\s*(va\s*)?(ten|ghi ro)|ghi ro ho|\(k[yi]\b|diem chi")
_SIGNER = re.compile(
    r"^\W*(nguoi|ben|chu ho|dai dien|dai dien ben|ben)\s*(yeu cau|khai|lam don|de nghi|uy quyen"
    r"|dang ky|cam doan|cam ket|viet don|nop don"
    r"|dung don|ke khai|nhan uy quyen|duoc uy quyen|thong bao|lap)\b"
)
_SAYS = re.compile(r"\(?\bda k[yi]\b\)?|digitally signed|ky boi|ky so boi|chu ky so")
_ROOM = 0.16  # of a page's height under the line that asks: room for a hand
_SIDE = 0.12
_SCRAWL = 0.5  # confidence below which a short line is a hand, not print


class Signature(StrEnum):
    """What is known of a signature."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Signed:
    """Whether a paper is signed, and the place that asks for it or bears it."""

    state: Signature = Signature.UNKNOWN
    sheet: Sheet | None = None
    box: Box | None = None


def signed(sheets: Sequence[Sheet], lines: dict[int, list[Folded]]) -> Signed:
    """Whether the person who hands in a form signed it; UNKNOWN when nothing asks for it."""
    asking: Signed | None = None
    scrawled: Signed | None = None
    for sheet in sheets:
        for fact in sheet.facts:
            if fact.kind is FactKind.PDF_SIGNATURE:
                return Signed(Signature.YES, sheet, fact.box)
        for line in _asking(lines[id(sheet)]):
            room = _room_under(line)
            if box := _mark_in(room, sheet, lines[id(sheet)]):
                return Signed(Signature.YES, sheet, box)
            if box := _scrawl_in(room, lines[id(sheet)]):
                scrawled = scrawled or Signed(Signature.UNKNOWN, sheet, box)
            asking = asking or Signed(Signature.NO, sheet, line.box)
    # A few letters that recognition is not sure of may be a hand, or a speck: an officer looks.
    return scrawled or asking or Signed()


def _asking(lines: Sequence[Folded]) -> Iterator[Line]:
    """Lines of the lower part that ask for a signature."""
    for line in lines:
        if line.line.box.top > 0.25 and _asks(line):
            yield line.line


def _room_under(line: Line) -> Box:
    box = line.box
    return Box(box.left - _SIDE, box.top - 0.01, box.right + _SIDE, box.bottom + _ROOM)


def _mark_in(room: Box, sheet: Sheet, lines: Sequence[Folded]) -> Box | None:
    """Ink, or words such as '(đã ký)', within the room."""
    for fact in sheet.facts:
        blue = fact.kind is FactKind.STAMP and fact.value.get("colour") == "blue"
        if (fact.kind is FactKind.INK or blue) and fact.box and _meet(room, fact.box):
            return fact.box  # a broad hand in blue can pass for a blue stamp
    for line in lines:
        if _meet(room, line.line.box) and _SAYS.search(line.text):
            return line.line.box
    return None


def _scrawl_in(room: Box, lines: Sequence[Folded]) -> Box | None:
    found = (line.line.box for line in lines if _is_scrawl(line) and _meet(room, line.line.box))
    return next(found, None)


def _is_scrawl(line: Folded) -> bool:
    """What recognition makes of a hand: a few letters it is not sure of, and nothing it asks."""
    return line.line.confidence < _SCRAWL and len(line.line.words) <= 3 and not _asks(line)


def _asks(line: Folded) -> bool:
    return bool(_ASKS.search(line.text) or _SIGNER.search(line.text))


def _meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
