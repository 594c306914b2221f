"""Reads an answer's text: lines, their citations, sums, lengths of time, counts of copies.

Written apart from the assistant's own telling and verifying, on purpose: an evaluator that shares
the code it grades finds nothing. Works on any text, ours or a rival's, Vietnamese or English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from knowledge.figures import legal_key, legal_numbers_in, number_of
from knowledge.procedure import TimeUnit
from knowledge.text import folded

_MARK = re.compile(r"\[(\d+)\]")
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+")
_DIGITS = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = re.compile(rf"(?<![\w./-])(?:{_DIGITS})(?![\w/])")
_SUM = re.compile(
    rf"(?<![\w.,])({_DIGITS})\s*(trieu|ty|nghin|ngan|million|thousand|k)?\s*"
    r"(viet nam dong|dong|vnd|d|usd|do la my|us dollars?|dollars?|eur|euros?)(?![a-z0-9])"
)
_DOLLARS = re.compile(rf"(?:us)?\$\s*({_DIGITS})")
_SCALE = {
    "nghin": 1_000,
    "ngan": 1_000,
    "thousand": 1_000,
    "k": 1_000,
    "trieu": 1_000_000,
    "million": 1_000_000,
    "ty": 1_000_000_000,
}
_FREE = re.compile(
    r"\b(?:mien phi|mien le phi|khong mat phi|khong thu (?:le )?phi|khong phai (?:nop|dong) phi|"
    r"free of charge|for free|no fee is (?:charged|due)|there is no fee|free)\b"
)
_LENGTH = re.compile(
    rf"(?<![\w./])({_DIGITS})\s*(?:\([^)]*\)\s*)?"
    r"(ngay lam viec|working days?|business days?|ngay|days?|gio|hours?|thang|months?|nam|years?)"
    r"(?![a-z0-9])"
)
_UNITS = {
    "ngay lam viec": TimeUnit.WORKING_DAY,
    "working day": TimeUnit.WORKING_DAY,
    "business day": TimeUnit.WORKING_DAY,
    "ngay": TimeUnit.DAY,
    "day": TimeUnit.DAY,
    "gio": TimeUnit.HOUR,
    "hour": TimeUnit.HOUR,
    "thang": TimeUnit.MONTH,
    "month": TimeUnit.MONTH,
    "nam": TimeUnit.YEAR,
    "year": TimeUnit.YEAR,
}
_DATE = re.compile(r"ngay \d{1,2} thang \d{1,2}(?: nam \d{4})?|thang \d{1,2} nam \d{4}")
_ORIGINALS = re.compile(r"(\d+)\s*(?:ban (?:chinh|goc)|originals?)|originals?:\s*(\d+)")
_COPIES = re.compile(
    r"(\d+)\s*(?:ban (?:sao|photo|copy|chup)|(?:certified |certified true )?cop(?:y|ies))"
    r"|copies:\s*(\d+)"
)
_CERTIFIED = re.compile(r"chung thuc|cong chung|certified")
_WORD = re.compile(r"\d[a-z0-9]*(?:[./-][a-z0-9]+)*|[a-z][a-z0-9]*")


@dataclass(frozen=True)
class Sum:
    """A sum of money; 0 is free of charge."""

    amount: Decimal
    currency: str = "VND"


@dataclass(frozen=True)
class Length:
    """A length of time with its unit."""

    number: Decimal
    unit: TimeUnit


@dataclass(frozen=True)
class Counts:
    """How many of a paper a text asks for; None where it does not say."""

    originals: int | None
    copies: int | None
    certified: bool


@dataclass(frozen=True)
class Said:
    """One line of an answer: its words without citation marks, what it cites, where it stands.

    `heading` is the line above that is no item of a list.
    """

    text: str
    citations: tuple[int, ...]
    item: bool
    heading: str

    @property
    def plain(self) -> str:
        """Folded: lower case, no marks."""
        return _plain(self.text)


@lru_cache(maxsize=512)
def lines_of(text: str) -> tuple[Said, ...]:
    """The lines of an answer that are not empty."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[Said]:
    heading = ""
    for raw in text.splitlines():
        if not raw.strip():
            continue
        item = _BULLET.match(raw) is not None
        words = _MARK.sub("", _BULLET.sub("", raw)).strip()
        numbers = tuple(int(found[1]) for found in _MARK.finditer(raw))
        yield Said(words, numbers, item, heading)
        if not item and not numbers:
            heading = words


@lru_cache(maxsize=20_000)
def sums_in(text: str) -> tuple[Sum, ...]:
    """Sums of money in the order of the text, then 0 when it says that nothing is paid."""
    plain = _plain(text)
    found = [
        Sum(number_of(match[1]) * _SCALE.get(match[2] or "", 1), _currency(match[3]))
        for match in _SUM.finditer(plain)
    ]
    found += [Sum(number_of(match[1]), "USD") for match in _DOLLARS.finditer(plain)]
    if _FREE.search(plain):
        found.append(Sum(Decimal(0)))
    return tuple(found)


def _currency(word: str) -> str:
    if word.startswith("eur"):
        return "EUR"
    return "USD" if word == "usd" or "do la" in word or "dollar" in word else "VND"


@lru_cache(maxsize=20_000)
def lengths_in(text: str) -> tuple[Length, ...]:
    """Lengths of time with their units, in order; dates are none."""
    return tuple(
        Length(number_of(match[1]), _UNITS[_singular(match[2])])
        for match in _LENGTH.finditer(_DATE.sub(" ", _plain(text)))
    )


def _singular(unit: str) -> str:
    return unit.removesuffix("s") if unit.endswith("s") else unit


@lru_cache(maxsize=20_000)
def numbers_in(text: str) -> frozenset[Decimal]:
    """Every number that stands on its own, whatever it counts."""
    return frozenset(number_of(match[0]) for match in _NUMBER.finditer(_plain(text)))


@lru_cache(maxsize=20_000)
def laws_in(text: str) -> frozenset[str]:
    """Numbers of laws and decrees, ready for comparison."""
    return frozenset(legal_key(number) for number in legal_numbers_in(text))


def counts_in(text: str) -> Counts:
    """Originals and copies that a line asks for."""
    plain = _plain(text)
    return Counts(_count(_ORIGINALS, plain), _count(_COPIES, plain), bool(_CERTIFIED.search(plain)))


def _count(pattern: re.Pattern[str], plain: str) -> int | None:
    match = pattern.search(plain)
    return int(match[1] or match[2]) if match else None


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """Folded words, numbers and codes."""
    return tuple(_WORD.findall(_plain(text)))


def share_of(wanted: str, text: str) -> float:
    """The share of the words of `wanted` that `text` holds; 1 when `wanted` has none."""
    words = set(tokens(wanted))
    return len(words & set(tokens(text))) / len(words) if words else 1.0


def says(text: str, wanted: str) -> bool:
    """Whether `text` holds `wanted`, marks and case aside; not as a part of a longer word."""
    plain, inner = _plain(text), _plain(wanted)
    at = plain.find(inner)
    while at >= 0:
        end = at + len(inner)
        if not (plain[max(at - 1, 0) : at].isalnum() or plain[end : end + 1].isalnum()):
            return True
        at = plain.find(inner, at + 1)
    return False


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return folded(text)
