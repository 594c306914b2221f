"""Checks that apply to a dossier and could not be made on what was read.

"Complete" is earned: each check must have been made on readable words. One that could not be made
is told with its place, and an officer makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.dossier.agreement import Agreement
from assistant.dossier.clashes import doubts
from assistant.dossier.classify import has_front, is_spoiled
from assistant.dossier.demands import Demand
from assistant.dossier.facts import Dossier, evidence, place_of
from assistant.dossier.fields import Fields
from assistant.dossier.holders import is_card, is_identity
from assistant.dossier.models import Evidence
from assistant.dossier.people import prints_number
from assistant.dossier.signatures import Signature
from assistant.dossier.titles import codes_agree
from ingest.reading.page import Flaw

_FOR_LIFE = re.compile(r"khong thoi han|vo thoi han|khong xac dinh thoi han")
_ISSUED_WITH = re.compile(r"\b(?:ban hanh|kem theo)\b.*\b(?:thong tu|nghi dinh|quyet dinh)\b")


@dataclass(frozen=True)
class Unmade:
    """One check that could not be made; `kind` is the key of its sentence."""

    kind: str
    values: dict[str, str]
    evidence: tuple[Evidence, ...]
    requirement: str | None
    other: str | None = None  # the second paper of a comparison


def unmade(dossier: Dossier) -> Iterator[Unmade]:
    """Every check that applies and could not be made."""
    yield from _comparisons(dossier)
    yield from _unread_pages(dossier)
    for demand, fields in dossier.used():
        for kind, applies in _CHECKS.items():
            if applies(demand, fields):
                yield Unmade(kind, {"name": demand.name}, (place_of(fields.piece),), demand.path)


def _comparisons(dossier: Dossier) -> Iterator[Unmade]:
    for doubt in doubts(dossier.comparisons):
        values = {"one": doubt.one.name, "other": doubt.other.name}
        places = tuple(evidence(v.sheet, v.box, v.sure) for v in doubt.places)
        yield Unmade(doubt.kind, values, places, doubt.one.path, doubt.other.path)


def _unread_pages(dossier: Dossier) -> Iterator[Unmade]:
    """Pages beside the papers that are known: what cannot be read may contradict them."""
    for fields in dossier.spare:
        for sheet in fields.piece.sheets:
            if is_spoiled(sheet.page) and Flaw.BLANK not in sheet.page.flaws:
                where = {"file": sheet.page.file, "page": str(sheet.page.number)}
                yield Unmade("page", where, (evidence(sheet),), None)


def _no_place_to_sign(demand: Demand, fields: Fields) -> bool:
    return demand.is_by_people and fields.signed.state is Signature.UNKNOWN


def _no_code(demand: Demand, fields: Fields) -> bool:
    """No code was seen, or one that is cut or not clear."""
    wanted = demand.code
    found = {codes_agree(code, wanted) for code in fields.piece.codes} if wanted else set()
    return (
        wanted is not None
        and found <= {Agreement.UNSURE, Agreement.DIFFERENT}
        and (found != {Agreement.DIFFERENT})
    )


def _no_circular(demand: Demand, fields: Fields) -> bool:
    """The small print says with which document the form was issued, but not legibly which."""
    first = [line for line in fields.lines if line.sheet is fields.piece.first][:14]
    said = any(_ISSUED_WITH.search(line.text) for line in first)
    return demand.is_form and said and not any(basis.number for basis in fields.basis)


def _no_last_day(demand: Demand, fields: Fields) -> bool:
    """A card or passport has a last day, or says that it has none."""
    lasts = any(_FOR_LIFE.search(line.text) for line in fields.lines)
    return (
        is_identity(demand, fields) and is_card(fields.piece) and not fields.expires and not lasts
    )


def _no_whole_number(demand: Demand, fields: Fields) -> bool:
    """A form's identity number with a digit lost."""
    spoiled = any(p.illegible and not p.number for p in fields.people)
    return demand.is_form and spoiled


def _no_number(demand: Demand, fields: Fields) -> bool:
    """A card whose front was not known as such, and on which no number was read."""
    card = is_card(fields.piece) and is_identity(demand, fields)
    read = bool(fields.numbers) or prints_number(fields.piece.sheets)
    return card and not has_front(fields.piece) and not read


_CHECKS = {
    "signature": _no_place_to_sign,
    "code": _no_code,
    "circular": _no_circular,
    "form_number": _no_whole_number,
    "last_day": _no_last_day,
    "card_number": _no_number,
}
