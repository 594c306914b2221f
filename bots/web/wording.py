"""Figures and dates of a record in words, as templates show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlsplit

from assistant.dossier.service import VIETNAM
from knowledge.procedure import Requirement


def web_link(url: str | None) -> str | None:
    """`url` when a browser may follow it: a record is data, and `javascript:` is not a source."""
    if url is None or urlsplit(url).scheme not in {"http", "https"}:
        return None
    return url


def number(value: Decimal, language: str) -> str:
    """12345.5 -> 12.345,5 in Vietnamese, 12,345.5 in English."""
    text = f"{value.normalize():,f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def plain(value: float, language: str) -> str:
    """20.0 -> 20, 1.5 -> 1,5 in Vietnamese."""
    return number(Decimal(f"{value:g}"), language)


def moment(value: datetime) -> str:
    """A moment by Vietnam's clock: 14:05 01/06/2026, in either language."""
    return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def day(value: date, language: str) -> str:
    """A date as people write it: 01/06/2026, or 1 June 2026 in English."""
    return f"{value.day} {value:%B %Y}" if language == "en" else f"{value:%d/%m/%Y}"


@dataclass(frozen=True)
class Group:
    """Papers in a row with their place in the case; `joined` when one of them is enough."""

    joined: bool
    papers: list[tuple[int, Requirement]]


def groups(requirements: Sequence[Requirement]) -> list[Group]:
    """Neighbours of one alternative group together, other papers in runs between them."""
    runs = groupby(enumerate(requirements), key=lambda numbered: numbered[1].alternative_group)
    return [Group(joined=name is not None, papers=list(papers)) for name, papers in runs]
