"""Whether a form was signed: ink by the line that asks for it, or words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.dossier.reading_text import Folded
from assistant.dossier.sheets import Line, Sheet
from ingest.reading.page import Box, Fact, FactKind

_ASKS = re.compile(r"\bk[yi]\W{0,2}\s*(va\s*)?(ten|ghi ro)|ghi ro ho|\(k[yi]\b|diem chi")
_SIGNER = re.compile(
    r"^\W*(nguoi|ben|chu ho|dai dien|dai dien ben|ben)\s*(yeu cau|khai|lam don|de nghi|uy quyen"
    r"|dang ky|cam doan|cam ket|viet don|nop don"
    r"|dung don|ke khai|nhan uy quyen|duoc uy quyen|thong bao|lap)\b"
)
_OFFICIAL = re.compile(
    r"dong dau|^\W*(xac nhan|thu truong|uy ban|ubnd|chu tich|truong (phong|cong an)|tm\.|kt\.|tl\.)"
)
_SAYS = re.compile(r"\(?\bda k[yi]\b\)?|digitally signed|\bky boi|\bky so boi")
# Room for a hand under and beside the line that asks, in heights of a page: the width of a page
# tells little where two papers lie side by side.
_ROOM, _SIDE = 0.16, 0.085
_NEAR, _APART = 0.06, 0.1  # of a page: lines that ask for one signature, down and across
_LABEL = 8  # words from which a line that begins like a signer's label is a sentence
_SCRAWL = 0.7  # confidence below which a short line is a hand, not print


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
    """Whether the people who hand in a form signed it, each in the place that is theirs; UNKNOWN
    when nothing asks for it, or when what is there may be a hand or not: an officer looks."""
    for sheet in sheets:
        for fact in sheet.facts:
            if fact.kind is FactKind.PDF_SIGNATURE:
                return Signed(Signature.YES, sheet, fact.box)
    return _together([one for sheet in sheets for one in _found_on(sheet, lines[id(sheet)])])


def _found_on(sheet: Sheet, lines: list[Folded]) -> Iterator[Signed]:
    """What each place says in which citizens sign."""
    asking = list(_asking(lines))
    for place in _of_citizens(_places(asking), lines):
        yield _best([_found_at(line, asking, sheet, lines) for line in place])


def _together(found: Sequence[Signed]) -> Signed:
    """One answer for all places: where one hand is seen and another is not, an officer looks."""
    if not found:
        return Signed()
    states = {one.state for one in found}
    if len(states) == 1:
        return found[0]
    doubtful = next(one for one in found if one.state is not Signature.YES)
    return replace(doubtful, state=Signature.UNKNOWN)


def _best(found: Sequence[Signed]) -> Signed:
    order = (Signature.YES, Signature.UNKNOWN, Signature.NO)
    return min(found, key=lambda one: order.index(one.state))


def _places(asking: Sequence[Folded]) -> list[list[Folded]]:
    """Lines that ask for the same signature: a label and the words in brackets under it."""
    found: list[list[Folded]] = []
    for line in asking:
        own = next((place for place in found if _is_same(place[-1], line)), None)
        if own is None:
            found.append([line])
        else:
            own.append(line)
    return found


def _is_same(one: Folded, other: Folded) -> bool:
    near = abs(one.line.box.top - other.line.box.top) < _NEAR
    return near and _aside(one.line.box, other.line.box) < _APART


def _of_citizens(places: Sequence[list[Folded]], lines: Sequence[Folded]) -> Sequence[list[Folded]]:
    """The places of those who declare, where the form names them; else of all but officials."""
    theirs = [p for p in places if not any(_is_officials(line, lines) for line in p)] or places
    return [p for p in theirs if any(_SIGNER.search(line.text) for line in p)] or theirs


def _found_at(
    line: Folded, asking: Sequence[Folded], sheet: Sheet, lines: Sequence[Folded]
) -> Signed:
    room = _room_under(line, sheet)
    inks = [fact for fact in _inks(room, sheet, lines) if _is_for(line, fact.box, asking, sheet)]
    said = [one for one in lines if _meet(room, one.line.box) and _SAYS.search(one.text)]
    if clear := [fact for fact in inks if _is_clear(fact)]:
        return Signed(Signature.YES, sheet, clear[0].box)
    if said:
        return Signed(Signature.YES, sheet, said[0].line.box)
    if unclear := [fact.box for fact in inks] or _scrawls(room, lines):
        return Signed(Signature.UNKNOWN, sheet, unclear[0])
    return Signed(Signature.NO, sheet, line.line.box)


def _asking(lines: Sequence[Folded]) -> Iterator[Folded]:
    """Lines of the lower part that ask for a signature."""
    for line in lines:
        if line.line.box.top > 0.25 and _asks(line):
            yield line


def _asks(line: Folded) -> bool:
    label = _SIGNER.search(line.text) and len(line.line.words) < _LABEL and ":" not in line.text
    return bool(_ASKS.search(line.text) or label)


def _is_officials(line: Folded, lines: Sequence[Folded]) -> bool:
    """Whether an authority signs there: its own line or the ones right above say so."""
    near = [line, *(other for other in lines if _is_over(other.line.box, line.line))]
    return any(_OFFICIAL.search(one.text) for one in near)


def _is_over(box: Box, line: Line) -> bool:
    gap = line.box.top - box.bottom
    across = box.left < line.box.right and line.box.left < box.right
    return across and -0.5 * line.size < gap < 2.5 * line.size


def _room_under(line: Folded, sheet: Sheet) -> Box:
    box, page = line.line.box, sheet.page
    side = _SIDE * (page.height / page.width if page.width else 1.414)
    return Box(box.left - side, box.top, box.right + side, box.bottom + _ROOM)


def _inks(room: Box, sheet: Sheet, lines: Sequence[Folded]) -> Iterator[Fact]:
    """Ink whose middle is in the room, and which fills in no field there."""
    for fact in sheet.facts:
        blue = fact.kind is FactKind.STAMP and fact.value.get("colour") == "blue"
        marks = fact.kind is FactKind.INK or blue  # a broad hand in blue can pass for a blue stamp
        if marks and fact.box and room.holds(fact.box) and not _fills_in(fact.box, lines):
            yield fact


def _is_clear(fact: Fact) -> bool:
    return fact.kind is FactKind.INK and fact.value.get("looks") != "writing"


def _fills_in(box: Box, lines: Sequence[Folded]) -> bool:
    """Whether ink stands beside a printed label such as "Họ tên:", on its line."""
    middle = (box.top + box.bottom) / 2
    return any(
        ":" in line.text
        and line.line.box.top < middle < line.line.box.bottom
        and line.line.box.left < box.left
        for line in lines
    )


def _is_for(line: Folded, box: Box | None, asking: Sequence[Folded], sheet: Sheet) -> bool:
    """Whether ink belongs to this place: no other that asks, off its column, is nearer."""
    if box is None:
        return False
    rivals = [one for one in asking if _room_under(one, sheet).holds(box)]
    nearest = min(rivals, key=lambda one: _aside(one.line.box, box), default=line)
    return _aside(nearest.line.box, line.line.box) < _APART


def _aside(one: Box, other: Box) -> float:
    return abs(one.left + one.right - other.left - other.right) / 2


def _scrawls(room: Box, lines: Sequence[Folded]) -> list[Box]:
    return [one.line.box for one in lines if _is_scrawl(one) and _meet(room, one.line.box)]


def _is_scrawl(line: Folded) -> bool:
    """What recognition makes of a hand: a few letters it is not sure of, and nothing it asks."""
    return line.line.confidence < _SCRAWL and len(line.line.words) <= 3 and not _asks(line)


def _meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
