"""The holder of each identity paper against every other paper: agreed, contradicted, not compared.

A name and a number agree only where both were read on both papers. What could not be compared is
told, never passed over: "complete" rests on comparisons that were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.dossier.agreement import Agreement, numbers_agree
from assistant.dossier.classify import STRONG, Piece, has_front
from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.likeness import edits
from assistant.dossier.mentions import identity_runs, name_on, number_on
from assistant.dossier.outcomes import Agreed, Differs, NotCompared, Outcome, Silent
from assistant.dossier.people import SIGNER, Person, Value, agree
from ingest.reading.page import FactKind
from knowledge.text import folded

IDENTITY = {"identity_document", "identity_card", "passport"}
_CARDS = frozenset({"identity_card", "passport"})
_CODES = {FactKind.IDENTITY_QR, FactKind.MRZ}
_SHOWN = 2  # people whose cards one sheet shows, or readings of one card
_CARD_TITLE = 8  # words of the longest title of a card, its English included
_NATIONAL = 12  # digits of an identity number
_SLIPS = 2  # digits that recognition mistakes in one number
_LEVEL = 0.008  # of a page's height: what stands on one line
_ORIGIN = 6  # digits of province, century, sex and year of birth: those of one person or of a twin
Used = Sequence[tuple[Demand, Fields]]


@dataclass(frozen=True)
class Holder:
    """Whom an identity paper belongs to, by its codes where they were read, else by its print."""

    demand: Demand
    fields: Fields
    names: tuple[Value, ...]
    numbers: tuple[Value, ...]
    born: tuple[Value, ...] = ()

    @property
    def place(self) -> Value | None:
        """A reading that shows where the paper names its holder."""
        return next(iter((*self.names, *self.numbers)), None)


@dataclass(frozen=True)
class Comparison:
    """The holder of one identity paper against one paper that is none."""

    holder: Holder
    demand: Demand
    outcome: Outcome


def comparisons(used: Used) -> Iterator[Comparison]:
    """Every identity paper with every paper that is none."""
    held = list(holders(used))
    own = {id(holder.fields) for holder in held}
    known = frozenset(number.text for holder in held for number in holder.numbers)
    others = {id(fields): (demand, fields) for demand, fields in used if id(fields) not in own}
    for holder in held:
        for demand, fields in others.values():
            outcome = compared(holder, fields, known, _asks_number(demand))
            yield Comparison(holder, demand, outcome)


def _asks_number(demand: Demand) -> bool:
    return demand.is_form or demand.requirement.paper in {"authorization", "loss_report"}


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
    people = [p for p in fields.people if p.name or p.number]
    coded = [p for p in people if p.role == "holder" and _sound(p)]
    chosen = coded or people[:_SHOWN]
    if len(chosen) > 1 and _are_two(chosen[0], chosen[1]):
        yield from (_holder(demand, fields, [person]) for person in chosen[:_SHOWN])
    else:
        yield _holder(demand, fields, chosen)


def _holder(demand: Demand, fields: Fields, people: Sequence[Person]) -> Holder:
    return Holder(
        demand,
        fields,
        tuple(p.name for p in people if p.name),
        tuple(p.number for p in people if p.number),
        tuple(p.born for p in people if p.born),
    )


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


def compared(holder: Holder, fields: Fields, known: frozenset[str], expected: bool) -> Outcome:
    """The holder against one paper; `known` are the numbers of all holders, `expected` says that
    the paper asks people for name and number: nothing that may be the holder's is passed over."""
    if not holder.names and not holder.numbers:
        return NotCompared("name", ()) if expected else Silent()
    for number in holder.numbers:
        if found := number_on(fields.lines, number.text):
            return _by_number(holder, fields, found)
    if named := _named(holder, fields):
        return _by_name(holder, fields, _Numbers(known, expected), named)
    return _perhaps(holder, fields, known) if expected else Silent()


@dataclass(frozen=True)
class _Numbers:
    """Numbers that are known to belong to holders, and whether one is expected on the paper."""

    known: frozenset[str]
    expected: bool

    def belongs(self, value: Value) -> bool:
        return any(number in value.text for number in self.known)


def speaks_of(fields: Fields, holder: Holder) -> bool:
    """Whether a paper has the holder's number or name anywhere."""
    numbered = any(number_on(fields.lines, number.text) for number in holder.numbers)
    return numbered or _named(holder, fields) is not None


