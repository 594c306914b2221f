"""The holder of each identity paper against every other paper: agreed, contradicted, not compared.

A name and a number agree only where both were read on both papers. What could not be compared is
told, never passed over: "complete" rests on comparisons that were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from assistant.dossier.agreement import Agreement, numbers_agree
from assistant.dossier.compared import Agreed, Compared, Differs, NotCompared, Silent
from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.holders import Holder, Used, holders, is_national
from assistant.dossier.likeness import edits
from assistant.dossier.mentions import identity_runs, name_on, number_on
from assistant.dossier.name_words import is_name_word
from assistant.dossier.people import SIGNER, Person, Value, agree
from knowledge.text import folded

_SLIPS = 2  # digits that recognition mistakes in one number, or letters in one name
_FEW = 0.3  # share of a name's letters that a hand may cost
_LEVEL = 0.008  # of a page's height: what stands on one line
_ORIGIN = 6  # digits of province, century, sex and year of birth: those of one person or of a twin


@dataclass(frozen=True)
class Comparison:
    """The holder of one identity paper against one paper that is none."""

    holder: Holder
    demand: Demand
    outcome: Compared


@dataclass(frozen=True)
class _Known:
    """What else is known when a holder is compared: numbers of all holders, names of the others,
    and whether the paper asks people for name and number, so that nothing may be passed over."""

    numbers: frozenset[str]
    others: tuple[Value, ...]
    expected: bool

    def has_number(self, value: Value) -> bool:
        return any(number in value.text for number in self.numbers)

    def is_anothers(self, name: Value) -> bool:
        return any(agree(name, other) is Agreement.SAME for other in self.others)


def comparisons(used: Used) -> Iterator[Comparison]:
    """Every identity paper with every paper that is none."""
    held = list(holders(used))
    own = {id(holder.fields) for holder in held}
    others = {id(fields): (demand, fields) for demand, fields in used if id(fields) not in own}
    numbers = frozenset(number.text for holder in held for number in holder.numbers)
    for holder in held:
        names = tuple(_names_of_others(holder, held))
        for demand, fields in others.values():
            known = _Known(numbers, names, _asks_number(demand))
            yield Comparison(holder, demand, _compared(holder, fields, known))


def _names_of_others(holder: Holder, held: Sequence[Holder]) -> Iterator[Value]:
    for other in held:
        for name in other.names:
            if all(agree(name, ours) is Agreement.DIFFERENT for ours in holder.names):
                yield name


def _asks_number(demand: Demand) -> bool:
    return demand.is_form or demand.requirement.paper in {"authorization", "loss_report"}


def _compared(holder: Holder, fields: Fields, known: _Known) -> Compared:
    """The holder against one paper."""
    if not holder.names and not holder.numbers:
        return NotCompared("name", ()) if known.expected else Silent()
    for number in holder.numbers:
        if found := number_on(fields.lines, number.text):
            return _by_number(holder, fields, known, found)
    if named := _named(holder, fields):
        return _by_name(holder, fields, known, named)
    return _perhaps(holder, fields) if known.expected else Silent()


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


def _by_number(holder: Holder, fields: Fields, known: _Known, number: Value) -> Compared:
    """The paper has the holder's number: the name that stands with it must be the holder's."""
    if not holder.names:
        return NotCompared("name", tuple(filter(None, (holder.place, number))))
    tied = [p.name for p in fields.people if p.name and _is_tied(p, holder)]
    tied = tied or _signed_alone(holder, fields)
    beside = [] if tied else _names_beside(number, fields, known)
    found = _names_compared(holder, [*tied, *beside], fields)
    if isinstance(found, Agreed):
        return found
    if _named(holder, fields):
        if not (tied and isinstance(found, Differs)):
            return Agreed()
        if _is_slip(found):
            # One letter, and the same paper has the name in full: misread as likely as written.
            return NotCompared("name", (found.ours, found.theirs))
    return found or NotCompared("name", (holder.names[0], number))


def _is_slip(found: Differs) -> bool:
    return edits(folded(found.ours.text), folded(found.theirs.text)) <= 1


def _names_compared(holder: Holder, bearers: Sequence[Value], fields: Fields) -> Compared | None:
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


def _is_tied(person: Person, holder: Holder) -> bool:
    """Whether somebody has the holder's number, or birthday without another number."""
    return _bears(person, holder) or (person.number is None and _is_of_age(person, holder))


