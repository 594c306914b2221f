"""Figures in official Vietnamese text: amounts, time limits, form codes, legal numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from knowledge.procedure import TimeUnit
from knowledge.text import composed, folded

_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"({_NUMBER})\s*(triệu|tỷ|nghìn|ngàn)?\s*"
    r"(việt nam đồng|đồng|vnđ|vnd|đ|usd|đô la mỹ|eur)(?![^\W_])",
    re.IGNORECASE,
)
_SCALE = {"nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000}
_CURRENCY = {"usd": "USD", "đô la mỹ": "USD", "eur": "EUR"}
_TIME = re.compile(
    rf"({_NUMBER})\s*(?:\([^)]*\)\s*)?(ngày làm việc|ngày|giờ|tháng|năm)(?![^\W_])", re.IGNORECASE
)
_UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
    "năm": TimeUnit.YEAR,
}
LEGAL_NUMBER = re.compile(
    r"\d+(?:\.\d+)?/(?:\d{4}/)?(?:[A-ZĐ]+\d*)(?:[-–/][A-ZĐa-z]+\d*)*", re.UNICODE
)
_NUMERAL = re.compile(rf"{_NUMBER}")


@dataclass(frozen=True)
class Amount:
    """A sum of money."""

    value: Decimal
    currency: str


@dataclass(frozen=True)
class Duration:
    """A length of time with its unit."""

    number: Decimal
    unit: TimeUnit


@lru_cache(maxsize=8192)
def number_of(text: str) -> Decimal:
    """'10.000', '10,000' and '10000' are ten thousand; '1.5' and '1,5' are one and a half."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", text):
        return Decimal(re.sub(r"[.,]", "", text))
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+[.,]\d+", text):
        head, tail = text[: -len(re.split(r"[.,]", text)[-1]) - 1], re.split(r"[.,]", text)[-1]
        return Decimal(re.sub(r"[.,]", "", head) + "." + tail)
    return Decimal(text.replace(",", "."))


def amounts_in(text: str) -> list[Amount]:
    """Every sum of money that the text names, in order."""
    return [
        Amount(
            number_of(match[1]) * _SCALE.get((match[2] or "").lower(), 1),
            _CURRENCY.get(match[3].lower(), "VND"),
        )
        for match in _AMOUNT.finditer(composed(text))
    ]


def durations_in(text: str) -> list[Duration]:
    """Every length of time with a unit, in order."""
    return [
        Duration(number_of(match[1]), _UNITS[match[2].lower()])
        for match in _TIME.finditer(composed(text))
    ]


@lru_cache(maxsize=16384)
def numbers_in(text: str) -> frozenset[Decimal]:
    """Every number written in digits, whatever it counts; '07' is 7. Lines of records recur."""
    return frozenset(number_of(match[0]) for match in _NUMERAL.finditer(composed(text)))


def legal_key(number: str) -> str:
    """A legal number for comparison: '190/2025/NQ-QH15', dashes, case and spaces alike."""
    return re.sub(r"[\s–—-]", "", folded(number)).upper()


def legal_numbers_in(text: str) -> list[str]:
    """Numbers of laws, decrees, circulars and decisions, in order, as written."""
    return [match[0] for match in LEGAL_NUMBER.finditer(composed(text))]
