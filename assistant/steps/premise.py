"""A figure that a question takes for granted: whether the record says it; words without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from assistant.redaction import redact
from knowledge.figures import durations_in, number_of
from knowledge.procedure import Procedure
from knowledge.text import composed, folded

_SUM = re.compile(
    r"(?<![\w.,/])(\d+(?:[.,]\d+)*)\s*(triệu|trieu|tr|củ|cu|nghìn|nghin|ngàn|ngan|k|đồng|dong|đ|vnđ|vnd|"
    r"million|thousand|dollars?|usd)(?!\w)",
    re.IGNORECASE,
)
_COPIES = re.compile(r"\b(\d{1,2}) ban (chinh|sao|photo)\b")
_FORM = re.compile(r"\b(?:CT|TK|HS|DK|NA|ĐK)[-.]?\d{1,3}\w?\b", re.IGNORECASE)
_HOUSEHOLD = re.compile(r"\b(?:phai|can|bat buoc|doi|mang|nop)(?: \w+){0,4} (?:so )?ho khau\b")
_PLACEHOLDER = re.compile(r"<[A-Z]+>")
_SCALE = {"tr": 6, "cu": 6, "million": 6, "ngh": 3, "nga": 3, "k": 3, "thousand": 3}
_CONFIRMS = re.compile(
    r"\b(?:(?:phai|dung) (?:khong|ko|k|hong|ha)|co dung|co that|nghe (?:noi|bao|don|dau)|"
    r"(?:ho|nguoi ta|ban|ong|co|hang xom|ai do) (?:\w+ )?(?:bao|noi|doi)|chac la|a ha|"
    r"right|is (?:it|that) (?:true|right|correct)|is that|i heard|(?:told|says|said))\b"
)


class Premise(StrEnum):
    """What a question takes for granted."""

    FEE = "fee"
    TIME = "time"
    COPIES = "copies"
    FORM = "form"
    HOUSEHOLD = "household"


def false_premises(text: str, procedure: Procedure) -> tuple[Premise, ...]:
    """What the question asks to confirm and the record does not hold; only what it can show."""
    plain = folded(text)
    if not _CONFIRMS.search(plain):
        return ()
    found = {premise: is_false(text, procedure) for premise, is_false in _FALSE.items()}
    return tuple(premise for premise, false in found.items() if false)


def _fee(text: str, procedure: Procedure) -> bool:
    sums = _sums(text)
    fees = {fee.amount for c in procedure.channels for fee in c.fees if fee.amount is not None}
    return bool(sums and fees and not sums & fees)


def _time(text: str, procedure: Procedure) -> bool:
    times = {limit.number for limit in durations_in(text)}
    channels = procedure.channels
    limits = {time.number for c in channels for time in c.time_limits if time.number is not None}
    return bool(times and limits and not times & limits)


def _copies(text: str, procedure: Procedure) -> bool:
    """Counts of originals or copies, when no paper of the record has such a count."""
    said = {(match[2] == "chinh", int(match[1])) for match in _COPIES.finditer(folded(text))}
    papers = [paper for _, _, paper in procedure.requirements()]
    told = {(True, p.originals) for p in papers} | {(False, p.copies) for p in papers}
    known = any(p.originals is not None or p.copies is not None for p in papers)
    return bool(said) and known and not said & told


def _form(text: str, procedure: Procedure) -> bool:
    said = {match[0].upper() for match in _FORM.finditer(composed(text))}
    codes = {p.form_code.upper() for _, _, p in procedure.requirements() if p.form_code}
    return bool(said and codes) and not any(code in known for code in said for known in codes)


def _household(text: str, procedure: Procedure) -> bool:
    """The household book, when the whole record does not speak of it."""
    asked = _HOUSEHOLD.search(folded(text))
    return bool(asked) and "ho khau" not in folded(procedure.model_dump_json())


_FALSE: dict[Premise, Callable[[str, Procedure], bool]] = {
    Premise.FEE: _fee,
    Premise.TIME: _time,
    Premise.COPIES: _copies,
    Premise.FORM: _form,
    Premise.HOUSEHOLD: _household,
}


def searchable(text: str) -> str:
    """The words without sums of money and personal numbers, which say nothing of the procedure."""
    return _PLACEHOLDER.sub(" ", redact(_SUM.sub(" ", composed(text))))


def _sums(text: str) -> set[Decimal]:
    return {
        number_of(match[1]) * 10 ** _zeros(folded(match[2]).lower())
        for match in _SUM.finditer(composed(text))
    }


def _zeros(unit: str) -> int:
    if unit.startswith("trieu"):
        return 6
    return next((zeros for start, zeros in _SCALE.items() if unit.startswith(start)), 0)