def _is_of_age(person: Person, holder: Holder) -> bool:
    return person.born is not None and any(person.born.text == b.text for b in holder.born)


def _signed_alone(holder: Holder, fields: Fields) -> list[Value]:
    """Who signed a paper that has no number but the holder's, under the holder's name but for one
    word: on such a paper nobody else is spoken of."""
    numbers = {run.text for run in identity_runs(fields.lines)}
    signed = [p.name for p in fields.people if p.name and p.role == SIGNER]
    akin = [name for name in signed if any(_akin(ours, name) for ours in holder.names)]
    return akin if len(numbers) == 1 else []


def _bears(person: Person, holder: Holder) -> bool:
    return person.number is not None and any(person.number.text == n.text for n in holder.numbers)


def _names_beside(number: Value, fields: Fields, known: _Known | None = None) -> list[Value]:
    """The name under which a number stands: the nearest above it, or on its line before it, and
    not in a column to its right. Another holder's name is nobody's second one."""
    free = [p for p in fields.people if p.name and p.number is None]
    # A name alone between others is a signature, unless it stands in one row with the number.
    names = [p.name for p in free if p.name and (p.role != SIGNER or _in_row(p.name, number))]
    names = [n for n in names if n.sheet is number.sheet and not _is_right_of(n, number)]
    above = [n for n in names if _drop(n, number) > -_LEVEL]
    nearest = [min(above, key=lambda name: _drop(name, number))] if above else []
    return [name for name in nearest if not (known and known.is_anothers(name))]


def _in_row(one: Value, other: Value) -> bool:
    return one.sheet is other.sheet and abs(_drop(one, other)) < _LEVEL


def _is_right_of(one: Value, other: Value) -> bool:
    return one.box is not None and other.box is not None and one.box.left > other.box.right


def _drop(upper: Value, lower: Value) -> float:
    """How far below `upper` the other stands, as a share of the page."""
    return lower.box.top - upper.box.top if upper.box and lower.box else 1.0


def _by_name(holder: Holder, fields: Fields, known: _Known, name: Value) -> Compared:
    """The paper has the holder's name without the number: no other number may stand for it."""
    ours = next((n for n in holder.numbers if is_national(n)), None)
    read = (ours,) if ours else holder.rough
    theirs = [value for n in read for value in _numbers_with(holder, fields, known, n)]
    for n, value in product(read, theirs):
        agreement = numbers_agree(n.text, value.text, min(n.sure, value.sure))
        if agreement is Agreement.DIFFERENT:
            return Differs("number", n, value)
    if ours is None:
        unread = not holder.numbers and known.expected
        return NotCompared("number", (name,)) if unread else Agreed()
    if theirs or known.expected:
        return NotCompared("number", (ours, theirs[0] if theirs else name))
    return Agreed()


def _numbers_with(holder: Holder, fields: Fields, known: _Known, ours: Value) -> Iterator[Value]:
    """Numbers that stand with the holder's name, and runs of digits that begin like the holder's
    number does: the province, century, sex and year of birth of one person."""
    for person in fields.people:
        read = person.number or person.illegible
        named = person.name and any(_is_name_or_part(person.name, n) for n in holder.names)
        named = named or _may_be_holder(person, holder)
        if read and named and not known.has_number(read):
            yield read
    for run in identity_runs(fields.lines):
        if _origin(run) == _origin(ours) and not known.has_number(run):
            yield run


def _is_name_or_part(read: Value, name: Value) -> bool:
    """Whether a reading is the name, or two words of it or more: a hand's first word is lost."""
    words, whole = folded(read.text).split(), folded(name.text).split()
    part = len(words) > 1 and all(word in whole for word in words)
    return part or agree(name, read) is Agreement.SAME


def _may_be_holder(person: Person, holder: Holder) -> bool:
    """Whether a name read badly is the holder's but for a few letters."""
    return any(
        person.name is not None
        and agree(name, person.name) is Agreement.UNSURE
        and edits(folded(name.text), folded(person.name.text)) <= _FEW * len(name.text)
        for name in holder.names
    )


