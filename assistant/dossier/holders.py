"""Whose an identity paper is: its holder by the codes that machines wrote, else by its print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.dossier.agreement import NATIONAL, Agreement, numbers_agree
from assistant.dossier.classify import STRONG, Piece, has_front
from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.mentions import identity_runs
from assistant.dossier.people import (
    SIGNER,
    Person,
    Value,
    agree,
    is_identity_number,
    names_in_capitals,
)
from ingest.reading.page import FactKind

IDENTITY = {"identity_document", "identity_card", "passport"}
_CARDS = frozenset({"identity_card", "passport"})
_CODES = {FactKind.IDENTITY_QR, FactKind.MRZ}
_SHOWN = 2  # people whose cards one sheet shows, or readings of one card
_CARD_TITLE = 8  # words of the longest title of a card, its English included
Used = Sequence[tuple[Demand, Fields]]


@dataclass(frozen=True)
class Holder:
    """Whom an identity paper belongs to. `rough` is a number of which a digit was lost or added:
    too little to be agreed with, enough to tell a number that is plainly another."""

    demand: Demand
    fields: Fields
    names: tuple[Value, ...]
    numbers: tuple[Value, ...]
    born: tuple[Value, ...] = ()
    rough: tuple[Value, ...] = ()

    @property
    def place(self) -> Value | None:
        """A reading that shows where the paper names its holder."""
        return next(iter((*self.names, *self.numbers)), None)


def holders(used: Used) -> Iterator[Holder]:
    """The holder of every identity paper, each paper once; both where a sheet shows the cards of
    two people."""
    seen: set[int] = set()
    for demand, fields in used:
        if id(fields) not in seen and is_identity(demand, fields):
            seen.add(id(fields))
            yield from _holders_of(demand, fields)


def is_identity(demand: Demand, fields: Fields) -> bool:
    """Whether a paper tells who its holder is; a form about cards is none."""
    asked = demand.requirement.paper in IDENTITY
    return asked or (not demand.is_by_people and is_card(fields.piece))


def is_card(piece: Piece) -> bool:
    """Whether a paper surely is a card or passport."""
    best = piece.best
    sure = best is not None and best.score >= STRONG and best.kinds <= _CARDS
    coded = any(fact.kind in _CODES for sheet in piece.sheets for fact in sheet.facts)
    own_title = piece.title is not None and len(piece.title.bare) <= _CARD_TITLE
    return sure and (coded or (own_title and has_front(piece)))


def _holders_of(demand: Demand, fields: Fields) -> Iterator[Holder]:
    # Who signed a card is the official that issued it.
    people = [p for p in fields.people if (p.name or p.number) and p.role != SIGNER]
    coded = [p for p in people if p.role == "holder" and _sound(p)]
    chosen = coded or people[:_SHOWN]
    if len(chosen) > 1 and _are_two(chosen[0], chosen[1]):
        yield from (_holder(demand, fields, [person]) for person in chosen[:_SHOWN])
    else:
        yield _with_all(_holder(demand, fields, chosen))


def _holder(demand: Demand, fields: Fields, people: Sequence[Person]) -> Holder:
    return Holder(
        demand,
        fields,
        tuple(p.name for p in people if p.name),
        tuple(p.number for p in people if p.number),
        tuple(p.born for p in people if p.born),
    )


def _with_all(holder: Holder) -> Holder:
    """The only holder of a paper, with a name or number that stands there without its label."""
    lines = holder.fields.lines
    names = holder.names or tuple(names_in_capitals(lines))[:1]
    if holder.numbers:
        return replace(holder, names=names)
    runs = tuple(identity_runs(lines))
    whole = tuple(run for run in runs if is_national(run) and is_identity_number(run.text))
    return replace(holder, names=names, numbers=whole, rough=() if whole else runs)


def is_national(number: Value) -> bool:
    """Whether a number has the digits of an identity number of today."""
    return len(number.text) == NATIONAL and number.text.isdigit()


def _are_two(one: Person, other: Person) -> bool:
    """Whether these are two people, not two readings of one: their names differ, and no number
    that both have says otherwise."""
    if not (one.name and other.name) or agree(one.name, other.name) is not Agreement.DIFFERENT:
        return False
    if not (one.number and other.number):
        return True
    sure = min(one.number.sure, other.number.sure)
    return numbers_agree(one.number.text, other.number.text, sure) is Agreement.DIFFERENT


def _sound(person: Person) -> bool:
    """Whether a code's own check digits hold."""
    read = person.number or person.name
    return read is not None and read.sure >= 0.9
