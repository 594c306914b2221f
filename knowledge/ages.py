"""Ages: how old somebody is, in a question, and for whom a title is."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import folded

YEARS = re.compile(r"\b(\d{1,2})(?: tuoi|t\b|[ -]years?[ -]old)")
_UNDER = re.compile(r"\b(?:duoi|under) (\d+)\b")
_FROM = re.compile(r"\b(?:tu (?:du )?|aged )(\d+)(?: tuoi| or over)")
_NOT_YET = re.compile(r"\b(?:duoi|chua (?:du|toi|den|day)|under|below|not yet) $")


def years_in(plain: str) -> int | None:
    """How old somebody is in figures; 'dưới 14 tuổi' and 'chưa đủ 14 tuổi' are younger."""
    match = YEARS.search(plain)
    if match is None:
        return None
    return int(match[1]) - bool(_NOT_YET.search(plain[: match.start()]))


def fits_age(name: str, years: int) -> bool | None:
    """Whether a title is for somebody of that age; None where it names none."""
    under, start = _bounds(name)
    if under is None and start is None:
        return None
    return (under is None or years < under) and (start is None or years >= start)


@lru_cache(maxsize=20_000)
def _bounds(name: str) -> tuple[int | None, int | None]:
    """Under which age a title is, and from which on."""
    plain = folded(name)
    under, start = _UNDER.search(plain), _FROM.search(plain)
    return under and int(under[1]), start and int(start[1])