def _origin(number: Value) -> str:
    """Province, century, sex and year; a 7 is as good as a 1, which hands write alike."""
    return number.text[:_ORIGIN].replace("7", "1")


def _perhaps(holder: Holder, fields: Fields) -> Compared:
    """Neither is on the paper: only when all of it was read is the holder nobody on it."""
    if found := _by_near_number(holder, fields):
        return found
    for person in fields.people:
        if clash := _of_one_origin(holder, person):
            return clash
    if unclear := _perhaps_named(holder, fields):
        return unclear
    doubtful = [p.illegible for p in fields.people if p.illegible and not p.number]
    doubtful += [run for run in identity_runs(fields.lines) if not is_national(run)]
    if doubtful:
        return NotCompared("name", tuple(filter(None, (holder.place, doubtful[0]))))
    return Silent()


def _by_near_number(holder: Holder, fields: Fields) -> Compared | None:
    """A number that is the holder's but for a slip ties the name beside it to the holder."""
    for person in fields.people:
        read = person.number or person.illegible
        if read and _near(read, holder):
            return _tied(holder, [person.name] if person.name else [], fields, read)
    for run in identity_runs(fields.lines):
        if _near(run, holder):
            return _tied(holder, _names_beside(run, fields), fields, run)
    return None


def _tied(holder: Holder, bearers: Sequence[Value], fields: Fields, number: Value) -> Compared:
    found = _names_compared(holder, bearers, fields)
    ours = next(iter((*holder.numbers, *holder.rough)))
    return found if isinstance(found, Differs) else NotCompared("number", (ours, number))


def _near(number: Value, holder: Holder) -> bool:
    """A number that is the holder's but for a slip or two, or one more where it begins alike."""
    return any(
        abs(len(number.text) - len(ours.text)) <= 1
        and edits(number.text, ours.text) <= _SLIPS + (_origin(number) == _origin(ours))
        for ours in (*holder.numbers, *holder.rough)
    )


def _of_one_origin(holder: Holder, person: Person) -> Compared | None:
    """Somebody whose name cannot be read, and whose number is of the holder's province, sex and
    year but another: the holder with a wrong number, as far as the form tells."""
    theirs, likely = person.number or person.illegible, _may_be_holder(person, holder)
    for ours in holder.numbers:
        if theirs is None or not is_national(ours):
            continue
        if _origin(ours) != _origin(theirs) and not likely:
            continue
        other = person.name and any(
            agree(name, person.name) is Agreement.DIFFERENT for name in holder.names
        )
        sure = min(ours.sure, theirs.sure)
        if not other and numbers_agree(ours.text, theirs.text, sure) is Agreement.DIFFERENT:
            return Differs("number", ours, theirs)
    return None


def _perhaps_named(holder: Holder, fields: Fields) -> Compared | None:
    """Somebody whose name may be the holder's, or is another though all else is the holder's."""
    for person in fields.people:
        if clash := _of_one_birthday(holder, person):
            return clash
    for person in fields.people:
        if person.name and any(_may_be(n, person) for n in holder.names):
            return NotCompared("name", (holder.names[0], person.name))
    return None


def _of_one_birthday(holder: Holder, person: Person) -> Compared | None:
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
    """Names of as many words of which all but one are the same, or are but for a slip."""
    ours, theirs = folded(one.text).split(), folded(other.text).split()
    apart = sum(not _same_word(a, b) for a, b in zip(ours, theirs, strict=False))
    return len(ours) == len(theirs) > 2 and apart == 1


def _same_word(one: str, other: str) -> bool:
    slipped = not (is_name_word(one) and is_name_word(other))
    return one == other or (slipped and edits(one, other) <= 1)


def _may_be(name: Value, person: Person) -> bool:
    """Somebody of a name not read clearly, or whose name is the holder's but for one word and who
    has no number of their own."""
    if person.name is None:
        return False
    unsure = agree(name, person.name) is Agreement.UNSURE
    return unsure or (_akin(name, person.name) and person.number is None)