def _named(holder: Holder, fields: Fields) -> Value | None:
    """Where the paper gives the holder's name: in a field, or anywhere."""
    for name in holder.names:
        for person in fields.people:
            if person.name and agree(name, person.name) is Agreement.SAME:
                return person.name
        if found := name_on(fields.lines, name.text):
            return found
    return None


def _by_number(holder: Holder, fields: Fields, number: Value) -> Outcome:
    """The paper has the holder's number: the name that stands with it must be the holder's."""
    if not holder.names:
        return NotCompared("name", tuple(filter(None, (holder.place, number))))
    tied = [p.name for p in fields.people if p.name and _bears(p, holder)]
    beside = [] if tied else _names_beside(number, fields)
    found = _names_compared(holder, [*tied, *beside], fields)
    settled = isinstance(found, Agreed) or (tied and isinstance(found, Differs))
    if not settled and _named(holder, fields):
        return Agreed()
    return found or NotCompared("name", (holder.names[0], number))


def _names_compared(holder: Holder, bearers: Sequence[Value], fields: Fields) -> Outcome | None:
    """The holder's names against those beside the number, or read more clearly elsewhere."""
    clearer = _clearer(holder, bearers, [p.name for p in fields.people if p.name])
    found = [(agree(n, b), n, b) for n in holder.names for b in (*bearers, *clearer)]
    if any(agreement is Agreement.SAME for agreement, _, _ in found):
        return Agreed()
    for agreement, ours, theirs in found:
        if agreement is Agreement.DIFFERENT:
            return Differs("name", ours, theirs)
    return NotCompared("name", found[0][1:]) if found else None


def _clearer(holder: Holder, bearers: Sequence[Value], every: Sequence[Value]) -> list[Value]:
    """Other readings of the bearers' names: the same, or nearer to one than the holder's own."""
    return [
        name
        for name in every
        for bearer in bearers
        if name is not bearer and _reads_as(name, bearer, holder)
    ]


def _reads_as(name: Value, bearer: Value, holder: Holder) -> bool:
    if agree(name, bearer) is Agreement.SAME:
        return True
    own = min((edits(folded(n.text), folded(bearer.text)) for n in holder.names), default=0)
    return edits(folded(name.text), folded(bearer.text)) <= min(_SLIPS, own - 1)


def _bears(person: Person, holder: Holder) -> bool:
    return person.number is not None and any(person.number.text == n.text for n in holder.numbers)


def _names_beside(number: Value, fields: Fields) -> list[Value]:
    """The name under which a number stands: the nearest above it, or on its line before it, and
    not in a column to its right."""
    names = [p.name for p in fields.people if p.name and p.number is None and p.role != SIGNER]
    names = [n for n in names if n.sheet is number.sheet and not _is_right_of(n, number)]
    above = [n for n in names if _drop(n, number) > -_LEVEL]
    return [min(above, key=lambda name: _drop(name, number))] if above else []


def _is_right_of(one: Value, other: Value) -> bool:
    return one.box is not None and other.box is not None and one.box.left > other.box.right


def _drop(upper: Value, lower: Value) -> float:
    """How far below `upper` the other stands, as a share of the page."""
    return lower.box.top - upper.box.top if upper.box and lower.box else 1.0


def _by_name(holder: Holder, fields: Fields, numbers: _Numbers, name: Value) -> Outcome:
    """The paper has the holder's name without the number: no other number may stand for it."""
    ours = next((n for n in holder.numbers if _is_national(n)), None)
    if ours is None:
        unread = not holder.numbers and numbers.expected
        return NotCompared("number", (name,)) if unread else Agreed()
    theirs = list(_numbers_with(holder, fields, numbers, ours))
    for value in theirs:
        agreement = numbers_agree(ours.text, value.text, min(ours.sure, value.sure))
        if agreement is Agreement.DIFFERENT:
            return Differs("number", ours, value)
    if theirs or numbers.expected:
        return NotCompared("number", (ours, theirs[0] if theirs else name))
    return Agreed()


