"""Fields of a paper as a report shows them: numbers masked, dates as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.dossier.facts import evidence
from assistant.dossier.fields import Day, Fields
from assistant.dossier.models import FoundField
from assistant.dossier.people import Value, masked
from assistant.dossier.signatures import Signature


def fields_shown(fields: Fields) -> tuple[FoundField, ...]:
    """Every field that was read, in the order of the paper."""
    return tuple(_shown(fields))


def _shown(fields: Fields) -> Iterator[FoundField]:
    for person in fields.people:
        for name, value in (
            ("full_name", person.name),
            ("birth_date", person.born),
            ("identity_number", person.number),
        ):
            if value:
                yield _field(name, value)
    yield from (_day("issued_on", day) for day in fields.issued if day.span)
    yield from (_day("expires_on", day) for day in fields.expires)
    for code in fields.piece.codes:
        where = evidence(fields.piece.first, code.box, code.confidence)
        yield FoundField(name="form_code", value=code.text, evidence=where)
    yield from _marks(fields)


def _marks(fields: Fields) -> Iterator[FoundField]:
    mark = fields.signed
    if mark.state is not Signature.UNKNOWN and mark.sheet:
        where = evidence(mark.sheet, mark.box)
        yield FoundField(name="signed", value=str(mark.state), evidence=where)
    for name, span in (("certified", fields.certified), ("copy", fields.copied)):
        if span:
            where = evidence(span.sheet, span.box, span.confidence)
            yield FoundField(name=name, value=span.text, evidence=where)
    for stamp in fields.stamps[:1]:
        where = evidence(fields.piece.first, stamp.box, stamp.confidence)
        yield FoundField(name="stamped", value="yes", evidence=where)


def _field(name: str, value: Value) -> FoundField:
    text = value.text
    if name == "identity_number":
        text = masked(text)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text = f"{date.fromisoformat(text):%d/%m/%Y}"
    return FoundField(name=name, value=text, evidence=evidence(value.sheet, value.box, value.sure))


def _day(name: str, day: Day) -> FoundField:
    span = day.span
    sheet = span.sheet if span else day.sheet
    assert sheet is not None
    box = span.box if span else (day.fact.box if day.fact else None)
    sure = span.confidence if span else 1.0
    return FoundField(name=name, value=f"{day.day:%d/%m/%Y}", evidence=evidence(sheet, box, sure))
