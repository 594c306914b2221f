"""A figure that a question takes for granted: whether the record says it; words without it."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.redaction import redact
from knowledge.figures import durations_in, number_of
from knowledge.procedure import Procedure
from knowledge.text import composed, folded

_SUM = re.compile(
    r"(?<![\w.,/])(\d+(?:[.,]\d+)*)\s*(triệu|trieu|tr|củ|cu|nghìn|nghin|ngàn|ngan|k|đồng|dong|đ|vnđ|vnd|"
    r"million|thousand|dollars?|usd)(?!\w)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<[A-Z]+>")
_SCALE = {"tr": 6, "cu": 6, "million": 6, "ngh": 3, "nga": 3, "k": 3, "thousand": 3}
_CONFIRMS = re.compile(
    r"\b(?:(?:phai|dung) (?:khong|ko|k|hong|ha)|co dung|co that|nghe (?:noi|bao|don|dau)|"
    r"(?:ho|nguoi ta|ban|ong|co|hang xom|ai do) (?:\w+ )?(?:bao|noi|doi)|chac la|a ha|"
    r"right|is (?:it|that) (?:true|right|correct)|is that|i heard|(?:told|says|said))\b"
)


def has_false_premise(text: str, procedure: Procedure) -> bool:
    """Whether the question asks to confirm a sum or a time that the record does not hold."""
    if not _CONFIRMS.search(folded(text)):
        return False
    sums, times = _sums(text), {limit.number for limit in durations_in(text)}
    channels = procedure.channels
    fees = {fee.amount for c in channels for fee in c.fees if fee.amount is not None}
    limits = {time.number for c in channels for time in c.time_limits if time.number is not None}
    return bool(sums and fees and not sums & fees) or bool(times and limits and not times & limits)


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
