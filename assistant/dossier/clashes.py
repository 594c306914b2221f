"""Where papers contradict each other about one person; a slip of recognition is no contradiction.

Two readings are of one person when their numbers agree, or their names, or their role (mother,
requester and holder of the card). Then the rest must agree as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.people import Person, Value, born_on, same_name

_SURE = 0.6  # below, a reading is not held against another
_LOOK_ALIKE = [{"0", "8"}, {"0", "6"}, {"1", "7"}, {"3", "8"}, {"5", "6"}, {"6", "8"}, {"0", "9"}]
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
class _Named:
    person: Person
    demand: Demand


def clashes(used: Sequence[tuple[Demand, Fields]]) -> Iterator[Clash]:
    """Contradictions between papers, each pair of people once."""
    people: dict[int, list[_Named]] = {}
    for demand, fields in used:
        people.setdefault(id(fields), [_Named(p, demand) for p in fields.people])
    seen: set[tuple[str, ...]] = set()
    for first, second in combinations(people.values(), 2):
        for clash in _between(first, second):
            key = (clash.kind, *sorted((clash.one_name, clash.other_name)))
            if key not in seen:
                seen.add(key)
                yield clash


def _between(first: Sequence[_Named], second: Sequence[_Named]) -> Iterator[Clash]:
    for one in first:
        for other in second:
            yield from _pair(one, other)


def _pair(one: _Named, other: _Named) -> Iterator[Clash]:
    a, b = one.person, other.person
    tied = _same_number(a, b) or _same_role(a, b)
    if tied and _names_differ(a, b) and a.name and b.name:
        yield _clash("name", a.name, b.name, one, other)
    if not tied and _are_namesakes(a, b) and _numbers_differ(a, b) and a.number and b.number:
        yield _clash("number", a.number, b.number, one, other)
    alike = _same_number(a, b) or _are_namesakes(a, b)
    if alike and _birthdays_differ(a, b) and a.born and b.born:
        yield _clash("born", a.born, b.born, one, other)


def _names_differ(a: Person, b: Person) -> bool:
    return bool(a.name and b.name) and _sure(a.name, b.name) and not _are_namesakes(a, b)


def _numbers_differ(a: Person, b: Person) -> bool:
    if not (a.number and b.number and _sure(a.number, b.number)):
        return False
    return len(a.number.text) == len(b.number.text) and not _slip(a.number, b.number)


def _clash(kind: str, a: Value, b: Value, one: _Named, other: _Named) -> Clash:
    return Clash(kind, a, b, one.demand.name, other.demand.name, one.demand.path)


def _sure(*values: Value | None) -> bool:
    return all(value is not None and value.sure >= _SURE for value in values)


def _same_number(a: Person, b: Person) -> bool:
    return bool(a.number and b.number and a.number.text == b.number.text)


def _same_role(a: Person, b: Person) -> bool:
    return a.role in _FAMILY and a.role == b.role


def _are_namesakes(a: Person, b: Person) -> bool:
    return bool(a.name and b.name and same_name(a.name.text, b.name.text))


def _slip(a: Value, b: Value) -> bool:
    """One digit that recognition confuses, read with less than full certainty."""
    if a.text == b.text:
        return True
    differ = [{x, y} for x, y in zip(a.text, b.text, strict=True) if x != y]
    return len(differ) == 1 and differ[0] in _LOOK_ALIKE and min(a.sure, b.sure) < 0.9


def _birthdays_differ(a: Person, b: Person) -> bool:
    if not (a.born and b.born and _sure(a.born, b.born)):
        return False
    one, other = born_on(a.born), born_on(b.born)
    if one is None or other is None or one == other:
        return False
    digits = zip(a.born.text, b.born.text, strict=False)
    slips = [{x, y} for x, y in digits if x != y]
    unsure = min(a.born.sure, b.born.sure) < 0.9
    return not (len(slips) == 1 and slips[0] in _LOOK_ALIKE and unsure)


IDENTITY = {"identity_document", "identity_card", "passport"}


@dataclass(frozen=True)
class Stranger:
    """The holder of an identity paper who is nobody named on the form."""

    name: Value
    number: Value
    form: Demand
    requirement: str


def strangers(used: Sequence[tuple[Demand, Fields]]) -> Iterator[Stranger]:
    """Identity papers of people whom no form or other paper names, though forms name people."""
    forms = [(d, f) for d, f in used if d.is_form and any(p.name for p in f.people)]
    for demand, fields in used:
        holder = next((p for p in fields.people if p.name and p.number), None)
        if demand.requirement.paper not in IDENTITY or not holder or not forms:
            continue
        named = [person for _, other in used if other is not fields for person in other.people]
        complete = any(person.number for person in named)
        if complete and not any(_may_be(holder, person) for person in named):
            assert holder.name
            assert holder.number
            yield Stranger(holder.name, holder.number, forms[0][0], demand.path)


def _may_be(holder: Person, person: Person) -> bool:
    """Whether they can be one person; an unsure reading is never held against anybody."""
    if _same_number(holder, person) or _are_namesakes(holder, person):
        return True
    return not _sure(holder.name) or (person.name is not None and not _sure(person.name))
