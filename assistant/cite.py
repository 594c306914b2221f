"""Quotes a field of a record as a person reads it, and numbers the citations of an answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from assistant.models import Citation
from knowledge.catalog import Version
from knowledge.procedure import (
    Channel,
    Fee,
    LegalDocument,
    Procedure,
    Requirement,
    TimeLimit,
    TimeUnit,
    value_at,
)

CURRENCIES = {"VND": "đồng"}
TIME_UNITS = {
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.DAY: "ngày",
    TimeUnit.HOUR: "giờ",
    TimeUnit.MONTH: "tháng",
    TimeUnit.YEAR: "năm",
}


class Citer:
    """Collects the citations of one procedure: one number a field, in order of first use.

    `before` is how many citations the answer has already, of another procedure.
    """

    def __init__(self, version: Version, before: int = 0) -> None:
        self._version = version
        self._before = before
        self._numbers: dict[str, int] = {}
        self.citations: list[Citation] = []

    def cite(self, *paths: str) -> tuple[int, ...]:
        """Numbers for the fields at `paths`; raises KeyError for a field the record lacks."""
        return tuple(self._number(path) for path in paths)

    def _number(self, path: str) -> int:
        if path not in self._numbers:
            self._numbers[path] = self._before + len(self.citations) + 1
            self.citations.append(citation_of(self._version, path, self._numbers[path]))
        return self._numbers[path]


def citation_of(version: Version, path: str, number: int) -> Citation:
    """The citation of one field of a stored version."""
    procedure = version.procedure
    source = procedure.source
    return Citation(
        n=number,
        code=procedure.code,
        field=path,
        quote=quote(value_at(procedure, path)),
        url=source.url if source else None,
        version=version.number,
        retrieved_at=source.retrieved_at if source else None,
    )


def quote(value: Any) -> str:
    """A field's value in the record's own words, figures with their units."""
    if isinstance(value, tuple):
        return "; ".join(quote(inner) for inner in value)
    if isinstance(value, str):
        return str(value)
    for kind, render in _QUOTES.items():
        if isinstance(value, kind):
            return str(render(value))
    return str(value)


def amount_text(amount: Decimal) -> str:
    """10000 -> '10.000', 1.5 -> '1,5': digits as Vietnamese texts write them."""
    whole = f"{int(amount):,}".replace(",", ".")
    fraction = amount % 1
    return f"{whole},{str(fraction.normalize()).partition('.')[2]}" if fraction else whole


def money(fee: Fee) -> str:
    """'2.000 đồng/trang'; 'Miễn phí' for nothing to pay; empty when the record has no sum."""
    if fee.amount is None:
        return ""
    if fee.amount == 0:
        return "Miễn phí"
    unit = f"/{fee.unit}" if fee.unit else ""
    return f"{amount_text(fee.amount)} {CURRENCIES.get(fee.currency, fee.currency)}{unit}"


def duration(limit: TimeLimit) -> str:
    """'7 ngày làm việc'; a number alone when the source names no unit."""
    if limit.number is None:
        return ""
    unit = TIME_UNITS.get(limit.unit, "")
    return f"{amount_text(limit.number)} {unit}".strip()


def _fee(fee: Fee) -> str:
    parts = (fee.name, money(fee), fee.condition, fee.exemption, fee.note)
    return " — ".join(filter(None, parts))


def _time(limit: TimeLimit) -> str:
    return " — ".join(filter(None, (duration(limit), limit.condition, limit.note)))


def _requirement(requirement: Requirement) -> str:
    counts = f"bản chính: {_count(requirement.originals)}, bản sao: {_count(requirement.copies)}"
    parts = (
        requirement.name,
        counts,
        requirement.form_code,
        requirement.form_file,
        requirement.condition,
        requirement.issuer,
        requirement.replaced_by_data,
        requirement.note,
    )
    return " — ".join(filter(None, parts))


def _count(count: int | None) -> str:
    return "nguồn không ghi" if count is None else str(count)


def _law(document: LegalDocument) -> str:
    return " — ".join(filter(None, (document.title, document.number)))


def _channel(channel: Channel) -> str:
    parts = [quote(channel.time_limits), quote(channel.fees), channel.note]
    return " — ".join(filter(None, parts))


_QUOTES: dict[type, Any] = {
    Fee: _fee,
    TimeLimit: _time,
    Requirement: _requirement,
    LegalDocument: _law,
    Channel: _channel,
    date: lambda day: f"{day:%d/%m/%Y}",
    Procedure: lambda procedure: procedure.name,
}
