"""Where papers contradict each other about one person; a slip of recognition is no contradiction.

The holder of an identity paper is held against every other paper (holders.py). Between two other
papers readings are of one person when their numbers agree, or their names, or their role (mother,
father). Then the rest must agree as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from assistant.dossier.agreement import SURE, Agreement, numbers_agree
from assistant.dossier.compared import Agreed, Differs, NotCompared
from assistant.dossier.comparing import Comparison, speaks_of
from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.holders import Used, holders
from assistant.dossier.people import Person, Value, agree, born_on

_FAMILY = {"mother", "father", "deceased"}


@dataclass(frozen=True)
class Clash:
    """Two readings that cannot both be right; `kind` is 'name', 'born' or 'number'."""

    kind: str
    one: Value
    other: Value
    one_name: str
    other_name: str
    requirement: str


@dataclass(frozen=True)
class Doubt:
    """Two papers whose 'name' or 'number' of one person could not be compared."""

    kind: str
    places: tuple[Value, ...]
    one: Demand
    other: Demand


@dataclass(frozen=True)
class Stranger:
    """The holder of an identity paper who is nobody named on the form."""

    name: Value | None
    number: Value | None
    form: Demand
    requirement: str


@dataclass(frozen=True)
class _Named:
    person: Person
    demand: Demand


def clashes(used: Used, compared: Sequence[Comparison]) -> Iterator[Clash]:
    """Contradictions between papers, each pair of papers once for each kind."""
    seen: set[tuple[str, ...]] = set()
    for clash in (*_of_holders(compared), *_between_papers(used)):
        key = (clash.kind, *sorted((clash.one_name, clash.other_name)))
        if key not in seen:
            seen.add(key)
            yield clash


def doubts(compared: Sequence[Comparison]) -> Iterator[Doubt]:
    """Comparisons with an identity paper that could not be made."""
    seen: set[tuple[str, str, str]] = set()
    for one in compared:
        if isinstance(one.outcome, NotCompared):
            key = (one.outcome.kind, one.holder.demand.name, one.demand.name)
            if key not in seen:
                seen.add(key)
                yield Doubt(one.outcome.kind, one.outcome.places, one.holder.demand, one.demand)


def strangers(compared: Sequence[Comparison], spare: Sequence[Fields]) -> Iterator[Stranger]:
    """Holders of whom no other paper speaks, `spare` ones included, though there is a form."""
    by_holder: dict[int, list[Comparison]] = {}
    for one in compared:
        by_holder.setdefault(id(one.holder), []).append(one)
    for held in by_holder.values():
        holder = held[0].holder
        form = next((one.demand for one in held if one.demand.is_form), None)
        spoken_of = any(isinstance(one.outcome, Agreed | Differs | NotCompared) for one in held)
        spoken_of = spoken_of or any(speaks_of(fields, holder) for fields in spare)
        if form and not spoken_of:
            name, number = next(iter(holder.names), None), next(iter(holder.numbers), None)
            yield Stranger(name, number, form, holder.demand.path)


def _of_holders(compared: Sequence[Comparison]) -> Iterator[Clash]:
    for one in compared:
        if isinstance(one.outcome, Differs):
            kind, ours, theirs = one.outcome.kind, one.outcome.ours, one.outcome.theirs
            held = one.holder.demand
            yield Clash(kind, ours, theirs, held.name, one.demand.name, held.path)


def _between_papers(used: Used) -> Iterator[Clash]:
    held = {id(holder.fields) for holder in holders(used)}
    people: dict[int, list[_Named]] = {}
    for demand, fields in used:
        people.setdefault(id(fields), [_Named(p, demand) for p in fields.people])
    for first, second in combinations(people, 2):
        birthdays_only = bool({first, second} & held)
        for one, other in product(people[first], people[second]):
            if not birthdays_only:
                yield from _pair(one, other)
        yield from _birthdays(people[first], people[second])


def _pair(one: _Named, other: _Named) -> Iterator[Clash]:
    a, b = one.person, other.person
    if not (a.name and b.name):
        return
    names = agree(a.name, b.name)
    tied = _same_number(a, b) or _same_role(a, b)
    if tied and names is Agreement.DIFFERENT:
        yield _clash("name", a.name, b.name, one, other)
    alike = names is Agreement.SAME and a.number and b.number
    if alike and a.number and b.number and _numbers_differ(a.number, b.number):
        yield _clash("number", a.number, b.number, one, other)


def _birthdays(ours: Sequence[_Named], theirs: Sequence[_Named]) -> Iterator[Clash]:
    """Birthdays of one person that differ, unless the papers give the same one elsewhere: a label
    that was not read leaves somebody else's birthday with the name before it."""
    alike = [pair for pair in product(ours, theirs) if _are_one(pair[0].person, pair[1].person)]
    for one, other in alike:
        a, b = one.person, other.person
        agreed = any(_same_birthday(x.person, y.person) for x, y in alike if _namesakes(x, one))
        if a.born and b.born and not agreed and _birthdays_differ(a.born, b.born):
            yield _clash("born", a.born, b.born, one, other)


def _are_one(a: Person, b: Person) -> bool:
    return _same_number(a, b) or _are_namesakes(a, b)


def _namesakes(one: _Named, other: _Named) -> bool:
    return _are_namesakes(one.person, other.person)


def _same_birthday(a: Person, b: Person) -> bool:
    return a.born is not None and b.born is not None and a.born.text == b.born.text


def _clash(kind: str, a: Value, b: Value, one: _Named, other: _Named) -> Clash:
    return Clash(kind, a, b, one.demand.name, other.demand.name, one.demand.path)


def _same_number(a: Person, b: Person) -> bool:
    return bool(a.number and b.number and a.number.text == b.number.text)


def _same_role(a: Person, b: Person) -> bool:
    return a.role in _FAMILY and a.role == b.role


def _are_namesakes(a: Person, b: Person) -> bool:
    return a.name is not None and b.name is not None and agree(a.name, b.name) is Agreement.SAME


def _numbers_differ(a: Value, b: Value) -> bool:
    return numbers_agree(a.text, b.text, min(a.sure, b.sure)) is Agreement.DIFFERENT


def _birthdays_differ(a: Value, b: Value) -> bool:
    one, other = born_on(a), born_on(b)
    if one is None or other is None or one == other or min(a.sure, b.sure) < SURE:
        return False
    first, second = (value.text.replace("-", "") for value in (a, b))
    return numbers_agree(first, second, min(a.sure, b.sure)) is Agreement.DIFFERENT