def _numbers_with(
    holder: Holder, fields: Fields, numbers: _Numbers, ours: Value
) -> Iterator[Value]:
    """Numbers that stand with the holder's name, and runs of digits that begin like the holder's
    number does: the province, century, sex and year of birth of one person."""
    for person in fields.people:
        read = person.number or person.illegible
        named = person.name and any(agree(n, person.name) is Agreement.SAME for n in holder.names)
        if read and named and not numbers.belongs(read):
            yield read
    for run in identity_runs(fields.lines):
        if _origin(run) == _origin(ours) and not numbers.belongs(run):
            yield run


def _origin(number: Value) -> str:
    """Province, century, sex and year; a 7 is as good as a 1, which hands write alike."""
    return number.text[:_ORIGIN].replace("7", "1")


def _is_national(number: Value) -> bool:
    return bool(re.fullmatch(r"\d{12}", number.text))


def _perhaps(holder: Holder, fields: Fields, known: frozenset[str]) -> Outcome:
    """Neither is on the paper: only when all of it was read is the holder nobody on it."""
    for person in fields.people:
        read = person.number or person.illegible
        if read and _near(read, holder):
            return _by_near_number(holder, person, read)
        if clash := _of_one_origin(holder, person):
            return clash
    if unclear := _perhaps_named(holder, fields):
        return unclear
    doubtful = [p.illegible for p in fields.people if p.illegible and not p.number]
    doubtful += [run for run in identity_runs(fields.lines) if len(run.text) != _NATIONAL]
    if doubtful:
        return NotCompared("name", tuple(filter(None, (holder.place, doubtful[0]))))
    return Silent()


def _of_one_origin(holder: Holder, person: Person) -> Outcome | None:
    """Somebody whose name cannot be read, and whose number is of the holder's province, sex and
    year but another: the holder with a wrong number, as far as the form tells."""
    for ours in holder.numbers:
        theirs = person.number
        if theirs is None or not _is_national(ours) or _origin(ours) != _origin(theirs):
            continue
        other = person.name and any(
            agree(name, person.name) is Agreement.DIFFERENT for name in holder.names
        )
        sure = min(ours.sure, theirs.sure)
        if not other and numbers_agree(ours.text, theirs.text, sure) is Agreement.DIFFERENT:
            return Differs("number", ours, theirs)
    return None


def _perhaps_named(holder: Holder, fields: Fields) -> Outcome | None:
    """Somebody whose name may be the holder's, or is another though all else is the holder's."""
    for person in fields.people:
        if clash := _of_one_birthday(holder, person):
            return clash
    for person in fields.people:
        if person.name and any(_may_be(n, person) for n in holder.names):
            return NotCompared("name", (holder.names[0], person.name))
    return None


def _of_one_birthday(holder: Holder, person: Person) -> Outcome | None:
    """Somebody born on the holder's day whose name is the holder's but for one word: the holder
    under another name, as far as the form tells."""
    for born in holder.born:
        same_day = person.born is not None and person.born.text == born.text
        for name in holder.names if same_day else ():
            different = person.name and agree(name, person.name) is Agreement.DIFFERENT
            if person.name and different and _akin(name, person.name):
                return Differs("name", name, person.name)
    return None


def _akin(one: Value, other: Value) -> bool:
    """Names of as many words of which all but one are the same."""
    ours, theirs = folded(one.text).split(), folded(other.text).split()
    return (
        len(ours) == len(theirs) > 2 and sum(a != b for a, b in zip(ours, theirs, strict=True)) == 1
    )


def _may_be(name: Value, person: Person) -> bool:
    """Somebody of a name not read clearly, or whose name is the holder's but for one word and who
    has no number of their own."""
    if person.name is None:
        return False
    unsure = agree(name, person.name) is Agreement.UNSURE
    return unsure or (_akin(name, person.name) and person.number is None)


def _by_near_number(holder: Holder, person: Person, number: Value) -> Outcome:
    """A number that is the holder's but for a slip ties the name beside it to the holder."""
    for name in holder.names:
        if person.name and agree(name, person.name) is Agreement.DIFFERENT:
            return Differs("name", name, person.name)
    return NotCompared("number", (holder.numbers[0], number))


def _near(number: Value, holder: Holder) -> bool:
    """A number that is the holder's but for a slip or two."""
    return any(
        len(number.text) == len(ours.text)
        and sum(a != b for a, b in zip(number.text, ours.text, strict=True)) <= _SLIPS
        for ours in holder.numbers
    )
